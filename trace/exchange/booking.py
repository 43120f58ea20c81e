"""Verbs of bills: book a table of them, and read back as bills what was booked or otherwise recorded.

>>> booked = await book(db, who, body, now)
>>> booked.bills[0].recorded, [odd.flag for odd in booked.exceptions]
(120, [7])
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from msgspec import Struct

from zhuisu import sheets
from zhuisu.codes.text import Words
from zhuisu.db import Connection, Database
from zhuisu.events import Event, Party, stored
from zhuisu.exchange import bills, facts, places, store
from zhuisu.exchange.activation import CHINA
from zhuisu.exchange.bill_types import PLATFORM_CODES, TYPES
from zhuisu.exchange.bills import COLUMNS, Bill, Entry
from zhuisu.exchange.errors import BadPeriod, BillsUnfit, NoBills, TooManyRows
from zhuisu.exchange.flags import FLAGS, Found, Known, flags
from zhuisu.ledger import append
from zhuisu.ledger import store as ledger
from zhuisu.ledger.model import SKEW, bound
from zhuisu.ledger.rights import Sight
from zhuisu.parties import Principal, Role, Site
from zhuisu.parties.model import prefix
from zhuisu.sheets import Fault, Form, Sheet

AT_ONCE = 64 * 1024
"""Bytes of a table that are read without leaving the event loop."""

MOST_ROWS = 50_000
MOST_TOLD = 1000
CHUNK = 500
LONGEST_PERIOD = timedelta(days=366)


class Odd(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An exception flag of one code, what became of the code nevertheless, and why."""

    bill: str
    row: int
    code: str
    flag: int
    text: Words
    recorded: bool
    why: Words
    differing: tuple[str, ...] = ()


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of one bill, in codes; ``again`` were recorded when the same bill came before.

    ``beyond_platform``: more codes than the national platform takes in one bill. We take them.
    """

    number: str
    type: str
    text: Words
    at: datetime
    site: str
    codes: int
    recorded: int
    again: int
    refused: int
    events: list[str]
    beyond_platform: bool


class Booked(Struct, frozen=True, kw_only=True):
    """What booking a table did; with ``stored`` false, what it would do."""

    stored: bool
    bills: list[Receipt]
    exceptions: list[Odd]
    more_exceptions: int
    unknown: list[str]


async def book(
    db: Database,
    who: Principal,
    body: bytes,
    now: datetime,
    *,
    media_type: str = "",
    name: str = "",
    dry_run: bool = False,
) -> Booked:
    """Record the bills of a table, all in one transaction; the same bills again change nothing.

    Raises what ``sheets.read`` raises, NoBills, BillsUnfit, NoSite, SiteNotYours; then nothing is recorded.
    """

    def whole() -> tuple[Sheet, list[Bill], list[Fault]]:
        sheet = sheets.read(body, media_type=media_type, name=name, columns=COLUMNS, most_rows=MOST_ROWS)
        return sheet, *bills.understood(sheet)

    sheet, found, faults = whole() if len(body) <= AT_ONCE else await asyncio.to_thread(whole)
    if not sheet.rows:
        raise NoBills(
            "there is no row",
            mend="write one code a row below the headings",
            detail_zh="表中没有数据行",
            mend_zh="请在表头下每行填写一个追溯码",
        )
    faults += _ahead(found, now)
    receipts: list[Receipt] = []
    odd: list[Odd] = []
    async with db.transaction() as conn:
        named = await places.others(conn, {bill.sender if bill.kind.inward else bill.receiver for bill in found})
        faults += _unnamed(found, named)
        if faults:
            raise _unfit(sorted(faults, key=lambda fault: fault.row))
        for bill in found:
            site = await places.own_site(
                conn, who, bill.receiver if bill.kind.inward else bill.sender, row=bill.entries[0].row
            )
            receipt, strange = await _one(conn, who, bill, site, named, now, dry_run=dry_run)
            receipts.append(receipt)
            odd += strange
    return Booked(
        stored=not dry_run,
        bills=receipts,
        exceptions=odd[:MOST_TOLD],
        more_exceptions=max(0, len(odd) - MOST_TOLD),
        unknown=list(sheet.unknown),
    )


def _ahead(found: Sequence[Bill], now: datetime) -> list[Fault]:
    clock = f"{now.astimezone(CHINA):%Y-%m-%d %H:%M}"
    expected = Words(f"不晚于服务器时间 {clock}", f"not later than the service's clock, {clock}")
    return [
        Fault(bill.entries[0].row, "date", bill.at.isoformat(" ", "minutes"), expected)
        for bill in found
        if bill.at > now + SKEW
    ]


def _unnamed(found: Sequence[Bill], named: dict[str, list[Party]]) -> list[Fault]:
    expected = Words(
        "统一社会信用代码、已登记的场所编号或 GLN",
        "a unified social credit code, the id of a registered site, or a GLN",
    )
    faults = []
    for bill in found:
        name, text = ("from", bill.sender) if bill.kind.inward else ("to", bill.receiver)
        if text not in named:
            faults.append(Fault(bill.entries[0].row, name, text[:80], expected))
    return faults


def _unfit(faults: Sequence[Fault]) -> BillsUnfit:
    told, more = sheets.told(faults)
    first = told[0]
    return BillsUnfit(
        f"{len(faults)} faults; the first: row {first.row}, {first.column or 'the whole row'}: "
        f"{first.value[:80]!r}, expected {first.expected.en}",
        where=f"row {first.row}",
        mend="mend the rows in `faults` and send the file again",
        detail_zh=f"共 {len(faults)} 处错误；首处在第 {first.row} 行 {first.heading or first.column or '整行'}："
        f"“{first.value[:80]}”，应为{first.expected.zh}",
        mend_zh="请改正 faults 所列各行后重新导入",
        faults=told,
        more_faults=more,
    )


async def _one(
    conn: Connection,
    who: Principal,
    bill: Bill,
    site: Site,
    named: dict[str, list[Party]],
    now: datetime,
    *,
    dry_run: bool,
) -> tuple[Receipt, list[Odd]]:
    assert who.party is not None, "a route without a guard"
    document = bills.paper(site.uri, site.uscc, bill.number)
    uris = list(dict.fromkeys(entry.uri for entry in bill.entries if entry.uri))
    known = await facts.known(conn, bill, uris)
    before = await facts.already(conn, bill, document, who.party, uris)
    odd = _judged(bill, known)
    others = named[bill.sender if bill.kind.inward else bill.receiver]
    new = [entry for entry in bill.entries if entry.uri not in before]
    made = bills.events(bill, site.uri, document, others, new)
    recorded = [] if dry_run else await append(conn, made, by=who.party, now=now)
    receipt = Receipt(
        number=bill.number,
        type=bill.kind.id,
        text=bill.kind.words,
        at=bill.at,
        site=site.id,
        codes=len(bill.entries),
        recorded=len(uris) - len(before),
        again=len(before),
        refused=sum(not entry.uri for entry in bill.entries),
        events=list(dict.fromkeys([*before.values(), *(each.event_id for each in recorded)])),
        beyond_platform=len(bill.entries) > PLATFORM_CODES,
    )
    return receipt, odd


def _judged(bill: Bill, known: dict[str, Known]) -> list[Odd]:
    every = {entry.uri for entry in bill.entries if entry.uri}
    seen: set[str] = set()
    odd: list[Odd] = []
    for entry in bill.entries:
        odd += (
            _odd(bill, entry, found)
            for found in flags(entry, bill, known.get(entry.uri, Known()), again=entry.uri in seen, others=every)
        )
        if entry.single:  # amounts of a lot add up
            seen.add(entry.uri)
    return odd


def _odd(bill: Bill, entry: Entry, found: Found) -> Odd:
    flag = FLAGS[found.flag]
    return Odd(
        bill=bill.number,
        row=entry.row,
        code=entry.text[:200],
        flag=found.flag,
        text=flag.words,
        recorded=flag.recorded,
        why=flag.why,
        differing=found.differing,
    )


async def export(db: Database, who: Principal, first: date, last: date, site: str, form: Form) -> bytes:
    """What moved from the first day to the last, as bills: the caller's own events, a regulator's by division.

    Raises BadPeriod, TooManyRows.
    """
    since, until = _period(first, last)
    rows: list[dict[str, str]] = []
    after, high = UUID(int=max(0, bound(since - timedelta(milliseconds=2)).int)), bound(until)
    steps = sorted({kind.step for kind in TYPES.values()})
    async with db.transaction(read_only=True) as conn:
        while found := await store.moved(conn, _sight(who), (after, high), (since, until), steps, site or None, CHUNK):
            rows += await _rows(conn, [stored(each.doc.encode()) for each in found])
            if len(rows) > MOST_ROWS:
                raise TooManyRows(
                    f"more than {MOST_ROWS} rows",
                    mend="ask for a shorter period",
                    detail_zh=f"超过 {MOST_ROWS} 行",
                    mend_zh="请缩短起止日期",
                    most=MOST_ROWS,
                )
            after = found[-1].id
    return await asyncio.to_thread(sheets.write, COLUMNS, rows, form)


async def _rows(conn: Connection, found: Sequence[Event]) -> list[dict[str, str]]:
    uris = {uri for event in found for uri in (*event.epcs, *(each.uri for each in event.quantities))}
    said = await facts.statements(conn, await ledger.find_codes(conn, uris))
    goods = await facts.goods(conn, uris)
    return await asyncio.to_thread(lambda: [row for event in found for row in bills.rows(event, said, goods)])


def _sight(who: Principal) -> Sight:
    # Not what others captured at the caller's sites: a bill is booked by whoever reports it.
    divisions = tuple(map(prefix, who.divisions)) if Role.regulator in who.roles else ()
    return Sight(everything=Role.administrator in who.roles, party=who.party, divisions=divisions)


def _period(first: date, last: date) -> tuple[datetime, datetime]:
    if last < first or last - first > LONGEST_PERIOD or first.year < 2000 or last.year > 9000:
        raise BadPeriod(
            f"{first} to {last}",
            where="from",
            mend="give two days after 2000, the earlier one first, at most a year apart",
            detail_zh=f"{first} 至 {last}",
            mend_zh="请填写起止日期，起在前，跨度不超过一年",
        )
    since, until = (datetime.combine(day, time(), CHINA) for day in (first, last + timedelta(days=1)))
    return since, until
