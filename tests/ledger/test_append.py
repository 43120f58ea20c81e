"""The ledger on a real database: once and for ever, corrections, and the smallest stories of containment."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from zhuisu.db import Database
from zhuisu.events import ErrorDeclaration, Event, EventType, Quantity, make
from zhuisu.ledger import append, history
from zhuisu.ledger.append import FEW, MANY
from zhuisu.ledger.errors import EventIdConflict, NotYourEvent

T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def box(n: int) -> str:
    return f"https://id.gs1.org/01/06901234567892/21/{n}"


def case(n: int) -> str:
    return f"https://id.gs1.org/00/3690123400000{n:05d}"


def at(minutes: int) -> datetime:
    return T + timedelta(minutes=minutes)


def seen(minutes: int, *codes: str, step: str = "storing", **more: str) -> Event:
    return make(EventType.ObjectEvent, time=at(minutes), action="OBSERVE", epcs=codes, step=step, **more)


def pack(minutes: int, parent: str, *children: str, action: str = "ADD") -> Event:
    return make(EventType.AggregationEvent, time=at(minutes), action=action, parent=parent, children=children)


async def put(db: Database, *events: Event, by: int = 1) -> list[bool]:
    async with db.transaction() as conn:
        return [r.fresh for r in await append(conn, events, by=by, now=NOW)]


async def minutes_of(db: Database, code: str) -> list[int]:
    async with db.connection() as conn:
        marks = (await history(conn, [code])).get(code, [])
    return [round((m.time - T).total_seconds() / 60) for m in marks]


class TestOnceAndForEver:
    async def test_a_repeat_changes_nothing(self, db: Database) -> None:
        assert await put(db, seen(1, box(1)), seen(2, box(1))) == [True, True]
        assert await put(db, seen(2, box(1)), seen(1, box(1)), seen(1, box(1))) == [False, False, False]
        assert await minutes_of(db, box(1)) == [1, 2]

    async def test_the_same_content_twice_in_one_batch_is_one_event(self, db: Database) -> None:
        assert await put(db, seen(1, box(1)), seen(1, box(1))) == [True, False]

    async def test_another_content_under_one_event_id_is_a_conflict_and_stores_nothing(self, db: Database) -> None:
        await put(db, seen(1, box(1), event_id="urn:uuid:a"))
        with pytest.raises(EventIdConflict):
            await put(db, seen(3, box(2)), seen(2, box(1), event_id="urn:uuid:a"))
        assert await minutes_of(db, box(2)) == []
        with pytest.raises(EventIdConflict):
            await put(db, seen(3, box(2), event_id="urn:uuid:b"), seen(4, box(2), event_id="urn:uuid:b"))
        # Many take another way through the gate, to the same end.
        many = [seen(n, box(n)) for n in range(100, 101 + FEW)]
        with pytest.raises(EventIdConflict):
            await put(db, *many, seen(2, box(1), event_id="urn:uuid:a"))
        with pytest.raises(EventIdConflict):
            await put(db, *many, seen(3, box(2), event_id="urn:uuid:b"), seen(4, box(2), event_id="urn:uuid:b"))
        assert await minutes_of(db, box(100)) == []
        assert await put(db, *many, seen(1, box(1), event_id="urn:uuid:a")) == [True] * len(many) + [False]
        assert await put(db, *many) == [False] * len(many)

    async def test_many_writers_of_one_lot_neither_deadlock_nor_double(self, db: Database) -> None:
        async def writer(seed: int, lot: range) -> list[bool]:
            mine = [seen(n, box(n)) for n in lot]
            random.Random(seed).shuffle(mine)
            return await put(db, *mine)

        few, many = range(MANY), range(MANY, MANY + FEW + 1)
        for lot in few, many:
            fresh = await asyncio.gather(*(writer(seed, lot) for seed in range(4)))
            assert sum(map(sum, fresh)) == len(lot)
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.code") == many.stop
            assert await conn.fetchval("select count(*) from ledger.touch") == many.stop


class TestContainment:
    async def test_an_item_moves_with_its_case_only_while_inside(self, db: Database) -> None:
        story = [
            seen(0, box(1), step="commissioning"),
            seen(1, case(1)),
            pack(2, case(1), box(1)),
            seen(3, case(1), step="shipping"),
            pack(4, case(1), box(1), action="DELETE"),
            seen(5, case(1), step="shipping"),
        ]
        await put(db, *reversed(story))
        assert await minutes_of(db, box(1)) == [0, 2, 3, 4]

    async def test_an_unpack_of_another_parent_ends_nothing_and_an_empty_one_ends_all(self, db: Database) -> None:
        await put(db, pack(1, case(1), box(1), box(2)), pack(2, case(2), box(1), action="DELETE"), seen(3, case(1)))
        await put(db, pack(4, case(1), action="DELETE"), seen(5, case(1)))
        assert await minutes_of(db, box(1)) == [1, 2, 3, 4]
        assert await minutes_of(db, box(2)) == [1, 3, 4]

    async def test_a_quantity_of_a_lot_may_stand_in_two_cases(self, db: Database) -> None:
        lot = "https://id.gs1.org/01/06901234567892/10/L1"
        for n, minute in ((1, 1), (2, 2)):
            some = Quantity(uri=lot, quantity=Decimal(5))
            await put(
                db,
                make(
                    EventType.AggregationEvent, time=at(minute), action="ADD", parent=case(n), child_quantities=[some]
                ),
            )
        await put(db, seen(3, case(1)), seen(4, case(2)))
        assert await minutes_of(db, lot) == [1, 2, 3, 4]

    async def test_a_cycle_ends(self, db: Database) -> None:
        await put(db, pack(1, case(1), case(2)), pack(2, case(2), case(1)), seen(3, case(1)))
        assert 3 in await minutes_of(db, case(2))


class TestCorrections:
    def declared(self) -> Event:
        declaration = ErrorDeclaration(time=at(100), reason="did_not_occur")
        return make(
            EventType.AggregationEvent,
            time=at(2),
            action="ADD",
            parent=case(1),
            children=[box(1)],
            event_id="urn:uuid:w",
            declaration=declaration,
        )

    def original(self) -> Event:
        return make(
            EventType.AggregationEvent,
            time=at(2),
            action="ADD",
            parent=case(1),
            children=[box(1)],
            event_id="urn:uuid:w",
        )

    @pytest.mark.parametrize("declared_first", [False, True])
    async def test_a_declared_event_moves_nothing_whichever_comes_first(
        self, db: Database, declared_first: bool
    ) -> None:
        await put(db, seen(1, box(1)), seen(3, case(1)))
        order = [self.declared(), self.original()]
        for n, event in enumerate(order if declared_first else reversed(order)):
            await put(db, event, *(seen(4, box(100 * n + more)) for more in range(n * MANY)))  # the second among many
        assert await minutes_of(db, box(1)) == [1]
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.event where name = 'urn:uuid:w'") == 2

    async def test_a_declaration_that_arrives_at_the_same_moment_sees_its_event(self, db: Database) -> None:
        waiting = "select count(*) from pg_locks where not granted and relation = 'ledger.name'::regclass"
        async with db.connection() as watch, db.transaction() as conn:
            await append(conn, [self.original()], by=1, now=NOW)
            declaring = asyncio.create_task(put(db, self.declared()))
            while not declaring.done() and not await watch.fetchval(waiting):
                pass
        assert await declaring == [True]
        assert await minutes_of(db, box(1)) == []

    async def test_nobody_else_can_withdraw_an_event(self, db: Database) -> None:
        await put(db, self.original(), seen(3, case(1)))
        before = await minutes_of(db, box(1))
        empty = make(
            EventType.ObjectEvent,
            time=at(50),
            action="OBSERVE",
            epcs=["urn:x:y"],
            event_id="urn:uuid:w",
            declaration=ErrorDeclaration(time=at(99), reason="did_not_occur"),
        )
        for declared in (self.declared(), empty):
            with pytest.raises(NotYourEvent):
                await put(db, declared, by=2)
        assert await minutes_of(db, box(1)) == before

    async def test_a_strangers_declaration_that_came_first_withdraws_nothing(self, db: Database) -> None:
        await put(db, self.declared(), by=2)
        await put(db, self.original())
        assert await minutes_of(db, box(1)) == [2]

    async def test_repeating_a_correction_changes_nothing(self, db: Database) -> None:
        await put(db, self.original(), self.declared())
        assert await put(db, self.original(), self.declared()) == [False, False]

    async def test_an_event_of_several_is_void_when_all_have_declared_it_wrong(self, db: Database) -> None:
        assert [await put(db, self.original(), by=by) for by in (1, 2, 3, 2)] == [[True], [False], [False], [False]]
        for by, left in ((1, [2]), (2, [2]), (3, [])):
            assert await put(db, self.declared(), by=by) == [by == 1]
            assert await minutes_of(db, box(1)) == left
        # What all have withdrawn is not joined; under an eventID of its own it is another event.
        with pytest.raises(EventIdConflict):
            await put(db, self.original(), by=4)
        await put(db, pack(2, case(1), box(1)), by=4)
        assert await minutes_of(db, box(1)) == [2]
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.witness") == 4

    async def test_an_event_id_is_its_givers(self, db: Database) -> None:
        one, other = seen(1, box(1), event_id="urn:uuid:a"), seen(2, box(1), event_id="urn:uuid:a")
        many = [seen(n, box(n)) for n in range(100, 101 + FEW)]
        assert await put(db, one) == [True]
        assert await put(db, *many, other, by=2) == [True] * (len(many) + 1)
        assert await put(db, *many, one) == [False] * (len(many) + 1)
        for by, event in ((1, other), (2, one)):
            with pytest.raises(EventIdConflict):
                await put(db, event, by=by)
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.witness where party = 1") == len(many)
