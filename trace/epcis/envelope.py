"""What a document says around its events, beside master data: kept with its capture, shown by GET /epcis/capture/{id}.

>>> of_json(b'{"type":"EPCISDocument","sender":"urn:x:1","schemaVersion":"2.0","epcisBody":{"eventList":[]}}')
'{"type":"EPCISDocument","schemaVersion":"2.0","sender":"urn:x:1"}'

A header belongs to a sending, not to an event: who sent it to whom and under which number (the members ``sender``,
``receiver`` and ``instanceIdentifier`` in JSON, in XML the StandardBusinessDocumentHeader), and what others add. Events
have no place for it, and an answer to a query is a sending of its own; so it stays with the capture.
"""

from typing import Any

import msgspec
from msgspec import Raw

from zhuisu.events import Document

KINDS = ("EPCISDocument", "EPCISQueryDocument")

_ABOUT = ("@context", "type", "schemaVersion", "creationDate")
"""Told with the rest; alone they say nothing."""

_EVENTS = ("eventList", "queryResults")
"""What stands in a body by the standard."""

_members = msgspec.json.Decoder(dict[str, Raw]).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def of_json(body: bytes) -> str:
    """Of a document that can be read; "" when nothing but master data stands around its events."""
    try:
        told = _members(body.removeprefix(b"\xef\xbb\xbf"))
        kind = msgspec.json.decode(told.get("type", b'""'), type=str)
        header = _members(told.pop("epcisHeader", b"{}"))
        within = _members(told.pop("epcisBody", b"{}"))
    except (msgspec.MsgspecError, ValueError):  # a list of events
        return ""
    if more := {name: value for name, value in within.items() if name not in _EVENTS}:
        told["epcisBody"] = Raw(_encode(more))
    return _written(told, header) if kind in KINDS else ""


def of_xml(document: Document) -> str:
    """Of a document that was opened."""
    told = {
        "@context": document.context,
        "type": document.kind,
        "schemaVersion": document.version,
        "creationDate": document.created,
    }
    return _written({name: value for name, value in told.items() if value}, document.header)


def _written(told: dict[str, Any], header: dict[str, Any]) -> str:
    header = {name: value for name, value in header.items() if name != "epcisMasterData"}
    more = {name: value for name, value in told.items() if name not in _ABOUT}
    if not header and not more:
        return ""
    about = {name: told[name] for name in _ABOUT if name in told}
    return _encode({**about, **more, **({"epcisHeader": header} if header else {})}).decode()
