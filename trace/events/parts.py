"""Readers of the parts of an event: places, quantities, parties, documents, declarations, master data, sensors.

>>> party = source({"type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00225"}, PLAIN)
>>> party.type, party.uri
('possessing_party', 'https://id.gs1.org/417/4012345002256')
"""

from typing import Any

from zhuisu.events import cbv, values
from zhuisu.events.context import Context
from zhuisu.events.errors import BadEvent, MissingField
from zhuisu.events.model import BizTransaction, ErrorDeclaration, Party, Quantity, Reading
from zhuisu.events.values import SCHEMA, Table, fields, listed, unique, word

_PLACE: Table = {"id": ("id", values.name)}
_QUANTITY: Table = {
    "epcClass": ("uri", values.name),
    "quantity": ("quantity", values.amount),
    "uom": ("uom", values.uom),
}
_SOURCE: Table = {"type": ("type", word(cbv.PARTY_TYPE)), "source": ("uri", values.name)}
_DESTINATION: Table = {"type": ("type", word(cbv.PARTY_TYPE)), "destination": ("uri", values.name)}
_DOCUMENT: Table = {"type": ("type", word(cbv.TRANSACTION_TYPE)), "bizTransaction": ("uri", values.name)}
_DECLARATION: Table = {
    "declarationTime": ("time", values.instant),
    "reason": ("reason", word(cbv.ERROR_REASON)),
    "correctiveEventIDs": ("corrective", listed(values.uri)),
}

# Many clients bind the namespace of CBV master data without its last colon, as XML does.
_LOT, _EXPIRY = ({cbv.MDA + name, cbv.MDA.rstrip(":") + name} for name in ("lotNumber", "itemExpirationDate"))


def place(value: Any, context: Context) -> str:
    """Read a readPoint or bizLocation."""
    return str(fields(value, _PLACE, context, "id")["id"])


def quantity(value: Any, context: Context) -> Quantity:
    """Read a QuantityElement."""
    return Quantity(**fields(value, _QUANTITY, context, "epcClass", closed=True))


def source(value: Any, context: Context) -> Party:
    """Read whom or what goods come from."""
    return Party(**fields(value, _SOURCE, context, "type", "source", closed=True))


def destination(value: Any, context: Context) -> Party:
    """Read whom or what goods go to."""
    return Party(**fields(value, _DESTINATION, context, "type", "destination", closed=True))


def document(value: Any, context: Context) -> BizTransaction:
    """Read a business transaction."""
    return BizTransaction(**fields(value, _DOCUMENT, context, "bizTransaction", closed=True))


def certificates(value: Any, context: Context) -> tuple[str, ...]:
    """Read certificationInfo: one URI or a list of them, as they stand."""
    return _uris(value, context) if type(value) is list else (values.uri(value, context),)


def declaration(value: Any, context: Context) -> ErrorDeclaration:
    """Read an errorDeclaration."""
    return ErrorDeclaration(**fields(value, _DECLARATION, context, "declarationTime"))


def persistent(value: Any, context: Context) -> dict[str, tuple[str, ...]]:
    """Read a persistentDisposition into the attributes of Event."""
    found = fields(value, _PERSISTENT, context, closed=True)
    if not found:
        raise MissingField("neither set nor unset", rule=f"{SCHEMA}, persistentDisposition", mend="add one of them")
    return found


def ilmd(value: Any, context: Context) -> dict[str, Any]:
    """Read lot and expiry, by the words of CBV 2.0, into the attributes of Event; the rest stays in ``doc``.

    So does a lot or expiry told otherwise than by one text or number: the schema leaves all of ilmd to its sender.
    """
    fields(value, {}, context)
    found: dict[str, Any] = {}
    for name, item in value.items():
        full = context.expand(name)
        try:
            if full in _LOT and (lot := _one(item)):
                found["lot"] = lot
            elif full in _EXPIRY and (expiry := _one(item)):
                found["expiry"] = values.day(expiry, context)
        except BadEvent as refusal:
            raise refusal.under(name) from None
    return found


def _one(value: Any) -> str:
    match value:
        case {"#text": str() | int() as text} | (str() | int() as text) if not isinstance(text, bool):
            return str(text).strip()
        case _:
            return ""


def sensors(value: Any, context: Context) -> tuple[Reading, ...]:
    """Read every report of a sensorElementList."""
    return tuple(reading for element in _elements(value, context) for reading in element)


def _element(value: Any, context: Context) -> list[Reading]:
    found = fields(value, _ELEMENT, context, "sensorReport")
    if not found["reports"]:
        raise MissingField(
            "sensorReport is empty", where="/sensorReport", rule=f"{SCHEMA}, minItems", mend="add a report"
        )
    return [Reading(**{**found.get("metadata", {}), **report}) for report in found["reports"]]


def _metadata(value: Any, context: Context) -> dict[str, Any]:
    return fields(value, _METADATA, context)


def _report(value: Any, context: Context) -> dict[str, Any]:
    """Read a sensorReport. GS1's own examples of alarms in XML name no type, which the XML schema asks of none.

    The JSON schema asks it of every report; an alarm that came in XML must be readable in our own JSON all the same.
    """
    found = fields(value, _REPORT, context)
    if "type" not in found and "exception" not in found:
        raise MissingField("type is missing", where="/type", rule=f"{SCHEMA}, required", mend="add type")
    return found


def _dispositions(value: Any, context: Context) -> Any:
    if value == []:
        raise BadEvent("an empty list", rule=f"{SCHEMA}, minItems", mend="drop it or fill it")
    return _disposition_set(value, context)


_uris = listed(values.uri)
_elements = listed(_element)
_disposition_set = unique(listed(word(cbv.DISPOSITION)))
_PERSISTENT: Table = {"set": ("persistent_set", _dispositions), "unset": ("persistent_unset", _dispositions)}
_ELEMENT: Table = {"sensorMetadata": ("metadata", _metadata), "sensorReport": ("reports", listed(_report))}
_DEVICE: Table = {
    "time": ("time", values.instant),
    "deviceID": ("device", values.name),
    "deviceMetadata": ("", values.uri),
    "rawData": ("", values.uri),
    "dataProcessingMethod": ("", values.uri),
    "bizRules": ("", values.uri),
}
_METADATA: Table = {**_DEVICE, "startTime": ("start", values.instant), "endTime": ("end", values.instant)}
_REPORT: Table = {
    **_DEVICE,
    "type": ("type", word(cbv.MEASUREMENT)),
    "exception": ("exception", word(cbv.SENSOR_ALERT)),
    "microorganism": ("", values.uri),
    "chemicalSubstance": ("", values.uri),
    "coordinateReferenceSystem": ("", values.uri),
    "component": ("", word(cbv.COMPONENT)),
    "value": ("value", values.number),
    "minValue": ("min", values.number),
    "maxValue": ("max", values.number),
    "meanValue": ("mean", values.number),
    "sDev": ("", values.number),
    "percRank": ("", values.number),
    "percValue": ("", values.number),
    "stringValue": ("", values.text),
    "booleanValue": ("", values.boolean),
    "hexBinaryValue": ("", values.hexadecimal),
    "uriValue": ("", values.uri),
    "uom": ("uom", values.text),
}
