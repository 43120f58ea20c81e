"""EPCIS 2.0 JSON-LD out: a query document around stored events, or one event alone.

>>> query_document([event.doc], now)
b'{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],"type":"EPCISQueryDocument",…'

What the events inherited from their documents becomes the context of this one, as far as no other event then says
something else. A remote context may bind any name, and so does ``@vocab``: it moves only if all events have the same.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from zhuisu.events.context import STANDARD, part, stands_in, sweeps
from zhuisu.events.times import milliseconds

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


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
    """
    told = [_parted(doc) for doc in docs]
    shared = _Shared(told)
    events = [shared.settle(one) for one in told]
    results = {"queryName": name, **({"subscriptionID": subscription} if subscription else {})}
    head = {
        "@context": [STANDARD, *shared.entries()],
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


class _Told(Struct, frozen=True):
    """A stored event: its members if it has a context, what it inherited, what is its own, and all that both bind."""

    doc: bytes
    members: dict[str, msgspec.Raw]
    inherited: list[Any]
    own: Any
    terms: Collection[str]

    def sweeping(self) -> list[Any]:
        return [entry for entry in self.inherited if sweeps(entry)]


class _Shared:
    """The context of a query document, as the events give to it one after the other."""

    def __init__(self, told: list[_Told]) -> None:
        """Begin one for these events. Sweeping entries of all part what stands before each from what stands behind."""
        first = told[0].sweeping() if told else []
        self.sweeping = first if all(one.sweeping() == first for one in told) else []
        self.between: list[list[Any]] = [[] for _ in range(len(self.sweeping) + 1)]
        self.bound: dict[str, tuple[int, Any]] = {}
        self.strange = {
            term
            for term in {term for one in told for term in one.terms}
            if any(term not in one.terms and stands_in(term, one.doc) for one in told)
        }
        """Names that mean nothing where some event has them, and must not come to."""

    def entries(self) -> list[Any]:
        found = [*self.between[0]]
        for sweeping, behind in zip(self.sweeping, self.between[1:], strict=True):
            found += [sweeping, *behind]
        return found

    def settle(self, one: _Told) -> bytes:
        """Write an event; what it inherited moves to the document, unless that says otherwise already."""
        if not one.members:
            return one.doc
        own = one.own if self.take(one) else [*one.inherited, *_listed(one.own)]
        members = {name: value for name, value in one.members.items() if name != "@context" or own is not None}
        if own is not None:
            members["@context"] = msgspec.Raw(_encode(own))
        return _encode(members)

    def take(self, one: _Told) -> bool:
        """Take what an event inherited, or nothing of it."""
        if one.sweeping() != self.sweeping:
            return False
        at = 0
        placed: list[tuple[int, dict[str, Any]]] = []
        for entry in one.inherited:
            if sweeps(entry):
                at += 1
            else:
                placed.append((at, entry))
        terms = {term: (at, value) for at, entry in placed for term, value in entry.items()}
        if any(term in self.strange or self.bound.get(term, meant) != meant for term, meant in terms.items()):
            return False
        self.bound |= terms
        for at, entry in placed:
            if entry not in self.between[at]:
                self.between[at].append(entry)
        return True


def _parted(doc: bytes) -> _Told:
    members = _members(doc) if b'"@context"' in doc else {}
    if "@context" not in members:
        return _Told(doc, {}, [], None, ())
    inherited, own = part(_decode(members["@context"]))
    terms = {term for entry in (*inherited, *_listed(own)) if isinstance(entry, dict) for term in entry}
    return _Told(doc, members, inherited, own, terms)


def _listed(own: Any) -> list[Any]:
    return own if isinstance(own, list) else [] if own is None else [own]
