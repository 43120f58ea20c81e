"""Where the company prefix ends in a GS1 key: an EPC URN says it, a Digital Link does not (Tag Data Standard §6.3).

>>> length("https://id.gs1.org/01/06901234567892/21/7", frozenset())
7
>>> length("https://id.gs1.org/01/04012345111118/21/7", spoken(b'"urn:epc:id:sgln:401234511.000.0"'))
9

The URNs of the same event are believed first, then the table that GS1 publishes (in biip): it has the prefixes of
companies, and 12 digits where a number was given out alone. For any other key the length is 0: to guess would name the
goods of somebody else.
"""

import re
from functools import cache
from importlib import import_module
from typing import Any

from zhuisu.codes.epc_urn import SCHEMES, to_urn
from zhuisu.codes.errors import NotACode
from zhuisu.codes.keys import ROOT
from zhuisu.epcis.errors import NotAcceptable

_SPOKEN = re.compile(rb"urn:epc:(?:id|class|idpat):[a-z]+:(\d{6,12})\.").findall
_LEADING = re.compile(r"\d{0,12}", re.ASCII).findall  # the first of them may be empty
_ANY_LENGTH = 7
_BEFORE = {scheme.ai: int(scheme.indicator or bool(scheme.lead)) for scheme in SCHEMES.values()}
"""Digits that stand before the company prefix: an indicator, an extension digit or a filler."""


def spoken(doc: bytes) -> frozenset[str]:
    """The company prefixes in the URNs of a document."""
    return frozenset(prefix.decode() for prefix in _SPOKEN(doc))


def length(link: str, known: frozenset[str]) -> int:
    """Digits of the company prefix in a canonical Digital Link, 0 when nobody says; ``known`` are prefixes like it."""
    ai, _, rest = link.removeprefix(ROOT).partition("/")
    if ai not in _BEFORE:
        return 0
    digits = _LEADING(rest, _BEFORE[ai])[0]
    if told := max((len(prefix) for prefix in known if digits.startswith(prefix)), default=0):
        return told
    published = _table().extract(digits) if digits else None
    return len(published.value) if published else 0


def required(link: str, known: frozenset[str]) -> int:
    """``length`` of a code that has to become a URN, 0 when no key like it has one. Raises NotAcceptable."""
    found = length(link, known)
    if found or not _has_urn(link):
        return found
    raise NotAcceptable(
        f"{link} cannot be written as an EPC URN: nobody here knows how long its company prefix is",
        where="GS1-EPC-Format",
        mend="ask for Always_GS1_Digital_Link, or Never_Translates: as it was captured",
        code=link,
    )


def _has_urn(link: str) -> bool:
    try:
        to_urn(link, _ANY_LENGTH)
    except NotACode:
        return False
    return True


@cache
def _table() -> Any:
    """GS1's table: 16 MB and a tenth of a second, so it is read when the first URN is asked for."""
    return import_module("biip.gs1_prefixes").GS1CompanyPrefix
