"""JSON -> us -> JSON, JSON -> XML -> JSON and XML -> JSON -> XML: the same events, whatever they hold."""

import json
import string
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhuisu.events import Event, EventType, hash_id, query_document, read, stored
from zhuisu.events.cbv import (
    BIZ_STEP,
    COMPONENT,
    DISPOSITION,
    ERROR_REASON,
    MEASUREMENT,
    PARTY_TYPE,
    SENSOR_ALERT,
    TRANSACTION_TYPE,
)
from zhuisu.events.context import PREFIXES, context
from zhuisu.events.translate import Spelling
from zhuisu.events.xml_read import read_xml
from zhuisu.events.xml_write import write_document_xml, write_xml

from .samples import GOOD, STANDARD, XML_GOOD, event, events_of

NOW = datetime(2026, 5, 1, tzinfo=UTC)
AS_IT_IS = Spelling()

WILD = "<>&\"'\t\n\r ]]>\x01\x0b\x7f\x85\u2028\ufffe\uffff\U0001f95a\U0010ffff中é"
TEXT = st.text(max_size=12) | st.text(st.sampled_from(WILD), max_size=8)
LEGAL = TEXT.map(lambda text: text.replace("\0", ""))
PREFIX = st.sampled_from(["x", "y", "twin", "gs1", "unbound", "zhuisu-xml", "xsi", "xml", "epcis", "urn"])
SCOPE = {
    "x": "https://x.example/",
    "y": "https://y.example/#&'中",
    "twin": "https://x.example/",
    "epcis": "https://own.example/",
    "Feeding": "https://feed.example/Feeding",
}
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOCAL = st.sampled_from(["a", "b", "grade", "value-1", "1st", "with space", "a:b", "é", "list", "type"])
NAME = st.builds("{}:{}".format, PREFIX, LOCAL)
INNER = NAME | st.sampled_from(
    [
        "plain",
        "#text",
        "@unit",
        "@x:unit",
        "@xml:lang",
        "@xsi:type",
        "@type",
        "@",
        "reason",
        "extension",
        "",
        "xmlns",
        "id",
    ]
)
NUMBER = st.integers(-(10**15), 10**15) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20
).filter(lambda number: len(number.as_tuple().digits) <= 60 and number.adjusted() >= -40)
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | LEGAL | st.builds("{}:{}".format, PREFIX, st.sampled_from(["v", "w x", "v "])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER, inner, max_size=4),
    max_leaves=8,
)
EXTENSIONS = st.dictionaries(NAME, VALUE, max_size=4)
COMPACT = st.builds("{}:{}".format, PREFIX, st.sampled_from(["Glow", "1st", "b:c"]))
URI = st.builds("urn:x:{}".format, st.text(string.ascii_letters + "&'é\ufffe", min_size=1, max_size=6))
URIS = st.lists(URI, max_size=3, unique=True)
OFFSET = st.sampled_from(["+08:00", "+14:00", "-12:00", "-00:00", "+05:45"])
TIME = st.builds(
    lambda time, decimals, offset: f"{time.isoformat()}{decimals}{offset}",
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0)),  # noqa: DTZ001
    st.from_regex(r"(\.[0-9]{1,9})?", fullmatch=True),
    OFFSET | st.just("Z"),
)
AMOUNT = st.integers(1, 10**12) | st.decimals("0.001", "1e6", places=3)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def words(vocabulary: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(text for text in vocabulary.spellings if not text.startswith(vocabulary.not_in_json)))


QUANTITIES = st.lists(
    st.fixed_dictionaries(
        {"epcClass": URI}, optional={"quantity": AMOUNT, "uom": st.sampled_from(["KGM", "LTR", "H87"])}
    ),
    max_size=2,
)
PLACE = st.builds(lambda uri, more: {"id": uri, **more}, URI, EXTENSIONS)
DEVICE = {
    "time": TIME,
    **dict.fromkeys(("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), URI),
}
METADATA = st.builds(lambda a, b: a | b, some(**DEVICE, startTime=TIME, endTime=TIME), EXTENSIONS)
REPORT = st.builds(
    lambda kind, fields, more: {**kind, **fields, **more},
    st.fixed_dictionaries({"type": words(MEASUREMENT) | URI | COMPACT}),
    some(
        **DEVICE,
        **dict.fromkeys(("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"), NUMBER),
        **dict.fromkeys(("uriValue", "microorganism", "chemicalSubstance", "coordinateReferenceSystem"), URI),
        stringValue=LEGAL,
        booleanValue=st.booleans(),
        hexBinaryValue=st.just("f0F0"),
        uom=LEGAL,
        component=words(COMPONENT) | URI | COMPACT,
        exception=words(SENSOR_ALERT) | COMPACT,
    ),
    EXTENSIONS,
)
SENSORS = st.lists(
    st.builds(
        lambda metadata, reports, more: metadata | {"sensorReport": reports} | more,
        some(sensorMetadata=METADATA),
        st.lists(REPORT, min_size=1, max_size=2),
        EXTENSIONS,
    ),
    max_size=2,
)
COMMON = some(
    eventTime=TIME,
    eventTimeZoneOffset=OFFSET,
    recordTime=TIME,
    eventID=URI,
    bizStep=words(BIZ_STEP) | URI | COMPACT,
    disposition=words(DISPOSITION) | COMPACT,
    persistentDisposition=some(
        set=st.lists(words(DISPOSITION), min_size=1, max_size=2, unique=True),
        unset=st.lists(words(DISPOSITION), min_size=1, max_size=2, unique=True),
    ).filter(bool),
    certificationInfo=URI | URIS,
    errorDeclaration=st.builds(
        lambda fields, more: {"declarationTime": "2026-05-02T00:00:00Z", **fields, **more},
        some(declarationTime=TIME, reason=words(ERROR_REASON) | URI | COMPACT, correctiveEventIDs=URIS),
        EXTENSIONS,
    ),
    readPoint=PLACE,
    bizLocation=PLACE,
    bizTransactionList=st.lists(
        st.fixed_dictionaries({"bizTransaction": URI}, optional={"type": words(TRANSACTION_TYPE) | URI | COMPACT}),
        min_size=1,
        max_size=2,
    ),
    sourceList=st.lists(st.fixed_dictionaries({"type": words(PARTY_TYPE) | URI | COMPACT, "source": URI}), max_size=2),
    destinationList=st.lists(
        st.fixed_dictionaries({"type": words(PARTY_TYPE) | URI | COMPACT, "destination": URI}), max_size=2
    ),
    sensorElementList=SENSORS,
)
ACTION = st.sampled_from(["ADD", "OBSERVE", "DELETE"])
GOODS = st.lists(URI, min_size=1, max_size=3, unique=True)
KINDS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "ObjectEvent", "action": "ADD"}, {"epcList": GOODS, "ilmd": EXTENSIONS, "quantityList": QUANTITIES}),
    ({"type": "AggregationEvent", "parentID": "urn:x:p"}, {"childEPCs": GOODS, "childQuantityList": QUANTITIES}),
    ({"type": "AssociationEvent", "parentID": "urn:x:p"}, {"childEPCs": GOODS, "childQuantityList": QUANTITIES}),
    ({"type": "TransactionEvent"}, {"epcList": GOODS, "quantityList": QUANTITIES, "parentID": URI}),
    (
        {"type": "TransformationEvent", "transformationID": "urn:x:t"},
        {
            "inputEPCList": GOODS,
            "inputQuantityList": QUANTITIES,
            "outputEPCList": GOODS,
            "outputQuantityList": QUANTITIES,
            "ilmd": EXTENSIONS,
        },
    ),
    *(
        (
            {"type": kind},
            {
                "parentID": URI | NUMBER,
                "childEPCs": GOODS | VALUE,
                "inputQuantityList": QUANTITIES | VALUE,
                "ilmd": VALUE,
                "sensorElementList": SENSORS | VALUE,
                "readPoint": PLACE | VALUE,
                "bizStep": URI | VALUE,
                "extension": VALUE,
                "@id": VALUE,
                "anything": VALUE,
            },
        )
        for kind in ("x:Feeding", "Feeding", "https://feed.example/v#Feeding", "urn:x:7", "unbound:Feeding")
    ),
]
ENTRIES = st.sampled_from(
    [
        [STANDARD, SCOPE],
        [STANDARD, *({prefix: uri} for prefix, uri in SCOPE.items())],
        [STANDARD, SCOPE, "https://far.example/c.jsonld", {"x": {"@id": "https://z.example/"}, "y": None}],
        [STANDARD, {**SCOPE, "gs1": "https://not-gs1.example/", "a b": "https://odd.example/"}],
        [STANDARD, {**SCOPE, "xsi": XSI, "zhuisu-xml": "https://ours.example/"}],
        [STANDARD, {**SCOPE, "xsi": "https://xsi.example/", "urn": "https://urn.example/"}],
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A document with one event of any type and any of its fields, that the reader takes."""
    fixed, own = draw(st.sampled_from(KINDS))
    fields = draw(some(**own))
    needed = {
        name: draw(own[name]) for name in own if name in {"epcList", "childEPCs", "inputEPCList", "outputEPCList"}
    }
    action = {} if fixed["type"] == "TransformationEvent" else {"action": draw(ACTION)}
    tree = event(epcList=None, action=None, bizStep=None, disposition=None, readPoint=None)
    tree |= draw(EXTENSIONS) | draw(COMMON) | action | fields | needed | fixed
    if fixed["type"] not in EventType.__members__:
        tree.pop("action")
    if fixed["type"] == "TransactionEvent":
        tree.setdefault("bizTransactionList", [{"bizTransaction": "urn:x:b"}])
    if draw(st.booleans()):
        tree["@context"] = {"x": "https://inner.example/"}
    body = {
        "@context": draw(ENTRIES),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T08:30:00.000+08:00",
        "epcisBody": {"eventList": [tree]},
    }
    return msgspec.json.Encoder(decimal_format="number").encode(body)


def told(doc: bytes) -> Any:
    """What an event says: its fields with exact numbers, and what its names and remote contexts mean."""
    tree = msgspec.json.Decoder(float_hook=Decimal).decode(doc)
    entries = tree.pop("@context", [])
    entries = entries if isinstance(entries, list) else [entries]
    text = json.dumps(tree, default=str)
    meant = {
        p: uri for p, uri in context(entries).prefixes.items() if json.dumps(p)[:-1] + ":" in text.replace('"@', '"')
    }
    remote = [entry for entry in entries if isinstance(entry, str)]
    return tree, {p: uri for p, uri in meant.items() if PREFIXES.get(p) != uri}, remote


def exact(document: bytes) -> list[dict[str, Any]]:
    return events_of(msgspec.json.Decoder(float_hook=Decimal).decode(document))


def through_xml(events: list[Event]) -> list[Event]:
    return list(read_xml(write_document_xml((e.doc for e in events), NOW, spelling=AS_IT_IS)))


def fields(one: Event) -> Event:
    return msgspec.structs.replace(one, doc=b"")


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(documents())
def test_json_comes_back_from_xml(body: bytes) -> None:
    (one,) = read(body)
    assert exact(query_document([one.doc], NOW)) == exact(body)
    (again,) = through_xml([one])
    assert told(again.doc) == told(one.doc)
    assert fields(again) == fields(one)
    assert hash_id(again) == hash_id(one)
    assert stored(again.doc) == again
    (third,) = through_xml([again])
    assert (told(third.doc), fields(third), hash_id(third)) == (told(again.doc), fields(again), hash_id(again))


@pytest.mark.skipif(not GOOD, reason="the published documents are not beside this checkout (../shared/conformance)")
def test_json_vectors_come_back_from_xml(good: Path) -> None:
    events = read(good.read_bytes())
    again = through_xml(events)
    assert [told(e.doc) for e in again] == [told(e.doc) for e in events]
    assert [hash_id(e) for e in again] == [hash_id(e) for e in events]


@pytest.mark.skipif(not XML_GOOD, reason="the published documents are not beside this checkout (../shared/conformance)")
def test_xml_vectors_come_back_from_xml(good_xml: Path) -> None:
    events = list(read_xml(good_xml.read_bytes()))
    again = list(read_xml(b"".join(write_xml((e.doc for e in events), NOW, spelling=AS_IT_IS))))
    assert [fields(e) for e in again] == [fields(e) for e in events]
    assert [told(e.doc) for e in again] == [told(e.doc) for e in events]
    assert [hash_id(e) for e in again] == [hash_id(e) for e in events]
