"""Queries over HTTP: pages under capture, limits, forms of answers, top-level resources, and who sees what of them."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.scan.conftest import CASE, ITEM, LOT, Actor, District, box
from zhuisu.db import Database
from zhuisu.events import Event, Quantity
from zhuisu.events.context import STANDARD
from zhuisu.ledger import append

NS = "https://example.org/ns"
EX = {"context": {"ex": f"{NS}/"}}


async def get(actor: Actor, path: str, status: int = 200, **headers: str) -> httpx.Response:
    answer = await actor.http.get(path, headers=actor.headers | headers)
    assert answer.status_code == status, answer.text
    return answer


def listed(answer: httpx.Response) -> list[dict[str, Any]]:
    return answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


def following(answer: httpx.Response) -> str:
    return answer.headers.get("Link", "").partition(">")[0].removeprefix("<")


async def walk(actor: Actor, path: str) -> list[str]:
    found = []
    while path:
        answer = await get(actor, path)
        found += [event["eventID"] for event in listed(answer)]
        path = following(answer)
    return found


async def members(actor: Actor, path: str) -> list[str]:
    found: list[str] = []
    while path:
        answer = await get(actor, path)
        assert (answer.json()["type"], "@context" in answer.json()) == ("Collection", True)
        found += answer.json()["member"]
        path = following(answer)
    return found


def numbered(d: District, hours: float, n: int, **more: Any) -> Event:
    return d.seen(hours, "maker", "storing", [box(n)], event_id=f"urn:x:{n}", **more)


class TestPages:
    async def test_tokens(self, district: District) -> None:
        d = district
        await d.maker.capture(*(numbered(d, n, n) for n in range(1, 6)))
        first = await get(d.maker, "/epcis/events?EQ_action=OBSERVE&perPage=2")
        assert first.headers["GS1-Next-Page-Token-Expires"] == "2026-06-02T08:00:00.000Z"
        token = following(first).rpartition("nextPageToken=")[2]
        for wrong in (f"EQ_action=ADD&nextPageToken={token}", "nextPageToken=abc", f"nextPageToken={token[:-4]}AAAA"):
            problem = (await get(d.maker, f"/epcis/events?{wrong}", 400)).json()
            assert problem["reason"] == "/problems/epcis/bad-token"
            assert problem["type"] == "epcisException:QueryParameterException"
        second = await get(d.maker, f"/epcis/events?EQ_action=OBSERVE&perPage=30&nextPageToken={token}")
        assert [e["eventID"] for e in listed(second)] == ["urn:x:3", "urn:x:2", "urn:x:1"]
        dropped = await d.maker.http.delete(f"/epcis/nextPageToken/{token}", headers=d.maker.headers)
        assert dropped.status_code == 204

    @pytest.mark.parametrize(
        "order", ["", "&orderBy=recordTime&orderDirection=ASC", "&orderBy=recordTime", "&orderBy=ex:n"]
    )
    async def test_none_twice_and_none_missed_while_others_capture(self, district: District, order: str) -> None:
        d = district
        there = [numbered(d, n, n, extensions={"ex:n": n % 4}, **EX) for n in range(20, 30)]
        await d.maker.capture(*there)
        found: list[str] = []
        url, number = f"/epcis/events?perPage=3{order}", 100
        while url:
            answer = await get(d.maker, url, **{"GS1-Extensions": f"ex={NS}"})
            found += [event["eventID"] for event in listed(answer)]
            url, number = following(answer), number + 2
            if number < 120:
                await d.maker.capture(numbered(d, 50, number), numbered(d, 1, number + 1))
        assert len(found) == len(set(found))
        assert {event.event_id for event in there} <= set(found)

    async def test_a_late_commit_is_not_skipped(self, district: District, db: Database) -> None:
        d = district
        await d.maker.capture(numbered(d, 9, 1))
        async with db.connection() as conn:
            by = await conn.fetchval("select max(party) from ledger.event")
            slow = conn.transaction()
            await slow.start()
            await append(conn, [numbered(d, 8, 2)], by=by, now=d.now)
            await d.maker.capture(numbered(d, 7, 3))
            ask = "/epcis/events?orderBy=recordTime&orderDirection=ASC"
            assert await walk(d.maker, ask) == ["urn:x:1"]
            assert await walk(d.maker, f"{ask}&MATCH_epc={box(3)}") == []
            assert await walk(d.maker, "/epcis/events") == ["urn:x:1", "urn:x:3"]
            await slow.commit()
        assert await walk(d.maker, ask) == ["urn:x:1", "urn:x:2", "urn:x:3"]
        assert await walk(d.maker, "/epcis/events?orderBy=recordTime&perPage=1") == ["urn:x:3", "urn:x:2", "urn:x:1"]

    async def test_limits(self, district: District) -> None:
        d = district
        await d.maker.capture(*(numbered(d, n, n) for n in range(1, 6)))
        few = "/epcis/events?orderBy=eventTime&eventCountLimit=3&perPage=2"
        assert await walk(d.maker, few) == ["urn:x:1", "urn:x:2", "urn:x:3"]
        assert len(await walk(d.maker, "/epcis/events?maxEventCount=5&perPage=2")) == 5
        problem = (await get(d.maker, "/epcis/events?maxEventCount=4", 413)).json()
        assert problem["type"] == "epcisException:QueryTooLargeException"
        assert await walk(d.shop, "/epcis/events?maxEventCount=4") == []

    async def test_what_looks_at_too_much(self, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
        d = district
        monkeypatch.setattr("zhuisu.epcis.query.CHUNK", 2)
        monkeypatch.setattr("zhuisu.epcis.query.MOST_SORTED", 2)
        await d.maker.capture(*(numbered(d, n, n) for n in range(1, 6)))
        for ask in ("maxEventCount=9", "orderBy=cbvmda:lotNumber"):
            problem = (await get(d.maker, f"/epcis/events?{ask}", 413)).json()
            assert problem["type"] == "epcisException:QueryTooComplexException"
        assert await walk(d.maker, f"/epcis/events?maxEventCount=9&MATCH_epc={box(1)}") == ["urn:x:1"]

    async def test_the_order_of_an_extension(self, district: District) -> None:
        d = district
        values = [7, 10, "b", "a", "2026-05-01T10:00:00+02:00", "2026-05-01T09:00:00Z", None]
        for n, value in enumerate(values):
            more = {} if value is None else {"extensions": {"ex:n": value}, **EX}
            await d.maker.capture(numbered(d, 1 + n, n, **more))
        for page in (1, 3, 30):
            ask = f"/epcis/events?orderBy={quote('{' + NS + '}n')}&perPage={page}"
            assert [int(x[-1]) for x in await walk(d.maker, f"{ask}&orderDirection=ASC")] == [0, 1, 4, 5, 3, 2, 6]
            assert [int(x[-1]) for x in await walk(d.maker, ask)] == [2, 3, 5, 4, 1, 0, 6]
            assert len(await walk(d.maker, f"{ask}&eventCountLimit=4")) == 4


class TestParameters:
    async def test_patterns(self, district: District) -> None:
        d = district
        await d.maker.capture(
            numbered(d, 1, 1), d.pack(2, "maker", CASE, box(2)), d.seen(3, "maker", "storing", [CASE])
        )
        assert await d.maker.steps("MATCH_anyEPC=urn:epc:idpat:sgtin:6901234.056789.*") == ["packing", "storing"]
        assert await d.maker.steps(f"MATCH_epc={ITEM}/21/*") == ["packing", "storing"]
        assert await d.maker.steps("MATCH_parentID=urn:epc:idpat:sscc:*.*") == ["packing"]
        assert await d.maker.steps("MATCH_anyEPC=urn:epc:idpat:sgtin:6901234.156789.*") == []

    async def test_a_class_too_large_to_look_up(self, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
        d = district
        monkeypatch.setattr("zhuisu.epcis.store.MOST_CODES", 1)
        await d.maker.capture(*(numbered(d, n, n) for n in range(1, 4)))
        assert len(await d.maker.events(f"MATCH_epc={ITEM}/21/*")) == 3

    async def test_places(self, district: District) -> None:
        d = district
        own = d.maker.place
        await d.maker.capture(
            numbered(d, 1, 1, read_point=own),
            numbered(d, 2, 2, location="", read_point=own),
            numbered(d, 3, 3, location="urn:x:elsewhere"),
        )
        asked = {
            f"EQ_bizLocation={own}": [1],
            f"EQ_readPoint={own}": [2, 1],
            f"WD_bizLocation={own.rpartition('.')[0]}": [1],
            f"WD_readPoint={own}&WD_bizLocation={own}|urn:x:elsewhere": [1],
            f"EQ_bizLocation={own}|urn:x:elsewhere": [3, 1],
            "HASATTR_bizLocation=cbvmda:name": [1],
            f"EQ_ATTR_readPoint_cbvmda:name={quote('maker 1')}": [2, 1],
            f"EQ_ATTR_readPoint_cbvmda:name={quote('maker 2')}": [],
        }
        for text, expected in asked.items():
            assert [int(e["eventID"][-1]) for e in await d.maker.events(text)] == expected, text

    async def test_record_time_is_told_and_asked_for(self, district: District) -> None:
        d = district
        await d.maker.capture(numbered(d, 1, 1))
        (event,) = await d.maker.events(f"GE_recordTime={quote(d.now.isoformat())}")
        assert event["recordTime"] == "2026-06-01T08:00:00.000Z"
        later = quote((d.now + timedelta(seconds=1)).isoformat())
        assert await d.maker.events(f"GE_recordTime={later}") == []
        assert len(await d.maker.events(f"LT_recordTime={later}")) == 1

    async def test_prefixes(self, district: District) -> None:
        d = district
        await d.maker.capture(numbered(d, 1, 1, extensions={"ex:n": 5}, **EX))
        for name in ("other:n", f"{{{NS}}}n", f"{NS}#n"):
            path = f"/epcis/events?GE_{quote(name)}=5"
            assert len(listed(await get(d.maker, path, **{"GS1-Extensions": f"other={NS}"}))) == 1, name
        problem = (await get(d.maker, "/epcis/events?GE_ex:n=5", 400)).json()
        assert (problem["reason"], "GS1-Extensions" in problem["mend"]) == ("/problems/epcis/unbound-prefix", True)


class TestAnswers:
    async def test_json_and_xml(self, district: District) -> None:
        d = district
        await d.maker.capture(numbered(d, 1, 1))
        for asked, media in (
            ("", "application/ld+json"),
            ("application/json", "application/json"),
            ("text/html, */*;q=0.1", "application/ld+json"),
        ):
            answer = await get(d.maker, "/epcis/events", Accept=asked)
            assert (answer.headers["Content-Type"].partition(";")[0], len(listed(answer))) == (media, 1)
        answer = await get(d.maker, "/epcis/events/urn%3Ax%3A1", Accept="application/xml")
        assert answer.headers["Content-Type"].startswith("application/xml")
        assert "https://ref.gs1.org/cbv/BizStep-storing" in answer.text
        assert answer.text.count("<ObjectEvent>") == 1
        problem = (await get(d.maker, "/epcis/events", 406, Accept="text/html")).json()
        assert problem["type"] == "epcisException:NotAcceptableException"

    async def test_spelling_of_codes(self, district: District) -> None:
        d = district
        event = json.loads(numbered(d, 1, 1).doc) | {"epcList": ["urn:epc:id:sgtin:6901234.056789.1"]}
        event["@context"] = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
        headers = d.maker.headers | {"Content-Type": "application/json"}
        sent = await d.maker.http.post("/epcis/events", content=json.dumps(event).encode(), headers=headers)
        assert sent.status_code == 201, sent.text
        for form, expected in (
            ("", box(1)),
            ("Always_GS1_Digital_Link", box(1)),
            ("Never_Translates", "urn:epc:id:sgtin:6901234.056789.1"),
            ("No_Preference", "urn:epc:id:sgtin:6901234.056789.1"),
        ):
            (found,) = listed(await get(d.maker, "/epcis/events", **{"GS1-EPC-Format": form}))
            assert found["epcList"] == [expected], form
        await get(d.maker, "/epcis/events", 400, **{"GS1-EPC-Format": "Sometimes"})


class TestResources:
    async def world(self, d: District) -> None:
        await d.maker.capture(
            d.seen(9, "maker", "commissioning", [box(1), box(2)], disposition="active", lot="L1"),
            d.pack(8, "maker", CASE, box(1), box(2)),
            d.seen(7, "maker", "urn:x:polishing", [CASE], read_point="urn:x:door"),
            d.seen(6, "maker", "storing", quantities=[Quantity(uri=LOT)]),
        )
        await d.shop.capture(d.seen(2, "shop", "receiving", [box(1)], disposition="in_progress"))
        await d.clinic.capture(d.seen(1, "clinic", "holding", ["urn:x:secret"]))

    async def test_lists(self, district: District) -> None:
        d = district
        await self.world(d)
        assert "bizSteps" in await members(d.maker, "/epcis")
        assert await members(d.maker, "/epcis/eventTypes") == ["AggregationEvent", "ObjectEvent"]
        for page in (1, 30):
            steps = ["commissioning", "packing", "storing", "urn:x:polishing"]
            assert await members(d.maker, f"/epcis/bizSteps?perPage={page}") == steps
            assert await members(d.maker, f"/epcis/epcs?perPage={page}") == [box(1), box(2), CASE]
            assert len(await members(d.admin, f"/epcis/bizSteps?perPage={page}")) == 6
        assert await members(d.maker, "/epcis/dispositions") == ["active"]
        assert await members(d.maker, "/epcis/bizLocations") == [d.maker.place]
        assert await members(d.maker, "/epcis/readPoints") == ["urn:x:door"]
        assert await members(d.admin, "/epcis/epcs") == [box(1), box(2), CASE, "urn:x:secret"]

    async def test_of_others_only_what_was_held(self, district: District) -> None:
        d = district
        await self.world(d)
        assert await members(d.shop, "/epcis/epcs") == [box(1)]
        assert await members(d.shop, "/epcis/bizSteps") == ["receiving"]
        assert await members(d.clinic, "/epcis/epcs") == ["urn:x:secret"]
        assert await members(d.county, "/epcis/epcs") == ["urn:x:secret"]
        await get(d.shop, "/epcis/epcs/urn%3Ax%3Asecret", 404)
        await get(d.shop, "/epcis/epcs/urn%3Ax%3Asecret/events", 404)
        await get(d.shop, "/epcis/bizSteps/holding", 404)

    async def test_values_and_their_events(self, district: District) -> None:
        d = district
        await self.world(d)
        for path, expected in {
            "/epcis/eventTypes/AggregationEvent": 1,
            "/epcis/bizSteps/urn%3Ax%3Apolishing": 1,
            "/epcis/bizSteps/" + quote("https://ref.gs1.org/cbv/BizStep-packing", safe=""): 1,
            "/epcis/dispositions/active": 1,
            f"/epcis/bizLocations/{quote(d.maker.place, safe='')}": 4,
            "/epcis/readPoints/urn%3Ax%3Adoor": 1,
            f"/epcis/epcs/{quote(box(1), safe='')}": 3,
            f"/epcis/epcs/{box(1)}": 3,
            "/epcis/epcs/urn:epc:id:sgtin:6901234.056789.1": 3,
        }.items():
            assert (await get(d.maker, path)).json() == ["events"]
            assert len(listed(await get(d.maker, f"{path}/events"))) == expected, path
            assert len(await walk(d.maker, f"{path}/events?perPage=1")) == expected, path
        assert listed(await get(d.maker, f"/epcis/epcs/{box(1)}/events?EQ_bizStep=holding")) == []
        assert len(listed(await get(d.maker, f"/epcis/epcs/{box(1)}/events?EQ_bizStep=packing"))) == 1

    async def test_types_of_others(self, district: District) -> None:
        """Captured in a document, asked for by their URI, by fields and by codes; and in the way of nobody else."""
        d = district
        own = f"{NS}/Feeding"
        said = {"eventTime": d.ago(1).isoformat(), "eventTimeZoneOffset": "+00:00", "epcList": [ITEM], "ex:kilos": 3}
        bare = [
            {"@context": [STANDARD, {"ex": f"{NS}/"}], "type": "ex:Feeding", "eventID": "urn:x:1", **said},
            {"@context": [STANDARD, {"ex": f"{NS}/"}], "type": own, "eventID": "urn:x:2", "bizStep": 5, **said},
            {
                "@context": STANDARD,
                "type": "urn:x:Other",
                "eventID": "urn:x:3",
                **said,
                "readPoint": {"id": d.maker.place},
            },
        ]
        for event in bare:
            headers = d.maker.headers | {"Content-Type": "application/ld+json"}
            answer = await d.maker.http.post("/epcis/events", content=json.dumps(event), headers=headers)
            assert answer.status_code == 201, answer.text
        await d.maker.capture(d.seen(2, "maker", "commissioning", [ITEM]))
        assert await members(d.maker, "/epcis/eventTypes") == ["ObjectEvent", own, "urn:x:Other"]
        assert await members(d.shop, "/epcis/eventTypes") == []
        bound = {"GS1-Extensions": f"ex={NS}/"}
        for text, expected in {
            f"eventType={quote(own)}": 2,
            "eventType=ex:Feeding": 2,
            f"eventType={quote(own)}%7CObjectEvent&EQ_ex:kilos=3": 2,
            f"eventType={quote(own)}%7CObjectEvent": 3,
            "eventType=ObjectEvent": 1,
            f"MATCH_epc={quote(ITEM)}": 4,
            "EQ_bizStep=commissioning": 1,
            "EQ_readPoint=" + quote(d.maker.place): 1,
            "EXISTS_ILMD_ex:kilos": 0,
        }.items():
            assert len(listed(await get(d.maker, f"/epcis/events?{text}", **bound))) == expected, text
        assert len(listed(await get(d.maker, f"/epcis/eventTypes/{quote(own, safe='')}/events"))) == 2
        problem = (await get(d.maker, "/epcis/events?eventType=Feeding", 400)).json()
        assert (problem["where"], len(problem["accepted"])) == ("eventType", 5)
        (back,) = listed(await get(d.maker, "/epcis/events?EQ_eventID=urn:x:1"))
        assert {name: back[name] for name in ("type", "ex:kilos")} == {"type": "ex:Feeding", "ex:kilos": 3}
        xml = await get(d.maker, "/epcis/events?EQ_eventID=urn:x:1", Accept="application/xml")
        assert f'<ex:Feeding xmlns:ex="{NS}/"' in xml.text
        path = (await get(d.maker, f"/chain/{quote(ITEM, safe='')}")).json()
        assert [hop["type"] for hop in path["hops"]] == ["ObjectEvent", *["ExtendedEvent"] * 3]
        rows = (await get(d.maker, "/exchange/events?form=csv")).text
        assert [rows.count(name) for name in ("urn:x:1", "urn:x:2", "urn:x:3")] == [1, 1, 1]
        assert (await d.maker.intake(ITEM, step="inspecting"))["results"]

    async def test_refusals(self, district: District) -> None:
        d = district
        await self.world(d)
        for path in (
            "eventTypes/Event",
            "bizSteps/walking",
            "epcs/7",
            "readPoints/urn%3Ax%3Anone",
            "dispositions/x/events",
        ):
            problem = (await get(d.maker, f"/epcis/{path}", 404)).json()
            assert problem["type"] == "epcisException:NoSuchResourceException", path
        for path in (
            "bizSteps?EQ_action=ADD",
            "bizSteps/packing?perPage=3",
            "bizSteps/packing/events?EQ_bizStep=packing",
        ):
            await get(d.maker, f"/epcis/{path}", 400)
        await get(d.maker, "/epcis/epcs/%ff", 400)
        await get(d.maker, "/epcis/bizSteps?nextPageToken=abc", 400)
        for path in ("", "/", "/epcs", "/bizSteps/packing", "/bizSteps/packing/events"):
            assert (await d.maker.http.get(f"/epcis{path}")).status_code == 401
            told = await d.maker.http.options(f"/epcis{path}")
            assert (told.status_code, told.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
