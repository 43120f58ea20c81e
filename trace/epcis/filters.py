"""The EPCIS query as a value: parameters of ``GET /epcis/events``, canonical, and which events they match.

>>> query = parse("EQ_bizStep=shipping|receiving&MATCH_anyEPC=urn:epc:id:sscc:6901234.0000000001&perPage=50")
>>> matches(query, event)
True

Lists are ``a|b`` or a key given twice; values of one parameter are alternatives, parameters add up (EPCIS 2.0 §8.2.7).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl
from uuid import UUID

from msgspec import Struct

from zhuisu.codes import canonical
from zhuisu.epcis.errors import BadParameter, UnknownParameter
from zhuisu.events import Action, BadEvent, Event, EventType, Quantity
from zhuisu.events.cbv import BIZ_STEP, DISPOSITION
from zhuisu.events.times import instant

PER_PAGE = 30  # EPCIS 2.0 REST bindings, default of perPage
MOST_PER_PAGE = 1000
MOST_VALUES = 1000

Values = Iterable[str]


class Query(Struct, frozen=True, kw_only=True):
    """What is asked. ``wanted`` maps a parameter to its alternatives; ``after`` is where the last page ended."""

    wanted: dict[str, frozenset[str]] = {}
    since: datetime | None = None
    until: datetime | None = None
    descending: bool = False
    per_page: int = PER_PAGE
    after: UUID | None = None


def _one_of(kind: type[StrEnum]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in kind.__members__:
            raise BadParameter(f"{text!r:.60} is not one of {', '.join(kind.__members__)}")
        return text

    return read


def _code(text: str) -> str:
    if text.startswith(("urn:epc:idpat:", "urn:epc:pat:")) or "*" in text:
        raise BadParameter(f"{text!r:.80} is a pattern", mend="name the codes one by one")
    if ":" not in text:
        raise BadParameter(f"{text!r:.80} is not a URI", mend="give a GS1 Digital Link, an EPC URN or another URI")
    return canonical(text)


def _class(text: str) -> str:
    # One class was captured as a pattern (CBV 2.0 §8.3): its canonical form is the class; a wider one stays a pattern.
    return _code(canonical(text) if text.startswith("urn:epc:idpat:") else text)


def _classes(*lists: tuple[Quantity, ...]) -> list[str]:
    return [quantity.uri for found in lists for quantity in found]


# Parameter -> how its values are read, and what of an event they are compared with (EPCIS 2.0 §8.2.7.1).
_FIELDS: dict[str, tuple[Callable[[str], str], Callable[[Event], Values]]] = {
    "eventType": (_one_of(EventType), lambda e: (e.type,)),
    "EQ_action": (_one_of(Action), lambda e: (e.action,) if e.action else ()),
    "EQ_bizStep": (BIZ_STEP.bare, lambda e: (e.step,)),
    "EQ_disposition": (DISPOSITION.bare, lambda e: (e.disposition,)),
    "EQ_readPoint": (canonical, lambda e: (e.read_point,)),
    "EQ_bizLocation": (canonical, lambda e: (e.location,)),
    "EQ_transformationID": (canonical, lambda e: (e.transformation,)),
    "EQ_eventID": (str, lambda _: ()),
    "MATCH_epc": (_code, lambda e: (*e.epcs, *e.children)),
    "MATCH_parentID": (_code, lambda e: (e.parent,)),
    "MATCH_inputEPC": (_code, lambda e: e.inputs),
    "MATCH_outputEPC": (_code, lambda e: e.outputs),
    "MATCH_anyEPC": (_code, lambda e: (e.parent, *e.epcs, *e.children, *e.inputs, *e.outputs)),
    "MATCH_epcClass": (_class, lambda e: _classes(e.quantities, e.child_quantities)),
    "MATCH_inputEPCClass": (_class, lambda e: _classes(e.input_quantities)),
    "MATCH_outputEPCClass": (_class, lambda e: _classes(e.output_quantities)),
    "MATCH_anyEPCClass": (
        _class,
        lambda e: _classes(e.quantities, e.child_quantities, e.input_quantities, e.output_quantities),
    ),
}

CODES = tuple(name for name in _FIELDS if name.startswith("MATCH_") or name == "EQ_transformationID")
"""Parameters that name codes: the ledger finds their events without looking at others."""

_SINGLE = ("GE_eventTime", "LT_eventTime", "orderBy", "orderDirection", "perPage", "nextPageToken")
PARAMETERS = (*_FIELDS, *_SINGLE)


def parse(query_string: str) -> Query:
    """The query. Raises UnknownParameter, BadParameter."""
    given: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, errors="strict", max_num_fields=MOST_VALUES)
    except ValueError as error:  # bad UTF-8 among them
        raise BadParameter(f"the query cannot be read: {error}", where="query", mend="percent-encode UTF-8") from None
    for name, text in pairs:
        if name not in PARAMETERS:
            raise UnknownParameter(f"{name!r:.80} is not answered here", where=name[:80], parameters=list(PARAMETERS))
        if not text or "\0" in text:
            raise BadParameter(f"{name} has no value", where=name)
        given.setdefault(name, []).extend([text] if name in _SINGLE else text.split("|"))
    single = {name: _single(name, given.pop(name)) for name in _SINGLE if name in given}
    if single.get("orderBy", "eventTime") != "eventTime":
        raise BadParameter("events are ordered by eventTime", where="orderBy")
    if (direction := single.get("orderDirection", "DESC" if "orderBy" in single else "ASC")) not in {"ASC", "DESC"}:
        raise BadParameter("ASC or DESC", where="orderDirection")
    return Query(
        wanted={name: frozenset(_read(name, text) for text in texts) for name, texts in given.items()},
        since=_time("GE_eventTime", single),
        until=_time("LT_eventTime", single),
        descending=direction == "DESC",
        per_page=_per_page(single.get("perPage", str(PER_PAGE))),
        after=_position(single.get("nextPageToken", "")),
    )


def matches(query: Query, event: Event) -> bool:
    """Whether the event is one of those asked for; its eventID the ledger has already matched."""
    if query.since and event.time < query.since:
        return False
    if query.until and event.time >= query.until:
        return False
    asked = (name for name in query.wanted if name != "EQ_eventID")
    return all(not query.wanted[name].isdisjoint(_FIELDS[name][1](event)) for name in asked)


def _single(name: str, texts: list[str]) -> str:
    if len(texts) > 1:
        raise BadParameter(f"{name} is given {len(texts)} times", where=name)
    return texts[0]


def _read(name: str, text: str) -> str:
    try:
        return _FIELDS[name][0](text)
    except (BadEvent, BadParameter) as error:
        raise BadParameter(error.detail, where=name, mend=error.mend) from None


def _time(name: str, single: dict[str, str]) -> datetime | None:
    if (text := single.get(name)) is None:
        return None
    try:
        # A plus sign that was not percent-encoded arrives as a space, and a time has no other.
        return instant(text.replace(" ", "+"))
    except BadEvent as error:
        raise BadParameter(error.detail, where=name, mend=error.mend) from None


def _per_page(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_PER_PAGE):
        raise BadParameter(f"perPage is a number from 1 to {MOST_PER_PAGE}", where="perPage")
    return int(text)


def _position(token: str) -> UUID | None:
    try:
        return UUID(hex=token) if token else None
    except ValueError:
        raise BadParameter("this is not a token that was given out here", where="nextPageToken") from None
