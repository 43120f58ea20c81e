"""National drug codes, 药品本位码: 86, 9 for drugs, 5 digits of the maker, 5 of the product, 1 check digit (GB 18937).

>>> read("86904879000126").canonical
'urn:zhuisu:drug-standard:class:86904879000126'

They name a product of one maker, never a package. Their check digit is that of a GTIN, and 8 before 690 to 699 is just
what a case of Chinese goods begins with (GTIN-14 of indicator 8): bare digits are taken for the drug, with a doubt, and
``also`` keeps the other reading. What a bar code carries, or AI (01), is the GTIN.
"""

import re

from zhuisu.codes import doubts
from zhuisu.codes.checksum import check_digit, holds
from zhuisu.codes.errors import BadCheckDigit
from zhuisu.codes.keys import ROOT, escape
from zhuisu.codes.model import Code, Family, Level

is_shaped = re.compile(r"869\d{11}", re.ASCII).fullmatch


def read(digits: str, text: str = "", mended: tuple[str, ...] = ()) -> Code:
    """Code of the product; ``digits`` satisfy ``is_shaped``. BadCheckDigit names both readings."""
    _require(digits)
    uri = f"urn:zhuisu:drug-standard:class:{digits}"
    return Code(
        family=Family.drug_standard,
        canonical=uri,
        level=Level.item_class,
        text=text or digits,
        item_class=uri,
        mended=mended,
        doubts=(doubts.FAMILY,),
        also=(f"{ROOT}01/{digits}",),
    )


def lot(digits: str, number: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of one lot of the product: no carrier has it, records do."""
    _require(digits)
    uri = f"urn:zhuisu:drug-standard:lot:{digits}.{escape(number)}"
    return Code(
        family=Family.drug_standard,
        canonical=uri,
        level=Level.lot,
        text=text,
        item_class=f"urn:zhuisu:drug-standard:class:{digits}",
        lot_uri=uri,
        lot=number,
        mended=mended,
    )


def _require(digits: str) -> None:
    if holds(digits):
        return
    expected = check_digit(digits[:-1])
    raise BadCheckDigit(
        f"{digits} is a 药品本位码 or a GTIN-14, and neither is right: digit 14, the check digit of both, is "
        f"{digits[-1]}; the others lead to {expected}",
        where="text",
        mend="compare digit by digit with the label, or scan again",
        detail_zh=f"{digits} 作为药品本位码或 GTIN-14 都不对：第 14 位校验码是 {digits[-1]}，按前 13 位应为 {expected}",
        mend_zh="请与标签逐位核对，或重新扫码",
        position=14,
        expected=expected,
    )
