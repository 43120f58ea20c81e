"""Sheets of products: what is written is read again, and every fault is found at once."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.products.conftest import gtin, uri
from zhuisu import sheets
from zhuisu.codes.checksum import check_digit
from zhuisu.products import sheet
from zhuisu.products.model import Category, Product, checked
from zhuisu.sheets import Form

HEADING = "商品编码,通用名,规格,包装级别,包装数量,下级商品编码,类别,本位码\n"


def read(text):
    return sheet.understood(sheets.read(text.encode(), columns=sheet.COLUMNS))


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)
GTINS = st.integers(6_000_000_000_00, 6_999_999_999_99).map(lambda n: f"{n:013}" + check_digit(f"{n:013}"))
DRUGS = st.integers(0, 10**6 - 1).map(lambda n: f"8{n:06}")
CODES = st.one_of(GTINS.map(lambda digits: f"(01){digits}"), DRUGS, st.just("MA.156.M0.100472.1110331"))


@st.composite
def products(draw):
    contains = draw(st.none() | st.integers(1, 1_000_000))
    code = draw(CODES)
    optional = {name: draw(TEXTS | st.just("")) for name in ("name_en", "form", "maker", "approval", "unit")}
    return checked(
        Product(
            code=code,
            name=draw(TEXTS),
            specification=draw(TEXTS | st.just("")),
            standard_code=draw(st.sampled_from(["", "86904879000126"])),
            level=draw(st.none() | st.integers(1, 3)),
            contains=contains,
            below=draw(CODES.filter(lambda other: other != code) | st.just("")) if contains else "",
            category=draw(st.sampled_from(Category)),
            **optional,
        )
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(products(), min_size=1, max_size=3, unique_by=lambda each: each.code), st.sampled_from(Form))
def test_what_is_exported_is_imported_as_it_was(many, form):
    table = sheet.understood(sheets.read(sheet.written(many, form), columns=sheet.COLUMNS))
    assert table.faults == ()
    assert [line.product for line in table.lines] == many


def test_every_fault_of_every_row_is_found_at_once():
    table = read(
        HEADING
        + f"{gtin(1)[:-1]}x,,0.5 ml,4,0,{gtin(2)},玩具,123\n"
        + f"{gtin(2)},鸡蛋,,1,,,禽蛋,\n"
        + f"{gtin(3)},蛋,,,,{gtin(2)},,\n"
    )
    assert {(fault.row, fault.column) for fault in table.faults} == {
        *((2, column) for column in ("code", "name", "level", "contains", "category", "standard_code")),
        (4, "contains"),
    }
    assert all(fault.expected.zh and fault.expected.en for fault in table.faults)
    assert [line.product.code for line in table.lines] == [uri(2)]
    assert table.lines[0].product.category is Category.egg


def test_a_fault_says_what_is_wrong_and_what_belongs_there():
    table = read(HEADING + f"{gtin(1)[:-1]}x,,,7,,,,\n")
    told = {fault.column: (fault.reason, fault.expected, fault.heading) for fault in table.faults}
    notes = {column.name: column.note for column in sheet.COLUMNS}
    assert {name: expected for name, (_, expected, _) in told.items()} == {name: notes[name] for name in told}
    assert told["name"][0] == sheets.FILLED
    assert told["code"][0].zh != told["code"][1].zh
    assert told["code"][2] == "商品编码"


def test_the_number_of_a_person_is_in_no_fault():
    number = "11010519491231002X"
    table = read(HEADING + f"{number},蛋,,{number},,{number},{number},{number}\n")
    assert {fault.column for fault in table.faults} == {"code", "level", "below", "category", "standard_code"}
    assert number not in repr(table.faults)
    assert {fault.value for fault in table.faults} == {""}


def test_a_product_is_said_once_or_twice_the_same():
    table = read(HEADING + f"{gtin(1)},蛋,,,,,,\n(01){gtin(1)}(21)7,蛋,,,,,,\n{gtin(1)},鸡蛋,,,,,,\n")
    assert (len(table.lines), table.repeated) == (1, 1)
    assert [(fault.row, fault.column) for fault in table.faults] == [(4, "code")]
    assert "2" in table.faults[0].expected.zh
    assert "2" in table.faults[0].reason.zh


@pytest.mark.parametrize("form", Form)
def test_bad_rows_come_back_with_what_is_wrong_and_can_be_mended_and_sent(form):
    table = read(HEADING + f"{gtin(1)},蛋,,9,,,,\n{gtin(2)},好蛋,,1,,,,\n")
    again = sheets.read(sheet.bad_rows(table, form), columns=sheet.COLUMNS)
    assert [row.cells for row in again.rows] == [table.sheet.rows[0].cells]
    assert set(again.unknown) <= {"faults"}
    assert [(fault.column, fault.value) for fault in sheet.understood(again).faults] == [("level", "9")]


def test_the_template_takes_what_its_examples_show():
    filled = {column.name: column.example for column in sheet.COLUMNS if column.example}
    table = sheet.understood(sheets.read(sheets.write(sheet.COLUMNS, [filled], Form.xlsx), columns=sheet.COLUMNS))
    assert table.faults == ()
    assert table.lines[0].product.category is Category.egg


def test_columns_are_the_fields_of_a_product():
    assert [column.name for column in sheet.COLUMNS] == list(Product.__struct_fields__)
