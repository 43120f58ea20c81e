"""Whose eyes a transaction reads with: from ``look_as`` on, PostgreSQL shows it that caller's events and no others.

>>> async with db.transaction(read_only=True) as conn:
...     await look_as(conn, Sight(party=7, sites_of=7))
...     await conn.fetchval("select count(*) from ledger.event")      # what 7 captured, or what happened at its sites

The role it reads in, ``zhuisu_reader``, may read nothing of the ledger but ``ledger.event``, under row level security,
and call the functions of migration 0009. Role and caller go with the transaction; without a caller there are no rows.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from zhuisu.db import Connection, queries

SQL = queries(__file__, "rights.sql")


class Sight(Struct, frozen=True, kw_only=True):
    """What a caller has a claim to: everything, what ``party`` captured, or what happened at some places.

    The places are the sites of the organisation ``sites_of``, and those in divisions with these prefixes.
    """

    everything: bool = False
    party: int | None = None
    sites_of: int | None = None
    divisions: tuple[str, ...] = ()


async def look_as(conn: Connection, sight: Sight) -> None:
    """Read as a caller, to the end of the transaction."""
    assert conn.is_in_transaction(), "the caller would be gone with the first statement"
    await conn.execute(SQL.look_as, sight.everything, sight.party, sight.sites_of, list(sight.divisions))


@asynccontextmanager
async def looking_as(conn: Connection, sight: Sight) -> AsyncIterator[None]:
    """Read as a caller while the block runs; after an error inside it the transaction has to be rolled back."""
    await look_as(conn, sight)
    yield
    await conn.execute(SQL.look_back)
