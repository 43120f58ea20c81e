"""What is this? Codes from a paste, each read, explained part by part, and named by the register of products."""

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from zhuisu.codes import Code
from zhuisu.codes.explain import Part, explain
from zhuisu.codes.several import Reading, read_all
from zhuisu.db import Database
from zhuisu.errors import Refusal
from zhuisu.products import store
from zhuisu.products.model import Product

LARGEST = 1_000_000  # bytes of a request
LONGEST = LARGEST  # characters
AT_ONCE = 4_096
"""Characters that are read without leaving the event loop."""

Told = Callable[[Refusal], dict[str, Any]]


class Read(Struct, frozen=True, kw_only=True):
    """One code of the text: what it is, or the problem with it.

    ``line`` counts from 1; ``same_as`` is the index of the first reading of the same thing; ``joined`` symbols of one
    label were put together.
    """

    text: str
    line: int
    joined: int = 1
    same_as: int | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    parts: tuple[Part, ...] | UnsetType = UNSET
    product: Product | UnsetType = UNSET
    problem: dict[str, Any] | UnsetType = UNSET


class Readings(Struct, frozen=True):
    """The readings in the order of the text."""

    readings: list[Read]


async def read(db: Database, text: str, told: Told) -> Readings:
    """All codes of ``text``; ``told`` makes the problem object of one that cannot be read. Raises TooManyCodes."""
    found = _read(text) if len(text) <= AT_ONCE else await asyncio.to_thread(_read, text)
    async with db.connection() as conn:
        known = await store.names(conn, (each.code.item_class for each, _ in found if each.code))
    return Readings([_answer(each, parts, known, told) for each, parts in found])


def _read(text: str) -> list[tuple[Reading, tuple[Part, ...]]]:
    return [(each, explain(each.code) if each.code else ()) for each in read_all(text)]


def _answer(each: Reading, parts: tuple[Part, ...], known: dict[str, Product], told: Told) -> Read:
    return Read(
        text=each.text,
        line=each.line,
        joined=each.joined,
        same_as=UNSET if each.same_as is None else each.same_as,
        code=each.code or UNSET,
        parts=parts or UNSET,
        product=known.get(each.code.item_class, UNSET) if each.code else UNSET,
        problem=told(each.refusal) if each.refusal else UNSET,
    )
