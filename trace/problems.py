"""Every failure of a request as one RFC 9457 problem object.

``title`` is constant for its ``type``; ``detail`` says what is wrong and where, ``mend`` how to put it right.

>>> of(NotFound("no certificate 00c1"), "/certs/00c1")["type"]
'/problems/not-found'
"""

import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from zhuisu.db import AWAY, DatabaseAway
from zhuisu.errors import (
    Fault,
    Forbidden,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)

log = logging.getLogger("zhuisu")

PROBLEM = "application/problem+json"
PROBLEM_XML = "application/problem+xml"


_BY_STATUS: dict[int, type[Refusal]] = {
    kind.status: kind
    for kind in (
        Malformed,
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        TooLarge,
        UnsupportedMedia,
        TooMany,
    )
}

_UNREADABLE = (UnicodeError, RecursionError, msgspec.DecodeError, asyncpg.CharacterNotInRepertoireError)
"""What Litestar and asyncpg let through for bad UTF-8, deep nesting and NUL, each the caller's fault."""

_SAID: list[tuple[re.Pattern[str], str]] = [
    (
        re.compile("unknown field `(?P<field>[^`]*)`"),
        "there is no such field; /schema lists those there are",
    ),
    (re.compile("missing required field `(?P<field>[^`]*)`"), "this field is missing"),
    (re.compile("Invalid enum value (?P<value>.*)"), "{value} is none of its values; /schema lists them"),
    (re.compile(r"matching regex '\^\(\?[=!]"), "blank text, or a control or reordering character"),
    (re.compile("^'data'$"), "the body is empty"),
    (re.compile("Invalid RFC3339"), "a time with zone is expected, as 2026-06-01T08:00:00+08:00"),
    (re.compile("was truncated"), "the JSON ends too early, or holds half of a surrogate pair"),
    (re.compile("recursion depth"), "nested too deeply"),
    (re.compile("invalid byte sequence"), "a character that cannot be stored, as NUL"),
]
"""What msgspec, Litestar and PostgreSQL say, in words for whoever sent it."""


def refusal(error: Exception) -> Refusal:
    """The refusal that ``error`` means: itself, or what a library's exception says about the request."""
    match error:
        case Refusal():
            return error
        case HTTPException():
            return _from_http(error)
        case _ if isinstance(error, _UNREADABLE):
            said, _ = _in_words(str(error))
            return Malformed(f"the request could not be decoded: {said}", mend="send UTF-8 JSON without NUL")
        case _ if isinstance(error, (*AWAY, TimeoutError, asyncpg.InterfaceError)):
            return DatabaseAway("the database did not answer")
        case asyncpg.QueryCanceledError() | asyncpg.TransactionRollbackError():  # too long, or in a ring with others
            return DatabaseAway("the database gave this request up; nothing of it was stored")
        case _:
            return Fault("an unexpected error was logged")


_PLAIN: dict[type[Refusal], Callable[[Request[Any, Any, Any]], Refusal]] = {
    NotFound: lambda request: NotFound(f"nothing lives at {_sent(request)}", mend="/schema lists all addresses"),
    MethodNotAllowed: lambda request: MethodNotAllowed(f"{request.method} is not for {_sent(request)}"),
    TooLarge: lambda request: TooLarge(
        f"more than {request.app.state.settings.max_body} bytes in one request", mend="send it in parts"
    ),
}
"""Litestar's own words say no more than the status."""


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
    if error.detail_zh:
        members["zh"] = {"title": error.zh, "detail": error.detail_zh, "mend": error.mend_zh}
    return members | {name: value for name in ("where", "mend") if (value := getattr(error, name))}


def xml(members: Mapping[str, Any]) -> bytes:
    """The problem object in XML (RFC 7807 appendix A): members are elements, items of a list ``i``."""
    root = f'<problem xmlns="urn:ietf:rfc:7807">{_inside(members)}</problem>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}'.encode()


def _inside(value: Any) -> str:
    match value:
        case dict():
            return "".join(f"<{name}>{_inside(inner)}</{name}>" for name, inner in value.items())
        case list() | tuple():
            return "".join(f"<i>{_inside(item)}</i>" for item in value)
        case bool():
            return "true" if value else "false"
        case _:
            return escape(_ILLEGAL.sub("\ufffd", str(value)))


_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2


def _sent(request: Request[Any, Any, Any]) -> str:
    """The path as it was sent: what Litestar makes of it folds slashes and decodes escapes."""
    raw: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
    return raw.partition(b"?")[0].decode("ascii", "replace")


def handler(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's exception handler: every failure leaves through here."""
    known = refusal(error)
    if type(known) in _PLAIN and isinstance(error, HTTPException):
        known = _PLAIN[type(known)](request)
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
        of(known, _sent(request)), status_code=known.status, media_type=PROBLEM, headers=headers, type_encoders={}
    )


def _from_http(error: HTTPException) -> Refusal:
    kind = _BY_STATUS.get(error.status_code, Malformed if error.status_code < 500 else Fault)
    faults = [f for f in error.extra if isinstance(f, dict)] if isinstance(error.extra, list) else []
    told = []
    for fault in faults:
        said, field = _in_words(str(fault["message"]))
        told.append(
            ("" if fault.get("key") == "data" and said == "the body is empty" else field or fault.get("key", ""), said)
        )
    words = "; ".join(f"{where}: {said}" if where else said for where, said in told)
    plain, _ = _in_words(error.detail or HTTPStatus(error.status_code).phrase)
    mend = "/schema says what is read here" if kind is Malformed else ""
    return kind(words or plain, where=", ".join(where for where, _ in told if where), mend=mend)


def _in_words(message: str) -> tuple[str, str]:
    """A library's message in our words, and the field that it names."""
    for pattern, words in _SAID:
        if found := pattern.search(message):
            named = found.groupdict()
            return words.format(**named), named.get("field", "")
    return message, ""
