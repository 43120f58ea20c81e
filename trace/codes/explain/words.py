"""Dates and amounts in words, in both languages.

>>> day(date(2027, 1, 31))
Words(zh='2027年1月31日', en='31 January 2027')
>>> yymmdd("270200").en
'end of February 2027 (day 00)'
"""

from datetime import date
from decimal import Decimal

from zhuisu.codes import dates
from zhuisu.codes.text import Words

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def day(when: date) -> Words:
    """Words for a day."""
    return Words(f"{when.year}年{when.month}月{when.day}日", f"{when.day} {_MONTHS[when.month - 1]} {when.year}")


def yymmdd(text: str) -> Words | None:
    """Words for six digits; None when they are no date (GS1 General Specifications 7.12)."""
    if len(text) != 6 or not (text.isdecimal() and text.isascii()) or dates.fault(text):
        return None
    when = dates.expand(text)
    if text.endswith("00"):
        return Words(
            f"{when.year}年{when.month}月底（日为 00）", f"end of {_MONTHS[when.month - 1]} {when.year} (day 00)"
        )
    return day(when)


def year(text: str) -> Words:
    """Words for the two digits of a year (GS1 General Specifications 7.12)."""
    full = str(dates.expand(f"{text}0101").year)
    return Words(f"{full}年", full)


def month(text: str) -> Words | None:
    """Words for the two digits of a month; None when there is no such month."""
    return Words(f"{int(text)}月", _MONTHS[int(text) - 1]) if 1 <= int(text) <= 12 else None


def day_of_month(text: str) -> Words:
    """Words for the two digits of a day, 00 where the maker left it open."""
    return Words("月底", "end of the month") if text == "00" else Words(f"{int(text)}日", str(int(text)))


def amount(digits: str, decimals: int, unit: str) -> Words | None:
    """Words for a measure of which the last ``decimals`` digits are decimals; None when it is no number."""
    if not (digits.isdecimal() and digits.isascii()):
        return None
    said = f"{Decimal(digits).scaleb(-decimals):f} {unit.replace('_', ' ')}".strip()
    return Words(said, said)
