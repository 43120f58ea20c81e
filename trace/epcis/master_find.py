"""Where the events can be that HASATTR_ and EQ_ATTR_ ask for: master data is looked at first, and then few events.

>>> await narrowed(conn, asked({"EQ_ATTR_bizLocation_{urn:epcglobal:cbv:mda}name": ("Yard",)}))
Narrow(locations=[17, 23], read_points=None, events=None)

More than what matches, never less: ``filters.matches`` has the last word on each event, and the caller's rights on what
of master data it may know.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from msgspec import Struct

from zhuisu.db import Connection
from zhuisu.epcis import master_store, parameters, store
from zhuisu.epcis.master_own import SAID_OF_GOODS, SAID_OF_PLACES
from zhuisu.epcis.view import ATTRIBUTED, PLACES
from zhuisu.events.context import PREFIXES

MOST_FOUND = 1000
"""Ids that events are looked up by; an attribute that more have tells too little to look for it."""


class Asked(Struct, frozen=True):
    """What one parameter asks of the master data of ``field``: one of the names, and one of the texts (None: any)."""

    field: str
    names: tuple[str, ...]
    texts: tuple[str, ...] | None = None


class Narrow(Struct, frozen=True):
    """Numbers of places and ids of events among which the answer is; None where nothing is known."""

    locations: list[int] | None = None
    read_points: list[int] | None = None
    events: set[UUID] | None = None


def asked(wanted: Mapping[str, tuple[str, ...]]) -> list[Asked]:
    """What the parameters of a query ask of master data."""
    read = [(parameters.parameter(name, PREFIXES), values) for name, values in wanted.items() if "ATTR_" in name]
    return [
        Asked(one.field, (one.attribute,), values) if one.attribute else Asked(one.field, values)
        for one, values in read
        if one.field
    ]


async def narrowed(conn: Connection, wanted: Iterable[Asked]) -> Narrow:
    """Where to look. Places and goods are in the indexes of the ledger, sources and destinations are not."""
    places: dict[str, set[int]] = {}
    events: set[UUID] | None = None
    for one in wanted:
        uris = await _uris(conn, one) if one.field in ATTRIBUTED else None
        if uris is None:
            continue
        if one.field in PLACES:
            found = set(await store.places_of(conn, uris))
            places[one.field] = places.get(one.field, found) & found
            continue
        ids = [] if not uris else await store.ids_of_goods(conn, uris) if one.field == "epcClass" else None
        if ids is not None:
            events = set(ids) if events is None else events & set(ids)
    numbers = {field: sorted(found) for field, found in places.items()}
    return Narrow(numbers.get("bizLocation"), numbers.get("readPoint"), events)


async def _uris(conn: Connection, one: Asked) -> list[str] | None:
    """Ids of which anybody, or a register, may say so; None for too many."""
    found = await master_store.having(conn, one.names, one.texts, MOST_FOUND + 1)
    if one.field != "epcClass" and not SAID_OF_PLACES.isdisjoint(one.names):
        found += await master_store.places_saying(conn, one.texts, MOST_FOUND + 1)
    if one.field not in PLACES and not SAID_OF_GOODS.isdisjoint(one.names):
        found += await master_store.goods_saying(conn, one.texts, MOST_FOUND + 1)
    return found if len(found) <= MOST_FOUND else None
