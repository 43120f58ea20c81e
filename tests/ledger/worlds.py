"""Random worlds of goods and containers, and what brute force makes of them: replay in event order, with a plain map of
what stands in what. Knows nothing of rows, windows or SQL.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from zhuisu.events import Action, BizTransaction, ErrorDeclaration, Event, EventType, Quantity, make
from zhuisu.ledger import prepare

T = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
DEPTH = 16

Standing = dict[str, set[str]]
"""Code -> what it stood in directly."""

CLASS = "https://id.gs1.org/01/06901234567892"


def at(minutes: int) -> datetime:
    return T + timedelta(minutes=minutes)


def id_of(event: Event) -> UUID:
    return prepare(event, 1).id


class Codes(NamedTuple):
    """The names of one world's things; no two worlds share any."""

    world: int

    def item(self, n: int) -> str:
        return f"{CLASS}/21/{self.world}-{n}"

    def lot(self, n: int) -> str:
        return f"{CLASS}/10/{self.world}-{n}"

    def sensor(self, n: int) -> str:
        return f"https://id.gs1.org/8004/6901234{self.world:04d}{n}"

    def case(self, n: int) -> str:
        return f"https://id.gs1.org/00/36901234{self.world:04d}{n:06d}"


def seen(minutes: int, *codes: str, action: str = "OBSERVE", **more: Any) -> Event:
    return make(EventType.ObjectEvent, time=at(minutes), action=action, epcs=codes, **more)


def pack(minutes: int, parent: str, *children: str, action: str = "ADD", **more: Any) -> Event:
    return make(EventType.AggregationEvent, time=at(minutes), action=action, parent=parent, children=children, **more)


def associate(minutes: int, parent: str, *children: str, action: str = "ADD", **more: Any) -> Event:
    return make(EventType.AssociationEvent, time=at(minutes), action=action, parent=parent, children=children, **more)


def some(*lots: str) -> list[Quantity]:
    return [Quantity(uri=lot, quantity=Decimal(5)) for lot in lots]


RANKS = ("commission", "transform out", "pack", "observe", "transform in", "unpack", "destroy")


def kind(event: Event) -> str:
    """Which of RANKS decides where ``event`` stands in its millisecond."""
    relation = event.type in {EventType.AggregationEvent, EventType.AssociationEvent}
    if event.type is EventType.TransformationEvent:
        return "transform out" if event.outputs or event.output_quantities else "transform in"
    if event.type is EventType.TransactionEvent or event.action is Action.OBSERVE:
        return "observe"
    if event.action is Action.ADD:
        return "pack" if relation else "commission"
    return "unpack" if relation else "destroy"


def in_order(events: Iterable[Event]) -> list[tuple[UUID, Event]]:
    """By event time; ties by what happened; what is still equal by content, and one content is one event."""
    return sorted({id_of(e): e for e in events}.items(), key=lambda e: (e[1].time, RANKS.index(kind(e[1])), e[0]))


class Truth:
    """What brute force makes of events none of which is void."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.order = in_order(events)
        self.paths: dict[str, dict[UUID, int]] = defaultdict(dict)
        """Code -> its events, and how many containers up the nearest code stood that each event names."""
        self.standing: dict[UUID, Standing] = {}
        """What stood in what right after some of the events."""
        self.packed: dict[UUID, dict[str, str]] = {}
        """And into what it was packed."""
        self.lots: dict[str, str] = {}
        self._in = {relation: dict[str, dict[str, None]]() for relation in ("packed", "associated", "portion")}
        self._of: dict[str, dict[str, set[str]]] = {relation: defaultdict(set) for relation in self._in}
        for n, (id_, event) in enumerate(self.order):
            self._happen(id_, event)
            if n % 211 == 0 or n == len(self.order) - 1:
                self.standing[id_] = self._snapshot()
                self.packed[id_] = {child: next(iter(into)) for child, into in self._in["packed"].items() if into}
        self._make()

    def _happen(self, id_: UUID, event: Event) -> None:
        named = set(_named(event))
        reached = self._below(named)
        self._apply(event)
        for code, depth in [*reached.items(), *self._below(named).items()]:
            self.paths[code][id_] = min(depth, self.paths[code].get(id_, depth))

    def _below(self, codes: set[str]) -> dict[str, int]:
        """Everything inside ``codes``, themselves included, and how deep at the nearest."""
        reached: dict[str, int] = {}
        level, depth = codes, 0
        while level and depth <= DEPTH:
            reached |= dict.fromkeys(level, depth)
            level = {c for parent in level for of in self._of.values() for c in of[parent]} - reached.keys()
            depth += 1
        return reached

    def _apply(self, event: Event) -> None:
        match event.type, event.action:
            case EventType.AggregationEvent, Action.ADD:
                self._enter("packed", event.children, event.parent)
                self._enter("portion", (q.uri for q in event.child_quantities), event.parent)
            case EventType.AssociationEvent, Action.ADD:
                self._enter("associated", event.children, event.parent)
            case EventType.AggregationEvent, Action.DELETE:
                everything = not event.children and not event.child_quantities
                lots = [q.uri for q in event.child_quantities]
                self._leave("packed", event.children, event.parent, everything=everything)
                self._leave("portion", lots, event.parent, everything=everything)
            case EventType.AssociationEvent, Action.DELETE:
                self._leave("associated", event.children, event.parent, everything=not event.children)

    def _enter(self, relation: str, children: Iterable[str], parent: str) -> None:
        for child in children:
            if relation != "portion":
                for before in list(self._in[relation].get(child, ())):
                    self._leave(relation, [child], before)
            self._in[relation].setdefault(child, {})[parent] = None
            self._of[relation][parent].add(child)

    def _leave(self, relation: str, children: Iterable[str], parent: str, *, everything: bool = False) -> None:
        for child in list(self._of[relation][parent]) if everything else children:
            self._in[relation].get(child, {}).pop(parent, None)
            self._of[relation][parent].discard(child)

    def _snapshot(self) -> Standing:
        standing: Standing = defaultdict(set)
        for inside in self._in.values():
            for child, parents in inside.items():
                standing[child].update(parents)
        return standing

    def _make(self) -> None:
        groups: dict[str, set[str]] = defaultdict(set)
        of: dict[UUID, str] = {}
        for id_, event in self.order:
            if event.type is EventType.TransformationEvent:
                of[id_] = event.transformation or str(id_)
                groups[of[id_]] |= {*event.inputs, *(q.uri for q in event.input_quantities)}
            if event.lot:
                self.lots |= dict.fromkeys((*event.epcs, *event.outputs), f"{CLASS}/10/{event.lot}")
        self.inputs = {id_: groups[whole] for id_, whole in of.items()}


def above(code: str, standing: Standing) -> set[str]:
    """Whatever ``code`` stood in, directly or not."""
    found: set[str] = set()
    level, depth = {code}, 0
    while level and depth < DEPTH:
        level = {parent for c in level for parent in standing.get(c, ())} - found - {code}
        found |= level
        depth += 1
    return found


def _named(event: Event) -> Iterator[str]:
    yield from (event.parent,) if event.parent else ()
    yield from (event.transformation,) if event.transformation else ()
    yield from (*event.epcs, *event.children, *event.inputs, *event.outputs)
    lists = (event.quantities, event.child_quantities, event.input_quantities, event.output_quantities)
    yield from (q.uri for quantities in lists for q in quantities)


class World:
    """``size`` random events: ``valid`` ones, and ``arriving``, which adds the void ones, declarations and repeats."""

    def __init__(self, seed: int, size: int, world: int = 0) -> None:
        self.random = random.Random(seed)
        self.codes = codes = Codes(world)
        self.items = [codes.item(n) for n in range(size * 3 // 2)]
        self.lots = [codes.lot(n) for n in range(max(4, size // 60))]
        self.sensors = [codes.sensor(n) for n in range(max(3, size // 100))]
        cases = [codes.case(n) for n in range(max(9, size // 80))]
        cut = len(cases) * 2 // 3, len(cases) * 11 // 12
        self.crates, self.pallets, self.trucks = cases[: cut[0]], cases[cut[0] : cut[1]], cases[cut[1] :]
        self.inside: dict[str, str] = {}
        self.valid: list[Event] = []
        self.void: list[Event] = []
        self.declarations: list[Event] = []
        self._commission()
        while len(self.valid) + len(self.void) < size:
            self._happen()

    def arriving(self) -> Iterator[list[Event]]:
        """Batches in no order, some events twice, declarations before or after what they are about."""
        events = [*self.valid, *self.void, *self.declarations]
        events += self.random.sample(events, len(events) // 8)
        self.random.shuffle(events)
        while events:
            cut = self.random.choice([1, 7, 60, 250, 400])
            yield events[:cut]
            events = events[cut:]

    def _commission(self) -> None:
        for start in range(0, len(self.items), 12):
            lot = self.random.choice(self.lots).rpartition("/")[2]
            more = {"lot": lot} if self.random.random() < 0.8 else {}
            # Late ones too: an item may be packed before it is commissioned, in a world that reports as it likes.
            self._add(seen, self.random.choice([0, 0, 0, 30]), *self.items[start : start + 12], action="ADD", **more)

    def _happen(self) -> None:
        pick, chance = self.random.choice, self.random.random()
        minute = len(self.valid) // 3  # about three events share a millisecond
        parent, below = self._parent()
        match chance:
            case _ if chance < 0.35:
                children = self._some(below)
                self.inside |= dict.fromkeys(children, parent)
                self._add(pack, minute, parent, *children)
            case _ if chance < 0.38:  # a cycle now and then
                big, small = pick(self.pallets), pick(self.crates)
                self._add(pack, minute, small, big)
            case _ if chance < 0.53:
                children = self._some([c for c, p in self.inside.items() if p == parent] or below)
                self._add(pack, minute, parent, *children, action="DELETE")
            case _ if chance < 0.60:
                self._add(pack, minute, parent, action="DELETE")
            case _ if chance < 0.66:
                mixed = self._some(below)[:1]
                self._add(pack, minute, parent, *mixed, child_quantities=some(*self._some(self.lots)))
            case _ if chance < 0.69:
                self._add(pack, minute, parent, action="DELETE", child_quantities=some(*self._some(self.lots)))
            case _ if chance < 0.75:
                self._add(associate, minute, parent, *self._some([*self.sensors, *below]))
            case _ if chance < 0.78:
                self._add(associate, minute, parent, *self._some(self.sensors), action="DELETE")
            case _ if chance < 0.79:
                self._add(associate, minute, parent, action="DELETE")
            case _ if chance < 0.90:
                self._add(seen, minute, parent, step=pick(["shipping", "receiving", "storing"]))
            case _ if chance < 0.93:
                self._add(seen, minute, *self._some(self.items), quantities=some(pick(self.lots)))
            case _ if chance < 0.95:
                self._add(_transaction, minute, parent, *self._some(self.items))
            case _ if chance < 0.98:
                self._transform(minute)
            case _:
                self._add(seen, minute, *self._some(self.items), action="DELETE", step="destroying")

    def _parent(self) -> tuple[str, list[str]]:
        """A container, and what it may hold."""
        crates, pallets, trucks = self.crates, self.pallets, self.trucks
        return self.random.choice(
            [
                (self.random.choice(crates), self.items),
                (self.random.choice(crates), self.items),
                (self.random.choice(crates), self.items),
                (self.random.choice(pallets), crates),
                (self.random.choice(pallets), [*crates, *self.items]),
                (self.random.choice(trucks), pallets),
            ]
        )

    def _transform(self, minute: int) -> None:
        whole = f"urn:x:transformation:{self.codes.world}:{self.random.randrange(6)}"
        made = {"outputs": self._some(self.items)} if self.random.random() < 0.6 else {}
        more = {"transformation": whole} if not made or self.random.random() < 0.5 else {}
        used = {"inputs": self._some(self.items), "input_quantities": some(self.random.choice(self.lots))}
        self._add(_transformation, minute, **used, **made, **more)

    def _some(self, codes: list[str]) -> list[str]:
        return self.random.sample(codes, min(len(codes), self.random.randint(1, 6)))

    def _add(self, what: Any, minute: int, *codes: str, **more: Any) -> None:
        if self.random.random() > 0.12:
            self.valid.append(what(minute, *codes, **more))
            return
        name = f"urn:x:{self.codes.world}:{len(self.valid)}:{len(self.void)}"
        self.void.append(what(minute, *codes, event_id=name, **more))
        wrong = ErrorDeclaration(time=at(minute + 100_000), reason="did_not_occur")
        copy = {"event_id": name, "declaration": wrong}
        whole = self.random.random() < 0.8  # the copy in a declaration is nobody's word but the declarer's
        self.declarations.append(what(minute, *codes, **copy, **more) if whole else seen(minute, self.items[0], **copy))


def _transaction(minutes: int, parent: str, *codes: str, **more: Any) -> Event:
    order = BizTransaction(type="po", uri="urn:x:order:1")
    return make(
        EventType.TransactionEvent, time=at(minutes), action="ADD", parent=parent, epcs=codes, documents=[order], **more
    )


def _transformation(minutes: int, **more: Any) -> Event:
    return make(EventType.TransformationEvent, time=at(minutes), **more)
