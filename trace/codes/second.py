"""The second look at a text that is no code as it stands: spoilt, several codes, or beyond mending.

``read`` is the reader's first look: what a text is as it stands.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from zhuisu.codes import doubts, ear_tag, labels, mend
from zhuisu.codes.errors import BadCheckDigit, NoKey, NotACode, PersonalNumber, SeveralCodes
from zhuisu.codes.labels import PROVEN
from zhuisu.codes.model import Code, Family
from zhuisu.errors import Refusal

Read = Callable[[str, int], Code]

_KEPT = frozenset({Family.opaque, Family.url})  # what a second look is worth at
_UNKNOWN = frozenset({Family.opaque, Family.urn})  # no part of a list of codes
_STANDARD = 14  # digits of a 药品本位码
_ENOUGH = 10_000  # codes of a row that are read: what follows them is taken for more of them
_MOST_BAD = 100  # codes of a row; beyond them the right ones must be more

_MEANINGLESS = frozenset({
    mend.SPACE, mend.WIDE, mend.GROUPED, mend.QUOTES, mend.STOP, mend.LISTED, mend.EXCEL, mend.CONTROLS,
})  # fmt: skip

_BETWEEN = " \t\r\n\u00a0\u3000,;，；、"
_AROUND = _BETWEEN + "/|。"
_PIECE = re.compile(rf"[^{_BETWEEN}]+")
_TIGHT = re.compile("[^/|。]+")
_LINK = re.compile(r"(?:\][A-Z][0-6])?https?://", re.IGNORECASE).match
_NEXT_LINK = re.compile(rf"[{_BETWEEN}](?=https?://)|(?=\][A-Z][0-6]https?://)", re.IGNORECASE)
_SYMBOL = re.compile(r"\](?:A0|C[01]|E[0-4]|I[013]|J[01]|Q[0-3]|d[0-2]|e0)(?=[^\s,;|])")


class _Mending(Struct):
    """What the guesses at a text came to."""

    code: Code | None = None  # the one they agree on
    refusal: NotACode | None = None  # of what a label or the grouping says it is
    doubts: tuple[str, ...] = ()


def worth_it(text: str, code: Code) -> bool:
    """Whether a text that reads as ``code`` may be more than that."""
    return code.family in _KEPT or (text.rfind("://") > 8 and _NEXT_LINK.search(text) is not None)


def look(text: str, year: int, first: Code | NotACode, read: Read) -> Code:
    """Code that the text was before it was spoilt, when there is one and no other; else what the first look gave."""
    if isinstance(first, PersonalNumber):
        raise first
    mended = _mended(text, year, read) if isinstance(first, NotACode) or first.family in _KEPT else _Mending()
    count, bad = _row(text, year, read)
    if mended.code and (bad or not count):
        return mended.code
    if count and not mended.code:
        raise SeveralCodes(
            f"the text holds {count} codes",
            where="text",
            mend="send them one by one, or ask for several to be read",
            detail_zh=f"文本中有 {count} 个编码",
            mend_zh="请逐个提交，或使用批量识别",
            count=count,
        )
    if not count and mended.refusal:
        raise mended.refusal
    if why := mend.spoilt(text):
        raise why
    if isinstance(first, NotACode):
        raise mend.foreign_envelope(text) or first
    return replace(first, doubts=mended.doubts) if mended.doubts else first


def pieces(text: str) -> Iterator[str]:
    """Where the text may be parted into codes: links before each other, scans before their symbology identifiers, all
    else at blanks, commas and semicolons; where there is none of them, at slashes and bars.
    """
    text = text.strip(_BETWEEN)
    if _LINK(text):  # most signs may stand inside a link
        return (piece for part in _NEXT_LINK.split(text) if (piece := part.strip(_BETWEEN)))
    symbols = [found.start() for found in _SYMBOL.finditer(text, 1)]
    if symbols:
        bounds = zip([0, *symbols], [*symbols, len(text)], strict=True)
        return (piece for begin, end in bounds if (piece := text[begin:end].strip(_AROUND)))  # a composite's bar
    if _is_tight(text):
        return (found[0] for found in _TIGHT.finditer(text))
    return (piece for found in _PIECE.finditer(text) if (piece := found[0].strip(_AROUND)))


def _is_tight(text: str) -> bool:
    """Whether nothing but slashes and bars can part the text."""
    return _PIECE.fullmatch(text) is not None


def _mended(text: str, year: int, read: Read) -> _Mending:
    found = _Mending()
    for guess in mend.guesses(text):
        try:
            code = _guessed(guess, year, read)
        except PersonalNumber:
            raise
        except NotACode as refusal:
            if _is_told(guess, refusal):
                found.refusal = found.refusal or refusal
            continue
        except Refusal:
            continue
        if code.family in _KEPT and doubts.CHECK in code.doubts:
            found.doubts = code.doubts
        if code.family not in (PROVEN if guess.families is None else guess.families):
            continue
        code = replace(code, mended=tuple(dict.fromkeys((*guess.told, *code.mended))))
        if found.code and replace(code, text="", mended=()) != replace(found.code, text="", mended=()):
            return _Mending()
        found.code = found.code or code
    return found


def _guessed(guess: mend.Guess, year: int, read: Read) -> Code:
    """Code of a guess, as its label wants it read."""
    if guess.families is None or guess.families == PROVEN:
        return read(guess.text, year)
    if Family.ear_tag in guess.families and ear_tag.is_tag(guess.text):
        return ear_tag.read(guess.text)
    code = read(labels.written(guess.text, guess.families), year)
    if code.family not in guess.families:
        return code
    left = tuple(doubt for doubt in code.doubts if doubt not in {doubts.SHAPE, doubts.FAMILY})
    return replace(code, doubts=left, also=())


def _is_told(guess: mend.Guess, refusal: NotACode) -> bool:
    """Whether the label says that the guess is what ``refusal`` refuses, or marks that mean nothing are all it has."""
    if guess.families is None:
        return isinstance(refusal, BadCheckDigit) and _MEANINGLESS.issuperset(guess.told)
    if not guess.text.isdecimal() or refusal.where in {"00", "414"}:
        return True
    standard = {Family.drug_standard} if len(guess.text) == _STANDARD else set()
    return isinstance(refusal, BadCheckDigit) and bool(guess.families & {Family.gtin, *standard})


def _row(text: str, year: int, read: Read) -> tuple[int, int]:
    """How many codes stand side by side in the text, and how many of them fail their check; 0 when it is no row of
    codes. Slashes and bars part nothing unless all are right, nor do links.
    """
    text = text.strip(_BETWEEN)
    right = keys = bad = 0
    sure = _is_tight(text) or _LINK(text) is not None
    parts = pieces(text)
    for piece in islice(parts, _ENOUGH):
        if len(piece) == len(text):
            return 0, 0
        try:
            code = read(piece, year)
            if code.family not in _UNKNOWN:
                keys += 1
            elif doubts.CHECK in code.doubts:
                bad += 1
            else:
                return 0, 0
            right += code.family not in _UNKNOWN
        except NoKey:
            right += 1
        except BadCheckDigit:
            bad += 1
        except Refusal:
            return 0, 0
        if bad and (sure or bad > max(keys, _MOST_BAD)):
            return 0, 0
    right += sum(1 for _ in parts)
    return (right + bad, bad) if keys and right + bad > 1 else (0, 0)
