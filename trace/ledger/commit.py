"""Group commit: events that come one at a time share a transaction, and with it the price of a safe disk.

>>> async with group_commit(db, guard) as commit:
...     await commit(who, events, now)      # answered when it is on disk
[Recorded(id=UUID('019b…'), …)]

Plain events at known places take one statement, which is a transaction of its own, after what the guard has to ask;
what takes more, a declaration or a conflict, goes step by step in a transaction around it. What arrives while both
writers commit shares the next transaction. When a shared one fails, each submission is tried alone, so that a refusal
reaches its own sender alone.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec

from zhuisu.db import AWAY, Connection, Database, DatabaseAway
from zhuisu.events import Event
from zhuisu.ledger.append import Recorded, at_once, in_steps
from zhuisu.ledger.rows import Prepared, prepare
from zhuisu.parties import Principal

WRITERS = 2
MOST = 256
"""Submissions that share one transaction."""
PLACES = 100_000
"""Ids of locations that are kept in mind."""


class Submission(msgspec.Struct, frozen=True, eq=False):
    """The events of one request, which stand or fall together."""

    who: Principal
    entries: Sequence[Prepared]
    now: datetime
    done: "asyncio.Future[list[Recorded]]"


Guard: TypeAlias = Callable[[Connection, Sequence[Submission]], Awaitable[None]]
"""Asked before anything is recorded, on the connection that will; raises what it refuses."""


class GroupCommit:
    """The queue of submissions. Use ``group_commit``, which runs the writers too."""

    def __init__(self, db: Database, guard: Guard) -> None:
        self._db = db
        self._guard = guard
        self._queue: asyncio.Queue[Submission] = asyncio.Queue()
        self._places: dict[str, int] = {}

    async def __call__(self, who: Principal, events: Sequence[Event], now: datetime) -> list[Recorded]:
        """Record the events in a transaction that others may share; raises as ``append`` and the guard do."""
        assert who.party is not None, "a route without a guard"
        done: asyncio.Future[list[Recorded]] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(Submission(who, [prepare(event, who.party) for event in events], now, done))
        return await done

    async def write(self) -> None:
        """Commit what is queued, for ever; runs as a task of ``group_commit``."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._commit(batch)
            for _ in batch:
                self._queue.task_done()

    async def drained(self) -> None:
        """Wait until nothing is queued or under way."""
        await self._queue.join()

    async def _commit(self, batch: Sequence[Submission]) -> None:
        try:
            entries = [entry for submission in batch for entry in submission.entries]
            now = max(submission.now for submission in batch)
            if len(self._places) > PLACES:
                self._places.clear()
            async with self._db.connection() as conn:
                await self._guard(conn, batch)
                done = await at_once(conn, entries, now, self._places)
                if done is None:
                    async with conn.transaction():
                        done = await in_steps(conn, entries, now)
                recorded = iter(done)
        except Exception as error:  # noqa: BLE001  (each is handed to whoever asked, none is swallowed)
            if len(batch) == 1 or isinstance(error, (DatabaseAway, *AWAY)):
                for submission in batch:
                    if not submission.done.done():
                        submission.done.set_exception(error)
                return
            for submission in batch:
                await self._commit([submission])
            return
        for submission in batch:
            answer = [next(recorded) for _ in submission.entries]
            if not submission.done.done():  # its sender may have gone; what it sent is recorded all the same
                submission.done.set_result(answer)


@contextlib.asynccontextmanager
async def group_commit(db: Database, guard: Guard) -> AsyncIterator[GroupCommit]:
    """A queue with its writers; what is queued when the block ends is committed first."""
    commit = GroupCommit(db, guard)
    writers = [asyncio.create_task(commit.write(), name="zhuisu group commit") for _ in range(WRITERS)]
    try:
        yield commit
        await commit.drained()
    finally:
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
