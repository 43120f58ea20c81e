import asyncio
import io
from datetime import timedelta

import asyncpg
import msgspec
import pytest
from PIL import Image

from zhuisu.certs import HANDLERS, State, StatusList, TrustList, issue_many, lot_code, publish, read_codes, verify
from zhuisu.certs.errors import KeyLocked, UnknownSite
from zhuisu.certs.order import AnyOrder
from zhuisu.certs.seal import from_digits, identify
from zhuisu.events import ErrorDeclaration, EventType, Quantity, make
from zhuisu.ledger import append, history
from zhuisu.parties import organisation

from .samples import FARM, PLANT

FARM_SITE = f"urn:zhuisu:site:loc:{FARM.uscc}.1"


def problem(answer, status: int, kind: str, where: str = "") -> dict:
    found = answer.json()
    assert (answer.status_code, found["type"], found.get("where", "")) == (status, f"/problems/{kind}", where), found
    return found


async def counts(db) -> tuple[int, int, int]:
    async with db.connection() as conn:
        tables = ("certs.certificate", "certs.key", "ledger.event")
        return tuple([await conn.fetchval(f"select count(*) from {table}") for table in tables])


async def recorded(db, event_id: str) -> dict:
    async with db.connection() as conn:
        return msgspec.json.decode(await conn.fetchval("select doc from ledger.event where name = $1", event_id))


async def test_an_issued_certificate_verifies_offline_with_the_published_lists(client, post, order, now):
    answer = await post(order)
    assert answer.status_code == 201
    issued = answer.json()
    assert answer.headers["Location"] == f"/certs/{issued['id']}"
    assert issued["url"].startswith("http://zs.example/c/")
    assert identify(from_digits(issued["url"].rpartition("/")[2])) == issued["id"]
    assert issued["custody"] == "service"
    trust = TrustList.read((await client.get("/trust-list")).content)
    status = StatusList.read((await client.get("/status-list")).content, trust.root)
    verdict = verify(issued["url"], trust, now=now, status=status)
    assert verdict.state is State.valid
    assert verdict.issuer == FARM
    assert verdict.certificate is not None
    assert verdict.certificate.quantity == 360


async def test_the_issue_commissions_the_lot_that_the_certificate_stands_for(db, post, order):
    issued = (await post(order | {"lot": "E1"})).json()
    code = lot_code(issued["id"])
    assert issued["code"] == code
    async with db.connection() as conn:
        (mark,) = (await history(conn, [code]))[code]
    assert (mark.event_id, mark.step, mark.disposition, mark.action) == (
        issued["event"],
        "commissioning",
        "active",
        "ADD",
    )
    assert mark.place == FARM_SITE
    event = await recorded(db, issued["event"])
    assert event["certificationInfo"] in (issued["url"], [issued["url"]])
    assert event["quantityList"] == [{"epcClass": code, "quantity": 360}]
    assert event["ilmd"] == {"cbvmda:lotNumber": "E1"}


async def test_a_certificate_for_new_goods_commissions_them_and_known_ones_are_inspected(db, client, post, order):
    lot, item = "https://id.gs1.org/01/06901234567892/10/E1", "https://id.gs1.org/01/06901234567892/21/7"
    one = (await post(order | {"goods": ["(01)06901234567892(10)E1"]})).json()
    several = (await post(order | {"goods": ["(01)06901234567892(10)E1", "(01)06901234567892(21)7"]})).json()
    assert one["goods"] == [lot]
    assert several["goods"] == [lot, item]
    async with db.connection() as conn:
        marks = await history(conn, [lot, item])
    made, again = marks[lot]
    assert (made.event_id, made.action, made.step) == (one["event"], "ADD", "commissioning")
    assert (again.action, again.step, again.disposition) == ("OBSERVE", "inspecting", "conformant")
    assert [(mark.event_id, mark.step) for mark in marks[item]] == [(several["event"], "commissioning")]
    events = [await recorded(db, name) for name in (one["event"], again.event_id, several["event"])]
    assert events[0]["quantityList"] == [{"epcClass": lot, "quantity": 360}]
    assert (events[1]["quantityList"], "epcList" in events[1]) == ([{"epcClass": lot}], False)
    assert (events[2]["epcList"], "quantityList" in events[2]) == ([item], False)
    assert [event["certificationInfo"] for event in events[1:]] == [events[1]["certificationInfo"]] * 2
    assert (await client.get(f"/certs/{several['id']}")).json()["certificate"]["goods"] == [lot, item]


BOX = "https://id.gs1.org/01/06901234567892/21/7"
LOT = "https://id.gs1.org/01/06901234567892/10/E1"


async def captured(db, who, now, *, at=None, **fields):
    async with db.transaction() as conn:
        party = (await organisation(conn, who.uscc)).id
        await append(conn, [make(EventType.ObjectEvent, time=at or now, **fields)], by=party, now=now)


async def test_goods_of_another_are_not_certified(db, post, order, meat, now):
    made = {"epcs": [BOX], "action": "ADD", "step": "commissioning", "disposition": "active", "lot": "E1"}
    await captured(db, PLANT, now, **made)
    before = await counts(db)
    # The lot was never named by an event of its own: it is the plant's because what is in it is.
    for goods in ([BOX], [LOT]):
        found = problem(
            await post(order | {"goods": ["6901234567892", *goods]}), 403, "certs/goods-not-yours", "goods/1"
        )
        assert goods[0] in found["detail"]
    assert await counts(db) == before

    # Having seen them since does not make them the farm's, not even on an earlier day.
    seen = {"action": "OBSERVE", "step": "receiving", "disposition": "in_progress"}
    later, earlier = now + timedelta(minutes=1), now - timedelta(days=3)
    await captured(db, FARM, later, at=earlier, epcs=[BOX], quantities=[Quantity(uri=LOT)], **seen)
    problem(await post(order | {"goods": [BOX]}), 403, "certs/goods-not-yours", "goods/0")
    assert (await post(meat | {"goods": [BOX, LOT]}, by="plant")).status_code == 201


async def test_own_goods_are_certified_though_others_have_seen_them(db, post, order, now):
    await captured(db, FARM, now, epcs=[BOX], action="ADD", step="commissioning", disposition="active")
    later = now + timedelta(minutes=1)
    await captured(db, PLANT, later, epcs=[BOX], action="OBSERVE", step="receiving", disposition="in_progress")
    issued = (await post(order | {"goods": [BOX]})).json()
    event = await recorded(db, issued["event"])
    assert (event["action"], event["bizStep"], event["disposition"]) == ("OBSERVE", "inspecting", "conformant")
    assert event["certificationInfo"] in (issued["url"], [issued["url"]])


async def test_goods_recorded_by_mistake_are_free_again(db, post, order, now):
    wrong = {
        "epcs": [BOX],
        "action": "OBSERVE",
        "step": "receiving",
        "disposition": "in_progress",
        "event_id": "urn:x:1",
    }
    await captured(db, PLANT, now, **wrong)
    problem(await post(order | {"goods": [BOX]}), 403, "certs/goods-not-yours", "goods/0")
    await captured(db, PLANT, now, **wrong, declaration=ErrorDeclaration(time=now, reason="did_not_occur"))
    issued = (await post(order | {"goods": [BOX]})).json()
    assert (await recorded(db, issued["event"]))["action"] == "ADD"


async def test_goods_twice_in_one_batch_are_commissioned_once(db, settings, farm, order, now):
    read = msgspec.convert(order | {"goods": [BOX]}, AnyOrder)
    issued = await issue_many(db, settings, farm, [read, read], now)
    assert [(await recorded(db, one.event))["action"] for one in issued] == ["ADD", "OBSERVE"]


async def test_a_form_is_issued_by_its_kind_of_organisation_only(post, order, meat):
    assert "slaughterhouse" in problem(await post(order, by="plant"), 403, "certs/wrong-issuer", "kind")["detail"]
    assert "farm" in problem(await post(meat, by="farm"), 403, "certs/wrong-issuer", "kind")["detail"]


async def test_a_meat_certificate_shows_what_the_law_asks(client, post, meat):
    issued = (await post(meat, by="plant")).json()
    answer = (await client.get(f"/certs/{issued['id']}")).json()
    assert answer["state"] == "valid"
    paper = answer["certificate"]
    assert paper["title"]["zh"] == "肉品品质检验合格证"
    assert paper["quantity"] == "86.4"
    assert paper["unit"]["uom"] == "KGM"
    assert paper["quarantine"] == "3703020000123456"
    assert paper["slaughtered"] == "2026-06-01"
    assert [test["report"] for test in paper["inspections"]] == ["26060103", "26060104"]
    assert paper["issuer"] == {
        "uscc": PLANT.uscc,
        "name": PLANT.name,
        "kind": "slaughterhouse",
        "phone": "0533-5180001",
    }


async def test_the_site_may_be_chosen(db, post, order):
    issued = (await post(order | {"site": f"{FARM.uscc}.2"})).json()
    async with db.connection() as conn:
        (mark,) = (await history(conn, [issued["code"]]))[issued["code"]]
    assert mark.place == f"urn:zhuisu:site:loc:{FARM.uscc}.2"


@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        ({"quantity": 0}, "certs/bad-claim", "quantity"),
        ({"quantity": -3}, "certs/bad-claim", "quantity"),
        ({"quantity": "NaN"}, "certs/bad-claim", "quantity"),
        ({"quantity": 0.1234}, "certs/bad-claim", "quantity"),
        ({"basis": []}, "certs/basis-missing", "basis"),
        ({"origin": ...}, "certs/bad-claim", "origin"),
        ({"goods": ["6901234567892", "6901234567893"]}, "codes/bad-check-digit", "goods/1"),
        ({"expires": "2026-01-01T00:00:00Z"}, "certs/bad-claim", "expires"),
        ({"quarantine": "1"}, None, None),
        ({"weight": 5}, None, None),
        ({"product": ""}, None, None),
        ({"product": "a\u0000b"}, None, None),
        ({"product": "x" * 201}, None, None),
        ({"quantity": "many"}, None, None),
        ({"basis": ["hope"]}, None, None),
        ({"expires": "2027-01-01T00:00:00"}, None, None),
        ({"kind": "CCC/2"}, None, None),
    ],
)
async def test_a_bad_order_is_refused_by_field_and_nothing_is_stored(db, post, order, change, kind, where):
    before = await counts(db)
    answer = await post({name: value for name, value in (order | change).items() if value is not ...})
    assert answer.status_code == 400, answer.text
    found = answer.json()
    if kind:
        assert found["type"] == f"/problems/{kind}"
    if where:
        assert found["where"] == where
    else:
        assert next(iter(change)) in answer.text
    assert await counts(db) == before


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"eggs"', '{"kind": "CCC/1"}', '{"kind": {}}', "[" * 100_000])
async def test_what_is_no_order_is_refused(client, keys, body):
    answer = await client.post("/certs", content=body, headers=keys["farm"] | {"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        ({"quarantine": ...}, "quarantine-missing", "quarantine"),
        ({"asf": None}, "inspection-missing", "asf"),
        ({"beta_agonist": None}, "inspection-missing", "beta_agonist"),
        ({"asf": {"report": "1", "result": "positive"}}, "inspection-failed", "asf"),
        ({"slaughtered": "2026-06-03"}, "bad-claim", "slaughtered"),
        ({"slaughtered": ...}, "bad-claim", "slaughtered"),
        ({"phone": ...}, "bad-claim", "phone"),
    ],
)
async def test_meat_that_the_law_stops_is_not_certified(db, post, meat, change, kind, where):
    before = await counts(db)
    changed = {name: value for name, value in (meat | change).items() if value is not ...}
    problem(await post(changed, by="plant"), 400, f"certs/{kind}", where)
    assert await counts(db) == before


async def test_who_may_not_issue(client, post, order, keys):
    assert (await client.post("/certs", json=order)).status_code == 401
    for who in ("city", "admin"):
        assert (await post(order, by=who)).status_code == 403


async def test_an_issuer_without_a_site_is_told_so(post, order):
    problem(await post(order | {"phone": "1"}, by="shop"), 404, "certs/unknown-site", "site")


async def test_another_issuers_site_is_refused(post, order):
    problem(await post(order | {"site": f"{PLANT.uscc}.1"}), 404, "certs/unknown-site", "site")


async def test_many_are_issued_at_once_or_not_at_all(db, settings, farm, order, now):
    read = msgspec.convert(order, AnyOrder)
    issued = await issue_many(db, settings, farm, [read] * 200, now)
    assert len({one.id for one in issued}) == 200
    assert (await counts(db))[0] == 200
    async with db.connection() as conn:
        indexes = [r["status"] for r in await conn.fetch("select status from certs.certificate order by issued, id")]
    assert len(set(indexes)) == 200
    assert max(indexes) > 1000
    with pytest.raises(UnknownSite):
        await issue_many(db, settings, farm, [read, msgspec.structs.replace(read, site="nowhere")], now)
    assert (await counts(db))[0] == 200


async def test_sixteen_first_issues_at_once_make_one_key(db, post, order):
    answers = await asyncio.gather(*(post(order) for _ in range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["kid"] for answer in answers}) == 1
    assert (await counts(db))[:2] == (16, 1)


async def test_a_service_with_another_master_key_cannot_sign(db, settings, farm, order, now):
    read = msgspec.convert(order, AnyOrder)
    await issue_many(db, settings, farm, [read], now)
    for other in (bytes(32), b""):
        with pytest.raises(KeyLocked):
            await issue_many(db, settings.with_(master_key=other), farm, [read], now)
    assert (await counts(db))[0] == 1


async def test_a_service_without_a_master_key_makes_no_key(db, settings, farm, order, now):
    with pytest.raises(KeyLocked):
        await issue_many(db, settings.with_(master_key=b""), farm, [msgspec.convert(order, AnyOrder)], now)
    assert (await counts(db))[:2] == (0, 0)


async def test_a_certificate_never_leaves_the_register(db, post, order):
    await post(order)
    async with db.connection() as conn:
        stored = await conn.fetchrow("select wrapped, custody from certs.key where party > 0")
        assert stored["custody"] == "service"
        assert b"PRIVATE" not in stored["wrapped"]
        with pytest.raises(asyncpg.CheckViolationError):
            await conn.execute("update certs.key set wrapped = null")


async def test_the_symbol_is_drawn_for_ever(client, post, order):
    issued = (await post(order)).json()
    svg = await client.get(f"/certs/{issued['id']}.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert "immutable" in svg.headers["Cache-Control"]
    again = await client.get(f"/certs/{issued['id']}.svg", headers={"If-None-Match": f'W/"x", {svg.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    png = await client.get(f"/certs/{issued['id']}.png?level=Q&scale=5")
    assert png.headers["Content-Type"] == "image/png"
    assert read_codes(png.content) == [issued["url"]]
    assert Image.open(io.BytesIO(png.content)).width % 5 == 0


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("00" * 16, 404),
        ("00" * 16 + ".svg", 404),
        ("nonsense", 404),
        ("../etc", 404),
        ("A" * 32, 404),
        ("%00", 404),
        ("00" * 16 + ".svg?level=Z", 400),
        ("00" * 16 + ".png?scale=0", 400),
        ("00" * 16 + ".png?scale=4000", 400),
    ],
)
async def test_what_is_not_there_is_not_shown(client, name, status):
    assert (await client.get(f"/certs/{name}")).status_code == status


async def test_another_form_of_a_symbol_is_refused(client, post, order):
    issued = (await post(order)).json()
    assert (await client.get(f"/certs/{issued['id']}.gif")).status_code == 415


async def test_lists_are_the_same_until_something_changes(client, post, order):
    empty = await client.get("/trust-list")
    assert empty.headers["Content-Type"] == "application/cwt"
    assert (await client.get("/trust-list", headers={"If-None-Match": empty.headers["ETag"]})).status_code == 304
    issued = (await post(order)).json()
    full = await client.get("/trust-list", headers={"If-None-Match": empty.headers["ETag"]})
    assert full.status_code == 200
    assert TrustList.read(full.content).root == TrustList.read(empty.content).root
    listing = (await client.get("/trust-list?format=json")).json()
    assert [(key["uscc"], key["kid"]) for key in listing["keys"]] == [(FARM.uscc, issued["kid"])]
    assert listing["root"] == TrustList.read(full.content).root.thumbprint.hex()
    status = await client.get("/status-list")
    assert status.headers["Content-Type"] == "application/statuslist+cwt"
    assert (await client.get("/status-list", headers={"If-None-Match": status.headers["ETag"]})).status_code == 304


async def test_many_first_requests_make_one_root(client, db):
    answers = await asyncio.gather(*(client.get("/trust-list") for _ in range(8)))
    assert len({answer.content for answer in answers}) == 1
    assert (await counts(db))[1] == 1


async def test_a_key_signs_until_its_end_and_then_a_new_one_is_made(db, settings, farm, order, now):
    read = msgspec.convert(order, AnyOrder)
    (first,) = await issue_many(db, settings, farm, [read], now)
    (second,) = await issue_many(db, settings, farm, [read], now + publish.KEY_LIFE)
    assert first.kid != second.kid
    _, trust = await publish.trust_list(db, settings, now + publish.KEY_LIFE)
    for issued in (first, second):
        assert verify(issued.url, trust, now=now + publish.KEY_LIFE).state is State.valid


def test_every_route_says_who_may_call_it():
    assert all(handler.guards for handler in HANDLERS)
