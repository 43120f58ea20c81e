"""GS1 Digital Link URIs on any domain and stem (GS1 Digital Link: URI Syntax).

>>> read("https://shop.example/x/01/6901234567892/21/A%2F1?17=270131&utm=1").canonical
'https://id.gs1.org/01/06901234567892/21/A%2F1'

A web address that only looks a little like one (``https://blog.example/01/7``) is none: ``read`` answers None. Every
address on id.gs1.org is one; elsewhere a key without company is one only if its check digit says so.
"""

import re
from base64 import urlsafe_b64decode
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from zhuisu.codes import doubts, pairs
from zhuisu.codes.ai import AIS, WIDTH
from zhuisu.codes.checksum import holds
from zhuisu.codes.dates import YEAR
from zhuisu.codes.errors import BadElement, BadLink, CompressedLink
from zhuisu.codes.gs1 import refusal, right
from zhuisu.codes.keys import KEYS, ROOT, describe, identify
from zhuisu.codes.linters import csumalpha
from zhuisu.codes.mend import SHORT_NAMES
from zhuisu.codes.model import Code
from zhuisu.codes.text import Words

# Convenience names of Digital Link 1.0 and 1.1, withdrawn in 1.2: still on labels, so they are read and told.
_WITHDRAWN = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
    "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
    "gmn": "8013", "payTo": "415", "cpv": "22", "lot": "10", "ser": "21", "glnx": "254", "cpsn": "8011", "srin": "8019",
    "refno": "8020",
}  # fmt: skip
_SEQUENCES = {key: AIS[key].qualifiers or () for key in KEYS}
_PATH_ONLY = {key: {ai for sequence in sequences for ai in sequence} for key, sequences in _SEQUENCES.items()}
# What a name in the path stands for: keys and qualifiers by their AIs, and by the names withdrawn.
NAMES = {ai: ai for ai in (*KEYS, *set().union(*_PATH_ONLY.values()))} | _WITHDRAWN

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ZERO_SUPPRESSED = re.compile(r"\d{8}|\d{12,13}", re.ASCII).fullmatch
_GTIN_8 = 8
_COMPANY = re.compile(r"\d{7}", re.ASCII).match  # a company prefix, 6 digits and more
_NO_STEM = 3  # segment of the key's AI when nothing stands between it and the host
_ZERO_SUPPRESSIBLE = {"01", "02"}
_BASE64 = re.compile(r"[A-Za-z0-9_-]{10,}", re.ASCII).fullmatch
_CANONICAL = re.compile(
    r"https://id\.gs1\.org/(?:01/\d{14}(?:/(?:10|21)/[\w.;='-]{1,20})?|00/\d{18}|414/\d{13}(?:/254/[\w.;='-]{1,20})?|417/\d{13})",
    re.ASCII,
).fullmatch

_USUAL = re.compile(
    r"https?://[^?#%]+/01/(\d{14})(?:/10/([\w.;='-]{1,20}))?(?:/21/([\w.;='-]{1,20}))?(?:\?([^#]*))?",
    re.ASCII,
).fullmatch


class Link(NamedTuple):
    """The GS1 part of a web address."""

    key: str
    values: dict[str, str]  # AI → value from the path, decoded, the key first and padded
    query: str
    short_names: bool
    ordered: bool  # the qualifiers are the key's own and in their order
    doubts: tuple[str, ...] = ()


def read(uri: str, text: str = "", mended: tuple[str, ...] = (), year: int = YEAR) -> Code | None:
    """Code of a Digital Link, None when the address is none; what is one and breaks a rule is refused."""
    text = text or uri
    if (usual := _USUAL(uri)) and holds(usual[1]):  # most links are this: spare them the walk
        gtin, lot, serial, query = usual.groups()
        values = {ai: value for ai, value in (("01", gtin), ("10", lot), ("21", serial)) if value}
        if not query:
            return describe(values, "01", text, mended, year)
        link, sound = Link("01", values, query, short_names=False, ordered=True), len(values)
    elif found := _locate(uri):
        link, sound = found, 0
    else:
        _refuse_compressed(uri, text)
        _refuse_on_gs1(uri, text)
        return None
    key, values, query, short_names, ordered, doubtful = link
    if not ordered:
        raise _disordered(key, values, _position(uri, text, key))
    if query:
        _add_attributes(values, key, query, uri, text)
    for ai, value in islice(values.items(), sound, None):
        if not right(AIS[ai], value, year):
            raise refusal(AIS[ai], value, _position(uri, text, ai), year)
    if len(values) > 1:
        pairs.require(values, lambda ai: _position(uri, text, ai))
    return describe(values, key, text, (*mended, SHORT_NAMES) if short_names else mended, year, doubtful)


def canonical(uri: str) -> str:
    """Canonical URI of a Digital Link by shape alone, as the CBV hash has it (no check digits), else ``uri``."""
    if _CANONICAL(uri):
        return uri
    link = _locate(uri, by_shape=True)
    if link is None or not link.ordered or not all(AIS[ai].fits(value) for ai, value in link.values.items()):
        return uri
    return identify(link.values, link.key).canonical


def _locate(uri: str, *, by_shape: bool = False) -> Link | None:
    """Find the last key of the path, if only qualifiers follow it and its value has the right shape.

    On hosts other than GS1's a key that stands alone must prove itself, unless the caller asks for the shape only.
    """
    head, _, query = uri.partition("#")[0].partition("?")
    if "%" in head and _BAD_ESCAPE.search(head):
        return None
    segments = head.split("/")
    if not segments[-1] and segments[-2:-1] and segments[-2] not in NAMES:  # a slash at the end
        segments.pop()
    names: list[str] = []
    raws: list[str] = []
    short_names = False
    for i in range(len(segments) - 2, 2, -2):
        name, raw = segments[i], segments[i + 1]
        ai = NAMES.get(name)
        if ai is None:
            return None
        short_names |= ai != name
        try:
            raws.append(unquote(raw, errors="strict") if "%" in raw else raw)
        except UnicodeDecodeError:
            return None
        names.append(ai)
        if ai in KEYS:
            break
    else:
        return None
    key, value = names[-1], raws[-1]
    short = len(value) if key == "01" and _ZERO_SUPPRESSED(value) else 0
    if short:
        raws[-1] = value = value.zfill(14)
    if not AIS[key].fits(value):
        return None
    values = dict(zip(reversed(names), reversed(raws), strict=True))
    if key == "415" and "8020" not in values:
        return None  # a payee without a slip
    doubtful: tuple[str, ...] = ()
    if not _on_gs1(uri):
        lone = len(names) == 1 and not _has_element(query)
        if (lone or short) and not _proven(key, value) and (key == "8013" or not by_shape):
            return None
        if lone and not by_shape and (short == _GTIN_8 or not AIS[key].checked) and key != "8013":
            if i > _NO_STEM or not _COMPANY(value):
                return None
            doubtful = (doubts.FAMILY,) if short else (doubts.SHAPE,)
    return Link(key, values, query, short_names, len(values) == len(names) and _in_order(tuple(names)), doubtful)


def _proven(key: str, value: str) -> bool:
    """Whether the check digit or pair of a key's value holds, where it has one."""
    return not csumalpha(value) if key == "8013" else holds(value[: AIS[key].checked]) if AIS[key].checked else True


def _has_element(query: str) -> bool:
    return "=" in query and any(
        ai in AIS and value for ai, _, value in (pair.partition("=") for pair in query.split("&"))
    )


@lru_cache(maxsize=1024)
def _in_order(names: tuple[str, ...]) -> bool:
    """Whether all but the last of ``names``, read backwards, are a subsequence of a sequence of that key."""
    *backwards, key = names
    if not backwards:
        return True
    for sequence in _SEQUENCES[key]:
        rest = iter(sequence)
        if all(name in rest for name in reversed(backwards)):
            return True
    return False


def _before(uri: str, text: str) -> int:
    """How many characters of a symbology identifier stand before the address."""
    return max(text.find("://") - uri.find("://"), 0)


def _position(uri: str, text: str, ai: str) -> int:
    """Where in the text an AI, or the name withdrawn that stands for it, is in the address, from 1."""
    names = "|".join((ai, *(name for name, one in _WITHDRAWN.items() if one == ai)))
    *_, last = re.finditer(rf"/(?:{names})/|[?&]{ai}=", uri.partition("#")[0])
    return _before(uri, text) + last.start() + 2


def _disordered(key: str, values: dict[str, str], at: int) -> BadLink:
    names = " ".join(f"({ai})" for ai in values)
    orders = [f"({key}) {' '.join(f'({ai})' for ai in order)}" for order in _SEQUENCES[key]]
    return BadLink(
        f"position {at}: {names}: ({key}) does not take these qualifiers in this order",
        where=key,
        mend=f"the order is {' or '.join(orders)}" if orders else f"({key}) takes none",
        detail_zh=f"第 {at} 位：{names}：({key}) 之后不能依此顺序接这些限定符",
        mend_zh=f"顺序应为 {' 或 '.join(orders)}" if orders else f"({key}) 之后没有限定符",
        position=at,
    )


def _add_attributes(values: dict[str, str], key: str, query: str, uri: str, text: str) -> None:
    """Put the elements of the query beside those of the path; keys that are no digits belong to others."""
    for pair in query.split("&"):
        ai, equals, raw = pair.partition("=")
        if not equals:
            continue
        if ai not in AIS:
            if not ai.isdecimal() or not ai.isascii():
                continue
            at = _parameter(uri, text, ai)
            told = Words("没有这个应用标识符", "no Application Identifier has this number")
            mend = Words("纯数字的参数名专供应用标识符使用，请改名", "rename it: keys of digits only are reserved")
            raise _misplaced(ai, at, told, mend)
        if ai in values:
            at = _parameter(uri, text, ai)
            mend = Words("请只保留一个", "keep one of them")
            raise _misplaced(ai, at, Words("重复出现", "stands twice"), mend)
        if ai in _PATH_ONLY[key]:
            at = _parameter(uri, text, ai)
            told = Words(
                f"应在路径中 ({key}) 之后，不应在查询部分", f"belongs in the path after ({key}), not in the query"
            )
            raise _misplaced(ai, at, told, Words(f"请移到路径中：/{ai}/…", f"move it into the path: /{ai}/…"))
        try:
            value = unquote_plus(raw, errors="strict") if "%" in raw or "+" in raw else raw
        except UnicodeDecodeError:
            at = _parameter(uri, text, ai)
            raise BadElement(
                f"AI ({ai}) at position {at}: {raw!r} is not UTF-8",
                where=ai,
                detail_zh=f"第 {at} 位的 AI ({ai})：“{raw}”不是 UTF-8 编码",
                position=at,
            ) from None
        values[ai] = value.zfill(14) if ai in _ZERO_SUPPRESSIBLE and _ZERO_SUPPRESSED(value) else value


def _parameter(uri: str, text: str, ai: str) -> int:
    """Where in the text the last parameter of this name stands, from 1."""
    return _before(uri, text) + uri.rfind(f"{ai}=") + 1


def _misplaced(ai: str, at: int, told: Words, mend: Words) -> BadLink:
    return BadLink(
        f"AI ({ai}) at position {at}: {told.en}",
        where=ai,
        mend=mend.en,
        detail_zh=f"第 {at} 位的 AI ({ai})：{told.zh}",
        mend_zh=mend.zh,
        position=at,
    )


def _refuse_compressed(uri: str, text: str) -> None:
    """Refuse a link whose last segment is certainly one compressed: a key whose check digit holds, then an AI or 0s."""
    path = uri.partition("#")[0].partition("?")[0]
    host, _, last = path.rpartition("/")
    if host[-1:] != "/" and _BASE64(last) and (_is_compressed(last) or _on_gs1(uri)):
        at = _before(uri, text) + len(host) + 2
        raise CompressedLink(
            f"position {at}: {last} is the compressed form of GS1 Digital Link",
            where="path",
            mend="ask for the uncompressed link",
            detail_zh=f"第 {at} 位：“{last}”是 GS1 Digital Link 的压缩形式",
            mend_zh="请使用未压缩的链接",
            position=at,
        )


def _is_compressed(segment: str) -> bool:
    """Whether the bits of ``segment`` are four for each digit of an AI, then its value as one number, then an AI or 0s.

    Others' short links have the same alphabet: one in some thousand would pass by its check digit alone.
    """
    size = len(segment) * 6
    bits = int.from_bytes(urlsafe_b64decode(segment + "A" * (-len(segment) % 4))) >> (-len(segment) % 4 * 6)
    ai = f"{bits >> (size - 8):02x}"
    if ai not in {"00", "01"}:
        return False
    width = (10 ** AIS[ai].length - 1).bit_length()
    if size < 8 + width:
        return False
    value = f"{bits >> (size - 8 - width) & (1 << width) - 1:0{AIS[ai].length}}"
    rest, left = size - 8 - width, bits & (1 << (size - 8 - width)) - 1
    follows = f"{left >> (rest - 8):02x}" in WIDTH if rest >= 8 and left else not left
    return len(value) == AIS[ai].length and holds(value) and follows


def _on_gs1(uri: str) -> bool:
    return uri.startswith(("https://id.gs1.org/", "http://id.gs1.org/"))


def _refuse_on_gs1(uri: str, text: str) -> None:
    """On GS1's own resolver every address is a Digital Link: say that this one is none."""
    if _on_gs1(uri):
        path = uri.partition("//id.gs1.org")[2].partition("#")[0].partition("?")[0]
        at = _before(uri, text) + uri.index("//id.gs1.org") + len("//id.gs1.org") + 1
        raise BadLink(
            f"position {at}: {path} names no GS1 key with a value of its length",
            where="path",
            mend=f"{ROOT}01/<GTIN>/21/<serial>",
            detail_zh=f"第 {at} 位：{path} 中没有长度正确的 GS1 标识主体",
            mend_zh=f"格式为 {ROOT}01/<GTIN>/21/<系列号>",
            position=at,
        )
