"""Verbs of access: API keys and people of an organisation, made and withdrawn by an administrator."""

import asyncio
from datetime import datetime

from msgspec import structs

from zhuisu.codes.uscc import check_uscc
from zhuisu.db import Connection, Database
from zhuisu.parties import secret, store
from zhuisu.parties.errors import KeyNotFound, LoginTaken, PersonNotFound, RoleUnfit
from zhuisu.parties.model import Entry, Kind, MintedKey, NewKey, NewPerson, Organisation, Person, Principal, Role
from zhuisu.parties.register import known

PLATFORM = "91370300MA00000007"  # a made-up organisation; a real platform gives its own USCC


async def mint_key(db: Database, who: Principal, uscc: str, new: NewKey, now: datetime) -> MintedKey:
    """A new API key. Only its hash is stored, so this answer is the one time it can be read.

    Raises PartyNotFound, RoleUnfit.
    """
    async with db.transaction() as conn:
        holder = await known(conn, uscc)
        _require_fit(holder, new.roles)
        return await _mint(conn, holder, new, now, by=who.party)


async def revoke_key(db: Database, uscc: str, key: int, now: datetime) -> None:
    """The key opens nothing any more, everywhere within ``auth.KEY_MEMORY`` seconds.

    Raises PartyNotFound, KeyNotFound.
    """
    async with db.transaction() as conn:
        holder = await known(conn, uscc)
        if not await store.revoke_key(conn, holder.id, key, now):
            raise KeyNotFound(f"{uscc} has no key {key}")


async def add_person(db: Database, uscc: str, new: NewPerson, now: datetime) -> Person:
    """Somebody who may sign in. Raises PartyNotFound, RoleUnfit, LoginTaken."""
    password = await asyncio.to_thread(secret.hashed, new.password)
    async with db.transaction() as conn:
        holder = await known(conn, uscc)
        _require_fit(holder, new.roles)
        if person := await store.add_person(conn, holder.id, new, password, now):
            return person
    raise LoginTaken(f"{new.login} is taken", where="login")


async def disable_person(db: Database, uscc: str, login: str, now: datetime) -> None:
    """Closes the account and ends its sessions at once. Raises PartyNotFound, PersonNotFound."""
    async with db.transaction() as conn:
        holder = await known(conn, uscc)
        if not await store.disable_person(conn, holder.id, login, now):
            raise PersonNotFound(f"{uscc} has nobody with login {login}")


async def first_key(db: Database, now: datetime, *, uscc: str = PLATFORM, name: str = "zhuisu") -> MintedKey:
    """An administrator's key for the platform's own organisation, which is registered if it is not.

    For whoever holds the database: the command line and the demo world, never a route.
    """
    entry = Entry(uscc=check_uscc(uscc), name=name, kind=Kind.other, division=uscc[2:8])
    async with db.transaction() as conn:
        platform = await store.register(conn, entry, now) or await known(conn, entry.uscc)
        new = NewKey(label="administrator", roles=frozenset({Role.administrator}))
        return await _mint(conn, platform, new, now, by=None)


async def _mint(conn: Connection, holder: Organisation, new: NewKey, now: datetime, *, by: int | None) -> MintedKey:
    text = secret.new_key()
    key = await store.add_key(conn, holder.id, new.label, new.roles, secret.digest(text), now, by)
    return MintedKey(**structs.asdict(key), key=text)


def _require_fit(holder: Organisation, roles: frozenset[Role]) -> None:
    if Role.regulator in roles and holder.kind is not Kind.regulator:
        raise RoleUnfit(f"{holder.uscc} is of kind {holder.kind}, not regulator", where="roles")
