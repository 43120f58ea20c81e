"""GS1 Digital Link URIs on any domain and stem (GS1 Digital Link: URI Syntax).

>>> read("https://shop.example/x/01/6901234567892/21/A%2F1?17=270131&utm=1").canonical
'https://id.gs1.org/01/06901234567892/21/A%2F1'

A web address that only looks a little like one (``https://blog.example/01/7``) is none: ``read`` answers None.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import holds
from zhuisu.codes.dates import YEAR
from zhuisu.codes.errors import BadElement, BadLink, CompressedLink
from zhuisu.codes.gs1 import verify
from zhuisu.codes.keys import KEYS, ROOT, describe, identify
from zhuisu.codes.mend import SHORT_NAMES
from zhuisu.codes.model import Code

# Convenience names of Digital Link 1.0 and 1.1, withdrawn in 1.2: still on labels, so they are read and told.
_KEY_NAMES = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
    "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
}  # fmt: skip
_QUALIFIER_NAMES = {"cpv": "22", "lot": "10", "ser": "21", "glnx": "254", "cpsn": "8011", "srin": "8019"}
_PATH_ONLY = {key: {ai for sequence in rule.qualifiers for ai in sequence} for key, rule in KEYS.items()}
_QUALIFIERS = set().union(*_PATH_ONLY.values())

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ZERO_SUPPRESSED = re.compile(r"\d{8}|\d{12,13}", re.ASCII).fullmatch
_COMPRESSED = re.compile(r"(?:[^/]*/)*[A-Za-z0-9_-]{10,}", re.ASCII).fullmatch
_CANONICAL = re.compile(
    r"https://id\.gs1\.org/(?:01/\d{14}(?:/(?:10|21)/[\w.;='-]{1,20})?|00/\d{18}|414/\d{13}(?:/254/[\w.;='-]{1,20})?|417/\d{13})",
    re.ASCII,
).fullmatch


class Link(NamedTuple):
    """The GS1 part of a web address."""

    key: str
    values: dict[str, str]  # AI → value from the path, decoded, the key first and padded
    query: str
    short_names: bool
    ordered: bool  # the qualifiers are the key's own and in their order


def read(uri: str, text: str = "", mended: tuple[str, ...] = (), year: int = YEAR) -> Code | None:
    """Code of a Digital Link, None when the address is none; what is one and breaks a rule is refused."""
    link = _locate(uri)
    if link is None:
        _refuse_on_gs1(uri)
        return None
    if not link.ordered:
        names = " ".join(f"({ai})" for ai in link.values)
        raise BadLink(f"{names}: ({link.key}) does not take these qualifiers in this order", where=link.key)
    values = link.values | _attributes(link)
    for ai, value in values.items():
        spec = AIS[ai]
        if spec.dates or not spec.fits(value) or (spec.checked and not holds(value[: spec.checked])):
            verify(spec, value, _position(uri, ai), year)
    return describe(values, link.key, text or uri, (*mended, SHORT_NAMES) if link.short_names else mended, year)


def canonical(uri: str) -> str:
    """Canonical URI of a Digital Link by shape alone, as the CBV hash has it (no check digits), else ``uri``."""
    if _CANONICAL(uri):
        return uri
    link = _locate(uri)
    if link is None or not link.ordered or not all(AIS[ai].fits(value) for ai, value in link.values.items()):
        return uri
    return identify(link.values, link.key).canonical


def _locate(uri: str) -> Link | None:
    """Find the last key of the path, if only qualifiers follow it and its value has the right shape."""
    head, _, query = uri.partition("#")[0].partition("?")
    if "%" in head and _BAD_ESCAPE.search(head):
        return None
    segments = head.split("/")[3:]
    short_names = False
    pairs: list[tuple[str, str]] = []
    for i in range(len(segments) - 2, -1, -2):
        name = segments[i]
        ai = _KEY_NAMES.get(name) or _QUALIFIER_NAMES.get(name) or name
        short_names |= ai is not name
        try:
            pairs.append((ai, unquote(segments[i + 1], errors="strict") if "%" in segments[i + 1] else segments[i + 1]))
        except UnicodeDecodeError:
            return None
        if ai in KEYS:
            break
        if ai not in _QUALIFIERS:
            return None
    else:
        return None
    pairs.reverse()
    key, value = pairs[0]
    if key == "01" and _ZERO_SUPPRESSED(value):
        value = value.zfill(14)
    if not AIS[key].fits(value):
        return None
    names = [ai for ai, _ in pairs[1:]]
    return Link(key, {key: value, **dict(pairs[1:])}, query, short_names, _in_order(key, names))


def _in_order(key: str, names: list[str]) -> bool:
    """Whether ``names`` is a subsequence of one of the key's sequences of qualifiers."""
    if not names:
        return True
    for sequence in KEYS[key].qualifiers:
        rest = iter(sequence)
        if all(name in rest for name in names):
            return True
    return False


def _position(uri: str, ai: str) -> int:
    found = re.search(rf"[/?&]{ai}[/=]", uri)
    return found.start() + 2 if found else 1  # 1: a withdrawn name stands there


def _attributes(link: Link) -> dict[str, str]:
    """Elements of the query string; keys that are no digits belong to others and are passed over."""
    found: dict[str, str] = {}
    if not link.query:
        return found
    for pair in link.query.split("&"):
        ai, equals, raw = pair.partition("=")
        if not equals or not ai.isdecimal() or not ai.isascii():
            continue
        if ai not in AIS:
            raise BadLink(f"query key {ai} is no Application Identifier; keys of digits only are reserved", where=ai)
        if ai in link.values or ai in found:
            raise BadLink(f"AI ({ai}) stands twice", where=ai)
        if ai in _PATH_ONLY[link.key]:
            raise BadLink(f"AI ({ai}) belongs in the path after ({link.key}), not in the query", where=ai)
        try:
            value = unquote_plus(raw, errors="strict") if "%" in raw or "+" in raw else raw
        except UnicodeDecodeError:
            raise BadElement(f"AI ({ai}): {raw!r} is not UTF-8", where=ai) from None
        found[ai] = value.zfill(14) if ai in {"01", "02"} and _ZERO_SUPPRESSED(value) else value
    return found


def _refuse_on_gs1(uri: str) -> None:
    """On GS1's own resolver every address is a Digital Link: say what is wrong with this one."""
    _, host, rest = uri.partition("//id.gs1.org/")
    if not host:
        return
    path = rest.partition("#")[0].partition("?")[0]
    if _COMPRESSED(path):
        raise CompressedLink(f"{path.rpartition('/')[2]} is the compressed form of GS1 Digital Link", where="path")
    raise BadLink(
        f"/{path} names no GS1 key with a value of its length", where="path", mend=f"{ROOT}01/<GTIN>/21/<serial>"
    )
