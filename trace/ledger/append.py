"""Capture: events in, once and for ever, in the caller's transaction.

>>> async with db.transaction() as conn:
...     await append(conn, read(body), by=party, now=now)
[Recorded(id=UUID('019b…'), event_id='ni:///sha-256;…?ver=CBV2.0', fresh=True)]

``prepare`` is the part that only thinks, half of the work: a long document prepares its next events while the database
takes the last ones.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from zhuisu import events
from zhuisu.db import Connection
from zhuisu.events import Action, Event, EventType, identify
from zhuisu.ledger import store
from zhuisu.ledger.errors import EventIdConflict, NotYourEvent
from zhuisu.ledger.model import Links, Role, event_id, links, name_hash

ORIGINAL = datetime(1900, 1, 1, tzinfo=UTC)
"""In ``ledger.name.declared``: not a declaration but the event itself."""

Bound: TypeAlias = dict[store.Name, UUID]

KINDS = list(EventType)
ACTIONS = [None, *Action]


class Recorded(msgspec.Struct, frozen=True):
    """What became of one event: its id, its eventID, and whether it was new."""

    id: UUID
    event_id: str
    fresh: bool


class Prepared(msgspec.Struct, frozen=True):
    """An event with its id, its digest, its eventID and what that is bound by; ``by`` is who captured it."""

    event: Event
    by: int
    id: UUID
    digest: bytes
    name: str
    key: store.Name


async def append(conn: Connection, captured: Sequence[Event], *, by: int, now: datetime) -> list[Recorded]:
    """Record what organisation ``by`` captured; what is here already is left as it is.

    Answers in the order given. Raises EventIdConflict when an eventID is bound to another content, NotYourEvent; then
    the transaction has to be rolled back.
    """
    return await record(conn, [prepare(event, by) for event in captured], now)


def prepare(event: Event, by: int) -> Prepared:
    """What ``record`` needs to know of an event that organisation ``by`` captured."""
    name, content = identify(event)
    name = event.event_id or name
    declared = event.declaration.time if event.declaration else ORIGINAL
    return Prepared(event, by, store.Id(event_id(event, content)), content, name, (name_hash(name), declared))


async def record(conn: Connection, entries: Sequence[Prepared], now: datetime) -> list[Recorded]:
    """``append`` for what ``prepare`` gave, by one organisation or by many."""
    if not entries:
        return []
    if any(entry.event.declaration for entry in entries):
        # A declaration and its event may arrive at once: whichever commits second must see the other.
        await store.alone(conn)
    places = await store.places(conn, (_place(entry.event) for entry in entries))
    unique: dict[UUID, Prepared] = {}
    for entry in entries:
        unique.setdefault(entry.id, entry)
    # The gate comes first: what is here already costs nothing more.
    fresh = await store.add_events(conn, [_row(entry, places, now) for entry in unique.values()])
    await _require_equal(conn, [entry for entry in unique.values() if entry.id not in fresh])
    added = [entry for entry in unique.values() if entry.id in fresh]
    if added:
        bound = await _bind(conn, added)
        await _link(conn, added, places)
        await _withdraw(conn, added, bound)
    return [Recorded(e.id, e.name, e.id in fresh and unique[e.id] is e) for e in entries]


def _place(event: Event) -> str:
    return event.location or event.read_point


def _row(entry: Prepared, places: dict[str, int], now: datetime) -> store.EventRow:
    event = entry.event
    return store.EventRow(
        id=entry.id,
        digest=entry.digest,
        t=event.time,
        rec=now,
        kind=KINDS.index(event.type),
        action=ACTIONS.index(event.action),
        step=event.step,
        disposition=event.disposition,
        loc=places[_place(event)],
        party=entry.by,
        name=entry.name,
        declared=event.declaration is not None,
        doc=event.doc.decode(),
    )


async def _bind(conn: Connection, entries: list[Prepared]) -> Bound:
    """Bind the eventIDs of ``entries``; all that is bound to these eventIDs, declarations too."""
    wanted: Bound = {}
    for entry in entries:
        if wanted.setdefault(entry.key, entry.id) != entry.id:
            raise _conflict(entry)
    bound = await store.bind_names(conn, wanted)
    for entry in entries:
        if bound[entry.key] != entry.id:
            raise _conflict(entry)
    return bound


async def _require_equal(conn: Connection, repeated: list[Prepared]) -> None:
    known = await store.digests(conn, (entry.id for entry in repeated))
    for entry in repeated:
        if known[entry.id] != entry.digest:
            raise _conflict(entry)


def _conflict(entry: Prepared) -> EventIdConflict:
    return EventIdConflict(
        f"another event with the eventID {entry.name} is recorded",
        where="eventID",
        mend="give the new event an eventID of its own, or none",
        event=entry.name,
    )


async def _link(conn: Connection, added: list[Prepared], places: dict[str, int]) -> None:
    linked = [(entry, links(entry.event)) for entry in added]
    ids = await store.intern_codes(conn, (uri for _, found in linked for uri in _uris(found)))
    touches, holds, parts = [], [], []
    for entry, found in linked:
        loc = places[_place(entry.event)]
        if entry.event.declaration:
            named = dict.fromkeys(ids[uri] for uri in _uris(found))
            touches += [(code, entry.id, loc, int(Role.declaration)) for code in named]
            continue
        touches += [(ids[t.uri], entry.id, loc, int(t.role)) for t in found.touches]
        holds += [(ids[h.child], entry.id, ids[h.parent], loc, int(h.op)) for h in found.holds]
        group = [t for t in found.touches if t.role in {Role.input, Role.output, Role.transformation}]
        parts += [(entry.id, int(t.role), ids[t.uri]) for t in group]
    await store.add_links(conn, touches, holds, parts)


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
    ids = await store.intern_codes(conn, _uris(found))
    await store.void(
        conn,
        stored.id,
        list(dict.fromkeys(ids[t.uri] for t in found.touches)),
        list(dict.fromkeys((ids[h.child], ids[h.parent]) for h in found.holds)),
    )


def _uris(found: Links) -> list[str]:
    return [*(t.uri for t in found.touches), *(uri for h in found.holds for uri in (h.parent, h.child))]
