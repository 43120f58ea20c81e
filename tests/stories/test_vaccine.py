"""Vaccine: box, carton, case; a measured journey; and an item that left its case before the case moved on."""

from datetime import date
from urllib.parse import quote

import pytest

from zhuisu.codes import label
from zhuisu.demo import numbers
from zhuisu.demo.journal import failing, made, master, measured, packs, ships, steady, unpacks

BOXES = [numbers.item(numbers.gtin(1), f"A{n}") for n in range(4)]
CARTONS = [numbers.item(numbers.gtin(1, 1), f"C{n}") for n in range(2)]
CASE = numbers.item(numbers.gtin(1, 2), "K1")


@pytest.fixture
async def maker(hire, clock):
    """A maker whose case of two cartons of two boxes stands ready."""
    maker = await hire("maker", "manufacturer")
    ilmd = master("202605A", expires=date(2029, 5, 1), cold=True)
    await maker.does(
        *(made(clock(100), maker.place, epcs=level, ilmd=ilmd) for level in (BOXES, CARTONS, [CASE])),
        packs(clock(99), maker.place, CARTONS[0], BOXES[:2]),
        packs(clock(99), maker.place, CARTONS[1], BOXES[2:]),
        packs(clock(98), maker.place, CASE, CARTONS),
    )
    return maker


@pytest.fixture
async def carrier(hire):
    return await hire("carrier", "carrier")


@pytest.fixture
async def cdc(hire):
    return await hire("cdc", "cdc")


@pytest.fixture
async def clinic(hire):
    return await hire("clinic", "clinic")


async def drive(carrier, sender, receiver, load, start, end, degrees=None):
    await sender.does(ships(start, sender.place, epcs=[load], to=receiver.place))
    logger = {"device": numbers.logger(1), "degrees": degrees or steady()}
    await carrier.does(measured(end, carrier.place, "transporting", epcs=[load], since=start, **logger))


async def test_from_the_filling_line_to_the_arm(maker, carrier, cdc, clinic, clock):
    await drive(carrier, maker, cdc, CASE, clock(60), clock(58))
    (case,) = await cdc.scans(label(CASE), at=clock(57))
    await cdc.does(unpacks(clock(56), cdc.place, CASE, CARTONS))
    await drive(carrier, cdc, clinic, CARTONS[0], clock(50), clock(49))
    (carton,) = await clinic.scans(label(CARTONS[0]), at=clock(48))
    await clinic.does(unpacks(clock(30), clinic.place, CARTONS[0], BOXES[:2]))
    (dose,) = await clinic.scans(label(BOXES[0]), at=clock(24), step="dispensing")
    assert [r["verdict"] for r in (case, carton, dose)] == ["accept"] * 3

    path = await clinic.traces(BOXES[0])
    assert [hop["step"] for hop in path["hops"]] == [
        *("commissioning", "packing", "packing", "shipping", "transporting", "receiving", "unpacking"),
        *("shipping", "transporting", "receiving", "unpacking", "dispensing"),
    ]
    assert [len(hop["containers"]) for hop in path["hops"] if hop["step"] == "receiving"] == [2, 1]
    assert all(
        2 <= hop["temperature"]["min"] <= hop["temperature"]["max"] <= 8 for hop in path["hops"] if hop["temperature"]
    )
    assert sum(bool(hop["temperature"]) for hop in path["hops"]) == 2
    assert path["findings"] == []
    assert path["hops"][0]["storage"] == {"min": 2.0, "max": 8.0}


async def test_too_warm_on_the_road_is_not_received(maker, carrier, cdc, clock, read):
    await drive(carrier, maker, cdc, CASE, clock(60), clock(57), failing(11.5))
    (case,) = await cdc.scans(label(CASE), at=clock(56))
    assert case["verdict"] == "refuse"
    reason = next(r for r in case["reasons"] if r["rule"] == "temperature-out-of-range")
    assert "疫苗管理法" in reason["law"]
    assert "报告" in reason["next"]
    path = await maker.traces(BOXES[3])
    assert [f["rule"] for f in path["findings"]] == ["cold-chain-excursion"]
    page = await read(f"/path/{quote(BOXES[3], safe='')}")
    assert "冷链超温" in page
    assert "规定 2–8 °C" in page


async def test_without_a_temperature_record_it_is_not_received(maker, cdc, clock):
    await maker.does(ships(clock(60), maker.place, epcs=[CASE], to=cdc.place))
    (case,) = await cdc.scans(label(CASE), at=clock(57))
    assert case["verdict"] == "refuse"
    assert "temperature-missing" in [r["rule"] for r in case["reasons"]]


async def test_unpacked_before_its_case_moved_on(maker, carrier, cdc, clinic, clock):
    """A wrong turn: one carton stays behind, the case goes on, and somebody scans the carton at the case's next place."""
    await drive(carrier, maker, cdc, CASE, clock(60), clock(58))
    await cdc.scans(label(CASE), at=clock(57))
    await cdc.does(unpacks(clock(56), cdc.place, CASE, [CARTONS[0]]))
    await drive(carrier, cdc, clinic, CASE, clock(50), clock(49))
    await clinic.scans(label(CASE), at=clock(48))

    stayed, went = await cdc.traces(BOXES[0]), await cdc.traces(BOXES[2])
    assert clinic.place not in {hop["site"] for hop in stayed["hops"]}
    assert stayed["hops"][-1]["step"] == "unpacking"
    assert went["hops"][-1]["site"] == clinic.place
    assert [hop["step"] for hop in went["hops"]].count("receiving") == 2

    holders = (await cdc.traces(CASE, direction="forward"))["holders"]
    assert {held["site"]: held["items"] for held in holders} == {cdc.place: 2, clinic.place: 2}

    (carton,) = await clinic.scans(label(CARTONS[0]), at=clock(47))
    assert carton["verdict"] == "warn"
    assert [r["rule"] for r in carton["reasons"]] == ["no-dispatch"]
    (box,) = await clinic.scans(label(BOXES[1]), at=clock(46), step="dispensing")
    assert box["verdict"] == "warn"
