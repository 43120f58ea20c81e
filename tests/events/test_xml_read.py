"""EPCIS XML in: everyone's documents, and all the ways in which one can be wrong."""

import random
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.errors import Refusal
from zhuisu.events import (
    BadDocument,
    BadEvent,
    BadIdentifier,
    BadTime,
    Event,
    MissingField,
    UnknownField,
    UnknownWord,
    UnreadableXml,
    hash_id,
    prehash,
    read,
    stored,
)
from zhuisu.events.xml_read import each_xml, open_xml, read_xml
from zhuisu.events.xml_write import event_xml

from .samples import TWINS, XML_GOOD

EVENT = """<ObjectEvent>
<eventTime>2026-05-01T08:30:00.000+08:00</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList><epc>urn:epc:id:sgtin:4012345.011111.9876</epc></epcList>
<action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>
</ObjectEvent>"""
HEAD = '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-05-01T08:30:00Z">'
COMPACT = {"AggregationEvent_with_sensorData", "SensorData_and_extension", "Combination_of_different_event"}
"""Twins with words of their own in compact URIs, which the hash writes in full from JSON only (SensorDataExamples)."""


def document(*events: str, head: str = HEAD) -> bytes:
    body = "\n".join(events)
    return f"{head}\n<EPCISBody>\n<EventList>\n{body}\n</EventList>\n</EPCISBody>\n</epcis:EPCISDocument>".encode()


def bent(old: str, new: str) -> bytes:
    assert old in EVENT
    return document(EVENT.replace(old, new))


def refusal(body: bytes) -> Any:
    with pytest.raises(Refusal) as caught:
        list(read_xml(body))
    return caught.value


def test_every_good_vector_is_read_and_kept(good_xml: Path) -> None:
    events = list(read_xml(good_xml.read_bytes()))
    assert events
    assert [stored(e.doc) for e in events] == events


def test_it_does_not_matter_how_the_bytes_come(good_xml: Path) -> None:
    body = good_xml.read_bytes()
    assert list(read_xml(body[i : i + 7] for i in range(0, len(body), 7))) == list(read_xml(body))


def test_every_bad_vector_is_refused_with_line_place_and_rule(bad_xml: Path) -> None:
    found = refusal(bad_xml.read_bytes())
    assert isinstance(found, BadDocument | BadEvent)
    assert found.detail.startswith(f"line {found.facts['line']}: ")
    assert found.where
    assert found.mend
    assert found.facts["rule"]


def test_the_published_hashes(hashed_xml: Path) -> None:
    about, events = open_xml(hashed_xml.read_bytes())
    found = [hash_id(e, about.ignored) for e in events if isinstance(e, Event)]
    assert found == hashed_xml.with_suffix(".hashes").read_text().split()


@pytest.mark.skipif(not TWINS, reason="the published documents are not beside this checkout (../shared/conformance)")
@pytest.mark.parametrize("pair", TWINS, ids=lambda pair: pair[0].stem)
def test_a_document_and_its_json_twin_are_the_same_events(pair: tuple[Path, Path]) -> None:
    ours, theirs = list(read_xml(pair[0].read_bytes())), read(pair[1].read_bytes())
    same = [hash_id(a) == hash_id(b) for a, b in zip(ours, theirs, strict=True)]
    assert all(same) != (pair[0].stem in COMPACT)
    plain = [msgspec.structs.replace(e, doc=b"", event_id="", record_time=None, declaration=None) for e in ours]
    twins = [msgspec.structs.replace(e, doc=b"", event_id="", record_time=None, declaration=None) for e in theirs]
    assert plain == twins


def test_an_event_becomes_json() -> None:
    grade = '<x:grade xmlns:x="https://x.example/" unit="1">A</x:grade><x:list xmlns:x="https://x.example/">1</x:list>'
    (one,) = read_xml(bent("</ObjectEvent>", grade + grade.partition("/x:grade>")[2] + "</ObjectEvent>"))
    assert msgspec.json.decode(one.doc) == {
        "@context": [{"x": "https://x.example/"}],
        "type": "ObjectEvent",
        "eventTime": "2026-05-01T08:30:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
        "action": "OBSERVE",
        "bizStep": "urn:epcglobal:cbv:bizstep:shipping",
        "x:grade": {"@unit": "1", "#text": "A"},
        "x:list": ["1", "1"],
    }
    assert (one.step, one.epcs) == ("shipping", ("https://id.gs1.org/01/04012345111118/21/9876",))


def test_namespaces_of_the_document_travel_with_the_events_that_use_them() -> None:
    head = HEAD.replace(">", ' xmlns:x="https://x.example/" xmlns:y="https://y.example/">')
    used = EVENT.replace("</ObjectEvent>", "<x:grade>A</x:grade></ObjectEvent>")
    one, two = read_xml(document(EVENT, used, head=head))
    assert b"@context" not in one.doc
    assert msgspec.json.decode(two.doc)["@context"] == [{"x": "https://x.example/"}, {}]


def test_no_context_is_smuggled_in() -> None:
    (one,) = read_xml(
        bent("<ObjectEvent>", """<ObjectEvent xmlns:z="urn:zhuisu:xml" z:json='{"@context":5,"x:a":1}'>""")
    )
    assert msgspec.json.decode(one.doc).keys() & {"@context", "x:a"} == {"x:a"}


def test_one_prefix_with_two_meanings_in_one_event_gets_two_names() -> None:
    inner = '<x:a xmlns:x="https://one.example/"><x:b xmlns:x="https://two.example/">1</x:b></x:a>'
    default = '<c xmlns="https://three.example/"/>'
    (one,) = read_xml(bent("</ObjectEvent>", inner + default + "</ObjectEvent>"))
    tree = msgspec.json.decode(one.doc)
    assert tree["x:a"] == {"x1:b": "1"}
    assert tree["ns:c"] == ""
    assert tree["@context"] == [
        {"x": "https://one.example/"},
        {"x1": "https://two.example/"},
        {"ns": "https://three.example/"},
    ]


OLD = """<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-05-01T08:30:00Z"
 xmlns:sbdh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">
<EPCISHeader><sbdh:StandardBusinessDocumentHeader><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>
</sbdh:StandardBusinessDocumentHeader><extension><EPCISMasterData><VocabularyList>
<Vocabulary type="urn:epcglobal:epcis:vtype:BusinessLocation"><VocabularyElementList>
<VocabularyElement id="urn:epc:id:sgln:0037000.00729.0">
<attribute id="urn:epcglobal:cbv:mda:name">A&amp;B</attribute>
<children><id>urn:epc:id:sgln:0037000.00729.8201</id></children>
</VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader>
<EPCISBody><EventList><extension><TransformationEvent><eventTime>2026-05-01T08:30Z</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><baseExtension><eventID>urn:x:1</eventID></baseExtension>
<inputEPCList><epc>urn:x:2</epc></inputEPCList><outputEPCList><epc>urn:x:3</epc></outputEPCList>
</TransformationEvent></extension><extension><extension><AssociationEvent>
<eventTime>2026-05-01T08:30:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<parentID>urn:x:4</parentID><childEPCs><epc>urn:x:5</epc></childEPCs><action>ADD</action>
<extension><extension><persistentDisposition><set>urn:epcglobal:cbv:disp:recalled</set></persistentDisposition>
</extension></extension></AssociationEvent></extension></extension></EventList></EPCISBody></epcis:EPCISDocument>"""


def test_version_1_is_unwrapped_and_its_header_kept() -> None:
    about, events = open_xml(OLD.encode())
    one, two = (e for e in events if isinstance(e, Event))
    assert (one.event_id, one.inputs, one.outputs) == ("urn:x:1", ("urn:x:2",), ("urn:x:3",))
    assert (two.parent, two.persistent_set) == ("urn:x:4", ("recalled",))
    assert (about.kind, about.version) == ("EPCISDocument", "1.2")
    assert about.header == {
        "sbdh:StandardBusinessDocumentHeader": {"sbdh:HeaderVersion": "1.0"},
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
                    "vocabularyElementList": [
                        {
                            "id": "urn:epc:id:sgln:0037000.00729.0",
                            "attributes": [{"id": "urn:epcglobal:cbv:mda:name", "attribute": "A&B"}],
                            "children": ["urn:epc:id:sgln:0037000.00729.8201"],
                        }
                    ],
                }
            ]
        },
    }


def test_each_tells_the_good_from_the_bad_with_their_lines() -> None:
    bad = EVENT.replace("bizstep:shipping", "bizstep:transforming")
    found = list(each_xml(document(EVENT, bad, EVENT.replace("<action>OBSERVE</action>\n", ""), EVENT)))
    assert [type(x) for x in found] == [Event, UnknownWord, MissingField, Event]
    assert [(x.facts["line"], x.where) for x in found if isinstance(x, BadEvent)] == [
        (16, "/epcisBody/eventList/1/bizStep"),
        (18, "/epcisBody/eventList/2/action"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    text = bent("</ObjectEvent>", '<x:a xmlns:x="https://x.example/">é</x:a></ObjectEvent>').decode()
    declared = encoding.removesuffix("-sig") if encoding != "utf-16-le" else "utf-16"
    bom = "\ufeff" if encoding == "utf-16-le" else ""
    (one,) = read_xml(f'{bom}<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding))
    assert msgspec.json.decode(one.doc)["x:a"] == "é"


ENTITIES = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
DEEP = 10_000


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "ends too early"),
        (b"   ", "ends too early"),
        (b"{}", "does not allow"),
        (document(EVENT).partition(b"</EventList>")[0], "ends too early"),
        (document(EVENT)[:-3], "within a tag"),
        (b"<!DOCTYPE x []><x/>", "DOCTYPE"),
        (b'<!DOCTYPE x PUBLIC "-//A//B" "https://x.example/x.dtd"><x/>', "DOCTYPE"),
        (b"<!DOCTYPE x>" + bent("OBSERVE", "&observe;"), "entity"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "DOCTYPE"),
        (f'<!DOCTYPE x [<!ENTITY l0 "ha">{ENTITIES}]><x>&l11;</x>'.encode(), "DOCTYPE"),
        (bent("OBSERVE", "&observe;"), "entity"),
        (bent("OBSERVE", "OBSERVE\0"), "does not allow"),
        (bent("OBSERVE", "OBSERVE\x0b"), "does not allow"),
        (bent("OBSERVE", "OBSERVE&#0;"), "does not allow"),
        (bent("OBSERVE", "OBSERVE&#x1F;"), "does not allow"),
        (bent("OBSERVE", "OBSERVE\uffff"), "does not allow"),
        (document(EVENT) + document(EVENT), "follows the root"),
        (document(EVENT) + b"rest", "follows the root"),
        (document(EVENT).replace(b"</EventList>", b"</eventList>"), "does not match"),
        (bent("<action>", "<x:action>"), "no xmlns binds"),
        (bent("<action>", '<action a="1" a="2">'), "stands twice"),
        (b'<?xml version="1.0" encoding="gb18030"?>' + document(EVENT), "encoding"),
        (b'<?xml version="1.0" encoding="no-such"?>' + document(EVENT), "encoding"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + document(EVENT), "declared encoding"),
        (document(EVENT).replace(b"OBSERVE", b"\xff\xfe"), "not of the encoding"),
        (b"<a>" * DEEP + b"</a>" * DEEP, "100 elements"),
        (bent("</ObjectEvent>", "<x>" * DEEP + "</x>" * DEEP + "</ObjectEvent>"), "100 elements"),
        (document("<extension>" * DEEP + "</extension>" * DEEP), "100 elements"),
        (bent("OBSERVE", f"<!--{'x' * 2_000_000}-->OBSERVE"), "1 MB"),
        (bent("<action>", f'<action x="{"y" * 2_000_000}">'), "1 MB"),
        (bent("<epc>", "<epc/>" * 250_001 + "<epc>"), "250000 elements"),
        (bent("</ObjectEvent>", "".join(f"<n{i}/>" for i in range(50_001)) + "</ObjectEvent>"), "different names"),
        (document("".join(f'<extension xmlns:p{i}="urn:x:{i}"/>' for i in range(50_001))), "different names"),
        (document(EVENT).replace(b"<EventList>", b"<EventList>text"), "text between"),
    ],
)
def test_what_is_not_plain_xml_is_refused_in_its_own_words(body: bytes, says: str) -> None:
    found = refusal(body)
    assert isinstance(found, UnreadableXml)
    assert says in found.detail
    assert found.detail.startswith(f"line {found.facts['line']}: ")
    assert found.mend


def swapped(old: str, new: str) -> Callable[[], bytes]:
    return lambda: document(EVENT).replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("body", "kind", "where", "line"),
    [
        (swapped("epcis:EPCISDocument", "EPCISDocument"), BadDocument, "/type", 1),
        (swapped("urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis:xsd:9"), BadDocument, "/type", 1),
        (swapped("EPCISDocument", "Invoice"), BadDocument, "/type", 1),
        (swapped(' schemaVersion="2.0"', ""), BadDocument, "/schemaVersion", 1),
        (swapped('schemaVersion="2.0"', 'schemaVersion="two"'), BadDocument, "/schemaVersion", 1),
        (swapped('creationDate="2026-05-01T08:30:00Z"', ""), BadDocument, "/creationDate", 1),
        (swapped("2026-05-01T08:30:00Z", "yesterday"), BadDocument, "/creationDate", 1),
        (swapped("EPCISBody", "EPCISBuddy"), BadDocument, "/EPCISBuddy", 2),
        (swapped("ObjectEvent>", "SaleEvent>"), BadEvent, "/epcisBody/eventList/0/type", 4),
        (swapped("ObjectEvent>", "QuantityEvent>"), BadEvent, "/epcisBody/eventList/0/type", 4),
        (swapped("2026-05-01T08:30:00.000+08:00", "2026-05-01"), BadTime, "/epcisBody/eventList/0/eventTime", 5),
        (swapped("<action>OBSERVE</action>", ""), MissingField, "/epcisBody/eventList/0/action", 4),
        (swapped("<action>", "stray<action>"), BadEvent, "/epcisBody/eventList/0", 4),
        (swapped("OBSERVE<", "OBSERVE<b/><"), BadEvent, "/epcisBody/eventList/0/action", 8),
        (swapped("<action>", '<action kind="x">'), UnknownField, "/epcisBody/eventList/0/action", 8),
        (swapped("<action>", "<action>ADD</action><action>"), BadEvent, "/epcisBody/eventList/0/action", 8),
        (swapped("<ObjectEvent>", '<ObjectEvent kind="x">'), UnknownField, "/epcisBody/eventList/0", 4),
        (swapped("<epc>urn:", "<epc>1 urn:"), BadIdentifier, "/epcisBody/eventList/0/epcList/0", 7),
        (swapped("</epc>", "</epc>\n<epc>12</epc>"), BadIdentifier, "/epcisBody/eventList/0/epcList/1", 8),
        (swapped("</epc>", "</epc>\n<code>x</code>"), UnknownField, "/epcisBody/eventList/0/epcList/1", 8),
        (swapped("<epcList>", "<epcList>12"), BadEvent, "/epcisBody/eventList/0/epcList", 7),
        (swapped("bizstep:shipping", "bizstep:selling"), UnknownWord, "/epcisBody/eventList/0/bizStep", 9),
        (swapped("bizStep>", "step>"), UnknownField, "/epcisBody/eventList/0/step", 9),
        (
            swapped("</ObjectEvent>", '<x:a xmlns:x="https://x.example/">a<x:b/></x:a></ObjectEvent>'),
            BadEvent,
            "/epcisBody/eventList/0/x:a",
            10,
        ),
        (
            swapped(
                "</ObjectEvent>",
                "<quantityList><quantityElement><epcClass>urn:x:1</epcClass>\n<quantity>many</quantity>"
                "</quantityElement></quantityList></ObjectEvent>",
            ),
            BadEvent,
            "/epcisBody/eventList/0/quantityList/0/quantity",
            11,
        ),
        (
            swapped(
                "</ObjectEvent>",
                '<sensorElementList><sensorElement><sensorReport type="gs1:Temperature"/>\n<sensorReport value="x"/>'
                "</sensorElement></sensorElementList></ObjectEvent>",
            ),
            BadEvent,
            "/epcisBody/eventList/0/sensorElementList/0/sensorReport/1/value",
            11,
        ),
        (
            swapped("<ObjectEvent>", '<ObjectEvent xmlns:z="urn:zhuisu:xml" z:json="[1]">'),
            BadEvent,
            "/epcisBody/eventList/0",
            4,
        ),
        (
            swapped("<ObjectEvent>", '<ObjectEvent xmlns:z="urn:zhuisu:xml" z:context="{">'),
            BadEvent,
            "/epcisBody/eventList/0/@context",
            4,
        ),
        (
            swapped("<ObjectEvent>", '<ObjectEvent xmlns:z="urn:zhuisu:xml" z:context="[5]">'),
            BadEvent,
            "/epcisBody/eventList/0/@context",
            4,
        ),
        (
            swapped("</ObjectEvent>", f'<x:a xmlns:x="https://x.example/{"y" * 20_000}"/></ObjectEvent>'),
            BadEvent,
            "/epcisBody/eventList/0/@context",
            4,
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_line(
    body: Callable[[], bytes], kind: type[Refusal], where: str, line: int
) -> None:
    found = refusal(body())
    assert (type(found), found.where, found.facts["line"]) == (kind, where, line)
    assert found.detail.startswith(f"line {line}: ")
    assert found.mend
    assert found.facts["rule"]


def test_a_document_without_body_is_refused() -> None:
    assert refusal(f"{HEAD}</epcis:EPCISDocument>".encode()).where == "/epcisBody"
    empty = '<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2"><EPCISBody/></q:EPCISQueryDocument>'
    assert refusal(empty.encode()).where == "/epcisBody/queryResults/resultsBody/eventList"


def test_memory_is_that_of_one_event() -> None:
    def chunks(times: int) -> Iterator[bytes]:
        head, foot = document("|").split(b"|")
        yield head
        for _ in range(times):
            yield EVENT.encode() * 100
        yield foot

    def peak(times: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in read_xml(chunks(times))) == times * 100
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(30) < peak(10) + 500_000


def refused_or_read(body: bytes) -> None:
    try:
        for item in each_xml(body):
            match item:
                case Event():
                    assert stored(item.doc) == item
                case _:
                    assert item.facts["line"] > 0
    except (UnreadableXml, BadDocument) as found:
        assert found.detail  # noqa: PT017  any other exception is the failure this looks for


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    refused_or_read(body)


PIECES = [
    *(
        b"<epc>",
        b"</epc>",
        b"<extension>",
        b"</extension>",
        b"<ilmd/>",
        b"x",
        b"&amp;",
        b"&#13;",
        b"]]>",
        b"<!--",
        b"-->",
    ),
    *(b"<![CDATA[", b"\0", b"\xff", b"<?pi?>", b' type="gs1:Temperature"', b' xmlns="https://x.example/"', b"1e400"),
    *(
        b' xmlns:epcis="urn:x"',
        b' xsi:nil="true"',
        b"<x:y xmlns:x='urn:z'>",
        b"</x:y>",
        b"-1",
        b"NaN",
        b"2026-05-01T08:30Z",
    ),
    *(
        b"<ObjectEvent>",
        b"</ObjectEvent>",
        b"<EventList/>",
        b"<sensorReport/>",
        b"<quantity>1</quantity>",
        b'"',
        b"'",
        b"=",
    ),
    *(b"<x z:json='{}' xmlns:z='urn:zhuisu:xml'/>", b"9" * 5000, b"&l;", b"<!DOCTYPE x>", b"\xef\xbb\xbf", b"true"),
]


@pytest.mark.skipif(not XML_GOOD, reason="the published documents are not beside this checkout (../shared/conformance)")
@settings(max_examples=1_000, deadline=None)
@given(st.sampled_from(range(len(XML_GOOD) or 1)), st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_bent_vector_is_read_or_refused(at: int, rng: random.Random, times: int) -> None:
    """Cut out, double or replace any few places of a valid document."""
    body = XML_GOOD[at].read_bytes()
    for _ in range(times):
        start = rng.randrange(len(body) or 1)
        end = start + rng.choice([0, 0, 1, 2, 10, 100])
        match rng.randrange(4):
            case 0:
                body = body[:start] + body[end:]
            case 1:
                body = body[:end] + body[start:]
            case 2:  # at the edge of a tag
                edge = body.find(rng.choice([b"<", b">", b'"']), start) + rng.randrange(2)
                body = body[:edge] + rng.choice(PIECES) + body[edge:]
            case _:
                body = body[:start] + rng.choice(PIECES) + body[end:]
    refused_or_read(body)


def test_published_kinds_of_odd_but_valid_xml() -> None:
    """Traits of documents that others publish: a bare DOCTYPE, comments, CDATA, prefixes on the standard's own names."""
    plain = next(read_xml(document(EVENT)))
    named = b'<?xml version="1.0" standalone="yes"?>\n<!DOCTYPE project>\n' + document(EVENT)
    assert next(read_xml(named)) == plain
    prefixed = EVENT.replace("<", "<epcis:").replace("<epcis:/", "</epcis:")
    assert next(read_xml(document(prefixed))) == plain
    commented = EVENT.replace("<action>", "<!-- why --><?pi why?><action><![CDATA[").replace(
        "</action>", "]]></action>"
    )
    assert next(read_xml(document(commented))) == plain
    lots = "<quantityElement><epcClass>urn:x:1</epcClass>{}</quantityElement>"
    nil = '<quantity xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    (one,) = read_xml(
        document(EVENT.replace("</ObjectEvent>", f"<quantityList>{lots.format(nil)}</quantityList></ObjectEvent>"))
    )
    assert (
        one.quantities
        == next(
            read_xml(
                document(
                    EVENT.replace("</ObjectEvent>", f"<quantityList>{lots.format('')}</quantityList></ObjectEvent>")
                )
            )
        ).quantities
    )


ALARM = (
    '<sensorElementList><sensorElement><sensorReport exception="gs1:ALARM_CONDITION" booleanValue="true"/>'
    "</sensorElement></sensorElementList></ObjectEvent>"
)


def test_an_alarm_needs_no_type() -> None:
    """Case 9 of GS1's sensor data examples."""
    (one,) = read_xml(document(EVENT.replace("</ObjectEvent>", ALARM)))
    assert [(reading.type, reading.exception) for reading in one.sensors] == [("", "ALARM_CONDITION")]
    none = refusal(document(EVENT.replace("</ObjectEvent>", ALARM.replace('exception="gs1:ALARM_CONDITION"', ""))))
    assert isinstance(none, MissingField)
    assert none.where == "/epcisBody/eventList/0/sensorElementList/0/sensorReport/0/type"


def test_what_every_event_says_stands_first_in_a_captured_document_of_2_0() -> None:
    """As the schema's EPCISEventType demands; what comes of queries, and of 1.x, is published in any order."""
    jumbled = EVENT.replace("<action>OBSERVE</action>\n", "").replace(
        "<eventTime>", "<action>OBSERVE</action><eventTime>"
    )
    found = refusal(document(jumbled))
    assert (type(found), found.where, found.facts["line"]) == (BadEvent, "/epcisBody/eventList/0/eventTime", 5)
    assert "action" in found.mend
    older = document(jumbled).replace(b"epcis:xsd:2", b"epcis:xsd:1").replace(b'"2.0"', b'"1.2"')
    asked = document(jumbled).replace(b"urn:epcglobal:epcis:xsd:2", b"urn:epcglobal:epcis-query:xsd:2")
    asked = asked.replace(b"EPCISDocument", b"EPCISQueryDocument")
    within = EVENT.replace("<action>OBSERVE</action>\n", "").replace(
        "</ObjectEvent>", "<action>OBSERVE</action></ObjectEvent>"
    )
    for body in (older, asked):
        assert next(read_xml(body)).action == "OBSERVE"
    assert refusal(document(within)).where == "/epcisBody/eventList/0/action"


def test_an_event_id_that_is_no_uri_stays_an_extension_of_1_x() -> None:
    """Many systems of 1.x wrote a bare UUID; 2.0 wants a URI."""
    told = EVENT.replace(
        "</eventTimeZoneOffset>", "</eventTimeZoneOffset><baseExtension><eventID>9db05f77</eventID></baseExtension>"
    )
    (one,) = read_xml(document(told).replace(b"epcis:xsd:2", b"epcis:xsd:1").replace(b'"2.0"', b'"1.2"'))
    assert (one.event_id, msgspec.json.decode(one.doc)["epcis1:eventID"]) == ("", "9db05f77")
    (same,) = read_xml(document(EVENT))
    assert hash_id(one) == hash_id(same)  # CBV 2.0 §8.9: eventID does not count
    assert isinstance(refusal(document(told)), BadIdentifier)


def test_ilmd_that_only_1_x_lets_pass_is_told_in_its_place() -> None:
    """Its schema knows no condition on the action; the hash has the field where it has that of an event that creates."""
    lists = "<sourceList><source type='urn:epcglobal:cbv:sdt:location'>urn:x:s</source></sourceList>"
    ilmd = "<ilmd><x:grade xmlns:x='https://x.example/'>A</x:grade></ilmd>"
    told = EVENT.replace("</ObjectEvent>", f"<extension>{lists}{ilmd}</extension></ObjectEvent>")
    (one,) = read_xml(document(told).replace(b"epcis:xsd:2", b"epcis:xsd:1").replace(b'"2.0"', b'"1.2"'))
    end = "ilmd{https://x.example/}grade=AsourceListtype=https://ref.gs1.org/cbv/SDT-locationsource=urn:x:s"
    assert prehash(one).endswith(end)


def test_lot_and_expiry_however_the_sender_wrote_them() -> None:
    """Blanks of a formatter, a number by xsi:type, attributes beside the text; several lots are nobody's lot."""
    head = '<cbvmda:{0} xmlns:cbvmda="urn:epcglobal:cbv:mda" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{1}>{2}</cbvmda:{0}>'
    for attribute, text, lot in (
        ("", "\n L1 \n", "L1"),
        (' xsi:type="xsd:int"', "15123", "15123"),
        (' xmlns:y="urn:y" y:kind="a"', "L1", "L1"),
        ("", "", ""),
    ):
        ilmd = head.format("lotNumber", attribute, text) + head.format("itemExpirationDate", "", "2027-03-31\n  ")
        made = EVENT.replace("OBSERVE", "ADD").replace("</ObjectEvent>", f"<ilmd>{ilmd}</ilmd></ObjectEvent>")
        (one,) = read_xml(document(made))
        assert (one.lot, str(one.expiry)) == (lot, "2027-03-31")
    twice = head.format("lotNumber", "", "L1") * 2
    (one,) = read_xml(
        document(EVENT.replace("OBSERVE", "ADD").replace("</ObjectEvent>", f"<ilmd>{twice}</ilmd></ObjectEvent>"))
    )
    assert one.lot == ""


FEEDING = """<f:Feeding xmlns:f="https://feed.example/" trough="7"><eventTime>2026-05-01T08:30:00Z</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>urn:x:1</epc></epcList><readPoint>gate</readPoint>
<kilos>3</kilos></f:Feeding>"""


def test_an_element_of_another_namespace_is_an_event_of_that_type() -> None:
    for body in (document(FEEDING), FEEDING.encode()):
        (one,) = read_xml(body)
        assert (one.type, one.extended, one.epcs) == ("ExtendedEvent", "https://feed.example/Feeding", ("urn:x:1",))
        tree = msgspec.json.decode(one.doc)
        assert [tree[name] for name in ("type", "@trough", "readPoint", "kilos")] == ["f:Feeding", "7", "gate", "3"]
    late = refusal(document(FEEDING.replace("08:30:00Z", "8.30")))
    assert (late.where, late.facts["line"]) == ("/epcisBody/eventList/0/eventTime", 4)
    assert refusal(document("<Feeding><eventTime/></Feeding>")).where == "/epcisBody/eventList/0/type"
    assert isinstance(refusal(FEEDING.replace("eventTime>", "time>").encode()), BadDocument)
    double = refusal(document(FEEDING.replace("kilos>", "type>")))
    assert double.where == "/epcisBody/eventList/0/type"


def test_a_namespace_is_an_absolute_uri_and_an_old_one_does_no_harm() -> None:
    wild = 'xmlns:p="not a uri ["'
    found = refusal(document(EVENT.replace("</ObjectEvent>", f"<p:a {wild}>1</p:a></ObjectEvent>")))
    assert (found.where.endswith("/@context/p"), "prefix 'p'" in found.detail) == (True, True)
    old = b'{"@context":[{"p":"not a uri ["},{}],"type":"ObjectEvent","p:a":"1"}'
    told = event_xml(old)
    assert b"xmlns:p=" not in told
    assert b"p:a" in told
