"""The query door's SQL: what it reads of the ledger, and what of that a caller may see."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from zhuisu.codes import canonical, class_of
from zhuisu.db import Connection, queries, rows_for
from zhuisu.epcis.filters import Query
from zhuisu.epcis.operands import as_time
from zhuisu.epcis.patterns import is_pattern
from zhuisu.ledger.append import ACTIONS, KINDS
from zhuisu.ledger.model import name_hash
from zhuisu.ledger.store import Id, find_codes

SQL = queries(__file__)

MOST_CODES = 20_000
"""Codes of one class that a pattern is looked up by; with more of them every event is looked at."""

Claim = tuple[bool, int | None, list[int]]


class Scope(Struct, frozen=True):
    """What a caller has a claim to: everything, or what it captured and what happened at these places."""

    everything: bool
    party: int | None
    places: list[int]

    @property
    def claim(self) -> Claim:
        """As statements take it."""
        return self.everything, self.party, self.places


class Row(NamedTuple):
    """An event as the query door reads it; ``own``: the caller captured it, or it happened at its place."""

    id: UUID
    name: str
    rec: datetime
    doc: str
    own: bool


async def own_places(conn: Connection, organisation: int | None, divisions: Sequence[str]) -> list[int]:
    """Ids of the places that are sites of an organisation or lie in divisions with these prefixes."""
    return [r["id"] for r in await conn.fetch(SQL.own_places, organisation, list(divisions))]


async def ids_between(conn: Connection, low: UUID, high: UUID, *, descending: bool, limit: int) -> list[UUID]:
    """Event ids strictly between two, from the side where the answer begins."""
    return [r["id"] for r in await conn.fetch(SQL.ids_down if descending else SQL.ids_up, low, high, limit)]


async def recorded_after(conn: Connection, id_: UUID, *, descending: bool, limit: int) -> list[UUID]:
    """Event ids behind one in the order of recording, or against it."""
    return [r["id"] for r in await conn.fetch(SQL.recorded_down if descending else SQL.recorded_up, id_, limit)]


async def in_order_of_recording(conn: Connection, ids: Iterable[UUID]) -> list[UUID]:
    """These events in the order of recording."""
    return [r["id"] for r in await rows_for(conn, SQL.in_order_of_recording, ids)]


async def ids_of_codes(conn: Connection, wanted: Sequence[str]) -> list[UUID] | None:
    """Ids of the events that name one of these codes or patterns, in no order; None when the codes are too many."""
    ids = set((await find_codes(conn, [text for text in wanted if not is_pattern(text)])).values())
    for text in filter(is_pattern, wanted):
        single = class_of(canonical(text))
        if not single:
            return None
        found = await conn.fetch(SQL.codes_of_classes, [single], MOST_CODES + 1)
        if len(found) > MOST_CODES:
            return None
        ids |= {r["id"] for r in found}
    return [r["id"] for r in await rows_for(conn, SQL.ids_of_codes, ids)]


async def ids_of_names(conn: Connection, event_ids: Iterable[str]) -> list[UUID]:
    """Ids of the events under these eventIDs, declarations among them, in no order."""
    return [r["id"] for r in await conn.fetch(SQL.ids_of_names, [Id(name_hash(name)) for name in event_ids])]


class Columns(Struct, frozen=True):
    """What a query asks of the columns; None asks for nothing."""

    kinds: list[int] | None
    actions: list[int] | None
    steps: list[str] | None
    dispositions: list[str] | None
    places: list[int] | None
    recorded_from: datetime | None
    recorded_until: datetime | None


async def columns(conn: Connection, query: Query) -> Columns:
    """The part of a query that columns answer."""
    wanted = query.wanted
    kinds = [n for n, kind in enumerate(KINDS) if kind in wanted["eventType"]] if "eventType" in wanted else None
    actions = [n for n, a in enumerate(ACTIONS) if a in wanted["EQ_action"]] if "EQ_action" in wanted else None
    steps, dispositions = (list(wanted[name]) if name in wanted else None for name in ("EQ_bizStep", "EQ_disposition"))
    places = None
    for name in ("EQ_bizLocation", "WD_bizLocation"):
        if name in wanted:
            sites = list(wanted[name])
            found = {r["id"] for r in await conn.fetch(SQL.place_ids, sites, sites if name[0] == "W" else [])}
            places = sorted(found if places is None else found.intersection(places))
    recorded = (as_time(wanted[name][0]) if name in wanted else None for name in ("GE_recordTime", "LT_recordTime"))
    return Columns(kinds, actions, steps, dispositions, places, *recorded)


async def rows(conn: Connection, ids: Sequence[UUID], asked: Columns, scope: Scope) -> dict[UUID, Row]:
    """Those of the events whose columns fit."""
    columns_ = (
        asked.kinds,
        asked.actions,
        asked.steps,
        asked.dispositions,
        asked.places,
        asked.recorded_from,
        asked.recorded_until,
    )
    return {r["id"]: Row(*r) for r in await conn.fetch(SQL.rows, ids, *columns_, *scope.claim)}


async def of_goods_held(conn: Connection, named: Iterable[tuple[UUID, int, bool]], scope: Scope) -> set[UUID]:
    """Of (event, code, whether that is a lot) the events to which having held the code gives a claim."""
    asked = list(named)
    codes, lots = [code for _, code, _ in asked], [lot for _, _, lot in asked]
    found = await rows_for(conn, SQL.of_goods_held, [ev for ev, _, _ in asked], codes, lots, scope.places, scope.party)
    return {r["id"] for r in found}


async def words(conn: Connection, column: str, scope: Scope, after: str, limit: int) -> list[str]:
    """Words of ``step`` or ``disposition`` in the caller's own events, in their order."""
    return [r["word"] for r in await conn.fetch(SQL.words, column, *scope.claim, after, limit)]


async def kinds(conn: Connection, scope: Scope) -> list[str]:
    """Event types of the caller's own events."""
    found = {r["kind"] for r in await conn.fetch(SQL.kinds, *scope.claim)}
    return [kind.value for n, kind in enumerate(KINDS) if n in found]


async def named_places(conn: Connection, member: str, scope: Scope) -> list[str]:
    """Places in the caller's own events, as their documents spell them."""
    return [r["uri"] for r in await conn.fetch(SQL.named_places, member, *scope.claim) if r["uri"]]


async def codes_after(conn: Connection, id_: int, limit: int) -> list[tuple[int, str]]:
    """Codes after one, in the order in which they were first named."""
    return [(r["id"], r["uri"]) for r in await conn.fetch(SQL.codes_after, id_, limit)]


async def codes_held(conn: Connection, ids: Iterable[int], scope: Scope) -> set[int]:
    """Of these codes those that the caller may see."""
    return {r["code"] for r in await rows_for(conn, SQL.codes_held, ids, *scope.claim)}
