"""Issue and verify beside the raw signature, a QR symbol beside the library's."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import qrcode
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from rich.console import Console

from bench.figure import Figure
from zhuisu import certs, db
from zhuisu.auth import Principal, Role
from zhuisu.certs.model import Basis
from zhuisu.certs.publish import trust_list
from zhuisu.parties import organisation
from zhuisu.parties.model import Entry, Kind, NewSite
from zhuisu.parties.register import add_site, register
from zhuisu.settings import Settings

NOW = datetime.now(UTC)
FARM = "91370302MA000A012K"


def rate(work: Callable[[], object], seconds: float = 1.5) -> float:
    """Calls a second."""
    work()
    count, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        work()
        count += 1
    return count / spent


async def farm(database: db.Database) -> Principal:
    """The farm, registered with its site at need."""
    async with database.connection() as conn:
        known = await organisation(conn, FARM)
    here = known or await register(
        database, Entry(uscc=FARM, name="示范蛋鸡场", kind=Kind.farm, division="370302", phone="0533-5550101"), NOW
    )
    who = Principal(party=here.id, uscc=FARM, roles=frozenset({Role.issuer, Role.operator}), via="key")
    if known is None:
        await add_site(database, who, FARM, NewSite(name="示范蛋鸡场"))
    return who


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("certificates …")
    key = ec.generate_private_key(ec.SECP256R1())
    message = bytes(150)
    signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    raw_sign = rate(lambda: key.sign(message, ec.ECDSA(hashes.SHA256())))
    raw_verify = rate(lambda: key.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256())))
    async with db.connect(settings.database_url, size=2) as database:
        who = await farm(database)
        orders = [
            certs.ProduceOrder(
                product="鲜鸡蛋", quantity=Decimal(360), unit="枚", origin="370302", basis=(Basis.own_test,)
            )
            for _ in range(500)
        ]
        await certs.issue_many(database, settings, who, orders, NOW)
        begin = time.perf_counter()
        for _ in range(4):
            issued = await certs.issue_many(database, settings, who, orders, NOW)
        batch = 4 * len(orders) / (time.perf_counter() - begin)
        url = issued[0].url
        trust = await _trust(database, settings)
        assert certs.verify(url, trust, now=NOW).state == "valid"
    return [
        Figure(name="issue, batch of 500", value=batch, unit="/s", limit=raw_sign, bound="raw ES256 signatures"),
        Figure(
            name="verify, offline",
            value=rate(lambda: certs.verify(url, trust, now=NOW)),
            unit="/s",
            limit=raw_verify,
            bound="raw ES256 verifications",
        ),
        Figure(
            name="QR symbol with SVG",
            value=rate(lambda: certs.svg(certs.symbol(url))),
            unit="/s",
            limit=rate(lambda: _with_library(url), 1.0),
            bound="qrcode's own matrix",
        ),
    ]


async def _trust(database: db.Database, settings: Settings) -> certs.TrustList:
    return (await trust_list(database, settings, NOW))[1]


def _with_library(text: str) -> None:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    head, _, digits = text.rpartition("/")
    code.add_data(qrcode.util.QRData(head + "/", mode=qrcode.util.MODE_8BIT_BYTE))
    code.add_data(qrcode.util.QRData(digits, mode=qrcode.util.MODE_NUMBER))
    code.make(fit=True)
