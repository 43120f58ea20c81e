"""The goods an event is about: what a right to see it can follow from. Pure.

>>> goods(links(commissioning_of_two))
Goods(items=['https://id.gs1.org/01/…/21/1', 'https://id.gs1.org/01/…/21/2'], lots=['https://id.gs1.org/01/…/10/L1'])

Kinds of goods are held by nobody, and neither is a certificate that an event cites nor the number of a transformation:
two shops that cite one farm's certificate have nothing to do with each other.
"""

from functools import lru_cache
from typing import NamedTuple

from zhuisu.codes import Level, recorded
from zhuisu.ledger.model import Links, Role

_PAPERS = frozenset({Role.cited, Role.transformation})
_GTIN, _SERIAL, _SERIAL_AT = "https://id.gs1.org/01/", "/21/", len("https://id.gs1.org/01/") + 14
_ITEMS = ("https://id.gs1.org/00/", "urn:zhuisu:drug:obj:")


class Goods(NamedTuple):
    """Canonical URIs of instances and of lots, each once."""

    items: list[str]
    lots: list[str]


def goods(found: Links) -> Goods:
    """The goods among what an event names."""
    named = dict.fromkeys(touch.uri for touch in found.touches if touch.role not in _PAPERS)
    for hold in found.holds:
        named[hold.child] = named[hold.parent] = None
    about = Goods([], [])
    for uri in named:
        # SGTIN, SSCC and drug codes are nearly all there is; a full parse costs more than the rest of capture.
        if (uri.startswith(_GTIN) and uri.startswith(_SERIAL, _SERIAL_AT)) or uri.startswith(_ITEMS):
            about.items.append(uri)
        elif (level := _level(uri)) is not Level.item_class:
            (about.lots if level is Level.lot else about.items).append(uri)
    return about


@lru_cache(maxsize=10_000)
def _level(uri: str) -> Level:
    return recorded(uri).level
