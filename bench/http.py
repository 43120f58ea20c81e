"""The service over HTTP from another process: single intakes, paths, and certificates, beside the raw request."""

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import asyncpg
import httpx
import msgspec
from rich.console import Console

from bench import codes, world
from bench.crypto import FARM
from bench.figure import Figure, percentile
from zhuisu import db
from zhuisu.parties import Role, first_key
from zhuisu.settings import Settings

PORT = 18_080
CLIENTS = 16
SECONDS = 4.0


class Answered:
    """How long each request took, seconds."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.seconds = 0.0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds


def request(method: str, path: str, key: str = "", body: bytes = b"", kind: str = "application/json") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nAccept: */*\r\nSec-Fetch-Site: same-origin\r\n"
    head += f"Authorization: Bearer {key}\r\n" if key else ""
    head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else ""
    return head.encode() + b"\r\n" + body


async def load(next_request: Callable[[], bytes], clients: int = CLIENTS, *, expect: bytes = b"20") -> Answered:
    """Closed loop: each client sends its next request when it has its answer, for SECONDS."""
    answered = Answered()
    began = time.perf_counter()
    end = began + SECONDS

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        while time.perf_counter() < end:
            begin = time.perf_counter()
            writer.write(next_request())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            if head[9:11] != expect:
                raise RuntimeError(f"{head[:40]!r} {body[:700]!r}")
            answered.times.append(time.perf_counter() - begin)
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    answered.seconds = time.perf_counter() - began
    return answered


async def measure(settings: Settings, scale: int, console: Console) -> list[Figure]:
    console.print("over HTTP …")
    environment = {
        "DATABASE_URL": settings.database_url,
        "ZHUISU_MASTER_KEY": settings.master_key.hex(),
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", "zhuisu", "serve", "--data", str(settings.data), "--port", str(PORT)]
    service = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.DEVNULL)
    try:
        return await _measure(settings, scale)
    finally:
        service.terminate()
        await service.wait()


async def _measure(settings: Settings, scale: int) -> list[Figure]:
    async with db.connect(settings.database_url, size=1) as database:
        admin = (await first_key(database, datetime.now(UTC))).key
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{PORT}", headers={"Authorization": f"Bearer {admin}"}
    ) as http:
        await _up(http)
        answer = await http.post(
            f"/parties/{FARM}/keys", json={"label": "bench", "roles": [Role.operator, Role.issuer]}
        )
        key = answer.raise_for_status().json()["key"]
    lots = max(1, scale // 2300)
    items = itertools.cycle(quote(world.item(lot, n), safe="") for n in range(200) for lot in range(lots))
    hello = await load(lambda: request("GET", "/healthz"))
    intakes = _intakes()
    intake = await load(lambda: request("POST", "/scan/intake", key, next(intakes)))
    single = _events()
    captured = {n: await load(lambda: request("POST", "/epcis/events", key, next(single)), n) for n in (CLIENTS, 256)}
    path = await load(lambda: request("GET", f"/chain/{next(items)}", admin), 4)
    commits = await _commits(settings)
    order = msgspec.json.encode(
        {
            "kind": "CCC/1",
            "product": "鲜鸡蛋",
            "quantity": 360,
            "unit": "枚",
            "origin": "370302",
            "basis": ["own-test"],
        }
    )
    issue = await load(lambda: request("POST", "/certs", key, order))
    pasted = urlencode({"text": codes.paste()}).encode()
    paste = await load(lambda: request("POST", "/code", "", pasted, "application/x-www-form-urlencoded"), 1)
    bound = "GET /healthz, same server"
    tail = lambda some: f"(p50 {percentile(some.times, 0.5):.1f}, p99 {percentile(some.times, 0.99):.1f} ms)"  # noqa: E731
    return [
        Figure(name=f"GET /healthz, {CLIENTS} clients", value=hello.rate, unit="/s"),
        Figure(
            name=f"single intake, {CLIENTS} clients",
            value=intake.rate,
            unit="/s",
            limit=commits,
            bound=f"one-row commits, {CLIENTS} connections",
            more=tail(intake),
        ),
        *(
            Figure(
                name=f"one event over HTTP, {clients} clients",
                value=some.rate,
                unit="/s",
                limit=hello.rate,
                bound=bound,
                more=tail(some),
            )
            for clients, some in captured.items()
        ),
        Figure(
            name="path of an item over HTTP, 4 clients",
            value=path.rate,
            unit="/s",
            limit=hello.rate,
            bound=bound,
            more=tail(path),
        ),
        Figure(
            name="page of 500 pasted codes, p50",
            value=percentile(paste.times, 0.5),
            unit="ms",
            more=f"(p99 {percentile(paste.times, 0.99):.1f} ms)",
        ),
        Figure(
            name=f"issue over HTTP, {CLIENTS} clients",
            value=issue.rate,
            unit="/s",
            limit=hello.rate,
            bound=bound,
            more=tail(issue),
        ),
    ]


def _intakes() -> Iterator[bytes]:
    for n in itertools.count():
        yield msgspec.json.encode({"codes": [f"https://id.gs1.org/01/06901234567892/21/BENCH{n:08d}"]})


def _events() -> Iterator[bytes]:
    for n in itertools.count():
        yield msgspec.json.encode(
            {
                "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
                "type": "ObjectEvent",
                "action": "OBSERVE",
                "eventTime": "2026-01-01T00:00:00.000Z",
                "eventTimeZoneOffset": "+08:00",
                "bizStep": "storing",
                "epcList": [f"https://id.gs1.org/01/06901234567892/21/SINGLE{n:08d}"],
                "bizLocation": {"id": world.SITES[n % len(world.SITES)]},
            }
        )


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
