"""Queries and top-level resources over HTTP (EPCIS 2.0 §12.3, §12.7)."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Response, delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from zhuisu.auth import Db, Now, Role, Who, may
from zhuisu.db import Database
from zhuisu.epcis import filters, master_query, paging, query, resources
from zhuisu.epcis.answer import Form, answer, form
from zhuisu.epcis.filters import Query
from zhuisu.epcis.headers import LIMITS, Asked, Behaviour, accepted, extensions, options
from zhuisu.epcis.query import Page
from zhuisu.epcis.resources import RESOURCES
from zhuisu.errors import Malformed
from zhuisu.events.context import STANDARD
from zhuisu.parties import Principal

JSON = ("application/ld+json", "application/json")

_LISTS = [f"/epcis/{resource}" for resource in RESOURCES]
_VALUES = [f"{path}/{{value:path}}" for path in _LISTS]
_DOORS = ["capture", "events", *RESOURCES, "queries", "vocabularies"]

METHODS = [
    options(
        "/epcis",
        allow=("GET",),
        GS1_Capture_Error_Behaviour=", ".join(Behaviour),
        **{name.replace("-", "_"): value for name, value in LIMITS.items()},
    ),
    options(*_LISTS, *_VALUES, "/epcis/events/{event_id:path}", allow=("GET",)),
    options("/epcis/events", allow=("GET", "POST")),
    options("/epcis/nextPageToken/{token:str}", allow=("DELETE",)),
]


@get("/epcis", guards=[may(*Role)])
async def doors(request: Asked) -> Response[bytes]:
    """The paths of the door."""
    return _listed(request, _DOORS)


@get("/epcis/events", guards=[may(*Role)], media_type="application/ld+json")
async def list_events(request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """Query events (EPCIS 2.0 SimpleEventQuery); ``Link`` leads to the next page while there is one."""
    wanted = form(request.headers)
    asked = _asked(request, now)
    return await _page(request, asked, await query.events(db, who, asked), wanted, now, db, who)


@get("/epcis/events/{event_id:path}", guards=[may(*Role)], media_type="application/ld+json")
async def show_event(request: Asked, rest: NamedDependency[str], db: Db, who: Who, now: Now) -> Response[bytes]:
    """All events under one eventID (percent-encoded whole): the original, and declarations that it was wrong."""
    wanted = form(request.headers)
    docs = await query.event(db, who, rest)
    master = await master_query.of_event(db, who, rest) if wanted.master else None
    return Response(answer(docs, now, wanted, master=master), media_type=wanted.media, headers=wanted.told)


@get(_LISTS, guards=[may(*Role)], media_type="application/ld+json")
async def list_values(request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """Event types, EPCs, business steps, locations, read points or dispositions that the caller's events name."""
    resource = _resource(request)
    asked = _asked(request, now)
    if asked.wanted:
        mend = "ask for events by parameters at /epcis/events"
        raise Malformed("a list of values takes perPage and nextPageToken only", where=min(asked.wanted), mend=mend)
    found, following = await resources.values(db, who, resource, per_page=asked.per_page, following=asked.token)
    return _listed(request, found, paging.link(request.url.path, _text(request), asked.per_page, following, now))


@get(_VALUES, guards=[may(*Role)], media_type="application/ld+json")
async def show_value(request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """What there is of one value, percent-encoded whole: its ``events``, which take the parameters of a query."""
    resource, (value, of_events) = _resource(request), _value(request)
    asked = _asked(request, now)
    if of_events:
        wanted = form(request.headers)
        page = await resources.events(db, who, resource, value, asked)
        return await _page(request, asked, page, wanted, now, db, who)
    if asked != Query():
        raise Malformed("a value takes no parameters, its events do", where="query", mend="add /events to the address")
    await resources.exists(db, who, resource, value)
    return Response(msgspec.json.encode(["events"]), media_type=accepted(request.headers, *reversed(JSON)))


@delete("/epcis/nextPageToken/{token:str}", guards=[may(*Role)], status_code=204)
async def drop_token(token: FromPath[str]) -> None:
    """Give a token back: nothing is kept for it here, so that there is nothing to do."""


def _asked(request: Asked, now: datetime) -> Query:
    asked = filters.parse(_text(request), extensions(request))
    return msgspec.structs.replace(asked, token=paging.fresh(asked.token, now)) if asked.token else asked


def _text(request: Asked) -> str:
    return str(request.scope["query_string"].decode("latin-1"))


def _path(request: Asked) -> bytes:
    """The path as it was sent: what Litestar makes of it folds slashes and decodes escapes."""
    raw: bytes = request.scope["raw_path"]
    return raw.partition(b"?")[0]


def _resource(request: Asked) -> str:
    return _path(request).split(b"/")[2].decode()


def _value(request: Asked) -> tuple[str, bool]:
    """The value that a path names, and whether its events are asked for."""
    raw = _path(request).split(b"/", 3)[3]
    named = raw.removesuffix(b"/events")
    try:
        return unquote_to_bytes(named).decode(), named != raw
    except UnicodeDecodeError:
        raise Malformed("the address is not UTF-8", where="path", mend="percent-encode the value as UTF-8") from None


async def _page(
    request: Asked, asked: Query, page: Page, wanted: Form, now: datetime, db: Database, who: Principal
) -> Response[bytes]:
    master = await master_query.of_page(db, who, page.ids, page.docs) if wanted.master else None
    path = _path(request).decode("latin-1")
    more = paging.link(path, _text(request), asked.per_page, page.next, now)
    body = answer(page.docs, now, wanted, master=master)
    return Response(body, media_type=wanted.media, headers=wanted.told | more)


def _listed(request: Asked, found: list[str], more: dict[str, str] | None = None) -> Response[bytes]:
    body: dict[str, Any] = {"@context": STANDARD, "type": "Collection", "member": found}
    return Response(msgspec.json.encode(body), media_type=accepted(request.headers, *JSON), headers=more or {})


HANDLERS = [*METHODS, doors, list_events, show_event, list_values, show_value, drop_token]
