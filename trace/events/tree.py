"""One event as a JSON tree -> Event, by the rules of EPCIS 2.0 §7.4 and the official JSON schema.

Each event type has a table of its fields. A field that is not in the table carries a prefix and stays in ``doc`` alone.
An event of somebody else's type must say what every event says; all else in it may be anything.
Every refusal points at its value. Whatever a document is written in, it becomes this tree first, so the rules stand
here once.

>>> event({"type": "ObjectEvent", "eventTime": "2026-05-01T08:00:00Z", …}, PLAIN, doc)
Event(type=<EventType.ObjectEvent: 'ObjectEvent'>, time=datetime.datetime(2026, 5, 1, 8, 0, tzinfo=UTC), …)
"""

from collections.abc import Mapping
from typing import Any, assert_never

from zhuisu.events import cbv, parts, values
from zhuisu.events.context import PREFIXES, Context, shallow
from zhuisu.events.errors import BadEvent, MissingField, shown
from zhuisu.events.model import STANDARD_TYPES, Action, Event, EventType
from zhuisu.events.values import SCHEMA, Table, fields, listed, once, unique, word


def event(tree: dict[str, Any], context: Context, doc: bytes) -> Event:
    """Read the Event this tree tells, with every rule of its type checked. BadEvent points into the tree."""
    kind = tree.get("type")
    if not isinstance(kind, str) or kind not in _TABLES:
        return _extended(tree, context, doc)
    found = fields(tree, _TABLES[kind], context, *_NEEDED[kind])
    ilmd = found.pop("ilmd", {})
    persistent = found.pop("persistent", {})
    result = Event(doc=doc, **found, **ilmd, **persistent)
    _check(result, tree)
    return result


def _extended(tree: dict[str, Any], context: Context, doc: bytes) -> Event:
    """Read an event of another's type (EPCIS 2.0 §7.1.2; JSON schema, Extended-Event)."""
    base = {name: value for name, value in tree.items() if name in _BASE}
    kind = type_uri(tree, context)
    for name in tree.keys() - base.keys():
        if not shallow(tree[name]):
            raise BadEvent("nested too deeply", rule="at most 64 levels", mend="flatten it").under(name[:200])
    found = fields(base, _BASE, context, *_ALWAYS)
    found |= {_SHAPED[name][0]: value for name, value in shaped(tree, context).items()}
    persistent = found.pop("persistent", {})
    return Event(**{**found, **persistent, "type": EventType.ExtendedEvent, "extended": kind, "doc": doc})


def shaped(tree: dict[str, Any], context: Context) -> dict[str, Any]:
    """Read the fields of an extended event that have a name and the shape of the standard; all else is its own."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if name in _SHAPED:
            try:
                found[name] = _SHAPED[name][1](value, context)
            except BadEvent:  # another's field, that only sounds like the standard's
                continue
    return found


def type_uri(tree: Mapping[str, Any], context: Context) -> str:
    """Give the full URI of an event's type that somebody else defines. BadEvent when it names none.

    Types in the standard's own namespace are told by their words: ``epcis:ObjectEvent`` must not pass unread.
    """
    kind = tree.get("type")
    uri = context.expand(context.prefixes.get(kind, kind)) if isinstance(kind, str) else ""
    if ":" not in uri or uri.startswith(PREFIXES["epcis"]):
        raise BadEvent(
            f"{shown(kind)} is not an event type" if "type" in tree else "type is missing",
            where="/type",
            rule="EPCIS 2.0 §7.4; §7.1.2 for types of others",
            mend=f"use {', '.join(STANDARD_TYPES)}, or a type of your own: its URI, or example:Feeding where @context "
            'binds the prefix, {"example": "https://ns.example.com/"}',
        )
    try:
        return values.uri(uri, context)
    except BadEvent as refusal:
        raise refusal.under("type") from None


def _check(event: Event, tree: dict[str, Any]) -> None:
    """Check what a type demands of its fields together (EPCIS 2.0 §7.4)."""
    match event.type:
        case EventType.ObjectEvent:
            sensed = event.sensors and (event.read_point or "epcList" in tree)
            if not (event.epcs or event.quantities or sensed):
                raise _missing("epcList", "goods in epcList or quantityList, or sensor data and a readPoint")
            if "ilmd" in tree and event.action is not Action.ADD:
                raise BadEvent(
                    "ilmd describes goods that are made",
                    where="/ilmd",
                    rule=f"{SCHEMA}, ilmd",
                    mend="use ADD, or drop it",
                )
        case EventType.AggregationEvent | EventType.AssociationEvent:
            if not event.parent and (event.type is EventType.AssociationEvent or event.action is not Action.OBSERVE):
                raise _missing("parentID", f"the parent of an {event.type} with action {event.action}")
            if not (event.children or event.child_quantities or event.action is Action.DELETE):
                raise _missing("childEPCs", "children; only DELETE may name none, and empties the parent")
        case EventType.TransactionEvent:
            if not event.documents:
                raise _missing("bizTransactionList", "at least one document")
            parent_alone = event.parent and "epcList" in tree
            if not (event.epcs or event.quantities or parent_alone or event.action is Action.DELETE):
                raise _missing("epcList", "goods; only DELETE may name none")
        case EventType.TransformationEvent:
            before, after = event.inputs or event.input_quantities, event.outputs or event.output_quantities
            if not before and not (event.transformation and after):
                raise _missing("inputEPCList", "inputs, unless it has outputs and a transformationID")
            if not after and not (event.transformation and before):
                raise _missing("outputEPCList", "outputs, unless it has inputs and a transformationID")
        case EventType.ExtendedEvent:
            pass
        case _:
            assert_never(event.type)


def _missing(name: str, wanted: str) -> MissingField:
    return MissingField(
        f"{name} is missing or empty", where=f"/{name}", rule=f"EPCIS 2.0 §7.4: {wanted}", mend=f"add {name}"
    )


def _type(value: Any, _: Context) -> EventType:
    return _TYPES[value]


def _action(value: Any, context: Context) -> Action:
    action = _ACTIONS.get(values.text(value, context))
    if action is None:
        raise BadEvent(f"{shown(value)} is not an action", rule=f"{SCHEMA}, action", mend="use ADD, OBSERVE or DELETE")
    return action


def _context(value: Any, _: Context) -> None:
    """Pass an @context: the caller has read it already."""


_TYPES: Mapping[str, EventType] = {kind.value: kind for kind in EventType}
_ACTIONS: Mapping[str, Action] = {action.value: action for action in Action}

_codes_once_each = unique(values.codes)
_quantities = listed(parts.quantity)
_ALWAYS = ("eventTime", "eventTimeZoneOffset")
_EVERY: Table = {
    "eventTime": ("time", values.event_instant),
    "recordTime": ("record_time", values.instant),
    "eventTimeZoneOffset": ("offset", values.offset),
    "eventID": ("event_id", values.uri),
    "certificationInfo": ("certificates", parts.certificates),
    "errorDeclaration": ("declaration", parts.declaration),
}
_BASE: Table = {"@context": ("", _context), "type": ("", lambda value, _: value), **_EVERY}
_COMMON: Table = {
    "@context": ("", _context),
    "type": ("type", _type),
    **_EVERY,
    "bizStep": ("step", word(cbv.BIZ_STEP)),
    "disposition": ("disposition", word(cbv.DISPOSITION)),
    "persistentDisposition": ("persistent", parts.persistent),
    "readPoint": ("read_point", once(parts.place)),
    "bizLocation": ("location", once(parts.place)),
    "bizTransactionList": ("documents", listed(once(parts.document))),
    "sourceList": ("sources", listed(once(parts.source))),
    "destinationList": ("destinations", listed(once(parts.destination))),
    "sensorElementList": ("sensors", parts.sensors),
}
_ACTION: Table = {"action": ("action", _action)}
_PARENT: Table = {"parentID": ("parent", values.code)}
_ILMD: Table = {"ilmd": ("ilmd", parts.ilmd)}
_FAMILY: Table = {
    **_COMMON,
    **_ACTION,
    **_PARENT,
    "childEPCs": ("children", values.codes),
    "childQuantityList": ("child_quantities", _quantities),
}
_TABLES: Mapping[str, Table] = {
    EventType.ObjectEvent.value: {
        **_COMMON,
        **_ACTION,
        **_ILMD,
        "epcList": ("epcs", _codes_once_each),
        "quantityList": ("quantities", _quantities),
    },
    EventType.AggregationEvent.value: _FAMILY,
    EventType.TransactionEvent.value: {
        **_COMMON,
        **_ACTION,
        **_PARENT,
        "epcList": ("epcs", values.codes),
        "quantityList": ("quantities", _quantities),
    },
    EventType.TransformationEvent.value: {
        **_COMMON,
        **_ILMD,
        "inputEPCList": ("inputs", _codes_once_each),
        "inputQuantityList": ("input_quantities", _quantities),
        "outputEPCList": ("outputs", _codes_once_each),
        "outputQuantityList": ("output_quantities", _quantities),
        "transformationID": ("transformation", values.name),
    },
    EventType.AssociationEvent.value: _FAMILY,
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    kind: (*_ALWAYS, *(["action"] if "action" in table else [])) for kind, table in _TABLES.items()
}

_SHAPED: Table = {
    name: entry for table in _TABLES.values() for name, entry in table.items() if name not in {*_BASE, *_ILMD}
}
"""What an extended event may say as the standard does. What its ilmd is about, only its type could tell."""

EVERY_FIELD = frozenset(_BASE)
"""What every event says."""
STANDARD_FIELDS = frozenset(name for table in _TABLES.values() for name in table)
"""Every field the standard knows at the level of an event; the rest are extensions."""
