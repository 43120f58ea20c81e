"""What is no table, too much of one, or broken, is refused in words of ours in both languages, and nothing else."""

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sheets.conftest import COLUMNS
from zhuisu.errors import Refusal
from zhuisu.sheets import MOST_BYTES, Form, Sheet, read, write
from zhuisu.sheets.errors import Damaged, Locked, NoHeadings, NotATable, OldExcel, TooLargeTable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOK = write(
    COLUMNS, [{"code": f"{n:020}", "name": "蛋", "amount": str(n), "cold": "true"} for n in range(30)], Form.xlsx
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def changed(**parts):
    """The workbook with members replaced (``worksheets/sheet1.xml`` is ``sheet1``), packed well."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            short = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, parts.get(short, old.read(name)))
    return out.getvalue()


def sheet_of(rows):
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


def archive(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), NotATable, "a PNG picture"),
        (b"%PDF-1.7", NotATable, "a PDF document"),
        (b"\x7fELF" + bytes(20), NotATable, "neither an Excel workbook nor text"),
        (b"<html><table><tr><td>code</td></tr></table></html>", NotATable, "web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', NotATable, "web page or XML"),
        (archive("a.txt"), NotATable, "a zip archive"),
        (archive("word/document.xml"), NotATable, "a document"),
        (archive("xl/workbook.bin"), OldExcel, ".xlsb"),
        (OLE + bytes(600), OldExcel, ".xls"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), Locked, "password"),
        (BOOK[:3000], Damaged, "cannot be opened"),
        (b"PK\x03\x04", Damaged, "cannot be opened"),
        (archive("xl/workbook.xml"), Damaged, "cannot be opened"),
        (b"code\n\xff\xff\n", Damaged, "byte 6"),
        (b'code\n"1\n', Damaged, "line 2"),
        (b'[{"code": 1}, {"code": }]', Damaged, "line 1, column 24"),
        (b'[{"code": NaN}]', Damaged, "NaN"),
        (b'[{"code": 1, "code": 2}]', Damaged, "code twice"),
        (b'{"code": 1}', Damaged, "no array"),
        (b"[" * 100_000, Damaged, "nested"),
        (b"", NoHeadings, "Code"),
        (b"a,b\n1,2\n", NoHeadings, "Code"),
        (bytes(MOST_BYTES + 1), TooLargeTable, "bytes"),
    ],
    ids=lambda value: repr(value[:9]) if isinstance(value, bytes) else "",
)
def test_refused_by_name(body, kind, said):
    with pytest.raises(kind) as refused:
        read(body, columns=COLUMNS)
    assert type(refused.value) is kind
    assert said in refused.value.detail
    assert refused.value.detail_zh
    assert bool(refused.value.mend) == bool(refused.value.mend_zh)


def test_more_rows_than_allowed():
    body = b"code\n" + b"1\n" * 11
    assert len(read(body, columns=COLUMNS, most_rows=11).rows) == 11
    with pytest.raises(TooLargeTable, match="more than 10 rows"):
        read(body, columns=COLUMNS, most_rows=10)
    with pytest.raises(TooLargeTable):
        read(b"[" + b",".join([b'{"code":1}'] * 11) + b"]", columns=COLUMNS, most_rows=10)


def test_endless_blank_lines_and_endless_columns():
    with pytest.raises(TooLargeTable, match="rows"):
        read(b"code\n" + b"\n" * 300_000, columns=COLUMNS)
    with pytest.raises(TooLargeTable, match="columns"):
        read(b"code" + b",x" * 300 + b"\n", columns=COLUMNS)
    assert read(b"code" + b"," * 300 + b"\n1" + b"," * 300 + b"\n", columns=COLUMNS).rows[0].cells == {"code": "1"}


def test_more_members_than_a_table_has_columns():
    with pytest.raises(TooLargeTable):
        read(b"[{" + b",".join(b'"k%d":1' % n for n in range(300)) + b"}]", columns=COLUMNS)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(changed(theme1=b" " * 10, sheet1=b" " * 80_000_000), id="unpacks to 80 MB"),
        pytest.param(changed(sheet1=b" " * 8_000_000), id="1000:1"),
        pytest.param(changed(sheet1=sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), id="corners"),
        pytest.param(changed(sheet1=sheet_of("<row>" + "<c><v>1</v></c>" * 400 + "</row>" + "<row/>" * 50_000 + "<row><c><v>1</v></c></row>")), id="corners without addresses"),
        pytest.param(changed(sharedStrings=f"<sst {MAIN}><si><t>{'x' * 1_000_000}</t></si></sst>", sheet1=sheet_of("".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 1001)))), id="one long text a thousand times"),
    ],
)  # fmt: skip
def test_bombs_are_refused_before_they_go_off(body):
    with pytest.raises(TooLargeTable):
        read(body, columns=COLUMNS)


def test_a_member_that_lies_about_its_size_is_damaged():
    honest = changed(sheet1=b" " * 3_000_000)
    assert honest.count((3_000_000).to_bytes(4, "little")) == 2
    with pytest.raises(Damaged):
        read(honest.replace((3_000_000).to_bytes(4, "little"), (300).to_bytes(4, "little")), columns=COLUMNS)


def answers(body):
    """The sheet, or None when it was refused; anything else is the test's failure."""
    try:
        sheet = read(body, columns=COLUMNS)
    except Refusal as refused:
        said = refused.detail_zh
        sheet = None
    assert said if sheet is None else isinstance(sheet, Sheet)
    return sheet


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"PK\x03\x04" + tail))
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_read_or_refused(body):
    answers(body)


@given(st.text(st.sampled_from('code,;\t\n"[]{}:1\ud7ff商品编码'), max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused(text):
    answers(text.encode())


def mutated(data, random_):
    """``data`` with a few bytes changed, a stretch cut or doubled."""
    data = bytearray(data)
    for _ in range(random_.randint(1, 6)):
        at, size = random_.randrange(len(data)), random_.randint(1, 40)
        match random_.randrange(4):
            case 0:
                data[at] = random_.randrange(256)
            case 1:
                del data[at : at + size]
            case 2:
                data[at:at] = data[at : at + size]
            case 3:
                data[at:at] = random_.choice(
                    [b'"', b"<", b">", b"&", b"9999999999", b"-1", b"</c>", b"<row>", b'r="A0"', b't="s"']
                )
    return bytes(data)


def test_mutated_workbooks_are_read_or_refused(fuzz_rounds):
    with zipfile.ZipFile(io.BytesIO(BOOK)) as packed:
        parts = {
            name.rpartition("/")[2].partition(".")[0]: packed.read(name)
            for name in packed.namelist()
            if name.startswith("xl/")
        }
    random_ = random.Random(3)
    kept = 0
    for _ in range(fuzz_rounds):
        kept += answers(mutated(BOOK, random_)) is not None
        part = random_.choice(list(parts))
        kept += answers(changed(**{part: mutated(parts[part], random_)})) is not None
    assert kept > fuzz_rounds / 10  # the mutants are not all dead on arrival
