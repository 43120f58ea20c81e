r"""EPCIS 2.0 XML out: a document or query results around stored events, with nothing lost between JSON and XML.

Elements stand in the order of the schema. What XML cannot say by itself stands in attributes of ``urn:zhuisu:xml``:
``list`` names members that are lists though single, ``json`` holds members that no element can be, ``context`` the
entries of the @context that no xmlns can. Other readers skip them.

>>> b"".join(write_xml([event.doc], now))
b'<?xml version="1.0" encoding="UTF-8"?>\n<epcisq:EPCISQueryDocument xmlns:epcisq="urn:epcglobal:epcis-query:xsd:2" …'
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from zhuisu.events.context import PREFIXES, Context, context, part
from zhuisu.events.times import milliseconds
from zhuisu.events.translate import CbvFormat, Spelling, translated
from zhuisu.events.tree import EVERY_FIELD, shaped
from zhuisu.events.xml_names import (
    DECLARATION,
    EPCIS,
    EXTENDED,
    FIELDS,
    METADATA,
    OURS,
    PARTIES,
    PLACE,
    QUANTITY,
    QUERY,
    REPORT,
    STANDARD,
    STANDARD_1,
    UNBOUND,
    WRAPPERS,
    XML,
    XSD,
    XSI,
    Shape,
)

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*", re.ASCII).fullmatch
_NAMESPACE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?:(?!//)|//(?:(?:[\w.~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)"
    r"(?::\d{0,5})?(?=[/?#]|\Z))"
    r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
).fullmatch
"""RFC 3986: some readers of XML refuse the document around any other."""
_LAST = re.compile(r"(.*[#/:])([A-Za-z_][A-Za-z0-9._-]*)", re.ASCII | re.DOTALL).fullmatch
_US, _TYPE = "zhuisu-xml", "zhuisu-type"
_TAKEN = frozenset({"xml", "xmlns", "xsi", "xsd", _US, _TYPE})
_HEAD = f'xmlns:xsi="{XSI}" xmlns:xsd="{XSD}" xmlns:{_US}="{OURS}" schemaVersion="2.0" creationDate="'
_PLAIN = Spelling(cbv=CbvFormat.Always_Web_URI)
"""XML has no bare words (CBV 2.0 §7)."""


def write_xml(
    docs: Iterable[bytes],
    created: datetime,
    *,
    name: str = "SimpleEventQuery",
    subscription: str = "",
    spelling: Spelling = _PLAIN,
    header: bytes = b"",
) -> Iterator[bytes]:
    """Write query results (EPCISQueryDocument) around stored events, piece by piece; ``created`` is aware.

    ``header`` is an EPCISHeader.
    """
    head = f'<epcisq:EPCISQueryDocument xmlns:epcisq="{QUERY}" {_HEAD}{milliseconds(created)}">'
    told = f"<queryName>{_text(name)}</queryName>"
    told += f"<subscriptionID>{_text(subscription)}</subscriptionID>" if subscription else ""
    yield f"{_DECLARED}{head}".encode() + header
    yield f"<EPCISBody><epcisq:QueryResults>{told}<resultsBody><EventList>".encode()
    for doc in docs:
        yield event_xml(doc, spelling)
    yield b"</EventList></resultsBody></epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>\n"


def write_document_xml(docs: Iterable[bytes], created: datetime, *, spelling: Spelling = _PLAIN) -> Iterator[bytes]:
    """Write an EPCISDocument around stored events, piece by piece; ``created`` is aware."""
    head = f'<epcis:EPCISDocument xmlns:epcis="{EPCIS}" {_HEAD}{milliseconds(created)}"><EPCISBody><EventList>'
    yield f"{_DECLARED}{head}".encode()
    for doc in docs:
        yield event_xml(doc, spelling)
    yield b"</EventList></EPCISBody></epcis:EPCISDocument>\n"


def event_xml(doc: bytes, spelling: Spelling = _PLAIN) -> bytes:
    """Write one stored event as an element for a document that binds xsi, xsd and our own namespace."""
    tree = _decode(doc)
    inherited, own = part(tree.pop("@context", None))
    entries = [*inherited, *(own if isinstance(own, list) else [] if own is None else [own])]
    tree = translated(tree, spelling)
    return _Writer(entries).event(tree).encode()


class _Unsayable(Exception):
    """XML has no way to say this by itself."""


class _Writer:
    """One event: which prefixes it uses, and what it could not say."""

    def __init__(self, entries: list[Any]) -> None:
        self.entries = entries
        self.scope: Context = context(entries)
        self.used: dict[str, str] = {}
        self.hidden: set[str] = set()

    def event(self, tree: dict[str, Any]) -> str:
        kind = name = tree.pop("type")
        if kind in FIELDS:
            attributes, body = self.fill(tree, FIELDS[kind])
        else:
            name, attributes, body = self.extended(kind, tree)
        bound = "".join(f' xmlns:{prefix}="{_quoted(uri)}"' for prefix, uri in self.used.items())
        more = self.more(_encode(tree))
        told = f' {_US}:context="{_quoted(_encode(more).decode())}"' if more else ""
        return f"<{name}{bound}{told}{attributes}>{body}</{name}>"

    def extended(self, kind: str, tree: dict[str, Any]) -> tuple[str, str, str]:
        """Write an event of another's type: name, attributes and inner text of its element.

        A type that is not written as the name of an element is told in the attribute ``json``. There stands also what
        this reader would take for something else.
        """
        known = EVERY_FIELD | shaped(tree, self.scope).keys()
        hidden = {n: v for n, v in tree.items() if n not in known and (n in EXTENDED or n in WRAPPERS or n[:1] == "@")}
        try:
            compact = ":" in kind and self.scope.prefixes.get(kind.partition(":")[0]) not in STANDARD_1
            name = self.element(kind if compact else "")
        except _Unsayable:
            name = self.typed(kind)
            hidden["type"] = kind
        standard = {n: (_WRITE[shape], tree[n]) for n, shape in EXTENDED.items() if n in known and n in tree}
        rest = {n: value for n, value in tree.items() if n not in standard and n not in hidden}
        return name, *self.body(standard, rest, hidden)

    def typed(self, kind: str) -> str:
        """Name an element after the URI of a type; ours stands for one that ends in no name."""
        meant = self.scope.prefixes.get(kind, kind)
        self.hidden |= {kind.partition(":")[0], meant.partition(":")[0]}
        uri = self.scope.expand(meant)
        last = _LAST(uri)
        if last is None:
            return f"{_US}:event"
        namespace, local = last.groups()
        for prefix in [prefix for prefix, bound in self.scope.prefixes.items() if bound == namespace]:
            try:
                return self.element(f"{prefix}:{local}")
            except _Unsayable:
                continue
        if _NAMESPACE(namespace) and not namespace.startswith("http://www.w3.org/2000/xmlns"):
            self.used[_TYPE] = namespace
            return f"{_TYPE}:{local}"
        return f"{_US}:event"

    def more(self, doc: bytes) -> list[Any]:
        """Entries of the @context that bind what no xmlns of ours does."""
        found: list[Any] = []
        for entry in self.entries:
            if isinstance(entry, str):
                found.append(entry)
                continue
            terms = {
                term: value for term, value in entry.items() if not isinstance(value, str) or self.needs(term, doc)
            }
            found += [terms] if terms else []
        return found

    def needs(self, prefix: str, doc: bytes) -> bool:
        namespace = self.scope.prefixes.get(prefix)
        start = _encode(prefix)[:-1] + b":"
        if PREFIXES.get(prefix) == namespace:
            return False
        return prefix in self.hidden or (
            start in doc and re.search(re.escape(start) + rb'(?:[^"\\]|\\.)*"(?!:)', doc) is not None
        )

    def fill(self, tree: Mapping[str, Any], shapes: Mapping[str, Shape]) -> tuple[str, str]:
        """Write fields in their order, then extensions: attributes and inner text of the element that holds them."""
        standard = {name: (_WRITE[shape], tree[name]) for name, shape in shapes.items() if name in tree}
        extensions = {name: value for name, value in tree.items() if name not in shapes}
        return self.body(standard, extensions)

    def body(
        self,
        standard: Mapping[str, tuple[Callable[["_Writer", str, Any], str], Any]],
        extensions: Mapping[str, Any],
        aside: Mapping[str, Any] = MappingProxyType({}),
    ) -> tuple[str, str]:
        """The same for fields with their writers; what is put ``aside`` stands in the attribute ``json``."""
        hidden = dict(aside)
        single: list[str] = []
        inner: list[str] = []
        attributes = ""
        for name, (write, value) in standard.items():
            try:
                inner.append(write(self, name, value))
                if name == "certificationInfo" and isinstance(value, list) and len(value) == 1:
                    single.append(name)
            except _Unsayable:
                hidden[name] = value
        for name, value in extensions.items():
            try:
                if name.startswith("@") and isinstance(value, str):
                    attributes += f' {self.attribute(name)}="{_quoted(_legal(value))}"'
                    continue
                inner.append(self.extension(self.element(name), value))
                if isinstance(value, list) and len(value) == 1:
                    single.append(name)
            except _Unsayable:
                hidden[name] = value
        return attributes + self.ours(hidden, single), "".join(inner)

    def ours(self, hidden: dict[str, Any], single: list[str]) -> str:
        told = f' {_US}:list="{" ".join(single)}"' if single else ""
        if hidden:
            self.hide(hidden)
            told += f' {_US}:json="{_quoted(_ascii(hidden))}"'
        return told

    def hide(self, value: Any) -> None:
        """Remember the prefixes of names that only JSON tells: no xmlns binds them."""
        match value:
            case dict():
                for name, item in value.items():
                    self.hidden.add(name.removeprefix("@").partition(":")[0])
                    self.hide(item)
            case list():
                for item in value:
                    self.hide(item)

    def element(self, name: str) -> str:
        """Write the name of an extension's element."""
        prefix, colon, local = name.partition(":")
        if not colon:
            if not _NAME(name):
                raise _Unsayable
            return name
        namespace = self.scope.prefixes.get(prefix) or UNBOUND + prefix
        if not _NAME(prefix) or not _NAME(local) or prefix in _TAKEN or namespace in {*STANDARD, XML, XSI, OURS}:
            raise _Unsayable
        if self.used.get(prefix) is None:
            if (
                namespace in self.used.values()
                or not _NAMESPACE(namespace)
                or namespace.startswith("http://www.w3.org/2000/xmlns")
            ):
                raise _Unsayable
            if namespace.startswith(UNBOUND) and namespace != UNBOUND + prefix:
                raise _Unsayable
            self.used[prefix] = namespace
        return name

    def attribute(self, name: str) -> str:
        """Write the name of an extension's attribute, ``@name`` in JSON."""
        bare = name.removeprefix("@")
        if bare == "xml:lang":
            return bare
        if bare == "xmlns":
            raise _Unsayable
        return self.element(bare)

    def extension(self, name: str, value: Any) -> str:
        """Write a value as elements called ``name``."""
        match value:
            case str():
                return f"<{name}>{_text(_legal(value))}</{name}>"
            case None:
                return f'<{name} xsi:nil="true"/>'
            case bool() | int() | Decimal():
                kind, text = _typed(value)
                return f'<{name} xsi:type="xsd:{kind}">{text}</{name}>'
            case list() if value and not any(isinstance(item, list) for item in value):
                return "".join([self.extension(name, item) for item in value])
            case dict():
                return self.object(name, value)
            case _:
                raise _Unsayable

    def object(self, name: str, value: dict[str, Any]) -> str:
        match value:
            case {"#text": str() | int() | Decimal() as own, **rest} if (
                rest
                and own != ""
                and all(
                    key.startswith("@") and isinstance(item, str) and not _ILLEGAL(item) for key, item in rest.items()
                )
            ):
                kind, text = ("", _text(_legal(own))) if isinstance(own, str) else _typed(own)
                attributes = "".join(f' {self.attribute(key)}="{_quoted(item)}"' for key, item in rest.items())
                told = f' xsi:type="xsd:{kind}"' if kind else ""
                return f"<{name}{told}{attributes}>{text}</{name}>"
            case _ if not value or "#text" in value:
                self.hide(value)
                return f'<{name} {_US}:json="{_quoted(_ascii(value))}"/>'
            case _:
                attributes, body = self.body({}, value)
                return f"<{name}{attributes}>{body}</{name}>"

    def field(self, name: str, value: Any) -> str:
        return f"<{name}>{_text(_legal(value))}</{name}>"

    def fields(self, name: str, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        if not values:
            raise _Unsayable
        return "".join([self.field(name, item) for item in values])

    def quantities(self, name: str, value: Any) -> str:
        inner = "".join(
            "<quantityElement>"
            + "".join(f"<{key}>{_text(_legal(_plain(item[key])))}</{key}>" for key in QUANTITY if key in item)
            + "</quantityElement>"
            for item in value
        )
        return f"<{name}>{inner}</{name}>"

    def open(self, name: str, value: Any, shapes: Mapping[str, Shape]) -> str:
        attributes, body = self.fill(value, shapes)
        return f"<{name}{attributes}>{body}</{name}>"

    def persistent(self, name: str, value: Any) -> str:
        inner = "".join(self.field(key, item) for key in ("unset", "set") for item in value.get(key, ()))
        return f"<{name}>{inner}</{name}>"

    def sensors(self, name: str, value: Any) -> str:
        return f"<{name}>{''.join(self.sensor_element(item) for item in value)}</{name}>"

    def sensor_element(self, element: dict[str, Any]) -> str:
        inner = (
            self.sensed("sensorMetadata", element["sensorMetadata"], METADATA) if "sensorMetadata" in element else ""
        )
        inner += "".join(self.sensed("sensorReport", report, REPORT) for report in element["sensorReport"])
        rest = {k: v for k, v in element.items() if k not in ("sensorMetadata", "sensorReport")}
        attributes, body = self.body({}, rest)
        return f"<sensorElement{attributes}>{inner}{body}</sensorElement>"

    def sensed(self, name: str, tree: dict[str, Any], order: tuple[str, ...]) -> str:
        hidden: dict[str, Any] = {}
        told = ""
        for key in (*[key for key in order if key in tree], *[key for key in tree if key not in order]):
            value = tree[key]
            try:
                if key in order:
                    told += f' {key}="{_quoted(_legal(_plain(value)))}"'
                elif isinstance(value, str) and ":" in key:
                    told += f' {self.attribute(key)}="{_quoted(_legal(value))}"'
                else:
                    hidden[key] = value
            except _Unsayable:
                hidden[key] = value
        return f"<{name}{told}{self.ours(hidden, [])}/>"


def _list_of(item_name: str) -> Callable[[_Writer, str, Any], str]:
    def write(writer: _Writer, name: str, value: Any) -> str:
        return f"<{name}>{''.join([writer.field(item_name, item) for item in value])}</{name}>"

    return write


def _parties(item_name: str) -> Callable[[_Writer, str, Any], str]:
    def write(writer: _Writer, name: str, value: Any) -> str:
        del writer
        inner = ""
        for item in value:
            kind = f' type="{_quoted(_legal(item["type"]))}"' if "type" in item else ""
            inner += f"<{item_name}{kind}>{_text(_legal(item[item_name]))}</{item_name}>"
        return f"<{name}>{inner}</{name}>"

    return write


_WRITE: Mapping[Shape, Callable[[_Writer, str, Any], str]] = {
    Shape.TEXT: _Writer.field,
    Shape.TEXTS: _Writer.fields,
    Shape.TIME: _Writer.field,
    Shape.EPCS: _list_of("epc"),
    Shape.QUANTITIES: _Writer.quantities,
    Shape.PLACE: lambda writer, name, value: writer.open(name, value, PLACE),
    Shape.DECLARATION: lambda writer, name, value: writer.open(name, value, DECLARATION),
    Shape.CORRECTIVE: _list_of("correctiveEventID"),
    Shape.PERSISTENT: _Writer.persistent,
    Shape.SENSORS: _Writer.sensors,
    Shape.OPEN: lambda writer, name, value: writer.open(name, value, {}),
    **{shape: _parties(name) for shape, name in PARTIES.items()},
}
_DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _legal(text: str) -> str:
    if _ILLEGAL(text):
        raise _Unsayable
    return text


def _text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def _quoted(text: str) -> str:
    return _text(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _typed(value: bool | int | Decimal) -> tuple[str, str]:
    """Name the type of XML schema, and write the value."""
    text = _plain(value)
    if len(text) > 400:
        raise _Unsayable
    match value:
        case bool():
            return "boolean", text
        case int():
            return "integer", text
        case _:
            return ("double" if "E" in text else "decimal"), text


def _ascii(value: Any) -> str:
    """Write JSON without any character that XML does not allow."""
    return re.sub(
        "[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", lambda m: f"\\u{ord(m[0]):04x}", _encode(value).decode()
    )
