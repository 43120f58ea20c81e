from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from zhuisu.certs.errors import (
    BadClaim,
    BasisMissing,
    InspectionFailed,
    InspectionMissing,
    NoForm,
    QuarantineMissing,
    WrongIssuer,
)
from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.lint import lint
from zhuisu.certs.model import Assay, Basis, Inspection, Mark
from zhuisu.certs.order import AnyOrder, MeatOrder, Outcome, ProduceOrder, Result, draft, goods_of
from zhuisu.errors import Refusal
from zhuisu.parties import Kind

from .samples import EGGS, EGGS_FULL, FARM, MEAT_FULL, NOW, PLANT, certificates

DAY = date(2026, 6, 1)
THROWAWAY = PrivateKey.generate()

EGG_ORDER = ProduceOrder(
    product="鲜鸡蛋", quantity=Decimal(360), unit="枚", origin="370302", basis=(Basis.own_test, Basis.control)
)
MEAT_ORDER = MeatOrder(
    product="猪二分体",
    quantity=Decimal("86.4"),
    unit="KGM",
    quarantine="3703020000123456",
    slaughtered=DAY,
    asf=Result(report="26060103", result=Outcome.negative),
    beta_agonist=Result(report="26060104", result=Outcome.negative),
    marks=(Mark.late_castrate, Mark.breeding),
)


def drafted(order: AnyOrder, issuer=None, day=DAY):
    issuer = issuer or (PLANT if isinstance(order, MeatOrder) else FARM)
    return draft(order, issuer, day=day, issued=NOW, status=7, nonce=b"8 random")


def test_an_egg_order_becomes_a_short_certificate():
    made = drafted(EGG_ORDER)
    assert made == replace(EGGS, status=7, basis=(Basis.control, Basis.own_test))


def test_a_self_contained_one_carries_name_and_telephone():
    made = drafted(msgspec.structs.replace(EGG_ORDER, self_contained=True))
    assert (made.issuer_name, made.phone) == (FARM.name, FARM.phone)


def test_another_telephone_than_the_registered_one_is_carried():
    assert drafted(msgspec.structs.replace(EGG_ORDER, phone="13800000000")).phone == "13800000000"
    assert drafted(msgspec.structs.replace(EGG_ORDER, phone=FARM.phone)).phone == ""


def test_a_meat_order_carries_what_the_law_asks():
    made = drafted(MEAT_ORDER)
    assert made.form == 8
    assert made.inspections == (Inspection(Assay.asf, "26060103"), Inspection(Assay.beta_agonist, "26060104"))
    assert (made.quarantine, made.slaughtered) == ("3703020000123456", DAY)
    assert made.marks == (Mark.breeding, Mark.late_castrate)


POSITIVE = Result(report="26060105", result=Outcome.positive)


@pytest.mark.parametrize(
    ("order", "change", "error", "where"),
    [
        (EGG_ORDER, {"quantity": Decimal(0)}, BadClaim, "quantity"),
        (EGG_ORDER, {"quantity": Decimal(-1)}, BadClaim, "quantity"),
        (EGG_ORDER, {"quantity": Decimal("0.0001")}, BadClaim, "quantity"),
        (EGG_ORDER, {"quantity": Decimal("NaN")}, BadClaim, "quantity"),
        (EGG_ORDER, {"quantity": Decimal("Infinity")}, BadClaim, "quantity"),
        (EGG_ORDER, {"quantity": Decimal("1e12")}, BadClaim, "quantity"),
        (EGG_ORDER, {"basis": ()}, BasisMissing, "basis"),
        (EGG_ORDER, {"basis": (Basis.control, Basis.own_word)}, BadClaim, "basis/1"),
        (EGG_ORDER, {"origin": ""}, BadClaim, "origin"),
        *(
            (EGG_ORDER, {"origin": text}, BadClaim, "origin")
            for text in ("37", "999999", "3703021", "370302 ", "３７０３０２")
        ),
        *((EGG_ORDER, {"phone": text}, BadClaim, "phone") for text in ("1234", "call me 12345", "()-- ++", "1234a5")),
        (EGG_ORDER, {"expires": NOW}, BadClaim, "expires"),
        (MEAT_ORDER, {"quarantine": ""}, QuarantineMissing, "quarantine"),
        (MEAT_ORDER, {"slaughtered": None}, BadClaim, "slaughtered"),
        (MEAT_ORDER, {"slaughtered": DAY + timedelta(days=1)}, BadClaim, "slaughtered"),
        (MEAT_ORDER, {"slaughtered": DAY - timedelta(days=8)}, BadClaim, "slaughtered"),
        (MEAT_ORDER, {"slaughtered": date(1960, 1, 1)}, BadClaim, "slaughtered"),
        (MEAT_ORDER, {"asf": None}, InspectionMissing, "asf"),
        (MEAT_ORDER, {"beta_agonist": None}, InspectionMissing, "beta_agonist"),
        (MEAT_ORDER, {"asf": POSITIVE}, InspectionFailed, "asf"),
        (MEAT_ORDER, {"beta_agonist": POSITIVE}, InspectionFailed, "beta_agonist"),
    ],
)
def test_what_the_law_or_the_form_refuses_is_named(order, change, error, where):
    with pytest.raises(error) as refused:
        drafted(msgspec.structs.replace(order, **change))
    assert refused.value.where == where


@pytest.mark.parametrize("origin", ["370302", "110000", "820000", "山东省淄博市", "370302岭子镇"])
def test_an_origin_is_a_division_or_words(origin):
    claimed = drafted(msgspec.structs.replace(EGG_ORDER, origin=origin)).origin
    assert claimed == (int(origin) if origin.isdigit() else origin)


@pytest.mark.parametrize("phone", ["12345", "+86 (533) 518-0000", "13800000000"])
def test_a_telephone_number_may_be_grouped(phone):
    assert drafted(msgspec.structs.replace(EGG_ORDER, phone=phone)).phone == phone


def test_meat_is_certified_within_a_week_of_slaughter():
    day = DAY - timedelta(days=7)
    assert drafted(msgspec.structs.replace(MEAT_ORDER, slaughtered=day)).slaughtered == day


@pytest.mark.parametrize(("order", "kinds"), [(EGG_ORDER, {"farm"}), (MEAT_ORDER, {"slaughterhouse"})])
@pytest.mark.parametrize("kind", Kind)
def test_each_form_is_for_its_own_kind_of_issuer(order, kinds, kind):
    issuer = replace(FARM, kind=kind)
    if kind in kinds:
        assert drafted(order, issuer).issuer == FARM.uscc
        return
    with pytest.raises(WrongIssuer, match=f"registered as {kind}"):
        drafted(order, issuer)


def test_no_telephone_anywhere_is_refused():
    with pytest.raises(BadClaim) as refused:
        drafted(EGG_ORDER, replace(FARM, phone=""))
    assert refused.value.where == "phone"


def test_a_day_without_a_form_is_refused():
    with pytest.raises(NoForm):
        drafted(EGG_ORDER, day=date(2020, 1, 1))


def test_goods_are_read_once_each_and_must_be_of_the_product():
    gtin = msgspec.structs.replace(EGG_ORDER, product="6901234567892")
    own = ("(01)06901234567892(10)E1", "https://id.gs1.org/01/06901234567892/10/E1", "6901234567892")
    found = goods_of(msgspec.structs.replace(gtin, goods=own))
    assert [code.canonical for code in found.values()] == [
        "https://id.gs1.org/01/06901234567892/10/E1",
        "https://id.gs1.org/01/06901234567892",
    ]
    with pytest.raises(BadClaim) as refused:
        goods_of(msgspec.structs.replace(gtin, goods=("6901234567892", "16901234567899")))
    assert refused.value.where == "goods/1"
    with pytest.raises(BadClaim) as refused:
        goods_of(msgspec.structs.replace(EGG_ORDER, goods=("https://zs.example/c/" + "7" * 350,)))
    assert refused.value.where == "goods/0"
    with pytest.raises(Refusal):
        goods_of(msgspec.structs.replace(EGG_ORDER, goods=("6901234567893",)))


@pytest.mark.parametrize("certificate", [EGGS, EGGS_FULL, MEAT_FULL, replace(EGGS, expires=NOW + timedelta(seconds=1))])
def test_the_linter_passes_what_is_right(certificate):
    lint(certificate, THROWAWAY)


@pytest.mark.parametrize(
    "change",
    [
        {"form": 4},
        {"basis": ()},
        {"origin": ""},
        {"product": ""},
        {"product": "a\nb"},
        {"quantity": Decimal(0)},
        {"quantity": Decimal("0.0001")},
        {"unit": "x" * 300},
        {"status": -1},
        {"status": 2**32},
        {"nonce": b""},
        {"issuer": "91370302MA000A012"},
        {"issued": NOW + timedelta(microseconds=1)},
        {"expires": NOW},
        {"lot": "\u202e"},
        {"form": 8},
    ],
)
def test_the_linter_stops_what_is_wrong(change):
    with pytest.raises(BadClaim):
        lint(replace(EGGS, **change), THROWAWAY)


def test_the_linter_stops_what_no_symbol_holds():
    huge = tuple(Inspection(Assay.asf, "报" * 200) for _ in range(16))
    with pytest.raises(BadClaim, match="bytes"):
        lint(replace(EGGS, inspections=huge), THROWAWAY)


@given(certificates)
@settings(deadline=None)
def test_the_linter_never_raises_anything_else(certificate):
    with suppress(BadClaim):
        lint(certificate, THROWAWAY)


@given(
    st.dictionaries(
        st.sampled_from([*MeatOrder.__struct_fields__, "kind", "basis", "weight"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=3),
        max_size=4,
    ),
    st.sampled_from([EGG_ORDER, MEAT_ORDER]),
)
@settings(max_examples=1000, deadline=None)
def test_a_mutated_order_is_refused_or_makes_a_certificate_that_verifies(change, order):
    body = msgspec.json.decode(msgspec.json.encode(order)) | change
    try:
        read = msgspec.json.decode(msgspec.json.encode(body), type=AnyOrder)
        goods_of(read)
        lint(drafted(read), THROWAWAY)
    except (msgspec.ValidationError, Refusal):
        return
    assert drafted(read).form in {1, 8}
