"""JSON-LD contexts: which prefix means what, and how a stored event carries its own.

What an event uses of its document's ``@context``, beyond the standard one, travels with it, followed by an empty map,
which means nothing in JSON-LD and tells us where the event's own context begins:

>>> inherit([{"ext1": "https://ns.ext.de/"}], own=[{"ext2": "http://www.ext2.net/"}])
[{'ext1': 'https://ns.ext.de/'}, {}, {'ext2': 'http://www.ext2.net/'}]
>>> part([{"ext1": "https://ns.ext.de/"}, {}])
([{'ext1': 'https://ns.ext.de/'}], None)

So a document and its events come back as they came in, and an event alone still says what its prefixes mean.

What XML binds its values use too (``type="ext1:Glow"``), and mean the URI there; but the published event hashes spell
them as they stand. A second mark, behind the first, keeps apart which prefixes came so:

>>> inherit([{"ext1": "https://ns.ext.de/"}], xml={"ext1"})
[{'ext1': 'https://ns.ext.de/'}, {}, {'@xmlns': ['ext1']}]
"""

import re
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct, field, json

from zhuisu.events.cbv import CBV, GS1, MDA
from zhuisu.events.errors import BadEvent, shown

STANDARD = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"

# Prefixes that the standard context binds itself.
PREFIXES: Mapping[str, str] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": CBV,
    "cbvmda": MDA,
    "gs1": GS1,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}

_STANDARD = re.compile(
    r"https?://(?:ref\.gs1\.org/standards/epcis|gs1\.github\.io/EPCIS)/(?:[0-9.]+/)?epcis-context\.jsonld"
).fullmatch

_XMLNS = "@xmlns"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f\"<>\\^`{|}]*").fullmatch


class Wire(Enum):
    """What an event came in: that decides some rules. What is stored has passed those of its day."""

    JSON = "JSON-LD"
    XML = "XML"
    STORED = "a doc"


class Context(Struct, frozen=True):
    """What an ``@context`` says: its entries without the standard one, and the prefixes in force.

    ``wire`` is what brought it; ``seen`` is for readers: what they made of the small objects (places, parties) that a
    document repeats. ``spelled`` are prefixes that the event hash leaves as they stand in values.
    """

    entries: list[Any]
    prefixes: Mapping[str, str]
    seen: dict[tuple[Any, bytes], Any] = field(default_factory=dict)
    wire: Wire = Wire.STORED
    spelled: frozenset[str] = frozenset()

    def expand(self, name: str) -> str:
        """Write a compact URI in full where its prefix is bound; leave anything else as it is (CBV 2.0 §8.9)."""
        prefix, colon, rest = name.partition(":")
        namespace = self.prefixes.get(prefix) if colon else None
        return name if namespace is None or rest.startswith("//") or prefix in self.spelled else namespace + rest

    def used(self, doc: bytes, kind: str = "") -> list[Any]:
        """Pick the entries that say something about ``doc``: sweeping ones, and maps of which a term stands in it.

        So do those that say what the type of an event, ``kind``, means where it is a term of its own.
        """
        needed = {kind, self.prefixes[kind].partition(":")[0]} if kind in self.prefixes else set()
        return [
            entry
            for entry in self.entries
            if sweeps(entry) or (needed and not needed.isdisjoint(entry)) or any(stands_in(term, doc) for term in entry)
        ]


def stands_in(term: str, doc: bytes) -> bool:
    """Whether the JSON has the term as a name, or as prefix of a name or value; XML attributes carry an ``@``."""
    whole = json.encode(term)
    start = whole[:-1] + b":"
    return start in doc or b'"@' + start[1:] in doc or whole + b":" in doc


def sweeps(entry: Any) -> bool:
    """Whether an entry may say something about any name: a remote one, or one with keywords (``@vocab``, ``@base``)."""
    return isinstance(entry, str) or any(term.startswith("@") and term != "@version" for term in entry)


PLAIN = Context([], PREFIXES)


def context(value: Any, outer: Context = PLAIN) -> Context:
    """Read an ``@context``: a URI, a map or a list of both. BadEvent otherwise. Remote contexts are never fetched."""
    if not shallow(value):
        raise BadEvent("@context is nested too deeply", rule="at most 64 levels", mend="flatten it")
    listed = value if isinstance(value, list) else [value]
    entries = [entry for entry in listed if not (isinstance(entry, str) and _STANDARD(entry))]
    prefixes = dict(outer.prefixes)
    for entry in entries:
        match entry:
            case dict():
                if outer.wire is not Wire.STORED:
                    check(entry)
                prefixes |= {prefix: _namespace(term) for prefix, term in entry.items() if _namespace(term)}
            case str() if ":" in entry:
                pass
            case _:
                raise BadEvent(
                    f"a context is {shown(entry)}",
                    rule="EPCIS 2.0 JSON schema, @context",
                    mend="give a URI, a map of prefixes, or a list of both",
                )
    return Context(entries, prefixes, wire=outer.wire)


def check(entry: Mapping[str, Any]) -> None:
    """Check that each term means an absolute IRI or a keyword (JSON-LD 1.1 §9.1); keywords have rules of their own."""
    for term, value in entry.items():
        namespace = _namespace(value)
        if namespace and not (term.startswith("@") or namespace.startswith("@") or _IRI(namespace)):
            raise BadEvent(
                f"the prefix {shown(term)} means {shown(namespace)}, which is not an absolute URI",
                where="/" + term[:200].replace("~", "~0").replace("/", "~1"),
                rule="JSON-LD 1.1 §9.1; Namespaces in XML 1.0 §2.1",
                mend=f'bind it as {{"{term[:40]}": "https://ns.example.com/"}}',
            )


def shallow(value: Any, levels: int = 64) -> bool:
    """Tell whether no list or map lies deeper than ``levels``: what is deeper is a bomb, not data."""
    layer = [value]
    for _ in range(levels):
        layer = [v for x in layer if isinstance(x, dict | list) for v in (x.values() if isinstance(x, dict) else x)]
        if not layer:
            return True
    return False


def _namespace(term: Any) -> str:
    match term:
        case str():
            return term
        case {"@id": str(iri)}:
            return iri
        case _:
            return ""


def inherit(entries: list[Any], own: Any = None, xml: Collection[str] = ()) -> Any:
    """Join the document's entries and the event's own context for storing; None when neither says anything.

    ``xml`` are the prefixes that XML bound and a value uses.
    """
    listed = own if isinstance(own, list) else [] if own is None else [own]
    if not entries and not xml and {} not in listed:
        return own
    # A second empty map tells one that stood alone from a list of one; a list's own first one moves on by one.
    second: list[Any] = [{}] if listed and (own is not listed or listed[0] == {}) else []
    marked = [mark(xml)] if xml or (not second and listed and is_mark(listed[0])) else []
    return [*(e for e in entries if e != {}), {}, *marked, *second, *listed]


def part(value: Any) -> tuple[list[Any], Any]:
    """Part them again: the document's entries, and the event's own context or None."""
    if not isinstance(value, list) or {} not in value:
        return [], value
    at = value.index({})
    entries, own = value[:at], value[at + 1 :]
    if own and is_mark(own[0]):
        own = own[1:]
    if own[:1] == [{}]:
        own = own[1:] if own[1:2] in ([], [{}]) else own[1]
    return entries, own or None


def mark(xml: Collection[str]) -> dict[str, Any]:
    """Write the entry that tells which prefixes XML bound: a keyword of no JSON-LD, which its readers skip (§9.1)."""
    return {_XMLNS: sorted(xml)}


def is_mark(entry: Any) -> bool:
    """Whether an entry tells which prefixes XML bound."""
    return isinstance(entry, dict) and entry.keys() == {_XMLNS}


def spelled(value: Any) -> frozenset[str]:
    """Tell which prefixes of a stored ``@context`` XML bound, and a value uses."""
    if not isinstance(value, list) or {} not in value:
        return frozenset()
    at = value.index({}) + 1
    marked = value[at][_XMLNS] if at < len(value) and is_mark(value[at]) else []
    return frozenset(prefix for prefix in marked if isinstance(prefix, str))
