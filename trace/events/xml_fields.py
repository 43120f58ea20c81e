"""The fields of an event in EPCIS XML -> those of its JSON tree, each by the shape that ``xml_names`` gives it.

Numbers of the standard's fields become JSON's; what a field does not know goes to ``extension``.

>>> READERS["ObjectEvent"]["epcList"](<epcList><epc>urn:x:1</epc></epcList>, names)
['urn:x:1']
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from zhuisu.events.errors import BadEvent, MissingField, shown
from zhuisu.events.xml_extension import (
    SCHEMA,
    TRUE,
    add,
    attributes,
    extension,
    no_text,
    number,
    rest,
    time,
    twice,
    unknown,
)
from zhuisu.events.xml_names import (
    DECLARATION,
    EXTENDED,
    FIELDS,
    HEAD,
    PARTIES,
    PLACE,
    QUANTITY,
    SEPARATOR,
    WRAPPERS,
    XSI,
    Names,
    Shape,
)
from zhuisu.events.xml_order import elements_in_order, in_order
from zhuisu.events.xml_scan import Element
from zhuisu.events.xml_sensors import sensor_element

Reader = Callable[[Element, Names], Any]

EPCIS_1 = "urn:epcglobal:epcis:xsd:1"
IS_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+").fullmatch
_XSI = XSI + SEPARATOR
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII).fullmatch


def fill(element: Element, tree: dict[str, Any], readers: Mapping[str, Reader], names: Names) -> None:
    """Read fields and extensions into ``tree``; 1.x keeps its later fields in wrappers, which vanish."""
    no_text(element)
    ours = attributes(element, tree, names) if element.attributes else {}
    for child in element.children:
        name = names.field(child.name)
        read = readers.get(name)
        try:
            if read is None:
                if name in WRAPPERS:
                    fill(child, tree, readers, names)
                elif ":" in name or readers is EXTENDED_READERS:
                    add(tree, name, extension(child, names))
                else:
                    raise unknown(name, [*readers, "an element of your own namespace"])
            elif read is _again:
                add(tree, _certified(child, name, names), _text(child, names))
            elif name in tree:
                raise twice(name)
            else:
                tree[name] = read(child, names)
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal if name in WRAPPERS else refusal.under(name) from None
    if ours:
        rest(tree, ours)


def _certified(child: Element, name: str, names: Names) -> str:
    """Name the certificationInfo of version 1.x, which knew none: an extension, unless it is the URI that 2.0 wants."""
    if EPCIS_1 in names.standard and not IS_URI(child.text.strip()):
        return aside(name, names)
    return name


def aside(name: str, names: Names) -> str:
    """Name a field of version 1.x as an extension, where its schema lets pass what 2.0 does not."""
    return f"{names.prefix(EPCIS_1, 'epcis1')}:{name}"


def _text(element: Element, _: Names) -> str:
    """Read simple content, blanks around it dropped (xsd:anyURI, xsd:token)."""
    if element.children:
        raise BadEvent(
            "elements within, where text is wanted", rule=f"{SCHEMA}, simple content", mend="write text only"
        )
    for name in element.attributes:
        if not name.startswith(_XSI):
            raise unknown(name.split(SEPARATOR)[-1], ["no attribute"])
    return element.text.strip()


def _word(element: Element, names: Names) -> str:
    """Read a word of a vocabulary."""
    return names.text(_text(element, names))


def _again(element: Element, names: Names) -> str:
    """Read one of several texts."""
    return _text(element, names)


def _nil(element: Element) -> bool:
    return any(name.startswith(f"{_XSI}nil") and value.strip() in TRUE for name, value in element.attributes.items())


def _plain(element: Element) -> None:
    """Check that a list of the standard says nothing but its elements."""
    no_text(element)
    for name in element.attributes:
        if not name.startswith(_XSI):
            raise unknown(name.split(SEPARATOR)[-1], ["no attribute"])


def _list_of(name: str, read: Reader, *, filled: bool = False) -> Callable[[Element, Names], list[Any]]:
    """Make a reader of lists whose every element is called ``name``; one at least if ``filled``."""

    def read_list(element: Element, names: Names) -> list[Any]:
        _plain(element)
        if filled and not element.children:
            raise MissingField(
                f"no {name} within", rule=f"{SCHEMA}, minOccurs of {name}", mend=f"add a {name}, or drop the empty list"
            )
        found: list[Any] = []
        for child in element.children:
            try:
                if names.field(child.name) != name:
                    raise unknown(names.field(child.name), [name])
                found.append(read(child, names))
            except BadEvent as refusal:
                refusal.facts.setdefault("line", child.line)
                raise refusal.under(len(found)) from None
        return found

    return read_list


def _epcs(element: Element, names: Names) -> list[str]:
    """Read a list of codes, the bulk of every document: at once where nothing is wrong with any."""
    if not element.attributes and element.blank():
        children = element.children
        if all(not child.children and not child.attributes and names.field(child.name) == "epc" for child in children):
            return [child.text.strip() for child in children]
    return _slow_epcs(element, names)


def _quantity(element: Element, names: Names) -> dict[str, Any]:
    _plain(element)
    tree: dict[str, Any] = {}
    for child in element.children:
        name = names.field(child.name)
        try:
            if name not in QUANTITY:
                raise unknown(name, [*QUANTITY])
            if name in tree:
                raise twice(name)
            text = _text(child, names)
            tree[name] = text if name != "quantity" else _amount(text, child)
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal.under(name) from None
    in_order(element, tree, "quantityElement", names)
    if "uom" in tree and "quantity" not in tree:
        raise MissingField(
            "uom without quantity",
            where="/uom",
            rule=f"{SCHEMA}, QuantityElementType",
            mend='add the quantity before it, <quantity xsi:nil="true"/> if it is not known; or drop uom',
        )
    if tree.get("quantity", 0) is None:
        del tree["quantity"]
    return tree


def _amount(text: str, element: Element) -> Any:
    """Read a quantity, an xsd:decimal; None for one that is nil, the one field that may be: not told how many."""
    if not text and _nil(element):
        return None
    found = number(text, text)
    if found is not text and not _DECIMAL(text):
        raise BadEvent(
            f"{shown(text)} has an exponent", rule=f"{SCHEMA}, quantity: xsd:decimal", mend="write all its digits"
        )
    return found


def _party(name: str) -> Callable[[Element, Names], dict[str, str]]:
    def read(element: Element, names: Names) -> dict[str, str]:
        if element.children:
            raise BadEvent("elements within, where text is wanted", rule=f"{SCHEMA}, {name}", mend="write text only")
        tree: dict[str, str] = {}
        for attribute, value in element.attributes.items():
            if attribute == "type":
                tree["type"] = names.text(value.strip())
            elif not attribute.startswith(_XSI):
                raise unknown(attribute.split(SEPARATOR)[-1], ["type"])
        tree[name] = element.text.strip()
        return tree

    return read


def _open(readers: Mapping[str, Reader]) -> Callable[[Element, Names], dict[str, Any]]:
    """Make a reader of a field with a few elements of the standard and any extensions."""

    def read(element: Element, names: Names) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        fill(element, tree, readers, names)
        return tree

    return read


def _declaration(element: Element, names: Names) -> dict[str, Any]:
    tree = _said(element, names)
    in_order(element, tree, "errorDeclaration", names)
    return tree


def _persistent(element: Element, names: Names) -> dict[str, list[str]]:
    _plain(element)
    tree: dict[str, list[str]] = {}
    for child in element.children:
        name = names.field(child.name)
        try:
            if name not in ("set", "unset"):
                raise unknown(name, ["set", "unset"])
            tree.setdefault(name, []).append(_word(child, names))
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal.under(name) from None
    elements_in_order(element, "persistentDisposition", names)
    return tree


def _or_else(read: Reader) -> Reader:
    """Make a reader of a field that only may be the standard's: if it does not look so, it is somebody else's."""

    def read_either(element: Element, names: Names) -> Any:
        try:
            return read(element, names)
        except BadEvent:
            return extension(element, names)

    return read_either


_slow_epcs = _list_of("epc", _text)
_SIMPLE: Mapping[Shape, Reader] = {
    Shape.TEXT: _text,
    Shape.WORD: _word,
    Shape.TEXTS: _again,
    Shape.TIME: lambda element, names: time(_text(element, names)),
    Shape.EPCS: _epcs,
    Shape.QUANTITIES: _list_of("quantityElement", _quantity),
    Shape.CORRECTIVE: _list_of("correctiveEventID", _text),
    Shape.PERSISTENT: _persistent,
    Shape.SENSORS: _list_of("sensorElement", sensor_element, filled=True),
    **{shape: _list_of(name, _party(name), filled=True) for shape, name in PARTIES.items()},
}
_said = _open({name: _SIMPLE[shape] for name, shape in DECLARATION.items()})
_READ: Mapping[Shape, Reader] = {
    **_SIMPLE,
    Shape.PLACE: _open({name: _SIMPLE[shape] for name, shape in PLACE.items()}),
    Shape.DECLARATION: _declaration,
    Shape.OPEN: _open({}),
}
EXTENDED_READERS = {name: _READ[shape] if name in HEAD else _or_else(_READ[shape]) for name, shape in EXTENDED.items()}
READERS = {kind: {name: _READ[shape] for name, shape in shapes.items()} for kind, shapes in FIELDS.items()}
