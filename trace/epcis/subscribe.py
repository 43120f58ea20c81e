"""Subscriptions: a query's new answers go to an address, as they are recorded or by a schedule (EPCIS 2.0 §8.2.5).

>>> wish = NewSubscription(dest="https://erp.example/epcis", signature_token="…", stream=True)
>>> (await subscribe(db, settings, who, "arrivals", wish, now)).id
'0197f0f2-…'

Of the standard's queries that for master data is polled and never subscribed to (EPCIS 1.2 §8.2.7.2); who subscribes
with ``Prefer: master-data`` gets it beside the events, as with a poll.

A subscriber gets what the organisation that subscribed may see at the time of sending, in the roles of the credential
that subscribed, as far as one of its keys or people still has them. The subscription is its own: shown to it and to
administrators, whoever made the query.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

import asyncpg
import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from zhuisu.db import Connection, Database
from zhuisu.epcis import destination, named_store, paging, schedule, sign
from zhuisu.epcis.answer import Form
from zhuisu.epcis.errors import BadPosition, BadSubscription, BadToken, NoSuchQuery, NoSuchSubscription
from zhuisu.epcis.filters import Query
from zhuisu.epcis.named import find, stored, understood
from zhuisu.epcis.named_store import DeadLetter, Subscription
from zhuisu.epcis.progress import MOST_EVENTS
from zhuisu.ledger import tail
from zhuisu.ledger.tail import Position
from zhuisu.parties import Principal, Role
from zhuisu.settings import Settings

DEAD_LETTERS_SHOWN = 100
MOST_SUBSCRIPTIONS = 100
"""Of one organisation, to all queries together."""

_FIRST = (datetime.min.replace(tzinfo=UTC), UUID(int=0))

Moment = Annotated[datetime, Meta(tz=True)]

_form = msgspec.json.Decoder(Form).decode


class NewSubscription(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What is sent to subscribe. The official schema calls ``signatureToken`` ``secret``; either is read."""

    dest: Annotated[str, Meta(max_length=2000)]
    signature_token: Annotated[str, Meta(max_length=500)] = ""
    secret: Annotated[str, Meta(max_length=500)] = ""
    stream: bool = False
    schedule: dict[str, Annotated[str, Meta(max_length=200)]] = {}
    report_if_empty: bool = False
    initial_record_time: Moment | None = None
    min_record_time: Moment | None = None


class Letter(Struct, frozen=True, kw_only=True, rename="camel"):
    """A delivery that was passed over after too many failures; replay from its ``position`` sends it again."""

    position: str
    events: int
    failures: int
    error: str
    since: datetime


class Shown(Struct, frozen=True, kw_only=True, rename="camel"):
    """A subscription as it is shown. ``minRecordTime``: what was recorded from then on may still come."""

    id: str = field(name="subscriptionID")
    query_name: str
    dest: str
    stream: bool
    schedule: dict[str, str] | UnsetType = UNSET
    report_if_empty: bool
    content_type: str
    epc_format: str
    cbv_xml_format: str | UnsetType = UNSET
    master_data: bool
    created_at: datetime
    last_notified_at: datetime | UnsetType = UNSET
    initial_record_time: datetime
    min_record_time: datetime
    position: str
    next_attempt_at: datetime
    failures: int
    last_error: str
    dead_letters: tuple[Letter, ...] = ()


def written_as(row: Subscription) -> Form:
    """How the deliveries of a subscription are written."""
    return _form(row.form)


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """From where to send again: a position that was shown, or a record time."""

    position: Annotated[str, Meta(max_length=60)] = ""
    record_time: Moment | None = None


async def subscribe(
    db: Database,
    settings: Settings,
    who: Principal,
    name: str,
    wish: NewSubscription,
    now: datetime,
    *,
    form: Form = Form(),  # noqa: B008  (frozen)
) -> Shown:
    """Begin to send, written as ``form`` says. Raises NoSuchQuery, BadSubscription, BadSchedule, BadDestination."""
    if wish.stream == bool(wish.schedule):
        raise BadSubscription("either stream or a schedule", where="/stream", mend='{"stream": true} sends at once')
    first = schedule.following(schedule.read(wish.schedule), now) if wish.schedule else now
    allowed = destination.hosts(settings.callback_hosts)
    await destination.addresses(destination.read(wish.dest, allowed), allowed)
    assert who.party is not None, "a route without a guard"
    id_ = uuid4()
    token = wish.signature_token or wish.secret
    since = max((t for t in (wish.initial_record_time, wish.min_record_time) if t), default=None)
    try:
        async with db.transaction() as conn:
            row = await find(conn, name)
            _require_unlimited(row.query)
            await _require_room(conn, who.party)
            new = Subscription(
                id=id_,
                query=row.id,
                name=name,
                party=who.party,
                roles=sorted(who.roles),
                dest=wish.dest,
                token=sign.sealed(settings.master_key, id_.bytes, token) if token else b"",
                schedule=msgspec.json.encode(wish.schedule).decode() if wish.schedule else "",
                report_empty=wish.report_if_empty,
                form=msgspec.json.encode(form).decode(),
                since=since or now,
                created=now,
                position=await (tail.before(conn, since) if since else tail.end(conn)),
                reached=since or now,
                due=first,
                most=MOST_EVENTS,
            )
            await named_store.add_subscription(conn, new)
    except asyncpg.ForeignKeyViolationError:
        mend = "make it again by POST /epcis/queries"
        raise NoSuchQuery(f"the query {name!r} has just been deleted", mend=mend) from None
    return _shown(new)


async def page(db: Database, who: Principal, name: str, asked: Query) -> tuple[list[Shown], str]:
    """The caller's subscriptions to a query, for an administrator all; and the token of the next page, "" at the end.

    Raises NoSuchQuery, BadToken.
    """
    subject = f"subscriptions {name}".encode()
    begin = paging.resume(asked.token, subject)
    async with db.connection() as conn:
        row = await find(conn, name)
        after = _after(begin) if begin else _FIRST
        found = await named_store.subscriptions(conn, row.id, _whose(who), after, asked.per_page + 1)
    more, found = len(found) > asked.per_page, found[: asked.per_page]
    following = paging.Position(f"{found[-1].created.isoformat()} {found[-1].id}") if more else None
    return [_shown(one) for one in found], paging.token(following, subject) if following else ""


async def show(db: Database, who: Principal, name: str, id_: str) -> Shown:
    """One subscription, with what could not be delivered. Raises NoSuchQuery, NoSuchSubscription."""
    async with db.transaction(read_only=True) as conn:
        found = await _own(conn, who, name, id_)
        return _shown(found, await named_store.dead_letters(conn, found.id, DEAD_LETTERS_SHOWN))


async def end(db: Database, who: Principal, name: str, id_: str) -> None:
    """Send no more; a delivery under way may still arrive. Raises NoSuchQuery, NoSuchSubscription."""
    async with db.transaction() as conn:
        await named_store.delete_subscription(conn, (await _own(conn, who, name, id_)).id)


async def replay(db: Database, who: Principal, name: str, id_: str, wish: Replay, now: datetime) -> Shown:
    """Send again from a place in the record on. Raises NoSuchQuery, NoSuchSubscription, BadPosition."""
    if bool(wish.position) == bool(wish.record_time):
        raise BadPosition("a position or a recordTime, and not both", where="/position", mend="send one of them")
    async with db.transaction() as conn:
        found = await _own(conn, who, name, id_)
        if wish.record_time:
            position, since = await tail.before(conn, wish.record_time), wish.record_time
        else:
            position, since = _position(wish.position), found.since
        await named_store.replay(conn, found.id, position, since, now)
        return _shown(await _own(conn, who, name, id_), await named_store.dead_letters(conn, found.id, 100))


def _position(text: str) -> Position:
    try:
        return Position.read(text)
    except ValueError:
        mend = "send one that a delivery or a dead letter showed"
        raise BadPosition("this is not a position that was given out here", where="/position", mend=mend) from None


def _after(position: paging.Position) -> tuple[datetime, UUID]:
    created, _, id_ = position.after.partition(" ")
    try:
        return datetime.fromisoformat(created), UUID(id_)
    except ValueError:
        mend = "follow the Link as it is"
        raise BadToken("this token was not given out for this list", where="nextPageToken", mend=mend) from None


async def _require_room(conn: Connection, party: int) -> None:
    if await named_store.crowd(conn, party) >= MOST_SUBSCRIPTIONS:
        raise BadSubscription(
            f"the organisation has {MOST_SUBSCRIPTIONS} subscriptions", mend="end one that is no longer needed"
        )


def _require_unlimited(text: str) -> None:
    asked = understood(stored(text))
    if asked.limit is not None or asked.most is not None:
        raise BadSubscription(
            "the query limits the number of its events", mend="subscribe to one without eventCountLimit, maxEventCount"
        )


def _whose(who: Principal) -> int | None:
    return None if Role.administrator in who.roles else who.party


async def _own(conn: Connection, who: Principal, name: str, id_: str) -> Subscription:
    row = await find(conn, name)
    try:
        found = await named_store.subscription(conn, row.id, _whose(who), UUID(id_))
    except ValueError:
        found = None
    if found is None:
        mend = "see GET on its query's subscriptions"
        raise NoSuchSubscription(f"no subscription {id_[:80]!r} to {name!r}", mend=mend)
    return found


def _shown(row: Subscription, letters: Sequence[DeadLetter] = ()) -> Shown:
    written = written_as(row)
    return Shown(
        id=str(row.id),
        query_name=row.name,
        dest=row.dest,
        stream=not row.schedule,
        schedule=schedule.fields(row.schedule) if row.schedule else UNSET,
        report_if_empty=row.report_empty,
        content_type=written.media,
        epc_format=written.epc,
        cbv_xml_format=written.cbv if "xml" in written.media else UNSET,
        master_data=written.master,
        created_at=row.created,
        last_notified_at=row.notified or UNSET,
        initial_record_time=row.since.astimezone(UTC),
        min_record_time=row.reached.astimezone(UTC),
        position=str(row.position),
        next_attempt_at=row.due.astimezone(UTC),
        failures=row.failures,
        last_error=row.error,
        dead_letters=tuple(map(_letter, letters)),
    )


def _letter(row: DeadLetter) -> Letter:
    return Letter(
        position=str(row.position), events=row.events, failures=row.failures, error=row.error, since=row.since
    )
