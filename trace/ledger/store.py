"""The ledger's SQL: interning, the gate, links, and the walks that read them back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from zhuisu.db import Connection, queries, rows_for
from zhuisu.ledger.model import LAST, Op, Role, cluster

SQL = queries(__file__)


class EventRow(NamedTuple):
    """One row of ledger.event; the fields stand in the order of the ``add_events`` statement."""

    id: UUID
    digest: bytes
    t: datetime
    rec: datetime
    kind: int
    action: int
    step: str
    disposition: str
    loc: int
    party: int
    name: str
    declared: bool
    doc: str


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


async def alone(conn: Connection) -> None:
    """From here to the end of the transaction nobody else binds an eventID."""
    await conn.execute(SQL.alone)


async def places(conn: Connection, uris: Iterable[str]) -> dict[str, int]:
    """Ids of locations, interned at need; "" is 0."""
    wanted = sorted({uri for uri in uris if uri})
    found = {"": 0}
    while missing := [uri for uri in wanted if uri not in found]:
        found |= {r["uri"]: r["id"] for r in await conn.fetch(SQL.add_places, missing)}
    return found


async def add_events(conn: Connection, rows: Sequence[EventRow]) -> set[UUID]:
    """Insert; the ids that were not here before."""
    return {r["id"] for r in await conn.fetch(SQL.add_events, *(list(column) for column in zip(*rows, strict=True)))}


async def digests(conn: Connection, ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Content digests of events that are here."""
    return {r["id"]: r["digest"] for r in await rows_for(conn, SQL.digests, ids)}


async def bind_names(conn: Connection, names: dict[tuple[UUID, datetime], UUID]) -> None:
    """Bind (hash, declaration time) pairs to events; what is bound already stays."""
    keys = sorted(names)
    await conn.execute(SQL.add_names, [h for h, _ in keys], [d for _, d in keys], [names[key] for key in keys])


async def names(conn: Connection, hashes: Iterable[UUID]) -> dict[tuple[UUID, datetime], UUID]:
    """(hash, declaration time) -> event, for originals and declarations alike."""
    rows = await rows_for(conn, SQL.names, set(hashes))
    return {(r["h"], r["declared"]): r["ev"] for r in rows}


async def find_codes(conn: Connection, uris: Iterable[str]) -> dict[str, int]:
    """Ids of the codes that the ledger knows."""
    return {uri: id_ for uri, (_, id_) in (await _look_up(conn, uris)).items() if id_ is not None}


async def intern_codes(conn: Connection, uris: Iterable[str]) -> dict[str, int]:
    """Ids of codes, new ones handed out in the order given: what is commissioned together lies together."""
    wanted = list(dict.fromkeys(uris))
    found: dict[str, int] = {}
    while missing := [uri for uri in wanted if uri not in found]:  # twice only when another writer was first with some
        here = await _look_up(conn, missing)
        found |= {uri: id_ for uri, (_, id_) in here.items() if id_ is not None}
        if new := {here[uri][0]: uri for uri in missing if uri not in found}:
            mine = {new[r["h"]]: r["id"] for r in await conn.fetch(SQL.add_code_keys, list(new))}
            await conn.execute(SQL.add_codes, list(mine.values()), list(mine))
            found |= mine
    return found


async def _look_up(conn: Connection, uris: Iterable[str]) -> dict[str, tuple[UUID, int | None]]:
    """Code -> its dictionary key, and its id if it has one."""
    wanted = list(dict.fromkeys(uris))
    rows = await rows_for(conn, SQL.look_up_codes, [cluster(uri) for uri in wanted], wanted)
    return {r["uri"]: (r["h"], r["id"]) for r in rows}


async def add_links(
    conn: Connection,
    touches: Sequence[tuple[int, UUID, int, int]],
    holds: Sequence[tuple[int, UUID, int, int, int]],
    parts: Sequence[tuple[UUID, int, int]],
) -> None:
    """Binary COPY: the events are new, so no row can be here already."""
    for table, columns, rows in (
        ("touch", ("code", "ev", "loc", "role"), touches),
        ("hold", ("child", "ev", "parent", "loc", "op"), holds),
        ("part", ("ev", "role", "code"), parts),
    ):
        if rows:
            await conn.copy_records_to_table(table, schema_name="ledger", columns=columns, records=rows)


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
    return [
        Standing(r["code"], r["touched"], r["held"], r["parent"] if r["op"] == Op.packed and not r["emptied"] else None)
        for r in await rows_for(conn, SQL.last, ids, till)
    ]
