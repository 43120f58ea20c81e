"""Verbs of relation files: record what one says, and write one of what was recorded.

>>> (await upload(db, who, body, now, site="", at=None)).codes
2506
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from zhuisu.codes import Code, Family, Level, parse
from zhuisu.db import Connection, Database
from zhuisu.events import stored
from zhuisu.exchange import activation, places, store
from zhuisu.exchange.activation import CHINA, BatchKey
from zhuisu.exchange.errors import NoMoment, NoRelation, TooManyRows
from zhuisu.exchange.relation import Batch, Head, Upload, cascade, full, write
from zhuisu.exchange.relation_read import read
from zhuisu.ledger import Prepared, prepare, record
from zhuisu.ledger import store as ledger
from zhuisu.ledger.model import SKEW
from zhuisu.parties import Principal, Role

AT_ONCE = 64 * 1024
MOST_CODES = 200_000


class Layer(Struct, frozen=True):
    """Packages of one level."""

    layer: int
    codes: int


class Activated(Struct, frozen=True, kw_only=True):
    """What became of one batch, in packages by level.

    ``mixed`` and ``part`` packages hold several lots (拼箱), or fewer than the cascade says (零箱).
    """

    product: str
    number: str
    made: str
    expires: str
    levels: list[Layer]
    mixed: int
    part: int


class Uploaded(Struct, frozen=True, kw_only=True):
    """What a file did; with ``stored`` false, what it would do. ``fresh`` of the ``events`` were not here before.

    ``activated_before`` are codes, the first hundred, that other events brought into being: look at them.
    """

    stored: bool
    site: str
    codes: int
    batches: list[Activated]
    events: int
    fresh: int
    activated_before: list[str]


async def upload(
    db: Database, who: Principal, body: bytes, now: datetime, *, site: str, at: datetime | None, dry_run: bool = False
) -> Uploaded:
    """Record a relation file in one transaction; the same file again changes nothing.

    Without ``at`` each batch was activated and packed at the dawn of its production day. Raises NotRelationFile,
    RelationUnfit, NoMoment, NoSite, SiteNotYours.
    """
    found = read(body) if len(body) <= AT_ONCE else await asyncio.to_thread(read, body)
    _require_past(found, at, now)
    assert who.party is not None, "a route without a guard"
    party = who.party
    async with db.transaction() as conn:
        place = await places.own_site(conn, who, site)
        events = await asyncio.to_thread(activation.events, found, place.uri, at)
        entries = await asyncio.to_thread(lambda: [prepare(event, party) for event in events])
        before = await _activated_before(conn, entries)
        recorded = [] if dry_run else await record(conn, entries, now)
        if not dry_run:
            await store.keep(conn, party, activation.kept(found))
    return Uploaded(
        stored=not dry_run,
        site=place.id,
        codes=sum(len(batch.codes) for _, batch in found.batches()),
        batches=_activated(found),
        events=len(events),
        fresh=sum(each.fresh for each in recorded),
        activated_before=before[:100],
    )


def _require_past(found: Upload, at: datetime | None, now: datetime) -> None:
    if at is not None and (at.tzinfo is None or at.year < 2000):
        raise NoMoment(
            f"{at.isoformat()} has no zone, or lies before 2000",
            where="at",
            mend="write it as 2026-06-01T08:30:00+08:00",
            detail_zh=f"{at.isoformat()} 没有时区，或早于 2000 年",
            mend_zh="请写成 2026-06-01T08:30:00+08:00",
        )
    days = [batch.made for _, batch in found.batches()]
    if (at and at > now + SKEW) or (at is None and max(days) > now.astimezone(CHINA).date()):
        raise NoMoment(
            "what is reported lies ahead of the service's clock",
            where="at" if at else "madeDate",
            mend="report what happened, not what is planned",
            detail_zh="所报时间晚于服务器时间",
            mend_zh="请在实际发生后上报",
        )


async def _activated_before(conn: Connection, entries: Sequence[Prepared]) -> list[str]:
    """The codes that events other than these brought into being."""
    ids = await ledger.find_codes(conn, (uri for entry in entries for uri in entry.event.epcs))
    ours = {entry.id for entry in entries}
    done = {code for code, ev in (await store.activations(conn, ids.values())).items() if ev not in ours}
    return [uri.rpartition(":")[2] for uri, code in ids.items() if code in done]


def _activated(found: Upload) -> list[Activated]:
    """What became of each batch; what stands in a package may be of any."""
    inside: dict[str, Counter[int]] = {}
    lots: dict[str, set[BatchKey]] = {}
    for head, batch in found.batches():
        for packed in batch.codes:
            if packed.parent:
                inside.setdefault(packed.parent, Counter())[packed.layer] += 1
                lots.setdefault(packed.parent, set()).add(BatchKey(head.product, batch.number))
    return [_one(head, batch, inside, lots) for head, batch in found.batches()]


def _one(
    head: Head, batch: Batch, inside: Mapping[str, Counter[int]], lots: Mapping[str, Collection[BatchKey]]
) -> Activated:
    terms = cascade(head.cascade) or ()
    own = [packed for packed in batch.codes if packed.code in inside]
    part = [
        packed
        for packed in own
        if 2 <= packed.layer <= len(terms) and inside[packed.code][packed.layer - 1] < full(terms, packed.layer - 1)
    ]
    levels = Counter(packed.layer for packed in batch.codes)
    return Activated(
        product=head.product,
        number=batch.number,
        made=batch.made.isoformat(),
        expires=batch.expires.isoformat(),
        levels=[Layer(layer, levels[layer]) for layer in sorted(levels)],
        mixed=sum(len(lots[packed.code]) > 1 for packed in own),
        part=len(part),
    )


async def export(db: Database, who: Principal, text: str) -> bytes:
    """The relation file of a lot, or of all that hangs together with a code: what the caller itself activated.

    Raises codes.errors.NotACode, NoRelation, TooManyRows.
    """
    code = parse(text)
    party = None if Role.administrator in who.roles else who.party
    async with db.transaction(read_only=True) as conn:
        start = await _start(conn, code, party)
        codes = await store.packed_with(conn, start, party, MOST_CODES + 1)
        if len(codes) > MOST_CODES:
            raise TooManyRows(
                f"more than {MOST_CODES} codes hang together", detail_zh=f"超过 {MOST_CODES} 个码相互关联"
            )
        events = [
            stored(each.doc.encode()) for each in await ledger.stored(conn, await store.making(conn, codes, party))
        ]
        only = {uri.rpartition(":")[2] for uri in (await ledger.uris(conn, codes)).values()}
        found = await asyncio.to_thread(activation.gathered, events, {}, only)
        if not found.relations:
            raise _nothing(code)
        kept = await store.kept(
            conn, who.party, (BatchKey(head.product, batch.number) for head, batch in found.batches())
        )
    return await asyncio.to_thread(lambda: write(activation.gathered(events, kept, only)))


async def _start(conn: Connection, code: Code, party: int | None) -> list[int]:
    ids = await ledger.find_codes(conn, [code.canonical])
    if code.family is not Family.drug or code.canonical not in ids:
        raise _nothing(code)
    if code.level is Level.lot:
        return await store.members(conn, ids[code.canonical], party, MOST_CODES + 1)
    return list(ids.values())


def _nothing(code: Code) -> NoRelation:
    return NoRelation(
        f"{code.text[:80]}: you activated nothing under it",
        mend="give a 20-digit code that you activated, or its lot as urn:zhuisu:drug:lot:<7 digits>.<batch number>",
        detail_zh=f"{code.text[:80]}：您没有激活过相关的码",
        mend_zh="请给出您激活的 20 位追溯码，或批次 urn:zhuisu:drug:lot:<药品标识码>.<批号>",
    )
