"""Whatever is sent, a fault of the caller's is answered 4xx as a problem object, never 5xx."""

import httpx
import pytest
from litestar import Litestar

from zhuisu.app import create_app
from zhuisu.errors import NotFound, Refusal
from zhuisu.problems import of
from zhuisu.settings import Settings

DEEP = b"[" * 100_000 + b"]" * 100_000
JSON = "application/json"
FORM = "multipart/form-data; boundary=x"

MALFORMED = [
    pytest.param(JSON, b"", id="empty"),
    pytest.param(JSON, b"{", id="cut off"),
    pytest.param(JSON, b"\xff\xfe{}", id="not UTF-8"),
    pytest.param(JSON, b'{"codes": ["\xc3("]}', id="bad UTF-8 in a string"),
    pytest.param(JSON, b'{"codes": ["\\ud800"]}', id="lone surrogate"),
    pytest.param(JSON, b'{"codes": ["a\\u0000b"]}', id="NUL"),
    pytest.param(JSON, b'{"codes": ["a\x00b"]}', id="raw NUL"),
    pytest.param(JSON, DEEP, id="deep nesting"),
    pytest.param(JSON, b'{"codes": ' + DEEP + b"}", id="deep nesting inside"),
    pytest.param(JSON, b"null", id="null"),
    pytest.param(JSON, b"[]", id="an array"),
    pytest.param(JSON, b'"text"', id="a string"),
    pytest.param(JSON, b"1e999", id="a number beyond"),
    pytest.param(JSON, b"NaN", id="NaN"),
    pytest.param(JSON, b'{"codes": NaN}', id="NaN inside"),
    pytest.param(JSON, b'{"codes": 5}', id="wrong type"),
    pytest.param(JSON, b'{"codes": [5]}', id="wrong type inside"),
    pytest.param(JSON, b'{"codes": []}', id="nothing to do"),
    pytest.param(JSON, b'{"unknown": 1}', id="unknown field"),
    pytest.param(JSON, b'{"codes": ["x"], "at": "yesterday"}', id="bad time"),
    pytest.param(JSON, b'{"codes": ["x"], "at": "9999-12-31T23:59:59-23:59"}', id="time beyond the calendar"),
    pytest.param(JSON, b"{}" + b" " * (9 << 20), id="10 MB"),
    pytest.param(FORM, b"", id="empty multipart"),
    pytest.param(FORM, b"--x\r\n", id="cut multipart"),
    pytest.param(FORM, b"--y\r\n\r\n--y--", id="other boundary"),
    pytest.param("multipart/form-data", b"--x--", id="no boundary"),
    pytest.param(FORM, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", id="a part without a name"),
    pytest.param(FORM, b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n--x--\r\n', id="a bad name"),
    pytest.param("application/x-www-form-urlencoded", b"%ff=%00", id="bad form"),
    pytest.param("application/xml", b"<a/>", id="XML"),
    pytest.param("text/plain", b"hello", id="text"),
    pytest.param("application/json; charset=utf-16", "{}".encode("utf-16"), id="UTF-16"),
    pytest.param("nonsense", b"{}", id="no media type"),
    pytest.param("application/msgpack", b"\xc1", id="bad msgpack"),
]


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


@pytest.mark.parametrize(("content_type", "body"), MALFORMED)
async def test_no_malformed_body_is_answered_5xx(
    client: httpx.AsyncClient, admin: dict[str, str], content_type: str, body: bytes
) -> None:
    for route in writing_routes():
        method, path = route.split()
        path = path.replace("{uscc}", "91370302MA000A012K").replace("{id}", "0" * 32).replace("{key}", "1")
        answer = await client.request(method, path, content=body, headers=admin | {"Content-Type": content_type})
        if (route, body) == ("POST /epcis/capture", b"[]"):
            continue  # an empty list of events is a capture of nothing
        assert 300 <= answer.status_code < 500, (route, answer.status_code, answer.text)
        if answer.status_code >= 400 and "html" not in answer.headers["content-type"]:
            assert answer.headers["content-type"] == "application/problem+json", route
            problem = answer.json()
            assert problem["status"] == answer.status_code
            assert problem["type"].startswith("/problems/")
            assert problem["title"]
            assert problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/chain/%FF",
        "/chain/%00",
        "/chain/a%00b",
        "/chain/x?direction=sideways",
        "/chain/x?at=never",
        "/chain/x?foo=1",
        "/chain/" + "9" * 9000,
        "/nowhere",
        "/certs/zz",
        "/chain/x?at=2026-01-01",
        "/parties/%00",
        "/epcis/events?perPage=-1",
    ],
)
async def test_no_malformed_address_is_answered_5xx(
    client: httpx.AsyncClient, admin: dict[str, str], path: str
) -> None:
    answer = await client.get(path, headers=admin)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


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
