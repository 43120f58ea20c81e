import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from zhuisu.events import (
    Action,
    BizTransaction,
    ErrorDeclaration,
    EventType,
    MissingField,
    Party,
    Quantity,
    Reading,
    make,
    stored,
)

NOW = datetime(2026, 5, 1, 0, 30, tzinfo=UTC)
ITEM = "https://id.gs1.org/01/06901234567892/21/A1"
SITE = "https://id.gs1.org/414/6901234000016"


def test_an_intake() -> None:
    made = make(
        EventType.ObjectEvent,
        time=NOW,
        action=Action.OBSERVE,
        step="receiving",
        disposition="in_progress",
        epcs=[ITEM],
        location=SITE,
    )
    assert json.loads(made.doc) == {
        "type": "ObjectEvent",
        "eventTime": "2026-05-01T08:30:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "in_progress",
        "epcList": [ITEM],
        "bizLocation": {"id": SITE},
    }
    assert (made.time, made.epcs, made.location) == (NOW, (ITEM,), SITE)


def test_everything_told_is_there_again() -> None:
    readings = (
        Reading(
            type="Temperature",
            start=NOW,
            end=NOW + timedelta(hours=1),
            min=Decimal("2.1"),
            max=Decimal(8),
            mean=Decimal("4.25"),
            uom="CEL",
        ),
        Reading(
            type="Temperature",
            time=NOW,
            value=Decimal("12.0"),
            exception="ALARM_CONDITION",
            uom="CEL",
            device="urn:x:logger:1",
        ),
    )
    told = {
        "type": EventType.ObjectEvent,
        "time": NOW.replace(microsecond=123),
        "offset": "-03:30",
        "action": Action.ADD,
        "step": "commissioning",
        "disposition": "active",
        "read_point": SITE,
        "epcs": (ITEM,),
        "quantities": (
            Quantity(uri="https://id.gs1.org/01/06901234567892/10/L1", quantity=Decimal("12.5"), uom="KGM"),
            Quantity(uri="urn:x:lot:2", quantity=Decimal(3)),
        ),
        "documents": (BizTransaction(type="cert", uri="urn:x:1"), BizTransaction(uri="urn:x:2")),
        "sources": (Party(type="possessing_party", uri="urn:x:3"),),
        "destinations": (Party(type="location", uri=SITE),),
        "certificates": ("https://zhuisu.example/c/7129",),
        "lot": "L1",
        "expiry": date(2027, 3, 31),
        "sensors": readings,
        "event_id": "urn:x:event:1",
        "declaration": ErrorDeclaration(time=NOW, reason="did_not_occur", corrective=("urn:x:event:2",)),
    }
    made = make(**told, context={"zhuisu": "urn:zhuisu:ns:"}, extensions={"zhuisu:device": "gun 3"})  # type: ignore[arg-type]
    assert {name: getattr(made, name) for name in told} == told
    assert json.loads(made.doc)["@context"] == [{"zhuisu": "urn:zhuisu:ns:"}, {}]
    assert stored(made.doc) == made


def test_the_other_types() -> None:
    packed = make(
        EventType.AggregationEvent,
        time=NOW,
        action="ADD",
        parent="urn:x:box:1",
        children=[ITEM],
        child_quantities=[Quantity(uri="urn:x:lot:1")],
    )
    assert (packed.parent, packed.children, packed.child_quantities) == (
        "urn:x:box:1",
        (ITEM,),
        (Quantity(uri="urn:x:lot:1"),),
    )
    baked = make(
        EventType.TransformationEvent,
        time=NOW,
        inputs=[ITEM],
        input_quantities=[Quantity(uri="urn:x:lot:1")],
        outputs=["urn:x:cake:1"],
        output_quantities=[Quantity(uri="urn:x:lot:2")],
        transformation="urn:x:run:1",
    )
    assert (baked.inputs, baked.outputs, baked.transformation) == ((ITEM,), ("urn:x:cake:1",), "urn:x:run:1")


def test_our_own_events_obey_the_rules() -> None:
    with pytest.raises(MissingField) as caught:
        make(
            EventType.AggregationEvent, time=NOW.astimezone(timezone(timedelta(hours=8))), action="ADD", children=[ITEM]
        )
    assert caught.value.where == "/parentID"
