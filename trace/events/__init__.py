"""EPCIS 2.0 events, pure: JSON-LD -> ``Event`` -> JSON-LD, strict to the standard, named by the CBV 2.0 hash.

>>> from zhuisu.events import read, hash_id
>>> [hash_id(event) for event in read(open("document.json", "rb").read())]
['ni:///sha-256;…?ver=CBV2.0']
"""

from zhuisu.events.errors import (
    BadDocument,
    BadEvent,
    BadIdentifier,
    BadTime,
    MissingField,
    UnknownField,
    UnknownWord,
    UnreadableJson,
)
from zhuisu.events.hash import digest, hash_id, identify, prehash
from zhuisu.events.json import bare_event, each, query_document, read, stored
from zhuisu.events.make import make
from zhuisu.events.model import (
    Action,
    BizTransaction,
    ErrorDeclaration,
    Event,
    EventType,
    Party,
    Quantity,
    Reading,
)

__all__ = [
    "Action",
    "BadDocument",
    "BadEvent",
    "BadIdentifier",
    "BadTime",
    "BizTransaction",
    "ErrorDeclaration",
    "Event",
    "EventType",
    "MissingField",
    "Party",
    "Quantity",
    "Reading",
    "UnknownField",
    "UnknownWord",
    "UnreadableJson",
    "bare_event",
    "digest",
    "each",
    "hash_id",
    "identify",
    "make",
    "prehash",
    "query_document",
    "read",
    "stored",
]
