"""Single events that share commits, as ``POST /epcis/events`` records them, beside one-row commits of one table."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime

from rich.console import Console

from bench import world
from bench.figure import Figure, percentile
from zhuisu import db
from zhuisu.db import Connection
from zhuisu.events import Event
from zhuisu.ledger import Submission, group_commit
from zhuisu.settings import Settings

EVENTS = {1: 2_000, 16: 10_000, 256: 20_000}
"""How many clients share how many events."""
MOST_CONNECTIONS = 32


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("shared commits …")
    url, now = settings.database_url, datetime.now(UTC)
    observations = _observations()
    figures = []
    async with (
        db.connect(url, size=4) as database,
        group_commit(database, _anything) as commit,
        db.connect(url, size=MOST_CONNECTIONS, role="none") as owner,
    ):
        await owner.pool.execute("create table public.bench_row (id serial primary key, doc text)")

        async def one_event(event: Event) -> None:
            await commit(world.ADMIN, [event], now)

        async def one_row(event: Event) -> None:
            await owner.pool.execute("insert into public.bench_row (doc) values ($1)", event.doc.decode())

        for clients, count in EVENTS.items():
            events = [next(observations) for _ in range(count)]
            connections = min(clients, MOST_CONNECTIONS)
            limit, _ = await _share(one_row, events, connections)
            rate, spent = await _share(one_event, events, clients)
            told = f"p50 {percentile(spent, 0.5):.1f}, p99 {percentile(spent, 0.99):.1f} ms"
            figures.append(
                Figure(
                    name=f"single events, {clients} in flight, acknowledged when committed",
                    value=rate,
                    unit="/s",
                    limit=limit,
                    bound=f"one-row commits, {connections} connections",
                    more=f"({told}; n = {count:,})",
                )
            )
        await owner.pool.execute("drop table public.bench_row")
    return figures


async def _anything(_conn: Connection, _asked: Sequence[Submission]) -> None:
    """Everybody may report anything here."""


async def _share(
    work: Callable[[Event], Awaitable[None]], events: Sequence[Event], clients: int
) -> tuple[float, list[float]]:
    """Events a second, and the seconds that each took, when so many clients take turns."""
    waiting, spent = iter(events), []

    async def client() -> None:
        for event in waiting:
            begin = time.perf_counter()
            await work(event)
            spent.append(time.perf_counter() - begin)

    begin = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return len(events) / (time.perf_counter() - begin), spent


def _observations() -> Iterator[Event]:
    while True:
        lot = next(world.UNUSED)
        yield from (event for event in world.lot_of_events(lot) if len(event.epcs) == 1)
