"""Ids and links of events, without a database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.events import Action, EventType, Quantity, digest, make, read
from zhuisu.events.context import STANDARD
from zhuisu.ledger.model import Hold, Op, Rank, Role, Touch, bound, cluster, event_id, links, rank

T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
BOX = "https://id.gs1.org/01/06901234567892/21/1"
BOX_2 = "https://id.gs1.org/01/06901234567892/21/2"
CASE = "https://id.gs1.org/00/369012340000000017"
LOT = "https://id.gs1.org/01/06901234567892/10/L1"
AGGREGATION = EventType.AggregationEvent


def test_a_commissioning_makes_its_items_members_of_their_lot() -> None:
    event = make(EventType.ObjectEvent, time=T, action="ADD", step="commissioning", epcs=[BOX, BOX_2], lot="L1")
    found = links(event)
    assert found.touches == (Touch(BOX, Role.observed), Touch(BOX_2, Role.observed))
    assert found.holds == (Hold(BOX, LOT, Op.member), Hold(BOX_2, LOT, Op.member))


def test_packing_and_unpacking_are_edges_and_emptying_is_a_row_on_the_parent() -> None:
    pack = links(make(AGGREGATION, time=T, action="ADD", parent=CASE, children=[BOX]))
    assert pack == ((Touch(CASE, Role.packed),), (Hold(BOX, CASE, Op.packed),))
    unpack = links(make(AGGREGATION, time=T, action="DELETE", parent=CASE, children=[BOX]))
    assert unpack == ((Touch(CASE, Role.unpacked),), (Hold(BOX, CASE, Op.unpacked),))
    assert links(make(AGGREGATION, time=T, action="DELETE", parent=CASE)) == ((Touch(CASE, Role.emptied),), ())


def test_a_quantity_in_a_case_does_not_leave_its_other_cases() -> None:
    pack = make(
        AGGREGATION, time=T, action="ADD", parent=CASE, child_quantities=[Quantity(uri=LOT, quantity=Decimal(5))]
    )
    assert links(pack).holds == (Hold(LOT, CASE, Op.quantity_packed),)


def test_two_spellings_of_one_code_leave_one_row() -> None:
    event = make(EventType.ObjectEvent, time=T, action="OBSERVE", epcs=[BOX, "urn:epc:id:sgtin:6901234.056789.1"])
    assert links(event).touches == (Touch(BOX, Role.observed),)


def test_a_cited_certificate_meets_its_scanned_code() -> None:
    url = f"https://zs.example/c/{10**200}"
    event = make(EventType.ObjectEvent, time=T, action="ADD", epcs=[BOX], certificates=[url])
    (touch,) = (t for t in links(event).touches if t.role is Role.cited)
    assert touch.uri.startswith("urn:zhuisu:certificate:lot:")


def test_an_event_of_anothers_type_says_of_its_codes_that_they_were_there() -> None:
    said = {"parentID": CASE, "childEPCs": [BOX], "inputEPCList": [BOX_2], "quantityList": [{"epcClass": LOT}]}
    tree = {"type": "urn:x:Feeding", "eventTime": "2026-05-01T08:00:00Z", "eventTimeZoneOffset": "+00:00", **said}
    (event,) = read(
        msgspec.json.encode([{"@context": STANDARD, "action": "DELETE", "transformationID": "urn:x:t", **tree}])
    )
    named = tuple(Touch(uri, Role.observed) for uri in (CASE, LOT, BOX, BOX_2))
    assert links(event) == ((*named, Touch("urn:x:t", Role.transformation)), ())
    assert rank(event) is Rank.observe


def test_ranks_order_what_happens_in_one_millisecond() -> None:
    commission = make(EventType.ObjectEvent, time=T, action="ADD", epcs=[BOX])
    pack = make(AGGREGATION, time=T, action="ADD", parent=CASE, children=[BOX])
    ship = make(EventType.ObjectEvent, time=T, action="OBSERVE", epcs=[CASE], step="shipping")
    unpack = make(AGGREGATION, time=T, action="DELETE", parent=CASE, children=[BOX])
    destroy = make(EventType.ObjectEvent, time=T, action="DELETE", epcs=[BOX])
    events = [commission, pack, ship, unpack, destroy]
    assert [rank(e) for e in events] == [Rank.commission, Rank.pack, Rank.observe, Rank.unpack, Rank.destroy]
    ids = [UUID(bytes=event_id(e, digest(e))) for e in events]
    assert ids == sorted(ids)
    assert all(i.version == 8 and i.variant == "specified in RFC 4122" for i in ids)


@given(st.integers(86_400, 190_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)), st.integers(1, 10**9))
def test_ids_follow_event_time_and_bounds_separate_them(time: datetime, later: int) -> None:
    first = make(EventType.ObjectEvent, time=time, action=Action.OBSERVE, epcs=[BOX])
    second = make(EventType.ObjectEvent, time=time + timedelta(milliseconds=later), action=Action.ADD, epcs=[BOX])
    a, b = (UUID(bytes=event_id(e, digest(e))) for e in (first, second))
    assert a < bound(time) < b
    assert cluster(BOX) == cluster(LOT)
