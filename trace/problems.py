"""Every failure of a request as one RFC 9457 problem object.

``title`` is constant for its ``type``; ``detail`` says what is wrong and where, ``mend`` how to put it right.

>>> of(NotFound("no certificate 00c1"), "/certs/00c1")["type"]
'/problems/not-found'
"""

import logging
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from zhuisu.db import AWAY, DatabaseAway
from zhuisu.errors import (
    Forbidden,
    Malformed,
    NotFound,
    Refusal,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)

log = logging.getLogger("zhuisu")

PROBLEM = "application/problem+json"


class MethodNotAllowed(Refusal):
    """This address does not take that method.

    ``Allow`` lists the methods it takes.
    """

    status = 405
    zh = "不允许的请求方法"


class TooMany(Refusal):
    """Too many requests.

    Wait the number of seconds that ``Retry-After`` gives and send the same request again.
    """

    status = 429
    zh = "请求过于频繁"


class Fault(Refusal):
    """The service has a fault.

    It is ours, not yours: nothing of the request was stored half. ``instance`` finds it in the service's log.
    """

    status = 500
    zh = "服务内部错误"


_BY_STATUS: dict[int, type[Refusal]] = {
    kind.status: kind
    for kind in (Malformed, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, TooLarge, UnsupportedMedia, TooMany)
}

_UNREADABLE = (UnicodeError, RecursionError, msgspec.DecodeError, asyncpg.CharacterNotInRepertoireError)
"""What Litestar and asyncpg let through for bad UTF-8, deep nesting and NUL, each the caller's fault."""


def refusal(error: Exception) -> Refusal:
    """The refusal that ``error`` means: itself, or what a library's exception says about the request."""
    match error:
        case Refusal():
            return error
        case HTTPException():
            return _from_http(error)
        case _ if isinstance(error, _UNREADABLE):
            return Malformed(f"the request could not be decoded: {error}", mend="send UTF-8 JSON without NUL")
        case _ if isinstance(error, (*AWAY, TimeoutError, asyncpg.InterfaceError)):
            return DatabaseAway("the database did not answer")
        case _:
            return Fault("an unexpected error was logged")


def of(error: Refusal, instance: str) -> dict[str, Any]:
    """The members of the problem object (RFC 9457 §3.1); extensions never hide a standard member."""
    members = {
        **error.facts,
        "type": error.problem(),
        "title": error.title(),
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
    }
    return members | {name: value for name in ("where", "mend") if (value := getattr(error, name))}


def handler(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's exception handler: every failure leaves through here."""
    known = refusal(error)
    if isinstance(known, Fault):
        log.error("%s %s", request.method, request.url.path, exc_info=error)
    headers = dict(getattr(error, "headers", None) or {})
    if isinstance(known, Unavailable):
        headers["Retry-After"] = "1"
    if isinstance(known, TooMany):
        headers["Retry-After"] = str(known.facts.get("retry_after", 60))
    if isinstance(known, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="zhuisu"'
    return Response(
        of(known, request.url.path), status_code=known.status, media_type=PROBLEM, headers=headers, type_encoders={}
    )


def _from_http(error: HTTPException) -> Refusal:
    kind = _BY_STATUS.get(error.status_code, Malformed if error.status_code < 500 else Fault)
    faults = [f for f in error.extra if isinstance(f, dict)] if isinstance(error.extra, list) else []
    said = "; ".join(f"{fault.get('key') or 'the body'}: {fault['message']}" for fault in faults)
    return kind(
        said or error.detail or HTTPStatus(error.status_code).phrase,
        where=", ".join(str(fault["key"]) for fault in faults if fault.get("key")),
    )
