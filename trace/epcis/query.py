"""The events that a caller asks for and may see, page by page, each as it was captured.

>>> page = await events(db, who, filters.parse("MATCH_anyEPC=https://id.gs1.org/01/06901234567892/21/7"))
>>> query_document(page.docs, now)
b'{"@context":[…],"type":"EPCISQueryDocument",…'

Who sees what: an administrator everything; an organisation what it captured, what happened at its sites, and what
happened to goods it held; a regulator what happened in its divisions, and to goods that were there. A lot is held by
many at once: what happened to it after the caller last had it in hand is not the caller's to see. Kinds of goods are
held by nobody.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from zhuisu.codes import Level, parse
from zhuisu.codes.errors import NotACode
from zhuisu.db import Connection, Database
from zhuisu.epcis import store
from zhuisu.epcis.errors import NoSuchEvent
from zhuisu.epcis.filters import CODES, Query, matches
from zhuisu.events import Event, stored
from zhuisu.ledger.model import LAST, links
from zhuisu.ledger.store import find_codes
from zhuisu.parties import Principal, Role
from zhuisu.parties.model import prefix

CHUNK = 500
MOST_LOOKED_AT = 10_000
"""Events that one request looks at; a page may end there early, with a token to go on from."""

FIRST = UUID(int=0)

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Page(msgspec.Struct, frozen=True):
    """Documents in the order asked for, and where the next page begins, "" at the end."""

    docs: list[bytes]
    next: str = ""


class _Scope(msgspec.Struct, frozen=True):
    """What a caller has a claim to."""

    everything: bool
    party: int | None
    places: list[int]


async def events(db: Database, who: Principal, query: Query) -> Page:
    """One page of the events that match ``query``, of those ``who`` may see."""
    found: list[store.Row] = []
    last = ""
    async with db.transaction(read_only=True) as conn:
        scope = await _scope(conn, who)
        async for ids, more in _candidates(conn, query):
            for row in await _seen(conn, scope, await _fitting(conn, query, ids)):
                if len(found) == query.per_page:
                    return Page([_doc(row) for row in found], found[-1].id.hex)
                found.append(row)
            last = ids[-1].hex if more else ""
    return Page([_doc(row) for row in found], last)


async def event(db: Database, who: Principal, event_id: str) -> list[bytes]:
    """All under one eventID, the original first, as far as ``who`` may see them. Raises NoSuchEvent."""
    page = await events(db, who, Query(wanted={"EQ_eventID": frozenset({event_id})}, per_page=CHUNK))
    if not page.docs:
        raise NoSuchEvent(f"no event {event_id[:200]}", mend="percent-encode the eventID whole")
    return sorted(page.docs, key=lambda doc: "errorDeclaration" in _members(doc))


async def _scope(conn: Connection, who: Principal) -> _Scope:
    if Role.administrator in who.roles:
        return _Scope(everything=True, party=who.party, places=[])
    divisions = [prefix(d) for d in who.divisions] if Role.regulator in who.roles else []
    return _Scope(everything=False, party=who.party, places=await store.own_places(conn, who.party, divisions))


async def _candidates(conn: Connection, query: Query) -> AsyncIterator[tuple[list[UUID], bool]]:
    """Ids in order, none of them returned before, and whether the request ends with them though there are more."""
    low = _bound(query.since) if query.since else FIRST
    high = _bound(query.until, later=True) if query.until else LAST
    low, high = (low, min(high, query.after or high)) if query.descending else (max(low, query.after or low), high)
    named = await _named(conn, query)
    if named is not None:
        ids = sorted((id_ for id_ in named if low < id_ < high), reverse=query.descending)
        for start in range(0, len(ids), CHUNK):
            yield ids[start : start + CHUNK], False
        return
    for looked_at in range(CHUNK, MOST_LOOKED_AT + 1, CHUNK):
        ids = await store.ids_between(conn, low, high, descending=query.descending, limit=CHUNK)
        if ids:
            yield ids, looked_at == MOST_LOOKED_AT and len(ids) == CHUNK
        if len(ids) < CHUNK:
            return
        low, high = (low, ids[-1]) if query.descending else (ids[-1], high)


async def _named(conn: Connection, query: Query) -> set[UUID] | None:
    """The events that the query names by eventID or by code; None when it names none."""
    sets = []
    if names := query.wanted.get("EQ_eventID"):
        sets.append(set(await store.ids_of_names(conn, names)))
    if code := next((name for name in CODES if name in query.wanted), None):
        codes = await find_codes(conn, query.wanted[code])
        sets.append(set(await store.ids_of_codes(conn, codes.values())))
    return set.intersection(*sets) if sets else None


async def _fitting(conn: Connection, query: Query, ids: Sequence[UUID]) -> list[tuple[store.Row, Event]]:
    rows = await store.rows(conn, ids, query)
    read = ((rows[id_], stored(rows[id_].doc.encode())) for id_ in ids if id_ in rows)
    return [(row, event) for row, event in read if matches(query, event)]


async def _seen(conn: Connection, scope: _Scope, found: Sequence[tuple[store.Row, Event]]) -> list[store.Row]:
    """Those of the events that the caller may see, in their order."""

    def own(row: store.Row) -> bool:
        return scope.everything or row.party == scope.party or row.loc in scope.places

    codes = {row.id: set(_codes(event)) for row, event in found if not own(row)}
    last = await _last_held(conn, scope, set().union(*codes.values()))

    def of_goods_held(row: store.Row) -> bool:
        return any(row.id <= last[code] for code in codes[row.id] & last.keys())

    return [row for row, _ in found if row.id not in codes or of_goods_held(row)]


async def _last_held(conn: Connection, scope: _Scope, codes: set[str]) -> dict[str, UUID]:
    """Up to which event each code's path is open to the caller; codes never held are absent."""
    levels = {code: _level(code) for code in codes}
    ids = await find_codes(conn, [code for code in codes if levels[code] is not Level.item_class])
    held = await store.held(conn, ids.values(), scope.places, scope.party)
    return {code: LAST if levels[code] is Level.instance else held[id_] for code, id_ in ids.items() if id_ in held}


def _codes(event: Event) -> Iterable[str]:
    found = links(event)
    yield from (touch.uri for touch in found.touches)
    for hold in found.holds:
        yield from (hold.child, hold.parent)


def _level(uri: str) -> Level:
    try:
        return parse(uri).level
    except NotACode:  # a URI of a scheme of its own, which the ledger keeps as it came
        return Level.instance


def _doc(row: store.Row) -> bytes:
    """The event as captured, with the eventID that it was given here if it brought none (EPCIS 2.0 §7.4.1)."""
    members = _members(row.doc)
    if "eventID" in members:
        return row.doc.encode()
    return msgspec.json.encode({**members, "eventID": row.name})


def _bound(moment: datetime, *, later: bool = False) -> UUID:
    """An id before all events of the moment, or after them: ids carry rounded milliseconds, the filter is exact."""
    ms = int(moment.timestamp() * 1000) + (2 if later else 0)
    return UUID(int=max(ms, 0) << 80)
