"""EPC URNs, pure identities, classes and patterns, and their GS1 Digital Links (Tag Data Standard 6.3, CBV 2.0 §8.9).

>>> to_link("urn:epc:id:sgtin:4012345.011111.9876")
'https://id.gs1.org/01/04012345111118/21/9876'
>>> to_link("urn:epc:idpat:sgtin:4012345.066666.*")
'https://id.gs1.org/01/04012345666663'
>>> to_urn("https://id.gs1.org/01/04012345111118/21/9876", 7)
'urn:epc:id:sgtin:4012345.011111.9876'

A URN tells where the company prefix ends, a link does not: who writes a URN has to know it.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import check_digit, require
from zhuisu.codes.errors import BadUrn
from zhuisu.codes.keys import ROOT, escape


class Scheme(NamedTuple):
    """How the fields of a scheme make the value of a key.

    ``digits`` is the length of company prefix and reference together, to which a check digit is added; 0 means that the
    reference is free text and has none. ``indicator``: the reference's first digit moves to the front.
    """

    ai: str
    digits: int
    serial: str | None = None  # AI of the serial; "" when it follows the key directly; None when there is none
    limit: int = 0  # characters of a serial
    indicator: bool = False
    lead: str = ""
    kinds: frozenset[Literal["id", "class", "idpat"]] = frozenset({"id"})


_WITH_PATTERN: frozenset[Literal["id", "class", "idpat"]] = frozenset({"id", "idpat"})
SCHEMES = {
    "sgtin": Scheme("01", 13, "21", 20, indicator=True, kinds=_WITH_PATTERN),
    "lgtin": Scheme("01", 13, "10", 20, indicator=True, kinds=frozenset({"class"})),
    "upui": Scheme("01", 13, "235", 28, indicator=True, kinds=_WITH_PATTERN),
    "itip": Scheme("8006", 13, "21", 20, indicator=True, kinds=_WITH_PATTERN),
    "sscc": Scheme("00", 17, indicator=True),
    "sgln": Scheme("414", 12, "254", 20),
    "pgln": Scheme("417", 12),
    "grai": Scheme("8003", 12, "", 16, lead="0", kinds=_WITH_PATTERN),
    "gdti": Scheme("253", 12, "", 17, kinds=_WITH_PATTERN),
    "sgcn": Scheme("255", 12, "", 12, kinds=_WITH_PATTERN),
    "gsrn": Scheme("8018", 17),
    "gsrnp": Scheme("8017", 17),
    "gsin": Scheme("402", 16),
    "giai": Scheme("8004", 0),
    "ginc": Scheme("401", 0),
    "cpi": Scheme("8010", 0, "8011", 12, kinds=_WITH_PATTERN),
}

_HEAD = re.compile(r"urn:epc:(?:id|class|idpat):([a-z]+):", re.ASCII | re.IGNORECASE).match
_COMPANY = re.compile(r"\d{6,12}", re.ASCII).fullmatch
_DIGITS = re.compile(r"\d*", re.ASCII).fullmatch
_TEXT = re.compile(r"(?:[!'()*+,.0-9:;=A-Za-z_-]|%[0-9A-Fa-f]{2})+", re.ASCII).fullmatch  # GS3A3Component, TDS 6.3


def is_gs1(uri: str) -> bool:
    """Whether the URN's scheme carries a GS1 key; others (gid, usdod, adi, bic, imovn, tags) are kept as they are."""
    found = _HEAD(uri)
    return found is not None and found[1].lower() in SCHEMES


def canonical(uri: str) -> str:
    """Digital Link of an EPC URN, else ``uri``. Lean, because bulk capture calls it for every EPC."""
    head, _, rest = uri.partition(".")
    reference, _, serial = rest.partition(".")
    stem, limit = _stem(head, reference)
    if limit and serial.isalnum() and serial.isascii() and len(serial) <= limit and serial != "0":
        return stem + serial
    try:
        return _to_link(uri)
    except BadUrn:
        return uri


@lru_cache(maxsize=1 << 16)
def _stem(head: str, reference: str) -> tuple[str, int]:
    """All that stands before the serial, and the serial's limit; limit 0 sends the caller the long way round."""
    fields = head.split(":")
    if len(fields) != 5:
        return "", 0
    _, _, kind, name, company = fields
    scheme = SCHEMES.get(name)
    if scheme is None or kind == "idpat" or kind not in scheme.kinds or name in {"itip", "sgcn"}:
        return "", 0
    if scheme.serial is None or not scheme.digits:
        return "", 0
    try:
        stem = f"{ROOT}{scheme.ai}/{_number(scheme, company, reference, 1)}"
    except BadUrn:
        return "", 0
    return (f"{stem}/{scheme.serial}/" if scheme.serial else stem), scheme.limit


def to_link(uri: str) -> str:
    """Canonical Digital Link of an EPC URN; BadUrn says what is wrong with it."""
    _, _, kind, name, body, *_ = [*uri.split(":", 4), "", "", ""]
    kind, name = kind.lower(), name.lower()
    scheme = SCHEMES.get(name)
    if scheme is None or kind not in scheme.kinds:
        told = f"urn:epc:{kind}:{name} is no scheme with a GS1 key"
        raise _bad(told, f"urn:epc:{kind}:{name} 不是带 GS1 标识主体的编码方案", f"urn:epc:{kind}", len("urn:epc:") + 1)
    fields = body.split(".")
    at = len(uri) - len(body) + 1
    company, reference, tail = fields[0], ".".join(fields[1:2]), fields[2:]
    if not scheme.digits and scheme.serial is None:  # giai, ginc: the reference itself may hold dots
        reference, tail = ".".join(fields[1:]), []
    number = _number(scheme, company, reference, at)
    at += len(company) + 1 + len(reference) + 1
    if name == "itip":
        if len(tail) < 3 or not all(len(part) == 2 and _DIGITS(part) for part in tail[:2]):
            told = "piece and total are two digits each, then a serial"
            raise _bad(told, "件序号和总件数各两位数字，其后为系列号", "itip", at)
        number, tail, at = number + tail[0] + tail[1], tail[2:], at + 6
    if scheme.serial is None:
        if tail:
            raise _bad("nothing follows the reference", "参考代码之后不应再有内容", name, at)
        return f"{ROOT}{scheme.ai}/{number}"
    return _finish(scheme, number, ".".join(tail), at, pattern=kind == "idpat")


def _finish(scheme: Scheme, number: str, serial: str, at: int, *, pattern: bool) -> str:
    """Put the serial, which stands at ``at``, behind the number; a pattern of all serials is the class alone."""
    stem = f"{ROOT}{scheme.ai}/{number}"
    if pattern:
        if serial != "*":
            raise _bad("a pattern that names a class ends in .*", "表示类别的模式应以 .* 结尾", "serial", at)
        return stem
    if scheme.serial == "254" and serial == "0":  # no extension (TDS 6.3.3)
        return stem
    value = _decode(serial, "serial", at)
    numeric = scheme.ai in {"8010", "255"}
    if len(value) > scheme.limit or not (_DIGITS(value) if numeric else AIS["90"].fits(value)):
        en, zh = ("digits", "位数字") if numeric else ("characters of GS1 set 82", "个字符集 82 中的字符")
        told = f"serial {value!r} should be 1 to {scheme.limit} {en}"
        raise _bad(told, f"系列号“{value}”应为 1 至 {scheme.limit} {zh}", "serial", at)
    joint = f"/{scheme.serial}/" if scheme.serial else ""
    return f"{stem}{joint}{escape(value)}"


def _number(scheme: Scheme, company: str, reference: str, at: int) -> str:
    """Value of the key from company prefix, which stands at ``at``, and reference, check digit added."""
    if not _COMPANY(company):
        told = f"company prefix {company!r} must have 6 to 12 digits"
        raise _bad(told, f"厂商识别代码“{company}”应为 6 至 12 位数字", "company prefix", at)
    if not scheme.digits:
        value = company + _decode(reference, "reference", at + len(company) + 1)
        if not AIS[scheme.ai].fits(value):
            told = f"{value!r} is no value of AI ({scheme.ai})"
            raise _bad(told, f"“{value}”不是 AI ({scheme.ai}) 的内容", "reference", at)
        return escape(value)
    if not _DIGITS(reference) or len(company) + len(reference) != scheme.digits:
        size = len(company) + len(reference)
        told = f"company prefix {company} and reference {reference!r} are {size} characters together"
        zh = f"厂商识别代码 {company} 与参考代码“{reference}”共 {size} 个字符，应为 {scheme.digits} 位数字"
        raise _bad(f"{told}, wanted {scheme.digits} digits", zh, "reference", at)
    digits = reference[0] + company + reference[1:] if scheme.indicator else scheme.lead + company + reference
    return digits + check_digit(digits)


def _decode(component: str, where: str, at: int) -> str:
    """Undo the percent-escapes of a component; what they hide may be outside the key's character set."""
    if not _TEXT(component):
        raise BadUrn(
            f"position {at}: {component!r} is empty or has characters that a URN writes as %hh",
            where=where,
            mend='" % & / < > ? are written %22 %25 %26 %2F %3C %3E %3F',
            detail_zh=f"第 {at} 位：“{component}”为空，或含 URN 中须写成 %hh 的字符",
            mend_zh='" % & / < > ? 应写成 %22 %25 %26 %2F %3C %3E %3F',
            position=at,
        )
    return unquote(component, errors="replace")


def to_urn(link: str, company_prefix_length: int) -> str:
    """EPC URN of a canonical Digital Link whose company prefix has so many digits, 6 to 12; BadUrn when it has none.

    An instance is a pure identity, a lot of a GTIN ``class:lgtin``, any other class a pattern that ends in ``.*``.
    """
    if not 6 <= company_prefix_length <= 12:
        told = f"a company prefix must have 6 to 12 digits, not {company_prefix_length}"
        zh = f"厂商识别代码应为 6 至 12 位数字，不是 {company_prefix_length} 位"
        raise _bad(told, zh, "company prefix", len(ROOT) + 1)
    ai, _, rest = link.removeprefix(ROOT).partition("/")
    value, _, tail = rest.partition("/")
    qualifier, _, serial = (unquote(part) for part in tail.partition("/"))
    name = _NAMES.get((ai, qualifier)) or _NAMES.get((ai, ""), "")
    if not name or not link.startswith(ROOT) or (qualifier and SCHEMES[name].serial != qualifier):
        raise _bad(f"{link} has no EPC URN", f"{link} 没有对应的 EPC URN", "link", 1)
    scheme, value = SCHEMES[name], unquote(value)
    if scheme.digits:
        number, trailing = value[: scheme.digits + 1 + len(scheme.lead)], value[scheme.digits + 1 + len(scheme.lead) :]
        require(number, f"AI ({ai})", ai, len(ROOT) + len(ai) + 2)
        body = _split_number(scheme, number, company_prefix_length)
        if name == "itip":
            body, trailing = f"{body}.{trailing[:2]}.{trailing[2:]}", ""
        serial = serial or trailing
    else:
        body = f"{value[:company_prefix_length]}.{_encode(value[company_prefix_length:])}"
    urn = f"urn:epc:{_kind(scheme, name, serial)}:{name}:{body}{_tail(scheme, serial)}"
    if to_link(urn) != link:  # a serial that the URN's syntax has no room for, as extension 0 of a GLN
        raise _bad(f"{link} has no EPC URN", f"{link} 没有对应的 EPC URN", "link", 1)
    return urn


def _kind(scheme: Scheme, name: str, serial: str) -> str:
    if name == "lgtin":
        return "class"
    return "idpat" if "idpat" in scheme.kinds and not serial else "id"


def _split_number(scheme: Scheme, number: str, length: int) -> str:
    """Company prefix and reference, which a full stop parts, of a number with check digit."""
    if scheme.indicator:
        return f"{number[1 : length + 1]}.{number[0]}{number[length + 1 : -1]}"
    plain = number.removeprefix(scheme.lead)
    return f"{plain[:length]}.{plain[length:-1]}"


def _tail(scheme: Scheme, serial: str) -> str:
    if scheme.serial is None:
        return ""
    if serial:
        return f".{_encode(serial)}"
    return ".0" if scheme.serial == "254" else ".*"


def _encode(component: str) -> str:
    return quote(component, safe="!'()*+,:;=")


def _bad(en: str, zh: str, where: str, at: int) -> BadUrn:
    return BadUrn(f"position {at}: {en}", where=where, detail_zh=f"第 {at} 位：{zh}", position=at)


# The scheme of a key with or without a qualifier; without a serial, that whose patterns are classes.
_NAMES = {(scheme.ai, scheme.serial or ""): name for name, scheme in SCHEMES.items()}
_NAMES |= {(scheme.ai, ""): name for name, scheme in SCHEMES.items() if name not in {"lgtin", "upui"}}

# Places, containers and classes come again and again.
_to_link = lru_cache(maxsize=1 << 14)(to_link)
