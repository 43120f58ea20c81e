"""Named queries and their subscriptions over HTTP (EPCIS 2.0 §12.7)."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Response, WebSocket, delete, get, post, websocket
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from zhuisu.auth import Conf, Db, Now, Role, Who, may
from zhuisu.epcis import filters, headers, listen, named, paging, subscribe
from zhuisu.epcis.answer import answer, form
from zhuisu.epcis.errors import BadHeader
from zhuisu.epcis.follow import Pulse
from zhuisu.epcis.headers import Asked
from zhuisu.epcis.named import NamedQuery, NewQuery
from zhuisu.epcis.subscribe import NewSubscription, Replay, Shown
from zhuisu.events import BadEvent
from zhuisu.events.times import instant, milliseconds

ANYBODY_KNOWN = may(*Role)


def pulse(state: State) -> Pulse:
    """The dependency ``pulse``."""
    found: Pulse = state.pulse
    return found


@post("/epcis/queries", guards=[ANYBODY_KNOWN], status_code=201)
async def add_query(data: JSONBody[NewQuery], db: Db, who: Who, now: Now) -> Response[NamedQuery]:
    """Keep a query under a name that is free; ``Location`` is the query."""
    made = await named.add(db, who, data, now)
    return Response(made, status_code=201, headers={"Location": _at(made.name)})


@get("/epcis/queries", guards=[ANYBODY_KNOWN])
async def list_queries(request: Asked, db: Db, who: Who, now: Now) -> Response[list[NamedQuery]]:
    """The caller's queries, for an administrator all; ``Link`` leads to the next page while there is one."""
    text = _text(request)
    found, following = await named.page(db, who, text)
    per_page = filters.parse(text).per_page
    return Response(found, headers=paging.link("/epcis/queries", text, per_page, following, now))


@get("/epcis/queries/{name:str}", guards=[ANYBODY_KNOWN])
async def show_query(name: FromPath[str], db: Db, who: Who) -> NamedQuery:
    """What a query of the caller's asks."""
    return await named.show(db, who, name)


@delete("/epcis/queries/{name:str}", guards=[ANYBODY_KNOWN])
async def delete_query(name: FromPath[str], db: Db, who: Who) -> None:
    """Delete a query of the caller's; whoever subscribed to it or listens is disconnected."""
    await named.delete(db, who, name)


@get("/epcis/queries/{name:str}/events", guards=[ANYBODY_KNOWN], media_type="application/ld+json")
async def list_query_events(name: FromPath[str], request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """A query's answer, with the caller's rights; ``Link`` leads to the next page while there is one."""
    wanted, text = form(request.headers), _text(request)
    page = await named.events(db, who, name, text)
    more = paging.link(f"{_at(name)}/events", text, filters.parse(text).per_page, page.next, now)
    return Response(answer(page.docs, now, wanted, name=name), media_type=wanted.media, headers=more)


@websocket(
    "/epcis/queries/{name:str}/events",
    guards=[ANYBODY_KNOWN],
    dependencies={"pulse": Provide(pulse, sync_to_thread=False)},
)
async def stream_query_events(
    socket: WebSocket[Any, Any, Any], name: FromPath[str], db: Db, state: State, pulse: NamedDependency[Pulse]
) -> None:
    """A query's new answers as they are recorded: one EPCISQueryDocument a message."""
    await listen.listen(socket, db, pulse, name, state.clock, _min_record_time(socket))


@post("/epcis/queries/{name:str}/subscriptions", guards=[ANYBODY_KNOWN], status_code=201)
async def add_subscription(
    name: FromPath[str], data: JSONBody[NewSubscription], db: Db, settings: Conf, who: Who, now: Now
) -> Response[Shown]:
    """Have a query's new answers sent to ``dest``, as they are recorded or by a schedule.

    Each is a POST of an EPCISQueryDocument with ``GS1-Signature: t=<seconds>,v1=<HMAC-SHA-256 in hexadecimal>`` over
    ``<seconds>.<body>`` under ``signatureToken``. Answer 2xx when you have it safe: what is not answered so is sent
    again, so the same event may come twice; 413 asks for fewer events at once.
    """
    made = await subscribe.subscribe(db, settings, who, name, data, now)
    return Response(made, status_code=201, headers={"Location": f"{_at(name)}/subscriptions/{made.id}"})


@get("/epcis/queries/{name:str}/subscriptions", guards=[ANYBODY_KNOWN])
async def list_subscriptions(name: FromPath[str], db: Db, who: Who) -> list[Shown]:
    """The caller's subscriptions to a query, for an administrator all."""
    return await subscribe.every(db, who, name)


@get("/epcis/queries/{name:str}/subscriptions/{subscription_id:str}", guards=[ANYBODY_KNOWN])
async def show_subscription(name: FromPath[str], subscription_id: FromPath[str], db: Db, who: Who) -> Response[Shown]:
    """How a subscription stands: the last error, and what was passed over after too many."""
    shown = await subscribe.show(db, who, name, subscription_id)
    return Response(shown, headers={"GS1-Query-Min-Record-Time": milliseconds(shown.min_record_time)})


@delete("/epcis/queries/{name:str}/subscriptions/{subscription_id:str}", guards=[ANYBODY_KNOWN])
async def end_subscription(name: FromPath[str], subscription_id: FromPath[str], db: Db, who: Who) -> None:
    """Send no more."""
    await subscribe.end(db, who, name, subscription_id)


@post("/epcis/queries/{name:str}/subscriptions/{subscription_id:str}/replay", guards=[ANYBODY_KNOWN], status_code=200)
async def replay_subscription(
    name: FromPath[str], subscription_id: FromPath[str], data: JSONBody[Replay], db: Db, who: Who, now: Now
) -> Shown:
    """Send again all that was recorded from a position or a time on, dead letters among it."""
    return await subscribe.replay(db, who, name, subscription_id, data, now)


def _at(name: str) -> str:
    return f"/epcis/queries/{quote(name, safe='')}"


def _text(request: Asked) -> str:
    return str(request.scope["query_string"].decode("latin-1"))


def _min_record_time(socket: WebSocket[Any, Any, Any]) -> datetime | None:
    if not (text := socket.headers.get("GS1-Query-Min-Record-Time", "")):
        return None
    try:
        return instant(text)
    except BadEvent as error:
        raise BadHeader(error.detail, where="GS1-Query-Min-Record-Time") from None


HANDLERS = [
    headers.options("/epcis/queries", allow=("GET", "POST")),
    headers.options("/epcis/queries/{name:str}", allow=("GET", "DELETE")),
    headers.options("/epcis/queries/{name:str}/events", allow=("GET",)),
    headers.options("/epcis/queries/{name:str}/subscriptions", allow=("GET", "POST")),
    headers.options("/epcis/queries/{name:str}/subscriptions/{subscription_id:str}", allow=("GET", "DELETE")),
    headers.options("/epcis/queries/{name:str}/subscriptions/{subscription_id:str}/replay", allow=("POST",)),
    add_query,
    list_queries,
    show_query,
    delete_query,
    list_query_events,
    stream_query_events,
    add_subscription,
    list_subscriptions,
    show_subscription,
    end_subscription,
    replay_subscription,
]
