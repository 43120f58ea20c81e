"""Codes of slaughterhouses, 定点屠宰代码: A for a plant or B for a small point, 6 digits of the county, 2 of the house.

>>> read("A37030201").canonical
'urn:zhuisu:slaughterhouse:loc:A37030201'

A place, not goods. There is no check digit: only the province can be wrong.
"""

import re

from zhuisu.codes.division import PROVINCES
from zhuisu.codes.ma import SMALL
from zhuisu.codes.model import Code, Family, Level

_SHAPE = re.compile(r"[ABab]\d{8}", re.ASCII).fullmatch


def is_code(text: str) -> bool:
    """Whether this can be a slaughterhouse's code, in capitals or not."""
    return _SHAPE(text) is not None and text[1:3] in PROVINCES


def read(value: str, text: str = "", mended: tuple[str, ...] = (), doubts: tuple[str, ...] = ()) -> Code:
    """Code of the place; ``value`` satisfies ``is_code``."""
    return Code(
        family=Family.slaughterhouse,
        canonical=f"urn:zhuisu:slaughterhouse:loc:{value.upper()}",
        level=Level.instance,
        text=text or value,
        mended=mended if value[0].isupper() else (*mended, SMALL),
        doubts=doubts,
    )
