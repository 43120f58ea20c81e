"""The same event once more, over HTTP: from its sender as we wrote it, and from another organisation."""

import json
from itertools import product

from tests.scan.conftest import CASE, District, box
from zhuisu.db import Database
from zhuisu.epcis.headers import EpcFormat
from zhuisu.events import Event, hash_id, stored
from zhuisu.events.context import STANDARD

JSON, XML = "application/ld+json", "application/xml"
COUNT = "select count(*) from ledger.event"


async def test_what_we_wrote_is_captured_again_as_what_it_is(district: District, db: Database) -> None:
    d = district
    nameless = d.seen(20, "maker", "shipping", [box(1), "urn:x:free"], disposition="in_transit")
    await d.maker.capture(d.seen(48, "maker", "commissioning", [box(1)]), d.pack(30, "maker", CASE, box(1)))
    await d.maker.capture(nameless, d.seen(10, "maker", "storing", [box(1)], event_id="urn:x:own"))
    # Its own hash as the eventID is no other name than none, whichever comes first.
    first = d.seen(9, "maker", "storing", [box(2)])
    await d.maker.capture(named(first))
    await d.maker.capture(first, named(nameless))
    async with db.connection() as conn:
        before = await conn.fetchval(COUNT)
        assert before == 5
        for accept, form in product((JSON, XML), EpcFormat):
            asked = d.maker.headers | {"Accept": accept, "GS1-EPC-Format": form}
            told = await d.maker.http.get("/epcis/events", headers=asked)
            assert told.status_code == 200, (accept, form, told.text)
            headers = d.maker.headers | {"Content-Type": accept}
            answer = await d.maker.http.post("/epcis/capture", content=told.content, headers=headers)
            assert answer.status_code == 202, (accept, form, answer.text)
            assert await conn.fetchval(COUNT) == before, (accept, form)


def named(event: Event) -> Event:
    return stored(json.dumps(json.loads(event.doc) | {"eventID": hash_id(event)}).encode())


async def test_who_is_second_with_an_event_has_it_too(district: District) -> None:
    d = district
    for event_id in ("", "urn:x:both"):
        event = d.seen(9, "maker", "shipping", [box(1)], event_id=event_id, location="")
        for actor in (d.maker, d.shop):
            headers = actor.headers | {"Content-Type": JSON}
            answer = await actor.http.post(
                "/epcis/events", json=json.loads(event.doc) | {"@context": STANDARD}, headers=headers
            )
            assert answer.status_code == 201, answer.text
            assert (await actor.http.get(answer.headers["Location"], headers=actor.headers)).status_code == 200
    assert len(await d.shop.events()) == len(await d.shop.events(f"MATCH_anyEPC={box(1)}")) == 2
    assert await d.market.events() == []
    # What it held with that it follows on.
    await d.maker.capture(d.seen(8, "maker", "storing", [box(1)]))
    assert len(await d.shop.events()) == 3
    # It may withdraw its own report; the first's stands.
    declaration = {"declarationTime": d.ago(1).isoformat(), "reason": "did_not_occur"}
    await d.shop.capture(stored(json.dumps(json.loads(event.doc) | {"errorDeclaration": declaration}).encode()))
    assert len(await d.shop.events("EQ_eventID=urn:x:both")) == 2
    # An eventID is its giver's.
    await d.market.capture(d.seen(7, "market", "storing", [box(5)], event_id="urn:x:both"))
    (own,) = await d.market.events("EQ_eventID=urn:x:both")
    assert own["epcList"] == [box(5)]
