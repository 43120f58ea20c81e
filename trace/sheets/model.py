"""Columns, rows and faults of a table.

>>> Column("name", ("通用名", "Name"), required=True).heading("zh")
'通用名*'
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Literal

from msgspec import Struct, field

from zhuisu.codes.text import Words

Language = Literal["zh", "en"]


class Form(StrEnum):
    """The forms of a table; the value is the file's suffix."""

    xlsx = "xlsx"
    csv = "csv"
    json = "json"

    @property
    def media_type(self) -> str:
        """As a download names it."""
        return _MEDIA[self]


_MEDIA = {
    Form.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.csv: "text/csv; charset=utf-8",
    Form.json: "application/json",
}


class Kind(StrEnum):
    """What the cells of a column hold, and so how they are read and written."""

    text = "text"
    number = "number"  # 12, 0.5; 12.0 is read as 12
    date = "date"  # read as 2026-06-01, 2026/6/1, 2026年6月1日 or 20260601, kept as the first
    flag = "flag"  # kept as true and false, shown as 是 and 否


class Column(Struct, frozen=True):
    """One column. ``titles``: the Chinese heading, the English one, then whatever else is accepted on reading.

    ``name`` is the key in ``Row.cells`` and the heading of JSON. ``choices``: the only values, with the words that
    people see and may write instead of them. ``width`` in characters.
    """

    name: str
    titles: tuple[str, ...] = ()
    required: bool = False
    kind: Kind = Kind.text
    note: Words = Words("", "")
    example: str = ""
    choices: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))
    width: int = 18

    def title(self, language: Language) -> str:
        """The heading without a mark."""
        place = 0 if language == "zh" else 1
        return self.titles[place] if len(self.titles) > place else self.name

    def heading(self, language: Language) -> str:
        """As a template shows it: with a star where a cell must be filled."""
        return self.title(language) + "*" * self.required


class Row(Struct, frozen=True):
    """The cells of one row that are not empty, by column name, as a person sees them.

    ``number`` as the file counts, from 1 with all rows above; in JSON the place in the array, from 1.
    """

    number: int
    cells: dict[str, str]


class Fault(Struct, frozen=True, omit_defaults=True):
    """One cell that cannot be taken: where, what it says, what was expected instead, and why this is not that.

    ``column`` is the column's name, empty where the row as a whole is at fault; ``heading`` is the file's own.
    """

    row: int
    column: str
    value: str
    expected: Words
    heading: str = ""
    reason: Words | None = None


class Sheet(Struct, frozen=True, kw_only=True):
    """A table as read. A row with faults is among ``rows`` too, its faulty cells as the file has them."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)  # by column name, as the file spells them
    unknown: tuple[str, ...] = ()  # headings that mean no column; what stands below them was not read


def told(faults: Iterable[Fault], most: int = 1000) -> tuple[list[Fault], int]:
    """The first faults, as many as a person may be told, and how many more there are."""
    each = iter(faults)
    return list(islice(each, most)), sum(1 for _ in each)
