"""The scan at the door over HTTP, on the real ledger."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

import httpx
import pytest

from tests.scan.conftest import CASE, DRUG, GTIN, ITEM, LOT, District, box
from zhuisu.db import Database
from zhuisu.events import EventType, Quantity, Reading, make

OTHER = "https://id.gs1.org/01/06901234000009"
COLD = {
    "context": {"zhuisu": "urn:zhuisu:ns:"},
    "extensions": {"ilmd": {"zhuisu:storageMin": 2, "zhuisu:storageMax": 8}},
}


async def lines(db: Database) -> list[tuple[str, str, str]]:
    async with db.connection() as conn:
        rows = await conn.fetch("select text, verdict, event from scan.line order by intake, n")
    return [tuple(row) for row in rows]


async def counted(db: Database) -> int:
    async with db.connection() as conn:
        return await conn.fetchval("select count(*) from ledger.event")


class TestOneScan:
    async def test_the_form_of_the_answer(self, district: District) -> None:
        d = district
        await d.made_and_sent(box(1))
        answer = await d.shop.intake(f"(01){GTIN}(21)1", "]d2 nonsense\x1d", box(2), lang="zh-CN,zh;q=0.9")
        assert answer["site"] == d.shop.site
        assert answer["step"] == "receiving"
        good, bad, unknown = answer["results"]
        assert good == {
            "code": f"(01){GTIN}(21)1",
            "verdict": "accept",
            "reasons": [],
            "event": good["event"],
            "canonical": box(1),
            "label": f"(01){GTIN}(21)1",
        }
        assert bad.keys() == {"code", "verdict", "reasons"}
        assert bad["verdict"] == "refuse"
        assert bad["reasons"][0]["rule"] == "unreadable"
        assert unknown["verdict"] == "warn"
        assert unknown["reasons"] == [
            {
                "rule": "unknown-code",
                "text": "该码在上游没有任何记录",
                "law": "食品安全法 第五十三条",
                "next": "核对编码，留存供货方票据和合格证明",
            }
        ]
        assert unknown["event"] == good["event"]

    @pytest.mark.parametrize(
        ("accepted", "word"),
        [("zh", "没有"), ("en;q=0.4, zh-Hans;q=0.9", "没有"), ("fr", "Nothing"), ("", "Nothing"), ("*;q=x", "Nothing")],
    )
    async def test_the_language_is_the_callers(self, district: District, accepted: str, word: str) -> None:
        answer = await district.shop.intake(box(1), lang=accepted)
        assert word in answer["results"][0]["reasons"][0]["text"]

    async def test_one_event_for_items_lots_and_kinds(self, district: District) -> None:
        results = await district.shop.scan(box(1), LOT, ITEM, CASE, DRUG)
        assert len({event for _, _, event in results}) == 1
        (event,) = await district.shop.events()
        assert event["epcList"] == [box(1), CASE, f"urn:zhuisu:drug:obj:{DRUG}"]
        assert event["quantityList"] == [{"epcClass": LOT}, {"epcClass": ITEM}]
        assert (event["bizStep"], event["disposition"], event["action"]) == ("receiving", "in_progress", "OBSERVE")
        assert event["bizLocation"] == {"id": district.shop.place}
        assert event["eventTimeZoneOffset"] == "+08:00"
        assert event["eventID"] == results[0][2]

    async def test_destroying_deletes_and_the_code_never_comes_back(self, district: District) -> None:
        await district.made_and_sent(box(1))
        await district.shop.scan(box(1), at=district.ago(5).isoformat())
        assert [v for v, _, _ in await district.shop.scan(box(1), step="destroying")] == ["accept"]
        assert (await district.shop.events("EQ_action=DELETE"))[0]["disposition"] == "destroyed"
        assert (await district.shop.scan(box(1), step="destroying"))[0][1] == ["already-recorded"]
        assert (await district.shop.scan(box(1)))[0][:2] == ("refuse", ["destroyed"])

    async def test_sent_to_a_site_or_an_organisation(self, district: District) -> None:
        d = district
        await d.maker.scan(box(1), step="shipping", to=d.shop.site, at=d.ago(1).isoformat())
        await d.maker.scan(box(2), step="sending_back", to=d.market.uscc)
        first, second = await d.maker.events()
        assert {"type": "location", "destination": d.shop.place} in first["destinationList"]
        party = [{"type": "possessing_party", "destination": f"urn:zhuisu:party:obj:{d.market.uscc}"}]
        assert second["destinationList"] == party

    async def test_refused_codes_are_in_the_log_and_nowhere_else(self, district: District, db: Database) -> None:
        assert (await district.shop.scan("(414)6901234567892"))[0] == ("refuse", ["not-goods"], "")
        assert await counted(db) == 0
        assert await lines(db) == [("(414)6901234567892", "refuse", "")]
        async with db.connection() as conn:
            intake = await conn.fetchrow("select * from scan.intake")
        assert (intake["site"], intake["step"], intake["request"]) == (district.shop.site, "receiving", None)


class TestRepeats:
    async def test_the_same_request_has_the_same_answer(self, district: District, db: Database) -> None:
        at = district.ago(1).isoformat()
        first = await district.shop.intake(box(1), "(414)6901234567892", at=at)
        events = await counted(db)
        again = await asyncio.gather(*(district.shop.intake(box(1), "(414)6901234567892", at=at) for _ in range(5)))
        assert again == [first] * 5
        assert await counted(db) == events
        assert len(await lines(db)) == 2

    async def test_also_when_the_record_has_moved_on(self, district: District) -> None:
        await district.made_and_sent(box(1))
        sale = {"at": district.ago(1).isoformat(), "step": "retail_selling"}
        await district.shop.scan(box(1), at=district.ago(2).isoformat())
        first = await district.shop.scan(box(1), **sale)
        assert first[0][0] == "accept"
        assert (await district.shop.scan(box(1), step="retail_selling"))[0][:2] == ("refuse", ["already-sold"])
        assert await district.shop.scan(box(1), **sale) == first

    async def test_the_same_time_at_another_site_is_another_scan(self, district: District) -> None:
        at = district.ago(1).isoformat()
        (_, _, here), (_, _, there) = (await district.shop.scan(box(1), at=at)) + (
            await district.market.scan(box(1), at=at)
        )
        assert here != there

    async def test_without_a_time_it_is_already_recorded(self, district: District, db: Database) -> None:
        await district.made_and_sent(box(1))
        ((_, _, event),) = await district.shop.scan(box(1), at=district.ago(2).isoformat())
        before = await counted(db)
        assert await district.shop.scan(box(1)) == [("accept", ["already-recorded"], event)]
        assert await counted(db) == before

    async def test_twice_in_one_request(self, district: District) -> None:
        await district.made_and_sent(box(1))
        first, second = await district.shop.scan(box(1), f"(01){GTIN}(21)1")
        assert first[:2] == ("accept", [])
        assert second == ("accept", ["duplicate"], first[2])
        one, two = await district.shop.scan("(414)6901234567892", "(414)6901234567892")
        assert (one[0], two[0], two[1]) == ("refuse", "refuse", ["not-goods", "duplicate"])

    async def test_many_doors_at_once_record_a_receipt_once(self, district: District, db: Database) -> None:
        codes = [f"{ITEM}/21/{n}" for n in range(20)]
        orders = [codes, codes[::-1], codes[7:] + codes[:7], codes[:10]]
        results = await asyncio.gather(*(district.shop.scan(*orders[n % 4], lang="en") for n in range(8)))
        assert len({event for scan in results for _, _, event in scan}) <= 2
        async with db.connection() as conn:
            assert await conn.fetchval("select count(*) from ledger.touch") == 20


class TestOneFinalSale:
    async def test_of_twenty_dispenses_at_once_exactly_one_wins(self, district: District) -> None:
        await district.made_and_sent(f"urn:zhuisu:drug:obj:{DRUG}")
        await district.pharmacy.scan(DRUG, at=district.ago(2).isoformat())
        sellers = [district.pharmacy, district.clinic]
        scans = await asyncio.gather(*(sellers[n % 2].intake(DRUG, step="dispensing") for n in range(20)))
        results = [answer["results"][0] for answer in scans]
        won = [r for r in results if r["verdict"] != "refuse"]
        lost = [r for r in results if r["verdict"] == "refuse"]
        assert (len(won), len(lost)) == (1, 19)
        texts = {reason["text"] for r in lost for reason in r["reasons"] if reason["rule"] == "already-sold"}
        assert all("2026-06-01 16:00" in text for text in texts)
        assert len(await district.admin.events("EQ_bizStep=dispensing")) == 1

    async def test_a_sale_that_was_declared_wrong_may_be_made_again(self, district: District) -> None:
        await district.made_and_sent(box(1))
        await district.shop.scan(box(1), at=district.ago(3).isoformat())
        await district.shop.scan(box(1), step="retail_selling", at=district.ago(2).isoformat())
        (sale,) = await district.shop.events("EQ_bizStep=retail_selling")
        assert (await district.shop.scan(box(1), step="retail_selling"))[0][0] == "refuse"
        sale["errorDeclaration"] = {"declarationTime": district.ago(1).isoformat(), "reason": "did_not_occur"}
        sale["@context"] = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
        answer = await district.shop.http.post("/epcis/events", json=sale, headers=district.shop.headers)
        assert answer.status_code == 201, answer.text
        assert (await district.shop.scan(box(1), step="retail_selling"))[0][0] == "accept"

    async def test_a_sale_captured_elsewhere_counts(self, district: District) -> None:
        d = district
        await d.made_and_sent(box(1))
        await d.pharmacy.capture(d.seen(2, "pharmacy", "retail_selling", [box(1)], disposition="retail_sold"))
        answer = await d.shop.intake(box(1), step="retail_selling")
        assert answer["results"][0]["verdict"] == "refuse"
        sold = next(r for r in answer["results"][0]["reasons"] if r["rule"] == "already-sold")
        assert sold["text"] == "Already sold or dispensed at 2026-06-01 14:00, at a pharmacy"


class TestTheRecordBehindIt:
    async def test_expiry_and_recall_of_the_lot(self, district: District) -> None:
        d = district
        await d.made_and_sent(box(1), box(2), lot="L1", expiry=date(2026, 5, 31))
        assert (await d.shop.scan(box(1)))[0][:2] == ("refuse", ["expired"])
        await d.made_and_sent(box(3), lot="L3", expiry=date(2027, 5, 31))
        recall = d.seen(1, "maker", "inspecting", quantities=[lot_of("L3")], disposition="recalled")
        await d.maker.capture(recall)
        assert (await d.shop.scan(box(3)))[0][:2] == ("refuse", ["recalled"])
        assert (await d.shop.scan(box(3), at=d.ago(2).isoformat()))[0][0] == "accept"

    async def test_the_lot_of_a_label_whose_item_nobody_knows(self, district: District) -> None:
        d = district
        goods = {"quantities": [lot_of("L1")]}
        await d.farm.capture(d.seen(48, "farm", "commissioning", **goods), d.seen(24, "farm", "shipping", **goods))
        assert (await d.shop.scan(f"(01){GTIN}(10)L1(21)9"))[0][:2] == ("accept", [])

    async def test_inside_a_case_that_stands_elsewhere(self, district: District) -> None:
        d = district
        await d.maker.capture(
            d.seen(50, "maker", "commissioning", [box(1), box(2), CASE]),
            d.pack(49, "maker", CASE, box(1), box(2)),
            d.seen(48, "maker", "shipping", [CASE]),
        )
        assert (await d.shop.scan(box(1), at=d.ago(47).isoformat()))[0][:2] == ("accept", [])
        await d.market.scan(CASE, at=d.ago(40).isoformat())
        answer = await d.shop.intake(box(2))
        (reason,) = answer["results"][0]["reasons"]
        assert reason["rule"] == "still-packed"
        assert CASE in reason["text"]
        assert (await d.market.scan(box(2), step="retail_selling"))[0][:2] == ("warn", ["last-seen-elsewhere"])
        assert (await d.shop.scan(box(2), step="retail_selling"))[0][0] == "refuse"

    async def test_scanned_with_its_case(self, district: District) -> None:
        d = district
        await d.maker.capture(
            d.seen(50, "maker", "commissioning", [box(1), CASE]),
            d.pack(49, "maker", CASE, box(1)),
            d.seen(48, "maker", "shipping", [CASE]),
        )
        assert [r[:2] for r in await d.shop.scan(CASE, box(1))] == [("accept", []), ("accept", [])]

    async def test_vaccines_need_the_temperature_of_this_transport(self, district: District) -> None:
        d = district
        await d.maker.capture(
            d.seen(50, "maker", "commissioning", [box(n) for n in range(3)], **COLD),
            d.seen(50, "maker", "commissioning", [CASE]),
            d.pack(49, "maker", CASE, *(box(n) for n in range(3))),
            d.seen(48, "maker", "shipping", [CASE]),
        )
        assert (await d.clinic.scan(CASE, at=d.ago(47).isoformat()))[0][:2] == ("refuse", ["temperature-missing"])
        ride = Reading(
            type="Temperature", start=d.ago(48), end=d.ago(46), min=Decimal("2.4"), max=Decimal("7.7"), uom="CEL"
        )
        await d.maker.capture(d.seen(46, "maker", "transporting", [CASE], sensors=[ride]))
        assert (await d.clinic.scan(CASE, at=d.ago(45).isoformat()))[0][:2] == ("accept", [])
        warm = Reading(type="Temperature", time=d.ago(44), value=Decimal("285.15"), uom="KEL")
        await d.clinic.capture(d.seen(44, "clinic", "sensor_reporting", [CASE], sensors=[warm]))
        assert (await d.clinic.scan(box(1)))[0][:2] == ("refuse", ["temperature-out-of-range"])

    async def test_an_empty_cool_box_is_no_vaccine(self, district: District) -> None:
        d = district
        crate = "https://id.gs1.org/8003/06901234567892C1"
        await d.maker.capture(
            d.seen(50, "maker", "commissioning", [box(1), box(2)], **COLD),
            d.pack(49, "maker", crate, box(1), box(2)),
            d.pack(48, "maker", crate, box(1), action="DELETE"),
            d.seen(47, "maker", "shipping", [crate]),
        )
        assert (await d.clinic.scan(crate, at=d.ago(46).isoformat()))[0][:2] == ("refuse", ["temperature-missing"])
        await d.clinic.capture(
            d.pack(45, "clinic", crate, box(2), action="DELETE"), d.seen(44, "clinic", "shipping", [crate])
        )
        assert (await d.maker.scan(crate))[0][:2] == ("accept", [])
        await d.maker.capture(d.pack(43, "maker", crate, box(1)), d.pack(42, "maker", crate, action="DELETE"))
        assert (await d.clinic.scan(crate))[0][0] == "warn"

    async def test_meat_needs_its_certificate(self, district: District) -> None:
        d = district
        await d.made_and_sent(box(1), by="plant")
        assert (await d.shop.scan(box(1)))[0][:2] == ("warn", ["meat-without-certificate"])
        await d.made_and_sent(box(2))
        assert (await d.shop.scan(box(2)))[0][:2] == ("accept", [])


class TestCertificates:
    ORDER: ClassVar = {
        "kind": "CCC/1",
        "product": "鲜鸡蛋",
        "quantity": 360,
        "unit": "枚",
        "origin": "370302",
        "basis": ["quality-control"],
        "phone": "0533-0000000",
    }

    async def issue(self, d: District, **changes: object) -> dict[str, str]:
        answer = await d.farm.http.post("/certs", json=self.ORDER | changes, headers=d.farm.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def test_with_its_goods(self, district: District) -> None:
        d = district
        egg = await self.issue(d, goods=[LOT])
        await d.farm.scan(LOT, step="shipping", at=(d.now + timedelta(seconds=1)).isoformat())
        at = (d.now + timedelta(seconds=2)).isoformat()
        assert [r[:2] for r in await d.shop.scan(egg["url"], LOT, at=at)] == [("accept", []), ("accept", [])]
        (event,) = await d.shop.events("EQ_bizStep=receiving")
        assert [q["epcClass"] for q in event["quantityList"]] == [f"urn:zhuisu:certificate:lot:{egg['id']}", LOT]

    async def test_of_other_goods(self, district: District) -> None:
        egg = await self.issue(district, goods=[LOT])
        results = await district.shop.scan(egg["url"], f"{ITEM}/10/L2")
        assert [r[0] for r in results] == ["refuse", "refuse"]
        assert all("certificate-for-other-goods" in rules for _, rules, _ in results)

    async def test_of_other_goods_by_who_cites_it(self, district: District) -> None:
        """Certificates that name no goods: each farm's system cites its own when the goods begin."""
        d = district
        hens, ducks = await self.issue(d), await self.issue(d)
        for hours, paper, lot in ((3.0, hens, "L1"), (2.9, ducks, "L2")):
            goods = {"quantities": [lot_of(lot)]}
            await d.farm.capture(
                d.seen(hours, "farm", "commissioning", certificates=[paper["url"]], **goods),
                d.seen(hours - 1, "farm", "shipping", **goods),
            )
        results = await d.shop.scan(hens["url"], f"{ITEM}/10/L2")
        assert [r[:2] for r in results] == [("refuse", ["certificate-for-other-goods"])] * 2
        assert [r[0] for r in await d.shop.scan(hens["url"], f"{ITEM}/10/L1")] == ["accept"] * 2
        assert [r[0] for r in await d.market.scan(ducks["url"], hens["code"], *lots("L1", "L2"))] == ["accept"] * 4

    async def test_of_another_farm(self, district: District) -> None:
        d = district
        egg = await self.issue(d)
        await d.made_and_sent(box(1))
        await d.made_and_sent(box(2), by="farm")
        results = await d.shop.scan(egg["url"], box(1))
        assert [r[:2] for r in results] == [("refuse", ["certificate-for-other-goods"])] * 2
        assert [r[0] for r in await d.shop.scan(egg["url"], box(2))] == ["accept"] * 2
        assert [r[0] for r in await d.market.scan(egg["url"], box(3))] == ["accept", "warn"]

    async def test_of_what_the_goods_were_made_of(self, district: District) -> None:
        """A certificate travels on with what was cut from its goods, not with what was cut from others."""
        d = district
        egg = await self.issue(d, goods=[box(1)], lot="E1")
        for n, raw in ((1, box(1)), (2, box(9))):
            await d.made_and_sent(raw, by="farm" if n == 1 else "plant")
            made = make(
                EventType.TransformationEvent,
                time=d.ago(6),
                location=d.maker.place,
                inputs=[raw],
                output_quantities=[Quantity(uri=f"{OTHER}/10/P{n}")],
            )
            await d.maker.capture(made, d.seen(5, "maker", "shipping", quantities=[Quantity(uri=f"{OTHER}/10/P{n}")]))
        plain = await self.issue(d, lot="E1")
        assert [r[0] for r in await d.shop.scan(plain["url"], f"{OTHER}/10/P1")] == ["accept"] * 2
        assert [r[0] for r in await d.shop.scan(plain["url"], f"{OTHER}/10/P2")] == ["refuse"] * 2
        assert egg["id"] != plain["id"]

    async def test_of_another_lot_by_its_form(self, district: District) -> None:
        d = district
        egg = await self.issue(d, lot="2026-0531/A")
        for lot in ("20260531A", "20260531B"):
            goods = {"quantities": [lot_of(lot)]}
            await d.farm.capture(d.seen(3, "farm", "commissioning", **goods), d.seen(2, "farm", "shipping", **goods))
        assert [r[0] for r in await d.shop.scan(egg["url"], *lots("20260531B"))] == ["refuse"] * 2
        assert [r[0] for r in await d.shop.scan(egg["url"], *lots("20260531A"))] == ["accept"] * 2

    async def test_revoked_stops_the_goods_too(self, district: District) -> None:
        d = district
        egg = await self.issue(d, goods=[LOT])
        await d.farm.http.post(f"/certs/{egg['id']}/revoke", json={"reason": "test"}, headers=d.farm.headers)
        assert [r[0] for r in await d.shop.scan(egg["url"], LOT)] == ["refuse", "refuse"]
        assert "certificate-revoked" in (await d.shop.scan(LOT))[0][1]

    async def test_by_its_own_code(self, district: District) -> None:
        egg = await self.issue(district)
        assert (await district.shop.scan(egg["code"]))[0][:2] == ("accept", [])
        unknown = f"urn:zhuisu:certificate:lot:{'0' * 32}"
        assert (await district.shop.scan(unknown))[0][:2] == ("refuse", ["certificate-not-ours"])

    async def test_tampered_and_foreign(self, district: District) -> None:
        url = (await self.issue(district))["url"]
        last = str((int(url[-1]) + 1) % 10)
        assert (await district.shop.scan(url[:-1] + last))[0][:2] == ("refuse", ["certificate-bad-signature"])
        assert (await district.shop.scan("http://zs.example/c/" + "7" * 200))[0][:2] == (
            "refuse",
            ["certificate-not-ours"],
        )
        assert (await district.shop.scan("http://zs.example/c/123"))[0][:2] == ("refuse", ["certificate-not-ours"])
        assert (await district.shop.scan("http://other.example/c/123"))[0][:2] == ("warn", ["foreign-certificate"])
        assert (await district.shop.scan("http://other.example/q/123"))[0][:2] == ("warn", ["foreign-certificate"])

    async def test_cited_by_the_farms_own_system(self, district: District) -> None:
        d = district
        egg = await self.issue(d, goods=[LOT])
        made = d.seen(3, "farm", "commissioning", quantities=[lot_of("L9")], certificates=[egg["url"]])
        await d.farm.capture(made)
        assert "certificate-for-other-goods" in (await d.shop.scan(f"{ITEM}/10/L9"))[0][1]


class TestWhoAndWhere:
    async def test_another_organisations_site(self, district: District, db: Database) -> None:
        answer = await district.shop.intake(box(1), site=district.market.site, status=403)
        assert (answer["type"], answer["where"]) == ("/problems/scan/site-not-yours", "/site")
        assert (await district.shop.intake(box(1), site="nowhere", status=403))["where"] == "/site"
        assert await counted(db) == 0

    async def test_an_administrator_names_any(self, district: District) -> None:
        assert (await district.admin.intake(box(1), site=district.shop.site))["site"] == district.shop.site
        assert (await district.admin.intake(box(1), site="nowhere", status=400))["type"] == "/problems/scan/no-site"
        assert (await district.admin.intake(box(1), status=400))["where"] == "/site"

    async def test_who_may_not_scan(self, district: District, client: httpx.AsyncClient) -> None:
        assert (await client.post("/scan/intake", json={"codes": ["1"]})).status_code == 401
        await district.city.intake(box(1), status=403)

    async def test_a_clock_ahead(self, district: District, db: Database) -> None:
        ahead = (district.now + timedelta(minutes=5, seconds=1)).isoformat()
        answer = await district.shop.intake(box(1), at=ahead, status=400)
        assert (answer["type"], answer["where"]) == ("/problems/scan/clock-ahead", "/at")
        assert "2026-06-01T08:00:00+00:00" in answer["detail"]
        assert await lines(db) == []
        await district.shop.intake(box(1), at=(district.now + timedelta(minutes=5)).isoformat())

    async def test_an_unknown_step_is_named_with_the_list(self, district: District) -> None:
        answer = await district.shop.intake(box(1), step="eating", status=400)
        assert (answer["type"], answer["where"]) == ("/problems/scan/unknown-step", "/step")
        assert "eating" in answer["detail"]
        assert "receiving" in answer["steps"]

    async def test_a_thousand_codes(self, district: District) -> None:
        codes = [f"{ITEM}/21/{n}" for n in range(1000)]
        results = await district.shop.scan(*codes)
        assert len(results) == 1000
        assert len({event for _, _, event in results}) == 1
        await district.shop.intake(*codes, "x", status=400)


class TestWhoHoldsIt:
    DRUG_URI = f"urn:zhuisu:drug:obj:{DRUG}"

    async def test_received_in_its_carton_and_unpacked(self, district: District) -> None:
        d = district
        await d.maker.capture(
            d.seen(50, "maker", "commissioning", [self.DRUG_URI, CASE]),
            d.pack(49, "maker", CASE, self.DRUG_URI),
            d.seen(48, "maker", "shipping", [CASE]),
        )
        await d.pharmacy.scan(CASE, at=d.ago(40).isoformat())
        await d.pharmacy.capture(d.pack(39, "pharmacy", CASE, self.DRUG_URI, action="DELETE"))
        await d.shop.capture(d.seen(2, "shop", "retail_selling", [self.DRUG_URI], disposition="retail_sold"))
        results = await d.pharmacy.scan(DRUG, step="retail_selling")
        assert results[0][:2] == ("refuse", ["already-sold"])

    async def test_a_medicine_that_another_holds_is_not_sold(self, district: District) -> None:
        d = district
        await d.made_and_sent(self.DRUG_URI)
        await d.pharmacy.scan(DRUG, at=d.ago(3).isoformat())
        (result,) = (await d.clinic.intake(DRUG, step="dispensing"))["results"]
        assert result["verdict"] == "refuse"
        (reason,) = result["reasons"]
        assert reason["rule"] == "held-elsewhere"
        assert reason["text"] == "By the record received at 2026-06-01 13:00 by a pharmacy, and not sent on since"
        await d.pharmacy.scan(DRUG, step="shipping", at=d.ago(2).isoformat())
        await d.clinic.scan(DRUG, at=d.ago(1).isoformat())
        assert (await d.clinic.scan(DRUG, step="dispensing"))[0][:2] == ("accept", [])

    async def test_steps_on_what_another_holds(self, district: District) -> None:
        d = district
        await d.made_and_sent(*map(box, range(3)))
        await d.shop.scan(*map(box, range(3)), at=d.ago(3).isoformat())
        assert (await d.market.scan(box(1), step="destroying"))[0][:2] == ("refuse", ["not-yours"])
        for n, step in enumerate(("storing", "shipping", "decommissioning")):
            assert (await d.market.scan(box(n), step=step))[0][:2] == ("warn", ["not-received-here"])

    async def test_another_site_of_the_same_organisation(self, district: District) -> None:
        d = district
        entry = {"name": "shop 2"}
        answer = await d.shop.http.post(f"/parties/{d.shop.uscc}/sites", json=entry, headers=d.admin.headers)
        assert answer.status_code == 201, answer.text
        await d.made_and_sent(box(1))
        await d.shop.scan(box(1), at=d.ago(3).isoformat())
        second = answer.json()["id"]
        assert (await d.shop.scan(box(1), step="stocking", site=second))[0][:2] == ("accept", [])


class TestMediaTypes:
    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
    async def test_not_json(self, district: District, db: Database, kind: str) -> None:
        d = district
        headers = d.shop.headers | {"Content-Type": kind}
        answer = await d.shop.http.post("/scan/intake", content=b'{"codes": ["1"]}', headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/scan/not-json")
        assert "application/json" in answer.json()["mend"]
        assert await lines(db) == []

    async def test_json_with_a_charset(self, district: District) -> None:
        headers = district.shop.headers | {"Content-Type": "application/json; charset=utf-8"}
        body = b'{"codes": ["6901234567892"]}'
        answer = await district.shop.http.post("/scan/intake", content=body, headers=headers)
        assert answer.status_code == 200


def lots(*numbers: str) -> list[str]:
    return [f"{ITEM}/10/{number}" for number in numbers]


def lot_of(lot: str) -> object:
    return Quantity(uri=f"{ITEM}/10/{lot}", quantity=Decimal(10))
