"""SQL of named queries and subscriptions."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from asyncpg import Record
from msgspec import Struct

from zhuisu.db import Connection, queries
from zhuisu.ledger.tail import Position
from zhuisu.parties import Principal, Role

SQL = queries(__file__, "named.sql")


class QueryRow(NamedTuple):
    """A query under its name; ``query`` is JSON, ``party`` whose it is, None for that of the standard."""

    id: int
    name: str
    party: int | None
    query: str
    created: datetime


class Subscription(Struct, frozen=True, kw_only=True):
    """A subscription and where its delivery stands; migration 0007 says what each field is."""

    id: UUID
    query: int
    name: str
    party: int
    roles: list[str]
    dest: str
    token: bytes
    schedule: str
    report_empty: bool
    form: str
    since: datetime
    created: datetime
    position: Position
    reached: datetime
    due: datetime
    reported: bool = False
    most: int
    failures: int = 0
    error: str = ""
    notified: datetime | None = None
    asked: str = ""


class DeadLetter(NamedTuple):
    """A delivery that was passed over: it began after ``position``."""

    position: Position
    events: int
    failures: int
    error: str
    since: datetime


async def add_query(conn: Connection, name: str, party: int, query: str, now: datetime) -> QueryRow | None:
    """None when the name is taken."""
    row = await conn.fetchrow(SQL.add_query, name, party, query, now)
    return QueryRow(*row) if row else None


async def query(conn: Connection, name: str) -> QueryRow | None:
    """The query of a name."""
    row = await conn.fetchrow(SQL.query, name)
    return QueryRow(*row) if row else None


async def page(conn: Connection, party: int | None, after: str, limit: int) -> list[QueryRow]:
    """Queries of one organisation and the standard's, or with None all, in the order of names."""
    return [QueryRow(*r) for r in await conn.fetch(SQL.queries, party, after, limit)]


async def delete_query(conn: Connection, id_: int) -> None:
    """Delete a query, its subscriptions too."""
    await conn.execute(SQL.delete_query, id_)


async def standing(conn: Connection, ids: Iterable[int]) -> set[int]:
    """Those of the queries that are still there."""
    return {r["id"] for r in await conn.fetch(SQL.standing, list(ids))}


async def add_subscription(conn: Connection, new: Subscription) -> None:
    """Record a subscription. Raises asyncpg.ForeignKeyViolationError when its query has just been deleted."""
    values = (new.id, new.query, new.party, new.roles, new.dest, new.token, new.schedule, new.report_empty)
    stands = (new.since, new.created, *new.position, new.due, new.most)
    await conn.execute(SQL.add_subscription, *values, *stands, new.form)


async def crowd(conn: Connection, party: int) -> int:
    """How many subscriptions an organisation has; whoever else asks waits until this transaction ends."""
    await conn.execute(SQL.alone, party)
    count: int = await conn.fetchval(SQL.crowd, party)
    return count


async def subscription(conn: Connection, query: int, party: int | None, id_: UUID) -> Subscription | None:
    """One subscription to a query, of one organisation or with None of any."""
    row = await conn.fetchrow(SQL.subscription, query, party, id_)
    return _subscription(row) if row else None


async def subscriptions(
    conn: Connection, query: int, party: int | None, after: tuple[datetime, UUID], limit: int
) -> list[Subscription]:
    """Subscriptions to a query, of one organisation or with None of all, made after one."""
    return [_subscription(r) for r in await conn.fetch(SQL.subscriptions, query, party, *after, limit)]


async def delete_subscription(conn: Connection, id_: UUID) -> None:
    """Delete a subscription."""
    await conn.execute(SQL.delete_subscription, id_)


async def dead_letters(conn: Connection, id_: UUID, limit: int) -> list[DeadLetter]:
    """What was passed over, oldest first."""
    rows = await conn.fetch(SQL.dead_letters, id_, limit)
    return [DeadLetter(Position(xid, ev), *rest) for xid, ev, *rest in rows]


async def replay(conn: Connection, id_: UUID, position: Position, since: datetime, now: datetime) -> None:
    """Begin again after a position, with what was recorded from ``since`` on."""
    await conn.execute(SQL.replay, id_, *position, since, now)


async def claim(conn: Connection, holder: UUID, now: datetime, until: datetime, head: Position) -> Subscription | None:
    """One subscription that is due and that nobody holds, held until a time; None when there is none."""
    row = await conn.fetchrow(SQL.claim, now, holder, until, *head)
    return _subscription(row) if row else None


async def settle(conn: Connection, holder: UUID, after: Subscription, *, notified: datetime | None) -> bool:
    """Write down where the delivery stands and let go; False when ``holder`` no longer holds it."""
    where = (*after.position, after.reached, after.due, after.reported, after.most, after.failures, after.error)
    return await conn.fetchval(SQL.settle, after.id, holder, *where, notified) is not None


async def lay_aside(conn: Connection, id_: UUID, letter: DeadLetter) -> None:
    """Keep note of a delivery that is passed over."""
    await conn.execute(SQL.lay_aside, id_, *letter.position, *letter[1:])


async def subscriber(conn: Connection, party: int, roles: Iterable[str]) -> Principal | None:
    """The organisation as it may act now, in those of ``roles`` it still has; None when it may not act in any."""
    row = await conn.fetchrow(SQL.subscriber, party, list(roles))
    if row is None or not row["roles"]:
        return None
    return Principal(
        party=party,
        uscc=row["uscc"],
        name=row["name"],
        kind=row["kind"],
        roles=frozenset(map(Role, row["roles"])),
        divisions=tuple(row["divisions"]),
        via="key",
    )


def _subscription(row: Record) -> Subscription:
    values = {name: value for name, value in row.items() if name in Subscription.__struct_fields__}
    return Subscription(**values, position=Position(row["xid"], row["ev"]))
