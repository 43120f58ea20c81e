"""Bytes of WAL that a link costs right after a checkpoint, when every page's first change is logged whole."""

from datetime import UTC, datetime

from rich.console import Console

from bench import world
from bench.figure import Figure
from zhuisu import db
from zhuisu.db import Connection
from zhuisu.ledger.bulk import load
from zhuisu.settings import Settings

LOTS, BATCH = 4, 100


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("WAL …")
    lots = [list(world.lot_of_events(next(world.UNUSED))) for _ in range(LOTS)]
    # Commissionings and packs of four lots in turn, as four lines of one plant send them.
    some = 20 + 112
    mixed = [event for events in zip(*(lot[:some] for lot in lots), strict=True) for event in events]
    url = settings.database_url
    async with (
        db.connect(url, size=1, statement_timeout=0) as database,
        db.connect(url, size=1, statement_timeout=0, role="none") as owner,
        database.connection() as conn,
        owner.connection() as raw,
    ):
        links = await _links(raw)
        await raw.execute("checkpoint")
        before = await raw.fetchval("select pg_current_wal_lsn()")
        await load(conn, mixed, by=1, now=datetime.now(UTC), batch=BATCH)
        written = await raw.fetchval("select pg_wal_lsn_diff(pg_current_wal_lsn(), $1)", before)
        links = await _links(raw) - links
    return [
        Figure(
            name="WAL a link after a checkpoint",
            value=float(written) / links,
            unit="B",
            limit=690,
            bound="LEDGER.md §3c",
            more=f"(n = {links:,} links of {len(mixed)} events, batch {BATCH})",
        )
    ]


async def _links(conn: Connection) -> int:
    return int(await conn.fetchval("select (select count(*) from ledger.touch) + (select count(*) from ledger.hold)"))
