"""A client that we did not write, epcis2.js from npm, works unchanged against the service as it is started."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zhuisu.events import hash_id, read
from zhuisu.events.context import STANDARD

JS = Path(__file__).parent / "js"
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("ZHUISU_")}


@pytest.fixture
def node() -> str:
    """Node.js of the machine or of this environment, when the library has been fetched."""
    beside = Path(sys.executable).parent
    found = shutil.which("node", path=f"{os.environ.get('PATH', '')}{os.pathsep}{beside}")
    if not found or not (JS / "node_modules" / "epcis2.js").is_dir():
        pytest.skip("epcis2.js is not here: `make test` fetches it, with npm")
    return found


@contextmanager
def serving(data: Path, database_url: str) -> Iterator[str]:
    """The address of ``zhuisu serve`` on a database, until the block ends."""
    command = [sys.executable, "-m", "zhuisu", "serve", "--data", data, "--port", "0"]
    told = CLEAN | {"DATABASE_URL": database_url, "ZHUISU_CALLBACK_HOSTS": "127.0.0.1"}
    with subprocess.Popen(command, env=told, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://localhost:\d+", line)))
        finally:
            process.kill()


def document(events: list[dict[str, Any]]) -> bytes:
    return msgspec.json.encode(
        {
            "@context": [STANDARD, {"example": "https://ns.example.com/epcis/"}],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-05-02T00:00:00Z",
            "epcisBody": {"eventList": events},
        }
    )


def by_id(events: list[dict[str, Any]]) -> list[tuple[str, bool, dict[str, Any]]]:
    """Events to compare, whatever their order: an error declaration has the eventID of its event."""
    told = [
        (event["eventID"], "errorDeclaration" in event, {k: v for k, v in event.items() if k != "recordTime"})
        for event in events
    ]
    return sorted(told, key=lambda event: event[:2])


def test_it_captures_asks_and_is_told(node: str, database_url: str, workspace: Path, admin: dict[str, str]) -> None:
    with serving(workspace / "foreign", database_url) as address:
        key = admin["Authorization"].removeprefix("Bearer ")
        command = [node, JS / "client.js", address, key]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    met = msgspec.json.decode(ran.stdout)
    sent = met["sent"]
    assert len(sent) == 8
    assert (met["status"], met["running"], met["success"], met["errors"]) == (202, False, True, [])
    refused = met["refused"]
    assert (refused["status"], refused["type"]) == (400, "application/problem+json")
    assert refused["problem"]["where"] == "/epcisBody/eventList/0/action"

    placed = [event for event in sent if "bizLocation" in event]
    for answer, expected in ((met["found"], sent), (met["named"], placed)):
        assert answer["valid"] == {"success": True, "errors": []}
        assert by_id(answer["events"]) == by_id(expected)
    assert met["few"] == {
        "MATCH_anyEPC": 4,
        "EQ_bizStep": 2,
        "EXISTS_errorDeclaration": 1,
        "EQ_ILMD_example%3Abreed": 1,
        "GE_value_CEL": 2,
        "eventType": 1,
        "EQ_eventID": 1,
    }

    assert (met["subscribed"], met["ended"]) == (201, 204)
    assert all(push["signed"] and push["valid"]["success"] for push in met["pushed"])
    assert {push["event"]["eventID"] for push in met["pushed"]} == {event["eventID"] for event in placed}

    # It writes sources before destinations, the published prehashes sort those lists. (It also takes for a date any text
    # of 18 letters that JavaScript's Date.parse does, as a URL that ends in a number; client.js sends none.)
    ours = [hash_id(event) for event in read(document(sent))]
    agreed = [event["eventID"] == ours[n] for n, event in enumerate(sent)]
    assert agreed == ["sourceList" not in event for event in sent]
