"""The path of a code as a value: nodes in dictionaries, hops in time order, findings beside them.

The shape is that of the best trace interfaces (one node dictionary, edges that refer to it), so that a pallet of a
thousand boxes names each place once.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from zhuisu.certs import Cited
from zhuisu.codes import Code
from zhuisu.codes.text import Words
from zhuisu.events.cold import Bounds, Temperature


class Direction(StrEnum):
    """Which way to look: back to the origin, or forward to every holder."""

    back = "back"
    forward = "forward"


class Via(StrEnum):
    """Why a hop belongs to the path: through the code itself, what held it, its lot, or what it was made from."""

    item = "item"
    container = "container"
    lot = "lot"
    input = "input"
    output = "output"
    content = "content"


class Severity(StrEnum):
    """How bad a finding is."""

    info = "info"
    warning = "warning"
    serious = "serious"


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One temperature reading, °C, at the time (or in the middle of the interval) it was measured."""

    time: datetime
    value: float


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A business transaction that an event refers to: CBV type (``po``, ``inv``, ``desadv`` …) and identifier."""

    type: str
    uri: str


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One event on the path. ``site``, ``party`` and ``by`` refer to the path's dictionaries.

    ``code`` is what the event named; where it differs from the traced code, ``via`` says why it counts: inside the
    container ``code``, as member of the lot ``code``, or made from the input ``code``. ``containers`` is what it stood
    in just then, innermost first; ``container`` the outermost of them.
    """

    event: str
    time: datetime
    recorded: datetime
    offset: str
    type: str
    action: str | None
    step: str
    disposition: str
    code: str
    via: Via
    container: str | None = None
    containers: tuple[str, ...] = ()
    site: str | None = None
    party: str | None = None
    by: str | None = None
    quantity: Decimal | None = None
    uom: str | None = None
    temperature: Temperature | None = None
    readings: tuple[Measured, ...] = ()
    storage: Bounds | None = None
    sources: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    certificates: tuple[str, ...] = ()


class CodeNode(msgspec.Struct, frozen=True, kw_only=True):
    """A code on the path: how people write it, and what the goods are called where that is registered.

    The names are public, they are printed on the goods: a redacted container keeps them and loses its ``label``.
    """

    uri: str
    family: str
    level: str
    label: str
    name: str = ""
    name_en: str = ""
    specification: str = ""
    lot: str = ""


class SiteNode(msgspec.Struct, frozen=True, kw_only=True):
    """A place. A redacted one keeps its kind and division and loses its name and address."""

    id: str
    name: str
    kind: str
    division: str
    party: str | None = None
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


class PartyNode(msgspec.Struct, frozen=True, kw_only=True):
    """A party. A redacted one keeps its kind and division and loses its name."""

    id: str
    name: str
    kind: str
    division: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a path: the rule, how bad, in words, under which law, and the events that show it."""

    rule: str
    severity: Severity
    text: Words
    law: Words | None = None
    events: tuple[str, ...] = ()


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at one site now (or stood there last): how many codes, which (at most 100), and since when."""

    site: str | None
    party: str | None
    state: str
    items: int
    quantity: Decimal | None = None
    uom: str | None = None
    since: datetime
    codes: tuple[str, ...] = ()


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of ``GET /chain/{code}``."""

    code: Code
    direction: Direction
    at: datetime
    hops: tuple[Hop, ...]
    codes: dict[str, CodeNode]
    sites: dict[str, SiteNode]
    parties: dict[str, PartyNode]
    certificates: tuple[Cited, ...] = ()
    findings: tuple[Finding, ...] = ()
    holders: tuple[Holder, ...] = ()
    truncated: bool = False
    redacted: bool = False
