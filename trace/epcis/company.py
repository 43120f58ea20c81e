"""Where the company prefix ends in a GS1 key: an EPC URN says it, a Digital Link does not (Tag Data Standard §6.3).

>>> length("https://id.gs1.org/01/06901234567892/21/7", frozenset())
7
>>> length("https://id.gs1.org/01/04012345111118/21/7", spoken(b'"urn:epc:id:sgln:4012345.00001.0"'))
7

What is known: prefixes in the URNs of the same event, and how GS1 China cuts its numbers. For any other key the length
is 0: to guess would name the goods of somebody else.
"""

import re

from zhuisu.codes.epc_urn import SCHEMES, to_urn
from zhuisu.codes.errors import NotACode
from zhuisu.codes.keys import ROOT
from zhuisu.epcis.errors import NotAcceptable

# GB 12904-2008 §4.2 and GS1's table of company prefix lengths: digits by the beginning of the key, the longest decides.
_CHINA = {"690": 7, "691": 7, "692": 8, "693": 8, "694": 8, "695": 8, "6960": 8, "697": 9, "6901028": 10}
_BEGINNINGS = (7, 4, 3)
_NO_COMPANY = frozenset(
    {"6903100", "6911128", "6911551", "6911991", "6914081"}
    | {"69214800", "69408001", "69408002", "69462916", "69586040", "69595400", "69595401"}
)
"""Given out number by number: GS1's table has no company of these."""

_SPOKEN = re.compile(rb"urn:epc:(?:id|class|idpat):[a-z]+:(\d{6,12})\.").findall
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
    digits = rest[_BEFORE[ai] :]
    if told := max((len(prefix) for prefix in known if digits.startswith(prefix)), default=0):
        return told
    cut = next((_CHINA[digits[:n]] for n in _BEGINNINGS if digits[:n] in _CHINA), 0)
    return 0 if digits[:cut] in _NO_COMPANY else cut


def required(link: str, known: frozenset[str]) -> int:
    """``length`` of a code that has to become a URN. Raises NotAcceptable when it cannot."""
    found = length(link, known)
    try:
        if found:
            to_urn(link, found)
            return found
        reason = "nobody here knows how long its company prefix is"
    except NotACode:
        reason = "the Tag Data Standard has no URN for it"
    raise NotAcceptable(
        f"{link} cannot be written as an EPC URN: {reason}",
        where="GS1-EPC-Format",
        mend="ask for Always_GS1_Digital_Link, or Never_Translates: as it was captured",
        code=link,
    )
