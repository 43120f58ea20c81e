"""Corrections over HTTP: what was declared wrong stays on record and moves nothing (EPCIS 2.0 §7.4.1.2)."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.scan.conftest import CHINA, Actor, District, box
from zhuisu.chain.trace import trace
from zhuisu.db import Database
from zhuisu.events import Event, query_document, read
from zhuisu.ledger import levels
from zhuisu.ledger.store import find_codes
from zhuisu.parties import PUBLIC
from zhuisu.scan.store import contents

CASES = [f"https://id.gs1.org/00/36901234000000{n}" for n in ("0017", "0024", "0031", "0048")]


def wrong(event: Event, when: datetime, reason: str = "did_not_occur", *corrective: str, **other: Any) -> Event:
    """``event`` declared wrong: the same event with a declaration, and ``other`` members where the copy differs."""
    declaration = {"declarationTime": when.isoformat(), "reason": reason, "correctiveEventIDs": list(corrective)}
    return changed(event, errorDeclaration=declaration, **other)


def named(event: Event, event_id: str) -> Event:
    return changed(event, eventID=event_id)


def changed(event: Event, **members: Any) -> Event:
    doc = json.dumps(json.loads(event.doc) | members).encode()
    (found,) = read(query_document([doc], event.time))
    return found


async def get(actor: Actor, path: str, status: int = 200) -> Any:
    answer = await actor.http.get(path, headers=actor.headers)
    assert answer.status_code == status, answer.text
    return answer.json()


async def steps(actor: Actor, code: str) -> list[str]:
    return [hop["step"] for hop in (await get(actor, f"/chain/{quote(code, safe='')}"))["hops"]]


async def held(actor: Actor, code: str) -> dict[str, tuple[str, int]]:
    """What is under ``code`` now: each code with its state and the minute since when."""
    path = await get(actor, f"/chain/{quote(code, safe='')}?direction=forward")
    return {uri: (h["state"], h["site"]) for h in path["holders"] for uri in h["codes"]}


async def under(actor: Actor, event_id: str, status: int = 200) -> list[dict[str, Any]]:
    """All that is recorded under an eventID, the original first."""
    found = await get(actor, f"/epcis/events/{quote(event_id, safe='')}", status)
    return found["epcisBody"]["queryResults"]["resultsBody"]["eventList"] if status == 200 else []


async def ids(actor: Actor, query: str) -> list[tuple[str, bool]]:
    """eventID, and whether it is a declaration, of each event that the query finds."""
    return [(e["eventID"], "errorDeclaration" in e) for e in await actor.events(query)]


ORDERS = ["after its event", "before its event", "in one document", "without its event"]


async def test_whenever_it_arrives_a_declaration_leaves_both_on_record_and_undoes_the_event(district: District) -> None:
    d = district
    for n, order in enumerate(ORDERS):
        bad_box, good_box, case, name = box(10 * n + 1), box(10 * n + 2), CASES[n], f"urn:x:{n}"
        bad = named(d.pack(40, "maker", case, bad_box), name)
        good = named(d.pack(40, "maker", case, good_box), f"{name}:right")
        declared = wrong(bad, d.ago(20 - n), "incorrect_data", f"{name}:right")
        await d.maker.capture(d.seen(48, "maker", "commissioning", [bad_box, good_box]))
        await d.maker.capture(d.seen(24, "maker", "shipping", [case], disposition="in_transit"))
        match order:
            case "after its event":
                await d.maker.capture(bad)
                assert await steps(d.maker, bad_box) == ["commissioning", "packing", "shipping"]
                assert bad_box in await held(d.maker, case)
                await d.maker.capture(declared, good)
            case "before its event":
                await d.maker.capture(declared)
                await d.maker.capture(good)
                await d.maker.capture(bad)
            case "in one document":
                await d.maker.capture(declared, bad, good)
            case "without its event":
                await d.maker.capture(declared, good)
        assert await steps(d.maker, bad_box) == ["commissioning"]
        assert await steps(d.maker, good_box) == ["commissioning", "packing", "shipping"]
        assert await held(d.maker, case) == {good_box: ("in_transit", d.maker.place)}
        assert await held(d.maker, bad_box) == {bad_box: ("held", d.maker.place)}

        both = [(name, False), (name, True)] if order != "without its event" else [(name, True)]
        found = await under(d.maker, name)
        assert [(e["eventID"], "errorDeclaration" in e) for e in found] == both
        assert found[-1]["errorDeclaration"]["correctiveEventIDs"] == [f"{name}:right"]
        assert sorted(await ids(d.maker, f"EQ_eventID={name}")) == both
        assert sorted(await ids(d.maker, f"MATCH_anyEPC={bad_box}&EQ_bizStep=packing")) == both

    after = quote(d.ago(18.5).isoformat())
    for query, expected in {
        "EXISTS_errorDeclaration": {0, 1, 2, 3},
        f"GE_errorDeclarationTime={after}": {2, 3},
        f"LT_errorDeclarationTime={after}": {0, 1},
        "EQ_errorReason=incorrect_data": {0, 1, 2, 3},
        "EQ_errorReason=did_not_occur": set(),
        "EQ_correctiveEventID=urn:x:1:right|urn:x:3:right": {1, 3},
        "EQ_correctiveEventID=urn:x:1": set(),
    }.items():
        assert sorted(await ids(d.maker, query)) == [(f"urn:x:{n}", True) for n in sorted(expected)], query


async def test_a_declaration_counts_once_and_only_the_capturers(district: District) -> None:
    d = district
    sold = named(d.seen(30, "shop", "retail_selling", [box(1)], disposition="retail_sold"), "urn:x:sold")
    await d.maker.capture(d.seen(48, "maker", "commissioning", [box(1)]))
    await d.shop.capture(sold)
    stranger = wrong(sold, d.ago(9), bizLocation={"id": d.maker.place})
    assert (await d.maker.capture(stranger, status=403)).json()["reason"].endswith("not-your-event")
    assert await held(d.admin, box(1)) == {box(1): ("sold", d.shop.place)}

    declared = wrong(sold, d.ago(10))
    for _ in range(2):
        await d.shop.capture(declared)
        await d.shop.capture(sold)
    assert len(await under(d.shop, "urn:x:sold")) == 2
    assert await held(d.admin, box(1)) == {box(1): ("held", d.maker.place)}
    # One moment, one declaration: another content at the same time is another event under one name.
    refused = await d.shop.capture(wrong(sold, d.ago(10), "incorrect_data", "urn:x:else"), status=409)
    assert refused.json()["reason"].endswith("event-id-conflict")
    # A declaration cannot itself be declared wrong: a second one is about the same event, which stays void …
    await d.shop.capture(wrong(declared, d.ago(5), "incorrect_data", "urn:x:sold:again"))
    original, *declarations = await under(d.shop, "urn:x:sold")
    assert "errorDeclaration" not in original
    assert {e["errorDeclaration"]["reason"] for e in declarations} == {"did_not_occur", "incorrect_data"}
    assert await held(d.admin, box(1)) == {box(1): ("held", d.maker.place)}
    # … and what did happen after all is captured anew, under a name of its own.
    await d.shop.capture(named(sold, "urn:x:sold:again"))
    assert await held(d.admin, box(1)) == {box(1): ("sold", d.shop.place)}


async def test_the_original_decides_what_is_undone_not_the_copy_in_its_declaration(district: District) -> None:
    d = district
    await d.maker.capture(d.seen(48, "maker", "commissioning", [box(1), box(2)]))
    moved = named(d.seen(30, "maker", "shipping", [box(1)]), "urn:x:moved")
    right = named(d.seen(30, "maker", "shipping", [box(2)]), "urn:x:right")
    await d.maker.capture(moved, right)
    await d.maker.capture(wrong(moved, d.ago(3), epcList=[box(2)], bizStep="storing"))
    assert await steps(d.maker, box(1)) == ["commissioning"]
    assert await steps(d.maker, box(2)) == ["commissioning", "shipping"]
    copies = [(e["epcList"], e["bizStep"]) for e in await under(d.maker, "urn:x:moved")]
    assert copies == [([box(1)], "shipping"), ([box(2)], "storing")]


async def test_an_event_without_an_id_is_declared_wrong_by_its_content_or_its_hash(district: District) -> None:
    d = district
    await d.maker.capture(d.seen(48, "maker", "commissioning", [box(1), box(2)]))
    for n in (1, 2):
        nameless = d.seen(30, "maker", "shipping", [box(n)])
        await d.maker.capture(nameless)
        (event,) = await d.maker.events(f"MATCH_epc={box(n)}&EQ_bizStep=shipping")
        assert event["eventID"].startswith("ni:///sha-256;")
        await d.maker.capture(wrong(nameless if n == 1 else named(nameless, event["eventID"]), d.ago(3)))
        assert await steps(d.maker, box(n)) == ["commissioning"]
        assert len(await under(d.maker, event["eventID"])) == 2


async def test_what_was_never_unpacked_is_still_in_its_case(district: District, db: Database) -> None:
    d = district
    for n, unpacked in enumerate([[box(1)], []]):
        out = named(d.pack(30, "maker", CASES[n], *unpacked, action="DELETE"), f"urn:x:out:{n}")
        await d.maker.capture(d.pack(40, "maker", CASES[n], box(1 + n)), out)
        async with db.connection() as conn:
            (case,) = (await find_codes(conn, [CASES[n]])).values()
            assert await contents(conn, [case]) == {}
            await d.maker.capture(wrong(out, d.ago(3)))
            assert await contents(conn, [case]) == {case: [box(1 + n)]}
        path = await trace(db, PUBLIC, box(1 + n), now=d.now)
        assert [hop.step for hop in path.hops] == ["packing"]
        assert await trace(db, PUBLIC, box(1 + n), now=d.now, walk=levels) == path


XML = """<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ex="https://example.org/ns"
    schemaVersion="2.0" creationDate="2026-05-31T08:00:00Z">
  <EPCISBody><EventList><ObjectEvent>
    <eventTime>{time}</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
    <eventID>urn:x:moved</eventID>{declaration}
    <epcList><epc>urn:epc:id:sgtin:6901234.056789.1</epc></epcList>
    <action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>
    <bizLocation><id>{place}</id></bizLocation>
  </ObjectEvent></EventList></EPCISBody>
</epcis:EPCISDocument>"""
DECLARATION = """<errorDeclaration>
      <declarationTime>2026-05-31T08:00:00Z</declarationTime><reason>urn:epcglobal:cbv:er:incorrect_data</reason>
      <correctiveEventIDs><correctiveEventID>urn:x:right</correctiveEventID></correctiveEventIDs>
      <ex:why>scanned the wrong pile</ex:why>
    </errorDeclaration>"""


@pytest.mark.parametrize("declared_first", [False, True])
async def test_in_xml(district: District, declared_first: bool) -> None:
    d = district
    await d.maker.capture(d.seen(48, "maker", "commissioning", [box(1)]))
    time = d.ago(30).astimezone(CHINA).isoformat()
    both = [XML.format(time=time, place=d.maker.place, declaration=part) for part in ("", DECLARATION)]
    for body in reversed(both) if declared_first else both:
        answer = await post_xml(d.maker, body)
        assert answer.status_code == 202, answer.text
    assert await steps(d.maker, box(1)) == ["commissioning"]
    original, declared = await under(d.maker, "urn:x:moved")
    assert "errorDeclaration" not in original
    assert declared["errorDeclaration"] == {
        "declarationTime": "2026-05-31T08:00:00Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:x:right"],
        "ex:why": "scanned the wrong pile",
    }
    assert await ids(d.maker, "EQ_errorReason=urn:epcglobal:cbv:er:incorrect_data") == [("urn:x:moved", True)]
    answer = await d.maker.http.get(
        "/epcis/events/urn%3Ax%3Amoved", headers=d.maker.headers | {"Accept": "application/xml"}
    )
    assert answer.text.count("<errorDeclaration>") == 1
    assert answer.text.count("<eventID>urn:x:moved</eventID>") == 2


async def post_xml(actor: Actor, body: str) -> httpx.Response:
    headers = actor.headers | {"Content-Type": "application/xml"}
    return await actor.http.post("/epcis/capture", content=body.encode(), headers=headers)
