r"""The names of EPCIS XML, and what each field of an event looks like in it.

    urn:epcglobal:epcis:xsd:2 ObjectEvent   the standard's own, told without prefix in JSON
    https://ns.ext.de/ grade                an extension, told as ``ext1:grade`` under the prefix its document chose
    urn:zhuisu:xml json                     what JSON says and XML cannot, as an attribute (see ``xml_event``)

Two kinds of values are such names too, if an xmlns binds their prefix: ``xsi:type``, and words of vocabularies (CBV 2.0
§7; published documents write ``type="gs1:Temperature"``). Any other text is itself: ``example:x`` is a URI.

>>> Names(STANDARD).member("https://ns.ext.de/\x01grade\x01ext1")
'ext1:grade'
"""

import re
from collections.abc import Collection, Mapping
from enum import Enum

from zhuisu.events.context import PREFIXES

SEPARATOR = "\x01"
"""Between namespace, local name and prefix, as expat gives them: no XML document can hold it."""

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
XML = "http://www.w3.org/XML/1998/namespace"
OURS = "urn:zhuisu:xml"
UNBOUND = "urn:zhuisu:unbound:"
"""Namespace of a prefix that no context binds: JSON-LD does without, XML does not."""
SCHEMA_TYPES = re.compile(r"http://www\.w3\.org/\d{4}/(?:\d\d/)?XMLSchema\b", re.ASCII).match
"""Types of XML schema, in any of its versions: JSON has its own."""
US = "zhuisu-xml"
"""Prefix of ours in what we write."""
TYPE = "zhuisu-type"
"""Prefix of the type of another's event, where no context binds one."""

EPCIS, QUERY = "urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis-query:xsd:2"
DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "EPCISDocument": (EPCIS, "urn:epcglobal:epcis:xsd:1"),
    "EPCISQueryDocument": (QUERY, "urn:epcglobal:epcis-query:xsd:1"),
}
STANDARD = frozenset({"", EPCIS, QUERY})
"""Namespaces of the standard's own elements in version 2; local elements have none, many write one all the same."""
STANDARD_1 = frozenset({"", *(namespace for both in DOCUMENTS.values() for namespace in both)})

_MACHINERY = STANDARD_1 | {QUERY, XSI, OURS}
"""What the head of every document binds: no word is of these."""

WRAPPERS = frozenset({"extension", "baseExtension"})
"""Elements in which 1.x keeps its later fields."""


class Shape(Enum):
    """How the value of a field stands in XML."""

    TEXT = "one element with text"
    WORD = "one element with a word of a vocabulary"
    TEXTS = "the same element again for each"
    TIME = "one element with an xsd:dateTimeStamp"
    EPCS = "a list of <epc>"
    QUANTITIES = "a list of <quantityElement>"
    PLACE = "<id> and extensions"
    DOCUMENTS = "a list of <bizTransaction type=…>"
    SOURCES = "a list of <source type=…>"
    DESTINATIONS = "a list of <destination type=…>"
    DECLARATION = "times, reason, ids and extensions"
    CORRECTIVE = "a list of <correctiveEventID>"
    PERSISTENT = "<unset> and <set>, again for each"
    SENSORS = "a list of <sensorElement>"
    OPEN = "extensions only"


# In the order of the schema's sequences, EPCglobal-epcis-2_0.xsd.
HEAD = {
    "eventTime": Shape.TIME,
    "recordTime": Shape.TIME,
    "eventTimeZoneOffset": Shape.TEXT,
    "eventID": Shape.TEXT,
    "errorDeclaration": Shape.DECLARATION,
    "certificationInfo": Shape.TEXTS,
}
_WHY = {
    "bizStep": Shape.WORD,
    "disposition": Shape.WORD,
    "readPoint": Shape.PLACE,
    "bizLocation": Shape.PLACE,
}
_PAPERS = {"bizTransactionList": Shape.DOCUMENTS}
_TAIL = {
    "sourceList": Shape.SOURCES,
    "destinationList": Shape.DESTINATIONS,
    "sensorElementList": Shape.SENSORS,
    "persistentDisposition": Shape.PERSISTENT,
}
_PARENT, _ACTION, _ILMD = {"parentID": Shape.TEXT}, {"action": Shape.TEXT}, {"ilmd": Shape.OPEN}
_CHILDREN, _CHILD_QUANTITIES = {"childEPCs": Shape.EPCS}, {"childQuantityList": Shape.QUANTITIES}
_EPCS, _QUANTITIES = {"epcList": Shape.EPCS}, {"quantityList": Shape.QUANTITIES}

FIELDS: Mapping[str, Mapping[str, Shape]] = {
    "ObjectEvent": {**HEAD, **_EPCS, **_ACTION, **_WHY, **_PAPERS, **_QUANTITIES, **_TAIL, **_ILMD},
    "AggregationEvent": {
        **HEAD, **_PARENT, **_CHILDREN, **_ACTION, **_WHY, **_PAPERS, **_CHILD_QUANTITIES, **_TAIL,
    },
    "TransactionEvent": {**HEAD, **_PAPERS, **_PARENT, **_EPCS, **_ACTION, **_WHY, **_QUANTITIES, **_TAIL},
    "TransformationEvent": {
        **HEAD,
        "inputEPCList": Shape.EPCS,
        "inputQuantityList": Shape.QUANTITIES,
        "outputEPCList": Shape.EPCS,
        "outputQuantityList": Shape.QUANTITIES,
        "transformationID": Shape.TEXT,
        **_WHY,
        **_PAPERS,
        **_TAIL,
        **_ILMD,
    },
    "AssociationEvent": {
        **HEAD, **_PARENT, **_CHILDREN, **_CHILD_QUANTITIES, **_ACTION, **_WHY, **_PAPERS, **_TAIL,
    },
}  # fmt: skip
EXTENDED: Mapping[str, Shape] = {name: shape for fields in FIELDS.values() for name, shape in fields.items()}
"""What an event of another's type may say as the standard does; its own names stand in any namespace or none."""
DECLARATION: Mapping[str, Shape] = {
    "declarationTime": Shape.TIME,
    "reason": Shape.WORD,
    "correctiveEventIDs": Shape.CORRECTIVE,
}
PLACE: Mapping[str, Shape] = {"id": Shape.TEXT}
QUANTITY = ("epcClass", "quantity", "uom")
PARTIES: Mapping[Shape, str] = {
    Shape.DOCUMENTS: "bizTransaction",
    Shape.SOURCES: "source",
    Shape.DESTINATIONS: "destination",
}

# Attributes of sensorMetadata and sensorReport: how their text becomes a JSON value.
NUMBERS = frozenset({"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"})
BOOLEANS = frozenset({"booleanValue"})
TIMES = frozenset({"time", "startTime", "endTime"})
STRINGS = frozenset({"stringValue", "uom"})
WORDS: Mapping[str, frozenset[str]] = {
    "sensorReport": frozenset({"type", "component", "exception"}),
    **dict.fromkeys(PARTIES.values(), frozenset({"type"})),
    **dict.fromkeys(("bizStep", "disposition", "set", "unset", "reason"), frozenset({"#text"})),
}
"""Where words of vocabularies stand: attributes of an element, or its text."""
METADATA = (
    *("time", "deviceID", "deviceMetadata", "rawData", "startTime", "endTime"),
    "bizRules",
    "dataProcessingMethod",
)
REPORT = (
    *("type", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue", "uom", "minValue"),
    *("maxValue", "sDev", "chemicalSubstance", "microorganism", "deviceID", "deviceMetadata", "rawData", "time"),
    *(
        "meanValue",
        "percRank",
        "percValue",
        "dataProcessingMethod",
        "coordinateReferenceSystem",
        "exception",
        "bizRules",
    ),
)


class Names:
    """JSON names for the names of one event: each namespace has one prefix in it, whatever was bound where."""

    def __init__(
        self,
        standard: frozenset[str],
        known: dict[str, str] | None = None,
        *,
        avoid: Collection[str] = (),
        ordered: Collection[str] = (),
    ) -> None:
        """Tell ``standard`` namespaces without prefix; ``avoid`` prefixes that texts seem to use.

        ``known`` are the standard's names met so far, which the events of a document share.

        XML binds no prefix within texts: ``example:x`` is a URI there, and must not become a compact one in JSON-LD.
        ``spoken`` are prefixes that values use as names do: they stay as they are written.
        ``ordered`` are the elements within which all must stand as the schema's sequences say (``xml_order``).
        """
        self.ordered = ordered
        self.standard = standard
        self.avoid = avoid
        self.chosen: dict[str, str] = {}
        self.spoken: set[str] = set()
        self._prefixes: dict[str, str] = {}
        self._fields: dict[str, str] = {} if known is None else known
        self._members: dict[str, str] = {}

    def field(self, name: str) -> str:
        """Name a field where the standard's own are expected."""
        found = self._fields.get(name)
        if found is None:
            namespace, local, _ = _parted(name)
            if namespace not in self.standard:
                return self.member(name)
            found = self._fields[name] = local
        return found

    def member(self, name: str) -> str:
        """Name a member of an extension: prefixed if it has a namespace."""
        found = self._members.get(name)
        if found is None:
            namespace, local, prefix = _parted(name)
            if not namespace:
                found = local
            elif namespace == XML:
                found = f"xml:{local}"
            elif namespace.startswith(UNBOUND):
                found = f"{namespace.removeprefix(UNBOUND)}:{local}"
            else:
                found = f"{self.prefix(namespace, prefix)}:{local}"
            self._members[name] = found
        return found

    def text(self, text: str) -> str:
        """Write a text, which may be a name."""
        name = text.strip()
        return text.replace(name, self.value(name)) if SEPARATOR in text else text

    def value(self, name: str) -> str:
        """Write a name that stands as a value. Prefixes of the standard context always mean what it says."""
        namespace, local, prefix = _parted(name)
        if namespace.startswith(UNBOUND):
            return f"{namespace.removeprefix(UNBOUND)}:{local}"
        if prefix in PREFIXES or prefix == TYPE or namespace in _MACHINERY:
            return f"{prefix}:{local}"
        chosen = self.prefix(namespace, prefix)
        self.spoken.add(chosen)
        return f"{chosen}:{local}"

    def prefix(self, namespace: str, wanted: str) -> str:
        """Choose the prefix of a namespace: the one written, unless it means another in this event."""
        found = self._prefixes.get(namespace)
        if found is None:
            found = wanted or "ns"
            number = 0
            while found in self.avoid or self.chosen.get(found, namespace) != namespace:
                number += 1
                found = f"{wanted or 'ns'}{number}"
            self._prefixes[namespace] = found
            self.chosen[found] = namespace
        return found


def _parted(name: str) -> tuple[str, str, str]:
    """Part expat's name into namespace, local name and prefix, the absent ones empty."""
    match name.split(SEPARATOR):
        case [namespace, local, prefix]:
            return namespace, local, prefix
        case [namespace, local]:
            return namespace, local, ""
        case _:
            return "", name, ""
