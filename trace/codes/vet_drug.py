"""24-digit codes of veterinary drugs, 兽药追溯码: 8 digits of the date, 5 of the enterprise, 11 at random.

>>> read("202605010370212345678901").canonical
'urn:zhuisu:vet-drug:obj:202605010370212345678901'

The date is that of the code, not of the drug, so it is no production date. There is no check digit: only the date can
be wrong, and a code with another date is kept as opaque.
"""

import re
from datetime import date

from zhuisu.codes.model import Code, Family, Level

_SHAPE = re.compile(r"20\d{22}", re.ASCII).fullmatch
_FIRST = 2015  # announcement 2210 of the Ministry of Agriculture began the codes


def is_code(digits: str) -> bool:
    """Whether these can be the digits of a veterinary drug's code: their date exists, in 2015 to 2099."""
    if not _SHAPE(digits) or int(digits[:4]) < _FIRST:
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def read(digits: str, text: str = "", mended: tuple[str, ...] = (), doubts: tuple[str, ...] = ()) -> Code:
    """Code of one package; ``digits`` satisfy ``is_code``."""
    return Code(
        family=Family.vet_drug,
        canonical=f"urn:zhuisu:vet-drug:obj:{digits}",
        level=Level.instance,
        text=text or digits,
        serial=digits[13:],
        mended=mended,
        doubts=doubts,
    )
