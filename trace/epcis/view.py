"""An event as queries look at it: its fields, and behind them the document, read only when a parameter asks for it.

>>> list(View(event).extensions(Part.EVENT))
[('{https://example.org/ns}colour', 'red')]
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from zhuisu.epcis.names import member
from zhuisu.events import Event, hash_id
from zhuisu.events.context import PREFIXES, context
from zhuisu.events.tree import STANDARD_FIELDS

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


class Part(StrEnum):
    """Where extension fields stand (EPCIS 2.0 §7.2): the value is what stands for it in the names of parameters."""

    EVENT = ""
    ILMD = "ILMD_"
    ERROR_DECLARATION = "ERROR_DECLARATION_"
    SENSORELEMENT = "SENSORELEMENT_"
    SENSORMETADATA = "SENSORMETADATA_"
    SENSORREPORT = "SENSORREPORT_"
    READ_POINT = "readPoint_"
    BIZ_LOCATION = "bizLocation_"


ATTRIBUTED = ("readPoint", "bizLocation", "epcClass", "source", "destination")
"""Fields of the standard that name what master data is about."""

PLACES = ("readPoint", "bizLocation")
"""Those of them that name places."""


class View:
    """One event under the eyes of a query. ``name`` is its eventID here, ``recorded`` its recordTime here."""

    def __init__(
        self,
        event: Event,
        name: str = "",
        recorded: datetime | None = None,
        master: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.event = event
        self.recorded = recorded or event.record_time
        self._name = name or event.event_id
        self._master = master or {}

    @cached_property
    def name(self) -> str:
        """The eventID: as stored, the client's own, or the hash id."""
        return self._name or hash_id(self.event)

    @cached_property
    def tree(self) -> dict[str, Any]:
        """The document, numbers exact."""
        return _decode(self.event.doc)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that the event's own ``@context`` binds, beside those of the standard."""
        return context(self.tree["@context"]).prefixes if "@context" in self.tree else PREFIXES

    def objects(self, part: Part) -> list[dict[str, Any]]:
        """The objects of the event that may hold extensions of this part."""
        # An extended event may have such names for something else.
        elements = self.tree["sensorElementList"] if self.event.sensors else ()
        match part:
            case Part.EVENT:
                return [self.tree]
            case Part.SENSORELEMENT:
                return list(elements)
            case Part.SENSORMETADATA:
                return [element["sensorMetadata"] for element in elements if "sensorMetadata" in element]
            case Part.SENSORREPORT:
                return [report for element in elements for report in element["sensorReport"]]
            case _:
                return [found for found in (self.tree.get(_FIELD[part]),) if isinstance(found, dict)]

    def extensions(self, part: Part) -> Iterator[tuple[str, Any]]:
        """Extension fields of a part: ``{namespace}name`` and value."""
        for found in self.objects(part):
            for name, value in found.items():
                if ":" in name and name not in STANDARD_FIELDS:
                    yield member(name, self.prefixes), value

    def inner(self, part: Part) -> Iterator[tuple[str, Any]]:
        """All that stands inside the extension fields of a part, at any depth."""
        stack = [value for _, value in self.extensions(part)]
        while stack:
            match stack.pop():
                case dict() as found:
                    for name, value in found.items():
                        stack.append(value)
                        if ":" in name:
                            yield member(name, self.prefixes), value
                case list() as items:
                    stack.extend(items)

    def attributes(self, field: str) -> Iterator[tuple[str, str]]:
        """Names and texts of the attributes of a field: the master data of what it names.

        ``field`` is one of ATTRIBUTED or ``{namespace}name`` of an extension (EPCIS 2.0 §8.2.7.1, HASATTR); that has
        its own members too. What stands inside a readPoint is asked for by EQ_readPoint_.
        """
        for uri in self.named(field):
            for name, said in self._master.get(uri, {}).items():
                yield from ((name, text(x)) for x in leaves(said))
        for value in self._values(field):
            for found in value if isinstance(value, list) else [value]:
                if not isinstance(found, dict):
                    continue
                for name, inside in found.items():
                    if name not in {"id", "#text", "@value"}:
                        yield from ((member(name.removeprefix("@"), self.prefixes), text(x)) for x in leaves(inside))

    def named(self, field: str) -> list[str]:
        """What a field names, master data may be about."""
        return [uri for value in self._values(field) for uri in leaves(value) if isinstance(uri, str)]

    def _values(self, field: str) -> list[Any]:
        match field:
            case "readPoint":
                return [self.event.read_point] if self.event.read_point else []
            case "bizLocation":
                return [self.event.location] if self.event.location else []
            case "epcClass":
                e = self.event
                lists = (e.quantities, e.child_quantities, e.input_quantities, e.output_quantities)
                return [quantity.uri for found in lists for quantity in found]
            case "source":
                return [party.uri for party in self.event.sources]
            case "destination":
                return [party.uri for party in self.event.destinations]
            case _:
                return [value for name, value in self.extensions(Part.EVENT) if name == field]


_FIELD = {
    Part.ILMD: "ilmd",
    Part.ERROR_DECLARATION: "errorDeclaration",
    Part.READ_POINT: "readPoint",
    Part.BIZ_LOCATION: "bizLocation",
}


def leaves(value: Any) -> Iterator[Any]:
    """What a field says: each item of a list; of an object its ``@value``, ``#text`` or ``id``."""
    match value:
        case list():
            for item in value:
                yield from leaves(item)
        case {"@value": own} | {"#text": own} | {"id": own}:
            yield own
        case dict() | None:
            return
        case _:
            yield value


def text(value: Any) -> str:
    """A scalar as text."""
    match value:
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
