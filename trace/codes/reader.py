"""From any text to its Code, and from any URI in an event to its canonical form: the two doors of this room."""

import re

from zhuisu.codes import certificate, cn_drug, digital_link, epc_urn, gs1, private
from zhuisu.codes.checksum import holds, require
from zhuisu.codes.dates import YEAR
from zhuisu.codes.errors import Unreadable
from zhuisu.codes.keys import describe
from zhuisu.codes.mend import GS, SCHEME, tidy
from zhuisu.codes.model import Code, Family, Level

LONGEST_URI = 2048

# Symbology identifiers (ISO/IEC 15424): those that announce GS1 elements, and those sent before other data.
_GS1_SYMBOLOGY = frozenset({"]C1", "]d2", "]e0", "]Q3", "]J1"})
_SYMBOLOGY = re.compile(r"\](?:A0|C[01]|E[0-4]|I[013]|J[01]|Q[0-3]|d[0-2]|e0)").match

_URI = re.compile(
    r"(https?)(://)([^/?#]+)(.*)|(urn)(:)([A-Z0-9][A-Z0-9-]{0,31}:)(.+)", re.ASCII | re.IGNORECASE | re.DOTALL
)


def parse(text: str, *, year: int = YEAR) -> Code:
    """Code of whatever a scanner, a keyboard or a file gave; raises NotACode or BadUscc, in words.

    Unknown shapes up to 128 characters are kept as opaque. 13 digits are a GTIN-13: a bare GLN cannot be told apart.
    ``year`` is where two-digit years are counted from (GS1 General Specifications 7.12).
    """
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
        raise Unreadable(f"nothing follows {text}", where="text", mend="scan again")
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
        raise Unreadable(f"position {position}: FNC1 (GS) outside an element string", where="text", position=position)
    return _opaque(body, text, mended)


def _digits(digits: str, text: str, mended: tuple[str, ...], year: int) -> Code:
    match len(digits):
        case 20 if digits[0] == "8":
            return cn_drug.read(digits, text, mended)
        case 8 | 12 | 13 | 14:
            require(digits, f"GTIN-{len(digits)}", "01")
            return describe({"01": digits.zfill(14)}, "01", text, mended, year)
        case 18 if holds(digits):
            return describe({"00": digits}, "00", text, mended, year)
        case _ if number := certificate.digits(digits):
            return private.certificate(certificate.identifier(number), text, mended)
        case _ if gs1.is_element_string(digits):
            return gs1.read(digits, text, mended, year)
        case _:
            return _opaque(digits, text, mended)


def _uri(found: re.Match[str], text: str, mended: tuple[str, ...], year: int) -> Code:
    """Code of a URL or URN, its scheme and host (or namespace) in small letters."""
    if number := certificate.digits(found[0]):
        return private.certificate(certificate.identifier(number), text, mended)
    scheme, colon, name, rest = (part for part in found.groups() if part is not None)
    uri = f"{scheme.lower()}{colon}{name.lower() if name.isascii() else name}{rest}"
    if not scheme.islower():
        mended = (*mended, SCHEME)
    if len(uri) > LONGEST_URI:
        raise Unreadable(f"a URI of {len(uri)} characters, at most {LONGEST_URI} are kept", where="text")
    if GS in uri:
        raise Unreadable(f"position {text.index(GS) + 1}: a control character in a URI", where="text")
    if scheme.lower() != "urn":
        known = digital_link.read(uri, text, mended, year)
        return known or Code(family=Family.url, canonical=uri, level=Level.instance, text=text, mended=mended)
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
        )
    return private.opaque(value, text, mended)
