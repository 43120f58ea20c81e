"""Verbs of the register of products: save one or a sheet of them, find them, and read a sheet of them back.

Whoever registers a code first holds its entry. Its holder and an administrator change it; an administrator may also
hand it over. A suspended organisation cannot call, its entries stay: what is printed on goods does not change.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, structs

from zhuisu.codes.text import Words
from zhuisu.db import Connection, Database
from zhuisu.parties import Organisation, Principal, is_own
from zhuisu.parties.register import owned
from zhuisu.products import store
from zhuisu.products.errors import OwnedByAnother, ProductNotFound, RowsRefused
from zhuisu.products.model import Category, Entry, Product, Remark, checked, classes_of, remarks, require_descent
from zhuisu.products.sheet import Table, title
from zhuisu.products.store import Held
from zhuisu.sheets import Fault, told

CHUNK = 2_000
"""Entries that an export reads at once."""


class Outcome(StrEnum):
    """What saving a product did."""

    new = "new"
    changed = "changed"
    same = "same"


class Saved(Struct, frozen=True, kw_only=True):
    """A product as it now stands, what saving it did, and what to look at."""

    product: Product
    outcome: Outcome
    remarks: tuple[Remark, ...] = ()


class Imported(Struct, frozen=True, kw_only=True):
    """What an import did, in rows; with ``stored`` false, what it would do.

    ``faults`` are the first thousand, ``more_faults`` how many there are besides. ``unknown`` headings were not read.
    """

    stored: bool
    new: int
    changed: int
    same: int
    refused: int
    faults: list[Fault]
    more_faults: int
    remarks: list[Remark]
    unknown: list[str]


class _Verdict(NamedTuple):
    """Who is to hold a product, and what saving it does; None: it is another's."""

    owner: int
    outcome: Outcome | None


async def save(db: Database, who: Principal, given: Product, now: datetime, *, owner: str = "") -> Saved:
    """Register a product or change its entry; ``owner`` (USCC) is who shall hold it.

    Raises what ``checked`` raises, OwnedByAnother, parties.errors.NotYours, PartyNotFound.
    """
    product = checked(given)
    async with db.transaction() as conn:
        named = await _named(conn, who, owner)
        await store.lock(conn)
        held = await store.held(conn, [product.code])
        verdict = _verdict(who, named, product, held.get(product.code))
        if verdict.outcome is None:
            raise _taken(held[product.code].entry)
        if product.below:
            known = await store.inside(conn, [product.below])
            require_descent(product.code, known | {product.code: product.below})
        if verdict.outcome is not Outcome.same:
            await store.save(conn, [(verdict.owner, product)], by=_party(who), person=who.person, now=now)
    return Saved(product=product, outcome=verdict.outcome, remarks=remarks(given, product))


async def import_table(
    db: Database,
    who: Principal,
    table: Table,
    now: datetime,
    *,
    owner: str = "",
    partial: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Save the products of a table: all of them, or with ``partial`` the good ones, or with ``dry_run`` none.

    Raises RowsRefused (with every fault), parties.errors.NotYours, PartyNotFound.
    """
    async with db.transaction(read_only=dry_run) as conn:
        named = await _named(conn, who, owner)
        if not dry_run:
            await store.lock(conn)
        verdicts, table = await _judged(conn, who, named, table)
        stored = not dry_run and (partial or not table.faults)
        if stored:
            fresh = [
                (verdicts[each.product.code].owner, each.product)
                for each in table.lines
                if verdicts[each.product.code].outcome in {Outcome.new, Outcome.changed}
            ]
            await store.save(conn, fresh, by=_party(who), person=who.person, now=now)
    imported = _report(table, verdicts, stored=stored)
    if table.faults and not stored and not dry_run:
        raise _refused(imported)
    return imported


async def faulty(db: Database, who: Principal, table: Table, *, owner: str = "") -> Table:
    """``table`` with all that is wrong with it, also what only the register knows. Nothing is stored."""
    async with db.transaction(read_only=True) as conn:
        named = await _named(conn, who, owner)
        return (await _judged(conn, who, named, table))[1]


async def find(db: Database, who: Principal, text: str) -> Entry:
    """The entry of the product that a code names or belongs to in any of its readings; its history for its holder.

    Raises codes.errors.NotACode, NoProduct, ProductNotFound.
    """
    codes = classes_of(text)
    async with db.transaction(read_only=True) as conn:
        held = await store.held(conn, codes)
        if code := next((code for code in codes if code in held), ""):
            entry = held[code].entry
            return (
                structs.replace(entry, history=await store.history(conn, code)) if is_own(who, entry.owner) else entry
            )
    code = codes[0]
    raise ProductNotFound(
        f"{code} is not registered",
        mend="its maker registers it under /products",
        detail_zh=f"{code} 未登记",
        mend_zh="由生产者在商品目录中登记",
    )


async def search(
    db: Database,
    *,
    words: str = "",
    owner: str = "",
    category: Category | None = None,
    after: str = "",
    limit: int = 100,
) -> list[Entry]:
    """Entries in order of codes, after ``after``, whose names, maker, numbers or code contain ``words``."""
    async with db.connection() as conn:
        return await store.page(conn, after, owner, category or "", words, limit)


async def everything(db: Database, *, owner: str = "", category: Category | None = None) -> list[Product]:
    """All products as of one moment, in order of codes."""
    found: list[Product] = []
    after = ""
    async with db.transaction(read_only=True) as conn:
        while page := await store.page(conn, after, owner, category or "", "", CHUNK):
            found += (entry.product for entry in page)
            after = found[-1].code
    return found


async def _named(conn: Connection, who: Principal, uscc: str) -> Organisation | None:
    """Who shall hold the entries; None: whoever does, and the caller the new ones."""
    return await owned(conn, who, uscc) if uscc else None


def _verdict(who: Principal, named: Organisation | None, product: Product, held: Held | None) -> _Verdict:
    if held is None:
        return _Verdict(named.id if named else _party(who), Outcome.new)
    if not is_own(who, held.entry.owner):
        return _Verdict(held.owner, None)
    owner = named.id if named else held.owner
    same = owner == held.owner and held.entry.product == product
    return _Verdict(owner, Outcome.same if same else Outcome.changed)


async def _judged(
    conn: Connection, who: Principal, named: Organisation | None, table: Table
) -> tuple[Mapping[str, _Verdict], Table]:
    """What saving each product would do, and the table without the rows that the register as it stands forbids."""
    held = await store.held(conn, [each.product.code for each in table.lines])
    verdicts = {
        each.product.code: _verdict(who, named, each.product, held.get(each.product.code)) for each in table.lines
    }
    taken = [
        each.fault("code", _OWN, _holder(held[each.product.code].entry), table.sheet.headings)
        for each in table.lines
        if verdicts[each.product.code].outcome is None
    ]
    table = table.without(taken)
    packed = [uri for each in table.lines if each.product.below for uri in (each.product.code, each.product.below)]
    return verdicts, table.without(table.circles(await store.inside(conn, packed) if packed else {}))


def _report(table: Table, verdicts: Mapping[str, _Verdict], *, stored: bool) -> Imported:
    faults, more = told(table.faults)
    done = [verdicts[each.product.code].outcome for each in table.lines]
    return Imported(
        stored=stored,
        new=done.count(Outcome.new),
        changed=done.count(Outcome.changed),
        same=done.count(Outcome.same) + table.repeated,
        refused=len(_rows(table.faults)),
        faults=faults,
        more_faults=more,
        remarks=[remark for each in table.lines for remark in remarks(each.given, each.product, each.row)][:1000],
        unknown=list(table.sheet.unknown),
    )


def _rows(faults: Iterable[Fault]) -> set[int]:
    return {fault.row for fault in faults}


def _refused(report: Imported) -> RowsRefused:
    first = report.faults[0]
    column = Words(title(first.column, "zh") or "整行", title(first.column, "en") or "the whole row")
    said = first.reason or Words(f"填写的是“{first.value[:80]}”", f"it says {first.value[:80]!r}")
    return RowsRefused(
        f"{report.refused} rows have faults; the first: row {first.row}, {column.en}: {said.en}; "
        f"expected: {first.expected.en}",
        where=f"row {first.row}",
        mend="mend the rows in `faults` and send the file again, or send it with partial=true to store the others",
        detail_zh=f"{report.refused} 行有误；首处在第 {first.row} 行“{column.zh}”：{said.zh}；"
        f"应填写：{first.expected.zh}",
        mend_zh="请改正后重新导入，或选择只导入无误的行",
        **structs.asdict(report),
    )


def _taken(entry: Entry) -> OwnedByAnother:
    return OwnedByAnother(
        f"{entry.product.code} is held by {entry.owner_name}",
        where="code",
        mend="ask them to change the entry, or an administrator to hand it over",
        detail_zh=f"{entry.product.code} 由{entry.owner_name}登记",
        mend_zh="请联系该组织修改，或请管理员移交",
        owner=entry.owner,
    )


_OWN = Words("本组织的商品", "a product of your own")


def _holder(entry: Entry) -> Words:
    return Words(
        f"该商品由{entry.owner_name}登记，请联系其修改或请管理员移交",
        f"{entry.owner_name_en or entry.owner_name} holds this one: ask them, or an administrator to hand it over",
    )


def _party(who: Principal) -> int:
    assert who.party is not None, "a route without a guard"
    return who.party
