"""Many events, recorded by two who work at once: the next batch is prepared while the database takes the last one.

>>> async with db.connection() as conn:
...     await load(conn, events, by=party, now=now)       # each batch its own transaction
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from zhuisu.db import Connection
from zhuisu.events import Event
from zhuisu.ledger.append import record
from zhuisu.ledger.rows import Prepared, prepare

BATCH = 1000
"""Events that are recorded with one round of statements."""

SWITCH = 0.0005
"""Seconds after which a thread that prepares hands the interpreter back (``sys.setswitchinterval``): with Python's own
5 ms the loop waits longer at each answer of the database than that took."""

Thing = TypeVar("Thing")


async def ahead(things: Iterator[Thing]) -> AsyncGenerator[Thing, None]:
    """What ``things`` gives, each made in a thread while the caller is at the one before. Close it when done early."""
    done = object()
    coming = asyncio.create_task(asyncio.to_thread(next, things, done))
    try:
        while (thing := await coming) is not done:
            coming = asyncio.create_task(asyncio.to_thread(next, things, done))
            yield thing  # type: ignore[misc]  # it is not done
    finally:
        # A thread cannot be cancelled, and it reads what the caller may be about to close.
        await asyncio.gather(coming, return_exceptions=True)


async def load(conn: Connection, events: Iterable[Event], *, by: int, now: datetime, batch: int = BATCH) -> int:
    """Record what organisation ``by`` captured, a transaction for each batch; how many were new.

    Raises as ``append``; then the batches before that one stay.
    """
    fresh = 0
    async with contextlib.aclosing(ahead(_prepared(iter(events), by, batch))) as batches:
        async for some in batches:
            async with conn.transaction():
                fresh += sum(recorded.fresh for recorded in await record(conn, some, now))
    return fresh


def _prepared(events: Iterator[Event], by: int, batch: int) -> Iterator[list[Prepared]]:
    while some := [prepare(event, by) for event in itertools.islice(events, batch)]:
        yield some
