"""Signing keys: P-256 and Ed25519, as COSE_Key, and wrapped at rest.

>>> key = PrivateKey.generate()
>>> key.public.verifies(b"eggs", key.sign(b"eggs"))
True

A ``Signer`` may live elsewhere (an HSM, the issuer's own browser): whatever has ``public`` and ``sign`` will do.
"""

import hashlib
import os
from typing import Any, Protocol

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)

from zhuisu.certs.errors import BadKey, KeyLocked

ES256, EDDSA = -7, -8
ALIASES = {ES256: ES256, EDDSA: EDDSA, -9: ES256, -19: EDDSA}
"""COSE algorithm numbers we accept; ESP256 and Ed25519 name the same suites with the curve fixed (RFC 9864 §2)."""

# RFC 6979: the nonce comes from key and message, so a weak random source leaks nothing and a worked example repeats.
_ECDSA_SIGN = ECDSA(hashes.SHA256(), deterministic_signing=True)
_ECDSA = ECDSA(hashes.SHA256())
_NONCE = 12


class PublicKey:
    """A public key. ``cose`` is its COSE_Key in deterministic CBOR, whose hash is the thumbprint (RFC 9679 §4)."""

    __slots__ = ("_point", "alg", "cose", "kid", "thumbprint")

    def __init__(self, point: EllipticCurvePublicKey | Ed25519PublicKey) -> None:
        self._point = point
        match point:
            case Ed25519PublicKey():
                self.alg = EDDSA
                self.cose = cbor2.dumps({1: 1, -1: 6, -2: point.public_bytes_raw()})
            case _:
                numbers = point.public_numbers()
                self.alg = ES256
                self.cose = cbor2.dumps({1: 2, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        self.thumbprint = hashlib.sha256(self.cose).digest()
        self.kid = self.thumbprint[:4]

    @classmethod
    def from_cose(cls, cose: Any) -> "PublicKey":
        """From a decoded COSE_Key map. Raises BadKey."""
        try:
            match cose:
                case {1: 1, -1: 6, -2: bytes(x), **rest} if not rest:
                    return cls(Ed25519PublicKey.from_public_bytes(x))
                case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y), **rest} if not rest and len(x) == len(y) == 32:
                    numbers = EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), SECP256R1())
                    return cls(numbers.public_key())
        except ValueError as error:
            raise BadKey(f"the point is not on the curve: {error}") from error
        raise BadKey("a COSE_Key of P-256 or Ed25519, with its coordinates and nothing else, is expected")

    @classmethod
    def from_bytes(cls, cose: bytes) -> "PublicKey":
        """From the bytes of a COSE_Key. Raises BadKey."""
        try:
            return cls.from_cose(cbor2.loads(cose))
        except (cbor2.CBORError, ValueError, TypeError) as error:
            raise BadKey(f"not a COSE_Key: {error}") from error

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` (64 bytes: r then s, or R then S; RFC 9053 §2) is this key's over ``message``."""
        try:
            match self._point:
                case Ed25519PublicKey():
                    self._point.verify(signature, message)
                case _:
                    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
                    self._point.verify(encode_dss_signature(r, s), message, _ECDSA)
        except InvalidSignature:
            return False
        return len(signature) == 64

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.cose == other.cose

    def __hash__(self) -> int:
        return hash(self.cose)

    def __repr__(self) -> str:
        return f"PublicKey({self.kid.hex()})"


class Signer(Protocol):
    """Anything that signs for one public key."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes: r then s, or R then S."""
        ...


class PrivateKey:
    """A private key in this process's memory."""

    __slots__ = ("_secret", "public")

    def __init__(self, secret: Any) -> None:
        match secret:
            case Ed25519PrivateKey():
                self.public = PublicKey(secret.public_key())
            case EllipticCurvePrivateKey() if isinstance(secret.curve, SECP256R1):
                self.public = PublicKey(secret.public_key())
            case _:
                raise BadKey(f"a private key of P-256 or Ed25519 is expected, not {type(secret).__name__}")
        self._secret: Ed25519PrivateKey | EllipticCurvePrivateKey = secret

    @classmethod
    def generate(cls, alg: int = ES256) -> "PrivateKey":
        """A fresh key for ES256 (-7) or EdDSA (-8)."""
        return cls(Ed25519PrivateKey.generate() if ALIASES[alg] == EDDSA else generate_private_key(SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes, password: str = "") -> "PrivateKey":
        """From PKCS#8 PEM. Raises BadKey."""
        try:
            return cls(load_pem_private_key(pem, password.encode() or None))
        except (ValueError, TypeError) as error:
            raise BadKey(f"the file holds no private key that can be read: {error}") from error

    def pem(self, password: str = "") -> bytes:
        """PKCS#8 PEM, encrypted when a password is given."""
        lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return self._secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)

    def sign(self, message: bytes) -> bytes:
        """64 bytes: r then s, or R then S (RFC 9053 §2)."""
        match self._secret:
            case Ed25519PrivateKey():
                return self._secret.sign(message)
            case _:
                r, s = decode_dss_signature(self._secret.sign(message, _ECDSA_SIGN))
                return r.to_bytes(32) + s.to_bytes(32)

    def wrap(self, master: bytes, owner: str) -> bytes:
        """The key as it rests in the database: nonce, then AES-256-GCM of PKCS#8, bound to its owner and kid."""
        nonce = os.urandom(_NONCE)
        plain = self._secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return nonce + AESGCM(master).encrypt(nonce, plain, owner.encode() + self.public.kid)

    @classmethod
    def unwrap(cls, wrapped: bytes, master: bytes, owner: str, kid: bytes) -> "PrivateKey":
        """Open what ``wrap`` made. Raises KeyLocked for another master key, owner or kid, or a changed record."""
        try:
            plain = AESGCM(master).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], owner.encode() + kid)
            return cls(load_der_private_key(plain, None))
        except (InvalidTag, ValueError) as error:
            raise KeyLocked(f"the key {kid.hex()} of {owner} cannot be opened with this master key") from error
