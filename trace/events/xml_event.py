r"""One stored event -> its element of EPCIS 2.0 XML, with nothing lost.

Elements stand in the order of the schema. What XML cannot say by itself stands in attributes of ``urn:zhuisu:xml``:
``list`` names members that are lists though single, ``json`` holds members that no element can be, ``context`` the
entries of the @context that no xmlns can. Other readers skip them.

>>> Writer([{"x": "https://x.example/"}]).extension("x:kilos", [Decimal("3.5")])
'<x:kilos xsi:type="xsd:decimal">3.5</x:kilos>'
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from zhuisu.events.tree import EVERY_FIELD, shaped
from zhuisu.events.xml_bind import Bindings
from zhuisu.events.xml_names import (
    DECLARATION,
    EXTENDED,
    FIELDS,
    METADATA,
    PARTIES,
    PLACE,
    REPORT,
    SCHEMA_TYPES,
    STANDARD_1,
    US,
    WORDS,
    WRAPPERS,
    XSI,
    Shape,
)
from zhuisu.events.xml_text import ILLEGAL, Unsayable, ascii_json, legal, plain, quoted, text_of, typed

_encode = msgspec.json.Encoder(decimal_format="number").encode
_WORD = re.compile(r"[^\s:]+:(?!//)\S+").fullmatch


class Writer(Bindings):
    """One event, and what it could not say."""

    def event(self, tree: dict[str, Any]) -> str:
        """Write the event."""
        kind = name = tree.pop("type")
        if kind in FIELDS:
            attributes, body = self.fill(tree, FIELDS[kind])
        else:
            name, attributes, body = self.extended(kind, tree)
        return f"<{name}{self.bound(_encode(tree))}{attributes}>{body}</{name}>"

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
        except Unsayable:
            name = self.named(kind)
            hidden["type"] = kind
        standard = {n: (_WRITE[shape], tree[n]) for n, shape in EXTENDED.items() if n in known and n in tree}
        rest = {n: value for n, value in tree.items() if n not in standard and n not in hidden}
        return name, *self.body(standard, rest, hidden)

    def fill(self, tree: Mapping[str, Any], shapes: Mapping[str, Shape]) -> tuple[str, str]:
        """Write fields in their order, then extensions: attributes and inner text of the element that holds them."""
        standard = {name: (_WRITE[shape], tree[name]) for name, shape in shapes.items() if name in tree}
        extensions = {name: value for name, value in tree.items() if name not in shapes}
        return self.body(standard, extensions)

    def body(
        self,
        standard: Mapping[str, tuple[Callable[["Writer", str, Any], str], Any]],
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
            except Unsayable:
                hidden[name] = value
        for name, value in extensions.items():
            try:
                if name.startswith("@") and isinstance(value, str):
                    attributes += self.attribute(name, value)
                    continue
                inner.append(self.extension(self.element(name), value))
                if isinstance(value, list) and len(value) == 1:
                    single.append(name)
            except Unsayable:
                hidden[name] = value
        return attributes + self.ours(hidden, single), "".join(inner)

    def ours(self, hidden: dict[str, Any], single: list[str]) -> str:
        """Write our attributes: members that no element can be, and names of lists of one."""
        told = f' {US}:list="{" ".join(single)}"' if single else ""
        if hidden:
            self.hide(hidden)
            told += f' {US}:json="{quoted(ascii_json(hidden))}"'
        return told

    def typed(self, value: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Write ``@xsi:type`` as XML has it, if it names somebody's type; the rest of the object stays."""
        kind = value.get("@xsi:type")
        if not isinstance(kind, str) or not _WORD(kind) or self.scope.prefixes.get("xsi") != XSI:
            return "", value
        if SCHEMA_TYPES(self.scope.expand(kind)) or not self.speak(kind):
            return "", value
        return f' xsi:type="{quoted(legal(kind))}"', {k: v for k, v in value.items() if k != "@xsi:type"}

    def extension(self, name: str, value: Any) -> str:
        """Write a value as elements called ``name``."""
        match value:
            case str():
                return f"<{name}>{text_of(legal(value))}</{name}>"
            case None:
                return f'<{name} xsi:nil="true"/>'
            case bool() | int() | Decimal():
                kind, text = typed(value)
                return f'<{name} xsi:type="xsd:{kind}">{text}</{name}>'
            case list() if value and not any(isinstance(item, list) for item in value):
                return "".join([self.extension(name, item) for item in value])
            case dict():
                return self.object(name, value)
            case _:
                raise Unsayable

    def object(self, name: str, value: dict[str, Any]) -> str:
        """Write an object as one element."""
        match value:
            case {"#text": str() | int() | Decimal() as own, **rest} if (
                rest
                and own != ""
                and all(
                    key.startswith("@") and isinstance(item, str) and not ILLEGAL(item) for key, item in rest.items()
                )
            ):
                kind, text = ("", text_of(legal(own))) if isinstance(own, str) else typed(own)
                told, others = (f' xsi:type="xsd:{kind}"', rest) if kind else self.typed(rest)
                attributes = "".join(self.attribute(key, item) for key, item in others.items())
                return f"<{name}{told}{attributes}>{text}</{name}>"
            case _ if not value or "#text" in value:
                self.hide(value)
                return f'<{name} {US}:json="{quoted(ascii_json(value))}"/>'
            case _:
                told, members = self.typed(value)
                attributes, body = self.body({}, members)
                return f"<{name}{told}{attributes}>{body}</{name}>"

    def field(self, name: str, value: Any) -> str:
        """Write a text of the standard."""
        return f"<{name}>{text_of(legal(value))}</{name}>"

    def word(self, name: str, value: str) -> str:
        """Write a word of a vocabulary, whose prefix is bound at the end."""
        self.words.append(value)
        return self.field(name, value)

    def fields(self, name: str, value: Any) -> str:
        """Write one text or several as elements of one name."""
        values = value if isinstance(value, list) else [value]
        if not values:
            raise Unsayable
        return "".join([self.field(name, item) for item in values])

    def quantities(self, name: str, value: Any) -> str:
        """Write a list of quantities."""
        return f"<{name}>{''.join(map(_quantity, value))}</{name}>"

    def open(self, name: str, value: Any, shapes: Mapping[str, Shape]) -> str:
        """Write a field that takes extensions."""
        attributes, body = self.fill(value, shapes)
        return f"<{name}{attributes}>{body}</{name}>"

    def persistent(self, name: str, value: Any) -> str:
        """Write a persistentDisposition."""
        inner = "".join(self.word(key, item) for key in ("unset", "set") for item in value.get(key, ()))
        return f"<{name}>{inner}</{name}>"

    def sensors(self, name: str, value: Any) -> str:
        """Write a sensorElementList."""
        if not value:
            raise Unsayable
        return f"<{name}>{''.join(self.sensor_element(item) for item in value)}</{name}>"

    def sensor_element(self, element: dict[str, Any]) -> str:
        """Write one sensorElement of it."""
        inner = (
            self.sensed("sensorMetadata", element["sensorMetadata"], METADATA) if "sensorMetadata" in element else ""
        )
        inner += "".join(self.sensed("sensorReport", report, REPORT) for report in element["sensorReport"])
        rest = {k: v for k, v in element.items() if k not in ("sensorMetadata", "sensorReport")}
        attributes, body = self.body({}, rest)
        return f"<sensorElement{attributes}>{inner}{body}</sensorElement>"

    def sensed(self, name: str, tree: dict[str, Any], order: tuple[str, ...]) -> str:
        """Write sensorMetadata or a sensorReport: all in attributes."""
        hidden: dict[str, Any] = {}
        told = ""
        for key in (*[key for key in order if key in tree], *[key for key in tree if key not in order]):
            value = tree[key]
            try:
                if key in WORDS["sensorReport"]:
                    self.words.append(value)
                if key in order and not (key == "hexBinaryValue" and len(value) % 2):  # half a byte is none in XML
                    told += f' {key}="{quoted(legal(plain(value)))}"'
                elif isinstance(value, str) and ":" in key:
                    told += self.attribute(key, value)
                else:
                    hidden[key] = value
            except Unsayable:
                hidden[key] = value
        return f"<{name}{told}{self.ours(hidden, [])}/>"


def _list_of(item_name: str) -> Callable[[Writer, str, Any], str]:
    def write(writer: Writer, name: str, value: Any) -> str:
        return f"<{name}>{''.join([writer.field(item_name, item) for item in value])}</{name}>"

    return write


def _quantity(item: dict[str, Any]) -> str:
    told = f"<epcClass>{text_of(legal(item['epcClass']))}</epcClass>"
    if "quantity" in item:
        told += f"<quantity>{Decimal(item['quantity']):f}</quantity>"  # an xsd:decimal has no exponent
    elif "uom" in item:
        told += '<quantity xsi:nil="true"/>'
    told += f"<uom>{text_of(legal(item['uom']))}</uom>" if "uom" in item else ""
    return f"<quantityElement>{told}</quantityElement>"


def _parties(item_name: str) -> Callable[[Writer, str, Any], str]:
    def write(writer: Writer, name: str, value: Any) -> str:
        if not value:  # XML wants one at least
            raise Unsayable
        inner = ""
        for item in value:
            writer.words += [item["type"]] if "type" in item else []
            kind = f' type="{quoted(legal(item["type"]))}"' if "type" in item else ""
            inner += f"<{item_name}{kind}>{text_of(legal(item[item_name]))}</{item_name}>"
        return f"<{name}>{inner}</{name}>"

    return write


_WRITE: Mapping[Shape, Callable[[Writer, str, Any], str]] = {
    Shape.TEXT: Writer.field,
    Shape.WORD: Writer.word,
    Shape.TEXTS: Writer.fields,
    Shape.TIME: Writer.field,
    Shape.EPCS: _list_of("epc"),
    Shape.QUANTITIES: Writer.quantities,
    Shape.PLACE: lambda writer, name, value: writer.open(name, value, PLACE),
    Shape.DECLARATION: lambda writer, name, value: writer.open(name, value, DECLARATION),
    Shape.CORRECTIVE: _list_of("correctiveEventID"),
    Shape.PERSISTENT: Writer.persistent,
    Shape.SENSORS: Writer.sensors,
    Shape.OPEN: lambda writer, name, value: writer.open(name, value, {}),
    **{shape: _parties(name) for shape, name in PARTIES.items()},
}
