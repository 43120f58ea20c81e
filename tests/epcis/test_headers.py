"""Versions, formats and limits: what the door understands, what it answers, what it tells beforehand."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.scan.conftest import District, box
from zhuisu.epcis import headers
from zhuisu.epcis.errors import BadHeader, NotAcceptable
from zhuisu.events import CbvFormat, EpcFormat

JSON = "application/json"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"GS1-EPCIS-Min": "2.0"},
        {"GS1-EPCIS-Min": "1.2", "GS1-EPCIS-Max": "2.1"},
        {"GS1-CBV-Min": "1.0", "GS1-CBV-Max": "2.0.0"},
        {"GS1-EPCIS-Version": "1.2", "GS1-CBV-Version": "1.2"},
    ],
)
def test_versions_that_are_spoken(given: dict[str, str]) -> None:
    headers.require_versions(given)


@pytest.mark.parametrize(
    ("given", "where", "refused"),
    [
        ({"GS1-EPCIS-Min": "2.1"}, "GS1-EPCIS-Min", NotAcceptable),
        ({"GS1-EPCIS-Max": "1.2"}, "GS1-EPCIS-Max", NotAcceptable),
        ({"GS1-CBV-Min": "3.0", "GS1-CBV-Max": "4.0"}, "GS1-CBV-Min", NotAcceptable),
        ({"GS1-EPCIS-Version": "2.1"}, "GS1-EPCIS-Version", NotAcceptable),
        ({"GS1-CBV-Version": "0.9"}, "GS1-CBV-Version", NotAcceptable),
        ({"GS1-EPCIS-Min": "2.1", "GS1-EPCIS-Max": "1.0"}, "GS1-EPCIS-Min", BadHeader),
        ({"GS1-EPCIS-Min": "two"}, "GS1-EPCIS-Min", BadHeader),
        ({"GS1-CBV-Max": "2"}, "GS1-CBV-Max", BadHeader),
        ({"GS1-EPCIS-Version": "²·0"}, "GS1-EPCIS-Version", BadHeader),
    ],
)
def test_versions_that_are_not(given: dict[str, str], where: str, refused: type[Exception]) -> None:
    with pytest.raises(refused) as caught:
        headers.require_versions(given)
    assert caught.value.where == where  # type: ignore[attr-defined]


def test_formats() -> None:
    assert headers.epc_format({}) is EpcFormat.Always_GS1_Digital_Link
    assert headers.epc_format({"GS1-EPC-Format": "Always_EPC_URN"}) is EpcFormat.Always_EPC_URN
    assert headers.cbv_format({}) is CbvFormat.No_Preference
    assert headers.cbv_format({"GS1-CBV-XML-Format": "Always_URN"}) is CbvFormat.Always_URN
    assert headers.behaviour({}) is headers.Behaviour.rollback
    assert headers.behaviour({"GS1-Capture-Error-Behaviour": "proceed"}) is headers.Behaviour.proceed


@pytest.mark.parametrize(
    ("read", "name", "text"),
    [
        (headers.epc_format, "GS1-EPC-Format", "always_epc_urn"),
        (headers.cbv_format, "GS1-CBV-XML-Format", "Bare"),
        (headers.cbv_format, "GS1-CBV-XML-Format", "Always_GS1_Digital_Link"),
        (headers.behaviour, "GS1-Capture-Error-Behaviour", "all"),
    ],
)
def test_formats_that_are_none(read: Callable[[headers.Headers], Any], name: str, text: str) -> None:
    with pytest.raises(BadHeader) as refused:
        read({name: text})
    assert refused.value.where == name


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("application/xml", "application/xml"),
        ("application/*;q=0.5, application/xml", "application/xml"),
        ("application/xml;q=0.2, application/ld+json;q=0.3", "application/ld+json"),
        ("text/html, application/*", "application/ld+json"),
        ("application/ld+json;q=0, */*", "application/xml"),
        ("text/html", None),
        ("application/xml;q=0", None),
        ("application/xml; q=0.000, text/*", None),
    ],
)
def test_accept(accept: str, chosen: str | None) -> None:
    offered = "application/ld+json", "application/xml"
    if chosen:
        assert headers.accepted({"Accept": accept}, *offered) == chosen
    else:
        with pytest.raises(NotAcceptable):
            headers.accepted({"Accept": accept}, *offered)


async def test_options_tell_what_may_be_done(client: httpx.AsyncClient) -> None:
    for path, allowed in (
        ("/epcis/capture", "GET, POST, HEAD, OPTIONS"),
        ("/epcis/capture/x", "GET, HEAD, OPTIONS"),
        ("/epcis/events", "GET, POST, HEAD, OPTIONS"),
        ("/epcis/events/urn%3Ax", "GET, HEAD, OPTIONS"),
    ):
        answer = await client.options(path)
        assert (answer.status_code, answer.headers["Allow"]) == (204, allowed)
        assert {name: answer.headers[name] for name in headers.TOLD} == headers.TOLD
        assert all((name in answer.headers) == (path == "/epcis/capture") for name in headers.LIMITS)
    told = await client.options("/epcis/capture")
    assert told.headers["GS1-Capture-Error-Behaviour"] == "rollback, proceed"
    assert int(told.headers["GS1-EPCIS-Capture-File-Size-Limit"]) == headers.MOST_BYTES


async def test_every_answer_names_the_versions(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    for method, path, more, status in (
        ("GET", "/epcis/capture", {}, 200),
        ("GET", "/epcis/events", {}, 200),
        ("GET", "/epcis/nowhere", {}, 404),
        ("DELETE", "/epcis/capture", {}, 405),
        ("GET", "/epcis/capture", {"GS1-EPCIS-Min": "3.0"}, 406),
        ("GET", "/epcis/capture", {"Accept": "text/html"}, 406),
        ("POST", "/epcis/capture", {}, 415),
    ):
        answer = await client.request(method, path, headers=admin | more)
        assert answer.status_code == status, (method, path, answer.text)
        assert {name: answer.headers[name] for name in headers.VERSIONS} == headers.VERSIONS
    assert "GS1-EPCIS-Version" not in (await client.get("/healthz")).headers


EXCEPTIONS = {
    400: {"ValidationException", "QueryParameterException"},
    404: {"NoSuchResourceException"},
    406: {"NotAcceptableException"},
    413: {"CaptureLimitExceededException"},
    415: {"UnsupportedMediaTypeException"},
}


def document(body: str) -> bytes:
    return (
        '{"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", "type": "EPCISDocument",'
        f' "schemaVersion": "2.0", "creationDate": "2026-05-01T08:00:00Z", "epcisBody": {body}}}'
    ).encode()


EVENT = (
    '{"type": "ObjectEvent", "eventTime": "2026-05-01T08:00:00Z", "eventTimeZoneOffset": "+00:00",'
    ' "action": "OBSERVE", "epcList": ["urn:example:item:1"]}'
)
BODIES = [
    b"",
    b" ",
    b"null",
    b"1",
    b'"text"',
    b"{}",
    b"[",
    b"[1]",
    b"[[]]",
    b"{]",
    b"\xff\xfe{}",
    b"\xef\xbb\xbf",
    b'{"type": "EPCISDocument"}',
    b'{"type": 5}',
    b'{"type": "ObjectEvent"}',
    b'{"a": 1, "a": 2}',
    b'{"a": "\\u0000"}',
    b'{"a": "\x00"}',
    b'{"a": 1e999999999}',
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    document("{}"),
    document("[]"),
    document('{"eventList": {}}'),
    document('{"eventList": [null]}'),
    document('{"eventList": [{}]}'),
    document('{"eventList": [], "eventList": []}'),
    document('{"eventList": [' + EVENT + ",]}"),
    document('{"eventList": [' + EVENT + "]}")[:-1],
    document('{"eventList": [' + EVENT + "]}") + b"{}",
    document('{"eventList": [' + EVENT.replace("2026-05-01", "2999-05-01") + "]}"),
    document('{"eventList": [' + EVENT.replace("OBSERVE", "LOOK") + "]}"),
    document('{"eventList": [' + EVENT.replace("T08", " 08") + "]}"),
    document('{"eventList": [' + EVENT.replace("urn:example:item:1", "\\ud800") + "]}"),
    document('{"eventList": [' + "[" * 10_000 + "]" * 10_000 + "]}"),
    b"<a/>",
    # Beyond a megabyte a document takes another way in.
    b"[" * (2 << 20),
    b"{" * (2 << 20),
    b'"' * (2 << 20),
    b" " * (2 << 20),
    b"\0" * (2 << 20),
    b"[1" + b" " * (2 << 20),
    b"{}" + b" " * (2 << 20) + b"{}",
    document('{"eventList": [' + EVENT + "]}")[:-1] + b" " * (2 << 20),
    document('{"eventList": [' + EVENT + " " * (2 << 20) + EVENT + "]}"),
    document('{"eventList": [], "x": ' + "[" * (2 << 20) + "]}"),
    document('{"eventList": [], "eventList": [' + " " * (2 << 20) + "]}"),
    document('{"eventList": {' + " " * (2 << 20) + "}}"),
    b'{"a": "' + b"9" * (9 << 20) + b'"}',
]
XML = [
    b"",
    b"{}",
    b"<a/>",
    b"<a>",
    b"<",
    b"\xff\xfe<",
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b"<a>" * 20_000,
    b'<?xml version="1.0" encoding="klingon"?><a/>',
    b'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2"/>',
    b" " * (2 << 20),
    b"<a>" * (1 << 20),
    b"<a " + b"x" * (2 << 20),
]
HEADERS = [
    {"Content-Type": "text/plain"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    {"Content-Type": "application/json", "GS1-Capture-Error-Behaviour": "all"},
    {"Content-Type": "application/json", "GS1-EPCIS-Version": "9.9"},
    {"Content-Type": "application/json", "GS1-CBV-Min": "x"},
    {"Content-Type": "application/json", "Content-Length": "9999999999"},
]
ADDRESSES = [
    "/epcis/capture/%00",
    "/epcis/capture/%FF",
    "/epcis/capture/x",
    "/epcis/capture?perPage=0",
    "/epcis/capture?perPage=-1",
    "/epcis/capture?perPage=%C2%B2",
    "/epcis/capture?perPage=",
    "/epcis/capture?nextPageToken=x",
    "/epcis/capture?nextPageToken=fffffffffffffffffffff-00000000000000000000000000000000",
    "/epcis/capture?nextPageToken=-1-00000000000000000000000000000000",
    "/epcis/capture?nextPageToken=" + "9" * 5000 + "-0",
    "/epcis/capture?colour=1",
    "/epcis/capture?perPage=1&perPage=2",
]


async def test_no_malformed_request_is_answered_5xx(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    asked = [
        *(
            ("POST", path, {"Content-Type": JSON}, body)
            for path in ("/epcis/capture", "/epcis/events")
            for body in BODIES
        ),
        *(
            ("POST", path, {"Content-Type": "text/xml"}, body)
            for path in ("/epcis/capture", "/epcis/events")
            for body in XML
        ),
        *(("POST", "/epcis/capture", more, document('{"eventList": []}')) for more in HEADERS),
        *(("GET", path, {}, b"") for path in ADDRESSES),
    ]
    assert len(asked) >= 60
    for method, path, more, body in asked:
        answer = await client.request(method, path, headers=admin | more, content=body)
        told = method, path, more, body[:60], answer.status_code, answer.text[:300]
        assert 400 <= answer.status_code < 500, told
        assert answer.headers["content-type"] == "application/problem+json", told
        problem = answer.json()
        assert problem["detail"], told
        if answer.status_code in EXCEPTIONS:
            assert problem["type"].removeprefix("epcisException:") in EXCEPTIONS[answer.status_code], told
        if answer.status_code == 413 and path == "/epcis/capture":
            assert answer.headers["GS1-EPCIS-Capture-Limit"], told


async def test_one_event_in_xml_and_json_is_one(district: District) -> None:
    d = district
    body = (
        "<ObjectEvent xmlns='urn:epcglobal:epcis:xsd:2'><eventTime>2026-05-01T08:00:00Z</eventTime>"
        "<eventTimeZoneOffset>+00:00</eventTimeZoneOffset>"
        f"<epcList><epc>{box(1)}</epc></epcList><action>OBSERVE</action></ObjectEvent>"
    ).encode()
    same = EVENT.replace("urn:example:item:1", box(1)).replace(
        "{", '{"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",', 1
    )
    places = [
        (await d.maker.http.post(path, content=content, headers=d.maker.headers | {"Content-Type": media}))
        for path in ("/epcis/events", "/epcis/capture")
        for media, content in (("application/xml", body), (JSON, same.encode()))
    ]
    assert [answer.status_code for answer in places] == [201, 201, 202, 202], [a.text for a in places]
    assert places[0].headers["Location"] == places[1].headers["Location"]
    assert len(await d.maker.events()) == 1
