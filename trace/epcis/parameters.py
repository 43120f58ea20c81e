"""Every parameter of the SimpleEventQuery (EPCIS 2.0 §8.2.7.1): what its values may be, and which events it lets pass.

>>> parameter("GE_value_CEL", PREFIXES).test(("8",))(View(event))
True

A parameter has one name however it was written: prefixes and CBV types are resolved in it. Each parameter asks alone:
GE_value_CEL and LT_value_CEL may be met by two readings of one event. Units are compared as they stand; the standard
asks for no conversion.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from msgspec import structs

from zhuisu.codes import canonical
from zhuisu.epcis import operands, patterns
from zhuisu.epcis.criteria import (
    Parameter,
    Test,
    any_compared,
    any_in,
    classes,
    exists,
    matched,
    quantities,
    sensed,
    within,
    words,
)
from zhuisu.epcis.errors import UnknownParameter
from zhuisu.epcis.families import FAMILIES, family
from zhuisu.epcis.operands import Op, Read
from zhuisu.epcis.view import Part, View
from zhuisu.events import Action, cbv
from zhuisu.events.context import PREFIXES, Context


def parameter(name: str, prefixes: Mapping[str, str]) -> Parameter:
    """The parameter of a name as it was sent. Raises UnknownParameter, UnboundPrefix."""
    found = FIXED.get(_ALSO.get(name, name)) or family(name, prefixes)
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


def _declared(view: View) -> list[Any]:
    return [view.event.declaration.time] if view.event.declaration else []


def _equal(name: str, read: Read, pick: Callable[[View], Iterable[str]]) -> Parameter:
    return Parameter(name, read, any_in(pick))


def _bounds(field: str, read: Read, pick: Callable[[View], Iterable[Any]], *ops: Op) -> list[Parameter]:
    return [Parameter(f"{op}_{field}", read, any_compared(op, pick), one=op is not Op.EQ) for op in ops]


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
    _equal("EQ_bizStep", words(cbv.BIZ_STEP), lambda v: (v.event.step,)),
    _equal("EQ_disposition", words(cbv.DISPOSITION), lambda v: (v.event.disposition,)),
    _equal("EQ_persistentDisposition_set", words(cbv.DISPOSITION), lambda v: v.event.persistent_set),
    _equal("EQ_persistentDisposition_unset", words(cbv.DISPOSITION), lambda v: v.event.persistent_unset),
    _equal("EQ_readPoint", operands.code, lambda v: (v.event.read_point,)),
    Parameter("WD_readPoint", operands.code, within(lambda v: v.event.read_point)),
    _equal("EQ_bizLocation", operands.code, lambda v: (v.event.location,)),
    Parameter("WD_bizLocation", operands.code, within(lambda v: v.event.location)),
    _equal("EQ_transformationID", operands.code, lambda v: (v.event.transformation,)),
    Parameter("MATCH_epc", patterns.instances, matched(lambda v: (*v.event.epcs, *v.event.children))),
    Parameter("MATCH_parentID", patterns.instances, matched(lambda v: (v.event.parent,))),
    Parameter("MATCH_inputEPC", patterns.instances, matched(lambda v: v.event.inputs)),
    Parameter("MATCH_outputEPC", patterns.instances, matched(lambda v: v.event.outputs)),
    Parameter(
        "MATCH_anyEPC",
        patterns.instances,
        matched(lambda v: (v.event.parent, *v.event.epcs, *v.event.children, *v.event.inputs, *v.event.outputs)),
    ),
    *(
        Parameter(f"MATCH_{name}", patterns.classes, matched(pick, of_classes=True))
        for name, pick in {
            "epcClass": lambda v: classes(v.event.quantities, v.event.child_quantities),
            "inputEPCClass": lambda v: classes(v.event.input_quantities),
            "outputEPCClass": lambda v: classes(v.event.output_quantities),
            "anyEPCClass": lambda v: classes(quantities(v)),
        }.items()
    ),
    *_bounds("quantity", operands.number, lambda v: [q.quantity for q in quantities(v)], Op.EQ, *_ORDER),
    _equal("EQ_eventID", operands.uri, lambda v: (v.name,)),
    Parameter("EXISTS_errorDeclaration", operands.nothing, exists(lambda v: bool(v.event.declaration)), one=True),
    *_bounds("errorDeclarationTime", operands.time, _declared, *_FROM_TO),
    _equal(
        "EQ_errorReason",
        words(cbv.ERROR_REASON),
        lambda v: (v.event.declaration.reason,) if v.event.declaration else (),
    ),
    _equal(
        "EQ_correctiveEventID",
        operands.uri,
        lambda v: v.event.declaration.corrective if v.event.declaration else (),
    ),
    Parameter("EXISTS_sensorElementList", operands.nothing, exists(lambda v: bool(v.event.sensors)), one=True),
    *_bounds("time", operands.time, sensed("time", *_BOTH), *_FROM_TO),
    *_bounds("startTime", operands.time, sensed("startTime", *_BOTH), *_FROM_TO),
    *_bounds("endTime", operands.time, sensed("endTime", *_BOTH), *_FROM_TO),
    _equal("EQ_type", words(cbv.MEASUREMENT), lambda v: (reading.type for reading in v.event.sensors)),
    _equal("EQ_deviceID", operands.code, lambda v: map(canonical, sensed("deviceID", *_BOTH)(v))),
    _equal("EQ_dataProcessingMethod", operands.uri, sensed("dataProcessingMethod", *_BOTH)),
    _equal("EQ_bizRules", operands.uri, sensed("bizRules", *_BOTH)),
    _equal("EQ_microorganism", operands.uri, sensed("microorganism", _REPORT)),
    _equal("EQ_chemicalSubstance", operands.uri, sensed("chemicalSubstance", _REPORT)),
    _equal("EQ_stringValue", operands.anything, sensed("stringValue", _REPORT)),
    Parameter("EQ_booleanValue", operands.boolean, any_compared(Op.EQ, sensed("booleanValue", _REPORT)), one=True),
    _equal(
        "EQ_hexBinaryValue",
        operands.hexadecimal,
        lambda v: (found.upper() for found in sensed("hexBinaryValue", _REPORT)(v)),
    ),
    _equal("EQ_uriValue", operands.uri, sensed("uriValue", _REPORT)),
    *_bounds("percRank", operands.number, sensed("percRank", _REPORT), *_ORDER),
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

CODES = (*(name for name in FIXED if name.startswith("MATCH_")), "EQ_transformationID")
"""Parameters that name codes: the ledger finds their events without looking at others."""
