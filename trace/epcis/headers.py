"""Headers of the EPCIS door (EPCIS 2.0 §12.8): versions, formats, limits, and what OPTIONS tells of each path.

>>> epc_format({"GS1-EPC-Format": "Always_EPC_URN"})
<EpcFormat.Always_EPC_URN: 'Always_EPC_URN'>
>>> require_versions({"GS1-EPCIS-Min": "2.1"})
NotAcceptable: …
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from litestar import HttpMethod, Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.types import Message, Scope

import zhuisu
from zhuisu.auth import may
from zhuisu.epcis.errors import BadHeader, NotAcceptable, NotEpcis, UriTooLong
from zhuisu.epcis.names import OURS, bindings
from zhuisu.events import CbvFormat, EpcFormat

MOST_EVENTS = 1_000_000
MOST_BYTES = 1 << 30
"""What one capture may hold."""
MOST_ADDRESS = 1 << 15
"""Bytes of a path with its query."""

VERSIONS = {
    "GS1-EPCIS-Version": "2.0",
    "GS1-CBV-Version": "2.0",
    "GS1-Extensions": f"zhuisu={OURS}",
}
"""On every answer of the door."""

SPOKEN = {"GS1-EPCIS-Min": "2.0", "GS1-EPCIS-Max": "2.0", "GS1-CBV-Min": "2.0", "GS1-CBV-Max": "2.0"}
"""On every answer to OPTIONS, and where a request asked for another version."""

TOLD = (
    VERSIONS
    | SPOKEN
    | {
        "GS1-EPC-Format": ", ".join(EpcFormat),
        "GS1-CBV-XML-Format": ", ".join(kind for kind in CbvFormat if kind is not CbvFormat.Bare),
        "GS1-Vendor-Version": f"zhuisu/{zhuisu.__version__}",
    }
)
"""On every answer to OPTIONS, beside Allow."""

LIMITS = {
    "GS1-EPCIS-Capture-Limit": str(MOST_EVENTS),
    "GS1-EPCIS-Capture-File-Size-Limit": str(MOST_BYTES),
}
"""Of a capture: in events and in bytes."""

_PROBLEM_JSON = ("application/problem+json", "application/json", "application/ld+json")
_PROBLEM_XML = ("application/problem+xml", "application/xml", "text/xml")

JSON = frozenset({"application/json", "application/ld+json"})
XML = frozenset({"application/xml", "text/xml"})

Asked = Request[Any, Any, Any]
Headers = Mapping[str, str]
Word = TypeVar("Word", bound=StrEnum)

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?", re.ASCII).fullmatch
_SPOKEN = (2, 0)
_READ = {"GS1-EPCIS-Version": {(1, 1), (1, 2), (2, 0)}, "GS1-CBV-Version": {(1, 1), (1, 2), (2, 0)}}


class Behaviour(StrEnum):
    """What a capture does with the good events of a document that holds a bad one (EPCIS 2.0 §12.7.1)."""

    rollback = "rollback"
    proceed = "proceed"


def behaviour(headers: Headers) -> Behaviour:
    """GS1-Capture-Error-Behaviour; rollback when it is not said. Raises BadHeader."""
    return _one_of(headers, "GS1-Capture-Error-Behaviour", Behaviour, Behaviour.rollback)


def epc_format(headers: Headers) -> EpcFormat:
    """GS1-EPC-Format; Always_GS1_Digital_Link when it is not said, as the standard has it. Raises BadHeader."""
    return _one_of(headers, "GS1-EPC-Format", EpcFormat, EpcFormat.Always_GS1_Digital_Link)


def cbv_format(headers: Headers) -> CbvFormat:
    """GS1-CBV-XML-Format; No_Preference when it is not said. Raises BadHeader."""
    return _one_of(headers, "GS1-CBV-XML-Format", CbvFormat, CbvFormat.No_Preference, ours=CbvFormat.Bare)


def require_versions(headers: Headers) -> None:
    """Raises NotAcceptable when the versions that a caller understands are not ours, BadHeader for no version."""
    for kind in ("EPCIS", "CBV"):
        least, most = (_version(headers, f"GS1-{kind}-{end}") for end in ("Min", "Max"))
        if least and most and least > most:
            mend = "send 2.0 for both, or neither"
            raise BadHeader(f"GS1-{kind}-Min is above GS1-{kind}-Max", where=f"GS1-{kind}-Min", mend=mend)
        if (least and least > _SPOKEN) or (most and most < _SPOKEN):
            end = "Min" if least and least > _SPOKEN else "Max"
            raise NotAcceptable(f"{kind} 2.0 is spoken here", where=f"GS1-{kind}-{end}", mend="ask for 2.0")
    for name, known in _READ.items():
        version = _version(headers, name)
        if version and version not in known:
            raise NotAcceptable(f"{name} {headers[name]} is not read here", where=name, mend="use 2.0")


def accepted(headers: Headers, *offered: str) -> str:
    """Choose the media type of an answer by Accept (RFC 9110 §12.5.1), first offered first. Raises NotAcceptable."""
    given = headers.get("Accept", "").strip()
    if not given:
        return offered[0]
    quality = {media: _quality(media, given) for media in offered}
    best = max(offered, key=lambda media: quality[media])
    if not quality[best]:
        raise NotAcceptable(f"the answer is {' or '.join(offered)}", where="Accept", mend=f"accept {offered[0]}")
    return best


def prefers_xml(headers: Headers) -> bool:
    """Whether a problem is told in XML: only to who takes that rather than JSON."""
    given = headers.get("Accept", "")
    json, xml = (max(_quality(media, given) for media in kinds) for kinds in (_PROBLEM_JSON, _PROBLEM_XML))
    return xml > json


def extensions(request: Asked) -> dict[str, str]:
    """The prefixes that a request binds by GS1-Extensions, beside those of the standard. Raises BadParameter."""
    return bindings(", ".join(request.headers.getall("GS1-Extensions", [])))


def is_xml(request: Asked) -> bool:
    """Tell XML from JSON by the Content-Type. Raises NotEpcis for anything else."""
    media, _ = request.content_type
    if (coding := request.headers.get("Content-Encoding", "identity").strip().lower()) != "identity":
        raise NotEpcis(f"the Content-Encoding {coding!r:.40} is not read here", mend="send the bytes as they are")
    if media not in JSON | XML:
        raise NotEpcis(f"{media[:80] or 'no media type'} is not read here", mend="send application/ld+json")
    return media in XML


async def negotiate(request: Asked) -> None:
    """Litestar's ``before_request`` of every route of the door but OPTIONS: versions in words that both understand.

    Asynchronous, because Litestar would call a plain function in a thread: a third of a captured event (py-spy).
    """
    if request.method != HttpMethod.OPTIONS:
        require_versions(request.headers)
        extensions(request)
        if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > MOST_ADDRESS:
            raise UriTooLong(f"more than {MOST_ADDRESS} bytes", mend="keep the question by POST /epcis/queries")


async def announce(message: Message, scope: Scope) -> None:
    """Litestar's ``before_send`` hook: what every answer under /epcis tells, and what a refusal does."""
    if message["type"] != "http.response.start" or not scope["path"].startswith("/epcis"):
        return
    more = RAW_VERSIONS
    match message["status"]:
        case 406:
            more = RAW_VERSIONS + _RAW_SPOKEN
        case 413 if scope["path"] == "/epcis/capture":
            more = RAW_VERSIONS + _RAW_LIMITS
        case status if status < 300:
            more = _acknowledged(scope)
    headers = list(message["headers"])
    said = {name.lower() for name, _ in headers}
    message["headers"] = headers + [pair for pair in more if pair[0] not in said]


def options(*paths: str, allow: tuple[str, ...], **more: str) -> HTTPRouteHandler:
    """Make the OPTIONS of some paths: what may be done there, in which versions and formats (EPCIS 2.0 §12.4).

    List it before the other handlers of a path: with the first one Litestar would register an OPTIONS of its own.
    ``more`` are further headers, with ``_`` for ``-``.
    """
    headers = allowed(*allow) | {k.replace("_", "-"): v for k, v in more.items()}

    @route(list(paths), http_method=[HttpMethod.OPTIONS], guards=[may()], sync_to_thread=False, include_in_schema=False)
    def methods() -> Response[None]:
        """What may be done here."""
        return Response(None, status_code=204, headers=headers)

    return methods


def allowed(*methods: str) -> dict[str, str]:
    """What an answer to OPTIONS says: what may be done, in which versions and formats."""
    head = ("HEAD",) if "GET" in methods else ()
    return {"Allow": ", ".join((*methods, *head, "OPTIONS")), **TOLD}


def _version(headers: Headers, name: str) -> tuple[int, int] | None:
    given = headers.get(name, "").strip()
    if not given:
        return None
    if (found := _VERSION(given)) is None:
        raise BadHeader(f"{name}: {given!r:.40} is no version", where=name, mend="write it as 2.0")
    return int(found[1]), int(found[2])


def _one_of(headers: Headers, name: str, kind: type[Word], unsaid: Word, *, ours: Word | None = None) -> Word:
    """The word of a header; no client may ask for ``ours``."""
    given = headers.get(name, "").strip()
    if not given:
        return unsaid
    if given not in (known := [word for word in kind if word is not ours]):
        raise BadHeader(f"{name} is one of {', '.join(known)}", where=name, mend=f"send one of them, or no {name}")
    return kind(given)


def _quality(media: str, given: str) -> float:
    """How much a media type is wanted: the most specific range that fits decides."""
    kind = media.partition("/")[0]
    best = (0, 0.0)
    for part in given.split(","):
        name, *parameters = (word.strip() for word in part.lower().split(";"))
        if name in (media, f"{kind}/*", "*/*"):
            best = max(best, (3 - name.count("*"), _weight(parameters)))
    return best[1]


def _weight(parameters: list[str]) -> float:
    for text in parameters:
        if found := re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", text, re.ASCII):
            return float(found[1])
    return 1.0


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


RAW_VERSIONS, _RAW_LIMITS, _RAW_SPOKEN = _raw(VERSIONS), _raw(LIMITS), _raw(SPOKEN)
"""As ASGI has headers."""
_EXTENSIONS = b"gs1-extensions"


def _acknowledged(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The versions; GS1-Extensions names those of the request too: every extension is kept, shown and asked for."""
    given = [value for name, value in scope["headers"] if name == _EXTENSIONS]
    if not given:
        return RAW_VERSIONS
    ours = VERSIONS["GS1-Extensions"].encode()
    return [*(pair for pair in RAW_VERSIONS if pair[0] != _EXTENSIONS), (_EXTENSIONS, b", ".join([ours, *given]))]
