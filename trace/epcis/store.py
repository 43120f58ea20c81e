"""The EPCIS door's SQL: captures, and what queries read of the ledger."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhuisu.db import Connection, queries, rows_for
from zhuisu.epcis.filters import Query
from zhuisu.ledger.append import ACTIONS, KINDS
from zhuisu.ledger.model import name_hash
from zhuisu.ledger.store import Id

SQL = queries(__file__)


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
    return [r["id"] for r in await conn.fetch(SQL.ids_of_names, [Id(name_hash(name)) for name in event_ids])]


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
