"""What is read, and how each cell is told."""

import io
import json
from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from zhuisu.sheets import Column, Form, Kind, bad_rows, read, told
from zhuisu.sheets.errors import MissingColumns, NoHeadings, RepeatedColumn


def book(*sheets):
    """A workbook with these sheets of rows, each value written as Excel would."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as made:
        for rows in sheets:
            sheet = made.add_worksheet()
            for line, row in enumerate(rows):
                for place, value in enumerate(row):
                    sheet.write(line, place, value)
    return out.getvalue()


def cells(sheet):
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding, delimiter, columns):
    body = f"商品编码{delimiter}通用名\r\n1{delimiter}甲型肝炎灭活疫苗\r\n".encode(encoding)
    assert cells(read(body, columns=columns)) == [{"code": "1", "name": "甲型肝炎灭活疫苗"}]


@pytest.mark.parametrize(
    "heading",
    ["商品编码", " 商品 编码＊", "商品编码*", "CODE", "ｃｏｄｅ", "Code:", "code", "商品编码：", "商品\n编码"],
)
def test_headings_are_matched_as_people_write_them(heading, columns):
    assert cells(read(book([[heading], ["1"]]), columns=columns)) == [{"code": "1"}]


def test_titles_above_blank_rows_and_unknown_columns(columns):
    body = "2026 年产品目录\n\n商品编码,备注,品名\n,,\n1,x,蛋\n\n2,y,\n".encode()
    sheet = read(body, columns=columns)
    assert [(row.number, row.cells) for row in sheet.rows] == [(5, {"code": "1", "name": "蛋"}), (7, {"code": "2"})]
    assert sheet.unknown == ("备注",)


def test_headings_below_the_tenth_row_are_not_found(columns):
    with pytest.raises(NoHeadings):
        read(b"title\n" * 10 + b"code\n1\n", columns=columns)


def test_the_first_sheet_with_the_headings_is_read(columns):
    body = book([["说明"]], [["品名"], ["no code here"]], [["", "编"], ["", "商品编码"], ["", "7"]])
    sheet = read(body, columns=columns)
    assert [(row.number, row.cells) for row in sheet.rows] == [(3, {"code": "7"})]


def test_missing_and_repeated_columns_are_named(columns):
    with pytest.raises(MissingColumns) as missing:
        read("通用名,数量\n蛋,1\n".encode(), columns=columns)
    assert missing.value.facts["missing"] == ["code"]
    assert "商品编码" in missing.value.detail_zh
    with pytest.raises(RepeatedColumn) as repeated:
        read("商品编码,品名,通用名\n1,a,b\n".encode(), columns=columns)
    assert "row 1" in repeated.value.detail
    assert repeated.value.facts["repeated"] == ["name"]


def test_values_of_excel_as_a_person_sees_them(columns):
    body = book(
        [
            ["Code", "Name", "Amount", "Made on", "Cold chain", "Category"],
            [6901234567892, 0.1 + 0.2, 12.0, date(2026, 6, 1), True, "药品"],
            [
                " 1 ",
                datetime(2026, 6, 1, 8, 30, tzinfo=UTC).replace(tzinfo=None),
                "１２．５０",
                "2026年6月1日",
                "否",
                "FOOD",
            ],
            ["2", False, -0.0, "20260601", "√", "drug"],
            ["3", 1e-7, "007", "2026/6/1", "n", "food"],
        ]
    )
    sheet = read(body, columns=columns)
    assert sheet.faults == ()
    assert cells(sheet) == [
        {"code": "6901234567892", "name": "0.3", "amount": "12", "made": "2026-06-01", "cold": "true", "sort": "drug"},
        {
            "code": "1",
            "name": "2026-06-01 08:30:00",
            "amount": "12.5",
            "made": "2026-06-01",
            "cold": "false",
            "sort": "food",
        },
        {"code": "2", "name": "false", "amount": "0", "made": "2026-06-01", "cold": "true", "sort": "drug"},
        {"code": "3", "name": "0.0000001", "amount": "7", "made": "2026-06-01", "cold": "false", "sort": "food"},
    ]


def test_what_excel_destroyed_is_told(columns):
    sheet = read(
        book([["Code"], [80200000000000000001], ["8.02E+19"], ["'8.02E+19"], [999_999_999_999_999]]), columns=columns
    )
    assert [(fault.row, fault.value) for fault in sheet.faults] == [(2, "80200000000000000000"), (3, "8.02E+19")]
    assert all("column as text" in fault.expected.en and "“文本”" in fault.expected.zh for fault in sheet.faults)
    assert cells(sheet)[2:] == [{"code": "8.02E+19"}, {"code": "999999999999999"}]
    assert len(read(b"code\n8.02E+19\n", columns=columns).faults) == 1


def test_an_error_of_a_formula_is_a_fault_and_not_an_empty_cell(columns):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Code", "Name"])
        sheet.write_string(1, 0, "1")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    (fault,) = read(out.getvalue(), columns=columns).faults
    assert (fault.row, fault.column, fault.heading, fault.value) == (2, "name", "Name", "#DIV/0!")


def test_all_faults_of_a_file_at_once(columns):
    body = (
        "商品编码,数量,生产日期,冷链,类别,品名\n,很多,2026-02-30,也许,玩具,a\x01b\n1,1,2026-06-01,是,药品,b\n".encode()
    )
    sheet = read(body, columns=columns)
    assert [(fault.row, fault.column, fault.value) for fault in sheet.faults] == [
        (2, "code", ""),
        (2, "amount", "很多"),
        (2, "made", "2026-02-30"),
        (2, "cold", "也许"),
        (2, "sort", "玩具"),
        (2, "name", "a\ufffdb"),
    ]
    assert [fault.expected.en for fault in sheet.faults][:5] == [
        "must not be empty",
        "a number, as 12 or 0.5",
        "a date that exists, as 2026-06-01",
        "yes or no",
        "one of: Drug, Food",
    ]
    assert sheet.faults[4].expected.zh == "其中之一：药品、食品"
    assert cells(sheet)[0]["amount"] == "很多"
    first, more = told(sheet.faults * 300)
    assert (len(first), more) == (1000, 800)


@pytest.mark.parametrize("form", Form)
def test_bad_rows_come_back_with_their_faults_and_are_found_faulty_again(form, columns):
    body = b"code,amount,name\n1,x,ok\n2,3,good\n8.02E+19,1,=bad\n"
    sheet = read(body, columns=columns)
    back = bad_rows(sheet, sheet.faults, form, "en")
    again = read(back, columns=columns)
    assert cells(again) == [sheet.rows[0].cells, sheet.rows[2].cells]
    assert again.unknown == (("faults",) if form is Form.json else ())
    if form is Form.csv:
        assert "Row 2 Amount: a number, as 12 or 0.5" in back.decode()
        assert "\r\n8.02E+19,'=bad," in back.decode()
    if form is not Form.json:
        assert [(fault.column, fault.value) for fault in again.faults] == [("amount", "x"), ("code", "8.02E+19")]


@pytest.mark.parametrize("form", Form)
def test_a_cell_too_long_comes_back_cut(form, columns):
    sheet = read(b"code\n" + b"=" * 40_000 + b"\n", columns=columns)
    assert [fault.expected.en for fault in sheet.faults] == ["at most 32767 characters"]
    (row,) = read(bad_rows(sheet, sheet.faults, form), columns=columns).rows
    assert row.cells["code"] == "=" * 32_766


def test_json_keeps_numbers_as_they_are_written(columns):
    body = b'[{"code": 80200000000000000001, "amount": 12.50, "cold": true}, {"code": "8.02E+19", "name": null}]'
    sheet = read(body, columns=columns)
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, {"code": "80200000000000000001", "amount": "12.5", "cold": "true"}),
        (2, {"code": "8.02E+19"}),
    ]
    assert sheet.faults == ()


def test_json_with_nested_values_half_characters_and_no_rows(columns):
    sheet = read(json.dumps([{"code": [1], "name": {}}, {"code": "\ud800"}]).encode(), columns=columns)
    assert [(fault.row, fault.column) for fault in sheet.faults] == [(1, "code"), (1, "name"), (2, "code")]
    assert sheet.faults[2].value == "\ufffd"
    assert read(b"[]", columns=columns).rows == ()


def test_a_column_without_titles_is_found_by_its_name():
    sheet = read(b"drug_id\n1.0\n", columns=[Column("drug_id", kind=Kind.number)])
    assert cells(sheet) == [{"drug_id": "1"}]
