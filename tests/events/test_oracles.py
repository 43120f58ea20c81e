"""What others judge of the same documents: the official JSON schema, and the generator of the event hash's authors.

Where they differ from us, the difference has a name here and a reason; any other difference is a fault.
"""

import json
import random
import re
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhuisu.epcis.answer import Form, answer, spelled
from zhuisu.errors import Refusal
from zhuisu.events import (
    STANDARD_TYPES,
    hash_id,
    ignored,
    is_xml,
    open_xml,
    prehash,
    read,
    read_xml,
    write_document_xml,
    write_xml,
)
from zhuisu.events.model import Event

from . import mutants
from .samples import CONFORMANCE, HASHES, HASHES_XML, STANDARD, XML_GOOD, document

ORACLES = Path(__file__).with_name("oracles")
SCHEMA = CONFORMANCE / "epcis-schema" / "epcis-json-schema.json"
SCOPE = [STANDARD, {"x": "https://x.example/", "cbvmda": "urn:epcglobal:cbv:mda:"}]
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def oracle(environment: Callable[[Path], Path]) -> Path:
    return environment(ORACLES / "requirements.txt")


Mutant = tuple[str, str, dict[str, Any]]

# Where the official file and we part: (which of us is stricter, is it this, why).
STRICTER: dict[str, Callable[[str, str], bool]] = {
    "EPCIS 2.0 §7.4.2, §7.4.4: a list that is there and empty names no goods; the file takes it for some": (
        lambda where, _: where == "/epcList"
    ),
    "EPCIS 2.0 §7.4.3: ADD and DELETE name the parent; the file never asks for it": (
        lambda where, _: where == "/parentID"
    ),
    "EPCIS 2.0 §7.3, QuantityElement: a positive number; the file takes any": (
        lambda where, how: where.endswith("/quantity") and how in ("as 0", "as -1")
    ),
    "the file names persistentDisposition in three event types and forgets to say what it is": (
        lambda where, _: "/persistentDisposition" in where
    ),
    "EPCIS XML schema, ReadPointType: what others add is of their namespace; the file leaves places open": (
        lambda where, _: where.startswith(("/readPoint/", "/bizLocation/"))
    ),
    "CBV 2.0, itemExpirationDate: an xsd:date; the file does not look into ilmd": (
        lambda where, _: where == "/ilmd/cbvmda:itemExpirationDate"
    ),
    "CBV 2.0 §7: what begins like a web URI of the CBV is one of its words; the file looks at URNs alone": (
        lambda _, how: how.startswith("as 'https://ref.gs1.org/cbv/")
    ),
    "a prefix without a name, which the file's URI format lets pass": lambda _, how: how == "with a:",
    "a URN of the CBV that means something else": lambda where, how: (
        where.endswith(("/exception", "/type")) and "cbv" in how
    ),
}
NEWER = ("notifying", "subject_to_regulation", "Molar_concentration", "EffectiveDose", "EffectiveDoseRate")
LOOSER: dict[str, Callable[[str, str], bool]] = {
    "GS1's guideline on Regulation (EU) 2023/1115 and its examples of sensor data use words that the file lacks": (
        lambda _, how: how in [f"as {word!r}" for word in NEWER]
    ),
    "GS1's examples of alarms in XML name no type, which its XML schema asks of none: in JSON they are the same": (
        lambda where, how: where.endswith("/sensorReport/0/type") and how == "without"
    ),
}


def verdict(tree: dict[str, Any]) -> Refusal | None:
    try:
        read(json.dumps({"@context": SCOPE, **tree}).encode())
    except Refusal as refusal:
        return refusal
    return None


def judged(oracle: Path, cases: list[Mutant]) -> tuple[set[str], list[str]]:
    """Compare verdicts: the differences met that have a name, and those that have none."""
    lines = "\n".join(json.dumps({"@context": SCOPE, **tree}) for _, _, tree in cases)
    command = [oracle, ORACLES / "schema.py", SCHEMA]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=900, check=True)
    met, unexplained = set(), []
    for (where, how, tree), line in zip(cases, done.stdout.splitlines(), strict=True):
        ours, theirs = verdict(tree), json.loads(line)
        if (ours is None) == (theirs is None):
            continue
        names, at = (LOOSER, where) if ours is None else (STRICTER, ours.where)
        found = {reason for reason, is_it in names.items() if is_it(at, how)}
        met |= found
        if not found:
            said = theirs if ours is None else f"{at}: {ours.detail}"
            unexplained.append(f"{tree.get('type')} {where} {how}: {'looser' if ours is None else 'stricter'}: {said}")
    return met, unexplained


def all_mutants() -> list[Mutant]:
    return [case for tree in mutants.FULL.values() for case in mutants.mutants(tree)]


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"{SCHEMA} is not there")
class TestSchema:
    def test_each_choice_between_lists(self, oracle: Path) -> None:
        cases = [("", f"alternatives of {kind}", tree) for kind, tree in mutants.alternatives()]
        met, unexplained = judged(oracle, cases)
        assert unexplained == []
        assert met == {*list(STRICTER)[:2]}

    def test_full_events_and_a_sample_of_mutants(self, oracle: Path) -> None:
        cases = random.Random(4).sample(all_mutants(), 150)
        cases += [("", "as it is", tree) for tree in mutants.FULL.values()]
        cases += [case for case in mutants.mutants(mutants.FULL["ObjectEvent"]) if case[1] == "without"]
        assert judged(oracle, cases)[1] == []

    @pytest.mark.soak
    def test_every_mutant(self, oracle: Path) -> None:
        met, unexplained = judged(oracle, all_mutants())
        assert unexplained == []
        assert len(met) > 5


def plain(event: Event) -> dict[str, Any]:
    """An event as its reader in JSON has it, whatever place its prefixes were bound at.

    The words of CBV without a prefix of the standard context, which only JSON can have.
    """
    (line,) = spelled([event.doc], Form().epc)
    line = re.sub(rb'"(?:gs1:|cbv:[A-Za-z]+-)', b'"', line)
    return {name: value for name, value in json.loads(line).items() if name != "@context"}


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"{SCHEMA} is not there")
def test_what_xml_told_is_json_by_the_schema_and_reads_as_the_same(oracle: Path) -> None:
    said: dict[str, bytes] = {}
    for file in XML_GOOD:
        docs = [event.doc for event in open_xml(file.read_bytes())[1] if isinstance(event, Event)]
        said[file.stem] = answer(docs, NOW, Form())
        again = read(said[file.stem])
        assert answer([event.doc for event in again], NOW, Form()) == said[file.stem]
        back = [*read_xml(b"".join(write_xml([event.doc for event in again], NOW)))]
        assert [*map(hash_id, back)] == [*map(hash_id, again)]
        assert [*map(plain, back)] == [*map(plain, again)]
    command = [oracle, ORACLES / "schema.py", SCHEMA]
    lines = b"\n".join(said.values()).decode()
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300, check=True)
    faults = zip(said, map(json.loads, done.stdout.splitlines()), strict=True)
    assert {name: fault for name, fault in faults if fault} == {}


def told(body: bytes) -> list[str]:
    if not is_xml(body):
        return [prehash(event, ignored(body)) for event in read(body)]
    about, events = open_xml(body)
    return [prehash(event, about.ignored) for event in events if isinstance(event, Event)]


def generated(oracle: Path, files: Iterable[Path]) -> dict[str, list[str] | None]:
    command = [oracle, ORACLES / "generator.py", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


# Vectors that the released generator (1.9.3) tells otherwise; all are told by us as their published hashes are.
UNLIKE = {
    "epcisQueryDocument": "it reads no query documents yet",
    "epcisXmlQueryDocHavingEventWithIgnoreFields": "it knows no ignoreFields yet",
}


@pytest.mark.skipif(not HASHES, reason=f"no vectors under {CONFORMANCE}")
def test_the_vectors_have_the_generators_prehashes(oracle: Path) -> None:
    files = [*HASHES, *HASHES_XML]
    theirs = generated(oracle, files)
    differ = {file.stem for file in files if theirs[str(file)] != told(file.read_bytes())}
    assert differ == set(UNLIKE)


# One extension each: what we say of it, what the generator says in JSON, and who is right.
EXTENSIONS: dict[str, tuple[Any, str, str]] = {
    "null has no text: CBV 2.0 §8.9 leaves it out, Python calls it None": (None, "", "{}v=None"),
    "true is written as XML writes it (xsd:boolean), not as Python does": (True, "{}v=true", "{}v=True"),
    "prefixes of the standard context count (JSON-LD 1.1 §4.1); the generator knows those the document binds": (
        "cbv:BizStep-shipping", "{}v=https://ref.gs1.org/cbv/BizStep-shipping", "{}v=cbv:BizStep-shipping",
    ),
    "and numbers, texts and objects are the same": ([7.50, "7.5", {"x:b": " c "}], "{}v=7.5{}v=7.5{}v{}b=c", ""),
}  # fmt: skip


def test_what_extensions_say_differently(oracle: Path, tmp_path: Path) -> None:
    files = {tmp_path / f"{i}.jsonld": reason for i, reason in enumerate(EXTENSIONS)}
    plain = {"type": "ObjectEvent", "epcList": ["urn:x:1"], "action": "ADD", "eventTimeZoneOffset": "+08:00"}
    for file, reason in files.items():
        tree = {**plain, "eventTime": "2026-05-01T08:30:00Z", "x:v": EXTENSIONS[reason][0]}
        file.write_bytes(document(tree, context=SCOPE))
    theirs = generated(oracle, files)
    for file, reason in files.items():
        _, ours, other = EXTENSIONS[reason]
        ours, other = (text.replace("{}", "{https://x.example/}") for text in (ours, other))
        assert [text.partition("action=ADD")[2] for text in told(file.read_bytes())] == [ours]
        assert [text.partition("action=ADD")[2] for text in theirs[str(file)] or ()] == [other or ours]


# What the generator tells otherwise wherever it stands: the table above; a text that is a CBV word of the same document,
# which it takes for that word; and values that mean nothing where they stand.
TOLD_OTHERWISE = (
    "as None",
    "as True",
    "as 'cbv:",
    "as 'gs1:",
    "as 'urn:epcglobal",
    "as 'location'",
    "as 'shipping'",
    "as [[]]",
    "as [{}]",
)
OUT_OF_PLACE = ("with y:", "with https:", "as {'", "as {}", "as []", "as ['a:b', 1]", "as ['a:b', 'a:b']")


def simple(value: Any) -> Any:
    """A value without what the generator tells otherwise."""
    match value:
        case dict():
            return {name: simple(item) for name, item in value.items() if name not in ("booleanValue", "@id", "#text")}
        case list():
            return [simple(item) for item in value if item is not None and item is not True]
        case _:
            return value


def test_generated_events_have_the_generators_prehashes(oracle: Path, tmp_path: Path) -> None:
    """Every field of the standard, changed one at a time, as JSON and as XML."""
    events = [simple(tree) for tree in mutants.FULL.values() if tree["type"] in STANDARD_TYPES]
    skipped = (*TOLD_OTHERWISE, *OUT_OF_PLACE)
    changed = [case for tree in events for case in mutants.mutants(tree) if not case[1].startswith(skipped)]
    chosen = [tree for _, _, tree in random.Random(5).sample(changed, 150)]
    files = {}
    own = simple(mutants.FULL["https://x.example/Feeding"])
    for i, tree in enumerate([own, *events, *(tree for tree in chosen if verdict(tree) is None)]):
        body = document(tree, context=SCOPE)
        untyped = {**tree, "bizLocation": {"id": "urn:x:9"}, "readPoint": {"id": "urn:x:8"}, "x:event": "b"}
        untyped.pop("sensorElementList", None)  # numbers of extensions carry xsi:type, which the generator counts in
        untyped.pop("ilmd", None)
        untyped["type"] = tree["type"].replace("https://x.example/", "x:")  # else an attribute of ours says how it was
        docs = [event.doc for event in read(document(untyped, context=SCOPE))]
        for suffix, content in (("jsonld", body), ("xml", b"".join(write_document_xml(docs, NOW)))):
            file = tmp_path / f"{i}.{suffix}"
            file.write_bytes(content)
            # It tells a type of others as it stands in JSON, and in XML as {namespace}name.
            ours = "eventType={https://x.example/}" if suffix == "xml" else "eventType=https://x.example/"
            files[file] = [text.replace("eventType=https://x.example/", ours) for text in told(content)]
    theirs = generated(oracle, files)
    differ = {file: (ours, theirs[str(file)]) for file, ours in files.items() if theirs[str(file)] != ours}
    assert differ == {}
    assert len(files) > 50
