"""Bytes of an EPCIS XML document -> its parts, one at a time: never more than one event in memory.

What can hurt is refused by name: a DOCTYPE that declares something (and with it every entity), nesting, a tag or an
event without end.

>>> [part.element.name for part in scan([b"<a><b/></a>"])]
['a']
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.parsers import expat

from msgspec import Struct

from zhuisu.events.errors import UnreadableXml
from zhuisu.events.xml_names import SEPARATOR, STANDARD_1, WORDS, XSI

DEEPEST = 100
LONGEST_TAG = 1 << 20
LARGEST = 32 << 20
MOST = 250_000
MOST_NAMES = 50_000
_CHUNK = 1 << 16

# Elements around events, by what stands around them: their children are parts, and no such element ends in memory.
_ENVELOPE: Mapping[str, frozenset[str]] = {
    "": frozenset({"EPCISDocument", "EPCISQueryDocument"}),
    "EPCISDocument": frozenset({"EPCISBody"}),
    "EPCISQueryDocument": frozenset({"EPCISBody", "QueryResults", "resultsBody"}),
    "EPCISBody": frozenset({"EventList", "QueryResults"}),
    "QueryResults": frozenset({"resultsBody"}),
    "resultsBody": frozenset({"EventList"}),
    "EventList": frozenset({"extension"}),
    "extension": frozenset({"extension"}),
}
_errors = expat.errors
_SAID = {
    _errors.codes[said]: words
    for said, words in {
        _errors.XML_ERROR_NO_ELEMENTS: ("no element at all, or the document ends too early", "send all of it"),
        _errors.XML_ERROR_UNCLOSED_TOKEN: ("the document ends within a tag", "send all of it"),
        _errors.XML_ERROR_PARTIAL_CHAR: ("the document ends within a character", "send all of it"),
        _errors.XML_ERROR_TAG_MISMATCH: ("an end tag that does not match its start tag", "close the elements in order"),
        _errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: ("something follows the root element", "send one root element"),
        _errors.XML_ERROR_UNDEFINED_ENTITY: (
            "an entity that XML itself does not define",
            "write the character, or as &#…;",
        ),
        _errors.XML_ERROR_UNBOUND_PREFIX: ("a prefix that no xmlns binds", 'bind it: xmlns:example="https://…"'),
        _errors.XML_ERROR_DUPLICATE_ATTRIBUTE: ("an attribute stands twice", "keep one of them"),
        _errors.XML_ERROR_UNKNOWN_ENCODING: ("an encoding that is not read here", "send UTF-8"),
        _errors.XML_ERROR_INCORRECT_ENCODING: ("the declared encoding is not that of the bytes", "send UTF-8"),
        _errors.XML_ERROR_INVALID_TOKEN: (
            "a character that XML does not allow here, or bytes that are not of the encoding",
            "escape <, & and control characters; send UTF-8",
        ),
        _errors.XML_ERROR_BAD_CHAR_REF: ("a reference to a character that XML does not allow", "drop it"),
    }.items()
}
_XSI_TYPE = f"{XSI}{SEPARATOR}type{SEPARATOR}"
_BLANK = re.compile(r"[ \t\r\n]*").fullmatch
_NAME = re.compile(r"\s*([^\s:]+):(?!//)(\S+)\s*").fullmatch


class Element:
    """One element as it was read, with the line it starts on; ``name`` is expat's, and so are values that are names.

    ``text`` is its own text; of what stands between children, only that something does.
    """

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        """Begin an element."""
        self.name = name
        self.attributes = attributes
        self.line = line
        self.children: list[Element] | tuple[()] = ()
        self.text = ""

    def blank(self) -> bool:
        """Whether no text stands beside its children."""
        return not self.text or _BLANK(self.text) is not None


class Part(Struct, frozen=True):
    """A whole element that stands in the envelope, or (``opens``) an element of the envelope itself, just begun.

    ``path`` are local names from the root down to it; ``bindings`` the prefixes bound on it and, for whole ones, in it.
    """

    path: tuple[str, ...]
    element: Element
    bindings: list[tuple[str, str]]
    opens: bool


def scan(chunks: Iterable[bytes]) -> Iterator[Part]:
    """Read a document, chunk by chunk. UnreadableXml unless it is plain, well-formed XML within bounds."""
    scanner = _Scanner()
    for piece in _pieces(chunks):
        scanner.feed(piece)
        yield from scanner.taken()
    scanner.feed(b"", final=True)
    yield from scanner.taken()


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut and join to one size: expat reads an unfinished tag again with every piece."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= _CHUNK:
            whole = b"".join(held)
            yield from (whole[at : at + _CHUNK] for at in range(0, size, _CHUNK))
            held, size = [], 0
    yield b"".join(held)


class _Scanner:
    """Handlers of one expat parser and what they gathered."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.path: list[str] = []
        self.stack: list[Element] = []
        self.bindings: list[tuple[str, str]] = []
        self.bound: dict[str, list[str]] = {}
        self.words: dict[str, frozenset[str]] = {}
        self.fed = self.began = self.count = self.room = 0
        self.parser = parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 20
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartNamespaceDeclHandler = self.bind
        parser.EndNamespaceDeclHandler = self.unbind
        parser.StartDoctypeDeclHandler = self.doctype

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            self.parser.Parse(chunk, final)
        except expat.ExpatError as fault:
            said, mend = _SAID.get(fault.code, (expat.ErrorString(fault.code), "check it with an XML validator"))
            raise _unreadable(fault.lineno, said, mend) from None
        except (LookupError, ValueError) as fault:  # an encoding that Python does not know, or of many bytes
            raise _unreadable(1, f"an encoding that is not read here ({fault})", "send UTF-8") from None
        self.fed += len(chunk)
        at = self.parser.CurrentByteIndex
        if self.fed - at > LONGEST_TAG:
            raise self.refuse("a tag or comment of more than 1 MB", "split it")
        if len(self.parser.intern) > MOST_NAMES:  # the parser forgets none of them
            raise self.refuse(f"more than {MOST_NAMES} different names", "name alike what is alike")
        if self.stack and at - self.began > LARGEST:
            raise self.refuse("one event of more than 32 MB", "split the event")

    def taken(self) -> list[Part]:
        parts, self.parts = self.parts, []
        return parts

    def refuse(self, said: str, mend: str) -> UnreadableXml:
        return _unreadable(self.parser.CurrentLineNumber, said, mend)

    def doctype(self, _: str, system: str | None, public: str | None, subset: int) -> None:
        """Pass a DOCTYPE that only names the root: it can declare no entity."""
        if system or public or subset:
            raise self.refuse("a DOCTYPE that declares something: no entity is read here", "drop the DOCTYPE")

    def bind(self, prefix: str | None, uri: str | None) -> None:
        self.bindings.append((prefix or "", uri or ""))
        self.bound.setdefault(prefix or "", []).append(uri or "")

    def unbind(self, prefix: str | None) -> None:
        self.bound[prefix or ""].pop()

    def spoken(self, name: str) -> frozenset[str]:
        """Tell where words stand in an element."""
        found = self.words.get(name)
        if found is None:
            namespace, _, rest = name.partition(SEPARATOR) if SEPARATOR in name else ("", "", name)
            local = rest.partition(SEPARATOR)[0] if namespace in STANDARD_1 else ""
            found = self.words[name] = WORDS.get(local, frozenset())
        return found

    def meant(self, text: str) -> str:
        """Write a value that is a name as expat writes names: only here is it known what binds its prefix."""
        found = _NAME(text)
        if found is None or not self.bound.get(found[1]):
            return text
        return text.replace(found[0].strip(), SEPARATOR.join((self.bound[found[1]][-1], found[2], found[1])))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self.stack
        if attributes:
            words = self.spoken(name)
            for attribute, value in attributes.items():
                if attribute in words or attribute.startswith(_XSI_TYPE):
                    attributes[attribute] = self.meant(value)
        element = Element(name, attributes, self.parser.CurrentLineNumber)
        if stack:
            self.count += 1
            if len(stack) >= self.room:
                raise self.refuse(f"more than {DEEPEST} elements within one another", "flatten it")
            if self.count > MOST:
                raise self.refuse(f"more than {MOST} elements in one event", "split the event")
            around = stack[-1]
            if around.children:
                around.children.append(element)
            else:
                around.children = [element]
            stack.append(element)
            return
        self.open(element)

    def open(self, element: Element) -> None:
        """Begin an element of the envelope, or a whole one in it."""
        name = element.name
        namespace, _, rest = name.partition(SEPARATOR) if SEPARATOR in name else ("", "", name)
        local = rest.partition(SEPARATOR)[0]
        around = self.path[-1] if self.path else ""
        if len(self.path) >= DEEPEST:
            raise self.refuse(f"more than {DEEPEST} elements within one another", "flatten it")
        self.path.append(local)
        if local in _ENVELOPE.get(around, ()) and (not self.path[1:] or namespace in STANDARD_1):
            self.parts.append(Part(tuple(self.path), element, self.bindings, opens=True))
            self.bindings = []
        else:
            self.began, self.count, self.room = self.parser.CurrentByteIndex, 0, DEEPEST - len(self.path)
            self.stack.append(element)

    def end(self, _: str) -> None:
        if not self.stack:
            self.path.pop()
            return
        element = self.stack.pop()
        if "#text" in self.spoken(element.name) and not element.children:
            element.text = self.meant(element.text)
        if not self.stack:
            self.parts.append(Part(tuple(self.path), element, self.bindings, opens=False))
            self.bindings = []
            self.path.pop()

    def text(self, text: str) -> None:
        if self.stack:
            element = self.stack[-1]
            if not element.children:
                element.text += text
            elif not _BLANK(text) and element.blank():
                element.text = text
        elif not _BLANK(text):
            raise self.refuse(f"text between the elements of {self.path[-1]}", "drop it")


def _unreadable(line: int, said: str, mend: str) -> UnreadableXml:
    return UnreadableXml(f"line {line}: {said}", line=line, rule="XML 1.0; no DTD", mend=mend)
