"""Whom to believe: the trust list, a CWT of issuer keys signed by the root of this system.

It is public and small (about 150 bytes a key), carries the names, kinds and telephone numbers that a short certificate
leaves out, and the address of the status list. Who verifies offline needs this one file and the root's thumbprint.

>>> trust = TrustList.read(token, root="9f2c…")
>>> trust.keys_of(kid)[0].issuer.name
'淄川示范蛋鸡养殖场'
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import cbor2
import msgspec

from zhuisu.certs.errors import BadKey, BadList, BadSeal
from zhuisu.certs.keys import PublicKey, Signer
from zhuisu.certs.model import EXP, IAT, ISS
from zhuisu.certs.seal import decode, open1, sign1

TYPE = "application/vnd.zhuisu.trust-list+cwt"
LIST = -65538
"""Private claim: ``{1: root key, 2: status list URI, 3: [[uscc, name, kind, phone, key, from, until or null], …]}``."""


class Issuer(msgspec.Struct, frozen=True):
    """Who issues: organisation key, name, kind (``farm``, ``slaughterhouse`` …), telephone; the last may be empty."""

    uscc: str
    name: str
    kind: str
    phone: str = ""


class TrustedKey(msgspec.Struct, frozen=True):
    """A key and the span in which it signs for its issuer: ``since`` counts in, ``until`` does not."""

    issuer: Issuer
    key: PublicKey
    since: datetime
    until: datetime | None = None

    def signs_at(self, time: datetime) -> bool:
        """Whether a certificate of ``time`` may bear this key's signature."""
        return self.since <= time and (self.until is None or time < self.until)


class Keyring(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Keys to verify with. There may be several of one issuer, and several that share a four-byte id."""

    keys: tuple[TrustedKey, ...] = ()

    def keys_of(self, kid: bytes) -> tuple[TrustedKey, ...]:
        """Every key with that id."""
        return self._by_kid.get(kid, ())

    def issuer(self, uscc: str) -> Issuer | None:
        """The issuer with that organisation key, None when the list does not know it."""
        return self._by_uscc.get(uscc)

    @cached_property
    def _by_kid(self) -> dict[bytes, tuple[TrustedKey, ...]]:
        found: dict[bytes, tuple[TrustedKey, ...]] = {}
        for trusted in self.keys:
            found[trusted.key.kid] = (*found.get(trusted.key.kid, ()), trusted)
        return found

    @cached_property
    def _by_uscc(self) -> dict[str, Issuer]:
        return {trusted.issuer.uscc: trusted.issuer for trusted in self.keys}


class TrustList(Keyring, frozen=True, kw_only=True, dict=True):
    """The whole list as a value, with its root and the address of the status list."""

    iss: str
    made: datetime
    expires: datetime
    root: PublicKey
    status_uri: str

    def seal(self, root: Signer) -> bytes:
        """The list as a signed CWT."""
        body = {1: cbor2.loads(self.root.cose), 2: self.status_uri, 3: list(_rows(self.keys))}
        found = {ISS: self.iss, EXP: _seconds(self.expires), IAT: _seconds(self.made), LIST: body}
        return sign1(cbor2.dumps(found), root, typ=TYPE)

    @classmethod
    def read(cls, token: bytes, *, root: str = "") -> "TrustList":
        """The list in a CWT, its signature proven. Raises BadList.

        ``root`` is the SHA-256 thumbprint of the root key in hexadecimal (RFC 9679). Without it the list is only proven
        to be whole, not whose it is: who hands it over is then believed.
        """
        try:
            message = cbor2.loads(token, max_depth=16)
            found = decode(message.value[2])
            key = PublicKey.from_cose(found[LIST][1])
            _expect_root(key, root)
            open1(token, key, key.alg, typ=TYPE)
            return cls(
                iss=str(found[ISS]),
                made=_time(found[IAT]),
                expires=_time(found[EXP]),
                root=key,
                status_uri=str(found[LIST][2]),
                keys=tuple(_trusted(row) for row in found[LIST][3]),
            )
        except BadList:
            raise
        except (BadSeal, BadKey) as error:
            raise BadList(error.detail) from error
        except (cbor2.CBORError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise BadList(f"this is not a trust list: {error}") from error


def _rows(keys: Iterable[TrustedKey]) -> Iterable[list[Any]]:
    for trusted in keys:
        issuer, until = trusted.issuer, trusted.until
        life = [_seconds(trusted.since), None if until is None else _seconds(until)]
        yield [issuer.uscc, issuer.name, issuer.kind, issuer.phone, cbor2.loads(trusted.key.cose), *life]


def _expect_root(key: PublicKey, root: str) -> None:
    if root and root.lower() != key.thumbprint.hex():
        raise BadList(f"the list is signed by root {key.thumbprint.hex()}, not {root.lower()}", where="root")


def _trusted(row: list[Any]) -> TrustedKey:
    *who, key, since, until = row
    issuer = Issuer(*msgspec.convert(who, tuple[str, str, str, str]))
    return TrustedKey(issuer, PublicKey.from_cose(key), _time(since), None if until is None else _time(until))


def _seconds(time: datetime) -> int:
    return int(time.timestamp())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
