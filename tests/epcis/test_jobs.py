"""Captures as jobs: whole or in part, found again page by page, and finished exactly once whoever dies in the middle."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest
from litestar.exceptions import InternalServerException

from tests.epcis.test_capture_stream import document, event
from tests.test_server import here, serving
from zhuisu import embedded
from zhuisu.db import Database
from zhuisu.epcis import capture, jobs
from zhuisu.epcis.errors import BadParameter, NoSuchJob
from zhuisu.epcis.headers import Behaviour
from zhuisu.epcis.incoming import received
from zhuisu.epcis.jobs import Job, Worker
from zhuisu.errors import Malformed
from zhuisu.parties import Principal, Role

OPERATOR = Principal(party=1, uscc="91370302MA000A012K", roles=frozenset({Role.operator}))
OTHER = Principal(party=2, uscc="91370303MA000A047L", roles=frozenset({Role.operator}))
ADMIN = Principal(party=3, uscc="91370300MA000A0010", roles=frozenset({Role.administrator}))
LD = {"Content-Type": "application/ld+json"}
RECORDING = """
select exists (
  select from pg_locks a join pg_locks r using (pid)
  where a.locktype = 'advisory' and r.relation = 'ledger.event'::regclass and r.mode = 'RowExclusiveLock'
)
from epcis.capture where not proceed and finished is null
"""
"""Whether a worker is within the transaction of a job that rolls back."""


def body(events: Iterable[dict[str, Any]]) -> bytes:
    return msgspec.json.encode(document(list(events)))


async def pieces(whole: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(whole), 100_000):
        yield whole[at : at + 100_000]


async def submit(
    db: Database, folder: Path, whole: bytes, now: datetime, *, who: Principal = OPERATOR, **how: Any
) -> UUID:
    async with received(pieces(whole), folder) as arrived:
        return await jobs.submit(db, who, arrived, now, **how)


async def count(db: Database, table: str = "ledger.event") -> int:
    async with db.connection() as conn:
        found: int = await conn.fetchval(f"select count(*) from {table}")
        return found


async def recorded(db: Database, folder: Path, whole: bytes, now: datetime, **how: Any) -> Job:
    id_ = await submit(db, folder, whole, now, **how)
    assert (await jobs.job(db, OPERATOR, id_)).running
    await Worker(db, folder, lambda: now).work()
    return await jobs.job(db, OPERATOR, id_)


def one_bad(n: int, bad: int) -> bytes:
    return body(event(i, **({"bizStep": "walking"} if i == bad else {})) for i in range(n))


class TestLong:
    """Documents that are recorded after they were acknowledged."""

    async def test_one_bad_among_ten_thousand_rolls_all_back(self, db: Database, tmp_path: Path, now: datetime) -> None:
        job = await recorded(db, tmp_path, one_bad(10_000, 7777), now)
        assert (job.running, job.success, job.finished) == (False, False, now)
        (problem,) = job.errors
        assert problem["where"] == "/epcisBody/eventList/7777/bizStep"
        assert problem["reason"] == "/problems/events/unknown-word"
        assert problem["type"] == "epcisException:ValidationException"
        assert problem["instance"] == f"/epcis/capture/{job.id}"
        assert (await count(db), await count(db, "epcis.body")) == (0, 0)

    async def test_or_is_named_while_the_others_are_stored(self, db: Database, tmp_path: Path, now: datetime) -> None:
        job = await recorded(db, tmp_path, one_bad(10_000, 7777), now, behaviour=Behaviour.proceed)
        assert (job.running, job.success, job.behaviour) == (False, False, Behaviour.proceed)
        assert [problem["where"] for problem in job.errors] == ["/epcisBody/eventList/7777/bizStep"]
        assert (await count(db), await count(db, "epcis.body")) == (9_999, 0)

    async def test_xml_names_the_line(self, db: Database, tmp_path: Path, now: datetime) -> None:
        one = (
            "<ObjectEvent><eventTime>2026-05-01T08:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>"
            "<epcList><epc>urn:example:item:{}</epc></epcList><action>{}</action></ObjectEvent>\n"
        )
        whole = (
            '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"'
            ' creationDate="2026-05-01T08:00:00Z"><EPCISBody><EventList>\n'
            + "".join(one.format(n, "LOOK" if n == 1500 else "OBSERVE") for n in range(2000))
            + "</EventList></EPCISBody></epcis:EPCISDocument>"
        ).encode()
        job = await recorded(db, tmp_path, whole, now, behaviour=Behaviour.proceed, xml=True)
        (problem,) = job.errors
        assert (problem["line"], problem["where"]) == (1502, "/epcisBody/eventList/1500/action")
        assert await count(db) == 1999

    async def test_what_only_the_ledger_knows_is_named_too(self, db: Database, tmp_path: Path, now: datetime) -> None:
        await capture.capture(db, OPERATOR, body([event(1, eventID="urn:example:taken")]), now)
        found = [event(n) for n in range(1200)]
        found[3]["eventID"] = "urn:example:taken"
        found[700]["eventID"] = found[1100]["eventID"] = "urn:example:twice"
        found[1150]["eventTime"] = "2999-01-01T00:00:00Z"
        whole = body(found)
        job = await recorded(db, tmp_path, whole, now, behaviour=Behaviour.proceed)
        at = [(problem["reason"].rpartition("/")[2], problem["where"]) for problem in job.errors]
        assert at == [
            ("event-id-conflict", "/epcisBody/eventList/3/eventID"),
            ("event-id-conflict", "/epcisBody/eventList/1100/eventID"),
            ("event-ahead", "/epcisBody/eventList/1150/eventTime"),
        ]
        assert await count(db) == 1 + 1197
        again = await recorded(db, tmp_path, whole, now)
        assert (again.success, [problem["where"] for problem in again.errors]) == (False, [at[0][1]])
        assert await count(db) == 1 + 1197

    async def test_a_fault_in_the_middle_of_the_bytes(self, db: Database, tmp_path: Path, now: datetime) -> None:
        whole = body(event(n) for n in range(1600)).replace(b"item:1300", b"item:\0300")
        job = await recorded(db, tmp_path, whole, now)
        assert [p["reason"] for p in job.errors] == ["/problems/events/unreadable-json"]
        assert await count(db) == 0

    async def test_the_faults_listed_are_bounded(
        self, db: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(capture, "MOST_FAULTS", 5)
        monkeypatch.setattr(jobs, "BATCH", 4)
        job = await recorded(
            db, tmp_path, body([event(n, bizStep="x") for n in range(9)]), now, behaviour=Behaviour.proceed
        )
        assert [p["where"][-9:-8] for p in job.errors[:-1]] == list("01234")
        assert (job.errors[-1]["reason"], job.errors[-1]["refused"]) == ("/problems/epcis/more-faults", 9)

    async def test_the_same_document_again_is_the_same_job(self, db: Database, tmp_path: Path, now: datetime) -> None:
        whole = body(event(n) for n in range(10))
        first, second = [await submit(db, tmp_path, whole, now) for _ in range(2)]
        await Worker(db, tmp_path, lambda: now).work()
        third = await submit(db, tmp_path, whole, now)
        assert first == second == third
        proceeding = await submit(db, tmp_path, whole, now, behaviour=Behaviour.proceed)
        assert len({first, proceeding, await submit(db, tmp_path, whole, now, who=OTHER)}) == 3
        assert not (await jobs.job(db, OPERATOR, first)).running


class Killed(BaseException):
    """A worker's death, at the instant it looks at the clock."""


def dying(now: datetime, looks: int) -> Callable[[], datetime]:
    left = iter(range(looks))

    def clock() -> datetime:
        if next(left, None) is None:
            raise Killed
        return now

    return clock


class TestDeath:
    @pytest.mark.parametrize("behaviour", Behaviour)
    async def test_at_any_look_at_the_clock_nothing_is_lost_or_done_twice(
        self, db: Database, tmp_path: Path, now: datetime, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jobs, "BATCH", 10)
        found = [event(n, **({"bizStep": "walking"} if n == 23 else {})) for n in range(45)]
        if behaviour is Behaviour.rollback:
            del found[23]
        id_ = await submit(db, tmp_path, body(found), now, behaviour=behaviour)
        stored = []
        while (await jobs.job(db, OPERATOR, id_)).running:
            # Under rollback each attempt gets one look further than the last; under proceed one from where it goes on.
            looks = len(stored) if behaviour is Behaviour.rollback else 1
            with contextlib.suppress(Killed):
                await Worker(db, tmp_path, dying(now, looks)).work()
            stored.append(await count(db))
        assert stored == ([0] * 6 + [44] if behaviour is Behaviour.rollback else [10, 20, 29, 39, 44, 44])
        job = await jobs.job(db, OPERATOR, id_)
        assert (job.success, len(job.errors)) == (behaviour is Behaviour.rollback, behaviour is Behaviour.proceed)
        assert (await count(db), await count(db, "epcis.body")) == (44, 0)

    async def test_one_job_is_one_workers(self, db: Database, tmp_path: Path, now: datetime) -> None:
        ids = [await submit(db, tmp_path, body(event(m * 100 + n) for n in range(50)), now) for m in range(3)]
        workers = [Worker(db, tmp_path, lambda: now) for _ in range(3)]
        await asyncio.gather(*(worker.work() for worker in workers))
        assert all([(await jobs.job(db, OPERATOR, id_)).success for id_ in ids])
        assert await count(db) == 150

    @pytest.mark.xdist_group("server")
    def test_kill_9_in_the_middle(self, workspace: Path) -> None:
        data = workspace / "killed"
        places = []
        for how, middle in (
            ("proceed", "select done > 0 from epcis.capture where proceed and finished is null"),
            ("rollback", RECORDING),
        ):
            with serving(data) as service:
                if not places:
                    key = {"Authorization": f"Bearer {here('keygen', '--data', data).stdout.strip()}"}
                more = LD | key | {"GS1-Capture-Error-Behaviour": how}
                whole = body(event(len(places) * 10_000 + n) for n in range(8000))
                answer = httpx.post(f"{service.address}/epcis/capture", content=whole, headers=more, timeout=30)
                assert answer.status_code == 202, answer.text
                places.append(answer.headers["Location"])
                assert seen(data, middle)
                os.kill(service.process.pid, signal.SIGKILL)
                service.process.wait(10)
        with serving(data) as service:
            assert seen(data, "select bool_and(finished is not null) from epcis.capture")
            for place in places:
                job = httpx.get(service.address + place, headers=key).json()
                assert (job["running"], job["success"], job["errors"]) == (False, True, [])
            assert seen(data, "select count(*) = 16000 and count(distinct name) = 16000 from ledger.event")
            assert seen(data, "select sum(events) = 16000 and sum(done) = 16000 from epcis.capture")
            assert seen(data, "select count(*) = 0 from epcis.body")


def seen(data: Path, question: str) -> bool:
    """Ask the database of a served directory until it says yes."""

    async def ask() -> bool:
        owner = embedded.owner(data)
        assert owner is not None
        conn = await asyncpg.connect(owner.url)
        try:
            async with asyncio.timeout(60):
                while not await conn.fetchval(question):
                    pass
        finally:
            await conn.close()
        return True

    return asyncio.run(ask())


class TestList:
    async def test_pages_follow_one_another_latest_first(self, db: Database, now: datetime) -> None:
        ids = [
            str(await capture.capture(db, OPERATOR, body([event(n)]), now + timedelta(seconds=n // 3)))
            for n in range(10)
        ]
        theirs = str(await capture.capture(db, OTHER, body([event(99)]), now))
        found, token, pages = [], "", 0
        while True:
            page = await jobs.page(db, OPERATOR, 4, token)
            found += [job.id for job in page.jobs]
            token, pages = page.next, pages + 1
            if not token:
                break
        assert (sorted(found), pages) == (sorted(ids), 3)
        assert found[0] == ids[9]
        assert {job.id for job in (await jobs.page(db, ADMIN, 30, "")).jobs} == {*ids, theirs}
        with pytest.raises(NoSuchJob):
            await jobs.job(db, OPERATOR, UUID(theirs))
        with pytest.raises(BadParameter):
            await jobs.page(db, OPERATOR, 4, "x")

    async def test_over_http(self, client: httpx.AsyncClient, admin: dict[str, str]) -> None:
        small = [body([event(n)]) for n in range(3)]
        bad = one_bad(10, 4)
        for whole in small:
            assert (await client.post("/epcis/capture", content=whole, headers=admin | LD)).status_code == 202
        proceed = admin | LD | {"GS1-Capture-Error-Behaviour": "proceed"}
        answer = await client.post("/epcis/capture", content=bad, headers=proceed)
        job = (await client.get(answer.headers["Location"], headers=admin)).json()
        assert (job["running"], job["success"], job["captureErrorBehaviour"]) == (False, False, "proceed")
        assert [problem["where"] for problem in job["errors"]] == ["/epcisBody/eventList/4/bizStep"]
        long = await client.post("/epcis/capture", content=body(event(n) for n in range(5000)), headers=admin | LD)
        assert long.status_code == 202
        async with asyncio.timeout(60):
            while (job := (await client.get(long.headers["Location"], headers=admin)).json())["running"]:
                assert "finishedAt" not in job
        assert (job["success"], job["finishedAt"]) == (True, job["createdAt"])
        listed: list[str] = []
        where = "/epcis/capture?perPage=2"
        while where:
            page = await client.get(where, headers=admin)
            listed += [one["captureID"] for one in page.json()]
            where = page.headers.get("Link", "").partition(">")[0].removeprefix("<")
        assert len(listed) == len(set(listed)) == 5


async def test_a_document_that_ends_early_is_refused(tmp_path: Path) -> None:
    async def hung_up() -> AsyncIterator[bytes]:
        yield b"{"
        raise InternalServerException("client disconnected prematurely")

    with pytest.raises(Malformed, match="did not come whole"):
        async with received(hung_up(), tmp_path):
            pass


async def test_no_more_than_a_megabyte_of_a_long_document_is_held(tmp_path: Path) -> None:
    chunk = os.urandom(100_000)

    async def long() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield chunk

    async with received(long(), tmp_path) as arrived:
        assert arrived.small is None
        assert max(map(len, arrived.pieces())) <= 1 << 20
        assert b"".join(arrived.pieces()) == b"".join(arrived.pieces()) == chunk * 50
    assert [*os.scandir(tmp_path)] == []
