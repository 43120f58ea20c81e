"""The stream as it goes over the wire (RFC 6455): a raw socket against the server that ``zhuisu serve`` runs."""

import asyncio
import base64
import hashlib
import os
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from tests.epcis.test_named import keep
from tests.scan.conftest import District, box
from zhuisu import server
from zhuisu.app import create_app
from zhuisu.epcis import listen
from zhuisu.settings import Settings

pytest.importorskip("websockets", reason="uvicorn speaks WebSocket with the library websockets")

TEXT, CLOSE, PING = 1, 8, 9


class Wire:
    """The client's end: its handshake, and the server's frames one by one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def upgrade(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        key = base64.b64encode(os.urandom(16)).decode()
        asked = {"Host": "zs.example", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        asked |= {"Sec-WebSocket-Key": key, **headers}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items()), "", ""]
        self.writer.write("\r\n".join(lines).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        if told.get("upgrade"):
            proof = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
            assert told["sec-websocket-accept"] == base64.b64encode(proof).decode()
        return int(head[0].split()[1]), told

    async def frame(self) -> tuple[int, bytes]:
        first, size = await self.reader.readexactly(2)
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8))
        return first & 0x0F, await self.reader.readexactly(size)


@pytest.fixture
async def port(settings: Settings, district: District) -> AsyncIterator[int]:
    """Where another node of the same service listens."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = server._config(create_app(settings, clock=lambda: district.now))
    config.ws_ping_interval = 0.2
    node = uvicorn.Server(config)
    config.load()
    node.lifespan = config.lifespan_class(config)
    await node.startup([listener])
    yield listener.getsockname()[1]
    node.should_exit = True
    await node.shutdown([listener])


@pytest.fixture
async def wire(port: int) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Wire(reader, writer)
    writer.close()


def stored(d: District, n: int) -> Any:
    return d.seen(n, "maker", "storing", [box(n)], event_id=f"urn:n:{n}")


class TestWire:
    async def test_101_events_pings_and_the_end(self, district: District, wire: Wire) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        async with asyncio.timeout(20):
            status, told = await wire.upgrade("/epcis/queries/kept/events?stream=true", d.maker.headers)
            assert (status, told["gs1-query-min-record-time"]) == (101, "2026-06-01T08:00:00.000Z")
            while (await wire.frame())[0] != PING:
                pass
            await d.maker.capture(stored(d, 1))
            while (frame := await wire.frame())[0] != TEXT:
                assert frame[0] == PING
            assert b"urn:n:1" in frame[1]
            await d.maker.http.delete("/epcis/queries/kept", headers=d.maker.headers)
            while (frame := await wire.frame())[0] != CLOSE:
                assert frame[0] == PING
            assert int.from_bytes(frame[1][:2]) == listen.GOING_AWAY

    async def test_who_is_not_let_in(self, wire: Wire) -> None:
        async with asyncio.timeout(20):
            status, told = await wire.upgrade("/epcis/queries/kept/events?stream=true", {})
        assert (status, told["content-type"]) == (401, "application/problem+json")

    async def test_where_nothing_is(self, wire: Wire, district: District) -> None:
        async with asyncio.timeout(20):
            status, told = await wire.upgrade("/epcis/nowhere", district.maker.headers)
        assert (status, told["content-type"]) == (404, "application/problem+json")
