"""EPCIS XML in: what the schemas refuse is refused with its line, what they let pass is taken, and nothing is lost."""

from datetime import UTC, datetime

import msgspec
import pytest

from zhuisu.epcis.answer import Form, answer
from zhuisu.events import BadDocument, BadEvent, MissingField, hash_id, open_xml, read, read_xml, stored
from zhuisu.events.translate import Spelling
from zhuisu.events.xml_write import write_xml

from . import samples
from .test_xml_read import EVENT, HEAD, document, refusal

AS_IT_IS = Spelling()
NOW = datetime(2026, 5, 1, tzinfo=UTC)
LIST = "<VocabularyList/>"
MASTER = f"<EPCISMasterData>{LIST}</EPCISMasterData>"
TOLD = f"<EPCISHeader><extension>{MASTER}</extension></EPCISHeader>"
BODY = "<EPCISBody><EventList/></EPCISBody>"
PART = "/epcisBody/eventList/0"
RESULTS = "/epcisBody/queryResults/resultsBody"


def around(*parts: str, kind: str = "epcis:EPCISDocument") -> bytes:
    """A document of 2.0, each part on a line of its own from line 2 on."""
    inner = "\n".join(parts)
    head = HEAD.replace("epcis:EPCISDocument", kind)
    return f"{head}\n{inner}\n</{kind}>".encode()


def answered(*parts: str) -> bytes:
    results = "<q:QueryResults xmlns:q='urn:epcglobal:epcis-query:xsd:2'>"
    inner = "\n".join(parts)
    body = around(
        f"<EPCISBody>{results}{inner}</resultsBody></q:QueryResults></EPCISBody>", kind="epcis:EPCISQueryDocument"
    )
    return body.replace(b'"urn:epcglobal:epcis:xsd:2"', b'"urn:epcglobal:epcis-query:xsd:2"')


def within(*, old: bool = False, **places: str) -> bytes:
    """The event of all tests with more before the end of it, or instead of what a place names."""
    told = EVENT
    for place, text in places.items():
        told = told.replace({"end": "</ObjectEvent>", "zone": "</eventTimeZoneOffset>"}[place], text, 1)
    body = document(told)
    return body.replace(b"epcis:xsd:2", b"epcis:xsd:1").replace(b'"2.0"', b'"1.2"') if old else body


def with_more(*more: str, old: bool = False) -> bytes:
    """The same with more before its end, from line 10 on."""
    return within(end="\n".join((*more, "</ObjectEvent>")), old=old)


def in_master(*more: str) -> bytes:
    inner = "\n".join(more)
    vocabulary = f'<Vocabulary type="urn:x:t">\n{inner}</Vocabulary>'
    return around(TOLD.replace(LIST, f"<VocabularyList>{vocabulary}</VocabularyList>"), BODY)


@pytest.mark.parametrize(
    ("body", "where", "line", "says"),
    [
        (around(TOLD, TOLD, BODY), "/epcisHeader", 3, "a second EPCISHeader"),
        (around(BODY, TOLD), "/epcisHeader", 3, "after EPCISBody"),
        (around(BODY, BODY), "/epcisBody", 3, "a second EPCISBody"),
        (around("<EPCISBody>", "<EventList/>", "<EventList/>", "</EPCISBody>"), PART[:-2], 4, "a second EventList"),
        (
            around("<EPCISBody/>", "<EventList>", EVENT, "</EventList>"),
            "/EventList",
            3,
            "'EventList' is not known here",
        ),
        (around(f"<EPCISHeader>{MASTER}", MASTER, "</EPCISHeader>", BODY), "/epcisHeader", 3, "second EPCISMasterData"),
        (
            around(f"<EPCISHeader><extension>{MASTER}</extension>", MASTER, "</EPCISHeader>", BODY),
            "/epcisHeader/epcisMasterData",
            3,
            "second EPCISMasterData",
        ),
        (
            around(f"<EPCISHeader><extension>{MASTER}</extension>", "<extension/>", "</EPCISHeader>", BODY),
            "/epcisHeader",
            3,
            "a second extension",
        ),
        (around(TOLD.replace(LIST, f"{LIST}\n{LIST}"), BODY), "/epcisHeader/epcisMasterData", 3, "a second Vocabulary"),
        (around(TOLD.replace(LIST, f"{LIST}\n<zz/>"), BODY), "/epcisHeader/epcisMasterData", 3, "'zz' is not known"),
        (around(TOLD.replace("<extension>", "lost<extension>"), BODY), "/epcisHeader", 2, "text 'lost'"),
        (around(TOLD.replace(LIST, f"lost{LIST}"), BODY), "/epcisHeader/epcisMasterData", 2, "text 'lost'"),
        (around("<EPCISHeader>lost</EPCISHeader>", BODY), "/epcisHeader", 2, "text 'lost'"),
        (in_master("<zz/>"), "/epcisHeader/epcisMasterData/vocabularyList", 3, "'zz' is not known"),
        (in_master("lost"), "/epcisHeader/epcisMasterData/vocabularyList/0", 2, "text 'lost'"),
        (
            in_master("<VocabularyElementList/>", "<VocabularyElementList/>"),
            "/epcisHeader/epcisMasterData/vocabularyList",
            4,
            "a second VocabularyElementList",
        ),
        (
            in_master(
                '<VocabularyElementList><VocabularyElement id="urn:x:1"><children/>',
                "<children><id>urn:x:2</id></children><children><id>urn:x:3</id></children>",
                "</VocabularyElement></VocabularyElementList>",
            ),
            "/epcisHeader/epcisMasterData/vocabularyList",
            4,
            "a second children",
        ),
        (answered(f"<queryName/><resultsBody>{LIST}", LIST), f"{RESULTS}/vocabularyList", 3, "a second VocabularyList"),
        (answered("<queryName/>", "<queryName/><resultsBody>"), "/epcisBody/queryResults/queryName", 3, "a second"),
        (answered("<resultsBody><EventList/>", LIST), f"{RESULTS}/vocabularyList", 3, "beside another list"),
    ],
)
def test_nothing_of_an_envelope_is_replaced_or_lost(body: bytes, where: str, line: int, says: str) -> None:
    found = refusal(body)
    assert isinstance(found, BadDocument)
    assert (found.where, found.facts["line"]) == (where, line)
    assert says in found.detail
    assert found.mend


def test_a_header_keeps_what_others_add() -> None:
    """In 1.x by the schema's wildcard; 2.0 has none there, but its JSON has."""
    noted = "<x:note xmlns:x='https://x.example/'>a</x:note>" * 2
    about, _ = open_xml(around(TOLD.replace("<EPCISHeader>", f"<EPCISHeader>{noted}"), BODY))
    assert about.header == {"x:note": ["a", "a"], "epcisMasterData": {"vocabularyList": []}}


@pytest.mark.parametrize("old", [False, True], ids=["2.0", "1.2"])
def test_the_creation_date_is_an_xsd_date_time(*, old: bool) -> None:
    """Which may lack its offset, as that of many systems does (schema EPCglobal, Document)."""
    body = with_more(old=old)
    for taken in (
        "2026-05-01T08:30:00",
        "2026-05-01T08:30:00.123456",
        "2026-05-01T08:30:00.1-14:00",
        " 2026-05-01T08:30:00Z ",
    ):
        about, events = open_xml(body.replace(b"2026-05-01T08:30:00Z", taken.encode(), 1))
        assert (about.created, len(list(events))) == (taken.strip(), 1)
    for wrong in ("", "x y", "2026-05-01", "2026-13-01T08:30:00", "2026-05-01T08:30:00+99:00", "2026-05-01T25:30:00Z"):
        found = refusal(body.replace(b"2026-05-01T08:30:00Z", wrong.encode(), 1))
        assert (type(found), found.where, found.facts["line"]) == (BadDocument, "/creationDate", 1)


QUANTITY = "<quantityList><quantityElement>\n{}</quantityElement></quantityList>"
CLASS, MANY, UOM = "<epcClass>urn:x:c</epcClass>\n", "<quantity>1</quantity>\n", "<uom>KGM</uom>\n"
SENSED = "<sensorElementList><sensorElement>\n{}</sensorElement></sensorElementList>"
REPORT, METADATA = '<sensorReport type="gs1:Temperature" value="1"/>\n', '<sensorMetadata deviceID="urn:x:d"/>\n'
LASTING = "<persistentDisposition>\n{}</persistentDisposition>"
SET, UNSET = (f"<{x}set>urn:epcglobal:cbv:disp:{y}</{x}set>\n" for x, y in (("", "damaged"), ("un", "recalled")))
DECLARED = "<errorDeclaration>\n{}</errorDeclaration>"
REASON, DECLARATION = (
    "<reason>urn:epcglobal:cbv:er:did_not_occur</reason>\n",
    "<declarationTime>2026-05-01T08:30:00Z</declarationTime>\n",
)
ILMD = "<ilmd><x:a xmlns:x='https://x.example/'>1</x:a></ilmd>"


def declared(*parts: str, old: bool = False) -> bytes:
    told = DECLARED.format("".join(parts))
    told = f"<baseExtension>{told}</baseExtension>" if old else told
    return within(zone=f"</eventTimeZoneOffset>{told}", old=old)


@pytest.mark.parametrize(
    ("body", "where", "line", "says"),
    [
        (within(zone="</eventTimeZoneOffset>\n<readPoint><id>urn:x:r</id></readPoint>"), "/epcList", 8,
         "epcList stands after readPoint"),
        (within(zone="</eventTimeZoneOffset>\n<recordTime>2026-05-01T08:30:00Z</recordTime>"), "/recordTime", 7,
         "recordTime stands after eventTimeZoneOffset"),
        (with_more(QUANTITY.format(CLASS), "<bizLocation><id>urn:x:l</id></bizLocation>"),
         "/bizLocation", 13, "bizLocation stands after quantityList"),
        (with_more(QUANTITY.format(MANY + CLASS)), "/quantityList/0/epcClass", 12, "epcClass stands after quantity"),
        (with_more(QUANTITY.format(CLASS + UOM + MANY)), "/quantityList/0/quantity", 13, "quantity stands after uom"),
        (with_more(SENSED.format(REPORT + METADATA)), "/sensorElementList/0/sensorMetadata", 12,
         "sensorMetadata stands after sensorReport"),
        (with_more(LASTING.format(SET + UNSET)), "/persistentDisposition/unset", 12, "unset stands after set"),
    ],
)  # fmt: skip
def test_the_order_of_the_schema_is_kept(body: bytes, where: str, line: int, says: str) -> None:
    found = refusal(body)
    assert (type(found), found.where, found.facts["line"]) == (BadEvent, PART + where, line)
    assert says in found.detail
    name, _, other = says.partition(" stands after ")
    assert found.mend == f"put {name} before {other}"


def test_the_order_that_is_free() -> None:
    """The end of an event, an errorDeclaration of 2.0 (an xsd:choice); of 1.x events, but not their parts."""
    lists = (
        ILMD,
        LASTING.format(SET),
        SENSED.format(METADATA + REPORT),
        QUANTITY.format(CLASS + MANY + UOM),
    )
    for end in (lists, lists[::-1]):
        (one,) = read_xml(with_more(*end).replace(b"OBSERVE", b"ADD"))
        assert (len(one.quantities), len(one.sensors), one.persistent_set) == (1, 1, ("damaged",))
    (free,) = read_xml(declared(REASON, DECLARATION))
    assert free.declaration is not None
    old = refusal(declared(REASON, DECLARATION, old=True))
    assert (old.where, old.facts["line"]) == (f"{PART}/errorDeclaration/declarationTime", 8)
    assert refusal(with_more(QUANTITY.format(MANY + CLASS), old=True)).where == f"{PART}/quantityList/0/epcClass"


@pytest.mark.parametrize(
    ("more", "where", "line", "says"),
    [
        *(
            (f"<{name}List/>", f"/{name}List", 10, f"no {one} within")
            for name, one in (
                ("bizTransaction", "bizTransaction"),
                ("source", "source"),
                ("destination", "destination"),
                ("sensorElement", "sensorElement"),
            )
        ),
        (QUANTITY.format(CLASS + MANY.replace("1", "1e3")), "/quantityList/0/quantity", 12, "'1e3' has an exponent"),
        (QUANTITY.format(CLASS + UOM), "/quantityList/0/uom", 10, "uom without quantity"),
        (
            SENSED.format(METADATA + REPORT.replace("value", "hexBinaryValue").replace('"1"', '"f0f"')),
            "/sensorElementList/0/sensorReport/hexBinaryValue",
            12,
            "half a byte",
        ),
    ],
)
def test_what_only_the_xml_schema_refuses(more: str, where: str, line: int, says: str) -> None:
    found = refusal(with_more(more))
    assert isinstance(found, BadEvent)
    assert (found.where, found.facts["line"]) == (PART + where, line)
    assert says in found.detail


def test_what_json_alone_can_say_comes_back_from_xml() -> None:
    report = {"type": "Temperature", "hexBinaryValue": "f0f"}
    for fields in (
        {"bizTransactionList": [], "sourceList": [], "destinationList": [], "sensorElementList": []},
        {"quantityList": [{"epcClass": "urn:x:c", "uom": "KGM"}]},
        {"sensorElementList": [{"sensorReport": [report, {**report, "hexBinaryValue": "0F"}]}]},
    ):
        (one,) = read(samples.document(samples.event(**fields)))
        (back,) = read_xml(b"".join(write_xml([one.doc], NOW, spelling=AS_IT_IS)))
        told = msgspec.json.decode(back.doc)
        assert {name: told[name] for name in fields} == fields
        assert hash_id(back) == hash_id(one)
    (many,) = read(
        samples.document(samples.event(quantityList=[{"epcClass": "urn:x:c", "quantity": 1}])).replace(
            b'"quantity": 1', b'"quantity": 12E+3'
        )
    )
    written = b"".join(write_xml([many.doc], NOW))
    assert b"<quantity>12000</quantity>" in written
    (back,) = read_xml(written)
    assert (back.quantities, hash_id(back)) == (many.quantities, hash_id(many))


def test_a_corrective_event_that_is_no_uri_stays_an_extension_of_1_x() -> None:
    ids = "<correctiveEventIDs>{}</correctiveEventIDs>"
    bare, uri = (f"<correctiveEventID>{text}</correctiveEventID>" for text in ("429e40d9", "urn:x:1"))
    (one,) = read_xml(declared(DECLARATION, REASON, ids.format(bare + uri), old=True))
    told = msgspec.json.decode(one.doc)["errorDeclaration"]
    assert (one.declaration is not None, told["epcis1:correctiveEventIDs"]) == (True, ["429e40d9", "urn:x:1"])
    assert "correctiveEventIDs" not in told
    (back,) = read_xml(b"".join(write_xml([one.doc], NOW, spelling=AS_IT_IS)))
    assert msgspec.json.decode(back.doc)["errorDeclaration"] == told
    (kept,) = read_xml(declared(DECLARATION, ids.format(uri), old=True))
    assert kept.declaration is not None
    assert kept.declaration.corrective == ("urn:x:1",)
    assert refusal(declared(DECLARATION, ids.format(bare))).where.endswith("/correctiveEventIDs/0")


def test_an_alarm_without_a_type_is_the_same_in_both() -> None:
    """The JSON schema asks for a type; the XML schema does not, and GS1's own examples of alarms have none."""
    alarm = SENSED.format('<sensorReport exception="gs1:ALARM_CONDITION"/>')
    (one,) = read_xml(with_more(alarm))
    (back,) = read(answer([one.doc], NOW, Form()))
    assert [(reading.type, reading.exception) for reading in back.sensors] == [("", "ALARM_CONDITION")]
    assert hash_id(back) == hash_id(one)
    assert stored(back.doc) == back
    neither = {"sensorElementList": [{"sensorReport": [{"value": 1}]}]}
    with pytest.raises(MissingField):
        read(samples.document(samples.event(**neither)))
