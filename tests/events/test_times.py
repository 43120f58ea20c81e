from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.events import BadTime
from zhuisu.events.times import event_instant, instant, milliseconds, offset


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2005-04-03T20:33:31.116000-06:00", "2005-04-04T02:33:31.116Z"),
        ("2023-01-18T11:04:03.1415Z", "2023-01-18T11:04:03.142Z"),
        ("2023-01-18T11:04:03.14149999999Z", "2023-01-18T11:04:03.141Z"),
        ("2023-12-31T23:59:59.9995Z", "2024-01-01T00:00:00.000Z"),
        ("2024-02-29T00:00:00+14:00", "2024-02-28T10:00:00.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ],
)
def test_told_in_milliseconds_half_up(text: str, told: str) -> None:
    assert milliseconds(instant(text)) == told


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2026",
            "2026-05-01",
            "2026-05-01T08:30:00",
            "2026-05-01 08:30:00Z",
            "2026-05-01T08:30Z",
            "20260501T083000Z",
        ),
        *(
            "2026-W18-5T08:30:00Z",
            "2026-02-30T00:00:00Z",
            "2026-05-01T24:00:00Z",
            "2026-05-01T08:30:60Z",
            "2026-05-01T08:30:00+25:00",
        ),
        *("0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00"),
        *(
            "9999-12-31T23:59:59.9996Z",
            "9999-12-31T23:59:59-01:00",
            "２０２６-05-01T08:30:00Z",
            "2026-05-01T08:30:00,5Z",
        ),
        *(None, 0, [], {}, 2026.5),
    ],
)
def test_no_time(text: object) -> None:
    with pytest.raises(BadTime):
        instant(text)


def test_events_lie_where_their_ids_can_tell_them_apart() -> None:
    assert event_instant("1970-01-01T00:00:00Z") == datetime(1970, 1, 1, tzinfo=UTC)
    assert event_instant("8999-12-31T23:59:59.999Z").year == 8999
    for text in ("1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00+00:01", "9000-01-01T00:00:00Z"):
        with pytest.raises(BadTime, match="cannot be kept"):
            event_instant(text)


@pytest.mark.parametrize("text", ["+14:01", "+15:00", "08:00", "+8:00", "Z", "+08:60", "", None, 8])
def test_no_offset(text: object) -> None:
    with pytest.raises(BadTime):
        offset(text)


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_an_instant_is_the_same_in_every_zone(time: datetime, minutes: int) -> None:
    aware = time.replace(tzinfo=UTC)
    assert instant(aware.astimezone(timezone(timedelta(minutes=minutes))).isoformat()) == aware
