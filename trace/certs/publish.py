"""The keys that the service keeps, and the two lists it signs with the root: whom to trust, and what is void.

Both lists are made anew for each request and come out byte for byte the same within their period, whichever worker
makes them, because times are rounded down and signatures deterministic: so their ETag holds.
"""

from datetime import datetime, timedelta

import msgspec

from zhuisu.certs import store
from zhuisu.certs.errors import KeyLocked
from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.status import BLOCK, StatusList, pack
from zhuisu.certs.trust import TrustList
from zhuisu.db import Connection, Database
from zhuisu.settings import Settings

KEY_LIFE = timedelta(days=3 * 365)
TRUST_PERIOD, TRUST_LIFE = timedelta(hours=1), timedelta(days=7)
STATUS_PERIOD, STATUS_LIFE = timedelta(minutes=1), timedelta(days=1)


class Held(msgspec.Struct, frozen=True):
    """A key ready to sign, and its row."""

    id: int
    key: PrivateKey


async def signer(conn: Connection, settings: Settings, party: int, uscc: str, now: datetime) -> Held:
    """The issuer's key that the service holds; its first use makes it. Raises KeyLocked."""
    now = now.replace(microsecond=0)  # certificates are dated to the second, and none is older than its key
    if (held := await store.signing_key(conn, party, now)) is None:
        await store.lock_keys(conn, party)
        if (held := await store.signing_key(conn, party, now)) is None:
            held = await _make(conn, settings, party, uscc, now, now + KEY_LIFE)
    return Held(held.id, PrivateKey.unwrap(held.wrapped, settings.master_key, uscc, held.kid))


async def root(conn: Connection, settings: Settings, now: datetime) -> PrivateKey:
    """The root's key; its first use makes it. Raises KeyLocked."""
    if (held := await store.root_key(conn)) is None:
        await store.lock_keys(conn, store.ROOT)
        if (held := await store.root_key(conn)) is None:
            held = await _make(conn, settings, store.ROOT, "root", now, None)
    return PrivateKey.unwrap(held.wrapped, settings.master_key, "root", held.kid)


async def trust_list(db: Database, settings: Settings, now: datetime) -> tuple[bytes, TrustList]:
    """The trust list, signed and as a value. Raises KeyLocked."""
    async with db.transaction() as conn:
        key = await root(conn, settings, now)
        keys = await store.keyring(conn)
    made = _floor(now, TRUST_PERIOD)
    found = TrustList(
        iss=settings.base,
        made=made,
        expires=made + TRUST_LIFE,
        root=key.public,
        status_uri=f"{settings.base}/status-list",
        keys=keys,
    )
    return found.seal(key), found


async def status_list(db: Database, settings: Settings, now: datetime) -> bytes:
    """The status list, signed. Whole blocks: its length tells little of how many there are. Raises KeyLocked."""
    async with db.transaction() as conn:
        key = await root(conn, settings, now)
        void = await store.not_valid(conn)
        size = (await store.last_count(conn) // BLOCK + 1) * BLOCK
    made = _floor(now, STATUS_PERIOD)
    ttl = int(STATUS_PERIOD.total_seconds())
    return StatusList(f"{settings.base}/status-list", made, made + STATUS_LIFE, ttl, pack(size, void)).seal(key)


async def _make(
    conn: Connection, settings: Settings, party: int, owner: str, since: datetime, until: datetime | None
) -> store.HeldKey:
    if len(settings.master_key) != 32:
        raise KeyLocked("the service was started without a master key, so it can keep no private keys")
    key = PrivateKey.generate()
    return await store.add_key(conn, party, key.public, key.wrap(settings.master_key, owner), since, until)


def _floor(time: datetime, period: timedelta) -> datetime:
    return time - (time - datetime.min.replace(tzinfo=time.tzinfo)) % period
