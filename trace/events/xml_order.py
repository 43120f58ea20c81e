"""The order in which the schemas' sequences want the standard's own elements of a captured document.

It is kept in events up to bizTransactionList, and within their parts. What follows bizTransactionList stands in any
order after it, and elements of others anywhere: GS1's own SensorDataExamples.xml has ilmd before sensorElementList.

>>> events = SEQUENCES["ObjectEvent"]
>>> events["eventTime"] < events["action"] < events["bizStep"] < events["sourceList"] == events["ilmd"]
True
>>> in_order(element, tree, "ObjectEvent", names)
BadEvent: bizStep stands after disposition
"""

from collections.abc import Iterable, Iterator, Mapping

from zhuisu.events.errors import BadEvent
from zhuisu.events.xml_names import DECLARATION, FIELDS, QUANTITY, WRAPPERS, Names
from zhuisu.events.xml_scan import Element

_TAIL = frozenset(
    {
        *("quantityList", "childQuantityList", "sourceList", "destinationList"),
        *("sensorElementList", "persistentDisposition", "ilmd"),
    }
)


def _ranks(fields: Iterable[str]) -> dict[str, int]:
    """Number the fields of an event: those at its end, whose order is left free, alike."""
    names = [*fields]
    last = max(n for n, name in enumerate(names) if name not in _TAIL)
    return {name: min(n, last + 1) for n, name in enumerate(names)}


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: n for n, name in enumerate(names)}


SEQUENCES: Mapping[str, Mapping[str, int]] = {
    **{kind: _ranks(fields) for kind, fields in FIELDS.items()},
    "quantityElement": _numbered(QUANTITY),
    "persistentDisposition": _numbered(("unset", "set")),
    "sensorElement": _numbered(("sensorMetadata", "sensorReport")),
    "errorDeclaration": _numbered(DECLARATION),
}
ORDERED = frozenset(SEQUENCES) - {"errorDeclaration"}
"""What has an order in version 2. There an errorDeclaration is an xsd:choice, again and again."""
ORDERED_1 = frozenset({"quantityElement", "errorDeclaration"})
"""What has an order in version 1.x. That of its events is not kept by what is published as valid."""


def in_order(element: Element, tree: Iterable[str], kind: str, names: Names) -> None:
    """Check the order of an element that was read as ``tree``, where its document must keep it."""
    if kind not in names.ordered:
        return
    ranks = SEQUENCES[kind]
    told = [ranks[name] for name in tree if name in ranks]
    if told != sorted(told):  # or the end of the tree came from an attribute of ours
        elements_in_order(element, kind, names)


def elements_in_order(element: Element, kind: str, names: Names) -> None:
    """Check the order of the elements themselves."""
    if kind not in names.ordered:
        return
    ranks = SEQUENCES[kind]
    seen: list[str] = []
    for child in unwrapped(element, names):
        name = names.field(child.name)
        if name not in ranks:
            continue
        after = next((other for other in seen if ranks[other] > ranks[name]), "")
        if after:
            raise BadEvent(
                f"{name} stands after {after}",
                where=f"/{name}",
                rule=f"EPCIS XML schema, xsd:sequence of {kind}",
                mend=f"put {name} before {after}",
                line=child.line,
            )
        if name not in seen:
            seen.append(name)


def unwrapped(element: Element, names: Names) -> Iterator[Element]:
    """Give what stands in an element, and in the wrappers of version 1.x within it."""
    for child in element.children:
        if names.field(child.name) in WRAPPERS:
            yield from unwrapped(child, names)
        else:
            yield child
