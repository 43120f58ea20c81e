"""The EPCIS query as a value: what is understood, what is refused, and what each parameter lets pass."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.epcis.errors import BadParameter, UnboundPrefix, UnknownParameter
from zhuisu.epcis.families import FAMILIES
from zhuisu.epcis.filters import Query, matches, may_match, parse, read
from zhuisu.epcis.names import bindings, qualified
from zhuisu.events import Event, EventType, Party, Quantity, make
from zhuisu.events import read as read_events
from zhuisu.events.context import STANDARD

T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
NS = "https://example.org/ns"
GTIN = "https://id.gs1.org/01/06901234567892"
A, B, P = (f"{GTIN}/21/{n}" for n in "ABP")
L = f"{GTIN}/10/L"
GLN = "https://id.gs1.org/414/6901234000016"


def of(tree: dict[str, Any]) -> Event:
    base = {"eventTime": "2026-05-01T16:00:00+08:00", "eventTimeZoneOffset": "+08:00", "type": "ObjectEvent"}
    base |= {"@context": [STANDARD, {"ex": f"{NS}/"}]}
    base |= {"action": "ADD", "epcList": [A]} if tree.get("type", "ObjectEvent") == "ObjectEvent" else {}
    return read_events(json.dumps(base | tree, default=str).encode())[0]


def seen(**more: Any) -> Event:
    values = {"time": T, "action": "OBSERVE", "step": "shipping", "epcs": [A], "location": "urn:x:shop", **more}
    return make(EventType.ObjectEvent, **values)


TRANSFORMED = make(
    EventType.TransformationEvent,
    time=T,
    inputs=[A],
    outputs=[B],
    input_quantities=[Quantity(uri=L, quantity=Decimal(7), uom="KGM")],
    transformation="urn:x:t1",
)
PACKED = make(
    EventType.AggregationEvent, time=T, action="ADD", parent=P, children=[A], child_quantities=[Quantity(uri=L)]
)
TRADED = of({"type": "TransactionEvent", "action": "ADD", "parentID": P, "epcList": [A], "bizTransactionList": [
    {"type": "po", "bizTransaction": "urn:x:po"}, {"bizTransaction": "urn:x:untyped"},
]})  # fmt: skip
SENT = seen(
    sources=[Party(type="owning_party", uri="urn:x:maker")],
    destinations=[Party(type="location", uri=GLN), Party(type="https://x.example/kind", uri="urn:x:buyer")],
)
EXTENDED = of(
    {
        "ex:colour": "red",
        "ex:depth": 5,
        "ex:when": "2026-05-01T10:00:00+02:00",
        "ex:flag": True,
        "ex:sizes": [1, 2.5],
        "ex:unit": {"@ex:code": "KGM", "#text": "3.5"},
        "ex:box": {"ex:colour": "blue", "ex:deep": [{"ex:depth": 9}]},
        "ilmd": {"cbvmda:lotNumber": "007", "ex:grade": "A", "ex:farm": {"ex:plot": "12"}},
        "readPoint": {"id": "urn:x:door", "ex:floor": "2"},
        "bizLocation": {"id": f"{GLN}/254/7", "ex:room": {"ex:shelf": "b"}},
        "persistentDisposition": {"set": ["completeness_verified"], "unset": ["reserved"]},
        "errorDeclaration": {
            "declarationTime": "2026-05-02T00:00:00Z",
            "reason": "did_not_occur",
            "correctiveEventIDs": ["urn:x:right"],
            "ex:clerk": "Li",
            "ex:notes": {"ex:page": 3},
        },
        "sensorElementList": [
            {
                "sensorMetadata": {
                    "time": "2026-05-01T07:00:00Z",
                    "startTime": "2026-05-01T06:00:00Z",
                    "endTime": "2026-05-01T07:00:00Z",
                    "deviceID": "urn:x:device",
                    "bizRules": "urn:x:rules",
                    "dataProcessingMethod": "urn:x:method",
                    "ex:site": "roof",
                },
                "sensorReport": [
                    {
                        "type": "Temperature",
                        "value": 4.5,
                        "minValue": 2,
                        "maxValue": 8,
                        "meanValue": 4,
                        "sDev": 0.5,
                        "uom": "CEL",
                        "percRank": 50,
                        "percValue": 12.7,
                        "ex:batch": 7,
                    },
                    {
                        "type": "gs1:Humidity" if False else "RelativeHumidity",
                        "value": 60,
                        "uom": "P1",
                        "stringValue": "ok|fine",
                        "booleanValue": True,
                        "hexBinaryValue": "0aFF",
                        "uriValue": "urn:x:uri",
                        "microorganism": "urn:x:germ",
                        "chemicalSubstance": "urn:x:salt",
                    },
                ],
                "ex:element": "e",
            }
        ],
    }
)
EX = "ex="


class TestParse:
    def test_lists_are_pipes_or_repeated_keys(self) -> None:
        both = parse("EQ_bizStep=shipping|receiving&EQ_bizStep=urn:epcglobal:cbv:bizstep:packing")
        assert both.wanted == {"EQ_bizStep": ("shipping", "receiving", "packing")}
        assert parse("EQ_bizStep=shipping%7Creceiving").wanted["EQ_bizStep"] == ("shipping", "receiving")

    def test_values_are_canonical(self) -> None:
        assert parse("MATCH_epc=urn:epc:id:sgtin:6901234.056789.A").wanted["MATCH_epc"] == (A,)
        assert parse("MATCH_epc=https://shop.example/01/06901234567892/21/A?x=1").wanted["MATCH_epc"] == (A,)
        assert parse("EQ_disposition=https://ref.gs1.org/cbv/Disp-active").wanted["EQ_disposition"] == ("active",)

    @pytest.mark.parametrize("name", ["MATCH_epcClass", "MATCH_anyEPCClass", "MATCH_outputEPCClass"])
    def test_a_pattern_that_is_one_class_is_that_class(self, name: str) -> None:
        pattern = "urn:epc:idpat:sgtin:4012345.098765.*"
        assert parse(f"{name}={pattern}").wanted[name] == ("https://id.gs1.org/01/04012345987652",)

    def test_names_are_canonical(self) -> None:
        bound = bindings(f"example={NS}, other=urn:y:")
        spellings = ["EQ_example:a_b", f"EQ_{NS}#a_b", f"EQ_{NS}/a_b", f"EQ_{{{NS}}}a_b"]
        assert {name for text in spellings for name in read({text: "1"}, bound).wanted} == {f"EQ_{{{NS}}}a_b"}
        assert set(parse("EQ_source_urn:epcglobal:cbv:sdt:owning_party=urn:x:y").wanted) == {"EQ_source_owning_party"}
        assert set(parse("GE_errorDeclaration_Time=2026-05-01T08:00:00Z").wanted) == {"GE_errorDeclarationTime"}

    def test_times(self) -> None:
        assert parse("GE_eventTime=2026-05-01T16:00:00%2B08:00").since == T
        assert parse("LT_eventTime=2026-05-01T16:00:00+08:00").until == T

    def test_order_and_pages(self) -> None:
        assert not parse("").descending
        assert parse("orderBy=eventTime").descending
        assert not parse("orderBy=eventTime&orderDirection=ASC").descending
        assert parse("perPage=7").per_page == 7
        assert parse("orderBy=cbvmda:lotNumber").order_by == "{urn:epcglobal:cbv:mda}lotNumber"
        assert parse("orderBy=recordTime&eventCountLimit=3").limit == 3
        assert parse("maxEventCount=3").most == 3

    def test_a_query_in_json(self) -> None:
        query = read(
            {
                "@context": [STANDARD, {"ex": f"{NS}/"}],
                "eventType": ["ObjectEvent", "AggregationEvent"],
                "EQ_quantity": [1, 2.5],
                "GE_ex:depth": 5,
                "EXISTS_errorDeclaration": None,
                "EQ_stringValue": ["a|b"],
                "EQ_bizStep": "shipping|receiving",
                "EQ_booleanValue": True,
                "GE_errorDeclaration_Time": "2026-06-01T08:00:00+08:00",
                "orderBy": "eventTime",
                "eventCountLimit": 100,
            }
        )
        assert query.wanted == {
            "eventType": ("ObjectEvent", "AggregationEvent"),
            "EQ_quantity": ("1", "2.5"),
            f"GE_{{{NS}}}depth": ("5",),
            "EXISTS_errorDeclaration": ("",),
            "EQ_stringValue": ("a|b",),
            "EQ_bizStep": ("shipping", "receiving"),
            "EQ_booleanValue": ("true",),
            "GE_errorDeclarationTime": ("2026-06-01T08:00:00+08:00",),
        }
        assert (query.order_by, query.limit) == ("eventTime", 100)
        assert msgspec.json.decode(msgspec.json.encode(query), type=Query) == query

    def test_an_unknown_parameter_is_refused_by_name(self) -> None:
        with pytest.raises(UnknownParameter, match="EQ_colour") as refused:
            parse("eventType=ObjectEvent&EQ_colour=red")
        assert refused.value.where == "EQ_colour"
        assert "MATCH_anyEPC" in refused.value.facts["parameters"]
        assert refused.value.facts["families"] == list(FAMILIES)

    def test_an_unbound_prefix_is_refused_by_name(self) -> None:
        with pytest.raises(UnboundPrefix, match="'example'") as refused:
            parse("EQ_example:colour=red")
        assert (refused.value.where, "GS1-Extensions: example=" in refused.value.mend) == ("EQ_example:colour", True)
        with pytest.raises(BadParameter, match="binds no prefix"):
            bindings("example")

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("eventType=Objectevent", "eventType"),
            ("EQ_action=LOOK", "EQ_action"),
            ("EQ_bizStep=walking", "EQ_bizStep"),
            ("EQ_bizStep=", "EQ_bizStep"),
            ("EQ_bizStep=%00", "EQ_bizStep"),
            ("MATCH_epc=A1", "MATCH_epc"),
            ("MATCH_anyEPC=urn:epc:idpat:sgtin:*.056789.1", "MATCH_anyEPC"),
            ("MATCH_anyEPC=urn:epc:idpat:sgtin:69012*.*.*", "MATCH_anyEPC"),
            ("MATCH_anyEPC=urn:epc:idpat:sgtin:6901234.*", "MATCH_anyEPC"),
            ("MATCH_anyEPC=urn:epc:idpat:usdod:*.*", "MATCH_anyEPC"),
            ("MATCH_anyEPC=urn:epc:idpat:foo", "MATCH_anyEPC"),
            ("MATCH_epcClass=urn:epc:idpat:foo", "MATCH_epcClass"),
            ("MATCH_epc=urn:epc:idpat:sgtin:6901234.1", "MATCH_epc"),
            ("EQ_nobody:a=1", "EQ_nobody:a"),
            ("EQ_action=FOO", "EQ_action"),
            ("eventType=Foo", "eventType"),
            ("MATCH_epcClass=urn:epc:pat:sgtin:4012345.098765.*", "MATCH_epcClass"),
            ("MATCH_anyEPC=https://id.gs1.org/01/*/21/1", "MATCH_anyEPC"),
            ("GE_eventTime=yesterday", "GE_eventTime"),
            ("GE_eventTime=2026-05-01T08:00:00", "GE_eventTime"),
            ("LT_eventTime=2026-05-01T08:00:00Z&LT_eventTime=2026-05-02T08:00:00Z", "LT_eventTime"),
            ("GE_quantity=many", "GE_quantity"),
            ("GE_quantity=1|2", "GE_quantity"),
            ("EQ_booleanValue=yes", "EQ_booleanValue"),
            ("EQ_hexBinaryValue=xyz", "EQ_hexBinaryValue"),
            ("EXISTS_errorDeclaration=false", "EXISTS_errorDeclaration"),
            ("GT_cbvmda:lotNumber=red", "GT_cbvmda:lotNumber"),
            ("orderBy=walking", "orderBy"),
            ("orderBy=", "orderBy"),
            ("orderDirection=UP", "orderDirection"),
            ("eventCountLimit=3", "eventCountLimit"),
            ("orderBy=eventTime&eventCountLimit=3&maxEventCount=3", "maxEventCount"),
            ("maxEventCount=0", "maxEventCount"),
            ("perPage=0", "perPage"),
            ("perPage=-1", "perPage"),
            ("perPage=²", "perPage"),
            ("EQ_bizLocation=%ff", "query"),
            ("&".join(["EQ_action=ADD"] * 1001), "query"),
        ],
    )
    def test_a_bad_value_is_refused_where_it_stands(self, text: str, where: str) -> None:
        with pytest.raises(BadParameter) as refused:
            parse(text)
        assert refused.value.where == where
        assert refused.value.mend, "nobody says how to put it right"

    @pytest.mark.parametrize(
        "name", ["EQ_minValue_CEL", "GT_eventTime", "EQ_percRank", "HASATTR_bizStep", "EQ_ILMD_x", "EQ_"]
    )
    def test_what_only_looks_like_one(self, name: str) -> None:
        with pytest.raises(UnknownParameter):
            parse(f"{name}=1")

    @given(st.text(max_size=80))
    def test_nothing_but_refusals(self, text: str) -> None:
        for query in (
            text,
            f"MATCH_epc={text}",
            f"EQ_{text}:x=1",
            f"GE_eventTime={text}",
            f"MATCH_epc=urn:epc:idpat:{text}",
        ):
            try:
                parse(query)
            except (BadParameter, UnknownParameter):
                continue

    @given(
        st.dictionaries(st.text(max_size=12), st.none() | st.booleans() | st.floats() | st.lists(st.text()), max_size=3)
    )
    def test_nothing_but_refusals_in_json(self, tree: dict[str, Any]) -> None:
        try:
            read(tree)
        except (BadParameter, UnknownParameter):
            return


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ex:a", f"{{{NS}}}a"),
        ("{https://example.org/ns#}a", f"{{{NS}}}a"),
        ("https://example.org/ns/a", f"{{{NS}}}a"),
        ("urn:x:y:a", "{urn:x:y}a"),
        ("a", ""),
    ],
)
def test_names(name: str, expected: str) -> None:
    for namespace in (NS, f"{NS}/", f"{NS}#"):
        assert qualified(name, {"ex": namespace}) == expected


class TestMatches:
    @pytest.mark.parametrize(
        ("text", "event", "other"),
        [
            ("eventType=ObjectEvent", seen(), PACKED),
            ("EQ_action=ADD|DELETE", PACKED, seen()),
            ("EQ_action=OBSERVE", seen(), TRANSFORMED),
            ("EQ_bizStep=shipping", seen(), seen(step="receiving")),
            ("EQ_disposition=active", seen(disposition="active"), seen()),
            ("EQ_persistentDisposition_set=completeness_verified", EXTENDED, seen()),
            ("EQ_persistentDisposition_unset=reserved", EXTENDED, seen()),
            ("EQ_bizLocation=urn:x:shop", seen(), seen(location="", read_point="urn:x:shop")),
            ("EQ_readPoint=urn:x:door", seen(read_point="urn:x:door"), seen()),
            (f"WD_bizLocation={GLN}", EXTENDED, seen(location=f"{GLN}9")),
            (f"WD_bizLocation={GLN}/254/7", EXTENDED, seen(location=GLN)),
            (
                "WD_readPoint=urn:zhuisu:site:loc:91370302MA000A012K",
                seen(read_point="urn:zhuisu:site:loc:91370302MA000A012K.2"),
                seen(read_point="urn:zhuisu:site:loc:91370302MA000A0139.2"),
            ),
            (
                "WD_readPoint=urn:zhuisu:site:loc:91370302MA000A012K.1",
                seen(read_point="urn:zhuisu:site:loc:91370302MA000A012K.1"),
                seen(read_point="urn:zhuisu:site:loc:91370302MA000A012K.12"),
            ),
            (f"MATCH_epc={A}", seen(), TRANSFORMED),
            (f"MATCH_epc={A}|{B}", PACKED, seen(epcs=[P])),
            ("MATCH_epc=urn:epc:idpat:sgtin:6901234.*.*", seen(), seen(epcs=["urn:epc:id:sgtin:4012345.011111.1"])),
            (
                "MATCH_epc=urn:epc:idpat:sgtin:6901234.056789.*",
                seen(),
                seen(epcs=["urn:epc:id:sgtin:6901234.156789.1"]),
            ),
            ("MATCH_epc=urn:epc:idpat:sgtin:6901234.056789.A", seen(), seen(epcs=[B])),
            ("MATCH_epc=urn:epc:idpat:sgtin:*.*.*", seen(), seen(epcs=["urn:epc:id:sscc:6901234.0000000001"])),
            ("MATCH_epc=urn:epc:idpat:sscc:6901234.*", seen(epcs=["urn:epc:id:sscc:6901234.0000000001"]), seen()),
            ("MATCH_epc=urn:epc:idpat:grai:4012345.55555.*", seen(epcs=["urn:epc:id:grai:4012345.55555.9"]), seen()),
            ("MATCH_epc=urn:epc:idpat:giai:4012345.*", seen(epcs=["urn:epc:id:giai:4012345.x"]), seen()),
            (f"MATCH_epc={GTIN}/21/*", seen(), seen(epcs=[L])),
            (f"MATCH_parentID={P}", TRADED, seen(epcs=[P])),
            (f"MATCH_inputEPC={A}", TRANSFORMED, seen()),
            (f"MATCH_outputEPC={B}", TRANSFORMED, seen(epcs=[B])),
            (f"MATCH_anyEPC={P}", PACKED, seen()),
            (f"MATCH_anyEPC={B}", TRANSFORMED, PACKED),
            (f"MATCH_epcClass={L}", PACKED, TRANSFORMED),
            (f"MATCH_inputEPCClass={L}", TRANSFORMED, PACKED),
            (f"MATCH_anyEPCClass={L}", TRANSFORMED, seen()),
            (
                "MATCH_epcClass=urn:epc:idpat:sgtin:6901234.*.*",
                seen(epcs=[], quantities=[Quantity(uri=GTIN)]),
                seen(epcs=[A], quantities=[Quantity(uri=L)]),
            ),
            ("EQ_transformationID=urn:x:t1", TRANSFORMED, seen()),
            ("GE_eventTime=2026-05-01T08:00:00Z", seen(), seen(time=T.replace(hour=7))),
            ("LT_eventTime=2026-05-01T08:00:00.001Z", seen(), seen(time=T.replace(hour=9))),
            (f"MATCH_epc={A}&EQ_bizStep=shipping", seen(), seen(step="packing")),
            ("EQ_bizTransaction_po=urn:x:po", TRADED, seen()),
            ("EQ_bizTransaction_urn:epcglobal:cbv:btt:po=urn:x:po|urn:x:q", TRADED, EXTENDED),
            ("EQ_source_owning_party=urn:x:maker", SENT, seen()),
            (f"EQ_destination_location={GLN}", SENT, seen()),
            ("EQ_destination_https://x.example/kind=urn:x:buyer", SENT, seen()),
            ("GE_quantity=7&LT_quantity=7.5", TRANSFORMED, PACKED),
            ("EQ_quantity=6|7.0", TRANSFORMED, PACKED),
            ("GT_quantity_KGM=6", TRANSFORMED, seen(quantities=[Quantity(uri=L, quantity=Decimal(7), uom="GRM")])),
            ("EXISTS_errorDeclaration=", EXTENDED, seen()),
            ("GE_errorDeclarationTime=2026-05-02T00:00:00Z", EXTENDED, seen()),
            ("EQ_errorReason=did_not_occur", EXTENDED, seen()),
            ("EQ_correctiveEventID=urn:x:right", EXTENDED, seen()),
            ("EQ_eventID=urn:x:me", seen(event_id="urn:x:me"), seen(event_id="urn:x:you")),
            ("EXISTS_sensorElementList=null", EXTENDED, seen()),
            ("EQ_type=Temperature", EXTENDED, seen()),
            ("EQ_type=https://gs1.org/voc/RelativeHumidity", EXTENDED, seen()),
            ("GE_value_CEL=4.5", EXTENDED, seen()),
            ("EQ_value_CEL=4.50", EXTENDED, seen()),
            ("LE_minValue_CEL=2", EXTENDED, seen()),
            ("GT_maxValue_CEL=7.9", EXTENDED, seen()),
            ("LT_meanValue_CEL=4.1", EXTENDED, seen()),
            ("LT_sDev_CEL=1", EXTENDED, seen()),
            ("LT_percValue_CEL=13", EXTENDED, seen()),
            ("GE_percRank=50", EXTENDED, seen()),
            ("GE_time=2026-05-01T07:00:00Z", EXTENDED, seen()),
            ("LT_startTime=2026-05-01T06:00:01Z", EXTENDED, seen()),
            ("GE_endTime=2026-05-01T07:00:00Z", EXTENDED, seen()),
            ("EQ_deviceID=urn:x:device", EXTENDED, seen()),
            ("EQ_bizRules=urn:x:rules", EXTENDED, seen()),
            ("EQ_dataProcessingMethod=urn:x:method", EXTENDED, seen()),
            ("EQ_microorganism=urn:x:germ", EXTENDED, seen()),
            ("EQ_chemicalSubstance=urn:x:salt", EXTENDED, seen()),
            ("EQ_booleanValue=true", EXTENDED, seen()),
            ("EQ_hexBinaryValue=0Aff", EXTENDED, seen()),
            ("EQ_uriValue=urn:x:uri", EXTENDED, seen()),
            ("EQ_ex:colour=red", EXTENDED, seen()),
            ("EQ_ex:depth=5.0", EXTENDED, seen()),
            ("EQ_ex:when=2026-05-01T08:00:00Z", EXTENDED, seen()),
            ("EQ_ex:flag=true", EXTENDED, seen()),
            ("GT_ex:sizes=2", EXTENDED, seen()),
            ("EQ_ex:unit=3.5", EXTENDED, seen()),
            ("GE_ex:unit=3", EXTENDED, seen()),
            ("LE_ex:when=2026-05-01T08:00:00Z", EXTENDED, seen()),
            ("EXISTS_ex:box=", EXTENDED, seen()),
            ("EQ_INNER_ex:colour=blue", EXTENDED, of({"ex:colour": "blue"})),
            ("GE_INNER_ex:depth=9", EXTENDED, of({"ex:depth": 9})),
            ("EXISTS_INNER_ex:deep=", EXTENDED, seen()),
            ("EQ_ILMD_cbvmda:lotNumber=007", EXTENDED, of({"ilmd": {"cbvmda:lotNumber": "7"}})),
            ("EQ_ILMD_ex:grade=A", EXTENDED, of({"ex:grade": "A"})),
            ("EQ_INNER_ILMD_ex:plot=12", EXTENDED, of({"ilmd": {"ex:plot": "12"}})),
            ("EXISTS_ILMD_ex:farm=", EXTENDED, seen()),
            ("EQ_ERROR_DECLARATION_ex:clerk=Li", EXTENDED, seen()),
            ("GT_INNER_ERROR_DECLARATION_ex:page=2", EXTENDED, seen()),
            ("EQ_SENSORELEMENT_ex:element=e", EXTENDED, seen()),
            ("EQ_SENSORMETADATA_ex:site=roof", EXTENDED, seen()),
            ("LE_SENSORREPORT_ex:batch=7", EXTENDED, seen()),
            ("EQ_readPoint_ex:floor=2", EXTENDED, seen()),
            ("EQ_INNER_bizLocation_ex:shelf=b", EXTENDED, seen()),
            ("HASATTR_ex:unit=ex:code|ex:other", EXTENDED, seen()),
            ("EQ_ATTR_ex:unit_ex:code=KGM", EXTENDED, seen()),
            ("EQATTR_ex:unit_ex:code=KGM|GRM", EXTENDED, seen()),
        ],
    )
    def test_each_parameter(self, text: str, event: Event, other: Event) -> None:
        query = parse(text, bindings(f"ex={NS}"))
        assert matches(query, event)
        assert may_match(query, event.doc.decode())
        assert not matches(query, other)
        assert matches(msgspec.json.decode(msgspec.json.encode(query), type=Query), event)

    @pytest.mark.parametrize(
        "text",
        [
            "GE_value_FAH=4",
            "EQ_ex:colour=Red",
            "GT_ex:colour=1",
            "EQ_ex:depth=05x",
            "EQ_ATTR_ex:unit_ex:code=GRM",
            "HASATTR_readPoint=ex:floor",
            "GE_ex:flag=1",
        ],
    )
    def test_what_does_not_match(self, text: str) -> None:
        assert not matches(parse(text, bindings(f"ex={NS}")), EXTENDED)

    def test_what_is_not_worth_reading(self) -> None:
        query = parse("EXISTS_ILMD_ex:colour", bindings(f"ex={NS}"))
        assert not may_match(query, '{"ilmd":{"ex:size":1}}')
        assert may_match(query, '{"ilmd":{"ex:c\\u006flour":1}}')

    def test_what_the_ledger_knows_besides(self) -> None:
        query = parse("EQ_eventID=urn:x:given&GE_recordTime=2026-05-02T00:00:00Z&LT_recordTime=2026-05-03T00:00:00Z")
        assert matches(query, seen(), name="urn:x:given", recorded=datetime(2026, 5, 2, tzinfo=UTC))
        assert not matches(query, seen(), name="urn:x:given", recorded=datetime(2026, 5, 3, tzinfo=UTC))
        assert not matches(query, seen(), name="urn:x:other", recorded=datetime(2026, 5, 2, tzinfo=UTC))

    def test_master_data_of_a_place(self) -> None:
        master = {"urn:x:shop": {"{urn:epcglobal:cbv:mda}name": "示范店"}}
        for text in ("HASATTR_bizLocation=cbvmda:name", "EQ_ATTR_bizLocation_cbvmda:name=示范店|x"):
            assert matches(parse(text), seen(), master=master)
            assert not matches(parse(text), seen())
