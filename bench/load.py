"""The load client, in a process of its own: connections in a closed loop, each asking again when it has its answer.

>>> answered = await load(PORT, [request("GET", "/healthz")], clients=16)
>>> answered.rate, answered.p99                # per second, and ms

A request is bytes, or two parts of bytes between which the number of the request is written: every one another, and
nothing to be built while it runs. The first answer of each connection is not counted.
"""

import asyncio
import itertools
import resource
import sys
import time
from array import array
from collections.abc import Sequence
from typing import Any

import msgspec
import uvloop

from bench.figure import percentile

SECONDS = 4.0
END = b"\r\n\r\n"


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask: ``expect`` is how a good status begins."""

    port: int
    requests: list[list[bytes]]
    clients: int
    seconds: float
    expect: bytes


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """``rate`` a second; times in ms; ``cpu`` of this client in us a request."""

    rate: float
    count: int
    p50: float
    p99: float
    longest: float
    cpu: float


async def load(
    port: int, requests: Sequence[bytes | list[bytes]], *, clients: int = 16, expect: bytes = b"20"
) -> Answered:
    """Ask in turn from another process. Raises RuntimeError with the first answer that is not as expected."""
    parts = [[one] if isinstance(one, bytes) else one for one in requests]
    asked = Load(port=port, requests=parts, clients=clients, seconds=SECONDS, expect=expect)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate(msgspec.msgpack.encode(asked))
    if process.returncode:
        raise RuntimeError("the load client gave up: see above")
    return msgspec.msgpack.decode(told, type=Answered)


class Clients:
    """All connections of one load, and how long their requests took."""

    def __init__(self, asked: Load) -> None:
        self.asked = asked
        self.numbers = itertools.count(1)
        self.times = array("d")
        self.warm = 0
        self.left = asked.clients
        self.began = self.cpu = 0.0
        self.end = float("inf")
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> Answered:
        loop, port = asyncio.get_running_loop(), self.asked.port
        opened = [
            await loop.create_connection(lambda: Client(self), "127.0.0.1", port) for _ in range(self.asked.clients)
        ]
        self.all = [client for _, client in opened]
        for client in self.all:
            client.ask()
        await self.done
        spent, cpu, times = time.perf_counter() - self.began, _cpu() - self.cpu, sorted(self.times)
        return Answered(
            rate=len(times) / spent,
            count=len(times),
            p50=percentile(times, 0.5),
            p99=percentile(times, 0.99),
            longest=percentile(times, 1),
            cpu=cpu / len(times) * 1e6,
        )

    def next(self) -> bytes:
        number = next(self.numbers)
        return (b"%08d" % number).join(self.asked.requests[number % len(self.asked.requests)])

    def warmed(self) -> None:
        self.warm += 1
        if self.warm == self.asked.clients:
            self.began, self.cpu = time.perf_counter(), _cpu()
            self.end = self.began + self.asked.seconds
            for client in self.all:
                client.ask()


class Client(asyncio.Protocol):
    """One connection. An answer is its head and as many bytes as its Content-Length says."""

    def __init__(self, clients: Clients) -> None:
        self.clients = clients
        self.got = b""
        self.cold = True

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self) -> None:
        asking = self.clients.next()
        self.asked = time.perf_counter()
        self.transport.write(asking)

    def data_received(self, data: bytes) -> None:
        self.got = got = self.got + data if self.got else data
        head = got.find(END)
        if head < 0:
            return
        at = got.find(b"ontent-length:", 0, head)  # servers here write it in small letters or as a name
        length = int(got[at + 14 : got.index(b"\r", at)]) if at >= 0 else 0
        if len(got) < head + len(END) + length:
            return
        self.got = b""
        self.answered(got)

    def answered(self, answer: bytes) -> None:
        clients = self.clients
        if not answer[9:12].startswith(clients.asked.expect):
            if not clients.done.done():
                clients.done.set_exception(RuntimeError(f"{answer[:1000]!r}"))
            return
        now = time.perf_counter()
        if self.cold:
            self.cold = False
            clients.warmed()
            return
        clients.times.append(now - self.asked)
        if now < clients.end:
            self.ask()
            return
        clients.left -= 1
        if not clients.left:
            clients.done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        if not self.clients.done.done():
            self.clients.done.set_exception(RuntimeError("the service closed a connection"))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _main() -> None:
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Load)
    sys.stdout.buffer.write(msgspec.msgpack.encode(await Clients(asked).run()))


if __name__ == "__main__":
    uvloop.run(_main())
