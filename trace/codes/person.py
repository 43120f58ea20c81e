"""Resident identity numbers (GB 11643) are no codes of goods: they are told apart, so that nothing keeps them.

>>> is_number("11010519491231002X")
True

Personal data are for their purpose alone (Personal Information Protection Law art. 6): a number typed into the wrong
field is refused, and the refusal does not repeat it. One in ten of them would pass for an SSCC too: eighteen digits
alone are taken for the person, an SSCC has (00) before it. A serial number or lot behind its AI or in the path of a
Digital Link is what its maker says it is, and is kept. Numbers of 15 digits, issued until 1999, have no check
character: they cannot be told from other digits and are not looked for.
"""

import re
from datetime import date
from urllib.parse import unquote

from zhuisu.codes.division import PROVINCES
from zhuisu.codes.errors import PersonalNumber

_SHAPE = re.compile(r"[1-9]\d{5}(?:19|20)\d{9}[\dXx]", re.ASCII).fullmatch
_GAPS = " \u00a0\u2009\u202f\u3000.\u2010-\u2013-"
_G = rf"[{_GAPS}]{{0,2}}"
# The century in the seventh place ends most attempts early.
_ALONE = re.compile(
    rf"(?<![0-9A-Za-z])(?=([1-9](?:{_G}[0-9]){{5}}{_G}(?:1{_G}9|2{_G}0)(?:{_G}[0-9]){{9}}{_G}[0-9Xx])(?![0-9A-Za-z]))"
)
_GAP = re.compile(rf"[{_GAPS}]")
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


def refuse(value: str, text: str, *, beside: str = "") -> None:
    """Raise PersonalNumber when an identity number, in groups or not, stands in ``value``, which was read from
    ``text``; one within ``beside`` is let pass.
    """
    plain = unquote(value) if "%" in value else value
    for found in _ALONE.finditer(plain):
        if is_number(_GAP.sub("", found[1])) and found[1] not in beside:
            position = max(text.find(found[1]), 0) + 1
            raise PersonalNumber(
                f"position {position}: 18 characters by the rule of resident identity numbers",
                where="text",
                mend="take it out: it belongs neither on goods nor in their records; write (00) before an SSCC",
                detail_zh=f"第 {position} 位起的 18 个字符符合居民身份证号码规则",
                mend_zh="请删去：货物及其记录中不应出现身份证号码；如为 SSCC，请在前面加 (00)",
                position=position,
            )
