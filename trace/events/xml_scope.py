"""One event in XML -> Event: which prefixes its JSON binds, and where, so that its names mean what they mean in XML.

>>> scope = Scope()
>>> scope.prefixes["x"] = "https://x.example/"              # by the document
>>> scope.event(element, STANDARD).doc
b'{"@context":[{"x":"https://x.example/"},{}],"type":"ObjectEvent",…,"x:grade":"A"}'
"""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events.context import PREFIXES, Context, Wire, check, context, inherit, is_mark, spelled
from zhuisu.events.errors import BadEvent
from zhuisu.events.model import STANDARD_TYPES, Event
from zhuisu.events.tree import event
from zhuisu.events.xml_names import OURS, Names
from zhuisu.events.xml_scan import Element
from zhuisu.events.xml_tree import event as event_tree
from zhuisu.events.xml_tree import line, more_context

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(list[Any], float_hook=Decimal).decode
_CHECKED = Context([], PREFIXES)
_XML = Context([], PREFIXES, wire=Wire.XML)


class Scope:
    """The ``prefixes`` around the events of one document, and what was found out about them so far."""

    def __init__(self) -> None:
        """Begin a document that binds nothing yet."""
        self.prefixes: dict[str, str] = {}
        self.plain: dict[str, str] = {}
        self.outer = Context([], PREFIXES, wire=Wire.XML)
        self.checked: set[str] = set()

    def event(self, element: Element, standard: frozenset[str], *, ordered: Collection[str] = ()) -> Event:
        """Read an event. BadEvent with its ``line``."""
        names = Names(standard, self.plain, ordered=ordered)
        try:
            more, marked = _listed(more_context(element))
            tree = event_tree(element, names)
            doc = _encode(tree)
            texts = doc if tree["type"] in STANDARD_TYPES else doc.replace(_encode(tree["type"]), b"", 1)
            told = names.chosen and {
                p for p in names.chosen if p not in PREFIXES and p not in names.spoken and _in_texts(p, texts)
            }
            if told:
                told -= context(more).prefixes.keys()
                names = Names(standard, avoid=told)
                tree = event_tree(element, names)
                doc = _encode(tree)
            if not names.chosen and not more:
                return event(tree, self.outer, doc)
            inherited, own = self._entries(names, more)
            bound = context(more).prefixes if names.spoken else {}
            marked |= {prefix for prefix in names.spoken if bound.get(prefix) != names.chosen[prefix]}
            whole = inherit(inherited, [*more, *own] or None, marked)
            if whole:
                doc = b'{"@context":' + _small(whole) + b"," + doc[1:]
            scope = context([*inherited, *more, *own], _XML if more or names.spoken else _CHECKED)
            alone = more or names.spoken  # its prefixes are in its values: what those mean is not remembered
            return event(tree, scope if alone else Context([], scope.prefixes, self.outer.seen, Wire.XML), doc)
        except BadEvent as refusal:
            refusal.facts["line"] = refusal.facts.get("line") or line(element, refusal.where, names)
            raise

    def _entries(self, names: Names, more: list[Any]) -> tuple[list[Any], list[Any]]:
        """Give what the names of an event mean: as its document says, and as it says itself."""
        inherited: list[Any] = []
        own: list[Any] = []
        bound = context(more).prefixes
        for prefix, uri in names.chosen.items():
            if uri not in self.checked:
                _absolute(prefix, uri)
                self.checked.add(uri)
            if bound.get(prefix) != uri:
                (inherited if self.prefixes.get(prefix) == uri else own).append({prefix: uri})
        return inherited, own


def _absolute(prefix: str, uri: str) -> None:
    try:
        check({prefix: uri})
    except BadEvent as refusal:
        raise refusal.under("@context") from None


def _in_texts(prefix: str, doc: bytes) -> bool:
    """Whether a text, not a name, of the JSON begins with the prefix."""
    start = _encode(prefix)[:-1] + b":"
    return start in doc and re.search(re.escape(start) + rb'(?:[^"\\\\]|\\\\.)*"(?!:)', doc) is not None


def _listed(text: str) -> tuple[list[Any], frozenset[str]]:
    """Read the entries of an @context that no xmlns can say, and which of their prefixes XML bound once."""
    try:
        entries = _decode(text) if text else []
        told = spelled([{}, entries.pop()]) if entries and is_mark(entries[-1]) else frozenset()
        context(entries)
    except BadEvent as refusal:
        raise refusal.under("@context") from None
    except (msgspec.MsgspecError, ArithmeticError, RecursionError, TypeError, ValueError):
        raise BadEvent(
            "the attribute context is no JSON list", where="/@context", rule=f"namespace {OURS}", mend="drop it"
        ) from None
    return entries, told


def _small(value: Any) -> bytes:
    """Write an @context no larger than every event of a document may carry."""
    text = _encode(value)
    if len(text) > 16_000:
        raise BadEvent(
            "more than 16 000 bytes of namespaces",
            where="/@context",
            rule="each event carries its context",
            mend="bind only what is used",
        )
    return text
