"""An element of anybody's -> a value of JSON: ILMD, extensions, master data, headers.

A number or a truth is told by ``xsi:type``, all else is text. An element that comes again is a list. Attributes are
members with ``@``, the text beside them is ``#text``:

>>> extension(<cbvmda:netWeight measurementUnitCode="KGM">3.5</cbvmda:netWeight>, names)
{'@measurementUnitCode': 'KGM', '#text': '3.5'}
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events.errors import BadEvent, UnknownField, shown
from zhuisu.events.xml_names import OURS, SCHEMA_TYPES, SEPARATOR, XSI, Names
from zhuisu.events.xml_scan import Element

SCHEMA = "EPCIS 2.0 XML schema"

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_NUMBER = re.compile(r"[+-]?(?:\d+(\.\d*)?|(\.\d+))([eE][+-]?\d+)?", re.ASCII).fullmatch
_NUMERIC = frozenset(
    (
        *("integer", "int", "long", "short", "byte", "decimal", "double", "float", "nonNegativeInteger"),
        *("positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_TO_THE_MINUTE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)", re.ASCII).fullmatch
ENVELOPE = frozenset({"schemaVersion", "creationDate"})
"""Attributes of a document, which a bare event may carry in its stead."""
_XSI, _OURS = XSI + SEPARATOR, OURS + SEPARATOR


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
            members["@" + names.member(name)] = names.text(value)
    if SEPARATOR in kind and not SCHEMA_TYPES(kind.strip()):
        members[f"@{names.prefix(XSI, 'xsi')}:type"] = names.value(kind.strip())
        kind = ""
    if element.children:
        no_text(element)
        for child in element.children:
            add(members, names.member(child.name), extension(child, names))
    else:
        text = names.text(element.text)
        own = None if nil.strip() in TRUE else _typed(text, kind)
        if not members and not ours:
            return own
        if text:
            members["#text"] = own
    rest(members, ours)
    return members


def add(tree: dict[str, Any], name: str, value: Any) -> None:
    """Put a member in; one that comes again makes a list."""
    if name not in tree:
        tree[name] = value
    elif isinstance(tree[name], list):
        tree[name].append(value)
    else:
        tree[name] = [tree[name], value]


def _typed(text: str, kind: str) -> Any:
    local = kind.split(SEPARATOR)[1] if SEPARATOR in kind else kind.rpartition(":")[2].strip()
    if local in _NUMERIC:
        return number(text.strip(), text)
    if local == "boolean":
        return TRUTHS.get(text.strip(), text)
    return text


def number(text: str, otherwise: str) -> Any:
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


TRUTHS = {"true": True, "1": True, "false": False, "0": False}
TRUE = frozenset(text for text, truth in TRUTHS.items() if truth)


def attributes(element: Element, tree: dict[str, Any], names: Names) -> dict[str, str]:
    """Read attributes of a field that takes extensions; returns ours."""
    ours: dict[str, str] = {}
    for name, value in element.attributes.items():
        if name.startswith(_OURS):
            ours[name.split(SEPARATOR)[1]] = value
        elif SEPARATOR in name and not name.startswith(_XSI):
            tree[names.member(name)] = value
        elif SEPARATOR not in name and name not in ENVELOPE:
            raise unknown(name, ["an attribute of your own namespace"])
    return ours


def rest(tree: dict[str, Any], ours: Mapping[str, str]) -> None:
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


def time(text: str) -> str:
    """Write the seconds that ISO 8601 lets people leave out and xsd:dateTime does not."""
    return _TO_THE_MINUTE(text).expand(r"\1:00\2") if _TO_THE_MINUTE(text) else text  # type: ignore[union-attr]


def no_text(element: Element) -> None:
    """Check that no text stands beside the elements within."""
    if not element.blank():
        raise BadEvent(
            f"text {shown(element.text.strip())} beside elements",
            rule=f"{SCHEMA}: no mixed content",
            mend="give the text an element of its own",
            line=element.line,
        )


def twice(name: str) -> BadEvent:
    """Refuse a field that stands twice."""
    return BadEvent(f"{name} stands twice", rule=f"{SCHEMA}, maxOccurs", mend="keep one of them")


def unknown(name: str, known: list[str]) -> UnknownField:
    """Refuse an element or attribute that nobody knows."""
    return UnknownField(f"{shown(name)} is not known here", rule=SCHEMA, mend=f"use {' or '.join(known)}")
