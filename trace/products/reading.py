"""What is this? Codes from a paste, each read, explained part by part, and named by the register of products.

``parts`` say each digit in two languages, a hundred times its size: one answer holds so many and no more.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from zhuisu.codes import Code
from zhuisu.codes.explain import Part, explain
from zhuisu.codes.several import Reading, read_all
from zhuisu.db import Database
from zhuisu.errors import Refusal
from zhuisu.parties import Kind
from zhuisu.products import store
from zhuisu.products.model import Entry, Product

LARGEST = 1_000_000  # bytes of a request
LONGEST = LARGEST  # characters
AT_ONCE = 4_096
"""Characters that are read without leaving the event loop."""
PARTS = 10_000
"""Parts in one answer: those of 500 codes with product, date, lot and serial number."""

Told = Callable[[Refusal], dict[str, Any]]


class Entered(Struct, frozen=True, kw_only=True):
    """Who says what the goods are called, and since when. A shop may name what it did not make."""

    by: str  # USCC
    name: str
    name_en: str
    kind: Kind
    at: datetime


class Read(Struct, frozen=True, kw_only=True):
    """One code of the text: what it is, or the problem with it.

    ``line`` counts from 1; ``same_as`` is the index of the first reading of the same thing; ``joined`` symbols of one
    label were put together. ``explained`` is false where ``parts`` were left out, the answer having enough.
    """

    text: str
    line: int
    joined: int = 1
    same_as: int | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    parts: tuple[Part, ...] | UnsetType = UNSET
    explained: bool | UnsetType = UNSET
    product: Product | UnsetType = UNSET
    entered: Entered | UnsetType = UNSET
    problem: dict[str, Any] | UnsetType = UNSET


class Readings(Struct, frozen=True):
    """The readings in the order of the text."""

    readings: list[Read]


async def read(db: Database, text: str, told: Told) -> Readings:
    """All codes of ``text``; ``told`` makes the problem object of one that cannot be read. Raises TooManyCodes."""
    found = _read(text, told) if len(text) <= AT_ONCE else await asyncio.to_thread(_read, text, told)
    async with db.connection() as conn:
        known = await store.names(conn, (each.code for each in found if each.code))
    return Readings([_named(each, known) for each in found])


def _read(text: str, told: Told) -> list[Read]:
    """The codes without their names, explained as long as the answer has room."""
    found, room = [], PARTS
    for each in read_all(text):
        parts = explain(each.code) if each.code and room else ()
        size = _size(parts)
        room, parts = (room - size, parts) if size <= room else (0, ())
        found.append(_answer(each, parts, told))
    return found


def _size(parts: tuple[Part, ...]) -> int:
    return sum(1 + _size(part.parts) for part in parts)


def _answer(each: Reading, parts: tuple[Part, ...], told: Told) -> Read:
    return Read(
        text=each.text,
        line=each.line,
        joined=each.joined,
        same_as=UNSET if each.same_as is None else each.same_as,
        code=each.code or UNSET,
        parts=parts or UNSET,
        explained=False if each.code and not parts else UNSET,
        problem=told(each.refusal) if each.refusal else UNSET,
    )


def _named(each: Read, known: Mapping[str, Entry]) -> Read:
    entry = known.get(each.code.canonical) if each.code else None
    if entry is None:
        return each
    entered = Entered(
        by=entry.owner, name=entry.owner_name, name_en=entry.owner_name_en, kind=entry.owner_kind, at=entry.changed
    )
    return structs.replace(each, product=entry.product, entered=entered)
