"""Three weeks of eggs: laid, sold on through the wholesale market, then over the counter by piece, case and kilogram.

Until yesterday their certificates were on paper; today's are ours, sealed in a QR code.
Planted: the co-operative's certificate was revoked this morning while its eggs stand on a shelf.
"""

from datetime import timedelta
from typing import Any

from zhuisu.demo import numbers
from zhuisu.demo.district import District
from zhuisu.demo.journal import Amount, made, master, receives, sells, ships

EGG, CASE, LOOSE = numbers.gtin(2201), numbers.gtin(2201, 1), numbers.gtin(2202)
"""Fresh hen eggs by piece (枚), in cases of 360 (箱), and free-range ones by weight."""

HALL, SHOP, CORNER, VILLAGE = "market", "shop", "corner", "village"


def play(district: District) -> tuple[dict[str, str], dict[str, str]]:
    """Weeks on paper, then today; the codes and the certificates worth looking at."""
    for lay in range(-22, -2):
        _day_on_paper(district, lay)
        if lay % 2 == 0:
            _free_range_on_paper(district, lay)
    return _today(district)


def _day_on_paper(district: District, lay: int) -> None:
    """A day's eggs: 1 800 to 2 240 loose and four cases, next morning at the market, then in two shops."""
    number = f"{district.date(lay):%Y%m%d}-1"
    loose, boxed = numbers.lot(EGG, number), numbers.lot(CASE, number)
    laid = 1800 + lay * 37 % 12 * 40
    farm, hall = district.place("farm"), district.place(HALL)
    paper = [("cert", district.document("farm", f"HGZ-SHIFAN-{number}"))]
    lay_day, next_day = district.day(lay, "17:30"), lay + 1
    district.note(
        "farm",
        made(lay_day, farm, amounts=[(loose, laid)], papers=paper, ilmd=master(number)),
        made(lay_day, farm, amounts=[(boxed, 4)], papers=paper, ilmd=master(number)),
        ships(district.day(next_day, "05:40"), farm, amounts=[(loose, laid), (boxed, 4)], to=hall, papers=paper),
    )
    came = receives(
        district.day(next_day, "06:50"), hall, amounts=[(loose, laid), (boxed, 4)], source=farm, papers=paper
    )
    district.note(HALL, came, sells(district.day(next_day, "11:00"), hall, amounts=[(boxed, 4 - lay % 2)]))
    for slug, part, leaves, arrives in ((SHOP, 1080, "07:30", "08:20"), (CORNER, 360, "08:30", "09:40")):
        there = district.place(slug)
        district.note(HALL, ships(district.day(next_day, leaves), hall, amounts=[(loose, part)], to=there))
        district.note(slug, receives(district.day(next_day, arrives), there, amounts=[(loose, part)], source=hall))
        for evening in range(min(2, -next_day)):
            sold = part // 3 + (lay + evening) * 13 % 5 * 10
            district.note(slug, sells(district.day(next_day + evening, "20:30"), there, amounts=[(loose, sold)]))


def _free_range_on_paper(district: District, lay: int) -> None:
    """The co-operative brings its eggs to one shop itself, by weight."""
    number = f"{district.date(lay):%Y%m%d}-L"
    eggs = numbers.lot(LOOSE, number)
    weight = 42.5 + lay % 7
    coop, shop = district.place("coop"), district.place(VILLAGE)
    paper = [("cert", district.document("coop", f"HGZ-SHIFAN-{number}"))]
    district.note(
        "coop",
        made(district.day(lay, "18:00"), coop, amounts=[(eggs, weight, "KGM")], papers=paper, ilmd=master(number)),
        ships(district.day(lay + 1, "06:00"), coop, amounts=[(eggs, weight, "KGM")], to=shop, papers=paper),
    )
    district.note(
        VILLAGE,
        receives(district.day(lay + 1, "07:10"), shop, amounts=[(eggs, weight, "KGM")], source=coop, papers=paper),
        sells(district.day(lay + 1, "20:00"), shop, amounts=[(eggs, 23.4 + lay % 5, "KGM")]),
    )


def _today(district: District) -> tuple[dict[str, str], dict[str, str]]:
    """Yesterday's eggs under today's certificates: on their way, in the shops, waiting at a door, and withdrawn."""
    eggs, egg = _certified(district, "farm", EGG, "1", 2160)
    district.note("farm", _away(district, "farm", HALL, 7, [(eggs, 2160)]))
    _passed_on(district, eggs, egg["url"])

    waiting, waiting_paper = _certified(district, "farm", EGG, "2", 720)
    district.note("farm", _away(district, "farm", SHOP, 1.5, [(waiting, 720)]))

    withdrawn, revoked = _certified(district, "coop", LOOSE, "L", 38.5, "公斤", "KGM")
    district.note("coop", _away(district, "coop", VILLAGE, 8, [(withdrawn, 38.5, "KGM")]))
    district.scan(VILLAGE, [revoked["url"]], at=district.ago(6.5))
    coop, shop = district.place("coop"), district.place(VILLAGE)
    district.note(VILLAGE, receives(district.ago(6.5), shop, amounts=[(withdrawn, 38.5, "KGM")], source=coop))
    district.scan(VILLAGE, [withdrawn], at=district.ago(6), step="stocking")
    district.note(VILLAGE, sells(district.ago(2), shop, amounts=[(withdrawn, 6.2, "KGM")]))
    district.scan(VILLAGE, [withdrawn], at=district.ago(0.5), step="cycle_counting")
    district.revoke("coop", revoked, "示范：抽检发现产蛋期禁用兽药，主动撤销")
    return (
        {"egg_lot": eggs, "egg_waiting": waiting, "egg_withdrawn": withdrawn},
        {"egg": egg["url"], "waiting": waiting_paper["url"], "revoked": revoked["url"]},
    )


def _certified(
    district: District, slug: str, gtin: str, suffix: str, amount: float, unit: str = "枚", uom: str = ""
) -> tuple[str, dict[str, Any]]:
    """Yesterday's lot of a farm and the certificate under which it was packed."""
    laid = district.ago(26)
    number = f"{laid:%Y%m%d}-{suffix}"
    certificate = district.certify(
        slug,
        kind="CCC/1",
        product="鲜鸡蛋",
        quantity=amount,
        unit=unit,
        origin="370302",
        basis=["quality-control", "own-test"],
        lot=number,
    )
    eggs = numbers.lot(gtin, number)
    district.note(
        slug,
        made(
            laid,
            district.place(slug),
            amounts=[(eggs, amount, uom) if uom else (eggs, amount)],
            certificates=[certificate["url"]],
            ilmd=master(number),
        ),
    )
    return eggs, certificate


def _away(district: District, sender: str, receiver: str, hours: float, amounts: list[Amount]) -> dict[str, Any]:
    return ships(district.ago(hours), district.place(sender), amounts=amounts, to=district.place(receiver))


def _passed_on(district: District, eggs: str, certificate: str) -> None:
    """From the market to two shops: a supermarket's own system, and a corner shop's scan box."""
    farm, hall = district.place("farm"), district.place(HALL)
    district.note(HALL, receives(district.ago(6), hall, amounts=[(eggs, 2160)], source=farm))
    shop, corner = district.place(SHOP), district.place(CORNER)
    district.note(HALL, _away(district, HALL, SHOP, 5.5, [(eggs, 1080)]))
    district.note(SHOP, receives(district.ago(4.75), shop, amounts=[(eggs, 1080)], source=hall))
    district.note(HALL, _away(district, HALL, CORNER, 4.5, [(eggs, 360)]))
    district.scan(CORNER, [certificate, eggs], at=district.ago(3.5))
    for n, (hours, pieces) in enumerate(((3, 210), (2, 330), (0.5, 150))):
        district.note(SHOP, sells(district.ago(hours), shop, amounts=[(eggs, pieces)]))
        district.note(
            CORNER, sells(district.ago(hours) + timedelta(minutes=7 * n), corner, amounts=[(eggs, 30 + 15 * n)])
        )
