"""What an event becomes in the ledger's tables: everything that can be said before the database is asked. Pure.

>>> entry = prepare(event, by=1)
>>> entry.codes
('https://id.gs1.org/00/…', 'https://id.gs1.org/01/…/21/1', …)
>>> link_rows([entry], ids, places).touches                # once their ids are known
[(7, UUID('019b…'), 3, <Role.packed: 1>)]
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from asyncpg.pgproto import pgproto

from zhuisu.events import Action, Event, EventType, identify
from zhuisu.ledger.goods import Goods, goods
from zhuisu.ledger.model import Links, Role, event_id, links, name_hash

ORIGINAL = datetime(1900, 1, 1, tzinfo=UTC)
"""In ``ledger.name.declared``: not a declaration but the event itself."""

Id = pgproto.UUID
"""A UUID that asyncpg makes and writes without detours; equal to and hashed as the standard library's."""

Name: TypeAlias = tuple[bytes, datetime, int]
"""Hash of an eventID, the time of the declaration or a constant for the event itself, and the party that gave it.

An eventID is its giver's: two organisations that use one for different events have nothing to do with one another.
"""

KINDS = list(EventType)
ACTIONS = [None, *Action]
"""Their places here are the numbers in ledger.event."""
_GROUP = frozenset({Role.input, Role.output, Role.transformation})


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """An event with its id, its digest, its eventID and what that is bound by; ``by`` is who captured it.

    ``codes`` are those of ``links``, each once.
    """

    event: Event
    by: int
    id: UUID
    digest: bytes
    name: str
    key: Name
    links: Links
    goods: Goods
    codes: tuple[str, ...]


class EventRow(NamedTuple):
    """One row of ledger.event; the fields stand in the order of its columns, of which the last fills itself."""

    id: UUID
    digest: bytes
    t: datetime
    rec: datetime
    kind: int
    action: int
    step: str
    disposition: str
    loc: int
    read_point: int
    party: int
    biz: bool
    name: str
    declared: bool
    doc: str


class LinkRows(NamedTuple):
    """Rows of the tables of the same names; the field order is that of their columns."""

    touch: list[tuple[int, UUID, int, int]]
    hold: list[tuple[int, UUID, int, int, int]]
    part: list[tuple[UUID, int, int]]
    about: list[tuple[UUID, list[int] | None, list[int] | None]]


def prepare(event: Event, by: int) -> Prepared:
    """What ``record`` needs to know of an event that organisation ``by`` captured."""
    name, content = identify(event)
    declared = event.declaration.time if event.declaration else ORIGINAL
    found = links(event)
    return Prepared(
        event,
        by,
        Id(event_id(event, content)),
        content,
        name,
        (name_hash(name), declared, by),
        found,
        goods(found),
        tuple(codes(found)),
    )


def codes(found: Links) -> dict[str, None]:
    """The codes of ``found``, each once, in its order."""
    named = dict.fromkeys([touch.uri for touch in found.touches])
    for child, parent, _ in found.holds:
        named[parent] = named[child] = None
    return named


def place(event: Event) -> str:
    """Where it happened: the business location, else the read point."""
    return event.location or event.read_point


def event_row(entry: Prepared, places: dict[str, int], now: datetime) -> EventRow:
    """The row of an event that is recorded at ``now``."""
    event = entry.event
    return EventRow(
        entry.id,
        entry.digest,
        event.time,
        now,
        KINDS.index(event.type),
        ACTIONS.index(event.action),
        event.step,
        event.disposition,
        places[place(event)],
        places[event.read_point],
        entry.by,
        bool(event.location),
        entry.name,
        event.declaration is not None,
        event.doc.decode(),
    )


def link_rows(entries: Iterable[Prepared], ids: dict[str, int], places: dict[str, int]) -> LinkRows:
    """The rows that lead from codes to ``entries``; a declaration is only found by the codes it names."""
    touches, holds, parts, about = rows = LinkRows([], [], [], [])
    for entry in entries:
        ev, found, loc = entry.id, entry.links, places[place(entry.event)]
        items, lots = entry.goods
        if items or lots:
            about.append((ev, [ids[uri] for uri in items] or None, [ids[uri] for uri in lots] or None))
        if entry.event.declaration:
            touches += [(ids[uri], ev, loc, Role.declaration) for uri in entry.codes]
            continue
        touches += [(ids[uri], ev, loc, role) for uri, role in found.touches]
        holds += [(ids[child], ev, ids[parent], loc, op) for child, parent, op in found.holds]
        if entry.event.type is EventType.TransformationEvent:
            parts += [(ev, role, ids[uri]) for uri, role in found.touches if role in _GROUP]
    return rows
