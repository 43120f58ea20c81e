"""What happened to codes, as plain facts, for whoever decides at a door.

>>> (await history(conn, ["https://id.gs1.org/01/06901234567892/21/7"]))["https://…/21/7"][-1].step
'shipping'
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from zhuisu import events as epcis
from zhuisu.db import Connection
from zhuisu.events import Action, EventType
from zhuisu.events.cold import Bounds, Temperature, storage, temperature
from zhuisu.ledger import store
from zhuisu.ledger.model import LAST
from zhuisu.ledger.rows import ACTIONS, KINDS


class Mark(msgspec.Struct, frozen=True):
    """One event in which a code took part, itself or inside ``container`` ("" = itself).

    ``expiry`` and ``storage`` are what the event says of the goods it made, ``temperature`` what its sensors measured.
    """

    event_id: str
    time: datetime
    recorded: datetime
    type: EventType
    action: Action | None
    step: str
    disposition: str
    place: str
    party: int
    container: str
    expiry: date | None = None
    storage: Bounds | None = None
    temperature: Temperature | None = None


async def history(conn: Connection, codes: Sequence[str], *, walk: store.Walk = store) -> dict[str, list[Mark]]:
    """Canonical code -> its marks in event order, containment true in time; a code never seen is absent."""
    ids = await store.find_codes(conn, codes)
    steps = await walk.paths(conn, dict.fromkeys(ids.values(), LAST))
    via = await store.uris(conn, (s.via for s in steps if s.depth))
    events = {e.id: e for e in await store.stored(conn, (s.ev for s in steps))}
    said = {ev: _said(event) for ev, event in events.items()}
    nearest: dict[int, dict[object, store.Step]] = {}
    for step in sorted(steps, key=lambda s: (s.ev, s.depth)):
        nearest.setdefault(step.root, {})[step.ev] = step
    return {
        code: [_mark(events[s.ev], said[s.ev], via.get(s.via, "")) for s in nearest.get(id_, {}).values()]
        for code, id_ in ids.items()
    }


def _said(event: store.Stored) -> dict[str, Any]:
    # Once an event, not once a mark: one commissioning may name thousands of codes.
    read = epcis.stored(event.doc.encode())
    return {"expiry": read.expiry, "storage": storage(read), "temperature": temperature(read.sensors)}


def _mark(event: store.Stored, said: dict[str, Any], container: str) -> Mark:
    return Mark(
        event_id=event.name,
        time=event.t,
        recorded=event.rec,
        type=KINDS[event.kind],
        action=ACTIONS[event.action],
        step=event.step,
        disposition=event.disposition,
        place=event.place or "",
        party=event.party,
        container=container,
        **said,
    )
