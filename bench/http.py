"""The service over HTTP from another process: events, intakes, paths, certificates, beside the raw request.

One event, answered when it is on disk, stands beside its limits of the same run: the same server reading the same body
(``bench.bare``), and the ledger's shared commits without HTTP.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg
import httpx
import msgspec
from rich.console import Console

from bench import codes, world
from bench.crypto import FARM, farm
from bench.figure import Figure
from bench.load import Answered, load
from zhuisu import db, events
from zhuisu.epcis import reporters
from zhuisu.ledger import group_commit
from zhuisu.parties import Role, first_key
from zhuisu.settings import Settings

PORT = 18_080
BARE = PORT + 1
CLIENTS = 16
MANY = 256
SECONDS = 4.0
EVENTS = 1000
"""Events of a document."""
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
NUMBER = "@@@@@@@@"
"""Where the load client writes the number of a request."""


def request(method: str, path: str, key: str = "", body: bytes = b"", kind: str = "application/json") -> list[bytes]:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nAccept: */*\r\nSec-Fetch-Site: same-origin\r\n"
    head += f"Authorization: Bearer {key}\r\n" if key else ""
    head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else ""
    return (head.encode() + b"\r\n" + body).split(NUMBER.encode())


@asynccontextmanager
async def running(*command: str, **environment: str) -> AsyncIterator[int]:
    """A Python program while the block runs; yields its process id."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env={"PATH": "/usr/bin:/bin", **environment}, stdout=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def measure(settings: Settings, scale: int, console: Console) -> list[Figure]:
    console.print("over HTTP …")
    known = {"DATABASE_URL": settings.database_url, "ZHUISU_MASTER_KEY": settings.master_key.hex()}
    serve = ("-m", "zhuisu", "serve", "--data", str(settings.data), "--port", str(PORT))
    async with db.connect(settings.database_url, size=1) as database:
        admin = (await first_key(database, datetime.now(UTC))).key
        await farm(database)
    async with running(*serve, **known) as service:
        key = await _key(admin)
        figures = [
            *await _captured(settings, key, service),
            *await _documents(key, "1 worker"),
            *await _others(settings, scale, admin, key),
        ]
    async with running(*serve, "--workers", "2", **known):
        await _key(admin)
        pairs = [
            Figure(name=f"one event over HTTP, {n} clients, 2 workers", value=some.rate, unit="/s", more=_tail(some))
            for n in (CLIENTS, MANY)
            for some in [await load(PORT, _events(key, f"TWO{n}"), clients=n)]
        ]
        pairs += await _documents(key, "2 workers")
    return [*figures, *pairs]


async def _key(admin: str) -> str:
    """A key of the farm, when the service is up."""
    bearer = {"Authorization": f"Bearer {admin}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", headers=bearer) as http:
        await _up(http)
        asked = {"label": "bench", "roles": [Role.operator, Role.issuer]}
        key: str = (await http.post(f"/parties/{FARM}/keys", json=asked)).raise_for_status().json()["key"]
        return key


async def _captured(settings: Settings, key: str, service: int) -> list[Figure]:
    """One event, answered when it is on disk, beside the bare server and the ledger alone, at 16 and at 256 clients."""
    figures = []
    async with running("-m", "bench.bare", str(BARE)):
        await _listening(BARE)
        for clients in (CLIENTS, MANY):
            bare = await load(BARE, _events(key, "BARE"), clients=clients)
            alone = await _shared_commits(settings, clients)
            spent = _cpu(service)
            some = await load(PORT, _events(key, f"HTTP{clients}"), clients=clients)
            cost = (_cpu(service) - spent) / some.count * 1e6
            name = f"one event over HTTP, {clients} clients"
            figures += [
                Figure(
                    name=name,
                    value=some.rate,
                    unit="/s",
                    limit=bare.rate,
                    bound="the same POST to the bare server",
                    more=f"{_tail(some)}, {cost:.0f} µs of the service",
                ),
                Figure(
                    name=name,
                    value=some.rate,
                    unit="/s",
                    limit=alone,
                    bound="shared commits without HTTP",
                    more=f"{some.cpu:.0f} µs of the client",
                ),
            ]
    return figures


async def _documents(key: str, workers: str) -> list[Figure]:
    """Documents, answered when all their events are on disk."""
    asked = [request("POST", "/epcis/capture", key, _document(place, f"DOC{workers[0]}")) for place in world.SITES]
    some = await load(PORT, asked, clients=4)
    name = f"events over HTTP in documents of {EVENTS:,}, 4 clients, {workers}"
    return [Figure(name=name, value=some.rate * EVENTS, unit="/s", more=_tail(some))]


async def _others(settings: Settings, scale: int, admin: str, key: str) -> list[Figure]:
    items = [quote(world.item(lot, n), safe="") for n in range(200) for lot in range(world.lots(scale))]
    intake = _json({"codes": [f"https://id.gs1.org/01/06901234567892/21/BENCH{NUMBER}"]})
    order = _json(
        {
            "kind": "CCC/1",
            "product": "鲜鸡蛋",
            "quantity": 360,
            "unit": "枚",
            "origin": "370302",
            "basis": ["own-test"],
        }
    )
    pasted = urlencode({"text": codes.paste()}).encode()
    hello = await load(PORT, [request("GET", "/healthz")], clients=CLIENTS)
    taken = await load(PORT, [request("POST", "/scan/intake", key, intake)], clients=CLIENTS)
    commits = await _commits(settings)
    path = await load(PORT, [request("GET", f"/chain/{item}", admin) for item in items], clients=4)
    issue = await load(PORT, [request("POST", "/certs", key, order)], clients=CLIENTS)
    paste = await load(PORT, [request("POST", "/code", "", pasted, "application/x-www-form-urlencoded")], clients=1)
    bound = "GET /healthz, same server"
    return [
        Figure(name=f"GET /healthz, {CLIENTS} clients", value=hello.rate, unit="/s"),
        Figure(
            name=f"single intake, {CLIENTS} clients",
            value=taken.rate,
            unit="/s",
            limit=commits,
            bound=f"one-row commits, {CLIENTS} connections",
            more=_tail(taken),
        ),
        Figure(
            name="path of an item over HTTP, 4 clients",
            value=path.rate,
            unit="/s",
            limit=hello.rate,
            bound=bound,
            more=_tail(path),
        ),
        Figure(name="page of 500 pasted codes, p50", value=paste.p50, unit="ms", more=f"(p99 {paste.p99:.1f} ms)"),
        Figure(
            name=f"issue over HTTP, {CLIENTS} clients",
            value=issue.rate,
            unit="/s",
            limit=hello.rate,
            bound=bound,
            more=_tail(issue),
        ),
    ]


def _tail(some: Answered) -> str:
    return f"(p50 {some.p50:.1f}, p99 {some.p99:.1f} ms)"


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _event(place: str, serial: str) -> bytes:
    return _json({"@context": STANDARD, **_stored(place, serial)})


def _stored(place: str, serial: str) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2026-01-01T00:00:00.000Z",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "storing",
        "epcList": [f"https://id.gs1.org/01/06901234567892/21/{serial}"],
        "bizLocation": {"id": place},
    }


def _document(place: str, series: str) -> bytes:
    return _json(
        {
            "@context": STANDARD,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-01-01T00:00:00.000Z",
            "epcisBody": {"eventList": [_stored(place, f"{series}{NUMBER}{n:03}") for n in range(EVENTS)]},
        }
    )


def _events(key: str, series: str) -> list[list[bytes]]:
    """The numbers are as long as their place, so the Content-Length is right."""
    return [request("POST", "/epcis/events", key, _event(place, f"{series}{NUMBER}")) for place in world.SITES]


async def _shared_commits(settings: Settings, clients: int) -> float:
    """Events read beforehand, recorded one a submission by GroupCommit in this process, a second."""
    series = f"ALONE{clients}X"
    ready = [
        events.read(_event(world.SITES[n % len(world.SITES)], f"{series}{n:08d}")) for n in range(8 * 16 * CLIENTS * 4)
    ]
    async with db.connect(settings.database_url) as database, group_commit(database, reporters.Guard()) as commit:
        who = await farm(database)
        now, left = datetime.now(UTC), iter(ready)

        async def client(mine: Iterable[list[events.Event]]) -> None:
            for event in mine:
                await commit(who, event, now)

        begin = time.perf_counter()
        await asyncio.gather(*(client(left) for _ in range(clients)))
        return len(ready) / (time.perf_counter() - begin)


def _cpu(pid: int) -> float:
    """Seconds of processor that a process has used (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def _commits(settings: Settings) -> float:
    """Single rows inserted and committed a second, without any service."""
    done, end = 0, time.perf_counter() + SECONDS

    async def writer(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
        nonlocal done
        while time.perf_counter() < end:
            await conn.execute("insert into public.bench (doc) values ($1)", "x" * 500)
            done += 1

    first = await asyncpg.connect(settings.database_url)
    await first.execute("create table public.bench (id bigint generated always as identity primary key, doc text)")
    others = [await asyncpg.connect(settings.database_url) for _ in range(CLIENTS - 1)]
    await asyncio.gather(*(writer(conn) for conn in (first, *others)))
    for conn in (first, *others):
        await conn.close()
    return done / SECONDS


async def _up(http: httpx.AsyncClient) -> None:
    for _ in range(300):
        try:
            if (await http.get("/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise RuntimeError("the service did not come up")


async def _listening(port: int) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError("the bare server did not come up")
