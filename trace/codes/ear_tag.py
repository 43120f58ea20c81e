"""Ear tags of livestock, 畜禽标识: species, 6 digits of the county, 8 of the animal (农业部令 2006 年第 67 号).

>>> read("137030200000001").canonical
'urn:zhuisu:ear-tag:obj:137030200000001'

1 is a pig, 2 cattle, 3 sheep or goat, 7 a breeding sow. There is no check digit: only the province can be wrong.
"""

import re

from zhuisu.codes.division import PROVINCES
from zhuisu.codes.model import Code, Family, Level

_SHAPE = re.compile(r"[1237]\d{14}", re.ASCII).fullmatch


def is_tag(digits: str) -> bool:
    """Whether these can be the digits of an ear tag."""
    return _SHAPE(digits) is not None and digits[1:3] in PROVINCES


def read(digits: str, text: str = "", mended: tuple[str, ...] = ()) -> Code:
    """Code of one animal; ``digits`` satisfy ``is_tag``."""
    return Code(
        family=Family.ear_tag,
        canonical=f"urn:zhuisu:ear-tag:obj:{digits}",
        level=Level.instance,
        text=text or digits,
        serial=digits[7:],
        mended=mended,
    )
