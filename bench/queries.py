"""What a client asks most, everything about one EPC and one event, beside a point select; in process, as over HTTP.

``in the database`` is what its statements took of that, their way there and back included.
"""

import random
import time
from datetime import timedelta

import asyncpg
from rich.console import Console

from bench import world
from bench.figure import Figure, percentile
from bench.paths import point_selects
from zhuisu import db
from zhuisu.epcis import filters, query
from zhuisu.ledger.model import bound
from zhuisu.settings import Settings

ASKED = 500


async def measure(settings: Settings, scale: int, console: Console) -> list[Figure]:
    console.print("queries …")
    lots, chosen = world.lots(scale), random.Random(3)
    match, one, statements = [], [], Statements()
    async with db.connect(settings.database_url, size=1, statement_timeout=0) as database:
        async with database.connection() as conn:
            point = await point_selects(conn)
            conn.add_query_logger(statements)
        for _ in range(ASKED):
            item = world.item(chosen.randrange(lots), chosen.randrange(world.ITEMS))
            asked = filters.parse(f"MATCH_anyEPC={item}")
            statements.spent, begin = 0.0, time.perf_counter()
            page = await query.events(database, world.ADMIN, asked)
            match.append((time.perf_counter() - begin, statements.spent))
            assert page.docs, item
            async with database.connection() as conn:
                name = await conn.fetchval(
                    "select name from ledger.event where id > $1 order by id limit 1",
                    bound(world.START + timedelta(hours=chosen.randrange(lots), minutes=chosen.randrange(52))),
                )
            statements.spent, begin = 0.0, time.perf_counter()
            assert await query.event(database, world.ADMIN, name)
            one.append((time.perf_counter() - begin, statements.spent))
    return [
        Figure(
            name=f"{asked}{where}, {told}",
            value=percentile([spent[n] for spent in found], share),
            unit="ms",
            limit=percentile(point, share),
            bound=f"one point select, {told}",
            more=f"(n = {ASKED})",
        )
        for asked, found in (("MATCH_anyEPC", match), ("GET /epcis/events/{id}", one))
        for n, where in enumerate(("", " in the database"))
        for told, share in (("p50", 0.5), ("p99", 0.99))
    ]


class Statements:
    """An asyncpg query logger: seconds that statements took."""

    spent = 0.0

    def __call__(self, record: asyncpg.connection.LoggedQuery) -> None:
        self.spent += record.elapsed
