"""When a query is due, beside a walker that tries every second."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.epcis.errors import BadSchedule
from zhuisu.epcis.schedule import CHINA, RANGES, following, read

NAMES = list(RANGES)


def parts(moment: datetime) -> dict[str, int]:
    local = moment.astimezone(CHINA)
    values = (local.second, local.minute, local.hour, local.day, local.month, local.isoweekday())
    return dict(zip(NAMES, values, strict=True))


def allowed(text: str) -> set[int]:
    """What a field takes, by the words of the standard."""
    found = set()
    for element in text.split(","):
        first, _, last = element.strip("[]").partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def fits(fields: dict[str, str], moment: datetime) -> bool:
    now = parts(moment)
    return all(now[name] in allowed(text) for name, text in fields.items())


def values(name: str) -> st.SearchStrategy[str]:
    low, high = RANGES[name]
    number = st.integers(low, high).map(str)
    span = st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda p: f"[{min(p)}-{max(p)}]")
    return st.lists(number | span, min_size=1, max_size=3).map(",".join)


FIRST, LAST = datetime(2024, 1, 1), datetime(2031, 1, 1)  # noqa: DTZ001  (hypothesis adds the zone)
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
times = st.fixed_dictionaries({}, optional={name: values(name) for name in NAMES[:3]}).filter(bool)
days = st.fixed_dictionaries({}, optional={name: values(name) for name in NAMES[3:]})


class TestFollowing:
    @given(times, moments)
    def test_like_a_walk_over_a_day(self, fields: dict[str, str], moment: datetime) -> None:
        found = following(read(fields), moment)
        assert moment < found <= moment + timedelta(days=1)
        assert fits(fields, found)
        # Seconds that can be skipped as a whole are: a minute none of which fits, an hour none of which fits.
        walker = moment.replace(microsecond=0) + timedelta(seconds=1)
        while not fits(fields, walker):
            coarse = {name: text for name, text in fields.items() if name != "second"}
            step = timedelta(seconds=1)
            if not fits(coarse, walker):
                step = timedelta(seconds=60 - walker.second)
            walker += step
        assert found == walker

    @given(days, moments)
    def test_like_a_walk_over_the_days(self, fields: dict[str, str], moment: datetime) -> None:
        try:
            schedule = read({"second": "30", "minute": "59", "hour": "23", **fields})
        except BadSchedule:
            months, wanted = (allowed(fields.get(n, f"[1-{RANGES[n][1]}]")) for n in ("month", "dayOfMonth"))
            lengths = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
            assert min(wanted) > max(lengths.get(month, 31) for month in months)
            return
        found = following(schedule, moment)
        walker = moment.astimezone(CHINA).replace(hour=23, minute=59, second=30, microsecond=0)
        if walker <= moment:
            walker += timedelta(days=1)
        while not fits(fields, walker):
            walker += timedelta(days=1)
        assert found == walker

    @given(times, moments)
    def test_each_is_after_the_last(self, fields: dict[str, str], moment: datetime) -> None:
        schedule = read(fields)
        first = following(schedule, moment)
        assert following(schedule, first - timedelta(microseconds=1)) == first
        assert following(schedule, first) > first

    def test_a_working_week(self) -> None:
        schedule = read({"second": "0", "minute": "0,30", "hour": "[8-17]", "dayOfWeek": "[1-5]"})
        friday = datetime(2026, 6, 5, 17, 30, tzinfo=CHINA)
        assert following(schedule, friday - timedelta(seconds=1)) == friday
        assert following(schedule, friday) == datetime(2026, 6, 8, 8, 0, tzinfo=CHINA)

    def test_a_leap_day_on_a_monday(self) -> None:
        schedule = read({"second": "0", "minute": "0", "hour": "0", "dayOfMonth": "29", "month": "2", "dayOfWeek": "1"})
        assert following(schedule, datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2044, 2, 29, tzinfo=CHINA)


class TestRead:
    def test_steps(self) -> None:
        assert read({"second": "0/30"}).second == (0, 30)
        assert read({"hour": "5,7/6"}).hour == (5, 7, 13, 19)

    @pytest.mark.parametrize(
        ("fields", "where"),
        [
            ({}, "/schedule"),
            ({"minute": ""}, "/schedule"),
            ({"minutes": "0"}, "/schedule/minutes"),
            ({"second": "60"}, "/schedule/second"),
            ({"minute": "[5-1]"}, "/schedule/minute"),
            ({"minute": "1-5"}, "/schedule/minute"),
            ({"minute": "1,"}, "/schedule/minute"),
            ({"minute": "*"}, "/schedule/minute"),
            ({"minute": "0/0"}, "/schedule/minute"),
            ({"minute": "60/5"}, "/schedule/minute"),
            ({"minute": "[0-9]/5"}, "/schedule/minute"),
            ({"minute": " 1"}, "/schedule/minute"),
            ({"minute": "²"}, "/schedule/minute"),
            ({"hour": "24"}, "/schedule/hour"),
            ({"dayOfMonth": "0"}, "/schedule/dayOfMonth"),
            ({"month": "13"}, "/schedule/month"),
            ({"dayOfWeek": "8"}, "/schedule/dayOfWeek"),
            ({"dayOfMonth": "31", "month": "2,4"}, "/schedule/dayOfMonth"),
        ],
    )
    def test_what_says_no_time_is_refused_where_it_stands(self, fields: dict[str, str], where: str) -> None:
        with pytest.raises(BadSchedule) as refused:
            read(fields)
        assert refused.value.where == where

    @given(st.dictionaries(st.sampled_from(NAMES), st.text("0123456789[]-, x²", max_size=12)))
    def test_nothing_but_refusals(self, fields: dict[str, str]) -> None:
        try:
            read(fields)
        except BadSchedule:
            return
        assert any(fields.values())
