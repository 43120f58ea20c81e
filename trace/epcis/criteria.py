"""What parameters of a query are made of: their values' readers, and tests of events under the eyes of a query.

>>> any_in(lambda view: (view.event.step,))(("shipping", "receiving"))(View(event))
True
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from msgspec import Struct

from zhuisu.codes import site_of
from zhuisu.epcis import operands, patterns
from zhuisu.epcis.operands import Op, Read, compare
from zhuisu.epcis.view import Part, View
from zhuisu.events import Quantity
from zhuisu.events.cbv import Vocabulary

Test: TypeAlias = Callable[[View], bool]


class Parameter(Struct, frozen=True):
    """One parameter. ``one``: it takes a single value; else its values are alternatives.

    ``field``: whose master data it asks about, by ``attribute``, or by those that its values name.
    """

    name: str
    read: Read
    test: Callable[[tuple[str, ...]], Test]
    one: bool = False
    field: str = ""
    attribute: str = ""


def any_in(pick: Callable[[View], Iterable[str]]) -> Callable[[tuple[str, ...]], Test]:
    """Make a test from values: one of them is among what is picked of an event."""

    def make(values: tuple[str, ...]) -> Test:
        wanted = frozenset(values)
        return lambda view: not wanted.isdisjoint(pick(view))

    return make


def any_compared(op: Op, pick: Callable[[View], Iterable[Any]]) -> Callable[[tuple[str, ...]], Test]:
    """The same: something picked stands so to one of them."""
    return lambda values: lambda view: any(compare(op, found, value) for found in pick(view) for value in values)


def exists(has: Callable[[View], bool]) -> Callable[[tuple[str, ...]], Test]:
    """The same for a parameter without values."""
    return lambda _: has


def matched(pick: Callable[[View], Iterable[str]], *, of_classes: bool = False) -> Callable[[tuple[str, ...]], Test]:
    """The same: a code picked is one of them, or fits one that is a pattern."""

    def make(values: tuple[str, ...]) -> Test:
        exact = frozenset(value for value in values if not patterns.is_pattern(value))
        wide = [patterns.matcher(v, of_classes=of_classes) for v in values if patterns.is_pattern(v)]
        return lambda view: any(uri in exact or any(fits(uri) for fits in wide) for uri in pick(view))

    return make


def within(pick: Callable[[View], str]) -> Callable[[tuple[str, ...]], Test]:
    """The same: the place picked is one of them or lies in it."""

    def make(values: tuple[str, ...]) -> Test:
        return lambda view: any(is_within(pick(view), site) for site in values)

    return make


def is_within(place: str, site: str) -> bool:
    """Whether a place is a site or lies in it: a GLN holds its extensions, ``urn:zhuisu:site:loc:<USCC>`` its sites."""
    return site in {place, site_of(place)} or (site.startswith("urn:zhuisu:site:loc:") and place.startswith(site + "."))


def classes(*lists: tuple[Quantity, ...]) -> list[str]:
    """What quantities are of."""
    return [quantity.uri for found in lists for quantity in found]


def quantities(view: View) -> tuple[Quantity, ...]:
    """All quantities of an event."""
    e = view.event
    return (*e.quantities, *e.child_quantities, *e.input_quantities, *e.output_quantities)


def sensed(name: str, *parts: Part) -> Callable[[View], list[Any]]:
    """Pick a field of sensor data by its name."""
    return lambda view: [found[name] for part in parts for found in view.objects(part) if name in found]


def words(vocabulary: Vocabulary) -> Read:
    """Make a reader of the words of a CBV vocabulary."""
    return operands.vocabulary(vocabulary.bare, tuple(dict.fromkeys(vocabulary.spellings.values())))
