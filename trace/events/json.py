"""EPCIS 2.0 JSON-LD in: documents, query documents, bare events and arrays of events.

>>> [event.type for event in read(body)]                   # every event, or the first refusal
[<EventType.ObjectEvent: 'ObjectEvent'>]
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events import values
from zhuisu.events.context import PREFIXES, STANDARD, Context, Wire, context, inherit
from zhuisu.events.errors import BadDocument, BadEvent, MissingField, shown
from zhuisu.events.hash import full_name
from zhuisu.events.ijson import load
from zhuisu.events.model import STANDARD_TYPES, Event
from zhuisu.events.tree import event, type_uri
from zhuisu.events.values import SCHEMA, Reader, Table, fields, mapping

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
_JSON = Context([], PREFIXES, wire=Wire.JSON)


def read(body: bytes) -> list[Event]:
    """Read every event of a document. The first fault refuses the whole: UnreadableJson, BadDocument or BadEvent."""
    events: list[Event] = []
    for item in each(body):
        if isinstance(item, BadEvent):
            raise item
        events.append(item)
    return events


def each(body: bytes) -> Iterator[Event | BadEvent]:
    """Read each event, or what is wrong with it: for captures that proceed with the good ones.

    UnreadableJson or BadDocument is raised when no event can be told from another.
    """
    tree = load(body)
    if tree == []:
        raise BadDocument("an array without an event", rule=SCHEMA, mend="send an EPCISDocument or events")
    if isinstance(tree, list):
        return (_bare(item, f"/{i}") for i, item in enumerate(tree))
    kind = tree.get("type") if isinstance(tree, dict) else None
    if isinstance(kind, str) and kind in _DOCUMENTS:
        return _document(tree, kind)
    if (
        isinstance(tree, dict)
        and isinstance(kind, str)
        and (":" in kind or kind in STANDARD_TYPES or _bound(kind, tree))
    ):
        return iter((_bare(tree, ""),))
    raise BadDocument(
        (f"type is {shown(kind)}" if "type" in tree else "type is missing")
        if isinstance(tree, dict)
        else "neither an object nor an array",
        where="/type",
        rule=SCHEMA,
        mend=f"send an EPCISDocument, an EPCISQueryDocument, an event ({', '.join(STANDARD_TYPES)}, or a type of your "
        "own as a URI or with a prefix that @context binds) or an array of events",
    )


def _bound(kind: str, tree: dict[str, Any]) -> bool:
    """Whether the ``@context`` of a bare event says what its type means."""
    said = tree.get("@context")
    return any(isinstance(entry, dict) and kind in entry for entry in (said if isinstance(said, list) else [said]))


def _document(tree: dict[str, Any], kind: str) -> Iterator[Event | BadEvent]:
    table, needed, where = _DOCUMENTS[kind]
    try:
        found = fields(tree, table, _JSON, *needed)
    except BadEvent as refusal:
        raise BadDocument(refusal.detail, where=refusal.where, mend=refusal.mend, **refusal.facts) from None
    return (_one(item, found["context"], f"{where}/{i}") for i, item in enumerate(found["events"]))


def _bare(tree: Any, where: str) -> Event | BadEvent:
    """Read an event outside a document: it brings the context itself (JSON schema, required-ld-context)."""
    try:
        if "@context" not in mapping(tree):
            return MissingField(
                "an event outside a document has no @context",
                where=f"{where}/@context",
                rule=f"{SCHEMA}, required-ld-context",
                mend=f'add "@context": "{STANDARD}"',
            )
        outer = _context(tree.pop("@context"))
    except BadEvent as refusal:
        refusal.where = where + refusal.where
        return refusal
    return _one(tree, outer, where)


def _one(tree: Any, outer: Context, where: str) -> Event | BadEvent:
    try:
        own = "@context" in mapping(tree)
        inner = _context(tree["@context"], outer) if own else outer
        doc = _encode(tree)
        kind = tree.get("type")
        inherited = outer.used(doc, kind if type(kind) is str else "") if outer.entries else []
        if own:
            doc = _encode({**tree, "@context": inherit(inherited, tree["@context"])})
        elif inherited:
            doc = b'{"@context":' + _encode(inherit(inherited)) + b"," + doc[1:]
        return event(tree, inner, doc)
    except BadEvent as refusal:
        refusal.where = where + refusal.where
        return refusal


def _context(value: Any, outer: Context = _JSON) -> Context:
    try:
        return _small(value, outer)
    except BadEvent as refusal:
        raise refusal.under("@context") from None


def _small(value: Any, outer: Context = _JSON) -> Context:
    """Read an ``@context`` no larger than every event of a document may carry."""
    if len(_encode(value)) > 16_000:
        raise BadEvent("more than 16 000 bytes", rule="each event carries its context", mend="bind only what is used")
    return context(value, outer)


def ignored(body: bytes) -> frozenset[str]:
    """Give the fields, as ``{namespace}name``, that the sender of a document wants left out of ``hash_id``.

    They stand in ``ignoreFields``, of any namespace, of the document or of its query results.
    """
    found: set[str] = set()
    tree = load(body) if b":ignoreFields" in body else None
    scope = _context(tree["@context"]) if isinstance(tree, dict) and "@context" in tree else _JSON
    while isinstance(tree, dict):
        for name, names in tree.items():
            if name.endswith(":ignoreFields") and isinstance(names, list):
                found |= {full_name(name, scope) for name in names if isinstance(name, str)}
        tree = tree.get("epcisBody") or tree.get("queryResults")
    return frozenset(found)


def stored(doc: bytes) -> Event:
    """Read back the Event of a ``doc``, which stays as it is."""
    tree = _decode(doc)
    scope = context(tree["@context"]) if "@context" in tree else Context([], PREFIXES)
    return event(tree, scope, doc)


def extended_type(kind: str, around: str | None) -> str:
    """Give the full URI of a type as it stands in a ``doc``, by the ``@context`` there: JSON, None for none."""
    return type_uri({"type": kind}, context(_decode(around)) if around else _JSON)


def _any_list(value: Any, _: Context) -> list[Any]:
    if not isinstance(value, list):
        raise BadEvent(f"a list is wanted, {shown(value)} found", rule=SCHEMA, mend="give a list")
    return value


def _version(value: Any, _: Context) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"2(\.\d+)*", value, re.ASCII):
        said = f"{shown(value)} is no version that is read here in JSON: only 2.0 and what follows it within 2 is"
        raise BadEvent(said, rule=f"{SCHEMA}, version", mend='write "2.0"')


def _inside(table: Table, *needed: str) -> Reader:
    return lambda value, scope: fields(value, table, scope, *needed).get("events")


def _body(value: Any, context: Context) -> Any:
    """Read the epcisBody of an EPCISDocument: there alone the schema lets members of any name stand."""
    known = {name: item for name, item in mapping(value).items() if name in _LIST}
    return fields(known, _LIST, context, "eventList")["events"]


# The envelopes: where the events lie in each, and what else it may say.
_COMMON: Table = {
    "@context": ("context", lambda value, _: _small(value)),
    "id": ("", values.uri),
    "type": ("", values.text),
    "schemaVersion": ("", _version),
    "creationDate": ("", values.instant),
}
_LIST: Table = {"eventList": ("events", _any_list)}
_RESULTS: Table = {
    "queryName": ("", values.text),
    "subscriptionID": ("", values.text),
    "resultsBody": ("events", _inside({**_LIST, "vocabularyList": ("", _any_list)}, "eventList")),
}
_DOCUMENTS: Mapping[str, tuple[Table, tuple[str, ...], str]] = {
    "EPCISDocument": (
        {
            **_COMMON,
            "instanceIdentifier": ("", values.text),
            "sender": ("", values.text),
            "receiver": ("", values.text),
            "epcisHeader": ("", lambda value, _: mapping(value)),
            "epcisBody": ("events", _body),
        },
        ("@context", "schemaVersion", "creationDate", "epcisBody"),
        "/epcisBody/eventList",
    ),
    "EPCISQueryDocument": (
        {
            **_COMMON,
            "epcisBody": (
                "events",
                _inside({"queryResults": ("events", _inside(_RESULTS, "queryName", "resultsBody"))}, "queryResults"),
            ),
        },
        ("@context", "epcisBody"),
        "/epcisBody/queryResults/resultsBody/eventList",
    ),
}
