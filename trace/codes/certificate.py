"""Certificates of ours as a QR code carries them: ``https://<any host>/c/<digits>``, or the digits alone.

The digits are the signed token as one big-endian integer; its id is the first half of the token's SHA-256:

>>> identifier("256")
'47dc540c94ceb704a23875c11273e16b'
"""

import re
from hashlib import sha256

from zhuisu.codes.errors import Unreadable

MOST_DIGITS = 4096
# An empty token has 71 bytes, D2 84 40 A0 40 58 40 and the signature's 64: what is shorter is another's number, and no
# numbering of goods is as long.
LEAST_DIGITS = 171

_URL = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]?://[^/?#]+/(?:[^?#]*/)?c/([1-9][0-9]*)(?:[?#].*)?", re.ASCII | re.DOTALL
).fullmatch
_BARE = re.compile(r"[1-9][0-9]*", re.ASCII).fullmatch


def digits(text: str) -> str:
    """Digits of a certificate URL or of a certificate's digits alone; empty for anything else."""
    if len(text) < LEAST_DIGITS:
        return ""
    found = _URL(text) if "/c/" in text else _BARE(text)
    number = found[found.lastindex or 0] if found else ""
    return number if len(number) >= LEAST_DIGITS else ""


def identifier(number: str) -> str:
    """Certificate id, 32 hex characters, of the digits; Unreadable above 4096 digits."""
    if len(number) > MOST_DIGITS:
        raise Unreadable(
            f"{len(number)} digits, a certificate has at most {MOST_DIGITS}",
            where="certificate",
            detail_zh=f"共 {len(number)} 位数字，合格证最多 {MOST_DIGITS} 位",
        )
    value = int(number)
    return sha256(value.to_bytes((value.bit_length() + 7) // 8, "big")).hexdigest()[:32]
