"""Rows as typed values, and every fault in words."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import pytest
from msgspec import UNSET, Meta, Struct, UnsetType

from zhuisu.codes.text import Name
from zhuisu.errors import Malformed
from zhuisu.sheets import Form, cells, convert, read, write


class Sort(StrEnum):
    drug = "drug"
    food = "food"


class Goods(Struct, frozen=True):
    code: Annotated[str, Meta(min_length=2, max_length=5)]
    name: Name = "?"
    amount: Annotated[int, Meta(ge=1, le=9)] | None = None
    made: date | None = None
    cold: bool = False
    sort: Sort | UnsetType = UNSET

    def __post_init__(self):
        if self.code == "13":
            raise ValueError("no 13 here")
        if self.code == "14":
            raise Malformed("14 is refused", detail_zh="14 被拒绝")


def test_rows_become_values_and_values_rows(columns):
    goods = [Goods("12", "蛋", 3, date(2026, 6, 1), True, Sort.food), Goods("34")]
    for form in Form:
        sheet = read(write(columns, map(cells, goods), form), columns=columns)
        assert convert(sheet, Goods) == (list(zip((row.number for row in sheet.rows), goods, strict=True)), [])


def test_cells_leave_out_what_is_absent():
    assert cells(Goods("12")) == {"code": "12", "name": "?", "cold": "false"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1,,,,", [("code", "1", "at least 2 characters", "至少 2 个字符")]),
        ("123456,,,,", [("code", "123456", "at most 5 characters", "最多 5 个字符")]),
        ("12,,1.5,,", [("amount", "1.5", "a whole number, as 12", "整数，如 12")]),
        ("12,,0,,", [("amount", "0", "1 or more", "不小于 1 的数")]),
        ("12,,10,,", [("amount", "10", "9 or less", "不大于 9 的数")]),
        (
            "12,\u202eab,,,",
            [("name", "\u202eab", "text without control or reordering characters", "一行文字，不含控制或改变显示顺序的字符")],
        ),
        ("13,,,,", [("", "", "no 13 here", "no 13 here")]),
        ("14,,,,", [("", "", "14 is refused", "14 被拒绝")]),
        (
            "1,,x,,",
            [
                ("amount", "x", "a number, as 12 or 0.5", "数字，如 12 或 0.5"),
                ("code", "1", "at least 2 characters", "至少 2 个字符"),
            ],
        ),
        (",a,,,", [("code", "", "must not be empty", "必填")]),
    ],
)  # fmt: skip
def test_each_fault_in_words(row, expected, columns):
    good, faults = convert(read(f"code,name,amount,made,cold\n{row}\n12,ok,,,\n".encode(), columns=columns), Goods)
    assert good == [(3, Goods("12", "ok"))]
    assert [(f.column, f.value, f.expected.en, f.expected.zh) for f in faults] == expected
    assert {f.row for f in faults} == {2}


class Strict(Struct):
    sort: Sort
    amount: Decimal = Decimal(1)


def test_values_of_an_enumeration_are_named_and_missing_fields_too(columns):
    plain = [column for column in columns if column.name == "amount"]
    _, faults = convert(read(b"amount\n1\n", columns=plain), Strict)
    assert [(f.column, f.expected.en) for f in faults] == [("sort", "must not be empty")]
    from zhuisu.sheets import Column

    good, faults = convert(read(b"sort,amount\ntoy,1\ndrug,2.50\n", columns=[Column("sort"), *plain]), Strict)
    assert [(f.column, f.heading, f.expected.en) for f in faults] == [("sort", "sort", "one of: drug, food")]
    assert good == [(3, Strict(Sort.drug, Decimal("2.5")))]
