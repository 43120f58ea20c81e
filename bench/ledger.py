"""Bulk capture beside COPY of the same rows, and the path of an item in the database."""

import random
import time
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import track

from bench import world
from bench.figure import Figure, percentile
from zhuisu import db
from zhuisu.auth import Principal, Role
from zhuisu.chain.model import Direction
from zhuisu.chain.trace import trace
from zhuisu.db import Connection
from zhuisu.ledger import append
from zhuisu.settings import Settings

BATCH = 1000
ADMIN = Principal(party=1, uscc="", roles=frozenset({Role.administrator}), via="key")
TABLES = {
    "event": "id, digest, t, rec, kind, action, step, disposition, loc, party, name, declared, doc",
    "name": "h, declared, ev",
    "code_key": "h, id",
    "code": "id, uri",
    "touch": "code, ev, loc, role",
    "hold": "child, ev, parent, loc, op",
}


async def measure(settings: Settings, scale: int, console: Console) -> list[Figure]:
    now = datetime.now(UTC)
    async with db.connect(settings.database_url, size=2, statement_timeout=0) as database:
        captured, seconds = 0, 0.0
        per_lot = len(list(world.lot_of_events(0)))
        for lot in track(range(max(1, scale // per_lot)), "capture …", console=console):
            events = list(world.lot_of_events(lot))
            for start in range(0, len(events), BATCH):
                begin = time.perf_counter()
                async with database.transaction() as conn:
                    await append(conn, events[start : start + BATCH], by=1, now=now)
                seconds += time.perf_counter() - begin
            captured += len(events)
        async with database.connection() as conn:
            await conn.execute("vacuum analyze")
            begin = time.perf_counter()
            links = await conn.fetchval(
                "select (select count(*) from ledger.touch) + (select count(*) from ledger.hold)"
            )
            size = await conn.fetchval("select pg_database_size(current_database())")
            ceiling = await _copy_again(conn)
            point = await _point_select(conn)
        spent = []
        chosen = random.Random(1)
        for _ in range(400):
            code = world.item(chosen.randrange(max(1, scale // per_lot)), chosen.randrange(world.ITEMS))
            begin = time.perf_counter()
            path = await trace(database, ADMIN, code, now=now)
            spent.append(time.perf_counter() - begin)
            assert len(path.hops) >= 8
        begin = time.perf_counter()
        pallet = await trace(database, ADMIN, world.unit(0, 3, 0), direction=Direction.forward, now=now)
        recall = time.perf_counter() - begin
        held = sum(holder.items for holder in pallet.holders)
    more = f"({captured:,} events, {links / captured:.1f} links and {size / captured:,.0f} B an event)"
    return [
        Figure(
            name="bulk capture, batches of 1 000",
            value=captured / seconds,
            unit="/s",
            limit=ceiling,
            bound="COPY of the same rows",
            more=more,
        ),
        Figure(
            name="path of an item, p50", value=percentile(spent, 0.5), unit="ms", limit=point, bound="one point select"
        ),
        Figure(
            name="path of an item, p99", value=percentile(spent, 0.99), unit="ms", limit=point, bound="one point select"
        ),
        Figure(name=f"holders of a pallet of {held:,} items", value=recall * 1000, unit="ms"),
    ]


async def _copy_again(conn: Connection) -> float:
    """Events a second when the ledger's own rows are copied into empty tables of the same shape, indexes included."""
    rows = {}
    count = min(20_000, await conn.fetchval("select count(*) from ledger.event"))
    evs = [r["id"] for r in await conn.fetch("select id from ledger.event order by id limit $1", count)]
    last = evs[-1]
    for table, columns in TABLES.items():
        key = {"event": "id", "name": "ev", "touch": "ev", "hold": "ev"}.get(table)
        where = (
            f"where {key} <= $1"
            if key
            else "where $1::uuid is not null and id <= (select max(code) from ledger.touch where ev <= $1)"
        )
        rows[table] = [tuple(r) for r in await conn.fetch(f"select {columns} from ledger.{table} {where}", last)]
        await conn.execute(f"create table public.copy_{table} (like ledger.{table} including all)")
    begin = time.perf_counter()
    for start in range(0, count, BATCH):
        async with conn.transaction():
            for table, columns in TABLES.items():
                some = rows[table][len(rows[table]) * start // count : len(rows[table]) * (start + BATCH) // count]
                await conn.copy_records_to_table(
                    f"copy_{table}", schema_name="public", columns=columns.split(", "), records=some
                )
    spent = time.perf_counter() - begin
    for table in TABLES:
        await conn.execute(f"drop table public.copy_{table}")
    return count / spent


async def _point_select(conn: Connection) -> float:
    ids = [r["id"] for r in await conn.fetch("select id from ledger.code limit 1000")]
    statement = await conn.prepare("select uri from ledger.code where id = $1")
    spent = []
    for id_ in ids:
        begin = time.perf_counter()
        await statement.fetchval(id_)
        spent.append(time.perf_counter() - begin)
    return percentile(spent, 0.5)
