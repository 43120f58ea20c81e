r"""Several codes in one input: the lines of a paste, codes side by side, the symbols of one label.

>>> [reading.code.family.value for reading in read_all("6901234567892, 80217619000000001003")]
['gtin', 'drug']
>>> [label] = read_all("(01)06901234567892\n(17)270131(10)L1")  # a device with its DI and PI in two symbols
>>> label.code.canonical, label.joined
('https://id.gs1.org/01/06901234567892/10/L1', 2)
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from zhuisu.codes import gs1, labels
from zhuisu.codes.dates import YEAR
from zhuisu.codes.errors import BadCheckDigit, NoKey, NotACode, PersonalNumber, SeveralCodes, TooManyCodes
from zhuisu.codes.keys import ROOT
from zhuisu.codes.mend import COLUMNS, LABEL, LONGEST, tidy
from zhuisu.codes.model import Code
from zhuisu.codes.reader import parse
from zhuisu.codes.second import pieces
from zhuisu.errors import Refusal

MOST = 10_000

_ESCAPED_BRACKET = "\\("
_LINE_END = re.compile(r"\r\n|\r|\n")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-6]").match
_BARE = {8: "01", 12: "01", 13: "01", 14: "01", 18: "00"}  # length of digits alone → AI
_BLANKED = "…"  # an identity number is not repeated
_DAY = 8  # digits of one
_SWEEPS = 4  # a row of symbols is settled from one of its ends; to and fro twice settles all that can be


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One code of an input, or why it is none: exactly one of ``code`` and ``refusal`` is there."""

    text: str  # as read, "…" where that was an identity number; symbols put together stand on lines of their own
    line: int  # from 1
    code: Code | None = None
    refusal: Refusal | None = None
    same_as: int | None = None  # index of the first reading of this thing
    joined: int = 1  # symbols put together


class _Symbol(Struct, frozen=True):
    """A reading while others may still be joined to it."""

    at: int  # place in the input
    reading: Reading
    elements: Mapping[str, str]  # AI → value, of element strings and bare GTINs
    told: tuple[str, ...] = ()  # what was mended to come to them


def read_all(text: str, *, year: int = YEAR, most: int = MOST) -> tuple[Reading, ...]:
    """Codes of ``text`` in their order, each read by itself; raises nothing but TooManyCodes.

    Blank lines are passed over. A symbol that speaks of something it does not name (the PI of a device, ``(17)…(10)…``)
    is joined to the symbol before or after it, when exactly one of them can be what it speaks of.
    """
    readings: list[Reading] = []
    first: dict[str, int] = {}
    for symbol in _joined([_symbol(at, reading, year) for at, reading in enumerate(_readings(text, year, most))], year):
        reading = symbol.reading
        if reading.code and (index := first.setdefault(reading.code.canonical, len(readings))) < len(readings):
            reading = replace(reading, same_as=index)
        readings.append(reading)
    return tuple(readings)


def _readings(text: str, year: int, most: int) -> Iterator[Reading]:
    """Reading of every line, or of every part of a line that holds several codes."""
    count = 0
    for number, line in enumerate(_LINE_END.split(text.lstrip("\ufeff")), 1):
        if not line or line.isspace():
            continue
        reading = _reading(line, number, year)
        several = isinstance(reading.refusal, SeveralCodes)
        count += reading.refusal.facts["count"] if reading.refusal and several else 1
        cells = (
            _cells(line, number, year)
            if reading.refusal and not several and "\t" in line and len(line) <= LONGEST
            else ()
        )
        count += max(len(cells) - 1, 0)
        if count > most:
            raise TooManyCodes(
                f"more than {most} codes at once",
                where="text",
                mend="send them in parts",
                detail_zh=f"一次超过 {most} 个编码",
                mend_zh="请分批提交",
                most=most,
            )
        if several:
            yield from (_reading(piece, number, year) for piece in pieces(line))
        else:
            yield from cells or (reading,)


def _cells(line: str, number: int, year: int) -> tuple[Reading, ...]:
    """Readings of the cells of a pasted row that are codes, or would be but for their check digit; none when no cell
    is. A day as 20260501 fails the check of a GTIN-8 and is none.
    """
    cells = [_reading(cell, number, year) for cell in line.split("\t") if cell and not cell.isspace()]
    kept = [
        reading
        for reading in cells
        if (reading.code and reading.code.family in labels.PROVEN)
        or isinstance(reading.refusal, PersonalNumber)
        or (isinstance(reading.refusal, BadCheckDigit) and len(reading.text.strip()) > _DAY)
    ]
    if len(kept) == len(cells):
        return tuple(kept)
    return tuple(
        replace(reading, code=replace(reading.code, mended=(*reading.code.mended, COLUMNS)))
        if reading.code
        else reading
        for reading in kept
    )


def _reading(text: str, line: int, year: int) -> Reading:
    try:
        return Reading(text=text, line=line, code=parse(text, year=year))
    except PersonalNumber as refusal:
        return Reading(text=_BLANKED, line=line, refusal=refusal.with_traceback(None))
    except Refusal as refusal:
        return Reading(text=text, line=line, refusal=refusal.with_traceback(None))


def _symbol(at: int, reading: Reading, year: int) -> _Symbol:
    """The reading with its elements, where it may take part in a joining."""
    code = reading.code
    if not isinstance(reading.refusal, NoKey) and not (code and code.canonical.startswith(ROOT)):
        return _Symbol(at, reading, {})
    try:
        return _taking_part(at, reading, code, year)
    except NotACode:  # what names nothing was found beneath faults that stand around it
        return _Symbol(at, reading, {})


def _taking_part(at: int, reading: Reading, code: Code | None, year: int) -> _Symbol:
    body, told = (code.text, code.mended) if code else tidy(reading.text)
    if not code and (label := labels.at(body)):
        body, told = body[label.end :], (*told, LABEL)
    body = body[3:] if _SYMBOLOGY(body) else body
    if not body or body[0].isalpha():  # a link or URN
        return _Symbol(at, reading, {})
    if code and body.isdecimal() and len(body) in _BARE:
        return _Symbol(at, reading, {_BARE[len(body)]: code.gtin or body}, told)
    return _Symbol(at, reading, gs1.elements(body, year), told)


def _joined(symbols: list[_Symbol], year: int) -> list[_Symbol]:
    """Join what names nothing to the one neighbour that it fits."""
    for _ in range(_SWEEPS):
        if not any(_dangling(symbol) for symbol in symbols):
            break
        symbols = _sweep(symbols, year)[::-1]
    return sorted(symbols, key=lambda symbol: symbol.at)


def _sweep(symbols: list[_Symbol], year: int) -> list[_Symbol]:
    done: list[_Symbol] = []
    ahead = symbols[::-1]
    while ahead:
        symbol = ahead.pop()
        if not _dangling(symbol):
            done.append(symbol)
            continue
        before = _union(done[-1], symbol, year) if done else None
        after = _union(symbol, ahead[-1], year) if ahead else None
        if before and not after:
            done[-1] = before
        elif after and not before:
            ahead[-1] = after
        else:
            done.append(symbol)
    return done


def _dangling(symbol: _Symbol) -> bool:
    return symbol.reading.code is None and bool(symbol.elements)


def _union(one: _Symbol, other: _Symbol, year: int) -> _Symbol | None:
    """The two as one, when one names a thing and the other can speak of it; else None."""
    if _dangling(one) == _dangling(other) or not (one.elements and other.elements):
        return None
    if one.elements.keys() & other.elements.keys():
        return None
    first, second = sorted((one, other), key=lambda symbol: symbol.at)
    elements = {**first.elements, **second.elements}
    spelled = "".join(f"({ai}){value.replace('(', _ESCAPED_BRACKET)}" for ai, value in elements.items())
    whole = _reading(spelled, first.reading.line, year)
    if whole.code is None:
        return None
    told = tuple(dict.fromkeys((*first.told, *second.told, *whole.code.mended)))
    whole = replace(whole, code=replace(whole.code, mended=told))
    text = f"{first.reading.text}\n{second.reading.text}"
    joined = first.reading.joined + second.reading.joined
    named = other if _dangling(one) else one
    return _Symbol(named.at, replace(whole, text=text, joined=joined), elements, told)
