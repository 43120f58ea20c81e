r"""In and out bills (出入库单): the table, the bills that its rows make up, and their events. Pure.

>>> bills, faults = understood(sheets.read("单据号,单据类型,单据日期,追溯码\nCK1,201,2026-06-01,80217…\n".encode(), …))
>>> bills[0].kind.step, bills[0].entries[0].text
('shipping', '80217619000000001003')

An event says what the bill says and nothing that we think of it, so that the same bill is the same event whenever it
comes: one event for all rows of a bill that state the same batch and dates.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, NamedTuple
from urllib.parse import quote, unquote

import msgspec
from msgspec import Meta, Struct, field, structs

from zhuisu import sheets
from zhuisu.codes import Code, Family, Level, cn_drug, label, lot_of, parse, recorded
from zhuisu.codes.errors import PersonalNumber
from zhuisu.codes.private import OURS
from zhuisu.codes.text import Line, Name, Words
from zhuisu.errors import Refusal
from zhuisu.events import BizTransaction, Event, EventType, Party, Quantity, make
from zhuisu.exchange.activation import CHINA, CONTEXT
from zhuisu.exchange.bill_types import TYPES, BillType, of
from zhuisu.products import Product
from zhuisu.sheets import Column, Fault, Kind, Sheet

_PARTY = Words(
    "统一社会信用代码或场所编号（GLN）；零售、接种等不填对方",
    "USCC or site id (GLN); nobody for sales and vaccinations",
)
_CODE = Words(
    "追溯码；无单件码的货物填商品编码，并填批号与数量", "the code; without one the product's, with batch and quantity"
)
_MOMENT = Words("存在的日期时间，如 2026-06-01 08:30", "a moment that exists, as 2026-06-01 08:30")

_UNIT = Words(
    "千克、克、吨、升、毫升，或 UN/ECE Rec. 20 代码；计件留空", "a UN/ECE Rec. 20 code, as KGM; empty for pieces"
)

COLUMNS = (
    Column("number", ("单据号", "Bill number", "单据编号", "单号", "billCode"), required=True, example="CK20260601001"),
    Column(
        "type",
        ("单据类型", "Bill type", "类型", "billType"),
        required=True,
        choices=MappingProxyType({kind.id: kind.words for kind in TYPES.values()}),
        example="201",
    ),
    Column("date", ("单据日期", "Bill date", "日期", "单据时间", "billTime"), required=True, note=_MOMENT, width=20),
    Column("from", ("发货方", "From", "发货单位", "fromUserId"), note=_PARTY, width=22),
    Column("to", ("收货方", "To", "收货单位", "toUserId"), note=_PARTY, width=22),
    Column("code", ("追溯码", "Code", "药品追溯码", "traceCode"), required=True, note=_CODE, width=24),
    Column("product", ("品名", "Product", "通用名", "药品名称"), note=Words("仅导出", "in exports only"), width=28),
    Column("batch", ("批号", "Batch", "生产批号", "batchNo")),
    Column("made", ("生产日期", "Production date", "madeDate"), kind=Kind.date),
    Column("expires", ("有效期至", "Expiry", "有效期", "validateDate"), kind=Kind.date),
    Column("quantity", ("数量", "Quantity"), kind=Kind.number, note=Words("无单件码时填", "of goods without codes")),
    Column("unit", ("单位", "Unit", "计量单位", "uom"), note=_UNIT, width=8),
)

EARLIEST = 2000
"""The year before which there was nothing to book."""

_WHEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?", re.ASCII
).fullmatch
_GOODS = frozenset({Family.sgtin, Family.drug, Family.ma, Family.ahm, Family.vet_drug, Family.sscc, Family.lgtin})
_CLASSES = frozenset({Family.gtin, Family.drug, Family.ma, Family.ahm, Family.drug_standard})
_UNITS = {
    **dict.fromkeys(("", "件", "个", "支", "盒", "瓶", "袋", "枚", "只", "头", "羽"), ""),
    **dict.fromkeys(("千克", "公斤", "KG"), "KGM"),
    **dict.fromkeys(("克", "G"), "GRM"),
    **dict.fromkeys(("吨", "T"), "TNE"),
    **dict.fromkeys(("升", "L"), "LTR"),
    **dict.fromkeys(("毫升", "ML"), "MLT"),
}
"""Units as people write them -> UN/ECE Rec. 20; the product's own pieces have none (EPCIS 2.0 §7.3)."""
_REC_20 = re.compile(r"[A-Z0-9]{2,3}", re.ASCII).fullmatch
_NO_PERSON = Words("空：零售、接种等不登记个人", "nothing: sales and vaccinations name no person")


class Row(Struct, frozen=True, kw_only=True):
    """One row as it was filled in."""

    number: Name
    type: str
    when: Line = field(name="date")
    sender: Line = field(name="from", default="")
    receiver: Line = field(name="to", default="")
    code: Annotated[str, Meta(min_length=1, max_length=2048)]
    batch: Name = ""
    made: date | None = None
    expires: date | None = None
    quantity: Decimal | None = None
    unit: Name = ""


class Statement(NamedTuple):
    """What a row says of the goods besides their code."""

    batch: str = ""
    made: date | None = None
    expires: date | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One code of a bill; ``uri`` is what an event calls it, "" when it is none that goods have."""

    row: int
    text: str
    said: Statement
    code: Code | None = None
    uri: str = ""
    quantity: Decimal | None = None
    unit: str = ""

    @property
    def single(self) -> bool:
        """Whether it is one thing, not an amount of a lot."""
        return self.code is not None and self.code.level is Level.instance


class Bill(Struct, frozen=True, kw_only=True):
    """One bill: parties as they were written, codes in the order of rows."""

    number: str
    kind: BillType
    at: datetime
    sender: str
    receiver: str
    entries: tuple[Entry, ...]


def understood(sheet: Sheet) -> tuple[list[Bill], list[Fault]]:
    """The bills of a table, and every fault of its rows; what is odd about codes is none."""
    rows, faults = sheets.convert(sheet, Row)
    bills: dict[tuple[str, str], tuple[int, Row, datetime, list[Entry]]] = {}
    for number, row in rows:
        if (at := moment(row.when)) is None:
            faults.append(_fault(sheet, number, "date", row.when, _MOMENT))
            continue
        if row.quantity is not None and row.quantity <= 0:
            faults.append(_fault(sheet, number, "quantity", str(row.quantity), Words("大于 0 的数", "more than 0")))
        entry = _entry(number, row)
        if entry.uri and not entry.single and not (entry.unit == "" or _REC_20(entry.unit)):
            faults.append(_fault(sheet, number, "unit", row.unit, _UNIT))
        first, said, _, entries = bills.setdefault((row.number, row.type), (number, row, at, []))
        if differing := [name for name in ("when", "sender", "receiver") if getattr(said, name) != getattr(row, name)]:
            name = {"when": "date", "sender": "from", "receiver": "to"}[differing[0]]
            same = Words(f"与同一单据的第 {first} 行相同", f"the same as in row {first}, which is of this bill too")
            faults.append(_fault(sheet, number, name, getattr(row, differing[0]), same))
        entries.append(entry)
    found = [
        Bill(
            number=row.number,
            kind=TYPES[row.type],
            at=at,
            sender=row.sender,
            receiver=row.receiver,
            entries=tuple(entries),
        )
        for _, row, at, entries in bills.values()
    ]
    for bill in found:
        name, other = ("from", bill.sender) if bill.kind.inward else ("to", bill.receiver)
        if bill.kind.ends and other:
            faults.append(_fault(sheet, bill.entries[0].row, name, "…", _NO_PERSON))
    return found, sorted(faults, key=lambda fault: fault.row)


def _fault(sheet: Sheet, row: int, column: str, value: str, expected: Words) -> Fault:
    return Fault(row, column, value[:80], expected, sheet.headings.get(column, ""))


def moment(text: str) -> datetime | None:
    """A moment as bills write it: local time of China unless it has an offset, a day alone its beginning."""
    try:
        if found := _WHEN(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            at = datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
        else:
            at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo and at.year >= EARLIEST else None


def _entry(number: int, row: Row) -> Entry:
    said = Statement(row.batch, row.made, row.expires)
    try:
        code, text = _read(row.code), row.code
    except PersonalNumber:  # not repeated, whoever wrote it there
        code, text = None, "…"
    uri = ""
    if code is not None and code.level is not Level.item_class:
        uri = code.canonical if code.family in _GOODS else ""
    elif code is not None and code.family in _CLASSES and row.batch:
        uri = lot_of(code.item_class, row.batch)
    unit = row.unit.upper()
    return Entry(
        row=number,
        text=text,
        said=said,
        code=code,
        uri=uri,
        quantity=row.quantity,
        unit=_UNITS.get(unit, unit),
    )


def _read(text: str) -> Code | None:
    """The code of a cell, None for none. Raises PersonalNumber."""
    digits = text.strip()
    if cn_drug.is_product(digits):
        return cn_drug.product(digits)
    try:
        return parse(text)
    except PersonalNumber:
        raise
    except Refusal:
        return None


def paper(site: str, uscc: str, number: str) -> str:
    """The URI of a bill: CBV 2.0 §8.5.3 where the site has a GLN, else a URN of our own."""
    gln = site.rpartition("/414/")[2] if "/414/" in site else ""
    escaped = quote(number, safe="")
    return f"urn:epcglobal:cbv:bt:{gln}:{escaped}" if gln.isdecimal() else f"{OURS}document:obj:{uscc}.{escaped}"


def events(bill: Bill, site: str, document: str, others: Sequence[Party], entries: Iterable[Entry]) -> list[Event]:
    """The events of those ``entries`` of a bill that have a URI, at ``site``; ``others`` are who stands opposite.

    A thing moves once, whatever further rows say of it; amounts of a lot in one unit add up, another unit is another
    event.
    """
    groups: dict[tuple[Statement, str], dict[str, Entry]] = {}
    singles: set[str] = set()
    for entry in entries:
        if not entry.uri or entry.uri in singles:
            continue
        group = groups.setdefault((entry.said, "" if entry.single else entry.unit), {})
        if entry.single:
            singles.add(entry.uri)
        elif (other := group.get(entry.uri)) is not None:
            told = [each.quantity for each in (other, entry) if each.quantity is not None]
            entry = structs.replace(other, quantity=sum(told, Decimal()) if told else None)  # noqa: PLW2901
        group[entry.uri] = entry
    return [_event(bill, site, document, others, said, group.values()) for (said, _), group in groups.items()]


def _event(
    bill: Bill, site: str, document: str, others: Sequence[Party], said: Statement, entries: Iterable[Entry]
) -> Event:
    told = {
        "zhuisu:billType": bill.kind.id,
        "zhuisu:batchNo": said.batch,
        "zhuisu:madeDate": said.made and said.made.isoformat(),
        "zhuisu:validateDate": said.expires and said.expires.isoformat(),
    }
    listed = list(entries)
    return make(
        EventType.ObjectEvent,
        time=bill.at,
        action=bill.kind.action,
        step=bill.kind.step,
        disposition=bill.kind.disposition,
        epcs=[entry.uri for entry in listed if entry.single],
        quantities=[
            Quantity(uri=entry.uri, quantity=entry.quantity, uom=entry.unit) for entry in listed if not entry.single
        ],
        read_point=site,
        location=site,
        documents=[BizTransaction(type=bill.kind.paper, uri=document)],
        sources=others if bill.kind.inward else (),
        destinations=() if bill.kind.inward else others,
        context=CONTEXT,
        extensions=told,
    )


class _Told(Struct, frozen=True):
    type: str = field(name="zhuisu:billType", default="")
    batch: str = field(name="zhuisu:batchNo", default="")
    made: str = field(name="zhuisu:madeDate", default="")
    expires: str = field(name="zhuisu:validateDate", default="")


def _told(event: Event) -> _Told:
    try:
        return msgspec.json.decode(event.doc, type=_Told)
    except msgspec.ValidationError:
        return _Told()


def type_of(event: Event) -> BillType | None:
    """The type of the bill that an event is, by its own word or by its step; None when no bill is like it."""
    return TYPES.get(_told(event).type) or of(event.step, event.disposition)


def rows(event: Event, facts: Mapping[str, Statement], goods: Mapping[str, Product]) -> list[dict[str, str]]:
    """The rows of an event as cells, one a code; none when it is like no bill.

    Batch and dates are those of the bill, and where it gave none those that ``facts`` has by code; ``goods`` too.
    """
    kind, told = type_of(event), _told(event)
    if kind is None:
        return []
    here = named([Party(type="location", uri=event.location or event.read_point)])
    other = named(event.sources if kind.inward else event.destinations)
    common = {
        "number": number_of(event),
        "type": kind.id,
        "date": f"{event.time.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "from": other if kind.inward else here,
        "to": here if kind.inward else other,
    }
    found = []
    for amount in [*(Quantity(uri=epc) for epc in event.epcs), *event.quantities]:
        uri = amount.uri
        code = recorded(uri)
        known = facts.get(uri, Statement())
        product = goods.get(uri)
        said = {
            "code": printed(code),
            "product": f"{product.name} {product.specification}".rstrip() if product else "",
            "batch": told.batch or known.batch or code.lot,
            "made": told.made or (known.made.isoformat() if known.made else ""),
            "expires": told.expires or (known.expires.isoformat() if known.expires else ""),
            "quantity": sheets_number(amount.quantity),
            "unit": amount.uom,
        }
        found.append({name: text for name, text in (common | said).items() if text})
    return found


def printed(code: Code) -> str:
    """A code as people write it; a lot as its product, beside which its number stands in a column of its own."""
    return label(code.item_class if code.level is Level.lot and code.item_class else code.canonical)


def sheets_number(amount: Decimal | None) -> str:
    """A number for a cell, without needless zeros."""
    return "" if amount is None else format(amount.normalize(), "f")


def number_of(event: Event) -> str:
    """The number of the event's document, "" without one."""
    for document in event.documents:
        for prefix, mark in (("urn:epcglobal:cbv:bt:", ":"), (f"{OURS}document:obj:", ".")):
            if document.uri.startswith(prefix):
                return unquote(document.uri.removeprefix(prefix).partition(mark)[2])
        return document.uri
    return ""


def named(found: Iterable[Party]) -> str:
    """Who or where, as bills name them: a site by its id, else an organisation by its USCC."""
    by_type = {party.type: party.uri for party in found}
    uri = by_type.get("location") or by_type.get("possessing_party") or by_type.get("owning_party") or ""
    for prefix in ("https://id.gs1.org/414/", f"{OURS}site:loc:", f"{OURS}party:obj:"):
        if uri.startswith(prefix):
            return unquote(uri.removeprefix(prefix))
    return uri
