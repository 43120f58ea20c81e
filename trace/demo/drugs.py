"""Boxes of a cold remedy with 20-digit codes: maker, wholesaler, two pharmacies, customers.

Planted: one box sold at one pharmacy is sold again, four days later, at another that never received it.
"""

from collections.abc import Iterable
from datetime import timedelta

from zhuisu.demo import numbers
from zhuisu.demo.district import REFUSE, District
from zhuisu.demo.journal import made, master, packs, receives, sells, ships, unpacks

BOX, MIDDLE, CASE = "8100011", "8100012", "8100013"
"""示范感冒清热颗粒: each level of packaging has a product number of its own (NMPAB/T 1002)."""

TEN = range(10)


def play(district: District) -> dict[str, str]:
    """Five weeks of two cases; the codes worth looking at."""
    cases = {
        numbers.drug(CASE, k + 1): {
            numbers.drug(MIDDLE, 10 * k + m + 1): [numbers.drug(BOX, 100 * k + 10 * m + b + 1) for b in TEN]
            for m in TEN
        }
        for k in range(2)
    }
    _make(district, cases)
    _wholesale(district, cases)
    middles = cases[next(iter(cases))]
    first, second, *_ = names = list(middles)
    _deliver(district, "pharmacy", {name: middles[name] for name in names[:5]})
    _deliver(district, "pharmacy2", {name: middles[name] for name in names[5:8]})
    _sell(district, "pharmacy", [*middles[first], *middles[second]], first=-9)
    _sell(district, "pharmacy2", middles[names[5]], first=-8)
    clean, again = middles[first][0], middles[first][5]
    _sell_again(district, again)
    return {"drug_item": clean, "drug_resold": again, "drug_case": next(iter(cases))}


def _make(district: District, cases: dict[str, dict[str, list[str]]]) -> None:
    here = district.place("drugmaker")
    at = district.day(-34, "13:00")
    ilmd = master(f"{district.date(-34):%y%m%d}01", expires=district.date(-34 + 2 * 365))
    for case, middles in cases.items():
        boxes = [box for inside in middles.values() for box in inside]
        for level in (boxes, list(middles), [case]):
            district.note("drugmaker", made(at, here, epcs=_uris(level), ilmd=ilmd))
        packing = [(middle, inside) for middle, inside in middles.items()] + [(case, list(middles))]
        for n, (parent, children) in enumerate(packing, 1):
            minute = at + timedelta(minutes=n)
            district.note("drugmaker", packs(minute, here, numbers.drug_uri(parent), _uris(children)))
        at += timedelta(minutes=30)


def _wholesale(district: District, cases: dict[str, dict[str, list[str]]]) -> None:
    maker, here = district.place("drugmaker"), district.place("wholesaler")
    paper = [("desadv", district.document("drugmaker", f"DN-{district.date(-30):%Y%m%d}-7"))]
    district.note("drugmaker", ships(district.day(-30, "09:00"), maker, epcs=_uris(cases), to=here, papers=paper))
    district.note(
        "wholesaler", receives(district.day(-30, "14:20"), here, epcs=_uris(cases), source=maker, papers=paper)
    )
    case, middles = next(iter(cases.items()))
    district.note("wholesaler", unpacks(district.day(-14, "08:10"), here, numbers.drug_uri(case), _uris(middles)))


def _deliver(district: District, pharmacy: str, middles: dict[str, list[str]]) -> None:
    here, there = district.place("wholesaler"), district.place(pharmacy)
    paper = [("desadv", district.document("wholesaler", f"DN-{district.date(-12):%Y%m%d}-{pharmacy}"))]
    leaves, arrived = district.day(-12, "08:30"), district.day(-12, "10:45")
    district.note("wholesaler", ships(leaves, here, epcs=_uris(middles), to=there, papers=paper))
    district.scan(pharmacy, list(middles), at=arrived)
    for n, (middle, boxes) in enumerate(middles.items(), 1):
        opened = arrived + timedelta(minutes=10 * n)
        district.note(pharmacy, unpacks(opened, there, numbers.drug_uri(middle), _uris(boxes)))


def _sell(district: District, pharmacy: str, boxes: list[str], *, first: int) -> None:
    """Two boxes a day over the counter, each scanned at the till."""
    for day, start in enumerate(range(0, len(boxes) // 2, 2)):
        at = district.day(first + day, "16:40")
        district.scan(pharmacy, boxes[start : start + 2], at=at, step="retail_selling")


def _sell_again(district: District, box: str) -> None:
    """The till refuses; the pharmacy's own system books the sale nevertheless."""
    at = district.day(-2, "10:15")
    district.scan("pharmacy2", [box], at=at, step="retail_selling", expect=REFUSE)
    receipt = [("inv", district.document("pharmacy2", f"POS-{at:%Y%m%d}-0043"))]
    district.note("pharmacy2", sells(at, district.place("pharmacy2"), epcs=[numbers.drug_uri(box)], papers=receipt))


def _uris(codes: Iterable[str]) -> list[str]:
    return [numbers.drug_uri(code) for code in codes]
