"""A JSON document in pieces is read as it is read whole, wherever it is cut."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu import events
from zhuisu.epcis import stream
from zhuisu.epcis.errors import DocumentTooLarge
from zhuisu.errors import Refusal
from zhuisu.events import BadDocument, BadEvent, Event

STANDARD = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
CONTEXT = [STANDARD, {"ex": "https://example.org/"}]
HEAD = {"schemaVersion": "2.0", "creationDate": "2026-05-01T08:00:00Z"}

Outcome = list[tuple[str, str, Any]]


def event(n: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-05-01T08:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:example:item:{n}"],
        "action": "OBSERVE",
        "bizStep": "shipping",
        **more,
    }


def document(found: list[Any], **more: Any) -> dict[str, Any]:
    return {"@context": CONTEXT, "type": "EPCISDocument", **HEAD, "epcisBody": {"eventList": found}, **more}


def answer(found: list[Any]) -> dict[str, Any]:
    body = {"queryResults": {"queryName": "q", "resultsBody": {"eventList": found}}}
    return {"type": "EPCISQueryDocument", **HEAD, "epcisBody": body, "@context": CONTEXT}


def cut(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def outcome(read: Callable[[], Iterator[Event | BadEvent]]) -> Outcome:
    """What was read, event by event, up to the refusal of the whole."""
    found: Outcome = []
    try:
        for item in read():
            told = (item.where, item.detail) if isinstance(item, BadEvent) else item
            found.append((type(item).__name__, "", told))
    except Refusal as refusal:
        return [("refused", type(refusal).__name__, None)]
    return found


def in_pieces(body: bytes, size: int) -> Iterator[Event | BadEvent]:
    chunks = cut(body, size)
    for _, item in stream.each(stream.survey(chunks, 2000), stream.items(chunks)):
        yield item


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(['"', "\\", "]}", '{"[', "\\u0041", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
one = st.builds(lambda n, value: event(n, **{"ex:more": value}), st.integers(0, 99), odd)
items = st.lists(one | st.builds(lambda n: event(n, bizStep="walking"), st.integers(0, 9)) | odd, max_size=5)
documents = st.one_of(
    st.builds(document, items),
    st.builds(lambda found: {**document(found), "@context": CONTEXT}, items),
    st.builds(lambda found, header: dict(reversed(document(found, epcisHeader={"ex:h": header}).items())), items, odd),
    st.builds(answer, items),
    items.map(lambda found: [{**x, "@context": CONTEXT} if isinstance(x, dict) else x for x in found]),
    one.map(lambda x: {**x, "@context": CONTEXT}),
    odd,
)


@given(documents, st.integers(1, 40), st.booleans(), st.sampled_from([None, 0, 2]))
def test_cut_anywhere_it_says_the_same(tree: Any, size: int, ascii_: bool, indent: int | None) -> None:
    body = json.dumps(tree, ensure_ascii=ascii_, indent=indent).encode("utf-8", "replace")
    assert outcome(lambda: in_pieces(body, size)) == outcome(lambda: events.each(body))


@given(
    documents, st.integers(0, 400), st.sampled_from([b"", b",", b"]", b"}", b'"', b"{", b"1", b"\\", b"\xff", b"\0"])
)
def test_broken_anywhere_it_is_refused_alike(tree: Any, at: int, put: bytes) -> None:
    body = json.dumps(tree).encode()
    at %= len(body)
    body = body[:at] + put + body[at + 1 :]
    whole, pieces = (outcome(read) for read in (lambda: events.each(body), lambda: in_pieces(body, 7)))
    assert pieces == whole or (pieces[0][0], whole[0][0]) == ("refused", "refused")


def test_events_are_numbered_from_where_one_goes_on() -> None:
    body = json.dumps(document([event(n) for n in range(1700)])).encode()
    chunks = cut(body, 1 << 10)
    envelope = stream.survey(chunks, 1700)
    assert (envelope.count, envelope.where) == (1700, "/epcisBody/eventList")
    rest = [n for n, _ in stream.each(envelope, stream.items(chunks), start=601)]
    assert rest == list(range(601, 1700))


def test_a_bad_event_is_pointed_at_far_into_the_document() -> None:
    found = [event(n) for n in range(1700)]
    found[1234]["bizStep"] = "walking"
    for tree, where in ((document(found), "/epcisBody/eventList"), (answer(found), "/epcisBody/queryResults")):
        (bad,) = [item for item in in_pieces(json.dumps(tree).encode(), 999) if isinstance(item, BadEvent)]
        assert bad.where.startswith(where)
        assert bad.where.endswith("/1234/bizStep")


def test_an_event_that_is_not_json_is_pointed_at() -> None:
    body = json.dumps(document([event(n) for n in range(700)])).encode().replace(b"item:650", b"item:\0")
    chunks = cut(body, 100)
    with pytest.raises(events.UnreadableJson) as refused:
        list(stream.each(stream.survey(chunks, 1000), stream.items(chunks)))
    assert refused.value.where == "/epcisBody/eventList/650"


def test_bounds() -> None:
    many = json.dumps(document([event(n) for n in range(11)])).encode()
    with pytest.raises(DocumentTooLarge, match="more than 10 events"):
        stream.survey([many], 10)
    chunk = b"9" * (1 << 20)
    for head in (b'{"epcisHeader":"', b'{"epcisBody":{"eventList":["', b'{"epcisBody":{"eventList":[{"a":"', b"["):
        pieces = (piece for piece in [head, *[chunk] * 20])
        with pytest.raises(DocumentTooLarge):
            stream.survey(pieces, 10)
        assert len(list(pieces)) > 10, "it went on reading"
    assert stream.survey([b" " * (1 << 20)] * 20 + [b"[{}]"], 10).count == 1
    with pytest.raises(BadDocument):
        stream.survey([b" " * (1 << 20)] * 20 + [b"[]"], 10)
