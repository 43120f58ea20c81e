"""Whoever is sent something: a real HTTP server on this machine, which answers as it is told."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

TOKEN = "a token that both sides know"


class Delivery(NamedTuple):
    """One POST as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        found: list[Any] = self.document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        return found

    @property
    def ids(self) -> list[str]:
        return [event["eventID"] for event in self.events]


class Receiver:
    """``answer`` gives the status for a delivery; all that came is kept, and can be awaited one by one."""

    def __init__(self) -> None:
        self.url = ""
        self.answer: Callable[[Delivery], int] = lambda _: 200
        self.all: list[Delivery] = []
        self._new: asyncio.Queue[Delivery] = asyncio.Queue()

    async def next(self) -> Delivery:
        async with asyncio.timeout(20):
            return await self._new.get()

    async def ids(self, count: int) -> list[str]:
        """The eventIDs of what comes, until there are so many."""
        found: list[str] = []
        while len(found) < count:
            found += (await self.next()).ids
        return found

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            got = Delivery(headers, await reader.readexactly(int(headers["content-length"])))
            status = self.answer(got)
            self.all.append(got)
            self._new.put_nowait(got)
            if status:
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    found = Receiver()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/epcis?from=zhuisu"
    async with server:
        yield found
