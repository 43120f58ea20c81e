"""EPCIS events as the systems of farms, plants and carriers would write them: plain JSON, pure.

>>> ships(at, "https://id.gs1.org/414/6909900001109", epcs=[pallet], to="https://id.gs1.org/414/6909900001154")
{'type': 'ObjectEvent', 'action': 'OBSERVE', 'bizStep': 'shipping', 'disposition': 'in_transit', …}
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from math import sin
from typing import Any

from zhuisu.events.cold import NAMESPACE
from zhuisu.events.context import STANDARD

Event = dict[str, Any]
Amount = tuple[str, float] | tuple[str, float, str]
"""A lot or kind of goods, how much of it, and the unit (UN/ECE Recommendation 20) unless pieces."""

EVERY = timedelta(minutes=30)
"""How often a logger on the road writes down the temperature."""


def document(events: Sequence[Event], created: datetime) -> dict[str, Any]:
    """An EPCISDocument (EPCIS 2.0 §9.5) around ``events``."""
    return {
        "@context": [STANDARD, {"zhuisu": NAMESPACE}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created.isoformat(),
        "epcisBody": {"eventList": list(events)},
    }


def observed(
    at: datetime,
    place: str,
    step: str,
    disposition: str = "",
    *,
    epcs: Sequence[str] = (),
    amounts: Iterable[Amount] = (),
    action: str = "OBSERVE",
    source: str = "",
    to: str = "",
    papers: Iterable[tuple[str, str]] = (),
    certificates: Sequence[str] = (),
    ilmd: dict[str, Any] | None = None,
) -> Event:
    """An ObjectEvent at ``place``; ``papers`` are (CBV type, URI), ``source`` and ``to`` other places."""
    return _told(
        {
            "type": "ObjectEvent",
            **_when(at),
            "action": action,
            "bizStep": step,
            "disposition": disposition,
            "epcList": list(epcs),
            "quantityList": _quantities(amounts),
            "bizLocation": {"id": place},
            "sourceList": [{"type": "location", "source": source}] if source else [],
            "destinationList": [{"type": "location", "destination": to}] if to else [],
            "bizTransactionList": [{"type": kind, "bizTransaction": uri} for kind, uri in papers],
            "certificationInfo": list(certificates),
            "ilmd": ilmd,
        }
    )


def made(at: datetime, place: str, **rest: Any) -> Event:
    """Goods come into being."""
    return observed(at, place, "commissioning", "active", action="ADD", **rest)


def ships(at: datetime, place: str, **rest: Any) -> Event:
    """Goods are sent off, ``to`` somewhere."""
    return observed(at, place, "shipping", "in_transit", **rest)


def receives(at: datetime, place: str, **rest: Any) -> Event:
    """Goods come in, from ``source``."""
    return observed(at, place, "receiving", "in_progress", **rest)


def sells(at: datetime, place: str, **rest: Any) -> Event:
    """Goods are sold over the counter."""
    return observed(at, place, "retail_selling", "retail_sold", **rest)


def packs(at: datetime, place: str, parent: str, children: Sequence[str]) -> Event:
    """``children`` go into ``parent``."""
    return _aggregation(at, place, "ADD", "packing", parent, children)


def unpacks(at: datetime, place: str, parent: str, children: Sequence[str] = ()) -> Event:
    """``children`` come out of ``parent``; without any, everything does."""
    return _aggregation(at, place, "DELETE", "unpacking", parent, children)


def turns(
    at: datetime,
    place: str,
    *,
    inputs: Sequence[str] = (),
    into: Sequence[str] = (),
    amounts: Iterable[Amount] = (),
    papers: Iterable[tuple[str, str]] = (),
    certificates: Sequence[str] = (),
    ilmd: dict[str, Any] | None = None,
) -> Event:
    """A TransformationEvent: ``inputs`` become the things ``into`` and the ``amounts``."""
    return _told(
        {
            "type": "TransformationEvent",
            **_when(at),
            "bizStep": "commissioning",
            "disposition": "active",
            "inputEPCList": list(inputs),
            "outputEPCList": list(into),
            "outputQuantityList": _quantities(amounts),
            "bizLocation": {"id": place},
            "bizTransactionList": [{"type": kind, "bizTransaction": uri} for kind, uri in papers],
            "certificationInfo": list(certificates),
            "ilmd": ilmd,
        }
    )


def measured(
    at: datetime,
    place: str,
    step: str,
    *,
    epcs: Sequence[str],
    since: datetime,
    device: str,
    degrees: Callable[[float], float],
    every: timedelta = EVERY,
) -> Event:
    """What a logger beside the goods wrote down from ``since`` to ``at``.

    ``degrees`` gives °C for each point of the way, 0 at its beginning and 1 at its end.
    """
    count = max(2, round((at - since) / every) + 1)
    times = [since + (at - since) * n / (count - 1) for n in range(count)]
    reports = [
        {"type": "Temperature", "time": _local(time), "value": round(degrees(n / (count - 1)), 1), "uom": "CEL"}
        for n, time in enumerate(times)
    ]
    return _told(
        {
            "type": "ObjectEvent",
            **_when(at),
            "action": "OBSERVE",
            "bizStep": step,
            "epcList": list(epcs),
            "readPoint": {"id": place},
            "sensorElementList": [
                {
                    "sensorMetadata": {"startTime": _local(since), "endTime": _local(at), "deviceID": device},
                    "sensorReport": reports,
                }
            ],
        }
    )


def steady(start: float = 0.0) -> Callable[[float], float]:
    """A refrigerator that works: 3.6 to 5.8 °C. ``start`` shifts the wave, so that no two journeys look the same."""
    return lambda way: 4.7 + 1.1 * sin(start + 9 * way)


def failing(worst: float) -> Callable[[float], float]:
    """A refrigerator that fails on the way and is repaired: up to ``worst`` °C in the middle."""
    return lambda way: 4.7 + max(0.0, 1 - abs(way - 0.55) / 0.35) * (worst - 4.7)


def master(lot: str, *, expires: date | None = None, cold: bool = False) -> dict[str, Any]:
    """Instance/lot master data (CBV 2.0 §9): lot, expiry, and that the goods are kept at 2 to 8 °C."""
    return _told(
        {
            "cbvmda:lotNumber": lot,
            "cbvmda:itemExpirationDate": expires.isoformat() if expires else "",
            **({"zhuisu:storageMin": 2, "zhuisu:storageMax": 8} if cold else {}),
        }
    )


def _aggregation(at: datetime, place: str, action: str, step: str, parent: str, children: Sequence[str]) -> Event:
    return _told(
        {
            "type": "AggregationEvent",
            **_when(at),
            "action": action,
            "bizStep": step,
            "disposition": "in_progress",
            "parentID": parent,
            "childEPCs": list(children),
            "bizLocation": {"id": place},
        }
    )


def _quantities(amounts: Iterable[Amount]) -> list[dict[str, Any]]:
    return [dict(zip(("epcClass", "quantity", "uom"), amount, strict=False)) for amount in amounts]


def _when(at: datetime) -> dict[str, str]:
    return {"eventTime": _local(at), "eventTimeZoneOffset": "+08:00"}


def _local(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
