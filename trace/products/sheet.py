r"""The sheet of products: its columns, and from rows of text to products with every fault at its cell.

>>> table = sheet.understood(sheets.read("商品编码,通用名\n6909900011019,\n".encode(), columns=COLUMNS))
>>> [(fault.row, fault.column, fault.reason.en, fault.expected.en) for fault in table.faults]
[(2, 'name', 'must not be empty', 'one line of at most 100 characters')]
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct, structs

from zhuisu import sheets
from zhuisu.codes import label, person
from zhuisu.codes.errors import PersonalNumber
from zhuisu.codes.text import Words
from zhuisu.errors import Refusal
from zhuisu.products.errors import NothingInIt
from zhuisu.products.model import CATEGORIES, Product, class_uri, require_contents, require_descent, standard_code
from zhuisu.sheets import FILLED, Column, Fault, Form, Kind, Language, Row, Sheet

AT_ONCE = 64 * 1024
"""Bytes of a sheet that are read without leaving the event loop."""

_LINE = Words("最多 200 个字的单行文字", "one line of at most 200 characters")
_NAME = Words("最多 100 个字的单行文字", "one line of at most 100 characters")
_CODE = Words(
    "商品条码（GTIN）、药品标识码或器械 DI；也可填写单件上的编码",
    "GTIN, drug product id or device identifier; any code of the goods",
)
_STANDARD = Words("以 869 开头的 14 位药品本位码", "the 14 digits of the drug standard code, from 869")
_LEVEL = Words("1 最小销售单元，2 中包装，3 大包装（箱）", "1 the smallest unit sold, 2 the middle package, 3 the case")
_CONTAINS = Words("内含几个下级包装，1 到 1000000", "how many of the package below, 1 to 1000000")

COLUMNS = (
    Column(
        "code",
        ("商品编码", "Code", "GTIN", "商品条码", "药品标识码", "DI"),
        required=True,
        note=_CODE,
        example="06909900011014",
        width=36,
    ),
    Column(
        "name", ("通用名", "Name", "名称", "商品名称", "品名"), required=True, note=_NAME, example="鲜鸡蛋", width=28
    ),
    Column("name_en", ("英文名", "English name"), note=_NAME, example="Fresh eggs", width=28),
    Column("specification", ("规格", "Specification"), note=_LINE, example="30 枚/盒"),
    Column("form", ("剂型", "Dosage form"), note=_NAME),
    Column("maker", ("生产者", "Maker", "生产企业", "生产厂家", "上市许可持有人"), note=_NAME, width=28),
    Column("approval", ("批准文号", "Approval number", "注册证号"), note=_NAME),
    Column("standard_code", ("本位码", "Standard code", "药品本位码"), note=_STANDARD),
    Column("level", ("包装级别", "Package level"), kind=Kind.number, note=_LEVEL, example="1"),
    Column("contains", ("包装数量", "Contains"), kind=Kind.number, note=_CONTAINS),
    Column("below", ("下级商品编码", "Code of the package below"), note=_CODE, width=36),
    Column(
        "category",
        ("类别", "Category"),
        choices=MappingProxyType({category.value: words for category, words in CATEGORIES.items()}),
        example="egg",
    ),
    Column("unit", ("计量单位", "Unit"), note=_NAME, example="盒"),
)

_READ: dict[str, Callable[[str], str]] = {
    "code": lambda text: class_uri(text, "code"),
    "below": lambda text: class_uri(text, "below"),
    "standard_code": standard_code,
}
_COLUMNS = {column.name: column for column in COLUMNS}


def title(column: str, language: Language) -> str:
    """The heading of a column; "" for none."""
    return _COLUMNS[column].title(language) if column in _COLUMNS else ""


class Line(Struct, frozen=True):
    """A good row: its number, what it says, and the product it means."""

    row: int
    given: Product
    product: Product

    def fault(self, column: str, expected: Words, reason: Words, headings: Mapping[str, str]) -> Fault:
        """What is wrong with a cell that is right by itself."""
        value = str(getattr(self.given, column) or "")
        return Fault(self.row, column, value, expected, headings.get(column, ""), reason)


class Table(Struct, frozen=True, kw_only=True):
    """A sheet as understood: a line for each product, every fault, and how many rows say what another said already."""

    sheet: Sheet
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    repeated: int = 0

    def circles(self, inside: Mapping[str, str]) -> list[Fault]:
        """Rows whose package would contain itself, given what is registered of contents (code → below).

        Taken together the rows may only trade places; where they do not fit, each is judged by those before it.
        """
        below = {**inside, **{line.product.code: line.product.below for line in self.lines}}
        if not any(_circle(line, below) for line in self.lines):
            return []
        below, faults = dict(inside), []
        for line in self.lines:
            code = line.product.code
            before, below[code] = below.get(code, ""), line.product.below
            if refusal := _circle(line, below):
                below[code] = before
                faults.append(line.fault("below", *_words(refusal), self.sheet.headings))
        return faults

    def without(self, faults: Collection[Fault]) -> "Table":
        """The table with further faults and without their rows."""
        bad = {fault.row for fault in faults}
        lines = tuple(each for each in self.lines if each.row not in bad)
        return structs.replace(self, lines=lines, faults=tuple(sorted((*self.faults, *faults), key=lambda f: f.row)))


async def read(body: bytes, *, media_type: str = "", name: str = "") -> Table:
    """The table in a file. Raises what ``sheets.read`` raises, NothingInIt."""

    def whole() -> Table:
        return understood(sheets.read(body, media_type=media_type, name=name, columns=COLUMNS))

    table = whole() if len(body) <= AT_ONCE else await asyncio.to_thread(whole)
    if not table.sheet.rows:
        raise NothingInIt(
            "there is no row with a product",
            mend="write one product a row below the headings",
            detail_zh="表中没有商品",
            mend_zh="请在表头下每行填写一个商品",
        )
    return table


def understood(sheet: Sheet) -> Table:
    """What the rows of a sheet mean; a second row of one product must say the same as the first."""
    good, amiss = sheets.convert(sheet, Product)
    given = dict(good)
    faults = list(map(_told, amiss))
    faulty = {(fault.row, fault.column) for fault in faults}
    lines: dict[str, Line] = {}
    repeated = 0
    for row in sheet.rows:
        meant, found = _meant(row, faulty, sheet.headings)
        if not found and row.number in given:
            line = Line(row.number, given[row.number], structs.replace(given[row.number], **meant))
            first = lines.get(line.product.code)
            if first and first.product == line.product:
                repeated += 1
            else:
                found = _amiss(line, first, sheet.headings)
                lines |= {} if found else {line.product.code: line}
        faults += found
    faults.sort(key=lambda fault: fault.row)
    return Table(sheet=sheet, lines=tuple(lines.values()), faults=tuple(faults), repeated=repeated)


def written(products: Iterable[Product], form: Form) -> bytes:
    """Products as a sheet; its rows, ``understood``, are the same products."""
    return sheets.write(COLUMNS, map(cells, products), form)


def template(form: Form) -> bytes:
    """A sheet to fill in; as a workbook it says what each column takes."""
    return sheets.template(COLUMNS, form)


def bad_rows(table: Table, form: Form) -> bytes:
    """The rows that have faults, as they were, with what is wrong beside them."""
    return sheets.bad_rows(table.sheet, table.faults, form)


def cells(product: Product) -> dict[str, str]:
    """A product as the text of its cells, codes as they are printed."""
    said = sheets.cells(product)
    return said | {name: printed(said[name]) for name in ("code", "below") if name in said}


def printed(uri: str) -> str:
    """A class URI as people write it, where that reads back as the same: ``(01)06909900011014``, ``8100011``."""
    text = label(uri)
    try:
        return text if class_uri(text, "code") == uri else uri
    except Refusal:
        return uri


def _meant(
    row: Row, faulty: Collection[tuple[int, str]], headings: Mapping[str, str]
) -> tuple[dict[str, str], list[Fault]]:
    """The codes of a row in canonical form, and the faults of those that have none."""
    meant, faults = {}, []
    for name, read_one in _READ.items():
        text = row.cells.get(name)
        if not text or (row.number, name) in faulty:
            continue
        try:
            meant[name] = read_one(text)
        except Refusal as refusal:
            fault = Fault(row.number, name, text[:200], _COLUMNS[name].note, headings.get(name, ""), _sentence(refusal))
            faults.append(_told(fault))
    return meant, faults


def _told(fault: Fault) -> Fault:
    """The fault with what its column takes, and without the number of a person."""
    if fault.expected == FILLED:
        fault = structs.replace(fault, reason=FILLED)
    if fault.column in _COLUMNS and _COLUMNS[fault.column].note.en:
        fault = structs.replace(fault, expected=_COLUMNS[fault.column].note)
    try:
        person.refuse(fault.value, fault.value)
    except PersonalNumber as refusal:
        return structs.replace(fault, value="", reason=Words(refusal.zh, refusal.title()))
    return fault


def _sentence(refusal: Refusal) -> Words:
    return Words(refusal.detail_zh or refusal.zh, refusal.detail)


def _words(refusal: Refusal) -> tuple[Words, Words]:
    """What was expected, and why this is not that."""
    return Words(refusal.mend_zh, refusal.mend), _sentence(refusal)


def _circle(line: Line, below: Mapping[str, str]) -> Refusal | None:
    try:
        require_descent(line.product.code, below)
    except Refusal as refusal:
        return refusal
    return None


def _amiss(line: Line, first: Line | None, headings: Mapping[str, str]) -> list[Fault]:
    """What is wrong with a row of right cells: they do not fit together, or contradict its ``first`` row."""
    try:
        require_contents(line.product)
    except Refusal as refusal:
        return [line.fault(refusal.where, *_words(refusal), headings)]
    if first is None:
        return []
    expected = Words(f"与第 {first.row} 行相同的内容", f"the same as in row {first.row}")
    reason = Words(f"第 {first.row} 行是同一商品而内容不同", f"row {first.row} is this product too and says otherwise")
    return [line.fault("code", expected, reason, headings)]
