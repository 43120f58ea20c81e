"""The query door's SQL: what it reads of the ledger, for the caller that ``zhuisu.ledger.rights`` has set."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct, structs

from zhuisu.codes import canonical, class_of
from zhuisu.db import Connection, queries, rows_for
from zhuisu.epcis.filters import Query
from zhuisu.epcis.operands import as_time
from zhuisu.epcis.patterns import is_pattern
from zhuisu.events import STANDARD_TYPES, EventType, extended_type
from zhuisu.ledger.model import cluster, name_hash
from zhuisu.ledger.rows import ACTIONS, KINDS, Id

SQL = queries(__file__)

MOST_CODES = 20_000
"""Codes of one class that a pattern is looked up by; with more of them every event is looked at."""

MOST_PLACES = 100
"""Places that events are looked up by; with more of them every event is looked at."""


class Row(NamedTuple):
    """An event as the query door reads it."""

    id: UUID
    name: str
    rec: datetime
    doc: str


async def ids_between(
    conn: Connection, low: UUID, high: UUID, asked: "Columns", *, descending: bool, limit: int
) -> list[UUID]:
    """Event ids strictly between two, from the side where the answer begins; at few places those that may be there."""
    between = low, high, descending, limit
    where = (asked.locations, None) if asked.locations is not None else (None, asked.read_points)
    if any(places is not None and len(places) <= MOST_PLACES for places in where):
        return [r["id"] for r in await conn.fetch(SQL.ids_at, *between, *where)]
    return [r["id"] for r in await conn.fetch(SQL.ids_between, *between)]


async def recorded_after(conn: Connection, id_: UUID, *, descending: bool, limit: int) -> list[UUID]:
    """Event ids behind one in the order of recording, or against it."""
    return [r["id"] for r in await conn.fetch(SQL.ids_recorded, id_, descending, limit)]


async def in_order_of_recording(conn: Connection, ids: Iterable[UUID]) -> list[UUID]:
    """These events in the order of recording."""
    return [r["id"] for r in await rows_for(conn, SQL.in_order_of_recording, ids)]


async def ids_of_codes(conn: Connection, wanted: Sequence[str]) -> list[UUID] | None:
    """Ids of the events that name one of these codes or patterns, in no order; None when the codes are too many."""
    codes = [text for text in wanted if not is_pattern(text)]
    classes = [class_of(canonical(text)) for text in wanted if is_pattern(text)]
    if not all(classes):
        return None
    found: list[UUID] | None = await conn.fetchval(
        SQL.ids_of_codes, list(map(cluster, codes)), codes, classes, MOST_CODES
    )
    return found


async def ids_of_goods(conn: Connection, uris: Sequence[str]) -> list[UUID] | None:
    """Ids of the events that name these codes or goods of these classes; None when the codes are too many."""
    classes = list({class_of(uri) for uri in uris} - {""})
    clusters = list(map(cluster, uris))
    found: list[UUID] | None = await conn.fetchval(SQL.ids_of_codes, clusters, uris, classes, MOST_CODES)
    return found


async def places_of(conn: Connection, uris: Sequence[str]) -> list[int]:
    """Numbers of these places and of parts of them."""
    return [r["id"] for r in await conn.fetch(SQL.places_of, uris)]


async def ids_of_names(conn: Connection, event_ids: Iterable[str]) -> list[UUID]:
    """Ids of the events under these eventIDs, declarations among them, in no order."""
    return [r["id"] for r in await conn.fetch(SQL.ids_of_names, [Id(name_hash(name)) for name in event_ids])]


class Columns(Struct, frozen=True):
    """What a query asks of the columns, in the order of the statements; None asks for nothing."""

    kinds: list[int] | None
    actions: list[int] | None
    steps: list[str] | None
    dispositions: list[str] | None
    locations: list[int] | None
    read_points: list[int] | None
    recorded_from: datetime | None
    recorded_before: datetime | None


async def columns(
    conn: Connection, query: Query, *, locations: list[int] | None, read_points: list[int] | None
) -> Columns:
    """The part of a query that columns answer; ``locations`` and ``read_points`` are known to hold its events."""
    wanted = query.wanted
    types = {kind if kind in STANDARD_TYPES else EventType.ExtendedEvent for kind in wanted.get("eventType", ())}
    kinds = [n for n, kind in enumerate(KINDS) if kind in types] if types else None
    actions = [n for n, a in enumerate(ACTIONS) if a in wanted["EQ_action"]] if "EQ_action" in wanted else None
    steps, dispositions = (list(wanted[name]) if name in wanted else None for name in ("EQ_bizStep", "EQ_disposition"))
    places = await _places(conn, query, "bizLocation", locations), await _places(conn, query, "readPoint", read_points)
    recorded = (as_time(wanted[name][0]) if name in wanted else None for name in ("GE_recordTime", "LT_recordTime"))
    return Columns(kinds, actions, steps, dispositions, *places, *recorded)


async def _places(conn: Connection, query: Query, member: str, known: list[int] | None) -> list[int] | None:
    found = None if known is None else set(known)
    for name, within in ((f"EQ_{member}", False), (f"WD_{member}", True)):
        if name in query.wanted:
            uris = list(query.wanted[name])
            ids = {r["id"] for r in await conn.fetch(SQL.places, uris, uris if within else [])}
            found = ids if found is None else found & ids
    return None if found is None else sorted(found)


async def rows(conn: Connection, ids: Sequence[UUID], asked: Columns) -> dict[UUID, Row]:
    """Those of the events that the caller may see and whose columns fit."""
    columns_ = structs.astuple(asked)
    await conn.execute(SQL.admit, ids, *columns_)
    return {r["id"]: Row(*r) for r in await conn.fetch(SQL.rows, ids, *columns_)}


async def words(conn: Connection, column: str, after: str, limit: int) -> list[str]:
    """Words of ``step`` or ``disposition`` in the caller's own events, in their order."""
    return [r["word"] for r in await conn.fetch(SQL.words, column, after, limit)]


async def kinds(conn: Connection) -> list[str]:
    """Event types of the caller's own events: the standard's words, and URIs of others."""
    found = await conn.fetch(SQL.kinds, KINDS.index(EventType.ExtendedEvent))
    return list({extended_type(r["type"], r["context"]) if r["type"] else KINDS[r["kind"]].value for r in found})


async def locations(conn: Connection) -> list[str]:
    """Business locations of the caller's own events."""
    return [r["uri"] for r in await conn.fetch(SQL.locations)]


async def read_points(conn: Connection) -> list[str]:
    """Read points of the caller's own events."""
    return [r["uri"] for r in await conn.fetch(SQL.read_points)]


async def codes_seen(conn: Connection, after: int, looked_at: int) -> list[tuple[int, str | None]]:
    """Codes after one that the caller may see, in the order in which they were first named.

    The last is (code, None) when only ``looked_at`` were looked at and there may be more.
    """
    return [(r["code"], r["uri"]) for r in await conn.fetch(SQL.codes_seen, after, looked_at)]
