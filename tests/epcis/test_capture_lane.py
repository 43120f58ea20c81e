"""The short way of one event answers as the ordinary one does, and is taken for nothing unusual."""

import json
from typing import Any

import httpx
import pytest
from litestar.types import Message, Scope

from tests.scan.conftest import District, box
from zhuisu.epcis.capture_lane import short_way

PLAIN = "application/json"
ORDINARY = "application/json; charset=utf-8"
"""A parameter is unusual."""


async def counted(district: District) -> dict[str, float]:
    text = (await district.maker.http.get("/metrics")).text
    return {
        line.partition('status_code="')[2][:3]: float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith("zhuisu_requests_total{") and 'method="POST",path="/epcis/events"' in line
    }


def told(answer: httpx.Response) -> dict[str, Any]:
    return {"status": answer.status_code, "body": answer.content, "headers": sorted(answer.headers.items())}


async def test_both_ways_answer_alike_and_count_once(district: District) -> None:
    d = district

    async def post(body: bytes, kind: str, path: str = "/epcis/events") -> httpx.Response:
        return await d.maker.http.post(path, content=body, headers=d.maker.headers | {"Content-Type": kind})

    def event(n: int, where: str = "maker", **more: Any) -> bytes:
        context = {"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"}
        return json.dumps(json.loads(d.seen(n, where, "storing", [box(n)]).doc) | context | more).encode()

    await post(event(3), ORDINARY)  # from now on the key is believed
    bodies = [
        event(3),  # again
        event(2),
        event(1, where="shop"),
        event(1, bizStep="walking"),
        event(1, eventTime="2026-06-02T08:00:00Z"),
        event(1, eventID="urn:uuid:1"),
        event(1, eventID="urn:uuid:1", disposition="in_transit"),
        b"[" + event(1) + b"," + event(2) + b"]",
        b"{",
        b"",
    ]
    for body in bodies:
        before = await counted(d)
        short, ordinary = await post(body, PLAIN), await post(body, ORDINARY)
        assert told(short) == told(ordinary)
        after = await counted(d)
        status = str(short.status_code)
        assert {k: v - before.get(k, 0) for k, v in after.items() if v != before.get(k, 0)} == {status: 2}
    assert {short.status_code for short in [await post(body, PLAIN) for body in bodies]} == {201, 400, 403, 409}


@pytest.mark.parametrize(
    "unusual",
    [
        {},
        {"method": "GET"},
        {"query_string": b"a=b"},
        {"path": "/epcis/events/"},
        {"content-type": b"application/xml"},
        {"content-length": b"65537"},
        {"content-length": b"-1"},
        {"content-length": None},
        {"content-encoding": b"gzip"},
        {"gs1-epcis-min": b"2.1"},
        {"host": b"a b"},
        {"host": None},
    ],
)
async def test_what_is_unusual_goes_the_ordinary_way(unusual: dict[str, Any]) -> None:
    headers: dict[str, bytes | None] = {
        "host": b"zs.example",
        "content-type": b"application/json",
        "content-length": b"2",
    }
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/epcis/events", "query_string": b""}
    scope |= {name: value for name, value in unusual.items() if name in scope}
    headers |= {name: value for name, value in unusual.items() if name not in scope}
    scope["headers"] = [(name.encode(), value) for name, value in headers.items() if value is not None]
    went: list[Scope] = []

    async def otherwise(scope: Scope, *_: object) -> None:
        went.append(scope)

    async def nobody(*_: object) -> Message:
        raise AssertionError("the short way was taken")

    app = short_way(otherwise)
    if not unusual:  # then the next question is whose key it is, which this scope cannot tell
        with pytest.raises(KeyError, match="litestar_app"):
            await app(scope, nobody, nobody)  # type: ignore[arg-type]
        return
    await app(scope, nobody, nobody)  # type: ignore[arg-type]
    assert went == [scope]
