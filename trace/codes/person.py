"""Resident identity numbers (GB 11643) are no codes of goods: they are told apart, so that nothing keeps them.

>>> is_number("11010519491231002X")
True

Personal data are for their purpose alone (Personal Information Protection Law art. 6): a number typed into the wrong
field is refused, and the refusal does not repeat it. Numbers of 15 digits, issued until 1999, have no check character:
they cannot be told from other digits and are not looked for.
"""

import re
from datetime import date

from zhuisu.codes.division import PROVINCES
from zhuisu.codes.errors import PersonalNumber

_SHAPE = re.compile(r"[1-9]\d{5}(?:19|20)\d{9}[\dXx]", re.ASCII).fullmatch
_ALONE = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def is_number(text: str) -> bool:
    """Whether 18 characters have a province, a date of birth and the check character (ISO 7064 MOD 11-2)."""
    if not _SHAPE(text) or text[17].upper() != _CHECK[sum(map(int.__mul__, map(int, text[:17]), _WEIGHTS)) % 11]:
        return False
    province = text[1:3] if text[0] == "9" else text[:2]  # 9 leads those of foreigners who live here
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return province in PROVINCES or province == "83"  # 83: residents from Taiwan


def refuse(value: str, text: str) -> None:
    """Raise PersonalNumber when an identity number stands in ``value``, which was read from ``text``."""
    for found in _ALONE.finditer(value):
        if is_number(found[0]):
            position = max(text.find(found[0]), 0) + 1
            raise PersonalNumber(
                f"position {position}: 18 characters by the rule of resident identity numbers",
                where="text",
                mend="take it out: it belongs neither on goods nor in their records",
                detail_zh=f"第 {position} 位起的 18 个字符符合居民身份证号码规则",
                mend_zh="请删去：货物及其记录中不应出现身份证号码",
                position=position,
            )
