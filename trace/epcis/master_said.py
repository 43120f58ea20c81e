"""What a caller knows of places, parties and goods: what the registers say first, then itself, then those it hears.

Rights. What the header of a document says of an id goes to whoever sent the document, to those who oversee the sender,
to administrators, and with each event of the document that names the id to all who may see that event. The registers'
word on a place or party goes with the events that name it too; products are public.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from zhuisu.codes import class_of, site_of
from zhuisu.db import Connection
from zhuisu.epcis import master_store as store
from zhuisu.epcis.master import Element, named
from zhuisu.epcis.master_own import registered
from zhuisu.epcis.master_store import Voice
from zhuisu.epcis.view import PLACES, View
from zhuisu.events import Event
from zhuisu.parties import Principal, Role
from zhuisu.parties.model import prefix

Attributes = Mapping[str, Mapping[str, list[str]]]
"""Canonical id -> ``{namespace}name`` -> texts."""

WITHIN = ("WD_readPoint", "WD_bizLocation")


def voice(who: Principal) -> Voice:
    """Whom the caller hears by itself."""
    divisions = [prefix(d) for d in who.divisions] if Role.regulator in who.roles else []
    return Voice(Role.administrator in who.roles, who.party, divisions)


async def of_events(conn: Connection, hears: Voice, found: Sequence[tuple[UUID, Event]]) -> list[Element]:
    """All that is known of what events name which the caller may see, the best source of each first."""
    uris = {uri for _, event in found for uri in named(event)}
    own = await registered(conn, uris)
    heard = await store.said(conn, uris, hears)
    told = await store.said_with(conn, [ev for ev, _ in found])
    return [*_once(own.values()), *heard, *(element for _, element in told)]


async def attributes(
    conn: Connection, hears: Voice, found: Sequence[tuple[UUID, Event]], fields: Collection[str]
) -> Mapping[UUID, Attributes]:
    """For each event what its caller knows of what its fields name. An event's document speaks for that event only."""
    if not found:
        return {}
    about = {ev: _about(event, fields) for ev, event in found}
    uris = {source for sources in about.values() for some in sources.values() for source in some}
    own = await registered(conn, uris)
    heard = [*_once(own.values()), *await store.said(conn, uris, hears)]
    common: dict[str, list[Element]] = defaultdict(list)
    for element in heard:
        common[element.uri].append(element)
    told: dict[UUID, dict[str, list[Element]]] = defaultdict(lambda: defaultdict(list))
    for ev, element in await store.said_with(conn, [ev for ev, _ in found]):
        told[ev][element.uri].append(element)
    return {ev: _table(sources, common, told.get(ev, {})) for ev, sources in about.items()}


async def widened(conn: Connection, hears: Voice, wanted: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What a query wants, WD_ of a place being WD_ of all that lies in it (EPCIS 2.0 §8.2.7.1)."""
    more = {
        name: tuple(dict.fromkeys((*wanted[name], *await store.below(conn, wanted[name], hears))))
        for name in WITHIN
        if name in wanted
    }
    return {**wanted, **more}


def _once(elements: Iterable[Element]) -> list[Element]:
    """Parts of a site share what the register says of it."""
    return list({element.key: element for element in elements}.values())


def _about(event: Event, fields: Collection[str]) -> dict[str, list[str]]:
    """What fields name, and of what the master data of each is told.

    A part of a site has what is said of the site, goods what is said of their class, unless it says otherwise.
    """
    view = View(event)
    found: dict[str, list[str]] = {}
    for field in fields:
        for uri in view.named(field):
            sources = (uri, site_of(uri)) if field in PLACES else (uri, site_of(uri), class_of(uri))
            found[uri] = [*dict.fromkeys((*found.get(uri, ()), *filter(None, sources)))]
    return found


def _table(
    about: Mapping[str, list[str]], common: Mapping[str, list[Element]], own: Mapping[str, list[Element]]
) -> dict[str, dict[str, list[str]]]:
    found: dict[str, Any] = {}
    for uri, sources in about.items():
        texts: dict[str, list[str]] = {}
        for element in [element for one in sources for where in (common, own) for element in where.get(one, ())]:
            stated: dict[str, list[str]] = defaultdict(list)
            for name, text in element.attributes:
                stated[name].append(text)
            texts = {**stated, **texts}
        if texts:
            found[uri] = texts
    return found
