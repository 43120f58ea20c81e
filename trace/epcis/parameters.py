"""Every parameter of the SimpleEventQuery (EPCIS 2.0 §8.2.7.1): what its values may be, and which events it lets pass.

>>> parameter("GE_value_CEL", PREFIXES).test(("8",))(View(event))
True

A parameter has one name however it was written: prefixes and CBV types are resolved in it. Each parameter asks alone:
GE_value_CEL and LT_value_CEL may be met by two readings of one event. Units are compared as they stand; the standard
asks for no conversion.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from msgspec import Struct, structs

from zhuisu.codes import canonical, site_of
from zhuisu.epcis import operands, patterns
from zhuisu.epcis.errors import UnboundPrefix, UnknownParameter
from zhuisu.epcis.names import qualified
from zhuisu.epcis.operands import Op, Read, compare
from zhuisu.epcis.view import ATTRIBUTED, Part, View, leaves
from zhuisu.events import Action, Quantity, cbv
from zhuisu.events.cbv import Vocabulary
from zhuisu.events.context import PREFIXES, Context

Test: TypeAlias = Callable[[View], bool]


class Parameter(Struct, frozen=True):
    """One parameter. ``one``: it takes a single value; else its values are alternatives."""

    name: str
    read: Read
    test: Callable[[tuple[str, ...]], Test]
    one: bool = False


def parameter(name: str, prefixes: Mapping[str, str]) -> Parameter:
    """The parameter of a name as it was sent. Raises UnknownParameter, UnboundPrefix."""
    found = FIXED.get(_ALSO.get(name, name)) or _family(name, prefixes)
    if found is None:
        raise UnknownParameter(
            f"{name!r:.80} is no parameter of an EPCIS query",
            where=name[:80],
            mend="see parameters and families; the name of an extension field has a prefix, EQ_example:colour",
            parameters=[*FIXED, *SETTINGS],
            families=list(FAMILIES),
        )
    if found.name == "eventType":  # the URI of a type may be written with a prefix
        return structs.replace(found, read=lambda text: operands.event_type(Context([], prefixes).expand(text)))
    return found


@lru_cache(maxsize=1 << 10)
def test(name: str, values: tuple[str, ...]) -> Test:
    """The test that a parameter with these values makes; both as ``Parameter`` spells them."""
    return parameter(name, PREFIXES).test(values)


def _any_in(pick: Callable[[View], Iterable[str]]) -> Callable[[tuple[str, ...]], Test]:
    def make(values: tuple[str, ...]) -> Test:
        wanted = frozenset(values)
        return lambda view: not wanted.isdisjoint(pick(view))

    return make


def _any_compared(op: Op, pick: Callable[[View], Iterable[Any]]) -> Callable[[tuple[str, ...]], Test]:
    return lambda values: lambda view: any(compare(op, found, value) for found in pick(view) for value in values)


def _exists(has: Callable[[View], bool]) -> Callable[[tuple[str, ...]], Test]:
    return lambda _: has


def _matched(pick: Callable[[View], Iterable[str]], *, of_classes: bool = False) -> Callable[[tuple[str, ...]], Test]:
    def make(values: tuple[str, ...]) -> Test:
        exact = frozenset(value for value in values if not patterns.is_pattern(value))
        wide = [patterns.matcher(v, of_classes=of_classes) for v in values if patterns.is_pattern(v)]
        return lambda view: any(uri in exact or any(fits(uri) for fits in wide) for uri in pick(view))

    return make


def _within(pick: Callable[[View], str]) -> Callable[[tuple[str, ...]], Test]:
    def make(values: tuple[str, ...]) -> Test:
        return lambda view: any(is_within(pick(view), site) for site in values)

    return make


def is_within(place: str, site: str) -> bool:
    """Whether a place is a site or lies in it: a GLN holds its extensions, ``urn:zhuisu:site:loc:<USCC>`` its sites."""
    return site in {place, site_of(place)} or (site.startswith("urn:zhuisu:site:loc:") and place.startswith(site + "."))


def _classes(*lists: tuple[Quantity, ...]) -> list[str]:
    return [quantity.uri for found in lists for quantity in found]


def _quantities(view: View) -> tuple[Quantity, ...]:
    e = view.event
    return (*e.quantities, *e.child_quantities, *e.input_quantities, *e.output_quantities)


def _sensed(name: str, *parts: Part) -> Callable[[View], list[Any]]:
    return lambda view: [found[name] for part in parts for found in view.objects(part) if name in found]


def _words(vocabulary: Vocabulary) -> Read:
    return operands.vocabulary(vocabulary.bare, tuple(dict.fromkeys(vocabulary.spellings.values())))


def _declared(view: View) -> list[Any]:
    return [view.event.declaration.time] if view.event.declaration else []


def _equal(name: str, read: Read, pick: Callable[[View], Iterable[str]]) -> Parameter:
    return Parameter(name, read, _any_in(pick))


def _bounds(field: str, read: Read, pick: Callable[[View], Iterable[Any]], *ops: Op) -> list[Parameter]:
    return [Parameter(f"{op}_{field}", read, _any_compared(op, pick), one=op is not Op.EQ) for op in ops]


_FROM_TO = (Op.GE, Op.LT)
_ORDER = (Op.GT, Op.GE, Op.LT, Op.LE)
_BOTH, _REPORT = (Part.SENSORMETADATA, Part.SENSORREPORT), Part.SENSORREPORT

# A list entry is (parameter, reader of its values, what of an event they are compared with).
_LIST: list[Parameter] = [
    _equal("eventType", operands.event_type, lambda v: (v.event.extended or v.event.type.value,)),
    *_bounds("eventTime", operands.time, lambda v: (v.event.time,), *_FROM_TO),
    *_bounds("recordTime", operands.time, lambda v: (v.recorded,), *_FROM_TO),
    _equal(
        "EQ_action",
        operands.word(tuple(Action.__members__)),
        lambda v: (v.event.action.value,) if v.event.action else (),
    ),
    _equal("EQ_bizStep", _words(cbv.BIZ_STEP), lambda v: (v.event.step,)),
    _equal("EQ_disposition", _words(cbv.DISPOSITION), lambda v: (v.event.disposition,)),
    _equal("EQ_persistentDisposition_set", _words(cbv.DISPOSITION), lambda v: v.event.persistent_set),
    _equal("EQ_persistentDisposition_unset", _words(cbv.DISPOSITION), lambda v: v.event.persistent_unset),
    _equal("EQ_readPoint", operands.code, lambda v: (v.event.read_point,)),
    Parameter("WD_readPoint", operands.code, _within(lambda v: v.event.read_point)),
    _equal("EQ_bizLocation", operands.code, lambda v: (v.event.location,)),
    Parameter("WD_bizLocation", operands.code, _within(lambda v: v.event.location)),
    _equal("EQ_transformationID", operands.code, lambda v: (v.event.transformation,)),
    Parameter("MATCH_epc", patterns.instances, _matched(lambda v: (*v.event.epcs, *v.event.children))),
    Parameter("MATCH_parentID", patterns.instances, _matched(lambda v: (v.event.parent,))),
    Parameter("MATCH_inputEPC", patterns.instances, _matched(lambda v: v.event.inputs)),
    Parameter("MATCH_outputEPC", patterns.instances, _matched(lambda v: v.event.outputs)),
    Parameter(
        "MATCH_anyEPC",
        patterns.instances,
        _matched(lambda v: (v.event.parent, *v.event.epcs, *v.event.children, *v.event.inputs, *v.event.outputs)),
    ),
    *(
        Parameter(f"MATCH_{name}", patterns.classes, _matched(pick, of_classes=True))
        for name, pick in {
            "epcClass": lambda v: _classes(v.event.quantities, v.event.child_quantities),
            "inputEPCClass": lambda v: _classes(v.event.input_quantities),
            "outputEPCClass": lambda v: _classes(v.event.output_quantities),
            "anyEPCClass": lambda v: _classes(_quantities(v)),
        }.items()
    ),
    *_bounds("quantity", operands.number, lambda v: [q.quantity for q in _quantities(v)], Op.EQ, *_ORDER),
    _equal("EQ_eventID", operands.uri, lambda v: (v.name,)),
    Parameter("EXISTS_errorDeclaration", operands.nothing, _exists(lambda v: bool(v.event.declaration)), one=True),
    *_bounds("errorDeclarationTime", operands.time, _declared, *_FROM_TO),
    _equal(
        "EQ_errorReason",
        _words(cbv.ERROR_REASON),
        lambda v: (v.event.declaration.reason,) if v.event.declaration else (),
    ),
    _equal(
        "EQ_correctiveEventID",
        operands.uri,
        lambda v: v.event.declaration.corrective if v.event.declaration else (),
    ),
    Parameter("EXISTS_sensorElementList", operands.nothing, _exists(lambda v: bool(v.event.sensors)), one=True),
    *_bounds("time", operands.time, _sensed("time", *_BOTH), *_FROM_TO),
    *_bounds("startTime", operands.time, _sensed("startTime", *_BOTH), *_FROM_TO),
    *_bounds("endTime", operands.time, _sensed("endTime", *_BOTH), *_FROM_TO),
    _equal("EQ_type", _words(cbv.MEASUREMENT), lambda v: (reading.type for reading in v.event.sensors)),
    _equal("EQ_deviceID", operands.code, lambda v: map(canonical, _sensed("deviceID", *_BOTH)(v))),
    _equal("EQ_dataProcessingMethod", operands.uri, _sensed("dataProcessingMethod", *_BOTH)),
    _equal("EQ_bizRules", operands.uri, _sensed("bizRules", *_BOTH)),
    _equal("EQ_microorganism", operands.uri, _sensed("microorganism", _REPORT)),
    _equal("EQ_chemicalSubstance", operands.uri, _sensed("chemicalSubstance", _REPORT)),
    _equal("EQ_stringValue", operands.anything, _sensed("stringValue", _REPORT)),
    Parameter("EQ_booleanValue", operands.boolean, _any_compared(Op.EQ, _sensed("booleanValue", _REPORT)), one=True),
    _equal(
        "EQ_hexBinaryValue",
        operands.hexadecimal,
        lambda v: (found.upper() for found in _sensed("hexBinaryValue", _REPORT)(v)),
    ),
    _equal("EQ_uriValue", operands.uri, _sensed("uriValue", _REPORT)),
    *_bounds("percRank", operands.number, _sensed("percRank", _REPORT), *_ORDER),
]
FIXED: Mapping[str, Parameter] = {one.name: one for one in _LIST}

# Spellings of the official query-schema.json that its OpenAPI writes otherwise.
_ALSO = {f"{op}_errorDeclaration_Time": f"{op}_errorDeclarationTime" for op in _FROM_TO}

SETTINGS = (
    "orderBy",
    "orderDirection",
    "eventCountLimit",
    "maxEventCount",
    "perPage",
    "nextPageToken",
)
"""Parameters that say how to answer, not what."""

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

CODES = (*(name for name in FIXED if name.startswith("MATCH_")), "EQ_transformationID")
"""Parameters that name codes: the ledger finds their events without looking at others."""

_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)", re.DOTALL).fullmatch
_MEASURED = re.compile(
    r"(EQ|GT|GE|LT|LE)_(quantity|value|minValue|maxValue|meanValue|sDev|percValue)_([A-Z0-9]{2,4})", re.ASCII
).fullmatch
_EXTENDED = re.compile(
    rf"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?({'|'.join(part for part in Part if part)})?(.*:.*)", re.DOTALL
).fullmatch
_ATTRIBUTED = re.compile(r"(HASATTR|EQ_ATTR|EQATTR)_(.+)", re.DOTALL).fullmatch


def _family(name: str, prefixes: Mapping[str, str]) -> Parameter | None:
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
    kind = _words(known)(written)
    match field:
        case "bizTransaction":
            pick = _any_in(lambda v: (x.uri for x in v.event.documents if x.type == kind))
        case "source":
            pick = _any_in(lambda v: (x.uri for x in v.event.sources if x.type == kind))
        case _:
            pick = _any_in(lambda v: (x.uri for x in v.event.destinations if x.type == kind))
    return Parameter(f"EQ_{field}_{kind}", operands.code, pick)


def _measured(op: Op, field: str, uom: str) -> Parameter | None:
    if op is Op.EQ and field not in {"quantity", "value"}:
        return None

    def pick(view: View) -> Iterable[Any]:
        if field == "quantity":
            return (q.quantity for q in _quantities(view) if q.uom == uom)
        reports = view.objects(Part.SENSORREPORT)
        return (report[field] for report in reports if field in report and report.get("uom") == uom)

    name = f"{op}_{field}_{uom}"
    return Parameter(name, operands.number, _any_compared(op, pick), one=op is not Op.EQ)


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
        return Parameter(name, operands.nothing, _exists(has), one=True)
    read = operands.anything if op == "EQ" else operands.ordered
    return Parameter(name, read, _any_compared(Op(op), pick), one=op != "EQ")


def _attributed(has: bool, written: str, prefixes: Mapping[str, str]) -> Parameter | None:
    def attribute(name: str) -> str:
        return qualified(name, prefixes) or name

    if has:
        field = _attributed_field(written, prefixes)
        pick = _any_in(lambda v: (name for name, _ in v.attributes(field)))
        return Parameter(f"HASATTR_{field}", attribute, pick) if field else None
    for at in _splits(written):
        try:
            field, wanted = _attributed_field(written[:at], prefixes), attribute(written[at + 1 :])
        except UnboundPrefix:
            if at == _splits(written)[-1]:
                raise
            continue
        if field and wanted:
            texts = _any_in(lambda v: (text for name, text in v.attributes(field) if name == wanted))  # noqa: B023
            return Parameter(f"EQ_ATTR_{field}_{wanted}", operands.anything, texts)
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
