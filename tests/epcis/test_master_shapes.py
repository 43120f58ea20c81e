"""Master data without a database: what is read, merged and spelled, and that XML and JSON say the same."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.epcis.master import EPC_CLASS, LOCATION, MDA, made, merged, named, read, vocabulary_list
from zhuisu.epcis.master_capture import of_json, of_xml
from zhuisu.events import EpcFormat, EventType, Party, make, open_xml, write_vocabularies_xml

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CONTEXT = ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"ex": "https://ns.ext.de/"}]

uris = st.from_regex(r"\A(urn:[a-z]{2,5}:[a-zA-Z0-9.:&'-]{1,9}|https://example\.org/[a-z0-9/#]{0,9})\Z")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
numbers = st.integers(-(10**6), 10**6) | st.decimals(-100, 100, places=2).map(float)
names = st.sampled_from(["ex:a", "ex:b", "ex:c", "own", "@ex:d", "#text", "@id", "@language"])
scalars = texts | numbers | st.booleans()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=6
)
attributes = st.fixed_dictionaries(
    {"id": uris | st.sampled_from(["ex:size", f"{MDA}name"])},
    optional={"attribute": texts | numbers | st.dictionaries(names, values, max_size=3), "ex:beside": values},
)
elements = st.fixed_dictionaries(
    {"id": uris},
    optional={
        "attributes": st.lists(attributes, max_size=3),
        "children": st.lists(uris, max_size=3),
        "ex:more": values,
        "ex:other": values,
    },
)


def document(vocabularies: Any) -> bytes:
    header = {"epcisMasterData": {"vocabularyList": vocabularies}}
    return json.dumps({"@context": CONTEXT, "type": "EPCISDocument", "epcisHeader": header}).encode()


@settings(deadline=None)
@given(st.lists(elements, min_size=1, max_size=3, unique_by=lambda one: one["id"]))
def test_xml_says_what_json_says(told: list[dict[str, Any]]) -> None:
    before = vocabulary_list(of_json(document([{"type": LOCATION, "vocabularyElementList": told}])))
    xml = write_vocabularies_xml(before, NOW, "SimpleMasterDataQuery")
    assert vocabulary_list(of_xml(open_xml(xml)[0])) == before


def test_one_id_may_be_told_of_in_parts_and_by_many() -> None:
    pair = [{"id": "urn:epc:id:sgln:4012345.00005.0", "attributes": [{"id": f"{MDA}name", "attribute": "Yard"}]},
            {"id": "https://id.gs1.org/414/4012345000054", "attributes": [{"id": "cbvmda:city", "attribute": "Zibo"}],
             "children": ["urn:x:gate"]}]  # fmt: skip
    (yard,) = read([{"type": LOCATION, "vocabularyElementList": pair}], "")
    mda = "{urn:epcglobal:cbv:mda}"
    assert (yard.attributes, yard.children) == ([(f"{mda}name", "Yard"), (f"{mda}city", "Zibo")], ["urn:x:gate"])
    # However a name is spelled, the better source says it alone, with all its values.
    best = made(LOCATION, yard.uri, {"urn:epcglobal:cbv:mda:city": "淄博"})
    assert merged([best, yard]).attributes == [(f"{mda}city", "淄博"), (f"{mda}name", "Yard")]
    for epc, spelled in {
        EpcFormat.Always_GS1_Digital_Link: "https://id.gs1.org/414/4012345000054",
        EpcFormat.Always_EPC_URN: "urn:epc:id:sgln:4012345.00005.0",
        EpcFormat.Never_Translates: "urn:epc:id:sgln:4012345.00005.0",
    }.items():
        assert vocabulary_list([yard], epc)[0]["vocabularyElementList"][0]["id"] == spelled


def test_a_prefix_bound_twice_differently_keeps_the_better_source_whole() -> None:
    one, other = (
        read([{"type": EPC_CLASS, "vocabularyElementList": [
            {"@context": [{"ex": space}], "id": "urn:x:1", "ex:a": space, f"ex:{space[-1]}": 1,
             "attributes": [{"id": f"urn:x:{space[-1]}", "attribute": {"ex:deep": 1}}, {"id": "urn:x:n", "attribute": 1}]}
        ]}], "")[0]
        for space in ("https://a.example/a", "https://b.example/b")
    )  # fmt: skip
    assert merged([one, other]).tree == one.tree
    assert merged([one, one]) == one


def test_what_events_name() -> None:
    event = make(
        EventType.AggregationEvent,
        time=NOW,
        action="ADD",
        parent="urn:epc:id:sscc:4012345.0000000001",
        children=["urn:epc:id:sgtin:4012345.011111.1"],
        location="urn:epc:id:sgln:4012345.00005.7",
        destinations=[Party(type="location", uri="urn:x:there")],
    )
    root = "https://id.gs1.org"
    assert named(event) == {
        f"{root}/00/040123450000000016",
        f"{root}/01/04012345111118/21/1",
        f"{root}/01/04012345111118",
        f"{root}/414/4012345000054/254/7",
        f"{root}/414/4012345000054",
        "urn:x:there",
    }
