"""biip, another reader of the same codes, on every published element string and Digital Link.

Where the two differ is listed by name with who is right and why; a difference that appears or vanishes fails.
"""

import json
from pathlib import Path

import pytest
from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message

from zhuisu.codes import Family, parse
from zhuisu.codes.gs1 import elements
from zhuisu.errors import Refusal

SHARED = Path(__file__).parents[2] / ".." / "shared/conformance/gs1-digitallink"
LENGTH = "we are: the second date of (7007) is whole or absent; biip takes what is left for another element"
REPEATS = "we are: an element may repeat only with the same value (GS1 General Specifications 4.13); biip keeps all"
TWICE = "we are: no AI twice in one Digital Link (URI Syntax 5.2); biip keeps all"
PADDED = (
    "we are: GTIN-13 and GTIN-8 stand in a Digital Link too (URI Syntax, 4.7); biip asks for 14 digits in the query"
)

ELEMENTS = {
    "(10)12345\\(11)991225": "we are: an escaped bracket is part of the value (Syntax Engine); biip knows no escape",
    "(10)12345(11)": "we are: (11) without a date is no element; biip drops it",
    "\x1d0112345678901234": "we are: the check digit is wrong; biip keeps the value and no GTIN",
    "\x1d7007211225211": LENGTH,
    "\x1d700721122521123": LENGTH,
    "(400)ABC(400)AB": REPEATS,
    "(400)ABC(400)ABC(400)XYZ": REPEATS,
    "(400)ABC(400)XYZ(400)XYZ": REPEATS,
    "(99)ABC(400)ABC(400)XYZ": REPEATS,
}
LINKS = {
    "https://a/gtin/12312312312333": "both: the name was withdrawn with 1.2 and is still on labels; we read and tell it",
    "https://a/gtin/12312312312333/ser/ABC123": "both: as above",
    "https://a/8004/9520614141234567?01=2112345678900": PADDED,
    "https://a/8004/9520614141234567?01=02345673": PADDED,
    "https://a/01/12312312312333?99=": "we are: an element is not empty; biip passes over it",
    "https://example.com/01/09520123456788?10=ABC123": "we are: a qualifier of the key belongs in the path",
    "https://id.gs1.org/01/09520123456788/10/ABC123?99=XYZ789&01=09520123456788": TWICE,
    "https://id.gs1.org/01/09520123456788/10/ABC123?99=XYZ789&99=XYZ789": TWICE,
    "https://example.com/01/09520123456788?99=XYZ&89=ABC123": "we are: keys of digits are reserved for AIs, 89 is none",
}


def load(name):
    if not (SHARED / name).exists():
        pytest.skip(f"the conformance vectors {name} are not beside the repository")
    return json.loads((SHARED / name).read_text())


def theirs(read, text):
    """AI → value as biip reads it; None when it refuses."""
    try:
        return {found.ai.ai: found.value for found in read(text).element_strings}
    except ParseError:
        return None


def test_element_strings(tally):
    vectors = load("engine-ai-scan-vectors.json")
    kinds = ("test_ai_parseAIdata", "test_ai_processAIdata", "test_ai_validateAIs")
    texts = {text.replace("^", "\x1d") for kind in kinds for vector in vectors[kind] for text in vector["args"]}
    texts = {text for text in texts if text[:1] in {"(", "\x1d"}}
    assert ELEMENTS.keys() <= texts
    for text in texts:
        try:
            ours = elements(text)
        except Refusal:
            ours = None
        other = theirs(GS1Message.parse_hri if text[0] == "(" else GS1Message.parse, text)
        assert (ours != other) == (text in ELEMENTS), (text, ours, other)
        tally("biip, elements", passed=ours, differs=text in ELEMENTS)


def test_digital_links(tally):
    links = {vector["uri"] for vector in load("dl-vectors.json")["parse"]}
    assert links >= LINKS.keys()
    for uri in links:
        try:
            ours = parse(uri)
        except Refusal:
            ours = None
        if ours and ours.family in {Family.url, Family.opaque}:
            ours = None
        other = theirs(GS1DigitalLinkURI.parse, uri)
        assert (bool(ours) != bool(other)) == (uri in LINKS), (uri, ours, other)
        if ours and other:
            key, value = next(iter(other.items()))
            assert ours.canonical.startswith(f"https://id.gs1.org/{key}/{value}"), uri
            assert (ours.lot, ours.gtin) == (other.get("10", ""), other.get("01") or other.get("02", "")), uri
        tally("biip, Digital Link", passed=ours, differs=uri in LINKS)
