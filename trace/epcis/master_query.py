"""Master data out: with the events of a page, and by a query of its own (EPCIS 1.2 §8.2.7.2 SimpleMasterDataQuery).

>>> page = await ask(db, who, parse("vocabularyName=Location&EQ_name=https://id.gs1.org/414/6901234000016"))
>>> vocabulary_list(page.elements)
[{'type': 'urn:epcglobal:epcis:vtype:Location', 'vocabularyElementList': [{'id': …, 'attributes': […]}]}]

Listed are the products of all, the sites and organisations that the register shows to the caller, and what was captured
by itself and those it oversees. What others said is there as far as an event of the same document that names the id is
one that the caller may see; of a thing named by very many the latest 200 events are looked at.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct

from zhuisu.db import Connection, Database
from zhuisu.epcis import master_said, query
from zhuisu.epcis import master_store as store
from zhuisu.epcis.criteria import is_within
from zhuisu.epcis.errors import QueryTooLarge
from zhuisu.epcis.filters import Query
from zhuisu.epcis.master import Element, merged
from zhuisu.epcis.master_ask import Ask
from zhuisu.epcis.master_own import registered
from zhuisu.epcis.master_store import Key, Known, Voice
from zhuisu.epcis.names import OURS
from zhuisu.epcis.paging import Position, resume, token
from zhuisu.events import stored
from zhuisu.events.times import milliseconds
from zhuisu.parties import Principal

CHUNK = 500
MOST_NAMING = 200
"""Events looked at for the right to know what another organisation said of one id."""

_SAID = [{"zhuisu": OURS}]


class Page(Struct, frozen=True):
    """Elements in the order of type and id, and the token of the next page, "" at the end."""

    elements: list[Element]
    next: str = ""


async def of_page(db: Database, who: Principal, ids: Sequence[UUID], docs: Sequence[bytes]) -> list[Element]:
    """Master data of what the events of a page name, each id once; the caller may see them all."""
    async with db.transaction(read_only=True) as conn:
        return await of_events(conn, who, ids, docs)


async def of_events(conn: Connection, who: Principal, ids: Sequence[UUID], docs: Sequence[bytes]) -> list[Element]:
    """The same in a transaction that is under way."""
    found = [(id_, stored(doc)) for id_, doc in zip(ids, docs, strict=True)]
    return _joined(await master_said.of_events(conn, master_said.voice(who), found))


async def of_event(db: Database, who: Principal, event_id: str) -> list[Element]:
    """Master data of what the events under one eventID name."""
    page = await query.events(db, who, Query(wanted={"EQ_eventID": (event_id,)}))
    return await of_page(db, who, page.ids, page.docs)


async def ask(db: Database, who: Principal, asked: Ask) -> Page:
    """One page of master data. Raises BadToken, QueryTooLarge."""
    position = resume(asked.token, asked.subject)
    after = _key(position.after) if position else ("", "")
    async with db.transaction(read_only=True) as conn:
        search = _Search(conn, who, asked)
        if asked.most is not None and len(found := await search.elements(("", ""), asked.most + 1)) > asked.most:
            raise QueryTooLarge(
                f"more than {asked.most} elements match", where="maxElementCount", mend="raise it, or narrow the query"
            )
        found = await search.elements(after, asked.per_page + 1)
    shown = found[: asked.per_page]
    more = len(found) > len(shown)
    last = Position("\n".join(shown[-1][0])) if more else None
    return Page([asked.cut(one) for _, some in shown for one in some], token(last, asked.subject) if last else "")


class _Search:
    """One query of one caller in one snapshot."""

    def __init__(self, conn: Connection, who: Principal, asked: Ask) -> None:
        self.conn, self.who, self.asked = conn, who, asked
        self.voice: Voice = master_said.voice(who)

    async def elements(self, after: Key, most: int) -> list[tuple[Key, list[Element]]]:
        """What is known of so many ids after one; of each one element, or all that was said of it."""
        names, within = await self._names()
        found: list[tuple[Key, list[Element]]] = []
        while len(found) < most:
            some = await store.page(self.conn, self.voice, self.asked.types, names, within, after, CHUNK)
            found += await (self._told(some) if self.asked.history else self._known(some))
            if len(some) < CHUNK:
                break
            after = some[-1].type, some[-1].uri
        return found[:most]

    async def _names(self) -> tuple[set[str] | None, list[str]]:
        """The ids asked for, None for all, and the places in which more may lie."""
        if self.asked.within is None:
            return (None if self.asked.names is None else set(self.asked.names)), []
        below = await store.below(self.conn, self.asked.within, self.voice)
        if self.asked.names is None:
            return set(below), below
        inside = {name for name in self.asked.names if any(is_within(name, place) for place in below)}
        return inside, []

    async def _known(self, some: Sequence[Known]) -> list[tuple[Key, list[Element]]]:
        ids = await self._subjects(some)
        said: dict[Key, list[Element]] = {}
        for element in await store.latest(self.conn, ids, self.voice.party):
            said.setdefault(element.key, []).append(element)
        found: list[tuple[Key, list[Element]]] = []
        types = dict.fromkeys(one.type for one in some if one.registered)
        own = {
            (type_, uri): element
            for type_ in types
            for uri, element in (
                await registered(self.conn, [x.uri for x in some if x.registered and x.type == type_], type_)
            ).items()
        }
        for one in some:
            key = (one.type, one.uri)
            sources = [*([own[key]] if key in own else []), *said.get(key, [])]
            if sources and self.asked.fits(element := merged(sources)):
                found.append((key, [element]))
        return found

    async def _told(self, some: Sequence[Known]) -> list[tuple[Key, list[Element]]]:
        found: dict[Key, list[Element]] = {}
        for one in await store.history(self.conn, await self._subjects(some)):
            if self.asked.fits(one.element):
                entries = [*one.element.tree.get("@context", []), *_SAID]
                said = {"zhuisu:saidBy": one.uscc, "zhuisu:saidAt": milliseconds(one.at)}
                tree = {**one.element.tree, "@context": entries, **said}
                element = Element(type=one.element.type, uri=one.element.uri, tree=tree)
                found.setdefault(element.key, []).append(element)
        return list(found.items())

    async def _subjects(self, some: Sequence[Known]) -> list[int]:
        """Whose word the caller may read: those it hears, and others as far as it sees what they spoke about."""
        others = [subject for one in some for subject in one.others]
        pairs = await store.naming(self.conn, others, MOST_NAMING)
        seen = await query.among(self.conn, self.who, Query(), list({ev for _, ev in pairs})) if pairs else {}
        return [
            *(subject for one in some for subject in one.heard),
            *dict.fromkeys(subject for subject, ev in pairs if ev in seen),
        ]


def _joined(found: Iterable[Element]) -> list[Element]:
    by_key: dict[Key, list[Element]] = {}
    for element in found:
        by_key.setdefault(element.key, []).append(element)
    return [merged(said) for said in by_key.values()]


def _key(text: str) -> Key:
    type_, _, uri = text.partition("\n")
    return type_, uri
