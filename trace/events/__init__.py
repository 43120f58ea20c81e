"""EPCIS 2.0 events, pure: JSON-LD or XML -> ``Event`` -> either, strict to the standard, named by the CBV 2.0 hash.

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
    UnreadableXml,
)
from zhuisu.events.hash import digest, hash_id, identify, prehash
from zhuisu.events.json import each, extended_type, ignored, read, stored
from zhuisu.events.json_write import bare_event, query_document
from zhuisu.events.make import make
from zhuisu.events.model import (
    STANDARD_TYPES,
    Action,
    BizTransaction,
    ErrorDeclaration,
    Event,
    EventType,
    Party,
    Quantity,
    Reading,
)
from zhuisu.events.translate import CbvFormat, EpcFormat, Spelling, translated
from zhuisu.events.xml_master import master_data_xml, write_vocabularies_xml
from zhuisu.events.xml_read import Document, each_xml, is_xml, open_xml, read_xml
from zhuisu.events.xml_write import write_document_xml, write_xml

__all__ = [
    "STANDARD_TYPES",
    "Action",
    "BadDocument",
    "BadEvent",
    "BadIdentifier",
    "BadTime",
    "BizTransaction",
    "CbvFormat",
    "Document",
    "EpcFormat",
    "ErrorDeclaration",
    "Event",
    "EventType",
    "MissingField",
    "Party",
    "Quantity",
    "Reading",
    "Spelling",
    "UnknownField",
    "UnknownWord",
    "UnreadableJson",
    "UnreadableXml",
    "bare_event",
    "digest",
    "each",
    "each_xml",
    "extended_type",
    "hash_id",
    "identify",
    "ignored",
    "is_xml",
    "make",
    "master_data_xml",
    "open_xml",
    "prehash",
    "query_document",
    "read",
    "read_xml",
    "stored",
    "translated",
    "write_document_xml",
    "write_vocabularies_xml",
    "write_xml",
]
