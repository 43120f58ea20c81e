"""Capture: the events of a document go in whole or not at all, or the good ones of them, and however often, once.

>>> id_ = await capture(db, who, body, now)                  # a document small enough to be done at once
>>> (await jobs.job(db, who, id_)).success
True
"""

import asyncio
import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeAlias, TypeVar
from uuid import UUID, uuid4

import msgspec
from asyncpg import DeadlockDetectedError
from msgspec import Struct

from zhuisu.db import Connection, Database
from zhuisu.epcis import capture_store as store
from zhuisu.epcis import envelope, exceptions, master_capture
from zhuisu.epcis.errors import EventAhead, NotOneEvent, PlaceNotYours
from zhuisu.epcis.headers import Behaviour
from zhuisu.epcis.reporters import Sender, sender, strangers
from zhuisu.errors import Refusal
from zhuisu.events import BadEvent, Event, each, each_xml, open_xml
from zhuisu.ledger import GroupCommit, Prepared, Recorded, prepare, record
from zhuisu.ledger.errors import EventIdConflict, NotYourEvent
from zhuisu.ledger.model import SKEW
from zhuisu.parties import Principal

AT_ONCE = 64 * 1024
"""Bytes of a document that are read without leaving the event loop."""

SMALL = 1 << 20
"""Bytes of a document that is recorded in the request that brings it."""

MOST_FAULTS = 1000
"""Faults that a capture remembers."""

TRIES = 3

LIST = "/epcisBody/eventList/{}"
RESULTS = "/epcisBody/queryResults/resultsBody/eventList/{}"
BARE = ""
"""JSON pointers of events, by the kind of document."""


class Entry(NamedTuple):
    """An event of a document by its number from 0: ready to be recorded, or refused."""

    n: int
    item: Prepared | Refusal


Faults: TypeAlias = dict[int, Refusal]

Found = TypeVar("Found")


class _Kind(Struct):
    type: str = ""


async def capture(
    db: Database,
    who: Principal,
    body: bytes,
    now: datetime,
    *,
    behaviour: Behaviour = Behaviour.rollback,
    xml: bool = False,
) -> UUID:
    """Record the events of a document in one transaction; the id of the capture, which is finished.

    Under rollback raises what ``zhuisu.events.read`` refuses, EventAhead, PlaceNotYours, ledger.errors.EventIdConflict
    and NotYourEvent; then nothing is stored. Under proceed such events are left out and named. Raises BadMasterData
    under both: the header is nobody's event.
    """
    by = sender(who)
    id_ = job_id(by, behaviour, hashlib.sha256(body))
    async with db.connection() as conn:
        known = await store.one(conn, id_)
    # The same document again: what was recorded of it is here for ever.
    if known is not None and not known.refused and known.xml == xml:
        return id_
    pointer = pointer_of(body, xml=xml)
    entries = await _off_loop(len(body), _read, body, xml, behaviour, by.party, now, pointer)
    said = master_capture.of_xml(open_xml(body)[0]) if xml else master_capture.of_json(body)
    proceed = behaviour is Behaviour.proceed
    row = store.Row(
        id=id_,
        party=by.party,
        uscc=by.uscc,
        anywhere=by.anywhere,
        proceed=proceed,
        created=now,
        finished=now,
        events=len(entries),
        refused=0,
        done=len(entries),
        xml=xml,
        body=None,
        header=envelope.of_xml(open_xml(body)[0]) if xml else envelope.of_json(body),
    )
    for attempt in range(TRIES):
        try:
            async with db.transaction() as conn:
                if not proceed:
                    await record_all(conn, by, entries, now, pointer)
                    id_, fresh = await log(conn, row)
                    if fresh:
                        await master_capture.tell(conn, by.party, said, prepared(entries), id_, now)
                    return id_
                faults = await record_good(conn, by, entries, now, pointer)
                row = row._replace(events=len(entries) - len(faults), refused=len(faults))
                id_, fresh = await log(conn, row)
                if fresh:
                    await name_faults(conn, id_, faults)
                    await master_capture.tell(conn, by.party, said, prepared(entries, faults), id_, now)
                return id_
        except DeadlockDetectedError:  # with a long document that names the same codes in another order
            if attempt + 1 == TRIES:
                raise
    raise AssertionError("the last attempt returns or raises")


async def add_event(commit: GroupCommit, who: Principal, body: bytes, now: datetime, *, xml: bool = False) -> Recorded:
    """Record one event. Raises as ``capture`` does, and NotOneEvent."""
    read = await _off_loop(len(body), _first_two, body, xml)
    if len(read) != 1:
        held = "more than one event" if read else "no event"
        raise NotOneEvent(f"the body holds {held}", mend="send the document to /epcis/capture")
    (event,) = read
    if isinstance(event, BadEvent):
        raise event
    if ahead := _ahead(event, now):
        raise _at(ahead, 0, pointer_of(body, xml=xml))
    try:
        (recorded,) = await commit(who, [event], now)
    except (PlaceNotYours, EventIdConflict, NotYourEvent) as refusal:
        raise _at(refusal, 0, pointer_of(body, xml=xml)) from None
    return recorded


async def record_all(conn: Connection, by: Sender, entries: Sequence[Entry], now: datetime, pointer: str) -> None:
    """Record all events, or raise what is wrong with the first that cannot be; then the transaction must end."""
    good = list(_good(entries))
    if len(good) < len(entries):
        raise next(item for _, item in entries if isinstance(item, Refusal))
    for n, stranger in await strangers(conn, [(by, n, entry) for n, entry in good], {}):
        raise _at(stranger, n, pointer)
    try:
        await record(conn, [entry for _, entry in good], now)
    except (EventIdConflict, NotYourEvent) as refusal:
        named = [n for n, entry in good if entry.name == refusal.facts.get("event")]
        raise _at(refusal, named[-1], pointer) if named else refusal from None


async def record_good(conn: Connection, by: Sender, entries: Sequence[Entry], now: datetime, pointer: str) -> Faults:
    """Record the events that can be; what is wrong with each of the others."""
    faults: Faults = {n: item for n, item in entries if isinstance(item, Refusal)}
    good = list(_good(entries))
    elsewhere: Faults = dict(reversed(await strangers(conn, [(by, n, entry) for n, entry in good], {})))
    conflicts = await _record(conn, [(n, entry) for n, entry in good if n not in elsewhere], now)
    faults |= {n: _at(refusal, n, pointer) for n, refusal in (elsewhere | conflicts).items()}
    return dict(sorted(faults.items()))


async def _record(conn: Connection, good: Sequence[tuple[int, Prepared]], now: datetime) -> Faults:
    try:
        async with conn.transaction():  # a savepoint
            await record(conn, [entry for _, entry in good], now)
    except (EventIdConflict, NotYourEvent) as refusal:
        if len(good) == 1:
            return {good[0][0]: refusal}
        middle = len(good) // 2
        return await _record(conn, good[:middle], now) | await _record(conn, good[middle:], now)
    return {}


def ready(items: Iterable[tuple[int, Event | BadEvent]], by: int, now: datetime, pointer: str) -> list[Entry]:
    """Prepare what was read of a document; refuse what has not happened yet. Pure, and half of the work."""
    return [Entry(n, _ready(item, n, by, now, pointer)) for n, item in items]


def _ready(item: Event | BadEvent, n: int, by: int, now: datetime, pointer: str) -> Prepared | Refusal:
    if isinstance(item, BadEvent):
        return item
    refusal = _ahead(item, now)
    return _at(refusal, n, pointer) if refusal else prepare(item, by)


async def log(conn: Connection, row: store.Row) -> tuple[UUID, bool]:
    """Log a capture; its id, and whether it is new. The same document again is the same capture, unless that failed."""
    while not await store.add(conn, row):
        known = await store.one(conn, row.id)
        if known is not None and not known.refused:
            return known.id, False
        row = row._replace(id=uuid4())
    return row.id, True


async def name_faults(conn: Connection, id_: UUID, faults: Faults, before: int = 0) -> None:
    """Remember what was wrong with events of a capture, of which ``before`` are remembered already."""
    first = list(faults.items())[: max(MOST_FAULTS - before, 0)]
    problems = [(n, exceptions.problem(refusal, f"/epcis/capture/{id_}")) for n, refusal in first]
    await store.add_faults(conn, id_, [(n, msgspec.json.encode(told).decode()) for n, told in problems])


def job_id(by: Sender, behaviour: Behaviour, digest: "hashlib._Hash") -> UUID:
    """The id of a capture: its sender, its behaviour and its document (their SHA-256) say which it is."""
    return UUID(bytes=hashlib.sha256(by.party.to_bytes(8) + behaviour.encode() + digest.digest()).digest()[:16])


def pointer_of(body: bytes, *, xml: bool) -> str:
    """LIST, RESULTS, "/{}" or BARE: where the events of a readable document stand."""
    if xml:
        return {"EPCISDocument": LIST, "EPCISQueryDocument": RESULTS}.get(open_xml(body)[0].kind, BARE)
    try:
        kind = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=_Kind).type
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return "/{}"
    return {"EPCISDocument": LIST, "EPCISQueryDocument": RESULTS}.get(kind, BARE)


def _read(body: bytes, xml: bool, behaviour: Behaviour, by: int, now: datetime, pointer: str) -> list[Entry]:
    items = _each(body, xml)
    if behaviour is Behaviour.rollback:
        items = _to_the_first_fault(items)
    return ready(enumerate(items), by, now, pointer)


def _first_two(body: bytes, xml: bool) -> list[Event | BadEvent]:
    return list(islice(_each(body, xml), 2))


def _each(body: bytes, xml: bool) -> Iterator[Event | BadEvent]:
    return each_xml(body) if xml else each(body)


def _to_the_first_fault(items: Iterable[Event | BadEvent]) -> Iterator[Event | BadEvent]:
    for item in items:
        yield item
        if isinstance(item, BadEvent):
            return


def prepared(entries: Iterable[Entry], faults: Container[int] = ()) -> list[Prepared]:
    """The events of a document that were recorded: all but those with ``faults``."""
    return [item for n, item in _good(entries) if n not in faults]


def _good(entries: Iterable[Entry]) -> Iterable[tuple[int, Prepared]]:
    return ((n, item) for n, item in entries if isinstance(item, Prepared))


def _ahead(event: Event, now: datetime) -> EventAhead | None:
    """An event is what happened: its time is not ahead of ours by more than clocks differ."""
    if event.time <= now + SKEW:
        return None
    clock = now.isoformat(timespec="seconds")
    return EventAhead(
        f"the event is of {event.time.isoformat(timespec='seconds')}; the service's clock says {clock}",
        where="/eventTime",
        mend="report what happened, not what is planned; set the clock of the system that sends it",
        now=clock,
    )


def _at(refusal: Refusal, n: int, pointer: str) -> Refusal:
    """Point from the document, and not from its n-th event."""
    refusal.where = f"{pointer.format(n)}/{refusal.where.removeprefix('/')}"
    if pointer:
        refusal.detail = f"event {n}: {refusal.detail}"
    return refusal


async def _off_loop(size: int, work: Callable[..., list[Found]], *given: Any) -> list[Found]:
    """Do it here when it is soon done, else in a thread."""
    return work(*given) if size <= AT_ONCE else await asyncio.to_thread(work, *given)
