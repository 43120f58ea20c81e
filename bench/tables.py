"""What the ledger's tables cost: WAL after a checkpoint, replay, a crate used again and again, text or jsonb."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console

from bench import world
from bench.figure import Figure, percentile
from zhuisu import db
from zhuisu.auth import Principal, Role
from zhuisu.chain.trace import trace
from zhuisu.db import Connection, Database
from zhuisu.epcis import filters, query
from zhuisu.events import Event, EventType, make
from zhuisu.ledger import append
from zhuisu.settings import Settings

ADMIN = Principal(party=1, uscc="", roles=frozenset({Role.administrator}), via="key")
CYCLES = 2_000
LOT = 90_000  # lots from here on are nobody else's


async def measure(settings: Settings, scale: int, console: Console) -> list[Figure]:
    console.print("tables …")
    async with db.connect(settings.database_url, size=2, statement_timeout=0) as database:
        return [
            await _wal(database),
            await _replay(database),
            *await _crate(database),
            *await _documents(database),
            *await _queries(database, scale),
        ]


async def _put(database: Database, events: Sequence[Event], batch: int) -> float:
    begin = time.perf_counter()
    for start in range(0, len(events), batch):
        async with database.transaction() as conn:
            await append(conn, events[start : start + batch], by=1, now=datetime.now(UTC))
    return time.perf_counter() - begin


@asynccontextmanager
async def _written(conn: Connection) -> AsyncIterator[list[int]]:
    """Bytes of WAL that the block writes, after a checkpoint: every page's first change is logged whole."""
    await conn.execute("checkpoint")
    before = await conn.fetchval("select pg_current_wal_lsn()")
    found: list[int] = []
    yield found
    found.append(int(await conn.fetchval("select pg_wal_lsn_diff(pg_current_wal_lsn(), $1)", before)))


async def _links(conn: Connection) -> int:
    return int(await conn.fetchval("select (select count(*) from ledger.touch) + (select count(*) from ledger.hold)"))


async def _wal(database: Database) -> Figure:
    lots = [list(world.lot_of_events(LOT + n)) for n in range(4)]
    # Commissionings and packs of four lots in turn, as four lines of one plant send them.
    mixed = [event for some in zip(*(lot[: len(lot) // 2] for lot in lots), strict=True) for event in some]
    async with database.connection() as conn:
        before = await _links(conn)
        async with _written(conn) as wal:
            await _put(database, mixed, 100)
        links = await _links(conn) - before
    return Figure(name="WAL a link after a checkpoint", value=wal[0] / links, unit="B", limit=690, bound="LEDGER.md")


async def _replay(database: Database) -> Figure:
    events = list(world.lot_of_events(LOT + 10))
    fresh = await _put(database, events, 1000)
    again = await _put(database, events, 1000)
    return Figure(
        name="replay of what is recorded",
        value=len(events) / again,
        unit="/s",
        limit=len(events) / fresh,
        bound="the same events fresh",
    )


async def _crate(database: Database) -> list[Figure]:
    """An item in a crate that was packed and emptied CYCLES times, beside one in a crate used once."""
    start = datetime(2026, 2, 1, tzinfo=UTC)
    used, once = world.unit(LOT, 7, 1), world.unit(LOT, 7, 2)

    def cycle(n: int, crate: str, item: str) -> list[Event]:
        at = start + timedelta(minutes=3 * n)
        place = world.SITES[n % len(world.SITES)]
        common = {"parent": crate, "location": place}
        return [
            make(EventType.AggregationEvent, time=at, action="ADD", children=[item], step="packing", **common),
            make(
                EventType.ObjectEvent,
                time=at + timedelta(minutes=1),
                action="OBSERVE",
                epcs=[crate],
                step="receiving",
                location=place,
            ),
            make(
                EventType.AggregationEvent,
                time=at + timedelta(minutes=2),
                action="DELETE",
                children=[item],
                step="unpacking",
                **common,
            ),
        ]

    items = [world.item(LOT + 20, n) for n in range(CYCLES)]
    await _put(database, [event for n, item in enumerate(items) for event in cycle(n, used, item)], 1000)
    alone = world.item(LOT + 21, 0)
    await _put(database, cycle(CYCLES, once, alone), 1000)
    worn = await _paths(database, items[CYCLES // 2 : CYCLES // 2 + 100])
    new = await _paths(database, [alone] * 100)
    return [
        Figure(
            name=f"path of an item in a crate used {CYCLES:,} times, p50",
            value=percentile(worn, 0.5),
            unit="ms",
            limit=percentile(new, 0.5),
            bound="in a crate used once",
        )
    ]


async def _paths(database: Database, codes: Sequence[str]) -> list[float]:
    spent = []
    for code in codes:
        begin = time.perf_counter()
        path = await trace(database, ADMIN, code, now=datetime.now(UTC))
        spent.append(time.perf_counter() - begin)
        assert len(path.hops) == 3, code
    return spent


async def _documents(database: Database) -> list[Figure]:
    """The stored document as text and as jsonb: inserted, and read back one by one."""
    found = []
    async with database.connection() as conn:
        docs = [r["doc"] for r in await conn.fetch("select doc from ledger.event limit 20000")]
        for kind in ("text", "jsonb"):
            await conn.execute(f"create table public.bench_doc (id serial primary key, doc {kind})")
            begin = time.perf_counter()
            await conn.execute(f"insert into public.bench_doc (doc) select unnest($1::text[])::{kind}", docs)
            spent = time.perf_counter() - begin
            size = await conn.fetchval("select pg_total_relation_size('public.bench_doc')")
            begin = time.perf_counter()
            await conn.fetch("select doc::text from public.bench_doc")
            read = time.perf_counter() - begin
            await conn.execute("drop table public.bench_doc")
            found.append(
                Figure(
                    name=f"documents inserted as {kind}",
                    value=len(docs) / spent,
                    unit="/s",
                    more=f"({size / len(docs):,.0f} B each, read back {len(docs) / read:,.0f}/s)",
                )
            )
    return found


async def _queries(database: Database, scale: int) -> list[Figure]:
    """What a client asks most: everything about one EPC, and one event."""
    lots = max(1, scale // len(list(world.lot_of_events(0))))
    asked = [f"MATCH_anyEPC={world.item(n % lots, (37 * n) % world.ITEMS)}" for n in range(200)]
    async with database.connection() as conn:
        names = [r["name"] for r in await conn.fetch("select name from ledger.event order by id desc limit 200")]
        statement = await conn.prepare("select uri from ledger.code where id = $1")
        point = []
        for n in range(200):
            begin = time.perf_counter()
            await statement.fetchval(n)
            point.append(time.perf_counter() - begin)
    match, one = [], []
    for text, name in zip(asked, names, strict=False):
        begin = time.perf_counter()
        page = await query.events(database, ADMIN, filters.parse(text))
        match.append(time.perf_counter() - begin)
        assert page.docs, text
        begin = time.perf_counter()
        assert await query.event(database, ADMIN, name)
        one.append(time.perf_counter() - begin)
    limit, bound = percentile(point, 0.99), "one point select, p99"
    return [
        Figure(name="MATCH_anyEPC, p99", value=percentile(match, 0.99), unit="ms", limit=limit, bound=bound),
        Figure(name="GET /epcis/events/{id}, p99", value=percentile(one, 0.99), unit="ms", limit=limit, bound=bound),
    ]
