"""Writes ``certificate.json``, the worked example: one egg and one meat certificate with every intermediate step.

    python schemas/certificate.py          writes it anew; a test fails when the committed file differs

Keys, numbers and people are made up; the private keys are public on purpose. Signatures are deterministic (RFC 6979,
RFC 8032), so another implementation can compare byte by byte.
"""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.model import Assay, Basis, Certificate, Inspection, Standing, claims
from zhuisu.certs.qr import symbol
from zhuisu.certs.seal import address, digits, identify, open1, peek, seal
from zhuisu.certs.status import StatusList, pack
from zhuisu.certs.trust import Issuer, TrustedKey, TrustList

FILE = Path(__file__).with_suffix(".json")
BASE = "https://zhuisu.example"
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
FARM = Issuer("91370302MA000A012K", "淄川示范蛋鸡养殖场", "farm", "0533-5180000")
PLANT = Issuer("91370302MA000A039B", "淄川示范生猪屠宰厂", "slaughterhouse", "0533-5180001")


def scalar(name: str) -> bytes:
    """32 bytes for a key that anybody can make again."""
    return hashlib.sha256(f"zhuisu worked example: {name}".encode()).digest()


def p256(name: str) -> PrivateKey:
    """Key for ES256."""
    return PrivateKey(derive_private_key(int.from_bytes(scalar(name)), SECP256R1()))


def ed25519(name: str) -> PrivateKey:
    """Key for EdDSA."""
    return PrivateKey(Ed25519PrivateKey.from_private_bytes(scalar(name)))


EGGS = Certificate(
    issuer=FARM.uscc,
    issued=NOW,
    nonce=bytes.fromhex("0011223344556677"),
    form=1,
    product=1,
    quantity=Decimal(360),
    unit=1,
    origin=370302,
    basis=(Basis.control, Basis.own_test),
    status=70,
)
MEAT = Certificate(
    issuer=PLANT.uscc,
    issued=NOW,
    nonce=bytes.fromhex("8899aabbccddeeff"),
    expires=NOW + timedelta(days=7),
    form=8,
    product=9,
    quantity=Decimal("86.4"),
    unit=2,
    origin=370302,
    issuer_name=PLANT.name,
    phone=PLANT.phone,
    status=71,
    quarantine="3703020000123456",
    inspections=(Inspection(Assay.asf, "26030103"), Inspection(Assay.beta_agonist, "26030104")),
    slaughtered=date(2026, 3, 1),
    lot="260301-03",
)


def example() -> dict[str, Any]:
    """The whole example as JSON values; bytes are hexadecimal."""
    farm, plant, root = p256("farm"), ed25519("plant"), p256("root")
    trust = TrustList(
        iss=BASE,
        made=NOW,
        expires=NOW + timedelta(days=7),
        root=root.public,
        status_uri=f"{BASE}/status-list",
        keys=(
            TrustedKey(FARM, farm.public, NOW - timedelta(days=30)),
            TrustedKey(PLANT, plant.public, NOW - timedelta(days=30), NOW + timedelta(days=1000)),
        ),
    )
    statuses = StatusList(trust.status_uri, NOW, NOW + timedelta(days=1), 300, pack(4096, {71: Standing.revoked}))
    return {
        "about": "Made by certificate.py. Fictitious; the private keys are public on purpose.",
        "keys": {
            "farm": _key(farm, scalar("farm")),
            "plant": _key(plant, scalar("plant")),
            "root": _key(root, scalar("root")),
        },
        "certificates": {"eggs": _sealed(EGGS, farm, "farm"), "meat": _sealed(MEAT, plant, "plant")},
        "trust_list": trust.seal(root).hex(),
        "status_list": statuses.seal(root).hex(),
        "standing": {"eggs": "valid", "meat": "revoked"},
    }


def _key(key: PrivateKey, secret: bytes) -> dict[str, Any]:
    public = key.public
    named = {"cose_key": public.cose.hex(), "thumbprint": public.thumbprint.hex(), "kid": public.kid.hex()}
    return {"private": secret.hex(), "alg": public.alg, **named}


def _sealed(certificate: Certificate, key: PrivateKey, name: str) -> dict[str, Any]:
    token = seal(certificate, key)
    payload = open1(token, key.public, peek(token)[0])
    return {
        "key": name,
        "claims": _shown(claims(certificate)),
        "protected": cbor2.loads(token).value[0].hex(),
        "payload": payload.hex(),
        "token": token.hex(),
        "bytes": len(token),
        "id": identify(token),
        "digits": digits(token),
        "address": address(BASE, token),
        "symbol_version": {level: symbol(address(BASE, token), level=level).version for level in ("M", "Q")},
    }


def _shown(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _shown(inner) for key, inner in value.items()}
        case list():
            return [_shown(inner) for inner in value]
        case bytes():
            return value.hex()
        case Decimal():
            return str(value)
        case _:
            return value


def text() -> str:
    """What the committed file must hold."""
    return json.dumps(example(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.name} written")
