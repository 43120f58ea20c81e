"""Hash ids of a document's events beside the generator of the hash's authors, in an environment of its own."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bench import world
from bench.figure import Figure
from tests.environment import NotToBeHad, python_with
from zhuisu.events import hash_id, read

EVENTS = 500
ROUNDS = 5
ORACLES = Path(__file__).parents[1] / "tests" / "events" / "oracles"
CACHE = Path(__file__).parents[1] / ".pytest_cache" / "d" / "environments"
HEAD = (
    b'{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",'
    b' "schemaVersion": "2.0", "creationDate": "2026-05-01T08:00:00Z", "epcisBody": {"eventList": ['
)


def measure(console: Console) -> list[Figure]:
    """Figures of this room; no database takes part."""
    console.print("hash ids …")
    events = [event for event in world.lot_of_events(0) if len(event.epcs) == 1][:EVENTS]
    document = HEAD + b",".join(event.doc for event in events) + b"]}}"
    ours = min(_seconds(lambda: [hash_id(event) for event in read(document)]) for _ in range(ROUNDS))
    try:
        limit, bound = EVENTS / _theirs(document), "epcis-event-hash-generator (PyPI)"
    except NotToBeHad as error:
        limit, bound = None, f"epcis-event-hash-generator, not to be had: {error}"
    more = f"(n = {EVENTS}, one document, read and hashed)"
    return [Figure(name="hash ids of events", value=EVENTS / ours, unit="/s", limit=limit, bound=bound, more=more)]


def _theirs(document: bytes) -> float:
    """CPU seconds of the generator for the same document; the first reading is not counted."""
    python = python_with(ORACLES / "requirements.txt", CACHE)
    with tempfile.NamedTemporaryFile(suffix=".jsonld") as file:
        file.write(document)
        file.flush()

        def seconds(times: int) -> float:
            command = [python, ORACLES / "generator.py", "--times", str(times), file.name]
            return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

        return min(seconds(3) - seconds(1) for _ in range(3)) / 2


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
