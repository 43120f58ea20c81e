"""What a path page says about a Path: where it began, where it is now, and the stays in between.

A stay is a run of hops at one party and place; ``lane`` numbers the parties as they first appear, so that a page can
step to the right as the goods move down the chain.

>>> [stay.lane for stay in tell(path).stays]        # maker, carrier, centre, and back to the carrier
[1, 2, 3, 2]
"""

from datetime import date, datetime
from itertools import groupby

import msgspec

from zhuisu.chain.model import Hop, Path, Severity
from zhuisu.chain.path import state
from zhuisu.events.cold import Bounds
from zhuisu.pages.language import local

MAX_LANES = 6
WIDTH, HEIGHT, EDGE = 240.0, 48.0, 4.0
"""Size of a drawn temperature series, in the units of its own viewBox."""


class Day(msgspec.Struct, frozen=True):
    """The hops of one calendar day, as days were counted at the place."""

    day: date
    hops: tuple[Hop, ...]


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """A run of hops at one party and place."""

    party: str | None
    site: str | None
    lane: int
    days: tuple[Day, ...]


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """All a path page needs besides the path itself.

    ``origin`` and ``last`` are None when nothing is recorded; ``state`` is one of held,
    in_transit, sold, dispensed, destroyed.
    ``anchors`` gives each event the name of its place on the page, so that a finding can point to it.
    """

    origin: Hop | None
    last: Hop | None
    state: str
    stays: tuple[Stay, ...]
    worst: Severity | None
    storage: Bounds | None
    anchors: dict[str, str]


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A temperature series drawn: ``points`` of a polyline, and where the band of the bounds lies (None: no bounds)."""

    points: str
    band_top: float | None
    band_height: float | None


def tell(path: Path) -> Story:
    """The story of ``path``, whose findings stand worst first."""
    hops = path.hops
    last = hops[-1] if hops else None
    return Story(
        origin=next((hop for hop in hops if hop.site or hop.party), hops[0] if hops else None),
        last=last,
        state=state(last.step, last.disposition) if last else "held",
        stays=_stays(hops),
        worst=path.findings[0].severity if path.findings else None,
        storage=next((hop.storage for hop in hops if hop.storage), None),
        anchors={hop.event: f"e{number}" for number, hop in reversed(list(enumerate(hops, 1)))},
    )


def chart(hop: Hop, bounds: Bounds | None) -> Chart | None:
    """The readings of ``hop`` drawn over time; None when there are too few for a line."""
    if len(hop.readings) < 2:
        return None
    values = [reading.value for reading in hop.readings]
    low = min(*values, *((bounds.min,) if bounds else ())) - 1
    high = max(*values, *((bounds.max,) if bounds else ())) + 1
    first = hop.readings[0].time
    span = (hop.readings[-1].time - first).total_seconds() or 1.0

    def y(celsius: float) -> float:
        return round(EDGE + (high - celsius) / (high - low) * (HEIGHT - 2 * EDGE), 1)

    return Chart(
        points=" ".join(
            f"{round((reading.time - first).total_seconds() / span * WIDTH, 1):g},{y(reading.value):g}"
            for reading in hop.readings
        ),
        band_top=y(bounds.max) if bounds else None,
        band_height=round(y(bounds.min) - y(bounds.max), 1) if bounds else None,
    )


def when(hop: Hop) -> datetime:
    """Date and time of ``hop`` as clocks stood there."""
    return local(hop.time, hop.offset)


def _stays(hops: tuple[Hop, ...]) -> tuple[Stay, ...]:
    lanes: dict[str, int] = {}
    stays = []
    for (party, site), run in groupby(hops, key=lambda hop: (hop.party, hop.site)):
        lane = lanes.setdefault(party or site or "", min(len(lanes) + 1, MAX_LANES))
        days = tuple(Day(day, tuple(some)) for day, some in groupby(run, key=lambda hop: when(hop).date()))
        stays.append(Stay(party=party, site=site, lane=lane, days=days))
    return tuple(stays)
