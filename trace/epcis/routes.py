"""The EPCIS door over HTTP (EPCIS 2.0 §12)."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import HttpMethod, MediaType, Request, Response, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from zhuisu.auth import Db, Now, Role, Who, may
from zhuisu.epcis import capture, filters, query
from zhuisu.epcis.errors import NoSuchJob, NotEpcisJson
from zhuisu.events import query_document
from zhuisu.ledger import GroupCommit

EPCIS_JSON = frozenset({"application/json", "application/ld+json"})
VERSIONS = {"GS1-EPCIS-Version": "2.0", "GS1-CBV-Version": "2.0"}

Asked = Request[Any, Any, Any]
Commit = NamedDependency[GroupCommit]


@post("/epcis/capture", guards=[may(Role.operator, Role.issuer, Role.administrator)], status_code=202)
async def capture_document(request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """Capture an EPCISDocument or EPCISQueryDocument whole; ``Location`` is its job."""
    job = await capture.capture(db, who, await _epcis(request), now)
    return _created(202, f"/epcis/capture/{job.id}")


@get("/epcis/capture/{capture_id:str}", guards=[may(Role.operator, Role.issuer, Role.administrator)])
async def show_job(capture_id: FromPath[str], db: Db, who: Who) -> capture.Job:
    """What became of a capture."""
    try:
        id_ = UUID(capture_id)
    except ValueError:
        raise NoSuchJob(f"no capture {capture_id[:80]}") from None
    return await capture.job(db, who, id_)


@post("/epcis/events", guards=[may(Role.operator, Role.issuer, Role.administrator)], status_code=201)
async def add_event(request: Asked, commit: Commit, who: Who, now: Now) -> Response[bytes]:
    """Capture one event; ``Location`` is the event. The same event again changes nothing."""
    recorded = await capture.add_event(commit, who, await _epcis(request), now)
    return _created(201, f"/epcis/events/{quote(recorded.event_id, safe='')}")


@get("/epcis/events", guards=[may(*Role)], media_type="application/ld+json")
async def list_events(request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """Query events (EPCIS 2.0 SimpleEventQuery); ``Link`` leads to the next page while there is one."""
    text = request.scope["query_string"].decode("latin-1")
    asked = filters.parse(text)
    page = await query.events(db, who, asked)
    headers = dict(VERSIONS)
    if page.next:
        kept = [part for part in text.split("&") if part and not part.startswith(("nextPageToken=", "perPage="))]
        again = "&".join([*kept, f"perPage={asked.per_page}", f"nextPageToken={page.next}"])
        headers["Link"] = f'</epcis/events?{again}>; rel="next"'
    return Response(query_document(page.docs, now), media_type="application/ld+json", headers=headers)


@get("/epcis/events/{event_id:path}", guards=[may(*Role)], media_type="application/ld+json")
async def show_event(rest: NamedDependency[str], db: Db, who: Who, now: Now) -> Response[bytes]:
    """All events under one eventID (percent-encoded whole): the original, and declarations that it was wrong."""
    docs = await query.event(db, who, rest)
    return Response(query_document(docs, now), media_type="application/ld+json", headers=VERSIONS)


def _methods(*allowed: str) -> Response[None]:
    """What may be done at a path (EPCIS 2.0 §12.4); Litestar's own answer names one of several handlers only."""
    return Response(None, status_code=204, headers={"Allow": ", ".join((*allowed, "OPTIONS")), **VERSIONS})


@route(
    ["/epcis/capture"], http_method=[HttpMethod.OPTIONS], guards=[may()], sync_to_thread=False, include_in_schema=False
)
def capture_methods() -> Response[None]:
    """Documents are captured here."""
    return _methods("POST")


@route(
    ["/epcis/events"], http_method=[HttpMethod.OPTIONS], guards=[may()], sync_to_thread=False, include_in_schema=False
)
def events_methods() -> Response[None]:
    """Events are captured one by one, and queried."""
    return _methods("GET", "POST")


@route(
    ["/epcis/capture/{capture_id:str}", "/epcis/events/{event_id:path}"],
    http_method=[HttpMethod.OPTIONS],
    guards=[may()],
    sync_to_thread=False,
    include_in_schema=False,
)
def record_methods() -> Response[None]:
    """What was captured is read and never changed."""
    return _methods("GET")


def _created(status: int, location: str) -> Response[bytes]:
    """An empty answer that says where to look (EPCIS 2.0 §12.7)."""
    return Response(b"", status_code=status, media_type=MediaType.TEXT, headers={"Location": location, **VERSIONS})


async def _epcis(request: Asked) -> bytes:
    kind, _ = request.content_type
    if kind not in EPCIS_JSON:
        raise NotEpcisJson(f"{kind or 'no media type'} is not read here", mend="send application/ld+json")
    return await request.body()


HANDLERS = [
    # First: with the first handler of a path Litestar would register an OPTIONS of its own.
    capture_methods,
    events_methods,
    record_methods,
    capture_document,
    show_job,
    add_event,
    list_events,
    show_event,
]
