"""Documents to read: those of others, and small ones of our own to bend."""

import json
from pathlib import Path
from typing import Any

CONFORMANCE = Path(__file__).parents[3] / "shared" / "conformance"
STANDARD = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"

_OPENEPCIS = CONFORMANCE / "openepcis-test-resources" / "2.0" / "EPCIS" / "JSON"
_XML = CONFORMANCE / "openepcis-test-resources" / "2.0" / "EPCIS" / "XML"
_XML_1 = CONFORMANCE / "openepcis-test-resources" / "1.2" / "EPCIS" / "XML"
HASHES = sorted((CONFORMANCE / "event-hash" / "examples").glob("*.jsonld"))
GOOD = [
    *sorted((_OPENEPCIS / "Capture" / "Documents").glob("*.json")),
    *sorted((_OPENEPCIS / "Capture" / "Events").glob("*.json")),
    *sorted((_OPENEPCIS / "Query").glob("*.json")),
    *HASHES,
]
BAD = [
    *sorted((_OPENEPCIS / "Capture" / "Invalid").glob("*.json")),
    *sorted((_OPENEPCIS / "Query" / "Invalid").glob("*.json")),
    *sorted((_OPENEPCIS / "Query" / "Queries").rglob("*.json")),  # queries are no documents
]

HASHES_XML = sorted((CONFORMANCE / "event-hash" / "examples").glob("*.xml"))
XML_GOOD = [
    *sorted((_XML / "Capture" / "Documents").glob("*.xml")),
    *sorted((_XML / "Capture" / "Events").glob("*.xml")),
    *sorted((_XML / "Query").glob("*.xml")),
    *sorted((_XML / "Query" / "Documents").glob("*.xml")),
    *sorted((_XML_1 / "Capture" / "Documents").glob("*.xml")),
    *HASHES_XML,
]
XML_BAD = [
    *sorted((_XML / "Capture" / "Invalid").glob("*.xml")),
    *sorted((_XML / "Query" / "Invalid").glob("*.xml")),
    *sorted((_XML / "Query" / "Queries").rglob("*.xml")),  # queries are no documents
]
TWINS = [
    (xml, json_)
    for xml in XML_GOOD
    for json_ in (
        Path(str(xml).replace("/XML/", "/JSON/")).with_suffix(".json"),
        xml.with_suffix(".jsonld"),
    )
    if json_.exists() and _XML_1 not in xml.parents
]


def events_of(tree: Any) -> list[dict[str, Any]]:
    """The events of a document as JSON values; a bare event without its context."""
    match tree:
        case {"epcisBody": {"eventList": events}} | {
            "epcisBody": {"queryResults": {"resultsBody": {"eventList": events}}}
        }:
            return list(events)
        case _:
            return [{name: value for name, value in tree.items() if name != "@context"}]


def event(**fields: Any) -> dict[str, Any]:
    """A valid ObjectEvent with some fields changed; None takes one away."""
    tree = {
        "type": "ObjectEvent",
        "eventTime": "2026-05-01T08:30:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0"},
        **fields,
    }
    return {name: value for name, value in tree.items() if value is not None}


def document(*events: Any, context: Any = STANDARD, **fields: Any) -> bytes:
    tree = {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T08:30:00.000+08:00",
        "epcisBody": {"eventList": list(events)},
        **fields,
    }
    return json.dumps({name: value for name, value in tree.items() if value is not None}).encode()


def bare(tree: dict[str, Any], context: Any = STANDARD) -> bytes:
    return json.dumps({"@context": context, **tree}).encode()
