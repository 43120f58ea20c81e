"""Values of query parameters: how they are read, and how a field of an event is compared with one.

>>> compare(Op.GE, Decimal("5.0"), "5")
True

A field that is text equals its own text only: lot 007 is not lot 7. Order is by number where both are numbers, by
instant where both are times (EPCIS 2.0 §8.2.7.1, parameters of type Int, Float and Time), else there is none.
"""

import operator
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

from zhuisu.codes import canonical
from zhuisu.epcis.errors import BadParameter
from zhuisu.events import STANDARD_TYPES, BadEvent
from zhuisu.events.times import instant

Read: TypeAlias = Callable[[str], str]
"""Checks a value as it was sent and gives it in the spelling that is compared. Raises BadParameter."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,60}(?:\.\d{0,60})?|\.\d{1,60})(?:[eE][+-]?\d{1,3})?", re.ASCII).fullmatch
_TIME = re.compile(r"\d{4}-\d\d-\d\dT.*", re.ASCII).fullmatch


class Op(StrEnum):
    """How a parameter compares: the first part of its name."""

    EQ = "EQ"
    GT = "GT"
    GE = "GE"
    LT = "LT"
    LE = "LE"


_COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
    Op.LT: operator.lt,
    Op.LE: operator.le,
}


def compare(op: Op, value: Any, operand: str) -> bool:
    """Whether a value of an event stands so to an operand."""
    match value:
        case bool():
            return op is Op.EQ and operand == ("true" if value else "false")
        case int() | Decimal():
            number = as_number(operand)
            return number is not None and _COMPARE[op](value, number)
        case str():
            if op is Op.EQ and value == operand:
                return True
            wanted = as_time(operand)
            if wanted is not None:
                found = as_time(value)
                return found is not None and _COMPARE[op](found, wanted)
            if op is Op.EQ:
                return False
            left, right = as_number(value), as_number(operand)
            return left is not None and right is not None and _COMPARE[op](left, right)
        case datetime():
            wanted = as_time(operand)
            return wanted is not None and _COMPARE[op](value, wanted)
        case _:
            return False


@lru_cache(maxsize=1 << 12)
def as_number(text: str) -> Decimal | None:
    """The number that a text is, None when it is none."""
    if not _NUMBER(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


@lru_cache(maxsize=1 << 12)
def as_time(text: str) -> datetime | None:
    """The instant that a text is, None when it is none."""
    if not _TIME(text):
        return None
    try:
        return instant(text)
    except BadEvent:
        return None


def number(text: str) -> str:
    """Read a number."""
    if as_number(text) is None:
        raise BadParameter(f"{text!r:.60} is no number", mend="write it as 12.5")
    return text


def time(text: str) -> str:
    """Read a date-time with offset."""
    # A plus sign that was not percent-encoded arrives as a space, and a time has no other.
    text = text.replace(" ", "+")
    try:
        instant(text)
    except BadEvent as error:
        raise BadParameter(error.detail, mend=error.mend) from None
    return text


def ordered(text: str) -> str:
    """Read a number or a date-time with offset: what has an order."""
    return text if as_number(text) is not None else time(text)


def anything(text: str) -> str:
    """Read text, a number or a time."""
    return text


def uri(text: str) -> str:
    """Read a URI as it stands."""
    if ":" not in text:
        raise BadParameter(f"{text!r:.80} is not a URI", mend="give an absolute URI")
    return text


def code(text: str) -> str:
    """Read a URI of goods, a place, a party or a document, in its canonical form."""
    return canonical(uri(text))


def boolean(text: str) -> str:
    """Read true or false."""
    if text not in {"true", "false"}:
        raise BadParameter(f"{text!r:.60} is neither true nor false", mend="write true or false")
    return text


def hexadecimal(text: str) -> str:
    """Read hexBinary, of which the case does not count (XSD 1.1 part 2 §3.3.15)."""
    if not re.fullmatch("[0-9A-Fa-f]+", text, re.ASCII):
        raise BadParameter(f"{text!r:.60} is not hexadecimal", mend="use 0-9 and A-F")
    return text.upper()


def nothing(text: str) -> str:
    """Read the value of a parameter that has none (EPCIS 2.0 §8.2.7.1, type Void)."""
    if text not in {"", "null", "true", "1"}:
        raise BadParameter(f"{text!r:.60} where no value belongs", mend="leave it empty")
    return ""


def word(known: tuple[str, ...]) -> Read:
    """Make a reader of one of the words of a closed list."""

    def read(text: str) -> str:
        if text not in known:
            mend = "give one of those under accepted"
            raise BadParameter(f"{text!r:.60} is not one of {', '.join(known)}", mend=mend, accepted=list(known))
        return text

    return read


def event_type(text: str) -> str:
    """Read one of the standard's event types, or the full URI of another's."""
    if text not in STANDARD_TYPES and ":" not in text:
        raise BadParameter(
            f"{text!r:.60} is not one of {', '.join(STANDARD_TYPES)}",
            mend="ask for types of others by their full URI",
            accepted=list(STANDARD_TYPES),
        )
    return text


def vocabulary(bare: Callable[[str], str], words: tuple[str, ...]) -> Read:
    """Make a reader of CBV words in any spelling, and of URIs of other vocabularies."""

    def read(text: str) -> str:
        try:
            return bare(text)
        except BadEvent as error:
            raise BadParameter(error.detail, mend=error.mend, accepted=list(words)) from None

    return read
