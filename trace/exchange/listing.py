"""Events as a table for people: one row an event and code, names instead of URIs where the register has them.

>>> async for part in await streamed(db, who, find, "EQ_bizStep=shipping", "zh"):   # CSV, a page at a time
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta, timezone
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

from zhuisu import parties, products, sheets
from zhuisu.codes import label, recorded
from zhuisu.codes.text import Words
from zhuisu.db import Connection, Database
from zhuisu.events import Event, Party, stored
from zhuisu.exchange import facts
from zhuisu.exchange.bills import Statement, named, sheets_number
from zhuisu.exchange.errors import TooManyRows
from zhuisu.exchange.words import disposition, step
from zhuisu.ledger import store as ledger
from zhuisu.parties import Principal, Site
from zhuisu.products import Product
from zhuisu.sheets import Column, Form, Kind
from zhuisu.sheets.model import Language

Find = Callable[[Database, Principal, str], Awaitable[tuple[list[bytes], str]]]
"""A page of events by the query parameters of the EPCIS door: documents, and the token of the next, "" at the end."""

PER_PAGE = 100
ROWS = 2_000
MOST_ROWS = 100_000
"""Rows of one workbook; CSV has no such limit."""

LONGEST = 32_000  # characters of a cell; what is longer is cut, as Excel would

COLUMNS = (
    Column("time", ("时间", "Time"), width=20),
    Column("offset", ("时区", "Zone"), width=8),
    Column("place", ("地点", "Place"), width=24),
    Column("place_id", ("地点编号", "Place id"), width=22),
    Column("step", ("环节", "Step")),
    Column("disposition", ("状态", "State")),
    Column("role", ("码的作用", "Part of the code")),
    Column("code", ("追溯码", "Code"), width=36),
    Column("uri", ("码的 URI", "URI of the code"), width=48),
    Column("goods", ("品名", "Goods"), width=28),
    Column("lot", ("批号", "Lot")),
    Column("expires", ("有效期至", "Expiry"), kind=Kind.date),
    Column("quantity", ("数量", "Quantity"), kind=Kind.number),
    Column("unit", ("单位", "Unit"), width=8),
    Column("container", ("所在包装", "Container"), width=36),
    Column("from", ("来自", "From"), width=24),
    Column("to", ("去向", "To"), width=24),
    Column("documents", ("单据", "Documents"), width=28),
    Column("certificates", ("合格证", "Certificates"), width=28),
    Column("correction", ("更正声明", "Declared wrong"), width=20),
    Column("event_id", ("事件编号", "eventID"), width=48),
)

ITEM, PARENT, CHILD, INPUT, OUTPUT, NONE = (
    Words("货物", "goods"),
    Words("外包装", "container"),
    Words("内装", "content"),
    Words("投入", "input"),
    Words("产出", "output"),
    Words("无", "none"),
)


class Names(Struct, frozen=True):
    """What URIs of some events are called, and what their codes' activations said."""

    sites: Mapping[str, Site]
    organisations: Mapping[str, str]
    goods: Mapping[str, Product]
    said: Mapping[str, Statement]


class Part(NamedTuple):
    """One code of an event: its part in it, and how much."""

    uri: str
    role: Words
    amount: Decimal | None = None
    unit: str = ""
    container: str = ""


def parts(event: Event) -> list[Part]:
    """The codes of an event, each in its part; one without a code when it names none."""
    found = [Part(event.parent, PARENT)] if event.parent else []
    for uris, amounts, role in (
        (event.epcs, event.quantities, ITEM),
        (event.children, event.child_quantities, CHILD),
        (event.inputs, event.input_quantities, INPUT),
        (event.outputs, event.output_quantities, OUTPUT),
    ):
        container = event.parent if role is CHILD else ""
        found += (Part(uri, role, container=container) for uri in uris)
        found += (Part(each.uri, role, each.quantity, each.uom, container) for each in amounts)
    return found or [Part("", NONE)]


def rows(event: Event, names: Names, language: Language) -> Iterable[dict[str, str]]:
    """The rows of an event as cells; times as local as the event tells them."""

    def said(words: Words) -> str:
        return words.zh if language == "zh" else words.en

    place = event.location or event.read_point
    site = names.sites.get(place)
    common = {
        "time": f"{event.time.astimezone(_zone(event.offset)):%Y-%m-%d %H:%M:%S}",
        "offset": event.offset,
        "place": site.name if site else "",
        "place_id": site.id if site else place,
        "step": said(step(event.step)),
        "disposition": said(disposition(event.disposition)),
        "from": _called(event.sources, names),
        "to": _called(event.destinations, names),
        "documents": "\n".join(each.uri for each in event.documents),
        "certificates": "\n".join(event.certificates),
        "correction": (event.declaration.reason or "✓") if event.declaration else "",
        "event_id": event.event_id,
    }
    for part in parts(event):
        code = recorded(part.uri) if part.uri else None
        product = names.goods.get(part.uri)
        known = names.said.get(part.uri, Statement())
        expires = event.expiry or known.expires
        own = {
            "role": said(part.role),
            "code": label(part.uri),
            "uri": part.uri,
            "goods": said(products.described(product)) if product else "",
            "lot": (code.lot if code else "") or event.lot or known.batch,
            "expires": expires.isoformat() if expires else "",
            "quantity": sheets_number(part.amount),
            "unit": part.unit,
            "container": label(part.container),
        }
        yield {name: text[:LONGEST] for name, text in (common | own).items() if text}


def _zone(offset: str) -> timezone:
    sign = -1 if offset.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))


def _called(found: Sequence[Party], names: Names) -> str:
    site = next((names.sites[each.uri] for each in found if each.uri in names.sites), None)
    return site.name if site else names.organisations.get(named(found), named(found))


async def workbook(db: Database, who: Principal, find: Find, text: str, form: Form, language: Language) -> bytes:
    """All events that a query asks for as one table. Raises what ``find`` raises, TooManyRows."""
    found: list[dict[str, str]] = []
    async for page in _pages(db, who, find, text, language):
        found += page
        if len(found) > MOST_ROWS:
            raise TooManyRows(
                f"more than {MOST_ROWS} rows",
                mend="ask for less, or for form=csv",
                detail_zh=f"超过 {MOST_ROWS} 行",
                mend_zh="请缩小查询范围，或导出 CSV",
                most=MOST_ROWS,
            )
    return await asyncio.to_thread(sheets.write, COLUMNS, found, form, language)


async def streamed(db: Database, who: Principal, find: Find, text: str, language: Language) -> AsyncIterator[bytes]:
    """The same as CSV, page by page. What ``find`` refuses is raised here and not while it is being sent."""
    pages = _pages(db, who, find, text, language)
    first: list[dict[str, str]] = await anext(pages, [])
    head = sheets.write(COLUMNS, (), Form.csv, language)

    async def chunks() -> AsyncIterator[bytes]:
        yield sheets.write(COLUMNS, first, Form.csv, language)
        async for page in pages:
            yield (await asyncio.to_thread(sheets.write, COLUMNS, page, Form.csv, language)).removeprefix(head)

    return chunks()


async def _pages(
    db: Database, who: Principal, find: Find, text: str, language: Language
) -> AsyncIterator[list[dict[str, str]]]:
    """Rows, some at a time, of a page of events at a time: one event may name ten thousand codes."""
    following, query = "", f"{text}&perPage={PER_PAGE}".removeprefix("&")
    while True:
        docs, following = await find(db, who, f"{query}&nextPageToken={following}" if following else query)
        events = [stored(doc) for doc in docs]
        async with db.transaction(read_only=True) as conn:
            names = await _names(conn, events)
        each = (row for event in events for row in rows(event, names, language))
        while some := await asyncio.to_thread(list, islice(each, ROWS)):
            yield some
        if not following:
            return


async def _names(conn: Connection, events: Sequence[Event]) -> Names:
    """Everything that some events name, looked up at once."""
    uris = {part.uri for event in events for part in parts(event) if part.uri}
    others = [each for event in events for each in (*event.sources, *event.destinations)]
    places = {event.location or event.read_point for event in events} | {each.uri for each in others}
    usccs = {named([each]) for each in others}
    known = await parties.organisations_by_uscc(conn, sorted(usccs))
    return Names(
        sites=await parties.sites_by_uri(conn, sorted(places)),
        organisations={uscc: organisation.name for uscc, organisation in known.items()},
        goods=await facts.goods(conn, uris),
        said=await facts.statements(conn, await ledger.find_codes(conn, uris)),
    )
