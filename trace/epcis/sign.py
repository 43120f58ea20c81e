"""How a delivery proves where it comes from, and how long one waits after a failure. Pure.

    GS1-Signature: t=1780300800,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd

``t`` is the time of sending in seconds of the Unix epoch; ``v1`` is HMAC-SHA-256 in hexadecimal, its key the
``signatureToken`` of the subscription in UTF-8, over ``t``, a full stop and the body as it was sent. A receiver
computes it anew, compares in constant time, and turns down what is older than it cares for:

>>> verifies(header, "a secret of ours", body, now=datetime.now(UTC))
True
"""

import hmac
import os
import re
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOLERANCE = timedelta(minutes=5)

FIRST_WAIT = 1.0
LONGEST_WAIT = 900.0
MOST_FAILURES = 16
"""Failures after which a delivery is laid aside: with these waits, after 45 to 95 minutes."""

_HEADER = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
_NONCE = 12


def signature(token: str, body: bytes, now: datetime) -> str:
    """The value of ``GS1-Signature`` for a body sent now."""
    seconds = int(now.timestamp())
    return f"t={seconds},v1={_hmac(token, seconds, body)}"


def verifies(header: str, token: str, body: bytes, now: datetime) -> bool:
    """Whether the header signs this body, not longer ago (nor further ahead) than ``TOLERANCE``."""
    match = _HEADER.fullmatch(header)
    if not match:
        return False
    seconds = int(match[1])
    fresh = abs(now.timestamp() - seconds) <= TOLERANCE.total_seconds()
    return hmac.compare_digest(match[2], _hmac(token, seconds, body)) and fresh


def wait(failures: int, chance: float) -> timedelta:
    """How long after the n-th failure in a row (from 1); ``chance`` in [0, 1) spreads those who failed together.

    Doubling from a second to a quarter of an hour, and of that between a half and the whole.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 32))
    return timedelta(seconds=longest * (1 + chance) / 2)


def sealed(master: bytes, subscription: bytes, token: str) -> bytes:
    """The token as it is stored: AES-256-GCM under the service's master key, bound to its subscription."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(master).encrypt(nonce, token.encode(), subscription)


def opened(master: bytes, subscription: bytes, stored: bytes) -> str | None:
    """The token again; None when the master key is another than the one it was sealed with."""
    try:
        return AESGCM(master).decrypt(stored[:_NONCE], stored[_NONCE:], subscription).decode()
    except InvalidTag:
        return None


def _hmac(token: str, seconds: int, body: bytes) -> str:
    return hmac.digest(token.encode(), b"%d." % seconds + body, "sha256").hex()
