"""Patterns of codes in MATCH_ parameters: EPC pure identity patterns (Tag Data Standard 2.0 §8), asterisks at the end.

>>> matcher("urn:epc:idpat:sgtin:4012345.*.*")("https://id.gs1.org/01/04012345111118/21/9876")
True

A Digital Link may end in ``*`` instead of its last value, ``https://id.gs1.org/01/04012345111118/21/*``.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from zhuisu.codes import canonical
from zhuisu.codes.epc_urn import SCHEMES, Scheme
from zhuisu.codes.keys import ROOT
from zhuisu.epcis.errors import BadParameter
from zhuisu.epcis.operands import code

IDPAT = "urn:epc:idpat:"

_FIELDS = re.compile(r"urn:epc:idpat:([a-z]+):(.+)", re.ASCII).fullmatch
_DIGITS = re.compile(r"\d+", re.ASCII).fullmatch
_LINK = re.compile(r"https://id\.gs1\.org/(?:[^*]+/)?\d{2,4}/\*", re.ASCII).fullmatch
_ANY = "[^/]+"


def instances(text: str) -> str:
    """Read a value of a MATCH_ parameter over EPCs: a canonical code, or a pattern. Raises BadParameter."""
    if text.startswith(IDPAT) and "*" not in text:
        return _sound(text, code("urn:epc:id:" + text.removeprefix(IDPAT)))
    return _pattern_or_code(text)


def classes(text: str) -> str:
    """Read a value of a MATCH_ parameter over EPC classes: a pattern of all serials names one class (CBV 2.0 §8.3)."""
    single = canonical(text)
    return _sound(text, single) if "*" not in single else _pattern_or_code(text)


def _sound(text: str, single: str) -> str:
    """The code that a pattern without asterisk names. Raises BadParameter when it names none."""
    found = _FIELDS(text)
    if text.startswith(IDPAT) and (found is None or (found[1] in SCHEMES and not single.startswith(ROOT))):
        raise _bad(text, "its fields make no code")
    return single


def _pattern_or_code(text: str) -> str:
    if text.startswith("urn:epc:pat:"):
        raise BadParameter(f"{text!r:.80} is a tag pattern", mend="give a pure identity pattern, urn:epc:idpat:…")
    if not is_pattern(text):
        return code(text)
    matcher(text)
    return text


def is_pattern(text: str) -> bool:
    """Whether the value stands for many codes."""
    return "*" in text and (text.startswith((IDPAT, ROOT, "urn:epc:")))


@lru_cache(maxsize=1 << 10)
def matcher(text: str, *, of_classes: bool = False) -> Callable[[str], bool]:
    """Whether a canonical code or class is one of the pattern's; a code is its own pattern. Raises BadParameter."""
    if not is_pattern(text):
        return text.__eq__
    if text.startswith(ROOT):
        if not _LINK(text):
            raise _bad(text, "an asterisk stands for the whole last value of a Digital Link")
        return re.compile(re.escape(text[:-1]) + _ANY).fullmatch  # type: ignore[return-value]
    found = _FIELDS(text)
    scheme = SCHEMES.get(found[1]) if found else None
    if found is None or scheme is None:
        raise _bad(text, "there are patterns of the GS1 keys that have EPCs, urn:epc:idpat:sgtin:… and the like")
    fields = found[2].split(".")
    stars = [field == "*" for field in fields]
    if stars != sorted(stars) or any("*" in field and field != "*" for field in fields):
        raise _bad(text, "an asterisk stands for a whole field, and for all that follow it")
    return re.compile(_expression(text, found[1], scheme, fields, of_classes=of_classes)).fullmatch  # type: ignore[return-value]


def _expression(text: str, name: str, scheme: Scheme, fields: list[str], *, of_classes: bool) -> str:
    """Regular expression over canonical Digital Links."""
    company, *rest = fields
    serial = "" if of_classes else _serial(scheme)
    parts = 2 + (scheme.serial is not None) + 2 * (name == "itip")
    if len(fields) != parts:
        raise _bad(text, f"a pattern of {name} has {parts} fields")
    stem = re.escape(f"{ROOT}{scheme.ai}/")
    if rest[0] != "*":  # only the serials are open
        whole = canonical(f"{IDPAT}{name}:{text.split(':', 4)[4]}")
        if whole == text:
            whole = canonical(f"urn:epc:id:{name}:{company}.{rest[0]}.0") if scheme.serial == "254" else text
        if whole == text:
            raise _bad(text, "its company prefix and reference do not fit together")
        return re.escape(whole) + serial
    if company == "*":
        return stem + _ANY + (serial if scheme.serial else "")
    if not _DIGITS(company) or not 6 <= len(company) <= 12:
        raise _bad(text, "a company prefix has 6 to 12 digits")
    if not scheme.digits:
        return stem + company + _ANY + serial
    open_digits = scheme.digits - len(company)
    if scheme.indicator:
        key = rf"\d{company}\d{{{open_digits - 1}}}\d"
    else:
        key = rf"{scheme.lead}{company}\d{{{open_digits}}}\d"
    return stem + key + (r"\d{4}" if name == "itip" else "") + serial


def _serial(scheme: Scheme) -> str:
    match scheme.serial:
        case None:
            return ""
        case "":
            return _ANY
        case "254":  # a GLN without extension has the serial 0 in its URN
            return f"(?:/254/{_ANY})?"
        case ai:
            return f"/{ai}/{_ANY}"


def _bad(text: str, rule: str) -> BadParameter:
    return BadParameter(f"{text!r:.100}: {rule}", mend="write urn:epc:idpat:sgtin:4012345.011111.* or 4012345.*.*")
