"""The scan's SQL: its log, and what it reads of the ledger."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from zhuisu.db import Connection, queries, rows_for
from zhuisu.events import EventType
from zhuisu.ledger.model import name_hash
from zhuisu.ledger.rows import KINDS, Id
from zhuisu.scan.model import Found, Line

SQL = queries(__file__)

LOCK_SPACE = 0x5CA
BUCKETS = 1024
"""Locks a scan may hold: one for each code would fill the server's table of locks."""

_founds = msgspec.json.Decoder(tuple[Found, ...])


async def lock(conn: Connection, codes: Iterable[str]) -> None:
    """Wait for other scans of these codes; in one order for all, so that none waits in a ring."""
    await conn.execute(SQL.lock, LOCK_SPACE, sorted({zlib.crc32(code.encode()) % BUCKETS for code in codes}))


async def begin_intake(
    conn: Connection, request: bytes | None, party: int, person: str, site: str, step: str, at: datetime, now: datetime
) -> int | None:
    """Id of the logged scan; None when this request was answered before."""
    id_: int | None = await conn.fetchval(SQL.begin_intake, request, party, person, site, step, at, now)
    return id_


async def add_lines(conn: Connection, intake: int, lines: Sequence[Line]) -> None:
    """Log what was said of each code, in order."""
    await conn.execute(
        SQL.add_lines,
        intake,
        list(range(len(lines))),
        [line.text for line in lines],
        [line.canonical for line in lines],
        [line.verdict for line in lines],
        [msgspec.json.encode(line.found).decode() for line in lines],
        [line.event for line in lines],
    )


async def answered(conn: Connection, request: bytes) -> list[Line]:
    """What was said when this request came first, code by code."""
    return [
        msgspec.convert({**r, "found": _founds.decode(r["found"])}, Line)
        for r in await conn.fetch(SQL.answered, request)
    ]


async def made(conn: Connection, event_ids: Iterable[str]) -> dict[tuple[str, int], bytes]:
    """Of these events those that cite a certificate: (eventID, who captured it) -> document."""
    names = {Id(name_hash(name)): name for name in event_ids}
    return {(names[r["h"]], r["party"]): r["doc"].encode() for r in await rows_for(conn, SQL.made, names)}


async def transformed(conn: Connection, event_ids: Iterable[str]) -> dict[tuple[str, int], bytes]:
    """Of these events the transformations: (eventID, who captured it) -> document."""
    names = {Id(name_hash(name)): name for name in event_ids}
    kind = KINDS.index(EventType.TransformationEvent)
    rows = await rows_for(conn, SQL.transformed, names, kind)
    return {(names[r["h"]], r["party"]): r["doc"].encode() for r in rows}


async def contents(conn: Connection, ids: Iterable[int]) -> dict[int, list[str]]:
    """Container -> what is in it, one thing of each level."""
    found: dict[int, list[str]] = {}
    for row in await rows_for(conn, SQL.contents, ids):
        found.setdefault(row["root"], []).append(row["uri"])
    return found
