"""The picture of a code: a box for each part, letters for the characters inside it, and the same again as a legend.

>>> [box] = draw(explain(parse("(01)06901234567892")))
>>> box.part.name.en, [(row.mark, row.part.text, row.part.name.en) for row in box.rows][-1]
('Global Trade Item Number (GTIN)', ('e', '2', 'check digit'))
"""

import re
from collections.abc import Iterator
from itertools import count
from string import ascii_lowercase

import msgspec

from zhuisu.codes.errors import PersonalNumber
from zhuisu.codes.explain import Part
from zhuisu.codes.gs1 import spell_fnc1, walk
from zhuisu.codes.mend import bare, narrow
from zhuisu.errors import Refusal

AROUND = 60
"""Characters shown on either side of a fault."""

# What stands at a position outside element strings: an element of a Digital Link, a number, or one character.
_THERE = re.compile(r"\d{2,4}[/=][^/?#&]+|[0-9A-Za-z]+|.", re.DOTALL | re.ASCII)

_LINE_END = re.compile(r"\r\n|\r|\n")
_NUMBERS = {8, 12, 13, 14, 18, 20}  # lengths of digits that are one number, whatever AI they seem to begin with
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-6]").match

# FNC1 in letters that every font has and ``parse`` reads back.
_SEEN: dict[int, int | str] = {**{code: 0x2400 + code for code in range(0x20)}, 0x7F: 0x2421, 0x1D: "<GS>"}
_SEEN |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)


class Leaf(msgspec.Struct, frozen=True):
    """Characters that have no parts of their own, and the letter that finds them in the legend; "" for separators."""

    mark: str
    text: str


class Row(msgspec.Struct, frozen=True):
    """A line of the legend: ``a`` is a leaf, ``b–d`` what several leaves make together."""

    mark: str
    part: Part


class Box(msgspec.Struct, frozen=True):
    """A part of the whole code; one that has no parts itself has neither leaves nor rows."""

    number: int
    part: Part
    leaves: tuple[Leaf, ...]
    rows: tuple[Row, ...]


class Fault(msgspec.Struct, frozen=True):
    """The text of a refused code around the element or character that is at fault."""

    before: str
    at: str
    after: str


def draw(parts: tuple[Part, ...]) -> tuple[Box, ...]:
    """The boxes of what ``explain`` gave."""
    return tuple(_box(number, part) for number, part in enumerate(parts, 1))


def fault(text: str, refusal: Refusal) -> Fault | None:
    """Where in ``text`` the refusal's ``position`` lies; None when it names none.

    Positions count as the room of codes counts them: without outer blanks, each spelling of FNC1 one character.
    """
    position = refusal.facts.get("position", 0)
    read = _as_read(quotable(text, refusal))
    if not 1 <= position <= len(read):
        return None
    begin = position - 1
    found = _THERE.match(read, begin)
    spans = () if read.isdecimal() and len(read) in _NUMBERS else walk(read)
    end = next((end for _, _, start, end in spans if start == begin), found.end() if found else position)
    return Fault(_cut(read[:begin][::-1])[::-1], _cut(read[begin:end]), _cut(read[end:]))


def _as_read(text: str) -> str:
    """The text in which positions count; an element string may follow a symbology identifier."""
    plain = narrow(bare(text))
    lead = 3 if _SYMBOLOGY(plain) else 0
    return plain[:lead] + spell_fnc1(plain[lead:])


def quotable(text: str, refusal: Refusal | None) -> str:
    """A text that may be said back to whoever sent it: anything but the number of a person."""
    return "" if isinstance(refusal, PersonalNumber) else text


def visible(text: str) -> str:
    """Text with a sign for each control character (<GS> is FNC1), and none that turns the line around."""
    return text if text.isascii() and text.isprintable() else text.translate(_SEEN)


def typed(text: str) -> str:
    """What a text field gives back of what was typed into it: its lines, each ``visible``."""
    return "\n".join(map(visible, _LINE_END.split(text)))


def _box(number: int, part: Part) -> Box:
    letters = _letters()
    leaves: list[Leaf] = []
    rows: list[Row] = []

    def visit(inner: Part) -> None:
        row, first = len(rows), len(leaves)
        if inner.parts:
            for each in inner.parts:
                visit(each)
            own = [leaf.mark for leaf in leaves[first:] if leaf.mark]
            mark = "–".join(dict.fromkeys((own[0], own[-1]))) if own else ""
        else:
            mark = next(letters) if any(map(str.isalnum, inner.text)) else ""
            leaves.append(Leaf(mark, inner.text))
        if mark:
            rows.insert(row, Row(mark, inner))

    for each in part.parts:
        visit(each)
    return Box(number, part, tuple(leaves), tuple(rows))


def _letters() -> Iterator[str]:
    """Letters in their order: a … z, aa, bb …."""
    return (letter * times for times in count(1) for letter in ascii_lowercase)


def _cut(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]}…"
