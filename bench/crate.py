"""An item in a crate that was packed and emptied CYCLES times, beside one in a crate used once."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from bench import world
from bench.figure import Figure, percentile
from zhuisu import db
from zhuisu.chain.trace import trace
from zhuisu.db import Database
from zhuisu.events import Event, EventType, make
from zhuisu.ledger.bulk import load
from zhuisu.settings import Settings

CYCLES = 20_000
ASKED = 300
LOT = 90_000  # lots from here on are nobody else's
START = datetime(2026, 2, 1, tzinfo=UTC)


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("a crate used again and again …")
    worn, new = world.unit(LOT, 7, 1), world.unit(LOT, 7, 2)
    items = [world.item(LOT + n // world.ITEMS, n % world.ITEMS) for n in range(CYCLES + ASKED)]
    async with db.connect(settings.database_url, size=2, statement_timeout=0) as database:
        async with database.connection() as conn:
            now = datetime.now(UTC)
            cycles = (event for n in range(CYCLES) for event in _cycle(n, worn, items[n]))
            others = (event for n in range(CYCLES, CYCLES + ASKED) for event in _cycle(n, _crate(n), items[n]))
            if not await conn.fetchval("select count(*) from ledger.code where uri = $1", new):
                await load(conn, cycles, by=1, now=now)
                await load(conn, others, by=1, now=now)
                await load(conn, _cycle(0, new, world.item(LOT - 1, 0)), by=1, now=now)
        middle = CYCLES // 2
        often = await _paths(database, items[middle : middle + ASKED])
        once = await _paths(database, items[CYCLES:])
    return [
        Figure(
            name=f"path of an item in a crate used {CYCLES:,} times, {told}",
            value=percentile(often, share),
            unit="ms",
            limit=percentile(once, share),
            bound="in a crate used once",
            more=f"(n = {ASKED})",
        )
        for told, share in (("p50", 0.5), ("p99", 0.99))
    ]


def _crate(n: int) -> str:
    return world.unit(LOT + 1, 7, n)


def _cycle(n: int, crate: str, item: str) -> Iterator[Event]:
    at = START + timedelta(minutes=3 * n)
    place = world.SITES[n % len(world.SITES)]
    for later, action, step in ((0, "ADD", "packing"), (1, "OBSERVE", "receiving"), (2, "DELETE", "unpacking")):
        when = at + timedelta(minutes=later)
        whose: dict[str, Any] = {"epcs": [crate]} if action == "OBSERVE" else {"parent": crate, "children": [item]}
        kind = EventType.ObjectEvent if action == "OBSERVE" else EventType.AggregationEvent
        yield make(kind, time=when, action=action, step=step, location=place, **whose)


async def _paths(database: Database, codes: list[str]) -> list[float]:
    spent = []
    for code in codes:
        begin = time.perf_counter()
        path = await trace(database, world.ADMIN, code, now=datetime.now(UTC))
        spent.append(time.perf_counter() - begin)
        assert len(path.hops) == 3, code
    return spent
