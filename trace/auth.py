"""Who is calling: an API key, a session cookie, or the public.

    Authorization: Bearer zs_<43 characters>   a party's system
    Cookie: zhuisu_session=<43 characters>     a person on the pages
    neither                                    PUBLIC

A request that carries an Authorization header is judged by it alone: its cookie is not looked at.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from litestar.connection import ASGIConnection
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from zhuisu.db import Database
from zhuisu.errors import Forbidden, Unauthenticated
from zhuisu.parties import COOKIE, PUBLIC, Principal, Role, cookie, is_own, reaches, sees, sign_in, sign_out
from zhuisu.parties.guard import Conf, Db, May, Now, Who, may
from zhuisu.parties.secret import KEY, TOKEN, digest
from zhuisu.parties.store import caller_by_key, caller_by_session

__all__ = [
    "COOKIE",
    "KEY_MEMORY",
    "MIDDLEWARE",
    "PUBLIC",
    "Authentication",
    "Conf",
    "CrossSite",
    "Db",
    "May",
    "Now",
    "Principal",
    "Role",
    "Who",
    "caller",
    "cookie",
    "is_own",
    "may",
    "reaches",
    "sees",
    "sign_in",
    "sign_out",
]

KEY_MEMORY = 5.0
"""Seconds a worker may go on believing a key without asking the database."""

ASKING = 1.0
"""Seconds more, while one request asks whether a key is still good."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110 §9.2.1

_MEMORY_ROWS = 10_000


class CrossSite(Forbidden):
    """The request was sent from another site.

    A browser may change something only from a page of this service: ``Sec-Fetch-Site`` must say ``same-origin`` or
    ``none``, or the host of ``Origin`` or ``Referer`` must be the one asked. A program sends an API key and no cookie.
    """

    zh = "请求来自其他网站"


class Authentication(ASGIMiddleware):
    """Sets ``scope["user"]`` to the Principal. The public and a remembered key cost no query, a session one.

    A key, once found, is believed for ``KEY_MEMORY`` seconds in each worker, and ``ASKING`` more while it is looked up
    again: a revoked key, or the keys of a suspended organisation, may open doors that long. Sessions are read each
    time: signing out takes effect at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._memory: WeakKeyDictionary[Database, dict[bytes, tuple[Principal, float]]] = WeakKeyDictionary()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Raises Unauthenticated (a credential that is none), CrossSite."""
        scope["user"] = await self._identify(scope)
        await next_app(scope, receive, send)

    def remembered(self, db: Database, authorization: bytes) -> Principal | None:
        """Whose key this is, when that is believed just now."""
        scheme, _, key = authorization.partition(b" ")
        if scheme.lower() != b"bearer" or not KEY.fullmatch(key) or db not in self._memory:
            return None
        who, believed_until = self._memory[db].get(digest(key), (None, 0.0))
        return who if self._clock() < believed_until else None

    async def _identify(self, scope: Scope) -> Principal:
        if authorization := _headers(scope, b"authorization"):
            return await self._by_key(scope, authorization)
        token = ASGIConnection[Any, Any, Any, Any](scope).cookies.get(COOKIE) if _headers(scope, b"cookie") else None
        method = str(scope.get("method", "GET"))
        if method not in SAFE and not _same_origin(scope, unsaid=token is None):
            raise CrossSite(f"this {method} did not come from a page of this service")
        if token is None or not TOKEN.fullmatch(token):
            return PUBLIC
        state = scope["litestar_app"].state
        async with state.db.connection() as conn:
            return await caller_by_session(conn, digest(token), state.clock()) or PUBLIC

    async def _by_key(self, scope: Scope, authorization: list[bytes]) -> Principal:
        scheme, _, key = authorization[0].partition(b" ")
        if len(authorization) > 1 or scheme.lower() != b"bearer" or not KEY.fullmatch(key):
            raise Unauthenticated("the Authorization header is not `Bearer` and an API key", where="Authorization")
        db: Database = scope["litestar_app"].state.db
        memory = self._memory.setdefault(db, {})
        hash_, now = digest(key), self._clock()
        who, believed_until = memory.get(hash_, (PUBLIC, now))
        if now < believed_until:
            return who
        if hash_ in memory:  # one asks again, the others go on: else a busy key's requests would all ask at once
            memory[hash_] = (who, now + ASKING)
        async with db.connection() as conn:
            found = await caller_by_key(conn, hash_)
        if found is None:
            memory.pop(hash_, None)
            raise Unauthenticated("this API key is unknown or revoked", where="Authorization")
        if len(memory) >= _MEMORY_ROWS:
            memory.clear()
        memory[hash_] = (found, now + KEY_MEMORY)
        return found


MIDDLEWARE = Authentication()


def caller(scope: Scope) -> Principal:
    """The dependency ``who``."""
    who: Principal = scope["user"]
    return who


def _same_origin(scope: Scope, *, unsaid: bool) -> bool:
    # A browser's own word first, then the page's address; ``unsaid`` is the answer when there is neither (OWASP CSRF).
    if site := _headers(scope, b"sec-fetch-site"):
        return site[0] in {b"same-origin", b"none"}
    if source := _headers(scope, b"origin") or _headers(scope, b"referer"):
        return [_host(source[0])] == _headers(scope, b"host")
    return unsaid


def _host(url: bytes) -> bytes:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return b""


def _headers(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]
