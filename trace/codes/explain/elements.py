"""GS1 element strings, scanned or bracketed, and the symbology identifier before them.

>>> [(part.text, part.name.en) for part in elements("0106901234567892" "10L1")]
[('0106901234567892', 'Global Trade Item Number (GTIN)'), ('10L1', 'Batch or lot number')]
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from zhuisu.codes import gs1
from zhuisu.codes.ai import AIS, Ai
from zhuisu.codes.explain import components, keys, words
from zhuisu.codes.explain.part import Part, Parts, Udi
from zhuisu.codes.mend import GS
from zhuisu.codes.text import Words

_AI = Words("应用标识符", "Application Identifier")
_FNC1 = Words("FNC1 分隔符", "FNC1 separator")
_FIRST = Words("FNC1：以下为 GS1 数据", "FNC1: GS1 data follow")
_FNC1_RULE = "GS1 General Specifications 7.8"
_BLANK = Words("空白", "blank")
_VALUE = Words("内容", "value")
_VARIABLE_ENDS = Words("变长内容到此结束", "ends a value of free length")
UDI: dict[str, Udi] = {"01": "di", "8014": "di", "10": "pi", "11": "pi", "17": "pi", "21": "pi"}
_SECTIONS = {"0": 3, "1": 4, "2": 5, "3": 6, "4": 7, "7": 8, "8": 9, "9": 10}  # by first digit of the AI

_SYMBOLOGIES = {
    "A0": "Code 39", "C0": "Code 128", "C1": "GS1-128", "E0": "EAN-13 / UPC", "E1": "EAN/UPC +2", "E2": "EAN/UPC +5",
    "E3": "EAN/UPC +", "E4": "EAN-8", "I0": "ITF", "I1": "ITF", "I3": "ITF", "J0": "DotCode", "J1": "GS1 DotCode",
    "Q0": "QR Code", "Q1": "QR Code", "Q2": "QR Code", "Q3": "GS1 QR Code", "d0": "Data Matrix", "d1": "Data Matrix",
    "d2": "GS1 DataMatrix", "e0": "GS1 DataBar",
}  # fmt: skip
_BETWEEN = re.compile(r"\x1d|\{GS\}|<GS>|\^|[ ]+", re.IGNORECASE)
_SYMBOLOGY = re.compile(r"\]([A-Za-z][0-6])(?=.)", re.DOTALL).match


def symbology(text: str) -> Parts:
    """The symbology identifier at the front, as ``]d2``; none when there is none."""
    found = _SYMBOLOGY(text)
    if found is None:
        return ()
    name = _SYMBOLOGIES.get(found[1])
    means = Words(f"条码类型：{name}", f"the symbol is {name}") if name else None
    said = Words("码制标识符", "symbology identifier")
    return (Part(text=found[0], name=said, means=means, rule="ISO/IEC 15424"),)


def elements(text: str) -> Parts:
    """Parts of a whole element string; none when the elements do not make up the text."""
    spans = list(gs1.walk(text))
    udi = any(ai == "01" for ai, *_ in spans)
    parts: list[Part] = []
    at = 0
    for ai, value, start, end in spans:
        if ai not in AIS:
            return ()
        parts += _separators(text[at:start], first=at == 0)
        parts.append(element(ai, value, text[start:end], udi=UDI.get(ai, "") if udi else ""))
        at = end
    if not parts:
        return ()
    parts += _separators(text[at:], first=False)
    return tuple(parts) if "".join(part.text for part in parts) == text else ()


@lru_cache(maxsize=4096)  # products and dates repeat
def element(ai: str, value: str, text: str, *, udi: Udi = "") -> Part:
    """One element: ``text`` is what stands there, ``value`` without AI and escapes."""
    spec = AIS[ai]
    rule = f"GS1 General Specifications 3.{_SECTIONS[spec.ai[0]]}"
    within: Parts = ()
    if value and text.endswith(value) and text != value:  # not where a bracket of the value is escaped
        lead = Part(text=text[: -len(value)], name=_AI, means=_decimals(spec), rule=rule)
        within = (lead, *inside(spec, value))
    return Part(text=text, name=spec.title, means=means(spec, value), rule=rule, udi=udi, parts=within)


def inside(spec: Ai, value: str) -> Parts:
    """Parts of an element's value; at least one."""
    return keys.value(spec.ai, value) or components.value(spec, value) or (Part(text=value, name=_VALUE),)


def means(spec: Ai, value: str) -> Words | None:
    """What a whole value says in words."""
    if spec.unit or (spec.decimals and len(spec.parts) == 1):
        return words.amount(value, int(spec.ai[-1]) if spec.decimals else 0, spec.unit)
    return components.means(spec, value)


def _decimals(spec: Ai) -> Words | None:
    if not spec.decimals:
        return None
    return Words(f"小数位数：{spec.ai[-1]}", f"decimals: {spec.ai[-1]}")


def _separators(text: str, *, first: bool) -> Iterator[Part]:
    """FNC1 in each of its spellings, and blanks between brackets; what is neither is left out."""
    for found in _BETWEEN.finditer(text):
        if found[0].isspace() and found[0] != GS:
            yield Part(text=found[0], name=_BLANK)
        elif first and not found.start():
            yield Part(text=found[0], name=_FIRST, rule=_FNC1_RULE)
        else:
            yield Part(text=found[0], name=_FNC1, means=_VARIABLE_ENDS, rule=_FNC1_RULE)
