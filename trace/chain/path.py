"""From the steps of the ledger to a path: pure, no database, no clock.

A step says that a root took part in an event through a code; a path names each event once, through the nearest code.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from zhuisu.chain.model import Document, Hop, Measured, Via
from zhuisu.events import Event, Quantity
from zhuisu.events.cold import celsius, storage, temperature
from zhuisu.ledger.store import Step, Stored, Window

ENTERS = frozenset({"commissioning", "creating_class_instance", "receiving", "accepting", "producing"})
LEAVES = frozenset({"shipping", "retail_selling", "dispensing", "destroying", "decommissioning", "consuming"})
FINAL = {"retail_sold": "sold", "dispensed": "dispensed", "destroyed": "destroyed"}


class Root(msgspec.Struct, frozen=True):
    """A code whose steps belong to the path, why, and until which event."""

    code: int
    via: Via
    till: UUID


def nearest(steps: Iterable[Step], roots: Mapping[int, Root]) -> list[Step]:
    """Of all steps the one per event that lies nearest to the traced code, in event order."""
    order = {root: place for place, root in enumerate(roots)}
    best: dict[UUID, Step] = {}
    for step in sorted(steps, key=lambda s: (order[s.root], s.depth, s.role is None)):
        best.setdefault(step.ev, step)
    return [best[ev] for ev in sorted(best)]


def hop(
    step: Step,
    event: Event,
    stored: Stored,
    root: Root,
    uris: Mapping[int, str],
    containers: Sequence[Window],
    parties: Mapping[int, str],
) -> Hop:
    """One hop; ``parties`` gives the USCC of who captured it."""
    code = uris[step.via]
    chain = tuple(uris[w.code] for w in sorted(containers, key=lambda w: w.depth) if w.lo <= step.ev <= w.hi)
    amount = quantity_of(event, code)
    return Hop(
        event=stored.name,
        time=event.time,
        recorded=stored.rec,
        offset=event.offset,
        type=event.type,
        action=event.action,
        step=event.step,
        disposition=event.disposition,
        code=code,
        via=Via.container if step.depth and root.via is Via.item else root.via,
        container=chain[-1] if chain else None,
        containers=chain,
        site=stored.place,
        by=parties.get(stored.party),
        quantity=amount.quantity if amount else None,
        uom=(amount.uom or None) if amount else None,
        temperature=temperature(event.sensors),
        readings=tuple(Measured(time=when or event.time, value=value) for when, value in celsius(event.sensors)),
        storage=storage(event),
        sources=tuple(s.uri for s in event.sources),
        destinations=tuple(d.uri for d in event.destinations),
        documents=tuple(Document(type=d.type, uri=d.uri) for d in event.documents),
        certificates=event.certificates,
    )


def quantity_of(event: Event, code: str) -> Quantity | None:
    """How much of ``code`` the event speaks of."""
    lists = (event.quantities, event.child_quantities, event.input_quantities, event.output_quantities)
    return next((q for quantities in lists for q in quantities if q.uri == code), None)


def balances(hops: Iterable[Hop], code: str) -> dict[tuple[str | None, str | None], Decimal]:
    """What is left of the lot ``code`` at each (site, unit): what came in less what went out."""
    left: dict[tuple[str | None, str | None], Decimal] = defaultdict(Decimal)
    for each in hops:
        if each.code == code and each.quantity is not None:
            sign = (each.step in ENTERS) - (each.step in LEAVES)
            left[each.site, each.uom] += sign * each.quantity
    return {key: amount for key, amount in left.items() if amount > 0}


def state(step: str, disposition: str) -> str:
    """What the last event of an item says of it: sold, dispensed, destroyed, in_transit or held."""
    if disposition in FINAL:
        return FINAL[disposition]
    return "in_transit" if disposition == "in_transit" or step == "shipping" else "held"
