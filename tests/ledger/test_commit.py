"""Events that share a commit: recorded once, refused alone, and on disk before the answer."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zhuisu.codes.checksum import check_digit
from zhuisu.db import Database
from zhuisu.events import ErrorDeclaration, Event, EventType, make
from zhuisu.ledger import append, group_commit, history, prepare, store
from zhuisu.ledger.append import at_once
from zhuisu.ledger.errors import EventIdConflict
from zhuisu.parties import Principal, Role

T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WHO = Principal(party=1, uscc="", roles=frozenset({Role.operator}), via="key")


def uri(code: int) -> str:
    return f"https://id.gs1.org/01/06901234567892/21/{code}"


def seen(n: int, code: int, event_id: str = "", **more: Any) -> Event:
    at = T + timedelta(minutes=n)
    return make(EventType.ObjectEvent, time=at, action="OBSERVE", epcs=[uri(code)], event_id=event_id, **more)


async def nothing_refused(conn: Any, asked: Any) -> None:
    pass


async def transactions(db: Database) -> int:
    """Transactions that wrote events."""
    async with db.connection() as conn:
        return int(await conn.fetchval("select count(distinct xmin::text) from ledger.event"))


async def test_many_that_come_at_once_share_few_commits(db: Database) -> None:
    async with group_commit(db, nothing_refused) as commit:
        answers = await asyncio.gather(*(commit(WHO, [seen(n, n)], NOW) for n in range(200)))
        assert all(recorded.fresh for (recorded,) in answers)
        assert await transactions(db) <= 4


async def test_the_same_event_from_many_senders_is_recorded_once(db: Database) -> None:
    async with group_commit(db, nothing_refused) as commit:
        answers = await asyncio.gather(*(commit(WHO, [seen(1, 1)], NOW) for _ in range(50)))
    assert sum(recorded.fresh for (recorded,) in answers) == 1
    assert len({recorded.id for (recorded,) in answers}) == 1


async def test_what_is_here_already_is_told_apart_in_a_shared_commit(db: Database) -> None:
    async with group_commit(db, nothing_refused) as commit:
        await commit(WHO, [seen(1, 1), seen(2, 2)], NOW)
        sent = ([seen(n, n)] for n in (3, 1, 4, 2, 4))
        answers = await asyncio.gather(*(commit(WHO, events, NOW) for events in sent))
        assert [recorded.fresh for (recorded,) in answers] == [True, False, True, False, False]
    async with db.connection() as conn:
        marks = await history(conn, [uri(n) for n in range(1, 5)])
        assert [len(found) for found in marks.values()] == [1] * 4
        for table in ("event", "name", "touch", "about", "code"):
            assert await conn.fetchval(f"select count(*) from ledger.{table}") == 4, table


async def test_one_statement_leaves_alone_what_it_cannot_finish(db: Database) -> None:
    declared = ErrorDeclaration(time=NOW, reason="did_not_occur")
    tables = ("place", "event", "name", "code_key", "code", "touch", "about")
    count = "select " + ", ".join(f"(select count(*) from ledger.{table})" for table in tables)
    async with db.connection() as conn:
        assert await at_once(conn, [prepare(seen(1, 1, "urn:x:taken"), 1)], NOW, {})
        await append(conn, [seen(5, 5, "urn:x:declared", declaration=declared)], by=1, now=NOW)
        places = await store.places(conn, ["urn:x:barn"])
        before = await conn.fetchrow(count)
        for odd in (
            [seen(2, 2, "urn:x:taken")],  # another content
            [seen(5, 5, "urn:x:declared")],  # its declaration waits
            [seen(3, 3, "urn:x:twice"), seen(4, 4, "urn:x:twice")],
            [seen(6, 6, declaration=declared)],
        ):
            captured = [prepare(event, 1) for event in (seen(9, 9, location="urn:x:barn"), *odd)]
            assert await at_once(conn, captured, NOW, places) is None
            assert await conn.fetchrow(count) == before


async def test_an_event_whose_declaration_waits_is_void_in_a_shared_commit_too(db: Database) -> None:
    async with db.transaction() as conn:
        declared = ErrorDeclaration(time=NOW, reason="did_not_occur")
        await append(conn, [seen(1, 1, "urn:x:wrong", declaration=declared)], by=1, now=NOW)
    async with group_commit(db, nothing_refused) as commit:
        sent = ([seen(1, 1, "urn:x:wrong")], [seen(2, 2)], [seen(3, 3)])
        answers = await asyncio.gather(*(commit(WHO, events, NOW) for events in sent))
    assert all(recorded.fresh for (recorded,) in answers)
    async with db.connection() as conn:
        assert {code for code, found in (await history(conn, [uri(n) for n in range(4)])).items() if found} == {
            uri(2),
            uri(3),
        }


async def test_one_refusal_among_many_reaches_its_sender_alone(db: Database) -> None:
    async with group_commit(db, nothing_refused) as commit:
        await commit(WHO, [seen(1, 1, "urn:x:taken")], NOW)
        asked = [[seen(2, 2, "urn:x:taken")] if n == 7 else [seen(n, n)] for n in range(20)]
        answers = await asyncio.gather(*(commit(WHO, events, NOW) for events in asked), return_exceptions=True)
    refused = [n for n, answer in enumerate(answers) if isinstance(answer, BaseException)]
    assert refused == [7]
    assert isinstance(answers[7], EventIdConflict)
    async with db.connection() as conn:
        marks = await history(conn, [uri(n) for n in range(20) if n != 7])
    assert len(marks) == 19


async def test_what_a_guard_refuses_is_not_recorded(db: Database) -> None:
    async def odd_only(conn: Any, asked: Any) -> None:
        for one in asked:
            if any(entry.event.time.minute % 2 == 0 for entry in one.entries):
                raise EventIdConflict("even")

    async with group_commit(db, odd_only) as commit:
        answers = await asyncio.gather(*(commit(WHO, [seen(n, n)], NOW) for n in range(10)), return_exceptions=True)
        assert [isinstance(answer, list) for answer in answers] == [n % 2 == 1 for n in range(10)]
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.event") == 5


async def test_the_end_waits_for_what_is_queued(db: Database) -> None:
    async with group_commit(db, nothing_refused) as commit:
        waiting = [asyncio.create_task(commit(WHO, [seen(n, n)], NOW)) for n in range(30)]
        await asyncio.sleep(0)
    assert all(task.done() and not task.exception() for task in waiting)


async def test_a_sender_that_went_away_does_not_stop_the_others(db: Database) -> None:
    async with group_commit(db, nothing_refused) as commit:
        tasks = [asyncio.create_task(commit(WHO, [seen(n, n)], NOW)) for n in range(10)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(done[3], asyncio.CancelledError)
    async with db.connection() as conn:
        assert await conn.fetchval("select count(*) from ledger.event") == 10


@pytest.mark.parametrize("writers", [8])
async def test_writers_of_the_same_new_codes_do_not_lock_each_other_out(db: Database, writers: int) -> None:
    # Each takes the same codes in another order; keys are inserted sorted, so nobody waits in a ring.
    def commissioned(n: int) -> Event:
        order = [(7 * k + 13 * n) % 200 for k in range(200)]
        body = f"0690123400{n % 2}00"[:13]
        gtin = body + check_digit(body)
        uris = [f"https://id.gs1.org/01/{gtin}/21/{k}" for k in dict.fromkeys(order)]
        # A place of its own for each round, which all name at once.
        at = f"urn:x:barn:{n // writers}"
        return make(EventType.ObjectEvent, time=T + timedelta(minutes=n), action="OBSERVE", epcs=uris, location=at)

    async with group_commit(db, nothing_refused) as one, group_commit(db, nothing_refused) as two:
        for rounds in range(5):
            sent = [(one, two)[n % 2](WHO, [commissioned(rounds * writers + n)], NOW) for n in range(writers)]
            assert all(recorded.fresh for (recorded,) in await asyncio.gather(*sent))
    async with db.connection() as conn:
        assert await conn.fetchval("select count(*) from ledger.code") == 400
        assert await conn.fetchval("select count(*) from ledger.code_key") == 400
        # What was known took no number: they are few, and every event names one.
        assert await conn.fetchval("select (count(*), max(id) < 5 * $1) = (5, true) from ledger.place", writers)
