"""GS1 element strings, as scanners send them and as labels print them (GS1 General Specifications 7.8, 4.14).

>>> list(elements("^0106901234567892" + "10L1^17270131"))
['01', '10', '17']
>>> list(elements("(01)06901234567892(10)L1"))
['01', '10']
"""

import re

from zhuisu.codes import checksum
from zhuisu.codes.ai import AIS, WIDTH, Ai
from zhuisu.codes.dates import YEAR, fault
from zhuisu.codes.errors import BadDate, BadElement, NoKey, UnknownAi
from zhuisu.codes.keys import choose, describe
from zhuisu.codes.mend import GS, INNER_SPACE, NO_FNC1
from zhuisu.codes.model import Code

_BRACKET = re.compile(r"(?<!\\)\((\d{2,4})\)\s*", re.ASCII)
_SPELLED = re.compile(r"\{GS\}|<GS>|\^", re.IGNORECASE)
_BEGINS = re.compile(rf"{GS}?\d\d", re.ASCII).match
# Without FNC1 or symbology identifier, a text is taken for an element string when a key with its check digit leads; a
# GTIN followed by one of its usual companions is told its faults even when the check digit is wrong.
_LEADS = re.compile(
    r"00\d{18}|(?:01|8003)\d{14}|8006\d{18}|801[78]\d{18}|25[35]\d{13}|402\d{17}|41[47]\d{13}", re.ASCII
).match
_SURELY = re.compile(r"01\d{14}(?:1[01357]|21).", re.ASCII).match
_GTIN_AND_SERIAL = re.compile(rf"{GS}?01(\d{{14}})21([!\"%-?A-Z_a-z]{{1,20}})", re.ASCII).fullmatch

_GTIN, _GLN = "GTIN", "GLN"
_NAMES = {"00": "SSCC", "01": _GTIN, "02": _GTIN, "03": _GTIN, "253": "GDTI", "414": _GLN, "417": _GLN, "8003": "GRAI"}


def is_bracketed(text: str) -> bool:
    """Whether the text begins with an AI in brackets that exists."""
    lead = _BRACKET.match(text)
    return lead is not None and lead[1] in AIS


def spell_fnc1(text: str) -> str:
    """Text with ``{GS}``, ``<GS>`` and ``^`` as the GS character, when an element string can begin there."""
    if "^" not in text and "{" not in text and "<" not in text:
        return text
    plain = _SPELLED.sub(GS, text)
    return plain if _BEGINS(plain) else text


def is_element_string(text: str) -> bool:
    """Whether the text, with FNC1 spelled as GS, can only be meant as an element string."""
    if _SURELY(text) or (GS in text and _BEGINS(text)):
        return True
    if not _LEADS(text):
        return False
    ai = text[: WIDTH[text[:2]]]
    return checksum.holds(text[len(ai) : len(ai) + AIS[ai].checked])


def elements(text: str, year: int = YEAR) -> dict[str, str]:
    """AI → value in the order read, each checked (see verify)."""
    values, _ = _bracketed(text, year, 0) if is_bracketed(text) else _scanned(spell_fnc1(text), year, 0)
    return values


def read(body: str, text: str, mended: tuple[str, ...] = (), year: int = YEAR) -> Code:
    """Code of an element string, the last part of ``text`` with FNC1 spelled as GS; NoKey when it names nothing."""
    offset = 3 if text[0] == "]" else 0  # the symbology identifier
    values, more = (_bracketed if is_bracketed(body) else _scanned)(body, year, offset)
    ai = choose(values)
    if not ai:
        found = " ".join(f"({name})" for name in values) or "nothing"
        raise NoKey(
            f"found {found}, but no key such as (01) or (00)",
            where="text",
            mend="scan the symbol that carries the product or logistic unit number too",
        )
    return describe(values, ai, text, mended + more, year)


def _scanned(text: str, year: int, offset: int) -> tuple[dict[str, str], tuple[str, ...]]:
    if (usual := _GTIN_AND_SERIAL(text)) and checksum.holds(usual[1]):  # most scans are this: spare them the walk
        return {"01": usual[1], "21": usual[2]}, ()
    values: dict[str, str] = {}
    mended: tuple[str, ...] = ()
    at, end = 0, len(text)
    while at < end:
        if text[at] == GS:  # FNC1 in the first place, or one too many (7.8.5 lets readers pass over it)
            at += 1
            continue
        ai = text[at : at + 2]
        spec = AIS.get(ai)
        if spec is None:
            ai = text[at : at + WIDTH.get(ai, 2)]
            spec = AIS.get(ai)
            if spec is None:
                raise _unknown(ai, at + offset + 1)
        begin = at + len(ai)
        stop = begin + spec.length
        if not spec.predefined:
            gs = text.find(GS, begin)
            gs = end if gs < 0 else gs
            if spec.length and gs > stop:
                mended = (NO_FNC1,)
            else:
                stop = gs
        value = text[begin:stop]
        verify(spec, value, at + offset + 1, year)
        if values.setdefault(ai, value) != value:
            raise _repeated(ai, values[ai], value, at + offset + 1)
        at = stop
    return values, mended


def _bracketed(text: str, year: int, offset: int) -> tuple[dict[str, str], tuple[str, ...]]:
    values: dict[str, str] = {}
    mended: tuple[str, ...] = ()
    marks = list(_BRACKET.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        ai, raw = mark[1], text[mark.end() : end]
        value = raw.rstrip(" " + GS)
        if value != raw or mark[0][-1] != ")":
            mended = (INNER_SPACE,)
        value = value.replace("\\(", "(")
        spec, position = AIS.get(ai), mark.start() + offset + 1
        if spec is None:
            raise _unknown(ai, position)
        verify(spec, value, position, year)
        if values.setdefault(ai, value) != value:
            raise _repeated(ai, values[ai], value, position)
    return values, mended


def verify(spec: Ai, value: str, position: int, year: int = YEAR) -> None:
    """Raise BadElement, BadCheckDigit or BadDate unless ``value`` is right for its AI, which stands at ``position``."""
    if not spec.fits(value):
        raise spec.fault(value, position)
    if spec.checked and not checksum.holds(value[: spec.checked]):
        name = f"AI ({spec.ai}) at position {position}: {_NAMES.get(spec.ai, 'number')}"
        checksum.require(value[: spec.checked], name, spec.ai, position)
    if spec.dates:
        _verify_dates(spec, value, position, year)


def _verify_dates(spec: Ai, value: str, position: int, year: int) -> None:
    for start, may_be_00 in spec.dates:
        yymmdd = value[start : start + 6]  # empty: the optional second date of (7007)
        if yymmdd and (why := fault(yymmdd, year, may_be_00)):
            told = f"AI ({spec.ai}) at position {position}: {why}"
            raise BadDate(told, where=spec.ai, mend="dates are YYMMDD", position=position)


def _unknown(ai: str, position: int) -> UnknownAi:
    return UnknownAi(
        f"position {position}: {ai!r} begins no Application Identifier",
        where=ai,
        mend="an FNC1 separator may be missing before it",
        position=position,
    )


def _repeated(ai: str, first: str, second: str, position: int) -> BadElement:
    why = f"AI ({ai}) at position {position}: {second!r} contradicts the {first!r} before it"
    return BadElement(why, where=ai, position=position)
