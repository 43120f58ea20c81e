"""What the standard says of every resource, told over HTTP: methods, headers, statuses, formats (EPCIS 2.0 §12)."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.conftest import served
from tests.epcis.test_named import get, keep
from tests.scan.conftest import Actor, District, box
from zhuisu.epcis import headers, paging
from zhuisu.settings import Settings

URN = "urn:epc:id:sgtin:4012345.012345.7"
LINK = "https://id.gs1.org/01/04012345123456/21/7"
STRANGER = "https://id.gs1.org/01/09791234567896/21/1"
READ, MADE, KEPT = ("GET",), ("GET", "POST"), ("GET", "DELETE")
RESOURCES: dict[str, tuple[str, ...]] = {
    "": READ,
    "/capture": MADE,
    "/capture/{job}": READ,
    "/events": MADE,
    "/events/urn%3An%3A1": READ,
    **{
        f"/{name}{rest}": READ
        for name, value in (
            ("eventTypes", "ObjectEvent"),
            ("epcs", quote(box(1), safe="")),
            ("bizSteps", "storing"),
            ("bizLocations", "{place}"),
            ("readPoints", "{place}"),
            ("dispositions", "active"),
        )
        for rest in ("", f"/{value}", f"/{value}/events")
    },
    "/queries": MADE,
    "/queries/kept": KEPT,
    "/queries/kept/events": READ,
    "/queries/kept/subscriptions": MADE,
}


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("epcisException:")


async def ask(actor: Actor, path: str, method: str = "GET", **more: Any) -> httpx.Response:
    return await actor.http.request(method, path, **{**more, "headers": actor.headers | more.get("headers", {})})


async def test_every_resource_says_what_may_be_done_with_it(district: District) -> None:
    d = district
    place = d.maker.place
    stored = d.seen(1, "maker", "storing", [box(1)], event_id="urn:n:1", read_point=place, disposition="active")
    job = (await d.maker.capture(stored)).headers["Location"].rpartition("/")[2]
    await keep(d.maker, "kept", EQ_bizStep=["storing"])
    for path, methods in RESOURCES.items():
        url = "/epcis" + path.replace("{job}", job).replace("{place}", quote(place, safe=""))
        allowed = {*methods, "HEAD", "OPTIONS"}
        told = await d.maker.http.options(url)
        assert told.status_code == 204, url
        assert set(told.headers["Allow"].split(", ")) == allowed, url
        assert {name: told.headers[name] for name in headers.TOLD} == headers.TOLD, url
        assert ("GS1-EPCIS-Capture-Limit" in told.headers) == (path in {"", "/capture"}), url
        assert ("GS1-Capture-Error-Behaviour" in told.headers) == (path in {"", "/capture"}), url

        shown, head = await ask(d.maker, url), await ask(d.maker, url, "HEAD")
        assert (shown.status_code, head.status_code) == (200, 200), (url, shown.text)
        assert head.headers == shown.headers, url
        assert {name: shown.headers[name] for name in headers.VERSIONS} == headers.VERSIONS, url

        refused = await ask(d.maker, url, "PATCH")
        assert problem(refused) == (405, "ImplementationException"), url
        assert set(refused.headers["Allow"].split(", ")) == allowed, url
        assert problem(await d.maker.http.get(url)) == (401, "SecurityException"), url
    for away in ("/epcis/nothing", "/epcis/captures", "/epcis/queries/kept/nothing"):
        assert problem(await ask(d.maker, away)) == (404, "NoSuchResourceException")


async def test_a_subscription_says_how_far_it_has_come(settings: Settings, district: District) -> None:
    d = district
    async with served(settings.with_(callback_hosts="127.0.0.1"), d.now) as http:
        maker, shop = (Actor(http, one.headers, one.uscc, one.site, one.place) for one in (d.maker, d.shop))
        await keep(maker, "kept", EQ_bizStep=["storing"])
        wish = {"dest": "http://127.0.0.1:9/", "secret": "ours", "schedule": {"hour": "1"}, "reportIfEmpty": True}
        path = "/epcis/queries/kept/subscriptions"
        made = await ask(maker, path, "POST", json=wish, headers={"Accept": "application/xml"})
        one = made.headers["Location"]
        assert (made.status_code, made.json()["contentType"]) == (201, "application/xml")
        assert "ours" not in made.text
        reached = {"GS1-Query-Min-Record-Time": "2026-06-01T08:00:00.000Z"}
        for caller, more in ((maker, reached), (shop, {}), (Actor(http, {}, "", "", ""), {})):
            told = await ask(caller, one, "OPTIONS")
            assert (told.status_code, told.headers["Allow"]) == (204, "GET, DELETE, HEAD, OPTIONS")
            assert {name: told.headers[name] for name in reached if name in told.headers} == more
        assert (await ask(maker, one, "HEAD")).headers["GS1-Query-Min-Record-Time"] == reached.popitem()[1]
        wish = {"dest": "http://127.0.0.1:9/", "stream": True}
        for _ in range(2):
            await ask(maker, path, "POST", json=wish)
        found, url = [], f"{path}?perPage=2"
        while url:
            page = await ask(maker, url)
            found.append([one["stream"] for one in page.json()])
            url = page.headers.get("Link", "").partition(">")[0].removeprefix("<")
        assert sorted(map(len, found)) == [1, 2]
        assert sorted(stream for page in found for stream in page) == [False, True, True]
        for wrong in ("perPage=0", "nextPageToken=x", "EQ_action=ADD"):
            assert problem(await ask(maker, f"{path}?{wrong}")) == (400, "QueryParameterException")
        assert (await ask(maker, one, "DELETE")).status_code == 204
        assert problem(await ask(maker, one)) == (404, "NoSuchResourceException")


REFUSED = [
    (400, "ValidationException", "POST", "/epcis/capture", {"Content-Type": "application/json"}, b"{"),
    (400, "ValidationException", "GET", "/epcis/events", {"GS1-EPC-Format": "as you like"}, b""),
    (400, "QueryParameterException", "GET", "/epcis/events?EQ_colour=red", {}, b""),
    (400, "QueryParameterException", "GET", "/epcis/events?perPage=0", {}, b""),
    (400, "QueryParameterException", "GET", "/epcis/events?EQ_example:a=1", {}, b""),
    (400, "QueryParameterException", "GET", "/epcis/events", {"GS1-Extensions": "example"}, b""),
    (
        400,
        "QueryParameterException",
        "GET",
        "/epcis/events?eventCountLimit=1&maxEventCount=1&orderBy=eventTime",
        {},
        b"",
    ),
    (426, "QueryParameterException", "GET", "/epcis/queries/kept/events?stream=true", {}, b""),
    (400, "QueryValidationException", "POST", "/epcis/queries", {}, b'{"name": "x", "query": 7}'),
    (400, "QueryValidationException", "POST", "/epcis/queries", {}, b'{"name": "x"'),
    (
        400,
        "SubscriptionControlsException",
        "POST",
        "/epcis/queries/kept/subscriptions",
        {},
        b'{"dest": "https://x.cn/"}',
    ),
    (403, "SecurityException", "DELETE", "/epcis/queries/theirs", {}, b""),
    (404, "NoSuchNameException", "GET", "/epcis/queries/none", {}, b""),
    (404, "NoSuchNameException", "DELETE", "/epcis/queries/none", {}, b""),
    (404, "NoSuchResourceException", "GET", "/epcis/events/urn%3Anone", {}, b""),
    (404, "NoSuchResourceException", "GET", "/epcis/bizSteps/packing/events", {}, b""),
    (404, "NoSuchResourceException", "GET", "/epcis/capture/none", {}, b""),
    (406, "NotAcceptableException", "GET", "/epcis/events", {"Accept": "text/html"}, b""),
    (406, "NotAcceptableException", "GET", "/epcis/queries", {"Accept": "text/csv"}, b""),
    (406, "NotAcceptableException", "GET", "/epcis/events", {"GS1-EPCIS-Min": "2.1"}, b""),
    (406, "NotAcceptableException", "GET", "/epcis/events", {"GS1-CBV-Max": "1.2"}, b""),
    (409, "ResourceAlreadyExistsException", "POST", "/epcis/queries", {}, b'{"name": "kept", "query": {}}'),
    (413, "QueryTooLargeException", "GET", "/epcis/events?maxEventCount=1", {}, b""),
    (414, "URITooLongException", "GET", "/epcis/events?EQ_eventID=urn:" + "n" * headers.MOST_ADDRESS, {}, b""),
    (415, "UnsupportedMediaTypeException", "POST", "/epcis/capture", {"Content-Type": "text/csv"}, b"a,b"),
]


async def test_every_refusal_has_the_standards_name_in_json_and_xml(district: District) -> None:
    d = district
    await d.maker.capture(*(d.seen(n, "maker", "storing", [box(n)]) for n in (1, 2)))
    await keep(d.maker, "kept", EQ_bizStep=["storing"])
    await keep(d.shop, "theirs", EQ_bizStep=["storing"])
    for status, name, method, path, more, body in REFUSED:
        answer = await ask(d.maker, path, method, headers=more, content=body)
        assert problem(answer) == (status, name), (path[:80], more, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"
        if status == 426:
            assert answer.headers["Upgrade"] == "websocket"
        if status == 406:
            assert answer.headers["GS1-EPCIS-Max"] == answer.headers["GS1-CBV-Min"] == "2.0"
        if "Accept" in more:
            continue
        for accept in ("application/xml", "application/problem+xml, */*;q=0.1"):
            answer = await ask(d.maker, path, method, headers=more | {"Accept": accept}, content=body)
            assert answer.headers["Content-Type"] == "application/problem+xml", (path[:80], accept)
            tree = ET.fromstring(answer.content)
            assert tree.tag == "{urn:ietf:rfc:7807}problem"
            told = {child.tag.partition("}")[2]: child.text for child in tree}
            assert all(told[name] for name in ("type", "title", "detail", "instance", "reason"))
            assert int(told["status"] or 0) == answer.status_code
            assert answer.status_code in {status, 406}  # what is not events is told in JSON only
    answer = await ask(d.maker, "/epcis/events?EQ_colour=red", headers={"Accept": "application/xml"})
    listed = ET.fromstring(answer.content).findall("{*}families/{*}i")
    assert "EQ_bizTransaction_{type}" in [item.text for item in listed]


async def test_extensions_of_a_request_are_acknowledged_and_used(district: District) -> None:
    d = district
    told = "example=https://example.org/ns/, other=urn:other:"
    body = {
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"e": "https://example.org/ns/"}],
        **json.loads(d.seen(1, "maker", "storing", [box(1)], event_id="urn:n:1").doc),
        "e:colour": "red",
    }
    for _ in range(2):  # the second time the key is remembered, and a plain event takes the short way
        plain = await ask(
            d.maker, "/epcis/events", "POST", json=json.loads(d.seen(9, "maker", "packing", [box(9)]).doc)
        )
        assert {name: plain.headers[name] for name in headers.VERSIONS} == headers.VERSIONS
    extended = {"GS1-Extensions": told}
    made = await ask(d.maker, "/epcis/events", "POST", json=body, headers=extended)
    assert (made.status_code, made.headers["GS1-Extensions"]) == (201, f"zhuisu=urn:zhuisu:ns:, {told}")
    found = await ask(d.maker, "/epcis/events?EQ_example:colour=red", headers=extended)
    assert found.headers["GS1-Extensions"] == f"zhuisu=urn:zhuisu:ns:, {told}"
    assert ids(found) == ["urn:n:1"]
    # A query keeps the prefixes of the request that made it, and shows them.
    query = {"name": "red", "query": {"EQ_example:colour": "red|green", "eventType": "ObjectEvent"}}
    made = await ask(d.maker, "/epcis/queries", "POST", json=query, headers=extended)
    assert made.json()["query"]["@context"][0]["example"] == "https://example.org/ns/"
    assert ids(await get(d.maker, "/epcis/queries/red/events")) == ["urn:n:1"]
    assert problem(await ask(d.maker, "/epcis/queries", "POST", json=query | {"name": "x"})) == (
        400,
        "QueryParameterException",
    )


def ids(answer: httpx.Response) -> list[str]:
    return [event["eventID"] for event in events(answer)]


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def texts(answer: httpx.Response, tag: str) -> Iterator[str | None]:
    return (found.text for found in ET.fromstring(answer.content).iter(tag))


async def test_codes_and_words_are_written_as_asked(district: District) -> None:
    d = district
    ours = box(5), "urn:epc:id:sgtin:6901234.056789.5"
    # One event says itself where 4012345 ends, the second nobody does.
    await d.maker.capture(
        d.seen(3, "maker", "storing", [URN, LINK.replace("/21/7", "/21/8"), ours[0]], event_id="urn:n:1"),
        d.seen(2, "maker", "storing", [STRANGER], event_id="urn:n:2"),
        d.seen(1, "maker", "storing", ["urn:uuid:6a2c2e1e-7a4f-4c0e-9c1a-0c6a4a5e9b11"], event_id="urn:n:3"),
    )
    await keep(d.maker, "one", EQ_eventID="urn:n:1")
    paths = [
        "/epcis/events/urn%3An%3A1",
        "/epcis/events?EQ_eventID=urn:n:1",
        "/epcis/queries/one/events",
        f"/epcis/epcs/{quote(URN, safe='')}/events",
    ]
    eighth = URN.replace(".7", ".8")
    written = {
        "Always_EPC_URN": [URN, eighth, ours[1]],
        "Always_GS1_Digital_Link": [LINK, LINK[:-1] + "8", ours[0]],
        "Never_Translates": [URN, LINK[:-1] + "8", ours[0]],
        "No_Preference": [URN, LINK[:-1] + "8", ours[0]],
    }
    for path in paths:
        for format_, codes in written.items():
            for media in ("application/ld+json", "application/xml"):
                answer = await ask(d.maker, path, headers={"GS1-EPC-Format": format_, "Accept": media})
                assert answer.headers["GS1-EPC-Format"] == format_
                found = list(texts(answer, "epc")) if "xml" in media else events(answer)[0]["epcList"]
                assert found == codes, (path, format_, media)
    in_urns = {"GS1-EPC-Format": "Always_EPC_URN"}
    refused = await ask(d.maker, "/epcis/events", headers=in_urns)
    assert problem(refused) == (406, "NotAcceptableException")
    assert (refused.json()["code"], refused.json()["where"]) == (STRANGER, "GS1-EPC-Format")
    kept = await ask(d.maker, "/epcis/events/urn%3An%3A3", headers=in_urns)
    assert events(kept)[0]["epcList"][0].startswith("urn:uuid:")

    for format_, word in (
        ("Always_Web_URI", "https://ref.gs1.org/cbv/BizStep-storing"),
        ("No_Preference", "https://ref.gs1.org/cbv/BizStep-storing"),
        ("Always_URN", "urn:epcglobal:cbv:bizstep:storing"),
        ("Never_Translates", "storing"),
    ):
        more = {"GS1-CBV-XML-Format": format_, "Accept": "application/xml"}
        answer = await ask(d.maker, paths[0], headers=more)
        assert list(texts(answer, "bizStep")) == [word], format_
        assert answer.headers["GS1-CBV-XML-Format"] == format_


@pytest.mark.parametrize("word", ["urn:epcglobal:cbv:bizstep:storing", "https://ref.gs1.org/cbv/BizStep-storing"])
async def test_words_come_back_from_xml_as_they_went_in(district: District, word: str) -> None:
    d = district
    body = (
        "<ObjectEvent xmlns='urn:epcglobal:epcis:xsd:2'><eventTime>2026-05-01T08:00:00Z</eventTime>"
        f"<eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList><epc>{box(1)}</epc></epcList>"
        f"<action>OBSERVE</action><bizStep>{word}</bizStep></ObjectEvent>"
    )
    made = await ask(d.maker, "/epcis/events", "POST", content=body, headers={"Content-Type": "application/xml"})
    assert made.status_code == 201, made.text
    more = {"GS1-CBV-XML-Format": "Never_Translates", "Accept": "application/xml"}
    assert list(texts(await ask(d.maker, made.headers["Location"], headers=more), "bizStep")) == [word]


async def test_a_next_page_has_its_time(district: District, settings: Settings, now: datetime) -> None:
    d = district
    for n in (1, 2):
        await d.maker.capture(d.seen(n, "maker", "storing", [box(n)]))
    for name in ("a", "b"):
        await keep(d.maker, name, EQ_bizStep=["storing"])
    lists = (
        "/epcis/capture",
        "/epcis/events",
        "/epcis/epcs",
        "/epcis/bizSteps/storing/events",
        "/epcis/queries",
        "/epcis/queries/a/events",
    )
    links = {}
    for path in lists:
        first = await get(d.maker, f"{path}?perPage=1")
        assert first.headers["GS1-Next-Page-Token-Expires"] == "2026-06-02T08:00:00.000Z", path
        links[path] = first.headers["Link"].partition(">")[0].removeprefix("<")
        last = await get(d.maker, links[path])
        assert ("GS1-Next-Page-Token-Expires" in last.headers) == ("Link" in last.headers), path
    for later, status in ((paging.LIFE - timedelta(seconds=1), 200), (paging.LIFE, 400)):
        async with served(settings, now + later) as http:
            for path, link in links.items():
                answer = await http.get(link, headers=d.maker.headers)
                assert answer.status_code == status, (path, answer.text)
                if status == 400:
                    assert answer.json()["reason"] == "/problems/epcis/expired-token"
                    assert problem(answer) == (400, "QueryParameterException")


CODE, TIME = "urn:example:1", "2026-06-01T08:00:00%2B08:00"
FIXED = {
    **dict.fromkeys(
        [
            *("EQ_readPoint", "WD_readPoint", "EQ_bizLocation", "WD_bizLocation", "EQ_transformationID"),
            *(f"MATCH_{what}" for what in ("epc", "parentID", "inputEPC", "outputEPC", "anyEPC")),
            *(f"MATCH_{what}" for what in ("epcClass", "inputEPCClass", "outputEPCClass", "anyEPCClass")),
            *("EQ_eventID", "EQ_correctiveEventID", "EQ_deviceID", "EQ_dataProcessingMethod", "EQ_microorganism"),
            *(
                "EQ_chemicalSubstance",
                "EQ_bizRules",
                "EQ_uriValue",
                "EQ_source_owning_party",
                "EQ_destination_location",
            ),
            *("EQ_bizTransaction_po", "EQ_bizTransaction_urn:x:t"),
        ],
        CODE,
    ),
    **{
        f"{op}_{when}": TIME
        for op in ("GE", "LT")
        for when in ("eventTime", "recordTime", "startTime", "endTime", "time")
    },
    **dict.fromkeys(("GE_errorDeclarationTime", "LT_errorDeclarationTime", "GE_errorDeclaration_Time"), TIME),
    **{f"{op}_quantity{uom}": "1.5" for op in ("EQ", "GT", "GE", "LT", "LE") for uom in ("", "_KGM")},
    **{f"{op}_value_CEL": "-1.5e0" for op in ("EQ", "GT", "GE", "LT", "LE")},
    **{
        f"{op}_{what}_CEL": "1"
        for op in ("GT", "GE", "LT", "LE")
        for what in ("minValue", "maxValue", "meanValue", "sDev", "percValue")
    },
    **{f"{op}_percRank": "50" for op in ("GT", "GE", "LT", "LE")},
    **dict.fromkeys(("EXISTS_errorDeclaration", "EXISTS_sensorElementList"), ""),
    **{
        f"{op}_{inner}{part}ex:a": "" if op == "EXISTS" else "1"
        for op in ("EQ", "GT", "GE", "LT", "LE", "EXISTS")
        for inner in ("", "INNER_")
        for part in ("", "ILMD_", "ERROR_DECLARATION_", "SENSORELEMENT_", "SENSORMETADATA_", "SENSORREPORT_")
    },
    **{f"EQ_{inner}{place}_ex:a": "1" for inner in ("", "INNER_") for place in ("readPoint", "bizLocation")},
    **{f"HASATTR_{field}": "ex:b" for field in ("readPoint", "bizLocation", "ex:a")},
    **{f"{op}_{field}_ex:b": "1" for op in ("EQ_ATTR", "EQATTR") for field in ("readPoint", "bizLocation", "ex:a")},
    "eventType": "ObjectEvent|AggregationEvent",
    "EQ_action": "ADD|OBSERVE",
    "EQ_bizStep": "shipping|https://ref.gs1.org/cbv/BizStep-receiving|urn:epcglobal:cbv:bizstep:packing",
    "EQ_disposition": "active",
    "EQ_persistentDisposition_set": "completeness_verified",
    "EQ_persistentDisposition_unset": "completeness_verified",
    "EQ_errorReason": "did_not_occur",
    "EQ_type": "Temperature|gs1:Humidity",
    "EQ_stringValue": "a",
    "EQ_booleanValue": "true",
    "EQ_hexBinaryValue": "0aF",
    "orderBy": "ex:a",
    "orderDirection": "ASC",
    "maxEventCount": "5",
    "perPage": "1",
}


async def test_every_parameter_is_answered_in_a_url_and_in_a_kept_query(district: District) -> None:
    d = district
    bound = {"GS1-Extensions": "ex=https://example.org/ns/"}
    for name, value in FIXED.items():
        answer = await ask(d.maker, f"/epcis/events?{quote(name)}={value}", headers=bound)
        assert answer.status_code == 200, (name, answer.text)
        query: Any = {name: value.replace("%2B", "+") or None}
        kept = await ask(d.maker, "/epcis/queries", "POST", json={"name": name, "query": query}, headers=bound)
        assert kept.status_code == (400 if name == "perPage" else 201), (name, kept.text)
    limited = await ask(d.maker, "/epcis/events?orderBy=eventTime&orderDirection=DESC&eventCountLimit=3")
    assert limited.status_code == 200
    # Lists: a|b, a key twice, an array; one value where one is taken.
    for text in ("EQ_action=ADD|OBSERVE", "EQ_action=ADD&EQ_action=OBSERVE", "EQ_action=ADD%7COBSERVE"):
        assert (await ask(d.maker, f"/epcis/events?{text}")).status_code == 200
    for text in (f"GE_eventTime={TIME}|{TIME}", f"GE_eventTime={TIME}&GE_eventTime={TIME}", "perPage=1&perPage=1"):
        assert problem(await ask(d.maker, f"/epcis/events?{text}")) == (400, "QueryParameterException")
    for query, where in (
        ({"EQ_action": ["LOOK"]}, "EQ_action"),
        ({"GE_eventTime": ["2026-06-01"]}, "GE_eventTime"),
        ({"EQ_quantity": {"a": 1}}, "EQ_quantity"),
        ({"EQ_colour": "red"}, "EQ_colour"),
        ({"GT_ex:a": "red"}, "GT_ex:a"),
        ({"maxEventCount": 1, "eventCountLimit": 1, "orderBy": "eventTime"}, "maxEventCount"),
    ):
        refused = await ask(d.maker, "/epcis/queries", "POST", json={"name": "x", "query": query}, headers=bound)
        assert problem(refused) == (400, "QueryParameterException")
        assert refused.json()["where"] == f"/query/{where}"
