from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import ModuleType

import pytest

import zhuisu.app  # noqa: F401 the refusals of every room
from zhuisu.certs.forms import DIVISIONS as PRINTED
from zhuisu.certs.forms import FORMS
from zhuisu.certs.model import Assay, Mark
from zhuisu.certs.model import Kind as CertificateKind
from zhuisu.certs.verify import State
from zhuisu.chain.model import Severity, Via
from zhuisu.codes import Family, Level, doubts, ma, mend
from zhuisu.errors import Malformed, NotFound, Refusal
from zhuisu.events.cbv import BIZ_STEP, DISPOSITION, TRANSACTION_TYPE
from zhuisu.pages import language
from zhuisu.pages.language import (
    DIVISIONS,
    REFUSALS,
    SENTENCES,
    TERMS,
    Lang,
    choose,
    day,
    division,
    explained,
    local,
    number,
    quantity,
    short,
)
from zhuisu.parties import Kind, Role, Status
from zhuisu.products import Category

zh, en = Lang.zh, Lang.en


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "chosen"),
    [
        ("en", "zh", "zh", en),
        ("", "en", "zh", en),
        ("", "", "en-GB,en;q=0.9,zh;q=0.8", en),
        ("", "", "zh-CN,zh;q=0.9,en;q=0.8", zh),
        ("", "", "fr, en;q=0.2, zh;q=0.7", zh),
        ("", "", "en;q=0, fr", zh),
        ("", "", "", zh),
        ("fr", "<script>", "*", zh),
    ],
)
def test_the_address_wins_then_the_cookie_then_the_browser(asked: str, kept: str, accepted: str, chosen: Lang) -> None:
    assert choose(asked, kept, accepted) is chosen


def said_by(module: ModuleType) -> set[str]:
    """The phrases that a module of the codes puts into ``mended`` or ``doubts``: its public constants with words."""
    constants = (value for name, value in vars(module).items() if name.isupper() and name[0] != "_")
    return {value for value in constants if isinstance(value, str) and len(value) > 1}


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [
        ("step", {BIZ_STEP.bare(word) for word in BIZ_STEP.spellings}),
        ("disposition", {DISPOSITION.bare(word) for word in DISPOSITION.spellings}),
        ("document", {TRANSACTION_TYPE.bare(word) for word in TRANSACTION_TYPE.spellings}),
        ("kind", set(Kind)),
        ("role", set(Role)),
        ("status", set(Status)),
        ("severity", set(Severity)),
        ("via", set(Via)),
        ("family", set(Family)),
        ("level", set(Level)),
        ("verdict", set(State)),
        ("certificate", set(CertificateKind)),
        ("mark", set(Mark)),
        ("test", {assay.name for assay in Assay}),
        ("form", {form.name for form in FORMS.values()}),
        ("category", set(Category)),
        ("udi", {"di", "pi"}),
        ("pack", {"1", "2", "3"}),
        ("mended", said_by(mend) | {ma.SMALL}),
        ("doubt", (said_by(ma) - {ma.SMALL}) | said_by(doubts)),
        ("http", {str(kind.status) for kind in Refusal.family()}),
        ("http_help", {str(kind.status) for kind in Refusal.family()}),
    ],
)
def test_every_word_of_a_vocabulary_is_there_and_no_other(vocabulary: str, words: set[str | StrEnum]) -> None:
    assert set(TERMS[vocabulary]) - {""} == {str(word) for word in words}


def test_every_term_has_both_languages() -> None:
    gaps = [
        (vocabulary, word)
        for vocabulary, words in TERMS.items()
        for word, both in words.items()
        if set(both) != {zh, en} or (word and vocabulary != "via" and not (both[zh] and both[en]))
    ]
    assert not gaps


def test_no_chinese_sentence_is_empty() -> None:
    assert [key for key, said in SENTENCES.items() if not said.strip()] == []


def test_a_division_is_named_with_what_it_lies_in() -> None:
    assert division(zh, "370302") == "山东省淄博市淄川区"
    assert division(en, "370302") == "Zichuan, Zibo, Shandong"
    assert division(en, "370000") == "Shandong"


def test_an_unlisted_division_keeps_its_code() -> None:
    assert division(zh, "370399") == "山东省淄博市370399"
    assert division(en, "110101") == "110101"


def test_pages_and_certificates_name_divisions_alike() -> None:
    assert {code: division(zh, str(code)) for code in PRINTED} == PRINTED
    assert {str(code) for code in PRINTED} <= set(DIVISIONS)


def test_times_are_those_of_the_place() -> None:
    noon = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    assert f"{local(noon, '+08:00'):%H:%M}" == "20:00"
    assert f"{local(noon, '-03:30'):%H:%M}" == "08:30"


@pytest.mark.parametrize(
    ("value", "said"),
    [(Decimal(360), "360"), (Decimal(12000), "12\u202f000"), (Decimal("3.50"), "3.5"), (Decimal("1E+3"), "1\u202f000")],
)
def test_numbers_carry_no_idle_zeros(value: Decimal, said: str) -> None:
    assert number(value) == said


def test_quantities_have_their_unit() -> None:
    assert quantity(zh, Decimal("86.40"), "KGM") == "86.4 公斤"
    assert quantity(en, Decimal(30), "") == "30 pcs"
    assert quantity(en, Decimal(30), "XYZ") == "30 XYZ"


def test_codes_are_shown_as_people_read_them() -> None:
    assert short("https://id.gs1.org/01/06901234567892/21/A7") == "(01) 06901234567892 (21) A7"
    assert short("urn:zhuisu:drug:obj:80217619000000001003") == "80217619000000001003"
    assert short("anything") == "anything"


def test_an_unknown_word_stands_for_itself() -> None:
    assert language.term(zh, "step", "https://example.org/steps/blessing") == "https://example.org/steps/blessing"


def test_pages_cite_the_law_of_a_form_as_the_form_does() -> None:
    assert {form.name: TERMS["form"][form.name][zh] for form in FORMS.values()} == {
        form.name: form.source for form in FORMS.values()
    }


def test_only_refusals_that_exist_are_explained() -> None:
    assert set(REFUSALS) <= {kind.problem() for kind in Refusal.family()}
    assert [problem for problem, said in REFUSALS.items() if not all(said.values())] == []


def test_a_refusal_is_explained_by_its_type_and_field() -> None:
    assert "大于 0" in explained(zh, Malformed("x"), "quantity")
    assert explained(zh, Malformed("x"), "goods/3") == explained(zh, Malformed("x"), "goods")
    assert explained(zh, Malformed("x"), "elsewhere") == ""
    assert explained(zh, NotFound) == ""
    assert explained(en, Malformed("x"), "quantity") == ""


def test_days_are_written_as_people_write_them() -> None:
    assert [day(lang, date(2026, 11, 4)) for lang in (zh, en)] == ["2026年11月4日", "4 November 2026"]
