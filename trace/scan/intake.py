"""The scan at a door: codes in, one answer for each at once, one event for all that was not refused.

>>> answer = await intake(db, settings, who, Intake(codes=["80217619000000001003"], step="dispensing"), now, Lang.zh)
>>> answer.results[0].verdict, answer.results[0].event
(<Answer.accept: 'accept'>, 'ni:///sha-256;…?ver=CBV2.0')
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, structs

from zhuisu import parties, products
from zhuisu.codes import Code, Level, label, parse
from zhuisu.codes.errors import BadUscc, NotACode
from zhuisu.db import Connection, Database
from zhuisu.events import Event, EventType, Party, Quantity, make
from zhuisu.ledger import append
from zhuisu.ledger.model import SKEW
from zhuisu.parties import Principal, Role, Site
from zhuisu.scan import store
from zhuisu.scan.checks import DUPLICATE, RECORDED, UNREADABLE
from zhuisu.scan.errors import ClockAhead, NoDestination, NoSite, SiteNotYours, TooLongAgo
from zhuisu.scan.facts import gather
from zhuisu.scan.judge import judge, verdict, worded
from zhuisu.scan.model import Answer, Found, Intake, IntakeAnswer, Lang, Line, Result
from zhuisu.scan.past import recorded
from zhuisu.scan.rules import CHINA, Door, Item
from zhuisu.scan.steps import SENDING, named
from zhuisu.settings import Settings

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


async def intake(
    db: Database, settings: Settings, who: Principal, request: Intake, now: datetime, lang: Lang
) -> IntakeAnswer:
    """Check, record and answer one scan; the same request, which says its own ``at``, is answered as the first time.

    Raises UnknownStep, ClockAhead, TooLongAgo, NoSite, SiteNotYours, NoDestination; then nothing is recorded.
    """
    step = named(request.step)
    at = _moment(request.at, now)
    codes, lines = _read(request.codes)
    async with db.transaction() as conn:
        site = await _site(conn, who, request.site)
        door = Door(site=site, step=step, at=at)
        destinations = await _destinations(conn, request)
        await store.lock(conn, codes)
        key = _key(who, site, request) if request.at else None
        scan = await store.begin_intake(conn, key, who.party or 0, who.person, site.id, step.name, at, now)
        if scan is None:
            assert key is not None
            lines = await store.answered(conn, key)
        else:
            judged = await _judge(conn, settings, codes, door, now)
            event = await _record(conn, who, door, destinations, judged, now)
            lines = _lines(lines, judged, event)
            await store.add_lines(conn, scan, lines)
        goods = await _goods(conn, codes, lang)
    return IntakeAnswer(results=[_result(line, goods, lang) for line in lines], site=site.id, step=step.name, at=at)


def _moment(at: datetime | None, now: datetime) -> datetime:
    """When it happened, to the millisecond, as clocks stood at the door."""
    if at is None:
        return _whole(now.astimezone(CHINA))
    if at > now + SKEW:
        ahead = int((at - now).total_seconds() // 60)
        raise ClockAhead(
            f"at is {ahead} minutes ahead; the service's clock says {now.isoformat(timespec='seconds')}",
            where="/at",
            mend="set the device's clock and send the scan again",
            now=now.isoformat(timespec="seconds"),
        )
    if at < EARLIEST:
        raise TooLongAgo(f"at is {at.isoformat()}", where="/at", mend="set the device's clock")
    return _whole(at)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _read(texts: Sequence[str]) -> tuple[dict[str, Code], list[Line]]:
    """The codes by canonical URI, and for each text a line: refused already if it cannot be read, else to be judged."""
    codes: dict[str, Code] = {}
    lines = []
    for text in texts:
        try:
            code = parse(text)
        except (NotACode, BadUscc) as fault:
            said = Found(UNREADABLE.id, {"zh": fault.zh, "en": str(fault)})
            lines.append(Line(text=text, verdict=Answer.refuse, found=(said,)))
            continue
        codes.setdefault(code.canonical, code)
        lines.append(Line(text=text, canonical=code.canonical, verdict=Answer.accept))
    return codes, lines


async def _site(conn: Connection, who: Principal, wanted: str | None) -> Site:
    """The site that was named, if the caller may scan there; the caller's first one when none was."""
    assert who.party is not None, "a route without a guard"
    if wanted is None:
        if own := await parties.sites(conn, who.party):
            return own[0]
        raise NoSite("your organisation has no site", where="/site", mend="register one under /parties/{uscc}/sites")
    site = (await parties.sites_by_id(conn, [wanted])).get(wanted)
    if site is None and Role.administrator in who.roles:
        raise NoSite(f"no site {wanted}", where="/site")
    if site is None or not parties.is_own(who, site.uscc):
        raise SiteNotYours(f"{wanted} is not a site of {who.name}", where="/site", mend="name one of your own")
    return site


async def _destinations(conn: Connection, request: Intake) -> list[Party]:
    """Where goods are sent: to a site, or to an organisation whatever its site (CBV 2.0 §7.4.1)."""
    if request.to is None:
        return []
    if request.step not in SENDING:
        raise NoDestination(f"{request.step} sends nothing", where="/to", mend=f"use {' or '.join(sorted(SENDING))}")
    sites = await parties.sites_by_id(conn, [request.to])
    if site := sites.get(request.to):
        return [Party(type="location", uri=site.uri), Party(type="possessing_party", uri=_party_uri(site.uscc))]
    if await parties.organisation(conn, request.to):
        return [Party(type="possessing_party", uri=_party_uri(request.to))]
    raise NoDestination(f"{request.to} is neither a site nor an organisation", where="/to")


def _party_uri(uscc: str) -> str:
    return f"urn:zhuisu:party:obj:{uscc}"


def _key(who: Principal, site: Site, request: Intake) -> bytes:
    """What makes two requests the same: who, where, what, when and which codes, in their order."""
    said = (who.party, site.id, request.step, request.at and request.at.astimezone(UTC), request.to, request.codes)
    return hashlib.sha256(msgspec.msgpack.encode(said)).digest()


class _Judged(msgspec.Struct, frozen=True):
    """What was found of one code, and the event that says it already, if any."""

    item: Item
    found: tuple[Found, ...]
    event: str = ""

    @property
    def new(self) -> bool:
        return not self.event and verdict(self.found) is not Answer.refuse


async def _judge(
    conn: Connection, settings: Settings, codes: Mapping[str, Code], door: Door, now: datetime
) -> dict[str, _Judged]:
    record = await gather(conn, codes, door.at, now=now, base=settings.base)
    door = structs.replace(door, kinds=record.kinds, owners=record.owners, items=tuple(record.items.values()))
    return {canonical: _judged(item, door) for canonical, item in record.items.items()}


def _judged(item: Item, door: Door) -> _Judged:
    found = judge(item, door)
    if verdict(found) is not Answer.refuse and (mark := recorded(item, door)):
        return _Judged(item, (Found(RECORDED.id, {"when": door.local(mark.time)}),), mark.event_id)
    return _Judged(item, found)


async def _record(
    conn: Connection,
    who: Principal,
    door: Door,
    destinations: Sequence[Party],
    judged: Mapping[str, _Judged],
    now: datetime,
) -> str:
    """Record the new codes as one event; its eventID, "" when there are none."""
    new = [each.item.code for each in judged.values() if each.new]
    if not new:
        return ""
    (done,) = await append(conn, [_event(door, new, destinations)], by=who.party or 0, now=now)
    return done.event_id


def _event(door: Door, codes: Iterable[Code], destinations: Sequence[Party]) -> Event:
    """An ObjectEvent: items in epcList; lots, kinds of goods and certificates in quantityList (EPCIS 2.0 §7.4.2)."""
    codes = list(codes)
    return make(
        EventType.ObjectEvent,
        time=door.at,
        offset=f"{door.at:%z}"[:3] + ":" + f"{door.at:%z}"[3:5],
        action=door.step.action,
        step=door.step.biz_step,
        disposition=door.step.disposition,
        read_point=door.site.uri,
        location=door.site.uri,
        epcs=[code.canonical for code in codes if code.level is Level.instance],
        quantities=[Quantity(uri=code.canonical) for code in codes if code.level is not Level.instance],
        destinations=destinations,
    )


def _lines(lines: Iterable[Line], judged: Mapping[str, _Judged], event: str) -> list[Line]:
    """The answer on each text; the second text of one code says so and points to the same event."""
    answered: list[Line] = []
    seen: set[str] = set()
    for line in lines:
        if not line.canonical:
            answered.append(line)
            continue
        each = judged[line.canonical]
        answer = verdict(each.found)
        found = each.found
        if line.canonical in seen:
            refused = answer is Answer.refuse
            found = (*found, Found(DUPLICATE.id)) if refused else (Found(DUPLICATE.id),)
            answer = verdict(found)
        seen.add(line.canonical)
        answered.append(structs.replace(line, verdict=answer, found=found, event=event if each.new else each.event))
    return answered


async def _goods(conn: Connection, codes: Mapping[str, Code], lang: Lang) -> dict[str, str]:
    """What people call the goods, of those codes whose product is registered."""
    known = await products.names(conn, codes.values())
    words = {
        canonical: products.described(known[code.canonical].product, code.lot)
        for canonical, code in codes.items()
        if code.canonical in known
    }
    return {canonical: said.zh if lang is Lang.zh else said.en for canonical, said in words.items()}


def _result(line: Line, goods: Mapping[str, str], lang: Lang) -> Result:
    return Result(
        code=line.text,
        verdict=line.verdict,
        reasons=[worded(found, lang) for found in line.found],
        event=line.event or UNSET,
        canonical=line.canonical or UNSET,
        label=label(line.canonical) if line.canonical else UNSET,
        goods=goods.get(line.canonical, UNSET),
    )
