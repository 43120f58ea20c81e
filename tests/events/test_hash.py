import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.events import Event, digest, hash_id, identify, prehash, read

from .samples import STANDARD, document, event


def one(tree: dict[str, Any], context: Any = STANDARD) -> Event:
    return read(document(tree, context=context))[0]


def test_the_published_hashes(hashed: Path) -> None:
    assert [hash_id(e) for e in read(hashed.read_bytes())] == hashed.with_suffix(".hashes").read_text().split()


def test_the_name_is_the_hash_of_the_prehash() -> None:
    told = (
        "eventType=ObjectEventeventTime=2026-05-01T00:30:00.000ZeventTimeZoneOffset=+08:00"
        "epcListepc=https://id.gs1.org/01/04012345111118/21/9876action=OBSERVE"
        "bizStep=https://ref.gs1.org/cbv/BizStep-shippingdisposition=https://ref.gs1.org/cbv/Disp-in_transit"
        "readPointid=https://id.gs1.org/414/4012345000054"
    )
    assert prehash(one(event())) == told
    assert hash_id(one(event())) == f"ni:///sha-256;{sha256(told.encode()).hexdigest()}?ver=CBV2.0"


RICH = event(
    action="ADD",
    certificationInfo=["https://b.example/2", "https://a.example/1"],
    epcList=["urn:epc:id:sgtin:4012345.011111.9876", "urn:epc:id:sgtin:4012345.011111.12"],
    quantityList=[
        {"epcClass": "urn:epc:class:lgtin:4012345.011111.L1", "quantity": 5, "uom": "KGM"},
        {"epcClass": "urn:epc:idpat:sgtin:4012345.066666.*", "quantity": 12.5},
    ],
    bizLocation={"id": "urn:epc:id:sgln:4012345.00005.0", "x:door": "3"},
    bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:2"}, {"type": "desadv", "bizTransaction": "urn:x:1"}],
    sourceList=[{"type": "owning_party", "source": "urn:x:3"}, {"type": "location", "source": "urn:x:4"}],
    destinationList=[
        {"type": "owning_party", "destination": "urn:x:5"},
        {"type": "location", "destination": "urn:x:6"},
    ],
    persistentDisposition={"set": ["recalled", "damaged"], "unset": ["conformant"]},
    ilmd={"cbvmda:lotNumber": "L1", "x:grade": "A"},
    sensorElementList=[
        {
            "sensorMetadata": {"deviceID": "urn:epc:id:giai:4000001.111", "time": "2026-05-01T00:30:00Z"},
            "sensorReport": [
                {"type": "Temperature", "value": 4.0, "uom": "CEL", "booleanValue": True},
                {"type": "RelativeHumidity", "value": 55, "bizRules": "urn:x:7"},
            ],
            "x:box": [{"x:n": 2}, {"x:n": 1}],
        },
        {"sensorReport": [{"type": "gs1:Angle", "value": 1, "component": "x"}]},
    ],
    **{"x:list": ["b", "a", {"x:k": ["2.50", "1"]}], "x:flag": False},
)
SCOPE = [STANDARD, {"x": "https://x.example/"}]
LINKS = {
    "urn:epc:id:sgtin:4012345.011111.9876": "https://shop.example/some/path/01/4012345111118/10/L1/21/9876?17=270101",
    "urn:epc:id:sgtin:4012345.011111.12": "https://id.gs1.org/01/04012345111118/21/12",
    "urn:epc:class:lgtin:4012345.011111.L1": "https://id.gs1.org/01/04012345111118/10/L1",
    "urn:epc:idpat:sgtin:4012345.066666.*": "https://id.gs1.org/01/04012345666663",
    "urn:epc:id:sgln:4012345.00005.0": "http://x.example/414/4012345000054",
    "urn:epc:id:giai:4000001.111": "https://x.example/8004/4000001111",
    "shipping": "cbv:BizStep-shipping",
    "in_transit": "https://ref.gs1.org/cbv/Disp-in_transit",
    "recalled": "cbv:Disp-recalled",
    "po": "cbv:BTT-po",
    "owning_party": "https://ref.gs1.org/cbv/SDT-owning_party",
    "Temperature": "gs1:Temperature",
    "gs1:Angle": "Angle",
    "2.50": 2.5,
    "x:k": "https://x.example/k",
}


def test_a_rich_event() -> None:
    assert prehash(one(RICH, SCOPE)).partition("quantityList")[2] == (
        "quantityElementepcClass=https://id.gs1.org/01/04012345111118/10/L1quantity=5uom=KGM"
        "quantityElementepcClass=https://id.gs1.org/01/04012345666663quantity=12.5"
        "action=ADDbizStep=https://ref.gs1.org/cbv/BizStep-shippingdisposition=https://ref.gs1.org/cbv/Disp-in_transit"
        "persistentDispositionset=https://ref.gs1.org/cbv/Disp-damagedset=https://ref.gs1.org/cbv/Disp-recalled"
        "unset=https://ref.gs1.org/cbv/Disp-conformant"
        "readPointid=https://id.gs1.org/414/4012345000054bizLocationid=https://id.gs1.org/414/4012345000054{https://x.example/}door=3"
        "sensorElementListsensorElementsensorMetadatatime=2026-05-01T00:30:00.000ZdeviceID=https://id.gs1.org/8004/4000001111"
        "sensorReporttype=https://gs1.org/voc/RelativeHumidityvalue=55"
        "sensorReporttype=https://gs1.org/voc/Temperaturevalue=4booleanValue=trueuom=CEL"
        "{https://x.example/}box{https://x.example/}n=1{https://x.example/}box{https://x.example/}n=2"
        "sensorElementsensorReporttype=https://gs1.org/voc/Anglevalue=1component=https://ref.gs1.org/cbv/Comp-x"
        "bizTransactionListtype=https://ref.gs1.org/cbv/BTT-desadvbizTransaction=urn:x:1"
        "type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:x:2"
        "destinationListtype=https://ref.gs1.org/cbv/SDT-locationdestination=urn:x:6"
        "type=https://ref.gs1.org/cbv/SDT-owning_partydestination=urn:x:5"
        "ilmd{https://x.example/}grade=A{urn:epcglobal:cbv:mda:}lotNumber=L1"
        "sensorElementListsensorElementsensorReportbizRules=urn:x:7"
        "sourceListtype=https://ref.gs1.org/cbv/SDT-locationsource=urn:x:4"
        "type=https://ref.gs1.org/cbv/SDT-owning_partysource=urn:x:3"
        "{https://x.example/}flag=false{https://x.example/}list=a{https://x.example/}list=b"
        "{https://x.example/}list{https://x.example/}k=1{https://x.example/}k=2.5"
    )


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_spelling_do_not_count(rng: Any) -> None:
    """Keys and lists shuffled, URNs as Digital Links, words and numbers respelled, times in another zone."""

    def respell(value: Any) -> Any:
        match value:
            case dict():
                items = [(name, respell(item)) for name, item in value.items()]
                rng.shuffle(items)
                return dict(items)
            case list():
                items = [respell(item) for item in value]
                rng.shuffle(items)
                return items
            case str() if value in LINKS and rng.random() < 0.5:
                return LINKS[value]
            case str() if value.startswith("2026-05-01T"):
                zone = timezone(timedelta(minutes=rng.randrange(-840, 841)))
                return (
                    datetime.fromisoformat(value)
                    .astimezone(zone)
                    .isoformat(timespec=rng.choice(["seconds", "microseconds"]))
                )
            case int() if not isinstance(value, bool):
                return float(value)
            case _:
                return value

    prefix = rng.choice(["x", "y"])
    text = json.dumps(respell(RICH)).replace('"x:', f'"{prefix}:')
    scope = [STANDARD, {prefix: "https://x.example/"}]
    again = one(json.loads(text), scope)
    assert prehash(again) == prehash(one(RICH, SCOPE))
    assert digest(again) == digest(one(RICH, SCOPE))


@pytest.mark.parametrize(
    "fields",
    [
        {"eventID": "urn:x:1"},
        {"recordTime": "2026-05-01T00:00:00Z"},
        {"errorDeclaration": {"declarationTime": "2026-05-02T00:00:00Z"}},
        {"rdfs:comment": "seen by Li"},
    ],
)
def test_what_the_hash_leaves_out(fields: dict[str, Any]) -> None:
    assert prehash(one(event(**fields))) == prehash(one(event()))


@pytest.mark.parametrize(
    "fields",
    [
        {"eventTime": "2026-05-01T08:30:00.001+08:00"},
        {"eventTimeZoneOffset": "+07:00"},
        {"epcList": ["urn:epc:id:sgtin:4012345.011111.9877"]},
        {"action": "DELETE"},
        {"bizStep": "receiving"},
        {"readPoint": {"id": "urn:epc:id:sgln:4012345.00005.1"}},
        {"readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0", "x:door": 3}},
        {"x:grade": "A"},
        {"certificationInfo": "https://a.example/1"},
        {"eventTime": "2026-05-01T08:30:00.0005+08:00"},
    ],
)
def test_what_the_hash_tells_apart(fields: dict[str, Any]) -> None:
    assert hash_id(one(event(**fields))) != hash_id(one(event()))


def test_the_digest_tells_more_apart() -> None:
    declared = {
        "declarationTime": "2026-05-02T00:00:00Z",
        "reason": "did_not_occur",
        "correctiveEventIDs": ["urn:x:2", "urn:x:1"],
    }
    variants = [
        event(),
        event(eventID="urn:x:1"),
        event(errorDeclaration=declared),
        event(errorDeclaration={**declared, "declarationTime": "2026-05-03T00:00:00Z"}),
        event(errorDeclaration={**declared, "reason": "incorrect_data"}),
        event(errorDeclaration={**declared, "correctiveEventIDs": ["urn:x:1"]}),
    ]
    assert len({digest(one(tree)) for tree in variants}) == len(variants)
    assert {len(digest(one(tree))) for tree in variants} == {32}
    turned = {
        **declared,
        "declarationTime": "2026-05-02T08:00:00+08:00",
        "reason": "cbv:ER-did_not_occur",
        "correctiveEventIDs": ["urn:x:1", "urn:x:2"],
    }
    assert digest(one(event(errorDeclaration=turned))) == digest(one(variants[2]))
    assert identify(one(event())) == (hash_id(one(event())), digest(one(event())))


@pytest.mark.parametrize(
    ("one_way", "another"),
    [
        ({"epcList": ["urn:x:1", "urn:x:2"]}, {"epcList": ["urn:x:1epc=urn:x:2"]}),
        ({"x:a": "1", "x:b": "t"}, {"x:a": "1{https://x.example/}b=t"}),
        ({"x:a=b": "c"}, {"x:a": "b=c"}),
        ({"x:a": {"x:b": "1", "x:c": "2"}}, {"x:a": {"x:b": "1"}, "x:c": "2"}),
        ({"x:a": {"x:b": {}, "x:c": "2"}}, {"x:a": {"x:b": {"x:c": "2"}}}),
    ],
)
def test_the_digest_tells_apart_what_the_hash_runs_together(one_way: dict[str, Any], another: dict[str, Any]) -> None:
    first, second = one(event(**one_way), SCOPE), one(event(**another), SCOPE)
    assert prehash(first) == prehash(second)
    assert digest(first) != digest(second)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("007", "7"),
        ("+1.50", "1.5"),
        ("1e3", "1000"),
        ("-0.0", "0"),
        ("111100001111000011110000", "111100001111000003641344"),  # through a double, as the published hashes have it
        ("1e400", "1e400"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("1.2.3", "1.2.3"),
        ("urn:epcglobal:cbv:bizstep:shipping", "https://ref.gs1.org/cbv/BizStep-shipping"),
        (" padded ", "padded"),
    ],
)
def test_values_of_extensions(text: str, told: str) -> None:
    assert prehash(one(event(**{"x:v": text}), SCOPE)).endswith(f"{{https://x.example/}}v={told}")


def test_empty_extensions() -> None:
    told = prehash(one(event(**{"x:a": "", "x:b": [], "x:c": None, "x:d": {}, "unbound:e": 1}), SCOPE))
    assert told.endswith("unbound:e=1{https://x.example/}a{https://x.example/}d")


def test_time_is_rounded_half_up() -> None:
    assert "eventTime=2026-05-01T00:30:00.001Z" in prehash(one(event(eventTime="2026-05-01T08:30:00.0005+08:00")))
    assert one(event(eventTime="2026-05-01T08:30:00.0005+08:00")).time == datetime(
        2026, 5, 1, 0, 30, 0, 500, tzinfo=UTC
    )
