from datetime import timedelta

import msgspec
import pytest

from zhuisu.certs import (
    AnyOrder,
    Rule,
    State,
    StatusList,
    TrustList,
    check,
    cited,
    for_goods,
    issue_many,
    judge,
    latest,
    lot_code,
    names,
    publish,
    verify,
)
from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.qr import png, symbol
from zhuisu.certs.seal import address, seal

from .samples import BASE, EGGS
from .test_issue import problem

LOT = "https://id.gs1.org/01/06901234567892/10/E1"


async def test_the_register_says_valid_then_revoked(client, db, settings, post, order, keys, now):
    issued = (await post(order)).json()
    assert (await check(db, settings, issued["url"], now)).rule is Rule.good
    done = await client.post(f"/certs/{issued['id']}/revoke", json={"reason": "数量有误"}, headers=keys["farm"])
    assert done.status_code == 200
    assert done.json()["state"] == "revoked"
    assert (await check(db, settings, issued["url"], now)).state is State.revoked
    trust = TrustList.read((await client.get("/trust-list")).content)
    status = StatusList.read((await client.get("/status-list")).content, trust.root)
    assert verify(issued["url"], trust, now=now, status=status).state is State.revoked
    assert sum(1 for standing in status.values() if standing) == 1


async def test_a_certificate_is_revoked_once(client, post, order, keys):
    issued = (await post(order)).json()
    await client.post(f"/certs/{issued['id']}/revoke", json={"reason": "first"}, headers=keys["farm"])
    again = await client.post(f"/certs/{issued['id']}/revoke", json={"reason": "second"}, headers=keys["farm"])
    assert problem(again, 409, "certs/already-revoked")["reason"] == "first"


@pytest.mark.parametrize(
    ("who", "status"), [("farm", 200), ("city", 200), ("admin", 200), ("plant", 403), ("shop", 403), ("far city", 403)]
)
async def test_who_may_revoke(client, post, order, keys, who, status):
    issued = (await post(order)).json()
    answer = await client.post(f"/certs/{issued['id']}/revoke", json={"reason": "test"}, headers=keys[who])
    assert answer.status_code == status
    shown = (await client.get(f"/certs/{issued['id']}")).json()
    assert shown["state"] == ("revoked" if status == 200 else "valid")


async def test_nobody_revokes_what_is_not_there_or_without_a_reason(client, post, order, keys):
    issued = (await post(order)).json()
    assert (await client.post(f"/certs/{issued['id']}/revoke", json={"reason": "x"})).status_code == 401
    for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": "x", "by": "me"}):
        answer = await client.post(f"/certs/{issued['id']}/revoke", json=body, headers=keys["farm"])
        assert answer.status_code == 400
    for name in ("00" * 16, "nonsense"):
        answer = await client.post(f"/certs/{name}/revoke", json={"reason": "x"}, headers=keys["farm"])
        problem(answer, 404, "certs/unknown-certificate", "id")


async def test_a_token_of_our_key_that_was_never_registered_is_forged(db, settings, farm, post, order, now):
    await post(order)
    async with db.transaction() as conn:
        held = await publish.signer(conn, settings, farm.party, farm.uscc, now)
    stray = address(BASE, seal(EGGS, held.key))
    assert (await check(db, settings, stray, now)).rule is Rule.status_unknown


async def test_verdicts_come_in_the_order_of_the_texts(db, post, order, now):
    issued = (await post(order)).json()
    forged = address(BASE, seal(EGGS, PrivateKey.generate()))
    async with db.connection() as conn:
        verdicts = await judge(conn, ["eggs", issued["url"], forged, "1", "9" * 5000, issued["url"]], now)
    assert [verdict.rule for verdict in verdicts] == [
        Rule.no_number,
        Rule.good,
        Rule.key_unknown,
        Rule.shape,
        Rule.shape,
        Rule.good,
    ]


async def test_what_a_certificate_is_for_and_what_is_for_goods(db, post, order, now):
    for_lot = (await post(order | {"goods": [LOT], "product": "6901234567892"})).json()
    for_itself = (await post(order)).json()
    async with db.connection() as conn:
        found = await for_goods(conn, [LOT, "urn:zhuisu:opaque:obj:x"], now)
        assert {code: [verdict.id for verdict in some] for code, some in found.items()} == {LOT: [for_lot["id"]]}
        verdicts = await judge(conn, [for_lot["url"], for_itself["url"]], now)
        assert await names(conn, verdicts) == {
            for_lot["id"]: (LOT, "https://id.gs1.org/01/06901234567892"),
            for_itself["id"]: (),
        }


async def test_cited_certificates_are_named_whether_by_address_or_lot(db, post, order, now):
    issued = (await post(order)).json()
    uris = [issued["url"], lot_code(issued["id"]), "https://other.example/q/1", lot_code("00" * 16), lot_code("zz")]
    async with db.connection() as conn:
        found = await cited(conn, [*uris, issued["url"]], now)
    assert [(one.uri, one.state) for one in found] == [
        (uris[0], State.valid),
        (uris[1], State.valid),
        (uris[2], State.not_ours),
        (uris[3], State.not_ours),
        (uris[4], State.not_ours),
    ]
    assert found[1].product == "鲜鸡蛋"
    assert found[1].url == issued["url"].removeprefix("http://zs.example")


async def test_an_issuer_lists_its_newest_with_what_customers_are_told(client, db, settings, farm, order, keys, now):
    def ordered(lot, **more):
        return msgspec.convert(order | {"lot": lot} | more, AnyOrder)

    soon = (now + timedelta(hours=1)).isoformat()
    (first,) = await issue_many(db, settings, farm, [ordered("E1", expires=soon)], now - timedelta(hours=1))
    pair = await issue_many(db, settings, farm, [ordered("E2"), ordered("E3")], now)
    async with db.connection() as conn:
        listed = await latest(conn, farm.party, now, limit=2)
        assert sorted(one.lot for one in listed) == ["E2", "E3"]
        assert [one.url for one in await latest(conn, farm.party, now, limit=1)] == [listed[0].url]
        assert await latest(conn, farm.party + 1, now) == []
    await client.post(f"/certs/{pair[0].id}/revoke", json={"reason": "数量有误"}, headers=keys["farm"])
    async with db.connection() as conn:
        told = {one.lot: one for one in await latest(conn, farm.party, now + timedelta(hours=2))}
    assert {lot: one.state for lot, one in told.items()} == {
        "E1": State.expired,
        "E2": State.revoked,
        "E3": State.valid,
    }
    assert list(told)[-1] == "E1"
    oldest = told["E1"]
    assert (oldest.kind, oldest.product, oldest.issued) == ("CCC/1", "鲜鸡蛋", first.issued)
    assert oldest.url == first.url.removeprefix(settings.base)


async def test_a_text_or_a_picture_is_verified_over_http(client, post, order):
    issued = (await post(order)).json()
    for answer in (
        await client.post("/certs/verify", json={"text": issued["url"]}),
        await client.post("/certs/verify", json={"text": issued["url"].rpartition("/")[2]}),
        await client.post("/certs/verify", content=png(symbol(issued["url"])), headers={"Content-Type": "image/png"}),
    ):
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["state"], found["certificate"]["id"]) == ("valid", issued["id"])
        assert found["certificate"]["url"] == issued["url"]
        assert found["certificate"]["bases"][0] == {
            "basis": "quality-control",
            "zh": "质量安全控制符合要求",
            "en": "quality and safety control meets the requirements",
            "ticked": True,
        }


@pytest.mark.parametrize("text", ["", "eggs", "https://other.example/q/1", "https://zs.example/c/7"])
async def test_a_foreign_text_is_answered_not_refused(client, text):
    found = (await client.post("/certs/verify", json={"text": text})).json()
    assert found["state"] == "not-ours"
    assert found["certificate"] is None
    assert found["reason"]["zh"]


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"text": 7}', "application/json", 400),
        (b'{"text": "\xff"}', "application/json", 400),
        (b'{"text": "x", "y": 1}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"eggs", "image/png", 400),
        (b"", "image/jpeg", 400),
        (b"eggs", "text/plain", 415),
    ],
)
async def test_what_cannot_be_verified_at_all_is_refused(client, content, media_type, status):
    answer = await client.post("/certs/verify", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
