r"""Tables for people: exports, templates, and the rejected rows of an import with what is wrong beside each.

>>> write([Column("code"), Column("name")], [{"code": "00012345678901234567", "name": "=1+1"}], Form.csv).decode()
"\ufeffcode,name\r\n00012345678901234567,'=1+1\r\n"
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from zhuisu.codes.text import Words
from zhuisu.sheets.cells import EVERYWHERE, IN_EXCEL, LONGEST, RUN, guard, number, shown
from zhuisu.sheets.errors import TooLargeTable
from zhuisu.sheets.grid import REMARK
from zhuisu.sheets.model import Column, Fault, Form, Kind, Language, Sheet
from zhuisu.sheets.plain import as_csv, as_json
from zhuisu.sheets.xlsx import as_xlsx

_REMARK = Column("faults", REMARK, width=60)


def write(columns: Sequence[Column], rows: Iterable[Mapping[str, str]], form: Form, language: Language = "zh") -> bytes:
    """The table as a file; ``read`` gives the same cells back. JSON has the names of the columns, no language.

    Raises TooLargeTable for a cell longer than Excel holds.
    """
    return _written(columns, ((row, frozenset()) for row in rows), form, language)


def template(columns: Sequence[Column], form: Form, language: Language = "zh") -> bytes:
    """A file to fill in: the headings; in Excel a second sheet explains them, in JSON one empty object has them."""
    match form:
        case Form.xlsx:
            return as_xlsx(columns, (), language, notes=True)
        case Form.csv:
            return as_csv([column.heading(language) for column in columns], ())
        case Form.json:
            return as_json(columns, [dict.fromkeys((column.name for column in columns), "")], blank=True)


def bad_rows(sheet: Sheet, faults: Iterable[Fault], form: Form, language: Language = "zh") -> bytes:
    """The rows with faults as they came, and one more column that says the faults. Only the columns that were read."""
    at: dict[int, list[Fault]] = {}
    for fault in faults:
        at.setdefault(fault.row, []).append(fault)
    titles = {column.name: column.title(language) for column in sheet.columns}
    rows = (
        (
            {name: text[: LONGEST - 1] for name, text in row.cells.items()}
            | {_REMARK.name: _remark(row.number, at[row.number], titles, language)},
            frozenset(fault.column for fault in at[row.number]),
        )
        for row in sheet.rows
        if row.number in at
    )
    return _written([*sheet.columns, _REMARK], rows, form, language)


def _written(
    columns: Sequence[Column],
    rows: Iterable[tuple[Mapping[str, str], AbstractSet[str]]],
    form: Form,
    language: Language,
) -> bytes:
    """``rows``: the cells, and the columns whose cells go back as they came, to be found faulty again."""
    match form:
        case Form.json:
            return as_json(columns, (row for row, _ in rows))
        case Form.csv:
            texts = (
                [_cell(row, c, language, RUN if c.name in back else EVERYWHERE) for c in columns] for row, back in rows
            )
            return as_csv([column.heading(language) for column in columns], texts)
        case Form.xlsx:
            texts = (
                [_cell(row, c, language, RUN if c.name in back else IN_EXCEL) for c in columns] for row, back in rows
            )
            return as_xlsx(columns, texts, language, notes=False)


def _cell(row: Mapping[str, str], column: Column, language: Language, what: re.Pattern[str]) -> str:
    text = row.get(column.name, "")
    if not text or (column.kind is Kind.number and number(text) == text):
        return text
    text = guard(shown(text, column, language), what)
    if len(text) > LONGEST:
        raise TooLargeTable(
            f"{column.name}: a cell of {len(text)} characters, Excel holds {LONGEST}",
            where=column.name,
            detail_zh=f"{column.title('zh')}：单元格有 {len(text)} 个字符，Excel 最多 {LONGEST} 个",
        )
    return text


def _remark(row: int, faults: Iterable[Fault], titles: Mapping[str, str], language: Language) -> str:
    def said(words: Words) -> str:
        return words.zh if language == "zh" else words.en

    colon, stop, arrow = ("：", "；", "，应填写：") if language == "zh" else (": ", "; ", ", expected: ")

    def one(fault: Fault) -> str:
        heading = titles.get(fault.column, fault.column) + colon if fault.column else ""
        return heading + (said(fault.reason) + arrow if fault.reason else "") + said(fault.expected)

    told = map(one, faults)
    return (f"第 {row} 行 " if language == "zh" else f"Row {row} ") + stop.join(told)
