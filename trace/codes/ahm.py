"""AHM codes of AliHealth on medical devices: MF, the DI in digits, then lot, serial and dates, two letters before each.

>>> read("MF6912345678901SN0001").item_class
'urn:zhuisu:ahm:class:MF6912345678901'

The coding rules are not public, and what readers in use agree on ends there: DI and PI are told apart, the PI is kept
whole, and every code with one counts as a unit.
"""

import re

from zhuisu.codes.keys import escape
from zhuisu.codes.model import Code, Family, Level

_URN = "urn:zhuisu:ahm:"
_PI = r"\*?(?:BA|BN|SN|MD|BD|ED|PL)[!-~]+"
_SHAPE = re.compile(rf"(MF\d{{13}}|MF\d{{1,13}}(?={_PI}))((?:{_PI})?)", re.ASCII).fullmatch
is_di = re.compile(r"MF\d{1,13}", re.ASCII).fullmatch


def spelled(text: str) -> str:
    """The AHM code that ``text`` is, in capitals when it has none; "" for anything else."""
    if text[:2] == "mf" and text.islower():
        text = text.upper()
    return text if _SHAPE(text) else ""


def read(value: str, text: str = "", mended: tuple[str, ...] = ()) -> Code:
    """Code of a unit or, without a PI, of the class; ``spelled`` gave ``value``."""
    found = _SHAPE(value)
    assert found is not None
    return _code(found[1], "" if found[1] == value else value, text or value, mended)


def item_class(di: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of the class; ``di`` satisfies ``is_di``."""
    return _code(di, "", text, mended)


def lot(di: str, number: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of one lot of the class, as records name it; ``di`` satisfies ``is_di``."""
    uri = f"{_URN}lot:{di}.{escape(number)}"
    return Code(
        family=Family.ahm,
        canonical=uri,
        level=Level.lot,
        text=text,
        item_class=f"{_URN}class:{di}",
        lot_uri=uri,
        di=di,
        lot=number,
        mended=mended,
    )


def _code(di: str, whole: str, text: str, mended: tuple[str, ...]) -> Code:
    item = f"{_URN}class:{di}"
    return Code(
        family=Family.ahm,
        canonical=f"{_URN}obj:{escape(whole)}" if whole else item,
        level=Level.instance if whole else Level.item_class,
        text=text,
        item_class=item,
        di=di,
        mended=mended,
    )
