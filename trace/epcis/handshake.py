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
from zhuisu.epcis.errors import BadHeader, BadParameter, BadSubscription, UnknownParameter, UpgradeMissing
from zhuisu.epcis.filters import per_page
from zhuisu.epcis.operands import boolean
from zhuisu.epcis.progress import MOST_EVENTS
from zhuisu.epcis.schedule import RANGES, Schedule
from zhuisu.events import BadEvent
from zhuisu.events.times import instant

KNOWN = ("stream", *RANGES, "reportIfEmpty", "initialRecordTime", "perPage")
_OF_A_STREAM = {*KNOWN} - {"perPage"}


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
            mend = "give those under parameters; what the query asks, it asks by itself"
            detail = f"{name!r:.80} is not answered here"
            raise UnknownParameter(detail, where=name[:80], mend=mend, parameters=[*KNOWN])
        if name in given:
            raise BadParameter(f"{name} is given twice", where=name, mend="give it once")
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
        per_page(given["perPage"], MOST_EVENTS) if "perPage" in given else MOST_EVENTS,
        form(headers),
    )


def require_none(query_string: str) -> None:
    """Raises UpgradeMissing for a request that asks what only a handshake may."""
    asked = {part.partition("=")[0] for part in query_string.split("&")} & _OF_A_STREAM
    if asked:
        mend = "open a WebSocket here (Upgrade: websocket), or leave it out"
        raise UpgradeMissing(f"{min(asked)} without the header Upgrade", where=min(asked), mend=mend)


def _time(text: str, where: str, refusal: type[BadParameter | BadHeader]) -> datetime | None:
    if not text:
        return None
    try:
        return instant(text.replace(" ", "+"))  # a plus sign that was not percent-encoded
    except BadEvent as error:
        raise refusal(error.detail, where=where, mend=error.mend) from None
