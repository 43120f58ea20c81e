r"""EPCIS 2.0 XML out: a document or query results around stored events, with nothing lost between JSON and XML.

>>> b"".join(write_xml([event.doc], now))
b'<?xml version="1.0" encoding="UTF-8"?>\n<epcisq:EPCISQueryDocument xmlns:epcisq="urn:epcglobal:epcis-query:xsd:2" …'
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from zhuisu.events.context import part, spelled
from zhuisu.events.times import milliseconds
from zhuisu.events.translate import CbvFormat, Spelling, translated
from zhuisu.events.xml_event import Writer
from zhuisu.events.xml_names import EPCIS, OURS, QUERY, US, XSD, XSI
from zhuisu.events.xml_text import text_of

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
HEAD = f'xmlns:xsi="{XSI}" xmlns:xsd="{XSD}" xmlns:{US}="{OURS}" schemaVersion="2.0" creationDate="'
_PLAIN = Spelling(cbv=CbvFormat.Always_Web_URI)
"""XML has no bare words (CBV 2.0 §7)."""


def write_xml(
    docs: Iterable[bytes],
    created: datetime,
    *,
    name: str = "SimpleEventQuery",
    subscription: str = "",
    spelling: Spelling = _PLAIN,
    header: bytes = b"",
) -> Iterator[bytes]:
    """Write query results (EPCISQueryDocument) around stored events, piece by piece; ``created`` is aware.

    ``header`` is an EPCISHeader.
    """
    head = f'<epcisq:EPCISQueryDocument xmlns:epcisq="{QUERY}" {HEAD}{milliseconds(created)}">'
    told = f"<queryName>{text_of(name)}</queryName>"
    told += f"<subscriptionID>{text_of(subscription)}</subscriptionID>" if subscription else ""
    yield f"{DECLARED}{head}".encode() + header
    yield f"<EPCISBody><epcisq:QueryResults>{told}<resultsBody><EventList>".encode()
    for doc in docs:
        yield event_xml(doc, spelling)
    yield b"</EventList></resultsBody></epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>\n"


def write_document_xml(docs: Iterable[bytes], created: datetime, *, spelling: Spelling = _PLAIN) -> Iterator[bytes]:
    """Write an EPCISDocument around stored events, piece by piece; ``created`` is aware."""
    head = f'<epcis:EPCISDocument xmlns:epcis="{EPCIS}" {HEAD}{milliseconds(created)}"><EPCISBody><EventList>'
    yield f"{DECLARED}{head}".encode()
    for doc in docs:
        yield event_xml(doc, spelling)
    yield b"</EventList></EPCISBody></epcis:EPCISDocument>\n"


def event_xml(doc: bytes, spelling: Spelling = _PLAIN) -> bytes:
    """Write one stored event as an element for a document that binds xsi, xsd and our own namespace."""
    tree = _decode(doc)
    said = tree.pop("@context", None)
    inherited, own = part(said)
    entries = [*inherited, *(own if isinstance(own, list) else [] if own is None else [own])]
    tree = translated(tree, spelling)
    return Writer(entries, spelled(said)).event(tree).encode()
