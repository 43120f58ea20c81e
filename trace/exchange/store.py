"""The exchange's SQL: what stays with the sender of a file, and what its exports read of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhuisu.db import Connection, queries, rows_for
from zhuisu.exchange.activation import BatchKey, Kept
from zhuisu.ledger.rights import Sight, looking_as

SQL = queries(__file__)


class Moved(NamedTuple):
    """An event in which goods moved, and its document."""

    id: UUID
    doc: str


async def keep(conn: Connection, party: int, batches: Mapping[BatchKey, Kept]) -> None:
    """Store what of batches does not travel; the first of equal ones stays."""
    columns = zip(*((*key, each.license, each.manager) for key, each in batches.items()), strict=True)
    await conn.execute(SQL.keep, party, *map(list, columns))


async def kept(conn: Connection, party: int | None, keys: Iterable[BatchKey]) -> dict[BatchKey, Kept]:
    """What was stored of these batches by that organisation."""
    wanted = list(keys)
    rows = await conn.fetch(SQL.kept, [key.product for key in wanted], [key.number for key in wanted], party)
    return {BatchKey(r["product"], r["number"]): Kept(r["license"], r["manager"]) for r in rows}


async def members(conn: Connection, lot: int, party: int | None, limit: int) -> list[int]:
    """The items that an organisation put into a lot."""
    return [r["code"] for r in await conn.fetch(SQL.members, lot, party, limit)]


async def packed_with(conn: Connection, codes: Iterable[int], party: int | None, limit: int) -> list[int]:
    """All drug codes that hang together with these by an organisation's packing, themselves too."""
    return [r["code"] for r in await rows_for(conn, SQL.packed_with, codes, party, limit)]


async def making(conn: Connection, codes: Iterable[int], party: int | None) -> list[UUID]:
    """Events by which an organisation activated these codes and packed them."""
    return [r["id"] for r in await rows_for(conn, SQL.making, codes, party)]


async def activations(conn: Connection, codes: Iterable[int]) -> dict[int, UUID]:
    """Code -> the first event that brought it into being; codes that none did are absent."""
    return {r["code"]: r["ev"] for r in await rows_for(conn, SQL.activations, codes)}


async def booked(conn: Connection, codes: Iterable[int], party: int, at: datetime, step: str) -> list[tuple[int, UUID]]:
    """(code, event) of what an organisation recorded at one moment in one step."""
    return [(r["code"], r["ev"]) for r in await rows_for(conn, SQL.booked, codes, party, at, step)]


async def moved(
    conn: Connection,
    sight: Sight,
    ids: tuple[UUID, UUID],
    times: tuple[datetime, datetime],
    steps: Sequence[str],
    site: str | None,
    limit: int,
) -> list[Moved]:
    """Events of a caller in which goods were seen in ``steps``, strictly between two ids; times are from and until."""
    async with looking_as(conn, sight):
        return [Moved(*r) for r in await conn.fetch(SQL.moved, *ids, *times, list(steps), site, limit)]
