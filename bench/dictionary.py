"""Writers of the same new codes, each in its own order: nobody may wait for another in a ring."""

import asyncio
import random
import time

import asyncpg
from rich.console import Console

from bench import world
from bench.figure import Figure
from zhuisu import db
from zhuisu.db import Database
from zhuisu.ledger import store
from zhuisu.settings import Settings

WRITERS, ROUNDS, CODES = 4, 10, 2_000


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("the dictionary …")
    async with db.connect(settings.database_url, size=WRITERS, statement_timeout=0) as database:
        alone, _ = await _race(database, 1)
        together, deadlocks = await _race(database, WRITERS)
    return [
        Figure(
            name=f"codes interned by {WRITERS} writers of the same",
            value=together,
            unit="/s",
            limit=alone,
            bound="one writer alone",
            more=f"({deadlocks} deadlocks; n = {ROUNDS} × {CODES:,} codes a writer, one batch)",
        ),
        Figure(name="deadlocks of the dictionary", value=deadlocks, unit=""),
    ]


async def _race(database: Database, writers: int) -> tuple[float, int]:
    """Codes a second, new and found, of all writers together; and how often the database broke a ring."""
    deadlocks = 0

    async def write(codes: list[str]) -> dict[str, int]:
        nonlocal deadlocks
        while True:
            try:
                async with database.transaction() as conn:
                    return await store.intern_codes(conn, codes)
            except asyncpg.DeadlockDetectedError:
                deadlocks += 1

    spent = 0.0
    for n in range(ROUNDS):
        lot = next(world.UNUSED)
        codes = [world.item(lot, n) for n in range(CODES)]
        orders = [random.Random(n * WRITERS + writer).sample(codes, CODES) for writer in range(writers)]
        begin = time.perf_counter()
        first, *others = await asyncio.gather(*(write(order) for order in orders))
        spent += time.perf_counter() - begin
        assert all(other == first for other in others)
    return writers * ROUNDS * CODES / spent, deadlocks
