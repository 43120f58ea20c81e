"""A paste, a case label, a device with two symbols: each code read, in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.codes import mend, parse
from zhuisu.codes.errors import BadCheckDigit, NoKey, NotACode, PersonalNumber, TooManyCodes, Unreadable
from zhuisu.codes.several import MOST, read_all
from zhuisu.errors import Refusal

DI, PI = "(01)06901234567892", "(17)270131(10)L1"
OTHER_DI, OTHER_PI = "(01)06924561884074", "(17)280229(10)L2"
DRUG, GTIN = "80217619000000001003", "6901234567892"


def uris(text):
    return [reading.code.canonical if reading.code else type(reading.refusal).__name__ for reading in read_all(text)]


def test_a_paste_keeps_order_lines_and_refusals():
    readings = read_all(f"{GTIN}\n\n  {DRUG}\r\n6901234567893\r鲁A12345\n")
    assert [reading.line for reading in readings] == [1, 3, 4, 5]
    assert [reading.code.family if reading.code else None for reading in readings] == ["gtin", "drug", None, "opaque"]
    assert readings[2].refusal.where == "01"
    assert readings[2].refusal.detail_zh


def test_duplicates_are_named_however_they_are_spelled():
    readings = read_all(f"{DRUG}\n{GTIN}\nhttps://a.example/01/06901234567892\n(01)06901234567892")
    assert [reading.same_as for reading in readings] == [None, None, 1, 1]


@pytest.mark.parametrize("between", [" ", "\t", ",", ", ", ";", "，", "；", "、", "\u3000"])
def test_codes_side_by_side_are_parted(between):
    readings = read_all(between.join([GTIN, DRUG, GTIN]))
    assert [reading.code.text for reading in readings] == [GTIN, DRUG, GTIN]
    assert [reading.line for reading in readings] == [1, 1, 1]


@pytest.mark.parametrize("between", [" ", ",", "\t", "。 "])
def test_one_bad_code_leaves_the_others_right(between):
    good, bad = read_all(f"{GTIN}{between}6901234567893")
    assert good.code.gtin == "06901234567892"
    assert isinstance(bad.refusal, BadCheckDigit)
    assert bad.text == "6901234567893"


def test_codes_parted_by_slashes_and_bars():
    for text in (f"{GTIN}/{DRUG}", f"{GTIN}|{DRUG}", f"{GTIN} / {DRUG}。"):
        assert [reading.code.text for reading in read_all(text)] == [GTIN, DRUG]


def test_of_a_pasted_table_the_codes_are_taken():
    readings = read_all(f"品名\t条码\t日期\n鸡蛋\t{GTIN}\t20260501\n药\t{DRUG}\t{GTIN}\n鸭蛋\t6901234567893\n")
    assert [reading.line for reading in readings] == [1, 2, 3, 3, 4]
    assert [reading.code.text if reading.code else None for reading in readings] == [None, GTIN, DRUG, GTIN, None]
    assert all(mend.COLUMNS in reading.code.mended for reading in readings if reading.code)
    assert [type(readings[n].refusal) for n in (0, 4)] == [Unreadable, BadCheckDigit]


def test_a_pasted_table_of_codes_alone_drops_nothing():
    assert [reading.code.mended for reading in read_all(f"{GTIN}\t{DRUG}")] == [(), ()]


@pytest.mark.parametrize("text", ["11010519491231002X", f"{GTIN},11010519491231002X", "张三\t11010519491231002X"])
def test_an_identity_number_is_not_repeated(text):
    [reading] = [reading for reading in read_all(text) if reading.refusal]
    assert isinstance(reading.refusal, PersonalNumber)
    assert reading.text == "…"
    assert "11010519491231002X" not in f"{reading!r}{reading.refusal.__context__!r}"


@pytest.mark.parametrize("text", [f"UDI-DI{DI}\nUDI-PI{PI}", f"UDI-PI：{PI}\n{DI}"])
def test_halves_of_a_device_may_be_labelled(text):
    [reading] = read_all(text)
    assert (reading.joined, reading.code.lot) == (2, "L1")
    assert mend.LABEL in reading.code.mended


@pytest.mark.parametrize(
    "text",
    [
        "no code at all",
        f"box {GTIN}",
        "690 1234 5678 92",
        "(01) 06901234567892 (10) L1",
        "010690123456789221A,96385074",  # a comma may stand in a serial number
        "https://a.example/x?next=https://b.example/y",
    ],
)
def test_one_thing_stays_one(text):
    assert len(read_all(text)) == 1
    assert read_all(text)[0].text == text


def test_scans_run_together_are_parted_at_their_symbology_identifiers():
    assert uris(f"]C100369012340000000017]C1{DI[1:3]}06901234567892]E06924561884074") == [
        "https://id.gs1.org/00/369012340000000017",
        "https://id.gs1.org/01/06901234567892",
        "https://id.gs1.org/01/06924561884074",
    ]


def test_links_are_parted_before_each_other():
    link = "https://id.gs1.org/01/06901234567892"
    for text in (f"{link}/21/A {link}/21/B", f"{link}/21/A,{link}/21/B", f"]Q1{link}/21/A]Q1{link}/21/B"):
        assert uris(text) == [f"{link}/21/A", f"{link}/21/B"]


def test_a_case_label_stays_two_codes():
    assert len(read_all("(00)369012340000000017\n(01)06901234567892(10)L1")) == 2


def test_a_logistic_label_tells_its_content_from_its_second_symbol():
    [reading] = read_all("]C100369012340000000017]C102069012345678923712")
    assert (reading.code.family, reading.code.gtin, reading.code.count) == ("sscc", "06901234567892", 12)


def test_a_composite_is_one_code():
    [reading] = read_all("]E06901234567892|]e01727013110L1")
    assert (reading.code.canonical, reading.joined) == ("https://id.gs1.org/01/06901234567892/10/L1", 2)


@pytest.mark.parametrize("text", [f"{DI}\n{PI}", f"{PI}\n{DI}", f"{GTIN}\n{PI}", "]d20106901234567892]d21727013110L1"])
def test_a_device_in_two_symbols_is_one_code(text):
    [reading] = read_all(text)
    assert reading.code.canonical == "https://id.gs1.org/01/06901234567892/10/L1"
    assert str(reading.code.expiry) == "2027-01-31"
    assert (reading.joined, reading.line, reading.text.count("\n")) == (2, 1, 1)


def test_a_device_in_three_symbols():
    [reading] = read_all(f"{DI}\n{PI}\n(21)A(1")
    assert (reading.joined, reading.code.serial, reading.code.lot) == (3, "A(1", "L1")
    assert parse(reading.code.text).canonical == reading.code.canonical


@pytest.mark.parametrize("swap", [False, True])
def test_devices_in_a_row_find_their_own_halves(swap):
    pairs = [(PI, DI), (OTHER_PI, OTHER_DI)] if swap else [(DI, PI), (OTHER_DI, OTHER_PI)]
    assert uris("\n".join(half for pair in pairs for half in pair)) == [
        "https://id.gs1.org/01/06901234567892/10/L1",
        "https://id.gs1.org/01/06924561884074/10/L2",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{DI}\n{PI}\n{OTHER_DI}",  # of which of the two?
        f"{DI}(10)L9\n{PI}",  # contradicts
        f"{DI}\n{DRUG}\n{PI}",  # not beside it
        PI,
    ],
)
def test_half_a_device_that_fits_none_or_two_stays_refused(text):
    readings = read_all(text)
    assert len(readings) == text.count("\n") + 1
    assert [type(reading.refusal) for reading in readings if reading.refusal] == [NoKey]


def test_too_many_are_refused_before_they_are_read():
    assert len(read_all("x\n" * MOST)) == MOST
    for text in ("x\n" * (MOST + 1), f"{GTIN} " * (MOST + 1)):
        with pytest.raises(TooManyCodes) as refused:
            read_all(text)
        assert refused.value.facts["most"] == MOST
        assert refused.value.detail_zh


codes = st.sampled_from([GTIN, DRUG, DI, OTHER_DI, "96385074", "https://id.gs1.org/00/369012340000000017", "鲁A12345"])


@given(st.lists(codes, max_size=20))
def test_a_paste_is_its_lines(lines):
    readings = read_all("\n".join(lines))
    assert [reading.code for reading in readings] == [parse(line) for line in lines]
    for at, reading in enumerate(readings):
        first = next(n for n, other in enumerate(readings) if other.code.canonical == reading.code.canonical)
        assert reading.same_as == (None if first == at else first)


@given(
    st.text() | st.lists(st.sampled_from([GTIN, DI, PI, "]C1", "]e0", " ", "\n", ",", "|", "(", "\x1d"])).map("".join)
)
def test_any_text_is_answered(text):
    for reading in read_all(text):
        assert (reading.code is None) != (reading.refusal is None)
        assert isinstance(reading.refusal, Refusal | None)
        assert not isinstance(reading.refusal, NotACode) or reading.refusal.detail_zh
