"""What ``make bench`` fills its ledger with is what capture would have written, row by row, but for the ids of codes."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from zhuisu import db as floor
from zhuisu.db import Connection
from zhuisu.events import EventType, make
from zhuisu.ledger import prepare
from zhuisu.ledger.append import at_once, in_steps
from zhuisu.settings import Settings

sys.path.append(str(Path(__file__).parents[2]))  # bench is a program beside the package
from bench import fill, world

NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def test_a_lot_filled_is_the_same_lot_captured(settings: Settings) -> None:
    events = [
        *world.lot_of_events(7, items=200),
        make(
            EventType.TransformationEvent,
            time=NOW,
            inputs=[world.item(7, n) for n in range(3)],
            outputs=[world.unit(7, 9, 1)],
            transformation="urn:zhuisu:opaque:obj:T1",
            certificates=["https://zhuisu.example/c/7129"],
        ),
    ]
    async with (
        floor.connect(settings.database_url, size=1, role="none") as database,
        database.connection() as conn,
    ):
        book = await fill.book(conn, 1000)
        captured = []
        for record in (partial(at_once, places={}), in_steps):
            attempt = conn.transaction()
            await attempt.start()
            for some in (events[:100], events[100:]):
                done = await record(conn, [prepare(event, 1) for event in some], NOW)
                assert done is not None
                assert all(recorded.fresh for recorded in done)
            captured.append(await _rows(conn))
            await attempt.rollback()
        for some in (events[:100], events[100:]):
            await fill.copy(conn, fill.rows([prepare(event, 1) for event in some], book, NOW))
        filled = await _rows(conn)
    assert filled.keys() == {*fill.COLUMNS, "place", "salt", "witness"}
    assert {table for table, rows in filled.items() if not rows} == {"witness"}
    for rows in captured:
        for table in filled:
            assert rows[table] == filled[table], table


async def _rows(conn: Connection) -> dict[str, list[str]]:
    """Each table of the ledger, its ids told as what they stand for, in the order of that."""
    uris = {r["id"]: r["uri"] for r in await conn.fetch("select id, uri from ledger.code")}
    places = {r["id"]: r["uri"] for r in await conn.fetch("select id, uri from ledger.place")} | {0: ""}
    several: Callable[[Any], list[str]] = lambda ids: [uris[id_] for id_ in ids or ()]  # noqa: E731
    told: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(("code", "child", "parent"), uris.__getitem__),
        **dict.fromkeys(("items", "lots"), several),
        **dict.fromkeys(("loc", "read_point"), places.__getitem__),
    }
    known = {"code": uris, "code_key": uris, "place": places}

    def row(table: str, record: asyncpg.Record) -> str:
        members = {name: told.get(name, str)(value) for name, value in record.items() if name != "xid"}
        if table in known:
            members["id"] = known[table][record["id"]]
        return str(members)

    tables = await conn.fetch(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'ledger'::regnamespace"
    )
    return {
        name: sorted(row(name, record) for record in await conn.fetch(f"select * from ledger.{name}"))
        for (name,) in tables
    }
