"""The cells of a file as they come, and the row among them that holds the headings.

>>> find(Grid(rows=[["产品目录"], ["通用名 *", "备注"]]), [Column("name", ("通用名", "Name"))])
Header(row=1, places={0: Column(name='name', …)}, unknown=('备注',), repeated=())
"""

import re
from collections.abc import Sequence
from itertools import islice

from msgspec import Struct

from zhuisu.sheets.cells import legible, narrow, seen
from zhuisu.sheets.errors import MOST_COLUMNS
from zhuisu.sheets.model import Column

SEARCHED = 10  # rows at the top among which the headings are
REMARK = ("错误说明", "Faults")
"""The column in which rejected rows say what is wrong: ours, and nothing to tell when it comes back."""

_IGNORED = re.compile(r"[\s_\-\u200b\ufeff]+")


class Grid(Struct, frozen=True, kw_only=True):
    """Rows of values. ``first`` is the number of the first row; ``exact``: see ``cells.judge``."""

    rows: Sequence[Sequence[object]]
    first: int = 1
    exact: bool = False


class Header(Struct, frozen=True):
    """Which row holds the headings (index in the grid), and which column stands at which place of a row."""

    row: int
    places: dict[int, Column]
    unknown: tuple[str, ...] = ()
    repeated: tuple[Column, ...] = ()

    def missing(self, columns: Sequence[Column]) -> list[Column]:
        """Columns that must be there and are not."""
        present = {column.name for column in self.places.values()}
        return [column for column in columns if column.required and column.name not in present]


def find(grid: Grid, columns: Sequence[Column]) -> Header | None:
    """The one of the first rows with the most known headings; None if there is no known heading."""
    by_title = {_plain(title): column for column in columns for title in (column.name, *column.titles)}
    best: Header | None = None
    for index, row in enumerate(islice(grid.rows, SEARCHED)):
        header = _header(index, row[:MOST_COLUMNS], by_title)
        if header.places and (best is None or len(header.places) > len(best.places)):
            best = header
    return best


def _header(index: int, row: Sequence[object], by_title: dict[str, Column]) -> Header:
    places: dict[int, Column] = {}
    unknown, repeated, taken = [], [], set()
    for place, value in enumerate(row):
        title = "" if isinstance(value, list | dict) else seen(value)
        column = by_title.get(_plain(title))
        if column is None:
            if title and title not in REMARK:
                unknown.append(legible(title))
        elif column.name in taken:
            repeated.append(column)
        else:
            taken.add(column.name)
            places[place] = column
    return Header(index, places, tuple(unknown), tuple(repeated))


def _plain(title: str) -> str:
    return _IGNORED.sub("", narrow(title).casefold()).strip("*:")
