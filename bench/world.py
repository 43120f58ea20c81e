"""A lot in closed form: items in cartons, cartons in cases, cases on pallets, pallets that move; any number of lots."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from zhuisu.auth import Principal, Role
from zhuisu.codes.checksum import check_digit
from zhuisu.events import Event, EventType, make

START = datetime(2026, 1, 1, tzinfo=UTC)
ITEMS, CARTON, CASE, PALLET = 2_000, 20, 10, 5
UNUSED = count(50_000)
"""Numbers of lots that nobody has captured yet."""
PER_LOT = 2_138
"""Events of a lot."""
ADMIN = Principal(party=1, uscc="", roles=frozenset({Role.administrator}), via="key")
SITES = [f"https://id.gs1.org/414/6901234{n:05d}{check_digit(f'6901234{n:05d}')}" for n in range(40)]


def lots(scale: int) -> int:
    """How many lots make about ``scale`` events."""
    return max(1, round(scale / PER_LOT))


def item(lot: int, n: int) -> str:
    body = f"06901234{lot:05d}"
    return f"https://id.gs1.org/01/{body}{check_digit(body)}/21/{n:06d}"


def lot_code(lot: int) -> str:
    body = f"06901234{lot:05d}"
    return f"https://id.gs1.org/01/{body}{check_digit(body)}/10/L{lot}"


def unit(lot: int, kind: int, n: int) -> str:
    body = f"36901{kind}{lot:05d}{n:06d}"
    return f"https://id.gs1.org/00/{body}{check_digit(body)}"


def lot_of_events(lot: int, items: int = ITEMS) -> Iterator[Event]:
    """For 2 000 items 2 138 events: 20 commissionings, 112 packs, 3 moves a pallet, and one observation an item."""
    begin = START + timedelta(hours=lot % 7000)  # none is ahead of the clock
    where = [SITES[(lot * 7 + n) % len(SITES)] for n in range(4)]

    def seen(minute: float, step: str, codes: list[str], place: str, action: str = "OBSERVE") -> Event:
        when = begin + timedelta(minutes=minute)
        return make(
            EventType.ObjectEvent,
            time=when,
            action=action,
            step=step,
            epcs=codes,
            location=place,
            lot=f"L{lot}" if action == "ADD" else "",
        )

    def pack(minute: float, parent: str, children: list[str]) -> Event:
        when = begin + timedelta(minutes=minute)
        return make(
            EventType.AggregationEvent,
            time=when,
            action="ADD",
            step="packing",
            parent=parent,
            children=children,
            location=where[0],
        )

    cartons, cases, pallets = items // CARTON, items // CARTON // CASE, items // CARTON // CASE // PALLET
    for n in range(0, items, 100):
        yield seen(n / 1e4, "commissioning", [item(lot, i) for i in range(n, n + 100)], where[0], "ADD")
    for n in range(cartons):
        yield pack(1 + n / 1e4, unit(lot, 1, n), [item(lot, i) for i in range(n * CARTON, (n + 1) * CARTON)])
    for n in range(cases):
        yield pack(2 + n / 1e4, unit(lot, 2, n), [unit(lot, 1, i) for i in range(n * CASE, (n + 1) * CASE)])
    for n in range(pallets):
        yield pack(3 + n / 1e4, unit(lot, 3, n), [unit(lot, 2, i) for i in range(n * PALLET, (n + 1) * PALLET)])
        for hop, place in enumerate(where[1:]):
            yield seen(10 + hop * 10 + n / 1e4, "receiving", [unit(lot, 3, n)], place)
    for n in range(items):
        yield seen(50 + n / 1e3, "dispensing", [item(lot, n)], where[3])
