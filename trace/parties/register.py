"""Verbs of the register: enter an organisation, its sites, its licences and its standing, and read them back."""

from datetime import datetime
from typing import NoReturn

from msgspec import UNSET, structs

from zhuisu.codes.checksum import require
from zhuisu.codes.uscc import check_uscc
from zhuisu.db import Connection, Database
from zhuisu.parties import store
from zhuisu.parties.errors import DivisionsUnfit, LicenceExists, NotYours, PartyExists, PartyNotFound, SiteTaken
from zhuisu.parties.model import (
    Entry,
    Kind,
    Licence,
    NewSite,
    Organisation,
    Outline,
    Principal,
    Profile,
    Role,
    Site,
    Status,
    is_own,
    prefix,
    sees,
)


async def register(db: Database, entry: Entry, now: datetime) -> Organisation:
    """A new organisation. A regulator that names no divisions oversees its own.

    Raises codes.errors.BadUscc (GB 32100), DivisionsUnfit, PartyExists.
    """
    if entry.divisions and entry.kind is not Kind.regulator:
        raise DivisionsUnfit(f"{entry.uscc} is registered as {entry.kind}", where="divisions", mend="leave it out")
    divisions = entry.divisions or ((entry.division,) if entry.kind is Kind.regulator else ())
    entry = structs.replace(entry, uscc=check_uscc(entry.uscc), divisions=divisions)
    async with db.transaction() as conn:
        if organisation := await store.register(conn, entry, now):
            return organisation
    raise PartyExists(f"{entry.uscc} is already registered", where="uscc")


async def add_site(db: Database, who: Principal, uscc: str, new: NewSite) -> Site:
    """A site under its GLN, or under the next number of its organisation when it has none.

    Raises NotYours, PartyNotFound, SiteTaken, codes.errors.BadCheckDigit.
    """
    if new.gln:
        require(new.gln, "GLN", where="gln")
    async with db.transaction() as conn:
        owner = await owned(conn, who, uscc, locked=True)
        own_id = new.gln or f"{owner.uscc}.{await store.next_number(conn, owner.id)}"
        site = Site(
            id=own_id,
            uri=f"https://id.gs1.org/414/{own_id}" if new.gln else f"urn:zhuisu:site:loc:{own_id}",
            uscc=owner.uscc,
            gln=new.gln,
            name=new.name,
            kind=owner.kind if new.kind is UNSET else new.kind,
            division=owner.division if new.division is UNSET else new.division,
            address=owner.address if new.address is UNSET else new.address,
            latitude=new.latitude,
            longitude=new.longitude,
        )
        if await store.add_site(conn, owner.id, site):
            return site
    raise SiteTaken(f"GLN {new.gln} already names a site", where="gln")


async def add_licence(db: Database, uscc: str, licence: Licence) -> Licence:
    """Raises PartyNotFound, LicenceExists."""
    async with db.transaction() as conn:
        holder = await known(conn, uscc)
        if await store.add_licence(conn, holder.id, licence):
            return licence
    raise LicenceExists(f"{uscc} already has licence {licence.number} of kind {licence.kind}", where="number")


async def set_status(db: Database, uscc: str, status: Status) -> Organisation:
    """Suspend, strike or restore an organisation; its keys and people follow. Raises PartyNotFound."""
    async with db.transaction() as conn:
        return await store.set_status(conn, uscc, status) or _unknown(uscc)


async def profile(db: Database, who: Principal, uscc: str) -> Profile | Outline:
    """All of it for the organisation itself, its regulator and an administrator; the outline for everybody else.

    Raises PartyNotFound.
    """
    async with db.transaction(read_only=True) as conn:
        organisation = await known(conn, uscc)
        if not sees(who, uscc, organisation.division):
            return Outline(uscc=uscc, kind=organisation.kind, division=organisation.division)
        own = is_own(who, uscc)
        return Profile(
            **{name: getattr(organisation, name) for name in Organisation.__struct_fields__ if name != "id"},
            sites=await store.sites(conn, organisation.id),
            licences=await store.licences(conn, organisation.id),
            keys=await store.keys(conn, organisation.id) if own else [],
            people=await store.people(conn, organisation.id) if own else [],
        )


async def overview(db: Database, who: Principal, after: str, limit: int) -> list[Organisation]:
    """The organisations the caller oversees, in USCC order, after ``after``."""
    everywhere = Role.administrator in who.roles
    prefixes = [""] if everywhere else [prefix(division) for division in who.divisions]
    async with db.connection() as conn:
        return await store.page(conn, after, prefixes, limit)


async def known(conn: Connection, uscc: str, *, locked: bool = False) -> Organisation:
    """Raises PartyNotFound."""
    return await store.organisation(conn, uscc, locked=locked) or _unknown(uscc)


async def owned(conn: Connection, who: Principal, uscc: str, *, locked: bool = False) -> Organisation:
    """Raises NotYours before it says whether there is such an organisation, PartyNotFound."""
    if not is_own(who, uscc):
        raise NotYours(f"you act for {who.uscc}, not for {uscc}")
    return await known(conn, uscc, locked=locked)


def _unknown(uscc: str) -> NoReturn:
    raise PartyNotFound(f"{uscc} is not registered")
