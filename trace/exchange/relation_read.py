"""Bytes of a relation file -> an ``Upload`` that holds together, or every fault by its line. Pure.

>>> read(b'<!DOCTYPE a><Document/>')
Traceback (most recent call last):
zhuisu.exchange.errors.NotRelationFile: line 1: a DOCTYPE: no document type, no entity is read here (drop it)
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn
from xml.parsers import expat

from msgspec import Struct

from zhuisu.codes.text import Words
from zhuisu.exchange.errors import NotRelationFile, RelationUnfit
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

MOST_FAULTS = 1000
EARLIEST = 2000
"""The year before which nothing had a code."""
_AROUND = {
    "document": ("",),
    "events": ("document",),
    "event": ("document", "events"),
    "relation": ("document", "events", "event"),
    "batch": ("relation",),
    "code": ("batch",),
}
_CREATE = "relationcreate"
_CHINESE = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["'](?:gb2312|gbk|gb18030)["']""", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[ T]00:00(?::00)?)?", re.ASCII).fullmatch
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]").search
_CHUNK = 1 << 16


class Fault(Struct, frozen=True):
    """What is wrong on a line: the code or value there, and why it cannot be."""

    line: int
    value: str
    text: Words


class _Part(Struct):
    """An element with attributes, by their lower-case names, and the line it starts on."""

    line: int
    said: dict[str, str]
    parts: list["_Part"] = []


def read(body: bytes) -> Upload:
    """The file in its normal order. Raises NotRelationFile, RelationUnfit."""
    reader = _Reader()
    reader.parse(body)
    faults = _Faults()
    relations = [_relation(part, faults) for part in reader.relations]
    license_ = reader.license
    seen: dict[str, int] = {}
    for part in reader.relations:
        _check(part, faults, seen)
    _require_batches_once(reader.relations, faults)
    if not any(batch.codes for relation in relations for batch in relation.batches):
        faults.add(1, "", "文件中没有追溯码", "there is no code in the file")
    faults.refuse()
    return normal(Upload(license=license_, relations=tuple(relations)))


class _Faults:
    """The first faults and how many there are."""

    def __init__(self) -> None:
        self.told: list[Fault] = []
        self.count = 0

    def add(self, line: int, value: str, zh: str, en: str) -> None:
        self.count += 1
        if len(self.told) < MOST_FAULTS:
            self.told.append(Fault(line, value[:80], Words(zh, en)))

    def refuse(self) -> None:
        """Raises RelationUnfit when there is any."""
        if not self.count:
            return
        self.told.sort(key=lambda fault: fault.line)
        first = self.told[0]
        raise RelationUnfit(
            f"{self.count} faults; the first: line {first.line}: {first.value} {first.text.en}".replace(":  ", ": "),
            where=f"line {first.line}",
            mend="mend what `faults` lists and send the file again",
            detail_zh=f"共 {self.count} 处错误；首处在第 {first.line} 行：{first.value} {first.text.zh}",
            mend_zh="请按 faults 所列改正后重新上传",
            faults=self.told,
            more_faults=self.count - len(self.told),
        )


def _relation(part: _Part, faults: _Faults) -> Relation:
    return Relation(
        head=Head(**_fields(part, HEAD, faults, "productCode", "cascade")),
        batches=tuple(_batch(each, faults) for each in part.parts),
    )


def _batch(part: _Part, faults: _Faults) -> Batch:
    said = _fields(part, BATCH, faults, "batchNo", "madeDate", "validateDate")
    made, expires = (_day(part, name, faults) for name in ("madeDate", "validateDate"))
    if expires < made:
        faults.add(part.line, said["number"], "有效期早于生产日期", "expires before it was made")
    codes = tuple(packed for each in part.parts if (packed := _packed(each, faults)))
    return Batch(**{**said, "made": made, "expires": expires, "codes": codes})


def _packed(part: _Part, faults: _Faults) -> Packed | None:
    said = _fields(part, CODE, faults, "curCode", "packLayer")
    said["flag"] = said.get("flag") or "0"
    for name in ("code", "parent"):
        if (text := said.get(name)) and not is_code(text):
            faults.add(part.line, text, "不是以 8 开头的 20 位追溯码", "is not a code of 20 digits that begin with 8")
            return None
    layer = said["layer"]
    if not (layer.isascii() and layer.isdecimal() and int(layer[:3]) in LAYERS):
        faults.add(part.line, layer, "不是包装级别（1 为最小销售单元）", "is no packLayer (1 is the smallest unit)")
        return None
    return Packed(said["code"], int(layer), said.get("parent", ""), said["flag"]) if said["code"] else None


def _fields(part: _Part, names: Mapping[str, str], faults: _Faults, *needed: str) -> dict[str, Any]:
    known = {name.lower(): field for name, field in names.items()}
    found = {known[name]: text for name, text in part.said.items() if name in known}
    for name, text in part.said.items():
        if name not in known and text:
            faults.add(part.line, f"{name}={text}", "是未知属性", "is an attribute that is not known here")
        if _CONTROL(text) or len(text) > 200:
            faults.add(part.line, repr(text), "含控制字符或过长", "has control characters, or more than 200 of any")
    for name in needed:
        if not found.get(names[name]):
            faults.add(part.line, name, "必填", "must not be empty")
            found[names[name]] = ""
    return found


def _day(part: _Part, name: str, faults: _Faults) -> date:
    text = part.said.get(name.lower(), "")
    try:
        if (found := _DAY(text)) and int(found[1]) >= EARLIEST:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    if text:
        faults.add(part.line, text, f"不是日期（{name}），应如 2026-06-01", f"is no date ({name}), as 2026-06-01")
    return date.min if name == "madeDate" else date.max


def _check(relation: _Part, faults: _Faults, seen: dict[str, int]) -> None:
    """What the codes of one relation say of each other."""
    terms = cascade(relation.said.get("cascade", ""))
    if relation.said.get("cascade") and terms is None:
        faults.add(
            relation.line,
            relation.said["cascade"],
            "不是包装比例，应如 1:5:2500（由大到小）",
            "is no cascade, as 1:5:2500, from the largest package down",
        )
    packed = {
        each.line: found
        for batch in relation.parts
        for each in batch.parts
        if (found := _packed(each, _Faults())) is not None
    }
    layers: dict[str, int] = {}
    products: dict[str, int] = {}
    children: dict[str, Counter[int]] = defaultdict(Counter)
    for line, each in packed.items():
        if (first := seen.setdefault(each.code, line)) != line:
            faults.add(line, each.code, f"与第 {first} 行重复", f"stands in line {first} already")
        layers.setdefault(each.code, each.layer)
        if products.setdefault(each.product, each.layer) != each.layer:
            faults.add(
                line,
                each.code,
                f"药品标识码 {each.product} 同时用于不同包装级别",
                f"has a product id, {each.product}, that stands on another level too",
            )
        if terms and each.layer > len(terms):
            faults.add(
                line,
                each.code,
                f"包装级别 {each.layer} 超出包装比例的级数",
                f"is on level {each.layer}, the cascade has {len(terms)}",
            )
    for line, each in packed.items():
        if not each.parent:
            continue
        children[each.parent][each.layer] += 1
        above = layers.get(each.parent)
        if above is None:
            faults.add(line, each.parent, "上级码不在文件中", "is a parent that is not in the file")
        elif above <= each.layer:
            faults.add(
                line,
                each.code,
                f"级别 {each.layer}，上级码的级别 {above} 并不更高",
                f"is on level {each.layer}, its parent on level {above}, which is not above",
            )
        elif terms and above <= len(terms) and children[each.parent][each.layer] == room(terms, each.layer) + 1:
            faults.add(
                line,
                each.parent,
                f"内装数量超出包装比例（最多 {room(terms, each.layer)}）",
                f"holds more than the cascade allows, {room(terms, each.layer)}",
            )


def _require_batches_once(relations: list[_Part], faults: _Faults) -> None:
    """A batch number means one batch of one product: given twice, it would have two production dates."""
    seen: dict[tuple[str, str], int] = {}
    for relation in relations:
        for batch in relation.parts:
            number = batch.said.get("batchno", "")
            first = seen.setdefault((relation.said.get("productcode", ""), number), batch.line)
            if first != batch.line and number:
                faults.add(batch.line, number, f"批号与第 {first} 行重复", f"is the batch of line {first} too")


class _Reader:
    """Handlers of one expat parser: relations as parts, nothing else kept."""

    def __init__(self) -> None:
        self.license = ""
        self.relations: list[_Part] = []
        self.path: list[str] = []
        self.open: list[_Part] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype

    def parse(self, body: bytes) -> None:
        try:
            data: bytes | str = body.decode("gb18030") if _CHINESE.match(body) else body
            for at in range(0, len(data), _CHUNK):
                self.parser.Parse(data[at : at + _CHUNK], False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as fault:
            said = expat.ErrorString(fault.code)
            raise _no_file(fault.lineno, said, "XML 格式错误", "send the whole file as it was exported") from None
        except (LookupError, ValueError) as fault:
            raise _no_file(1, f"an encoding that is not read here ({fault})", "编码无法识别", "send UTF-8") from None

    def doctype(self, *_: Any) -> NoReturn:
        raise self._refused("a DOCTYPE: no document type, no entity is read here", "不允许 DOCTYPE", "drop it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        around = self.path[-1] if self.path else ""
        kind = local.lower()
        if around not in _AROUND.get(kind, ()):
            raise self._refused(
                f"{local[:80]} stands where it does not belong", f"元素 {local[:80]} 位置错误", "drop it"
            )
        self.path.append(kind)
        said = {key.lower(): text.strip() for key, text in attributes.items() if " " not in key}
        match kind:
            case "document":
                self.license = said.get("license", "")
            case "event" if said.get("name", _CREATE).lower() != _CREATE:
                raise self._refused(
                    f"an event {said['name'][:80]}; only RelationCreate is read", "只支持 RelationCreate", "drop it"
                )
            case "relation" | "batch" | "code":
                part = _Part(self.parser.CurrentLineNumber, said, [])
                (self.open[-1].parts if self.open else self.relations).append(part)
                self.open.append(part)

    def end(self, _: str) -> None:
        if self.path.pop() in {"relation", "batch", "code"}:
            self.open.pop()

    def text(self, text: str) -> None:
        if text.strip():
            raise self._refused("text between the elements", "元素之间有文字", "drop it")

    def _refused(self, said: str, zh: str, mend: str) -> NotRelationFile:
        return _no_file(self.parser.CurrentLineNumber, said, zh, mend)


def _no_file(line: int, said: str, zh: str, mend: str) -> NotRelationFile:
    return NotRelationFile(
        f"line {line}: {said}",
        where=f"line {line}",
        mend=mend,
        detail_zh=f"第 {line} 行：{zh}",
        mend_zh="请上传平台导出的完整文件",
        line=line,
    )
