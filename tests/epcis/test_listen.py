"""A query's new answers over a WebSocket, at the ASGI interface; the frames beneath are the server's."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.epcis.test_named import keep
from tests.scan.conftest import Actor, District, box
from zhuisu.db import Database
from zhuisu.epcis import handshake, listen
from zhuisu.errors import Malformed
from zhuisu.parties.secret import digest


class Listener:
    """The client's end of one connection."""

    def __init__(
        self, app: Any, path: str, headers: dict[str, str], query: str = "stream=true", extensions: Any = None
    ) -> None:
        raw = [(b"host", b"zs.example"), *((k.lower().encode(), v.encode()) for k, v in headers.items())]
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": raw,
            "client": ("127.0.0.1", 9),
            "server": ("zs.example", 80),
            "subprotocols": [],
            "state": {},
            "extensions": extensions,
        }
        self.to: asyncio.Queue[Any] = asyncio.Queue()
        self.back: asyncio.Queue[Any] = asyncio.Queue()
        self.open = asyncio.Event()
        self.open.set()
        self.to.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self.to.get, self._send))

    async def _send(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            await self.open.wait()
        self.back.put_nowait(message)

    async def next(self) -> Any:
        async with asyncio.timeout(20):
            return await self.back.get()

    async def ids(self) -> list[str]:
        results = json.loads((await self.next())["text"])["epcisBody"]["queryResults"]
        return [event["eventID"] for event in results["resultsBody"]["eventList"]]

    async def leave(self) -> None:
        self.to.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(20):
            await self.task


Connect = Callable[..., Listener]


@pytest.fixture
async def connect(district: District) -> AsyncIterator[Connect]:
    opened: list[Listener] = []

    def one(
        actor: Actor, name: str = "kept", query: str = "stream=true", extensions: Any = None, **headers: str
    ) -> Listener:
        app = actor.http._transport.app  # type: ignore[attr-defined]
        found = Listener(app, f"/epcis/queries/{name}/events", actor.headers | headers, query, extensions)
        opened.append(found)
        return found

    yield one
    for listener in opened:
        listener.open.set()
        await listener.leave()


@asynccontextmanager
async def listening(connect: Connect, actor: Actor, **headers: str) -> AsyncIterator[Listener]:
    listener = connect(actor, **headers)
    assert (await listener.next())["type"] == "websocket.accept"
    yield listener


def _key(actor: Actor) -> str:
    return actor.headers["Authorization"].removeprefix("Bearer ")


def stored(d: District, *numbers: int) -> list[Any]:
    return [d.seen(n, "maker", "storing", [box(n)], event_id=f"urn:n:{n}") for n in numbers]


class TestListen:
    async def test_events_come_as_they_are_recorded(self, district: District, connect: Connect) -> None:
        d = district
        await d.maker.capture(*stored(d, 9))
        await keep(d.maker, "到货", EQ_bizStep=["storing"])
        listener = connect(d.maker, "到货")
        accepted = await listener.next()
        assert accepted["type"] == "websocket.accept"
        assert (b"gs1-query-min-record-time", b"2026-06-01T08:00:00.000Z") in accepted["headers"]
        for n in (3, 1, 2):
            await d.maker.capture(*stored(d, n), d.seen(n, "maker", "shipping", [box(n)]))
            assert await listener.ids() == [f"urn:n:{n}"]

    async def test_from_a_record_time_on(self, district: District, connect: Connect) -> None:
        d = district
        await d.maker.capture(*stored(d, 1))
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        since = {"GS1-Query-Min-Record-Time": "2026-06-01T08:00:00Z"}
        async with listening(connect, d.maker, **since) as listener:
            assert await listener.ids() == ["urn:n:1"]
        async with listening(connect, d.maker, **since, Prefer="master-data") as listener:
            answered = json.loads((await listener.next())["text"])["epcisBody"]["queryResults"]["resultsBody"]
        told = [one["id"] for one in answered["vocabularyList"][0]["vocabularyElementList"]]
        assert (len(answered["eventList"]), told) == (1, [d.maker.place])

    async def test_each_hears_what_the_door_would_show(self, district: District, connect: Connect) -> None:
        d = district
        simple = "SimpleEventQuery"
        async with listening(connect, d.shop, name=simple) as shop, listening(connect, d.admin, name=simple) as admin:
            await d.maker.capture(*stored(d, 1))
            assert await admin.ids() == ["urn:n:1"]
            await d.shop.capture(d.seen(0.5, "shop", "receiving", [box(1)], event_id="urn:n:r"))
            assert (await admin.ids(), await shop.ids()) == (["urn:n:r"], ["urn:n:r"])
            await d.maker.capture(*stored(d, 2))
            await d.maker.capture(d.seen(0.2, "maker", "storing", [box(1)], event_id="urn:n:3"))
            assert await shop.ids() == ["urn:n:3"]

    async def test_codes_are_spelled_as_asked(self, district: District, connect: Connect) -> None:
        d = district
        urn = "urn:epc:id:sgtin:6901234.056789.1"
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        kept = {"GS1-EPC-Format": "Never_Translates"}
        async with listening(connect, d.maker, **kept) as as_captured, listening(connect, d.maker) as links:
            await d.maker.capture(d.seen(1, "maker", "storing", [urn]))
            assert urn in (await as_captured.next())["text"]
            assert box(1) in (await links.next())["text"]

    async def test_in_xml_and_urns_and_the_problem_of_what_has_none(self, district: District, connect: Connect) -> None:
        d = district
        stranger = "https://id.gs1.org/01/09791234567896/21/1"
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        asked = {"GS1-EPC-Format": "Always_EPC_URN", "Accept": "application/xml"}
        async with listening(connect, d.maker, **asked) as listener:
            await d.maker.capture(*stored(d, 3), d.seen(2, "maker", "storing", [stranger]), *stored(d, 1))
            first, problem, last = [(await listener.next())["text"] for _ in range(3)]
            assert "<epc>urn:epc:id:sgtin:6901234.056789.3</epc>" in first
            assert json.loads(problem)["code"] == stranger
            assert "<epc>urn:epc:id:sgtin:6901234.056789.1</epc>" in last

    async def test_by_a_schedule(self, district: District, connect: Connect) -> None:
        d = district
        time = [d.now]
        d.maker.http._transport.app.state.clock = lambda: time[0]  # type: ignore[attr-defined]
        await d.maker.capture(*stored(d, 5))
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        query = "minute=30&second=0&reportIfEmpty=true&perPage=2&initialRecordTime=2026-06-01T08:00:00Z"
        listener = connect(d.maker, query=query)
        assert (await listener.next())["type"] == "websocket.accept"
        await d.maker.capture(*stored(d, 4, 3))
        for minutes, turns in ((30, [2, 1]), (90, [0]), (150, [1])):
            if minutes == 150:
                await d.maker.capture(*stored(d, 2))
            assert listener.back.empty()
            time[0] = d.now + timedelta(minutes=minutes)
            assert [len(await listener.ids()) for _ in turns] == turns

    @pytest.mark.parametrize(
        "query",
        ["", "stream=false", "stream=true&minute=0", "minute=60", "stream=true&EQ_action=ADD", "stream=1", "%ff"],
    )
    def test_what_a_handshake_may_not_ask(self, query: str) -> None:
        with pytest.raises(Malformed):
            handshake.read(query, {})

    async def test_the_end_of_the_query_disconnects(self, district: District, connect: Connect) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        async with listening(connect, d.maker) as listener:
            await d.maker.http.delete("/epcis/queries/kept", headers=d.maker.headers)
            await keep(d.maker, "kept", EQ_bizStep=["shipping"])  # another query under the same name
            closed = await listener.next()
            assert (closed["type"], closed["code"]) == ("websocket.close", listen.GOING_AWAY)
            assert "deleted" in closed["reason"]

    async def test_a_slow_listener_is_cut_off(
        self, district: District, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        d = district
        monkeypatch.setattr(listen, "SLOW", 0.2)
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        async with listening(connect, d.maker) as slow, listening(connect, d.maker) as quick:
            slow.open.clear()
            await d.maker.capture(*stored(d, 1))
            assert await quick.ids() == ["urn:n:1"]
            closed = await slow.next()
            assert (closed["code"], closed["reason"]) == (listen.POLICY, "too slow")
            await d.maker.capture(*stored(d, 2))
            assert await quick.ids() == ["urn:n:2"]

    async def test_a_revoked_key_hears_nothing_more(self, district: District, connect: Connect, db: Database) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        async with listening(connect, d.maker) as listener:
            async with db.transaction() as conn:
                await conn.execute(
                    "update parties.api_key set revoked = $1 where hash = $2", d.now, digest(_key(d.maker))
                )
            await d.admin.capture(*stored(d, 1))
            closed = await listener.next()
            assert (closed["type"], closed["code"]) == ("websocket.close", listen.POLICY)

    @pytest.mark.parametrize(
        "extensions", [{}, {"websocket.http.response": {}}], ids=["which can only close", "which can say why"]
    )
    async def test_who_is_not_let_in(self, district: District, connect: Connect, extensions: dict[str, Any]) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        refused: list[tuple[int, str, dict[str, str]]] = [
            (401, "kept", {"Authorization": ""}),
            (401, "kept", {"Authorization": "Bearer zs_" + "x" * 43}),
            (404, "none", {}),
            (400, "kept", {"GS1-Query-Min-Record-Time": "yesterday"}),
            (406, "kept", {"Accept": "text/html"}),
        ]
        for status, name, headers in refused:
            listener = connect(d.maker, name, extensions=extensions, **headers)
            first = await listener.next()
            if not extensions:
                assert first["type"] == "websocket.close"
                continue
            assert (first["type"], first["status"]) == ("websocket.http.response.start", status)
            assert (b"content-type", b"application/problem+json") in first["headers"]
            last = await listener.next()
            assert json.loads(last["body"])["status"] == status
            assert not last["more_body"]
