"""Events with every field of the standard, and thousands more with one thing changed in them.

>>> next(mutants(FULL["ObjectEvent"]))
('', 'with unknown', {'eventTime': '2026-05-01T08:30:00.000+08:00', …, 'unknown': 'a'})
"""

import copy
import itertools
from collections.abc import Iterator
from typing import Any

ITEM, OTHER = "urn:epc:id:sgtin:4012345.011111.9876", "https://id.gs1.org/01/04012345111118/21/12"
LOT = {"epcClass": "urn:epc:class:lgtin:4012345.011111.L1", "quantity": 5, "uom": "KGM"}
DEVICE = {
    "time": "2026-05-01T08:00:00+08:00",
    "deviceID": "urn:epc:id:giai:4000001.111",
    "deviceMetadata": "https://id.gs1.org/8004/4000001111",
    "rawData": "https://x.example/raw",
    "dataProcessingMethod": "https://x.example/method",
    "bizRules": "https://x.example/rules",
}
REPORT = {
    **DEVICE,
    "type": "Temperature",
    "exception": "ALARM_CONDITION",
    "microorganism": "https://x.example/microorganism",
    "chemicalSubstance": "https://x.example/substance",
    "coordinateReferenceSystem": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "component": "latitude",
    "value": 4.5,
    "stringValue": "a",
    "booleanValue": True,
    "hexBinaryValue": "f0",
    "uriValue": "https://x.example/value",
    "minValue": 4,
    "maxValue": 5,
    "meanValue": 4.25,
    "sDev": 0.1,
    "percRank": 50,
    "percValue": 4.5,
    "uom": "CEL",
    "x:report": "a",
}
COMMON: dict[str, Any] = {
    "eventTime": "2026-05-01T08:30:00.000+08:00",
    "recordTime": "2026-05-01T08:30:01Z",
    "eventTimeZoneOffset": "+08:00",
    "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
    "certificationInfo": ["https://x.example/c/1", "https://x.example/c/2"],
    "errorDeclaration": {
        "declarationTime": "2026-05-02T00:00:00Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:x:3"],
        "x:who": "a",
    },
    "bizStep": "shipping",
    "disposition": "in_transit",
    "persistentDisposition": {"set": ["recalled"], "unset": ["conformant"]},
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0", "x:door": 3},
    "bizLocation": {"id": "https://id.gs1.org/414/4012345000054", "x:shelf": {"x:row": [1, None]}},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:4"}],
    "sourceList": [{"type": "location", "source": "urn:x:5"}],
    "destinationList": [{"type": "owning_party", "destination": "urn:x:6"}],
    "sensorElementList": [
        {
            "sensorMetadata": {
                **DEVICE,
                "startTime": "2026-05-01T00:00:00Z",
                "endTime": "2026-05-01T01:00:00Z",
                "x:metadata": "a",
            },
            "sensorReport": [REPORT],
            "x:element": [{"x:n": 1}],
        }
    ],
    "x:event": {"plain": [True, None, {"@id": "a", "#text": "b"}]},
}
ILMD = {"cbvmda:lotNumber": "L1", "cbvmda:itemExpirationDate": "2027-03-31", "x:grade": ["A", {"x:b": 1.0}]}
FULL: dict[str, dict[str, Any]] = {
    tree["type"]: {**COMMON, **tree}
    for tree in (
        {"type": "ObjectEvent", "action": "ADD", "epcList": [ITEM, OTHER], "quantityList": [LOT], "ilmd": ILMD},
        {
            "type": "AggregationEvent",
            "action": "ADD",
            "parentID": ITEM,
            "childEPCs": [ITEM, OTHER],
            "childQuantityList": [LOT],
        },
        {
            "type": "TransactionEvent",
            "action": "OBSERVE",
            "parentID": ITEM,
            "epcList": [ITEM, OTHER],
            "quantityList": [LOT],
        },
        {
            "type": "TransformationEvent",
            "transformationID": "urn:x:7",
            "inputEPCList": [ITEM],
            "inputQuantityList": [LOT],
            "outputEPCList": [OTHER],
            "outputQuantityList": [LOT],
            "ilmd": ILMD,
        },
        {
            "type": "AssociationEvent",
            "action": "DELETE",
            "parentID": ITEM,
            "childEPCs": [ITEM, OTHER],
            "childQuantityList": [LOT],
        },
        {
            "type": "https://x.example/Feeding",
            "action": "OBSERVE",
            "parentID": ITEM,
            "epcList": [ITEM],
            "childEPCs": [OTHER],
            "inputEPCList": [ITEM],
            "inputQuantityList": [LOT],
            "outputEPCList": [OTHER],
            "transformationID": "urn:x:7",
            "ilmd": {"x:grade": "A"},
            "x:kilos": "7.50",
        },
    )
}
INSTEAD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, "", "a", "a:b", "x y:z", "cbv:nothing", "urn:epcglobal:cbv:bizstep:nothing"),
    *("https://gs1.org/voc/Nothing", "https://gs1.org/voc/Temperature", "urn:epcglobal:cbv:btt:po", "gs1:Nothing"),
    *(
        "https://ref.gs1.org/cbv/BizStep-nothing",
        "https://ref.gs1.org/cbv/BizStep-packing",
        "notifying",
        "ADD",
        "KGM",
        "kg",
        "+14:00",
        "-14:01",
        "2026-05-01",
        "2026-05-01T24:00:00Z",
    ),
    *("2026-02-30T00:00:00Z", "2026-05-01T08:30:00", "2026-05-01T08:30:00.123456789+14:00", "shipping", "location"),
    *([], ["a:b"], ["a:b", "a:b"], ["a:b", 1], [[]], [{}], {}, {"id": "a:b"}, {"a": 1}, {"type": "a:b"}),
)


def mutants(tree: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give each with the JSON pointer of what was changed, and how: one member taken away, added or replaced."""
    for path, value in places(tree):
        pointer = "".join(f"/{token}" for token in path)
        if isinstance(value, dict):
            for name in ("unknown", "@id", "a b:c", "y:unbound", ":a", "a:", "https://x.example/a"):
                yield pointer, f"with {name}", changed(tree, path, {**value, name: "a"})
        if not path:
            continue
        *around, last = path
        if isinstance(last, str):
            rest = {name: item for name, item in at(tree, around).items() if name != last}
            yield pointer, "without", changed(tree, around, rest)
        else:
            yield pointer, "twice", changed(tree, around, [*at(tree, around), value])
        for instead in INSTEAD:
            if instead != value or type(instead) is not type(value):
                yield pointer, f"as {instead!r}", changed(tree, path, instead)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Give every value within, with the tokens that lead to it."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for token, item in items:
        yield from places(item, (*path, token))


def at(tree: Any, path: Any) -> Any:
    for token in path:
        tree = tree[token]
    return tree


def changed(tree: dict[str, Any], path: Any, value: Any) -> dict[str, Any]:
    if not path:
        return value  # type: ignore[no-any-return]
    tree = copy.deepcopy(tree)
    at(tree, path[:-1])[path[-1]] = value
    return tree


def alternatives() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every combination of lists present, empty and absent that an event type chooses between."""
    base = {"eventTime": COMMON["eventTime"], "eventTimeZoneOffset": "+08:00"}
    codes: tuple[Any, ...] = (None, [], [ITEM])
    lots: tuple[Any, ...] = (None, [], [LOT])
    actions: tuple[Any, ...] = ("ADD", "OBSERVE", "DELETE")
    parent = (None, ITEM)
    family = {"parentID": parent, "childEPCs": codes, "childQuantityList": lots, "action": actions}
    choices: dict[str, dict[str, tuple[Any, ...]]] = {
        "ObjectEvent": {
            "epcList": codes,
            "quantityList": lots,
            "sensorElementList": (None, [{"sensorReport": [{"type": "Temperature"}]}]),
            "readPoint": (None, COMMON["readPoint"]),
            "action": actions,
            "ilmd": (None, {"x:a": 1}),
        },
        "AggregationEvent": family,
        "AssociationEvent": family,
        "TransactionEvent": {
            "bizTransactionList": (None, [], COMMON["bizTransactionList"]),
            "parentID": parent,
            "epcList": codes,
            "quantityList": lots,
            "action": actions,
        },
        "TransformationEvent": {
            "inputEPCList": codes,
            "inputQuantityList": lots,
            "outputEPCList": codes,
            "outputQuantityList": lots,
            "transformationID": (None, "urn:x:7"),
        },
    }
    for kind, fields in choices.items():
        for values in itertools.product(*fields.values()):
            told = {name: value for name, value in zip(fields, values, strict=True) if value is not None}
            yield kind, {"type": kind, **base, **told}
