"""A relation file as events and events as a relation file. Pure.

Activation is a commissioning event for each lot and product at its level of packaging; what stands in what is one
packing event a parent. What the file says besides of the batch travels in the ILMD, in names of our own; who it is
licensed to and who ran the line concern nobody who buys the goods, and travel in ``Kept``.

>>> made = events(upload, site, at)
>>> gathered(made, kept(upload)) == upload
True
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from zhuisu.codes.private import OURS
from zhuisu.events import Action, Event, EventType, make
from zhuisu.events.cold import NAMESPACE
from zhuisu.exchange.relation import Batch, Head, Packed, Relation, Upload, is_code, normal

CHINA = timezone(timedelta(hours=8))
CONTEXT = {"zhuisu": NAMESPACE}
_DRUG = f"{OURS}drug:obj:"


class Kept(Struct, frozen=True):
    """What of a batch stays with whoever sent the file."""

    license: str = ""
    manager: str = ""


class BatchKey(NamedTuple):
    """What a batch is known by: productCode and batchNo."""

    product: str
    number: str


class Ilmd(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The master data of one level of a batch, as it stands in the event (CBV 2.0 §9 and names of our own)."""

    lot: str = field(name="cbvmda:lotNumber", default="")
    expires: date | None = field(name="cbvmda:itemExpirationDate", default=None)
    made: date | None = field(name="gs1:productionDate", default=None)
    layer: str = field(name="zhuisu:packLayer", default="")
    flag: str = field(name="zhuisu:flag", default="")
    product: str = field(name="zhuisu:productCode", default="")
    subtype: str = field(name="zhuisu:subTypeNo", default="")
    cascade: str = field(name="zhuisu:cascade", default="")
    spec: str = field(name="zhuisu:packageSpec", default="")
    comment: str = field(name="zhuisu:comment", default="")
    linked: str = field(name="zhuisu:linkProductCode", default="")
    corporation: str = field(name="zhuisu:assCorpCode", default="")
    workshop: str = field(name="zhuisu:workshop", default="")
    line: str = field(name="zhuisu:lineName", default="")


class _Made(Struct, frozen=True):
    ilmd: Ilmd = Ilmd()


def ilmd(event: Event) -> Ilmd:
    """The master data of an event; what is not text or a date is as if it were not there."""
    try:
        return msgspec.json.decode(event.doc, type=_Made).ilmd
    except msgspec.ValidationError:
        return Ilmd(lot=event.lot, expires=event.expiry)


def events(upload: Upload, site: str, at: datetime | None = None) -> list[Event]:
    """The events of a file at ``site`` (URI), in order; without ``at`` each batch at the dawn of its production day."""
    made: list[Event] = []
    layers = {packed.code: packed.layer for _, batch in upload.batches() for packed in batch.codes}
    packing: dict[str, list[str]] = {}
    moments: dict[str, datetime] = {}
    for head, batch in upload.batches():
        moment = at or datetime.combine(batch.made, time(), CHINA)
        groups: dict[tuple[str, int, str], list[str]] = {}
        for packed in batch.codes:
            groups.setdefault((packed.product, packed.layer, packed.flag), []).append(packed.code)
            if packed.parent:
                packing.setdefault(packed.parent, []).append(packed.code)
                # A carton is full before it goes into its case: events of one instant have no other order.
                packed_at = moment + timedelta(milliseconds=layers[packed.parent])
                moments[packed.parent] = max(packed_at, moments.get(packed.parent, packed_at))
        made += (
            _made(site, moment, _ilmd(head, batch, layer, flag), codes) for (_, layer, flag), codes in groups.items()
        )
    return made + [_packing(site, moments[parent], parent, children) for parent, children in packing.items()]


def _made(site: str, at: datetime, said: Ilmd, codes: Iterable[str]) -> Event:
    return make(
        EventType.ObjectEvent,
        time=at,
        action="ADD",
        step="commissioning",
        disposition="active",
        epcs=[_DRUG + code for code in codes],
        read_point=site,
        location=site,
        context=CONTEXT,
        extensions={"ilmd": msgspec.to_builtins(said)},
    )


def _packing(site: str, at: datetime, parent: str, children: Iterable[str]) -> Event:
    return make(
        EventType.AggregationEvent,
        time=at,
        action="ADD",
        step="packing",
        disposition="in_progress",
        parent=_DRUG + parent,
        children=[_DRUG + code for code in children],
        read_point=site,
        location=site,
    )


def _ilmd(head: Head, batch: Batch, layer: int, flag: str) -> Ilmd:
    return Ilmd(
        lot=batch.number,
        expires=batch.expires,
        made=batch.made,
        layer=str(layer),
        flag=flag,
        workshop=batch.workshop,
        line=batch.line,
        **msgspec.structs.asdict(head),
    )


def kept(upload: Upload) -> dict[BatchKey, Kept]:
    """What of each batch does not travel with the goods."""
    return {
        BatchKey(head.product, batch.number): Kept(upload.license, batch.manager) for head, batch in upload.batches()
    }


def gathered(found: Iterable[Event], stayed: Mapping[BatchKey, Kept], only: Collection[str] | None = None) -> Upload:
    """The file that ``found`` tell: activations of 20-digit codes and what was packed into what, in order of events.

    ``only`` these codes; None is all.

    Activations that did not come from a file serve too: their level is told by what is in them, their product is that
    of their own code, and their dates are those of the event where it gives none.
    """
    activated: dict[str, tuple[Head, Ilmd, date]] = {}
    parents: dict[str, str] = {}
    for event in found:
        match event.type, event.action:
            case EventType.ObjectEvent, Action.ADD:
                said = ilmd(event)
                day = event.time.astimezone(CHINA).date()
                for code in _drugs(event.epcs):
                    if only is not None and code not in only:
                        continue
                    activated.setdefault(code, (_head(said, code), said, day))
            case EventType.AggregationEvent, Action.ADD:
                parents |= {child: parent for parent in _drugs([event.parent]) for child in _drugs(event.children)}
            case EventType.AggregationEvent, Action.DELETE:
                for child in _drugs(event.children):
                    parents.pop(child, None)
            case _:
                pass
    layer = _layers(activated, parents)
    batches: dict[Head, dict[str, tuple[Ilmd, date, list[Packed]]]] = {}
    for code, (head, said, day) in activated.items():
        parent = parents.get(code, "")
        codes = batches.setdefault(head, {}).setdefault(said.lot, (said, day, []))[2]
        codes.append(Packed(code, layer(code), parent if parent in activated else "", said.flag or "0"))
    licenses = [each.license for each in stayed.values() if each.license]
    relations = tuple(
        Relation(head=head, batches=tuple(_batch(head, *each, stayed) for each in inside.values()))
        for head, inside in batches.items()
    )
    return normal(Upload(license=licenses[0] if licenses else "", relations=relations))


def _drugs(uris: Iterable[str]) -> list[str]:
    return [code for uri in uris if is_code(code := uri.removeprefix(_DRUG))]


def _head(said: Ilmd, code: str) -> Head:
    names = Head.__struct_fields__
    told: dict[str, Any] = {name: getattr(said, name) for name in names}
    return Head(**told | {"product": said.product or code[:7]})


def _batch(head: Head, said: Ilmd, day: date, codes: list[Packed], stayed: Mapping[BatchKey, Kept]) -> Batch:
    made = said.made or day
    return Batch(
        number=said.lot,
        made=made,
        expires=said.expires or made,
        workshop=said.workshop,
        line=said.line,
        manager=stayed.get(BatchKey(head.product, said.lot), Kept()).manager,
        codes=tuple(codes),
    )


def _layers(activated: Mapping[str, tuple[Head, Ilmd, date]], parents: Mapping[str, str]) -> Callable[[str], int]:
    """The level of each code: as the file said, else one more than what is in it."""
    height: dict[str, int] = dict.fromkeys(activated, 1)
    for child in activated:
        code, levels, met = child, 1, {child}
        while (code := parents.get(code, "")) and code not in met:
            met.add(code)
            levels += 1
            height[code] = max(height.get(code, 1), levels)

    def layer(code: str) -> int:
        told = activated[code][1].layer
        return int(told) if told.isascii() and told.isdecimal() and len(told) < 3 else height[code]

    return layer
