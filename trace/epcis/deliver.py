"""Deliveries: each subscription's next events are posted to its address, at least once and in order.

>>> async with running(db, settings, clock) as pulse: ...      # as long as the application lives
>>> await deliver_next(db, post, settings, now)                # what it does, once
True

A node takes a subscription by writing itself and an end of its claim into the row, posts without holding a connection
or a transaction, and writes down how far it came. A node that dies in between leaves the claim to run out, and the same
events are sent again. What fails is repeated with growing waits, and nothing behind it is sent before; after
``MOST_FAILURES`` the delivery is laid aside as a dead letter, and the next begins.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias
from urllib.parse import quote
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec

from zhuisu.db import AWAY, Database
from zhuisu.epcis import destination, exceptions, named_store, progress, sign
from zhuisu.epcis.answer import answer
from zhuisu.epcis.destination import Destination
from zhuisu.epcis.errors import BadDestination, NotAcceptable
from zhuisu.epcis.follow import Batch, Pulse, follow
from zhuisu.epcis.headers import VERSIONS
from zhuisu.epcis.named import stored, understood
from zhuisu.epcis.named_store import DeadLetter, Subscription
from zhuisu.epcis.subscribe import written_as
from zhuisu.errors import Refusal, Unavailable
from zhuisu.ledger import tail
from zhuisu.problems import PROBLEM
from zhuisu.settings import Settings

log = logging.getLogger("zhuisu")

SENDING = 30.0
"""Seconds one delivery may take, from the name's resolution to the answer's headers."""

CLAIM = timedelta(seconds=90)
AT_ONCE = 16
"""Deliveries under way in one process."""

MOST_ADDRESSES = 3

_SUCCESS = range(200, 300)
_TIMEOUTS = {"connect": 5.0, "read": 25.0, "write": 25.0, "pool": 5.0}

Claim: TypeAlias = tuple[UUID, Subscription]
"""Under which name a node holds a subscription."""


class Written(NamedTuple):
    """A body as it is posted. ``fault``: it tells why an event could not be written."""

    body: bytes
    headers: dict[str, str]
    fault: str = ""


Post: TypeAlias = Callable[[Destination, list[str], dict[str, str], bytes], Awaitable[int]]
"""Post a body to one of these addresses of a destination; the status of the answer. Raises OSError, httpx.HTTPError."""


@contextlib.asynccontextmanager
async def running(db: Database, settings: Settings, clock: Callable[[], datetime]) -> AsyncIterator[Pulse]:
    """Deliver while the block runs; yields the process's pulse."""
    pulse = Pulse(db)
    async with posting() as post:
        tasks = [
            asyncio.create_task(_beating(pulse), name="zhuisu pulse"),
            asyncio.create_task(_delivering(db, post, settings, clock, pulse), name="zhuisu deliveries"),
        ]
        try:
            yield pulse
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def posting() -> AsyncIterator[Post]:
    """The way out: no proxies, no redirects, no cookies, and a connection of its own for each delivery.

    A connection that was kept would be found by its address, under which another host may answer.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncHTTPTransport(limits=limits, trust_env=False) as transport:

        async def post(dest: Destination, addresses: list[str], headers: dict[str, str], body: bytes) -> int:
            for n, address in enumerate(addresses[:MOST_ADDRESSES], 1):
                request = httpx.Request(
                    "POST",
                    dest.at(address),
                    content=body,
                    headers={"Host": dest.authority, **headers},
                    extensions={
                        "sni_hostname": dest.host,
                        "timeout": _TIMEOUTS,
                    },
                )
                try:
                    response = await transport.handle_async_request(request)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if n == min(len(addresses), MOST_ADDRESSES):
                        raise
                    continue
                await response.aclose()
                return response.status_code
            raise OSError("the name has no address")

        yield post


async def deliver_next(
    db: Database, post: Post, settings: Settings, now: datetime, *, chance: Callable[[], float] = random.random
) -> bool:
    """Take one subscription that is due and bring it one step on; False when none is due."""
    if (claim := await take(db, now)) is None:
        return False
    await step(db, post, settings, now, claim, chance())
    return True


async def take(db: Database, now: datetime) -> Claim | None:
    """Claim a subscription that is due."""
    holder = uuid4()
    async with db.transaction() as conn:
        one = await named_store.claim(conn, holder, now, now + CLAIM, await tail.head(conn))
    return (holder, one) if one else None


async def step(db: Database, post: Post, settings: Settings, now: datetime, claim: Claim, chance: float) -> None:
    """Read what is owed, send it, write down what came of it; ``chance`` in [0, 1) spreads the next attempt."""
    holder, one = claim
    batch = await _read(db, one)
    letter: DeadLetter | None = None
    notified: datetime | None = None
    if isinstance(batch, str):
        after = progress.failed(one, batch, now, chance)
    elif not progress.owed(one, batch):
        after = progress.advanced(one, batch, now)
    elif (written := _written(one, batch, now)) is None:
        after = progress.smaller(one, batch, now, "one of the events cannot be written in the format asked for")
    else:
        match await _send(post, settings, one, written, now):
            case int(status) if status in _SUCCESS and written.fault:
                after, letter = progress.unwritable(one, batch, written.fault, now)
                notified = now
            case int(status) if status in _SUCCESS:
                after, notified = progress.advanced(one, batch, now), now
            case 413 if len(batch.docs) > 1:
                after = progress.smaller(one, batch, now, "413: fewer events at once")
            case other:
                after = progress.failed(one, f"answered {other}" if isinstance(other, int) else other, now, chance)
                after, letter = progress.laid_aside(after, batch, now) or (after, None)
    async with db.transaction() as conn:
        if await named_store.settle(conn, holder, after, notified=notified) and letter:
            await named_store.lay_aside(conn, one.id, letter)


async def _read(db: Database, one: Subscription) -> Batch | str:
    """The next events, or why there can be none."""
    async with db.connection() as conn:
        who = await named_store.subscriber(conn, one.party, one.roles)
    if who is None:
        return "the organisation may no longer act in the role in which it subscribed"
    try:
        asked = understood(stored(one.asked))
    except Refusal as error:
        return f"the query can no longer be asked: {error.detail}"
    master = written_as(one).master
    return await follow(
        db, one.position, asked, who, since=one.since, reached=one.reached, most=one.most, master=master
    )


def _written(one: Subscription, batch: Batch, now: datetime) -> Written | None:
    """What is posted; None when it is not the only event that cannot be written as asked.

    For an event that cannot, the problem is posted, as the standard has it (EPCIS 2.0 §12.7, callbacks).
    """
    form = written_as(one)
    try:
        body = answer(batch.docs, now, form, name=one.name, subscription=str(one.id), master=batch.master)
    except NotAcceptable as error:
        if len(batch.docs) > 1:
            return None
        told = exceptions.problem(error, f"/epcis/queries/{quote(one.name, safe='')}/subscriptions/{one.id}")
        return Written(msgspec.json.encode(told), {"Content-Type": PROBLEM}, error.detail)
    return Written(body, {"Content-Type": form.media, **form.told})


async def _send(post: Post, settings: Settings, one: Subscription, written: Written, now: datetime) -> int | str:
    """The status of the answer, or why there was none."""
    body = written.body
    headers = {**written.headers, "User-Agent": "zhuisu", **VERSIONS}
    if one.token:
        token = sign.opened(settings.master_key, one.id.bytes, one.token)
        if token is None:
            return "the signatureToken was kept under another master key: subscribe anew"
        headers["GS1-Signature"] = sign.signature(token, body, now)
    allowed = destination.hosts(settings.callback_hosts)
    try:
        async with asyncio.timeout(SENDING):
            dest = destination.read(one.dest, allowed)
            return await post(dest, await destination.addresses(dest, allowed), headers, body)
    except BadDestination as error:
        return error.detail
    except (OSError, TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__} {error}".strip()


async def _beating(pulse: Pulse) -> None:
    while True:
        with _surviving("pulse"):
            await pulse.beat()
        await asyncio.sleep(Pulse.BEAT)


async def _delivering(
    db: Database, post: Post, settings: Settings, clock: Callable[[], datetime], pulse: Pulse
) -> None:
    """Take what is due while there is room, and look again at each beat and after each delivery."""
    flying: set[asyncio.Task[None]] = set()

    async def fly(claim: Claim) -> None:
        with _surviving("delivery"):
            await step(db, post, settings, clock(), claim, random.random())  # noqa: S311  (spreads load, guards nothing)

    try:
        while True:
            with _surviving("deliveries"):
                while len(flying) < AT_ONCE and (claim := await take(db, clock())):
                    flying.add(asyncio.create_task(fly(claim)))
            beat = asyncio.create_task(pulse.next())
            try:
                await asyncio.wait({beat, *flying}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                beat.cancel()
            flying = {task for task in flying if not task.done()}
    finally:
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)


@contextlib.contextmanager
def _surviving(what: str) -> Iterator[None]:
    """Whatever goes wrong is logged, and the next beat tries again: nobody is there to be told."""
    try:
        yield
    except (*AWAY, Unavailable, TimeoutError, asyncpg.InterfaceError) as error:
        log.info("%s: the database is away: %s", what, error)
    except Exception:
        log.exception(what)
