"""Revoke: void a certificate, once, with a reason. Nothing is edited; a right certificate is issued anew.

>>> await revoke(db, who, "a28d78ee…", "wrong quantity", now)
"""

import re
from datetime import datetime

from zhuisu.auth import Principal, sees
from zhuisu.certs import store
from zhuisu.certs.errors import AlreadyRevoked, NotTheIssuer, UnknownCertificate
from zhuisu.db import Connection, Database

_ID = re.compile("[0-9a-f]{32}")


async def found(conn: Connection, id_: str) -> store.Stored:
    """The stored certificate. Raises UnknownCertificate."""
    stored = await store.by_id(conn, id_) if _ID.fullmatch(id_) else None
    if stored is None:
        raise UnknownCertificate(f"there is no certificate {id_!r:.40}", where="id")
    return stored


async def revoke(db: Database, who: Principal, id_: str, reason: str, now: datetime) -> None:
    """By its issuer, a regulator of the issuer's division, or an administrator.

    Raises UnknownCertificate, NotTheIssuer, AlreadyRevoked (with when and why).
    """
    async with db.transaction() as conn:
        stored = await found(conn, id_)
        if not sees(who, stored.uscc, stored.division):
            raise NotTheIssuer(f"{who.uscc} did not issue certificate {id_} and does not oversee its issuer")
        if not await store.revoke(conn, id_, now, who.party or 0, who.person, reason):
            at, why = await store.revocation(conn, id_) or (now, "")
            raise AlreadyRevoked(f"it was revoked at {at.isoformat()}: {why}", at=at, reason=why)
