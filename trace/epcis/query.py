"""The events that a caller asks for and may see, page by page, each as it was captured.

>>> page = await events(db, who, filters.parse("MATCH_anyEPC=https://id.gs1.org/01/06901234567892/21/7"))
>>> query_document(page.docs, now)
b'{"@context":[…],"type":"EPCISQueryDocument",…'

Who sees what: an administrator everything; an organisation what it captured, what happened at its sites, and what
happened to goods it held; a regulator what happened in its divisions, and to goods that were there. A lot is held by
many at once: what happened to it after the caller last had it in hand is not the caller's to see. Kinds of goods are
held by nobody, and a certificate that two cite or a transformation that two have part in shows neither to the other.
None of this is a condition here: the database keeps it (zhuisu.ledger.rights, migration 0009).

Pages follow one another by position, never by number: an event that is there when the first page is answered comes
once, whatever is captured meanwhile. In the order of recording nothing comes in between either: an event is shown when
no transaction that began to write before its own is under way.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from zhuisu.db import Connection, Database
from zhuisu.epcis import master_find, master_said, store
from zhuisu.epcis.errors import BadToken, NoSuchEvent, QueryTooComplex, QueryTooLarge
from zhuisu.epcis.filters import CODES, Query, matches, may_match
from zhuisu.epcis.master_store import Voice
from zhuisu.epcis.operands import as_number, as_time
from zhuisu.epcis.paging import Position, resume, token
from zhuisu.epcis.store import Columns, Row
from zhuisu.epcis.view import Part, View, leaves, text
from zhuisu.events import Event, stored
from zhuisu.events.times import milliseconds
from zhuisu.ledger import rights
from zhuisu.ledger.model import LAST
from zhuisu.parties import Principal, Role
from zhuisu.parties.model import prefix

CHUNK = 500
MOST_LOOKED_AT = 10_000
"""Events that one request looks at; a page may end there early, with a position to go on from."""
MOST_SORTED = 50_000
"""Events looked at for an answer that needs them all: an order by an extension field, or maxEventCount."""

FIRST = UUID(int=0)

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.encode

Found = tuple[Row, Event]


class Page(msgspec.Struct, frozen=True):
    """Documents in the order asked for, and the token of the next page, "" at the end."""

    docs: list[bytes]
    next: str = ""
    ids: list[UUID] = []


async def events(db: Database, who: Principal, query: Query) -> Page:
    """One page of the events that match ``query``, of those ``who`` may see.

    Raises BadToken, QueryTooLarge, QueryTooComplex.
    """
    async with db.transaction(read_only=True) as conn:
        search = await _search(conn, who, query)
        if query.most is not None and not query.token:
            await search.require_at_most(query.most)
        return await (search.page() if query.order_by in _BY_POSITION else search.sorted_page())


async def event(db: Database, who: Principal, event_id: str) -> list[bytes]:
    """All under one eventID, the original first, as far as ``who`` may see them. Raises NoSuchEvent."""
    page = await events(db, who, Query(wanted={"EQ_eventID": (event_id,)}, per_page=CHUNK))
    if not page.docs:
        raise NoSuchEvent(f"no event {event_id[:200]}", mend="percent-encode the eventID whole")
    return sorted(page.docs, key=lambda doc: "errorDeclaration" in _members(doc))


async def among(conn: Connection, who: Principal, query: Query, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Those of the events that match ``query`` and that ``who`` may see, as documents."""
    search = await _search(conn, who, query)
    return {row.id: _doc(row) for row, _ in await search.fitting(ids)}


async def look_as(conn: Connection, who: Principal) -> None:
    """From here to the end of the transaction ``conn`` reads what ``who`` has a claim to."""
    divisions = tuple(map(prefix, who.divisions)) if Role.regulator in who.roles else ()
    everything = Role.administrator in who.roles
    sight = rights.Sight(everything=everything, party=who.party, sites_of=who.party, divisions=divisions)
    await rights.look_as(conn, sight)


async def _search(conn: Connection, who: Principal, query: Query) -> "_Search":
    await look_as(conn, who)
    hears = master_said.voice(who)
    wide = msgspec.structs.replace(query, wanted=await master_said.widened(conn, hears, query.wanted))
    attributes = master_find.asked(query.wanted)
    near = await master_find.narrowed(conn, attributes)
    columns = await store.columns(conn, wide, locations=near.locations, read_points=near.read_points)
    fields = tuple({one.field for one in attributes})
    return _Search(conn, query, wide, hears, columns, fields, near.events)


async def _named(conn: Connection, query: Query, among: set[UUID] | None) -> set[UUID] | None:
    """The events that the query names by eventID or by code, those of ``among``; None when it names none."""
    sets = [] if among is None else [among]
    if names := query.wanted.get("EQ_eventID"):
        sets.append(set(await store.ids_of_names(conn, names)))
    for name in query.wanted.keys() & set(CODES):
        ids = await store.ids_of_codes(conn, query.wanted[name])
        sets += [] if ids is None else [set(ids)]
    return set.intersection(*sets) if sets else None


_BY_POSITION = ("", "eventTime", "recordTime")


class _Search:
    """One query of one caller in one snapshot; ``wide`` is the query with all that lies in the places it names.

    ``fields`` are those whose master data is asked about, ``among`` the events in which that can be, None for all.
    """

    def __init__(
        self,
        conn: Connection,
        query: Query,
        wide: Query,
        hears: Voice,
        columns: Columns,
        fields: Collection[str],
        among: set[UUID] | None,
    ) -> None:
        self.conn, self.query, self.columns = conn, query, columns
        self.wide, self.hears, self.fields, self.among = wide, hears, fields, among
        position = resume(query.token, query.subject)
        self.after = UUID(hex=position.after) if position else None
        self.left = position.left if position else query.limit
        self.room = query.per_page if self.left is None else min(query.per_page, self.left)

    async def page(self) -> Page:
        """The next page in an order that events have by themselves."""
        found: list[Row] = []
        last = None
        async for ids, ends in self._candidates(self.after, MOST_LOOKED_AT):
            for row, _ in await self.fitting(ids):
                if len(found) == self.room:
                    return self._page(found, found[-1].id if found else None)
                found.append(row)
            last = ids[-1] if ends else None
        return self._page(found, last)

    async def sorted_page(self) -> Page:
        """The next page in the order of an extension field: numbers, times, texts, and at the end what has none."""
        found = [(self._key(event), row) for row, event in await self._all()]
        down = self.query.descending
        named = [(key, row.id, row) for key, row in found if key]
        rows = [row for *_, row in sorted(named, reverse=down)]
        rows += sorted((row for key, row in found if not key), key=lambda row: row.id, reverse=down)
        begin = _behind(self.after, rows) if self.after else 0
        shown = rows[begin : begin + self.room]
        return self._page(shown, shown[-1].id if shown and begin + self.room < len(rows) else None)

    def _page(self, found: list[Row], last: UUID | None) -> Page:
        """Rows as documents; ``last`` is the event behind which more may be, None when nothing is."""
        left = None if self.left is None else self.left - len(found)
        more = last is not None and left != 0
        return Page(
            [_doc(row) for row in found],
            token(Position(last.hex, left), self.query.subject) if more and last else "",
            [row.id for row in found],
        )

    def _key(self, event: Event) -> tuple[int, Any] | None:
        field = self.query.order_by
        values = (leaf for name, value in View(event).extensions(Part.EVENT) if name == field for leaf in leaves(value))
        first = next(values, None)
        return None if first is None else _order(text(first))

    async def require_at_most(self, most: int) -> None:
        """Raises QueryTooLarge when more events match, QueryTooComplex when that cannot be told."""
        if len(await self._all(most + 1)) > most:
            raise QueryTooLarge(
                f"more than {most} events match", where="maxEventCount", mend="raise it, or narrow the query"
            )

    async def _all(self, enough: int | None = None) -> list[Found]:
        """Every event that matches, or ``enough`` of them. Raises QueryTooComplex."""
        found: list[Found] = []
        async for ids, ends in self._candidates(None, MOST_SORTED):
            found += await self.fitting(ids)
            if enough is not None and len(found) >= enough:
                break
            if ends:
                raise QueryTooComplex(
                    f"more than {MOST_SORTED} events would be looked at",
                    mend="narrow the query by GE_eventTime, LT_eventTime or MATCH_anyEPC",
                )
        return found

    async def _candidates(self, after: UUID | None, most: int) -> AsyncIterator[tuple[list[UUID], bool]]:
        """Ids in order behind a position, and whether the request ends with them though there are more."""
        source = self._by_record if self.query.order_by == "recordTime" else self._by_time
        looked_at, named = 0, await _named(self.conn, self.query, self.among)
        async for ids in source(after, named):
            looked_at += len(ids)
            ends = looked_at >= most and len(ids) == CHUNK and named is None
            yield ids, ends
            if ends:
                return

    async def _by_time(self, after: UUID | None, named: set[UUID] | None) -> AsyncIterator[list[UUID]]:
        query, down = self.query, self.query.descending
        low = _bound(query.since) if query.since else FIRST
        high = _bound(query.until, later=True) if query.until else LAST
        low, high = (low, min(high, after or high)) if down else (max(low, after or low), high)
        if named is not None:
            ids = sorted((id_ for id_ in named if low < id_ < high), reverse=down)
            for start in range(0, len(ids), CHUNK):
                yield ids[start : start + CHUNK]
            return
        while ids := await store.ids_between(self.conn, low, high, self.columns, descending=down, limit=CHUNK):
            yield ids
            if len(ids) < CHUNK:
                return
            low, high = (low, ids[-1]) if down else (ids[-1], high)

    async def _by_record(self, after: UUID | None, named: set[UUID] | None) -> AsyncIterator[list[UUID]]:
        down = self.query.descending
        if named is not None:
            ids = await store.in_order_of_recording(self.conn, {*named, *([after] if after else [])})
            ids = ids[::-1] if down else ids
            begin = ids.index(after) + 1 if after in ids else 0
            for start in range(begin, len(ids), CHUNK):
                yield ids[start : start + CHUNK]
            return
        last = after or FIRST
        while ids := await store.recorded_after(self.conn, last, descending=down, limit=CHUNK):
            yield ids
            if len(ids) < CHUNK:
                return
            last = ids[-1]

    async def fitting(self, ids: Sequence[UUID]) -> list[Found]:
        """Those of the events that match and that the caller may see, in their order."""
        rows = await store.rows(self.conn, ids, self.columns)
        near = [row for id_ in ids if (row := rows.get(id_)) and may_match(self.wide, row.doc)]
        read = [(row, stored(row.doc.encode())) for row in near]
        named = [(row.id, event) for row, event in read] if self.fields else []
        master = await master_said.attributes(self.conn, self.hears, named, self.fields)
        return [
            (row, event)
            for row, event in read
            if matches(self.wide, event, name=row.name, recorded=row.rec, master=master.get(row.id))
        ]


def _behind(id_: UUID, rows: Sequence[Row]) -> int:
    """How many of the sorted events are shown when a page has ended with ``id_``. Raises BadToken."""
    for n, row in enumerate(rows, 1):
        if row.id == id_:
            return n
    mend = "ask again from the first page"
    raise BadToken("the last page ended with an event that this caller sees no more", where="nextPageToken", mend=mend)


def _order(value: str) -> tuple[int, Any]:
    """A value among others: numbers, then times, then texts."""
    number: Decimal | None = as_number(value)
    if number is not None:
        return 0, number
    time: datetime | None = as_time(value)
    return (1, time) if time is not None else (2, value)


def _doc(row: Row) -> bytes:
    """The event as captured, with when it was recorded here, and the eventID that it got here if it brought none.

    EPCIS 2.0 §7.4.1: a captured recordTime is ignored, a queried event has one.
    """
    members: dict[str, Any] = dict(_members(row.doc))
    return _encode({**members, "recordTime": milliseconds(row.rec), "eventID": members.get("eventID", row.name)})


def _bound(moment: datetime, *, later: bool = False) -> UUID:
    """An id before all events of the moment, or after them: ids carry rounded milliseconds, the filter is exact."""
    ms = int(moment.timestamp() * 1000) + (2 if later else 0)
    return UUID(int=max(ms, 0) << 80)
