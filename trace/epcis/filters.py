"""The EPCIS query as a value: what a caller asks of ``GET /epcis/events`` or ``POST /epcis/queries``, canonical.

>>> query = parse("EQ_bizStep=shipping|receiving&MATCH_anyEPC=urn:epc:id:sscc:6901234.0000000001&perPage=50")
>>> matches(query, event)
True

Lists are ``a|b`` or a key given twice; values of one parameter are alternatives, parameters add up (EPCIS 2.0 §8.2.7).
``matches`` is the truth about every parameter; what SQL does only leaves fewer events to ask it about.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from zhuisu.epcis import parameters
from zhuisu.epcis.criteria import Parameter
from zhuisu.epcis.errors import BadParameter
from zhuisu.epcis.names import KNOWN, bindings_of, qualified
from zhuisu.epcis.operands import as_time
from zhuisu.epcis.parameters import CODES, SETTINGS
from zhuisu.epcis.view import View
from zhuisu.events import Event

__all__ = ["CODES", "Query", "matches", "may_match", "parse", "read"]

PER_PAGE = 30  # EPCIS 2.0 REST bindings, default of perPage
MOST_PER_PAGE = 1000
MOST_VALUES = 1000
MOST_COUNT = 1_000_000_000
_VALUE = "give it a value, or leave it out"
_LONGEST = 11
"""Digits that make a number too large."""


class Query(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked. ``wanted`` maps a parameter to its alternatives, both in canonical spelling.

    ``order_by`` is "", eventTime, recordTime or ``{namespace}name``; ``limit`` is eventCountLimit, ``most`` is
    maxEventCount. ``token`` is the nextPageToken as it was sent, "" for the first page.
    """

    wanted: dict[str, tuple[str, ...]] = {}
    order_by: str = ""
    descending: bool = False
    limit: int | None = None
    most: int | None = None
    per_page: int = PER_PAGE
    token: str = ""

    @property
    def since(self) -> datetime | None:
        """GE_eventTime."""
        return self._time("GE_eventTime")

    @property
    def until(self) -> datetime | None:
        """LT_eventTime."""
        return self._time("LT_eventTime")

    @property
    def subject(self) -> bytes:
        """What makes two queries pages of one list."""
        wanted = {name: sorted(values) for name, values in sorted(self.wanted.items())}
        return msgspec.json.encode([wanted, self.order_by, self.descending, self.limit, self.most])

    def _time(self, name: str) -> datetime | None:
        return as_time(self.wanted[name][0]) if name in self.wanted else None


def parse(query_string: str, prefixes: Mapping[str, str] = KNOWN) -> Query:
    """The query of a URL; ``prefixes`` are those that its request bound. Raises UnknownParameter, BadParameter."""
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, errors="strict", max_num_fields=MOST_VALUES)
    except ValueError as error:  # bad UTF-8 among them
        raise BadParameter(f"the query cannot be read: {error}", where="query", mend="percent-encode UTF-8") from None
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).extend(_listed(name, text))
    return _query(given, prefixes)


def read(tree: Mapping[str, Any], prefixes: Mapping[str, str] = KNOWN) -> Query:
    """The query of a JSON object, the ``query`` of ``POST /queries``; its ``@context`` binds prefixes too.

    A value is a text, a number, true, false, null or a list of them; a text alone may be ``a|b``, as in a URL.
    Raises UnknownParameter, BadParameter.
    """
    bound = {**prefixes, **(bindings_of(tree["@context"]) if "@context" in tree else {})}
    return _query({name: _texts(name, value) for name, value in tree.items() if name != "@context"}, bound)


def may_match(query: Query, doc: str) -> bool:
    """Whether reading a stored document can be worth it: each field that is looked for inside it is named in it.

    Ten times quicker than to read it. Names that JSON may write in other letters are not looked for.
    """
    names = [found[found.lastindex or 0] for name in query.wanted if (found := _FIELD(name))]
    return all(name in doc for name in names) or "\\u" in doc


_FIELD = re.compile(
    r"(?:EQ|GT|GE|LT|LE|EXISTS)_(?!ATTR_).*\}([A-Za-z0-9_.-]+)"
    r"|(?:HASATTR|EQ_ATTR)_(?:\{[^{}]*\})?([A-Za-z0-9.-]+).*",
    re.ASCII | re.DOTALL,
).fullmatch


def matches(
    query: Query,
    event: Event,
    *,
    name: str = "",
    recorded: datetime | None = None,
    master: Mapping[str, Mapping[str, Any]] | None = None,
) -> bool:
    """Whether the event is one of those asked for.

    ``name`` and ``recorded`` are its eventID and recordTime in the ledger, by default those it brought; ``master`` is
    master data: canonical URI -> attribute -> text or texts.
    """
    view = View(event, name, recorded, master)
    return all(parameters.test(parameter, values)(view) for parameter, values in query.wanted.items())


def _query(given: Mapping[str, list[str]], prefixes: Mapping[str, str]) -> Query:
    wanted: dict[str, tuple[str, ...]] = {}
    settings: dict[str, str] = {}
    for name, texts in given.items():
        if any("\0" in text for text in (name, *texts)):
            raise BadParameter("a NUL character", where=name.replace("\0", "")[:80], mend="leave it out")
        if name in SETTINGS:
            settings[name] = _single(name, texts)
            continue
        found = _found(name, prefixes)
        if found.one:
            _single(name, texts)
        values = tuple(dict.fromkeys(_read(found, name, text) for text in texts))
        if found.name in wanted and found.one:
            raise BadParameter(f"{name} is given twice", where=name, mend="give it once")
        wanted[found.name] = tuple(dict.fromkeys(wanted.get(found.name, ()) + values))
    return Query(wanted=wanted, **_settings(settings, prefixes))


def _found(name: str, prefixes: Mapping[str, str]) -> Parameter:
    try:
        return parameters.parameter(name, prefixes)
    except BadParameter as error:
        error.where = name[:100]
        raise


def _read(found: Parameter, name: str, text: str) -> str:
    if not text and not found.name.startswith("EXISTS_"):
        raise BadParameter(f"{name} has no value", where=name[:100], mend=_VALUE)
    try:
        return found.read(text)
    except BadParameter as error:
        raise type(error)(error.detail, where=name[:100], mend=error.mend, **error.facts) from None


def _single(name: str, texts: list[str]) -> str:
    if texts == [""] and name in SETTINGS:
        raise BadParameter(f"{name} has no value", where=name, mend=_VALUE)
    if len(texts) != 1:
        mend = "give one; what should hold together is asked by several parameters"
        raise BadParameter(f"{name} takes one value, {len(texts)} are given", where=name, mend=mend)
    return texts[0]


def _texts(name: str, value: Any) -> list[str]:
    """Values of a JSON member as they would stand in a URL."""
    match value:
        case list():
            items = value
        case str():
            items = _listed(name, value)
        case _:
            items = [value]
    if not items or len(items) > MOST_VALUES:
        raise BadParameter(f"{name} has {len(items)} values", where=name, mend=f"give 1 to {MOST_VALUES}")
    texts = []
    for item in items:
        match item:
            case None | "":
                texts.append("")
            case bool():
                texts.append("true" if item else "false")
            case int() | float() | Decimal() | str():
                texts.append(str(item))
            case _:
                mend = 'write ["receiving"], "receiving" or 12.5'
                raise BadParameter("a text, a number or a list of them is wanted", where=name, mend=mend)
    return texts


def _listed(name: str, text: str) -> list[str]:
    """The alternatives that a text of a URL holds."""
    return [text] if name in SETTINGS or name.startswith("EXISTS_") else text.split("|")


def _settings(given: Mapping[str, str], prefixes: Mapping[str, str]) -> dict[str, Any]:
    order_by = _order_by(given.get("orderBy", ""), prefixes)
    direction = given.get("orderDirection", "DESC" if order_by else "ASC")
    if direction not in {"ASC", "DESC"}:
        mend = "write ASC or DESC"
        raise BadParameter("ASC or DESC", where="orderDirection", mend=mend, accepted=["ASC", "DESC"])
    limit, most = (
        _count(name, given[name]) if name in given else None for name in ("eventCountLimit", "maxEventCount")
    )
    if limit is not None and most is not None:
        raise BadParameter(
            "eventCountLimit and maxEventCount exclude one another", where="maxEventCount", mend="give one of them"
        )
    if limit is not None and not order_by:
        raise BadParameter(
            "eventCountLimit takes the first events of an order, and there is none",
            where="eventCountLimit",
            mend="add orderBy",
        )
    return {
        "order_by": order_by,
        "descending": direction == "DESC",
        "limit": limit,
        "most": most,
        "per_page": per_page(given["perPage"]) if "perPage" in given else PER_PAGE,
        "token": given.get("nextPageToken", ""),
    }


def _order_by(text: str, prefixes: Mapping[str, str]) -> str:
    if text in {"", "eventTime", "recordTime"}:
        return text
    if not (field := qualified(text, prefixes)):
        raise BadParameter(
            "events are ordered by eventTime, recordTime or an extension field",
            where="orderBy",
            mend="write the name of an extension field with its prefix, example:colour",
            accepted=["eventTime", "recordTime", "prefix:name"],
        )
    return field


def per_page(text: str, most: int = MOST_PER_PAGE) -> int:
    """Read perPage; who asks for more than a page may hold gets fewer (EPCIS 2.0 §12.9). Raises BadParameter."""
    if not (text.isascii() and text.isdecimal() and (wanted := int(text[:_LONGEST]))):
        raise BadParameter("perPage is a number from 1 on", where="perPage", mend=f"ask for 1 to {most}")
    return min(wanted, most)


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < _LONGEST and 1 <= int(text) <= MOST_COUNT):
        mend = f"give a number from 1 to {MOST_COUNT}, or leave it out"
        raise BadParameter(f"{name} is a number from 1 to {MOST_COUNT}", where=name, mend=mend)
    return int(text)
