"""The pages of the register of products: search, one product, a form for one, and a sheet of many, tried first."""

import asyncio
from base64 import b64decode, b64encode
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromQuery

from zhuisu import sheets
from zhuisu.auth import Db, Now, Who, may
from zhuisu.codes import label
from zhuisu.errors import Malformed, Refusal
from zhuisu.pages.browser import PAGE
from zhuisu.pages.form import one, read
from zhuisu.pages.render import page
from zhuisu.products import register, sheet
from zhuisu.products.model import Category
from zhuisu.products.register import Imported, Saved
from zhuisu.products.routes import KEEPERS
from zhuisu.sheets import Fault, Form, Row, Sheet

AnyRequest = Request[Any, Any, Any]

SHOWN = 100
"""Products on one page."""


class File(msgspec.Struct, frozen=True):
    """A sheet as it was uploaded. Between the dry run and the import it waits in the page itself, not here."""

    name: str
    body: bytes

    @property
    def kept(self) -> str:
        """The content as a hidden field carries it."""
        return b64encode(self.body).decode()


@get("/goods", guards=[may()], opt=PAGE, include_in_schema=False)
async def goods(
    request: AnyRequest,
    db: Db,
    who: Who,
    q: FromQuery[str] = "",
    category: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[str]:
    """The products whose names, maker, numbers or code contain ``q``."""
    kind = Category(category) if category in set(Category) else None
    found = await register.search(db, words=q[:200].strip(), category=kind, after=after[:2048], limit=SHOWN + 1)
    return page(
        request,
        "goods.html",
        entries=found[:SHOWN],
        after=found[SHOWN - 1].product.code if len(found) > SHOWN else "",
        q=q,
        category=kind or "",
        categories=list(Category),
        keeps=bool(who.roles & set(KEEPERS)),
    )


@get("/goods/{code:path}", guards=[may()], opt=PAGE, include_in_schema=False)
async def product(request: AnyRequest, rest: NamedDependency[str], db: Db, who: Who) -> Response[str]:
    """One product, by any code of its goods (percent-encoded whole)."""
    entry = await register.find(db, who, rest)
    return page(request, "product.html", entry=entry, one=entry.product, printed=sheet.printed, label=label)


@get("/goods/new", guards=[may(*KEEPERS)], opt=PAGE, include_in_schema=False)
async def add_form(request: AnyRequest) -> Response[str]:
    """The empty form for one product."""
    return _form(request, {})


@post("/goods/new", guards=[may(*KEEPERS)], opt=PAGE, include_in_schema=False)
async def add_product(request: AnyRequest, db: Db, who: Who, now: Now) -> Response[str]:
    """Register one product, read as a row of a sheet is; the form again with what is wrong beside each field."""
    form = await read(request)
    cells = {column.name: text for column in sheet.COLUMNS if (text := one(form, column.name))}
    table = sheet.understood(Sheet(columns=sheet.COLUMNS, rows=(Row(1, cells),)))
    if table.faults:
        shown = cells | {fault.column: fault.value for fault in table.faults}
        return _form(request, shown, status=400, faults={fault.column: fault for fault in table.faults})
    try:
        saved = await register.save(db, who, table.lines[0].given, now)
    except Refusal as refusal:
        return _form(request, cells, status=refusal.status, refusal=refusal)
    return _form(request, {}, saved=saved)


def _form(
    request: AnyRequest,
    filled: dict[str, str],
    *,
    status: int = 200,
    faults: dict[str, Fault] | None = None,
    refusal: Refusal | None = None,
    saved: Saved | None = None,
) -> Response[str]:
    return page(
        request,
        "add.html",
        status=status,
        columns=sheet.COLUMNS,
        filled=filled,
        faults=faults or {},
        refusal=refusal,
        saved=saved,
    )


@get("/goods/import", guards=[may(*KEEPERS)], opt=PAGE, include_in_schema=False)
async def import_form(request: AnyRequest) -> Response[str]:
    """The form that takes a sheet."""
    return _shown(request)


@post("/goods/import", guards=[may(*KEEPERS)], opt=PAGE, include_in_schema=False)
async def import_sheet(request: AnyRequest, db: Db, who: Who, now: Now) -> Response[Any]:
    """Try an uploaded sheet without storing it; then, as the button says, store it or hand back its bad rows."""
    form = await request.form()
    action = form.get("action", "")
    try:
        file = await _file(form.get("upload"), str(form.get("name", "")), str(form.get("kept", "")))
        table = await sheet.read(file.body, name=file.name)
        if action == "faults":
            bad = await register.faulty(db, who, table)
            return _download(await asyncio.to_thread(sheet.bad_rows, bad, Form.xlsx))
        store = action in {"all", "partial"}
        done = await register.import_table(db, who, table, now, partial=action == "partial", dry_run=not store)
    except Refusal as refusal:
        return _shown(request, refusal=refusal)
    return _shown(request, file=file, done=done)


async def _file(upload: object, name: str, kept: str) -> File:
    """The file of the form: just uploaded, or the one that the dry run's page kept. Raises Malformed."""
    if isinstance(upload, UploadFile):
        if body := await upload.read():
            return File(upload.filename, body)
    elif kept:
        try:
            return File(name, b64decode(kept, validate=True))
        except ValueError:
            raise Malformed(
                "the page's copy of the file is damaged", where="kept", detail_zh="文件内容已损坏"
            ) from None
    raise Malformed(
        "no file was chosen, or it is empty",
        where="upload",
        mend="choose an .xlsx, .csv or .json file",
        detail_zh="没有选择文件，或文件为空",
        mend_zh="请选择 .xlsx、.csv 或 .json 文件",
    )


def _shown(
    request: AnyRequest, *, file: File | None = None, done: Imported | None = None, refusal: Refusal | None = None
) -> Response[str]:
    return page(
        request,
        "import.html",
        status=refusal.status if refusal else 200,
        file=file,
        done=done,
        refusal=refusal,
        columns=sheet.COLUMNS,
        headings={column.name: column for column in sheet.COLUMNS},
        forms=list(sheets.Form),
    )


def _download(body: bytes) -> Response[bytes]:
    headers = {"Content-Disposition": 'attachment; filename="products-faults.xlsx"'}
    return Response(body, status_code=200, media_type=Form.xlsx.media_type, headers=headers)


HANDLERS = [goods, add_form, add_product, import_form, import_sheet, product]
