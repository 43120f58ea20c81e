"""The CBV 2.0 event hash: one name for the same event in any spelling, language or order (CBV 2.0 §8.9).

>>> prehash(event)
'eventType=ObjectEventeventTime=2020-04-01T14:00:00.000ZeventTimeZoneOffset=+01:00epcListepc=https://id.gs1.org/01/…'
>>> hash_id(event)
'ni:///sha-256;…?ver=CBV2.0'

Where the text of the standard is silent or at odds with its published hashes, the hashes decide: type stands before
bizTransaction, source and destination; those three lists, ilmd and the extensions come last, sorted among each other;
text that looks like a number is written as one, through a double, since XML cannot tell them apart.

Values from XML are spelled as they stand, prefix and all, says the published hash of SensorDataExamples.xml; those from
JSON in full. Such twins have two hashes, though they mean the same and have the same ``digest``.

An extended event's type is told as its full URI, as every URI in a value is. Published programs write a type as it is
spelled, prefix and all, and ``{namespace}name`` from XML: only the full spelling has one hash with all of them.

The prehash has no separators, so one long code can read like two: ``urn:x:1epc=urn:x:2``. Our own ``digest`` is taken
before the boundaries, marked by NUL, are wiped out.
"""

import re
from collections.abc import Collection
from contextlib import suppress
from decimal import Decimal
from hashlib import sha256
from math import isfinite
from typing import Any

import msgspec
from msgspec.structs import replace

from zhuisu.codes import canonical
from zhuisu.events.cbv import (
    BIZ_STEP,
    COMPONENT,
    DISPOSITION,
    MEASUREMENT,
    PARTY_TYPE,
    SENSOR_ALERT,
    TRANSACTION_TYPE,
    Vocabulary,
)
from zhuisu.events.context import PREFIXES, Context, context, spelled
from zhuisu.events.errors import BadEvent
from zhuisu.events.model import BizTransaction, Event, EventType, Party, Quantity
from zhuisu.events.times import instant, milliseconds
from zhuisu.events.tree import EVERY_FIELD, STANDARD_FIELDS, shaped
from zhuisu.events.tree import event as read_event

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII).fullmatch
_UNTOLD = frozenset({"comment", "{http://www.w3.org/2000/01/rdf-schema#}comment", "{urn:epcglobal:epcis:xsd:1}eventID"})
"""Comments, and the eventID of version 1.x that is no URI, which JSON has as an extension: eventID does not count."""
_STANDARD_1 = {"{urn:epcglobal:epcis:xsd:1}ilmd": "ilmd"}
"""What version 1.x let pass where 2.0 does not, and JSON has as an extension: it is told as the field that it was."""
_KEYWORDS = frozenset({"@id", "@type", "@value", "@language"})
_CBV_URNS = {
    f"urn:epcglobal:cbv:{urn}:": f"https://ref.gs1.org/cbv/{web}-"
    for urn, web in {"bizstep": "BizStep", "disp": "Disp", "btt": "BTT", "sdt": "SDT", "er": "ER"}.items()
}


def prehash(event: Event, ignore: Collection[str] = ()) -> str:
    """Write the text that is hashed: the event's fields in canonical order without separators.

    ``ignore`` names extensions of the event to leave out, each as ``{namespace}name``.
    """
    return _plain(_told(event, ignore))


def hash_id(event: Event, ignore: Collection[str] = ()) -> str:
    """Name the event by its content, as an RFC 6920 URI; eventID, recordTime and errorDeclaration do not count."""
    return _ni(_told(event, ignore))


def digest(event: Event) -> bytes:
    """Give 32 bytes that are equal when content, the client's own eventID and the declaration are equal.

    The event's own ``hash_id`` as its eventID says nothing that the content does not (CBV 2.0 §8.9): it counts as none,
    in XML's spelling or in JSON's.
    """
    return identify(event)[1]


def identify(event: Event) -> tuple[str, bytes]:
    """Give the eventID, which is ``hash_id`` unless the client gave another, and ``digest``, for little more."""
    told = _told(event, meant=True)
    full = _ni(told)
    own = hash_id(event) if b'"@xmlns"' in event.doc else full
    given = event.event_id
    if given in (own, full) or (given.startswith("ni:") and given == _ni(_told(event, as_xml=True))):
        given = ""
    return event.event_id or own, _digest(event, told, given)


def _plain(told: str) -> str:
    return told.replace("\0", "")


def _ni(told: str) -> str:
    return f"ni:///sha-256;{sha256(_plain(told).encode()).hexdigest()}?ver=CBV2.0"


def _digest(event: Event, told: str, given: str) -> bytes:
    declared = event.declaration
    parts = [told, given]
    if declared is not None:
        parts += [milliseconds(declared.time), declared.reason, *sorted(declared.corrective)]
    return sha256("\0\0\0".join(parts).encode()).digest()


def _told(event: Event, ignore: Collection[str] = (), *, meant: bool = False, as_xml: bool = False) -> str:
    """Write the prehash with a NUL before each key, each value and each end of an object; no value holds one.

    Values are spelled as the event's own document had them, but in full if it is ``meant`` so, or ``as_xml`` has them.
    """
    tree = _decode(event.doc)
    scope = context(tree["@context"]) if "@context" in tree else Context([], PREFIXES)
    kept = spelled(tree.get("@context")) if not meant else frozenset()
    if kept or as_xml:
        scope = replace(scope, spelled=kept or frozenset(scope.prefixes.keys() - PREFIXES.keys()))
        with suppress(BadEvent):  # a prefix that no URI can begin with
            event = replace(read_event(tree, scope, event.doc), extended=event.extended)
    sensors = tree["sensorElementList"] if event.sensors else ()
    # What most events do not have costs them one look: bulk capture hashes every event.
    kind = event.extended or event.type
    parts = [f"\0eventType=\0{kind}\0eventTime=\0{milliseconds(event.time)}\0eventTimeZoneOffset=\0{event.offset}"]
    if event.certificates:
        parts += sorted([_leaf("certificationInfo", _value(uri, scope)) for uri in event.certificates])
    if event.parent:
        parts.append(_leaf("parentID", event.parent))
    parts += [_codes(name, uris) for name, uris in (("epcList", event.epcs), ("inputEPCList", event.inputs)) if uris]
    if event.children:
        parts.append(_codes("childEPCs", event.children))
    parts += [
        _list(name, [_quantity(item) for item in items])
        for name, items in (
            ("quantityList", event.quantities),
            ("childQuantityList", event.child_quantities),
            ("inputQuantityList", event.input_quantities),
        )
        if items
    ]
    if event.outputs:
        parts.append(_codes("outputEPCList", event.outputs))
    if event.output_quantities:
        parts.append(_list("outputQuantityList", [_quantity(item) for item in event.output_quantities]))
    if event.action:
        parts.append(_leaf("action", event.action))
    if event.transformation:
        parts.append(_leaf("transformationID", event.transformation))
    if event.step:
        parts.append(_leaf("bizStep", BIZ_STEP.uri(event.step)))
    if event.disposition:
        parts.append(_leaf("disposition", DISPOSITION.uri(event.disposition)))
    if event.persistent_set or event.persistent_unset:
        parts.append("\0persistentDisposition")
        parts += sorted([_leaf("set", DISPOSITION.uri(word)) for word in event.persistent_set])
        parts += sorted([_leaf("unset", DISPOSITION.uri(word)) for word in event.persistent_unset])
    for name, uri in (("readPoint", event.read_point), ("bizLocation", event.location)):
        if uri:
            parts += ("\0", name, _leaf("id", uri), *_extensions(tree[name], _PLACE, scope))
    if sensors:
        parts.append(_list("sensorElementList", [_sensor_element(element, scope) for element in sensors]))
    if tail := _tail(event, tree, sensors, scope, ignore):
        parts += sorted(tail, key=_plain)
    return "".join(parts)


def _tail(
    event: Event, tree: dict[str, Any], sensors: Collection[dict[str, Any]], scope: Context, ignore: Collection[str]
) -> list[str]:
    """Write what comes last, sorted among each other: documents, parties, rules of reports, ilmd and extensions."""
    tail = []
    if event.documents:
        tail.append(
            _list("bizTransactionList", [_typed(TRANSACTION_TYPE, "bizTransaction", x) for x in event.documents])
        )
    if event.destinations:
        tail.append(_list("destinationList", [_typed(PARTY_TYPE, "destination", x) for x in event.destinations]))
    if sensors:
        rules = [rules for element in sensors if (rules := _report_rules(element, scope))]
        tail.append(_list("sensorElementList", rules))
    if event.sources:
        tail.append(_list("sourceList", [_typed(PARTY_TYPE, "source", x) for x in event.sources]))
    known = STANDARD_FIELDS
    if event.type is EventType.ExtendedEvent:
        known = EVERY_FIELD | shaped(tree, scope).keys()
    elif "ilmd" in tree:
        tail += _member("ilmd", tree["ilmd"], scope)
    if not known.issuperset(tree):
        told = [name for name in tree.keys() - known if not ignore or full_name(name, scope) not in ignore]
        tail += [text for name in told for text in _member(name, tree[name], scope)]
    return tail


def _leaf(key: str, value: str) -> str:
    return f"\0{key}=\0{value}"


def _list(name: str, items: list[str]) -> str:
    return "".join(("\0", name, *sorted(items, key=_plain))) if items else ""


def _codes(name: str, uris: tuple[str, ...]) -> str:
    return f"\0{name}\0epc=\0" + "\0epc=\0".join(sorted(uris))


def _quantity(item: Quantity) -> str:
    amount = _leaf("quantity", _number(str(item.quantity))) if item.quantity is not None else ""
    unit = _leaf("uom", _number(item.uom)) if item.uom else ""
    return f"\0quantityElement{_leaf('epcClass', item.uri)}{amount}{unit}"


def _typed(vocabulary: Vocabulary, name: str, item: Party | BizTransaction) -> str:
    return (_leaf("type", vocabulary.uri(item.type)) if item.type else "") + _leaf(name, item.uri)


def _sensor_element(element: dict[str, Any], scope: Context) -> str:
    metadata = element.get("sensorMetadata")
    return "".join(
        (
            "\0sensorElement",
            _ordered("sensorMetadata", metadata, _METADATA, scope) if metadata else "",
            *sorted(
                [_ordered("sensorReport", report, _REPORT, scope) for report in element["sensorReport"]], key=_plain
            ),
            *_extensions(element, _ELEMENT, scope),
        )
    )


def _report_rules(element: dict[str, Any], scope: Context) -> str:
    """Write the bizRules of sensorReports: the canonical order forgot them, so they stand at the end."""
    rules = [report["bizRules"] for report in element["sensorReport"] if "bizRules" in report]
    return _list("sensorElement", [f"\0sensorReport{_leaf('bizRules', _value(rule, scope))}" for rule in rules])


def _ordered(name: str, part: dict[str, Any], order: tuple[str, ...], scope: Context) -> str:
    fields = [_leaf(field, _field(field, part[field], scope)) for field in order if field in part]
    return "".join(("\0", name, *fields, *_extensions(part, (*order, "bizRules"), scope)))


def _field(name: str, value: Any, scope: Context) -> str:
    match name:
        case "time" | "startTime" | "endTime":
            return milliseconds(instant(value))
        case "type" | "exception" | "component":
            words = _WORDS[name]
            word = words.spellings.get(value)
            return words.web + word if word else _value(words.later.get(value, value), scope)
        case _:
            return _value(value, scope)


def _extensions(part: dict[str, Any], known: Collection[str], scope: Context) -> list[str]:
    if len(part) == 1 and len(known) == 1:
        return []
    members = [text for name, value in part.items() if name not in known for text in _member(name, value, scope)]
    return sorted(members, key=_plain)


def _member(name: str, value: Any, scope: Context) -> list[str]:
    """Write a field outside the canonical order as ``{namespace}name``; a list repeats it for each item."""
    key = full_name(name, scope)
    return [] if key in _UNTOLD else _render(_STANDARD_1.get(key, key), value, scope)


def full_name(name: str, scope: Context) -> str:
    """Write a name in full; an attribute of XML (``@name``) counts as a member."""
    if name not in _KEYWORDS:
        name = name.removeprefix("@")
    prefix, colon, local = name.partition(":")
    namespace = scope.prefixes.get(prefix) if colon else None
    return name if namespace is None else f"{{{namespace}}}{local}"


def _render(key: str, value: Any, scope: Context) -> list[str]:
    match value:
        case {"#text": str() | int() | Decimal() as own}:  # an element of XML with attributes
            members = {name: item for name, item in value.items() if name != "#text"}
            return ["".join((*_render(key, own, scope), *_members(members, scope)))]
        case dict():
            return ["".join(("\0", key, *_members(value, scope)))]
        case list():
            return [text for item in value for text in _render(key, item, scope)]
        case None:
            return []
        case _:
            text = _value(value, scope)
            return [_leaf(key, text) if text else "\0" + key]


def _members(members: dict[str, Any], scope: Context) -> list[str]:
    """Write the members of an object in order, and its end."""
    return [
        *sorted([text for name, item in members.items() for text in _member(name, item, scope)], key=_plain),
        "\0\0",
    ]


def _value(value: Any, scope: Context) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            text = scope.expand(value).strip()
            for urn, web in _CBV_URNS.items() if "urn:epcglobal:cbv:" in text else ():
                text = text.replace(urn, web)
            return canonical(text) if ":" in text else _number(text)
        case _:
            return _number(str(value))


def _number(text: str) -> str:
    """Write a number without sign of plus and zeros that say nothing; any other text as it is."""
    if not _NUMBER(text):
        return text
    number = float(text)
    if not isfinite(number):
        return text
    return str(int(number)) if number == int(number) else repr(number)


_PLACE = ("id",)
_ELEMENT = ("sensorMetadata", "sensorReport")
_METADATA = (
    "time",
    "startTime",
    "endTime",
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
)
_REPORT = (
    *("type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism"),
    *(
        "chemicalSubstance",
        "value",
        "component",
        "stringValue",
        "booleanValue",
        "hexBinaryValue",
        "uriValue",
        "minValue",
    ),
    *("maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem"),
)
_WORDS = {"type": MEASUREMENT, "exception": SENSOR_ALERT, "component": COMPONENT}
