"""Faults of carriers and keyboards that are put right with certainty, and the words that tell it in ``Code.mended``.

>>> tidy(" ８３８５７９３ ")
('8385793', ('surrounding space', 'full-width characters'))

``tidy`` is for every text. ``guesses`` are for a text that is no known code as it stands: what it may have been before
a printer, scanner or keyboard spoilt it. A guess is taken only when it reads as a code that proves itself.

>>> list(guesses('"690 1234 5678 92"'))[-1][:2]
('6901234567892', ('quotes or brackets around', 'space or hyphen inside the number'))
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from zhuisu.codes import keyboard, labels
from zhuisu.codes.errors import Unreadable
from zhuisu.codes.model import Family

SPACE = "surrounding space"
WIDE = "full-width characters"
SCHEME = "scheme in capitals"
INNER_SPACE = "space between elements"
NO_FNC1 = "missing FNC1"
SHORT_NAMES = "short names of Digital Link 1.1"

GROUPED = "space or hyphen inside the number"
FNC1 = "FNC1 in letters"
SYMBOLOGY = "symbology identifier in the wrong case"
CONTROLS = "control characters at the ends"
ENVELOPE = "ISO 15434 envelope"
ASTERISKS = "asterisks of Code 39"
QUOTES = "quotes or brackets around"
STOP = "punctuation at the end"
LABEL = "words before the code"
LISTED = "list number before the code"
EXCEL = "marks of Excel around the number"
COLUMNS = "other cells of the row"
NO_SCHEME = "missing https://"
UPC_E = "UPC-E expanded"
CAPITALS = "Caps Lock"
CHINESE = "Chinese input method"
FRENCH = "French keyboard layout"
GERMAN = "German keyboard layout"

GS = "\x1d"
LONGEST = 8192  # our longest code is a certificate URL with 4096 digits
SHORTEST = 8  # of what proves itself: a GTIN-8

_BLANKS = " \t\r\n\f\v\u00a0\u3000\ufeff\u200b"
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE = re.compile("[\uff01-\uff5e\u3000]").search
_CONTROL = re.compile("[\x00-\x1c\x1e\x1f\x7f-\x9f\ud800-\udfff]").search  # all but GS
_NARROW_ALNUM = {wide: plain for wide, plain in _NARROW.items() if chr(plain).isalnum()}

_CONTROLS = "".join(chr(c) for c in range(0x20) if chr(c) != GS) + "\x7f␀␁␂␃␄␆␊␍␕␗␜␞␟"
_RS = r"(?:\x1e|␞|\{RS\}|<RS>|\[RS\])"
_ENVELOPE = re.compile(rf"(?:\][dQ][0-6])?\[\)>{_RS}(\d\d)(.*?){_RS}?(?:\x04|␄|\{{EOT\}}|<EOT>|\[EOT\])?", re.DOTALL)
_GS1_FORMAT = "05"
_QUOTES = dict(zip("\"'`([<{“‘《【「（", "\"'`)]>}”’》】」）", strict=True))
_STARRED = re.compile(r"\*([0-9A-Z. $/+%-]+)\*", re.ASCII).fullmatch
_STOPS = ".,;:!?。，；：！？、"
_DRUG_IN_TWO = re.compile(r"(?:药品)?标识码[\s:：]*(8[0-9]{6})[\s,，;；]*序列号[\s:：]*([0-9]{13})", re.ASCII).fullmatch

_LISTED = re.compile(r"(?:\d{1,4}(?:\.\s+|[)）、]\s*)|[-*•·●]\s+|[①-⑳]\s*)(?=\S{8})", re.ASCII).match
_EXCEL = re.compile(r"""="([^"]+)"|'([^']+)|(\d{8,15})\.00?""", re.ASCII).fullmatch
_POWER = re.compile(r"\d\.\d+E\+\d\d?", re.ASCII | re.IGNORECASE).fullmatch
_HOSTED = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}(?::\d{1,5})?/[!-~]*", re.ASCII | re.IGNORECASE).fullmatch

_FNC1 = re.compile(
    r"\[GS\]|\{GS\}|<GS>|␝|\\x1d|\\u001d|\\035|[{<\[(]FNC1[}>\])]|\^\]|\^|~d029|~1|&\#29;|\|", re.IGNORECASE
)
_MISTYPED = re.compile(r"\](?:[acijq][0-6]|D[0-2])").match
_CAPITALS = re.compile(r"HTTPS?://[^a-z/]+/|\](?:[acijq][0-6]|D[0-2])").match

_GAP = " \u00a0\u2009\u202f\u3000\\-\u2010\u2011\u2013"
_GROUPED = re.compile(rf"[0-9][0-9{_GAP}]+[0-9]").fullmatch
_GAPS = re.compile(rf"[{_GAP}]+")
_ELEMENTS = re.compile(r"(\((?:0[0-3]|1[1-7]|41[0-7]|31[0-6]\d)\))([0-9 \u00a0]+)")
_EIGHT = re.compile(r"[0-9]{4}[ \u00a0][0-9]{4}").fullmatch
_MOBILE = re.compile(r"861[3-9]").match
_EAR_TAG = re.compile(rf"[0-9][{_GAP}]?[0-9]{{6}}[{_GAP}][0-9]{{8}}").fullmatch
_PERSON = re.compile(rf"[0-9]{{6}}[{_GAP}]+[0-9]{{8}}[{_GAP}]+[0-9]{{4}}").fullmatch

# How every code begins that proves itself, so that the rest need not be looked at.
_BEGINS = re.compile(
    rf"[0-9]{{4}}|[AB][0-9]{{8}}$|MF[0-9]|\([0-9]{{2}}|\][A-Za-z][0-6]|{GS}[0-9]|https?:/|MA\.|\[\)>",
    re.ASCII | re.IGNORECASE,
).match
_CHINESE = re.compile(f"[{''.join(map(chr, keyboard.CHINESE))}]").search

_SCANNED = {(FRENCH,), (GERMAN,)}
_LAYOUTS = tuple(
    (layout, told, re.compile(f"[ {GS}{re.escape(''.join(map(chr, layout)))}]+").fullmatch)
    for layout, told in ((keyboard.FRENCH, FRENCH), (keyboard.GERMAN, GERMAN))
)
_LONGEST_POWER = 30
_LONGEST_GROUPED = 80  # characters of a number in groups: 24 digits, or an element string of as many again
_PEELINGS = 4  # quotes in a label in brackets, and one more


Told = tuple[str, ...]


class Guess(NamedTuple):
    """What a text may have been."""

    text: str
    told: Told
    families: frozenset[Family] | None  # that its label leaves open; None without a label


def bare(text: str) -> str:
    """Text without outer blanks: positions in a refusal count in it."""
    return text.strip(_BLANKS)


def narrow(text: str) -> str:
    """Full-width forms as ASCII (their NFKC): letters and digits always, signs only when nothing but ASCII remains."""
    if text.isascii() or not _WIDE(text):
        return text
    plain = text.translate(_NARROW)
    return plain if plain.isascii() else text.translate(_NARROW_ALNUM)


def tidy(text: str) -> tuple[str, Told]:
    """Text without outer blanks and full-width forms, and what was mended; Unreadable when nothing readable is left.

    GS (FNC1) is the one control character that passes.
    """
    if text.isascii() and text.isprintable() and text[:1] > " " and text[-1:] > " " and len(text) <= LONGEST:
        return text, ()
    if len(text) > LONGEST:
        raise Unreadable(
            f"{len(text)} characters, at most {LONGEST} are read",
            where="text",
            detail_zh=f"共 {len(text)} 个字符，最多读取 {LONGEST} 个",
        )
    clean = text.strip(_BLANKS)
    if not clean:
        raise Unreadable(
            "there is no visible character",
            where="text",
            mend="scan again",
            detail_zh="没有任何可见字符",
            mend_zh="请重新扫描",
        )
    mended = [] if len(clean) == len(text) else [SPACE]
    plain = narrow(clean)
    if plain != clean:
        mended.append(WIDE)
    if control := _CONTROL(plain):
        position, number = control.start() + 1, f"U+{ord(control[0]):04X}"
        raise Unreadable(
            f"position {position}: {number} is a control character",
            where="text",
            mend="switch the scanner's prefix and suffix off",
            detail_zh=f"第 {position} 位：{number} 是控制字符",
            mend_zh="请关闭扫码枪的前缀和后缀",
            position=position,
        )
    return plain, tuple(mended)


def guesses(text: str) -> Iterator[Guess]:
    """What a text of no known form may have been, and what was mended for it: a dozen at most, surest first."""
    core = text.strip(_BLANKS)
    if not SHORTEST <= len(core) <= LONGEST or core.startswith("urn:"):
        return
    outer = () if len(core) == len(text) else (SPACE,)
    for typed, keyboard_told in _retyped(core):
        # What a scanner typed has nothing around it, and its last character may be any.
        body, peeled, families = (typed, (), None) if keyboard_told[-1:] in _SCANNED else _peel(typed)
        for guess, inner in _inside(body):
            told = (*keyboard_told, *peeled, *inner)
            if told and guess.isascii() and _BEGINS(guess):
                yield Guess(guess, (*outer, *told), families)


def foreign_envelope(text: str) -> Unreadable | None:
    """Why an ISO 15434 envelope is not read: any format but 05 holds other data than GS1 elements."""
    found = _ENVELOPE.fullmatch(text.strip(_BLANKS)) if ")>" in text[:8] else None
    if found is None or found[1] == _GS1_FORMAT:
        return None
    return Unreadable(
        f"ISO 15434 format {found[1]}: only format {_GS1_FORMAT} carries GS1 elements",
        where="text",
        mend="ask the maker for a GS1 symbol, or type the number",
        detail_zh=f"ISO 15434 格式 {found[1]}：只有格式 {_GS1_FORMAT} 载有 GS1 数据",
        mend_zh="请向生产者索取 GS1 条码，或手工输入编码",
        position=5,
    )


def spoilt(text: str) -> Unreadable | None:
    """Why a text is beyond mending: a spreadsheet rounded the number, or a row of several columns was pasted."""
    core = text.strip(_BLANKS)
    if _POWER(_peel(core)[0] if len(core) < _LONGEST_POWER else ""):
        return Unreadable(
            f"position 1: {core} is what Excel makes of a long number; its last digits are lost",
            where="text",
            mend="format the cells as text before the numbers are entered, or export them again",
            detail_zh=f"第 1 位起：{core} 是 Excel 对长数字的科学记数，后面的数字已丢失",
            mend_zh="请先把单元格设为文本格式再录入，或重新导出",
            position=1,
        )
    if tab := core.find("\t") + 1:
        return Unreadable(
            f"position {tab}: a tab; several columns were pasted",
            where="text",
            mend="paste the column of codes alone",
            detail_zh=f"第 {tab} 位：有制表符，粘贴了多列",
            mend_zh="请只粘贴编码所在的一列",
            position=tab,
        )
    return None


def _retyped(core: str) -> Iterator[tuple[str, Told]]:
    """The text as other keyboards would have typed it."""
    plain = narrow(core)
    wide = () if plain == core else (WIDE,)
    yield plain, wide
    if _CAPITALS(plain):
        yield plain.swapcase(), (*wide, CAPITALS)
    if _CHINESE(plain):
        yield narrow(plain.translate(keyboard.CHINESE)), (*wide, CHINESE)
    for layout, told, fits in _LAYOUTS:
        if _BEGINS(plain[:8].translate(layout)) and fits(plain):
            yield plain.translate(layout), (*wide, told)


def _peel(body: str) -> tuple[str, Told, frozenset[Family] | None]:
    """The text without what stands around it, layer by layer, and the families that its labels leave open."""
    told: Told = ()
    families: frozenset[Family] | None = None
    for _ in range(_PEELINGS):
        before, body = body, body.strip(_BLANKS)
        if (envelope := _ENVELOPE.fullmatch(body)) and envelope[1] == _GS1_FORMAT:
            body, told = GS + _FNC1.sub(GS, envelope[2]).lstrip(GS), (*told, ENVELOPE)
        if (bare := body.strip(_CONTROLS)) != body:
            body, told = bare, (*told, CONTROLS)
        if (bare := body.rstrip(_STOPS)) != body:
            body, told = bare, (*told, STOP)
        if len(body) > SHORTEST and _QUOTES.get(body[0]) == body[-1]:
            body, told = body[1:-1], (*told, QUOTES)
        if starred := _STARRED(body):
            body, told = starred[1], (*told, ASTERISKS)
        if excel := _EXCEL(body):
            body, told = next(filter(None, excel.groups())), (*told, EXCEL)
        if listed := _LISTED(body):
            body, told = body[listed.end() :], (*told, LISTED)
        if two := _DRUG_IN_TWO(body):
            body, told, families = two[1] + two[2], (*told, LABEL), labels.DRUG
        if label := labels.at(body):
            body, told = body[label.end :], (*told, LABEL)
            families = label.families if families is None else families & label.families
        if body == before:
            break
    return body, told, families


def _inside(body: str) -> Iterator[tuple[str, Told]]:
    """The text with its inner spelling put right: symbology identifier, FNC1, groups of digits."""
    yield body, ()
    told: Told = ()
    if _MISTYPED(body):
        body, told = body[0] + body[1].swapcase() + body[2:], (SYMBOLOGY,)
        yield body, told
    if (spelled := _FNC1.sub(GS, body)) != body:
        yield spelled, (*told, FNC1)
    if _HOSTED(body):
        yield f"https://{body}", (*told, NO_SCHEME)
    if digits := _closed_up(body):
        yield digits, (GROUPED,)


def _closed_up(body: str) -> str:
    """Digits printed in groups, as one number where groups of that kind are usual; else empty."""
    if not _GROUPED(body):
        closed = _ELEMENTS.sub(lambda found: found[1] + re.sub("[ \u00a0]", "", found[2]), body)
        return closed if closed != body else ""
    if len(body) > _LONGEST_GROUPED:
        return ""
    digits = _GAPS.sub("", body)
    if digits == body:
        return ""
    match len(digits):
        case 8:
            usual = bool(_EIGHT(body))
        case 12 | 13 | 14:  # telephone numbers have hyphens, books (978) do too
            usual = digits.startswith("97") if re.search("[^0-9 \u00a0]", body) else not _MOBILE(digits)
        case 15:
            usual = bool(_EAR_TAG(body))
        case n:
            usual = n > 15 and not _PERSON(body)
    return digits if usual else ""
