"""Capture over the EPCIS door: a document goes in whole or not at all, and however often it is sent, once.

>>> (await capture(db, who, body, now)).success
True
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from zhuisu import parties
from zhuisu.codes import site_of
from zhuisu.db import Connection, Database
from zhuisu.epcis import store
from zhuisu.epcis.errors import EventAhead, NoSuchJob, NotOneEvent, PlaceNotYours
from zhuisu.events import Event, read
from zhuisu.ledger import GroupCommit, Recorded, Submission, append
from zhuisu.ledger.model import SKEW
from zhuisu.parties import Principal, Role

AT_ONCE = 64 * 1024
"""Bytes of a document that are read without leaving the event loop."""


class Job(Struct, frozen=True, kw_only=True):
    """A capture job (EPCIS 2.0 §12.7.1). It exists when its events are committed, so it has always succeeded."""

    id: str = field(name="captureID")
    created: datetime = field(name="createdAt")
    finished: datetime = field(name="finishedAt")
    running: bool = False
    success: bool = True
    behaviour: str = field(name="captureErrorBehaviour", default="rollback")
    errors: tuple[str, ...] = ()


async def capture(db: Database, who: Principal, body: bytes, now: datetime) -> Job:
    """Record every event of a document in one transaction.

    Raises what ``zhuisu.events.read`` refuses, EventAhead, PlaceNotYours, ledger.errors.EventIdConflict; then nothing
    is stored.
    """
    events = await _read(body)
    _require_past(events, now)
    by = _party(who)
    id_ = UUID(bytes=hashlib.sha256(by.to_bytes(8) + body).digest()[:16])
    async with db.transaction() as conn:
        await _require_own_places(conn, [(who, events)])
        await append(conn, events, by=by, now=now)
        await store.add_job(conn, store.JobRow(id_, by, now, now, len(events)))
        stored = await store.job(conn, id_)
    assert stored is not None
    return _job(stored)


async def add_event(commit: GroupCommit, who: Principal, body: bytes, now: datetime) -> Recorded:
    """Record one event. Raises as ``capture`` does, and NotOneEvent."""
    events = await _read(body)
    if len(events) != 1:
        raise NotOneEvent(f"the body holds {len(events)} events", mend="send the document to /epcis/capture")
    _require_past(events, now)
    (recorded,) = await commit(who, events, now)
    return recorded


async def guard(conn: Connection, asked: Sequence[Submission]) -> None:
    """What a shared commit asks before it records: raises PlaceNotYours."""
    await _require_own_places(conn, [(one.who, [entry.event for entry in one.entries]) for one in asked])


async def job(db: Database, who: Principal, id_: UUID) -> Job:
    """A capture of the caller's own; an administrator sees all. Raises NoSuchJob."""
    async with db.connection() as conn:
        found = await store.job(conn, id_)
    if found is None or (found.party != who.party and Role.administrator not in who.roles):
        raise NoSuchJob(f"no capture {id_}")
    return _job(found)


async def _read(body: bytes) -> list[Event]:
    return read(body) if len(body) <= AT_ONCE else await asyncio.to_thread(read, body)


def _require_past(events: Sequence[Event], now: datetime) -> None:
    """An event is what happened: its time is not ahead of ours by more than clocks differ."""
    for n, event in enumerate(events):
        if event.time > now + SKEW:
            clock = now.isoformat(timespec="seconds")
            raise EventAhead(
                f"event {n} is of {event.time.isoformat(timespec='seconds')}; the service's clock says {clock}",
                where=f"/epcisBody/eventList/{n}/eventTime",
                mend="report what happened, not what is planned; set the clock of the system that sends it",
                now=clock,
            )


async def _require_own_places(conn: Connection, asked: Sequence[tuple[Principal, Sequence[Event]]]) -> None:
    """Whoever reports an event was there: both its places are the caller's own, or nobody's in the register."""
    named = [
        (who, n, member, site_of(place))
        for who, events in asked
        if Role.administrator not in who.roles
        for n, event in enumerate(events)
        for member, place in (("bizLocation", event.location), ("readPoint", event.read_point))
        if place
    ]
    sites = await parties.sites_by_uri(conn, list({place for *_, place in named}))
    for who, n, member, place in named:
        if place in sites and sites[place].uscc != who.uscc:
            raise PlaceNotYours(
                f"event {n} happened at {place}, a site of another organisation",
                where=f"/epcisBody/eventList/{n}/{member}/id",
                mend="report what happened at your own sites; name the other's as destination",
            )


def _party(who: Principal) -> int:
    assert who.party is not None, "a route without a guard"
    return who.party


def _job(row: store.JobRow) -> Job:
    return Job(id=str(row.id), created=row.created, finished=row.finished)
