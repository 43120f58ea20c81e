"""Stays between the round trips of the walk level by level, without a database."""

from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from zhuisu.ledger.levels import Edge, Span, Stay, shared, stays
from zhuisu.ledger.model import LAST, Op, Role

CRATE, LORRY = 1, 2


def ev(n: int) -> UUID:
    return UUID(int=n)


def edge(n: int, op: Op, parent: int = CRATE) -> Edge:
    return Edge(ev(n), op, parent)


def ends(*edges: Edge) -> list[tuple[int, int, int]]:
    """(parent, since, until) of each stay; 99 has no end."""
    return [(s.parent, s.since.int, s.until.int) for s in stays(edges, ev(99))]


def test_a_stay_ends_with_the_unpack_of_its_parent_or_the_next_pack() -> None:
    assert ends(edge(1, Op.packed), edge(3, Op.unpacked)) == [(CRATE, 1, 3)]
    assert ends(edge(1, Op.packed), edge(3, Op.unpacked, LORRY)) == [(CRATE, 1, 99)]
    assert ends(edge(1, Op.packed), edge(3, Op.packed, LORRY)) == [(CRATE, 1, 3), (LORRY, 3, 99)]
    assert ends(edge(5, Op.unpacked), edge(1, Op.packed), edge(3, Op.packed)) == [(CRATE, 1, 3), (CRATE, 3, 5)]
    assert ends(edge(1, Op.unpacked), edge(2, Op.packed)) == [(CRATE, 2, 99)]


def test_pack_association_and_quantity_do_not_end_one_another() -> None:
    both = [edge(1, Op.packed), edge(2, Op.associated, LORRY), edge(4, Op.dissociated), edge(5, Op.unpacked, LORRY)]
    assert ends(*both) == [(CRATE, 1, 99), (LORRY, 2, 99)]
    portions = [edge(1, Op.quantity_packed), edge(2, Op.quantity_packed, LORRY), edge(3, Op.quantity_unpacked)]
    assert ends(*portions) == [(CRATE, 1, 3), (LORRY, 2, 99)]
    assert Stay(CRATE, Op.associated, ev(1), ev(2)).emptying is Role.freed
    assert Stay(CRATE, Op.quantity_packed, ev(1), ev(2)).emptying is Role.emptied


def test_a_stay_is_cut_to_the_span_and_to_the_emptying() -> None:
    span = Span(7, ev(10), ev(20))
    for since, until, emptied, expected in (
        (1, 30, None, (10, 20)),
        (12, 15, None, (12, 15)),
        (1, 30, 14, (10, 14)),
        (12, 15, 30, (12, 15)),
        (1, 10, None, None),
        (1, 30, 5, None),
    ):
        found = shared(span, Stay(CRATE, Op.packed, ev(since), ev(until)), ev(emptied) if emptied else None)
        assert found == (Span(CRATE, *map(ev, expected)) if expected else None)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.sampled_from([Op.packed, Op.unpacked]), st.integers(1, 4)), max_size=30)
)
def test_packed_goods_are_in_one_place_at_a_time(drawn: list[tuple[int, Op, int]]) -> None:
    edges = list({n: edge(n, op, parent) for n, op, parent in drawn}.values())
    found = stays(edges, LAST)
    assert [s.since for s in found] == sorted(e.ev for e in edges if e.op is Op.packed)
    assert all(a.until <= b.since for a, b in pairwise(found))
    assert stays(reversed(edges), LAST) == found
