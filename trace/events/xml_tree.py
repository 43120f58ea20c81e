"""One event in XML, of EPCIS 1.1, 1.2 or 2.0 -> the JSON tree that ``tree.event`` reads, and where it stands there.

>>> tree = event(element, names)
>>> tree["type"], tree["epcList"]
('ObjectEvent', ['urn:epc:id:sgtin:4012345.011111.9876'])
>>> line(element, "/epcList/0", names)
7
"""

from typing import Any

from zhuisu.events.errors import BadEvent
from zhuisu.events.xml_extension import ENVELOPE
from zhuisu.events.xml_fields import EPCIS_1, EXTENDED_READERS, IS_URI, READERS, aside, fill
from zhuisu.events.xml_names import OURS, SEPARATOR, Names
from zhuisu.events.xml_order import in_order, unwrapped
from zhuisu.events.xml_scan import Element

_AGAIN = frozenset({"certificationInfo", "set", "unset", "sensorReport"})
_OURS = OURS + SEPARATOR


def event(element: Element, names: Names) -> dict[str, Any]:
    """Tell an event as JSON. BadEvent with its ``line`` where XML says what no JSON could."""
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
    readers = READERS.get(kind)
    if readers is not None:
        fill(element, tree, readers, names)
        in_order(element, tree, kind, names)
        tree.pop("@context", None)  # has an attribute of its own
        if EPCIS_1 in names.standard:
            if "ilmd" in tree and kind == "ObjectEvent" and tree.get("action") != "ADD":
                tree[aside("ilmd", names)] = tree.pop("ilmd")
            if "eventID" in tree and not IS_URI(tree["eventID"]):  # many wrote a bare UUID
                tree[aside("eventID", names)] = tree.pop("eventID")
            said = tree.get("errorDeclaration", {})
            if not all(map(IS_URI, said.get("correctiveEventIDs", ()))):
                said[aside("correctiveEventIDs", names)] = said.pop("correctiveEventIDs")
    return tree


def _extended(element: Element, names: Names) -> dict[str, Any]:
    """Tell an event of another's type: what every event says as the standard wants it, all else as it comes."""
    hidden = any(name.startswith(f"{_OURS}json") for name in element.attributes)
    tree: dict[str, Any] = {} if hidden else {"type": names.member(element.name)}
    for name in [name for name in element.attributes if SEPARATOR not in name and name not in ENVELOPE]:
        tree["@" + name] = element.attributes.pop(name)
    fill(element, tree, EXTENDED_READERS, names)
    tree.pop("@context", None)
    return {"type": tree.pop("type", None) or names.member(element.name), **tree}


def line(element: Element, where: str, names: Names) -> int:
    """Find the line of the value at a JSON pointer into the event's tree, or of what stands around it."""
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in where.split("/")[1:]]
    at = element
    while tokens:
        token = tokens.pop(0)
        inner = list(unwrapped(at, names))
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
