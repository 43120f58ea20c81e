"""20-digit drug traceability codes of China: 7 of the product at its package level, 13 of the unit (NMPAB/T 1002).

>>> read("80217619000000001003").item_class
'urn:zhuisu:drug:class:8021761'

The 13 are 9 of the serial and 4 that the platform makes in a way of its own: no digit can be checked offline. 89 leads
the codes of special drugs (narcotic, psychotropic and the like). Units, boxes and cases have product ids of their own.
"""

import re

from zhuisu.codes.keys import escape
from zhuisu.codes.model import Code, Family, Level

is_drug = re.compile(r"8\d{19}", re.ASCII).fullmatch
is_product = re.compile(r"8\d{6}", re.ASCII).fullmatch


def is_special(digits: str) -> bool:
    """Whether a code or product id is of the special class, 特殊药品."""
    return digits.startswith("89")


def read(digits: str, text: str = "", mended: tuple[str, ...] = ()) -> Code:
    """Code of one package; ``digits`` satisfy ``is_drug``."""
    return Code(
        family=Family.drug,
        canonical=f"urn:zhuisu:drug:obj:{digits}",
        level=Level.instance,
        text=text or digits,
        item_class=f"urn:zhuisu:drug:class:{digits[:7]}",
        serial=digits[7:],
        mended=mended,
    )


def product(digits: str, text: str = "", mended: tuple[str, ...] = ()) -> Code:
    """Code of the product at one package level; ``digits`` satisfy ``is_product``."""
    uri = f"urn:zhuisu:drug:class:{digits}"
    return Code(
        family=Family.drug, canonical=uri, level=Level.item_class, text=text or digits, item_class=uri, mended=mended
    )


def lot(product_digits: str, number: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of one lot of a product: no carrier has it, records do."""
    uri = f"urn:zhuisu:drug:lot:{product_digits}.{escape(number)}"
    return Code(
        family=Family.drug,
        canonical=uri,
        level=Level.lot,
        text=text,
        item_class=f"urn:zhuisu:drug:class:{product_digits}",
        lot_uri=uri,
        lot=number,
        mended=mended,
    )
