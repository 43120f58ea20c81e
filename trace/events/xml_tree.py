"""One event in XML, of EPCIS 1.1, 1.2 or 2.0 -> the JSON tree that ``tree.event`` reads.

Numbers and booleans of the standard's fields become JSON's; in extensions ``xsi:type`` says so, and all else is text.
An element that comes again is a list. Attributes of an extension are members with ``@``, its text then ``#text``:

>>> extension(<cbvmda:netWeight measurementUnitCode="KGM">3.5</cbvmda:netWeight>, names)
{'@measurementUnitCode': 'KGM', '#text': '3.5'}
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events.errors import BadEvent, UnknownField, shown
from zhuisu.events.xml_names import (
    BOOLEANS,
    DECLARATION,
    EXTENDED,
    FIELDS,
    HEAD,
    NUMBERS,
    OURS,
    PARTIES,
    PLACE,
    QUANTITY,
    SEPARATOR,
    STRINGS,
    TIMES,
    WRAPPERS,
    XSI,
    Names,
    Shape,
)
from zhuisu.events.xml_scan import Element

SCHEMA = "EPCIS 2.0 XML schema"

Reader = Callable[[Element, Names], Any]

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_NUMBER = re.compile(r"[+-]?(?:\d+(\.\d*)?|(\.\d+))([eE][+-]?\d+)?", re.ASCII).fullmatch
_TO_THE_MINUTE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)", re.ASCII).fullmatch
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+").fullmatch
_EPCIS_1 = "urn:epcglobal:epcis:xsd:1"
_COMMON = frozenset({*HEAD, "baseExtension"})
_AGAIN = frozenset({"certificationInfo", "set", "unset", "sensorReport"})
_ENVELOPE = frozenset({"schemaVersion", "creationDate"})
"""Attributes of a document, which a bare event may carry in its stead."""
_NUMERIC = frozenset(
    (
        *("integer", "int", "long", "short", "byte", "decimal", "double", "float", "nonNegativeInteger"),
        *("positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_XSI, _OURS = XSI + SEPARATOR, OURS + SEPARATOR


def event(element: Element, names: Names, *, ordered: bool = False) -> dict[str, Any]:
    """Tell an event as JSON. BadEvent with its ``line`` where XML says what no JSON could.

    ``ordered``: what every event says must stand before what its type adds.
    """
    if SEPARATOR in element.name and element.name.partition(SEPARATOR)[0] not in names.standard:
        return _extended(element, names)
    kind = names.field(element.name)
    tree: dict[str, Any] = {"type": kind}
    if kind == "QuantityEvent":
        raise BadEvent(
            "a QuantityEvent",
            where="/type",
            rule="EPCIS 2.0 §7.4: no longer an event type",
            mend="send an ObjectEvent with a quantityList",
        )
    readers = _FIELDS.get(kind)
    if readers is not None:
        _fill(element, tree, readers, names)
        if ordered:
            told = [name in _COMMON for name in tree if name in readers]
            if told != sorted(told, reverse=True):  # or its end came from elsewhere
                _common_first(element, names)
        tree.pop("@context", None)  # has an attribute of its own
        if _EPCIS_1 in names.standard:
            if "ilmd" in tree and kind == "ObjectEvent" and tree.get("action") != "ADD":
                tree[_aside("ilmd", names)] = tree.pop("ilmd")
            if "eventID" in tree and not _URI(tree["eventID"]):  # many wrote a bare UUID
                tree[_aside("eventID", names)] = tree.pop("eventID")
    return tree


def _extended(element: Element, names: Names) -> dict[str, Any]:
    """Tell an event of another's type: what every event says as the standard wants it, all else as it comes."""
    hidden = any(name.startswith(f"{_OURS}json") for name in element.attributes)
    tree: dict[str, Any] = {} if hidden else {"type": names.member(element.name)}
    for name in [name for name in element.attributes if SEPARATOR not in name and name not in _ENVELOPE]:
        tree["@" + name] = element.attributes.pop(name)
    _fill(element, tree, _EXTENDED, names)
    tree.pop("@context", None)
    return {"type": tree.pop("type", None) or names.member(element.name), **tree}


def _common_first(element: Element, names: Names) -> None:
    """Check the order that published documents keep; within each half they do not (EPCISEventType is the base)."""
    before = ""
    for child in element.children:
        name = names.field(child.name)
        if name not in _COMMON:
            before = before or (name if ":" not in name else "")
        elif before:
            raise BadEvent(
                f"{name} stands after {before}",
                where=f"/{name}",
                rule=f"{SCHEMA}, EPCISEventType",
                mend=f"put it before {before}",
                line=child.line,
            )


def _aside(name: str, names: Names) -> str:
    """Name a field of version 1.x as an extension, where its schema lets pass what 2.0 does not."""
    return f"{names.prefix(_EPCIS_1, 'epcis1')}:{name}"


def line(element: Element, where: str, names: Names) -> int:
    """Find the line of the value at a JSON pointer into the event's tree, or of what stands around it."""
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in where.split("/")[1:]]
    at = element
    while tokens:
        token = tokens.pop(0)
        inner = list(_unwrapped(at, names))
        if token.isdecimal():
            found = inner[int(token) : int(token) + 1]
        else:
            found = [child for child in inner if token in (names.field(child.name), names.member(child.name))]
            if tokens and tokens[0].isdecimal() and (token in _AGAIN or len(found) > 1):
                index = int(tokens.pop(0))
                found = found[index : index + 1]
        if not found:
            break
        at = found[0]
    return at.line


def more_context(element: Element) -> str:
    """Give the entries of the event's @context that no xmlns can say, as JSON; "" if there are none."""
    return next((value for name, value in element.attributes.items() if name.startswith(f"{_OURS}context")), "")


def _unwrapped(element: Element, names: Names) -> Iterator[Element]:
    for child in element.children:
        if names.field(child.name) in WRAPPERS:
            yield from _unwrapped(child, names)
        else:
            yield child


def _fill(element: Element, tree: dict[str, Any], readers: Mapping[str, Reader], names: Names) -> None:
    """Read fields and extensions into ``tree``; 1.x keeps its later fields in wrappers, which vanish."""
    _no_text(element)
    ours = _attributes(element, tree, names) if element.attributes else {}
    for child in element.children:
        name = names.field(child.name)
        read = readers.get(name)
        try:
            if read is None:
                if name in WRAPPERS:
                    _fill(child, tree, readers, names)
                elif ":" in name or readers is _EXTENDED:
                    _add(tree, name, extension(child, names))
                else:
                    raise _unknown(name, [*readers, "an element of your own namespace"])
            elif read is _again:
                _add(tree, _certified(child, name, names), _text(child, names))
            elif name in tree:
                raise _twice(name)
            else:
                tree[name] = read(child, names)
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal if name in WRAPPERS else refusal.under(name) from None
    if ours:
        _rest(tree, ours)


def _certified(child: Element, name: str, names: Names) -> str:
    """Name the certificationInfo of version 1.x, which knew none: an extension, unless it is the URI that 2.0 wants."""
    if _EPCIS_1 in names.standard and not _URI(child.text.strip()):
        return _aside(name, names)
    return name


def _attributes(element: Element, tree: dict[str, Any], names: Names) -> dict[str, str]:
    """Read attributes of a field that takes extensions; returns ours."""
    ours: dict[str, str] = {}
    for name, value in element.attributes.items():
        if name.startswith(_OURS):
            ours[name.split(SEPARATOR)[1]] = value
        elif SEPARATOR in name and not name.startswith(_XSI):
            tree[names.member(name)] = value
        elif SEPARATOR not in name and name not in _ENVELOPE:
            raise _unknown(name, ["an attribute of your own namespace"])
    return ours


def _rest(tree: dict[str, Any], ours: Mapping[str, str]) -> None:
    """Add what XML could not say by itself."""
    if "json" in ours:
        try:
            rest = _decode(ours["json"])
        except (msgspec.MsgspecError, ArithmeticError, RecursionError, ValueError):
            raise BadEvent(
                "the attribute json is no JSON object", rule=f"namespace {OURS}", mend="drop the attribute"
            ) from None
        if "\0" in ours["json"] or r"\u0000" in ours["json"].replace(r"\\", ""):
            raise BadEvent("a text holds a NUL character", rule="a NUL cannot be stored as text", mend="drop \\u0000")
        tree.update((name, value) for name, value in rest.items() if name not in tree)
    for name in ours.get("list", "").split():
        if name in tree and not isinstance(tree[name], list):
            tree[name] = [tree[name]]


def extension(element: Element, names: Names) -> Any:
    """Read an element of anybody's: text, a number or truth by its xsi:type, null by xsi:nil, or an object."""
    kind = nil = ""
    ours: dict[str, str] = {}
    members: dict[str, Any] = {}
    for name, value in element.attributes.items():
        if name.startswith(_XSI):
            local = name.split(SEPARATOR)[1]
            kind, nil = (value, nil) if local == "type" else (kind, value if local == "nil" else nil)
        elif name.startswith(_OURS):
            ours[name.split(SEPARATOR)[1]] = value
        else:
            members["@" + names.member(name)] = value
    if element.children:
        _no_text(element)
        for child in element.children:
            _add(members, names.member(child.name), extension(child, names))
    else:
        text = element.text
        own = None if nil.strip() in _TRUE else _typed(text, kind)
        if not members and not ours:
            return own
        if text:
            members["#text"] = own
    _rest(members, ours)
    return members


def _add(tree: dict[str, Any], name: str, value: Any) -> None:
    """Put a member in; one that comes again makes a list."""
    if name not in tree:
        tree[name] = value
    elif isinstance(tree[name], list):
        tree[name].append(value)
    else:
        tree[name] = [tree[name], value]


def _typed(text: str, kind: str) -> Any:
    local = kind.rpartition(":")[2].strip()
    if local in _NUMERIC:
        return _number(text.strip(), text)
    if local == "boolean":
        return _BOOLEANS.get(text.strip(), text)
    return text


def _number(text: str, otherwise: str) -> Any:
    """Read a number, whole ones as JSON's integers."""
    found = _NUMBER(text) if len(text) <= 400 else None
    if not found:
        return otherwise
    if not (found[1] or found[2] or found[3]) and len(text) <= 18:
        return int(text)
    try:
        return Decimal(text)
    except ArithmeticError:
        return otherwise


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_TRUE = frozenset(text for text, truth in _BOOLEANS.items() if truth)


def _time(text: str) -> str:
    """Write the seconds that ISO 8601 lets people leave out and xsd:dateTime does not."""
    return _TO_THE_MINUTE(text).expand(r"\1:00\2") if _TO_THE_MINUTE(text) else text  # type: ignore[union-attr]


def _text(element: Element, _: Names) -> str:
    """Read simple content, blanks around it dropped (xsd:anyURI, xsd:token)."""
    if element.children:
        raise BadEvent(
            "elements within, where text is wanted", rule=f"{SCHEMA}, simple content", mend="write text only"
        )
    for name in element.attributes:
        if not name.startswith(_XSI):
            raise _unknown(name.split(SEPARATOR)[-1], ["no attribute"])
    return element.text.strip()


def _again(element: Element, names: Names) -> str:
    """Read one of several texts."""
    return _text(element, names)


def _no_text(element: Element) -> None:
    if not element.blank():
        raise BadEvent(
            f"text {shown(element.text.strip())} beside elements",
            rule=f"{SCHEMA}: no mixed content",
            mend="give the text an element of its own",
            line=element.line,
        )


def _nil(element: Element) -> bool:
    return any(name.startswith(f"{_XSI}nil") and value.strip() in _TRUE for name, value in element.attributes.items())


def _plain(element: Element) -> None:
    """Check that a list of the standard says nothing but its elements."""
    _no_text(element)
    for name in element.attributes:
        if not name.startswith(_XSI):
            raise _unknown(name.split(SEPARATOR)[-1], ["no attribute"])


def _list_of(name: str, read: Reader) -> Callable[[Element, Names], list[Any]]:
    """Make a reader of lists whose every element is called ``name``."""

    def read_list(element: Element, names: Names) -> list[Any]:
        _plain(element)
        found: list[Any] = []
        for child in element.children:
            try:
                if names.field(child.name) != name:
                    raise _unknown(names.field(child.name), [name])
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
                raise _unknown(name, [*QUANTITY])
            if name in tree:
                raise _twice(name)
            text = _text(child, names)
            if name != "quantity":
                tree[name] = text
            elif text or not _nil(child):  # the one field that may be nil: not told how many
                tree[name] = _number(text, text)
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal.under(name) from None
    return tree


def _party(name: str) -> Callable[[Element, Names], dict[str, str]]:
    def read(element: Element, _: Names) -> dict[str, str]:
        if element.children:
            raise BadEvent("elements within, where text is wanted", rule=f"{SCHEMA}, {name}", mend="write text only")
        tree: dict[str, str] = {}
        for attribute, value in element.attributes.items():
            if attribute == "type":
                tree["type"] = value.strip()
            elif not attribute.startswith(_XSI):
                raise _unknown(attribute.split(SEPARATOR)[-1], ["type"])
        tree[name] = element.text.strip()
        return tree

    return read


def _open(readers: Mapping[str, Reader]) -> Callable[[Element, Names], dict[str, Any]]:
    """Make a reader of a field with a few elements of the standard and any extensions."""

    def read(element: Element, names: Names) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        _fill(element, tree, readers, names)
        return tree

    return read


def _persistent(element: Element, names: Names) -> dict[str, list[str]]:
    _plain(element)
    tree: dict[str, list[str]] = {}
    for child in element.children:
        name = names.field(child.name)
        try:
            if name not in ("set", "unset"):
                raise _unknown(name, ["set", "unset"])
            tree.setdefault(name, []).append(_text(child, names))
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal.under(name) from None
    return tree


def _sensor_element(element: Element, names: Names) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    _sense(element, tree, names)
    return tree


def _sense(element: Element, tree: dict[str, Any], names: Names) -> None:
    _no_text(element)
    ours = _attributes(element, tree, names)
    for child in element.children:
        name = names.field(child.name)
        try:
            match name:
                case "sensorMetadata" if name in tree:
                    raise _twice(name)
                case "sensorMetadata":
                    tree[name] = _sensed(child, names)
                case "sensorReport":
                    tree.setdefault(name, []).append(_sensed(child, names))
                case "extension":
                    _sense(child, tree, names)
                case _ if ":" in name:
                    _add(tree, name, extension(child, names))
                case _:
                    raise _unknown(name, ["sensorMetadata", "sensorReport", "an element of your own namespace"])
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal.under(name) from None
    _rest(tree, ours)


def _sensed(element: Element, names: Names) -> dict[str, Any]:
    """Read sensorMetadata or a sensorReport: all in attributes."""
    _no_text(element)
    tree: dict[str, Any] = {}
    ours: dict[str, str] = {}
    for name, value in element.attributes.items():
        if SEPARATOR in name:
            if name.startswith(_OURS):
                ours[name.split(SEPARATOR)[1]] = value
            elif not name.startswith(_XSI):
                tree[names.member(name)] = value
        elif name in NUMBERS:
            tree[name] = _number(value.strip(), value)
        elif name in BOOLEANS:
            tree[name] = _BOOLEANS.get(value.strip(), value)
        elif name in TIMES:
            tree[name] = _time(value.strip())
        else:
            tree[name] = value if name in STRINGS else value.strip()
    for child in element.children:
        _add(tree, names.field(child.name), extension(child, names))
    _rest(tree, ours)
    return tree


def _or_else(read: Reader) -> Reader:
    """Make a reader of a field that only may be the standard's: if it does not look so, it is somebody else's."""

    def read_either(element: Element, names: Names) -> Any:
        try:
            return read(element, names)
        except BadEvent:
            return extension(element, names)

    return read_either


def _twice(name: str) -> BadEvent:
    return BadEvent(f"{name} stands twice", rule=f"{SCHEMA}, maxOccurs", mend="keep one of them")


def _unknown(name: str, known: list[str]) -> UnknownField:
    return UnknownField(f"{shown(name)} is not known here", rule=SCHEMA, mend=f"use {' or '.join(known)}")


_slow_epcs = _list_of("epc", _text)
_SIMPLE: Mapping[Shape, Reader] = {
    Shape.TEXT: _text,
    Shape.TEXTS: _again,
    Shape.TIME: lambda element, names: _time(_text(element, names)),
    Shape.EPCS: _epcs,
    Shape.QUANTITIES: _list_of("quantityElement", _quantity),
    Shape.CORRECTIVE: _list_of("correctiveEventID", _text),
    Shape.PERSISTENT: _persistent,
    Shape.SENSORS: _list_of("sensorElement", _sensor_element),
    **{shape: _list_of(name, _party(name)) for shape, name in PARTIES.items()},
}
_READ: Mapping[Shape, Reader] = {
    **_SIMPLE,
    Shape.PLACE: _open({name: _SIMPLE[shape] for name, shape in PLACE.items()}),
    Shape.DECLARATION: _open({name: _SIMPLE[shape] for name, shape in DECLARATION.items()}),
    Shape.OPEN: _open({}),
}
_EXTENDED = {name: _READ[shape] if name in HEAD else _or_else(_READ[shape]) for name, shape in EXTENDED.items()}
_FIELDS = {kind: {name: _READ[shape] for name, shape in shapes.items()} for kind, shapes in FIELDS.items()}
