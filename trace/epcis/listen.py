"""A query's new answers over a WebSocket (RFC 6455), as they are recorded (EPCIS 2.0 §12.7, Upgrade to 101).

    GET /epcis/queries/arrivals/events?stream=true            or ?minute=0&hour=[8-17]&reportIfEmpty=true
    Upgrade: websocket
    Authorization: Bearer zs_…

Each text message is an EPCISQueryDocument in the form that the handshake asked for, or the problem that kept an event
from being written so. Nothing is kept for a listener that is gone: who has to have every event and
was cut off comes back with ``GS1-Query-Min-Record-Time``, or subscribes a webhook. The key is looked at again before
each message, so a revoked one hears nothing more. The server pings; it closes with 1008 when the key is no longer good
or the listener does not keep up, with 1001 when the query is deleted.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote

import msgspec
from litestar import Request, WebSocket
from litestar.enums import ScopeType
from litestar.exceptions import WebSocketDisconnect
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from zhuisu.db import Database
from zhuisu.epcis import exceptions, handshake, named, schedule
from zhuisu.epcis.answer import answer
from zhuisu.epcis.errors import NotAcceptable
from zhuisu.epcis.filters import Query
from zhuisu.epcis.follow import Pulse, follow
from zhuisu.epcis.handshake import Handshake
from zhuisu.epcis.headers import RAW_VERSIONS
from zhuisu.epcis.master import Element
from zhuisu.errors import Unauthenticated
from zhuisu.events.times import milliseconds
from zhuisu.ledger import tail
from zhuisu.ledger.tail import Position
from zhuisu.parties.secret import digest
from zhuisu.parties.store import caller_by_key

SLOW = 10.0
"""Seconds a listener may take to receive one message."""

Clock: TypeAlias = Callable[[], datetime]

GOING_AWAY, POLICY = 1001, 1008  # RFC 6455 §7.4.1


class Close(Exception):
    """The connection ends, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


async def remember(error: Exception, scope: Scope) -> None:
    """Litestar's ``after_exception`` hook: why a handshake is refused, which Litestar's close no longer says."""
    if scope["type"] == ScopeType.WEBSOCKET:
        scope[_REFUSED] = error  # type: ignore[literal-required]


class Denial(ASGIMiddleware):
    """A refused handshake is answered as any request is: its status and its problem, where the server can send them.

    What can not (ASGI extension ``websocket.http.response``) closes instead, which is 403 for every reason.
    """

    scopes = (ScopeType.WEBSOCKET,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Stands before authentication."""
        accepted = _DENIAL not in (scope.get("extensions") or {})

        async def instead(message: Message) -> None:
            nonlocal accepted
            if message["type"] == "websocket.close" and not accepted and _REFUSED in scope:
                await _deny(scope, send, scope[_REFUSED])  # type: ignore[literal-required]
                return
            accepted = accepted or message["type"] == "websocket.accept"
            await send(message)

        try:
            await next_app(scope, receive, instead)
        except Exception as error:
            if accepted:
                raise
            await _deny(scope, send, error)


_DENIAL, _REFUSED = "websocket.http.response", "zhuisu.refused"


async def _deny(scope: Scope, send: Send, error: Exception) -> None:
    answer = exceptions.handler(Request({**scope, "type": "http", "method": "GET"}), error)  # type: ignore[arg-type]
    body = answer.content if isinstance(answer.content, bytes) else msgspec.json.encode(answer.content)
    headers = [*RAW_VERSIONS, (b"content-type", str(answer.media_type).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "websocket.http.response.start", "status": answer.status_code or 500, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body, "more_body": False})


class _Heard(NamedTuple):
    """The query that is listened to, how, and from where on."""

    id: int
    name: str
    asked: Query
    since: datetime
    position: Position
    wish: Handshake


async def listen(socket: WebSocket[Any, Any, Any], db: Database, pulse: Pulse, name: str, clock: Clock) -> None:
    """Send until either side ends it. Before it accepts, raises NoSuchQuery, Unauthenticated, as ``handshake.read``."""
    key, wish = _key(socket), handshake.read(socket.scope["query_string"].decode("latin-1"), socket.headers)
    async with db.connection() as conn:
        row = await named.find(conn, name)
        position = await (tail.before(conn, wish.since) if wish.since else tail.end(conn))
    asked = named.understood(named.stored(row.query))
    heard = _Heard(row.id, name, asked, (wish.since or clock()).astimezone(UTC), position, wish)
    await socket.accept(headers={"GS1-Query-Min-Record-Time": milliseconds(heard.since)})
    with pulse.following(row.id):
        tasks = [
            asyncio.create_task(work) for work in (_until_gone(socket), _send(socket, db, pulse, heard, key, clock))
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        match end:
            case Close():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SLOW):
                        await socket.close(end.code, end.reason)
            case WebSocketDisconnect() | asyncio.CancelledError() | None:
                pass
            case _:
                raise end


async def _until_gone(socket: WebSocket[Any, Any, Any]) -> None:
    """What the listener says is not listened to. Raises WebSocketDisconnect when it goes."""
    while True:
        await socket.receive_data("text")


async def _send(
    socket: WebSocket[Any, Any, Any], db: Database, pulse: Pulse, heard: _Heard, key: bytes, clock: Clock
) -> None:
    position, reached, wish = heard.position, heard.since, heard.wish
    due, reported = _due(wish, clock), False
    while True:
        if heard.id not in pulse.standing:
            raise Close(GOING_AWAY, "the query was deleted")
        if clock() < due if due else position >= pulse.head:
            await pulse.next()
            continue
        async with db.connection() as conn:
            who = await caller_by_key(conn, key)
        if who is None:
            raise Close(POLICY, "the API key is revoked")
        batch = await follow(
            db, position, heard.asked, who,
            since=heard.since, reached=reached, most=wish.most, master=wish.form.master,
        )  # fmt: skip
        over = due is not None and not batch.more
        if batch.docs or (over and wish.report_empty and not reported):
            for message in _messages(batch.docs, batch.master, heard, clock()):
                await _hand_over(socket, message)
            reported = True
        elif batch.position == position and not over:
            await pulse.next()
        if over:
            due, reported = _due(wish, clock), False
        position, reached = batch.position, batch.reached


def _due(wish: Handshake, clock: Clock) -> datetime | None:
    return schedule.following(wish.schedule, clock()) if wish.schedule else None


def _messages(docs: list[bytes], master: list[Element] | None, heard: _Heard, now: datetime) -> Iterator[bytes]:
    """One message, unless an event cannot be written as asked: its problem stands alone, and parts its neighbours."""
    try:
        yield answer(docs, now, heard.wish.form, name=heard.name, master=master)
    except NotAcceptable as error:
        if len(docs) == 1:
            yield msgspec.json.encode(exceptions.problem(error, f"/epcis/queries/{quote(heard.name, safe='')}/events"))
            return
        half = len(docs) // 2
        yield from _messages(docs[:half], master, heard, now)
        yield from _messages(docs[half:], master, heard, now)


async def _hand_over(socket: WebSocket[Any, Any, Any], message: bytes) -> None:
    try:
        async with asyncio.timeout(SLOW):
            await socket.send_text(message)
    except TimeoutError:
        raise Close(POLICY, "too slow") from None


def _key(socket: WebSocket[Any, Any, Any]) -> bytes:
    """The digest of the API key. A session's cookie is not enough: a page of another site could bring it."""
    scheme, _, key = socket.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        mend = "send Authorization: Bearer <API key>"
        raise Unauthenticated("a stream is opened with an API key", where="Authorization", mend=mend)
    return digest(key)
