"""Master data over HTTP: captured in headers, given back with events and by query, seen by those who may."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx

from tests.scan.conftest import GTIN, ITEM, Actor, District, box
from zhuisu.events import Event, Party, Quantity, is_xml, open_xml

STANDARD = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
VTYPE, MDA, OURS = "urn:epcglobal:epcis:vtype:", "urn:epcglobal:cbv:mda#", "urn:zhuisu:ns:"
YARD = "https://id.gs1.org/414/4012345000054"
MASTER = {"Prefer": "master-data"}
LD = {"Content-Type": "application/ld+json"}


def element(id_: str, *children: str, **attributes: Any) -> dict[str, Any]:
    told = [{"id": f"{MDA}{name}", "attribute": value} for name, value in attributes.items()]
    return {"id": id_} | ({"attributes": told} if told else {}) | ({"children": [*children]} if children else {})


def places(*elements: dict[str, Any], kind: str = "Location") -> dict[str, Any]:
    return {"type": f"{VTYPE}{kind}", "vocabularyElementList": [*elements]}


def document(vocabularies: Any, *events: Event, context: Any = STANDARD) -> dict[str, Any]:
    return {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-01T08:00:00Z",
        "epcisHeader": {"epcisMasterData": {"vocabularyList": vocabularies}},
        "epcisBody": {"eventList": [json.loads(event.doc) for event in events]},
    }


async def send(actor: Actor, body: Any, status: int = 202, **headers: str) -> httpx.Response:
    xml = isinstance(body, str)
    media = "application/xml" if xml else "application/ld+json"
    answer = await actor.http.post(
        "/epcis/capture",
        content=body if xml else json.dumps(body),
        headers=actor.headers | {"Content-Type": media} | headers,
    )
    assert answer.status_code == status, answer.text
    return answer


async def get(actor: Actor, path: str, status: int = 200, **headers: str) -> httpx.Response:
    answer = await actor.http.get(path, headers=actor.headers | headers)
    assert answer.status_code == status, answer.text
    return answer


def told(answer: httpx.Response) -> dict[str, dict[str, Any]]:
    """Attributes by id, then by the last part of their name."""
    if is_xml(answer.content):
        found, _ = open_xml(answer.content)
        lists = found.vocabularies or found.header["epcisMasterData"]["vocabularyList"]
    else:
        lists = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["vocabularyList"]
    return {
        one["id"]: {a["id"].replace("#", ":").rpartition(":")[2]: a["attribute"] for a in one.get("attributes", [])}
        | ({"children": one["children"]} if "children" in one else {})
        for vocabulary in lists
        for one in vocabulary["vocabularyElementList"]
    }


async def known(actor: Actor, text: str = "", **headers: str) -> dict[str, dict[str, Any]]:
    return told(await get(actor, f"/epcis/vocabularies?{text}", **headers))


async def test_captured_told_and_superseded(district: District) -> None:
    d = district
    seen = d.seen(2, "maker", "storing", [box(1)], location=YARD, read_point=d.maker.place)
    urn = "urn:epc:id:sgln:4012345.00005.0"
    body = document(
        [places(element(urn, "urn:x:gate", name="North yard", countryCode="DE", latitude=1.5)),
         places(element(f"urn:epc:idpat:sgtin:6901234.{GTIN[0]}56789.*", descriptionShort="Eggs"), kind="EPCClass")],
        seen,
    )  # fmt: skip
    await send(d.maker, body)
    whole = {"name": "North yard", "countryCode": "DE", "latitude": 1.5, "children": ["urn:x:gate"]}
    assert await known(d.maker, f"EQ_name={urn}") == {YARD: whole}
    never = await known(d.maker, f"EQ_name={YARD}", **{"GS1-EPC-Format": "Never_Translates"})
    assert list(never) == [urn]
    assert await known(d.maker, f"EQ_name={YARD}", Accept="application/xml") == {YARD: whole}
    # Captured again it changes nothing; a new word replaces the old one, which is kept.
    await send(d.maker, body)
    await send(d.maker, document([places(element(YARD, name="Yard 1"))]))
    assert await known(d.maker, f"EQ_name={YARD}&includeChildren=false") == {YARD: {"name": "Yard 1"}}
    history = (await get(d.maker, f"/epcis/vocabularies?EQ_name={YARD}&includeHistory=true")).json()
    (vocabulary,) = history["epcisBody"]["queryResults"]["resultsBody"]["vocabularyList"]
    said = [(x["zhuisu:saidBy"], x["attributes"][0]["attribute"]) for x in vocabulary["vocabularyElementList"]]
    assert said == [(d.maker.uscc, "Yard 1"), (d.maker.uscc, "North yard")]
    # With the events on request only; the registers' words are there too, and the answer keeps to the schema.
    plain = await get(d.maker, "/epcis/events")
    assert "vocabularyList" not in plain.text
    assert "Preference-Applied" not in plain.headers
    for media in ("application/ld+json", "application/xml"):
        for path in ("/epcis/events", f"/epcis/events/{quote(plain_id(plain), safe='')}"):
            answer = await get(d.maker, path, Accept=media, **MASTER)
            assert answer.headers["Preference-Applied"] == "master-data"
            found = told(answer)
            assert found[YARD] == {"name": "Yard 1"}
            assert found[d.maker.place]["name"] == "maker 1"
            assert found[ITEM]["descriptionShort"] == "Eggs"
    # The JSON schema knows no header in a query document, and wants an eventList beside any vocabularyList.
    for path in ("/epcis/events", "/epcis/vocabularies"):
        tree = (await get(d.maker, path, **MASTER)).json()
        assert {*tree} == {"@context", "type", "schemaVersion", "creationDate", "epcisBody"}
        assert {*tree["epcisBody"]["queryResults"]["resultsBody"]} == {"eventList", "vocabularyList"}


def plain_id(answer: httpx.Response) -> str:
    (event,) = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return str(event["eventID"])


async def test_nothing_is_lost_between_json_and_xml(district: District) -> None:
    d = district
    rich: dict[str, Any] = {
        "id": "urn:x:hall",
        "attributes": [
            {"id": f"{MDA}name", "attribute": 'Hall <1> & "2"'},
            {"id": f"{MDA}name", "attribute": "大厅"},
            {"id": "ex:size", "attribute": 12.50},
            {"id": "urn:x:none"},
            {"id": "urn:x:whole", "attribute": {"ex:wide": 3, "ex:open": ["a", "b"], "@id": "urn:x:id"}},
            {"id": "urn:x:control", "attribute": "a\u0001b", "ex:beside": True},
        ],
        "children": ["urn:x:hall:1", "urn:epc:id:sgln:4012345.00005.7"],
        "ex:floor": {"#text": "2", "@ex:unit": "m"},
    }  # fmt: skip
    await send(d.maker, document([places(rich)], context=[STANDARD, {"ex": "https://example.org/ns/"}]))
    never = {"GS1-EPC-Format": "Never_Translates"}
    before = (await get(d.maker, "/epcis/vocabularies?EQ_name=urn:x:hall", **never)).json()
    xml = (await get(d.maker, "/epcis/vocabularies?EQ_name=urn:x:hall", Accept="application/xml", **never)).text
    await send(d.maker, document([places(element("urn:x:hall", name="gone"))]))
    await send(d.maker, xml)
    after = (await get(d.maker, "/epcis/vocabularies?EQ_name=urn:x:hall", **never)).json()
    assert after["epcisBody"] == before["epcisBody"]
    (vocabulary,) = after["epcisBody"]["queryResults"]["resultsBody"]["vocabularyList"]
    (back,) = vocabulary["vocabularyElementList"]
    rich["attributes"][2]["id"] = "https://example.org/ns/size"
    assert back == rich | {"@context": [{"ex": "https://example.org/ns/"}]}


async def test_bad_headers_are_refused(district: District) -> None:
    d = district
    at = "/epcisHeader/epcisMasterData/vocabularyList"
    one = {"type": f"{VTYPE}Location", "vocabularyElementList": [element("urn:x:a", name="A")]}
    for wrong, where in (
        ({}, at),
        (["x"], f"{at}/0"),
        ([{"vocabularyElementList": []}], f"{at}/0/type"),
        ([{"type": "Location"}], f"{at}/0/type"),
        ([one, places({"attributes": []})], f"{at}/1/vocabularyElementList/0/id"),
        ([places({"id": "urn:x:a", "attributes": [{"id": "name"}]})], f"{at}/0/vocabularyElementList/0/attributes/0/id"),
        ([places({"id": "urn:x:a", "attributes": [{"id": "urn:x:n", "attribute": [1]}]})],
         f"{at}/0/vocabularyElementList/0/attributes/0/attribute"),
        ([places({"id": "urn:x:a", "children": ["urn:x:b", "c"]})], f"{at}/0/vocabularyElementList/0/children/1"),
    ):  # fmt: skip
        for how in ("rollback", "proceed"):
            body = document(wrong, d.seen(2, "maker", "storing", [box(1)]))
            problem = (await send(d.maker, body, 400, **{"GS1-Capture-Error-Behaviour": how})).json()
            assert (problem["reason"], problem["where"]) == ("/problems/epcis/bad-master-data", where)
            assert problem["type"] == "epcisException:ValidationException"
    padded = document([places({"id": "no URI"})]) | {"sender": "x" * 1_100_000}
    assert (await send(d.maker, padded, 400)).json()["where"] == f"{at}/0/vocabularyElementList/0/id"
    xml = XML.replace('id="urn:x:site"', 'id="site"')
    problem = (await send(d.maker, xml, 400)).json()
    assert (problem["where"], problem["line"]) == (f"{at}/0/vocabularyElementList/0/id", 6)
    assert "line 8" in (await send(d.maker, XML.replace("<id>urn:x:in</id>", "<child>x</child>"), 400)).json()["detail"]
    assert await d.maker.events() == []
    assert await known(d.maker, "EQ_name=urn:x:a") == {}
    long = XML.replace("<EPCISHeader>", f"<EPCISHeader><x:pad xmlns:x='urn:x:x'>{'x' * 1_100_000}</x:pad>")
    at_work = (await send(d.maker, long)).headers["Location"]
    while (job := (await get(d.maker, at_work)).json())["running"]:
        pass
    assert await known(d.maker, "EQ_name=urn:x:site") == {"urn:x:site": {"name": "Old", "children": ["urn:x:in"]}}
    # What else a header says belongs to the sending, and stays with its job.
    assert len(job["document"]["epcisHeader"].pop("x:pad")) == 1_100_000
    assert job["document"] == {
        "@context": [{"x": "urn:x:x"}, {"sbdh": SBDH}],
        "type": "EPCISDocument",
        "schemaVersion": "1.2",
        "creationDate": "2026-05-01T08:30:00Z",
        "epcisHeader": {"sbdh:StandardBusinessDocumentHeader": {"sbdh:HeaderVersion": "1.0"}},
    }
    more = {"sender": "urn:x:sender", "instanceIdentifier": "7"}
    own = document([places(element("urn:x:site"))]) | more
    own["epcisHeader"] |= {"ex:route": ["a", 10**20 + 0.5]}
    own["epcisBody"] |= {"ex:seal": {"n": 1}}
    own["@context"] = [STANDARD, {"ex": "https://example.org/ns/"}]
    sent = json.dumps(own).replace(json.dumps(10**20 + 0.5), "1.50000000000000000000007")
    answer = await d.maker.http.post("/epcis/capture", content=sent, headers=d.maker.headers | LD)
    job = json.loads((await get(d.maker, answer.headers["Location"])).text, parse_float=str)
    about = ("@context", "type", "schemaVersion", "creationDate")
    assert job["document"] == {name: own[name] for name in about} | more | {
        "epcisHeader": {"ex:route": ["a", "1.50000000000000000000007"]},
        "epcisBody": {"ex:seal": {"n": 1}},
    }
    plain = (await send(d.maker, document([places(element("urn:x:site"))]))).headers["Location"]
    assert "document" not in (await get(d.maker, plain)).json()
    assert not any("document" in one for one in (await get(d.maker, "/epcis/capture")).json())


SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
XML = f"""<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-05-01T08:30:00Z">
<EPCISHeader><sbdh:StandardBusinessDocumentHeader xmlns:sbdh="{SBDH}"><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>
</sbdh:StandardBusinessDocumentHeader>
<extension><EPCISMasterData><VocabularyList>
<Vocabulary type="{VTYPE}Location"><VocabularyElementList>
<VocabularyElement id="urn:x:site">
<attribute id="{MDA}name">Old</attribute>
<children><id>urn:x:in</id></children>
</VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader>
<EPCISBody><EventList/></EPCISBody></epcis:EPCISDocument>"""


async def test_who_is_told_what(district: District) -> None:
    """The maker sends a box to the shop, and says in the header what it thinks of four places."""
    d = district
    header = [
        places(
            element(YARD, name="Yard"),
            element("urn:x:secret", name="Not for the shop"),
            element(d.shop.place, name="A wrong name", state="Shandong"),
        ),
        places(element(f"urn:zhuisu:party:obj:{d.market.uscc}", name="Another market"), kind="Party"),
    ]
    sent = d.seen(
        24, "maker", "shipping", [box(1)], read_point=YARD, destinations=[Party(type="location", uri=d.shop.place)]
    )
    await send(d.maker, document(header, sent, d.seen(20, "maker", "storing", [box(2)], read_point="urn:x:secret")))
    await d.shop.capture(d.seen(2, "shop", "receiving", [box(1)]))
    ids = f"EQ_name={YARD}|urn:x:secret|{d.shop.place}|{d.maker.place}"
    everything = {YARD: "Yard", "urn:x:secret": "Not for the shop", d.shop.place: "shop 1", d.maker.place: "maker 1"}
    for who, expected in (
        (d.maker, everything | {d.shop.place: "A wrong name"}),
        (d.shop, {YARD: "Yard", d.shop.place: "shop 1"}),  # by the event it may see; its own name is the register's
        (d.market, {}),
        (d.city, everything),
        (d.county, {}),
        (d.admin, everything),
    ):
        assert {uri: x["name"] for uri, x in (await known(who, ids)).items()} == expected
    assert (await known(d.shop, f"EQ_name={d.shop.place}"))[d.shop.place]["state"] == "Shandong"
    market = f"urn:zhuisu:party:obj:{d.market.uscc}"
    names = [(await known(who, f"EQ_name={market}")).get(market, {}).get("name") for who in (d.maker, d.shop, d.market)]
    assert names == ["Another market", None, "示范market"]
    # With the event that it received, the shop learns what the register says of the sender's place too.
    page = told(await get(d.shop, f"/epcis/events?MATCH_epc={box(1)}", **MASTER))
    assert {uri: page[uri]["name"] for uri in (YARD, d.maker.place, d.shop.place)} == {
        YARD: "Yard", d.maker.place: "maker 1", d.shop.place: "shop 1",
    }  # fmt: skip
    # So do questions: an attribute is asked for where it may be read, event by event.
    for who, text, count in (
        (d.shop, "HASATTR_readPoint=cbvmda:name", 1),
        (d.shop, "EQ_ATTR_readPoint_cbvmda:name=Yard", 1),
        (d.maker, "HASATTR_readPoint=cbvmda:name", 2),
        (d.shop, "EQ_ATTR_destination_cbvmda:state=Shandong", 1),
        (d.shop, "EQ_ATTR_destination_cbvmda:name=shop+1", 1),
        (d.maker, "EQ_ATTR_destination_cbvmda:name=A+wrong+name", 0),
        (d.shop, "HASATTR_source=cbvmda:name", 0),
    ):
        assert len(await who.events(text)) == count, text


async def test_queries(district: District) -> None:
    d = district
    product = {"code": GTIN, "name": "鲜鸡蛋", "specification": "30 枚", "maker": "示范maker", "category": "egg"}
    assert (await d.maker.http.post("/products", json=product, headers=d.maker.headers)).status_code == 200
    gates = [element(f"urn:x:gate:{n}", name=f"Gate {n}", floor=n) for n in range(5)]
    await send(
        d.maker,
        document(
            [
                places(element("urn:x:yard", "urn:x:hall", name="Yard"), element("urn:x:hall", "urn:x:gate:1", "urn:x:yard")),
                places(*gates, kind="ReadPoint"),
            ]
        ),
    )  # fmt: skip
    eggs = await known(d.market, "vocabularyName=EPCClass")
    assert eggs == {
        ITEM: {
            "descriptionShort": "鲜鸡蛋",
            "netContentDescription": "30 枚",
            "manufacturerOfTradeItemPartyName": "示范maker",
            "category": "egg",
        }
    }
    own = set(await known(d.maker, "vocabularyName=ReadPoint"))
    assert own == {*(g["id"] for g in gates), d.maker.place}
    assert await known(d.maker, "EQ_name=urn:x:yard&includeAttributes=false&includeChildren=false") == {
        "urn:x:yard": {}
    }
    assert await known(d.maker, "EQ_name=urn:x:gate:1&attributeNames=cbvmda:floor") == {"urn:x:gate:1": {"floor": 1}}
    for text, expected in {
        "WD_name=urn:x:yard": {"urn:x:yard", "urn:x:hall", "urn:x:gate:1"},  # a circle, walked once
        "WD_name=urn:x:gate:1": {"urn:x:gate:1"},
        "WD_name=urn:x:yard&EQ_name=urn:x:gate:1|urn:x:gate:2": {"urn:x:gate:1"},
        f"WD_name={d.maker.place.rpartition('.')[0]}": {d.maker.place},
        "vocabularyName=ReadPoint&HASATTR=cbvmda:floor": {g["id"] for g in gates},
        f"EQATTR_{quote(MDA)}name=Gate+1|Yard": {"urn:x:yard", "urn:x:gate:1"},
        "EQATTR_cbvmda:floor=3&EQ_ATTR_cbvmda:name=Gate+3": {"urn:x:gate:3"},
        "vocabularyName=Party&HASATTR=cbvmda:name": {f"urn:zhuisu:party:obj:{d.maker.uscc}"},
        "vocabularyName=Disposition": set(),
    }.items():
        assert set(await known(d.maker, text)) == expected, text
    found, path = [], "/epcis/vocabularies?vocabularyName=ReadPoint|Party&perPage=2"
    while path:
        answer = await get(d.maker, path)
        found += [*told(answer)]
        path = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert found == [f"urn:zhuisu:party:obj:{d.maker.uscc}", *sorted(own)]
    for text, kind in {
        "maxElementCount=5&vocabularyName=ReadPoint": "query-too-large",
        "EQ_id=x": "unknown-parameter",
        "perPage=0": "bad-parameter",
        "EQ_name=x": "bad-parameter",
        "includeAttributes=yes": "bad-parameter",
        "includeAttributes=true&includeAttributes=true": "bad-parameter",
        "HASATTR=who:knows": "unbound-prefix",
        "EQ_name=": "bad-parameter",
        "nextPageToken=abc": "bad-token",
    }.items():
        answer = await d.maker.http.get(f"/epcis/vocabularies?{text}", headers=d.maker.headers)
        assert answer.json()["reason"] == f"/problems/epcis/{kind}", answer.text
    assert len(await known(d.maker, "maxElementCount=6&vocabularyName=ReadPoint")) == 6


async def test_the_hierarchy_in_queries_for_events(district: District) -> None:
    """Whose word counts for what lies in a place: the caller's, that of those it oversees, and of the place's holder."""
    d = district
    site = {"name": "maker 2", "gln": "6901234000016"}
    made = await d.maker.http.post(f"/parties/{d.maker.uscc}/sites", json=site, headers=d.maker.headers)
    works, line = made.json()["uri"], "urn:x:line"
    await d.maker.capture(
        d.seen(5, "maker", "storing", [box(1)], event_id="urn:x:1", location=f"{works}/254/9"),
        d.seen(4, "maker", "storing", [box(2)], event_id="urn:x:2", location=line, read_point="urn:x:arm"),
        d.seen(3, "maker", "storing", [box(3)], event_id="urn:x:3", location=f"{YARD}/254/1"),
    )
    organisation = d.maker.place.rpartition(".")[0]
    asked = f"WD_bizLocation={works}", f"WD_bizLocation={organisation}", "WD_readPoint=urn:x:line"

    async def ids(who: Actor, text: str) -> list[int]:
        return sorted(int(event["eventID"][-1]) for event in await who.events(text))

    assert [await ids(d.maker, text) for text in asked] == [[1], [1], []]
    await send(d.market, document([places(element(works, "urn:x:line", YARD))]))
    assert [await ids(d.maker, text) for text in asked] == [[1], [1], []]  # a stranger's word does not count
    await send(d.maker, document([places(element(f"{works}/254/9", line), element(line, YARD, "urn:x:arm", works))]))
    for who in (d.maker, d.admin):
        assert [await ids(who, text) for text in asked] == [[1, 2, 3], [1, 2, 3], [2]], who.uscc
    assert await ids(d.maker, "WD_bizLocation=urn:x:arm") == []
    for kind in ("urn:zhuisu:ns:kind", "zhuisu:kind"):  # the prefix that GS1-Extensions tells with every answer
        assert await ids(d.maker, f"EQ_ATTR_bizLocation_{kind}=manufacturer") == [1]
    product = {"code": GTIN, "name": "鲜鸡蛋", "category": "egg"}
    assert (await d.maker.http.post("/products", json=product, headers=d.maker.headers)).status_code == 200
    lots = d.seen(
        1, "maker", "storing", event_id="urn:x:4", quantities=[Quantity(uri=f"{ITEM}/10/L1", quantity=Decimal(5))]
    )
    await send(d.maker, document([], lots))
    assert await ids(d.maker, f"EQ_ATTR_epcClass_cbvmda:descriptionShort={quote('鲜鸡蛋')}") == [4]
    assert await ids(d.maker, "HASATTR_epcClass=cbvmda:dosageFormType") == []
