"""A table with a column of every kind."""

import os

import pytest

from zhuisu.codes.text import Words
from zhuisu.sheets import Column, Kind

COLUMNS = (
    Column("code", ("商品编码", "Code"), required=True, note=Words("条码或药品标识码", "GTIN or drug product id")),
    Column("name", ("通用名", "Name", "品名"), note=Words("标签上的名称", "as on the label")),
    Column("amount", ("数量", "Amount"), kind=Kind.number),
    Column("made", ("生产日期", "Made on"), kind=Kind.date),
    Column("cold", ("冷链", "Cold chain"), kind=Kind.flag),
    Column("sort", ("类别", "Category"), choices={"drug": Words("药品", "Drug"), "food": Words("食品", "Food")}),
)


@pytest.fixture
def columns():
    return COLUMNS


@pytest.fixture
def fuzz_rounds():
    """How many mutants of each kind; ``SHEETS_FUZZ`` in the environment asks for more."""
    return int(os.environ.get("SHEETS_FUZZ", "300"))
