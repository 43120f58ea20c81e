"""Published vectors: the GS1 syntax engine's and dictionary's, the CBV event hash's, and China's.

A text that the GS1 engine refuses may still be kept by us as another's URL or as opaque: no shape is refused.
What is left to a later step is listed by name, and the lists are checked: a vector that starts to pass fails here.
"""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from zhuisu.codes import Family, canonical, check_uscc, parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.dates import fault
from zhuisu.codes.errors import BadUscc, NoKey
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


def as_gs1(text):
    """Elements of a text that parses as GS1, None when it is refused or kept as another's."""
    try:
        return None if parse(text).family in KEPT else True
    except NoKey:
        return True  # elements that are right and identify nothing alone
    except Refusal:
        return None


def test_digital_link_vectors():
    # RFC 3986 schemes are case-insensitive; withdrawn short names are still on labels, so both are read and told;
    # 89 is no AI in this release of the dictionary, whatever an option permits.
    ours = {
        "HtTp://a/b/00/006141411234567890": True,
        "https://a/gtin/12312312312333": True,
        "https://example.com/01/09520123456788?99=XYZ&89=ABC123": None,
    }
    vectors = load("gs1-digitallink/dl-vectors.json")["parse"]
    for vector in vectors:
        uri, expected = vector["uri"], True if vector["ok"] else None
        assert as_gs1(uri) == ours.get(uri, expected), uri
        if expected and uri not in ours:
            found = parse(uri)
            engine = elements(from_engine(vector["expect"]))
            key = next(iter(engine))
            assert found.canonical.startswith(f"https://id.gs1.org/{key}/"), uri
            assert found.gtin == (engine.get("01") or engine.get("02") or found.gtin), uri
            assert found.lot == engine.get("10", ""), uri
    assert len(vectors) == 59


def test_digital_links_the_engine_generates_from_elements():
    for vector in load("gs1-digitallink/dl-vectors.json")["generate"]:
        keys = [ai for ai in re.findall(r"\((\d+)\)", vector["ai"]) if ai in KEYS]
        if vector["ok"] and len(set(keys)) == 1:  # of several the engine takes the first, we one that no order changes
            assert parse(vector["ai"]).canonical == parse(vector["expect"]).canonical


def test_ai_vectors():
    vectors = load("gs1-digitallink/engine-ai-scan-vectors.json")
    # What one element requires or excludes of another (requisites, exclusions, serialised keys for (8030)), country and
    # other code lists inside elements: the linters of the syntax dictionary, a later step.
    later = {
        "(99)ABC123(01)12345678901231(02)12345678901231", "(01)12345678901231(02)12345678901231(99)ABC123",
        "(01)12345678901231(37)123", "(3940)1234(8111)9999", "(3955)123456(3929)123",
        "(02)12345678901231(37)123", "(02)12345678901231(99)AAA(37)123", "(21)ABC123",
        "(8030)DIGSIG", "(8030)DIGSIG(01)12345678901231", "(8030)DIGSIG(8006)123456789012310102",
        "(8030)DIGSIG(8010)1234567890", "(255)1234567890128(8030)ABC123",
    }  # fmt: skip
    passed = {"bracketed": 0, "raw": 0, "rules": 0}
    for vector in vectors["test_ai_parseAIdata"]:
        bracketed, raw = vector["args"]
        if bracketed == "inbuf":  # the name of a buffer in the engine's own test
            continue
        if vector["ok"]:
            assert elements(bracketed) == elements(from_engine(raw)), bracketed
        else:
            assert as_gs1(bracketed) is None, bracketed
        passed["bracketed"] += 1
    for vector in vectors["test_ai_processAIdata"]:
        raw = vector["args"][0]
        if raw == "buf":
            continue
        assert as_gs1(raw) == (True if vector["ok"] else None), raw
        passed["raw"] += 1
    for vector in vectors["test_ai_validateAIs"]:
        text = vector["args"][1]
        right = as_gs1(text) == (True if vector["ok"] else None)
        assert right != (text in later), text
        passed["rules"] += right
    assert passed == {"bracketed": 14, "raw": 40, "rules": 26}


def test_scanner_vectors():
    vectors = load("gs1-digitallink/engine-ai-scan-vectors.json")["test_scandata_processScanData"]
    later = {"]E02112345678900|]e099COMPOSITE\x1d98XYZ"}  # two symbols in one input
    no_gs1 = 0
    for vector in vectors:
        text, _, data = vector["args"]
        gs1 = vector["ok"] and (data.startswith("^") or "://" in data or text.startswith("]E"))
        no_gs1 += not gs1
        assert (as_gs1(text) == (True if gs1 else None)) != (text in later), text
    assert (len(vectors), no_gs1) == (27, 18)
    assert parse("]E402345673").gtin == "00000002345673"


def test_the_ai_table_is_the_syntax_dictionary():
    path = SHARED / "gs1-syntax-dictionary" / "gs1-syntax-dictionary.txt"
    if not path.exists():
        pytest.skip("the GS1 syntax dictionary is not beside the repository")
    known = set()
    entry = re.compile(r"(\d+)(?:-(\d+))?\s+([*?\"$%&'+,\-./:;<=>@\\^_`|~!]*)\s*((?:\[?[NXYZ][\d.][^\s]*\s*)+)")
    part = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?(\S*)")
    for line in path.read_text().splitlines():
        found = entry.match(line)
        if not found:
            continue
        first, last, flags, form = found.groups()
        for number in range(int(first), int(last or first) + 1):
            ai = f"{number:0{len(first)}}"
            known.add(ai)
            spec, pieces = AIS[ai], part.findall(form.partition("#")[0])
            assert spec.predefined == ("*" in flags), ai
            assert sum(p.most for p in spec.parts) == sum(int(n) for _, _, _, n, _ in pieces), ai
            if not any("gcppos1" in rules and kind in "XY" for _, kind, _, _, rules in pieces):
                least = sum(0 if opt else 1 if up_to else int(n) for opt, _, up_to, n, _ in pieces)
                assert sum(p.least for p in spec.parts) == least, ai
                assert {p.kind for p in spec.parts} == {kind for _, kind, _, _, _ in pieces}, ai
            assert bool(spec.checked) == any("csum" in rules.split(",") for *_, rules in pieces), ai
            dates = [("yymmd0" in rules) for *_, rules in pieces if ",yymmd" in rules]
            assert [may_be_00 for _, may_be_00 in spec.dates] == dates, ai
    assert known == set(AIS)


def test_date_linters():
    vectors = load("gs1-syntax-dictionary/linter-vectors.json")
    for name, may_be_00 in (("yymmd0", True), ("yymmdd", False)):
        for vector in vectors[name]:
            data = vector["data"]
            right = re.fullmatch(r"\d{6}", data, re.ASCII) is not None and not fault(data, may_be_00=may_be_00)
            assert right == vector["ok"], (name, data)


def test_china_vectors():
    vectors = load("china/vectors.json")
    for code in [*vectors["uscc"]["valid_real"], *vectors["uscc"]["valid_fictitious"].values()]:
        assert check_uscc(code) == code
    for code in vectors["uscc"]["invalid"]:
        with pytest.raises(BadUscc, match="position"):
            check_uscc(code)
    for kind in ("gtin13", "gtin14", "sscc"):
        for code in vectors["gs1_mod10"][kind]:
            assert parse(code).family is (Family.sscc if kind == "sscc" else Family.gtin)
    for code in vectors["trace20_fictitious"]:
        assert parse(code).family is Family.drug


URIS = re.compile(
    r"urn:epc:(?:id|class|idpat):[a-z]+:[^\"<>\s]+|https?://[^\"<>\s{}]+/(?:00|01|253|414|417|8003|8004)/\d{7,}[^\"<>\s{}]+"
)


def test_every_key_of_the_event_hash_examples_is_canonical_in_its_prehash():
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
