"""The register of products in PostgreSQL: SQL and rows, nothing decided here."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from asyncpg import Record

from zhuisu.codes import Code
from zhuisu.db import Connection, queries, rows_for
from zhuisu.parties import Kind
from zhuisu.products.model import DEEPEST, Change, Entry, Product, classes

SQL = queries(__file__)

FIELDS = Product.__struct_fields__


class Held(msgspec.Struct, frozen=True):
    """An entry and the row id of its holder."""

    entry: Entry
    owner: int


async def lock(conn: Connection) -> None:
    """Wait for other writers."""
    await conn.execute(SQL.lock)


async def held(conn: Connection, codes: Iterable[str]) -> dict[str, Held]:
    """Entries by code; those that nobody registered are absent."""
    return {r["code"]: Held(_entry(r), r["owner"]) for r in await rows_for(conn, SQL.held, codes)}


async def names(conn: Connection, codes: Iterable[Code]) -> dict[str, Entry]:
    """Canonical URI of a code → entry of its goods, where there is one; one round trip, none for no goods."""
    wanted = {code.canonical: classes(code) for code in codes}
    known = await held(conn, {uri for uris in wanted.values() for uri in uris})
    found = {one: next((known[uri].entry for uri in uris if uri in known), None) for one, uris in wanted.items()}
    return {canonical: entry for canonical, entry in found.items() if entry}


async def inside(conn: Connection, codes: Iterable[str]) -> dict[str, str]:
    """The registered contents of these products and of those in them, as deep as they may go: code → below."""
    return {r["code"]: r["below"] for r in await conn.fetch(SQL.inside, list(codes), DEEPEST + 1)}


async def page(conn: Connection, after: str, owner: str, category: str, words: str, limit: int) -> list[Entry]:
    """Entries in order of codes; "" asks for all."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%" if words else ""
    return [_entry(r) for r in await conn.fetch(SQL.page, after, owner, category, pattern, limit)]


async def save(
    conn: Connection, entries: Sequence[tuple[int, Product]], *, by: int, person: str, now: datetime
) -> None:
    """Write (holder, product) pairs, and the history with them; ``by`` is the organisation that says so."""
    owners = [owner for owner, _ in entries]
    columns = [[getattr(product, name) for _, product in entries] for name in FIELDS]
    said = [msgspec.json.encode(product).decode() for _, product in entries]
    await conn.execute(SQL.save, now, owners, *columns)
    await conn.execute(SQL.log, now, by, person, owners, columns[0], said)


async def history(conn: Connection, code: str) -> list[Change]:
    """All that was said of a product, the first first."""
    return [
        msgspec.convert({**r, "said": msgspec.json.decode(r["said"])}, Change)
        for r in await conn.fetch(SQL.history, code)
    ]


def _product(row: Record) -> Product:
    return msgspec.convert({name: row[name] for name in FIELDS if row[name] not in {"", None}}, Product)


def _entry(row: Record) -> Entry:
    return Entry(
        product=_product(row),
        owner=row["uscc"],
        owner_name=row["owner_name"],
        owner_name_en=row["owner_name_en"],
        owner_kind=Kind(row["owner_kind"]),
        changed=row["changed"],
    )
