"""Who holds it now: everything that was in, of, or made from a code, and where each piece stands.

Containment is climbed level by level, two indexed look-ups a level, so that ten thousand boxes on one pallet ask for
the pallet once.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from zhuisu.chain.model import Holder, Hop
from zhuisu.chain.path import ENTERS, balances, state
from zhuisu.codes import Level, recorded
from zhuisu.db import Connection
from zhuisu.ledger import store
from zhuisu.ledger.model import Role

MAX_CODES = 20_000
SHOWN = 100
DEPTH = 16


class Held(NamedTuple):
    """The holders found; ``truncated`` when there were more codes than one answer follows."""

    holders: tuple[Holder, ...]
    truncated: bool


async def holders(conn: Connection, root: int, till: UUID, hops: Iterable[Hop]) -> Held:
    """Where every instance under ``root`` stands before ``till``, and what is left of the lots among ``hops`` where."""
    leaves, truncated = await _leaves(conn, root, till)
    uris = await store.uris(conn, leaves)
    items = [code for code in leaves if recorded(uris[code]).level is Level.instance]
    last = await _last_events(conn, items, till)
    events = {e.id: e for e in await store.stored(conn, last.values())}
    groups: dict[tuple[str | None, str], list[tuple[int, UUID]]] = defaultdict(list)
    for code, ev in last.items():
        event = events[ev]
        groups[event.place, state(event.step, event.disposition)].append((code, ev))
    found = [
        Holder(
            site=place,
            party=None,
            state=how,
            items=len(members),
            since=max(events[ev].t for _, ev in members),
            codes=tuple(uris[code] for code, _ in members[:SHOWN]),
        )
        for (place, how), members in groups.items()
    ]
    return Held((*found, *_lots(list(hops))), truncated)


def _lots(hops: list[Hop]) -> list[Holder]:
    """Per lot and site what is left of it; where a scan told no quantity, that it is there and not how much."""
    found = []
    for lot, own in _by_code(hops).items():
        left = balances(own, lot)
        untold = {(hop.site, None) for hop in own if hop.quantity is None and hop.step in ENTERS}
        for site, uom in dict.fromkeys([*left, *(key for key in untold if key[0] not in {s for s, _ in left})]):
            found.append(
                Holder(
                    site=site,
                    party=None,
                    state="held",
                    items=0,
                    quantity=left.get((site, uom)),
                    uom=uom,
                    since=max(hop.time for hop in own if hop.site == site),
                    codes=(lot,),
                )
            )
    return found


def _by_code(hops: Iterable[Hop]) -> dict[str, list[Hop]]:
    """The hops of each lot."""
    lots: dict[str, list[Hop]] = defaultdict(list)
    for hop in hops:
        if recorded(hop.code).level is not Level.instance:
            lots[hop.code].append(hop)
    return lots


async def _leaves(conn: Connection, root: int, till: UUID) -> tuple[list[int], bool]:
    """The codes under ``root`` that hold nothing themselves and were not used up."""
    seen, leaves, level, truncated = {root}, [], [root], False
    for _ in range(DEPTH):
        if not level or truncated:
            break
        below: dict[int, list[int]] = defaultdict(list)
        for parent, child, _op in await store.children(conn, level, till, limit=MAX_CODES):
            below[parent].append(child)
        for used, made in await _made_from(conn, level, till):
            below[used].append(made)
        leaves += [code for code in level if code not in below]
        level = list(dict.fromkeys(c for cs in below.values() for c in cs if c not in seen))
        seen |= set(level)
        truncated = len(seen) > MAX_CODES
    return leaves + level, truncated


async def _made_from(conn: Connection, codes: list[int], till: UUID) -> list[tuple[int, int]]:
    """(code, what was made from it)."""
    used = await store.used(conn, codes, till)
    made = defaultdict(list)
    for ev, role, code in await store.transformations(conn, (ev for _, ev in used)):
        if role is Role.output:
            made[ev].append(code)
    return [(code, result) for code, ev in used for result in made[ev]]


async def _last_events(conn: Connection, codes: list[int], till: UUID) -> dict[int, UUID]:
    """The newest event of each code, its container's counting while it is inside."""
    standing: dict[int, store.Standing] = {}
    level = codes
    for _ in range(DEPTH):
        if not level:
            break
        standing |= {s.code: s for s in await store.last(conn, level, till)}
        parents = {s.parent for s in standing.values() if s.parent is not None}
        level = sorted(parents - standing.keys())

    def newest(code: int, depth: int = 0) -> UUID | None:
        own = standing.get(code)
        if own is None or depth > DEPTH:
            return None
        above = newest(own.parent, depth + 1) if own.parent is not None else None
        return max((ev for ev in (own.touched, own.held, above) if ev is not None), default=None)

    return {code: ev for code in codes if (ev := newest(code)) is not None}
