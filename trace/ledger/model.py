"""How an event becomes rows: its id, and which codes it names in which role. Pure.

>>> links(pack_of_two).holds
(Hold(child='…/21/1', parent='…/00/3', op=Op.packed), …)
"""

import hashlib
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple, assert_never
from uuid import UUID

from zhuisu.codes import canonical_certificate, class_of, lot_of
from zhuisu.events import Action, Event, EventType

LAST = UUID(int=(1 << 128) - 1)
"""After every event."""

SKEW = timedelta(minutes=5)
"""How far the clock of whoever reports an event may run ahead of ours."""


class Role(IntEnum):
    """How an event names a code other than as a child. The numbers stand in ``ledger.touch.role``."""

    observed = 0
    packed = 1
    unpacked = 2
    emptied = 3
    freed = 4
    cited = 5
    input = 6
    output = 7
    transformation = 8
    void = 9
    declaration = 10


class Op(IntEnum):
    """How an event changes what a child is in. The numbers stand in ``ledger.hold.op``; leaving is entering + 1."""

    packed = 1
    unpacked = 2
    associated = 3
    dissociated = 4
    member = 5
    quantity_packed = 6
    quantity_unpacked = 7
    void = 9


class Rank(IntEnum):
    """Order of events that share a millisecond: a thing exists before it is packed, and is packed before it moves."""

    commission = 0
    transform_out = 1
    pack = 2
    observe = 5
    transform_in = 7
    unpack = 8
    destroy = 15


class Touch(NamedTuple):
    """An event names ``uri`` in ``role``."""

    uri: str
    role: Role


class Hold(NamedTuple):
    """An event moves ``child`` into or out of ``parent``."""

    child: str
    parent: str
    op: Op


class Links(NamedTuple):
    """The rows an event leaves behind, without duplicates and in the event's own order."""

    touches: tuple[Touch, ...]
    holds: tuple[Hold, ...]


def event_id(event: Event, digest: bytes) -> bytes:
    """UUIDv8 (RFC 9562 §5.8): 48 bits ms of event time, 4 bits rank, 70 bits of ``digest``: equal content, equal id."""
    ms = int(event.time.timestamp() * 1000 + 0.5)
    head = ms << 16 | 0x8 << 12 | rank(event) << 8 | digest[0]
    tail = int.from_bytes(digest[1:9], "big") & (1 << 62) - 1 | 0b10 << 62
    return (head << 64 | tail).to_bytes(16, "big")


def bound(at: datetime) -> UUID:
    """The id after every event of ``at``'s millisecond and before all later ones."""
    return UUID(int=(int(at.timestamp() * 1000) + 1) << 80)


def name_hash(event_id: str) -> bytes:
    """Key of an eventID in ``ledger.name``, a UUID's 16 bytes."""
    return hashlib.sha256(event_id.encode()).digest()[:16]


def rank(event: Event) -> Rank:
    """Where ``event`` stands among events of the same millisecond."""
    if event.type is EventType.TransformationEvent:
        return Rank.transform_out if event.outputs or event.output_quantities else Rank.transform_in
    return _RANKS.get((event.type, event.action), Rank.observe)


_RANKS: dict[tuple[EventType, Action | None], Rank] = {
    (EventType.AggregationEvent, Action.ADD): Rank.pack,
    (EventType.AssociationEvent, Action.ADD): Rank.pack,
    (EventType.AggregationEvent, Action.DELETE): Rank.unpack,
    (EventType.AssociationEvent, Action.DELETE): Rank.unpack,
    (EventType.ObjectEvent, Action.ADD): Rank.commission,
    (EventType.ObjectEvent, Action.DELETE): Rank.destroy,
}


def links(event: Event) -> Links:
    """The codes that ``event`` names, each in its role.

    An extended event says of its codes no more than that they were there: what its type does to them is its owner's
    word alone. So all codes in fields of the standard are observed, and none is made, used up, packed or taken out.
    """
    touches: list[Touch] = []
    holds: list[Hold] = []
    items = (*event.epcs, *(q.uri for q in event.quantities))
    match event.type:
        case EventType.ObjectEvent:
            touches += (Touch(uri, Role.observed) for uri in items)
            if lot := lot_uri(event):
                holds += (Hold(uri, lot, Op.member) for uri in event.epcs)
        case EventType.TransactionEvent:
            touches += (Touch(uri, Role.observed) for uri in (event.parent, *items) if uri)
        case EventType.TransformationEvent:
            inputs = (*event.inputs, *(q.uri for q in event.input_quantities))
            outputs = (*event.outputs, *(q.uri for q in event.output_quantities))
            touches += (Touch(uri, Role.input) for uri in inputs)
            touches += (Touch(uri, Role.output) for uri in outputs)
            touches += (Touch(uri, Role.transformation) for uri in (event.transformation,) if uri)
            if lot := lot_uri(event):
                holds += (Hold(uri, lot, Op.member) for uri in event.outputs)
        case EventType.AggregationEvent | EventType.AssociationEvent:
            children = (*event.children, *(q.uri for q in event.child_quantities))
            enter = Op.packed if event.type is EventType.AggregationEvent else Op.associated
            match event.action:
                case Action.ADD | Action.DELETE as action:
                    leave = int(action is Action.DELETE)
                    # Emptying a container leaves the sensor on it: association is another relation (EPCIS 2.0 §7.4.6).
                    all_out = Role.emptied if enter is Op.packed else Role.freed
                    entry = (Role.unpacked if children else all_out) if leave else Role.packed
                    touches.append(Touch(event.parent, entry))
                    holds += (Hold(uri, event.parent, Op(enter + leave)) for uri in event.children)
                    portion = Op(Op.quantity_packed + leave)
                    holds += (Hold(q.uri, event.parent, portion) for q in event.child_quantities)
                case _:
                    touches += (Touch(uri, Role.observed) for uri in (event.parent, *children) if uri)
        case EventType.ExtendedEvent:
            parts = (event.child_quantities, event.input_quantities, event.output_quantities)
            named = (event.parent, *items, *event.children, *event.inputs, *event.outputs)
            touches += (Touch(uri, Role.observed) for uri in (*named, *(q.uri for part in parts for q in part)) if uri)
            touches += (Touch(uri, Role.transformation) for uri in (event.transformation,) if uri)
        case _:
            assert_never(event.type)
    touches += (Touch(canonical_certificate(uri), Role.cited) for uri in event.certificates)
    return Links(tuple(dict.fromkeys(touches)), tuple(dict.fromkeys(holds)))


def lot_uri(event: Event) -> str:
    """The lot that the event's master data give its instances (CBV 2.0 §9, lotNumber), "" when they give none.

    One lot number means one lot only when all instances are of one class.
    """
    if not event.lot:
        return ""
    classes = {class_of(uri) for uri in (*event.epcs, *event.outputs)}
    if len(classes) != 1 or not (single := classes.pop()):
        return ""
    return lot_of(single, event.lot)


def cluster(uri: str) -> str:
    """What ``uri`` is stored beside: its class, else the URI without its last ten characters (an SSCC's company)."""
    return class_of(uri) or uri[:-10]
