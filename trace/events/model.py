"""What happened, as values: one EPCIS 2.0 event with all names of goods, places and parties in canonical form.

An ``Event`` is what the ledger indexes; ``doc`` is what it keeps and gives back.

>>> read(b'{"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", "type": "ObjectEvent", …}')[0].step
'shipping'
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct


class EventType(StrEnum):
    """The five event types (EPCIS 2.0 §7.4), and one for all of others (§7.1.2): ``Event.extended`` says which."""

    ObjectEvent = "ObjectEvent"
    AggregationEvent = "AggregationEvent"
    TransactionEvent = "TransactionEvent"
    TransformationEvent = "TransformationEvent"
    AssociationEvent = "AssociationEvent"
    ExtendedEvent = "ExtendedEvent"


STANDARD_TYPES = tuple(kind.value for kind in EventType if kind is not EventType.ExtendedEvent)
"""The types that an event names by a bare word."""


class Action(StrEnum):
    """How the event relates to the life of what it names (EPCIS 2.0 §7.3, Action)."""

    ADD = "ADD"
    OBSERVE = "OBSERVE"
    DELETE = "DELETE"


class Quantity(Struct, frozen=True, kw_only=True, gc=False):
    """So much of a class (EPCIS 2.0 §7.3). ``quantity`` None: not told; ``uom`` empty: pieces, else UN/ECE Rec. 20."""

    uri: str
    quantity: Decimal | None = None
    uom: str = ""


class Party(Struct, frozen=True, kw_only=True, gc=False):
    """A source or destination (EPCIS 2.0 §7.3). ``type`` is a CBV word (``possessing_party``) or a full URI."""

    type: str
    uri: str


class BizTransaction(Struct, frozen=True, kw_only=True, gc=False):
    """A document the event belongs to (EPCIS 2.0 §7.3). ``type`` is a CBV word (``desadv``), a full URI, or empty."""

    type: str = ""
    uri: str


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """One sensorReport (EPCIS 2.0 §7.3). Times come from it or else from its sensorMetadata; numbers are in ``uom``.

    ``type`` is a CBV word or a full URI; empty where the report is an ``exception`` alone.
    """

    type: str = ""
    time: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    value: Decimal | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    mean: Decimal | None = None
    uom: str = ""
    device: str = ""
    exception: str = ""


class ErrorDeclaration(Struct, frozen=True, kw_only=True, gc=False):
    """The event tells that an earlier one with the same eventID was wrong (EPCIS 2.0 §7.4.1.2)."""

    time: datetime
    reason: str = ""
    corrective: tuple[str, ...] = ()


class Event(Struct, frozen=True, kw_only=True, gc=False):
    """One event. Absent text is "", absent lists are (); ``event_id`` is the client's own or "".

    Times are aware and in UTC, ``offset`` is the local one. ``step`` and ``disposition`` are bare CBV words, or full
    URIs of other vocabularies. ``doc`` is the event alone as compact JSON with exactly the fields that came in, behind
    what its ``@context`` inherited from the document; ``stored`` reads it back.

    ``extended`` is the full URI of an ExtendedEvent's type. Of the standard's fields it holds those that stand in
    ``doc`` in their standard shape.
    """

    type: EventType
    time: datetime
    offset: str
    doc: bytes
    extended: str = ""
    record_time: datetime | None = None
    event_id: str = ""
    action: Action | None = None
    step: str = ""
    disposition: str = ""
    persistent_set: tuple[str, ...] = ()
    persistent_unset: tuple[str, ...] = ()
    read_point: str = ""
    location: str = ""
    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    parent: str = ""
    children: tuple[str, ...] = ()
    child_quantities: tuple[Quantity, ...] = ()
    inputs: tuple[str, ...] = ()
    input_quantities: tuple[Quantity, ...] = ()
    outputs: tuple[str, ...] = ()
    output_quantities: tuple[Quantity, ...] = ()
    transformation: str = ""
    sources: tuple[Party, ...] = ()
    destinations: tuple[Party, ...] = ()
    documents: tuple[BizTransaction, ...] = ()
    certificates: tuple[str, ...] = ()
    lot: str = ""
    expiry: date | None = None
    sensors: tuple[Reading, ...] = ()
    declaration: ErrorDeclaration | None = None
