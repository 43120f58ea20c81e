"""The EPCIS query as a value."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.epcis.errors import BadParameter, UnknownParameter
from zhuisu.epcis.filters import PARAMETERS, matches, parse
from zhuisu.events import BizTransaction, Event, EventType, Quantity, make

T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
A, B, P = (f"https://id.gs1.org/01/06901234567892/21/{n}" for n in "ABP")
L = "https://id.gs1.org/01/06901234567892/10/L"


def seen(**more: object) -> Event:
    values = {"time": T, "action": "OBSERVE", "step": "shipping", "epcs": [A], "location": "urn:x:shop", **more}
    return make(EventType.ObjectEvent, **values)  # type: ignore[arg-type]


TRANSFORMED = make(
    EventType.TransformationEvent,
    time=T,
    inputs=[A],
    outputs=[B],
    input_quantities=[Quantity(uri=L)],
    transformation="urn:x:t1",
)
PACKED = make(
    EventType.AggregationEvent, time=T, action="ADD", parent=P, children=[A], child_quantities=[Quantity(uri=L)]
)
TRADED = make(
    EventType.TransactionEvent,
    time=T,
    action="ADD",
    parent=P,
    epcs=[A],
    documents=[BizTransaction(type="po", uri="urn:x:po")],
)


class TestParse:
    def test_lists_are_pipes_or_repeated_keys(self) -> None:
        both = parse("EQ_bizStep=shipping|receiving&EQ_bizStep=urn:epcglobal:cbv:bizstep:packing")
        assert both.wanted == {"EQ_bizStep": frozenset({"shipping", "receiving", "packing"})}
        assert parse("EQ_bizStep=shipping%7Creceiving").wanted["EQ_bizStep"] == {"shipping", "receiving"}

    def test_values_are_canonical(self) -> None:
        assert parse("MATCH_epc=urn:epc:id:sgtin:6901234.056789.A").wanted["MATCH_epc"] == {A}
        assert parse("MATCH_epc=https://shop.example/01/06901234567892/21/A?x=1").wanted["MATCH_epc"] == {A}
        assert parse("EQ_disposition=https://ref.gs1.org/cbv/Disp-active").wanted["EQ_disposition"] == {"active"}

    @pytest.mark.parametrize("name", ["MATCH_epcClass", "MATCH_anyEPCClass", "MATCH_outputEPCClass"])
    def test_a_pattern_that_is_one_class_is_that_class(self, name: str) -> None:
        pattern = "urn:epc:idpat:sgtin:4012345.098765.*"
        assert parse(f"{name}={pattern}").wanted[name] == {"https://id.gs1.org/01/04012345987652"}
        for wider in ("urn:epc:idpat:sgtin:4012345.*.*", "urn:epc:pat:sgtin:4012345.098765.*"):
            with pytest.raises(BadParameter, match="pattern"):
                parse(f"{name}={wider}")

    def test_times(self) -> None:
        assert parse("GE_eventTime=2026-05-01T16:00:00%2B08:00").since == T
        assert parse("LT_eventTime=2026-05-01T16:00:00+08:00").until == T

    def test_order_and_pages(self) -> None:
        assert not parse("").descending
        assert parse("orderBy=eventTime").descending
        assert not parse("orderBy=eventTime&orderDirection=ASC").descending
        assert parse("perPage=7").per_page == 7
        assert parse(f"nextPageToken={UUID(int=5).hex}").after == UUID(int=5)

    def test_an_unknown_parameter_is_refused_by_name(self) -> None:
        with pytest.raises(UnknownParameter, match="EQ_colour") as refused:
            parse("eventType=ObjectEvent&EQ_colour=red")
        assert refused.value.where == "EQ_colour"
        assert refused.value.facts["parameters"] == list(PARAMETERS)

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("eventType=Objectevent", "eventType"),
            ("EQ_action=LOOK", "EQ_action"),
            ("EQ_bizStep=walking", "EQ_bizStep"),
            ("EQ_bizStep=", "EQ_bizStep"),
            ("EQ_bizStep=%00", "EQ_bizStep"),
            ("MATCH_epc=A1", "MATCH_epc"),
            ("MATCH_anyEPC=urn:epc:idpat:sgtin:6901234.*.*", "MATCH_anyEPC"),
            ("GE_eventTime=yesterday", "GE_eventTime"),
            ("GE_eventTime=2026-05-01T08:00:00", "GE_eventTime"),
            ("LT_eventTime=2026-05-01T08:00:00Z&LT_eventTime=2026-05-02T08:00:00Z", "LT_eventTime"),
            ("orderBy=recordTime", "orderBy"),
            ("orderDirection=UP", "orderDirection"),
            ("perPage=0", "perPage"),
            ("perPage=1001", "perPage"),
            ("perPage=²", "perPage"),
            ("nextPageToken=xyz", "nextPageToken"),
            ("EQ_bizLocation=%ff", "query"),
            ("&".join(["EQ_action=ADD"] * 1001), "query"),
        ],
    )
    def test_a_bad_value_is_refused_where_it_stands(self, text: str, where: str) -> None:
        with pytest.raises(BadParameter) as refused:
            parse(text)
        assert refused.value.where == where

    @given(st.text(max_size=80))
    def test_nothing_but_refusals(self, text: str) -> None:
        for query in (text, f"MATCH_epc={text}", f"nextPageToken={text}", f"GE_eventTime={text}"):
            try:
                parse(query)
            except (BadParameter, UnknownParameter):
                continue


class TestMatches:
    @pytest.mark.parametrize(
        ("text", "event", "other"),
        [
            ("eventType=ObjectEvent", seen(), PACKED),
            ("EQ_action=ADD|DELETE", PACKED, seen()),
            ("EQ_action=OBSERVE", seen(), TRANSFORMED),
            ("EQ_bizStep=shipping", seen(), seen(step="receiving")),
            ("EQ_disposition=active", seen(disposition="active"), seen()),
            ("EQ_bizLocation=urn:x:shop", seen(), seen(location="", read_point="urn:x:shop")),
            ("EQ_readPoint=urn:x:door", seen(read_point="urn:x:door"), seen()),
            (f"MATCH_epc={A}", seen(), TRANSFORMED),
            (f"MATCH_epc={A}|{B}", PACKED, seen(epcs=[P])),
            (f"MATCH_parentID={P}", TRADED, seen(epcs=[P])),
            (f"MATCH_inputEPC={A}", TRANSFORMED, seen()),
            (f"MATCH_outputEPC={B}", TRANSFORMED, seen(epcs=[B])),
            (f"MATCH_anyEPC={P}", PACKED, seen()),
            (f"MATCH_anyEPC={B}", TRANSFORMED, PACKED),
            (f"MATCH_epcClass={L}", PACKED, TRANSFORMED),
            (f"MATCH_inputEPCClass={L}", TRANSFORMED, PACKED),
            (f"MATCH_anyEPCClass={L}", TRANSFORMED, seen()),
            ("EQ_transformationID=urn:x:t1", TRANSFORMED, seen()),
            ("GE_eventTime=2026-05-01T08:00:00Z", seen(), seen(time=T.replace(hour=7))),
            ("LT_eventTime=2026-05-01T08:00:00.001Z", seen(), seen(time=T.replace(hour=9))),
            (f"MATCH_epc={A}&EQ_bizStep=shipping", seen(), seen(step="packing")),
        ],
    )
    def test_each_parameter(self, text: str, event: Event, other: Event) -> None:
        assert matches(parse(text), event)
        assert not matches(parse(text), other)
