"""A lot of hepatitis A vaccine from the filling line to the arm: box, carton, case, pallet, and every journey measured.

Planted: on the way to the county one case's refrigerator failed. Its receipt is refused, and it is set apart.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from zhuisu.codes import label
from zhuisu.demo import numbers
from zhuisu.demo.district import REFUSE, District
from zhuisu.demo.journal import failing, made, master, measured, observed, packs, ships, steady, unpacks

BOX, CARTON, CASE = (numbers.gtin(1101, level) for level in range(3))
"""甲型肝炎灭活疫苗 0.5 ml, one dose a box; ten boxes a carton, ten cartons a case."""

PALLET = numbers.unit(202605)
TEN = range(10)
CASES = range(6)

Carton = dict[str, list[str]]
"""Carton → its boxes."""


def play(district: District) -> dict[str, str]:
    """Half a year of one lot; the codes worth looking at."""
    cases = _fill(district)
    _release(district)
    good, warm, *rest = cases
    _to_province(district, [good, warm, *rest])
    _to_city(district, [good, warm, *rest[:2]])
    _to_county(district, good, warm)
    _to_clinics(district, good, cases[good])
    _vaccinate(district, cases[good])
    first_carton = next(iter(cases[good].values()))
    return {
        "vaccine_item": first_carton[6],
        "vaccine_case": good,
        "vaccine_pallet": PALLET,
        "vaccine_warm": next(iter(cases[warm].values()))[2],
        "vaccine_warm_case": warm,
    }


def _lot(district: District) -> str:
    return f"{district.date(-182):%Y%m}A"


def _fill(district: District) -> dict[str, Carton]:
    """Case → its cartons → their boxes, commissioned and packed at the end of the line."""
    here, day = district.place("maker"), district.day(-182, "08:30")
    ilmd = master(_lot(district), expires=district.date(-182 + 3 * 365), cold=True)
    cases: dict[str, Carton] = {}
    for k in CASES:
        at = day + timedelta(minutes=40 * k)
        cartons = {
            numbers.item(CARTON, f"C{k}{c:02}"): [numbers.item(BOX, f"A{100 * k + 10 * c + b:06}") for b in TEN]
            for c in TEN
        }
        case = numbers.item(CASE, f"K{k + 1:03}")
        cases[case] = cartons
        district.note(
            "maker",
            made(at, here, epcs=[box for boxes in cartons.values() for box in boxes], ilmd=ilmd),
            made(at + timedelta(minutes=5), here, epcs=list(cartons), ilmd=ilmd),
            made(at + timedelta(minutes=6), here, epcs=[case], ilmd=ilmd),
            *(
                packs(at + timedelta(minutes=10 + n), here, carton, boxes)
                for n, (carton, boxes) in enumerate(cartons.items())
            ),
            packs(at + timedelta(minutes=25), here, case, list(cartons)),
        )
    pallet_ilmd = master("", cold=True)
    district.note(
        "maker",
        made(day + timedelta(hours=5), here, epcs=[PALLET], ilmd=pallet_ilmd),
        packs(day + timedelta(hours=5, minutes=10), here, PALLET, list(cases)),
    )
    return cases


def _release(district: District) -> None:
    """批签发: no lot leaves the maker without it (疫苗管理法 26)."""
    number = district.document("maker", f"PQS-SHIFAN-{district.date(-98):%Y%m%d}")
    lot = numbers.lot(BOX, _lot(district))
    district.note(
        "maker",
        observed(
            district.day(-98, "15:00"),
            district.place("maker"),
            "inspecting",
            "conformant",
            amounts=[(lot, 100 * len(CASES))],
            papers=[("testres", number)],
        ),
    )


def _to_province(district: District, cases: Sequence[str]) -> None:
    arrived = _travel(district, "maker", "cdc-province", [PALLET], leaves=district.day(-45, "06:30"), hours=2.5, wave=1)
    district.scan("cdc-province", [label(PALLET)], at=arrived)
    here = district.place("cdc-province")
    district.note("cdc-province", unpacks(arrived + timedelta(minutes=30), here, PALLET, cases))
    _store(district, "cdc-province", cases, since=arrived + timedelta(hours=1), until=district.day(-38, "07:00"))


def _to_city(district: District, cases: Sequence[str]) -> None:
    arrived = _travel(district, "cdc-province", "cdc-city", cases, leaves=district.day(-38, "07:30"), hours=2, wave=2)
    district.scan("cdc-city", [label(case) for case in cases], at=arrived)
    _store(district, "cdc-city", cases, since=arrived + timedelta(hours=1), until=district.day(-31, "07:30"))


def _to_county(district: District, good: str, warm: str) -> None:
    """Two cases, two lorries; the second one's refrigerator fails."""
    leaves = district.day(-31, "08:00")
    arrived = _travel(district, "cdc-city", "cdc", [good], leaves=leaves, hours=1.5, wave=3)
    district.scan("cdc", [label(good)], at=arrived)
    late = _travel(district, "cdc-city", "cdc", [warm], leaves=leaves, hours=3, degrees=failing(12.6), lorry=1)
    district.scan("cdc", [label(warm)], at=late, expect=REFUSE)
    district.scan("cdc", [label(warm)], at=late + timedelta(minutes=10), step="holding")
    _store(district, "cdc", [good], since=arrived + timedelta(hours=1), until=district.day(-24, "07:30"))


def _to_clinics(district: District, case: str, cartons: Carton) -> None:
    here = district.place("cdc")
    names = list(cartons)
    district.note("cdc", unpacks(district.day(-24, "07:40"), here, case, names))
    for clinic, load, leaves in (
        ("clinic", names[:4], district.day(-24, "08:30")),
        ("clinic2", names[4:7], district.day(-24, "10:30")),
    ):
        arrived = _travel(district, "cdc", clinic, load, leaves=leaves, hours=1, wave=len(clinic))
        district.scan(clinic, [label(carton) for carton in load], at=arrived)
        opened = arrived + timedelta(days=1)
        district.note(clinic, *(unpacks(opened, district.place(clinic), c, cartons[c]) for c in load[:2]))


def _vaccinate(district: District, cartons: Carton) -> None:
    """Vaccination days: two or three doses each, every box scanned at the arm. Nobody's name is in it."""
    boxes = list(cartons.values())
    for clinic, stock, first in (("clinic", [*boxes[0], *boxes[1]], -22), ("clinic2", [*boxes[4], *boxes[5]], -21)):
        for visit, start in enumerate(range(0, 14, 2)):
            at = district.day(first + 3 * visit, "09:20")
            district.scan(clinic, [label(box) for box in stock[start : start + 2]], at=at, step="dispensing")


def _travel(
    district: District,
    sender: str,
    receiver: str,
    load: Sequence[str],
    *,
    leaves: datetime,
    hours: float,
    wave: float = 0.0,
    degrees: Callable[[float], float] | None = None,
    lorry: int = 0,
) -> datetime:
    """Send ``load`` by refrigerated lorry; when it stands at the receiver's door."""
    arrives = leaves + timedelta(hours=hours)
    number = district.document(sender, f"DN-{leaves:%Y%m%d}-{lorry + 1}")
    paper = [("desadv", number)]
    district.note(sender, ships(leaves, district.place(sender), epcs=load, to=district.place(receiver), papers=paper))
    district.note(
        "carrier",
        measured(
            arrives,
            district.place("carrier", lorry),
            "transporting",
            epcs=load,
            since=leaves,
            device=numbers.logger(lorry + 1),
            degrees=degrees or steady(wave),
        ),
    )
    return arrives + timedelta(minutes=10)


def _store(district: District, slug: str, goods: Sequence[str], *, since: datetime, until: datetime) -> None:
    """A cold store's record: two readings a day."""
    district.note(
        slug,
        measured(
            until,
            district.place(slug),
            "storing",
            epcs=goods,
            since=since,
            device=numbers.logger(len(slug) + 20),
            degrees=steady(len(slug)),
            every=timedelta(hours=12),
        ),
    )
