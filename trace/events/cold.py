"""Temperatures: what the sensors of an event measured, and between which bounds its goods must be kept. Pure.

The bounds travel in the ILMD of the event that made the goods, in degrees Celsius:

>>> storage(read(b'… "ilmd": {"zhuisu:storageMin": 2, "zhuisu:storageMax": 8} …')[0])
Bounds(min=2.0, max=8.0)
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from statistics import fmean

import msgspec

from zhuisu.events.model import Event, Reading

NAMESPACE = "urn:zhuisu:ns:"
"""The prefix ``zhuisu`` in the context of events that carry these bounds."""

TO_CELSIUS: dict[str, Callable[[float], float]] = {
    "CEL": lambda value: value,
    "FAH": lambda value: (value - 32) * 5 / 9,
    "KEL": lambda value: value - 273.15,
}
"""Units of temperature in UN/ECE Recommendation 20."""


class Bounds(msgspec.Struct, frozen=True):
    """Storage temperature, °C, both ends allowed."""

    min: float
    max: float

    def holds(self, measured: "Temperature") -> bool:
        """Whether every reading lay within."""
        return self.min <= measured.min and measured.max <= self.max


class Temperature(msgspec.Struct, frozen=True, kw_only=True):
    """The readings of one event, °C."""

    min: float
    max: float
    mean: float
    count: int


class _Ilmd(msgspec.Struct, frozen=True):
    low: float | None = msgspec.field(name="zhuisu:storageMin", default=None)
    high: float | None = msgspec.field(name="zhuisu:storageMax", default=None)


class _Made(msgspec.Struct, frozen=True):
    ilmd: _Ilmd = _Ilmd()


def storage(event: Event) -> Bounds | None:
    """The bounds that the event's master data give its goods; None when they give none that can be read."""
    if b"zhuisu:storage" not in event.doc:
        return None
    try:
        ilmd = msgspec.json.decode(event.doc, type=_Made, strict=False).ilmd
    except msgspec.ValidationError:
        return None
    return None if ilmd.low is None or ilmd.high is None else Bounds(ilmd.low, ilmd.high)


def temperature(readings: Iterable[Reading]) -> Temperature | None:
    """The temperature readings among ``readings`` as one range; None when there are none."""
    measured = [values for _, values in _measured(readings)]
    if not measured:
        return None
    means = [fmean(values) for values in measured]
    return Temperature(
        min=round(min(map(min, measured)), 2),
        max=round(max(map(max, measured)), 2),
        mean=round(fmean(means), 2),
        count=len(means),
    )


def celsius(readings: Iterable[Reading]) -> list[tuple[datetime | None, float]]:
    """Each temperature reading as (its time or the start of its interval, °C)."""
    return [(reading.time or reading.start, round(fmean(values), 2)) for reading, values in _measured(readings)]


def _measured(readings: Iterable[Reading]) -> Iterator[tuple[Reading, list[float]]]:
    for reading in readings:
        convert = TO_CELSIUS.get(reading.uom)
        values = [v for v in (reading.min, reading.value, reading.mean, reading.max) if v is not None]
        if reading.type == "Temperature" and convert and values:
            yield reading, [convert(float(value)) for value in values]
