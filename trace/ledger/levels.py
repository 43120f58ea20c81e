"""The walk of ``zhuisu.ledger.store`` level by level, for engines that refuse recursion over shards.

>>> await levels.paths(conn, {code: LAST}) == await store.paths(conn, {code: LAST})   # in some order
True

Two statements a level of containers and two at the end, however many codes are asked for. Each reads by a list of
codes, by which its tables are distributed; between them the stays are cut to measure here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from asyncpg import Record

from zhuisu.db import Connection, queries
from zhuisu.ledger.model import Op, Role
from zhuisu.ledger.store import Step, Window

SQL = queries(__file__, "levels.sql")

FIRST = UUID(int=0)
DEPTH = 16
"""Containers around a code that are followed, as in ``ledger.windows``."""


class Span(NamedTuple):
    """A code from event ``lo`` to event ``hi``."""

    code: int
    lo: UUID
    hi: UUID


class Edge(NamedTuple):
    """In ``ev`` a code was put into ``parent`` or taken out of it."""

    ev: UUID
    op: Op
    parent: int


class Stay(NamedTuple):
    """A code was put into ``parent`` by ``op`` in ``since`` and left, or was put elsewhere, in ``until``."""

    parent: int
    op: Op
    since: UUID
    until: UUID

    @property
    def emptying(self) -> Role:
        """What ends it without naming the child."""
        return Role.freed if self.op is Op.associated else Role.emptied


class Way(NamedTuple):
    """From ``root`` up through ``codes``, the last of them during ``span``."""

    root: int
    span: Span
    codes: tuple[int, ...]


LEAVES = {Op.unpacked: Op.packed, Op.dissociated: Op.associated, Op.quantity_unpacked: Op.quantity_packed}


def stays(edges: Iterable[Edge], end: UUID) -> list[Stay]:
    """The stays that begin with these edges of one code, those without an end until ``end``.

    A way out ends the stay in the same parent only. A pack ends the pack before, an association the association before;
    a quantity of a lot ends nothing, for another quantity may stand elsewhere.
    """
    found = []
    taken_out: dict[tuple[Op, int], UUID] = {}
    put_elsewhere: dict[Op, UUID] = {}
    for edge in sorted(edges, reverse=True):
        if edge.op in LEAVES:
            taken_out[LEAVES[edge.op], edge.parent] = edge.ev
            continue
        until = min(taken_out.get((edge.op, edge.parent), end), put_elsewhere.get(edge.op, end))
        found.append(Stay(edge.parent, edge.op, edge.ev, until))
        if edge.op is not Op.quantity_packed:
            put_elsewhere[edge.op] = edge.ev
    return found[::-1]


def shared(span: Span, stay: Stay, emptied: UUID | None) -> Span | None:
    """When ``span``'s code was in ``stay``'s parent within ``span``; None when it had left before."""
    hi = min(span.hi, stay.until, emptied or span.hi)
    return Span(stay.parent, max(span.lo, stay.since), hi) if hi > span.lo else None


async def paths(conn: Connection, roots: dict[int, UUID]) -> list[Step]:
    """As ``store.paths``."""
    ways = await _climb(conn, roots)
    by_span: dict[Span, list[Way]] = defaultdict(list)
    for way in ways:
        by_span[way.span].append(way)
    spans = list(by_span)
    rows: list[tuple[Record, Role | None, Op | None]] = [
        *((r, Role(r["role"]), None) for r in await _for_each(conn, SQL.touched, spans)),
        *((r, None, Op(r["op"])) for r in await _for_each(conn, SQL.moved, spans)),
    ]
    return [
        Step(way.root, way.span.code, len(way.codes) - 1, row["ev"], role, op)
        for row, role, op in rows
        for way in by_span[spans[row["n"]]]
        if row["ev"] < roots[way.root]
    ]


async def windows(conn: Connection, roots: dict[int, UUID]) -> list[Window]:
    """As ``store.windows``."""
    return [Window(way.root, *way.span, len(way.codes) - 1) for way in await _climb(conn, roots) if len(way.codes) > 1]


async def _climb(conn: Connection, roots: dict[int, UUID]) -> list[Way]:
    """The roots over all time before their bounds, and every container around them while it was."""
    level = [Way(root, Span(root, FIRST, till), (root,)) for root, till in roots.items()]
    found = level
    for _ in range(DEPTH):
        around = await _around(conn, list(dict.fromkeys(way.span for way in level)))
        level = [
            Way(way.root, span, (*way.codes, span.code))
            for way in level
            for span in around[way.span]
            if span.code not in way.codes
        ]
        if not level:
            break
        found = found + level
    return found


async def _around(conn: Connection, spans: Sequence[Span]) -> dict[Span, list[Span]]:
    """Of each span the spans of what it stood in directly."""
    edges: dict[int, list[Edge]] = defaultdict(list)
    for r in await _for_each(conn, SQL.edges, spans):
        edges[r["n"]].append(Edge(r["ev"], Op(r["op"]), r["parent"]))
    inside = [(span, stay) for n, span in enumerate(spans) for stay in stays(edges[n], span.hi) if stay.until > span.lo]
    asked = list(dict.fromkeys((stay.parent, int(stay.emptying), stay.since, stay.until) for _, stay in inside))
    ends = {asked[r["n"]]: r["ev"] for r in await _for_each(conn, SQL.emptied, asked)}
    found: dict[Span, list[Span]] = defaultdict(list)
    for span, stay in inside:
        emptied = ends.get((stay.parent, int(stay.emptying), stay.since, stay.until))
        if within := shared(span, stay, emptied):
            found[span].append(within)
    return found


async def _for_each(conn: Connection, sql: str, asked: Sequence[tuple[object, ...]]) -> list[Record]:
    """The rows of a statement that takes ``asked`` as columns, numbered first, and says ``n`` for which a row is."""
    return await conn.fetch(sql, list(range(len(asked))), *map(list, zip(*asked, strict=True))) if asked else []
