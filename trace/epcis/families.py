"""Families of query parameters (EPCIS 2.0 §8.2.7.1): those with a type, a unit, a field or an attribute in their name.

>>> family("EQ_bizTransaction_po", PREFIXES).name
'EQ_bizTransaction_po'
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from zhuisu.epcis import operands
from zhuisu.epcis.criteria import Parameter, any_compared, any_in, exists, quantities, words
from zhuisu.epcis.errors import UnboundPrefix
from zhuisu.epcis.names import qualified
from zhuisu.epcis.operands import Op
from zhuisu.epcis.view import ATTRIBUTED, Part, View, leaves
from zhuisu.events import cbv

FAMILIES = (
    "EQ_bizTransaction_{type}",
    "EQ_source_{type}",
    "EQ_destination_{type}",
    "{EQ|GT|GE|LT|LE}_quantity_{uom}",
    "{EQ|GT|GE|LT|LE}_value_{uom}",
    "{GT|GE|LT|LE}_{minValue|maxValue|meanValue|sDev|percValue}_{uom}",
    f"{{EQ|GT|GE|LT|LE|EXISTS}}_[INNER_][{'|'.join(part for part in Part if part)}]{{prefix:name}}",
    f"HASATTR_{{{'|'.join(ATTRIBUTED)}|prefix:name}}",
    f"EQ_ATTR_{{{'|'.join(ATTRIBUTED)}|prefix:name}}_{{attribute}}",
)

_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)", re.DOTALL).fullmatch
_MEASURED = re.compile(
    r"(EQ|GT|GE|LT|LE)_(quantity|value|minValue|maxValue|meanValue|sDev|percValue)_([A-Z0-9]{2,4})", re.ASCII
).fullmatch
_EXTENDED = re.compile(
    rf"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?({'|'.join(part for part in Part if part)})?(.*:.*)", re.DOTALL
).fullmatch
_ATTRIBUTED = re.compile(r"(HASATTR|EQ_ATTR|EQATTR)_(.+)", re.DOTALL).fullmatch


def family(name: str, prefixes: Mapping[str, str]) -> Parameter | None:
    """The parameter of a name as it was sent, None when it is of no family. Raises UnboundPrefix."""
    if found := _TYPED(name):
        return _typed(found[1], found[2])
    if found := _MEASURED(name):
        return _measured(Op(found[1]), found[2], found[3])
    if found := _ATTRIBUTED(name):
        return _attributed(found[1] == "HASATTR", found[2], prefixes)
    if found := _EXTENDED(name):
        return _extended(found[1], bool(found[2]), Part(found[3] or ""), qualified(found[4], prefixes))
    return None


def _typed(field: str, written: str) -> Parameter:
    known = cbv.TRANSACTION_TYPE if field == "bizTransaction" else cbv.PARTY_TYPE
    kind = words(known)(written)
    match field:
        case "bizTransaction":
            pick = any_in(lambda v: (x.uri for x in v.event.documents if x.type == kind))
        case "source":
            pick = any_in(lambda v: (x.uri for x in v.event.sources if x.type == kind))
        case _:
            pick = any_in(lambda v: (x.uri for x in v.event.destinations if x.type == kind))
    return Parameter(f"EQ_{field}_{kind}", operands.code, pick)


def _measured(op: Op, field: str, uom: str) -> Parameter | None:
    if op is Op.EQ and field not in {"quantity", "value"}:
        return None

    def pick(view: View) -> Iterable[Any]:
        if field == "quantity":
            return (q.quantity for q in quantities(view) if q.uom == uom)
        reports = view.objects(Part.SENSORREPORT)
        return (report[field] for report in reports if field in report and report.get("uom") == uom)

    name = f"{op}_{field}_{uom}"
    return Parameter(name, operands.number, any_compared(op, pick), one=op is not Op.EQ)


def _extended(op: str, inner: bool, part: Part, field: str) -> Parameter | None:
    if not field:
        return None

    def pick(view: View) -> Iterable[Any]:
        found = view.inner(part) if inner else view.extensions(part)
        return (leaf for name, value in found if name == field for leaf in leaves(value))

    def has(view: View) -> bool:
        return any(name == field for name, _ in (view.inner(part) if inner else view.extensions(part)))

    name = f"{op}_{'INNER_' if inner else ''}{part}{field}"
    if op == "EXISTS":
        return Parameter(name, operands.nothing, exists(has), one=True)
    read = operands.anything if op == "EQ" else operands.ordered
    return Parameter(name, read, any_compared(Op(op), pick), one=op != "EQ")


def _attributed(has: bool, written: str, prefixes: Mapping[str, str]) -> Parameter | None:
    def attribute(name: str) -> str:
        return qualified(name, prefixes) or name

    if has:
        field = _attributed_field(written, prefixes)
        pick = any_in(lambda v: (name for name, _ in v.attributes(field)))
        return Parameter(f"HASATTR_{field}", attribute, pick, field=field) if field else None
    for at in _splits(written):
        try:
            field, wanted = _attributed_field(written[:at], prefixes), attribute(written[at + 1 :])
        except UnboundPrefix:
            if at == _splits(written)[-1]:
                raise
            continue
        if field and wanted:
            texts = any_in(lambda v: (text for name, text in v.attributes(field) if name == wanted))  # noqa: B023
            name = f"EQ_ATTR_{field}_{wanted}"
            return Parameter(name, operands.anything, texts, field=field, attribute=wanted)
    return None


def _attributed_field(written: str, prefixes: Mapping[str, str]) -> str:
    return written if written in ATTRIBUTED else qualified(written, prefixes)


def _splits(written: str) -> list[int]:
    """Where field and attribute may part: behind a standard field, before the attribute's prefix, or anywhere."""
    for field in ATTRIBUTED:
        if written.startswith(f"{field}_"):
            return [len(field)]
    breaks = [found.start() for found in re.finditer("_", written) if ":" in written[: found.start()]]
    named = [at for at in breaks if ":" in written[at + 1 :] and not _inside(written, at)]
    return named or breaks[::-1]


def _inside(written: str, at: int) -> bool:
    """Whether a position lies inside the braces of ``{namespace}name``."""
    return written.rfind("{", 0, at) > written.rfind("}", 0, at)
