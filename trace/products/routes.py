"""The register of products over HTTP, and the reading of codes with their names."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from zhuisu.auth import Db, Now, Role, Who, may
from zhuisu.problems import of
from zhuisu.products import reading, register, sheet
from zhuisu.products.model import Category, Entry, Product
from zhuisu.sheets import Form
from zhuisu.web import only

Asked = Request[Any, Any, Any]

KEEPERS = (Role.issuer, Role.operator, Role.administrator)
"""Who may register products: whoever makes or trades goods, with certificates or without."""

Words = Annotated[str, QueryParameter(max_length=200)]
FileName = Annotated[str, QueryParameter(max_length=255, description="the file's name, where its type is not said")]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of entries; ``next`` is what to give as ``after`` for the following one, "" at the end."""

    products: list[Entry]
    next: str


class Pasted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Codes to read: one, or a paste of many."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=reading.LONGEST)]


@get("/products", guards=[may()])
async def list_products(
    request: Asked,
    db: Db,
    q: Words = "",
    owner: Words = "",
    category: FromQuery[Category | None] = None,
    after: Annotated[str, QueryParameter(max_length=2048)] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> Page:
    """Products in order of their codes; ``q`` looks into names, specification, maker, approval number and codes."""
    only(request, "q", "owner", "category", "after", "limit")
    found = await register.search(db, words=q, owner=owner, category=category, after=after, limit=limit)
    return Page(products=found, next=found[-1].product.code if len(found) == limit else "")


@get("/products/export", guards=[may()], media_type="application/octet-stream")
async def export_products(
    request: Asked,
    db: Db,
    form: FromQuery[Form] = Form.xlsx,
    owner: Words = "",
    category: FromQuery[Category | None] = None,
) -> Response[bytes]:
    """All products as a sheet; to import it changes nothing."""
    only(request, "form", "owner", "category")
    found = await register.everything(db, owner=owner, category=category)
    return _file(await asyncio.to_thread(sheet.written, found, form), "products", form)


@get("/products/template", guards=[may()], media_type="application/octet-stream")
async def product_template(request: Asked, form: FromQuery[Form] = Form.xlsx) -> Response[bytes]:
    """An empty sheet to fill in; the workbook says what each column takes."""
    only(request, "form")
    return _file(sheet.template(form), "products-template", form)


@get("/products/{code:path}", guards=[may()])
async def show_product(request: Asked, rest: NamedDependency[str], db: Db, who: Who) -> Entry:
    """The product that ``code`` (any code of the goods, percent-encoded whole) names; its history for its holder."""
    only(request)
    return await register.find(db, who, rest)


@post("/products", guards=[may(*KEEPERS)], status_code=200)
async def save_product(
    data: JSONBody[Product], request: Asked, db: Db, who: Who, now: Now, owner: Words = ""
) -> register.Saved:
    """Register a product, or change its entry; ``owner`` (USCC) is for administrators who hand it over."""
    only(request, "owner")
    return await register.save(db, who, data, now, owner=owner)


@post("/products/import", guards=[may(*KEEPERS)], status_code=200)
async def import_products(
    request: Asked,
    db: Db,
    who: Who,
    now: Now,
    name: FileName = "",
    owner: Words = "",
    dry_run: FromQuery[bool] = False,
    partial: FromQuery[bool] = False,
    faults: FromQuery[Form | None] = None,
) -> Response[Any]:
    """Save the products of a sheet: the body is xlsx, CSV or JSON (an array), said by Content-Type or ``name``.

    Nothing is stored when a row has faults, unless ``partial``; nothing with ``dry_run``. With ``faults=xlsx`` (csv,
    json) nothing is stored either, and the answer is a sheet of the bad rows with what is wrong, to be mended and sent.
    """
    only(request, "name", "owner", "dry_run", "partial", "faults")
    kind, _ = request.content_type
    table = await sheet.read(await request.body(), media_type=kind, name=name)
    if faults:
        bad = await register.faulty(db, who, table, owner=owner)
        return _file(await asyncio.to_thread(sheet.bad_rows, bad, faults), "products-faults", faults)
    return Response(await register.import_table(db, who, table, now, owner=owner, partial=partial, dry_run=dry_run))


@post("/codes/parse", guards=[may()], status_code=200, request_max_body_size=reading.LARGEST)
async def parse_codes(data: JSONBody[Pasted], request: Asked, db: Db) -> reading.Readings:
    """Read codes: of each what it is, part by part, and which goods; or why it is none, as a problem object.

    An answer has at most 10 000 parts: the codes after those have ``explained: false`` instead of ``parts``.
    """
    only(request)
    return await reading.read(db, data.text, lambda refusal: of(refusal, "/codes/parse"))


def _file(body: bytes, name: str, form: Form) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    media_type = form.media_type.partition(";")[0]  # Litestar adds the character set to text itself
    return Response(body, media_type=media_type, headers=headers)


HANDLERS = [
    list_products,
    export_products,
    product_template,
    show_product,
    save_product,
    import_products,
    parse_codes,
]
