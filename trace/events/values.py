"""Readers of single JSON values and of the shapes they come in. Each takes (value, context) and gives what Event holds.

>>> number(Decimal("12.50"), PLAIN), word(BIZ_STEP)("cbv:BizStep-shipping", PLAIN)
(Decimal('12.50'), 'shipping')
>>> fields({"id": "urn:epc:id:sgln:4012345.00005.0"}, {"id": ("id", name)}, PLAIN)
{'id': 'https://id.gs1.org/414/4012345000054'}
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from zhuisu.codes import canonical
from zhuisu.events import times
from zhuisu.events.cbv import Vocabulary
from zhuisu.events.context import Context, Wire, shallow
from zhuisu.events.errors import BadEvent, BadIdentifier, BadTime, MissingField, UnknownField, shown

Reader = Callable[[Any, Context], Any]
Table = Mapping[str, tuple[str, Reader]]
"""Field of the standard -> (attribute of ours, reader); what goes to "" is checked and stays in ``doc`` alone."""

SCHEMA = "EPCIS 2.0 JSON schema"

_encode = msgspec.json.Encoder(decimal_format="number").encode
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f\"<>\\^`{|}]{1,2000}").fullmatch
_PREFIXED = re.compile(r"[^\s:@]+:\S.*", re.DOTALL).fullmatch
_UOM = re.compile(r"[A-Z0-9]{2,3}", re.ASCII).fullmatch
_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII).fullmatch
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T.*|Z|[+-]\d\d:\d\d)?", re.ASCII).fullmatch


def fields(tree: Any, table: Table, context: Context, *needed: str, closed: bool = False) -> dict[str, Any]:
    """Read each field of an object into its attribute, those ``needed`` for certain.

    Other names carry a prefix, unless the object is ``closed``: not one of the standard's extension points.
    """
    found: dict[str, Any] = {}
    for name, value in mapping(tree).items():
        known = table.get(name)
        if known is not None:
            attribute, read = known
            try:
                found[attribute] = read(value, context)
            except BadEvent as refusal:
                raise refusal.under(name) from None
        elif closed or not _PREFIXED(name):
            names = [*table] if closed else [*table, "a name with a prefix of your own"]
            raise UnknownField(
                f"{shown(name)} is not a field here",
                rule=f"{SCHEMA}, propertyNames",
                mend=f"use {' or '.join(names)}",
            ).under(name[:200])
        elif not shallow(value):
            raise BadEvent("nested too deeply", rule="at most 64 levels", mend="flatten it").under(name[:200])
    for name in needed:
        if name not in tree:
            raise MissingField(f"{name} is missing", where=f"/{name}", rule=f"{SCHEMA}, required", mend=f"add {name}")
    found.pop("", None)
    return found


def listed(read: Reader) -> Reader:
    """Make a reader of lists of what ``read`` reads."""

    def read_list(value: Any, context: Context) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _wrong(value, "a list")
        found: list[Any] = []
        for item in value:
            try:
                found.append(read(item, context))
            except BadEvent as refusal:
                raise refusal.under(len(found)) from None
        return tuple(found)

    return read_list


def unique(read: Reader) -> Reader:
    """Make a reader of lists of texts that refuses one that comes twice."""

    def read_set(value: Any, context: Context) -> Any:
        found = read(value, context)
        if len(set(value)) < len(value):
            first = {item: i for i, item in reversed(list(enumerate(value)))}
            again = next(i for i, item in enumerate(value) if first[item] != i)
            raise BadEvent("the same value again", rule=f"{SCHEMA}, uniqueItems", mend="drop one").under(again)
        return found

    return read_set


def once(read: Reader) -> Reader:
    """Make a reader that remembers, for one document, the small objects that its events repeat."""

    def remember(value: Any, context: Context) -> Any:
        key = read, _encode(value)
        found = context.seen.get(key)
        if found is None:
            found = context.seen[key] = read(value, context)
        return found

    return remember


def word(vocabulary: Vocabulary) -> Reader:
    """Make a reader of CBV words in any spelling; URIs of other vocabularies are kept in full."""
    spellings = vocabulary.spellings

    def read_word(value: Any, context: Context) -> str:
        found = spellings.get(text(value, context))
        if found is not None and found == value:
            return found
        if context.wire is Wire.JSON:
            vocabulary.for_json(value)
        if found is not None:
            return found
        full = context.expand(value)
        found = vocabulary.bare(full if context.wire is Wire.STORED else vocabulary.known(full))
        return uri(found, context) if ":" in found else found

    return read_word


def mapping(value: Any) -> dict[str, Any]:
    """Read an object."""
    if type(value) is not dict:
        raise _wrong(value, "an object")
    return value


def text(value: Any, _: Context) -> str:
    """Read a string."""
    if type(value) is not str:
        raise _wrong(value, "a text")
    return value


def boolean(value: Any, _: Context) -> bool:
    """Read true or false."""
    if type(value) is not bool:
        raise _wrong(value, "true or false")
    return value


def hexadecimal(value: Any, context: Context) -> str:
    """Read hexBinary as it stands."""
    if not _HEX(text(value, context)):
        raise BadEvent("not hexadecimal", rule=f"{SCHEMA}, hexBinary", mend="use 0-9 and a-f, at least one")
    return str(value)


def number(value: Any, _: Context) -> Decimal:
    """Read a number exactly."""
    if type(value) is not int and type(value) is not Decimal:
        raise _wrong(value, "a number")
    exact = Decimal(value)
    if not -40 <= exact.adjusted() <= 40 or len(exact.as_tuple().digits) > 60:
        raise BadEvent("the number is too large or too fine", rule="at most 60 digits, 1e-40 to 1e40", mend="round it")
    return exact


def amount(value: Any, context: Context) -> Decimal:
    """Read how many or how much: more than nothing."""
    exact = number(value, context)
    if exact <= 0:
        raise BadEvent(
            f"a quantity of {exact}",
            rule="EPCIS 2.0 §7.3, QuantityElement: a positive number",
            mend="drop the element, or say how many",
        )
    return exact


def uom(value: Any, context: Context) -> str:
    """Read a unit of measure by its shape."""
    if not _UOM(text(value, context)):
        raise BadEvent(
            f"{shown(value)} is not a unit code", rule=f"{SCHEMA}, uom; UN/ECE Rec. 20", mend="use for example KGM, LTR"
        )
    return str(value)


def uri(value: Any, _: Context) -> str:
    """Read an absolute URI as it stands."""
    if type(value) is not str:
        raise _wrong(value, "a URI")
    if not _URI(value):
        raise BadIdentifier(
            f"{shown(value)} is not an absolute URI",
            rule=f"{SCHEMA}, uri; RFC 3986; at most 2 000 characters",
            mend="write it as a GS1 Digital Link, an EPC URN or a URI of your own",
        )
    return value


def code(value: Any, context: Context) -> str:
    """Read a code of goods into its canonical form."""
    return canonical(uri(value, context))


def codes(value: Any, context: Context) -> tuple[str, ...]:
    """Read goods, the bulk of every capture: all at once where nothing is wrong with any."""
    if type(value) is list and all(type(item) is str and _URI(item) for item in value):
        return tuple(map(canonical, value))
    return _codes(value, context)  # type: ignore[no-any-return]


_codes = listed(code)


def name(value: Any, context: Context) -> str:
    """Read a class, place, party or document into its canonical form: a few of them come back again and again."""
    return _known(uri(value, context))


_known = lru_cache(maxsize=16_384)(canonical)


def instant(value: Any, _: Context) -> datetime:
    """Read a time."""
    return times.instant(value)


def event_instant(value: Any, _: Context) -> datetime:
    """Read a time that an event can have."""
    return times.event_instant(value)


def offset(value: Any, _: Context) -> str:
    """Read an offset from UTC."""
    return times.offset(value)


def day(value: Any, context: Context) -> date:
    """Read a calendar day; a time after it is cut."""
    found = _DAY(text(value, context))
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise BadTime(f"{shown(value)} is not a day", rule="xsd:date", mend="write it as 2027-03-31") from None


def _wrong(value: Any, wanted: str) -> BadEvent:
    return BadEvent(f"{wanted} is wanted, {shown(value)} found", rule=f"{SCHEMA}, type", mend=f"give {wanted}")
