"""Give one code, get its whole path: back to its origin or forward to every holder.

>>> path = await trace(db, who, "https://id.gs1.org/01/06901234567892/21/7", now=now)
>>> [hop.step for hop in path.hops]
['commissioning', 'packing', 'shipping', 'receiving', 'dispensing']
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from zhuisu import certs, parties, products
from zhuisu import events as epcis
from zhuisu.chain import seen
from zhuisu.chain.errors import BadMoment, NeverSeen
from zhuisu.chain.findings import findings
from zhuisu.chain.forward import holders
from zhuisu.chain.model import CodeNode, Direction, Hop, PartyNode, Path, SiteNode, Via
from zhuisu.chain.path import Root, hop, nearest
from zhuisu.codes import Code, canonical_certificate, label, parse, recorded
from zhuisu.db import Connection, Database
from zhuisu.ledger import store
from zhuisu.ledger.model import LAST, Role, bound
from zhuisu.parties import Principal

MAX_ROOTS = 2_000
"""Codes whose own history one answer may include; beyond it the path says ``truncated``."""


async def trace(
    db: Database,
    who: Principal,
    text: str,
    *,
    now: datetime,
    direction: Direction = Direction.back,
    at: datetime | None = None,
    walk: store.Walk = store,
) -> Path:
    """The path of the code in ``text`` as of event time ``at``, as ``who`` may see it. Raises NeverSeen, BadMoment."""
    code = parse(text)
    moment = _moment(at or now)
    async with db.transaction(read_only=True) as conn:
        known = await store.find_codes(conn, [code.canonical])
        if code.canonical not in known:
            raise NeverSeen(f"nothing is recorded of {code.text}", mend="compare it with what is printed on the goods")
        root, till = known[code.canonical], bound(moment) if at else LAST
        roots, steps, truncated = await _collect(conn, walk, root, till, direction)
        hops = await _hops(conn, walk, roots, steps)
        held = await holders(conn, root, till, hops) if direction is Direction.forward else None
        cited = await certs.cited(conn, _certificates(code, hops), now)
        path = Path(
            code=code,
            direction=direction,
            at=moment,
            hops=tuple(hops),
            codes=await _code_nodes(conn, code, hops),
            sites={},
            parties={},
            certificates=tuple(cited),
            holders=held.holders if held else (),
            truncated=truncated or bool(held and held.truncated),
        )
        path = await _named(conn, path)
    return seen.by(who, findings(path))


def _moment(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise BadMoment(f"{at.isoformat()} has no time zone", where="at", mend="end it in Z or +08:00")
    if at.timestamp() < 0:
        raise BadMoment(f"{at.isoformat()} lies before 1970", where="at")
    return at


async def _collect(
    conn: Connection, walk: store.Walk, root: int, till: UUID, direction: Direction
) -> tuple[dict[int, Root], list[store.Step], bool]:
    """Breadth first: the code, its lot, and what it was made from (or, forward, what was made from it)."""
    roots: dict[int, Root] = {}
    steps: list[store.Step] = []
    pending = {root: Root(root, Via.item, till)}
    truncated = False
    while pending:
        if len(roots) + len(pending) > MAX_ROOTS:
            pending, truncated = dict(list(pending.items())[: MAX_ROOTS - len(roots)]), True
        found = await walk.paths(conn, {code: each.till for code, each in pending.items()})
        roots |= pending
        steps += found
        lots = await store.lots_of(conn, pending)
        further = {lot: Root(lot, Via.lot, roots[item].till) for item, lot in lots.items()}
        further |= await (_inputs if direction is Direction.back else _outputs)(conn, found, till)
        pending = {code: each for code, each in further.items() if code not in roots and not truncated}
    return roots, steps, truncated


async def _inputs(conn: Connection, steps: list[store.Step], _till: UUID) -> dict[int, Root]:
    """What went into the transformations that the roots came out of, each until it went in."""
    made = [s.ev for s in steps if s.role is Role.output and s.depth == 0]
    groups = await store.transformations(conn, made)
    return {code: Root(code, Via.input, ev) for ev, role, code in groups if role is Role.input}


async def _outputs(conn: Connection, steps: list[store.Step], till: UUID) -> dict[int, Root]:
    """What came out of the transformations that the roots went into."""
    used = [s.ev for s in steps if s.role is Role.input and s.depth == 0]
    groups = await store.transformations(conn, used)
    return {code: Root(code, Via.output, till) for _, role, code in groups if role is Role.output}


async def _hops(conn: Connection, walk: store.Walk, roots: dict[int, Root], steps: list[store.Step]) -> list[Hop]:
    chosen = nearest(steps, roots)
    events = {e.id: e for e in await store.stored(conn, (s.ev for s in chosen))}
    stays = defaultdict(list)
    for window in await walk.windows(conn, {code: each.till for code, each in roots.items()}):
        stays[window.root].append(window)
    uris = await store.uris(conn, [*(s.via for s in chosen), *(w.code for ws in stays.values() for w in ws)])
    capturers = await parties.organisations(conn, list({e.party for e in events.values()}))
    names = {id_: organisation.uscc for id_, organisation in capturers.items()}
    return [
        hop(s, epcis.stored(events[s.ev].doc.encode()), events[s.ev], roots[s.root], uris, stays[s.root], names)
        for s in chosen
    ]


def _certificates(code: Code, hops: Iterable[Hop]) -> list[str]:
    """URIs of the certificates that the path speaks of, itself or in its events, each once."""
    spoken = [uri for hop in hops for uri in hop.certificates]
    # A certificate's address and the lot it stands for are one thing.
    lots = {canonical_certificate(uri) for uri in spoken}
    own = [code.canonical] if code.certificate and code.canonical not in lots else []
    return list(dict.fromkeys([*own, *spoken]))


async def _code_nodes(conn: Connection, code: Code, hops: Iterable[Hop]) -> dict[str, CodeNode]:
    """Every code of the path with what its goods are called; one look-up for all of them."""
    uris = dict.fromkeys([code.canonical, *(uri for h in hops for uri in (h.code, *h.containers))])
    known = {uri: recorded(uri) for uri in uris}
    named = await products.names(conn, known.values())
    return {uri: _node(uri, each, named.get(each.canonical)) for uri, each in known.items()}


def _node(uri: str, code: Code, entry: products.Entry | None) -> CodeNode:
    product = entry.product if entry else None
    return CodeNode(
        uri=uri,
        family=code.family,
        level=code.level,
        label=label(uri),
        name=product.name if product else "",
        name_en=product.name_en if product else "",
        specification=product.specification if product else "",
        lot=code.lot,
    )


async def _named(conn: Connection, path: Path) -> Path:
    """``path`` with its places and parties looked up in the register."""
    places = {uri for h in path.hops for uri in (h.site, *h.sources, *h.destinations) if uri}
    places |= {held.site for held in path.holders if held.site}
    sites = await parties.sites_by_uri(conn, list(places))
    usccs = {site.uscc for site in sites.values()} | {h.by for h in path.hops if h.by}
    people = await parties.organisations_by_uscc(conn, list(usccs))
    owner = {uri: site.uscc for uri, site in sites.items()}
    return msgspec.structs.replace(
        path,
        hops=tuple(msgspec.structs.replace(h, party=owner.get(h.site or "", h.by)) for h in path.hops),
        holders=tuple(msgspec.structs.replace(h, party=owner.get(h.site or "")) for h in path.holders),
        sites={
            uri: SiteNode(
                id=site.id,
                name=site.name,
                kind=site.kind,
                division=site.division,
                party=site.uscc,
                address=site.address,
                latitude=site.latitude,
                longitude=site.longitude,
            )
            for uri, site in sites.items()
        }
        | {uri: SiteNode(id=uri, name="", kind="", division="") for uri in sorted(places - sites.keys())},
        parties={o.uscc: PartyNode(id=o.uscc, name=o.name, kind=o.kind, division=o.division) for o in people.values()},
    )
