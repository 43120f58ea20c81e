"""Subscriptions by webhook: to a real receiver on this machine, at least once and in order, with the rights of the day."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.epcis.receiver import TOKEN, Receiver, receiving
from tests.epcis.test_named import get, keep
from tests.scan.conftest import Actor, District, box
from zhuisu.db import Database
from zhuisu.epcis import deliver, sign, subscribe
from zhuisu.epcis.answer import Form
from zhuisu.epcis.deliver import CLAIM, Post, posting
from zhuisu.epcis.named_store import subscriber
from zhuisu.epcis.progress import MOST_EVENTS
from zhuisu.events import EpcFormat
from zhuisu.ledger import tail
from zhuisu.parties import Principal, Role
from zhuisu.settings import Settings

AS_USUAL = Form()
LATER = timedelta(hours=1)
"""The service's own deliveries stand still at its clock; what these tests subscribe ahead of it, they deliver."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.with_(callback_hosts="127.0.0.1")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with posting() as found:
        yield found


async def subscribed(actor: Actor, name: str, status: int = 201, **wish: Any) -> httpx.Response:
    path = f"/epcis/queries/{name}/subscriptions"
    answer = await actor.http.post(path, json={"signatureToken": TOKEN, **wish}, headers=actor.headers)
    assert answer.status_code == status, answer.text
    return answer


def stored(d: District, *numbers: int) -> list[Any]:
    return [d.seen(n, "maker", "storing", [box(n)], event_id=f"urn:n:{n}") for n in numbers]


def named(*numbers: int) -> list[str]:
    return [f"urn:n:{n}" for n in numbers]


class Line:
    """A subscription that the test itself delivers, by a clock of its own."""

    def __init__(self, d: District, db: Database, settings: Settings, post: Post, receiver: Receiver) -> None:
        self.d, self.db, self.settings, self.post, self.receiver = d, db, settings, post, receiver
        self.now = d.now.astimezone(UTC) + LATER
        self.name, self.who, self.id = "kept", Principal(), ""

    async def open(self, actor: Actor, role: Role = Role.operator, form: Form = AS_USUAL, **wish: Any) -> None:
        await keep(actor, self.name, eventType=["ObjectEvent"])
        async with self.db.connection() as conn:
            party = await conn.fetchval("select id from parties.organisation where uscc = $1", actor.uscc)
            self.who = await subscriber(conn, party, [role]) or self.who
        wish = {"stream": True, "signature_token": TOKEN, "initial_record_time": self.d.now, **wish}
        new = subscribe.NewSubscription(dest=self.receiver.url, **wish)
        made = await subscribe.subscribe(self.db, self.settings, self.who, self.name, new, self.now, form=form)
        self.id = made.id

    async def once(self, chance: float = 0.0) -> bool:
        """One step, when all that is recorded can be followed."""
        async with asyncio.timeout(20), self.db.connection() as conn:
            last = await conn.fetchval("select id from ledger.event order by xid desc, id desc limit 1")
            while (await tail.head(conn)).event != (last or tail.START.event):
                pass
        return await deliver.deliver_next(self.db, self.post, self.settings, self.now, chance=lambda: chance)

    async def all(self) -> list[str]:
        """What arrives until nothing is due."""
        before = len(self.receiver.all)
        while await self.once():
            pass
        return [id_ for got in self.receiver.all[before:] for id_ in got.ids]

    async def show(self) -> subscribe.Shown:
        return await subscribe.show(self.db, self.who, self.name, self.id)


@pytest.fixture
async def line(district: District, db: Database, settings: Settings, post: Post, receiver: Receiver) -> Line:
    return Line(district, db, settings, post, receiver)


class TestService:
    """The service as it runs: nobody calls its deliveries."""

    async def test_events_arrive_in_order_and_signed(self, district: District, receiver: Receiver) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        answer = await subscribed(d.maker, "kept", dest=receiver.url, stream=True)
        made = answer.json()
        assert answer.headers["Location"] == f"/epcis/queries/kept/subscriptions/{made['subscriptionID']}"
        assert TOKEN not in answer.text
        for n in (3, 1, 2):
            await d.maker.capture(*stored(d, n), d.seen(n, "maker", "shipping", [box(n)]))
        assert await receiver.ids(3) == named(3, 1, 2)
        for got in receiver.all:
            assert sign.verifies(got.headers["gs1-signature"], TOKEN, got.body, d.now)
            assert not sign.verifies(got.headers["gs1-signature"], "another", got.body, d.now)
            assert got.headers["content-type"] == "application/ld+json"
            assert got.headers["gs1-epcis-version"] == "2.0"
            assert got.document["epcisBody"]["queryResults"]["queryName"] == "kept"
            assert got.document["epcisBody"]["queryResults"]["subscriptionID"] == made["subscriptionID"]

    async def test_what_was_recorded_before_comes_when_asked_for(self, district: District, receiver: Receiver) -> None:
        d = district
        await d.maker.capture(*stored(d, 1, 2))
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        await subscribed(d.maker, "kept", dest=receiver.url, stream=True, initialRecordTime="2026-06-01T08:00:00Z")
        assert await receiver.ids(2) == named(2, 1)
        await d.maker.capture(*stored(d, 3))
        assert await receiver.ids(1) == named(3)

    async def test_to_the_standards_query_and_without_a_token_nothing_is_signed(
        self, district: District, receiver: Receiver
    ) -> None:
        d = district
        await subscribed(d.maker, "SimpleEventQuery", dest=receiver.url, stream=True, signatureToken="")
        await d.maker.capture(*stored(d, 1))
        assert "gs1-signature" not in (await receiver.next()).headers

    async def test_shown_listed_and_ended(self, district: District, receiver: Receiver) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        path = "/epcis/queries/kept/subscriptions"
        mine = (await subscribed(d.maker, "kept", dest=receiver.url, stream=True)).json()
        clock = {"second": "0", "hour": "[8-17]"}
        theirs = (await subscribed(d.shop, "kept", dest=receiver.url, schedule=clock, reportIfEmpty=True)).json()
        assert (mine["stream"], theirs["stream"], theirs["schedule"]) == (True, False, clock)
        assert theirs["nextAttemptAt"] == "2026-06-01T08:01:00Z"
        assert (await get(d.maker, path)).json() == [mine]
        assert (await get(d.shop, path)).json() == [theirs]
        assert len((await get(d.admin, path)).json()) == 2
        one = f"{path}/{mine['subscriptionID']}"
        shown = await get(d.maker, one)
        assert (shown.json(), shown.headers["GS1-Query-Min-Record-Time"]) == (mine, "2026-06-01T08:00:00.000Z")
        problem = (await get(d.shop, one, 404)).json()
        assert problem["type"] == "epcisException:NoSuchResourceException"
        await get(d.maker, f"{path}/x", 404)
        assert (await d.shop.http.delete(one, headers=d.shop.headers)).status_code == 404
        assert (await d.maker.http.delete(one, headers=d.maker.headers)).status_code == 204
        assert (await get(d.maker, path)).json() == []

    async def test_the_end_of_a_query_ends_its_subscriptions(self, district: District, receiver: Receiver) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        await keep(d.maker, "other", EQ_bizStep=["storing"])
        for name in ("kept", "other"):
            await subscribed(d.maker, name, dest=receiver.url, stream=True)
        await d.maker.capture(*stored(d, 1))
        assert await receiver.ids(2) == named(1, 1)
        await d.maker.http.delete("/epcis/queries/kept", headers=d.maker.headers)
        await get(d.maker, "/epcis/queries/kept/subscriptions", 404)
        for n in (2, 3):
            await d.maker.capture(*stored(d, n))
            assert (await receiver.next()).document["epcisBody"]["queryResults"]["queryName"] == "other"

    @pytest.mark.parametrize(
        ("wish", "kind"),
        [
            ({"stream": True, "schedule": {"second": "0"}}, "bad-subscription"),
            ({}, "bad-subscription"),
            ({"schedule": {"minute": "60"}}, "bad-schedule"),
            ({"stream": True, "dest": "https://10.0.0.1/"}, "bad-destination"),
            ({"stream": True, "dest": "http://localhost:1/"}, "bad-destination"),
            ({"stream": True, "dest": "https://localhost/"}, "bad-destination"),
            ({"stream": True, "dest": "file:///etc/passwd"}, "bad-destination"),
        ],
    )
    async def test_what_is_not_subscribed(self, district: District, wish: Any, kind: str) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        problem = (await subscribed(d.maker, "kept", 400, **{"dest": "http://127.0.0.1:9/", **wish})).json()
        assert problem["reason"] == f"/problems/epcis/{kind}"
        assert problem["type"] == "epcisException:SubscriptionControlsException"
        assert (await get(d.maker, "/epcis/queries/kept/subscriptions")).json() == []

    async def test_a_query_with_a_limit_or_none(self, district: District) -> None:
        d = district
        await keep(d.maker, "ten", EQ_bizStep=["storing"], maxEventCount=10)
        wish = {"dest": "http://127.0.0.1:9/", "stream": True}
        assert (await subscribed(d.maker, "ten", 400, **wish)).json()["reason"] == "/problems/epcis/bad-subscription"
        assert (await subscribed(d.maker, "none", 404, **wish)).json()["reason"] == "/problems/epcis/no-such-query"


class TestOrder:
    async def test_all_of_them_once_in_the_order_of_recording(self, line: Line) -> None:
        await line.open(line.d.maker)
        for n in range(1, 200, 40):
            await line.d.maker.capture(*stored(line.d, *range(n, n + 40)))
        got = await line.all()
        async with line.db.connection() as conn:
            assert got == [r["name"] for r in await conn.fetch("select name from ledger.event order by xid, id")]
        assert [len(one.ids) for one in line.receiver.all] == [MOST_EVENTS, MOST_EVENTS]
        shown = await line.show()
        assert (shown.last_notified_at, shown.failures, shown.last_error) == (line.now, 0, "")
        assert await line.all() == []

    async def test_a_crash_between_delivery_and_commit(self, line: Line) -> None:
        await line.open(line.d.maker)
        await line.d.maker.capture(*stored(line.d, 1))

        async def crash(*what: Any) -> int:
            await line.post(*what)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await deliver.deliver_next(line.db, crash, line.settings, line.now)
        assert line.receiver.all[0].ids == named(1)
        await line.d.maker.capture(*stored(line.d, 2))
        assert not await line.once()  # the dead node still holds it
        line.now += CLAIM
        assert await line.all() == named(1, 2)

    async def test_one_node_at_a_time(self, line: Line) -> None:
        await line.open(line.d.maker)
        await line.d.maker.capture(*stored(line.d, 1))
        first = await deliver.take(line.db, line.now)
        assert first is not None
        assert await deliver.take(line.db, line.now) is None
        line.now += CLAIM
        second = await deliver.take(line.db, line.now)
        assert second is not None
        await deliver.step(line.db, line.post, line.settings, line.now, second, 0)
        place = (await line.show()).position
        await line.d.maker.capture(*stored(line.d, 2))
        await deliver.step(line.db, line.post, line.settings, line.now, first, 0)  # too late: it counts for nothing
        assert (await line.show()).position == place
        assert await line.all() == named(2)

    async def test_a_receiver_that_wants_fewer(self, line: Line) -> None:
        await line.open(line.d.maker)
        line.receiver.answer = lambda got: 413 if len(got.ids) > 3 else 200
        await line.d.maker.capture(*stored(line.d, *range(1, 11)))
        await line.all()
        taken = [got.ids for got in line.receiver.all if len(got.ids) <= 3]
        assert [id_ for ids in taken for id_ in ids] == named(*range(10, 0, -1))
        assert (await line.show()).failures == 0


class TestFailure:
    @pytest.mark.parametrize("status", [0, 302, 400, 413, 500, 503])
    async def test_nothing_behind_it_is_sent_before(self, line: Line, status: int) -> None:
        await line.open(line.d.maker)
        await line.d.maker.capture(*stored(line.d, 1))
        line.receiver.answer = lambda _: status
        assert await line.all() == named(1)
        await line.d.maker.capture(*stored(line.d, 2))
        assert await line.all() == []
        shown = await line.show()
        assert (shown.failures, shown.last_notified_at) == (1, subscribe.UNSET)
        assert (str(status) in shown.last_error) if status else shown.last_error
        line.receiver.answer = lambda _: 204
        line.now += sign.wait(1, 1)
        assert await line.all() == named(1, 2)
        assert (await line.show()).failures == 0

    async def test_waits_grow_and_then_it_is_laid_aside_and_can_be_replayed(self, line: Line) -> None:
        await line.open(line.d.maker)
        await line.d.maker.capture(*stored(line.d, 1))
        line.receiver.answer = lambda _: 500
        waits = []
        for n in range(1, sign.MOST_FAILURES):
            assert await line.once()
            shown = await line.show()
            assert shown.failures == n
            waits.append(shown.next_attempt_at - line.now)
            line.now = shown.next_attempt_at - timedelta(milliseconds=1)
            assert not await line.once()
            line.now = shown.next_attempt_at
        assert waits == [sign.wait(n, 0) for n in range(1, sign.MOST_FAILURES)]
        assert all(one <= other for one, other in pairwise(waits))
        await line.d.maker.capture(*stored(line.d, 2))
        assert await line.once()
        line.receiver.answer = lambda got: 500 if got.ids == named(9) else 200
        shown = await line.show()
        (letter,) = shown.dead_letters
        assert (letter.events, letter.failures, letter.error) == (2, sign.MOST_FAILURES, "answered 500")
        assert (letter.since, shown.failures) == (line.now, 0)
        await line.d.maker.capture(*stored(line.d, 3))
        assert await line.all() == named(3)

        path = f"/epcis/queries/{line.name}/subscriptions/{line.id}/replay"
        replay = {"json": {"position": letter.position}, "headers": line.d.maker.headers}
        answer = await line.d.maker.http.post(path, **replay)
        assert (answer.status_code, answer.json()["deadLetters"], answer.json()["position"]) == (
            200,
            [],
            letter.position,
        )
        assert await line.receiver.ids(sign.MOST_FAILURES + 1 + 1 + 3) == (
            named(1) * (sign.MOST_FAILURES - 1) + named(1, 2) + named(3) + named(1, 2, 3)
        )

    async def test_replay_from_a_time(self, line: Line) -> None:
        await line.open(line.d.maker)
        await line.d.maker.capture(*stored(line.d, 1))
        assert await line.all() == named(1)
        for wish, sent in (
            (subscribe.Replay(record_time=line.d.now), named(1)),
            (subscribe.Replay(record_time=line.d.now + timedelta(seconds=1)), []),
        ):
            await subscribe.replay(line.db, line.who, line.name, line.id, wish, line.now)
            assert await line.all() == sent

    @pytest.mark.parametrize(
        "wish",
        [
            {},
            {"position": "7"},
            {"position": "x." + "0" * 32},
            {"position": "7." + "0" * 32, "recordTime": "2026-06-01T08:00:00Z"},
        ],
    )
    async def test_no_such_position(self, district: District, wish: Any) -> None:
        d = district
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        made = (await subscribed(d.maker, "kept", dest="http://127.0.0.1:9/", stream=True)).json()
        path = f"/epcis/queries/kept/subscriptions/{made['subscriptionID']}/replay"
        answer = await d.maker.http.post(path, json=wish, headers=d.maker.headers)
        assert (answer.status_code, answer.json()["reason"]) == (400, "/problems/epcis/bad-position")
        wish = {"recordTime": "2026-06-01T08:00:00Z"}
        assert (await d.shop.http.post(path, json=wish, headers=d.shop.headers)).status_code == 404

    async def test_a_destination_that_is_no_longer_allowed(self, line: Line) -> None:
        await line.open(line.d.maker)
        await line.d.maker.capture(*stored(line.d, 1))
        line.settings = line.settings.with_(callback_hosts="")
        assert await line.all() == []
        assert "http" in (await line.show()).last_error

    async def test_another_master_key(self, line: Line) -> None:
        await line.open(line.d.maker)
        await line.d.maker.capture(*stored(line.d, 1))
        line.settings = line.settings.with_(master_key=bytes(32))
        assert await line.all() == []
        assert "master key" in (await line.show()).last_error


class TestSchedule:
    async def test_it_fires_when_it_is_due(self, line: Line) -> None:
        await line.open(line.d.maker, stream=False, schedule={"second": "0", "minute": "30"})
        await line.d.maker.capture(*stored(line.d, *range(1, 131)))
        assert await line.all() == []
        line.now += timedelta(minutes=30)
        assert len(await line.all()) == 130
        assert [len(got.ids) for got in line.receiver.all] == [100, 30]
        assert (await line.show()).next_attempt_at == line.now + timedelta(hours=1)
        line.now += timedelta(hours=1)
        assert (await line.all(), len(line.receiver.all)) == ([], 2)
        assert (await line.show()).next_attempt_at == line.now + timedelta(hours=1)

    async def test_the_word_that_there_was_nothing(self, line: Line) -> None:
        await line.open(line.d.maker, stream=False, schedule={"second": "0", "minute": "30"}, report_if_empty=True)
        sizes = []
        for numbers in ((), (1,), ()):
            if numbers:
                await line.d.maker.capture(*stored(line.d, *numbers))
            line.now = (await line.show()).next_attempt_at
            await line.all()
            sizes.append([len(got.ids) for got in line.receiver.all])
        assert sizes == [[0], [0, 1], [0, 1, 0]]


class TestForm:
    async def test_deliveries_are_written_as_the_subscription_asked(
        self, district: District, receiver: Receiver
    ) -> None:
        d = district
        urn = "urn:epc:id:sgtin:6901234.056789.1"
        await keep(d.maker, "kept", EQ_bizStep=["storing"])
        forms = {
            "application/xml": {"GS1-EPC-Format": "Always_EPC_URN", "GS1-CBV-XML-Format": "Always_URN"},
            "application/json": {"GS1-EPC-Format": "Always_GS1_Digital_Link"},
            "application/ld+json": {"GS1-EPC-Format": "Never_Translates"},
        }
        for media, formats in forms.items():
            asked = d.maker.headers | {"Accept": media, **formats}
            asked |= {"Prefer": "master-data"} if media == "application/json" else {}
            wish = {"dest": receiver.url, "stream": True, "secret": TOKEN}  # as the official schema names it
            made = await d.maker.http.post("/epcis/queries/kept/subscriptions", json=wish, headers=asked)
            assert (made.status_code, made.json()["contentType"]) == (201, media)
        await d.maker.capture(d.seen(1, "maker", "storing", [box(1), urn]))
        got = {one.headers["content-type"]: one for one in [await receiver.next() for _ in forms]}
        assert got.keys() == forms.keys()
        assert all(sign.verifies(one.headers["gs1-signature"], TOKEN, one.body, d.now) for one in got.values())
        for media, formats in forms.items():
            assert {name: got[media].headers[name.lower()] for name in formats} == formats
        xml = got["application/xml"].body.decode()
        assert xml.count(f"<epc>{urn}</epc>") == 2
        assert "<bizStep>urn:epcglobal:cbv:bizstep:storing</bizStep>" in xml
        assert "<queryName>kept</queryName>" in xml
        assert got["application/json"].events[0]["epcList"] == [box(1), box(1)]
        assert got["application/ld+json"].events[0]["epcList"] == [box(1), urn]
        # Master data of what they name comes beside them where it was asked for, as with a poll.
        poll = (await d.maker.http.get("/epcis/events", headers=d.maker.headers | {"Prefer": "master-data"})).json()
        told = [one["epcisBody"]["queryResults"]["resultsBody"] for one in (got["application/json"].document, poll)]
        assert d.maker.place in json.dumps(told[0]["vocabularyList"])
        assert told[0]["vocabularyList"] == told[1]["vocabularyList"]
        applied = {media: one.headers.get("preference-applied") for media, one in got.items()}
        assert applied == {"application/xml": None, "application/json": "master-data", "application/ld+json": None}
        assert b"vocabularyList" not in got["application/ld+json"].body

    async def test_an_event_that_cannot_be_written_so_is_told_and_passed_over(self, line: Line) -> None:
        d = line.d
        stranger = "https://id.gs1.org/01/09791234567896/21/1"
        await line.open(d.maker, form=Form(epc=EpcFormat.Always_EPC_URN))
        await d.maker.capture(
            *stored(d, 9, 8, 7), d.seen(6, "maker", "storing", [stranger], event_id="urn:n:6"), *stored(d, 5, 4)
        )
        while await line.once():
            pass
        told = [got for got in line.receiver.all if got.headers["content-type"] == "application/problem+json"]
        sent = [id_ for got in line.receiver.all if got not in told for id_ in got.ids]
        assert sorted(sent) == sorted(named(9, 8, 7, 5, 4))
        assert [(one.document["type"], one.document["code"]) for one in told] == [
            ("epcisException:NotAcceptableException", stranger)
        ]
        assert sign.verifies(told[0].headers["gs1-signature"], TOKEN, told[0].body, line.now)
        shown = await line.show()
        assert [(letter.events, stranger in letter.error) for letter in shown.dead_letters] == [(1, True)]
        assert shown.failures == 0


class TestCrowd:
    async def test_an_organisation_keeps_so_many(self, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
        d = district
        monkeypatch.setattr(subscribe, "MOST_SUBSCRIPTIONS", 3)
        for name in ("kept", "other"):
            await keep(d.maker, name, EQ_bizStep=["storing"])
        wish = {"dest": "http://127.0.0.1:9/", "schedule": {"hour": "1"}}
        answers = await asyncio.gather(
            *(
                d.maker.http.post(f"/epcis/queries/{name}/subscriptions", json=wish, headers=d.maker.headers)
                for name in ("kept", "other") * 4
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [400] * 5
        refused = next(answer.json() for answer in answers if answer.status_code == 400)
        assert refused["type"] == "epcisException:SubscriptionControlsException"
        await subscribed(d.shop, "kept", **wish)  # another organisation is not crowded out
        made = next(answer for answer in answers if answer.status_code == 201)
        await d.maker.http.delete(made.headers["Location"], headers=d.maker.headers)
        await subscribed(d.maker, "other", **wish)


class TestRights:
    async def test_nobody_is_sent_what_the_door_would_hide(self, line: Line) -> None:
        d = line.d
        await line.open(d.shop)
        await d.maker.capture(
            d.seen(9, "maker", "commissioning", [box(1)]),
            d.seen(8, "maker", "commissioning", [box(2)]),
            d.seen(7, "maker", "shipping", [box(1)]),
        )
        assert await line.all() == []
        await d.shop.capture(d.seen(6, "shop", "receiving", [box(1)], event_id="urn:n:1"))
        await d.maker.capture(
            d.seen(5, "maker", "storing", [box(2)], event_id="urn:n:2"),
            d.seen(4, "maker", "storing", [box(1)], event_id="urn:n:3"),
        )
        assert await line.all() == named(1, 3)
        hidden = {event["eventID"] for event in await d.admin.events()} - {e["eventID"] for e in await d.shop.events()}
        assert "urn:n:2" in hidden
        assert hidden.isdisjoint(id_ for got in line.receiver.all for id_ in got.ids)

    async def test_rights_are_those_of_the_day(self, line: Line) -> None:
        d = line.d
        await line.open(d.maker)
        await d.maker.capture(*stored(d, 1))
        assert await line.all() == named(1)
        async with line.db.transaction() as conn:
            await conn.execute("update parties.organisation set status = 'suspended' where id = $1", line.who.party)
        await d.admin.capture(*stored(d, 2))
        assert await line.all() == []
        assert "no longer act" in (await line.show()).last_error
        async with line.db.transaction() as conn:
            await conn.execute("update parties.organisation set status = 'active'")
        line.now += timedelta(hours=1)
        assert await line.all() == named(2)

    async def test_a_role_that_no_key_has_any_more(self, line: Line) -> None:
        d = line.d
        await line.open(d.maker)
        await d.maker.capture(*stored(d, 1))
        async with line.db.transaction() as conn:
            await conn.execute("update parties.api_key set revoked = $1 where organisation = $2", d.now, line.who.party)
        assert await line.all() == []
        assert "no longer act" in (await line.show()).last_error
