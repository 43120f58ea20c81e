"""Certificates of ours as a QR code carries them: ``https://<any host>/c/<digits>``, or the digits alone.

The digits are the signed token as one big-endian integer; its id is the first half of the token's SHA-256:

>>> identifier("256")
'47dc540c94ceb704a23875c11273e16b'
"""

import re
from hashlib import sha256

from zhuisu.codes.errors import Unreadable

MOST_DIGITS = 4096
LEAST_BARE = 101  # digits alone are a certificate from here on: no other numbering is as long

_URL = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]?://[^/?#]+/(?:[^?#]*/)?c/([1-9][0-9]*)(?:[?#].*)?", re.ASCII | re.DOTALL
).fullmatch
_BARE = re.compile(rf"[1-9][0-9]{{{LEAST_BARE - 1},}}", re.ASCII).fullmatch


def digits(text: str) -> str:
    """Digits of a certificate URL or of a certificate's digits alone; empty for anything else."""
    if "/c/" in text and (found := _URL(text)):
        return found[1]
    return text if _BARE(text) else ""


def identifier(number: str) -> str:
    """Certificate id, 32 hex characters, of the digits; Unreadable above 4096 digits."""
    if len(number) > MOST_DIGITS:
        raise Unreadable(f"{len(number)} digits, a certificate has at most {MOST_DIGITS}", where="certificate")
    value = int(number)
    return sha256(value.to_bytes((value.bit_length() + 7) // 8, "big")).hexdigest()[:32]
