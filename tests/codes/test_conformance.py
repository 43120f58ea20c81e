"""Published vectors: the GS1 syntax engine's and dictionary's, the CBV event hash's, and China's.

A text that the GS1 engine refuses may still be kept by us as another's URL or as opaque: no shape is refused.
Where we differ is listed by name, with who is right; the lists are checked both ways.
"""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from zhuisu.codes import Family, canonical, check_uscc, pairs, parse
from zhuisu.codes.ai import AIS, Component
from zhuisu.codes.errors import BadPairing, BadUscc, NoKey
from zhuisu.codes.gs1 import elements
from zhuisu.codes.keys import KEYS
from zhuisu.errors import Refusal

SHARED = Path(__file__).parents[2] / ".." / "shared" / "conformance"
KEPT = {Family.url, Family.opaque}


def load(path):
    if not (SHARED / path).exists():
        pytest.skip(f"the conformance vectors {path} are not beside the repository")
    return json.loads((SHARED / path).read_text())


def from_engine(text):
    """The engine writes FNC1 as ^ and a literal ^ as \\^."""
    return text.replace("^", "\x1d")


def as_gs1(text, *, paired=False):
    """Whether a text parses as GS1, None when it is refused or kept as another's; ``paired``: its elements also fit."""
    try:
        return None if parse(text).family in KEPT else True
    except NoKey:
        pass  # elements that are right and identify nothing alone: another symbol may
    except Refusal:
        return None
    try:
        if paired:
            pairs.require(elements(text))
    except BadPairing:
        return None
    return True


def test_digital_link_vectors(tally):
    ours = {
        "HtTp://a/b/00/006141411234567890": True,  # we: schemes are case-insensitive (RFC 3986 §3.1); mended and told
        "https://a/gtin/12312312312333": True,  # both: withdrawn names are still on labels; the engine has an option
        # both: the engine was told to permit unknown AIs; 89 is none in this release of the dictionary
        "https://example.com/01/09520123456788?99=XYZ&89=ABC123": None,
    }
    vectors = load("gs1-digitallink/dl-vectors.json")["parse"]
    for vector in vectors:
        uri, expected = vector["uri"], True if vector["ok"] else None
        assert as_gs1(uri) == ours.get(uri, expected), uri
        tally("Digital Link", passed=as_gs1(uri), differs=ours.get(uri, expected) != expected)
        if expected and uri not in ours:
            found = parse(uri)
            engine = elements(from_engine(vector["expect"]))
            key = next(iter(engine))
            assert found.canonical.startswith(f"https://id.gs1.org/{key}/"), uri
            assert found.gtin == (engine.get("01") or engine.get("02") or found.gtin), uri
            assert found.lot == engine.get("10", ""), uri
    assert len(vectors) == 59


def test_digital_links_the_engine_generates_from_elements(tally):
    for vector in load("gs1-digitallink/dl-vectors.json")["generate"]:
        keys = [ai for ai in re.findall(r"\((\d+)\)", vector["ai"]) if ai in KEYS]
        if vector["ok"] and len(set(keys)) == 1:  # of several the engine takes the first, we one that no order changes
            assert parse(vector["ai"]).canonical == parse(vector["expect"]).canonical
            tally("Digital Link, generated", passed=True)


def test_ai_vectors(tally):
    vectors = load("gs1-digitallink/engine-ai-scan-vectors.json")
    for vector in vectors["test_ai_parseAIdata"]:
        bracketed, raw = vector["args"]
        if bracketed == "inbuf":  # the name of a buffer in the engine's own test
            continue
        if vector["ok"]:
            assert elements(bracketed) == elements(from_engine(raw)), bracketed
        else:
            assert as_gs1(bracketed) is None, bracketed
        tally("elements, bracketed", passed=vector["ok"])
    for vector in vectors["test_ai_processAIdata"]:
        raw = vector["args"][0]
        if raw == "buf":
            continue
        assert as_gs1(raw) == (True if vector["ok"] else None), raw
        tally("elements, raw", passed=vector["ok"])
    for vector in vectors["test_ai_validateAIs"]:
        text = vector["args"][1]
        assert as_gs1(text, paired=True) == (True if vector["ok"] else None), text
        tally("elements, pairs", passed=vector["ok"])
    assert tally.totals == {"elements, bracketed": 14, "elements, raw": 40, "elements, pairs": 39}


def test_scanner_vectors(tally):
    vectors = load("gs1-digitallink/engine-ai-scan-vectors.json")["test_scandata_processScanData"]
    later = {"]E02112345678900|]e099COMPOSITE\x1d98XYZ"}  # two symbols in one input
    no_gs1 = 0
    for vector in vectors:
        text, _, data = vector["args"]
        gs1 = vector["ok"] and (data.startswith("^") or "://" in data or text.startswith("]E"))
        no_gs1 += not gs1
        assert (as_gs1(text) == (True if gs1 else None)) != (text in later), text
        tally("scans", passed=gs1, differs=text in later)
    assert (len(vectors), no_gs1) == (27, 18)
    assert parse("]E402345673").gtin == "00000002345673"


ENTRY = re.compile(r"(\d+)(?:-(\d+))?\s+(?:([*?]+)\s+)?((?:\[?[NXYZ][\d.]\S*\s*)+)(.*)")
COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)")


def dictionary():
    """AI → flags, components and rules as the syntax dictionary writes them."""
    path = SHARED / "gs1-syntax-dictionary" / "gs1-syntax-dictionary.txt"
    if not path.exists():
        pytest.skip("the GS1 syntax dictionary is not beside the repository")
    for line in path.read_text().splitlines():
        if found := ENTRY.match(line):
            first, last, flags, form, rest = found.groups()
            for number in range(int(first), int(last or first) + 1):
                rules = rest.partition("# ")[0].split()
                yield f"{number:0{len(first)}}", flags or "", COMPONENT.findall(form), rules


def test_the_ai_table_is_the_syntax_dictionary():
    known = set()
    for ai, flags, components, rules in dictionary():
        known.add(ai)
        spec = AIS[ai]
        assert (spec.predefined, spec.attribute) == ("*" in flags, "?" in flags), ai
        assert spec.parts == tuple(
            Component(kind, 1 if up_to else int(most), int(most), tuple(linters.split(",")[1:]), bool(optional))
            for optional, kind, up_to, most, linters in components
        ), ai
        told = [rule.partition("=") for rule in rules]
        groups = [value.split(",") for name, _, value in told if name == "req"]
        assert [["+".join(group) for group in groups] for groups in spec.requires] == groups, ai
        assert list(spec.excludes) == [one for name, _, value in told if name == "ex" for one in value.split(",")], ai
        keys = [[*filter(None, value.split("|"))] for name, _, value in told if name == "dlpkey"]
        assert [[",".join(qualifiers) for qualifiers in spec.qualifiers or ()]] == (keys or [[]]), ai
        assert (spec.qualifiers is not None) == bool(keys), ai
        assert spec.decimals == (ai[:2] in {"31", "32", "33", "34", "35", "36", "39"}), ai
    assert known == set(AIS)


def test_every_key_of_a_digital_link_is_a_key_of_ours():
    assert {ai for ai, spec in AIS.items() if spec.qualifiers is not None} == set(KEYS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_ai_has_a_name_in_both_languages(language):
    for ai, spec in AIS.items():
        name = getattr(spec.title, language)
        assert len(name) > 1 or name in {"姓", "名"}, ai
        assert any("\u4e00" <= c <= "\u9fff" for c in name) == (language == "zh"), ai


def test_china_vectors(tally):
    vectors = load("china/vectors.json")
    for code in [*vectors["uscc"]["valid_real"], *vectors["uscc"]["valid_fictitious"].values()]:
        assert check_uscc(code) == code
        tally("unified social credit codes", passed=True)
    for code in vectors["uscc"]["invalid"]:
        with pytest.raises(BadUscc, match="position"):
            check_uscc(code)
        tally("unified social credit codes", passed=False)
    for kind in ("gtin13", "gtin14", "sscc"):
        for code in vectors["gs1_mod10"][kind]:
            assert parse(code).family is (Family.sscc if kind == "sscc" else Family.gtin)
            tally("bare GTIN and SSCC", passed=True)
    for code in vectors["trace20_fictitious"]:
        assert parse(code).family is Family.drug
        tally("drug codes", passed=True)


URIS = re.compile(
    r"urn:epc:(?:id|class|idpat):[a-z]+:[^\"<>\s]+|https?://[^\"<>\s{}]+/(?:00|01|253|414|417|8003|8004)/\d{7,}[^\"<>\s{}]+"
)


def test_every_key_of_the_event_hash_examples_is_canonical_in_its_prehash(tally):
    folder = SHARED / "event-hash" / "examples"
    if not folder.exists():
        pytest.skip("the event hash examples are not beside the repository")
    compared = 0
    for source in sorted(folder.glob("*.jsonld")):
        expected = source.with_suffix(".prehashes")
        if not expected.exists():
            continue
        prehash = expected.read_text()
        hashes = source.with_suffix(".hashes").read_text()
        if not all(sha256(line.encode()).hexdigest() in hashes for line in prehash.splitlines()):
            continue  # a stale file: it does not lead to its own hash
        for uri in set(URIS.findall(json.dumps(json.loads(source.read_text())["epcisBody"]))):
            link = canonical(uri)
            assert link.startswith("https://id.gs1.org/"), uri
            assert link in prehash, (source.name, uri, link)
            assert canonical(link) == link
            compared += 1
            tally("keys of the event hash", passed=True)
    assert compared > 50


def test_every_gs1_key_of_the_openepcis_documents():
    path = SHARED / "openepcis-test-resources/2.0/EPCIS/JSON/Capture/Documents"
    if not path.exists():
        pytest.skip("the OpenEPCIS test resources are not beside the repository")
    text = (path / "epcisDocWithAllGS1Keys.json").read_text()
    links = {canonical(uri) for uri in URIS.findall(text)}
    assert {link.split("/")[3] for link in links} == {
        "00", "01", "253", "255", "401", "402", "414", "8003", "8004", "8006", "8010", "8017", "8018",
    }  # fmt: skip
    for document in path.rglob("*.json*"):
        for uri in set(URIS.findall(document.read_text())):
            link = canonical(uri)
            if uri.startswith("urn:epc:"):
                assert parse(uri).canonical == link == parse(link).canonical, uri
