"""Dates of six and of eight digits in GS1 elements (GS1 General Specifications 7.12).

>>> expand("260200")
datetime.date(2026, 2, 28)
>>> fault("991332").en
'991332 has no month 13'
"""

from calendar import monthrange
from datetime import date
from functools import lru_cache

from zhuisu.codes.text import Words

YEAR = 2026  # the year centuries are counted from; fixed, so that one text means one date whenever it is read


def _full(yymmdd: str, year: int) -> int:
    """Year in four digits: 51 to 99 ahead of ``year`` lie in the last century, 50 to 99 behind in the next."""
    ahead = int(yymmdd[:2]) - year % 100
    return year + ahead + (-100 if ahead >= 51 else 100 if ahead <= -50 else 0)


@lru_cache(maxsize=4096)
def fault(digits: str, year: int = YEAR, may_be_00: bool = True) -> Words | None:
    """What of a YYMMDD (or, eight digits long, a YYYYMMDD) does not exist; None when the date is right."""
    month, day = digits[-4:-2], digits[-2:]
    if not "01" <= month <= "12":
        return Words(f"{digits} 没有 {month} 月", f"{digits} has no month {month}")
    if day == "00":
        if may_be_00:
            return None
        return Words(f"{digits} 的日为 00，此处不允许", f"{digits} has day 00, which is not allowed here")
    full = int(digits[:4]) if len(digits) == 8 else _full(digits, year)
    last = monthrange(full, int(month))[1]
    if int(day) <= last:
        return None
    return Words(
        f"{digits} 没有 {day} 日，{full} 年 {int(month)} 月只有 {last} 天",
        f"{digits} has no day {day}, {full}-{month} has {last}",
    )


@lru_cache(maxsize=4096)
def expand(yymmdd: str, year: int = YEAR) -> date:
    """Date of a YYMMDD without fault; day 00 is the last of its month."""
    full, month = _full(yymmdd, year), int(yymmdd[2:4])
    return date(full, month, int(yymmdd[4:]) or monthrange(full, month)[1])
