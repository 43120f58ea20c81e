"""Every rule of intake with an example and a counterexample."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from zhuisu.codes import parse
from zhuisu.events import Action, EventType
from zhuisu.events.cold import Bounds, Temperature
from zhuisu.ledger import Mark
from zhuisu.parties import Kind, Site
from zhuisu.scan.judge import RULES, judge, verdict, worded
from zhuisu.scan.model import Answer, Found, Lang
from zhuisu.scan.past import recorded
from zhuisu.scan.rules import Door, Item, Paper
from zhuisu.scan.steps import STEPS, named

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 6, 1, 16, 0, tzinfo=CHINA)

FARM, SHOP, OTHER = "urn:zhuisu:site:loc:farm.1", "urn:zhuisu:site:loc:shop.1", "urn:zhuisu:site:loc:other.1"
KINDS = {FARM: "farm", SHOP: "shop", OTHER: "pharmacy"}
BOX = "https://id.gs1.org/01/06901234567892/21/7"
LOT = "https://id.gs1.org/01/06901234567892/10/L1"
DRUG = "80217619000000001003"
CASE = "https://id.gs1.org/00/369012340000000017"
FRIDGE = Bounds(min=2, max=8)


def site(kind: Kind = Kind.shop) -> Site:
    return Site(
        id="shop.1",
        uri=SHOP,
        uscc="91370302MA000A0551",
        gln="",
        name="示范商店",
        kind=kind,
        division="370302",
        address="",
        latitude=None,
        longitude=None,
    )


def mark(hours: float, step: str, place: str = FARM, **more: Any) -> Mark:
    """An event so many hours before the scan."""
    when = (NOW - timedelta(hours=hours)).astimezone(UTC)
    values: dict[str, Any] = {
        "event_id": f"urn:test:{step}:{hours}",
        "time": when,
        "recorded": when,
        "type": EventType.ObjectEvent,
        "action": Action.ADD if step == "commissioning" else Action.OBSERVE,
        "step": step,
        "disposition": "",
        "place": place,
        "party": 1,
        "container": "",
    }
    return Mark(**(values | more))


MADE = mark(50, "commissioning")
SENT = mark(20, "shipping", disposition="in_transit")
HERE = mark(10, "receiving", SHOP, disposition="in_progress")
SOLD = mark(5, "dispensing", OTHER, disposition="dispensed")


def item(text: str = BOX, marks: Iterable[Mark] = (MADE, SENT), **more: Any) -> Item:
    return Item(code=parse(text), marks=tuple(marks), **more)


def said(it: Item, step: str = "receiving", *beside: Item, kind: Kind = Kind.shop) -> list[str]:
    """Ids of the rules that speak."""
    door = Door(site=site(kind), step=named(step), at=NOW, kinds=KINDS, items=(it, *beside))
    return [found.rule for found in judge(it, door)]


def test_goods_that_were_sent_here_are_accepted_in_silence() -> None:
    assert said(item()) == []


class TestGoods:
    def test_not_goods(self) -> None:
        assert "not-goods" in said(item("(414)6901234567892", ()))
        assert "not-goods" not in said(item())

    @pytest.mark.parametrize("step", ["receiving", "accepting", "shipping", "retail_selling", "dispensing", "storing"])
    def test_already_sold(self, step: str) -> None:
        assert said(item(marks=(MADE, SENT, SOLD)), step)[0] == "already-sold"
        assert "already-sold" not in said(item(marks=(MADE, SENT, HERE)), step)

    def test_sold_in_its_case(self) -> None:
        assert "already-sold" in said(item(marks=(MADE, mark(5, "retail_selling", OTHER, container=CASE))))

    def test_sold_goods_may_be_taken_back_and_then_sold_again(self) -> None:
        back = mark(2, "receiving", SHOP, disposition="returned")
        assert said(item(marks=(MADE, SENT, SOLD)), "returning") == []
        assert said(item(marks=(MADE, SENT, SOLD, back)), "dispensing") == []

    def test_partly_dispensed_is_not_sold(self) -> None:
        part = mark(5, "dispensing", SHOP, disposition="partially_dispensed")
        assert "already-sold" not in said(item(marks=(MADE, SENT, HERE, part)), "dispensing")

    def test_a_lot_is_sold_many_times(self) -> None:
        sale = mark(5, "retail_selling", SHOP, disposition="retail_sold")
        assert said(item(LOT, (MADE, SENT, HERE, sale)), "retail_selling") == []

    def test_a_later_sale_does_not_refuse_a_late_upload_of_the_receipt_but_another_sale(self) -> None:
        later = mark(-1, "dispensing", SHOP, disposition="dispensed")
        assert "already-sold" not in said(item(marks=(MADE, SENT, later)))
        assert "already-sold" in said(item(marks=(MADE, SENT, HERE, later)), "dispensing")

    def test_destroyed(self) -> None:
        end = mark(5, "destroying", OTHER, action=Action.DELETE, disposition="destroyed")
        for step in ("receiving", "retail_selling", "returning", "holding"):
            assert "destroyed" in said(item(marks=(MADE, end)), step)
        assert "destroyed" not in said(item(marks=(MADE, end, mark(1, "commissioning"))))
        assert "destroyed" not in said(item(LOT, (MADE, SENT, end)))

    def test_what_was_in_a_decommissioned_case_lives_on(self) -> None:
        gone = mark(5, "decommissioning", action=Action.DELETE, disposition="inactive", container=CASE)
        burnt = mark(5, "destroying", action=Action.DELETE, disposition="destroyed", container=CASE)
        assert "destroyed" not in said(item(marks=(MADE, SENT, gone)))
        assert "destroyed" in said(item(marks=(MADE, SENT, burnt)))

    def test_recalled(self) -> None:
        recall = mark(5, "inspecting", disposition="recalled")
        assert "recalled" in said(item(marks=(MADE, SENT, recall)))
        assert "recalled" in said(item(lot_marks=(recall,)), "retail_selling")
        assert "recalled" not in said(item(lot_marks=(recall,)), "sending_back")
        assert "recalled" not in said(item(lot_marks=(mark(-5, "inspecting", disposition="recalled"),)))

    def test_expired(self) -> None:
        assert "expired" in said(item("(01)06901234567892(21)7(17)260531"))
        assert "expired" not in said(item("(01)06901234567892(21)7(17)260601"))
        assert "expired" in said(item(expiry=date(2026, 5, 31)), "dispensing")
        assert "expired" not in said(item(expiry=date(2026, 5, 31)), "destroying")

    def test_expired_by_the_day_in_china(self) -> None:
        it, late = item(expiry=date(2026, 6, 1)), datetime(2026, 6, 1, 16, 0, tzinfo=UTC)
        assert judge(it, Door(site=site(), step=named("receiving"), at=late))[0].rule == "expired"
        assert not judge(it, Door(site=site(), step=named("receiving"), at=late - timedelta(seconds=1)))

    def test_expiry_differs(self) -> None:
        printed = "(01)06901234567892(21)7(17)270131"
        assert "expiry-differs" in said(item(printed, expiry=date(2026, 12, 31)))
        assert "expiry-differs" not in said(item(printed, expiry=date(2027, 1, 31)))

    def test_unknown_code(self) -> None:
        assert said(item(marks=())) == ["unknown-code"]
        assert said(item(marks=(), lot_marks=(MADE, SENT))) == []
        assert said(item("(414)6901234567892", ())) == ["not-goods"]

    def test_class_only(self) -> None:
        assert said(item("6901234567892", ())) == ["class-only"]
        assert "class-only" not in said(item())

    def test_still_packed(self) -> None:
        packed = mark(30, "packing", type=EventType.AggregationEvent, action=Action.ADD)
        arrived = mark(15, "receiving", OTHER, container=CASE)
        elsewhere = item(marks=(MADE, packed, SENT, arrived), parent=CASE)
        assert said(elsewhere) == ["still-packed"]
        assert said(elsewhere, "dispensing") == ["still-packed"]
        on_its_way = item(marks=(MADE, packed, mark(20, "shipping", container=CASE)), parent=CASE)
        assert said(on_its_way) == []
        assert "still-packed" not in said(elsewhere, "receiving", item(CASE, (MADE, SENT)))

    def test_not_unpacked(self) -> None:
        arrived = mark(15, "receiving", SHOP, container=CASE, disposition="in_progress")
        inside = item(marks=(MADE, mark(20, "shipping", container=CASE), arrived), parent=CASE)
        assert said(inside, "retail_selling") == ["not-unpacked"]
        assert said(item(marks=(MADE, SENT, HERE)), "retail_selling") == []

    def test_no_dispatch(self) -> None:
        assert said(item(marks=(MADE,))) == ["no-dispatch"]
        assert said(item(marks=(MADE, SENT, mark(5, "receiving", OTHER)))) == ["no-dispatch"]
        assert said(item(marks=(MADE, SENT, mark(5, "receiving", OTHER), mark(3, "shipping", OTHER)))) == []
        assert said(item(marks=(mark(50, "commissioning", SHOP),))) == []
        assert said(item(LOT, (MADE,))) == ["no-dispatch"]
        assert said(item(LOT, (MADE, SENT, mark(5, "receiving", OTHER)))) == []
        assert "no-dispatch" not in said(item(marks=(MADE,)), "storing")

    def test_not_received_here(self) -> None:
        assert said(item(marks=(MADE, SENT)), "dispensing") == ["not-received-here"]
        assert said(item(marks=(MADE, SENT, HERE)), "dispensing") == []
        assert said(item(LOT, (MADE, SENT, HERE, mark(5, "receiving", OTHER))), "shipping") == []
        assert said(item(marks=()), "dispensing") == ["unknown-code"]

    def test_a_part_of_the_site_is_the_site(self) -> None:
        assert said(item(marks=(MADE, SENT, mark(10, "receiving", f"{SHOP}/254/cold"))), "dispensing") == []


class TestColdChain:
    def warm(self, low: float, high: float, hours: float = 10) -> Mark:
        measured = Temperature(min=low, max=high, mean=(low + high) / 2, count=12)
        return mark(hours, "transporting", OTHER, container=CASE, temperature=measured)

    def test_temperature_out_of_range(self) -> None:
        for low, high in ((3.0, 9.5), (-0.5, 5.0)):
            vaccine = item(DRUG, (MADE, SENT, self.warm(low, high)), storage=FRIDGE)
            assert said(vaccine, kind=Kind.clinic) == ["temperature-out-of-range"]
        assert said(item(DRUG, (MADE, SENT, self.warm(2.0, 8.0)), storage=FRIDGE)) == []
        assert said(item(DRUG, (MADE, SENT, self.warm(3.0, 20.0)))) == []

    def test_temperature_missing(self) -> None:
        assert said(item(DRUG, (MADE, SENT), storage=FRIDGE)) == ["temperature-missing"]
        assert said(item(DRUG, (MADE, SENT, self.warm(2.5, 7.0)), storage=FRIDGE)) == []
        before_it_left = self.warm(2.5, 7.0, hours=30)
        assert said(item(DRUG, (MADE, before_it_left, SENT), storage=FRIDGE)) == ["temperature-missing"]
        assert said(item(DRUG, (mark(50, "commissioning", SHOP),), storage=FRIDGE)) == []
        assert said(item(DRUG, (MADE, SENT, HERE), storage=FRIDGE), "dispensing") == []


class TestCertificates:
    def paper(self, state: str = "valid", **more: Any) -> Paper:
        return Paper(uri="urn:zhuisu:certificate:lot:" + "a" * 32, state=state, **more)

    def scanned(self, paper: Paper) -> Item:
        return Item(code=parse(f"urn:zhuisu:certificate:lot:{'a' * 32}"), paper=paper)

    @pytest.mark.parametrize(
        ("state", "local", "rules"),
        [
            ("valid", True, []),
            ("revoked", True, ["certificate-revoked"]),
            ("expired", True, ["certificate-expired"]),
            ("bad-signature", True, ["certificate-bad-signature"]),
            ("not-ours", True, ["certificate-not-ours"]),
            ("not-ours", False, ["foreign-certificate"]),
        ],
    )
    def test_states(self, state: str, local: bool, rules: list[str]) -> None:
        assert said(self.scanned(self.paper(state, local=local))) == rules

    def test_a_revoked_certificate_stops_its_goods(self) -> None:
        assert said(item(cited=(self.paper("revoked"),))) == ["certificate-revoked"]
        assert said(item(cited=(self.paper("valid"),))) == []
        assert said(item(cited=(self.paper("expired"),))) == []

    def test_foreign_address(self) -> None:
        assert said(item("https://other.example/q?id=1", ())) == ["foreign-certificate"]

    def test_for_other_goods(self) -> None:
        other = self.paper(goods=("https://id.gs1.org/01/06901234000009",))
        eggs, certificate = item(), self.scanned(other)
        assert said(eggs, "receiving", certificate) == ["certificate-for-other-goods"]
        assert said(certificate, "receiving", eggs) == ["certificate-for-other-goods"]

    def test_for_another_lot(self) -> None:
        other = self.paper(goods=("https://id.gs1.org/01/06901234567892/10/L2", "https://id.gs1.org/01/06901234567892"))
        certificate = self.scanned(other)
        assert said(item(LOT), "receiving", certificate) == ["certificate-for-other-goods"]
        assert said(item(BOX, lots=(LOT,)), "receiving", certificate) == ["certificate-for-other-goods"]
        assert said(item(BOX), "receiving", certificate) == []

    @pytest.mark.parametrize("goods", [(LOT,), (BOX,), ("https://id.gs1.org/01/06901234567892",), ()])
    def test_for_these_goods_or_nobody_knows(self, goods: tuple[str, ...]) -> None:
        certificate = self.scanned(self.paper(goods=goods))
        eggs = item(BOX, lots=(LOT,))
        assert said(eggs, "receiving", certificate) == []
        assert said(certificate, "receiving", eggs) == []

    def test_a_delivery_of_several_kinds_needs_one_match_each_certificate(self) -> None:
        certificate = self.scanned(self.paper(goods=(LOT,)))
        eggs, milk = item(LOT), item("(01)06901234000009(10)M1")
        assert said(milk, "receiving", eggs, certificate) == []
        assert said(milk, "receiving", certificate) == ["certificate-for-other-goods"]

    def test_a_certificate_recorded_for_goods_that_it_does_not_name(self) -> None:
        wrong = self.paper(goods=("https://id.gs1.org/01/06901234000009",))
        assert said(item(cited=(wrong,))) == ["certificate-for-other-goods"]
        assert said(item(cited=(self.paper(goods=(BOX,)),))) == []

    def test_meat(self) -> None:
        assert said(item(origin="slaughterhouse")) == ["meat-without-certificate"]
        assert said(item(origin="slaughterhouse", cited=(self.paper(meat=True),))) == []
        assert said(item(origin="slaughterhouse", cited=(self.paper(),))) == ["meat-without-certificate"]
        assert said(item(origin="slaughterhouse"), "receiving", self.scanned(self.paper(meat=True))) == []
        assert said(item(origin="farm")) == []


class TestRecorded:
    def at_door(self, step: str, it: Item, at: datetime = NOW) -> Mark | None:
        return recorded(it, Door(site=site(), step=named(step), at=at, items=(it,)))

    def test_same_site_same_step_nothing_in_between(self) -> None:
        assert self.at_door("receiving", item(marks=(MADE, SENT, HERE))) == HERE
        assert self.at_door("storing", item(marks=(MADE, SENT, HERE))) is None
        assert self.at_door("receiving", item(marks=(MADE, SENT, HERE, mark(5, "shipping", SHOP)))) is None
        assert self.at_door("receiving", item(marks=(MADE, SENT))) is None

    def test_through_its_case(self) -> None:
        inside = mark(10, "receiving", SHOP, disposition="in_progress", container=CASE)
        assert self.at_door("receiving", item(marks=(MADE, inside))) == inside

    def test_a_lot_comes_in_several_deliveries(self) -> None:
        lot = item(LOT, (MADE, SENT, HERE))
        assert self.at_door("receiving", lot) is None
        assert self.at_door("receiving", lot, NOW - timedelta(hours=10) + timedelta(minutes=9)) == HERE

    def test_a_count_means_something_each_time(self) -> None:
        counted = item(marks=(MADE, SENT, HERE, mark(5, "cycle_counting", SHOP)))
        assert self.at_door("cycle_counting", counted) is None

    @pytest.mark.parametrize("step", ["retail_selling", "dispensing"])
    def test_a_second_sale_is_never_a_repeat(self, step: str) -> None:
        disposition = STEPS[step].disposition
        assert self.at_door(step, item(marks=(MADE, mark(0.01, step, SHOP, disposition=disposition)))) is None


class TestWords:
    def test_every_rule_speaks_both_languages_and_refusals_say_what_to_do(self) -> None:
        for rule in RULES.values():
            assert any(c >= "\u4e00" for c in rule.text.zh + rule.id) or rule.id == "unreadable"
            assert not any(c >= "\u4e00" for c in rule.text.en)
            if rule.answer is not Answer.accept:
                assert rule.next
                assert rule.next.zh != rule.next.en
            for law in (rule.law, rule.medicine):
                assert law is None or (any(c >= "\u4e00" for c in law.zh) and law.en.isascii())

    def test_rules_name_steps_that_exist(self) -> None:
        assert all(rule.steps <= STEPS.keys() for rule in RULES.values())

    def test_the_law_is_that_of_the_goods(self) -> None:
        door = Door(site=site(), step=named("receiving"), at=NOW, kinds=KINDS)
        food, drug = (judge(item(text, (MADE, SOLD)), door)[0] for text in (BOX, DRUG))
        assert worded(food, Lang.zh).law == "食品安全法 第四十二条"
        assert worded(drug, Lang.zh).law == "药品管理法 第十二条"
        assert worded(drug, Lang.en).text == "Already sold or dispensed at 2026-06-01 11:00, at a pharmacy"
        assert worded(drug, Lang.zh).text == "该码已于 2026-06-01 11:00 在药店售出或使用"

    def test_the_worst_reason_decides(self) -> None:
        assert verdict(()) is Answer.accept
        assert verdict((Found("duplicate"), Found("no-dispatch"))) is Answer.warn
        assert verdict((Found("no-dispatch"), Found("recalled"))) is Answer.refuse
        worst = judge(item(marks=(MADE, SOLD)), Door(site=site(), step=named("receiving"), at=NOW))
        assert [RULES[f.rule].answer for f in worst] == sorted(
            (RULES[f.rule].answer for f in worst), key=["refuse", "warn", "accept"].index
        )
