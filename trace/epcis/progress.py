"""What a step of a delivery makes of a subscription. Pure: the clock and chance are arguments.

>>> failed(subscription, "503", now, chance=0.5).due - now
datetime.timedelta(microseconds=750000)
"""

from datetime import datetime

from msgspec.structs import replace

from zhuisu.epcis import schedule, sign
from zhuisu.epcis.follow import Batch
from zhuisu.epcis.named_store import DeadLetter, Subscription

MOST_EVENTS = 100
"""Of one delivery."""


def owed(one: Subscription, batch: Batch) -> bool:
    """Whether there is something to send: events, or at the end of a schedule's turn the word that there were none."""
    return bool(batch.docs) or bool(one.schedule and one.report_empty and not one.reported and not batch.more)


def advanced(one: Subscription, batch: Batch, now: datetime) -> Subscription:
    """The events are delivered, or none was owed. A schedule's turn ends when nothing more is there."""
    over = one.schedule and not batch.more
    return replace(
        one,
        position=batch.position,
        reached=batch.reached,
        failures=0,
        error="",
        due=schedule.following(schedule.stored(one.schedule), now) if over else now,
        reported=not over and (one.reported or bool(batch.docs)),
        most=min(MOST_EVENTS, one.most + 1) if len(batch.docs) == one.most else one.most,
    )


def smaller(one: Subscription, batch: Batch, now: datetime, reason: str) -> Subscription:
    """The receiver takes no body of that size (413), or one event spoils it: the same again at once, half as many."""
    return replace(one, most=max(1, len(batch.docs) // 2), due=now, error=reason)


def failed(one: Subscription, reason: str, now: datetime, chance: float) -> Subscription:
    """The same events again, later; ``chance`` in [0, 1)."""
    failures = one.failures + 1
    return replace(one, failures=failures, error=reason[:500], due=now + sign.wait(failures, chance))


def unwritable(one: Subscription, batch: Batch, reason: str, now: datetime) -> tuple[Subscription, DeadLetter]:
    """The receiver was told that an event cannot be written as it asked: how it goes on, and the note of that."""
    return replace(advanced(one, batch, now), error=reason), DeadLetter(one.position, len(batch.docs), 0, reason, now)


def laid_aside(one: Subscription, batch: Batch, now: datetime) -> tuple[Subscription, DeadLetter] | None:
    """After too many failures: how the delivery goes on without these events, and the note of them."""
    if one.failures < sign.MOST_FAILURES or not batch.docs:
        return None
    letter = DeadLetter(one.position, len(batch.docs), one.failures, one.error, now)
    return replace(advanced(one, batch, now), error=one.error), letter
