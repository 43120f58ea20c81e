"""Times of events: xsd:dateTimeStamp in, aware UTC out, and the one spelling the event hash uses.

>>> instant("2005-04-03T20:33:31.1165-06:00")
datetime.datetime(2005, 4, 4, 2, 33, 31, 116500, tzinfo=datetime.timezone.utc)
>>> milliseconds(instant("2005-04-03T20:33:31.1165-06:00"))
'2005-04-04T02:33:31.117Z'
"""

import re
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Any

from zhuisu.events.errors import BadTime, shown

# Event ids carry 48 bits of unsigned milliseconds: the instants from 1970 to the year 10889.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE).fullmatch
_ZONELESS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII).fullmatch
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII).fullmatch
_HALF_MILLISECOND = timedelta(microseconds=500)
_MEND = "write it as 2026-05-01T08:30:00.000+08:00"


def instant(text: Any) -> datetime:
    """Read a date-time with offset as an instant in UTC; digits beyond microseconds are cut. BadTime otherwise."""
    if type(text) is not str or not _STAMP(text):
        raise BadTime(
            f"{shown(text)} is not a date-time with its offset",
            rule="EPCIS 2.0 JSON schema, time; xsd:dateTimeStamp",
            mend=_MEND,
        )
    try:
        time = datetime.fromisoformat(text.upper()).astimezone(UTC)
        if time.year == MAXYEAR:
            milliseconds(time)  # the hash rounds up, and must be able to
    except (ValueError, OverflowError):
        raise BadTime(
            f"{shown(text)} is no instant of the calendar", rule="ISO 8601, years 0001 to 9999", mend=_MEND
        ) from None
    return time


def date_time(text: str) -> None:
    """Check an xsd:dateTime, which may lack its offset: that of a whole document in XML. BadTime otherwise."""
    if not _ZONELESS(text):
        instant(text)
        return
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise BadTime(f"{shown(text)} is no time of the calendar", rule="xsd:dateTime", mend=_MEND) from None


def event_instant(text: Any) -> datetime:
    """Read an ``instant`` within the years an event can have here: 1970 up to 9000."""
    time = instant(text)
    if not EARLIEST <= time < LATEST:
        raise BadTime(
            f"an event at {shown(text)} cannot be kept", rule="events lie between 1970 and 9000", mend="check the year"
        )
    return time


def offset(text: Any) -> str:
    """Check an eventTimeZoneOffset, -14:00 to +14:00. BadTime otherwise."""
    if type(text) is not str or not _OFFSET(text):
        raise BadTime(
            f"{shown(text)} is not an offset from UTC",
            rule="EPCIS 2.0 JSON schema, eventTimeZoneOffset",
            mend="write it as +08:00",
        )
    return text


def milliseconds(time: datetime) -> str:
    """Write UTC with three decimals, the fourth rounded half up (CBV 2.0 §8.9, timestamps)."""
    return (time + _HALF_MILLISECOND).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
