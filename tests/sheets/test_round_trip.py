"""What is written is read back, whatever a cell holds."""

import csv
import io
import re
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.sheets.conftest import COLUMNS
from zhuisu.sheets import Form, read, template, write

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")),
    st.text("'=+-@＝＋－＠#\"',;\t\n", max_size=8),
    st.text("0123456789", min_size=1, max_size=24),
    st.sampled_from(["=1+1", "'=1+1", "''-2", "+8613800138000", "@SUM(A1)", "8.02E+19", "'8.02E+19", "#N/A", "'#REF!"]),
    st.sampled_from(
        ["80200000000000000001", "007", "_x0041_", "甲型肝炎灭活疫苗", 'a"b', "x,y;z", "l1\nl2", "TRUE", "-", "1E5"]
    ),
).map(
    lambda text: (
        text.strip(" \t\r\n\f\v\u0085\u00a0\u2028\u2029\u3000\ufeff\u200b").replace("\r\n", "\n").replace("\r", "\n")
    )
)
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-(10**6), 10**6, places=3).map(lambda d: format(d.normalize(), "f")).filter(lambda t: t != "-0"),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"code": TEXTS.filter(bool)},
        optional={
            "name": TEXTS.filter(bool),
            "amount": NUMBERS,
            "made": st.dates().map(str),
            "cold": st.sampled_from(["true", "false"]),
            "sort": st.sampled_from(["drug", "food"]),
        },
    ),
    max_size=5,
)


@pytest.mark.parametrize("form", Form)
@given(rows=ROWS, language=st.sampled_from(["zh", "en"]))
@example(rows=[{"code": "'=1"}, {"code": "=1"}, {"code": "''=1"}, {"code": "＝1"}, {"code": "'"}], language="zh")
@settings(deadline=None, max_examples=150)
def test_export_then_import_is_the_identity(form, rows, language):
    sheet = read(write(COLUMNS, rows, form, language), columns=COLUMNS, name=f"x.{form}")
    assert [row.cells for row in sheet.rows] == rows
    assert sheet.faults == ()
    assert sheet.unknown == ()


@pytest.mark.parametrize("form", Form)
def test_the_same_table_gives_the_same_bytes(form):
    rows = [{"code": "1", "name": "鲜鸡蛋"}]
    assert write(COLUMNS, rows, form) == write(COLUMNS, rows, form)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@A1", "＝1+1", "'=1"])
def test_csv_never_begins_a_cell_with_a_formula(text):
    body = write(COLUMNS, [{"code": text}], Form.csv).decode("utf-8-sig")
    cell = list(csv.reader(io.StringIO(body)))[1][0]
    assert cell == "'" + text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@A1", "＝1+1"])
def test_xlsx_holds_formulas_as_text_that_stays_text(text):
    with zipfile.ZipFile(io.BytesIO(write(COLUMNS, [{"code": text}], Form.xlsx))) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        styles = packed.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    style = int(re.search(r'<c r="A2" s="(\d+)" t="s">', sheet)[1])
    formats = re.findall(r"<xf .*?(?:/>|</xf>)", styles.partition("<cellXfs")[2])
    assert 'quotePrefix="1"' in formats[style]
    assert 'numFmtId="49"' in formats[style]  # 49 is "@", text (ISO/IEC 29500-1 18.8.30)


def test_a_long_number_is_text_in_excel_and_a_short_one_a_number():
    body = write(
        COLUMNS, [{"code": "1", "amount": "123456789012345"}, {"code": "2", "amount": "1234567890123456"}], Form.xlsx
    )
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<c r="C2"[^>]*><v>123456789012345</v>', sheet)
    assert re.search(r'<c r="C3"[^>]* t="s">', sheet)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", Form)
def test_a_template_is_an_empty_table(form, language, columns):
    sheet = read(template(columns, form, language), columns=columns)
    assert sheet.rows == ()
    assert sheet.unknown == ()
    assert set(sheet.headings) == {column.name for column in columns}


def test_the_template_explains_each_column(columns):
    with zipfile.ZipFile(io.BytesIO(template(columns, Form.xlsx))) as packed:
        words = packed.read("xl/sharedStrings.xml").decode()
        book = packed.read("xl/workbook.xml").decode()
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "商品编码*" in words
    assert "GTIN or drug product id" in words
    assert "条码或药品标识码" in words
    assert "说明 Notes" in book
    assert 'state="frozen"' in sheet
    assert '"药品,食品"' in sheet.replace("&quot;", '"')
