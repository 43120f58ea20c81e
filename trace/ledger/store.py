"""The ledger's SQL: interning, the gate, links, and the walks that read them back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias
from uuid import UUID

import msgspec
from asyncpg import Record

from zhuisu.db import Connection, queries, rows_for
from zhuisu.ledger.model import LAST, Op, Role, cluster
from zhuisu.ledger.rows import EventRow, Id, LinkRows, Name

SQL = queries(__file__)

Numbers: TypeAlias = dict[str, int]
"""URIs in order, each with its place there from 1."""

LINKS = {
    "touch": ("code", "ev", "loc", "role"),
    "hold": ("child", "ev", "parent", "loc", "op"),
    "part": ("ev", "role", "code"),
    "about": ("ev", "items", "lots"),
}
"""Tables of LinkRows, and their columns."""

NAME = ("h", "declared", "party", "ev")
"""The columns of ledger.name."""


class Here(NamedTuple):
    """An event that is here: the digest of its content, and who was first to capture it."""

    digest: bytes
    party: int


class Stored(msgspec.Struct, frozen=True):
    """An event as it is read back; ``place`` is None when it named no location."""

    id: UUID
    t: datetime
    rec: datetime
    kind: int
    action: int
    step: str
    disposition: str
    party: int
    name: str
    doc: str
    place: str | None


class Step(NamedTuple):
    """``root`` took part in ``ev`` through ``via`` (itself at depth 0, else what held it then)."""

    root: int
    via: int
    depth: int
    ev: UUID
    role: Role | None
    op: Op | None


class Window(NamedTuple):
    """``root`` stood in ``code``, ``depth`` levels up, from event ``lo`` to event ``hi``."""

    root: int
    code: int
    lo: UUID
    hi: UUID
    depth: int


class Standing(NamedTuple):
    """The last things known of a code; ``parent`` is what holds it, None when it stands free."""

    code: int
    touched: UUID | None
    held: UUID | None
    parent: int | None


class Walk(Protocol):
    """One way to read paths back: this module in one statement, ``zhuisu.ledger.levels`` level by level."""

    async def paths(self, conn: Connection, roots: dict[int, UUID]) -> list[Step]:
        """Every step of every root before its bound."""
        ...

    async def windows(self, conn: Connection, roots: dict[int, UUID]) -> list[Window]:
        """Every stay of every root in a container before its bound."""
        ...


async def alone(conn: Connection) -> None:
    """From here to the end of the transaction nobody else binds an eventID."""
    await conn.execute(SQL.alone)


async def places(conn: Connection, uris: Iterable[str]) -> dict[str, int]:
    """Ids of locations, interned at need; "" is 0."""
    wanted = sorted({"", *uris})
    return dict(zip(wanted, await conn.fetchval(SQL.places, wanted), strict=True))


async def record(
    conn: Connection,
    codes: Numbers,
    events: Sequence[EventRow],
    names: Sequence[bytes],
    rows: LinkRows,
) -> set[UUID] | None:
    """Few plain events, sorted, in one statement; the ids of those that were here.

    The links name codes by ``Numbers``; ``names`` are the hashes of the eventIDs. None, and nothing is
    written, when it takes more than that, as where another organisation was first with one.
    """
    here = await conn.fetchval(
        SQL.record,
        list(map(cluster, codes)),
        list(codes),
        _composed(events),
        list(map(Id, names)),
        *rows,
    )
    return None if here is None else set(here)


async def add_events(conn: Connection, rows: Sequence[EventRow]) -> set[UUID]:
    """Insert; the ids that were not here before."""
    return {r["id"] for r in await conn.fetch(SQL.add_events, _composed(rows))}


async def insert_events(conn: Connection, rows: Sequence[EventRow]) -> None:
    """Insert what is not here. Raises UniqueViolationError when some of it is."""
    await conn.execute(SQL.insert_events, _composed(rows))


def _composed(rows: Iterable[EventRow]) -> list[tuple[Any, ...]]:
    # One array of rows: of fifteen arrays asyncpg would look at every value, whether it is an array in the array.
    return [(*row, None) for row in rows]


async def here(conn: Connection, ids: Iterable[UUID]) -> dict[UUID, Here]:
    """Of these events those that are here."""
    return {r["id"]: Here(r["digest"], r["party"]) for r in await rows_for(conn, SQL.digests, ids)}


async def add_witnesses(conn: Connection, reports: Iterable[tuple[UUID, int]], now: datetime) -> set[tuple[UUID, int]]:
    """Note (event, party) that captured what another had captured before; those of them that are new."""
    evs, parties = zip(*reports, strict=True)
    return {(r["ev"], r["party"]) for r in await conn.fetch(SQL.add_witnesses, list(evs), list(parties), now)}


async def bind_names(conn: Connection, wanted: dict[Name, UUID]) -> dict[Name, UUID]:
    """Bind eventIDs to events; all that anybody has bound to these eventIDs, declarations too."""
    keys = sorted(wanted)
    columns = [Id(h) for h, *_ in keys], [key[1] for key in keys], [key[2] for key in keys], [wanted[k] for k in keys]
    count, *before = await conn.fetch(SQL.bind_names, *columns)
    bound = _bound(before)
    if count["added"] + sum(key in bound for key in keys) < len(keys):  # another writer was first with some
        return _bound(await conn.fetch(SQL.names, columns[0]))
    return {**wanted, **bound}


async def copy_names(conn: Connection, wanted: dict[Name, UUID]) -> dict[Name, UUID]:
    """Bind what is not bound; what else is bound to these eventIDs. Raises UniqueViolationError when one is bound."""
    rows = [(Id(key[0]), *key[1:], wanted[key]) for key in sorted(wanted)]
    await conn.copy_records_to_table("name", schema_name="ledger", columns=NAME, records=rows)
    return _bound(await conn.fetch(SQL.other_names, [h for h, *_ in rows], [ev for *_, ev in rows]))


def _bound(rows: Iterable[Record]) -> dict[Name, UUID]:
    return {(r["h"].bytes, r["declared"], r["party"]): r["ev"] for r in rows}


async def find_codes(conn: Connection, uris: Iterable[str]) -> dict[str, int]:
    """Ids of the codes that the ledger knows."""
    wanted = list(dict.fromkeys(uris))
    return {r["uri"]: r["id"] for r in await rows_for(conn, SQL.find_codes, map(cluster, wanted), wanted)}


async def intern_codes(conn: Connection, uris: Iterable[str]) -> dict[str, int]:
    """Ids of codes, new ones handed out in the order given: what is commissioned together lies together."""
    wanted = list(dict.fromkeys(uris))
    if not wanted:
        return {}
    return dict(zip(wanted, await conn.fetchval(SQL.intern_codes, list(map(cluster, wanted)), wanted), strict=True))


async def add_links(conn: Connection, rows: LinkRows) -> None:
    """Binary COPY: the events are new, so no row can be here already."""
    for table, columns in LINKS.items():
        if records := getattr(rows, table):
            await conn.copy_records_to_table(table, schema_name="ledger", columns=columns, records=records)


async def void(conn: Connection, ev: UUID, codes: Sequence[int], holds: Sequence[tuple[int, int]]) -> None:
    """Mark what ``ev`` said of ``codes`` and (child, parent) pairs as withdrawn."""
    await conn.execute(SQL.void_touches, list(codes), ev)
    await conn.execute(SQL.void_holds, [child for child, _ in holds], [parent for _, parent in holds], ev)


async def stored(conn: Connection, ids: Iterable[UUID]) -> list[Stored]:
    """Events by id, in event order."""
    return [Stored(**r) for r in await rows_for(conn, SQL.events, set(ids))]


async def uris(conn: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Canonical URIs of codes."""
    return {r["id"]: r["uri"] for r in await rows_for(conn, SQL.uris, set(ids))}


async def paths(conn: Connection, roots: dict[int, UUID]) -> list[Step]:
    """Every step of every root before its bound, time-true containment included; unordered."""
    rows = await rows_for(conn, SQL.paths, roots, list(roots.values()))
    return [
        Step(
            r["root"],
            r["via"],
            r["depth"],
            r["ev"],
            Role(r["how"]) if r["how"] < 100 else None,
            Op(r["how"] - 100) if r["how"] >= 100 else None,
        )
        for r in rows
    ]


async def windows(conn: Connection, roots: dict[int, UUID]) -> list[Window]:
    """Every stay of every root in a container before its bound."""
    return [Window(*r) for r in await rows_for(conn, SQL.windows, roots, list(roots.values()))]


async def lots_of(conn: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Instance -> its lot."""
    return {r["child"]: r["parent"] for r in await rows_for(conn, SQL.lots_of, ids)}


async def transformations(conn: Connection, evs: Iterable[UUID]) -> list[tuple[UUID, Role, int]]:
    """(event asked for, input or output, code) of transformations, those joined by a transformationID as one."""
    rows = await rows_for(conn, SQL.transformations, set(evs))
    return [(r["asked"], Role(r["role"]), r["code"]) for r in rows]


async def used(conn: Connection, ids: Iterable[int], till: UUID = LAST) -> list[tuple[int, UUID]]:
    """(code, transformation that it went into before ``till``) for those of ``ids`` that were used."""
    return [(r["code"], r["ev"]) for r in await rows_for(conn, SQL.used, ids, till)]


async def children(
    conn: Connection, parents: Iterable[int], till: UUID = LAST, *, limit: int
) -> list[tuple[int, int, Op]]:
    """(parent, child, how) of whatever was ever put in before ``till``, at most ``limit`` rows."""
    rows = await rows_for(conn, SQL.children, parents, till, limit)
    return [(r["parent"], r["child"], Op(r["op"])) for r in rows]


async def last(conn: Connection, ids: Iterable[int], till: UUID = LAST) -> list[Standing]:
    """Where codes stand before ``till``."""
    return [Standing(*r) for r in await rows_for(conn, SQL.last, ids, till)]
