"""The numbers printed on the district's goods: valid by every check digit, and nobody's.

>>> item(gtin(1101), "A000007")
'https://id.gs1.org/01/06909900011014/21/A000007'
"""

from hashlib import sha256

from zhuisu.codes.checksum import check_digit

PREFIX = "6909900"
"""A made-up GS1 company prefix; whoever needs a number of the district draws it from here."""

ROOT = "https://id.gs1.org"


def gln(number: int) -> str:
    """The ``number``-th GLN."""
    return _complete(f"{PREFIX}{number:05}")


def gtin(number: int, indicator: int = 0) -> str:
    """GTIN-14 of product ``number``; ``indicator`` counts the levels of packaging around it."""
    return _complete(f"{indicator}{PREFIX}{number:05}")


def item(gtin14: str, serial: str) -> str:
    """URI of one item."""
    return f"{ROOT}/01/{gtin14}/21/{serial}"


def lot(gtin14: str, number: str) -> str:
    """URI of a lot."""
    return f"{ROOT}/01/{gtin14}/10/{number}"


def unit(number: int) -> str:
    """URI of a pallet or another logistic unit."""
    return f"{ROOT}/00/{_complete(f'1{PREFIX}{number:09}')}"


def logger(number: int) -> str:
    """URI of a temperature logger (GIAI)."""
    return f"{ROOT}/8004/{PREFIX}LOG{number}"


def drug(product: str, number: int) -> str:
    """A 20-digit drug code: 7 digits of product and level, a serial that starts with 9, 4 digits as if checked."""
    serial = f"{product}9{number:08}"
    return f"{serial}{int.from_bytes(sha256(serial.encode()).digest()) % 10_000:04}"


def drug_uri(code: str) -> str:
    """URI of a 20-digit drug code."""
    return f"urn:zhuisu:drug:obj:{code}"


def _complete(digits: str) -> str:
    return digits + check_digit(digits)
