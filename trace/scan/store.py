"""The scan's SQL: its log, captures, and what the query door reads of the ledger."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from zhuisu.db import Connection, queries, rows_for
from zhuisu.events import EventType
from zhuisu.ledger.append import ACTIONS, KINDS
from zhuisu.ledger.model import name_hash
from zhuisu.scan.filters import Query
from zhuisu.scan.model import Found, Line

SQL = queries(__file__)

LOCK_SPACE = 0x5CA
BUCKETS = 1024
"""Locks a scan may hold: one for each code would fill the server's table of locks."""

_founds = msgspec.json.Decoder(tuple[Found, ...])


class Row(NamedTuple):
    """An event as the query door reads it."""

    id: UUID
    name: str
    party: int
    loc: int
    doc: str


class JobRow(NamedTuple):
    """A capture as it is logged."""

    id: UUID
    party: int
    created: datetime
    finished: datetime
    events: int


async def lock(conn: Connection, codes: Iterable[str]) -> None:
    """Wait for other scans of these codes; in one order for all, so that none waits in a ring."""
    await conn.execute(SQL.lock, LOCK_SPACE, sorted({zlib.crc32(code.encode()) % BUCKETS for code in codes}))


async def begin_intake(
    conn: Connection, request: bytes | None, party: int, person: str, site: str, step: str, at: datetime, now: datetime
) -> int | None:
    """Id of the logged scan; None when this request was answered before."""
    id_: int | None = await conn.fetchval(SQL.begin_intake, request, party, person, site, step, at, now)
    return id_


async def add_lines(conn: Connection, intake: int, lines: Sequence[Line]) -> None:
    """Log what was said of each code, in order."""
    await conn.execute(
        SQL.add_lines,
        intake,
        list(range(len(lines))),
        [line.text for line in lines],
        [line.canonical for line in lines],
        [line.verdict for line in lines],
        [msgspec.json.encode(line.found).decode() for line in lines],
        [line.event for line in lines],
    )


async def answered(conn: Connection, request: bytes) -> list[Line]:
    """What was said when this request came first, code by code."""
    return [
        msgspec.convert({**r, "found": _founds.decode(r["found"])}, Line)
        for r in await conn.fetch(SQL.answered, request)
    ]


async def made(conn: Connection, event_ids: Iterable[str]) -> dict[str, bytes]:
    """Of these events those that cite a certificate: eventID -> document."""
    names = {name_hash(name): name for name in event_ids}
    return {names[r["h"]]: r["doc"].encode() for r in await rows_for(conn, SQL.made, names)}


async def transformed(conn: Connection, event_ids: Iterable[str]) -> dict[str, bytes]:
    """Of these events the transformations: eventID -> document."""
    names = {name_hash(name): name for name in event_ids}
    kind = KINDS.index(EventType.TransformationEvent)
    return {names[r["h"]]: r["doc"].encode() for r in await rows_for(conn, SQL.transformed, names, kind)}


async def contents(conn: Connection, ids: Iterable[int]) -> dict[int, list[str]]:
    """Container -> what is in it, one thing of each level."""
    found: dict[int, list[str]] = {}
    for row in await rows_for(conn, SQL.contents, ids):
        found.setdefault(row["root"], []).append(row["uri"])
    return found


async def add_job(conn: Connection, job: JobRow) -> None:
    """Log a capture; the first of equal ones stays."""
    await conn.execute(SQL.add_job, job.id, job.party, job.created, job.events)


async def job(conn: Connection, id_: UUID) -> JobRow | None:
    """Read a capture back."""
    row = await conn.fetchrow(SQL.job, id_)
    return JobRow(*row) if row else None


async def own_places(conn: Connection, organisation: int | None, divisions: Sequence[str]) -> list[int]:
    """Ids of the places that are sites of an organisation or lie in divisions with these prefixes."""
    return [r["id"] for r in await conn.fetch(SQL.own_places, organisation, list(divisions))]


async def ids_between(conn: Connection, low: UUID, high: UUID, *, descending: bool, limit: int) -> list[UUID]:
    """Event ids strictly between two, from the side where the answer begins."""
    return [r["id"] for r in await conn.fetch(SQL.ids_down if descending else SQL.ids_up, low, high, limit)]


async def ids_of_codes(conn: Connection, ids: Iterable[int]) -> list[UUID]:
    """Ids of the events that name one of these codes themselves, in no order."""
    return [r["id"] for r in await rows_for(conn, SQL.ids_of_codes, ids)]


async def ids_of_names(conn: Connection, event_ids: Iterable[str]) -> list[UUID]:
    """Ids of the events under these eventIDs, declarations among them, in no order."""
    return [r["id"] for r in await conn.fetch(SQL.ids_of_names, [name_hash(name) for name in event_ids])]


async def rows(conn: Connection, ids: Sequence[UUID], query: Query) -> dict[UUID, Row]:
    """Those of the events whose columns fit the query."""
    wanted = query.wanted
    kinds = [n for n, kind in enumerate(KINDS) if kind in wanted["eventType"]] if "eventType" in wanted else None
    actions = [n for n, a in enumerate(ACTIONS) if a in wanted["EQ_action"]] if "EQ_action" in wanted else None
    texts = [sorted(wanted[name]) if name in wanted else None for name in ("EQ_bizStep", "EQ_disposition")]
    return {r["id"]: Row(*r) for r in await conn.fetch(SQL.rows, ids, kinds, actions, *texts)}


async def held(
    conn: Connection, ids: Iterable[int], places: Sequence[int], organisation: int | None
) -> dict[int, UUID]:
    """Code -> the last event in which the organisation, or anybody at these places, had it; others are absent."""
    return {r["code"]: r["ev"] for r in await rows_for(conn, SQL.held, ids, places, organisation)}
