"""Lots captured by the real path beside COPY of the next lots' rows into the same tables, slice by slice in turn."""

import gc
import statistics
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime

from rich.console import Console

from bench import fill, world
from bench.figure import Figure
from zhuisu import db
from zhuisu.ledger import prepare
from zhuisu.ledger.bulk import BATCH, SWITCH, load
from zhuisu.settings import Settings

ROUNDS, LOTS = 6, 2


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("bulk capture …")
    sys.setswitchinterval(SWITCH)  # as the service does
    now = datetime.now(UTC)
    url = settings.database_url
    found: dict[str, list[float]] = {"fresh": [], "copy": [], "again": []}
    async with (
        db.connect(url, size=1, statement_timeout=0) as database,
        db.connect(url, size=1, statement_timeout=0, role="none") as owner,
        database.connection() as ours,
        owner.connection() as raw,
    ):
        before = await raw.fetchval("select pg_database_size(current_database())")
        for _ in range(ROUNDS):
            fresh, other = ([e for _ in range(LOTS) for e in world.lot_of_events(next(world.UNUSED))] for _ in "ab")
            known = await fill.book(raw, 2 * len(other))
            entries = [prepare(event, 1) for event in other]
            some = [fill.rows(entries[n : n + BATCH], known, now) for n in range(0, len(entries), BATCH)]
            found["fresh"].append(len(fresh) / await _seconds(load(ours, fresh, by=1, now=now)))
            found["copy"].append(len(other) / await _seconds(_copy(raw, some)))
            found["again"].append(len(fresh) / await _seconds(load(ours, fresh, by=1, now=now)))
        links = sum(len(rows[table]) for rows in some for table in ("touch", "hold", "part"))
        after = await raw.fetchval("select pg_database_size(current_database())")
    # The first round warms caches and statements.
    rate = {name: statistics.median(values[1:]) for name, values in found.items()}
    count = len(fresh)
    size = (after - before) / (2 * ROUNDS * count)
    return [
        Figure(
            name="bulk capture",
            value=rate["fresh"],
            unit="/s",
            limit=rate["copy"],
            bound="COPY of like rows into the same tables",
            more=f"({_told(count)}; {links / count:.1f} links and {size:,.0f} B an event)",
        ),
        Figure(
            name="replay of what is recorded",
            value=rate["again"],
            unit="/s",
            limit=rate["fresh"],
            bound="the same events fresh",
            more=f"({_told(count)})",
        ),
    ]


def _told(count: int) -> str:
    return f"n = {ROUNDS - 1} × {count:,}, batch {BATCH:,}"


async def _copy(raw: db.Connection, some: list[fill.Rows]) -> None:
    for rows in some:
        await fill.copy(raw, rows)


async def _seconds(work: Awaitable[object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    await work
    return time.perf_counter() - begin
