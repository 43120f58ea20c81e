"""Events as a caller wants them: JSON or XML, EPCs as Digital Link or URN (EPCIS 2.0 §12.8).

>>> answer(docs, now, form(request.headers)).media
'application/ld+json'
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from zhuisu.epcis import company
from zhuisu.epcis.headers import accepted, cbv_format, epc_format
from zhuisu.epcis.master import Element, vocabulary_list
from zhuisu.events import (
    CbvFormat,
    EpcFormat,
    Spelling,
    master_data_xml,
    query_document,
    translated,
    write_vocabularies_xml,
    write_xml,
)

MEDIA = ("application/ld+json", "application/json", "application/xml", "text/xml")

MASTER = "master-data"
"""The preference (RFC 7240, header Prefer) for master data beside the events: a client that does not know of it sends
no such header, and its answers stay as the standard has them."""

_CODED = re.compile(rb"urn:epc:").search
_WORDED = re.compile(rb"urn:epcglobal:cbv:|gs1\.org/(?:cbv|voc)/").search
"""Only what has one of these has something to translate."""

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Form(Struct, frozen=True):
    """How an answer is written."""

    media: str = MEDIA[0]
    epc: EpcFormat = EpcFormat.Always_GS1_Digital_Link
    cbv: CbvFormat = CbvFormat.No_Preference
    master: bool = False

    @property
    def told(self) -> dict[str, str]:
        """The headers that name the formats of an answer."""
        told = {"GS1-EPC-Format": self.epc.value} | ({"Preference-Applied": MASTER} if self.master else {})
        return told | {"GS1-CBV-XML-Format": self.cbv.value} if "xml" in self.media else told


def form(headers: Mapping[str, str]) -> Form:
    """What the headers of a request ask for. Raises NotAcceptable, BadHeader."""
    prefers = {word.partition(";")[0].strip().lower() for word in headers.get("Prefer", "").split(",")}
    return Form(accepted(headers, *MEDIA), epc_format(headers), cbv_format(headers), MASTER in prefers)


def answer(
    docs: Iterable[bytes],
    now: datetime,
    wanted: Form,
    *,
    name: str = "SimpleEventQuery",
    subscription: str = "",
    master: Iterable[Element] | None = None,
) -> bytes:
    """Write an EPCISQueryDocument around stored events. Raises NotAcceptable for a code that has no URN here.

    ``master`` are the things that the events name: in XML they stand in the header. The JSON schema of EPCIS 2.0 lets
    a query document have none, but a ``vocabularyList`` beside the events: there they stand in JSON.
    """
    told = None if master is None else vocabulary_list(master, wanted.epc)
    if "xml" in wanted.media:
        # XML has no bare words, so that having no preference means web URIs (CBV 2.0 §7).
        cbv = CbvFormat.Always_Web_URI if wanted.cbv is CbvFormat.No_Preference else wanted.cbv
        docs, spelling = spelled(docs, wanted.epc, CbvFormat.Never_Translates), Spelling(cbv=cbv)
        header = b"" if told is None else master_data_xml(told)
        return b"".join(write_xml(docs, now, name=name, subscription=subscription, spelling=spelling, header=header))
    return query_document(spelled(docs, wanted.epc), now, name=name, subscription=subscription, vocabularies=told)


def vocabularies(elements: Iterable[Element], now: datetime, wanted: Form) -> bytes:
    """Write the answer to a query for master data (EPCISQueryDocument)."""
    told = vocabulary_list(elements, wanted.epc)
    if "xml" in wanted.media:
        return write_vocabularies_xml(told, now, "SimpleMasterDataQuery")
    return query_document([], now, name="SimpleMasterDataQuery", vocabularies=told)


def spelled(docs: Iterable[bytes], epc: EpcFormat, cbv: CbvFormat = CbvFormat.Bare) -> Iterable[bytes]:
    """Write the codes and words of stored events as asked. Raises NotAcceptable.

    In JSON a word of CBV is bare, whatever brought it: the JSON schema has no other (vocab-other-uri).
    """
    match epc:
        case EpcFormat.Always_EPC_URN:
            return map(partial(_in_urns, cbv=cbv), docs)
        case EpcFormat.Always_GS1_Digital_Link:
            return map(partial(_where, (_CODED, _WORDED), Spelling(epc=epc, cbv=cbv)), docs)
        case EpcFormat.No_Preference | EpcFormat.Never_Translates:
            return map(partial(_where, (_WORDED,), Spelling(cbv=cbv)), docs)


def _where(signs: Iterable[Callable[[bytes], object]], spelling: Spelling, doc: bytes) -> bytes:
    """Write an event anew if it shows a sign of what is to be translated; else it is the bytes that were stored."""
    return _encode(translated(_decode(doc), spelling)) if any(sign(doc) for sign in signs) else doc


def _in_urns(doc: bytes, cbv: CbvFormat) -> bytes:
    length = partial(company.required, known=company.spoken(doc))
    return _encode(translated(_decode(doc), Spelling(epc=EpcFormat.Always_EPC_URN, cbv=cbv, prefix_length=length)))
