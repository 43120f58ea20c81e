"""The register of parties in PostgreSQL: SQL and rows, nothing decided here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from asyncpg import Record

from zhuisu.db import Connection, queries
from zhuisu.parties.model import (
    Entry,
    Key,
    Licence,
    NewPerson,
    Organisation,
    Person,
    Principal,
    Role,
    Site,
    Status,
)

SQL = queries(__file__)

T = TypeVar("T")


async def register(conn: Connection, entry: Entry, now: datetime) -> Organisation | None:
    """None when the USCC is taken."""
    row = await conn.fetchrow(
        SQL.register,
        entry.uscc,
        entry.name,
        entry.name_en,
        entry.kind,
        entry.division,
        entry.divisions,
        entry.address,
        entry.phone,
        now,
    )
    return _one(Organisation, row)


async def organisation(conn: Connection, uscc: str, *, locked: bool = False) -> Organisation | None:
    """None when the USCC is not registered."""
    return _one(Organisation, await conn.fetchrow(SQL.by_uscc_locked if locked else SQL.by_uscc, uscc))


async def organisations(conn: Connection, ids: Sequence[int]) -> dict[int, Organisation]:
    """By id; unknown ids are absent."""
    return {o.id: o for o in _all(Organisation, await conn.fetch(SQL.by_ids, ids))}


async def organisations_by_uscc(conn: Connection, usccs: Sequence[str]) -> dict[str, Organisation]:
    """By USCC; unknown ones are absent."""
    return {o.uscc: o for o in _all(Organisation, await conn.fetch(SQL.by_usccs, usccs))}


async def page(conn: Connection, after: str, prefixes: Sequence[str], limit: int) -> list[Organisation]:
    """In USCC order after ``after``, where the division begins with one of ``prefixes``."""
    return _all(Organisation, await conn.fetch(SQL.page, after, prefixes, limit))


async def set_status(conn: Connection, uscc: str, status: Status) -> Organisation | None:
    """None when the USCC is not registered."""
    return _one(Organisation, await conn.fetchrow(SQL.set_status, uscc, status))


async def next_number(conn: Connection, organisation: int) -> int:
    """The number of its next site without a GLN; the organisation's row must be locked."""
    return 1 + int(await conn.fetchval(SQL.own_numbers, organisation))


async def add_site(conn: Connection, organisation: int, site: Site) -> bool:
    """False when its id is taken."""
    return None is not await conn.fetchval(
        SQL.add_site,
        site.id,
        organisation,
        site.uri,
        site.gln,
        site.name,
        site.kind,
        site.division,
        site.address,
        site.latitude,
        site.longitude,
    )


async def sites(conn: Connection, organisation: int) -> list[Site]:
    """All of an organisation's."""
    return _all(Site, await conn.fetch(SQL.sites, organisation))


async def sites_by_id(conn: Connection, ids: Sequence[str]) -> dict[str, Site]:
    """By site id (GLN or ``<uscc>.<n>``); unknown ids are absent."""
    return {s.id: s for s in _all(Site, await conn.fetch(SQL.sites_by_id, ids))}


async def sites_by_uri(conn: Connection, uris: Sequence[str]) -> dict[str, Site]:
    """By canonical URI, as events name places; unknown URIs are absent."""
    return {s.uri: s for s in _all(Site, await conn.fetch(SQL.sites_by_uri, uris))}


async def add_licence(conn: Connection, organisation: int, licence: Licence) -> bool:
    """False when one of this kind and number is recorded."""
    values = (licence.kind, licence.number, licence.valid_from, licence.valid_until)
    return None is not await conn.fetchval(SQL.add_licence, organisation, *values)


async def licences(conn: Connection, organisation: int) -> list[Licence]:
    """All of an organisation's, past ones too."""
    return _all(Licence, await conn.fetch(SQL.licences, organisation))


async def add_key(
    conn: Connection, organisation: int, label: str, roles: frozenset[Role], hash_: bytes, now: datetime, by: int | None
) -> Key:
    """``by`` is the organisation that asked; None from the command line."""
    row = await conn.fetchrow(SQL.add_key, organisation, label, sorted(roles), hash_, now, by)
    return msgspec.convert(dict(row or {}), Key)


async def keys(conn: Connection, organisation: int) -> list[Key]:
    """All of an organisation's, revoked ones too."""
    return _all(Key, await conn.fetch(SQL.keys, organisation))


async def revoke_key(conn: Connection, organisation: int, key: int, now: datetime) -> bool:
    """False when the organisation has no such key."""
    return await conn.fetchval(SQL.revoke_key, organisation, key, now) is not None


async def add_person(
    conn: Connection, organisation: int, person: NewPerson, password: str, now: datetime
) -> Person | None:
    """None when the login is taken; ``password`` is the hash."""
    values = (person.login, person.name, password, sorted(person.roles), now)
    return _one(Person, await conn.fetchrow(SQL.add_person, organisation, *values))


async def people(conn: Connection, organisation: int) -> list[Person]:
    """All of an organisation's, disabled ones too."""
    return _all(Person, await conn.fetch(SQL.people, organisation))


async def disable_person(conn: Connection, organisation: int, login: str, now: datetime) -> bool:
    """Ends the person's sessions too. False when the organisation has nobody of that login."""
    person = await conn.fetchval(SQL.disable_person, organisation, login, now)
    await conn.execute(SQL.end_sessions_of, person)
    return person is not None


async def caller_by_key(conn: Connection, hash_: bytes) -> Principal | None:
    """Whom a key stands for; None when it is unknown or revoked, or its organisation may not act."""
    row = await conn.fetchrow(SQL.caller_by_key, hash_)
    return _principal(row, via="key") if row else None


async def caller_by_session(conn: Connection, hash_: bytes, now: datetime) -> Principal | None:
    """Who signed in; None when the session is unknown or over, or the person or organisation may not act."""
    row = await conn.fetchrow(SQL.caller_by_session, hash_, now)
    return _principal(row, via="session", person=row["login"]) if row else None


async def person_by_login(conn: Connection, login: str) -> tuple[int, str, Principal] | None:
    """Row id, argon2id hash and principal of somebody who may sign in."""
    row = await conn.fetchrow(SQL.person_by_login, login)
    return (row["person_id"], row["password"], _principal(row, via="session", person=login)) if row else None


async def start_session(conn: Connection, hash_: bytes, person: int, now: datetime, expires: datetime) -> None:
    """``hash_`` is of the token."""
    await conn.execute(SQL.start_session, hash_, person, now, expires)


async def end_session(conn: Connection, hash_: bytes) -> None:
    """No error when there is none."""
    await conn.execute(SQL.end_session, hash_)


async def count_attempt(
    conn: Connection, subjects: Sequence[bytes], now: datetime, window_start: datetime
) -> dict[bytes, tuple[int, datetime]]:
    """Subject → attempts in its window with this one, and when the window began."""
    rows = await conn.fetch(SQL.count_attempt, subjects, now, window_start)
    return {row["subject"]: (row["count"], row["since"]) for row in rows}


async def forgive_attempt(conn: Connection, login: bytes, address: bytes) -> None:
    """The login starts from nought, the address gets one try back."""
    await conn.execute(SQL.forgive_attempt, login, address)


async def sweep(conn: Connection, now: datetime, window_start: datetime) -> None:
    """Removes sessions and attempt counters that no longer mean anything."""
    await conn.execute(SQL.sweep_sessions, now)
    await conn.execute(SQL.sweep_attempts, window_start)


def _principal(row: Record, **how: Any) -> Principal:
    return Principal(
        party=row["id"],
        uscc=row["uscc"],
        name=row["name"],
        kind=row["kind"],
        roles=frozenset(map(Role, row["roles"])),
        divisions=tuple(row["divisions"]),
        **how,
    )


def _one(kind: type[T], row: Record | None) -> T | None:
    return None if row is None else msgspec.convert(dict(row), kind)


def _all(kind: type[T], rows: Sequence[Record]) -> list[T]:
    return msgspec.convert([dict(row) for row in rows], list[kind])  # type: ignore[valid-type]
