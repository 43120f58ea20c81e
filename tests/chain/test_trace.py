"""Paths over the real ledger: back, forward, redacted, as of a time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import msgspec
import pytest

from zhuisu.chain.model import Direction, Via
from zhuisu.chain.trace import trace
from zhuisu.codes.text import Words
from zhuisu.db import Database
from zhuisu.events import Event, EventType, Quantity, Reading, make
from zhuisu.ledger import append
from zhuisu.parties import PUBLIC, Kind, Principal, Role
from zhuisu.parties.model import Entry, NewSite
from zhuisu.parties.register import add_site, register

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
GTIN = "https://id.gs1.org/01/06901234567892"
CASE = "https://id.gs1.org/00/369012340000000017"
PALLET = "https://id.gs1.org/00/369012340000000024"
ADMIN = Principal(party=1, uscc="91370300MA00000007", roles=frozenset({Role.administrator}), via="key")


def box(n: int) -> str:
    return f"{GTIN}/21/{n}"


def at(hours: float) -> datetime:
    return T + timedelta(hours=hours)


class District:
    """A maker, a carrier and a clinic with one site each, and the events they capture."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.ids: dict[str, int] = {}
        self.sites: dict[str, str] = {}

    async def settle(self) -> "District":
        for uscc, name, kind, division in (
            ("91370302MA000A012K", "maker", Kind.manufacturer, "370302"),
            ("91370303MA000A047L", "carrier", Kind.carrier, "370303"),
            ("91370302MA000A0551", "clinic", Kind.clinic, "370302"),
        ):
            entry = Entry(uscc=uscc, name=f"示范{name}", kind=kind, division=division)
            self.ids[name] = (await register(self.db, entry, NOW)).id
            site = await add_site(self.db, ADMIN, uscc, NewSite(name=f"{name} site"))
            self.sites[name] = site.uri
        return self

    async def put(self, by: str, *events: Event) -> None:
        async with self.db.transaction() as conn:
            await append(conn, events, by=self.ids[by], now=NOW)

    def seen(self, hours: float, where: str, code: str, step: str, **more: object) -> Event:
        more.setdefault("action", "ADD" if step == "commissioning" else "OBSERVE")
        return make(  # type: ignore[arg-type]
            EventType.ObjectEvent, time=at(hours), location=self.sites[where], epcs=[code], step=step, **more
        )

    def pack(self, hours: float, where: str, parent: str, *children: str, action: str = "ADD") -> Event:
        step = "packing" if action == "ADD" else "unpacking"
        return make(
            EventType.AggregationEvent,
            time=at(hours),
            location=self.sites[where],
            action=action,
            parent=parent,
            children=children,
            step=step,
        )


@pytest.fixture
async def district(db: Database) -> District:
    return await District(db).settle()


VACCINE = {"zhuisu:storageMin": 2, "zhuisu:storageMax": 8}


async def vaccine(d: District, *, warmest: float = 6.5, dispensed: int = 1) -> None:
    """Two boxes in a case on a pallet; the first is taken out at the clinic and dispensed."""
    made = {
        "context": {"zhuisu": "urn:zhuisu:ns:"},
        "extensions": {"ilmd": {"cbvmda:lotNumber": "202605A", **VACCINE}},
        "disposition": "active",
    }
    ride = Reading(type="Temperature", start=at(3), end=at(4), min=Decimal("3.1"), max=Decimal(str(warmest)), uom="CEL")
    await d.put(
        "maker",
        *(d.seen(0, "maker", box(n), "commissioning", **made) for n in (1, 2)),
        d.pack(1, "maker", CASE, box(1), box(2)),
        d.pack(1.5, "maker", PALLET, CASE),
        d.seen(2, "maker", PALLET, "shipping", disposition="in_transit"),
    )
    await d.put("carrier", d.seen(4, "carrier", PALLET, "transporting", sensors=[ride]))
    await d.put(
        "clinic",
        d.seen(5, "clinic", PALLET, "receiving", disposition="in_progress"),
        d.pack(6, "clinic", PALLET, CASE, action="DELETE"),
        d.pack(7, "clinic", CASE, box(1), action="DELETE"),
        *(d.seen(8 + n, "clinic", box(1), "dispensing", disposition="dispensed") for n in range(dispensed)),
        d.seen(20, "clinic", CASE, "storing"),
    )


class TestBack:
    async def test_the_whole_path_with_the_boxes_it_stood_in(self, db: Database, district: District) -> None:
        await vaccine(district)
        path = await trace(db, ADMIN, box(1), now=NOW)
        assert [(h.step, h.code, len(h.containers)) for h in path.hops] == [
            ("commissioning", box(1), 0),
            ("packing", box(1), 1),
            ("packing", CASE, 2),
            ("shipping", PALLET, 2),
            ("transporting", PALLET, 2),
            ("receiving", PALLET, 2),
            ("unpacking", CASE, 2),
            ("unpacking", box(1), 1),
            ("dispensing", box(1), 0),
        ]
        assert path.hops[3].container == PALLET
        assert path.hops[4].temperature
        assert (path.hops[4].temperature.min, path.hops[4].temperature.max) == (3.1, 6.5)
        assert {h.party for h in path.hops} == {"91370302MA000A012K", "91370303MA000A047L", "91370302MA000A0551"}
        assert path.findings == ()
        assert not path.redacted

    async def test_as_of_a_time(self, db: Database, district: District) -> None:
        await vaccine(district)
        path = await trace(db, ADMIN, box(1), now=NOW, at=at(2))
        assert [h.step for h in path.hops] == ["commissioning", "packing", "packing", "shipping"]

    async def test_a_pack_names_the_carcass_and_the_pig_it_was_cut_from(self, db: Database, district: District) -> None:
        pig = "urn:zhuisu:ear-tag:obj:137030200000001"
        carcass, cut = (f"urn:zhuisu:opaque:obj:{n}" for n in ("C1", "P1"))

        def transform(hours: float, source: str, result: str) -> Event:
            return make(
                EventType.TransformationEvent,
                time=at(hours),
                location=district.sites["maker"],
                inputs=[source],
                outputs=[result],
            )

        await district.put(
            "maker",
            district.seen(0, "maker", pig, "receiving"),
            transform(1, pig, carcass),
            district.seen(2, "maker", carcass, "storing"),
            transform(3, carcass, cut),
            district.seen(4, "maker", carcass, "storing"),
            district.seen(5, "clinic", cut, "receiving"),
        )
        path = await trace(db, ADMIN, "P1", now=NOW)
        assert [(h.step, h.code) for h in path.hops] == [
            ("receiving", pig),
            ("", carcass),
            ("storing", carcass),
            ("", cut),
            ("receiving", cut),
        ]
        assert [h.via for h in path.hops] == [Via.input, Via.input, Via.input, Via.item, Via.item]
        down = await trace(db, ADMIN, "137030200000001", direction=Direction.forward, now=NOW)
        assert [(h.site, h.codes) for h in down.holders] == [(district.sites["clinic"], (cut,))]

    async def test_a_lot_is_followed_by_quantity(self, db: Database, district: District) -> None:
        lot = f"{GTIN}/10/E1"

        def some(hours: float, where: str, step: str, amount: int | None, by: str) -> tuple[str, Event]:
            return by, make(
                EventType.ObjectEvent,
                time=at(hours),
                location=district.sites[where],
                action="ADD" if step == "commissioning" else "OBSERVE",
                step=step,
                quantities=[Quantity(uri=lot, quantity=None if amount is None else Decimal(amount))],
            )

        for by, event in (
            some(0, "maker", "commissioning", 360, "maker"),
            some(1, "maker", "shipping", 300, "maker"),
            some(2, "clinic", "receiving", 300, "clinic"),
            some(3, "clinic", "retail_selling", 30, "clinic"),
            some(3, "carrier", "receiving", None, "carrier"),
        ):
            await district.put(by, event)
        path = await trace(db, ADMIN, "(01)06901234567892(10)E1", direction=Direction.forward, now=NOW)
        assert {h.site: h.quantity for h in path.holders} == {
            district.sites["maker"]: 60,
            district.sites["clinic"]: 270,
            district.sites["carrier"]: None,
        }


class TestForward:
    async def test_what_was_mixed_is_held_only_as_the_mixture(self, db: Database, district: District) -> None:
        bag, *grains = (f"urn:zhuisu:opaque:obj:{n}" for n in ("BAG", "G1", "G2"))
        case = "https://id.gs1.org/00/369012340000000017"
        mix = make(
            EventType.TransformationEvent,
            time=at(2),
            location=district.sites["maker"],
            inputs=grains,
            outputs=[bag],
        )
        await district.put("maker", district.pack(1, "maker", case, *grains), mix)
        path = await trace(db, ADMIN, case, direction=Direction.forward, now=NOW)
        assert [(h.items, h.codes) for h in path.holders] == [(1, (bag,))]

    async def test_who_holds_what_was_on_the_pallet(self, db: Database, district: District) -> None:
        await vaccine(district)
        path = await trace(db, ADMIN, PALLET, direction=Direction.forward, now=NOW)
        assert {(h.state, h.items, h.codes) for h in path.holders} == {
            ("dispensed", 1, (box(1),)),
            ("held", 1, (box(2),)),
        }
        assert {h.site for h in path.holders} == {district.sites["clinic"]}
        under_way = await trace(db, ADMIN, PALLET, direction=Direction.forward, now=NOW, at=at(3))
        assert [(h.state, h.items) for h in under_way.holders] == [("in_transit", 2)]

    async def test_the_members_of_a_lot(self, db: Database, district: District) -> None:
        await vaccine(district)
        path = await trace(db, ADMIN, "(01)06901234567892(10)202605A", direction=Direction.forward, now=NOW)
        assert sum(h.items for h in path.holders) == 2


class TestFindings:
    async def test_a_warm_ride_and_a_second_sale(self, db: Database, district: District) -> None:
        await vaccine(district, warmest=11.2, dispensed=2)
        path = await trace(db, ADMIN, box(1), now=NOW)
        assert [f.rule for f in path.findings] == ["cold-chain-excursion", "sold-twice"]
        assert "11.2" in path.findings[0].text.zh
        assert path.findings[0].events == (path.hops[4].event,)
        assert path.findings[0].law == Words("疫苗管理法 第三十九条", "Vaccine Administration Law art. 39")

    async def test_goods_that_nobody_sent(self, db: Database, district: District) -> None:
        await district.put("maker", district.seen(0, "maker", box(9), "commissioning"))
        await district.put("clinic", district.seen(1, "clinic", box(9), "receiving"))
        path = await trace(db, ADMIN, box(9), now=NOW)
        assert [f.rule for f in path.findings] == ["received-without-dispatch"]


class TestEyes:
    async def test_the_public_sees_when_and_how_warm_but_not_who(self, db: Database, district: District) -> None:
        await vaccine(district)
        path = await trace(db, PUBLIC, box(1), now=NOW)
        assert path.redacted
        assert [h.step for h in path.hops][-1] == "dispensing"
        shown = msgspec.json.encode(path).decode()
        for secret in ("91370303MA000A047L", "91370302MA000A0551", "示范carrier", "clinic site", PALLET, "0024"):
            assert secret not in shown
        assert "示范maker" in shown
        assert "370303" in shown

    @pytest.mark.parametrize(
        ("who", "redacted"),
        [
            (Principal(party=3, uscc="91370302MA000A0551", roles=frozenset({Role.operator}), via="key"), False),
            (Principal(party=9, uscc="92370302MA000A071K", roles=frozenset({Role.operator}), via="key"), True),
            (Principal(party=9, uscc="x", roles=frozenset({Role.regulator}), divisions=("370300",), via="key"), False),
            (Principal(party=9, uscc="x", roles=frozenset({Role.regulator}), divisions=("370304",), via="key"), True),
        ],
    )
    async def test_holders_and_their_regulators_see_all(
        self, db: Database, district: District, who: Principal, redacted: bool
    ) -> None:
        await vaccine(district)
        assert (await trace(db, who, box(1), now=NOW)).redacted is redacted


class TestHttp:
    async def test_the_code_is_percent_encoded_whole(
        self, client: httpx.AsyncClient, db: Database, admin: dict[str, str]
    ) -> None:
        district = await District(db).settle()
        await vaccine(district)
        answer = await client.get(f"/chain/{box(1).replace(':', '%3A').replace('/', '%2F')}", headers=admin)
        assert answer.status_code == 200, answer.text
        assert answer.json()["code"]["canonical"] == box(1)
        assert len(answer.json()["hops"]) == 9

    async def test_an_unknown_code_is_404_in_words(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/chain/80217619000000001003")
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/chain/never-seen"
        assert "80217619000000001003" in answer.json()["detail"]
