"""Excel workbooks: unpacked within limits before a reader sees them, written so that Excel leaves text alone.

A file is hostile until shown otherwise: it may unpack to a thousand times its size, hide one member behind another, or
place two cells at the corners of a sheet so that a dense reader takes all memory. Hence calamine gets a copy that holds
the XML parts alone, as ``zipfile`` unpacked and checked them, and only when the cells lie close enough together.

>>> [grid.rows for grid in grids(workbook)]
[[['通用名', '层级'], ['鲜鸡蛋', 1.0]]]
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import python_calamine
import xlsxwriter

from zhuisu.errors import Refusal
from zhuisu.sheets.cells import DIGITS, RUN, number, seen, shown
from zhuisu.sheets.errors import MOST_COLUMNS, Damaged, NotATable, OldExcel, TooLargeTable, too_wide
from zhuisu.sheets.grid import Grid
from zhuisu.sheets.model import Column, Kind, Language

MOST_UNPACKED = 64 * 1024 * 1024  # bytes of XML: some 100 000 rows of ten columns
MOST_RATIO = 200  # a sheet of equal rows packs 50:1, a bomb 1000:1
_SMALL = 4 * 1024 * 1024  # unpacked, below which the ratio does not matter
_MOST_CELLS = 6_000_000  # rows times columns, 32 bytes each in the reader; both are counted twice in ordinary sheets
_MOST_TAGS = 1_100_000  # rows, cells or texts in one part; Excel has 1 048 576 rows
_MOST_SHEETS = 16  # that are searched for the headings

_PARTS = re.compile(
    r"\[Content_Types\]\.xml|(?:_rels/|xl/(?!media/|theme/|drawings/|charts/)).*\.(?:xml|rels)", re.IGNORECASE
)
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v[\s/>]")
_INDEX = re.compile(rb"<(?:[\w.-]+:)?v>([0-9]+)<")
_STRING = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*(?P<column>[A-Za-z]*)(?P<row>[0-9]+)""")
_ERROR_TYPE = re.compile(rb"""(\st\s*=\s*)["']e["']""")

_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)  # the file's own date: the same table gives the same bytes
_NOTES = (("列 Column", 24), ("必填 Required", 14), ("说明", 50), ("Note", 50), ("示例 Example", 30))
_TEXT = 49  # the built-in format "@" (ISO/IEC 29500-1 18.8.30)
_LAST_ROW = 1_048_575
_LONGEST_LIST = 255


def grids(body: bytes) -> Iterator[Grid]:
    """The worksheets of a workbook in their order. Raises Damaged, NotATable, OldExcel, TooLargeTable, nothing else."""
    with _ours():
        book = python_calamine.load_workbook(io.BytesIO(_repacked(body)))
        metadata = book.sheets_metadata
    worksheets = (sheet for sheet in metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet)
    for sheet in itertools.islice(worksheets, _MOST_SHEETS):
        with _ours():
            rows: list[list[object]] = [list(row) for row in book.get_sheet_by_name(sheet.name).iter_rows()]
        yield Grid(rows=rows)


@contextmanager
def _ours() -> Iterator[None]:
    """Whatever zipfile, zlib and calamine raise on a damaged file, as Damaged; calamine's panics are no Exception."""
    try:
        yield
    except (Refusal, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Damaged(
            "the workbook cannot be opened",
            mend="open it in Excel or WPS and save it again as Excel workbook (.xlsx)",
            detail_zh="工作簿无法打开",
            mend_zh="请用 Excel 或 WPS 打开，重新另存为 Excel 工作簿（.xlsx）",
        ) from error


def _repacked(body: bytes) -> bytes:
    """The workbook's XML parts that hold cells, stored, nothing in them larger than it says."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as packed, zipfile.ZipFile(copy, "w") as plain:
        _check_contents(packed.namelist())
        members = {info.filename: info for info in packed.infolist() if _PARTS.fullmatch(info.filename)}
        size = sum(info.file_size for info in members.values())
        if size > MOST_UNPACKED or size > max(_SMALL, MOST_RATIO * len(body)):
            raise _unpacked(size)
        parts = {name: _part(packed, info) for name, info in members.items()}
        sizes = [size for name, part in parts.items() if "sharedstrings" in name.lower() for size in _sizes(part)]
        for name, part in parts.items():
            _check_shape(part)
            _check_strings(part, sizes)
            plain.writestr(zipfile.ZipInfo(name), _ERROR_TYPE.sub(rb'\1"str"', part))  # calamine would drop errors
    return copy.getvalue()


def _part(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # ISO/IEC 29500-2 annex B
        raise zipfile.BadZipFile
    with packed.open(info) as member:
        part = member.read(info.file_size + 1)  # a number, so that zlib unpacks no more than was declared
    if b"\0" in part:  # UTF-16: allowed, written by nobody, and the patterns here would not see into it
        raise zipfile.BadZipFile
    return part


def _check_contents(names: list[str]) -> None:
    lower = {name.lower() for name in names}
    if "xl/workbook.xml" in lower:
        return
    if "xl/workbook.bin" in lower:
        raise OldExcel(
            "this is a binary Excel workbook (.xlsb)",
            mend="save it as Excel workbook (.xlsx)",
            detail_zh="这是二进制 Excel 工作簿（.xlsb）",
            mend_zh="请另存为 Excel 工作簿（.xlsx）",
        )
    raise NotATable(
        "this is a zip archive or a document, not an Excel workbook",
        mend="save the table as Excel workbook (.xlsx), CSV or JSON",
        detail_zh="这是压缩包或其他文档，不是 Excel 工作簿",
        mend_zh="请另存为 Excel 工作簿（.xlsx）、CSV 或 JSON",
    )


def _check_shape(sheet: bytes) -> None:
    """Refuses cells that span a monstrous rectangle, which a dense reader would fill.

    A cell or row without ``r`` follows the one before it, so that counting them is part of the bound.
    """
    tall, wide = _count(_ROW, sheet), _count(_CELL, sheet)
    if wide > 1:
        wide = max(len(_CELL.findall(row)) for row in _ROW.split(sheet))
    furthest_row = furthest_column = 0
    for place in _PLACE.finditer(sheet):
        furthest_row = max(furthest_row, int(place["row"][:9]))
        furthest_column = max(furthest_column, _column(place["column"]))
    tall, wide = tall + furthest_row, wide + furthest_column
    if wide > 2 * MOST_COLUMNS or tall * wide > _MOST_CELLS:
        raise too_wide()


def _check_strings(sheet: bytes, sizes: list[int]) -> None:
    """Refuses one long text shared by very many cells, each of which would get a copy."""
    longest = max(sizes, default=0)
    cells = _count(_VALUE, sheet)
    if cells * longest <= MOST_UNPACKED:
        return
    plain = [int(value[:9]) for value in _INDEX.findall(sheet)]
    copied = sum(sizes[index] for index in plain if index < len(sizes)) + (cells - len(plain)) * longest
    if copied > MOST_UNPACKED:
        raise _unpacked(copied)


def _sizes(strings: bytes) -> list[int]:
    """The sizes of the shared strings."""
    return [len(each) for each in _STRING.split(strings)[1:]] if _count(_STRING, strings) else []


def _count(tag: re.Pattern[bytes], part: bytes) -> int:
    count = sum(1 for _ in itertools.islice(tag.finditer(part), _MOST_TAGS + 1))
    if count > _MOST_TAGS:
        raise too_wide()
    return count


def _column(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    place = 0
    for letter in letters.upper()[:4]:
        place = place * 26 + letter - 64
    return place


def _unpacked(size: int) -> TooLargeTable:
    return TooLargeTable(
        f"the workbook unpacks to {size} bytes, or to more than {MOST_RATIO} times its size",
        mend="delete empty rows, styles and further sheets",
        detail_zh=f"工作簿解压后有 {size} 字节，或超过原文件的 {MOST_RATIO} 倍",
        mend_zh="请删除空白行、样式和多余的工作表",
    )


def as_xlsx(columns: Sequence[Column], rows: Iterable[Sequence[str]], language: Language, *, notes: bool) -> bytes:
    """A workbook of one sheet with the rows' texts as they are; with ``notes`` a second one explains the columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _WRITTEN})
        head = book.add_format(
            {"bold": True, "num_format": _TEXT, "bottom": 1, "bg_color": "#EDF2F7", "text_wrap": True}
        )
        text, general = book.add_format({"num_format": _TEXT}), book.add_format()
        still = book.add_format({"num_format": _TEXT, "quote_prefix": True})  # Excel's own apostrophe: never a formula
        sheet = book.add_worksheet("数据" if language == "zh" else "Data")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, general if column.kind is Kind.number else text)
            sheet.write_string(0, place, column.heading(language), head)
            if words := [shown(value, column, language) for value in _values(column)]:
                sheet.data_validation(1, place, _LAST_ROW, place, {"validate": "list", "source": words})
        for line, cells in enumerate(rows, 1):
            for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                if column.kind is Kind.number and cell and seen(_float(cell)) == cell:
                    sheet.write_number(line, place, float(cell))
                elif cell:
                    sheet.write_string(line, place, cell, still if RUN.match(cell) else text)
        if notes:
            _explain(book, columns, language)
    return out.getvalue()


def _explain(book: xlsxwriter.Workbook, columns: Sequence[Column], language: Language) -> None:
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("说明 Notes")
    sheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(_NOTES):
        sheet.set_column(place, place, width, wrapped)
        sheet.write_string(0, place, heading, bold)
    for line, column in enumerate(columns, 1):
        titles = f"{column.title('zh')}\n{column.title('en')}"
        needed = "必填 required" if column.required else ""
        values = "\n".join(shown(value, column, language) for value in _values(column))
        for place, cell in enumerate((titles, needed, column.note.zh, column.note.en, values or column.example)):
            sheet.write_string(line, place, cell, wrapped)


def _values(column: Column) -> list[str]:
    """The only values of the column, if a list of them fits into Excel (255 characters)."""
    values = ["true", "false"] if column.kind is Kind.flag else list(column.choices)
    return values if sum(len(shown(value, column, "en")) + 1 for value in values) < _LONGEST_LIST else []


def _float(text: str) -> float | None:
    """The number, if a spreadsheet keeps all its digits."""
    return float(text) if number(text) == text and sum(map(str.isdigit, text)) <= DIGITS else None
