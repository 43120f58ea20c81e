"""SQL of captures: what was sent, what became of it, and the bodies that wait."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from zhuisu.db import Connection, queries, rows_for

SQL = queries(__file__, "capture.sql")

FIRST = UUID(int=2**128 - 1), datetime(9999, 1, 1, tzinfo=UTC)
"""Before every capture in the order of ``page``."""


class Row(NamedTuple):
    """A capture; the fields stand in the order of the statements."""

    id: UUID
    party: int
    uscc: str
    anywhere: bool
    proceed: bool
    created: datetime
    finished: datetime | None
    events: int
    refused: int
    done: int
    xml: bool
    body: UUID | None
    header: str = ""


async def add(conn: Connection, row: Row) -> bool:
    """Log a capture; False when its id is taken."""
    values = [value for name, value in zip(Row._fields, row, strict=True) if name != "done"]
    return await conn.fetchval(SQL.add, *values) is not None


async def one(conn: Connection, id_: UUID) -> Row | None:
    """Read a capture back."""
    row = await conn.fetchrow(SQL.one, id_)
    return Row(*row) if row else None


async def page(conn: Connection, party: int | None, after: tuple[UUID, datetime], limit: int) -> list[Row]:
    """Captures of a party, of all for None, the latest first."""
    id_, created = after
    return [Row(*row) for row in await conn.fetch(SQL.page, party, created, id_, limit)]


async def running(conn: Connection) -> list[UUID]:
    """Captures that are not finished, the oldest first."""
    return [row["id"] for row in await conn.fetch(SQL.running)]


async def take(conn: Connection, id_: UUID) -> bool:
    """Have a capture for this connection alone; False when another one has it.

    A lock of the session, not of a row: it spans the transactions of a capture that proceeds, and ends with the
    connection of a worker that was killed.
    """
    return bool(await conn.fetchval(SQL.take, str(id_)))


async def leave(conn: Connection, id_: UUID) -> None:
    """Give a capture back."""
    await conn.execute(SQL.leave, str(id_))


async def advance(conn: Connection, id_: UUID, stored: int, refused: int) -> None:
    """So many more events are dealt with."""
    await conn.execute(SQL.advance, id_, stored, refused)


async def finish(conn: Connection, id_: UUID, body: UUID | None, now: datetime) -> None:
    """Nothing more is to be done: the body goes."""
    await conn.execute(SQL.finish, id_, now)
    await conn.execute(SQL.drop_body, body)


async def add_faults(conn: Connection, id_: UUID, faults: Sequence[tuple[int, str]]) -> None:
    """Name what was wrong: number and problem object of each."""
    if faults:
        await conn.execute(SQL.add_faults, id_, [n for n, _ in faults], [problem for _, problem in faults])


async def faults(conn: Connection, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Problem objects of captures, in document order."""
    found: dict[UUID, list[str]] = {}
    for row in await rows_for(conn, SQL.faults, ids):
        found.setdefault(row["capture"], []).append(row["problem"])
    return found


async def add_body(conn: Connection, id_: UUID, pieces: Iterable[bytes]) -> None:
    """Keep a body, piece by piece."""
    for n, piece in enumerate(pieces):
        await conn.execute(SQL.add_piece, id_, n, piece)


async def body(conn: Connection, id_: UUID) -> AsyncIterator[bytes]:
    """Read a body back, piece by piece."""
    n = 0
    while (piece := await conn.fetchval(SQL.piece, id_, n)) is not None:
        yield piece
        n += 1
