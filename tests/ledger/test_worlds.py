"""The rules of the ledger as properties, over random worlds, against brute force; both walks give one answer."""

import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from itertools import count, pairwise
from types import ModuleType
from uuid import UUID

import pytest

from tests.conftest import cloned
from tests.ledger.worlds import CLASS, Codes, Truth, World, above, associate, id_of, in_order, pack, seen
from zhuisu import db as floor
from zhuisu.db import Connection, Database
from zhuisu.events import Event
from zhuisu.ledger import append, history, levels, store
from zhuisu.ledger.model import LAST, Role

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SIZE = 740
"""Events of a big world; it has half as many codes again."""

SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(3, 300))]
WALKS = pytest.mark.parametrize("walk", [store, levels], ids=["recursive", "levels"])


async def put(db: Database, *batches: Iterable[Event]) -> None:
    for batch in batches:
        async with db.transaction() as conn:
            await append(conn, list(batch), by=1, now=NOW)


async def paths(conn: Connection, walk: ModuleType, codes: Iterable[str]) -> dict[str, set[UUID]]:
    ids = await store.find_codes(conn, codes)
    found: dict[str, set[UUID]] = {code: set() for code in ids}
    names = {id_: code for code, id_ in ids.items()}
    for step in await walk.paths(conn, dict.fromkeys(names, LAST)):
        found[names[step.root]].add(step.ev)
    return found


@pytest.fixture(scope="module")
async def shared(server_url: str, template: str) -> AsyncIterator[Database]:
    """One database for the small worlds of this module: no two share a code."""
    async with cloned(server_url, template) as url, floor.connect(url, size=2) as database:
        yield database


numbers = count(1)


class TestRules:
    """Each rule of the ledger by itself."""

    def test_1_order_is_event_time_and_ties_fall_by_rank(self) -> None:
        world = World(1, 300)
        ids = [id_ for id_, _ in in_order(world.valid)]
        assert ids == sorted(ids)
        assert len({event.time for event in world.valid}) < len(ids) / 2

    @WALKS
    async def test_1_arrival_changes_nothing(self, shared: Database, walk: ModuleType) -> None:
        codes, shuffle = Codes(next(numbers)), random.Random(7).shuffle
        case = codes.case(1)
        events = [f(t) for t in range(12) for f in (lambda t: pack(t, case, codes.item(t)), lambda t: seen(t, case))]
        events += [pack(t, case, action="DELETE") for t in range(12)]
        truth = Truth(events).paths
        assert all(len(truth[codes.item(t)]) == 3 for t in range(12))  # in, seen, out, all in one millisecond
        shuffle(events)
        await put(shared, *([event] for event in events))
        async with shared.connection() as conn:
            assert await paths(conn, walk, truth) == {code: set(path) for code, path in truth.items()}
            marks = await history(conn, list(truth), walk=walk)
        assert {code: len(found) for code, found in marks.items()} == {code: len(path) for code, path in truth.items()}

    @WALKS
    async def test_2_an_unpack_ends_only_its_own_parents_stay_and_emptying_waits_for_late_packs(
        self, shared: Database, walk: ModuleType
    ) -> None:
        world = World(2, 60, next(numbers))
        stranger = world.codes.case(999)
        foreign = [pack(t % 30, stranger, world.random.choice(world.items), action="DELETE") for t in range(40)]
        truth = Truth(world.valid).paths
        await put(shared, foreign, world.valid)
        async with shared.connection() as conn:
            found = await paths(conn, walk, truth)
        assert {c: p - set(map(id_of, foreign)) for c, p in found.items()} == {c: set(p) for c, p in truth.items()}

        codes = Codes(next(numbers))
        emptied, late = pack(5, codes.case(1), action="DELETE"), pack(3, codes.case(1), codes.item(1))
        await put(shared, [emptied], [seen(6, codes.case(1))], [late])
        async with shared.connection() as conn:
            assert await paths(conn, walk, [codes.item(1)]) == {codes.item(1): {id_of(late), id_of(emptied)}}

    @WALKS
    async def test_3_a_crate_reused_is_read_like_a_new_one(self, shared: Database, walk: ModuleType) -> None:
        reads = []
        for cycles in (10, 300):
            codes = Codes(next(numbers))
            crate, lid, lorry = codes.case(1), codes.sensor(1), codes.case(2)
            life = [associate(0, lorry, crate), associate(0, crate, lid)]
            for t in range(1, 5 * cycles, 5):
                life += [pack(t, crate, codes.item(t)), pack(t + 1, lorry, crate), seen(t + 2, lorry)]
                life += [pack(t + 3, lorry, crate, action="DELETE"), pack(t + 4, crate, action="DELETE")]
            await put(shared, life)
            async with shared.transaction() as conn:
                (item,) = (await store.find_codes(conn, [codes.item(cycles // 2 * 5 + 1)])).values()
                before = await conn.fetchval(ROWS_READ)
                assert len(await walk.paths(conn, {item: LAST})) == 11
                reads.append(await conn.fetchval(ROWS_READ) - before)
        few, many = reads
        assert many < few + 20, reads

    @WALKS
    @pytest.mark.parametrize("order", ["declared first", "declared last", "at once"])
    async def test_4_a_declared_event_is_void_wherever_its_declaration_falls(
        self, shared: Database, walk: ModuleType, order: str
    ) -> None:
        world = World(4, 80, next(numbers))
        assert len(world.void) > 5
        batches = [world.declarations, [*world.void, *world.valid]]
        match order:
            case "declared last":
                batches.reverse()
            case "at once":
                batches = [[*batches[0], *batches[1]]]
        await put(shared, *batches)
        truth = Truth(world.valid).paths
        names = [event.event_id for event in world.void]
        async with shared.connection() as conn:
            assert await paths(conn, walk, truth) == {code: set(path) for code, path in truth.items()}
            kept = await conn.fetchval("select count(*) from ledger.event where name = any($1)", names)
        assert kept == 2 * len(names)

    async def test_5_a_replay_writes_no_row(self, shared: Database) -> None:
        world = World(5, 60, next(numbers))
        batch = [*world.valid, *world.void, *world.declarations]
        written = []
        for _ in range(2):
            async with shared.transaction() as conn:
                before = await conn.fetchval(ROWS_WRITTEN)
                await append(conn, batch, by=1, now=NOW)
                written.append(await conn.fetchval(ROWS_WRITTEN) - before)
        assert written[0] > len(batch)
        assert written[1] == 0

    async def test_6_new_codes_lie_in_the_order_of_their_batch(self, shared: Database) -> None:
        codes = Codes(next(numbers))
        items = [codes.item(n) for n in range(60)]
        random.Random(6).shuffle(items)
        await put(shared, [seen(1, *items[:30]), seen(2, *items)])
        async with shared.connection() as conn:
            ids = await store.find_codes(conn, items)
            keys = await conn.fetch("select h from ledger.code_key where id = any($1) order by id", list(ids.values()))
        assert [ids[b] - ids[a] for a, b in pairwise(items)] == [1] * 59
        assert sorted(keys) != keys  # the dictionary has another order, that in which every writer inserts
        assert len({r["h"].bytes[:6] for r in keys}) == 1  # but one class stays on one page

    @WALKS
    async def test_7_a_cycle_ends_where_a_code_was_seen(self, shared: Database, walk: ModuleType) -> None:
        codes = Codes(next(numbers))
        ring = [codes.case(n) for n in range(5)]
        events = [pack(n, ring[n], ring[n - 1]) for n in range(5)]
        events += [pack(10, ring[0], codes.item(1)), *(seen(20 + n, case) for n, case in enumerate(ring))]
        events += [pack(30, ring[0], ring[0]), seen(31, ring[0])]  # and into itself
        truth = Truth(events).paths
        await put(shared, events)
        async with shared.connection() as conn:
            assert await paths(conn, walk, truth) == {code: set(path) for code, path in truth.items()}
            (item,) = (await store.find_codes(conn, [codes.item(1)])).values()
            assert Counter(w.depth for w in await walk.windows(conn, {item: LAST})) == Counter([1, 2, 3, 4, 5])


ROWS_READ = """
select sum(pg_stat_get_xact_tuples_returned(c.oid))::bigint from pg_class c
where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'i')
"""

ROWS_WRITTEN = """
select sum(pg_stat_get_xact_tuples_inserted(c.oid))::bigint from pg_class c
where c.relnamespace = 'ledger'::regnamespace and c.relkind = 'r'
"""


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_random_world_equals_brute_force(db: Database, seed: int) -> None:
    world = World(seed, SIZE)
    await put(db, *world.arriving())
    truth = Truth(world.valid)
    packs = Counter(e.parent for e in world.valid if e.action == "ADD" and e.children)
    assert packs.most_common(1)[0][1] >= 20  # a crate is reused, and again
    async with db.connection() as conn:
        ids = await store.find_codes(conn, [*truth.paths, *world.items])  # some were named in void events only
        assert len(ids) > 1000
        assert ids.keys() > truth.paths.keys()
        steps = await _equal_paths(conn, world, truth, ids)
        await _equal_standing(conn, truth, ids)
        await _equal_origins(conn, truth, ids, steps)


async def _equal_paths(conn: Connection, world: World, truth: Truth, ids: dict[str, int]) -> list[store.Step]:
    """Every code's events before some moment, and how near it was to what each of them names."""
    moments = [*[LAST] * 4, *(id_ for id_, _ in world.random.sample(truth.order, 4))]
    till = {id_: world.random.choice(moments) for id_ in ids.values()}
    steps = await store.paths(conn, till)
    assert Counter(await levels.paths(conn, till)) == Counter(steps)
    found: dict[int, dict[UUID, int]] = defaultdict(dict)
    for step in steps:
        nearest = found[step.root]
        nearest[step.ev] = min(step.depth, nearest.get(step.ev, step.depth))
    for code, id_ in ids.items():
        path = truth.paths.get(code, {})
        assert found[id_] == {ev: depth for ev, depth in path.items() if ev < till[id_]}, code
    return steps


async def _equal_standing(conn: Connection, truth: Truth, ids: dict[str, int]) -> None:
    """What every code stood in at some moments, and what the hold view says of it."""
    everything = dict.fromkeys(ids.values(), LAST)
    windows = await store.windows(conn, everything)
    assert Counter(await levels.windows(conn, everything)) == Counter(windows)
    stays = defaultdict(list)
    for window in windows:
        stays[window.root].append(window)
    own = {code: [ev for ev, depth in path.items() if not depth] for code, path in truth.paths.items()}
    for moment, standing in truth.standing.items():
        last = {s.code: s for s in await store.last(conn, ids.values(), UUID(int=moment.int + 1))}
        for code, id_ in ids.items():
            inside = {w.code for w in stays[id_] if w.lo <= moment < w.hi}
            assert inside == {ids[c] for c in above(code, standing)}, (code, moment)
            packed = truth.packed[moment].get(code)
            assert last[id_].parent == (ids[packed] if packed else None), (code, moment)
            newest = max((ev for ev in own.get(code, ()) if ev <= moment), default=None)
            held = (last[id_].touched, last[id_].held)
            assert max((ev for ev in held if ev), default=None) == newest, (code, moment)


async def _equal_origins(conn: Connection, truth: Truth, ids: dict[str, int], steps: list[store.Step]) -> None:
    """Every code's lot, and what went into what it was made from."""
    names = {id_: code for code, id_ in (await store.find_codes(conn, [*ids, *truth.lots.values()])).items()}
    lots = await store.lots_of(conn, ids.values())
    assert {names[child]: names[lot] for child, lot in lots.items()} == truth.lots
    made = {(names[s.root], s.ev) for s in steps if s.role is Role.output and not s.depth}
    inputs: dict[UUID, set[str]] = defaultdict(set)
    for ev, role, code in await store.transformations(conn, {ev for _, ev in made}):
        if role is Role.input:
            inputs[ev].add(names[code])
    assert inputs == {ev: truth.inputs[ev] for _, ev in made}
    assert any(uri.startswith(f"{CLASS}/10/") for used in inputs.values() for uri in used)
