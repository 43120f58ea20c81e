"""Ear tags of livestock, 畜禽标识: species, 6 digits of the county, 8 of the animal (农业部令 2006 年第 67 号).

>>> read("137030200000001").canonical
'urn:zhuisu:ear-tag:obj:137030200000001'

1 is a pig, 2 cattle, 3 sheep or goat, 7 a breeding sow. There is no check digit: only the county can be wrong. The
numbers of telephones (IMEI) have fifteen digits too, many begin with 35, and they have a check digit: so do one in ten
tags of sheep of the provinces 50 to 54, and those want a label.
"""

import re

from zhuisu.codes.division import is_county
from zhuisu.codes.model import Code, Family, Level

_SHAPE = re.compile(r"[1237]\d{14}", re.ASCII).fullmatch


def is_tag(digits: str) -> bool:
    """Whether these can be the digits of an ear tag."""
    return _SHAPE(digits) is not None and is_county(digits[1:7])


def is_imei(digits: str) -> bool:
    """Whether these can be the number of a telephone: 35 of the reporting body, and the check digit holds (Luhn)."""
    if not digits.startswith("35"):
        return False
    return sum(int(d) if n % 2 else sum(divmod(2 * int(d), 10)) for n, d in enumerate(digits, len(digits))) % 10 == 0


def read(digits: str, text: str = "", mended: tuple[str, ...] = (), doubts: tuple[str, ...] = ()) -> Code:
    """Code of one animal; ``digits`` satisfy ``is_tag``."""
    return Code(
        family=Family.ear_tag,
        canonical=f"urn:zhuisu:ear-tag:obj:{digits}",
        level=Level.instance,
        text=text or digits,
        serial=digits[7:],
        mended=mended,
        doubts=doubts,
    )
