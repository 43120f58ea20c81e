from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.events import BadEvent
from zhuisu.events.context import PLAIN, context, inherit, mark, part, shallow, spelled

from .samples import STANDARD

ENTRIES = st.lists(
    st.sampled_from(
        ["https://far.example/c.jsonld", {"a": "https://a.example/"}, {"b": {"@id": "https://b.example/"}}, mark("a")]
    )
)


@settings(deadline=None)
@given(
    ENTRIES,
    st.none() | ENTRIES.filter(bool).map(lambda entries: [{}, *entries]) | ENTRIES.filter(bool),
    st.sets(st.sampled_from("ab")),
)
def test_what_was_joined_comes_apart(entries: list[Any], own: list[Any] | None, xml: set[str]) -> None:
    assert part(inherit(entries, own, xml)) == (entries, own)
    assert spelled(inherit(entries, own, xml)) == xml


@pytest.mark.parametrize("own", ["https://far.example/c.jsonld", {"a": "https://a.example/"}])
@pytest.mark.parametrize("entries", [[], [{"b": "urn:b:"}]])
def test_an_own_context_alone_keeps_its_shape(entries: list[Any], own: Any) -> None:
    assert part(inherit(entries, own)) == (entries, own)
    assert part(inherit(entries, [own])) == (entries, [own])
    assert part(inherit(entries, own, {"a"})) == (entries, own)
    assert part(inherit(entries, [own], {"a"})) == (entries, [own])
    assert part([*entries, {}, own]) == (entries, [own])


@pytest.mark.parametrize("version", ["", "2.0.0/", "2.0/"])
def test_the_standard_context_is_left_out(version: str) -> None:
    assert context([f"https://ref.gs1.org/standards/epcis/{version}epcis-context.jsonld"]).entries == []


def test_prefixes() -> None:
    scope = context([STANDARD, {"a": "https://a.example/", "b": {"@id": "urn:b:"}, "c": None, "d": {"@type": "@id"}}])
    assert scope.expand("a:x") == "https://a.example/x"
    assert scope.expand("b:x") == "urn:b:x"
    assert [scope.expand(name) for name in ("c:x", "d:x", "e:x", "x", "a://x", "https://a")] == [
        "c:x",
        "d:x",
        "e:x",
        "x",
        "a://x",
        "https://a",
    ]
    assert context({"a": "https://other.example/"}, scope).expand("a:x") == "https://other.example/x"
    assert PLAIN.expand("cbvmda:lotNumber") == "urn:epcglobal:cbv:mda:lotNumber"


@pytest.mark.parametrize("value", [5, None, [5], [None], [[]], True, "no uri", [""]])
def test_no_context(value: Any) -> None:
    with pytest.raises(BadEvent):
        context(value)


def test_depth() -> None:
    nested: Any = 1
    for _ in range(63):
        nested = [nested]
    assert shallow(nested)
    assert not shallow({"a": nested})
    assert shallow({str(i): {"a": [i]} for i in range(100)})
