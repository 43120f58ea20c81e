"""One sensorElement in EPCIS XML -> its JSON tree: attributes become members, each of the type that JSON gives it.

>>> sensor_element(<sensorElement><sensorReport type="gs1:Temperature" value="3.5"/></sensorElement>, names)
{'sensorReport': [{'type': 'gs1:Temperature', 'value': Decimal('3.5')}]}
"""

from typing import Any

from zhuisu.events.errors import BadEvent, shown
from zhuisu.events.xml_extension import (
    SCHEMA,
    TRUTHS,
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
from zhuisu.events.xml_names import BOOLEANS, NUMBERS, OURS, SEPARATOR, STRINGS, TIMES, XSI, Names
from zhuisu.events.xml_order import elements_in_order
from zhuisu.events.xml_scan import Element

_XSI, _OURS = XSI + SEPARATOR, OURS + SEPARATOR


def sensor_element(element: Element, names: Names) -> dict[str, Any]:
    """Read one sensorElement, also if version 1.x wraps what is in it."""
    tree: dict[str, Any] = {}
    _sense(element, tree, names)
    elements_in_order(element, "sensorElement", names)
    return tree


def _sense(element: Element, tree: dict[str, Any], names: Names) -> None:
    no_text(element)
    ours = attributes(element, tree, names)
    for child in element.children:
        name = names.field(child.name)
        try:
            match name:
                case "sensorMetadata" if name in tree:
                    raise twice(name)
                case "sensorMetadata":
                    tree[name] = _sensed(child, names)
                case "sensorReport":
                    tree.setdefault(name, []).append(_sensed(child, names))
                case "extension":
                    _sense(child, tree, names)
                case _ if ":" in name:
                    add(tree, name, extension(child, names))
                case _:
                    raise unknown(name, ["sensorMetadata", "sensorReport", "an element of your own namespace"])
        except BadEvent as refusal:
            refusal.facts.setdefault("line", child.line)
            raise refusal.under(name) from None
    rest(tree, ours)


def _sensed(element: Element, names: Names) -> dict[str, Any]:
    """Read sensorMetadata or a sensorReport: all in attributes."""
    no_text(element)
    tree: dict[str, Any] = {}
    ours: dict[str, str] = {}
    for name, value in element.attributes.items():
        if SEPARATOR in name:
            if name.startswith(_OURS):
                ours[name.split(SEPARATOR)[1]] = value
            elif not name.startswith(_XSI):
                tree[names.member(name)] = value
        elif name in NUMBERS:
            tree[name] = number(value.strip(), value)
        elif name in BOOLEANS:
            tree[name] = TRUTHS.get(value.strip(), value)
        elif name in TIMES:
            tree[name] = time(value.strip())
        elif name == "hexBinaryValue" and len(value.strip()) % 2:
            raise BadEvent(
                f"{shown(value.strip())} has half a byte",
                where=f"/{name}",
                rule=f"{SCHEMA}, hexBinaryValue: xsd:hexBinary",
                mend="write two digits for each byte",
            )
        else:
            tree[name] = value if name in STRINGS else names.text(value.strip())
    for child in element.children:
        add(tree, names.field(child.name), extension(child, names))
    rest(tree, ours)
    return tree
