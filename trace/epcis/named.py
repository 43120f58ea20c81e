"""Named queries: a question kept under a name, to be asked again and subscribed to (EPCIS 2.0 §8.2, §12.7).

>>> await add(db, who, NewQuery(name="arrivals", query={"EQ_bizStep": ["receiving"]}), now)
>>> page = await events(db, who, "arrivals", paged("perPage=50", now))

Names are global, as the standard has them: who knows one may read the query, ask it and subscribe to it. A query is
not a grant: whoever asks it is answered with his own rights, a subscriber with those of the subscriber. It is listed to
the organisation that made it and to administrators, and they alone delete it. SimpleEventQuery is the standard's: it
asks for everything, takes the parameters of a query with each request, and is never deleted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from zhuisu.codes.text import Name
from zhuisu.db import Connection, Database
from zhuisu.epcis import filters, named_store, paging, query
from zhuisu.epcis.errors import BadParameter, NoSuchQuery, NotYourQuery, QueryNameTaken, UnknownParameter
from zhuisu.epcis.filters import Query
from zhuisu.epcis.named_store import QueryRow
from zhuisu.epcis.names import KNOWN
from zhuisu.epcis.paging import Position
from zhuisu.epcis.query import Page
from zhuisu.errors import Malformed
from zhuisu.parties import Principal, Role

SIMPLE = "SimpleEventQuery"
"""The query that every service has (EPCIS 2.0 §8.2.7.1); migration 0007 makes it."""
PAGING = ("perPage", "nextPageToken")
_LIST = b"queries"

stored = msgspec.json.Decoder(dict[str, Any]).decode
"""A query as it is kept."""


class NewQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to make one."""

    name: Annotated[Name, Meta(description="without a slash")]
    query: dict[str, Any]


class NamedQuery(Struct, frozen=True, kw_only=True):
    """A query as it is shown: in its owner's words."""

    name: str
    query: dict[str, Any]
    created: datetime = field(name="createdAt")


async def add(
    db: Database, who: Principal, new: NewQuery, now: datetime, prefixes: Mapping[str, str] = KNOWN
) -> NamedQuery:
    """Keep a query under a name; ``prefixes`` are those that its request bound, kept in its ``@context``.

    Raises QueryNameTaken, and BadParameter or UnknownParameter for what it cannot ask.
    """
    if "/" in new.name or new.name in {".", ".."}:
        mend = "choose a name without one, and neither . nor .."
        raise Malformed("a name that stands in an address holds no slash", where="/name", mend=mend)
    kept = _bound(new.query, prefixes)
    understood(kept)
    assert who.party is not None, "a route without a guard"
    async with db.transaction() as conn:
        row = await named_store.add_query(conn, new.name, who.party, msgspec.json.encode(kept).decode(), now)
    if row is None:
        raise QueryNameTaken(f"there is a query {new.name!r}", where="/name", mend="choose another name")
    return _shown(row)


async def page(db: Database, who: Principal, asked: Query) -> tuple[list[NamedQuery], str]:
    """The caller's queries and the standard's, for an administrator all; the token of the next page, "" at the end."""
    begin = paging.resume(asked.token, _LIST)
    async with db.connection() as conn:
        rows = await named_store.page(conn, _whose(who), begin.after if begin else "", asked.per_page + 1)
    more = len(rows) > asked.per_page
    rows = rows[: asked.per_page]
    return [_shown(row) for row in rows], paging.token(Position(rows[-1].name), _LIST) if more else ""


async def show(db: Database, name: str) -> NamedQuery:
    """What a query asks, anybody's. Raises NoSuchQuery."""
    async with db.connection() as conn:
        return _shown(await find(conn, name))


async def delete(db: Database, who: Principal, name: str) -> None:
    """Delete a query and end its subscriptions. Raises NoSuchQuery, NotYourQuery."""
    async with db.transaction() as conn:
        await named_store.delete_query(conn, _own(who, await find(conn, name)).id)


async def events(db: Database, who: Principal, name: str, asked: Query) -> Page:
    """One page of a query's answer to what ``asking`` read. Raises NoSuchQuery and what ``query.events`` does."""
    if name == SIMPLE:
        return await query.events(db, who, asked)
    async with db.connection() as conn:
        kept = understood(stored((await find(conn, name)).query))
    return await query.events(db, who, msgspec.structs.replace(kept, per_page=asked.per_page, token=asked.token))


async def find(conn: Connection, name: str) -> QueryRow:
    """The query of a name, anybody's. Raises NoSuchQuery."""
    row = await named_store.query(conn, name) if "\0" not in name else None
    if row is None:
        raise NoSuchQuery(f"no query {name[:80]!r}", mend="see GET /epcis/queries, or make it by POST there")
    return row


def understood(asked: dict[str, Any]) -> Query:
    """The query that a JSON object asks. Raises BadParameter, UnknownParameter."""
    for name in PAGING:
        if name in asked:
            mend = "leave it out here, and give it with each request for the events"
            raise BadParameter(f"{name} belongs to the request, not to the query", where=f"/query/{name}", mend=mend)
    try:
        return filters.read(asked)
    except (BadParameter, UnknownParameter) as error:
        error.where = "/query/" + error.where.replace("~", "~0").replace("/", "~1")  # RFC 6901 §3
        raise


def asking(name: str, text: str, now: datetime, prefixes: Mapping[str, str] = KNOWN) -> Query:
    """What a query string asks of a query: its pages, and of SimpleEventQuery anything. Raises as ``paged``."""
    if name != SIMPLE:
        return paged(text, now)
    found = filters.parse(text, prefixes)
    return msgspec.structs.replace(found, token=paging.fresh(found.token, now))


def paged(text: str, now: datetime) -> Query:
    """What a query string says of pages. Raises UnknownParameter when it says anything else, ExpiredToken."""
    found = filters.parse(text)
    said = {part.partition("=")[0] for part in text.split("&") if part} - {*PAGING}
    if said:
        name, mend = min(said), "ask in the query itself, or by SimpleEventQuery; here are those under parameters"
        raise UnknownParameter(f"{name!r:.80} is not answered here", where=name[:80], mend=mend, parameters=[*PAGING])
    return msgspec.structs.replace(found, token=paging.fresh(found.token, now))


def _bound(asked: dict[str, Any], prefixes: Mapping[str, str]) -> dict[str, Any]:
    """The query with the prefixes that its request bound in its ``@context``, before those that it binds itself."""
    told = {prefix: namespace for prefix, namespace in prefixes.items() if KNOWN.get(prefix) != namespace}
    if not told:
        return asked
    own = asked.get("@context", [])
    return {**asked, "@context": [told, *(own if isinstance(own, list) else [own])]}


def _whose(who: Principal) -> int | None:
    return None if Role.administrator in who.roles else who.party


def _own(who: Principal, row: QueryRow) -> QueryRow:
    if row.party is None:
        raise NotYourQuery(f"the query {row.name!r} is the standard's, and stays", mend="leave it")
    if _whose(who) not in {None, row.party}:
        raise NotYourQuery(f"the query {row.name!r} was made by another organisation", mend="ask its owner")
    return row


def _shown(row: QueryRow) -> NamedQuery:
    return NamedQuery(name=row.name, query=stored(row.query), created=row.created)
