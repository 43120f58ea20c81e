"""EPCIS XML in: documents and query results of EPCIS 2.0, 1.2 and 1.1, and bare events, one event after the other.

Each becomes the JSON tree that ``tree.event`` reads: the rules stand once, and ``Event.doc`` is JSON whatever came in.
Every refusal names the line besides the JSON pointer.

>>> document, events = open_xml(body)
>>> document.version, [event.type for event in events]
('1.2', [<EventType.ObjectEvent: 'ObjectEvent'>])
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from zhuisu.events.context import PREFIXES, Context, Wire, check, context, inherit
from zhuisu.events.errors import BadDocument, BadEvent, BadTime, shown
from zhuisu.events.model import STANDARD_TYPES, Event
from zhuisu.events.times import instant
from zhuisu.events.tree import event
from zhuisu.events.xml_master import anything, vocabularies
from zhuisu.events.xml_names import (
    DOCUMENTS,
    EPCIS,
    OURS,
    QUERY,
    SEPARATOR,
    STANDARD,
    STANDARD_1,
    Names,
)
from zhuisu.events.xml_scan import Element, Part, scan
from zhuisu.events.xml_tree import SCHEMA, more_context
from zhuisu.events.xml_tree import event as event_tree
from zhuisu.events.xml_tree import line as line_of

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(list[Any], float_hook=Decimal).decode
_VERSION = re.compile(r"[12](\.\d+)*", re.ASCII).fullmatch
_PLACES = {
    "EPCISDocument": "/epcisBody/eventList",
    "EPCISQueryDocument": "/epcisBody/queryResults/resultsBody/eventList",
}
_NEEDED = {
    "EPCISDocument": ("EPCISBody", "/epcisBody"),
    "EPCISQueryDocument": ("EventList", "/epcisBody/queryResults/resultsBody/eventList"),
}
_HEADER = "/epcisHeader/epcisMasterData/vocabularyList"
_RESULTS = "/epcisBody/queryResults/resultsBody/vocabularyList"
_CHECKED = Context([], PREFIXES)
_XML = Context([], PREFIXES, wire=Wire.XML)
_ASKING = "EPCIS 2.0 §8.2.5: this document asks or answers, but holds no events"


def is_xml(body: bytes) -> bool:
    """Tell XML from JSON by its first character, in any encoding that either may have."""
    return body[:64].lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n").startswith(b"<")


class Document(Struct, kw_only=True):
    """What a document says around its events. ``header`` and ``vocabularies`` are JSON trees, master data among them.

    ``context`` says what their prefixes mean, ``lines`` where master data stands, by its JSON pointer.
    ``ignored`` are fields, as ``{namespace}name``, that the sender wants left out of ``hash_id``.
    """

    kind: str = ""
    version: str = ""
    created: str = ""
    header: dict[str, Any] = {}
    vocabularies: list[dict[str, Any]] = []
    context: list[Any] = []
    lines: dict[str, int] = {}
    query: str = ""
    subscription: str = ""
    ignored: frozenset[str] = frozenset()


def read_xml(body: bytes | Iterable[bytes]) -> Iterator[Event]:
    """Read every event as the bytes come. The first fault ends it: UnreadableXml, BadDocument or BadEvent."""
    for item in each_xml(body):
        if isinstance(item, BadEvent):
            raise item
        yield item


def each_xml(body: bytes | Iterable[bytes]) -> Iterator[Event | BadEvent]:
    """Read each event, or what is wrong with it; UnreadableXml or BadDocument where the document itself is broken."""
    return open_xml(body)[1]


def open_xml(body: bytes | Iterable[bytes]) -> tuple[Document, Iterator[Event | BadEvent]]:
    """Read what stands before the events, then the events as they are asked for."""
    reader = _Reader(scan([body] if isinstance(body, bytes) else body))
    return reader.document, reader.events()


class _Reader:
    """One pass over one document."""

    def __init__(self, parts: Iterator[Part]) -> None:
        self.parts = parts
        self.document = Document()
        self.prefixes: dict[str, str] = {}
        self.standard = STANDARD
        self.ordered = True
        self.plain: dict[str, str] = {}
        self.outer = Context([], PREFIXES, wire=Wire.XML)
        self.seen: set[str] = set()
        self.checked: set[str] = set()
        self.count = 0
        self.first = self._head()

    def _head(self) -> Part | None:
        """Read up to the first part that is or holds an event."""
        for part in self.parts:
            if part.path[-1] == "EventList" or not self._envelope(part):
                return part
        self._whole()
        return None

    def events(self) -> Iterator[Event | BadEvent]:
        part = self.first
        while part is not None:
            if part.path[-1] == "EventList" or self._envelope(part):
                self._enter(part)
            else:
                yield self._event(part)
            part = next(self.parts, None)
        if self.first is not None:
            self._whole()

    def _enter(self, part: Part) -> None:
        if part.opens:
            self.prefixes |= dict(part.bindings)
            self.seen.add(part.path[-1])

    def _envelope(self, part: Part) -> bool:
        """Take in what stands around the events; False for an event."""
        *around, name = part.path
        if not around:
            return self._root(part)
        if part.opens:
            if name != "EventList":
                self.prefixes |= dict(part.bindings)
                self.seen.add(name)
            return True
        element = part.element
        namespace = _namespace(element)
        match around[-1], name:
            case "EventList" | "extension", _:
                return False
            case _ if namespace not in STANDARD_1:
                if name == "ignoreFields":
                    self.document.ignored |= {_expanded(child.name) for child in element.children}
            case _, "queryName":
                self.document.query = element.text.strip()
            case _, "subscriptionID":
                self.document.subscription = element.text.strip()
            case _, "EPCISHeader":
                names = Names(self.standard)
                self.document.header = _header(element, names, self.document.lines)
                self.document.context = _chosen(names)
            case _, "VocabularyList":
                self.seen.add("EventList")
                names = Names(self.standard)
                self.document.vocabularies = vocabularies(element, names, self.document.lines, _RESULTS)
                self.document.context = _chosen(names)
            case "EPCISBody", _ if self.document.kind == "EPCISQueryDocument":
                raise BadDocument(
                    f"line {element.line}: {name} is no query result",
                    where="/epcisBody/queryResults",
                    rule=_ASKING,
                    mend="send an EPCISDocument, or an EPCISQueryDocument with QueryResults",
                    line=element.line,
                )
            case _, "extension":
                pass
            case _:
                raise _broken(f"{shown(name)} is not known here", element, "/" + name, "drop it")
        return True

    def _root(self, part: Part) -> bool:
        element, name = part.element, part.path[0]
        namespace = _namespace(element)
        if not part.opens:
            if namespace not in STANDARD_1 and "eventTime" in map(Names(STANDARD).field, _names(element)):
                return False  # of another's type
            if name not in STANDARD_TYPES and name != "QuantityEvent":
                raise _broken(
                    f"the root element is {shown(name)}",
                    element,
                    "/type",
                    "send an EPCISDocument, an EPCISQueryDocument or an event",
                )
            if namespace not in STANDARD_1:
                raise _foreign(element, namespace, EPCIS)
            self.standard = STANDARD | {namespace}
            self.ordered = namespace in STANDARD
            return False
        if namespace not in DOCUMENTS[name]:
            raise _foreign(element, namespace, DOCUMENTS[name][0])
        old = namespace == DOCUMENTS[name][1]
        self.standard = STANDARD_1 if old else STANDARD
        self.ordered = name == "EPCISDocument" and not old
        self.document.kind = name
        for attribute in ("schemaVersion", "creationDate"):
            if attribute not in element.attributes and name == "EPCISDocument":
                raise _broken(f"{attribute} is missing", element, f"/{attribute}", f"add {attribute}")
        self.document.version = element.attributes.get("schemaVersion", "2.0").strip()
        self.document.created = element.attributes.get("creationDate", "").strip()
        if not _VERSION(self.document.version):
            said = f"{shown(self.document.version)} is no version that is read here: 1.1, 1.2 and 2.0 are"
            raise _broken(said, element, "/schemaVersion", 'write "2.0"')
        if self.document.created and not old:
            try:
                instant(self.document.created)
            except BadTime as refusal:
                raise _broken(refusal.detail, element, "/creationDate", refusal.mend) from None
        self.prefixes |= dict(part.bindings)
        self.seen.add(name)
        return True

    def _whole(self) -> None:
        """Check at the end that nothing of the envelope was left out."""
        kind = self.document.kind
        if kind in _NEEDED and _NEEDED[kind][0] not in self.seen:
            name, where = _NEEDED[kind]
            raise BadDocument(f"{name} is missing", where=where, rule=SCHEMA, mend=f"add {name}")

    def _event(self, part: Part) -> Event | BadEvent:
        names = Names(self.standard, self.plain)
        where = f"{_PLACES[self.document.kind]}/{self.count}" if self.document.kind else ""
        self.count += 1
        element = part.element
        try:
            more = _listed(more_context(element))
            tree = event_tree(element, names, ordered=self.ordered)
            doc = _encode(tree)
            texts = doc if tree["type"] in STANDARD_TYPES else doc.replace(_encode(tree["type"]), b"", 1)
            told = names.chosen and {p for p in names.chosen if p not in PREFIXES and _in_texts(p, texts)}
            if told:
                told -= context(more).prefixes.keys()
                names = Names(self.standard, avoid=told)
                tree = event_tree(element, names)
                doc = _encode(tree)
            if not names.chosen and not more:
                return event(tree, self.outer, doc)
            inherited, own = self._entries(names, more)
            whole = inherit(inherited, [*more, *own] or None)
            if whole:
                doc = b'{"@context":' + _small(whole) + b"," + doc[1:]
            scope = context([*inherited, *more, *own], _XML if more else _CHECKED)
            return event(tree, scope if more else Context([], scope.prefixes, self.outer.seen, Wire.XML), doc)
        except BadEvent as refusal:
            found = refusal.facts.get("line") or line_of(element, refusal.where, names)
            refusal.facts["line"] = found
            refusal.detail = f"line {found}: {refusal.detail}"
            refusal.where = where + refusal.where
            return refusal

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


def _listed(text: str) -> list[Any]:
    """Read the entries of an @context that no xmlns can say."""
    try:
        entries = _decode(text) if text else []
        context(entries)
    except BadEvent as refusal:
        raise refusal.under("@context") from None
    except (msgspec.MsgspecError, ArithmeticError, RecursionError, ValueError):
        raise BadEvent(
            "the attribute context is no JSON list", where="/@context", rule=f"namespace {OURS}", mend="drop it"
        ) from None
    return entries


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


def _header(element: Element, names: Names, lines: dict[str, int]) -> dict[str, Any]:
    """Tell an EPCISHeader as JSON: master data as epcisMasterData, all else by its names."""
    tree: dict[str, Any] = {}
    for child in element.children:
        name = names.field(child.name)
        if name == "extension":
            tree |= _header(child, names, lines)
        elif name == "EPCISMasterData":
            lists = [x for x in child.children if names.field(x.name) == "VocabularyList"]
            told = [vocabulary for x in lists for vocabulary in vocabularies(x, names, lines, _HEADER)]
            tree["epcisMasterData"] = {"vocabularyList": told}
        else:
            tree[names.member(child.name)] = anything(child, names)
    return tree


def _chosen(names: Names) -> list[Any]:
    """Give what the prefixes in a header mean, as entries of an @context."""
    return [{prefix: uri} for prefix, uri in names.chosen.items() if PREFIXES.get(prefix) != uri]


def _names(element: Element) -> list[str]:
    return [child.name for child in element.children]


def _namespace(element: Element) -> str:
    return element.name.partition(SEPARATOR)[0] if SEPARATOR in element.name else ""


def _foreign(element: Element, namespace: str, wanted: str) -> BadDocument:
    return _broken(
        f"unknown namespace {shown(namespace)}" if namespace else "the root element has no namespace",
        element,
        "/type",
        f'bind xmlns:{"epcisq" if wanted == QUERY else "epcis"}="{wanted}"',
    )


def _expanded(name: str) -> str:
    """Write a name as the event hash does: {namespace}local."""
    namespace, colon, rest = name.partition(SEPARATOR)
    return f"{{{namespace}}}{rest.partition(SEPARATOR)[0]}" if colon else name


def _broken(said: str, element: Element, where: str, mend: str) -> BadDocument:
    return BadDocument(f"line {element.line}: {said}", where=where, rule=SCHEMA, mend=mend, line=element.line)
