from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zhuisu.chain.model import Direction, Finding, Hop, Measured, Path, Severity, Via, Words
from zhuisu.codes import parse
from zhuisu.events.cold import Bounds
from zhuisu.pages.story import HEIGHT, WIDTH, chart, tell

START = datetime(2026, 5, 1, 15, 30, tzinfo=UTC)
BOX = parse("https://id.gs1.org/01/06901234567892/21/7")


def hop(number: int, party: str | None, step: str = "receiving", disposition: str = "", **more: Any) -> Hop:
    time = START + timedelta(hours=number)
    return Hop(
        event=f"e:{number}",
        time=time,
        recorded=time,
        offset="+08:00",
        type="ObjectEvent",
        action="OBSERVE",
        step=step,
        disposition=disposition,
        code=BOX.canonical,
        via=Via.item,
        site=party and f"site of {party}",
        party=party,
        **more,
    )


def path(*hops: Hop, **more: Any) -> Path:
    return Path(code=BOX, direction=Direction.back, at=START, hops=hops, codes={}, sites={}, parties={}, **more)


def test_parties_take_lanes_in_the_order_they_appear() -> None:
    story = tell(path(*(hop(n, party) for n, party in enumerate("abbca"))))
    assert [(stay.party, stay.lane) for stay in story.stays] == [("a", 1), ("b", 2), ("c", 3), ("a", 1)]


def test_more_parties_than_lanes_share_the_last() -> None:
    story = tell(path(*(hop(n, party) for n, party in enumerate("abcdefgh"))))
    assert [stay.lane for stay in story.stays] == [1, 2, 3, 4, 5, 6, 6, 6]


def test_days_are_those_of_the_place() -> None:
    story = tell(path(hop(0, "a"), hop(1, "a")))  # 23:30 and 00:30 at +08:00
    assert [day.day.isoformat() for day in story.stays[0].days] == ["2026-05-01", "2026-05-02"]


@pytest.mark.parametrize(
    ("step", "disposition", "state"),
    [
        ("receiving", "in_progress", "held"),
        ("shipping", "in_transit", "in_transit"),
        ("retail_selling", "retail_sold", "sold"),
        ("dispensing", "dispensed", "dispensed"),
        ("destroying", "destroyed", "destroyed"),
    ],
)
def test_where_it_is_now(step: str, disposition: str, state: str) -> None:
    assert tell(path(hop(0, "a"), hop(1, "b", step, disposition))).state == state


def test_nothing_recorded_is_told_as_such() -> None:
    story = tell(path())
    assert (story.origin, story.last, story.stays, story.worst) == (None, None, (), None)


def test_the_origin_is_the_first_hop_that_names_a_place() -> None:
    story = tell(path(hop(0, None), hop(1, "a")))
    assert story.origin is not None
    assert story.origin.event == "e:1"


def test_a_finding_leads_to_the_first_place_of_its_event() -> None:
    found = Finding(rule="x", severity=Severity.serious, text=Words(zh="甲", en="x"), events=("e:1",))
    story = tell(path(hop(0, "a"), hop(1, "b"), hop(1, "b"), findings=(found,)))
    assert story.anchors["e:1"] == "e2"
    assert story.worst is Severity.serious


def readings(*values: float) -> tuple[Measured, ...]:
    return tuple(Measured(time=START + timedelta(minutes=n), value=value) for n, value in enumerate(values))


def test_a_chart_spans_its_box_and_shows_the_band() -> None:
    drawn = chart(hop(0, "a", readings=readings(3, 12, 5)), Bounds(2, 8))
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for point in drawn.points.split()]
    assert [x for x, _ in points] == [0, WIDTH / 2, WIDTH]
    assert all(0 <= y <= HEIGHT for _, y in points)
    assert drawn.band_top is not None
    assert drawn.band_height is not None
    assert points[1][1] < drawn.band_top < points[2][1] < drawn.band_top + drawn.band_height


def test_two_readings_at_one_moment_are_drawn_too() -> None:
    same = (Measured(time=START, value=3.0), Measured(time=START, value=4.0))
    assert chart(hop(0, "a", readings=same), None) is not None


def test_a_single_reading_is_no_line() -> None:
    assert chart(hop(0, "a", readings=readings(4)), Bounds(2, 8)) is None
