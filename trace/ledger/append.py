"""Capture: events in, once and for ever, in the caller's transaction.

>>> async with db.transaction() as conn:
...     await append(conn, read(body), by=party, now=now)
[Recorded(id=UUID('019b…'), event_id='ni:///sha-256;…?ver=CBV2.0', fresh=True)]

``prepare`` is the part that only thinks, half of the work: a long document prepares its next events while the database
takes the last ones.

The CBV hash is the identity of an event that brings no eventID: what it leaves out, ``rdfs:comment`` and the query
string of a Digital Link, is kept as the first capture had it.

What one organisation captured another may capture as well: it stays one event, in the words of the first, and others
are noted as its witnesses, who see it like the first. An eventID is its giver's: another content under it is a conflict
for the same organisation, and another event for another. A declaration withdraws the declarer's own report; an event is
void when all who captured it have declared it wrong, and then stays void.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple, TypeAlias
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

FEW, FEW_CODES = 256, 2000
"""Events and codes that one statement records at most; of more, COPY takes the rows at less cost."""

MANY = 64
"""Events from which on it pays to look first what is here, and then to write as if nobody else did."""


class Let(NamedTuple):
    """What the gate let in, all that is bound to those eventIDs, and what was here before."""

    added: list[Prepared]
    bound: Bound
    here: dict[UUID, store.Here]


class Recorded(msgspec.Struct, frozen=True):
    """What became of one event: its id, its eventID, and whether it was new."""

    id: UUID
    event_id: str
    fresh: bool


async def append(conn: Connection, captured: Sequence[Event], *, by: int, now: datetime) -> list[Recorded]:
    """Record what organisation ``by`` captured; what is here already is left as it is.

    Answers in the order given. Raises EventIdConflict when ``by`` gave an eventID to another content, or when the event
    is void by the word of others; NotYourEvent when others alone captured what is declared wrong. Then the transaction
    has to be rolled back.
    """
    return await record(conn, [prepare(event, by) for event in captured], now)


async def record(conn: Connection, entries: Sequence[Prepared], now: datetime) -> list[Recorded]:
    """``append`` for what ``prepare`` gave, by one organisation or by many."""
    done = await at_once(conn, entries, now, {})
    return await in_steps(conn, entries, now) if done is None else done


async def at_once(
    conn: Connection, entries: Sequence[Prepared], now: datetime, places: dict[str, int]
) -> list[Recorded] | None:
    """``record`` for few and plain events, in one statement, which needs no transaction around it.

    ``places`` are known ids of locations, and learns those of these events: keep it only where no transaction around
    takes them back. None, and nothing else is written, when there are too many, or one is a declaration or has one that
    waits for it, or an eventID is bound to another content, or two organisations captured the same.
    """
    unique = _unique(entries)
    codes = sum(len(entry.codes) for entry in unique.values())
    if not 0 < len(unique) <= FEW or codes > FEW_CODES or any(e.event.declaration for e in unique.values()):
        return None
    named = {entry.id: entry.key[0] for entry in unique.values()}
    if len(set(named.values())) < len(unique) or any(entry.by != unique[entry.id].by for entry in entries):
        return None
    at = {place for entry in unique.values() for place in (entry.event.location, entry.event.read_point)}
    if not at <= places.keys():
        places |= await store.places(conn, at)
    each = dict.fromkeys(uri for entry in unique.values() for uri in entry.codes)
    uris = {uri: n for n, uri in enumerate(each, 1)}
    events = _rows(unique.values(), places, now)
    names = [named[row.id] for row in events]
    here = await store.record(conn, uris, events, names, link_rows(unique.values(), uris, places))
    return None if here is None else _recorded(entries, unique, unique.keys() - here)


async def in_steps(conn: Connection, entries: Sequence[Prepared], now: datetime) -> list[Recorded]:
    """``record`` for whatever comes, statement by statement in the caller's transaction."""
    if not entries:
        return []
    if any(entry.event.declaration for entry in entries):
        # A declaration and its event may arrive at once: whichever commits second must see the other.
        await store.alone(conn)
    places = await store.places(
        conn, (at for entry in entries for at in (entry.event.location, entry.event.read_point))
    )
    unique = _unique(entries)
    # The gate comes first: what is here already costs nothing more.
    added, bound, here = await _gate(conn, list(unique.values()), places, now)
    if added:
        ids = await store.intern_codes(conn, dict.fromkeys(uri for entry in added for uri in entry.codes))
        await store.add_links(conn, link_rows(added, ids, places))
    first = {entry.id: entry.by for entry in added} | {id_: stored.party for id_, stored in here.items()}
    joined = list({(entry.id, entry.by): entry for entry in entries if entry.by != first[entry.id]}.values())
    if joined:
        bound |= await _join(conn, joined, now)
    await _withdraw(conn, [*added, *joined], bound)
    return _recorded(entries, unique, {entry.id for entry in added})


def _unique(entries: Sequence[Prepared]) -> dict[UUID, Prepared]:
    unique: dict[UUID, Prepared] = {}
    for entry in entries:
        unique.setdefault(entry.id, entry)
    return unique


def _recorded(entries: Sequence[Prepared], unique: dict[UUID, Prepared], fresh: Container[UUID]) -> list[Recorded]:
    return [Recorded(e.id, e.name, e.id in fresh and unique[e.id] is e) for e in entries]


async def _gate(conn: Connection, entries: list[Prepared], places: dict[str, int], now: datetime) -> Let:
    """Let in what is not here yet: those events, and all that is bound to their eventIDs."""
    if len(entries) < MANY:
        return await _one_by_one(conn, entries, places, now)
    here = await store.here(conn, (entry.id for entry in entries))
    _require_equal(entries, here)
    added = [entry for entry in entries if entry.id not in here]
    wanted = _wanted(added)
    if not added:
        return Let([], {}, here)
    try:
        async with conn.transaction():  # a savepoint
            await store.insert_events(conn, _rows(added, places, now))
            return Let(added, wanted | await store.copy_names(conn, wanted), here)
    except UniqueViolationError:  # another writer was first with some, or an eventID is bound to another content
        return await _one_by_one(conn, entries, places, now)


async def _one_by_one(conn: Connection, entries: list[Prepared], places: dict[str, int], now: datetime) -> Let:
    """The gate for few events, and for those that others write at the same moment."""
    fresh = await store.add_events(conn, _rows(entries, places, now))
    repeated = [entry.id for entry in entries if entry.id not in fresh]
    here = await store.here(conn, repeated) if repeated else {}
    _require_equal(entries, here)
    added = [entry for entry in entries if entry.id in fresh]
    return Let(added, await _bind(conn, added) if added else {}, here)


async def _bind(conn: Connection, entries: list[Prepared]) -> Bound:
    bound = await store.bind_names(conn, _wanted(entries))
    for entry in entries:
        if bound[entry.key] != entry.id:
            raise _conflict(entry)
    return bound


async def _join(conn: Connection, joined: list[Prepared], now: datetime) -> Bound:
    """Note who captured what another had captured before. What the others have all withdrawn, nobody joins."""
    bound = await _bind(conn, joined)
    new = await store.add_witnesses(conn, ((entry.id, entry.by) for entry in joined), now)
    reports = _reports(bound)
    for entry in joined:
        found = reports[entry.key[0]]
        if (entry.id, entry.by) in new and entry.id in found.withdrawn_without(entry.by):
            raise EventIdConflict(
                f"others captured {entry.name} before, and declared it wrong",
                where="eventID",
                mend="if it happened, give the event an eventID of its own",
                event=entry.name,
            )
    return bound


def _rows(entries: Iterable[Prepared], places: dict[str, int], now: datetime) -> list[EventRow]:
    """Sorted, so that two writers of the same events never wait for one another in a ring."""
    return sorted((event_row(entry, places, now) for entry in entries), key=itemgetter(0))


def _wanted(entries: list[Prepared]) -> Bound:
    wanted: Bound = {}
    for entry in entries:
        if wanted.setdefault(entry.key, entry.id) != entry.id:
            raise _conflict(entry)
    return wanted


def _require_equal(entries: list[Prepared], here: dict[UUID, store.Here]) -> None:
    for entry in entries:
        if entry.id in here and here[entry.id].digest != entry.digest:
            raise _conflict(entry)


def _conflict(entry: Prepared) -> EventIdConflict:
    return EventIdConflict(
        f"another event with the eventID {entry.name} is recorded",
        where="eventID",
        mend="give the new event an eventID of its own, or none",
        event=entry.name,
    )


class _Reports(NamedTuple):
    """What is said under one eventID: who captured which event, and who has declared its own wrong."""

    captured: dict[int, UUID]
    declared: set[int]

    def withdrawn_without(self, party: int | None = None) -> set[UUID]:
        """The events that all have withdrawn who captured them, ``party`` left out."""
        standing = {ev for by, ev in self.captured.items() if by not in self.declared and by != party}
        return {ev for by, ev in self.captured.items() if by != party} - standing


def _reports(bound: Bound) -> dict[bytes, _Reports]:
    reports: dict[bytes, _Reports] = defaultdict(lambda: _Reports({}, set()))
    for (h, when, party), ev in bound.items():
        if when == ORIGINAL:
            reports[h].captured[party] = ev
        else:
            reports[h].declared.add(party)
    return reports


async def _withdraw(conn: Connection, fresh: list[Prepared], bound: Bound) -> None:
    """Void what is declared wrong, by the declarations among ``fresh`` or by earlier ones of what is among them.

    Only who captured an event may declare it wrong: a declaration under an eventID that others alone have used is
    refused, and one that came before an event of somebody else stays without effect.
    """
    if all(when == ORIGINAL for _, when, _ in bound):  # as nearly always: nobody has declared anything
        return
    reports = _reports(bound)
    for entry in fresh:
        found = reports[entry.key[0]]
        if entry.event.declaration and found.captured and entry.by not in found.captured:
            raise NotYourEvent(
                f"{entry.name} was captured by another organisation",
                where="errorDeclaration",
                mend="ask that organisation to declare it wrong",
                event=entry.name,
            )
    void = {ev for found in reports.values() if found.declared for ev in found.withdrawn_without()}
    if void:
        for stored in await store.stored(conn, void):
            await _void(conn, stored)


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
