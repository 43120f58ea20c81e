"""The ledger in the order of recording: nothing is skipped, however late it commits."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.db import Connection, Database
from zhuisu.events import Event, EventType, make
from zhuisu.ledger import append
from zhuisu.ledger.tail import START, Position, before, end, head, tail

T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def seen(n: int) -> Event:
    return make(
        EventType.ObjectEvent, time=T - timedelta(hours=n), action="OBSERVE", epcs=[f"urn:x:{n}"], event_id=f"urn:n:{n}"
    )


async def add(conn: Connection, n: int, now: datetime = T) -> UUID:
    (recorded,) = await append(conn, [seen(n)], by=1, now=now)
    return recorded.id


async def read(db: Database, after: Position = START, limit: int = 100) -> list[UUID]:
    async with db.connection() as conn:
        return [entry.position.event for entry in await tail(conn, after, limit)]


class TestTail:
    async def test_the_order_is_that_of_recording_not_of_events(self, db: Database) -> None:
        ids = []
        for n in range(5):
            async with db.transaction() as conn:
                ids.append(await add(conn, n))
        assert sorted(ids) != ids
        assert await read(db) == ids
        async with db.connection() as conn:
            entries = await tail(conn, START, 2)
            assert entries[0].recorded == T
            assert entries[0].doc == seen(0).doc
            assert await head(conn) > entries[-1].position
        assert await read(db, entries[-1].position) == ids[2:]
        assert await read(db, entries[-1].position, 1) == ids[2:3]

    async def test_an_empty_ledger(self, db: Database) -> None:
        async with db.connection() as conn:
            assert (await head(conn), await tail(conn, START, 10)) == (START, [])

    async def test_a_late_commit_is_never_skipped(self, db: Database, database_url: str) -> None:
        slow = await asyncpg.connect(database_url)
        try:
            transaction = slow.transaction()
            await transaction.start()
            first = await add(slow, 1)
            async with db.transaction() as conn:
                second = await add(conn, 2)
                start = await end(conn)
            assert await read(db) == []
            await transaction.commit()
            assert await read(db) == [first, second]
            assert await read(db, start) == [first, second]
        finally:
            await slow.close()

    async def test_before_a_moment(self, db: Database) -> None:
        ids = []
        for n in range(30):
            async with db.transaction() as conn:
                ids.append(await add(conn, n, T + timedelta(days=n)))
        async with db.connection() as conn:
            places = [await before(conn, T + timedelta(days=n, hours=1)) for n in (-5, 0, 7, 29, 99)]
        assert [await read(db, place) for place in places] == [ids, ids, ids[7:], ids[29:], []]


class TestPosition:
    @given(st.integers(0, 2**64 - 1), st.uuids())
    def test_written_and_read(self, xid: int, event: UUID) -> None:
        assert Position.read(str(Position(xid, event))) == Position(xid, event)

    @pytest.mark.parametrize(
        "text", ["", "7", "7.x", "x.0", "-1." + "0" * 32, "9" * 21 + "." + "0" * 32, "²." + "0" * 32]
    )
    def test_others_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError):
            Position.read(text)
