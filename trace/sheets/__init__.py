r"""Tables of people, in and out: Excel, CSV and JSON, pure functions over bytes.

>>> columns = [Column("name", ("通用名", "Name"), required=True), Column("level", ("层级", "Level"), kind=Kind.number)]
>>> sheet = read("通用名,层级\n鲜鸡蛋,1\n".encode(), columns=columns)
>>> sheet.rows
(Row(number=2, cells={'name': '鲜鸡蛋', 'level': '1'}),)
>>> products, faults = convert(sheet, Product)
>>> read(write(columns, [row.cells for row in sheet.rows], Form.xlsx), columns=columns).rows == sheet.rows
True
"""

from zhuisu.sheets.cells import FILLED
from zhuisu.sheets.model import Column, Fault, Form, Kind, Language, Row, Sheet, told
from zhuisu.sheets.reader import MOST_BYTES, MOST_ROWS, read
from zhuisu.sheets.typed import cells, convert
from zhuisu.sheets.writer import bad_rows, template, write

__all__ = [
    "FILLED",
    "MOST_BYTES",
    "MOST_ROWS",
    "Column",
    "Fault",
    "Form",
    "Kind",
    "Language",
    "Row",
    "Sheet",
    "bad_rows",
    "cells",
    "convert",
    "read",
    "template",
    "told",
    "write",
]
