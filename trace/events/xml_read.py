"""EPCIS XML in: documents and query results of EPCIS 2.0, 1.2 and 1.1, and bare events, one event after the other.

Each becomes the JSON tree that ``tree.event`` reads: the rules stand once, and ``Event.doc`` is JSON whatever came in.
Every refusal names the line besides the JSON pointer.

>>> document, events = open_xml(body)
>>> document.version, [event.type for event in events]
('1.2', [<EventType.ObjectEvent: 'ObjectEvent'>])
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from zhuisu.events.context import PREFIXES
from zhuisu.events.errors import BadDocument, BadEvent, BadTime, shown
from zhuisu.events.model import STANDARD_TYPES, Event
from zhuisu.events.times import date_time
from zhuisu.events.xml_extension import SCHEMA
from zhuisu.events.xml_header import header
from zhuisu.events.xml_master import vocabularies
from zhuisu.events.xml_names import (
    DOCUMENTS,
    EPCIS,
    QUERY,
    SEPARATOR,
    STANDARD,
    STANDARD_1,
    Names,
)
from zhuisu.events.xml_order import ORDERED, ORDERED_1
from zhuisu.events.xml_scan import Element, Part, scan
from zhuisu.events.xml_scope import Scope

_VERSION = re.compile(r"[12](\.\d+)*", re.ASCII).fullmatch
_PLACES = {
    "EPCISDocument": "/epcisBody/eventList",
    "EPCISQueryDocument": "/epcisBody/queryResults/resultsBody/eventList",
}
_NEEDED = {
    "EPCISDocument": (("EPCISBody",), "/epcisBody"),
    "EPCISQueryDocument": (("EventList", "VocabularyList"), "/epcisBody/queryResults/resultsBody/eventList"),
}
_RESULTS = "/epcisBody/queryResults/resultsBody/vocabularyList"
_ONCE = {
    "EPCISHeader": "/epcisHeader",
    "EPCISBody": "/epcisBody",
    "QueryResults": "/epcisBody/queryResults",
    "queryName": "/epcisBody/queryResults/queryName",
    "subscriptionID": "/epcisBody/queryResults/subscriptionID",
    "resultsBody": "/epcisBody/queryResults/resultsBody",
    "EventList": "",
    "VocabularyList": _RESULTS,
}
"""What stands once around the events, and where."""
_LISTS = frozenset({"EventList", "VocabularyList"})
"""Either, by the schema's QueryResultsBody."""
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
        self.scope = Scope()
        self.standard = STANDARD
        self.ordered = ORDERED
        self.seen: set[str] = set()
        self.count = 0
        self.first = self._head()

    def _head(self) -> Part | None:
        """Read up to the first part that is or holds an event."""
        for part in self.parts:
            if (part.opens and part.path[-1] == "EventList") or not self._envelope(part):
                return part
        self._whole()
        return None

    def events(self) -> Iterator[Event | BadEvent]:
        part = self.first
        while part is not None:
            if not self._envelope(part):
                yield self._event(part)
            part = next(self.parts, None)
        if self.first is not None:
            self._whole()

    def _once(self, name: str, element: Element) -> None:
        """Check that an element of the envelope comes only once, and the header before the body."""
        if name not in _ONCE:
            return
        where = _ONCE[name] or _PLACES[self.document.kind]
        if name in _LISTS and (_LISTS - {name}) & self.seen:
            raise _broken(f"{name} beside another list", element, where, "send each in a document of its own")
        if name in self.seen:
            raise _broken(f"a second {name}", element, where, f"keep one {name}, with all that both say")
        if name == "EPCISHeader" and "EPCISBody" in self.seen:
            raise _broken("EPCISHeader stands after EPCISBody", element, where, "put EPCISHeader before EPCISBody")
        self.seen.add(name)

    def _envelope(self, part: Part) -> bool:
        """Take in what stands around the events; False for an event."""
        *around, name = part.path
        if not around:
            return self._root(part)
        if part.opens:
            self._once(name, part.element)
            self.scope.prefixes |= dict(part.bindings)
            return True
        element = part.element
        namespace = _namespace(element)
        if namespace in STANDARD_1 and around[-1] not in ("EventList", "extension"):
            self._once(name, element)
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
                self.document.header = header(element, names, self.document.lines)
                self.document.context = _chosen(names)
            case _, "VocabularyList":
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
            self.ordered = ORDERED if namespace in STANDARD else ORDERED_1
            return False
        if namespace not in DOCUMENTS[name]:
            raise _foreign(element, namespace, DOCUMENTS[name][0])
        old = namespace == DOCUMENTS[name][1]
        self.standard = STANDARD_1 if old else STANDARD
        self.ordered = frozenset() if name == "EPCISQueryDocument" else ORDERED_1 if old else ORDERED
        self.document.kind = name
        for attribute in ("schemaVersion", "creationDate"):
            if attribute not in element.attributes and name == "EPCISDocument":
                raise _broken(f"{attribute} is missing", element, f"/{attribute}", f"add {attribute}")
        self.document.version = element.attributes.get("schemaVersion", "2.0").strip()
        self.document.created = element.attributes.get("creationDate", "").strip()
        if not _VERSION(self.document.version):
            said = f"{shown(self.document.version)} is no version that is read here: 1.0, 1.1, 1.2 and 2.0 are"
            raise _broken(said, element, "/schemaVersion", 'write "2.0"')
        if "creationDate" in element.attributes:
            try:
                date_time(self.document.created)
            except BadTime as refusal:
                raise _broken(refusal.detail, element, "/creationDate", refusal.mend) from None
        self.scope.prefixes |= dict(part.bindings)
        self.seen.add(name)
        return True

    def _whole(self) -> None:
        """Check at the end that nothing of the envelope was left out."""
        kind = self.document.kind
        if kind in _NEEDED and not self.seen.intersection(_NEEDED[kind][0]):
            (name, *_), where = _NEEDED[kind]
            raise BadDocument(f"{name} is missing", where=where, rule=SCHEMA, mend=f"add {name}")

    def _event(self, part: Part) -> Event | BadEvent:
        where = f"{_PLACES[self.document.kind]}/{self.count}" if self.document.kind else ""
        self.count += 1
        try:
            return self.scope.event(part.element, self.standard, ordered=self.ordered)
        except BadEvent as refusal:
            refusal.detail = f"line {refusal.facts['line']}: {refusal.detail}"
            refusal.where = where + refusal.where
            return refusal


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
