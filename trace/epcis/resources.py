"""Top-level resources (EPCIS 2.0 §12.3): what the events that a caller may see are about, value by value.

>>> await values(db, who, "bizSteps", per_page=2, token="")
(['commissioning', 'packing'], '…')

Codes are listed as far as the caller may see an event that names them. Words and places are those of the caller's own
events: what it captured, or what happened at its places. ``/{resource}/{value}/events`` answers as a query does.
"""

from collections.abc import Mapping

import msgspec

from zhuisu.codes import Level, recorded
from zhuisu.db import Connection, Database
from zhuisu.epcis import parameters, query, store
from zhuisu.epcis.errors import BadParameter, NoSuchResource, QueryTooComplex
from zhuisu.epcis.filters import Query
from zhuisu.epcis.paging import Position, resume, token
from zhuisu.epcis.query import CHUNK, MOST_LOOKED_AT, Page
from zhuisu.events.context import PREFIXES
from zhuisu.parties import Principal

MOST_PAGES = 20
"""Early ended pages that are tried before a value without events is given up."""


RESOURCES: Mapping[str, str] = {
    "eventTypes": "eventType",
    "epcs": "MATCH_anyEPC",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}
"""The lists there are, and the query parameter that finds the events of a value."""


async def values(
    db: Database, who: Principal, resource: str, *, per_page: int, following: str
) -> tuple[list[str], str]:
    """One page of a list and the token of the next, "" at the end. Raises BadToken."""
    position = resume(following, resource.encode())
    after = position.after if position else ""
    async with db.transaction(read_only=True) as conn:
        await query.look_as(conn, who)
        if resource == "epcs":
            found, last = await _epcs(conn, int(after or "0"), per_page)
        else:
            found = await _words(conn, resource, after, per_page + 1)
            last = found[per_page - 1] if len(found) > per_page else ""
            found = found[:per_page]
    return found, token(Position(last), resource.encode()) if last else ""


async def exists(db: Database, who: Principal, resource: str, value: str) -> None:
    """Raises NoSuchResource unless the caller may see an event with this value, QueryTooComplex when nobody knows."""
    asked = msgspec.structs.replace(about(resource, value, Query()), per_page=1)
    for _ in range(MOST_PAGES):
        page = await query.events(db, who, asked)
        if page.docs:
            return
        if not page.next:
            raise _none(resource, value)
        asked = msgspec.structs.replace(asked, token=page.next)
    raise QueryTooComplex(
        f"{MOST_PAGES * MOST_LOOKED_AT} events were looked at", mend="ask for its events, with GE_eventTime"
    )


async def events(db: Database, who: Principal, resource: str, value: str, asked: Query) -> Page:
    """One page of the events with a value. Raises NoSuchResource when there is none at all, and as a query does."""
    page = await query.events(db, who, about(resource, value, asked))
    if not (page.docs or page.next or asked.wanted or asked.token):
        raise _none(resource, value)
    return page


def about(resource: str, value: str, asked: Query) -> Query:
    """The query for the events with a value that pass ``asked`` too. Raises NoSuchResource, BadParameter."""
    if RESOURCES[resource] in asked.wanted:
        raise BadParameter(f"the address says {resource} already", where=RESOURCES[resource], mend="leave it out")
    try:
        read = parameters.parameter(RESOURCES[resource], PREFIXES).read(value)
    except BadParameter as error:
        raise NoSuchResource(error.detail, where=resource, mend=error.mend) from None
    return msgspec.structs.replace(asked, wanted={**asked.wanted, RESOURCES[resource]: (read,)})


def _none(resource: str, value: str) -> NoSuchResource:
    return NoSuchResource(f"no event with {resource} {value[:200]}", mend="percent-encode the value whole")


async def _words(conn: Connection, resource: str, after: str, limit: int) -> list[str]:
    match resource:
        case "bizSteps":
            return await store.words(conn, "step", after, limit)
        case "dispositions":
            return await store.words(conn, "disposition", after, limit)
        case "bizLocations":
            found = await store.locations(conn)
        case "readPoints":
            found = await store.read_points(conn)
        case _:
            found = await store.kinds(conn)
    return [value for value in sorted(found) if value > after][:limit]


async def _epcs(conn: Connection, after: int, per_page: int) -> tuple[list[str], str]:
    """Instances that the caller may see, in the order in which they were first named."""
    found: list[tuple[int, str]] = []
    for _ in range(MOST_LOOKED_AT // CHUNK):
        seen = await store.codes_seen(conn, after, CHUNK)
        found += [(id_, uri) for id_, uri in seen if uri is not None and recorded(uri).level is Level.instance]
        if len(found) > per_page:
            return [uri for _, uri in found[:per_page]], str(found[per_page - 1][0])
        if not seen or seen[-1][1] is not None:
            return [uri for _, uri in found], ""
        after = seen[-1][0]
    return [uri for _, uri in found], str(after)
