r"""A file of any origin as a table: what it is, where its headings are, what each cell says.

>>> read("通用名\n鲜鸡蛋\n".encode("gb18030"), columns=[Column("name", ("通用名",))]).rows  # Chinese Excel saves so
(Row(number=2, cells={'name': '鲜鸡蛋'}),)
"""

import re
from collections.abc import Iterable, Sequence

from zhuisu.codes.text import Words
from zhuisu.sheets.cells import judge, legible, seen
from zhuisu.sheets.errors import (
    Locked,
    MissingColumns,
    NoHeadings,
    NotATable,
    OldExcel,
    RepeatedColumn,
    TooLargeTable,
    too_many_rows,
)
from zhuisu.sheets.grid import Grid, Header, find
from zhuisu.sheets.model import Column, Fault, Row, Sheet
from zhuisu.sheets.plain import decode, rows_of_csv, rows_of_json
from zhuisu.sheets.xlsx import grids

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 10_000  # filled ones below the headings

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|!--|meta|head|body|style)", re.IGNORECASE)
_KNOWN = {
    b"\x89PNG": Words("PNG 图片", "a PNG picture"),
    b"\xff\xd8\xff": Words("JPEG 图片", "a JPEG picture"),
    b"GIF8": Words("GIF 图片", "a GIF picture"),
    b"%PDF": Words("PDF 文档", "a PDF document"),
    b"Rar!": Words("RAR 压缩包", "a RAR archive"),
    b"7z\xbc\xaf": Words("7z 压缩包", "a 7z archive"),
    b"\x1f\x8b": Words("gzip 压缩包", "a gzip archive"),
}


def read(
    body: bytes, *, media_type: str = "", name: str = "", columns: Sequence[Column], most_rows: int = MOST_ROWS
) -> Sheet:
    """The table in a file, with all faults of its cells.

    The bytes tell Excel from text; ``media_type`` and ``name`` only tell CSV from JSON. Of a workbook the first sheet
    with the required headings is read, hidden or not. Raises the refusals of ``sheets.errors``, nothing else.
    """
    if len(body) > MOST_BYTES:
        raise TooLargeTable(
            f"{len(body)} bytes, at most {MOST_BYTES} are read",
            mend="send it in parts",
            detail_zh=f"文件有 {len(body)} 字节，最多 {MOST_BYTES} 字节",
            mend_zh="请分批导入",
            most=MOST_BYTES,
        )
    grid, header = _headed(_grids(body, f"{media_type} {name}".lower(), columns, most_rows), columns)
    return _sheet(grid, header, columns, most_rows)


def _grids(body: bytes, hint: str, columns: Sequence[Column], most_rows: int) -> Iterable[Grid]:
    if body.startswith(b"PK"):
        return grids(body)
    _refuse_binary(body)
    text = decode(body)
    if "json" in hint or ("csv" not in hint and text.lstrip()[:1] in ("[", "{")):
        return [rows_of_json(text, most_rows)]
    return [rows_of_csv(text, columns)]


def _refuse_binary(body: bytes) -> None:
    mend = {
        "mend": "save the table as Excel workbook (.xlsx), CSV or JSON",
        "mend_zh": "请另存为 Excel 工作簿（.xlsx）、CSV 或 JSON",
    }
    if body.startswith(_OLE) and _ENCRYPTED in body:
        raise Locked(
            "the workbook is protected by a password",
            mend="take the password away and save it again",
            detail_zh="工作簿设有密码",
            mend_zh="请取消密码后重新保存",
        )
    if body.startswith(_OLE):
        raise OldExcel(
            "this is an Excel 97-2003 workbook (.xls) or another old Office document",
            detail_zh="这是 Excel 97-2003 工作簿（.xls）或其他旧版 Office 文档",
            **mend,
        )
    for magic, what in _KNOWN.items():
        if body.startswith(magic):
            raise NotATable(f"this is {what.en}", detail_zh=f"这是 {what.zh}", **mend)
    if _MARKUP.match(body):
        raise NotATable(
            "this is a web page or XML, whatever its name says",
            detail_zh="这是网页或 XML 文件，与文件名的后缀无关",
            **mend,
        )
    if b"\0" in body and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotATable(
            "this is neither an Excel workbook nor text", detail_zh="既不是 Excel 工作簿，也不是文本", **mend
        )


def _headed(candidates: Iterable[Grid], columns: Sequence[Column]) -> tuple[Grid, Header]:
    """The first table with all required headings. Raises NoHeadings and what is below it for the nearest to one."""
    nearest: tuple[Grid, Header] | None = None
    for grid in candidates:
        header = find(grid, columns)
        if header is None:
            if grid.exact and len(grid.rows) == 1 and not grid.rows[0]:  # JSON without any row has no keys to show
                return grid, Header(0, {})
            continue
        if not header.missing(columns) and not header.repeated:
            return grid, header
        if nearest is None or len(header.places) > len(nearest[1].places):
            nearest = grid, header
    wanted = [column for column in columns if column.required] or list(columns)
    if nearest is None:
        raise NoHeadings(
            f"none of the first rows has the headings {_named(wanted, 1)}",
            mend="take the template, or write the headings into the first row",
            detail_zh=f"前几行中没有表头：{_named(wanted, 0)}",
            mend_zh="请使用模板，或在第一行写上列名",
        )
    grid, header = nearest
    row = grid.first + header.row
    if header.repeated:
        raise RepeatedColumn(
            f"row {row}: two headings mean {_named(header.repeated, 1)}",
            where=str(row),
            mend="delete or rename one of them",
            detail_zh=f"第 {row} 行：有两个列名都表示{_named(header.repeated, 0)}",
            mend_zh="请删除或改名其中一个",
            repeated=[column.name for column in header.repeated],
        )
    missing = header.missing(columns)
    raise MissingColumns(
        f"row {row} has no {_named(missing, 1)}",
        where=str(row),
        mend="add the columns; the template has them all",
        detail_zh=f"第 {row} 行缺少列：{_named(missing, 0)}",
        mend_zh="请补上这些列，模板中都有",
        missing=[column.name for column in missing],
    )


def _named(columns: Sequence[Column], language: int) -> str:
    titles = (column.title("en" if language else "zh") for column in columns)
    return ", ".join(titles) if language else "、".join(titles)


def _sheet(grid: Grid, header: Header, columns: Sequence[Column], most_rows: int) -> Sheet:
    """The rows below the headings, blank ones left out."""
    headings = {column.name: legible(seen(grid.rows[header.row][place])) for place, column in header.places.items()}
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, values in enumerate(grid.rows[header.row + 1 :], grid.first + header.row + 1):
        found = {place: values[place] if place < len(values) else None for place in header.places}
        if all(_blank(value) for value in found.values()):
            continue
        if len(rows) == most_rows:
            raise too_many_rows(most_rows)
        cells = {}
        for place, column in header.places.items():
            text, expected = judge(found[place], column, exact=grid.exact)
            if text:
                cells[column.name] = text
            if expected:
                faults.append(Fault(number, column.name, legible(text), expected, headings[column.name]))
        rows.append(Row(number, cells))
    return Sheet(
        columns=tuple(columns), rows=tuple(rows), faults=tuple(faults), headings=headings, unknown=header.unknown
    )


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
