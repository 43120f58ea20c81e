"""Whatever is sent, a fault of the caller's is answered 4xx as a problem object, never 5xx."""

import itertools
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.epcis.test_client import serving
from tests.malformed import BODIES, HEADERS, QUERIES
from zhuisu.app import create_app
from zhuisu.errors import NotFound, Refusal
from zhuisu.problems import of
from zhuisu.settings import Settings

READERS = {"/epcis/capture", "/epcis/events", "/scan/intake", "/products/import", "/sessions", "/certs/verify"}


def writing_routes() -> list[str]:
    app: Litestar = create_app(Settings(data="."))  # type: ignore[arg-type]
    return sorted(
        {
            f"{method} {route.path}"
            for route in app.routes
            for handler in getattr(route, "route_handlers", ())
            for method in getattr(handler, "http_methods", ())
            if method in {"POST", "PUT", "PATCH"}
        }
    )


def wrong(answer: httpx.Response, seconds: float) -> str:
    """What is wrong with a refusal; "" when it is one that can be mended."""
    if seconds > 1:
        return f"{seconds:.1f} s of CPU"
    if not 400 <= answer.status_code < 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if "html" in answer.headers["content-type"]:
        return ""
    problem = answer.json()
    ours = problem.get("reason", problem["type"])  # under /epcis the type is the standard's
    told = problem["title"] and problem["detail"] and ours.startswith("/problems/")
    named = answer.status_code in {401, 403, 404} or problem.get("where") or problem.get("mend")
    kind = (answer.headers["content-type"], problem["status"])
    return "" if told and named and kind == ("application/problem+json", answer.status_code) else answer.text[:300]


async def asked(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> tuple[httpx.Response, float]:
    begun = time.process_time()
    answer = await client.request(method, path, **more)
    return answer, time.process_time() - begun


async def test_no_malformed_body_is_answered_5xx(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    """A hundred kinds of them, each to all routes that read it themselves; the others, which Litestar reads, take turns."""
    faults = {}
    readers = [route for route in writing_routes() if route.split()[1] in READERS]
    others = itertools.cycle(sorted(set(writing_routes()) - set(readers)))
    for kind, (media, body, more) in BODIES.items():
        for route in (*readers, next(others), next(others)):
            method, path = route.split()
            path = path.replace("{uscc}", "91370302MA000A012K").replace("{id}", "0" * 32).replace("{key}", "1")
            headers = admin | {"Content-Type": media} | more
            answer, seconds = await asked(client, method, path, content=body, headers=headers)
            sent_on = 300 <= answer.status_code < 400  # a page's form
            nothing_captured = (route, kind) == ("POST /epcis/capture", "an array")
            if not sent_on and not nothing_captured and (fault := wrong(answer, seconds)):
                faults[kind, route] = fault
    assert not faults, "\n".join(f"{what}: {fault[:200]}" for what, fault in faults.items())


async def test_no_malformed_address_or_header_is_answered_5xx(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    faults = {}
    for path in QUERIES:
        if fault := wrong(*await asked(client, "GET", path, headers=admin)):
            faults[path[:100]] = fault
    for header in HEADERS:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in (admin | header).items()]
        if fault := wrong(*await asked(client, "GET", "/epcis/events", headers=raw)):
            faults[str(header)[:100]] = fault
    assert not faults, "\n".join(f"{what}: {fault[:200]}" for what, fault in faults.items())


@pytest.fixture
def port(database_url: str, workspace: Path) -> Iterator[int]:
    with serving(workspace / "wire", database_url) as address:
        yield int(address.rpartition(":")[2])


HOST = b"Host: localhost\r\n"
POST = b"POST /scan/intake HTTP/1.1\r\nContent-Type: application/json\r\n" + HOST
RAW = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a version that is none": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "a header cut in two": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "a header without a name": b"GET /healthz HTTP/1.1\r\n" + HOST + b": x\r\n\r\n",
    "a space in the address": b"GET /cha in/x HTTP/1.1\r\n" + HOST + b"\r\n",
    "bytes in the address": b"GET /chain/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address too long": b"GET /epcis/events?" + b"EQ_action=ADD&" * 4400 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address of another": b"GET http://another.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a length that is none": POST + b"Content-Length: many\r\n\r\n",
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "a length beside chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "chunks of nonsense": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "a chunk that is too long": POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a coding that is none": POST + b"Transfer-Encoding: cow\r\n\r\n{}",
    "an expectation that is none": POST + b"Expect: miracles\r\nContent-Length: 2\r\n\r\n{}",
    "a continuation expected": POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    "a header injected": b"GET /certs/a%0d%0aX-Injected:%20yes HTTP/1.1\r\n" + HOST + b"\r\n",
    "an upgrade to nothing": b"GET /healthz HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n" + HOST + b"\r\n",
    "a websocket where there is none": b"GET /healthz HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + HOST + b"\r\n",
    "a method that is none": b"BREW /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a body cut short": POST + b"Content-Length: 10\r\n\r\n{}",
}


def test_no_nonsense_on_the_wire_is_answered_5xx(port: int) -> None:
    """Each on a connection of its own, of which our side is then closed: an answer below 500, or none."""
    for kind, sent in RAW.items():
        with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: wire.recv(65_536), b""))
        statuses = [int(line[9:12]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
        assert all(status < 500 for status in statuses), (kind, answer)
        assert b"\nX-Injected" not in answer
        if kind == "an address too long":
            assert b"epcisException:URITooLongException" in answer, answer
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").text == "ok"


async def test_head_and_options(client: httpx.AsyncClient) -> None:
    """HEAD answers as GET without the content (RFC 9110 §9.3.2); OPTIONS names all that a path takes."""
    for path in ("/healthz", "/", "/schema/openapi.json", "/certs/zz", "/epcis"):
        get, head = await client.get(path), await client.head(path)
        assert (head.status_code, head.content) == (get.status_code, b""), path
        assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.content))
    assert (await client.head("/scan/intake")).status_code == 405
    assert (await client.options("/parties")).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (await client.options("/scan/intake")).headers["allow"] == "OPTIONS, POST"


async def test_a_host_or_length_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz", headers={"Host": "a b"})).status_code == 400
    assert (await client.post("/sessions", headers={"Content-Length": "many"})).status_code == 400


def test_extensions_never_hide_a_standard_member() -> None:
    problem = of(NotFound("gone", status=200, title="fine", where="/a", mend="look again"), "/x")
    assert (problem["status"], problem["title"]) == (404, NotFound.title())
    assert (problem["where"], problem["mend"]) == ("/a", "look again")


def test_every_refusal_says_what_it_is_in_both_languages_and_types_are_unique() -> None:
    create_app(Settings(data="."))  # type: ignore[arg-type]  # loads every room
    family = Refusal.family()
    for kind in family:
        assert kind.__doc__, kind
        assert "zh" in vars(kind), kind
        assert 400 <= kind.status < 600
    types = [kind.problem() for kind in family]
    assert len(set(types)) == len(types)
