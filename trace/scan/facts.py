"""What the record says of scanned codes, gathered for the checks in a handful of statements however many there are.

>>> record = await gather(conn, {code.canonical: code}, at, now=now, base=settings.base)
>>> record.items["https://id.gs1.org/01/06901234567892/21/7"].parent
'https://id.gs1.org/00/369012340000000017'
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from zhuisu import certs, parties
from zhuisu.codes import Code, Family, Level, site_of
from zhuisu.db import Connection
from zhuisu.events import Action, Event, EventType, stored
from zhuisu.ledger import Mark, history
from zhuisu.ledger import store as ledger
from zhuisu.ledger.model import Role, bound, links
from zhuisu.scan import store
from zhuisu.scan.rules import Item, Paper

CERTIFICATE = "urn:zhuisu:certificate:lot:"

MOST_INPUTS = 200
"""Of how many things goods may be made, for their origin to be looked up."""

T = TypeVar("T")


class Record(Struct, frozen=True, kw_only=True):
    """Items by canonical URI; kinds and owners (USCC) of the registered places that their marks name."""

    items: dict[str, Item]
    kinds: dict[str, str]
    owners: dict[str, str]


async def gather(conn: Connection, codes: Mapping[str, Code], at: datetime, *, now: datetime, base: str) -> Record:
    """The record of ``codes`` when they came to a door; certificates are judged by ``now``, as ours under ``base``.

    Of a kind of goods there is no record: what happened to others of it is not its past.
    """
    traced = {c: code for c, code in codes.items() if code.level is not Level.item_class}
    known = await ledger.find_codes(conn, traced)
    lots = await _lots(conn, traced, known)
    inside = await _contents(conn, known)
    marks = await history(conn, list(dict.fromkeys([*known, *_flat(lots), *_flat(inside)])))
    parents = await _parents(conn, known, at)
    places = await _places(conn, marks.values())
    scanned, cited = await _papers(conn, traced, lots, marks, now=now, base=base)
    goods = {c: (c, *lots.get(c, ())) for c in traced if c not in scanned} if scanned else {}
    inputs, hands = await _origins(conn, goods, marks)

    def item(canonical: str, code: Code) -> Item:
        own = tuple(marks.get(canonical, ()))
        of_lots = tuple(m for lot in lots.get(canonical, ()) for m in marks.get(lot, ()))
        within = (marks.get(uri, []) for uri in inside.get(canonical, ()))
        told = [*_told(own), *_told(of_lots)]
        first = next((m.place for m in (*own, *of_lots) if m.place), "")
        return Item(
            code=code,
            marks=own,
            lots=lots.get(canonical, ()),
            lot_marks=of_lots,
            parent=parents.get(canonical, ""),
            origin=str(places[first].kind) if first in places else "",
            expiry=next((m.expiry for m in told if m.expiry), None),
            storage=next((m.storage for found in (told, *within) for m in _told(found) if m.storage), None),
            cited=cited.get(canonical, ()),
            paper=scanned.get(canonical),
            inputs=inputs.get(canonical, ()),
            hands=hands.get(canonical, frozenset()),
        )

    return Record(
        items={canonical: item(canonical, code) for canonical, code in codes.items()},
        kinds={place: str(site.kind) for place, site in places.items()},
        owners={place: site.uscc for place, site in places.items()},
    )


async def _papers(
    conn: Connection,
    codes: Mapping[str, Code],
    lots: Mapping[str, tuple[str, ...]],
    marks: Mapping[str, list[Mark]],
    *,
    now: datetime,
    base: str,
) -> tuple[dict[str, Paper], dict[str, tuple[Paper, ...]]]:
    """The certificates that were scanned, and those under which the goods were made or for which they were issued."""
    # Too few digits for a certificate, but at our address: somebody pretends.
    pretended = f"{base}/c/"
    scanned = {c: code for c, code in codes.items() if code.family is Family.certificate or c.startswith(pretended)}
    named = {c: (c, *lots.get(c, ())) for c in codes if c not in scanned}
    issued = await certs.for_goods(conn, dict.fromkeys(_flat(named)), now)
    told = await _cited(conn, marks)
    texts = {c: c if code.family is Family.url else code.text for c, code in scanned.items()}
    urns = [c for c, text in texts.items() if text.startswith(CERTIFICATE)]
    texts |= {each.uri: each.url for each in await certs.cited(conn, urns, now)} if urns else {}
    urls = list(dict.fromkeys([*texts.values(), *_flat(told)]))
    verdicts = dict(zip(urls, await certs.judge(conn, urls, now), strict=True)) if urls else {}
    judged = [*verdicts.values(), *_flat(issued)]
    names = await certs.names(conn, judged) if judged else {}
    used = await _used(conn, {f"{CERTIFICATE}{verdict.id}" for verdict in map(verdicts.get, texts.values()) if verdict})

    def paper(verdict: certs.Verdict, uri: str = "", text: str = "") -> Paper:
        said = verdict.certificate
        own = f"{CERTIFICATE}{verdict.id}" if verdict.id else uri
        return Paper(
            uri=own,
            state=verdict.state,
            local=not text.startswith("http") or text.startswith(f"{base}/"),
            meat=said is not None and bool(said.quarantine),
            goods=names.get(verdict.id, ()),
            issuer=said.issuer if said else "",
            lot=said.lot if said else "",
            used=used.get(own, frozenset()),
        )

    def of(canonical: str) -> tuple[Paper, ...]:
        found = [v for uri in named[canonical] for v in issued.get(uri, ())]
        found += [verdicts[url] for uri in named[canonical] for url in told.get(uri, ())]
        return tuple({v.id: paper(v) for v in found if v.id}.values())

    return (
        {c: paper(verdicts[text], c, text) for c, text in texts.items()},
        {c: of(c) for c in named},
    )


async def _lots(conn: Connection, codes: Mapping[str, Code], known: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Canonical code -> its lot, by the carrier and by the ledger."""
    member = await ledger.lots_of(conn, known.values())
    uris = await ledger.uris(conn, member.values()) if member else {}
    found = {}
    for canonical, code in codes.items():
        recorded = uris.get(member.get(known.get(canonical, 0), 0), "")
        printed = code.lot_uri if code.lot_uri != canonical else ""
        found[canonical] = tuple(dict.fromkeys(uri for uri in (printed, recorded) if uri))
    return found


async def _contents(conn: Connection, known: Mapping[str, int]) -> dict[str, list[str]]:
    found = await store.contents(conn, known.values())
    return {uri: found[id_] for uri, id_ in known.items() if id_ in found}


async def _parents(conn: Connection, known: Mapping[str, int], at: datetime) -> dict[str, str]:
    """Canonical code -> what it stood in at that time."""
    standing = {s.code: s.parent for s in await ledger.last(conn, known.values(), bound(at)) if s.parent}
    uris = await ledger.uris(conn, standing.values()) if standing else {}
    return {uri: uris[standing[id_]] for uri, id_ in known.items() if id_ in standing}


async def _places(conn: Connection, marks: Iterable[list[Mark]]) -> dict[str, parties.Site]:
    """The sites of the registered places that the marks name; a part of a site (AI 254) is that site."""
    places = {m.place for found in marks for m in found if m.place}
    sites = await parties.sites_by_uri(conn, list({site_of(place) for place in places}))
    return {place: sites[site_of(place)] for place in places if site_of(place) in sites}


async def _used(conn: Connection, certificates: Collection[str]) -> dict[str, frozenset[str]]:
    """Certificate -> the codes named by events that cite it, without those of itself."""
    marks = await history(conn, list(certificates)) if certificates else {}
    names = {m.event_id for found in marks.values() for m in found}
    docs = await store.made(conn, names) if names else {}
    named = {key: _names(stored(doc)) for key, doc in docs.items()}
    return {
        uri: frozenset[str]().union(*(named[_key(m)] for m in found if _key(m) in named)) - {uri}
        for uri, found in marks.items()
    }


def _key(mark: Mark) -> tuple[str, int]:
    """The event of the mark: an eventID is only its giver's."""
    return mark.event_id, mark.party


def _names(event: Event) -> set[str]:
    found = links(event)
    return {t.uri for t in found.touches if t.role is not Role.cited} | {h.child for h in found.holds}


async def _origins(
    conn: Connection, goods: Mapping[str, tuple[str, ...]], marks: Mapping[str, list[Mark]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """Of each code, with its lots: what it was made of, and the owners of all places that both were at.

    No owners where the beginning is at a place that is not registered, or of more inputs than are looked up.
    """
    past = {c: [m for uri in uris for m in marks.get(uri, ())] for c, uris in goods.items()}
    turned = {m.event_id for found in past.values() for m in found if m.type is EventType.TransformationEvent}
    docs = await store.transformed(conn, turned) if turned else {}
    into = {key: stored(doc) for key, doc in docs.items()}
    inputs = {
        c: tuple(dict.fromkeys(uri for m in found if _key(m) in into for uri in _went_in(into[_key(m)], goods[c])))
        for c, found in past.items()
    }
    few = {c: uris for c, uris in inputs.items() if len(uris) <= MOST_INPUTS}
    before = await history(conn, list(dict.fromkeys(_flat(few)))) if any(few.values()) else {}
    places = await _places(conn, [*past.values(), *before.values()])

    def hands(c: str) -> frozenset[str]:
        beginnings = [found for found in (past[c], *(before.get(uri, []) for uri in few[c])) if found]
        if not beginnings or any(_makes(f[0]) is False or f[0].place not in places for f in beginnings):
            return frozenset()
        return frozenset(places[m.place].uscc for found in beginnings for m in found if m.place in places)

    return inputs, {c: hands(c) for c in few}


def _went_in(event: Event, goods: Collection[str]) -> tuple[str, ...]:
    """What the goods were made of, if they came out of this transformation."""
    out = {*event.outputs, *(q.uri for q in event.output_quantities)}
    return () if out.isdisjoint(goods) else (*event.inputs, *(q.uri for q in event.input_quantities))


async def _cited(conn: Connection, marks: Mapping[str, list[Mark]]) -> dict[str, tuple[str, ...]]:
    """Code -> addresses of the certificates that the events by which it came about cite."""
    names = {m.event_id for found in marks.values() for m in found if _makes(m)}
    docs = await store.made(conn, names) if names else {}
    made = {key: stored(doc).certificates for key, doc in docs.items()}
    return {code: tuple(url for m in found for url in made.get(_key(m), ())) for code, found in marks.items()}


def _told(marks: Sequence[Mark]) -> Iterator[Mark]:
    """The marks whose master data are about this code: a transformation's are about what came out of it."""
    for n, mark in enumerate(marks):
        if mark.type is EventType.ObjectEvent or n == 0:
            yield mark


def _makes(mark: Mark) -> bool:
    return mark.type is EventType.TransformationEvent or (
        mark.type is EventType.ObjectEvent and mark.action is Action.ADD
    )


def _flat(found: Mapping[str, Iterable[T]]) -> Iterator[T]:
    return (one for some in found.values() for one in some)
