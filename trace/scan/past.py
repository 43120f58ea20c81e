"""What the past of an item comes to: sold, ended, already recorded, made here, gone astray. Pure.

>>> sold(marks)          # the sale that still stands
Mark(event_id='ni:///sha-256;…', step='dispensing', …)
"""

from collections.abc import Iterable
from datetime import timedelta

from zhuisu.events import Action, EventType
from zhuisu.ledger import Mark
from zhuisu.scan.rules import Door, Item
from zhuisu.scan.steps import ARRIVALS, DISPATCHES, FINAL, REPEATABLE, SALES

SAME_DELIVERY = timedelta(minutes=10)
"""A lot scanned again within this time is the same delivery; later it is another one of that lot."""


def sold(marks: Iterable[Mark]) -> Mark | None:
    """The sale that still stands: not taken back, not commissioned anew since."""
    sale = None
    for mark in marks:
        if mark.disposition in SALES or (mark.step in FINAL and not mark.disposition):
            sale = sale or mark
        elif mark.disposition == "returned" or _commissions(mark):
            sale = None
    return sale


def ended(marks: Iterable[Mark]) -> Mark | None:
    """Where the item's life ended. A decommissioned case lets its contents go, a destroyed one does not."""
    end = None
    for mark in marks:
        deleted = mark.type is EventType.ObjectEvent and mark.action is Action.DELETE and not mark.container
        if deleted or mark.disposition == "destroyed":
            end = end or mark
        elif _commissions(mark):
            end = None
    return end


def recorded(item: Item, door: Door) -> Mark | None:
    """The event that already says what this scan says: same site, same step, nothing in between.

    A second sale is never that, whoever scans it: only the same request, with its own ``at``, is the same sale.
    """
    if door.step.name in FINAL:
        return None
    marks = door.before(item.marks)
    last = next((m for m in reversed(marks) if item.single or door.here(m.place)), None)
    if last is None or not door.here(last.place):
        return None
    if (last.step, last.disposition) != (door.step.biz_step, door.step.disposition):
        return None
    once = item.single and door.step.name not in REPEATABLE
    return last if once or door.at - last.time <= SAME_DELIVERY else None


def dispatch(item: Item, door: Door) -> Mark | None:
    """The last time the item was sent on before it came to this door."""
    return next((m for m in reversed(door.before(item.marks)) if m.step in DISPATCHES), None)


def made_here(item: Item, door: Door) -> bool:
    """It began to exist at this site."""
    made = next((m for m in (*item.marks, *item.lot_marks) if m.place), None)
    return made is not None and made.step == "commissioning" and door.here(made.place)


def held_by(item: Item, door: Door) -> Mark | None:
    """The receipt of another organisation, at a registered place, which has not sent the item on since."""
    custody = (m for m in reversed(door.before(item.marks)) if m.step in ARRIVALS | DISPATCHES and m.place)
    last = next(custody, None) if item.single else None
    return last if last and last.step in ARRIVALS and last.place in door.kinds and not door.own(last.place) else None


def was_here(item: Item, door: Door) -> bool:
    """It, what it was in, or its lot was at this site or another of the organisation; a sale is no proof of it."""
    marks = door.before((*item.marks, *item.lot_marks))
    return any(door.own(m.place) and not (item.single and m.step in FINAL) for m in marks)


def astray(item: Item, door: Door) -> bool:
    """The case that holds the item stands at another place, is not on its way, and was not scanned with it."""
    last = door.last(item)
    if not item.parent or last is None or any(other.code.canonical == item.parent for other in door.items):
        return False
    with_its_case = last.container or last.type is EventType.AggregationEvent
    return bool(with_its_case) and not door.here(last.place) and last.step not in DISPATCHES


def _commissions(mark: Mark) -> bool:
    return mark.type is EventType.ObjectEvent and mark.action is Action.ADD and not mark.container
