"""The seal: COSE_Sign1 (RFC 9052 §4.2) in exactly one encoding, and the number that stands for it in an address.

    D2 84 <protected> A0 <payload> 58 40 <signature>        tag 18, four items, nothing unprotected, shortest lengths

>>> token = seal(certificate, key)
>>> open_(token, key.public) == certificate
True
>>> from_digits(digits(token)) == token
True
"""

import hashlib
import re
from typing import Any

import cbor2

from zhuisu.certs.errors import BadClaim, BadSeal, NotACertificate
from zhuisu.certs.keys import ALIASES, ES256, PublicKey, Signer
from zhuisu.certs.model import BODY, CTI, EXP, IAT, ISS, Certificate, claims, from_claims

MAX_TOKEN, MAX_DIGITS = 1700, 4096
"""Bytes, and the digits that spell them: what the largest symbol holds, and then some."""

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# The claims of a certificate, with and without an end, in the order of their encodings (RFC 8949 §4.2.1).
_CLAIMS = {frozenset(order): order for order in ((ISS, IAT, CTI, BODY), (ISS, EXP, IAT, CTI, BODY))}
_SIGNATURE = b"\x58\x40"
_ALG = {cbor2.dumps(alg): alg for alg in ALIASES}
_SHAPE = re.compile(rb"\xd2\x84\x49\xa2\x01([\x26\x27\x28\x32])\x04\x44(.{4})\xa0[\x40-\x5a]", re.DOTALL)
_CLAIMED = re.compile(rb"[\xa4\xa5]\x01\x72([0-9A-Z]{18})")


def seal(certificate: Certificate, key: Signer) -> bytes:
    """The token: the certificate signed. Deterministic for our own keys."""
    return sign1(cbor2.dumps(claims(certificate)), key)


def open_(token: bytes, key: PublicKey) -> Certificate:
    """The certificate in a token, once its signature by ``key`` and its one encoding are proven.

    Raises NotACertificate (another shape), BadSeal (wrong signature or encoding), BadClaim (signed, but not our CDDL).
    """
    return unseal(open1(token, key, peek(token)[0]))


def unseal(payload: bytes) -> Certificate:
    """The certificate in a payload whose signature is proven. Raises BadSeal (another encoding), BadClaim."""
    found = decode(payload)
    body = found.get(BODY)
    order = _CLAIMS.get(frozenset(found))
    if order is None or type(body) is not dict or any(type(key) is not int for key in body):
        raise BadClaim("the claims set is of another kind", where="claims")
    if tuple(found) != order or list(body) != sorted(body):
        raise BadSeal("the content is not in the one accepted encoding")
    return from_claims(found)


def peek(token: bytes) -> tuple[int, bytes]:
    """Algorithm and key id a token names, nothing proven yet. Raises NotACertificate."""
    named = _SHAPE.match(token)
    if named is None or token[-66:-64] != _SIGNATURE:
        raise NotACertificate("the number does not spell a COSE_Sign1 message of this system")
    return _ALG[named[1]], named[2]


def claimed_issuer(token: bytes) -> str:
    """The USCC a token claims, unproven; empty when it claims none."""
    claim = _CLAIMED.search(token, 13, 40)
    return claim[1].decode() if claim else ""


def sign1(payload: bytes, key: Signer, *, typ: str = "") -> bytes:
    """A COSE_Sign1 message over ``payload``; ``typ`` is the protected content type of the whole (RFC 9596)."""
    protected = _protected(key.public.alg, key.public.kid, typ)
    signature = key.sign(_to_be_signed(protected, payload))
    if key.public.alg == ES256:
        signature = _low_s(signature)
    return b"\xd2\x84" + _bstr(protected) + b"\xa0" + _bstr(payload) + _SIGNATURE + signature


def open1(token: bytes, key: PublicKey, alg: int, *, typ: str = "") -> bytes:
    """The payload of a COSE_Sign1 message by ``key``, which must use the suite of ``alg``. Raises BadSeal."""
    if ALIASES.get(alg) != key.alg:
        raise BadSeal("the algorithm is not that of the key")
    protected = _protected(alg, key.kid, typ)
    head = b"\xd2\x84" + _bstr(protected) + b"\xa0"
    if not token.startswith(head) or token[-66:-64] != _SIGNATURE:
        raise BadSeal("the message is not in the one accepted form")
    payload, signature = _unbstr(token[len(head) : -66]), token[-64:]
    if key.alg == ES256 and signature != _low_s(signature):
        raise BadSeal("the signature is not in the one accepted form")
    if not key.verifies(_to_be_signed(protected, payload), signature):
        raise BadSeal("the signature does not fit the content")
    return payload


def decode(payload: bytes) -> dict[Any, Any]:
    """A CBOR map in shortest form, no indefinite length or repeated key, and nothing beside it. Raises BadSeal."""
    try:
        found = cbor2.loads(payload, max_depth=16, allow_indefinite=False, allow_duplicate_keys=False)
        if type(found) is dict and cbor2.dumps(found) == payload:
            return found
    except (cbor2.CBORError, ValueError, TypeError, OverflowError) as error:
        raise BadSeal(f"the content is not CBOR: {error}") from error
    raise BadSeal("the content is not in the one accepted encoding")


def digits(token: bytes) -> str:
    """The token as one decimal number: in a QR symbol a numeric segment costs 8.03 bits a byte."""
    return str(int.from_bytes(token))


def from_digits(text: str) -> bytes:
    """The token a number stands for. Raises NotACertificate."""
    if len(text) > MAX_DIGITS or not text.isascii() or not text.isdigit() or text[0] == "0":
        raise NotACertificate(f"1 to {MAX_DIGITS} decimal digits without a leading zero are expected")
    number = int(text)
    return number.to_bytes((number.bit_length() + 7) // 8)


def identify(token: bytes) -> str:
    """The certificate's id: the first 16 bytes of the token's SHA-256, in hexadecimal."""
    return hashlib.sha256(token).hexdigest()[:32]


def address(base: str, token: bytes) -> str:
    """The certificate's address, which is the text of its QR symbol."""
    return f"{base}/c/{digits(token)}"


def _protected(alg: int, kid: bytes, typ: str) -> bytes:
    header: dict[int, Any] = {1: alg, 4: kid}
    return cbor2.dumps(header | {16: typ} if typ else header)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure (RFC 9052 §4.4) without external data."""
    return b"\x84\x6aSignature1" + _bstr(protected) + b"\x40" + _bstr(payload)


def _bstr(content: bytes) -> bytes:
    size = len(content)
    if size < 24:
        return bytes([0x40 | size]) + content
    if size < 1 << 8:
        return bytes([0x58, size]) + content
    return (b"\x59" + size.to_bytes(2) if size < 1 << 16 else b"\x5a" + size.to_bytes(4)) + content


def _unbstr(item: bytes) -> bytes:
    """The content of a byte string whose length is written in the shortest way. Raises BadSeal."""
    size = len(item)
    content = item[1 if size < 25 else 2 if size < 258 else 3 if size < 65539 else 5 :]
    if _bstr(content) != item:
        raise BadSeal("the message is not in the one accepted form")
    return content


def _low_s(signature: bytes) -> bytes:
    """Of the two ECDSA signatures (r, s) and (r, n - s) the one with the smaller s: else every token had a twin."""
    s = int.from_bytes(signature[32:])
    return signature if 2 * s <= _P256_ORDER else signature[:32] + (_P256_ORDER - s).to_bytes(32)
