"""Capture: events in, once and for ever, in the caller's transaction.

>>> async with db.transaction() as conn:
...     await append(conn, read(body), by=party, now=now)
[Recorded(id=UUID('019b…'), event_id='ni:///sha-256;…?ver=CBV2.0', fresh=True)]

``prepare`` is the part that only thinks, half of the work: a long document prepares its next events while the database
takes the last ones.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import TypeAlias
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError

from zhuisu import events
from zhuisu.db import Connection
from zhuisu.events import Event
from zhuisu.ledger import store
from zhuisu.ledger.errors import EventIdConflict, NotYourEvent
from zhuisu.ledger.model import links
from zhuisu.ledger.rows import ORIGINAL, EventRow, Name, Prepared, codes, event_row, link_rows, prepare

Bound: TypeAlias = dict[Name, UUID]

MANY = 64
"""Events from which on it pays to look first what is here, and then to write as if nobody else did."""


class Recorded(msgspec.Struct, frozen=True):
    """What became of one event: its id, its eventID, and whether it was new."""

    id: UUID
    event_id: str
    fresh: bool


async def append(conn: Connection, captured: Sequence[Event], *, by: int, now: datetime) -> list[Recorded]:
    """Record what organisation ``by`` captured; what is here already is left as it is.

    Answers in the order given. Raises EventIdConflict when an eventID is bound to another content, NotYourEvent; then
    the transaction has to be rolled back.
    """
    return await record(conn, [prepare(event, by) for event in captured], now)


async def record(conn: Connection, entries: Sequence[Prepared], now: datetime) -> list[Recorded]:
    """``append`` for what ``prepare`` gave, by one organisation or by many."""
    if not entries:
        return []
    if any(entry.event.declaration for entry in entries):
        # A declaration and its event may arrive at once: whichever commits second must see the other.
        await store.alone(conn)
    named = {place for entry in entries for place in (entry.event.location, entry.event.read_point)}
    places = await store.places(conn, named)
    unique: dict[UUID, Prepared] = {}
    for entry in entries:
        unique.setdefault(entry.id, entry)
    # The gate comes first: what is here already costs nothing more.
    added, bound = await _gate(conn, list(unique.values()), places, now)
    if added:
        ids = await store.intern_codes(conn, dict.fromkeys(uri for entry in added for uri in entry.codes))
        await store.add_links(conn, link_rows(added, ids, places))
        await _withdraw(conn, added, bound)
    fresh = {entry.id for entry in added}
    return [Recorded(e.id, e.name, e.id in fresh and unique[e.id] is e) for e in entries]


async def _gate(
    conn: Connection, entries: list[Prepared], places: dict[str, int], now: datetime
) -> tuple[list[Prepared], Bound]:
    """Let in what is not here yet: those events, and all that is bound to their eventIDs."""
    if len(entries) < MANY:
        return await _one_by_one(conn, entries, places, now)
    known = await store.digests(conn, (entry.id for entry in entries))
    _require_equal(entries, known)
    added = [entry for entry in entries if entry.id not in known]
    wanted = _wanted(added)
    if not added:
        return [], wanted
    try:
        async with conn.transaction():  # a savepoint
            await store.insert_events(conn, _rows(added, places, now))
            return added, wanted | await store.copy_names(conn, wanted)
    except UniqueViolationError:  # another writer was first with some, or an eventID is bound to another content
        return await _one_by_one(conn, entries, places, now)


async def _one_by_one(
    conn: Connection, entries: list[Prepared], places: dict[str, int], now: datetime
) -> tuple[list[Prepared], Bound]:
    """The gate for few events, and for those that others write at the same moment."""
    fresh = await store.add_events(conn, _rows(entries, places, now))
    if repeated := [entry for entry in entries if entry.id not in fresh]:
        _require_equal(repeated, await store.digests(conn, (entry.id for entry in repeated)))
    added = [entry for entry in entries if entry.id in fresh]
    bound = await store.bind_names(conn, _wanted(added)) if added else {}
    for entry in added:
        if bound[entry.key] != entry.id:
            raise _conflict(entry)
    return added, bound


def _rows(entries: list[Prepared], places: dict[str, int], now: datetime) -> list[EventRow]:
    """Sorted, so that two writers of the same events never wait for one another in a ring."""
    return sorted((event_row(entry, places, now) for entry in entries), key=itemgetter(0))


def _wanted(entries: list[Prepared]) -> Bound:
    wanted: Bound = {}
    for entry in entries:
        if wanted.setdefault(entry.key, entry.id) != entry.id:
            raise _conflict(entry)
    return wanted


def _require_equal(entries: list[Prepared], known: dict[UUID, bytes]) -> None:
    for entry in entries:
        if known.get(entry.id, entry.digest) != entry.digest:
            raise _conflict(entry)


def _conflict(entry: Prepared) -> EventIdConflict:
    return EventIdConflict(
        f"another event with the eventID {entry.name} is recorded",
        where="eventID",
        mend="give the new event an eventID of its own, or none",
        event=entry.name,
    )


async def _withdraw(conn: Connection, added: list[Prepared], bound: Bound) -> None:
    """Void what a declaration among ``added`` declares wrong, and what an earlier one had declared wrong.

    Only who captured an event may declare it wrong: a declaration under somebody else's event is refused, and one that
    came before an event of somebody else stays without effect.
    """
    declarations: dict[bytes, set[UUID]] = defaultdict(set)
    for (h, when), ev in bound.items():
        if when != ORIGINAL:
            declarations[h].add(ev)
    concerned = {e.key[0]: e for e in added if e.key[0] in declarations}
    originals = {h: bound[h, ORIGINAL] for h in concerned if (h, ORIGINAL) in bound}
    evs = [*originals.values(), *(ev for h in originals for ev in declarations[h])]
    here = {stored.id: stored for stored in await store.stored(conn, evs)}
    for h, ev in originals.items():
        captured = here[ev].party
        mine = concerned[h]
        if mine.event.declaration and captured != mine.by:
            raise NotYourEvent(
                f"{mine.name} was captured by another organisation",
                where="errorDeclaration",
                mend="ask that organisation to declare it wrong",
                event=mine.name,
            )
        if any(here[declaration].party == captured for declaration in declarations[h]):
            await _void(conn, here[ev])


async def _void(conn: Connection, stored: store.Stored) -> None:
    # The original's own words decide what is void, whatever the declaration's copy of them says.
    found = links(events.stored(stored.doc.encode()))
    ids = await store.intern_codes(conn, codes(found))
    await store.void(
        conn,
        stored.id,
        list(dict.fromkeys(ids[t.uri] for t in found.touches)),
        list(dict.fromkeys((ids[h.child], ids[h.parent]) for h in found.holds)),
    )
