"""How a check is written down: its answer, its words in both languages, its law and next step, beside the predicate.

    @rule(refuse, "已被召回（{when}）", "Recalled at {when}", law=("食品安全法 第六十三条", "Food Safety Law art. 63"))
    def recalled(item, door): …yields the facts of its words, once for each time it speaks

The function becomes a Rule, and its name the rule's id in kebab-case. Nothing here knows a database or a clock.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone

from msgspec import Struct

from zhuisu.codes import Code, Level, site_of
from zhuisu.codes.text import Words
from zhuisu.events.cold import Bounds
from zhuisu.ledger import Mark
from zhuisu.parties import Site
from zhuisu.scan.model import Answer
from zhuisu.scan.steps import Step

Facts = dict[str, str]

CHINA = timezone(timedelta(hours=8))


class Paper(Struct, frozen=True, kw_only=True):
    """A certificate as the checks see it.

    ``goods`` are canonical classes, lots and items; ``meat`` says that it names a quarantine certificate, ``local``
    that it bears an address of ours. ``issuer`` is a USCC, ``lot`` the lot as its form says it; ``used`` are the codes
    that events name which cite it.
    """

    uri: str
    state: str
    local: bool = True
    meat: bool = False
    goods: tuple[str, ...] = ()
    issuer: str = ""
    lot: str = ""
    used: frozenset[str] = frozenset()


class Item(Struct, frozen=True, kw_only=True):
    """What is known of one scanned code: its marks and its lots' in event order, what holds it, its certificates.

    ``origin`` is the kind of the site where it was made, ``expiry`` and ``storage`` are what its maker recorded;
    ``paper`` is set when the code is itself a certificate. Beside certificates only it is asked what the goods were
    made of (``inputs``) and whose the places are from which they can come (``hands``, USCCs; empty: nobody can tell).
    """

    code: Code
    marks: tuple[Mark, ...] = ()
    lots: tuple[str, ...] = ()
    lot_marks: tuple[Mark, ...] = ()
    parent: str = ""
    origin: str = ""
    expiry: date | None = None
    storage: Bounds | None = None
    cited: tuple[Paper, ...] = ()
    paper: Paper | None = None
    inputs: tuple[str, ...] = ()
    hands: frozenset[str] = frozenset()

    @property
    def single(self) -> bool:
        """One thing, of which there is no second: an item or a case, not a lot or a kind of goods."""
        return self.code.level is Level.instance

    @property
    def known(self) -> bool:
        """Anything is recorded of it."""
        return bool(self.marks or self.lot_marks)


class Door(Struct, frozen=True, kw_only=True):
    """Where, when and in what company a code was scanned; ``kinds`` and ``owners`` (USCCs) are of registered places."""

    site: Site
    step: Step
    at: datetime
    kinds: Mapping[str, str] = {}
    owners: Mapping[str, str] = {}
    items: tuple[Item, ...] = ()

    def here(self, place: str) -> bool:
        """Whether ``place`` is this site or a part of it (GLN extension, AI 254)."""
        return site_of(place) == self.site.uri

    def own(self, place: str) -> bool:
        """Whether ``place`` is this site or another of the same organisation."""
        return self.here(place) or self.owners.get(place) == self.site.uscc

    def before(self, marks: Iterable[Mark]) -> list[Mark]:
        """The marks that the goods had when they came to this door."""
        return [mark for mark in marks if mark.time <= self.at]

    def last(self, item: Item) -> Mark | None:
        """The last that happened to the item before, at any place."""
        return next((mark for mark in reversed(self.before(item.marks)) if mark.place), None)

    @property
    def day(self) -> date:
        """The calendar day in China, by which goods expire."""
        return self.at.astimezone(CHINA).date()

    def local(self, moment: datetime) -> str:
        """A time as clocks stood at this door."""
        return f"{moment.astimezone(self.at.tzinfo):%Y-%m-%d %H:%M}"


Check = Callable[[Item, Door], Iterator[Facts]]
Pair = tuple[str, str]


class Rule(Struct, frozen=True, kw_only=True):
    """One rule. ``medicine`` is the law where the goods are medicines; without ``steps`` it is asked at every one."""

    id: str
    answer: Answer
    text: Words
    next: Words | None = None
    law: Words | None = None
    medicine: Words | None = None
    steps: frozenset[str] = frozenset()
    check: Check | None = None


def rule(
    answer: Answer,
    zh: str,
    en: str,
    *,
    then: Pair | None = None,
    law: Pair | None = None,
    medicine: Pair | None = None,
    steps: frozenset[str] = frozenset(),
    id_: str = "",
) -> Callable[[Check | None], Rule]:
    """Make a check a rule. The pairs are Chinese and English; the id is the check's name unless it is given."""

    def written(check: Check | None) -> Rule:
        return Rule(
            id=id_ or getattr(check, "__name__", "").replace("_", "-"),
            answer=answer,
            text=Words(zh, en),
            next=Words(*then) if then else None,
            law=Words(*law) if law else None,
            medicine=Words(*medicine) if medicine else None,
            steps=steps,
            check=check,
        )

    return written
