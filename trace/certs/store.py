"""Certificates, keys and revocations in PostgreSQL: SQL and rows, nothing decided here."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from zhuisu.certs.keys import PublicKey
from zhuisu.certs.model import Standing
from zhuisu.certs.trust import Issuer, Keyring, TrustedKey
from zhuisu.db import Connection, queries, rows_for
from zhuisu.ledger import store as ledger

SQL = queries(__file__)

ROOT = 0
"""The root's place among the parties."""


class HeldKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key whose private half is here, wrapped."""

    id: int
    kid: bytes
    public: bytes
    wrapped: bytes


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate to be stored; ``goods`` are canonical codes."""

    id: str
    token: bytes
    status: int
    kind: str
    product: str
    lot: str
    event: str
    goods: tuple[str, ...]


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A stored certificate, with its issuer's key and division in the register."""

    id: str
    token: bytes
    event: str
    uscc: str
    division: str


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as a list of its issuer's shows it; ``product`` in words or as GTIN, ``lot`` "" when unsaid."""

    token: bytes
    kind: str
    product: str
    lot: str
    issued: datetime


async def lock_keys(conn: Connection, party: int) -> None:
    """Until the transaction ends."""
    await conn.execute(SQL.lock_keys, party)


async def signing_key(conn: Connection, party: int, now: datetime) -> HeldKey | None:
    """The newest key in force; None when there is none."""
    return _held(await conn.fetchrow(SQL.signing_key, party, now))


async def root_key(conn: Connection) -> HeldKey | None:
    """None before the first trust list."""
    return _held(await conn.fetchrow(SQL.root))


async def add_key(
    conn: Connection, party: int, public: PublicKey, wrapped: bytes, since: datetime, until: datetime | None
) -> HeldKey:
    """Of custody ``service``."""
    values = (party, public.kid, public.cose, wrapped, "service", since, until)
    return msgspec.convert(dict(await conn.fetchrow(SQL.add_key, *values) or {}), HeldKey)


async def keyring(conn: Connection) -> tuple[TrustedKey, ...]:
    """Every issuer's keys."""
    return tuple(map(_trusted, await conn.fetch(SQL.trusted)))


async def keyring_for(conn: Connection, kids: Collection[bytes], usccs: Collection[str]) -> Keyring:
    """Keys with one of these ids, and all keys of these issuers."""
    rows = await rows_for(conn, SQL.trusted_for, kids, list(usccs))
    return Keyring(keys=tuple(map(_trusted, rows)))


async def next_counts(conn: Connection, size: int) -> list[tuple[int, bytes]]:
    """``size`` numbers never given before, each with the secret that shuffles it."""
    return [(row["count"], row["secret"]) for row in await conn.fetch(SQL.next_counts, size)]


async def last_count(conn: Connection) -> int:
    """The last number given, 0 when none was."""
    return int(await conn.fetchval(SQL.last_count))


async def add(conn: Connection, rows: Sequence[Row], *, party: int, key: int, issued: datetime, person: str) -> None:
    """All issued at one moment by one party with one key."""
    await conn.execute(
        SQL.add_certificates,
        [row.id for row in rows],
        [row.token for row in rows],
        party,
        key,
        [row.status for row in rows],
        [row.kind for row in rows],
        [row.product for row in rows],
        [row.lot for row in rows],
        issued,
        person,
        [row.event for row in rows],
    )
    goods = [(code, row.id) for row in rows for code in row.goods]
    if goods:
        await conn.execute(SQL.add_goods, [code for code, _ in goods], [certificate for _, certificate in goods])


async def by_id(conn: Connection, id_: str) -> Stored | None:
    """None when the register has no such certificate."""
    row = await conn.fetchrow(SQL.by_id, id_)
    return None if row is None else msgspec.convert(dict(row) | {"id": row["id"].hex}, Stored)


async def latest(conn: Connection, party: int, limit: int) -> list[Latest]:
    """The newest certificates of a party, newest first."""
    return [msgspec.convert(dict(row), Latest) for row in await conn.fetch(SQL.latest, party, limit)]


async def standings(conn: Connection, ids: Collection[str]) -> dict[str, tuple[int, Standing]]:
    """Id → status index and standing; ids that are not ours are absent."""
    rows = await rows_for(conn, SQL.standings, ids)
    return {row["id"].hex: (row["status"], Standing(row["standing"])) for row in rows}


async def not_valid(conn: Connection) -> list[tuple[int, int]]:
    """Status index and standing of every certificate that is not valid any more."""
    return [(row["status"], row["standing"]) for row in await conn.fetch(SQL.not_valid)]


async def goods(conn: Connection, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Id → canonical codes of the goods it was issued for; without goods absent."""
    found: dict[str, tuple[str, ...]] = {}
    for row in await rows_for(conn, SQL.goods, ids):
        found[row["certificate"].hex] = (*found.get(row["certificate"].hex, ()), row["code"])
    return found


async def of_goods(conn: Connection, codes: Iterable[str]) -> dict[str, list[tuple[str, bytes]]]:
    """Canonical code → id and token of the certificates issued for it, oldest first; without any absent."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for row in await rows_for(conn, SQL.of_goods, codes):
        found.setdefault(row["code"], []).append((row["id"].hex, row["token"]))
    return found


async def first_captured(conn: Connection, codes: Iterable[str]) -> dict[str, int]:
    """Canonical code → the party that first captured anything of it; what the ledger does not know is absent."""
    ids = await ledger.find_codes(conn, codes)
    parties = {row["id"]: row["party"] for row in await rows_for(conn, SQL.first_captured, ids.values())}
    return {code: parties[id_] for code, id_ in ids.items() if id_ in parties}


async def tokens(conn: Connection, ids: Collection[str]) -> dict[str, bytes]:
    """Id → token; unknown ids are absent."""
    return {row["id"].hex: row["token"] for row in await rows_for(conn, SQL.tokens, ids)}


async def revoke(conn: Connection, id_: str, at: datetime, by: int, person: str, reason: str) -> bool:
    """False when it was revoked before."""
    return await conn.fetchval(SQL.revoke, id_, at, by, person, reason) is not None


async def revocation(conn: Connection, id_: str) -> tuple[datetime, str] | None:
    """When and why; None when nothing was said against it."""
    row = await conn.fetchrow(SQL.revocation, id_)
    return (row["at"], row["reason"]) if row else None


def _held(row: Any) -> HeldKey | None:
    return None if row is None else msgspec.convert(dict(row), HeldKey)


def _trusted(row: Any) -> TrustedKey:
    issuer = Issuer(row["uscc"], row["name"], row["kind"], row["phone"])
    return TrustedKey(issuer, PublicKey.from_bytes(row["public"]), row["since"], row["until"])
