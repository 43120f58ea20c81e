"""The ledger in the order of recording: for whoever follows it (subscriptions, the log, replicas).

>>> entries = await tail(conn, START, 500)
>>> more = await tail(conn, entries[-1].position, 500)     # [] until something new is recorded

Writers never wait for one another, so an event may be committed after one whose transaction began later. A reader
therefore sees an event only when no older transaction is open: nothing can appear behind it any more. What is read
lags behind the commit by the longest transaction that writes, and is never skipped.

The order is that of transaction numbers, which belong to one PostgreSQL cluster: a physical copy (pg_basebackup) goes
on counting, a dump loaded into a new cluster does not, and who followed the old one begins anew.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from zhuisu.db import Connection, queries

SQL = queries(__file__, "tail.sql")

CLOCKS = timedelta(hours=1)
"""How far record times may be out of the order of transactions: clocks of several nodes, and long documents."""


class Position(NamedTuple):
    """A place in the order of recording: a transaction, and an event within it.

    >>> str(Position(7, UUID(int=1)))
    '7.00000000000000000000000000000001'
    """

    xid: int
    event: UUID

    def __str__(self) -> str:
        return f"{self.xid}.{self.event.hex}"

    @classmethod
    def read(cls, text: str) -> "Position":
        """What ``str`` wrote. Raises ValueError."""
        xid, _, event = text.partition(".")
        if not (xid.isascii() and xid.isdecimal() and len(xid) <= 20 and int(xid) < 1 << 64):
            raise ValueError(f"{text!r:.80} is no position")
        return cls(int(xid), UUID(hex=event))


START = Position(0, UUID(int=0))


class Entry(NamedTuple):
    """An event as it is followed: where it stands, when it was recorded, and the event."""

    position: Position
    recorded: datetime
    doc: bytes


async def tail(conn: Connection, after: Position, limit: int) -> list[Entry]:
    """Up to ``limit`` events after a position, in the order of recording; none is ever added before them."""
    rows = await conn.fetch(SQL.tail, after.xid, after.event, limit)
    return [Entry(Position(r["xid"], r["id"]), r["rec"], r["doc"].encode()) for r in rows]


async def head(conn: Connection) -> Position:
    """The last position that ``tail`` would reach now; START in an empty ledger."""
    row = await conn.fetchrow(SQL.head)
    return Position(*row) if row else START


async def end(conn: Connection) -> Position:
    """After all that is committed by now, but for what older open transactions hold back."""
    return Position(await conn.fetchval(SQL.end), START.event)


async def before(conn: Connection, moment: datetime) -> Position:
    """A position before every event recorded at or after ``moment``, some earlier ones perhaps behind it too.

    Record times are nearly in the order of transactions: a bisection over their numbers, some forty single reads.
    """
    low, high = 0, (await end(conn)).xid
    while low < high:
        middle = (low + high) // 2
        recorded = await conn.fetchval(SQL.recorded_from, middle)
        if recorded is not None and recorded < moment - CLOCKS:
            low = middle + 1
        else:
            high = middle
    return Position(low, START.event)
