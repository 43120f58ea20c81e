"""When a query is due: the QuerySchedule of EPCIS 2.0 §8.2.5.3, pure.

>>> schedule = read({"second": "0", "minute": "0,30", "hour": "[8-17]", "dayOfWeek": "[1-5]"})
>>> following(schedule, datetime(2026, 6, 5, 17, 30, tzinfo=CHINA))          # a Friday
datetime.datetime(2026, 6, 8, 8, 0, tzinfo=…)

A field that is left out fits every value, so a schedule of one hour and nothing else fires 3 600 times. ``0/15`` is 0
and every 15 behind it: an example of the standard's own file has it, though not its grammar. Days are those of China
Standard Time, which knows no daylight saving; Monday is 1 (ISO 8601).
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from itertools import product

import msgspec
from msgspec import Struct

from zhuisu.epcis.errors import BadSchedule

CHINA = timezone(timedelta(hours=8))

RANGES = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}

fields = msgspec.json.Decoder(dict[str, str]).decode
"""The fields of a schedule that was stored as JSON."""

_ELEMENT = re.compile(r"([0-9]{1,2})|\[([0-9]{1,2})-([0-9]{1,2})\]|([0-9]{1,2})/([1-9][0-9]?)")


class Schedule(Struct, frozen=True, kw_only=True):
    """The values that each field takes, ascending."""

    second: tuple[int, ...]
    minute: tuple[int, ...]
    hour: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]


def read(given: Mapping[str, str]) -> Schedule:
    """The schedule that the standard's fields say; absent or empty ones mean every value. Raises BadSchedule."""
    given = {name: text for name, text in given.items() if text}
    if unknown := given.keys() - RANGES.keys():
        detail, mend = f"{min(unknown)!r:.80} is no field of a schedule", f"its fields are {', '.join(RANGES)}"
        raise BadSchedule(detail, where=f"/schedule/{min(unknown):.80}", mend=mend)
    if not given:
        raise BadSchedule("no field says when", where="/schedule", mend='as {"second": "0", "minute": "0"}: every hour')
    second, minute, hour, days, months, weekdays = (_values(name, given.get(name, "")) for name in RANGES)
    schedule = Schedule(second=second, minute=minute, hour=hour, days=days, months=months, weekdays=weekdays)
    if not any(_exists(month, day) for month, day in product(months, days)):
        mend = "name a day that one of the months has"
        raise BadSchedule("none of these months has such a day", where="/schedule/dayOfMonth", mend=mend)
    return schedule


def stored(text: str) -> Schedule:
    """A schedule that was stored as JSON."""
    return read(fields(text))


def following(schedule: Schedule, moment: datetime) -> datetime:
    """The first time after ``moment`` (aware) that the schedule fits, to the second, in China Standard Time."""
    local = moment.astimezone(CHINA).replace(microsecond=0) + timedelta(seconds=1)
    if _on(schedule, local.date()) and (time := _at_or_after(schedule, local)):
        return time
    day = local.date()
    while True:
        day += timedelta(days=1)
        if _on(schedule, day):
            first = schedule.hour[0], schedule.minute[0], schedule.second[0]
            return datetime(day.year, day.month, day.day, *first, tzinfo=CHINA)


def _values(name: str, text: str) -> tuple[int, ...]:
    low, high = RANGES[name]
    if not text:
        return tuple(range(low, high + 1))
    found: set[int] = set()
    for element in text.split(","):
        match = _ELEMENT.fullmatch(element)
        number, begin, end, start, step = match.groups("") if match else ("",) * 5
        first, last = number or begin or start, number or end or str(high)
        if not (match and low <= int(first) <= int(last) <= high):
            raise BadSchedule(
                f"{element!r:.40} is no number or range from {low} to {high}",
                where=f"/schedule/{name}",
                mend=f'a list of numbers and ranges, as "{low},[{low + 1}-{low + 3}]"',
            )
        found |= set(range(int(first), int(last) + 1, int(step or 1)))
    return tuple(sorted(found))


def _exists(month: int, day: int) -> bool:
    try:
        date(2024, month, day)  # a leap year
    except ValueError:
        return False
    return True


def _on(schedule: Schedule, day: date) -> bool:
    return day.month in schedule.months and day.day in schedule.days and day.isoweekday() in schedule.weekdays


def _at_or_after(schedule: Schedule, start: datetime) -> datetime | None:
    """The first fitting time of that day from ``start`` on."""
    for hour in schedule.hour:
        if hour < start.hour:
            continue
        for minute in schedule.minute:
            if (hour, minute) < (start.hour, start.minute):
                continue
            for second in schedule.second:
                if (hour, minute, second) >= (start.hour, start.minute, start.second):
                    return start.replace(hour=hour, minute=minute, second=second)
    return None
