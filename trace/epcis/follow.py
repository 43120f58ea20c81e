"""What has been recorded since, for one who follows a query: matching, visible, in the order of recording.

>>> batch = await follow(db, subscription.position, asked, who, since=subscription.since, most=100)
>>> batch.docs, batch.position, batch.more
([b'{"type":"ObjectEvent",…}'], Position(xid=812, event=UUID('…')), False)

The same evaluation answers the query door, so nobody is sent an event that the door would hide from him.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from zhuisu.db import Database
from zhuisu.epcis import master_query, named_store, query
from zhuisu.epcis.filters import Query
from zhuisu.epcis.master import Element
from zhuisu.ledger import tail
from zhuisu.ledger.tail import Position
from zhuisu.parties import Principal

LOOK = 500
"""Events looked at in one step."""


class Batch(Struct, frozen=True):
    """Events to hand on, and where that leaves whoever follows. ``more``: there is something after the position.

    ``master`` is master data of what they name, where it was asked for.
    """

    docs: list[bytes]
    position: Position
    reached: datetime
    more: bool
    master: list[Element] | None = None


async def follow(
    db: Database,
    after: Position,
    asked: Query,
    who: Principal,
    *,
    since: datetime,
    reached: datetime,
    most: int,
    master: bool = False,
) -> Batch:
    """The next step after a position: up to ``most`` events, recorded at or after ``since``.

    ``reached`` is the record time that stands when nothing new is there; ``master``: with master data.
    """
    async with db.transaction(read_only=True) as conn:
        entries = await tail.tail(conn, after, LOOK)
        ids = [entry.position.event for entry in entries if entry.recorded >= since]
        found = await query.among(conn, who, asked, ids) if ids else {}
        taken = [id_ for id_ in ids if id_ in found][:most]
        docs = [found[id_] for id_ in taken]
        told = await master_query.of_events(conn, who, taken, docs) if master else None
    for n, entry in enumerate(entries, 1):
        after, reached = entry.position, max(reached, entry.recorded)
        if len(docs) == most and after.event == taken[-1]:
            return Batch(docs, after, reached, n < len(entries) or n == LOOK, told)
    return Batch(docs, after, reached, len(entries) == LOOK, told)


class Pulse:
    """The heartbeat of one process: how far the ledger has come, asked once for all who follow it here."""

    BEAT = 0.5
    """Seconds between two: what is committed is on its way within them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._beat = asyncio.Event()
        self._followed: Counter[int] = Counter()
        self.head = tail.START
        self.standing: set[int] = set()

    async def next(self) -> None:
        """Wait for the next beat."""
        await self._beat.wait()

    @contextlib.contextmanager
    def following(self, query: int) -> Iterator[None]:
        """While the block runs, ``standing`` says whether this query is still there."""
        self._followed[query] += 1
        self.standing.add(query)
        try:
            yield
        finally:
            self._followed[query] -= 1
            self._followed += Counter()  # drops what nobody follows any more

    async def beat(self) -> None:
        """Ask the database, and wake all who wait."""
        asked = set(self._followed)
        async with self._db.connection() as conn:
            self.head = await tail.head(conn)
            self.standing -= asked - (await named_store.standing(conn, asked) if asked else set())
        self.standing &= self._followed.keys()
        beaten, self._beat = self._beat, asyncio.Event()
        beaten.set()
