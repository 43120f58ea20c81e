"""What the ledger knows of the codes of a bill, as plain values for whoever judges them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from zhuisu import ledger, products
from zhuisu.codes import recorded
from zhuisu.db import Connection
from zhuisu.events import Action, EventType, stored
from zhuisu.exchange import store
from zhuisu.exchange.activation import ilmd
from zhuisu.exchange.bills import Bill, Statement, number_of, type_of
from zhuisu.exchange.flags import Known
from zhuisu.ledger import Mark
from zhuisu.ledger import store as rows
from zhuisu.ledger.model import bound
from zhuisu.products import Product

DEEPEST = 16
"""Packages around a package that are looked at, as in ``ledger.windows``."""

_ENDS = frozenset({"decommissioning", "destroying"})
_SOLD = frozenset({"retail_sold", "dispensed"})


async def known(conn: Connection, bill: Bill, uris: Collection[str]) -> dict[str, Known]:
    """What is known of codes as of the moment of a bill, which is not looked at itself."""
    ids = await rows.find_codes(conn, uris)
    marks = await ledger.history(conn, list(uris))
    said = await statements(conn, ids)
    inside = await _inside(conn, ids, bound(bill.at))
    return {uri: _known(bill.at, marks.get(uri, []), said.get(uri), inside.get(uri, frozenset())) for uri in uris}


def _known(at: datetime, marks: list[Mark], said: Statement | None, inside: frozenset[str]) -> Known:
    before = [mark for mark in marks if mark.time < at]
    last = before[-1] if before else None
    ended = last is not None and (
        last.step in _ENDS or (last.action is Action.DELETE and last.type is EventType.ObjectEvent)
    )
    return Known(
        activated=said is not None,
        said=said or Statement(),
        withdrawn=ended,
        sold=last is not None and last.disposition in _SOLD,
        inside=inside,
    )


async def statements(conn: Connection, ids: Mapping[str, int]) -> dict[str, Statement]:
    """Batch and dates of codes by the event that brought them into being; codes without one are absent."""
    made = await store.activations(conn, ids.values())
    events = {each.id: stored(each.doc.encode()) for each in await rows.stored(conn, made.values())}
    said = {id_: ilmd(event) for id_, event in events.items()}
    return {
        uri: Statement(said[made[code]].lot, said[made[code]].made, said[made[code]].expires)
        for uri, code in ids.items()
        if code in made
    }


async def already(conn: Connection, bill: Bill, document: str, party: int, uris: Iterable[str]) -> dict[str, str]:
    """Code -> eventID, of those that the same bill, sent before, has recorded."""
    ids = await rows.find_codes(conn, uris)
    booked = await store.booked(conn, ids.values(), party, bill.at, bill.kind.step)
    same = {
        each.id: each.name
        for each in await rows.stored(conn, (ev for _, ev in booked))
        if (event := stored(each.doc.encode())).documents
        and event.documents[0].uri == document
        and type_of(event) is bill.kind
        and number_of(event) == bill.number
    }
    by_code = {code: same[ev] for code, ev in booked if ev in same}
    return {uri: by_code[id_] for uri, id_ in ids.items() if id_ in by_code}


async def _inside(conn: Connection, ids: Mapping[str, int], till: UUID) -> dict[str, frozenset[str]]:
    """All that each code stands in just then, from its box up."""
    parent: dict[int, int | None] = {}
    pending = set(ids.values())
    for _ in range(DEEPEST):
        standing = {each.code: each.parent for each in await rows.last(conn, pending, till)}
        parent |= standing
        pending = {above for above in standing.values() if above is not None} - parent.keys()
        if not pending:
            break
    uris = await rows.uris(conn, {above for above in parent.values() if above is not None})

    def around(code: int) -> frozenset[str]:
        found: dict[int, None] = {}
        above = parent.get(code)
        while above is not None and above not in found:
            found[above] = None
            above = parent.get(above)
        return frozenset(uris[each] for each in found)

    return {uri: around(code) for uri, code in ids.items()}


async def goods(conn: Connection, uris: Iterable[str]) -> dict[str, Product]:
    """Code -> what it is a piece of, where that is registered."""
    found = await products.names(conn, [recorded(uri) for uri in uris])
    return {uri: entry.product for uri, entry in found.items()}
