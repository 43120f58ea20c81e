"""Named queries and their subscriptions over HTTP (EPCIS 2.0 §12.7)."""

import contextlib
from typing import Any
from urllib.parse import quote

from litestar import HttpMethod, Response, WebSocket, delete, get, post, route, websocket
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from zhuisu.auth import Conf, Db, Now, Role, Who, may
from zhuisu.epcis import exceptions, handshake, headers, listen, master_query, named, paging, subscribe
from zhuisu.epcis.answer import answer, form
from zhuisu.epcis.follow import Pulse
from zhuisu.epcis.headers import Asked
from zhuisu.epcis.named import NamedQuery, NewQuery
from zhuisu.epcis.subscribe import NewSubscription, Replay, Shown
from zhuisu.errors import NotFound
from zhuisu.events.times import milliseconds

ANYBODY_KNOWN = may(*Role)
JSON = ("application/json", "application/ld+json")


def pulse(state: State) -> Pulse:
    """The dependency ``pulse``."""
    found: Pulse = state.pulse
    return found


@route(
    "/epcis/queries/{name:str}/subscriptions/{subscription_id:str}",
    http_method=[HttpMethod.OPTIONS],
    guards=[may()],
    include_in_schema=False,
)
async def subscription_methods(name: FromPath[str], subscription_id: FromPath[str], db: Db, who: Who) -> Response[None]:
    """What may be done here; to whom the subscription belongs, also how far it has come."""
    told = headers.allowed("GET", "DELETE")
    if who.party is not None:
        with contextlib.suppress(NotFound):
            told |= _reached(await subscribe.show(db, who, name, subscription_id))
    return Response(None, status_code=204, headers=told)


@post(
    "/epcis/queries",
    guards=[ANYBODY_KNOWN],
    status_code=201,
    opt={exceptions.MALFORMED: "epcisException:QueryValidationException"},
)
async def add_query(request: Asked, data: JSONBody[NewQuery], db: Db, who: Who, now: Now) -> Response[NamedQuery]:
    """Keep a query under a name that is free; ``Location`` is the query."""
    media = headers.accepted(request.headers, *JSON)
    made = await named.add(db, who, data, now, headers.extensions(request))
    return Response(made, status_code=201, media_type=media, headers={"Location": _at(made.name)})


@get("/epcis/queries", guards=[ANYBODY_KNOWN])
async def list_queries(request: Asked, db: Db, who: Who, now: Now) -> Response[list[NamedQuery]]:
    """The caller's queries and SimpleEventQuery, for an administrator all; ``Link`` leads on while there are more."""
    text, media = _text(request), headers.accepted(request.headers, *JSON)
    asked = named.paged(text, now)
    found, following = await named.page(db, who, asked)
    more = paging.link("/epcis/queries", text, asked.per_page, following, now)
    return Response(found, media_type=media, headers=more)


@get("/epcis/queries/{name:str}", guards=[ANYBODY_KNOWN])
async def show_query(request: Asked, name: FromPath[str], db: Db) -> Response[NamedQuery]:
    """What a query asks. Names are global: every authenticated caller may read, ask and subscribe to any query."""
    media = headers.accepted(request.headers, *JSON)
    return Response(await named.show(db, name), media_type=media)


@delete("/epcis/queries/{name:str}", guards=[ANYBODY_KNOWN])
async def delete_query(name: FromPath[str], db: Db, who: Who) -> None:
    """Delete a query of the caller's own; whoever subscribed to it or listens is disconnected."""
    await named.delete(db, who, name)


@get("/epcis/queries/{name:str}/events", guards=[ANYBODY_KNOWN], media_type="application/ld+json")
async def list_query_events(name: FromPath[str], request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """Anybody's query, answered with the caller's own rights; ``Link`` leads to the next page while there is one.

    ``SimpleEventQuery`` takes the parameters of ``/epcis/events`` and answers as that does.
    """
    wanted, text = form(request.headers), _text(request)
    handshake.require_none(text)
    asked = named.asking(name, text, now, headers.extensions(request))
    page = await named.events(db, who, name, asked)
    master = await master_query.of_page(db, who, page.ids, page.docs) if wanted.master else None
    more = paging.link(f"{_at(name)}/events", text, asked.per_page, page.next, now)
    body = answer(page.docs, now, wanted, name=name, master=master)
    return Response(body, media_type=wanted.media, headers=wanted.told | more)


@websocket(
    "/epcis/queries/{name:str}/events",
    guards=[ANYBODY_KNOWN],
    dependencies={"pulse": Provide(pulse, sync_to_thread=False)},
)
async def stream_query_events(
    socket: WebSocket[Any, Any, Any], name: FromPath[str], db: Db, state: State, pulse: NamedDependency[Pulse]
) -> None:
    """A query's new answers as they are recorded, or by a schedule: one EPCISQueryDocument a message."""
    await listen.listen(socket, db, pulse, name, state.clock)


@post("/epcis/queries/{name:str}/subscriptions", guards=[ANYBODY_KNOWN], status_code=201)
async def add_subscription(
    request: Asked,
    name: FromPath[str],
    data: JSONBody[NewSubscription],
    db: Db,
    settings: Conf,
    who: Who,
    now: Now,
) -> Response[Shown]:
    """Have a query's new answers sent to ``dest``, as they are recorded or by a schedule, in the form asked for here.

    ``Accept``, ``GS1-EPC-Format`` and ``GS1-CBV-XML-Format`` of this request say how they are written,
    ``Prefer: master-data`` that they bring master data of what they name.

    Each is a POST of an EPCISQueryDocument with ``GS1-Signature: t=<seconds>,v1=<HMAC-SHA-256 in hexadecimal>`` over
    ``<seconds>.<body>`` under ``signatureToken``. Answer 2xx when you have it safe: what is not answered so is sent
    again, so the same event may come twice; 413 asks for fewer events at once.
    """
    made = await subscribe.subscribe(db, settings, who, name, data, now, form=form(request.headers))
    return Response(made, status_code=201, headers={"Location": f"{_at(name)}/subscriptions/{made.id}"})


@get("/epcis/queries/{name:str}/subscriptions", guards=[ANYBODY_KNOWN])
async def list_subscriptions(request: Asked, name: FromPath[str], db: Db, who: Who, now: Now) -> Response[list[Shown]]:
    """The caller's subscriptions to a query, for an administrator all, the oldest first; ``Link`` leads on."""
    text, media = _text(request), headers.accepted(request.headers, *JSON)
    asked = named.paged(text, now)
    found, following = await subscribe.page(db, who, name, asked)
    more = paging.link(f"{_at(name)}/subscriptions", text, asked.per_page, following, now)
    return Response(found, media_type=media, headers=more)


@get("/epcis/queries/{name:str}/subscriptions/{subscription_id:str}", guards=[ANYBODY_KNOWN])
async def show_subscription(
    request: Asked, name: FromPath[str], subscription_id: FromPath[str], db: Db, who: Who
) -> Response[Shown]:
    """How a subscription stands: the last error, and what was passed over after too many."""
    media = headers.accepted(request.headers, *JSON)
    shown = await subscribe.show(db, who, name, subscription_id)
    return Response(shown, media_type=media, headers=_reached(shown))


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


def _reached(shown: Shown) -> dict[str, str]:
    return {"GS1-Query-Min-Record-Time": milliseconds(shown.min_record_time)}


HANDLERS = [
    headers.options("/epcis/queries", allow=("GET", "POST")),
    headers.options("/epcis/queries/{name:str}", allow=("GET", "DELETE")),
    headers.options("/epcis/queries/{name:str}/events", allow=("GET",)),
    headers.options("/epcis/queries/{name:str}/subscriptions", allow=("GET", "POST")),
    subscription_methods,
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
