import string
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from zhuisu.codes import Family, Level, doubts, parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.errors import BadCheckDigit, BadDate, BadElement, NoKey, UnknownAi
from zhuisu.codes.gs1 import walk
from zhuisu.codes.keys import restricted

GTIN = "06901234567892"
ITEM = f"https://id.gs1.org/01/{GTIN}"


@pytest.mark.parametrize(
    "text",
    [
        f"]d201{GTIN}21A1\x1d17270131",
        f"]C1\x1d01{GTIN}17270131" + "21A1",
        f"]Q3^01{GTIN}21A1^17270131",
        f"]e001{GTIN}21A1{{GS}}17270131",
        f"]J101{GTIN}21A1<GS>17270131\x1d",
        f"\x1d01{GTIN}21A1\x1d17270131",
        f"{{gs}}01{GTIN}21A1{{GS}}17270131",
        f"^01{GTIN}17270131" + "21A1",
        f"01{GTIN}21A1\x1d17270131",
        f"01{GTIN}17270131" + "21A1",
        f"(01){GTIN}(21)A1(17)270131",
        f"(17)270131(21)A1(01){GTIN}",
        f"]d2(01){GTIN}(21)A1(17)270131",
    ],
)
def test_one_item_in_every_spelling(text):
    code = parse(text)
    assert (code.family, code.level, code.canonical) == (Family.sgtin, Level.instance, f"{ITEM}/21/A1")
    assert (code.item_class, code.gtin, code.serial, code.expiry) == (ITEM, GTIN, "A1", date(2027, 1, 31))
    assert code.text == text


def test_what_the_carrier_says_besides():
    code = parse(f"(01){GTIN}(10)L/1(11)260100(15)270228(3103)001250(30)12")
    assert (code.family, code.level, code.canonical) == (Family.lgtin, Level.lot, f"{ITEM}/10/L%2F1")
    assert (code.lot, code.lot_uri, code.item_class) == ("L/1", f"{ITEM}/10/L%2F1", ITEM)
    assert (code.production, code.expiry) == (date(2026, 1, 31), date(2027, 2, 28))
    assert (code.weight_kg, code.count) == (Decimal("1.250"), 12)


def test_a_serial_beats_a_lot_and_keeps_it():
    code = parse(f"(01){GTIN}(10)L1(21)S1")
    assert (code.canonical, code.lot_uri) == (f"{ITEM}/21/S1", f"{ITEM}/10/L1")


def test_a_secondary_serial_is_told_beside_the_first():
    code = parse(f"(01){GTIN}(21)S1(250)S2")
    assert (code.canonical, code.serial, code.secondary_serial) == (f"{ITEM}/21/S1", "S1", "S2")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (f"]d201{GTIN}21A1\x1d17270131", [("01", 3, 19), ("21", 19, 23), ("17", 24, 32)]),
        (f"^01{GTIN}10L1{{GS}}17270131", [("01", 1, 17), ("10", 17, 21), ("17", 25, 33)]),
        (f"(01) {GTIN} (21)A1", [("01", 0, 19), ("21", 20, 26)]),
        (f"01{GTIN}89", [("01", 0, 16)]),
        ("0112", [("01", 0, 4)]),
        ("", []),
    ],
)
def test_walk_tells_where_each_element_stands(text, spans):
    assert [(ai, start, end) for ai, _, start, end in walk(text)] == spans
    for ai, value, start, end in walk(text):
        assert text[start:end].replace("(", "").replace(")", "").replace(" ", "") == ai + value


@pytest.mark.parametrize(
    ("dates", "expiry"),
    [
        ("(15)270228(17)270131", date(2027, 1, 31)),
        ("(15)270131(17)270228", date(2027, 1, 31)),
        ("(17)270228(7003)2701310930", date(2027, 1, 31)),
        ("(7003)2702280930", date(2027, 2, 28)),
    ],
)
def test_the_earliest_of_the_dates_that_end_sale_is_the_expiry(dates, expiry):
    assert parse(f"(01){GTIN}{dates}").expiry == expiry


LOST = [
    ("102605A17270131", "lot", "2605A17270131"),
    ("2100017270131", "serial", "00017270131"),
    ("21ABC10L1", "serial", "ABC10L1"),
    ("17270131" + "10L121S1", "lot", "L121S1"),
    ("10L117270131" + "21S1", "lot", "L117270131" + "21S1"),
    ("10L17003" + "2701310930", "lot", "L17003" + "2701310930"),
    ("10L13103" + "001250", "lot", "L13103" + "001250"),
    ("10L111260131" + "17270131", "lot", "L111260131" + "17270131"),
]


@pytest.mark.parametrize("before", ["", "]d2", "]C1", "^"])
@pytest.mark.parametrize(("tail", "field", "value"), LOST)
def test_a_separator_that_may_be_lost_is_a_doubt(before, tail, field, value):
    code = parse(f"{before}01{GTIN}{tail}")
    assert (getattr(code, field), code.doubts) == (value, (doubts.SEPARATOR,))
    assert parse(f"{before}01{GTIN}{tail}\x1d").doubts == (doubts.SEPARATOR,)
    assert not parse(f"(01){GTIN}(21){tail[-8:]}").doubts


@pytest.mark.parametrize(
    "tail",
    [
        "2117270131",  # nothing would be left of the serial
        "10A17271331",  # no month 13
        "10A17990131",  # no year of goods that are for sale
        "17270131" + "10A17280131",  # would contradict the date before it
        "10A\x1d21ABC10L1",  # there is a lot already
        "10A21",  # a serial of nothing
        "10A2121",
        "21A1000001",
    ],
)
def test_what_can_be_no_further_element_is_no_doubt(tail):
    assert not parse(f"01{GTIN}{tail}").doubts


def test_a_date_that_would_lack_its_gtin_is_no_doubt():
    assert not parse("]C180046901234A17270131").doubts


@pytest.mark.parametrize("alphabet", [string.ascii_uppercase + string.digits, string.digits], ids=["letters", "digits"])
def test_hardly_any_random_serial_is_doubted(alphabet):
    random = Random(1)
    serials = ("".join(random.choices(alphabet, k=random.randint(6, 12))) for _ in range(10_000))
    assert sum(bool(parse(f"01{GTIN}21{serial}").doubts) for serial in serials) < 100


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2100012015004", True),
        ("0212345678909", True),
        ("0412345678903", True),
        ("23456785", True),
        ("02345673", True),
        ("9801234567892", True),
        ("9845678901232", True),
        ("9912345678909", True),
        ("6901234567892", False),
        ("96385074", False),
        ("614141000036", False),
        ("9771234567898", False),
        ("9780306406157", False),
        ("9501101530003", False),
    ],
)
def test_numbers_of_one_shop_are_told(number, expected):
    gtin = number.zfill(14)
    assert restricted(gtin) == expected
    found = (doubts.RESTRICTED,) if expected else ()
    for text in (f"(01){gtin}", f"(01){gtin}(21)7", f"01{gtin}217", f"https://id.gs1.org/01/{gtin}/10/L?17=270131"):
        assert parse(text).doubts == found


def test_a_logistic_unit_tells_its_contents():
    code = parse(f"(00)369012340000000017(02){GTIN}(37)24(10)L1")
    assert (code.family, code.canonical) == (Family.sscc, "https://id.gs1.org/00/369012340000000017")
    assert (code.gtin, code.count, code.lot, code.item_class, code.lot_uri) == (GTIN, 24, "L1", "", "")


@pytest.mark.parametrize(
    ("text", "family", "level", "uri"),
    [
        ("(414)6901234567892", Family.sgln, Level.instance, "/414/6901234567892"),
        (
            "(414)6901234567892(254)dock 1".replace(" ", "-"),
            Family.sgln,
            Level.instance,
            "/414/6901234567892/254/dock-1",
        ),
        ("(417)6901234567892", Family.pgln, Level.instance, "/417/6901234567892"),
        ("(8003)06901234567892", Family.grai, Level.item_class, "/8003/06901234567892"),
        ("(8003)06901234567892X1", Family.grai, Level.instance, "/8003/06901234567892X1"),
        ("(8004)6901234ABC", Family.giai, Level.instance, "/8004/6901234ABC"),
        ("(253)6901234567892D1", Family.gdti, Level.instance, "/253/6901234567892D1"),
        ("(255)6901234567892", Family.gcn, Level.item_class, "/255/6901234567892"),
        ("(8010)6901234AB(8011)7", Family.cpi, Level.instance, "/8010/6901234AB/8011/7"),
        ("(8017)369012340000000017", Family.gsrnp, Level.instance, "/8017/369012340000000017"),
        ("(8018)369012340000000017", Family.gsrn, Level.instance, "/8018/369012340000000017"),
        ("(401)6901234X", Family.ginc, Level.instance, "/401/6901234X"),
        ("(402)69012340000000016", Family.gsin, Level.instance, "/402/69012340000000016"),
        (f"(8006){GTIN}0102", Family.itip, Level.item_class, f"/8006/{GTIN}0102"),
        (f"(8006){GTIN}0102(10)L1", Family.itip, Level.lot, f"/8006/{GTIN}0102/10/L1"),
        (f"(8006){GTIN}0102(21)7", Family.itip, Level.instance, f"/8006/{GTIN}0102/21/7"),
        (f"(01){GTIN}(235)T1", Family.upui, Level.instance, f"/01/{GTIN}/235/T1"),
        (f"(01){GTIN}(22)V1", Family.gtin, Level.item_class, f"/01/{GTIN}"),
        ("(8013)1987654Ad4X4bL5ttr2310c2K", Family.gmn, Level.item_class, "/8013/1987654Ad4X4bL5ttr2310c2K"),
        ("(415)6901234567892(8020)A/1", Family.payment, Level.instance, "/415/6901234567892/8020/A%2F1"),
    ],
)
def test_every_key(text, family, level, uri):
    code = parse(text)
    assert (code.family, code.level, code.canonical) == (family, level, f"https://id.gs1.org{uri}")
    again = parse(code.canonical)
    assert (again.family, again.level, again.canonical) == (family, level, code.canonical)
    assert again.item_class == code.item_class


def test_fnc1_missing_after_a_fixed_length_is_mended_and_told():
    code = parse("]C18018369012340000000017" + "8019" + "12")
    assert (code.family, code.mended) == (Family.gsrn, ("missing FNC1",))


def test_blanks_between_bracketed_elements_are_mended_and_told():
    code = parse(f"(01) {GTIN} (21) A1")
    assert (code.canonical, code.mended) == (f"{ITEM}/21/A1", ("space between elements",))


def test_brackets_inside_a_value():
    assert parse(rf"(01){GTIN}(21)A\(10)B").serial == "A(10)B"
    assert parse(f"(01){GTIN}(21)A(1)B").serial == "A(1)B"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (f"^01{GTIN}17991332" + "10A", BadDate, "AI (17) at position 18: 991332 has no month 13"),
        (f"01{GTIN}17991332" + "10A", BadDate, "AI (17) at position 17: 991332 has no month 13"),
        (f"]d201{GTIN}17270230", BadDate, "AI (17) at position 20: 270230 has no day 30"),
        (f"(01){GTIN}(7003)2702001200", BadDate, "AI (7003) at position 19: 270200 has day 00"),
        ("(01)06901234567893", BadCheckDigit, "AI (01) at position 1: GTIN 06901234567893: digit 14"),
        ("0106901234567893" + "21A1", BadCheckDigit, "the others lead to 2"),
        ("(01)0690123456789", BadElement, "13 characters, wanted 14"),
        (f"(01){GTIN}(3103)1", BadElement, "'1' has 1 character, wanted 6"),
        ("]d2(10)ABC", NoKey, "position 4: found (10), but no key"),
        ("]d20106901234567X92", BadElement, "'X' at place 12"),
        (f"(01){GTIN}(10){'A' * 21}", BadElement, "21 characters, wanted 1 to 20"),
        (f"(01){GTIN}(10)鲁", BadElement, "'鲁' at place 1"),
        (f"(01){GTIN}(10)A(10)B", BadElement, "AI (10) at position 24: 'B' contradicts the 'A'"),
        (f"]d201{GTIN}5512", UnknownAi, "position 20: '55' begins no"),
        (f"(01){GTIN}(89)1", UnknownAi, "position 19: '89'"),
        ("(10)ABC(17)270131", NoKey, "found (10) (17)"),
        ("]d2(ab)", UnknownAi, "position 4: '(a'"),
        ("(8004)ABC1", BadElement, "'A' at place 1"),
    ],
)
def test_refusals_name_ai_and_position(text, kind, words):
    with pytest.raises(kind) as refused:
        parse(text)
    assert words in refused.value.detail
    assert refused.value.facts["position"] > 0


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("(01)6901234567892", "write a 0 before it", "请在前面补 0"),
        ("(01)614141000036", "write 00 before it", "请在前面补 00"),
        ("(01)6901234567893", "", ""),
        (f"(01){GTIN}(10)A(10)B", "scan one label at a time", "请一次只扫描一个标签"),
    ],
)
def test_refusals_advise(text, en, zh):
    with pytest.raises(BadElement) as refused:
        parse(text)
    assert (refused.value.mend, refused.value.mend_zh) == (en, zh)


def test_the_same_element_twice_is_one():
    assert parse(f"(01){GTIN}(10)A(01){GTIN}").lot == "A"


def test_the_first_two_digits_tell_how_long_an_ai_is():
    widths: dict[str, set[int]] = {}
    for ai in AIS:
        widths.setdefault(ai[:2], set()).add(len(ai))
    assert all(len(found) == 1 for found in widths.values())
