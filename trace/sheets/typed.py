"""Rows as typed values and back: the cells of a row are the fields of a msgspec Struct.

>>> convert(sheet, Product)
([(2, Product(name='鲜鸡蛋', level=1))], [Fault(row=3, column='level', value='9', expected=Words(zh='不大于 3', …))])
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, inspect
from msgspec.structs import FieldInfo, fields

from zhuisu.codes.text import Words
from zhuisu.errors import Refusal
from zhuisu.sheets.cells import FILLED, legible, seen
from zhuisu.sheets.model import Fault, Row, Sheet

T = TypeVar("T", bound=Struct)

_SAID: list[tuple[re.Pattern[str], Words]] = [
    (re.compile(r"Expected `str` of length >= (\S+)"), Words("至少 {} 个字符", "at least {} characters")),
    (re.compile(r"Expected `str` of length <= (\S+)"), Words("最多 {} 个字符", "at most {} characters")),
    (
        re.compile(r"matching regex '\^\(\?[=!]"),
        Words("一行文字，不含控制或改变显示顺序的字符", "text without control or reordering characters"),
    ),
    (re.compile(r"matching regex"), Words("符合说明中格式的文字", "the form that the notes give")),
    (re.compile(r"Expected `\w+` >= (\S+)"), Words("不小于 {} 的数", "{} or more")),
    (re.compile(r"Expected `\w+` <= (\S+)"), Words("不大于 {} 的数", "{} or less")),
    (re.compile(r"Expected `\w+` > (\S+)"), Words("大于 {} 的数", "more than {}")),
    (re.compile(r"Expected `\w+` < (\S+)"), Words("小于 {} 的数", "less than {}")),
    (re.compile(r"a multiple of (\S+)"), Words("{} 的倍数", "a multiple of {}")),
    (re.compile(r"Expected `int"), Words("整数，如 12", "a whole number, as 12")),
    (re.compile(r"Expected `(?:float|decimal)|decimal string"), Words("数字，如 12 或 0.5", "a number, as 12 or 0.5")),
    (re.compile(r"Expected `bool"), Words("是或否", "yes or no")),
    (
        re.compile(r"encoded date$|Expected `date\b"),
        Words("存在的日期，如 2026-06-01", "a date that exists, as 2026-06-01"),
    ),
    (
        re.compile(r"datetime"),
        Words("带时区的时间，如 2026-06-01T08:00:00+08:00", "a time with zone, as 2026-06-01T08:00:00+08:00"),
    ),
]
"""What msgspec says, in words for whoever filled the cell."""


def convert(sheet: Sheet, kind: type[T]) -> tuple[list[tuple[int, T]], list[Fault]]:
    """The rows without faults as ``kind``, by number, and every fault of the file: the sheet's own and the type's.

    Column names are field names; an empty cell is an absent field; a field without a column keeps its default.
    """
    known = {field.encode_name: field for field in fields(kind)}
    before: dict[int, list[Fault]] = {}
    for fault in sheet.faults:
        before.setdefault(fault.row, []).append(fault)
    good: list[tuple[int, T]] = []
    faults: list[Fault] = []
    for row in sheet.rows:
        told = before.get(row.number, [])
        cells = {name: text for name, text in row.cells.items() if name in known}
        if not told:
            try:
                good.append((row.number, msgspec.convert(cells, kind, strict=False)))
                continue
            except (msgspec.ValidationError, Refusal) as error:
                whole = error
        more = list(_by_cell(row, known, {fault.column for fault in told}, sheet.headings))
        if not told and not more:  # every cell is right by itself, together they are not (``__post_init__``)
            more = [Fault(row.number, "", "", _in_words(whole))]
        faults += [*told, *more]
    return good, faults


def cells(value: Struct) -> dict[str, str]:
    """The fields of a value as the cells of a row, the inverse of ``convert``; absent and empty ones left out."""
    texts = {field.encode_name: _text(getattr(value, field.name)) for field in fields(value)}
    return {name: text for name, text in texts.items() if text}


def _text(value: Any) -> str:
    match value:
        case msgspec.UNSET:
            return ""
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.isoformat()
        case Enum():
            return str(value.value)
        case _:
            return seen(value)


def _by_cell(row: Row, known: Mapping[str, FieldInfo], told: set[str], headings: Mapping[str, str]) -> Iterator[Fault]:
    for name, field in known.items():
        text = row.cells.get(name, "")
        if name in told:
            continue
        if not text:
            if field.required:
                yield Fault(row.number, name, "", FILLED, headings.get(name, ""))
            continue
        try:
            msgspec.convert(text, field.type, strict=False)
        except (msgspec.ValidationError, Refusal) as error:
            expected = _among(field.type) or _in_words(error)
            yield Fault(row.number, name, legible(text), expected, headings.get(name, ""))


def _in_words(error: Exception) -> Words:
    if isinstance(error, Refusal):
        return Words(error.detail_zh or error.zh, error.detail)
    message = str(error)
    for pattern, words in _SAID:
        if found := pattern.search(message):
            return Words(words.zh.format(*found.groups()), words.en.format(*found.groups()))
    return Words(message, message)


def _among(kind: Any) -> Words | None:
    """The values of an enumeration, absent ones aside."""
    match inspect.type_info(kind):
        case inspect.EnumType(cls=cls):
            values = [str(member.value) for member in cls]
        case inspect.LiteralType(values=literals):
            values = [str(each) for each in literals]
        case inspect.UnionType(types=types):
            values = [str(member.value) for each in types if isinstance(each, inspect.EnumType) for member in each.cls]
        case _:
            values = []
    return Words("其中之一：" + "、".join(values), "one of: " + ", ".join(values)) if values else None
