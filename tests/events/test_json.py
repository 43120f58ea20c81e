import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.errors import Refusal
from zhuisu.events import (
    BadDocument,
    BadEvent,
    Event,
    MissingField,
    UnknownWord,
    UnreadableJson,
    bare_event,
    each,
    hash_id,
    query_document,
    read,
    stored,
)
from zhuisu.events.context import PLAIN

from .samples import GOOD, STANDARD, bare, document, event, events_of

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def returned(events: list[Event]) -> list[dict[str, Any]]:
    return events_of(json.loads(query_document((e.doc for e in events), NOW)))


def test_every_good_vector_comes_out_as_it_went_in(good: Path) -> None:
    body = good.read_bytes()
    events = read(body)
    assert returned(events) == events_of(json.loads(body))
    assert read(query_document((e.doc for e in events), NOW)) == events
    assert [stored(e.doc) for e in events] == events


def test_nothing_is_remembered_beyond_a_document() -> None:
    (one,) = read(document(event()))
    stored(one.doc)
    (other,) = read(document({**event(), "type": "https://ns.example.com/Feeding"}))
    hash_id(other)
    assert PLAIN.seen == {}


def test_every_bad_vector_is_refused_with_its_place_and_mend(bad: Path) -> None:
    with pytest.raises((BadDocument, BadEvent)) as caught:
        read(bad.read_bytes())
    tree = json.loads(bad.read_bytes())
    *path, last = caught.value.where.split("/")[1:]
    for token in path:  # the pointer's parent exists; its last token may name what is missing
        tree = tree[int(token) if isinstance(tree, list) else token]
    assert isinstance(tree, dict) or int(last) < len(tree)
    assert caught.value.mend
    assert caught.value.facts["rule"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"{} {}", "trailing"),
        (b'{"a": NaN}', "invalid"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "UTF-8"),
        (rb'{"a": "\ud800"}', "truncated"),
        (b'{"a": "b\x00"}', "invalid"),
        (rb'{"a": "b\u0000"}', "NUL"),
        (rb'{"a\u0000": 1}', "NUL"),
        (rb'{"a": "\\\u0000"}', "NUL"),
        (b'{"a": 1, "a": 1}', "'a' stands twice"),
        (b'{"a": {"b": 1, "c": [{"d": 1, "d": 2}]}}', "'d' stands twice"),
        (rb'{"a": 1, "\u0061": "\u0022"}', "'a' stands twice"),
        (b'{"a"\n: 1, "a" : ": "}', "'a' stands twice"),
        (b"[" * 10_000 + b"]" * 10_000, "deeply"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "deeply"),
        (b"[1" + b"0" * 10_000 + b"]", "out of range"),
        (b"[1e999999999999999999999]", "beyond reason"),
    ],
)
def test_what_is_not_plain_json_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(UnreadableJson, match=says):
        read(body)


def test_texts_that_only_look_like_faults_are_read() -> None:
    tree = event(
        **{"example:a": ':"', "example:b": "\\u0000", "example:c": '"a":1,"a":2', "example:d": "é \u00b7 \U0001f95a"}
    )
    for body in (
        document(tree),
        json.dumps(json.loads(document(tree)), separators=(",", " \n : ")).encode(),
        json.dumps(json.loads(document(tree)), indent=1).encode(),
    ):
        assert returned(read(body)) == [tree]
    assert read(b"\xef\xbb\xbf" + document(tree)) == read(document(tree))


@pytest.mark.parametrize(
    "body", [b"1", b'"x"', b"null", b"{}", b'{"type": "Foo"}', b'{"type": []}', b'{"type": {"a": 1}}']
)
def test_json_that_is_no_document_is_refused(body: bytes) -> None:
    with pytest.raises(BadDocument):
        read(body)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"context": None}, "/@context"),
        ({"context": 7}, "/@context"),
        ({"context": [None]}, "/@context"),
        ({"context": {"x": "y" * 20_000}}, "/@context"),
        ({"schemaVersion": None}, "/schemaVersion"),
        ({"schemaVersion": "two"}, "/schemaVersion"),
        ({"creationDate": "yesterday"}, "/creationDate"),
        ({"creationDate": None}, "/creationDate"),
        ({"epcisBody": None}, "/epcisBody"),
        ({"epcisBody": {}}, "/epcisBody/eventList"),
        ({"epcisBody": {"eventList": {}}}, "/epcisBody/eventList"),
        ({"unknown": 1}, "/unknown"),
        ({"id": "no uri"}, "/id"),
        ({"type": "EPCISQueryDocument"}, "/epcisBody/eventList"),
    ],
)
def test_a_faulty_envelope_is_refused_where_it_is_wrong(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(BadDocument) as caught:
        read(document(event(), **fields))
    assert caught.value.where == where


def test_a_document_may_carry_fields_with_a_prefix_and_no_event() -> None:
    assert read(document(**{"example:note": {"any": ["thing"]}})) == []


def test_bare_events_and_arrays_bring_their_context() -> None:
    assert read(bare(event())) == read(document(event()))
    assert read(b"[%s,%s]" % (bare(event()), bare(event()))) == read(document(event(), event()))
    for body, where in (
        (json.dumps(event()).encode(), "/@context"),
        (b"[%s,{}]" % bare(event()), "/1/@context"),
        (b"[3]", "/0"),
    ):
        with pytest.raises(BadEvent) as caught:
            read(body)
        assert caught.value.where == where


def test_each_tells_the_good_from_the_bad() -> None:
    found = list(each(document(event(), event(bizStep="transforming"), 5, event(action=None), event())))
    assert [type(x) for x in found] == [Event, UnknownWord, BadEvent, MissingField, Event]
    assert [x.where for x in found if isinstance(x, BadEvent)] == [
        "/epcisBody/eventList/1/bizStep",
        "/epcisBody/eventList/2",
        "/epcisBody/eventList/3/action",
    ]


def test_an_event_keeps_only_the_context_it_uses() -> None:
    context = [
        STANDARD,
        {"ext1": "https://ext1.example/"},
        {"ext2": "https://ext2.example/"},
        "https://far.example/c.jsonld",
    ]
    plain, used = read(document(event(), event(**{"ext2:grade": "A"}), context=context))
    assert json.loads(plain.doc)["@context"] == ["https://far.example/c.jsonld", {}]
    assert json.loads(used.doc)["@context"] == [{"ext2": "https://ext2.example/"}, "https://far.example/c.jsonld", {}]
    (lean,) = read(document(event(), context=[STANDARD, {"ext1": "https://ext1.example/"}]))
    assert json.loads(lean.doc) == event()


def test_one_prefix_with_two_meanings_stays_apart() -> None:
    tree = event(**{"x:grade": "A"})
    docs = [
        read(document(tree, context=[STANDARD, {"x": iri}]))[0].doc
        for iri in ("https://one.example/", "https://two.example/")
    ]
    out = json.loads(query_document(docs, NOW))
    first, second = events_of(out)
    assert out["@context"] == [STANDARD, {"x": "https://one.example/"}]
    assert first == tree
    assert second == {**tree, "@context": [{"x": "https://two.example/"}]}
    assert [e.doc for e in read(query_document(docs[:1], NOW))] == docs[:1]


def test_a_bare_event_says_all_its_context() -> None:
    tree = event(**{"a:x": 1, "b:y": 2, "@context": [{"b": "https://b.example/"}]})
    (one,) = read(document(tree, context=[STANDARD, {"a": "https://a.example/"}]))
    alone = json.loads(bare_event(one.doc))
    assert alone == {**tree, "@context": [STANDARD, {"a": "https://a.example/"}, {"b": "https://b.example/"}]}
    assert read(bare_event(one.doc))[0].epcs == one.epcs


def test_numbers_keep_their_digits() -> None:
    body = document(event(quantityList=[{"epcClass": "a:b", "quantity": 7.25, "uom": "KGM"}]))
    body = body.replace(b"7.25", b"0.10000000000000000000000000000000000001")
    (one,) = read(body)
    assert str(one.quantities[0].quantity) == "0.10000000000000000000000000000000000001"
    assert b"0.10000000000000000000000000000000000001" in one.doc


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["ADD", "a:b", STANDARD]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def refused_or_read(body: bytes) -> None:
    try:
        events = read(body)
    except Refusal as refusal:
        assert refusal.detail  # noqa: PT017  any other exception is the failure this looks for
    else:
        assert [stored(e.doc) for e in events] == events


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    refused_or_read(body)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(tree: Any) -> None:
    refused_or_read(json.dumps(tree).encode())
    refused_or_read(document(tree))
    refused_or_read(document(event(), context=tree))


@settings(deadline=None)
@given(st.sampled_from(sorted(event())) | st.text(max_size=8), JSON)
def test_any_value_in_any_field_is_read_or_refused(name: str, value: Any) -> None:
    refused_or_read(document(event(**{name: value})))


@pytest.mark.skipif(not GOOD, reason="the published documents are not beside this checkout (../shared/conformance)")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(range(len(GOOD) or 1)), st.randoms(use_true_random=False), JSON)
def test_a_bent_vector_is_read_or_refused(at: int, rng: random.Random, value: Any) -> None:
    """Replace or drop any one place of a valid document."""
    tree = json.loads(GOOD[at].read_bytes())
    spot: Any = tree
    while True:
        key = rng.choice(list(spot) if isinstance(spot, dict) else range(len(spot)))
        inner = spot[key]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.1:
            break
        spot = inner
    if rng.random() < 0.3:
        del spot[key]
    else:
        spot[key] = value
    refused_or_read(json.dumps(tree).encode())


def test_a_prefix_that_one_event_binds_means_nothing_in_another() -> None:
    """A prefix that no context binds, and one that the standard context does."""
    said = {"zz:a": "1", "gs1:b": "2"}
    unbound = read(document(event(**said, eventID="urn:x:1")))
    own = {"zz": "https://zz.org/", "gs1": "https://gs1.example/"}
    bound = read(document(event(**said, eventID="urn:x:2"), context=[STANDARD, own]))
    for docs in ([*unbound, *bound], [*bound, *unbound]):
        answer = query_document([one.doc for one in docs], NOW)
        again = {one.event_id: one for one in read(answer)}
        assert {one.event_id: hash_id(one) for one in docs} == {name: hash_id(one) for name, one in again.items()}
        assert json.loads(answer)["@context"] == [STANDARD]
    assert json.loads(query_document([one.doc for one in bound], NOW))["@context"] == [STANDARD, own]


FAR = "https://far.example/c.jsonld"
VOCAB = {"@vocab": "https://v.example/", "v": "https://v.example/"}


@pytest.mark.parametrize("sweeping", [FAR, VOCAB])
def test_a_context_that_may_bind_anything_stays_with_its_event(sweeping: Any) -> None:
    """Else it would say what ``plain`` of the other event means, or mean something else by ``y``."""
    (one,) = read(document(event(**{"x:a": 1, "v:b": 2}), context=[STANDARD, {"x": "https://x.example/"}, sweeping]))
    (two,) = read(document(event(**{"y:a": {"plain": 1}}), context=[STANDARD, {"y": "https://y.example/"}]))
    (three,) = read(document(event()))
    for docs in ([one, two], [two, one], [one, three]):
        out = json.loads(query_document([e.doc for e in docs], NOW))
        own = {"x:a" in told: told.get("@context") for told in events_of(out)}
        assert own == {True: [{"x": "https://x.example/"}, sweeping], False: None}
        assert out["@context"] == [STANDARD, *([{"y": "https://y.example/"}] if two in docs else [])]
        assert {hash_id(e) for e in read(json.dumps(out).encode())} == {hash_id(e) for e in docs}


def test_a_context_that_all_have_is_shared_in_its_order() -> None:
    """What stands before a remote context, that may overrule; what stands behind overrules it."""
    x, y, z = ({prefix: f"https://{prefix}.example/"} for prefix in "xyz")
    around = [STANDARD, x, FAR, y, VOCAB, z]
    names = [{"x:a": 1}, {"y:a": 1, "x:a": 2}, {"z:a": 1}, {}]
    docs = [e.doc for e in read(document(*(event(**told) for told in names), context=around))]
    for order in (docs, docs[::-1]):
        out = json.loads(query_document(order, NOW))
        assert out["@context"] == around
        assert [told.get("@context") for told in events_of(out)] == [None] * 4
    (other,) = read(document(event(**{"x:a": 1}), context=[STANDARD, FAR, x, VOCAB]))
    out = json.loads(query_document([*docs, other.doc], NOW))
    assert [told.get("@context") for told in events_of(out)] == [None] * 4 + [[FAR, x, VOCAB]]


def test_a_term_that_one_event_binds_means_nothing_in_another() -> None:
    (one,) = read(document(event(**{"y:a": {"plain": 1}}), context=[STANDARD, {"y": "https://y.example/"}]))
    (two,) = read(document(event(**{"plain:a": {"plain": 1}}), context=[STANDARD, {"plain": "https://p.example/"}]))
    for docs in ([one, two], [two, one]):
        out = json.loads(query_document([e.doc for e in docs], NOW))
        assert out["@context"] == [STANDARD, {"y": "https://y.example/"}]
    (bare,) = read(document(event(**{"y:a": {"plain": 1}}), context=[STANDARD, VOCAB, {"plain": "https://p.example/"}]))
    assert json.loads(bare.doc)["@context"] == [VOCAB, {"plain": "https://p.example/"}, {}]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"a": "' + b"x" * 1237 + b'\xff"}', "byte 1244"),
        (b'{"a": [1, {"b": {"c/d": 1, "c/d": 2}}]}', "/a/1/b/c~1d"),
        (b'{"a": [0, ' + b"9" * 5000 + b"]}", "/a/1"),
        (b'{"a": 1', "byte 7"),
        (b'{"a": 1} x', "byte 10"),
    ],
)
def test_json_that_cannot_be_read_says_where(body: bytes, where: str) -> None:
    with pytest.raises(UnreadableJson) as caught:
        read(body)
    assert caught.value.where == where


def test_an_empty_object_and_an_empty_array_are_no_document() -> None:
    for body, said in ((b"{}", "type is missing"), (b"[]", "an array without an event")):
        with pytest.raises(BadDocument, match=said):
            read(body)


def test_other_versions_and_the_spelling_of_xml_are_refused() -> None:
    for version in ("3.0", "1.2", "20"):
        with pytest.raises(BadDocument, match=r"2\.0") as caught:
            read(document(event(), schemaVersion=version))
        assert caught.value.where == "/schemaVersion"
    report = {"sensorElementList": [{"sensorReport": [{"type": "https://gs1.org/voc/Foo"}]}]}
    for fields in (
        {"bizStep": "urn:epcglobal:cbv:bizstep:shipping"},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-nonsense"},
        {"bizStep": "cbv:BizStep-nonsense"},
        report,
    ):
        with pytest.raises(BadEvent):
            read(document(event(**fields)))
        kept = json.dumps(event(**fields)).encode()
        assert stored(kept).doc == kept  # as it could be captured once


def test_a_prefix_means_an_absolute_uri() -> None:
    for value in ("not a uri [", {"@id": "relative"}):
        with pytest.raises(BadDocument, match="prefix 'p'") as caught:
            read(document(event(), context=[STANDARD, {"p": value}]))
        assert caught.value.where == "/@context/p"


def test_an_epcis_body_has_room_for_any_member() -> None:
    """So the official file says of an EPCISDocument; of query results it does not."""
    tree = json.loads(document(event()))
    tree["epcisBody"] |= {"_c": 1, "x:y": {"a": []}}
    assert len(read(json.dumps(tree).encode())) == 1
    results = {"queryName": "q", "resultsBody": tree.pop("epcisBody")}
    for results["resultsBody"] in ({"eventList": [], "_c": 1}, {"eventList": []}):
        body = {"queryResults": results} | ({} if "_c" in results["resultsBody"] else {"_c": 1})
        with pytest.raises(BadDocument):
            read(json.dumps({**tree, "type": "EPCISQueryDocument", "epcisBody": body}).encode())
    with pytest.raises(BadDocument) as caught:
        read(json.dumps({**tree, "epcisBody": {"_c": 1}}).encode())
    assert caught.value.where == "/epcisBody/eventList"
