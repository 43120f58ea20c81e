"""Events of our own making, through the same reader as everyone's, so that ``doc`` and fields never differ.

>>> make(EventType.ObjectEvent, time=now, action="ADD", step="commissioning", disposition="active",
...      epcs=["https://id.gs1.org/01/06901234000009/21/A1"], location="https://id.gs1.org/414/6901234000016",
...      certificates=["https://zhuisu.example/c/7129"], lot="L20260501")
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events.context import STANDARD
from zhuisu.events.json import read
from zhuisu.events.model import BizTransaction, ErrorDeclaration, Event, EventType, Party, Quantity, Reading

_encode = msgspec.json.Encoder(decimal_format="number").encode


def make(
    type: EventType,  # noqa: A002  the standard's own name
    *,
    time: datetime,
    offset: str = "+08:00",
    action: str = "",
    step: str = "",
    disposition: str = "",
    read_point: str = "",
    location: str = "",
    epcs: Sequence[str] = (),
    quantities: Iterable[Quantity] = (),
    parent: str = "",
    children: Sequence[str] = (),
    child_quantities: Iterable[Quantity] = (),
    inputs: Sequence[str] = (),
    input_quantities: Iterable[Quantity] = (),
    outputs: Sequence[str] = (),
    output_quantities: Iterable[Quantity] = (),
    transformation: str = "",
    documents: Iterable[BizTransaction] = (),
    sources: Iterable[Party] = (),
    destinations: Iterable[Party] = (),
    certificates: Sequence[str] = (),
    lot: str = "",
    expiry: date | None = None,
    sensors: Iterable[Reading] = (),
    event_id: str = "",
    declaration: ErrorDeclaration | None = None,
    context: Mapping[str, str] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> Event:
    """Make one Event from field values; what is empty is left out.

    ``time`` is aware; ``extensions`` use prefixes that ``context`` binds.

    BadEvent when the values break a rule of the standard, exactly as if a client had sent them.
    """
    ilmd = {"cbvmda:lotNumber": lot, "cbvmda:itemExpirationDate": expiry}
    tree = {
        "@context": [STANDARD, dict(context)] if context else STANDARD,
        "type": type,
        "eventID": event_id,
        "eventTime": _local(time, offset),
        "eventTimeZoneOffset": offset,
        "certificationInfo": list(certificates),
        "errorDeclaration": _declaration(declaration, offset),
        "parentID": parent,
        "epcList": list(epcs),
        "inputEPCList": list(inputs),
        "childEPCs": list(children),
        "quantityList": _quantities(quantities),
        "childQuantityList": _quantities(child_quantities),
        "inputQuantityList": _quantities(input_quantities),
        "outputEPCList": list(outputs),
        "outputQuantityList": _quantities(output_quantities),
        "action": action,
        "transformationID": transformation,
        "bizStep": step,
        "disposition": disposition,
        "readPoint": _told({"id": read_point}),
        "bizLocation": _told({"id": location}),
        "bizTransactionList": [_told({"type": x.type, "bizTransaction": x.uri}) for x in documents],
        "sourceList": [{"type": x.type, "source": x.uri} for x in sources],
        "destinationList": [{"type": x.type, "destination": x.uri} for x in destinations],
        "sensorElementList": [_sensor_element(x, offset) for x in sensors],
        "ilmd": _told(ilmd),
        **(extensions or {}),
    }
    return read(_encode(_told(tree)))[0]


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the fields that say something: no None, no empty text, list or object."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}


def _local(time: datetime, offset: str) -> str:
    """Write the instant in local time, as precise as it is."""
    sign = -1 if offset.startswith("-") else 1
    zone = timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))
    exact = time.microsecond % 1000
    return time.astimezone(zone).isoformat(timespec="microseconds" if exact else "milliseconds")


def _quantities(items: Iterable[Quantity]) -> list[dict[str, Any]]:
    return [_told({"epcClass": x.uri, "quantity": _plain(x.quantity), "uom": x.uom}) for x in items]


def _plain(number: Decimal | None) -> Decimal | int | None:
    """Whole numbers as JSON integers."""
    return int(number) if number is not None and number == number.to_integral_value() else number


def _declaration(declared: ErrorDeclaration | None, offset: str) -> dict[str, Any] | None:
    if declared is None:
        return None
    return _told(
        {
            "declarationTime": _local(declared.time, offset),
            "reason": declared.reason,
            "correctiveEventIDs": list(declared.corrective),
        }
    )


def _sensor_element(reading: Reading, offset: str) -> dict[str, Any]:
    def local(time: datetime | None) -> str | None:
        return None if time is None else _local(time, offset)

    metadata = {"startTime": local(reading.start), "endTime": local(reading.end), "deviceID": reading.device}
    report = {
        "type": reading.type,
        "exception": reading.exception,
        "time": local(reading.time),
        "value": reading.value,
        "minValue": reading.min,
        "maxValue": reading.max,
        "meanValue": reading.mean,
        "uom": reading.uom,
    }
    return _told({"sensorMetadata": _told(metadata), "sensorReport": [_told(report)]})
