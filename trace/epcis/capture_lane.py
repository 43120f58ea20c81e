"""The short way for a single event: ``POST /epcis/events`` as systems send it, without the framework around it.

It takes what is asked plainly, and knows how to answer 201 and nothing else. Everything unusual goes to the ordinary
route, and so does what was refused, which that route then answers: a refusal has one wording, the API one description.
The framework costs twice what reading, hashing and recording an event do.
"""

import re

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from zhuisu import auth, web
from zhuisu.epcis import capture
from zhuisu.epcis.capture_routes import EVENTS, REFUSED, SENDERS, address
from zhuisu.epcis.headers import JSON, RAW_VERSIONS

_JSON = {media.encode() for media in JSON}
_HOST = re.compile(rb"[a-z0-9.-]+(?::[0-9]+)?").fullmatch
_CHANGING = (b"gs1-", b"content-encoding", b"transfer-encoding", b"expect")
"""How headers begin that change what is asked."""


def short_way(otherwise: ASGIApp) -> ASGIApp:
    """Put the short way before ``otherwise``, which is what a Litestar application calls with every scope."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        who = _plain(scope)
        if who is None:
            await otherwise(scope, receive, send)
            return
        state = scope["litestar_app"].state
        try:
            with web.counted("POST", EVENTS) as answer:
                if (body := await _body(receive)) is None:
                    return
                recorded = await capture.add_event(state.commit, who, body, state.clock())
                answer.status = 201
        except Exception as refusal:  # noqa: BLE001  (raised again by the ordinary route)
            scope["state"][REFUSED] = refusal
            await otherwise(scope, receive, send)
            return
        headers = [
            (b"location", address(recorded).encode()),
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"0"),
            *RAW_VERSIONS,
        ]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return app


def _plain(scope: Scope) -> auth.Principal | None:
    """Who sends an event in the most usual words, with a key that is believed and a right; else None."""
    if scope["path"] != EVENTS or scope["type"] != ScopeType.HTTP or scope["method"] != "POST" or scope["query_string"]:
        return None
    headers = list(scope["headers"])
    said = dict(headers)
    length = said.get(b"content-length", b"")
    if (
        len(said) < len(headers)
        or said.get(b"content-type") not in _JSON
        or not _HOST(said.get(b"host", b""))
        or not (length.isdigit() and len(length) < 6 and int(length) <= capture.AT_ONCE)
        or any(name.startswith(_CHANGING) for name in said)
    ):
        return None
    who = auth.MIDDLEWARE.remembered(scope["litestar_app"].state.db, said.get(b"authorization", b""))
    return who if who and SENDERS.roles & who.roles else None


async def _body(receive: Receive) -> bytes | None:
    """The body, None when its sender has gone."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
    return None
