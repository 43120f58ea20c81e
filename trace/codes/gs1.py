"""GS1 element strings, as scanners send them and as labels print them (GS1 General Specifications 7.8, 4.14).

>>> list(elements("^0106901234567892" + "10L1^17270131"))
['01', '10', '17']
>>> list(elements("(01)06901234567892(10)L1"))
['01', '10']
"""

import re
from collections.abc import Iterator
from contextlib import suppress

from zhuisu.codes import checksum, doubts, pairs
from zhuisu.codes.ai import AIS, WIDTH, Ai
from zhuisu.codes.dates import YEAR, fault
from zhuisu.codes.errors import BadCheckDigit, BadDate, BadElement, NoKey, NotACode, UnknownAi
from zhuisu.codes.keys import choose, describe
from zhuisu.codes.linters import csumalpha, iban, yyyymmdd
from zhuisu.codes.mend import GS, INNER_SPACE, NO_FNC1
from zhuisu.codes.model import Code
from zhuisu.codes.text import Words

_BRACKET = re.compile(r"(?<!\\)\((\d{2,4})\)\s*", re.ASCII)
_BETWEEN = " " + GS
_SPELLED = re.compile(r"\{GS\}|<GS>|\^", re.IGNORECASE)
_BEGINS = re.compile(rf"{GS}?\d\d", re.ASCII).match
# Without FNC1 or symbology identifier, a text is taken for an element string when a key with its check digit leads; a
# GTIN followed by one of its usual companions is told its faults even when the check digit is wrong.
_LEADS = re.compile(
    r"00\d{18}|(?:01|8003)\d{14}|8006\d{18}|801[78]\d{18}|25[35]\d{13}|402\d{17}|41[47]\d{13}", re.ASCII
).match
_SURELY = re.compile(r"01\d{14}(?:1[01357]|21).", re.ASCII).match
_GTIN_AND_SERIAL = re.compile(rf"{GS}?01(\d{{14}})21([!\"%-?A-Z_a-z]{{1,20}})", re.ASCII).fullmatch
# What in a value may be a further element whose FNC1 was lost: a date of these years, a net weight, a lot or serial
# that begins with a letter. Plain digits behind 10 or 21 would make every hundredth honest serial suspect.
_FURTHER = re.compile(
    r"1[1-35-7](?:1[5-9]|2\d|3\d|40)[01]\d[0-3]\d|7003(?:1[5-9]|2\d|3\d|40)[01]\d[0-3]\d{5}|310[0-5]\d{6}|(?:10|21)[A-Za-z]",
    re.ASCII,
).search

_NAMES = {"00": "SSCC", "253": "GDTI", "255": "GCN", "402": "GSIN", "8003": "GRAI", "8017": "GSRN", "8018": "GSRN"}
_NAMES |= dict.fromkeys(("01", "02", "03"), "GTIN") | {"8006": "ITIP", "8026": "ITIP"}
_NAMES |= {f"41{n}": "GLN" for n in range(8)}
_NOTHING = Words("", "")
_SHORT_GTIN = re.compile(r"\d{8}|\d{12,13}", re.ASCII).fullmatch
_PAIRED, _DATED = {csumalpha, iban}, {yyyymmdd}  # linters whose faults have a class of their own


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


def walk(text: str) -> Iterator[tuple[str, str, int, int]]:
    """AI, value and where in ``text`` its element begins and ends (AI and brackets included), up to what is none.

    Nothing is verified; FNC1 and blanks between elements lie in none of them.
    """
    begin = 3 if text[:1] == "]" else 0
    if is_bracketed(text[begin:]):
        marks = list(_BRACKET.finditer(text, begin))
        for mark, end in zip(marks, [m.start() for m in marks[1:]] + [len(text)], strict=True):
            value = text[mark.end() : end].rstrip(_BETWEEN)
            yield mark[1], value.replace("\\(", "("), mark.start(), mark.end() + len(value)
        return
    spelled = _SPELLED.sub(lambda fnc1: GS * len(fnc1[0]), text)
    with suppress(UnknownAi):
        for spec, start, value, end in _split(spelled, begin):
            yield spec.ai, value, start, end


def elements(text: str, year: int = YEAR) -> dict[str, str]:
    """AI → value in the order read, each right for itself; whether they belong together is asked of ``pairs``."""
    values, _ = _bracketed(text, year, 0) if is_bracketed(text) else _scanned(spell_fnc1(text), year, 0)
    return values


def read(body: str, text: str, mended: tuple[str, ...] = (), year: int = YEAR) -> Code:
    """Code of an element string, the last part of ``text`` with FNC1 spelled as GS; NoKey when it names nothing."""
    usual = _GTIN_AND_SERIAL(body)
    if usual and checksum.holds(usual[1]) and not _FURTHER(usual[2], 1):  # most scans are this: spare them the walk
        return describe({"01": usual[1], "21": usual[2]}, "01", text, mended, year)
    offset = 3 if text[0] == "]" else 0  # the symbology identifier
    bracketed = is_bracketed(body)
    values, more = (_bracketed if bracketed else _scanned)(body, year, offset)
    ai = choose(values)
    if not ai:
        found = " ".join(f"({name})" for name in values)
        raise NoKey(
            f"position {offset + 1}: found {found or 'nothing'}, but no key such as (01) or (00)",
            where="text",
            mend="scan the symbol that carries the product or logistic unit number too",
            detail_zh=f"第 {offset + 1} 位：只有 {found or '空白'}，没有 (01)、(00) 等标识主体",
            mend_zh="请同时扫描含产品代码或物流单元代码的条码",
            position=offset + 1,
        )
    if len(values) > 1:
        pairs.require(values, lambda name: offset + next(at for one, _, at, _ in walk(body) if one == name) + 1)
    doubtful = (doubts.SEPARATOR,) if not bracketed and _swallowed(values, year) else ()
    return describe(values, ai, text, mended + more, year, doubtful)


def _scanned(text: str, year: int, offset: int) -> tuple[dict[str, str], tuple[str, ...]]:
    values: dict[str, str] = {}
    mended: tuple[str, ...] = ()
    for spec, start, value, end in _split(text, 0, offset):
        position = start + offset + 1
        if not right(spec, value, year):
            raise refusal(spec, value, position, year)
        if values.setdefault(spec.ai, value) != value:
            raise _repeated(spec.ai, values[spec.ai], value, position)
        if not spec.predefined and end < len(text) and text[end] != GS:
            mended = (NO_FNC1,)
    return values, mended


def _swallowed(values: dict[str, str], year: int) -> bool:
    """Whether the last value may hold further elements to its end, right and fitting the others: an FNC1 was lost."""
    ai, value = next(reversed(values.items()))
    at = 0
    while not AIS[ai].predefined and (found := _FURTHER(value, at + 1)):
        at = found.start()
        more = {ai: value[:at]}
        with suppress(UnknownAi):
            for spec, _, inner, _ in _split(value, at):
                if spec.ai in values or spec.ai in more or not right(spec, inner, year):
                    break
                more[spec.ai] = inner
            else:
                together = tuple(values | more)
                if right(AIS[ai], value[:at], year) and not pairs.clashing(together) and not pairs.missing(together):
                    return True
    return False


def _split(text: str, at: int, offset: int = 0) -> Iterator[tuple[Ai, int, str, int]]:
    """AI, where its element begins, its value and where it ends, of a text with FNC1 spelled as GS, from ``at`` on.

    ``offset`` is added to the positions that a refusal tells.
    """
    length = len(text)
    while at < length:
        if text[at] == GS:  # FNC1 in the first place, or one too many (7.8.5 lets readers pass over it)
            at += 1
            continue
        ai = text[at : at + 2]
        spec = AIS.get(ai) or AIS.get(ai := text[at : at + WIDTH.get(ai, 2)])
        if spec is None:
            raise _unknown(ai, at + offset + 1)
        begin = at + len(ai)
        end = begin + spec.length
        if not spec.predefined:
            gs = text.find(GS, begin)
            gs = length if gs < 0 else gs
            if not (spec.length and gs > end):
                end = gs
        yield spec, at, text[begin:end], min(end, length)
        at = end


def _bracketed(text: str, year: int, offset: int) -> tuple[dict[str, str], tuple[str, ...]]:
    values: dict[str, str] = {}
    mended: tuple[str, ...] = ()
    marks = list(_BRACKET.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        ai, raw = mark[1], text[mark.end() : end]
        value = raw.rstrip(_BETWEEN)
        if value != raw or mark[0][-1] != ")":
            mended = (INNER_SPACE,)
        value = value.replace("\\(", "(")
        spec, position = AIS.get(ai), mark.start() + offset + 1
        if spec is None:
            raise _unknown(ai, position)
        if not right(spec, value, year):
            raise refusal(spec, value, position, year)
        if values.setdefault(ai, value) != value:
            raise _repeated(ai, values[ai], value, position)
    return values, mended


def right(spec: Ai, value: str, year: int = YEAR) -> bool:
    """Whether ``value`` is right for its AI in every respect."""
    if not spec.fits(value) or (spec.checked and not checksum.holds(value[: spec.checked])):
        return False
    for start, stop, linter in spec.rules:
        run = value[start:stop]
        if run and linter(run):  # empty: an optional component that is not there
            return False
    for start, may_be_00 in spec.dates:
        yymmdd = value[start : start + 6]
        if yymmdd and fault(yymmdd, year, may_be_00):
            return False
    return True


def refusal(spec: Ai, value: str, position: int, year: int = YEAR) -> NotACode:
    """BadElement, BadCheckDigit or BadDate of a ``value`` that is not right for its AI at ``position``."""
    if not spec.fits(value):
        return _refusal(BadElement, spec, spec.fault(value), position, _zeros(spec, value))
    if spec.checked and not checksum.holds(digits := value[: spec.checked]):
        why, name = checksum.fault(digits), _NAMES[spec.ai]
        told = _located(spec, Words(f"{name} {digits}：{why.zh}", f"{name} {digits}: {why.en}"), position)
        return checksum.refusal(digits, told, spec.ai, position)
    for start, stop, linter in spec.rules:
        run = value[start:stop]
        if run and (found := linter(run)):
            kind = BadCheckDigit if linter in _PAIRED else BadDate if linter in _DATED else BadElement
            return _refusal(kind, spec, Words(found.zh, found.en), position)
    wrong = [fault(value[at : at + 6], year, may_be_00) for at, may_be_00 in spec.dates if value[at:]]
    why = next(filter(None, wrong))
    return _refusal(BadDate, spec, why, position, Words("日期格式为 YYMMDD（年月日）", "dates are YYMMDD"))


def _zeros(spec: Ai, value: str) -> Words:
    """Advice for a GTIN of 8, 12 or 13 digits where all 14 belong."""
    if spec.length != 14 or spec.checked != 14 or not _SHORT_GTIN(value) or not checksum.holds(value):
        return _NOTHING
    zeros = "0" * (14 - len(value))
    return Words(f"请在前面补 {zeros}", f"write {'a 0' if zeros == '0' else zeros} before it")


def _located(spec: Ai, why: Words, position: int) -> Words:
    return Words(f"第 {position} 位的 AI ({spec.ai})：{why.zh}", f"AI ({spec.ai}) at position {position}: {why.en}")


def _refusal(kind: type[NotACode], spec: Ai, why: Words, position: int, mend: Words = _NOTHING) -> NotACode:
    told = _located(spec, why, position)
    return kind(told.en, where=spec.ai, mend=mend.en, detail_zh=told.zh, mend_zh=mend.zh, position=position)


def _unknown(ai: str, position: int) -> UnknownAi:
    return UnknownAi(
        f"position {position}: {ai!r} begins no Application Identifier",
        where=ai,
        mend="an FNC1 separator may be missing before it",
        detail_zh=f"第 {position} 位：“{ai}”不是应用标识符的开头",
        mend_zh="其前可能缺少 FNC1 分隔符",
        position=position,
    )


def _repeated(ai: str, first: str, second: str, position: int) -> BadElement:
    return BadElement(
        f"AI ({ai}) at position {position}: {second!r} contradicts the {first!r} before it",
        where=ai,
        mend="scan one label at a time",
        detail_zh=f"第 {position} 位的 AI ({ai})：“{second}”与前面的“{first}”矛盾",
        mend_zh="请一次只扫描一个标签",
        position=position,
    )
