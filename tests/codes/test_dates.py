from datetime import date

import pytest

from zhuisu.codes.dates import expand, fault
from zhuisu.codes.text import Words


@pytest.mark.parametrize(
    ("yymmdd", "expected"),
    [("260200", date(2026, 2, 28)), ("280200", date(2028, 2, 29)), ("271231", date(2027, 12, 31))],
)
def test_day_00_is_the_last_of_its_month(yymmdd, expected):
    assert fault(yymmdd) is None
    assert expand(yymmdd) == expected


@pytest.mark.parametrize(("yy", "year"), [("26", 2026), ("76", 2076), ("77", 1977), ("99", 1999), ("00", 2000)])
def test_centuries_seen_from_2026(yy, year):
    assert expand(f"{yy}0101", 2026).year == year


@pytest.mark.parametrize(("yy", "seen_from", "year"), [("10", 2060, 2110), ("11", 2060, 2011), ("99", 2060, 2099)])
def test_centuries_seen_from_the_second_half(yy, seen_from, year):
    assert expand(f"{yy}0101", seen_from).year == year


@pytest.mark.parametrize(
    ("yymmdd", "en", "zh"),
    [
        ("991332", "991332 has no month 13", "991332 没有 13 月"),
        ("260001", "260001 has no month 00", "260001 没有 00 月"),
        ("260230", "260230 has no day 30, 2026-02 has 28", "260230 没有 30 日，2026 年 2 月只有 28 天"),
        ("19000229", "19000229 has no day 29, 1900-02 has 28", "19000229 没有 29 日，1900 年 2 月只有 28 天"),
    ],
)
def test_what_does_not_exist_is_told(yymmdd, en, zh):
    assert fault(yymmdd) == Words(zh, en)


def test_day_00_only_where_the_ai_allows_it():
    assert "day 00" in fault("260200", may_be_00=False).en
