"""Bytes of a relation file -> an ``Upload`` that holds together, or every fault by where it stands. Pure.

>>> read(b'<!DOCTYPE a><Document/>')
Traceback (most recent call last):
zhuisu.exchange.errors.NotRelationFile: line 1, column 1: a DOCTYPE: no document type, no entity is read here (drop it)
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct

from zhuisu.codes.text import Words
from zhuisu.exchange.errors import RelationUnfit
from zhuisu.exchange.relation import (
    BATCH,
    CODE,
    HEAD,
    LAYERS,
    Batch,
    Head,
    Packed,
    Relation,
    Upload,
    cascade,
    is_code,
    normal,
    room,
)
from zhuisu.exchange.relation_xml import Part, Spot, parsed

MOST_FAULTS = 1000
EARLIEST = 2000
"""The year before which nothing had a code."""
_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[ T]00:00(?::00)?)?", re.ASCII).fullmatch
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]").search


class Fault(Struct, frozen=True):
    """What is wrong with an element: where it starts, the code or value there, and why it cannot be."""

    line: int
    column: int
    value: str
    text: Words


def read(body: bytes) -> Upload:
    """The file in its normal order. Raises NotRelationFile, RelationUnfit."""
    file = parsed(body)
    faults = _Faults()
    standing: list[_Standing] = []
    relations = [_relation(part, faults, standing) for part in file.relations]
    _check(standing, faults)
    _require_batches_once(file.relations, faults)
    if not standing:
        faults.add(Spot(1, 1), "", "文件中没有追溯码", "there is no code in the file")
    faults.refuse()
    return normal(Upload(license=file.license, relations=tuple(relations)))


class _Standing(NamedTuple):
    """A code, where it stands, and the cascade of its relation."""

    spot: Spot
    packed: Packed
    terms: tuple[int, ...] | None


class _Faults:
    """The first faults and how many there are."""

    def __init__(self) -> None:
        self.told: list[Fault] = []
        self.count = 0

    def add(self, spot: Spot, value: str, zh: str, en: str) -> None:
        self.count += 1
        if len(self.told) < MOST_FAULTS:
            self.told.append(Fault(*spot, value[:80], Words(zh, en)))

    def refuse(self) -> None:
        """Raises RelationUnfit when there is any."""
        if not self.count:
            return
        self.told.sort(key=lambda fault: (fault.line, fault.column))
        first = self.told[0]
        at = Spot(first.line, first.column).words
        raise RelationUnfit(
            f"{self.count} faults; the first: {at.en}: {first.value} {first.text.en}".replace(":  ", ": "),
            where=at.en,
            mend="mend what `faults` lists and send the file again",
            detail_zh=f"共 {self.count} 处错误；首处在{at.zh}：{first.value} {first.text.zh}",
            mend_zh="请按 faults 所列改正后重新上传",
            faults=self.told,
            more_faults=self.count - len(self.told),
        )


def _relation(part: Part, faults: _Faults, standing: list[_Standing]) -> Relation:
    head = Head(**_fields(part, HEAD, faults, "productCode", "cascade"))
    terms = cascade(head.cascade)
    if head.cascade and terms is None:
        faults.add(
            part.spot,
            head.cascade,
            "不是包装比例，应如 1:5:2500（由大到小）",
            "is no cascade, as 1:5:2500, from the largest package down",
        )
    return Relation(head=head, batches=tuple(_batch(each, terms, faults, standing) for each in part.parts))


def _batch(part: Part, terms: tuple[int, ...] | None, faults: _Faults, standing: list[_Standing]) -> Batch:
    said = _fields(part, BATCH, faults, "batchNo", "madeDate", "validateDate")
    made, expires = (_day(part, name, faults) for name in ("madeDate", "validateDate"))
    if expires < made:
        faults.add(part.spot, said["number"], "有效期早于生产日期", "expires before it was made")
    codes = [(each.spot, packed) for each in part.parts if (packed := _packed(each, faults))]
    standing += (_Standing(spot, packed, terms) for spot, packed in codes)
    return Batch(**{**said, "made": made, "expires": expires, "codes": tuple(packed for _, packed in codes)})


def _packed(part: Part, faults: _Faults) -> Packed | None:
    said = _fields(part, CODE, faults, "curCode", "packLayer")
    said["flag"] = said.get("flag") or "0"
    for name in ("code", "parent"):
        if (text := said.get(name)) and not is_code(text):
            faults.add(part.spot, text, "不是以 8 开头的 20 位追溯码", "is not a code of 20 digits that begin with 8")
            return None
    layer = said["layer"]
    if not (layer.isascii() and layer.isdecimal() and len(layer) < 4 and int(layer) in LAYERS):
        faults.add(part.spot, layer, "不是包装级别（1 为最小销售单元）", "is no packLayer (1 is the smallest unit)")
        return None
    return Packed(said["code"], int(layer), said.get("parent", ""), said["flag"]) if said["code"] else None


def _fields(part: Part, names: Mapping[str, str], faults: _Faults, *needed: str) -> dict[str, Any]:
    known = {name.lower(): field for name, field in names.items()}
    found = {known[name]: text for name, text in part.said.items() if name in known}
    for name, text in part.said.items():
        if name not in known and text:
            faults.add(part.spot, f"{name}={text}", "是未知属性", "is an attribute that is not known here")
        if _CONTROL(text) or len(text) > 200:
            faults.add(part.spot, repr(text), "含控制字符或过长", "has control characters, or more than 200 of any")
    for name in needed:
        if not found.get(names[name]):
            faults.add(part.spot, name, "必填", "must not be empty")
            found[names[name]] = ""
    return found


def _day(part: Part, name: str, faults: _Faults) -> date:
    text = part.said.get(name.lower(), "")
    try:
        if (found := _DAY(text)) and int(found[1]) >= EARLIEST:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    if text:
        faults.add(part.spot, text, f"不是日期（{name}），应如 2026-06-01", f"is no date ({name}), as 2026-06-01")
    return date.min if name == "madeDate" else date.max


def _check(standing: Sequence[_Standing], faults: _Faults) -> None:
    """What the codes of a file say of each other; a parent may stand in any of its relations."""
    first: dict[str, _Standing] = {}
    levels: dict[str, int] = {}
    for each in standing:
        spot, packed, terms = each
        if (other := first.setdefault(packed.code, each)) is not each:
            at = other.spot.words
            faults.add(spot, packed.code, f"与{at.zh}重复", f"stands at {at.en} already")
        if levels.setdefault(packed.product, packed.layer) != packed.layer:
            faults.add(
                spot,
                packed.code,
                f"药品标识码 {packed.product} 同时用于不同包装级别",
                f"has a product id, {packed.product}, that stands on another level too",
            )
        if terms and packed.layer > len(terms):
            faults.add(
                spot,
                packed.code,
                f"包装级别 {packed.layer} 超出包装比例的级数",
                f"is on level {packed.layer}, the cascade has {len(terms)}",
            )
    children: Counter[tuple[str, int]] = Counter()
    for spot, packed, terms in standing:
        if not packed.parent:
            continue
        children[packed.parent, packed.layer] += 1
        if (parent := first.get(packed.parent)) is None:
            faults.add(spot, packed.parent, "上级码不在文件中", "is a parent that is not in the file")
        elif (above := parent.packed.layer) <= packed.layer:
            faults.add(
                spot,
                packed.code,
                f"级别 {packed.layer}，上级码的级别 {above} 并不更高",
                f"is on level {packed.layer}, its parent on level {above}, which is not above",
            )
        elif terms and above <= len(terms) and children[packed.parent, packed.layer] == room(terms, packed.layer) + 1:
            faults.add(
                spot,
                packed.parent,
                f"内装数量超出包装比例（最多 {room(terms, packed.layer)}）",
                f"holds more than the cascade allows, {room(terms, packed.layer)}",
            )


def _require_batches_once(relations: Iterable[Part], faults: _Faults) -> None:
    """A batch number means one batch of one product: given twice, it would have two production dates."""
    seen: dict[tuple[str, str], Part] = {}
    for relation in relations:
        for batch in relation.parts:
            number = batch.said.get("batchno", "")
            first = seen.setdefault((relation.said.get("productcode", ""), number), batch)
            if first is not batch and number:
                at = first.spot.words
                faults.add(batch.spot, number, f"批号与{at.zh}重复", f"is the batch at {at.en} too")
