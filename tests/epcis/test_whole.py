"""What goes in comes out, over HTTP and the ledger: events with every field of the standard, many in one document."""

import json
import random
from typing import Any

from tests.events.mutants import FULL, mutants
from tests.events.samples import STANDARD
from tests.scan.conftest import District
from zhuisu.errors import Refusal
from zhuisu.events import read

SCOPE = [STANDARD, {"x": "https://x.example/"}]
HEAD = {"@context": SCOPE, "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-05-01T08:30:00Z"}
NOT_THEIRS = ("recordTime", "readPoint", "bizLocation")
"""The time of the record is ours to tell (EPCIS 2.0 §7.4.1); places must be the sender's own."""


def kept(tree: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in tree.items() if name not in NOT_THEIRS}


def valid(document: dict[str, Any]) -> bool:
    try:
        read(json.dumps(document).encode())
    except Refusal:
        return False
    return True


async def test_events_with_every_field_come_back_as_they_went_in(district: District) -> None:
    d = district
    chosen = [*FULL.values()]
    for full in FULL.values():
        chosen += [tree for _, _, tree in random.Random(6).sample([*mutants(full)], 60)]
    events = {}
    for n, tree in enumerate(chosen):
        named = kept(tree) | {"eventID": f"urn:x:event:{n}"}
        if valid({**HEAD, "epcisBody": {"eventList": [named]}}):
            events[named["eventID"]] = named
    assert len(events) > 100
    body = json.dumps({**HEAD, "epcisBody": {"eventList": list(events.values())}}).encode()
    headers = d.maker.headers | {"Content-Type": "application/ld+json"}
    answer = await d.maker.http.post("/epcis/capture", content=body, headers=headers)
    assert answer.status_code == 202, answer.text
    back: dict[str, dict[str, Any]] = {}
    where = "/epcis/events?perPage=200"
    asked = d.maker.headers | {"GS1-EPC-Format": "Never_Translates"}
    while where:
        found = await d.maker.http.get(where, headers=asked)
        assert found.status_code == 200, found.text
        listed = found.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        back |= {event["eventID"]: event for event in listed}
        where = found.links.get("next", {}).get("url", "")
    assert {name: kept(tree) for name, tree in back.items()} == events
