"""API keys, session tokens and passwords, and the one-way forms of them that are stored.

>>> matches(hashed("correct horse"), "correct horse")
True
"""

import hashlib
import hmac
import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

KEY = re.compile(rb"zs_[A-Za-z0-9_-]{43}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP Password Storage: 19 MiB, t=2, p=1
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$KjBaod9V+5kcsHViqvsGxw$6qqLkONQZdZD5OLeUaktLoSNn2hrXpryGyDTgSb32CU"


def new_key() -> str:
    """An API key: ``zs_`` and 256 random bits in base64url."""
    return f"zs_{secrets.token_urlsafe(32)}"


def new_token() -> str:
    """A session token: 256 random bits in base64url."""
    return secrets.token_urlsafe(32)


def digest(secret: str | bytes) -> bytes:
    """What is stored of a key or token. Plain SHA-256 is enough for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode() if isinstance(secret, str) else secret).digest()


def blind(key: bytes, *parts: str) -> bytes:
    """A keyed hash under which something guessable (a login, an address) can be counted without being kept."""
    return hmac.digest(key, "\0".join(parts).encode(errors="replace"), "sha256")


def hashed(password: str) -> str:
    """The argon2id hash of a password (RFC 9106) as a PHC string. Takes about 30 ms and 19 MiB."""
    return _HASHER.hash(_bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one hashed. Takes as long when there is no hash, so that time gives no login away."""
    try:
        _HASHER.verify(stored or _NOBODY, _bytes(password))
    except VerificationError:
        return False
    return stored is not None


def _bytes(password: str) -> bytes:
    # One password however the keyboard composes it (NIST SP 800-63B-4 §3.1.1.2).
    return unicodedata.normalize("NFKC", password).encode(errors="replace")
