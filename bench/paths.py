"""The path of an item, the contents of a pallet, and where every item of a lot is, beside a point select."""

import random
import statistics
import time
from datetime import UTC, datetime

from rich.console import Console

from bench import world
from bench.figure import Figure, percentile
from zhuisu import db
from zhuisu.chain.model import Direction
from zhuisu.chain.trace import trace
from zhuisu.db import Connection, Database
from zhuisu.ledger.bulk import load
from zhuisu.settings import Settings

ASKED = 400
LARGE = 10_000
RECALLS = 5


async def measure(settings: Settings, scale: int, console: Console) -> list[Figure]:
    console.print("paths …")
    now = datetime.now(UTC)
    lots, chosen = world.lots(scale), random.Random(1)
    async with db.connect(settings.database_url, size=2, statement_timeout=0) as database:
        async with database.connection() as conn:
            point = await point_selects(conn)
            large = next(world.UNUSED)
            await load(conn, world.lot_of_events(large, LARGE), by=1, now=now)
        spent = []
        for _ in range(ASKED):
            code = world.item(chosen.randrange(lots), chosen.randrange(world.ITEMS))
            begin = time.perf_counter()
            path = await trace(database, world.ADMIN, code, now=now)
            spent.append(time.perf_counter() - begin)
            assert len(path.hops) >= 8, code
        pallets = [world.unit(chosen.randrange(lots), 3, 0) for _ in range(RECALLS)]
        contents, held = await _recalled(database, pallets, now)
        recalled, found = await _recalled(database, [world.lot_code(large)] * RECALLS, now)
    assert held == world.PALLET * world.CASE * world.CARTON
    assert found == LARGE
    return [
        *(
            Figure(
                name=f"path of an item, {told}",
                value=percentile(spent, share),
                unit="ms",
                limit=percentile(point, share),
                bound=f"one point select, {told}",
                more=f"(n = {ASKED})",
            )
            for told, share in (("p50", 0.5), ("p99", 0.99))
        ),
        Figure(name=f"holders of a pallet of {held:,} items", value=contents, unit="ms", more=f"(n = {RECALLS})"),
        Figure(name=f"where every item of a lot of {found:,} is", value=recalled, unit="ms", more=f"(n = {RECALLS})"),
    ]


async def point_selects(conn: Connection) -> list[float]:
    """Seconds of single selects by primary key."""
    last = await conn.fetchval("select max(id) from ledger.code")
    statement = await conn.prepare("select uri from ledger.code where id = $1")
    chosen, spent = random.Random(2), []
    for _ in range(1000):
        id_ = chosen.randrange(1, last)
        begin = time.perf_counter()
        await statement.fetchval(id_)
        spent.append(time.perf_counter() - begin)
    return spent


async def _recalled(database: Database, codes: list[str], now: datetime) -> tuple[float, int]:
    """Milliseconds, the median; and how many items were found."""
    spent, items = [], 0
    for code in codes:
        begin = time.perf_counter()
        path = await trace(database, world.ADMIN, code, direction=Direction.forward, now=now)
        spent.append(time.perf_counter() - begin)
        items = sum(holder.items for holder in path.holders)
    return statistics.median(spent) * 1000, items
