"""Who sees what is kept by the database: the answers agree with brute force, and with every condition struck out of our
statements nothing comes that it forbids.
"""

import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from tests.conftest import cloned
from tests.ledger.worlds import Truth, World
from tests.scan.conftest import District, box
from zhuisu import db as floor
from zhuisu.db import READER, SERVICE, Connection, Database
from zhuisu.epcis import filters, query, resources, store
from zhuisu.events import Event, EventType, make, stored
from zhuisu.exchange import store as exchange
from zhuisu.ledger import append, prepare
from zhuisu.ledger.model import LAST
from zhuisu.ledger.rights import Sight
from zhuisu.parties import Principal, Role

FIRST = UUID(int=0)
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
ALL = store.Columns(None, None, None, None, None, None, None, None)
WORLDS, SIZE = 30, 45


class Seen:
    """Random worlds in which each event says a step and a read point of its own, and what brute force makes of it."""

    def __init__(self, district: District, callers: dict[str, Principal]) -> None:
        rng = random.Random(11)
        self.callers = callers
        self.sites = {name: actor.place for name, actor in district.items() if actor.place}
        reporters = [name for name, who in callers.items() if Role.operator in who.roles]
        self.told: list[tuple[Event, str]] = []
        for number in range(WORLDS):
            # Two organisations share a world, now and then a third looks in; some things happen at nobody's site.
            pair, others = rng.sample(reporters, 2), [*reporters, "city", "county"]
            for event in World(number, SIZE, number).valid:
                by, at = (rng.choice(others if rng.random() < 0.02 else pair) for _ in range(2))
                place = self.sites[at] if rng.random() < 0.8 else ""
                self.told.append((placed(event, len(self.told), place), by if by in reporters else pair[0]))
        # What one captured another captures too, now and then.
        self.again = [(event, rng.choice(reporters)) for event, _ in self.told if rng.random() < 0.03]
        truth = Truth(event for event, _ in self.told)
        self.events = {prepare(event, 1).id: (event, by) for event, by in self.told}
        self.paths = {code: set(path) for code, path in truth.paths.items() if "transformation" not in code}

    def own(self, name: str) -> set[UUID]:
        """What the caller captured, or what happened at its sites, or in its divisions."""
        overseen = {"city": {"farm", "plant", "maker", "shop", "market", "pharmacy", "city"}, "county": {"clinic"}}
        places = {self.sites[site] for site in overseen.get(name, set()) | {name}}
        return {id_ for id_, (event, by) in self.events.items() if by == name or event.location in places}

    def witnessed(self, name: str) -> set[UUID]:
        """What it captured after another."""
        return {prepare(event, 1).id for event, by in self.again if by == name}

    def visible(self, name: str) -> set[UUID]:
        """Those, and events that name goods it held: an instance for ever, a lot until it last had it in hand."""
        if name == "admin":
            return set(self.events)
        own = self.own(name) | self.witnessed(name)
        last = {code: max(mine) for code, path in self.paths.items() if (mine := path & own)}
        return own | {
            id_
            for id_, (event, _) in self.events.items()
            if any(code in last and ("/10/" not in code or id_ <= last[code]) for code in goods(event))
        }


def placed(event: Event, n: int, location: str) -> Event:
    tree = msgspec.json.decode(event.doc)
    tree |= {"bizStep": f"urn:x:step:{n}", "readPoint": {"id": f"urn:x:door:{n}"}}
    return stored(msgspec.json.encode(tree | ({"bizLocation": {"id": location}} if location else {})))


def goods(event: Event) -> Iterator[str]:
    """The instances and lots that an event names; of this world all but transformation ids."""
    yield from (event.parent,) if event.parent else ()
    for codes in (event.epcs, event.children, event.inputs, event.outputs):
        yield from codes
        if event.lot and codes and codes is not event.inputs:
            yield f"{codes[0].partition('/21/')[0]}/10/{event.lot}"
    for quantities in (event.quantities, event.child_quantities, event.input_quantities, event.output_quantities):
        yield from (quantity.uri for quantity in quantities)


@pytest.fixture(scope="module")
async def world(server_url: str, registered: tuple[str, District]) -> AsyncIterator[tuple[Database, str, Seen]]:
    """Random worlds, recorded."""
    async with cloned(server_url, registered[0]) as url, floor.connect(url, size=2) as db:
        async with db.connection() as conn:
            ids = {r["uscc"]: r["id"] for r in await conn.fetch("select id, uscc from parties.organisation")}
        callers = {"admin": Principal(roles=frozenset({Role.administrator}))}
        for name, actor in registered[1].items():
            divisions = {"city": ("3703",), "county": ("370203",)}.get(name, ())
            role = Role.regulator if divisions else Role.operator
            callers[name] = Principal(
                party=ids[actor.uscc], uscc=actor.uscc, roles=frozenset({role}), divisions=divisions
            )
        seen = Seen(registered[1], callers)
        async with db.transaction() as conn:
            for told, (name, who) in product((seen.told, seen.again), callers.items()):
                mine = [event for event, by in told if by == name]
                if who.party is not None:
                    await append(conn, mine, by=who.party, now=datetime(2026, 6, 1, tzinfo=UTC))
        yield db, url, seen


@asynccontextmanager
async def looking(db: Database, who: Principal) -> AsyncIterator[Connection]:
    async with db.transaction(read_only=True) as conn:
        await query.look_as(conn, who)
        assert await conn.fetchval("select current_user") == READER
        yield conn


def struck(sql: str) -> str:
    """A statement whose conditions hold nothing back; its parameters keep their types."""
    return re.sub(r"\bwhere\b", "where true or", sql)


async def test_the_answers_are_those_of_brute_force(world: tuple[Database, str, Seen]) -> None:
    db, _, seen = world
    order, pairs, by_goods, hidden = sorted(seen.events), 0, 0, 0
    for name, who in seen.callers.items():
        wanted = seen.visible(name)
        async with looking(db, who) as conn:
            found: set[UUID] = set()
            for start in range(0, len(order), 500):
                found |= (await store.rows(conn, order[start : start + 500], ALL)).keys()
            assert found == wanted, name
            codes, after = set[str](), 0
            while listed := await store.codes_seen(conn, after, 300):
                codes |= {uri for _, uri in listed if uri is not None}
                after = listed[-1][0]
        mine = wanted if name == "admin" else seen.own(name) | seen.witnessed(name)
        assert codes == {code for code, path in seen.paths.items() if path & mine}, name
        pairs += len(order)
        by_goods += len(wanted - mine)
        hidden += len(order) - len(wanted)
    assert pairs > 10_000
    assert by_goods > 1_000
    assert hidden > 3_000


async def test_no_condition_that_is_struck_out_gives_anything_away(world: tuple[Database, str, Seen]) -> None:
    db, _, seen = world
    order = sorted(seen.events)
    everywhere = [None] * 8
    arguments: dict[str, tuple[Any, ...]] = {
        "rows": (order[:1], *everywhere),
        "words": ("step", "", 10_000),
        "kinds": (list(EventType).index(EventType.ExtendedEvent),),
        "locations": (),
        "read_points": (),
        "moved": (FIRST, LAST, *ALWAYS, ["urn:x:step:1"], None, 10_000),
    }
    statements = {name: sql for name, sql in [*store.SQL, *exchange.SQL] if name in arguments}
    filtered = {name for name, sql in store.SQL if re.search(r"\bwhere\b", sql)}
    assert filtered | {"moved"} == statements.keys() == arguments.keys()
    steps = {event.step: id_ for id_, (event, _) in seen.events.items()}
    doors = {event.read_point: id_ for id_, (event, _) in seen.events.items()}
    for name, who in seen.callers.items():
        wanted = seen.visible(name)
        places = {seen.events[id_][0].location or seen.events[id_][0].read_point for id_ in wanted}
        types = {list(EventType).index(seen.events[id_][0].type) for id_ in wanted}
        async with looking(db, who) as conn:
            admitted = order[: len(order) // 2]
            await conn.execute(store.SQL.admit, admitted, *everywhere)
            shown = {id_ for id_ in wanted if name == "admin" or id_ in admitted or id_ in seen.own(name)}
            for statement, sql in statements.items():
                rows = await conn.fetch(struck(sql), *arguments[statement])
                values = {row[0] for row in rows} - {None}
                match statement:
                    case "rows" | "moved":
                        assert values == shown, (name, statement)
                    case "words":
                        assert {steps[step] for step in values} == shown, name
                    case "read_points":
                        assert {doors[door] for door in values} == shown, name
                    case "locations":
                        assert values <= places, name
                    case _:
                        assert values <= types, name
    async with db.connection() as conn:  # without the role all of this would leak
        assert len(await conn.fetch(struck(statements["rows"]), *arguments["rows"])) == len(order)


async def test_no_caller_sees_nothing(world: tuple[Database, str, Seen]) -> None:
    db, _, seen = world
    count = "select count(*) from ledger.event"
    for _ in range(2):  # on a new connection, and on one that a caller has used
        async with db.transaction() as conn:
            await conn.execute(f"set local role {READER}")
            assert await conn.fetchval(count) == 0
            assert [code for code, uri in await store.codes_seen(conn, 0, 100) if uri] == []
            await conn.execute(store.SQL.admit, sorted(seen.events), *[None] * 8)
            assert await conn.fetchval(count) == 0
        async with looking(db, seen.callers["shop"]) as conn:
            assert 0 < await conn.fetchval(count) < len(seen.events)
        async with looking(db, Principal()) as conn:
            assert await conn.fetchval(count) == 0
    for table in ("touch", "hold", "part", "about", "name", "code", "code_key", "place", "salt"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with looking(db, seen.callers["admin"]) as conn:
                await conn.fetch(f"select from ledger.{table}")


async def test_every_door_reads_as_the_reader(world: tuple[Database, str, Seen]) -> None:
    """Without the right to read the ledger itself, the service answers queries as before."""
    db, url, seen = world
    shop = seen.callers["shop"]
    event = seen.events[min(seen.own("shop"))][0]
    name = prepare(event, 1).name

    async def answers() -> list[Any]:
        asked = [
            "", f"EQ_readPoint={event.read_point}", f"EQ_bizLocation={seen.sites['shop']}&orderBy=recordTime",
            f"MATCH_anyEPC={next(goods(event))}", "maxEventCount=5000", "HASATTR_bizLocation=urn:x:y",
        ]  # fmt: skip
        found: list[Any] = [(await query.events(db, shop, filters.parse(text))).docs for text in asked]
        found.append(await query.event(db, shop, name))
        async with db.transaction(read_only=True) as conn:
            found.append(await query.among(conn, shop, filters.Query(), sorted(seen.events)[:500]))
        found += [await resources.values(db, shop, one, per_page=50, following="") for one in resources.RESOURCES]
        async with db.transaction(read_only=True) as conn:
            sight, steps = Sight(party=shop.party), [event.step for event, _ in seen.events.values()]
            found.append(await exchange.moved(conn, sight, (FIRST, LAST), ALWAYS, steps, None, 100))
        return found

    before = await answers()
    assert all(before[:2])
    owner = await asyncpg.connect(url)
    await owner.execute(f"revoke select on all tables in schema ledger from {SERVICE}")
    await owner.execute(f"grant select on ledger.place to {SERVICE}")
    try:
        assert await answers() == before
    finally:
        await owner.execute(f"grant select on all tables in schema ledger to {SERVICE}")
        await owner.close()


async def test_who_cites_the_same_paper_has_nothing_to_do_with_the_other(district: District) -> None:
    d = district
    paper, whole = "urn:x:certificate:7", "urn:x:transformation:7"
    for hours, name in ((9, "shop"), (8, "market")):
        used: dict[str, Any] = {"inputs": [box(int(hours))], "outputs": [box(int(hours) + 20)], "transformation": whole}
        await d[name].capture(
            d.seen(hours, name, "receiving", [box(int(hours))], certificates=[paper]),
            make(
                EventType.TransformationEvent,
                time=d.ago(hours - 2),
                location=d[name].place,
                step="creating_class_instance",
                **used,
            ),
        )
    for name in ("shop", "market"):
        assert await d[name].steps() == ["receiving", "creating_class_instance"]
        assert await d[name].steps(f"EQ_transformationID={whole}") == ["creating_class_instance"]
    # Goods it held it follows on, and of a kind of goods that both have it sees its own.
    await d.market.capture(d.seen(3, "market", "shipping", [box(9)]))
    assert await d.shop.steps() == ["receiving", "creating_class_instance", "shipping"]
    assert await d.market.steps() == [
        "receiving",
        "receiving",
        "creating_class_instance",
        "creating_class_instance",
        "shipping",
    ]
