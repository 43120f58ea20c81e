"""Named queries over HTTP."""

from typing import Any

import httpx
import pytest

from tests.scan.conftest import Actor, District, box


async def keep(actor: Actor, name: str, status: int = 201, **query: Any) -> httpx.Response:
    answer = await actor.http.post("/epcis/queries", json={"name": name, "query": query}, headers=actor.headers)
    assert answer.status_code == status, answer.text
    return answer


async def get(actor: Actor, path: str, status: int = 200) -> httpx.Response:
    answer = await actor.http.get(path, headers=actor.headers)
    assert answer.status_code == status, answer.text
    return answer


def names(answer: httpx.Response) -> list[str]:
    return [found["name"] for found in answer.json()]


def steps(answer: httpx.Response) -> list[str]:
    return [event["bizStep"] for event in answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]


class TestNames:
    async def test_made_shown_listed_and_deleted(self, district: District) -> None:
        d = district
        made = await keep(d.maker, "到货 arrivals", EQ_bizStep=["receiving", "accepting"])
        where = made.headers["Location"]
        assert where == "/epcis/queries/%E5%88%B0%E8%B4%A7%20arrivals"
        kept = {
            "name": "到货 arrivals",
            "query": {"EQ_bizStep": ["receiving", "accepting"]},
            "createdAt": "2026-06-01T08:00:00Z",
        }
        assert (await get(d.maker, where)).json() == kept
        for actor in (d.maker, d.admin):
            simple, shown = (await get(actor, "/epcis/queries")).json()
            assert (simple["name"], shown) == ("SimpleEventQuery", kept)
        assert (await d.maker.http.delete(where, headers=d.maker.headers)).status_code == 204
        await get(d.maker, where, 404)
        assert names(await get(d.maker, "/epcis/queries")) == ["SimpleEventQuery"]

    async def test_a_name_that_is_taken(self, district: District) -> None:
        d = district
        await keep(d.maker, "arrivals", EQ_bizStep=["receiving"])
        for actor in (d.maker, d.shop):
            problem = (await keep(actor, "arrivals", 409, EQ_bizStep=["shipping"])).json()
            assert problem["reason"] == "/problems/epcis/query-name-taken"
            assert problem["type"] == "epcisException:ResourceAlreadyExistsException"
        assert (await get(d.maker, "/epcis/queries/arrivals")).json()["query"] == {"EQ_bizStep": ["receiving"]}

    async def test_who_knows_the_name_reads_it_and_only_its_owner_deletes_it(self, district: District) -> None:
        d = district
        await keep(d.maker, "arrivals", MATCH_anyEPC=[box(1)])
        assert box(1) in (await get(d.shop, "/epcis/queries/arrivals")).text
        assert (await d.shop.http.delete("/epcis/queries/arrivals", headers=d.shop.headers)).status_code == 403
        assert names(await get(d.shop, "/epcis/queries")) == ["SimpleEventQuery"]
        assert (await d.admin.http.delete("/epcis/queries/arrivals", headers=d.admin.headers)).status_code == 204

    async def test_pages(self, district: District) -> None:
        d = district
        for n in range(5):
            await keep(d.maker, f"查询 {n}&x", EQ_action=["ADD"])
        pages, path = [], "/epcis/queries?perPage=2"
        while path:
            answer = await get(d.maker, path)
            pages.append(names(answer))
            path = answer.headers["Link"].split(">")[0][1:] if "Link" in answer.headers else ""
        assert pages == [["SimpleEventQuery", "查询 0&x"], ["查询 1&x", "查询 2&x"], ["查询 3&x", "查询 4&x"]]
        await get(d.maker, "/epcis/queries?EQ_action=ADD", 400)

    @pytest.mark.parametrize(
        ("body", "where"),
        [
            ({"name": "a/b", "query": {}}, "/name"),
            ({"name": "..", "query": {}}, "/name"),
            ({"name": "x", "query": []}, "/query"),
            ({"query": {}}, "/name"),
            ({"name": "x", "query": {"EQ_colour": ["red"]}}, "/query/EQ_colour"),
            ({"name": "x", "query": {"EQ_action": ["LOOK"]}}, "/query/EQ_action"),
            ({"name": "x", "query": {"EQ_a/b~:c": ["red"]}}, "/query/EQ_a~1b~0:c"),
            ({"name": "x", "query": {"perPage": 7}}, "/query/perPage"),
        ],
    )
    async def test_what_cannot_be_kept(self, district: District, body: Any, where: str) -> None:
        answer = await district.maker.http.post("/epcis/queries", json=body, headers=district.maker.headers)
        assert (answer.status_code, answer.json()["where"]) == (400, where)
        assert answer.json()["mend"]
        assert names(await get(district.admin, "/epcis/queries")) == ["SimpleEventQuery"]

    @pytest.mark.parametrize(
        "body",
        [{"name": "", "query": {}}, {"name": "x"}, {"name": "x\ny", "query": {}}, {"name": "x", "query": {}, "y": 1}],
    )
    async def test_a_body_that_is_none(self, district: District, body: Any) -> None:
        answer = await district.maker.http.post("/epcis/queries", json=body, headers=district.maker.headers)
        assert answer.status_code == 400

    async def test_what_may_be_done(self, client: httpx.AsyncClient) -> None:
        paths = {
            "/epcis/queries": "GET, POST, HEAD, OPTIONS",
            "/epcis/queries/x": "GET, DELETE, HEAD, OPTIONS",
            "/epcis/queries/x/events": "GET, HEAD, OPTIONS",
            "/epcis/queries/x/subscriptions": "GET, POST, HEAD, OPTIONS",
            "/epcis/queries/x/subscriptions/y": "GET, DELETE, HEAD, OPTIONS",
        }
        for path, allowed in paths.items():
            answer = await client.options(path)
            assert (answer.status_code, answer.headers["Allow"]) == (204, allowed)
            assert (await client.get(path)).status_code == 401


class TestEvents:
    async def test_each_is_answered_with_his_own_rights(self, district: District) -> None:
        d = district
        await d.maker.capture(d.seen(3, "maker", "commissioning", [box(1)]), d.seen(2, "maker", "shipping", [box(1)]))
        await d.shop.capture(d.seen(1, "shop", "receiving", [box(2)]))
        await keep(d.maker, "all", eventType=["ObjectEvent"])
        path = "/epcis/queries/all/events"
        answer = await get(d.maker, path)
        assert answer.json()["epcisBody"]["queryResults"]["queryName"] == "all"
        assert steps(answer) == ["commissioning", "shipping"]
        assert steps(await get(d.shop, path)) == ["receiving"]
        assert steps(await get(d.pharmacy, path)) == []
        assert steps(await get(d.admin, path)) == ["commissioning", "shipping", "receiving"]

    async def test_pages(self, district: District) -> None:
        d = district
        await d.maker.capture(*(d.seen(n, "maker", "storing", [box(n)]) for n in range(1, 6)))
        await keep(d.maker, "我的", EQ_bizStep=["storing"])
        path, sizes = "/epcis/queries/我的/events?perPage=2", []
        while path:
            answer = await get(d.maker, path)
            sizes.append(len(steps(answer)))
            path = answer.headers["Link"].split(">")[0][1:] if "Link" in answer.headers else ""
        assert sizes == [2, 2, 1]

    async def test_that_of_the_standard(self, district: District) -> None:
        """EPCIS 2.0 §8.2.7.1: it is there, takes the parameters of a query, and nobody takes or deletes its name."""
        d = district
        await d.maker.capture(d.seen(3, "maker", "commissioning", [box(1)]), d.seen(2, "maker", "shipping", [box(1)]))
        where = "/epcis/queries/SimpleEventQuery"
        assert (await get(d.shop, where)).json()["query"] == {}
        await keep(d.maker, "SimpleEventQuery", 409, EQ_bizStep=["shipping"])
        for actor in (d.maker, d.admin):
            assert (await actor.http.delete(where, headers=actor.headers)).status_code == 403
        for asked in ("", "?EQ_bizStep=shipping", "?perPage=1", "?perPage=5000&EQ_action=ADD"):
            named, plain = await get(d.maker, where + "/events" + asked), await get(d.maker, "/epcis/events" + asked)
            assert steps(named) == steps(plain), asked
            assert named.json()["epcisBody"] == plain.json()["epcisBody"]
            assert named.headers.get("Link", "").replace(where, "/epcis") == plain.headers.get("Link", "")
        assert steps(await get(d.shop, where + "/events")) == []
        following = (await get(d.maker, where + "/events?perPage=1")).headers["Link"].split(">")[0][1:]
        assert steps(await get(d.maker, following)) == ["shipping"]
        await get(d.maker, where + "/events?EQ_colour=red", 400)

    async def test_what_is_not_there_or_not_asked_here(self, district: District) -> None:
        d = district
        await keep(d.maker, "all", eventType=["ObjectEvent"])
        problem = (await get(d.maker, "/epcis/queries/none/events", 404)).json()
        assert problem["type"] == "epcisException:NoSuchNameException"
        assert (await get(d.maker, "/epcis/queries/all/events?EQ_action=ADD", 400)).json()["where"] == "EQ_action"
        await get(d.maker, "/epcis/queries/all/events?perPage=0", 400)
