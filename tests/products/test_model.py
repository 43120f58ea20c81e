"""A product and its codes: what is taken, what is told, what is refused."""

import pytest

from tests.products.conftest import gtin, uri
from zhuisu.errors import Refusal
from zhuisu.products.errors import BadStandardCode, ContentsUnfit, NoProduct
from zhuisu.products.model import CATEGORIES, Category, Product, checked, described, remarks


def product(**said):
    return Product(**({"code": gtin(1), "name": "甲型肝炎灭活疫苗"} | said))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (gtin(1), uri(1)),
        (gtin(1)[1:], uri(1)),
        (f"(01){gtin(1)}(21)A1", uri(1)),
        (f"https://example.com/01/{gtin(1)}/10/L1", uri(1)),
        ("80217619000000001003", "urn:zhuisu:drug:class:8021761"),
        ("8021761", "urn:zhuisu:drug:class:8021761"),
        ("urn:zhuisu:drug:class:8021761", "urn:zhuisu:drug:class:8021761"),
        ("MA.156.M0.100472.1110331", "urn:zhuisu:ma:class:MA.156.M0.100472.1110331"),
        ("86904879000126", "urn:zhuisu:drug-standard:class:86904879000126"),
    ],
)
def test_any_code_of_the_goods_gives_their_class(text, code):
    assert checked(product(code=text)).code == code


@pytest.mark.parametrize("text", ["(00)369012340000000017", "urn:zhuisu:site:loc:91370302MA000A012K.1", "hello"])
def test_what_is_no_product_is_none(text):
    with pytest.raises(NoProduct) as caught:
        checked(product(code=text))
    assert caught.value.where == "code"
    assert caught.value.detail_zh
    assert caught.value.mend_zh


def test_what_names_no_product_is_said_in_the_words_of_the_language():
    with pytest.raises(NoProduct) as caught:
        checked(product(code="(00)369012340000000017"))
    assert "物流单元（SSCC）" in caught.value.detail_zh
    assert "logistic unit (SSCC)" in caught.value.detail


def test_a_code_that_is_misread_is_refused_by_its_own_rule():
    with pytest.raises(Refusal, match="check digit"):
        checked(product(code=gtin(1)[:-1] + str((int(gtin(1)[-1]) + 1) % 10)))


def test_the_standard_code_is_checked():
    assert checked(product(standard_code="8690 4879 000126")).standard_code == "86904879000126"
    for text, position in (("86904879000125", 14), ("6904879000126", None), ("86904879000126x", None)):
        with pytest.raises(BadStandardCode) as caught:
            checked(product(standard_code=text))
        assert (caught.value.where, caught.value.facts.get("position")) == ("standard_code", position)


def test_contents_fit_together():
    case = checked(product(code=gtin(2), contains=10, below=gtin(1)))
    assert (case.contains, case.below) == (10, uri(1))
    for said in ({"below": gtin(1)}, {"below": gtin(2), "contains": 10}):
        with pytest.raises(ContentsUnfit):
            checked(product(code=gtin(2), **said))


def test_what_looks_odd_is_told_and_kept():
    given = product(code=f"(01){gtin(1)}(21)A1", category=Category.vaccine, approval="示范 1 号")
    assert [(each.column, each.value) for each in remarks(given, checked(given))] == [
        ("code", given.code),
        ("approval", "示范 1 号"),
    ]
    usual = product(category=Category.drug, approval="国药准字H20040001")
    assert remarks(usual, checked(usual)) == ()
    eggs = product(category=Category.egg, approval="无")
    assert remarks(eggs, checked(eggs)) == ()


def test_goods_as_people_call_them():
    vaccine = product(name_en="Hepatitis A vaccine", specification="0.5 ml")
    assert described(vaccine).zh == "甲型肝炎灭活疫苗 0.5 ml"
    assert described(vaccine, "202605A").zh == "甲型肝炎灭活疫苗 0.5 ml，批号 202605A"
    assert described(vaccine, "202605A").en == "Hepatitis A vaccine 0.5 ml, lot 202605A"
    assert described(product()).en == "甲型肝炎灭活疫苗"


def test_every_category_has_words():
    assert list(CATEGORIES) == list(Category)
