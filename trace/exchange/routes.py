"""Relation files, bills and tables of events over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import unquote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from zhuisu.auth import Db, Now, Role, Who, may
from zhuisu.exchange import booking, listing, uploading
from zhuisu.exchange.errors import NoPages, NotTheFile
from zhuisu.exchange.listing import Find
from zhuisu.sheets import Form
from zhuisu.sheets.model import Language
from zhuisu.web import only

Asked = Request[Any, Any, Any]

REPORTERS = (Role.issuer, Role.operator, Role.administrator)

SiteId = Annotated[str, QueryParameter(max_length=64, description="GLN or id of a site; left out, the caller's first")]
FileName = Annotated[str, QueryParameter(max_length=255, description="the file's name, where its type is not said")]
_OWN = frozenset({"form", "lang"})
_PAGING = frozenset({"perPage", "nextPageToken"})
_UNSAID = frozenset({"", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain"})
"""What clients say that do not know what they send, curl among them: then the bytes tell."""


@post("/exchange/relations", guards=[may(*REPORTERS)], status_code=200)
async def upload_relation(
    request: Asked,
    db: Db,
    who: Who,
    now: Now,
    site: SiteId = "",
    at: FromQuery[datetime | None] = None,
    dry_run: FromQuery[bool] = False,
) -> uploading.Uploaded:
    """Record a relation file (关联关系 XML): what was activated and what was packed into what.

    ``at`` is when; left out, the dawn of each batch's production day. The same file again changes nothing.
    """
    only(request, "site", "at", "dry_run")
    kind = _require_file(request)
    if kind not in _UNSAID and not kind.endswith("xml"):
        raise _not_the_file(
            f"Content-Type: {kind[:80]}", "send XML with Content-Type: application/xml", "请发送 XML 文件"
        )
    return await uploading.upload(db, who, await request.body(), now, site=site, at=at, dry_run=dry_run)


@get("/exchange/relations/{code:path}", guards=[may(*REPORTERS)], media_type="application/xml")
async def export_relation(request: Asked, rest: NamedDependency[str], db: Db, who: Who) -> Response[bytes]:
    """The relation file of all that hangs together with a code, or of a lot: what the caller itself activated."""
    only(request)
    headers = {"Content-Disposition": 'attachment; filename="relation.xml"'}
    return Response(await uploading.export(db, who, rest), media_type="application/xml", headers=headers)


@post("/exchange/bills", guards=[may(*REPORTERS)], status_code=200)
async def book_bills(
    request: Asked, db: Db, who: Who, now: Now, name: FileName = "", dry_run: FromQuery[bool] = False
) -> booking.Booked:
    """Record in and out bills (出入库单): the body is xlsx, CSV or JSON (an array), one code a row.

    What is odd about a code is answered by an exception flag 1 to 7, with what was recorded nevertheless and why.
    """
    only(request, "name", "dry_run")
    kind = _require_file(request)
    return await booking.book(db, who, await request.body(), now, media_type=kind, name=name, dry_run=dry_run)


@get("/exchange/bills", guards=[may(*Role)], media_type="application/octet-stream")
async def export_bills(
    request: Asked,
    db: Db,
    who: Who,
    first: Annotated[date, QueryParameter(name="from", description="first day")],
    last: Annotated[date, QueryParameter(name="to", description="last day")],
    site: SiteId = "",
    form: FromQuery[Form] = Form.xlsx,
) -> Response[bytes]:
    """What moved, as bills: the caller's own events, for a regulator those at sites of its divisions."""
    only(request, "from", "to", "site", "form")
    return _file(await booking.export(db, who, first, last, site, form), "bills", form)


# The type of a workbook is its own; that of a Stream is the route's, whatever the Stream says (Litestar 2.25).
@get("/exchange/events", guards=[may(*Role)], media_type="text/csv")
async def export_events(
    request: Asked,
    db: Db,
    who: Who,
    find: NamedDependency[Find],
    form: FromQuery[Form] = Form.xlsx,
    lang: FromQuery[Language] = "zh",
) -> Response[bytes] | Stream:
    """Events as a table, one row an event and code; all query parameters of ``GET /epcis/events`` but pages."""
    if page := _PAGING.intersection(request.query_params):
        raise NoPages(
            f"{min(page)}: this table has no pages",
            where=min(page),
            mend="leave it out; eventCountLimit with orderBy asks for less",
            detail_zh=f"{min(page)}：此表格不分页",
            mend_zh="请去掉该参数；可用 eventCountLimit 与 orderBy 缩小范围",
        )
    text = _without_own(request.scope["query_string"].decode("latin-1"))
    if form is Form.csv:
        headers = _headers("events", form)
        return Stream(await listing.streamed(db, who, find, text, lang), headers=headers)
    return _file(await listing.workbook(db, who, find, text, form, lang), "events", form)


def _require_file(request: Asked) -> str:
    """The media type that a body is said to be. Raises NotTheFile where the file is wrapped in something."""
    kind, _ = request.content_type
    if kind == "multipart/form-data":
        raise _not_the_file(
            "a form", "send the file alone, as curl --data-binary @file does", "请直接以文件作为请求正文"
        )
    if (encoding := request.headers.get("content-encoding", "identity")) != "identity":
        raise _not_the_file(f"Content-Encoding: {encoding[:80]}", "send the bytes as they are", "请勿压缩")
    return kind


def _not_the_file(said: str, mend: str, mend_zh: str) -> NotTheFile:
    return NotTheFile(
        f"{said} is not read here", where="body", mend=mend, detail_zh=f"此处不读取 {said}", mend_zh=mend_zh
    )


def _without_own(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and unquote(part.partition("=")[0]) not in _OWN)


def _file(body: bytes, name: str, form: Form) -> Response[bytes]:
    media_type = form.media_type.partition(";")[0]  # Litestar adds the character set to text itself
    return Response(body, media_type=media_type, headers=_headers(name, form))


def _headers(name: str, form: Form) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.{form}"'}


HANDLERS = [upload_relation, export_relation, book_bills, export_bills, export_events]
