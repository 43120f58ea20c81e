"""Capture of master data: what the header of a document says of what its events name, kept for whoever sent it.

>>> elements = of_json(body)                               # of a document that ``zhuisu.events.each`` can read
>>> await tell(conn, party, elements, prepared, capture, now)

What an organisation says of an id replaces what it said before; nothing is lost, and the registers are never changed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw, Struct, field

from zhuisu.db import Connection
from zhuisu.epcis import master_store as store
from zhuisu.epcis.errors import BadMasterData
from zhuisu.epcis.master import RULE, Element, named, read
from zhuisu.events import Document
from zhuisu.events.context import PLAIN, context
from zhuisu.events.errors import shown
from zhuisu.ledger import Prepared

HEADER = "/epcisHeader"
LIST = f"{HEADER}/epcisMasterData/vocabularyList"
RESULTS = "/epcisBody/queryResults/resultsBody/vocabularyList"

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


class _Results(Struct):
    vocabularies: Raw = field(name="vocabularyList", default=Raw(b"[]"))


class _Answer(Struct):
    body: _Results = field(name="resultsBody", default_factory=_Results)


class _Body(Struct):
    answer: _Answer = field(name="queryResults", default_factory=_Answer)


class _Envelope(Struct):
    context: Raw = field(name="@context", default=Raw(b"[]"))
    header: Raw = field(name="epcisHeader", default=Raw(b"{}"))
    body: _Body = field(name="epcisBody", default_factory=_Body)


def of_json(body: bytes) -> list[Element]:
    """The master data of a JSON document that can be read. Raises BadMasterData."""
    if b"epcisHeader" not in body and b"vocabularyList" not in body and b"\\u" not in body:
        return []
    try:
        envelope = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=_Envelope)
    except (msgspec.MsgspecError, ValueError):  # a bare event, or a list of them
        return []
    scope = context(_decode(envelope.context))
    answered = read(_decode(envelope.body.answer.body.vocabularies), RESULTS, scope)
    return [*read(_of_header(_decode(envelope.header)), LIST, scope), *answered]


def of_xml(document: Document) -> list[Element]:
    """The master data of an XML document that was opened. Raises BadMasterData."""
    scope = context(document.context) if document.context else PLAIN
    header = read(_of_header(document.header), LIST, scope, document.lines)
    return [*header, *read(document.vocabularies, RESULTS, scope, document.lines)]


async def tell(
    conn: Connection, party: int, said: Sequence[Element], recorded: Iterable[Prepared], capture: UUID, now: datetime
) -> None:
    """Keep what was said, and which of the events recorded with it name it. Again it changes nothing."""
    if not said:
        return
    ids = await store.subjects(conn, party, [element.key for element in said])
    by_id = {ids[element.key]: element for element in said}
    await store.tell(conn, by_id, capture, now)
    subjects: dict[str, list[int]] = {}
    for subject, element in by_id.items():
        subjects.setdefault(element.uri, []).append(subject)
    pairs = [
        (subject, entry.id)
        for entry in recorded
        for uri in named(entry.event) & subjects.keys()
        for subject in subjects[uri]
    ]
    await store.name(conn, pairs)


def _of_header(header: Any) -> Any:
    """The vocabularyList of a header, an empty one where there is none."""
    tree = _object(header, HEADER)
    for name in tree:
        if ":" not in name and name != "epcisMasterData":
            raise _refused(f"{shown(name)} is not known here", f"{HEADER}/{name}", "give it a prefix")
    return _object(tree.get("epcisMasterData", {}), f"{HEADER}/epcisMasterData").get("vocabularyList", [])


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refused(f"an object is wanted, {shown(value)} found", where, "give an object")
    return value


def _refused(said: str, where: str, mend: str) -> BadMasterData:
    return BadMasterData(said, where=where, mend=mend, rule=RULE)
