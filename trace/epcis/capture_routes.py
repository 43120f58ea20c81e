"""The capture half of the EPCIS door over HTTP (EPCIS 2.0 §12.7)."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import MediaType, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from zhuisu import web
from zhuisu.auth import Conf, Db, Now, Role, Who, may
from zhuisu.epcis import capture, filters, headers, jobs, paging
from zhuisu.epcis.errors import BadParameter
from zhuisu.epcis.headers import Asked
from zhuisu.epcis.incoming import received
from zhuisu.ledger import GroupCommit, Recorded

EVENTS = "/epcis/events"
REFUSED = "refused"
"""In the state of a request's scope: why the short way of ``capture_lane`` refused the event."""


SENDERS = may(Role.operator, Role.issuer, Role.administrator)

Commit = NamedDependency[GroupCommit]
Worker = NamedDependency[jobs.Worker]


def worker(state: State) -> jobs.Worker:
    """The dependency ``worker``."""
    found: jobs.Worker = state.captures
    return found


@post(
    "/epcis/capture",
    guards=[SENDERS],
    status_code=202,
    request_max_body_size=None,
    dependencies={"worker": Provide(worker, sync_to_thread=False)},
)
async def capture_document(
    request: Asked, db: Db, settings: Conf, who: Who, now: Now, worker: Worker
) -> Response[bytes]:
    """Capture an EPCISDocument or EPCISQueryDocument in JSON or XML; ``Location`` is its job.

    Up to a megabyte it is recorded when this is answered; a longer one is kept safe, and its job tells when it is
    recorded. ``GS1-Capture-Error-Behaviour`` is ``rollback`` (all or nothing, the default) or ``proceed``.
    """
    xml, how = headers.is_xml(request), headers.behaviour(request.headers)
    async with received(request.stream(), settings.data, request.content_length) as document:
        if (body := document.small) is not None:
            id_ = await capture.capture(db, who, body, now, behaviour=how, xml=xml)
        else:
            id_ = await jobs.submit(db, who, document, now, behaviour=how, xml=xml)
            worker.wake()
    return _created(202, f"/epcis/capture/{id_}")


@get("/epcis/capture", guards=[SENDERS])
async def list_jobs(
    request: Asked,
    db: Db,
    who: Who,
    now: Now,
    per_page: Annotated[str, QueryParameter(name="perPage")] = str(filters.PER_PAGE),
    token: Annotated[str, QueryParameter(name="nextPageToken")] = "",
) -> Response[list[jobs.Job]]:
    """The caller's captures, the latest first; ``Link`` leads to the next page while there is one."""
    web.only(request, "perPage", "nextPageToken")
    media = headers.accepted(request.headers, "application/json")
    for name in ("perPage", "nextPageToken"):
        if len(request.query_params.getall(name, [])) > 1:
            raise BadParameter(f"{name} is given twice", where=name, mend="give it once")
    most = filters.per_page(per_page)
    page = await jobs.page(db, who, most, paging.fresh(token, now))
    return Response(page.jobs, media_type=media, headers=paging.link("/epcis/capture", "", most, page.next, now))


@get("/epcis/capture/{capture_id:str}", guards=[SENDERS])
async def show_job(request: Asked, capture_id: FromPath[str], db: Db, who: Who) -> Response[jobs.Job]:
    """What became of a capture."""
    media = headers.accepted(request.headers, "application/json")
    try:
        id_ = UUID(capture_id)
    except ValueError:
        raise jobs.no_job(capture_id) from None
    return Response(await jobs.job(db, who, id_), media_type=media)


@post(EVENTS, guards=[SENDERS], status_code=201)
async def add_event(request: Asked, commit: Commit, who: Who, now: Now) -> Response[bytes]:
    """Capture one event; ``Location`` is the event. The same event again changes nothing."""
    if refusal := request.scope["state"].get(REFUSED):
        raise refusal
    xml = headers.is_xml(request)
    return _created(201, address(await capture.add_event(commit, who, await request.body(), now, xml=xml)))


def address(recorded: Recorded) -> str:
    """The address of an event."""
    return f"{EVENTS}/{quote(recorded.event_id, safe='')}"


def _created(status: int, location: str) -> Response[bytes]:
    """An empty answer that says where to look (EPCIS 2.0 §12.7)."""
    return Response(b"", status_code=status, media_type=MediaType.TEXT, headers={"Location": location})


CAPTURE_METHODS = headers.options(
    "/epcis/capture",
    allow=("GET", "POST"),
    GS1_Capture_Error_Behaviour=", ".join(headers.Behaviour),
    **{name.replace("-", "_"): value for name, value in headers.LIMITS.items()},
)
JOB_METHODS = headers.options("/epcis/capture/{capture_id:str}", allow=("GET",))

HANDLERS = [CAPTURE_METHODS, JOB_METHODS, capture_document, list_jobs, show_job, add_event]
