"""A ledger of millions of events in minutes: what capture would have written, thought out by the same pure functions.

>>> fill(url, range(46), now)                              # 46 lots, about 1e5 events

Nothing is looked up, since nothing is there yet: ids of codes come in blocks, and everything goes in by COPY, from as
many processes as there are cores. That a lot comes out the same either way is a test (tests/ledger/test_fill.py).
"""

import asyncio
import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from itertools import count
from multiprocessing import get_context
from typing import Any, NamedTuple, TypeAlias

from rich.console import Console
from rich.progress import track

from bench import world
from zhuisu import db
from zhuisu.db import Connection
from zhuisu.ledger import Prepared, prepare, store
from zhuisu.ledger.model import cluster
from zhuisu.ledger.rows import EventRow, Id, event_row, link_rows

CHUNK = 8
"""Lots of one task."""

COLUMNS: dict[str, Sequence[str]] = {
    "event": EventRow._fields,
    "name": store.NAME,
    "code_key": ("h", "id"),
    "code": ("id", "uri"),
    **store.LINKS,
}
"""The tables that capture writes for each event, in its order."""

Rows: TypeAlias = dict[str, list[tuple[Any, ...]]]


class Book(NamedTuple):
    """What a filler knows of the database: its salt, its places, and the ids that it may give to codes."""

    salt: bytes
    places: dict[str, int]
    ids: dict[str, int]
    unused: Iterator[int]

    def key(self, uri: str) -> Id:
        """As ``ledger.key`` does."""
        parts = ((cluster(uri), 6), (uri, 10))
        return Id(b"".join(hashlib.sha256(self.salt + text.encode()).digest()[:size] for text, size in parts))


async def book(conn: Connection, room: int) -> Book:
    """A book with ``room`` unused ids. Raises AssertionError when capture writes tables that are not filled here."""
    tables = {
        r["relname"]
        for r in await conn.fetch(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'ledger'::regnamespace"
        )
    }
    known = {*COLUMNS, "salt", "place", "witness"}
    assert tables == known, f"not filled: {tables ^ known}"
    salt = await conn.fetchval("select bytes from ledger.salt")
    last = await conn.fetchval("select setval('ledger.code_ids', nextval('ledger.code_ids') + $1)", room)
    return Book(salt, await store.places(conn, world.SITES), {}, count(last - room + 1))


def rows(entries: Sequence[Prepared], known: Book, now: datetime) -> Rows:
    """The rows of events that are new, and of their codes, as far as ``known`` does not have those."""
    new = {
        uri: next(known.unused)
        for uri in dict.fromkeys(uri for entry in entries for uri in entry.codes)
        if uri not in known.ids
    }
    known.ids.update(new)
    return {
        "event": [event_row(entry, known.places, now) for entry in entries],
        "name": sorted((Id(entry.key[0]), *entry.key[1:], entry.id) for entry in entries),
        "code_key": sorted((known.key(uri), id_) for uri, id_ in new.items()),
        "code": [(id_, uri) for uri, id_ in new.items()],
        **link_rows(entries, known.ids, known.places)._asdict(),
    }


async def copy(conn: Connection, some: Rows) -> None:
    """Write rows in one transaction."""
    async with conn.transaction():
        for table, columns in COLUMNS.items():
            if some[table]:
                await conn.copy_records_to_table(table, schema_name="ledger", columns=columns, records=some[table])


async def fill(url: str, lots: range, now: datetime, console: Console) -> None:
    """Write whole lots, then vacuum, analyze, checkpoint."""
    each = len({uri for event in world.lot_of_events(0) for uri in prepare(event, 1).codes})
    async with db.connect(url, size=1, statement_timeout=0, role="none") as database, database.connection() as conn:
        known = await book(conn, each * len(lots))
        first = next(known.unused)
        # Ids lie as capture gives them: those of one lot together, in the lot's own order.
        tasks = [(lots[n : n + CHUNK], first + each * n) for n in range(0, len(lots), CHUNK)]
        work = partial(_fill, url, known.salt, known.places, now)
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            for _ in track(pool.map(work, tasks), "filling …", len(tasks), console=console):
                pass
        await conn.execute("vacuum analyze")
        await conn.execute("checkpoint")


def _fill(url: str, salt: bytes, places: dict[str, int], now: datetime, task: tuple[range, int]) -> None:
    asyncio.run(_write(url, Book(salt, places, {}, count(task[1])), task[0], now))


async def _write(url: str, known: Book, lots: range, now: datetime) -> None:
    async with db.connect(url, size=1, statement_timeout=0, role="none") as database, database.connection() as conn:
        await conn.execute("set synchronous_commit = off")
        for lot in lots:
            await copy(conn, rows([prepare(event, 1) for event in world.lot_of_events(lot)], known, now))
            known.ids.clear()
