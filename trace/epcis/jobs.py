"""Capture jobs: long documents wait in the database, and whichever node is free records them, exactly once.

A job that its node did not finish is taken up by another, or by the next start. Under rollback all its events and the
word that it is finished are one transaction; under proceed each slice is one with the count of what is done, from
where the next worker goes on.

>>> async with working(db, folder, clock) as worker:
...     id_ = await submit(db, who, document, now); worker.wake()
"""

import asyncio
import contextlib
import itertools
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from zhuisu.db import AWAY, Connection, Database, DatabaseAway
from zhuisu.epcis import capture_store as store
from zhuisu.epcis import envelope, exceptions, master_capture, stream
from zhuisu.epcis.capture import (
    BARE,
    LIST,
    RESULTS,
    Entry,
    job_id,
    log,
    name_faults,
    prepared,
    ready,
    record_all,
    record_good,
)
from zhuisu.epcis.errors import BadParameter, DocumentTooLarge, MoreFaults, NoSuchJob
from zhuisu.epcis.headers import MOST_EVENTS, Behaviour
from zhuisu.epcis.incoming import Document
from zhuisu.epcis.master import Element
from zhuisu.epcis.reporters import Sender, sender
from zhuisu.errors import Fault, Refusal
from zhuisu.events import open_xml
from zhuisu.ledger.bulk import BATCH, SWITCH, ahead
from zhuisu.parties import Principal, Role

LOG = logging.getLogger("zhuisu")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

PATROL = 5.0
"""Seconds after which a node looks for jobs that another one left."""

LATER = (
    *AWAY,
    DatabaseAway,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.DeadlockDetectedError,
    asyncpg.QueryCanceledError,
)
"""What says nothing about the document: the job is tried again."""

Clock = Callable[[], datetime]


class Job(Struct, frozen=True, kw_only=True):
    """A capture job (EPCIS 2.0 §12.7.1); ``document`` is what stood around the events, if anything.

    A list of jobs leaves it out.
    """

    id: str = field(name="captureID")
    created: datetime = field(name="createdAt")
    finished: datetime | UnsetType = field(name="finishedAt", default=UNSET)
    running: bool
    success: bool
    behaviour: Behaviour = field(name="captureErrorBehaviour")
    errors: list[dict[str, Any]]
    document: Raw | UnsetType = UNSET


class Page(Struct, frozen=True):
    """Some jobs, and the token of those after them."""

    jobs: list[Job]
    next: str


async def job(db: Database, who: Principal, id_: UUID) -> Job:
    """A capture of the caller's own; an administrator sees all. Raises NoSuchJob."""
    async with db.transaction(read_only=True) as conn:
        found = await store.one(conn, id_)
        faults = await store.faults(conn, [id_])
    if found is None or (found.party != who.party and Role.administrator not in who.roles):
        raise no_job(str(id_))
    return _job(found, faults.get(id_, []))


def no_job(id_: str) -> NoSuchJob:
    """What is raised for a capture that is not there, or not the caller's."""
    return NoSuchJob(f"no capture {id_[:80]}", mend="ask for the Location of a 202, or see GET /epcis/capture")


async def page(db: Database, who: Principal, per_page: int, token: str) -> Page:
    """The caller's captures, the latest first; an administrator's are all. Raises BadParameter for a strange token."""
    party = None if Role.administrator in who.roles else who.party
    after = _position(token) if token else store.FIRST
    async with db.transaction(read_only=True) as conn:
        rows = await store.page(conn, party, after, per_page + 1)
        faults = await store.faults(conn, [row.id for row in rows[:per_page]])
    last = rows[per_page - 1] if len(rows) > per_page else None
    following = f"{_micros(last.created):x}-{last.id.hex}" if last else ""
    return Page([_job(row, faults.get(row.id, [])) for row in rows[:per_page]], following)


async def submit(
    db: Database,
    who: Principal,
    document: Document,
    now: datetime,
    *,
    behaviour: Behaviour = Behaviour.rollback,
    xml: bool = False,
) -> UUID:
    """Keep a long document to be recorded; the id of its capture.

    Raises what can be seen without reading its events: UnreadableJson, BadDocument, UnreadableXml, BadMasterData,
    DocumentTooLarge.
    """
    header = await asyncio.to_thread(_survey, document, xml)
    by, body = sender(who), uuid4()
    row = store.Row(
        id=job_id(by, behaviour, document.digest),
        party=by.party,
        uscc=by.uscc,
        anywhere=by.anywhere,
        proceed=behaviour is Behaviour.proceed,
        created=now,
        finished=None,
        events=0,
        refused=0,
        done=0,
        xml=xml,
        body=body,
        header=header,
    )
    async with db.transaction() as conn:
        id_, fresh = await log(conn, row)
        if fresh:
            await store.add_body(conn, body, document.pieces())
    return id_


class Worker:
    """Records what waits, one job at a time. Use ``working``, which runs it too."""

    def __init__(self, db: Database, folder: Path, clock: Clock) -> None:
        self._db = db
        self._folder = folder
        self._clock = clock
        self._called = asyncio.Event()

    def wake(self) -> None:
        """Something new waits."""
        self._called.set()

    async def run(self) -> None:
        """Work for ever; what fails for reasons that are not the document's is tried again."""
        while True:
            self._called.clear()
            try:
                await self.work()
            except LATER as error:
                LOG.warning("captures wait: %s", error)
            except Exception:
                LOG.exception("captures wait")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), PATROL)

    async def work(self) -> None:
        """Record every job that nobody else is at."""
        async with self._db.connection() as conn:
            for id_ in await store.running(conn):
                if await store.take(conn, id_):
                    try:
                        row = await store.one(conn, id_)
                        if row is not None and row.finished is None:
                            await self._record(conn, row)
                    finally:
                        with contextlib.suppress(*LATER):  # then the lock has gone with the connection
                            await store.leave(conn, id_)

    async def _record(self, conn: Connection, row: store.Row) -> None:
        document = Document(self._folder)
        try:
            assert row.body is not None
            async for piece in store.body(conn, row.body):
                document.add(piece)
            await (_proceed if row.proceed else _roll_back)(conn, row, document, self._clock)
        except LATER:
            raise
        except Exception as error:
            refusal = error if isinstance(error, Refusal) else Fault("an unexpected error was logged")
            if refusal is not error:
                LOG.exception("capture %s", row.id)
            async with conn.transaction():
                now = await store.one(conn, row.id)
                assert now is not None
                await store.advance(conn, row.id, 0, 1)
                await name_faults(conn, row.id, {now.done: refusal}, now.refused)
                await store.finish(conn, row.id, row.body, self._clock())
        finally:
            document.close()


@contextlib.asynccontextmanager
async def working(db: Database, folder: Path, clock: Clock) -> AsyncIterator[Worker]:
    """A worker at work while the block runs. What it is at when the block ends is left for the next one."""
    sys.setswitchinterval(SWITCH)
    worker = Worker(db, folder, clock)
    task = asyncio.create_task(worker.run(), name="zhuisu captures")
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _roll_back(conn: Connection, row: store.Row, document: Document, clock: Clock) -> None:
    """Record all of a document in one transaction, which raises what is wrong with it."""
    by, count, said = _by(row), 0, list[Element]()
    async with conn.transaction(), contextlib.aclosing(ahead(_read(document, row, said))) as batches:
        async for pointer, entries in batches:
            now = clock()
            await record_all(conn, by, entries, now, pointer)
            await master_capture.tell(conn, by.party, said, prepared(entries), row.id, now)
            count += len(entries)
        now = clock()
        await master_capture.tell(conn, by.party, said, [], row.id, now)
        await store.advance(conn, row.id, count, 0)
        await store.finish(conn, row.id, row.body, now)


async def _proceed(conn: Connection, row: store.Row, document: Document, clock: Clock) -> None:
    """Record the good events of a document, each batch with what became of it in one transaction."""
    by, refused, said = _by(row), row.refused, list[Element]()
    async with contextlib.aclosing(ahead(_read(document, row, said))) as batches:
        async for pointer, entries in batches:
            async with conn.transaction():
                now = clock()
                faults = await record_good(conn, by, entries, now, pointer)
                await master_capture.tell(conn, by.party, said, prepared(entries, faults), row.id, now)
                await store.advance(conn, row.id, len(entries) - len(faults), len(faults))
                await name_faults(conn, row.id, faults, refused)
            refused += len(faults)
    async with conn.transaction():
        now = clock()
        await master_capture.tell(conn, by.party, said, [], row.id, now)
        await store.finish(conn, row.id, row.body, now)


def _read(document: Document, row: store.Row, said: list[Element]) -> Iterator[tuple[str, list[Entry]]]:
    """Batches that are still to be recorded; ``said`` gets the master data of the document before the first."""
    if row.xml:
        told, events = open_xml(document.pieces())
        said += master_capture.of_xml(told)
        pointer = {"EPCISDocument": LIST, "EPCISQueryDocument": RESULTS}.get(told.kind, BARE)
        items: Iterator[stream.Item] = ((n, item) for n, item in enumerate(events) if n >= row.done)
    else:
        envelope = stream.survey(document.pieces(), MOST_EVENTS)
        said += master_capture.of_json(envelope.around)
        pointer = envelope.where + "/{}" if envelope.head else BARE
        items = stream.each(envelope, stream.items(document.pieces()), start=row.done)
    for some in _some(items):
        if some[-1][0] >= MOST_EVENTS:
            raise DocumentTooLarge(f"more than {MOST_EVENTS} events", mend="send it in parts")
        yield pointer, ready(some, row.party, row.created, pointer)


def _some(items: Iterator[stream.Item]) -> Iterator[list[stream.Item]]:
    while some := list(itertools.islice(items, BATCH)):
        yield some


def _survey(document: Document, xml: bool) -> str:
    if xml:
        opened = open_xml(document.pieces())[0]
        master_capture.of_xml(opened)
        return envelope.of_xml(opened)
    around = stream.survey(document.pieces(), MOST_EVENTS).around
    master_capture.of_json(around)
    return envelope.of_json(around)


def _by(row: store.Row) -> Sender:
    return Sender(row.party, row.uscc, row.anywhere)


def _job(row: store.Row, faults: list[str]) -> Job:
    errors: list[dict[str, Any]] = [msgspec.json.decode(text) for text in faults]
    if row.refused > len(errors):
        detail = f"{row.refused} events were refused; the first {len(errors)} are listed"
        more = MoreFaults(detail, mend="mend these and send the rest anew", refused=row.refused)
        errors.append(exceptions.problem(more, f"/epcis/capture/{row.id}"))
    return Job(
        id=str(row.id),
        created=row.created,
        finished=row.finished or UNSET,
        running=row.finished is None,
        success=not row.refused,
        behaviour=Behaviour.proceed if row.proceed else Behaviour.rollback,
        errors=errors,
        document=Raw(row.header.encode()) if row.header else UNSET,
    )


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _position(token: str) -> tuple[UUID, datetime]:
    try:
        micros, _, id_ = token.partition("-")
        return UUID(hex=id_), EPOCH + timedelta(microseconds=int(micros, 16))
    except (ValueError, OverflowError):
        mend = "follow the Link as it is"
        raise BadParameter("this is not a token that was given out here", where="nextPageToken", mend=mend) from None
