"""Values of EPCIS XML that are names: words of vocabularies, and xsi:type. What an xmlns binds, they mean."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from zhuisu.events import (
    BadEvent,
    Event,
    bare_event,
    digest,
    each_xml,
    hash_id,
    identify,
    prehash,
    read,
    read_xml,
    stored,
    write_document_xml,
)
from zhuisu.events.translate import Spelling
from zhuisu.events.xml_write import event_xml

from .samples import STANDARD
from .test_xml_read import EVENT, HEAD, document


def told(inner: str, attributes: str = 'xmlns:x="https://x.example/"', head: str = HEAD) -> Event:
    """Read an event with more in it."""
    made = EVENT.replace("<ObjectEvent>", f"<ObjectEvent {attributes}>").replace("</Obj", f"{inner}</Obj")
    (one,) = read_xml(document(made, head=head))
    return one


def twin(context: dict[str, str], **fields: Any) -> Event:
    """Read the same event from JSON."""
    tree = {"@context": [STANDARD, context], **msgspec.json.decode(told("").doc), "bizStep": "shipping", **fields}
    (one,) = read(msgspec.json.encode(tree))
    return one


def again(one: Event) -> Event:
    """Write an event as XML, and read it back."""
    (found,) = read_xml(b"".join(write_document_xml([one.doc], datetime(2026, 5, 1, tzinfo=UTC), spelling=Spelling())))
    return found


def kept(one: Event) -> bool:
    """Whether all that an event says comes back from XML."""
    found = again(one)
    return facts(found) == facts(one) and prehash(found) == prehash(one) and in_json(found) == in_json(one)


def facts(one: Event) -> Event:
    return msgspec.structs.replace(one, doc=b"")


def in_json(one: Event) -> Any:
    tree = msgspec.json.decode(bare_event(one.doc))
    told = {prefix: uri for entry in tree["@context"][1:] for prefix, uri in entry.items()}
    return {**tree, "bizStep": "shipping", "@context": told}


def test_texts_are_not_compact_uris_in_xml() -> None:
    one = told("<x:a>x:text</x:a>")
    assert b'"x1:a":"x:text"' in one.doc
    assert kept(one)


SENSED = """<sensorElementList><sensorElement><sensorReport type="x:Dust" component="x:up" exception=" x:high" x:cv="1"
 value="1"/></sensorElement></sensorElementList>"""


@pytest.mark.parametrize(
    ("attributes", "head"),
    [
        ('xmlns:x="https://x.example/"', HEAD),
        ("", HEAD.replace(">", ' xmlns:x="https://x.example/">')),
        ('xmlns:x="https://x.example/"', HEAD.replace(">", ' xmlns:x="https://other.example/">')),
    ],
)
def test_words_of_a_sensor_report_mean_what_xmlns_binds(attributes: str, head: str) -> None:
    """As in the JSON twin, for queries, for readers of JSON, and when the same event comes again in the other form."""
    one = told(SENSED, attributes, head)
    assert (one.sensors[0].type, one.sensors[0].exception) == ("https://x.example/Dust", "https://x.example/high")
    report = {"type": "x:Dust", "component": "x:up", "exception": "x:high", "x:cv": "1", "value": 1}
    other = twin({"x": "https://x.example/"}, sensorElementList=[{"sensorReport": [report]}])
    assert facts(one) == facts(other)
    assert in_json(one) == in_json(other)
    assert digest(one) == digest(other)
    assert stored(one.doc) == one
    # The published hash of SensorDataExamples.xml leaves words as XML spells them; those of JSON are written in full.
    assert "type=x:Dustexception=x:highvalue=1component=x:up{https://x.example/}cv=1" in prehash(one)
    assert "type=https://x.example/Dust" in prehash(other)
    assert kept(one)
    assert kept(other)


def test_an_event_is_the_same_whichever_of_its_hashes_it_brings() -> None:
    one = told(SENSED)
    (other,) = read(json.dumps(in_json(one)).encode())
    for own in (one, other):
        for body in (one, other):
            tree = msgspec.json.decode(body.doc)
            brought = stored(msgspec.json.encode({**tree, "eventID": hash_id(own)}))
            assert identify(brought) == (hash_id(own), digest(one))
    assert hash_id(one) != hash_id(other)


def test_words_of_every_vocabulary() -> None:
    """Published twins have a bizStep of their own in both forms."""
    made = EVENT.replace("urn:epcglobal:cbv:bizstep:shipping", " x:step\n").replace(
        "</bizStep>", "</bizStep><disposition>x:state</disposition>"
    )
    made = made.replace(
        "</eventTimeZoneOffset>",
        """</eventTimeZoneOffset><errorDeclaration>
 <declarationTime>2026-05-02T00:00:00Z</declarationTime><reason>x:why</reason></errorDeclaration>""",
    )
    made = made.replace(
        "</ObjectEvent>",
        """<bizTransactionList><bizTransaction type="x:paper">urn:x:1</bizTransaction>
 </bizTransactionList><sourceList><source type="x:from">urn:x:2</source></sourceList><destinationList>
 <destination type="x:to">urn:x:3</destination></destinationList><persistentDisposition><unset>x:old</unset>
 <set>x:new</set></persistentDisposition><x:reason> x:text</x:reason></ObjectEvent>""",
    )
    head = HEAD.replace(">", ' xmlns:x="https://x.example/">')
    one, plain = read_xml(document(made, EVENT, head=head))
    assert (one.step, one.disposition) == ("https://x.example/step", "https://x.example/state")
    assert (one.persistent_set, one.persistent_unset) == (("https://x.example/new",), ("https://x.example/old",))
    parties = [party.type for party in (*one.sources, *one.destinations)]
    assert [one.documents[0].type, *parties] == [
        "https://x.example/paper",
        "https://x.example/from",
        "https://x.example/to",
    ]
    assert one.declaration is not None
    assert one.declaration.reason == "https://x.example/why"
    assert b'"x:reason":" x:text"' in one.doc
    assert kept(one)
    assert b"@context" not in plain.doc
    for word in ("bizStep=x:step", "set=x:new", "type=x:paper", "type=x:from", "reason=x:text"):
        assert word in prehash(one)
    (other,) = read(bare_event(one.doc))
    assert (facts(other), digest(other)) == (facts(one), digest(one))
    assert "bizStep=https://x.example/step" in prehash(other)
    assert kept(other)


def test_words_follow_the_nearest_binding() -> None:
    two = SENSED.replace("<sensorElement>", '<sensorElement xmlns:x="https://two.example/">')
    both = SENSED.replace("</sensorElementList>", "") + two.replace("<sensorElementList>", "")
    one = told(both)
    assert [reading.type for reading in one.sensors] == ["https://x.example/Dust", "https://two.example/Dust"]
    assert kept(one)
    # What nothing binds, or what the standard context does, or the schema's own names, binds nothing.
    for word in ("y:Dust", "gs1:Dust", "xsi:Dust", "epcis:Dust", "urn:x:Dust", "https://x.example/Dust"):
        odd = told(SENSED.replace("x:Dust", word).replace("x:up", "y:up").replace(" x:high", "y:high"))
        assert f'"type":"{word}"'.encode() in odd.doc
        assert b"@xmlns" not in odd.doc
        assert kept(odd)


def test_words_and_texts_with_one_prefix() -> None:
    """Words need the prefix as it is; texts are left alone by the hash, as in all XML."""
    one = told(SENSED + "<x:a>x:text</x:a><y:a>x:1</y:a>", 'xmlns:x="https://x.example/" xmlns:y="https://y.example/"')
    assert one.sensors[0].type == "https://x.example/Dust"
    assert prehash(one).endswith("{https://x.example/}a=x:text{https://y.example/}a=x:1")
    assert kept(one)
    wild = told(SENSED, 'xmlns:x="https://x.example/&#22909;"')  # no xmlns of ours: other readers would refuse it
    assert again(wild).sensors == wild.sensors
    assert prehash(again(wild)) == prehash(wild)
    assert told(SENSED.replace("x:", "\u4e2d:"), 'xmlns:\u4e2d="https://x.example/"').sensors == told(SENSED).sensors


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ('<x:a xsi:type="ee:Prop">1</x:a>', {"@xsi:type": "ee:Prop", "#text": "1"}),
        ('<x:a xsi:type="ee:Prop"><x:b>1</x:b></x:a>', {"@xsi:type": "ee:Prop", "x:b": "1"}),
        ('<x:a xsi:type="ee:Prop"/>', {"@xsi:type": "ee:Prop"}),
        ('<x:a xsi:type="ee:integer" unit="d">1</x:a>', {"@unit": "d", "@xsi:type": "ee:integer", "#text": "1"}),
    ],
)
def test_a_type_of_anybodys_is_kept_with_its_binding(element: str, value: Any) -> None:
    bound = {"x": "https://x.example/", "ee": "https://ee.org/", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    one = told(element, " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in bound.items()))
    other = twin(bound, **{"x:a": value})
    assert msgspec.json.decode(one.doc)["x:a"] == value
    assert digest(one) == digest(other)
    assert kept(one)
    assert kept(other)
    assert b'xsi:type="ee:' in event_xml(one.doc)
    assert b'xmlns:ee="https://ee.org/"' in event_xml(one.doc)


@pytest.mark.parametrize("kind", ["s:int", "old:int", "int", "unbound:int"])
def test_a_type_of_xml_schema_is_that_of_the_value(kind: str) -> None:
    bound = 'xmlns:x="https://x.example/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    bound += 'xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:old="http://www.w3.org/2000/10/XMLSchema"'
    one = told(f'<x:a xsi:type="{kind}">15</x:a>', bound)
    assert msgspec.json.decode(one.doc)["x:a"] == 15
    assert b"xsi" not in one.doc


def test_a_mark_of_xml_is_no_way_to_break_us() -> None:
    for value in ("5", '["x",1]', "null", '[["x"]]', '{"x":1}', '"x"'):
        marked = f"""xmlns:z="urn:zhuisu:xml" z:context='[{{"@xmlns":{value}}}]'"""
        body = document(EVENT.replace("<ObjectEvent>", f"<ObjectEvent {marked}>"))
        for item in each_xml(body):
            assert isinstance(item, BadEvent) or hash_id(item) == hash_id(stored(item.doc))
