"""The rules of each event type: what is read, and what is refused where."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from zhuisu.errors import Malformed
from zhuisu.events import (
    Action,
    BadEvent,
    BadIdentifier,
    BadTime,
    BizTransaction,
    ErrorDeclaration,
    EventType,
    MissingField,
    Party,
    Quantity,
    Reading,
    UnknownField,
    UnknownWord,
    prehash,
    read,
    stored,
)

from .samples import STANDARD, document, event

SSCC = "urn:epc:id:sscc:4012345.0000000333"
ITEM = "urn:epc:id:sgtin:4012345.011111.9876"
LOT = {"epcClass": "urn:epc:class:lgtin:4012345.011111.L1"}


def packing(**fields: Any) -> dict[str, Any]:
    return event(
        **{
            "type": "AggregationEvent",
            "epcList": None,
            "parentID": SSCC,
            "childEPCs": [ITEM],
            "action": "ADD",
            **fields,
        }
    )


def making(**fields: Any) -> dict[str, Any]:
    return event(
        **{
            "type": "TransformationEvent",
            "epcList": None,
            "action": None,
            "inputEPCList": [ITEM],
            "outputQuantityList": [LOT],
            **fields,
        }
    )


def ordering(**fields: Any) -> dict[str, Any]:
    return event(**{"type": "TransactionEvent", "bizTransactionList": [{"bizTransaction": "urn:x:po:1"}], **fields})


@pytest.mark.parametrize(
    "tree",
    [
        event(),
        event(epcList=[], quantityList=[LOT]),
        event(epcList=None, quantityList=[LOT]),
        event(epcList=None, sensorElementList=[{"sensorReport": [{"type": "Temperature"}]}]),
        event(epcList=[], readPoint=None, sensorElementList=[{"sensorReport": [{"type": "Temperature"}]}]),
        event(action="ADD", ilmd={"example:grade": "A"}),
        event(readPoint={"id": "geo:47.5,11.1", "example:door": 3}),
        event(recordTime="2026-05-01T08:30:01Z"),
        event(eventTime="2026-05-01t08:30:00z"),
        event(bizStep="https://steps.example/grading"),
        event(**{"https://ns.example/field": None}),
        packing(),
        packing(childEPCs=[], childQuantityList=[LOT]),
        packing(action="DELETE", childEPCs=None),
        packing(action="OBSERVE", parentID=None),
        packing(type="AssociationEvent", action="DELETE", childEPCs=[]),
        making(),
        making(ilmd={"example:grade": "A"}),
        making(inputEPCList=None, transformationID="urn:x:run:1"),
        making(outputQuantityList=None, transformationID="urn:x:run:1"),
        ordering(),
        ordering(epcList=[], parentID=SSCC),
        ordering(epcList=None, action="DELETE"),
        ordering(persistentDisposition={"set": ["recalled"]}),
    ],
)
def test_read(tree: dict[str, Any]) -> None:
    assert len(read(document(tree))) == 1


NUMBERS = [{"sensorReport": [{"type": "Temperature", "value": "4"}]}]


@pytest.mark.parametrize(
    ("tree", "kind", "where"),
    [
        (event(type=None), BadEvent, "/type"),
        (event(type="SaleEvent"), BadEvent, "/type"),
        (event(type="epcis:ObjectEvent"), BadEvent, "/type"),
        (event(type="ExtendedEvent"), BadEvent, "/type"),
        (event(type=["urn:x:y"]), BadEvent, "/type"),
        (event(type="urn:x y"), BadIdentifier, "/type"),
        (event(type="urn:x:y", eventTime=None), MissingField, "/eventTime"),
        (event(type="urn:x:y", eventID="none"), BadIdentifier, "/eventID"),
        (event(type="urn:x:y", errorDeclaration={}), MissingField, "/errorDeclaration/declarationTime"),
        (event(type="urn:x:y", deep=json.loads("[" * 70 + "]" * 70)), BadEvent, "/deep"),
        (event(eventTime=None), MissingField, "/eventTime"),
        (event(eventTimeZoneOffset=None), MissingField, "/eventTimeZoneOffset"),
        (event(action=None), MissingField, "/action"),
        (event(action="observe"), BadEvent, "/action"),
        (event(epcList=None), MissingField, "/epcList"),
        (event(epcList=[]), MissingField, "/epcList"),
        (event(epcList=[], quantityList=[]), MissingField, "/epcList"),
        (event(epcList=[ITEM, "a:b", ITEM]), BadEvent, "/epcList/2"),
        (event(epcList=ITEM), BadEvent, "/epcList"),
        (event(epcList=[ITEM, 5]), BadEvent, "/epcList/1"),
        (event(epcList=[ITEM, "9876"]), BadIdentifier, "/epcList/1"),
        (event(epcList=["urn:with space"]), BadIdentifier, "/epcList/0"),
        (event(epcList=["a:" + "b" * 2001]), BadIdentifier, "/epcList/0"),
        (event(grade="A"), UnknownField, "/grade"),
        (event(**{"a/b~c": 1}), UnknownField, "/a~1b~0c"),
        (event(**{"@id": "a:b"}), UnknownField, "/@id"),
        (event(**{"example:deep": json.loads("[" * 70 + "]" * 70)}), BadEvent, "/example:deep"),
        (event(**{"@context": 5}), BadEvent, "/@context"),
        (event(parentID=SSCC), UnknownField, "/parentID"),
        (event(ilmd={"example:grade": "A"}), BadEvent, "/ilmd"),
        (event(action="ADD", ilmd={"grade": "A"}), UnknownField, "/ilmd/grade"),
        (
            event(action="ADD", ilmd={"cbvmda:itemExpirationDate": "2027-02-30"}),
            BadTime,
            "/ilmd/cbvmda:itemExpirationDate",
        ),
        (event(bizStep="transforming"), UnknownWord, "/bizStep"),
        (event(bizStep="urn:epcglobal:cbv:bizstep:transforming"), UnknownWord, "/bizStep"),
        (event(bizStep="x y:z"), BadIdentifier, "/bizStep"),
        (event(bizStep=["shipping"]), BadEvent, "/bizStep"),
        (event(disposition=""), UnknownWord, "/disposition"),
        (event(persistentDisposition={}), MissingField, "/persistentDisposition"),
        (event(persistentDisposition={"set": []}), BadEvent, "/persistentDisposition/set"),
        (event(persistentDisposition={"set": ["recalled", "recalled"]}), BadEvent, "/persistentDisposition/set/1"),
        (event(readPoint={}), MissingField, "/readPoint/id"),
        (event(readPoint="urn:x:y"), BadEvent, "/readPoint"),
        (event(readPoint={"id": "urn:x:y", "door": 3}), UnknownField, "/readPoint/door"),
        (event(eventID="7"), BadIdentifier, "/eventID"),
        (event(certificationInfo=[{}]), BadEvent, "/certificationInfo/0"),
        (event(quantityList=[{"quantity": 5}]), MissingField, "/quantityList/0/epcClass"),
        (event(quantityList=[LOT, {**LOT, "quantity": "5"}]), BadEvent, "/quantityList/1/quantity"),
        (event(quantityList=[{**LOT, "quantity": True}]), BadEvent, "/quantityList/0/quantity"),
        (event(quantityList=[{**LOT, "quantity": 0}]), BadEvent, "/quantityList/0/quantity"),
        (event(quantityList=[{**LOT, "quantity": -1.5}]), BadEvent, "/quantityList/0/quantity"),
        (event(quantityList=[{**LOT, "quantity": 10**50}]), BadEvent, "/quantityList/0/quantity"),
        (event(quantityList=[{**LOT, "uom": "kilo"}]), BadEvent, "/quantityList/0/uom"),
        (event(quantityList=[{**LOT, "example:x": 1}]), UnknownField, "/quantityList/0/example:x"),
        (event(sourceList=[{"source": "a:b"}]), MissingField, "/sourceList/0/type"),
        (event(sourceList=[{"type": "owner", "source": "a:b"}]), UnknownWord, "/sourceList/0/type"),
        (event(destinationList=[{"type": "location", "source": "a:b"}]), UnknownField, "/destinationList/0/source"),
        (event(bizTransactionList=[{"type": "po"}]), MissingField, "/bizTransactionList/0/bizTransaction"),
        (event(errorDeclaration={"reason": "incorrect_data"}), MissingField, "/errorDeclaration/declarationTime"),
        (event(errorDeclaration={"declarationTime": "2026-05-01"}), BadTime, "/errorDeclaration/declarationTime"),
        (event(sensorElementList=[{}]), MissingField, "/sensorElementList/0/sensorReport"),
        (event(sensorElementList=[{"sensorReport": []}]), MissingField, "/sensorElementList/0/sensorReport"),
        (event(sensorElementList=[{"sensorReport": [{}]}]), MissingField, "/sensorElementList/0/sensorReport/0/type"),
        (event(sensorElementList=NUMBERS), BadEvent, "/sensorElementList/0/sensorReport/0/value"),
        (packing(parentID=None), MissingField, "/parentID"),
        (packing(parentID=None, action="DELETE"), MissingField, "/parentID"),
        (packing(childEPCs=[]), MissingField, "/childEPCs"),
        (packing(type="AssociationEvent", action="OBSERVE", parentID=None), MissingField, "/parentID"),
        (packing(ilmd={}), UnknownField, "/ilmd"),
        (making(action="ADD"), UnknownField, "/action"),
        (making(inputEPCList=None), MissingField, "/inputEPCList"),
        (making(inputEPCList=[]), MissingField, "/inputEPCList"),
        (making(outputQuantityList=None), MissingField, "/outputEPCList"),
        (
            making(inputEPCList=None, outputQuantityList=None, transformationID="urn:x:run:1"),
            MissingField,
            "/inputEPCList",
        ),
        (ordering(bizTransactionList=[]), MissingField, "/bizTransactionList"),
        (ordering(epcList=[]), MissingField, "/epcList"),
        (ordering(epcList=None, parentID=SSCC), MissingField, "/epcList"),
    ],
)
def test_refused(tree: dict[str, Any], kind: type[BadEvent], where: str) -> None:
    with pytest.raises(BadEvent) as caught:
        read(document(event(), tree))
    assert (type(caught.value), caught.value.where) == (kind, f"/epcisBody/eventList/1{where}")
    assert caught.value.mend
    assert caught.value.facts["rule"]


def test_null_is_no_value() -> None:
    for name in event():
        with pytest.raises(BadEvent) as caught:
            read(document({**event(), name: None}))
        assert caught.value.where == f"/epcisBody/eventList/0/{name}"


def test_all_fields_of_an_object_event() -> None:
    (found,) = read(
        document(
            event(
                action="ADD",
                eventID="urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
                recordTime="2026-05-01T01:00:00Z",
                bizStep="https://ref.gs1.org/cbv/BizStep-commissioning",
                disposition="https://ref.gs1.org/cbv/Disp-active",
                persistentDisposition={"set": ["completeness_verified"], "unset": ["cbv:Disp-recalled"]},
                bizLocation={"id": "https://shop.example/414/4012345000054?17=270101"},
                quantityList=[{**LOT, "quantity": 12.5, "uom": "KGM"}, LOT],
                bizTransactionList=[{"type": "desadv", "bizTransaction": "urn:x:1"}, {"bizTransaction": "urn:x:2"}],
                sourceList=[{"type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00225"}],
                destinationList=[{"type": "mine:shelf", "destination": "urn:x:3"}],
                certificationInfo="https://zhuisu.example/c/71",
                ilmd={"m:lotNumber": " L1 ", "cbvmda:itemExpirationDate": "2027-03-31", "mine:grade": "A"},
                errorDeclaration={
                    "declarationTime": "2026-05-02T00:00:00Z",
                    "reason": "did_not_occur",
                    "correctiveEventIDs": ["urn:x:4"],
                },
                sensorElementList=[
                    {
                        "sensorMetadata": {
                            "startTime": "2026-05-01T00:00:00Z",
                            "deviceID": "urn:epc:id:giai:4000001.111",
                        },
                        "sensorReport": [
                            {
                                "type": "gs1:Temperature",
                                "minValue": 2,
                                "maxValue": 7.9,
                                "meanValue": 4.50,
                                "uom": "CEL",
                            },
                            {
                                "type": "Temperature",
                                "time": "2026-05-01T00:10:00Z",
                                "value": 12,
                                "exception": "ALARM_CONDITION",
                                "uom": "CEL",
                            },
                        ],
                    }
                ],
            ),
            context=[STANDARD, {"m": "urn:epcglobal:cbv:mda", "mine": "https://mine.example/"}],
        )
    )
    assert found.type is EventType.ObjectEvent
    assert found.time == datetime(2026, 5, 1, 0, 30, tzinfo=UTC)
    assert found.offset == "+08:00"
    assert found.record_time == datetime(2026, 5, 1, 1, tzinfo=UTC)
    assert found.event_id == "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"
    assert found.action is Action.ADD
    assert (found.step, found.disposition) == ("commissioning", "active")
    assert (found.persistent_set, found.persistent_unset) == (("completeness_verified",), ("recalled",))
    assert found.read_point == found.location == "https://id.gs1.org/414/4012345000054"
    assert found.epcs == ("https://id.gs1.org/01/04012345111118/21/9876",)
    lot = "https://id.gs1.org/01/04012345111118/10/L1"
    assert found.quantities == (Quantity(uri=lot, quantity=Decimal("12.5"), uom="KGM"), Quantity(uri=lot))
    assert found.documents == (BizTransaction(type="desadv", uri="urn:x:1"), BizTransaction(uri="urn:x:2"))
    assert found.sources == (Party(type="possessing_party", uri="https://id.gs1.org/417/4012345002256"),)
    assert found.destinations == (Party(type="https://mine.example/shelf", uri="urn:x:3"),)
    assert found.certificates == ("https://zhuisu.example/c/71",)
    assert (found.lot, found.expiry) == ("L1", date(2027, 3, 31))
    declared = ErrorDeclaration(time=datetime(2026, 5, 2, tzinfo=UTC), reason="did_not_occur", corrective=("urn:x:4",))
    assert found.declaration == declared
    midnight = datetime(2026, 5, 1, tzinfo=UTC)
    device = "https://id.gs1.org/8004/4000001111"
    assert found.sensors == (
        Reading(
            type="Temperature",
            start=midnight,
            device=device,
            min=Decimal(2),
            max=Decimal("7.9"),
            mean=Decimal("4.5"),
            uom="CEL",
        ),
        Reading(
            type="Temperature",
            time=datetime(2026, 5, 1, 0, 10, tzinfo=UTC),
            start=midnight,
            device=device,
            value=Decimal(12),
            exception="ALARM_CONDITION",
            uom="CEL",
        ),
    )


def test_all_fields_of_the_others() -> None:
    packed, made, ordered = read(document(packing(), making(transformationID="urn:x:run:1"), ordering(parentID=SSCC)))
    item, sscc = "https://id.gs1.org/01/04012345111118/21/9876", "https://id.gs1.org/00/040123450000003338"
    assert (packed.parent, packed.children, packed.epcs) == (sscc, (item,), ())
    assert (made.inputs, made.output_quantities[0].uri) == ((item,), "https://id.gs1.org/01/04012345111118/10/L1")
    assert (made.transformation, made.action) == ("urn:x:run:1", None)
    assert (ordered.parent, ordered.epcs, ordered.documents) == (sscc, (item,), (BizTransaction(uri="urn:x:po:1"),))


def test_the_same_small_object_is_judged_by_where_it_stands() -> None:
    party = {"type": "location", "source": "urn:x:1"}
    with pytest.raises(UnknownField) as caught:
        read(document(event(sourceList=[party]), event(destinationList=[party])))
    assert caught.value.where == "/epcisBody/eventList/1/destinationList/0/source"


OWN = {"example": "https://ns.example/", "Feeding": "example:Feeding"}


@pytest.mark.parametrize("kind", ["https://ns.example/Feeding", "example:Feeding", "Feeding"])
def test_an_event_of_anothers_type_says_what_all_say_and_what_it_likes(kind: str) -> None:
    tree = event(type=kind, eventID="urn:x:1", parentID=SSCC, bizStep="shipping", readPoint="gate 3", colour=[None])
    (found,) = read(document(tree, context=[STANDARD, OWN]))
    assert (found.type, found.extended) == (EventType.ExtendedEvent, "https://ns.example/Feeding")
    assert (found.event_id, found.step, found.action) == ("urn:x:1", "shipping", Action.OBSERVE)
    assert (found.parent, len(found.epcs)) == ("https://id.gs1.org/00/040123450000003338", 1)
    assert found.read_point == ""  # in no shape of the standard: it is the type's own
    assert json.loads(found.doc) | {"@context": None} == tree | {"@context": None}
    again = stored(found.doc)
    assert again == found
    assert prehash(found).startswith("eventType=https://ns.example/FeedingeventTime=2026-05-01T00:30:00.000Z")
    assert "readPoint=gate 3" in prehash(found)


def test_a_slip_of_the_pen_is_no_type_of_ones_own() -> None:
    for body in (document(event(type="ObjectEvnt")), json.dumps(event(type="ObjectEvnt")).encode()):
        with pytest.raises(Malformed) as refused:
            read(body)
        assert "AssociationEvent" in refused.value.mend
        assert "@context binds" in refused.value.mend
