"""Eggs: a farm certifies a lot, a shop scans certificate and goods at its door, anybody reads the path."""

from urllib.parse import quote

import pytest

from zhuisu.demo import numbers
from zhuisu.demo.journal import ships

HEN, DUCK = numbers.lot(numbers.gtin(1), "20260601-1"), numbers.lot(numbers.gtin(2), "20260601-2")

LEFT, CAME = -0.02, -0.05
"""Hours before the service's clock: certified now, sent a minute later, received two minutes after that.

A device may be five minutes ahead. No two events share an instant: what came first is what the story is about.
"""


def order(lot, product="鲜鸡蛋"):
    return {
        "kind": "CCC/1",
        "product": product,
        "quantity": 360,
        "unit": "枚",
        "origin": "370302",
        "basis": ["quality-control"],
        "goods": [lot],
    }


@pytest.fixture
async def farm(hire):
    return await hire("farm", "farm")


@pytest.fixture
async def shop(hire):
    return await hire("shop", "shop")


async def test_from_the_farm_to_the_shelf(farm, shop, client, clock):
    issued = await farm.certifies(**order(HEN))
    sent, came = (
        await farm.scans(HEN, at=clock(LEFT), step="shipping"),
        await shop.scans(issued["url"], HEN, at=clock(CAME)),
    )
    assert [r["verdict"] for r in (*sent, *came)] == ["accept"] * 3
    assert all(r["event"] for r in came)

    again = await shop.scans(issued["url"], HEN, at=clock(CAME))
    assert [r["event"] for r in again] == [r["event"] for r in came]

    path = await shop.traces(HEN, at=clock(CAME))
    assert [hop["step"] for hop in path["hops"]] == ["commissioning", "shipping", "receiving"]
    assert [path["sites"][hop["site"]]["kind"] for hop in path["hops"]] == ["farm", "farm", "shop"]
    assert [(c["kind"], c["state"]) for c in path["certificates"]] == [("CCC/1", "valid")]
    assert path["findings"] == []
    event = path["hops"][-1]["event"]
    assert event == came[1]["event"]

    symbol = await client.get(f"/certs/{issued['id']}.svg")
    assert symbol.status_code == 200
    assert symbol.headers["content-type"].startswith("image/svg+xml")
    shown = (await client.get(f"/certs/{issued['id']}")).json()
    assert shown["state"] == "valid"


async def test_the_public_learns_who_made_it_and_nobody_elses_name(farm, shop, client, clock):
    await farm.certifies(**order(HEN))
    await farm.scans(HEN, at=clock(LEFT), step="shipping")
    await shop.scans(HEN, at=clock(CAME))
    nobody = await client.get(f"/chain/{quote(HEN, safe='')}", params={"at": clock(CAME).isoformat()})
    path = nobody.json()
    assert path["redacted"] is True
    assert "示范 farm" in nobody.text
    assert "示范 shop" not in nobody.text


async def test_a_phone_shows_the_certificate_in_the_wording_of_the_form(farm, read):
    issued = await farm.certifies(**order(HEN))
    page = await read(issued["url"])
    for words in (
        "有效",
        "承诺达标合格证",
        "未使用禁用农药、兽药及其他化合物",
        "☑ 质量安全控制符合要求",
        "鲜鸡蛋",
        "示范 farm",
    ):
        assert words in page
    await farm.post(f"/certs/{issued['id']}/revoke", {"reason": "示范：误开"})
    assert "已撤销" in await read(issued["url"])


async def test_a_certificate_for_other_goods_is_refused_with_the_law(farm, shop, clock):
    """A wrong turn: duck eggs come with the certificate of hen eggs."""
    hens, _ = await farm.certifies(**order(HEN)), await farm.certifies(**order(DUCK, "鲜鸭蛋"))
    await farm.scans(DUCK, at=clock(LEFT), step="shipping")
    paper, goods = await shop.scans(hens["url"], DUCK, at=clock(CAME))
    assert (paper["verdict"], goods["verdict"]) == ("refuse", "refuse")
    reason = next(r for r in goods["reasons"] if r["rule"] == "certificate-for-other-goods")
    assert "食品安全法" in reason["law"]
    assert reason["next"]
    assert "event" not in goods
    assert "receiving" not in [hop["step"] for hop in (await farm.traces(DUCK, at=clock(CAME)))["hops"]]


async def test_revoked_while_on_the_road(farm, shop, clock):
    issued = await farm.certifies(**order(HEN))
    await farm.does(ships(clock(LEFT), farm.place, amounts=[(HEN, 360)], to=shop.place))
    done = await farm.post(f"/certs/{issued['id']}/revoke", {"reason": "示范：误开"})
    assert done.status_code == 200
    results = await shop.scans(issued["url"], HEN, at=clock(CAME))
    assert {r["verdict"] for r in results} == {"refuse"}
    assert all("certificate-revoked" in [x["rule"] for x in r["reasons"]] for r in results)
    assert [f["rule"] for f in (await farm.traces(HEN))["findings"]] == ["certificate-not-valid"]
