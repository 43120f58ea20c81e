"""From any text to its Code, and from any URI in an event to its canonical form: the two doors of this room."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from zhuisu.codes import (
    ahm,
    certificate,
    cn_drug,
    digital_link,
    drug_standard,
    ear_tag,
    epc_urn,
    gs1,
    ma,
    mend,
    private,
    quarantine,
    slaughterhouse,
    vet_drug,
)
from zhuisu.codes.checksum import holds, require
from zhuisu.codes.dates import YEAR
from zhuisu.codes.errors import NoKey, NotACode, PersonalNumber, SeveralCodes, Unreadable
from zhuisu.codes.keys import describe
from zhuisu.codes.ma import SMALL
from zhuisu.codes.mend import GS, SCHEME, tidy
from zhuisu.codes.model import Code, Family, Level
from zhuisu.errors import Refusal

LONGEST_URI = 2048

_OPAQUE, _URL = Family.opaque, Family.url  # looked up once: an enumeration's members are slow to reach and to hash
_KEPT = frozenset({_OPAQUE, _URL})  # what a second look is worth at
_UNKNOWN = frozenset({Family.opaque, Family.urn})  # no part of a list of codes
# Families with a check digit, or of a shape that nothing else has: a mending that ends there is certain.
_PROVEN = frozenset(Family) - {
    Family.opaque, Family.url, Family.urn, Family.site, Family.giai, Family.ginc, Family.cpi, Family.payment,
    Family.ahm, Family.slaughterhouse, Family.quarantine,
}  # fmt: skip

_BETWEEN = " \t\r\n\u00a0\u3000,;，；、"
_PIECE = re.compile(rf"[^{_BETWEEN}]+")
_LINK = re.compile(r"(?:\][A-Z][0-6])?https?://", re.IGNORECASE).match
_NEXT_LINK = re.compile(rf"[{_BETWEEN}](?=https?://)|(?=\][A-Z][0-6]https?://)", re.IGNORECASE)
_SYMBOL = re.compile(r"\](?:A0|C[01]|E[0-4]|I[013]|J[01]|Q[0-3]|d[0-2]|e0)(?=[^\s,;|])")

# Symbology identifiers (ISO/IEC 15424): those that announce GS1 elements, and those sent before other data.
_GS1_SYMBOLOGY = frozenset({"]C1", "]d2", "]e0", "]Q3", "]J1"})
_SYMBOLOGY = re.compile(r"\](?:A0|C[01]|E[0-4]|I[013]|J[01]|Q[0-3]|d[0-2]|e0)").match

_URI = re.compile(
    r"(https?)(://)([^/?#]+)(.*)|(urn)(:)([A-Z0-9][A-Z0-9-]{0,31}:)(.+)", re.ASCII | re.IGNORECASE | re.DOTALL
)

_HOST = re.compile(r"(?:.*@)?(\[[^\]]*\]|[^:]*)", re.DOTALL).match  # without the user before it and the port behind


def parse(text: str, *, year: int = YEAR) -> Code:
    """Code of whatever a scanner, a keyboard or a file gave; raises NotACode or BadUscc, in words.

    Unknown shapes up to 128 characters are kept as opaque. 13 digits are a GTIN-13: a bare GLN cannot be told apart.
    What is no known code as it stands is mended where only one code can have been meant, told in ``Code.mended``.
    ``year`` is where two-digit years are counted from (GS1 General Specifications 7.12).
    """
    try:
        code = _read(text, year)
    except NotACode as refusal:
        return _second_look(text, year, refusal)
    family = code.family
    if family is _OPAQUE or family is _URL or (text.rfind("://") > 8 and _NEXT_LINK.search(text)):
        return _second_look(text, year, code)
    return code


def pieces(text: str) -> Iterator[str]:
    """Where the text may be parted into codes: links before each other, scans before their symbology identifiers, all
    else at blanks, commas and semicolons.
    """
    if _LINK(text):  # most signs may stand inside a link
        return (piece for part in _NEXT_LINK.split(text) if (piece := part.strip(_BETWEEN)))
    symbols = [found.start() for found in _SYMBOL.finditer(text, 1)]
    if not symbols:
        return (found[0] for found in _PIECE.finditer(text))
    bounds = zip([0, *symbols], [*symbols, len(text)], strict=True)
    return (piece for begin, end in bounds if (piece := text[begin:end].strip(_BETWEEN + "|")))  # a composite's bar


def _read(text: str, year: int) -> Code:
    """Code of the text as it stands."""
    clean, mended = tidy(text)
    if clean[0] != "]":
        return _any(clean, clean, mended, year)
    if clean[:3] in _GS1_SYMBOLOGY and (body := clean[3:]):
        return gs1.read(gs1.spell_fnc1(body), clean, mended, year)
    return _any(clean[3:] if _SYMBOLOGY(clean) else clean, clean, mended, year)


def _second_look(text: str, year: int, first: Code | NotACode) -> Code:
    """Code that the text was before it was spoilt, when there is one and no other; else what the first look gave."""
    if isinstance(first, PersonalNumber):
        raise first
    found = _mended(text, year) if isinstance(first, NotACode) or first.family in _KEPT else None
    count = _count(text, year)
    if found and not count:
        return found
    if count > 1 and not found:
        raise SeveralCodes(
            f"the text holds {count} codes",
            where="text",
            mend="send them one by one, or ask for several to be read",
            detail_zh=f"文本中有 {count} 个编码",
            mend_zh="请逐个提交，或使用批量识别",
            count=count,
        )
    if isinstance(first, NotACode):
        raise mend.foreign_envelope(text) or first
    return first


def _mended(text: str, year: int) -> Code | None:
    """The one code that guesses at the text agree on."""
    found: Code | None = None
    for guess, told in mend.guesses(text):
        try:
            code = _read(guess, year)
        except PersonalNumber:
            raise
        except Refusal:
            continue
        if code.family not in _PROVEN:
            continue
        if found is None:
            found = replace(code, mended=tuple(dict.fromkeys((*told, *code.mended))))
        elif replace(code, text="", mended=()) != replace(found, text="", mended=()):
            return None
    return found


def _count(text: str, year: int) -> int:
    """How many codes the text holds side by side; 0 when a part of it is no known code."""
    count = keys = 0
    for piece in pieces(text):
        if len(piece) == len(text):
            return 0
        count += 1
        try:
            if _read(piece, year).family in _UNKNOWN:
                return 0
            keys += 1
        except NoKey:
            pass
        except Refusal:
            return 0
    return count if keys and count > 1 else 0


def canonical(uri: str) -> str:
    """Canonical URI for an EPC, class, location or party URI found in an event; never raises.

    EPC URNs and Digital Links of any domain become ``https://id.gs1.org/…`` as the CBV event hash wants them (CBV 2.0
    §8.9); every other URI comes back unchanged.
    """
    if uri.startswith("urn:epc:"):
        return epc_urn.canonical(uri)
    if uri[:4] in {"http", "HTTP"}:
        return digital_link.canonical(uri)
    return uri


def _any(body: str, text: str, mended: tuple[str, ...], year: int) -> Code:
    """Code of ``body``, which is ``text`` without its symbology identifier."""
    if not body:
        raise Unreadable(
            f"nothing follows {text}",
            where="text",
            mend="scan again",
            detail_zh=f"{text} 之后没有内容",
            mend_zh="请重新扫码",
        )
    if body.isdecimal() and body.isascii():
        return _digits(body, text, mended, year)
    if body[0] in "hHuU" and (uri := _URI.fullmatch(body)):
        return _uri(uri, text, mended, year)
    if body[0] == "(" and gs1.is_bracketed(body):
        return gs1.read(body, text, mended, year)
    spelled = gs1.spell_fnc1(body)
    if gs1.is_element_string(spelled):
        return gs1.read(spelled, text, mended, year)
    if GS in body:
        position = text.index(GS) + 1
        raise Unreadable(
            f"position {position}: FNC1 (GS) outside an element string",
            where="text",
            detail_zh=f"第 {position} 位：分隔符 FNC1（GS）不在 GS1 单元数据串中",
            position=position,
        )
    return _lettered(body, text, mended, year) or _opaque(body, text, mended)


def _digits(digits: str, text: str, mended: tuple[str, ...], year: int) -> Code:
    match len(digits):
        case 20 if digits[0] == "8":
            return cn_drug.read(digits, text, mended)
        case 14 if drug_standard.is_shaped(digits):
            return drug_standard.read(digits, text, mended)
        case 8 | 12 | 13 | 14:
            require(digits, f"GTIN-{len(digits)}", "01")
            return describe({"01": digits.zfill(14)}, "01", text, mended, year)
        case 18 if holds(digits):
            return describe({"00": digits}, "00", text, mended, year)
        case 15 if ear_tag.is_tag(digits):
            return ear_tag.read(digits, text, mended)
        case 24 if vet_drug.is_code(digits):
            return vet_drug.read(digits, text, mended)
        case _ if number := certificate.digits(digits):
            return private.certificate(certificate.identifier(number), text, mended)
        case _ if gs1.is_element_string(digits):
            return gs1.read(digits, text, mended, year)
        case _:
            return _opaque(digits, text, mended)


def _lettered(body: str, text: str, mended: tuple[str, ...], year: int) -> Code | None:
    """Code of a family whose codes have letters or words in them, None for any other text."""
    if body[0] in "Mm":
        if value := ma.spelled(body):
            return ma.read(value, text, mended if value == body else (*mended, SMALL), year)
        if value := ahm.spelled(body):
            return ahm.read(value, text, mended if value == body else (*mended, SMALL))
    if slaughterhouse.is_code(body):
        return slaughterhouse.read(body, text, mended)
    if len(body) <= private.LONGEST_OPAQUE and (paper := quarantine.split(body)):
        return quarantine.read(*paper, text, mended)
    return None


def _uri(found: re.Match[str], text: str, mended: tuple[str, ...], year: int) -> Code:
    """Code of a URL or URN, its scheme and host (or namespace) in small letters."""
    if number := certificate.digits(found[0]):
        return private.certificate(certificate.identifier(number), text, mended)
    scheme, colon, name, rest = found.group(1, 2, 3, 4) if found[1] else found.group(5, 6, 7, 8)
    small = scheme.lower()
    uri = f"{small}{colon}{name.lower() if name.isascii() else name}{rest}"
    if small != scheme:
        mended = (*mended, SCHEME)
    if len(uri) > LONGEST_URI:
        raise Unreadable(
            f"a URI of {len(uri)} characters, at most {LONGEST_URI} are kept",
            where="text",
            detail_zh=f"网址或 URN 共 {len(uri)} 个字符，最多保留 {LONGEST_URI} 个",
        )
    if GS in uri:
        position = text.index(GS) + 1
        raise Unreadable(
            f"position {position}: a control character in a URI",
            where="text",
            detail_zh=f"第 {position} 位：网址或 URN 中有控制字符",
            position=position,
        )
    if small != "urn":
        if known := digital_link.read(uri, text, mended, year):
            return known
        if device := ma.in_address(uri):
            return ma.read(device, text, mended, year)
        host = _HOST(name)
        assert host is not None
        return Code(
            family=Family.url, canonical=uri, level=Level.instance, text=text, host=host[1].lower(), mended=mended
        )
    if uri.startswith("urn:zhuisu:"):
        return private.read(uri, text, mended)
    if uri.startswith("urn:epc:") and epc_urn.is_gs1(uri):
        known = digital_link.read(epc_urn.to_link(uri), text, mended, year)
        assert known is not None
        return known
    return private.other(uri, text, mended)


def _opaque(value: str, text: str, mended: tuple[str, ...]) -> Code:
    if len(value) > private.LONGEST_OPAQUE:
        raise Unreadable(
            f"{len(value)} characters of no known form, at most {private.LONGEST_OPAQUE} are kept",
            where="text",
            mend="scan one code at a time",
            detail_zh=f"无法识别的内容共 {len(value)} 个字符，最多保留 {private.LONGEST_OPAQUE} 个",
            mend_zh="请一次扫一个码",
        )
    return private.opaque(value, text, mended)
