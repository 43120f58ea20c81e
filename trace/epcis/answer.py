"""Events as a caller wants them: JSON or XML, EPCs as Digital Link or URN (EPCIS 2.0 §12.8).

>>> answer(docs, now, form(request.headers)).media
'application/ld+json'
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from zhuisu.epcis.headers import accepted, cbv_format, epc_format
from zhuisu.events import CbvFormat, EpcFormat, Spelling, query_document, translated, write_xml

MEDIA = ("application/ld+json", "application/json", "application/xml", "text/xml")

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Form(Struct, frozen=True):
    """How an answer is written."""

    media: str = MEDIA[0]
    epc: EpcFormat = EpcFormat.Always_GS1_Digital_Link
    cbv: CbvFormat = CbvFormat.No_Preference


def form(headers: Mapping[str, str]) -> Form:
    """What the headers of a request ask for. Raises NotAcceptable, BadHeader."""
    return Form(accepted(headers, *MEDIA), epc_format(headers), cbv_format(headers))


def answer(
    docs: Iterable[bytes], now: datetime, wanted: Form, *, name: str = "SimpleEventQuery", subscription: str = ""
) -> bytes:
    """Write an EPCISQueryDocument around stored events."""
    if "xml" in wanted.media:
        # XML has no bare words, so that having no preference means web URIs (CBV 2.0 §7).
        cbv = CbvFormat.Always_Web_URI if wanted.cbv is CbvFormat.No_Preference else wanted.cbv
        spelling = Spelling(epc=wanted.epc, cbv=cbv)
        return b"".join(write_xml(docs, now, name=name, subscription=subscription, spelling=spelling))
    return query_document(spelled(docs, wanted.epc), now, name=name, subscription=subscription)


def spelled(docs: Iterable[bytes], epc: EpcFormat) -> Iterable[bytes]:
    """Write the codes of stored events as asked; the words of CBV stay as they were captured."""
    spelling = Spelling(epc=epc)
    match epc:
        case EpcFormat.Always_EPC_URN:
            return (_encode(translated(_decode(doc), spelling)) for doc in docs)
        case EpcFormat.Always_GS1_Digital_Link:
            return (_encode(translated(_decode(doc), spelling)) if b"urn:epc:" in doc else doc for doc in docs)
        case EpcFormat.No_Preference | EpcFormat.Never_Translates:
            return docs
