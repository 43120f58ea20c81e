"""EPCIS 2.0 JSON-LD in and out: documents, query documents, bare events and arrays of events.

>>> events = read(body)                                    # every event, or the first refusal
>>> query_document((e.doc for e in events), now)           # the same events again
b'{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],"type":"EPCISQueryDocument",…'
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events import values
from zhuisu.events.context import PREFIXES, STANDARD, Context, Wire, context, inherit, part, stands_in
from zhuisu.events.errors import BadDocument, BadEvent, MissingField, UnreadableJson, shown
from zhuisu.events.hash import full_name
from zhuisu.events.model import STANDARD_TYPES, Event
from zhuisu.events.times import milliseconds
from zhuisu.events.tree import event, type_uri
from zhuisu.events.values import SCHEMA, Reader, Table, fields, mapping

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
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
    return any(isinstance(entry, dict) and kind in entry for entry in _listed(tree.get("@context")))


def load(body: bytes) -> Any:
    """Read the one JSON value of ``body``, numbers exact (int or Decimal). UnreadableJson unless it is plain I-JSON."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        tree = _decode(body)
        again = _encode(tree)
        # A key that stands twice vanishes with its quotes on decoding; only escaped quotes could make up for them.
        if rb"\u00" in body or body.count(b'"') != again.count(b'"'):
            _pointed(json.loads(body, object_pairs_hook=_unique, parse_int=len, parse_float=len))
    except RecursionError:
        raise UnreadableJson("nested too deeply", mend="flatten it") from None
    except (UnicodeDecodeError, UnicodeEncodeError) as fault:
        at = _not_utf8(body)
        raise UnreadableJson(f"not UTF-8: {fault.reason}", where=at, mend="send UTF-8") from None
    except ArithmeticError:
        raise UnreadableJson("a number beyond reason", mend="round it") from None
    except msgspec.ValidationError:  # of what JSON has, only a number can be more than it holds
        _pointed(json.loads(body, parse_int=_countable, parse_float=len))
        raise UnreadableJson("a number out of range", mend="round it") from None
    except (msgspec.MsgspecError, ValueError) as fault:
        said, _, at = str(fault).partition(" (")
        end = f"byte {len(body)}" if "truncated" in said else ""
        raise UnreadableJson(said, where=at.rstrip(")") or end, mend="check it with a JSON validator") from None
    if rb"\u0000" in body and rb"\u0000" in body.replace(rb"\\", b""):
        raise UnreadableJson("a text holds a NUL character", rule="a NUL cannot be stored as text", mend="drop \\u0000")
    return tree


def _not_utf8(body: bytes) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as fault:
        return f"byte {fault.start}"
    return ""  # half a character, as \\u…


def _unique(members: list[tuple[str, Any]]) -> Any:
    """Make an object of members, or what is wrong with them: who it is within is known later."""
    whole = dict(members)
    if len(whole) == len(members):
        return whole
    names = [name for name, _ in members]
    again = next(name for name in names if names.count(name) > 1)
    return UnreadableJson(
        f"the key {shown(again)} stands twice in one object",
        where="/" + again[:200].replace("~", "~0").replace("/", "~1"),
        rule="RFC 7493 §2.3",
        mend="keep one of them",
    )


def _countable(digits: str) -> Any:
    return None if len(digits) < 4000 else UnreadableJson("a number out of range", mend="round it")


def _pointed(tree: Any) -> None:
    """Raise the refusal that stands in a tree, with the JSON pointer of where it does."""
    todo: list[tuple[str, Any]] = [("", tree)]
    while todo:
        where, value = todo.pop()
        match value:
            case UnreadableJson():
                value.where = where + value.where
                raise value
            case dict():
                todo += [(f"{where}/{k[:200].replace('~', '~0').replace('/', '~1')}", v) for k, v in value.items()]
            case list():
                todo += [(f"{where}/{n}", v) for n, v in enumerate(value)]
            case _:
                pass


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


def query_document(
    docs: Iterable[bytes],
    created: datetime,
    *,
    name: str = "SimpleEventQuery",
    subscription: str = "",
    vocabularies: list[dict[str, Any]] | None = None,
) -> bytes:
    """Write an EPCISQueryDocument around stored events, each as it was captured; ``created`` is aware.

    ``vocabularies`` are master data: the JSON schema has them beside the events, and no header in a query document.

    What the events inherited from their documents becomes the context of this one; where two documents bound one prefix
    differently, or one of them did not bind it, the later event carries its own.
    """
    entries: list[Any] = [STANDARD]
    bound: dict[str, Any] = {}
    parted = [(doc, *_parted(doc)) for doc in docs]
    terms = [_terms(own, *inherited) for _, _, inherited, own in parted]
    strange = {
        term
        for term in {term for told in terms for term in told}
        if any(term not in told and stands_in(term, doc) for (doc, *_), told in zip(parted, terms, strict=True))
    }
    events = [_settle(*one, entries, bound, strange) for one in parted]
    results = {"queryName": name, **({"subscriptionID": subscription} if subscription else {})}
    head = {
        "@context": entries,
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": milliseconds(created),
    }
    return b"".join(
        (
            _encode(head)[:-1],
            b',"epcisBody":{"queryResults":',
            _encode(results)[:-1],
            b',"resultsBody":{"eventList":[',
            b",".join(events),
            b"]" if vocabularies is None else b'],"vocabularyList":' + _encode(vocabularies),
            b"}}}}",
        )
    )


def bare_event(doc: bytes) -> bytes:
    """Write one stored event as it stands alone, with its whole ``@context``."""
    members = _members(doc)
    inherited, own = part(_decode(members.pop("@context", msgspec.Raw(b"null"))))
    return _encode({"@context": [STANDARD, *inherited, *_listed(own)], **members})


def _listed(own: Any) -> list[Any]:
    return own if isinstance(own, list) else [] if own is None else [own]


def _parted(doc: bytes) -> tuple[dict[str, msgspec.Raw], list[Any], Any]:
    """The members of an event that has a context, what it inherited, and what is its own."""
    members = _members(doc) if b'"@context"' in doc else {}
    return (members, *part(_decode(members["@context"]))) if "@context" in members else ({}, [], None)


def _terms(own: Any, *inherited: Any) -> dict[str, Any]:
    return {k: v for entry in (*inherited, *_listed(own)) if isinstance(entry, dict) for k, v in entry.items()}


def _settle(
    doc: bytes,
    members: dict[str, msgspec.Raw],
    inherited: list[Any],
    own: Any,
    entries: list[Any],
    bound: dict[str, Any],
    strange: Collection[str],
) -> bytes:
    """Move what the event inherited to the document around it, unless that says otherwise already.

    ``strange`` are names that mean nothing where another event of the document has them, and must not come to.
    """
    if not members:
        return doc
    terms = _terms(None, *inherited)
    if any(k in strange or bound.get(k, v) != v for k, v in terms.items()):
        own = [*inherited, *_listed(own)]
    else:
        bound.update(terms)
        entries.extend(entry for entry in inherited if entry not in entries)
    if own is None:
        del members["@context"]
    else:
        members["@context"] = msgspec.Raw(_encode(own))
    return _encode(members)


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
            "epcisBody": ("events", _inside(_LIST, "eventList")),
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
