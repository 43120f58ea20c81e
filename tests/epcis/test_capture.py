"""The EPCIS door over HTTP: documents in, whole and once; events out, as they came."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.scan.conftest import CASE, ITEM, LOT, Actor, District, box
from zhuisu.db import Database
from zhuisu.events import Quantity, query_document

LD = {"Content-Type": "application/ld+json"}
RESULTS = "/epcisBody/queryResults/resultsBody/eventList"


async def post(actor: Actor, path: str, body: bytes, **headers: str) -> httpx.Response:
    return await actor.http.post(path, content=body, headers=actor.headers | LD | headers)


class TestCapture:
    async def test_a_document_and_its_job(self, district: District) -> None:
        d = district
        answer = await d.maker.capture(d.seen(2, "maker", "commissioning", [box(1)]))
        assert answer.content == b""
        assert answer.headers["GS1-EPCIS-Version"] == "2.0"
        where = answer.headers["Location"]
        job = (await d.maker.http.get(where, headers=d.maker.headers)).json()
        assert job == {
            "captureID": where.removeprefix("/epcis/capture/"),
            "createdAt": "2026-06-01T08:00:00Z",
            "finishedAt": "2026-06-01T08:00:00Z",
            "running": False,
            "success": True,
            "captureErrorBehaviour": "rollback",
            "errors": [],
        }
        assert (await d.maker.http.get(where, headers=d.admin.headers)).status_code == 200
        for path in (where, "/epcis/capture/00000000-0000-0000-0000-000000000000", "/epcis/capture/x"):
            assert (await d.maker.http.get(path, headers=d.shop.headers)).status_code == 404

    async def test_twice_changes_nothing(self, district: District, db: Database) -> None:
        d = district
        events = [d.seen(n, "maker", "storing", [box(1)]) for n in range(3)]
        answers = await asyncio.gather(*(d.maker.capture(*events) for _ in range(4)))
        assert len({a.headers["Location"] for a in answers}) == 1
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.event") == 3

    async def test_whole_or_not_at_all(self, district: District, db: Database) -> None:
        d = district
        good, bad = d.seen(2, "maker", "storing", [box(1)]), d.seen(1, "maker", "storing", [box(2)])
        document = json.loads(query_document([good.doc, bad.doc], d.now))
        document["epcisBody"]["queryResults"]["resultsBody"]["eventList"][1]["bizStep"] = "walking"
        answer = await post(d.maker, "/epcis/capture", json.dumps(document).encode())
        assert answer.status_code == 400
        problem = answer.json()
        assert problem["where"] == "/epcisBody/queryResults/resultsBody/eventList/1/bizStep"
        assert answer.headers["content-type"] == "application/problem+json"
        assert await d.maker.events() == []
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from epcis.capture") == 0

    async def test_at_somebody_elses_site(self, district: District) -> None:
        d = district
        mine, theirs = d.seen(2, "maker", "storing", [box(1)]), d.seen(1, "shop", "receiving", [box(1)])
        answer = await d.maker.capture(mine, theirs, status=403)
        assert answer.json()["reason"] == "/problems/epcis/place-not-yours"
        assert answer.json()["where"] == f"{RESULTS}/1/bizLocation/id"
        assert await d.maker.events() == []
        part = d.seen(1, "maker", "storing", [box(1)], location="", read_point=f"{d.shop.place}")
        await d.maker.capture(part, status=403)
        await d.maker.capture(d.seen(1, "maker", "storing", [box(1)], location="urn:example:nowhere"))
        await d.admin.capture(theirs)

    async def test_either_place_at_somebody_elses_site(self, district: District, db: Database) -> None:
        d = district
        for member, places in (
            ("readPoint", {"location": d.maker.place, "read_point": d.shop.place}),
            ("bizLocation", {"location": d.shop.place, "read_point": d.maker.place}),
        ):
            refused = await d.maker.capture(d.seen(1, "maker", "shipping", [box(1)], **places), status=403)
            assert refused.json()["where"] == f"{RESULTS}/0/{member}/id"
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.event") == 0

    async def test_ahead_of_the_clock(self, district: District, db: Database) -> None:
        d = district
        past, future = d.seen(1, "maker", "storing", [box(1)]), d.seen(-0.1, "maker", "storing", [box(1)])
        answers = [
            await d.maker.capture(past, future, status=400),
            await post(d.maker, "/epcis/events", query_document([future.doc], d.now)),
        ]
        for n, answer in zip((1, 0), answers, strict=True):
            problem = answer.json()
            assert (answer.status_code, problem["reason"]) == (400, "/problems/epcis/event-ahead")
            assert problem["where"] == f"{RESULTS}/{n}/eventTime"
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.event") == 0
        await d.maker.capture(d.seen(-0.08, "maker", "storing", [box(1)]))

    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            ("/epcis/events", "GET, POST, HEAD, OPTIONS"),
            ("/epcis/events/urn%3Ax", "GET, HEAD, OPTIONS"),
            ("/epcis/capture", "GET, POST, HEAD, OPTIONS"),
            ("/epcis/capture/x", "GET, HEAD, OPTIONS"),
        ],
    )
    async def test_what_may_be_done(self, client: httpx.AsyncClient, path: str, allowed: str) -> None:
        answer = await client.options(path)
        assert (answer.status_code, answer.headers["Allow"]) == (204, allowed)
        assert answer.headers["GS1-EPCIS-Version"] == "2.0"

    async def test_one_event(self, district: District) -> None:
        d = district
        event = json.loads(d.seen(2, "maker", "storing", [box(1)]).doc)
        event["@context"] = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
        body = json.dumps(event).encode()
        first, again = await post(d.maker, "/epcis/events", body), await post(d.maker, "/epcis/events", body)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.headers["Location"] == again.headers["Location"]
        found = await d.maker.http.get(first.headers["Location"], headers=d.maker.headers)
        assert found.status_code == 200
        assert found.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"][0]["epcList"] == [box(1)]
        two = await post(d.maker, "/epcis/events", json.dumps([event, event]).encode())
        assert two.json()["reason"] == "/problems/epcis/not-one-event"

    async def test_another_content_under_one_event_id(self, district: District) -> None:
        d = district
        await d.maker.capture(d.seen(2, "maker", "storing", [box(1)], event_id="urn:uuid:1"))
        answer = await d.maker.capture(d.seen(1, "maker", "storing", [box(1)], event_id="urn:uuid:1"), status=409)
        problem = answer.json()
        assert problem["reason"] == "/problems/ledger/event-id-conflict"
        assert problem["type"] == "epcisException:ResourceAlreadyExistsException"
        assert problem["where"] == f"{RESULTS}/0/eventID"

    async def test_regulators_and_strangers_capture_nothing(self, district: District) -> None:
        d = district
        assert (await post(d.city, "/epcis/capture", b"{}")).status_code == 403
        assert (await d.city.http.post("/epcis/capture", content=b"{}", headers=LD)).status_code == 401


class TestConformance:
    """Every valid capture document of the published vectors goes in and comes out as it went."""

    @pytest.fixture
    def now(self) -> datetime:
        """After the youngest of their events."""
        return datetime(2026, 8, 1, 8, 0, tzinfo=UTC)

    async def test_in_and_out(self, district: District, conformance: Path) -> None:
        folder = conformance / "openepcis-test-resources" / "2.0" / "EPCIS" / "JSON" / "Capture"
        files = sorted([*folder.glob("Documents/*.json"), *folder.glob("Events/*.json")])
        assert len(files) > 20
        expected: list[dict[str, Any]] = []
        for file in files:
            body = file.read_bytes()
            for _ in range(2):
                answer = await post(district.maker, "/epcis/capture", body)
                assert answer.status_code == 202, (file.name, answer.text)
            told = body.replace(b'"https://ref.gs1.org/cbv/BizStep-', b'"')  # a word of CBV is bare in every answer
            tree = json.loads(told, parse_float=Decimal)
            expected += [tree] if "epcisBody" not in tree else tree["epcisBody"]["eventList"]
        as_it_came = district.maker.headers | {"GS1-EPC-Format": "Never_Translates"}
        found = json.loads(
            (await district.maker.http.get("/epcis/events?perPage=1000", headers=as_it_came)).content,
            parse_float=Decimal,
        )["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        assert all(event.get("eventID") for event in found)
        wanted = {plain(event) for event in expected}
        got = {plain(event) for event in found} | {plain(event, named=False) for event in found}
        assert wanted <= got
        assert len(found) == len({event_key(event) for event in expected})

    async def test_invalid_documents_are_refused(self, district: District, conformance: Path) -> None:
        folder = conformance / "openepcis-test-resources" / "2.0" / "EPCIS" / "JSON" / "Capture" / "Invalid"
        files = sorted(folder.glob("*.json"))
        assert files
        for file in files:
            answer = await post(district.maker, "/epcis/capture", file.read_bytes())
            assert answer.status_code == 400, file.name
            assert answer.json()["where"].startswith("/"), file.name
        assert await district.maker.events() == []


def plain(event: dict[str, Any], *, named: bool = True) -> str:
    """An event without its context, which its document may have said for it, and without its recordTime, which is ours.

    ``named=False``: without its eventID.
    """
    dropped = {"@context", "recordTime"} if named else {"@context", "recordTime", "eventID"}
    return json.dumps({k: v for k, v in event.items() if k not in dropped}, sort_keys=True, default=str)


def event_key(event: dict[str, Any]) -> str:
    return plain(event)


class TestMalformed:
    @pytest.mark.parametrize("path", ["/epcis/capture", "/epcis/events"])
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b" ",
            b"null",
            b"{}",
            b"[1]",
            b'"text"',
            b"{",
            b"\xff\xfe",
            b'{"type":"EPCISDocument"}',
            b'{"type":"ObjectEvent"}',
            b'{"type":"EPCISDocument","@context":[],"schemaVersion":"2.0","creationDate":"x","epcisBody":{}}',
            b'{"a":"\\u0000"}',
            b'{"a":"\x00"}',
            b'{"a":1,"a":2}',
            b"[" * 100_000,
            b'{"a":' * 5000 + b"1" + b"}" * 5000,
            b'{"a":1e999999999}',
            b"<epcis/>",
        ],
    )
    async def test_bodies(self, district: District, path: str, body: bytes) -> None:
        answer = await post(district.maker, path, body)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]

    @pytest.mark.parametrize(
        "kind", ["application/xml", "text/plain", "", "application/json; charset", "x", "application/xml+x"]
    )
    async def test_media_types(self, district: District, kind: str) -> None:
        answer = await post(district.maker, "/epcis/capture", b"{}", **{"Content-Type": kind})
        assert answer.status_code in {400, 415}
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("path", ["/epcis/capture", "/epcis/events", "/scan/intake"])
    async def test_ten_megabytes(self, district: District, path: str) -> None:
        body = b'{"codes": ["' + b"9" * 10_000_000 + b'"]}'
        answer = await post(district.maker, path, body, **{"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("body", "where"),
        [
            (b"", ""),
            (b"{}", "codes"),
            (b"[]", ""),
            (b"null", ""),
            (b"\xff", ""),
            (b'{"codes": []}', "codes"),
            (b'{"codes": "1"}', "codes"),
            (b'{"codes": [1]}', "codes"),
            (b'{"codes": [""]}', "codes"),
            (b'{"codes": ["a\\u0000b"]}', "codes"),
            (b'{"codes": ["\\ud800"]}', ""),
            (b'{"codes": ["1"], "colour": 1}', "colour"),
            (b'{"codes": ["1"], "site": ""}', "site"),
            (b'{"codes": ["1"], "site": "a\\u0000"}', "site"),
            (b'{"codes": ["1"], "step": "\\n"}', "step"),
            (b'{"codes": ["1"], "at": "yesterday"}', "at"),
            (b'{"codes": ["1"], "at": "2026-06-01T08:00:00"}', "at"),
            (b'{"codes": ["1"], "at": "0001-01-01T00:00:00+08:00"}', "at"),
            (b'{"codes": ["1"], "at": "9999-12-31T23:59:59-08:00"}', "at"),
            (b'{"codes": ["1"], "at": "1999-12-31T23:59:59Z"}', "at"),
            (b'{"codes": ["1"], "to": "nobody"}', "to"),
            (b'{"codes": ["1"], "step": "shipping", "to": "nobody"}', "to"),
            (b'{"codes": [' + b"[" * 10_000 + b"]" * 10_000 + b"]}", ""),
        ],
    )
    async def test_intake(self, district: District, db: Database, body: bytes, where: str) -> None:
        answer = await post(district.maker, "/scan/intake", body, **{"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert where in answer.json()["detail"] + answer.json().get("where", "")
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from scan.intake") == 0


class TestQuery:
    async def test_parameters_reach_the_ledger(self, district: District) -> None:
        d = district
        await d.maker.capture(
            d.seen(9, "maker", "commissioning", [box(1), CASE], disposition="active"),
            d.pack(8, "maker", CASE, box(1)),
            d.seen(7, "maker", "shipping", [CASE], disposition="in_transit"),
            d.seen(6, "maker", "commissioning", quantities=[Quantity(uri=LOT, quantity=Decimal(3))]),
        )
        maker = d.maker
        assert await maker.steps() == ["commissioning", "packing", "shipping", "commissioning"]
        assert await maker.steps("orderBy=eventTime") == ["commissioning", "shipping", "packing", "commissioning"]
        assert await maker.steps("eventType=AggregationEvent") == ["packing"]
        assert await maker.steps("EQ_action=ADD&EQ_bizStep=packing|shipping") == ["packing"]
        assert await maker.steps("EQ_disposition=active|in_transit") == ["commissioning", "shipping"]
        assert await maker.steps(f"MATCH_anyEPC={CASE}") == ["commissioning", "packing", "shipping"]
        assert await maker.steps(f"MATCH_epc={CASE}") == ["commissioning", "shipping"]
        assert await maker.steps(f"MATCH_epc={box(1)}&orderBy=eventTime") == ["packing", "commissioning"]
        assert await maker.steps(f"MATCH_epc={box(1)}&MATCH_parentID={CASE}") == ["packing"]
        assert await maker.steps(f"MATCH_anyEPCClass={LOT}") == ["commissioning"]
        assert await maker.steps(f"MATCH_epc={box(404)}") == []
        assert await maker.steps(f"EQ_bizLocation={maker.place}&EQ_action=OBSERVE") == ["shipping"]
        since, until = (quote(d.ago(n).isoformat()) for n in (8, 7))
        assert await maker.steps(f"GE_eventTime={since}&LT_eventTime={until}") == ["packing"]
        ids = [event["eventID"] for event in await maker.events()]
        assert await maker.steps(f"EQ_eventID={quote(ids[1])}|{quote(ids[2])}") == ["packing", "shipping"]
        assert await maker.steps(f"EQ_eventID={quote(ids[1])}&MATCH_anyEPCClass={LOT}") == []
        assert (await maker.query("EQ_colour=1", 400))["where"] == "EQ_colour"

    @pytest.mark.parametrize("order", ["", "&orderBy=eventTime"])
    @pytest.mark.parametrize("more", ["", "&MATCH_anyEPC=" + box(1), "&EQ_action=OBSERVE"])
    async def test_pages_follow_one_another(self, district: District, order: str, more: str) -> None:
        d = district
        await d.maker.capture(*(d.seen(1, "maker", "storing", [box(1)], event_id=f"urn:x:{n}") for n in range(10)))
        await d.maker.capture(*(d.seen(n, "maker", "storing", [box(1)], event_id=f"urn:x:{n}") for n in range(20, 25)))
        found: list[str] = []
        url = f"/epcis/events?perPage=4{order}{more}"
        for _ in range(4):
            answer = await d.maker.http.get(url, headers=d.maker.headers)
            events = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
            found += [event["eventID"] for event in events]
            if "Link" not in answer.headers:
                break
            assert len(events) == 4
            link, _, rel = answer.headers["Link"].partition(">")
            assert rel == '; rel="next"'
            url = link.removeprefix("<")
        assert len(found) == 15
        assert len(set(found)) == 15

    async def test_original_and_declaration_under_one_event_id(self, district: District) -> None:
        d = district
        await d.maker.capture(d.seen(2, "maker", "storing", [box(1)]))
        (event,) = await d.maker.events()
        wrong = event | {
            "@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
            "errorDeclaration": {"declarationTime": d.ago(1).isoformat()},
        }
        assert (await post(d.maker, "/epcis/events", json.dumps(wrong).encode())).status_code == 201
        url = f"/epcis/events/{quote(event['eventID'], safe='')}"
        found = (await d.maker.http.get(url, headers=d.maker.headers)).json()
        events = found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        assert ["errorDeclaration" in e for e in events] == [False, True]
        assert (await d.maker.http.get("/epcis/events/urn%3Anone", headers=d.maker.headers)).status_code == 404

    async def test_a_page_ends_early_rather_than_look_at_everything(
        self, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        d = district
        monkeypatch.setattr("zhuisu.epcis.query.CHUNK", 3)
        monkeypatch.setattr("zhuisu.epcis.query.MOST_LOOKED_AT", 6)
        await d.maker.capture(*(d.seen(n, "maker", "storing", [box(n)]) for n in range(11, 1, -1)))
        await d.maker.capture(d.seen(1, "maker", "shipping", [box(1)]))
        answer = await d.maker.http.get("/epcis/events?EQ_bizStep=shipping", headers=d.maker.headers)
        assert answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == []
        url = answer.headers["Link"].partition(">")[0].removeprefix("<")
        answer = await d.maker.http.get(url, headers=d.maker.headers)
        assert "Link" not in answer.headers
        assert len(answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) == 1


class TestRights:
    async def test_the_public_asks_in_vain(self, client: httpx.AsyncClient) -> None:
        for path in ("/epcis/events", "/epcis/events/urn%3Ax", "/epcis/capture/x"):
            assert (await client.get(path)).status_code == 401

    async def journey(self, d: District) -> None:
        """Two boxes in a case from the maker to the market; box 1 goes on to the shop."""
        await d.maker.capture(
            d.seen(50, "maker", "commissioning", [box(1)]),
            d.seen(49.5, "maker", "commissioning", [box(2)]),
            d.pack(49, "maker", CASE, box(1), box(2)),
            d.seen(48, "maker", "shipping", [CASE]),
        )
        await d.market.capture(
            d.seen(40, "market", "receiving", [CASE]),
            d.pack(39, "market", CASE, box(1), box(2), action="DELETE"),
            d.seen(30, "market", "shipping", [box(1)]),
            d.seen(29, "market", "storing", [box(2)]),
        )
        await d.shop.capture(d.seen(20, "shop", "receiving", [box(1)]))

    async def test_own_events_and_those_of_goods_held(self, district: District) -> None:
        d = district
        await self.journey(d)
        whole = ["commissioning", "commissioning", "packing", "shipping"]
        whole += ["receiving", "unpacking", "shipping", "storing", "receiving"]
        assert await d.admin.steps() == whole
        assert await d.maker.steps() == whole
        assert await d.market.steps() == whole
        # The shop held box 1: its events, also inside the case, but not box 2's own.
        assert await d.shop.steps() == ["commissioning", "packing", "unpacking", "shipping", "receiving"]
        assert await d.shop.steps(f"MATCH_anyEPC={box(2)}") == ["packing", "unpacking"]
        assert await d.pharmacy.steps() == []
        secret = (await d.admin.events(f"MATCH_epc={box(2)}&EQ_bizStep=storing"))[0]["eventID"]
        answer = await d.shop.http.get(f"/epcis/events/{quote(secret, safe='')}", headers=d.shop.headers)
        assert answer.status_code == 404

    async def test_who_held_the_case_held_what_was_in_it_then(self, district: District) -> None:
        d = district
        await self.journey(d)
        await d.pharmacy.capture(d.seen(10, "pharmacy", "receiving", [CASE]))
        assert await d.pharmacy.steps(f"MATCH_epc={box(1)}&EQ_bizStep=shipping") == []
        assert "storing" not in await d.pharmacy.steps()

    async def test_a_lot_is_seen_until_it_left_the_hand(self, district: District) -> None:
        d = district
        goods = {"quantities": [Quantity(uri=LOT, quantity=Decimal(10))]}
        await d.farm.capture(d.seen(9, "farm", "commissioning", **goods), d.seen(8, "farm", "shipping", **goods))
        await d.shop.capture(d.seen(7, "shop", "receiving", **goods))
        await d.market.capture(d.seen(6, "market", "receiving", **goods))
        assert await d.shop.steps() == ["commissioning", "shipping", "receiving"]
        assert len(await d.market.events()) == 4

    async def test_a_kind_of_goods_is_held_by_nobody(self, district: District) -> None:
        d = district
        await d.farm.capture(d.seen(9, "farm", "shipping", quantities=[Quantity(uri=ITEM)]))
        await d.shop.capture(d.seen(7, "shop", "receiving", quantities=[Quantity(uri=ITEM)]))
        assert await d.shop.steps() == ["receiving"]

    async def test_regulators_see_their_divisions(self, district: District) -> None:
        d = district
        await self.journey(d)
        assert len(await d.city.events()) == 9
        assert await d.county.steps() == []
        await d.clinic.capture(d.seen(5, "clinic", "receiving", [box(2)]))
        assert await d.county.steps() == ["commissioning", "packing", "unpacking", "storing", "receiving"]
        await d.clinic.capture(d.seen(4, "clinic", "storing", ["urn:example:own"]))
        assert "urn:example:own" not in json.dumps(await d.city.events())

    async def test_an_event_at_ones_site_captured_by_an_administrator(self, district: District) -> None:
        d = district
        await d.admin.capture(d.seen(5, "shop", "storing", ["urn:example:x"]))
        assert await d.shop.steps() == ["storing"]
