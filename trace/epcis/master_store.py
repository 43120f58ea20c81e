"""SQL of captured master data: who said what of which id, and which events of the same document name it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from zhuisu.db import Connection, queries, rows_for
from zhuisu.epcis.master import EPC_CLASS, PARTY, PLACES, Element, stored
from zhuisu.epcis.master_own import PARTY_URI
from zhuisu.epcis.operands import as_number

SQL = queries(__file__, "master.sql")

Key = tuple[str, str]


class Voice(Struct, frozen=True):
    """Whom a caller hears by itself: itself, those in divisions that begin so, or everybody."""

    everything: bool
    party: int | None
    divisions: list[str]

    @property
    def claim(self) -> tuple[bool, int | None, list[str]]:
        """As statements take it."""
        return self.everything, self.party, self.divisions


class Known(NamedTuple):
    """An id of which something is known: the subjects of those whom the caller hears, of others, and of a register."""

    type: str
    uri: str
    heard: list[int]
    others: list[int]
    registered: bool


class Statement(NamedTuple):
    """One thing that was said, when, and by whom (USCC)."""

    element: Element
    at: datetime
    uscc: str


async def subjects(conn: Connection, party: int, keys: Collection[Key]) -> dict[Key, int]:
    """The subjects of an organisation, made where there are none."""
    types, uris = [type_ for type_, _ in keys], [uri for _, uri in keys]
    await conn.execute(SQL.add_subjects, party, types, uris)
    return {(r["type"], r["uri"]): r["id"] for r in await conn.fetch(SQL.subjects, party, types, uris)}


async def tell(conn: Connection, said: dict[int, Element], capture: UUID, now: datetime) -> None:
    """Add statements by subject."""
    children = [msgspec.json.encode(element.children).decode() for element in said.values()]
    docs = [element.doc.decode() for element in said.values()]
    await conn.execute(SQL.tell, now, capture, list(said), children, docs)


async def name(conn: Connection, pairs: Sequence[tuple[int, UUID]]) -> None:
    """Add which events name subjects."""
    if pairs:
        await conn.execute(SQL.name, [subject for subject, _ in pairs], [ev for _, ev in pairs])


async def said(conn: Connection, uris: Iterable[str], voice: Voice) -> list[Element]:
    """What those whom the caller hears say of ids: itself first, then the latest."""
    rows = await rows_for(conn, SQL.said, uris, *voice.claim)
    return _own_first(rows)


async def said_with(conn: Connection, evs: Iterable[UUID]) -> list[tuple[UUID, Element]]:
    """What the documents of events said of what they name, the latest first."""
    rows = await rows_for(conn, SQL.said_with, evs)
    return [(r["ev"], stored(r["type"], r["uri"], r["doc"])) for r in rows]


async def latest(conn: Connection, ids: Iterable[int], party: int | None) -> list[Element]:
    """What holds of what was said of subjects: by the party first, then the latest."""
    return _own_first(await rows_for(conn, SQL.latest, ids, party))


async def history(conn: Connection, ids: Iterable[int]) -> list[Statement]:
    """All that was ever said of subjects, the latest of each first."""
    rows = await rows_for(conn, SQL.history, ids)
    return [Statement(stored(r["type"], r["uri"], r["doc"]), r["at"], r["uscc"]) for r in rows]


async def having(conn: Connection, names: Iterable[str], texts: Iterable[str] | None, limit: int) -> list[str]:
    """Ids of which anybody ever said one of these attributes, and one of the texts (None: any); and a few more."""
    # As they stand in the JSON of a statement: a name in full ends as its {namespace}name does.
    ends = [_json(name.rpartition("}")[2])[1:] for name in names]
    written = None if texts is None else [form for text in texts for form in (_json(text), *_bare(text))]
    return [r["uri"] for r in await conn.fetch(SQL.having, ends, written, limit)]


async def places_saying(conn: Connection, texts: Iterable[str] | None, limit: int) -> list[str]:
    """Sites and organisations of which the register says one of these texts (None: all)."""
    said = None if texts is None else list(texts)
    numbers = [float(number) for text in said or () if (number := as_number(text)) is not None]
    return [r["uri"] for r in await conn.fetch(SQL.places_saying, said, PARTY_URI, numbers, limit)]


async def goods_saying(conn: Connection, texts: Iterable[str] | None, limit: int) -> list[str]:
    """Products of which the register says one of these texts (None: all)."""
    return [r["code"] for r in await conn.fetch(SQL.goods_saying, None if texts is None else list(texts), limit)]


async def naming(conn: Connection, ids: Iterable[int], most: int) -> list[tuple[int, UUID]]:
    """Subjects and the latest events that name them, up to so many for each."""
    return [(r["subject"], r["ev"]) for r in await rows_for(conn, SQL.naming, ids, most)]


async def below(conn: Connection, places: Iterable[str], voice: Voice) -> list[str]:
    """These places and all that lies in them by their children, at any depth."""
    return [r["uri"] for r in await rows_for(conn, SQL.below, places, *voice.claim)]


async def page(
    conn: Connection,
    voice: Voice,
    types: Collection[str],
    uris: Collection[str] | None,
    within: Collection[str],
    after: Key,
    limit: int,
) -> list[Known]:
    """Ids after one of which something is known, in order; sites are Locations unless another type is asked for."""
    places = [type_ for type_ in PLACES if type_ in types] if types else [PLACES[0]]
    party, goods = (type_ if not types or type_ in types else "" for type_ in (PARTY, EPC_CLASS))
    asked = (list(types) or None, None if uris is None else list(uris), list(within))
    rows = await conn.fetch(SQL.page, *voice.claim, *asked, *after, limit, places, party, PARTY_URI, goods)
    return [Known(*row) for row in rows]


def _json(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _bare(text: str) -> list[str]:
    """How a number or a truth value begins that is written so."""
    return [before + text for before in ":,["] if as_number(text) is not None or text in {"true", "false"} else []


def _own_first(rows: Sequence[Any]) -> list[Element]:
    ordered = sorted(rows, key=lambda r: not r["own"])
    return [stored(r["type"], r["uri"], r["doc"]) for r in ordered]
