"""From any text to its Code, and from any URI in an event to its canonical form: the two doors of this room."""

import re

from msgspec.structs import replace

from zhuisu.codes import (
    ahm,
    certificate,
    cn_drug,
    digital_link,
    doubts,
    drug_standard,
    ear_tag,
    epc_urn,
    gs1,
    ma,
    person,
    private,
    quarantine,
    second,
    slaughterhouse,
    vet_drug,
)
from zhuisu.codes.checksum import holds, require, upc_e
from zhuisu.codes.dates import YEAR
from zhuisu.codes.errors import NotACode, Unreadable
from zhuisu.codes.keys import ROOT, describe
from zhuisu.codes.ma import SMALL
from zhuisu.codes.mend import GS, SCHEME, UPC_E, tidy
from zhuisu.codes.model import Code, Family, Level

LONGEST_URI = 2048

# Symbology identifiers (ISO/IEC 15424): those that announce GS1 elements, and those sent before other data.
_GS1_SYMBOLOGY = frozenset({"]C1", "]d2", "]e0", "]Q3", "]J1"})
_SYMBOLOGY = re.compile(r"\](?:A0|C[01]|E[0-4]|I[013]|J[01]|Q[0-3]|d[0-2]|e0)").match

_URI = re.compile(
    r"(https?)(://)([^/?#]+)(.*)|(urn)(:)([A-Z0-9][A-Z0-9-]{0,31}:)(.+)", re.ASCII | re.IGNORECASE | re.DOTALL
)

# Digits that would be a key, were their check digit right; all lengths of a GTIN are refused.
_NEARLY = re.compile(r"(?:00)?\d{18}|01\d{14}|41[47]\d{13}", re.ASCII).fullmatch
_LIKE_A_LINK = re.compile(r"/(?:01/(?:\d{8}|\d{12,14})|00/\d{18})(?![^/?#])", re.ASCII).search

_HOST = re.compile(r"(?:.*@)?(\[[^\]]*\]|[^:]*)", re.DOTALL).match  # without the user before it and the port behind


def parse(text: str, *, year: int = YEAR) -> Code:
    """Code of whatever a scanner, a keyboard or a file gave; raises NotACode or BadUscc, in words.

    Unknown shapes up to 128 characters are kept as opaque. 13 digits are a GTIN-13: a bare GLN cannot be told apart.
    What is no known code as it stands is mended where only one code can have been meant, told in ``Code.mended``.
    ``year`` is where two-digit years are counted from (GS1 General Specifications 7.12).
    """
    try:
        first: Code | NotACode = _read(text, year)
    except NotACode as refusal:
        first = refusal.with_traceback(None)
    if isinstance(first, Code) and not second.worth_it(text, first):
        return first
    try:
        return second.look(text, year, first, _read)
    except NotACode as refusal:
        last = refusal.with_traceback(None)
    person.refuse(last.detail, text)  # details quote the text
    raise last


def _read(text: str, year: int) -> Code:
    """Code of the text as it stands."""
    clean, mended = tidy(text)
    if clean[0] != "]":
        return _any(clean, clean, mended, year)
    if clean[:3] in _GS1_SYMBOLOGY and (body := clean[3:]):
        return gs1.read(gs1.spell_fnc1(body), clean, mended, year)
    return _any(clean[3:] if _SYMBOLOGY(clean) else clean, clean, mended, year)


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
    scanned = text[0] == "]"
    match len(digits):
        case 20 if digits[0] == "8":
            return cn_drug.read(digits, text, mended)
        case 8 | 12 | 13 | 14 as n if text.startswith("]C0") and not (n == 14 and holds(digits)):
            # Code 128 carries GTINs behind FNC1 (]C1), and parcel numbers without it.
            return _opaque(digits, text, mended, doubts.FAMILY)
        case 14 if not scanned and drug_standard.is_shaped(digits):
            return drug_standard.read(digits, text, mended)
        case 8 if not scanned and (gtin := upc_e(digits)):
            return _upc_e(digits, gtin, text, mended, year)
        case 8 | 12 | 13 | 14:
            require(digits, f"GTIN-{len(digits)}", "01")
            return describe({"01": digits.zfill(14)}, "01", text, mended, year)
        case 18 if holds(digits):
            person.refuse(digits, text)
            return describe({"00": digits}, "00", text, mended, year)
        case 15 if ear_tag.is_tag(digits):
            if ear_tag.is_imei(digits):
                return _opaque(digits, text, mended, doubts.FAMILY)
            return ear_tag.read(digits, text, mended, (doubts.SHAPE,))
        case 24 if vet_drug.is_code(digits):
            return vet_drug.read(digits, text, mended, (doubts.SHAPE,))
        case _ if number := certificate.digits(digits):
            return private.certificate(certificate.identifier(number), text, mended)
        case _ if gs1.is_element_string(digits):
            return gs1.read(digits, text, mended, year)
        case _:
            return _opaque(digits, text, mended, *[doubts.CHECK] * bool(_NEARLY(digits)))


def _upc_e(digits: str, gtin: str, text: str, mended: tuple[str, ...], year: int) -> Code:
    """Code of eight digits that are right as UPC-E, and perhaps as GTIN-8 too: few GTIN-8 begin with 0 or 1."""
    if not holds(digits):
        return describe({"01": gtin}, "01", text, (*mended, UPC_E), year)
    code = describe({"01": digits.zfill(14)}, "01", text, mended, year)
    return replace(code, doubts=(doubts.FAMILY,), also=(f"{ROOT}01/{gtin}",))


def _lettered(body: str, text: str, mended: tuple[str, ...], year: int) -> Code | None:
    """Code of a family whose codes have letters or words in them, None for any other text."""
    if body[0] in "Mm":
        if value := ma.spelled(body):
            return ma.read(value, text, mended if value == body else (*mended, SMALL), year)
        if value := ahm.spelled(body):
            return ahm.read(value, text, mended if value == body else (*mended, SMALL))
    if slaughterhouse.is_code(body):
        return slaughterhouse.read(body, text, mended, (doubts.SHAPE,))
    if len(body) <= private.LONGEST_OPAQUE and (paper := quarantine.split(body)):
        person.refuse(paper.number, text)
        return quarantine.read(paper.kind, paper.number, text, mended, () if paper.named else (doubts.SHAPE,))
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
            person.refuse(uri, text, beside=known.serial or known.canonical)
            return known
        person.refuse(uri, text)
        if device := ma.in_address(uri):
            return ma.read(device, text, mended, year)
        host = _HOST(name)
        assert host is not None
        return Code(
            family=Family.url,
            canonical=uri,
            level=Level.instance,
            text=text,
            host=host[1].lower(),
            mended=mended,
            doubts=(doubts.CHECK,) if _LIKE_A_LINK(uri) else (),
        )
    if uri.startswith("urn:zhuisu:"):
        return private.read(uri, text, mended)
    if uri.startswith("urn:epc:") and epc_urn.is_gs1(uri):
        known = digital_link.read(epc_urn.to_link(uri), text, mended, year)
        assert known is not None
        return known
    return private.other(uri, text, mended)


def _opaque(value: str, text: str, mended: tuple[str, ...], *doubted: str) -> Code:
    if len(value) > private.LONGEST_OPAQUE:
        raise Unreadable(
            f"{len(value)} characters of no known form, at most {private.LONGEST_OPAQUE} are kept",
            where="text",
            mend="scan one code at a time",
            detail_zh=f"无法识别的内容共 {len(value)} 个字符，最多保留 {private.LONGEST_OPAQUE} 个",
            mend_zh="请一次扫一个码",
        )
    return private.opaque(value, text, mended, doubted)
