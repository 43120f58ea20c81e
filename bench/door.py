"""Documents through the capture door, in process: read, checked, recorded and logged in one transaction; and again."""

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from bench import world
from bench.figure import Figure
from bench.hashes import HEAD
from zhuisu import db
from zhuisu.db import Database
from zhuisu.epcis.capture import capture
from zhuisu.ledger.bulk import SWITCH
from zhuisu.settings import Settings

DOCUMENTS, EVENTS, CLIENTS = 20, 1_000, 2


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("documents through the door …")
    sys.setswitchinterval(SWITCH)  # as the service does
    bodies = []
    for _ in range(DOCUMENTS):
        events = list(world.lot_of_events(next(world.UNUSED)))[:EVENTS]
        bodies.append(HEAD + b",".join(event.doc for event in events) + b"]}}")
    async with db.connect(settings.database_url, size=CLIENTS, statement_timeout=0) as database:
        await _send(database, bodies[:CLIENTS])
        fresh = await _send(database, bodies[CLIENTS:])
        again = await _send(database, bodies[CLIENTS:])
    count = (DOCUMENTS - CLIENTS) * EVENTS
    told = f"(n = {DOCUMENTS - CLIENTS} documents of {EVENTS:,} events, {CLIENTS} at once)"
    return [
        Figure(name="events of documents", value=count / fresh, unit="/s", more=told),
        Figure(
            name="the same documents again",
            value=count / again,
            unit="/s",
            limit=count / fresh,
            bound="the same documents fresh",
            more=told,
        ),
    ]


async def _send(database: Database, bodies: Sequence[bytes]) -> float:
    waiting, now = iter(bodies), datetime.now(UTC)

    async def client() -> None:
        for body in waiting:
            await capture(database, world.ADMIN, body, now)

    begin = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return time.perf_counter() - begin
