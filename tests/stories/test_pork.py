"""Pork: pigs become halves and cuts, meat leaves with its certificate, and a half is sold once."""

import pytest

from zhuisu.demo import numbers
from zhuisu.demo.journal import master, receives, ships, turns

LOT = "20260601Z"
PIGS = ["137030200000001", "137030200000002"]
HALVES = [numbers.item(numbers.gtin(1), f"{LOT}{n}") for n in range(4)]
CUTS = numbers.lot(numbers.gtin(2), LOT)


def order(**changes):
    return {
        "kind": "MQI",
        "product": "分割猪肉",
        "quantity": 82.5,
        "unit": "公斤",
        "origin": "370302",
        "lot": LOT,
        "slaughtered": "2026-06-01",
        "quarantine": "示范 3703020000001",
        "asf": {"report": "SF-ASF-1", "result": "negative"},
        "beta_agonist": {"report": "SF-SRJ-1", "result": "negative"},
    } | changes


@pytest.fixture
async def plant(hire):
    return await hire("slaughterhouse", "slaughterhouse")


@pytest.fixture
async def shop(hire):
    return await hire("shop", "shop")


async def slaughter(plant, clock, certificate):
    pigs = [f"urn:zhuisu:ear-tag:obj:{tag}" for tag in PIGS]
    papers = {"certificates": [certificate], "ilmd": master(LOT)}
    await plant.does(
        receives(clock(12), plant.place, epcs=pigs),
        turns(clock(10), plant.place, inputs=pigs, into=HALVES, **papers),
        turns(clock(8), plant.place, inputs=HALVES[:2], amounts=[(CUTS, 82.5, "KGM")], **papers),
    )


async def test_from_the_pig_to_the_counter(plant, shop, clock):
    issued = await plant.certifies(**order())
    await slaughter(plant, clock, issued["url"])
    await plant.does(ships(clock(6), plant.place, amounts=[(CUTS, 82.5, "KGM")], to=shop.place))
    results = await shop.scans(issued["url"], CUTS, at=clock(5))
    assert [r["verdict"] for r in results] == ["accept", "accept"]

    path = await shop.traces(CUTS)
    assert [hop["step"] for hop in path["hops"]] == [
        "receiving",
        "commissioning",
        "commissioning",
        "shipping",
        "receiving",
    ]
    assert path["hops"][0]["via"] == "input"
    assert [(c["kind"], c["state"]) for c in path["certificates"]] == [("MQI", "valid")]
    assert path["findings"] == []

    forward = await plant.traces(f"urn:zhuisu:ear-tag:obj:{PIGS[0]}", direction="forward")
    assert {HALVES[2], HALVES[3]} <= {code for held in forward["holders"] for code in held["codes"]}


async def test_a_phone_shows_the_reports_that_meat_must_travel_with(plant, read):
    issued = await plant.certifies(**order())
    page = await read(issued["url"])
    for words in ("有效", "肉品品质检验合格证", "分割猪肉", "示范 3703020000001", "SF-ASF-1", "SF-SRJ-1"):
        assert words in page


async def test_meat_without_its_certificate_is_noticed(plant, shop, clock):
    await plant.does(
        turns(clock(8), plant.place, inputs=["urn:zhuisu:ear-tag:obj:137030200000009"], into=HALVES[:1]),
        ships(clock(6), plant.place, epcs=HALVES[:1], to=shop.place),
    )
    (half,) = await shop.scans(HALVES[0], at=clock(5))
    assert half["verdict"] == "warn"
    assert [r["rule"] for r in half["reasons"]] == ["meat-without-certificate"]


async def test_no_certificate_on_a_positive_swine_fever_report(plant):
    answer = await plant.post("/certs", order(asf={"report": "SF-ASF-2", "result": "positive"}))
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/certs/inspection-failed"


async def test_a_half_sold_twice_is_refused_with_the_first_sale(plant, shop, hire, clock):
    """A wrong turn: the label of a half that is sold already turns up at another counter."""
    corner = await hire("corner", "shop")
    issued = await plant.certifies(**order(product="猪二分体", quantity=4, unit="片"))
    await slaughter(plant, clock, issued["url"])
    await plant.does(ships(clock(6), plant.place, epcs=HALVES[2:3], to=shop.place))
    await shop.scans(HALVES[2], at=clock(5))
    (first,) = await shop.scans(HALVES[2], at=clock(4), step="retail_selling")
    assert first["verdict"] == "accept"

    (second,) = await corner.scans(HALVES[2], at=clock(1), step="retail_selling")
    assert second["verdict"] == "refuse"
    reason = next(r for r in second["reasons"] if r["rule"] == "already-sold")
    assert f"{clock(4):%Y-%m-%d %H:%M}" in reason["text"]
    assert "商店" in reason["text"]
    assert reason["law"]
    sales = [hop for hop in (await shop.traces(HALVES[2]))["hops"] if hop["step"] == "retail_selling"]
    assert [hop["event"] for hop in sales] == [first["event"]]
