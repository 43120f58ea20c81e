"""Hash ids of a document's events beside the generator that everyone uses (PyPI), if that is installed."""

import importlib
import logging
import time

from rich.console import Console

from bench import world
from bench.figure import Figure
from zhuisu.events import hash_id, read

EVENTS = 500
ROUNDS = 5
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
        theirs = importlib.import_module("epcis_event_hash_generator.hash_generator").epcis_hash_from_json
    except ImportError:
        limit, bound = None, "epcis-event-hash-generator, not installed here"
    else:
        logging.disable(logging.CRITICAL)
        limit = EVENTS / min(_seconds(lambda: theirs(document.decode())) for _ in range(2))
        logging.disable(logging.NOTSET)
        bound = "epcis-event-hash-generator"
    more = f"(n = {EVENTS}, one document, read and hashed)"
    return [Figure(name="hash ids of events", value=EVENTS / ours, unit="/s", limit=limit, bound=bound, more=more)]


def _seconds(work: object) -> float:
    assert callable(work)
    begin = time.process_time()
    work()
    return time.process_time() - begin
