import json
from datetime import date
from itertools import pairwise

import pytest

from zhuisu.certs.errors import NoForm
from zhuisu.certs.forms import (
    FORMS,
    PRODUCTS,
    UNITS,
    in_force,
    origin_code,
    origin_name,
    product_code,
    product_name,
    unit_code,
    unit_name,
    uom,
)
from zhuisu.certs.model import Kind


def test_the_wording_in_force_is_the_published_one(conformance):
    published = json.loads((conformance / "china" / "tables.json").read_text("utf-8"))["ccc_templates"]
    for ours, theirs in ((1, "CN-CCC-2026-1"), (2, "CN-CCC-2026-2"), (3, "CN-CCC-2021")):
        form, wanted = FORMS[ours], published[theirs]
        assert form.title.zh == wanted["title"]
        assert form.lead.zh == wanted["lead"]
        assert [line.zh for line in form.commitments] == wanted["commitments"]
        assert [line.zh for line in form.bases] == wanted["bases"]
        assert list(form.fields.values()) == wanted["fields"]
        assert form.from_.isoformat() == wanted["effective"][0]


def test_the_day_decides_the_form():
    assert in_force(Kind.ccc1, date(2026, 1, 31)).number == 3
    assert in_force(Kind.ccc1, date(2026, 2, 1)).number == 1
    assert in_force(Kind.mqi, date(2026, 2, 1), "pig").number == 8
    with pytest.raises(NoForm):
        in_force(Kind.ccc1, date(2020, 1, 1))
    with pytest.raises(NoForm):
        in_force(Kind.mqi, date(2026, 2, 1), "whale")


def test_no_two_forms_of_one_kind_are_in_force_on_one_day():
    spans = sorted((form.kind, form.species, form.from_, form.until) for form in FORMS.values())
    for (kind, species, _, until), (next_kind, next_species, start, _) in pairwise(spans):
        if (kind, species) == (next_kind, next_species):
            assert until is not None
            assert until <= start


def test_unsettled_wording_says_what_is_unsettled_and_all_name_a_source():
    assert all(form.source for form in FORMS.values())
    assert all(form.settled or form.note for form in FORMS.values())


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("鲜鸡蛋", 1, "鲜鸡蛋"),
        ("fresh hen eggs", 1, "鲜鸡蛋"),
        ("6901234567892", 6901234567892, "06901234567892"),
        ("土鸡蛋", "土鸡蛋", "土鸡蛋"),
        ("00000000", "00000000", "00000000"),
        ("１２３４５６７８", "１２３４５６７８", "１２３４５６７８"),
    ],
)
def test_products(text, code, name):
    assert product_code(text) == code
    assert product_name(code) == name


def test_a_product_number_of_a_later_list_is_shown_as_a_number():
    assert product_name(99_999) == "#99999"
    assert max(PRODUCTS) < 99_999


@pytest.mark.parametrize(
    ("text", "code", "en", "code_uom"), [("枚", 1, "eggs", ""), ("KGM", 2, "kg", "KGM"), ("斤", "斤", "斤", "")]
)
def test_units(text, code, en, code_uom):
    assert unit_code(text) == code
    assert unit_name(code).en == en
    assert uom(code) == code_uom
    assert unit_name(max(UNITS) + 1).en == f"#{max(UNITS) + 1}"


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [("370302", 370302, "山东省淄博市淄川区"), ("110101", 110101, "110101"), ("淄川", "淄川", "淄川")],
)
def test_origins(text, code, name):
    assert origin_code(text) == code
    assert origin_name(code) == name
