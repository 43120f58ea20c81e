"""Three weeks of pork: ear-tagged pigs, halves, cuts, and the papers that meat must travel with (两章两证一报告).

Until yesterday the meat certificates were on paper; last night's slaughter has ours.
"""

from datetime import datetime, timedelta
from typing import Any

from zhuisu.demo import numbers
from zhuisu.demo.district import District
from zhuisu.demo.journal import master, observed, receives, sells, ships, turns

HALF, CUTS = numbers.gtin(3301), numbers.gtin(3302)
"""猪二分体, one by one; 分割猪肉 by weight and lot."""

PIGS = 5
PLANT, HALL, SHOP, CORNER = "slaughterhouse", "market", "shop", "corner"


def play(district: District) -> tuple[dict[str, str], dict[str, str]]:
    """A slaughter every third night; the codes and the certificate worth looking at."""
    for night in range(-22, -3, 3):
        _slaughter_on_paper(district, night)
    return _last_night(district)


def _slaughter_on_paper(district: District, night: int) -> None:
    plant, hall, shop = (district.place(slug) for slug in (PLANT, HALL, SHOP))
    lot = f"{district.date(night):%Y%m%d}Z"
    paper = [("cert", district.document(PLANT, f"RPHGZ-SHIFAN-{lot}"))]
    halves, cuts, weight = _slaughter(district, district.day(night - 1, "21:00"), lot, papers=paper)
    leaves = district.day(night, "05:30")
    district.note(
        PLANT,
        ships(leaves, plant, epcs=halves, to=hall, papers=paper),
        ships(leaves, plant, amounts=[(cuts, weight, "KGM")], to=shop, papers=paper),
    )
    district.note(
        HALL,
        receives(district.day(night, "06:40"), hall, epcs=halves, source=plant, papers=paper),
        *(
            sells(district.day(night, "09:00") + timedelta(minutes=25 * n), hall, epcs=[h])
            for n, h in enumerate(halves)
        ),
    )
    district.note(
        SHOP,
        receives(district.day(night, "07:10"), shop, amounts=[(cuts, weight, "KGM")], source=plant, papers=paper),
        sells(district.day(night, "20:30"), shop, amounts=[(cuts, round(weight * 0.7, 1), "KGM")]),
        sells(district.day(night + 1, "20:30"), shop, amounts=[(cuts, round(weight * 0.2, 1), "KGM")]),
    )


def _last_night(district: District) -> tuple[dict[str, str], dict[str, str]]:
    killed = district.ago(15)
    lot = f"{killed:%Y%m%d}Z"
    meat = district.certify(
        PLANT,
        kind="MQI",
        product="分割猪肉",
        quantity=_weight(killed),
        unit="公斤",
        origin="370302",
        lot=lot,
        slaughtered=killed.date(),
        quarantine="示范 3703020000001",
        asf={"report": f"SF-ASF-{lot}", "result": "negative"},
        beta_agonist={"report": f"SF-SRJ-{lot}", "result": "negative"},
    )
    halves, cuts, weight = _slaughter(district, killed, lot, certificates=[meat["url"]])
    plant, hall, shop, corner = (district.place(slug) for slug in (PLANT, HALL, SHOP, CORNER))
    some = round(weight / 3, 1)
    most = [(cuts, round(weight - some, 1), "KGM")]
    district.note(
        PLANT,
        ships(district.ago(8), plant, epcs=halves, to=hall),
        ships(district.ago(7.5), plant, amounts=most, to=shop),
    )
    district.note(HALL, receives(district.ago(7), hall, epcs=halves, source=plant))
    district.scan(SHOP, [meat["url"]], at=district.ago(6.5))
    district.note(SHOP, receives(district.ago(6.5), shop, amounts=most, source=plant))
    district.note(PLANT, ships(district.ago(6), plant, amounts=[(cuts, some, "KGM")], to=corner))
    district.scan(CORNER, [meat["url"], cuts], at=district.ago(5))
    district.note(SHOP, *(sells(district.ago(h), shop, amounts=[(cuts, 12.5 + h, "KGM")]) for h in (4, 2.5, 1)))
    return {"meat_lot": cuts, "meat_half": halves[0]}, {"meat": meat["url"]}


def _slaughter(district: District, at: datetime, lot: str, **papers: Any) -> tuple[list[str], str, float]:
    """Pigs in, halves out, four of the halves cut up: the other halves, the cuts, and their weight in kg."""
    plant = district.place(PLANT)
    first = int(f"{at:%y%m%d}") * 10
    pigs = [f"urn:zhuisu:ear-tag:obj:1370302{first + n:08}" for n in range(PIGS)]
    halves = [numbers.item(HALF, f"{lot}{n:02}") for n in range(1, 2 * PIGS + 1)]
    cuts, weight = numbers.lot(CUTS, lot), _weight(at)
    quarantine = [("cert", district.document(PLANT, f"JY-SHIFAN-{lot}"))]
    district.note(
        PLANT,
        receives(at, plant, epcs=pigs, papers=quarantine),
        observed(at + timedelta(minutes=40), plant, "inspecting", "conformant", epcs=pigs),
        turns(at + timedelta(hours=2), plant, inputs=pigs, into=halves, ilmd=master(lot), **papers),
        turns(
            at + timedelta(hours=4),
            plant,
            inputs=halves[:4],
            amounts=[(cuts, weight, "KGM")],
            ilmd=master(lot),
            **papers,
        ),
    )
    return halves[4:], cuts, weight


def _weight(at: datetime) -> float:
    """Weight in kg of the cuts from four halves: a little different every time."""
    return 152.5 + at.day % 7 * 1.5
