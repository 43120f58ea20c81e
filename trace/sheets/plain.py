r"""CSV and JSON: text in, text out.

>>> rows_of_csv("通用名;层级\n鲜鸡蛋;1\n", columns).rows
[['通用名', '层级'], ['鲜鸡蛋', '1']]
"""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Never

import msgspec

from zhuisu.sheets.cells import legible, number
from zhuisu.sheets.errors import MOST_COLUMNS, Damaged, too_many_rows, too_wide
from zhuisu.sheets.grid import SEARCHED, Grid, find
from zhuisu.sheets.model import Column, Kind

MOST_LINES = 200_000  # blank ones counted
_DELIMITERS = ",;\t"


_MEND = {"mend": 'send [{"name": "…"}, …]', "mend_zh": '请使用 [{"name": "…"}, …] 的形式'}


def decode(body: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark (Excel's "Unicode text") or GB18030 (what Chinese Excel saves CSV in)."""
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as error:
            last = error
    raise Damaged(
        f"byte {last.start + 1} is neither UTF-8 nor GB18030",
        mend="save the table as Excel workbook (.xlsx), or as CSV UTF-8",
        detail_zh=f"第 {last.start + 1} 字节既不是 UTF-8 也不是 GB18030",
        mend_zh="请另存为 Excel 工作簿（.xlsx）或 CSV UTF-8",
        position=last.start + 1,
    )


def rows_of_csv(text: str, columns: Sequence[Column]) -> Grid:
    """The rows of CSV (RFC 4180), parted by whichever of comma, semicolon and tab shows the most known headings."""

    def headings(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            header = find(Grid(rows=list(islice(reader, SEARCHED))), columns)
        except csv.Error:
            return -1
        return len(header.places) if header else 0

    best = max(_DELIMITERS, key=headings)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=best, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if any(row[MOST_COLUMNS:]):
                raise too_wide()
            if len(rows) == MOST_LINES:
                raise too_many_rows(MOST_LINES)
            rows.append(row[:MOST_COLUMNS])
    except csv.Error as error:
        raise Damaged(
            f"line {reader.line_num}: a quotation mark is not closed or stands in a wrong place, or a cell is too long",
            where=str(reader.line_num),
            detail_zh=f"第 {reader.line_num} 行：引号未闭合或位置错误，或单元格过长",
            line=reader.line_num,
        ) from error
    return Grid(rows=rows)


def rows_of_json(text: str, most_rows: int) -> Grid:
    """The rows of a JSON array of objects; numbers as they are written, however long."""
    try:
        items = json.loads(
            text, parse_int=str, parse_float=str, parse_constant=_no_number, object_pairs_hook=_without_repeats
        )
    except json.JSONDecodeError as error:
        raise Damaged(
            f"JSON breaks off at line {error.lineno}, column {error.colno}",
            detail_zh=f"JSON 在第 {error.lineno} 行第 {error.colno} 列出错",
            line=error.lineno,
            **_MEND,
        ) from error
    except RecursionError:
        raise Damaged("the JSON is nested too deeply", **_MEND, detail_zh="JSON 嵌套过深") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Damaged(
            "the JSON is no array of objects",
            detail_zh="JSON 不是对象数组",
            **_MEND,
        )
    if len(items) > most_rows:
        raise too_many_rows(most_rows)
    keys = list(dict.fromkeys(key for item in items for key in item))
    if len(keys) > MOST_COLUMNS:
        raise too_wide()
    return Grid(rows=[keys, *([item.get(key) for key in keys] for item in items)], first=0, exact=True)


def as_csv(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """CSV with the mark by which Excel knows UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def as_json(columns: Sequence[Column], rows: Iterable[Mapping[str, str]], *, blank: bool = False) -> bytes:
    """A JSON array with one object a line; numbers and flags as such, empty cells only where ``blank``."""
    lines = (
        msgspec.json.encode({c.name: _in_json(row[c.name], c.kind) for c in columns if blank or row.get(c.name)})
        for row in rows
    )
    return b"[\n" + b",\n".join(lines) + b"\n]\n"


def _in_json(text: str, kind: Kind) -> object:
    match kind:
        case Kind.number if text and text == number(text):
            return msgspec.Raw(text.encode())
        case Kind.flag if text in ("true", "false"):
            return text == "true"
        case _:
            return text


def _no_number(name: str) -> Never:
    raise Damaged(f"{name} is no JSON", **_MEND, detail_zh=f"{name} 不是 JSON 的值")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        name = legible(Counter(name for name, _ in pairs).most_common(1)[0][0])
        raise Damaged(f"an object has the member {name} twice", detail_zh=f"同一对象中成员 {name} 重复", **_MEND)
    return members
