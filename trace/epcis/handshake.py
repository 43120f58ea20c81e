"""What the handshake of a WebSocket asks: at once or by a schedule, from when on, in which form (EPCIS 2.0 §12.7).

>>> read("minute=0,30&reportIfEmpty=true", {}).schedule
Schedule(second=(0, 1, …), minute=(0, 30), …)
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from msgspec import Struct

from zhuisu.epcis import schedule
from zhuisu.epcis.answer import Form, form
from zhuisu.epcis.errors import BadHeader, BadParameter, BadSubscription, UnknownParameter
from zhuisu.epcis.operands import boolean
from zhuisu.epcis.progress import MOST_EVENTS
from zhuisu.epcis.schedule import RANGES, Schedule
from zhuisu.events import BadEvent
from zhuisu.events.times import instant

KNOWN = ("stream", *RANGES, "reportIfEmpty", "initialRecordTime", "perPage")


class Handshake(Struct, frozen=True):
    """``schedule`` is None for a stream, ``since`` for what is recorded from now on; ``most`` events a message."""

    schedule: Schedule | None
    report_empty: bool
    since: datetime | None
    most: int
    form: Form


def read(query_string: str, headers: Mapping[str, str]) -> Handshake:
    """Raises BadSubscription, BadSchedule, BadParameter, UnknownParameter, BadHeader, NotAcceptable."""
    given: dict[str, str] = {}
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, errors="strict", max_num_fields=len(KNOWN))
    except ValueError:
        raise BadParameter("the query cannot be read", where="query", mend="percent-encode UTF-8") from None
    for name, text in pairs:
        if name not in KNOWN:
            raise UnknownParameter(f"{name!r:.80} is not answered here", where=name[:80], parameters=[*KNOWN])
        if name in given:
            raise BadParameter(f"{name} is given twice", where=name)
        given[name] = text
    stream, report_empty = (boolean(given.get(name, "false")) == "true" for name in ("stream", "reportIfEmpty"))
    fields = {name: given[name] for name in RANGES if name in given}
    if stream == bool(fields):
        raise BadSubscription("either stream=true or a schedule", where="stream", mend="add stream=true to the address")
    times = [_time(given.get("initialRecordTime", ""), "initialRecordTime", BadParameter)]
    times.append(_time(headers.get("GS1-Query-Min-Record-Time", ""), "GS1-Query-Min-Record-Time", BadHeader))
    return Handshake(
        schedule.read(fields) if fields else None,
        report_empty,
        max((time for time in times if time), default=None),
        _most(given.get("perPage", "")),
        form(headers),
    )


def _time(text: str, where: str, refusal: type[BadParameter | BadHeader]) -> datetime | None:
    if not text:
        return None
    try:
        return instant(text.replace(" ", "+"))  # a plus sign that was not percent-encoded
    except BadEvent as error:
        raise refusal(error.detail, where=where) from None


def _most(text: str) -> int:
    if not text:
        return MOST_EVENTS
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and int(text)):
        raise BadParameter("perPage is a number from 1 on", where="perPage")
    return min(int(text), MOST_EVENTS)
