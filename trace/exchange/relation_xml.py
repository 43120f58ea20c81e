"""XML of a relation file -> its elements with attributes, each with the spot where it starts. Pure.

>>> parsed(b'<Document><Relation productCode="9999999"/></Document>').relations
[Part(spot=Spot(line=1, column=11), said={'productcode': '9999999'}, parts=[])]
"""

import codecs
import re
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat

from msgspec import Struct

from zhuisu.codes.text import Words
from zhuisu.exchange.errors import NotRelationFile

_AROUND = {
    "document": ("",),
    "events": ("document",),
    "event": ("document", "events"),
    "relation": ("document", "events", "event"),
    "batch": ("relation",),
    "code": ("batch",),
}
_CREATE = "relationcreate"
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)""").match
_CHINESE = frozenset({"gb2312", "gbk", "gb18030"})
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK = 1 << 16


class Spot(NamedTuple):
    """Where in the file something starts, both from 1: files come with one code a line, and all on one line."""

    line: int
    column: int

    @property
    def words(self) -> Words:
        """As people are told it."""
        return Words(f"第 {self.line} 行第 {self.column} 列", f"line {self.line}, column {self.column}")


class Part(Struct):
    """An element with attributes, by their lower-case names, and where it starts."""

    spot: Spot
    said: dict[str, str]
    parts: list["Part"] = []


class Parsed(Struct):
    """The relations of a file, and who it is licensed to."""

    license: str
    relations: list[Part]


def parsed(body: bytes) -> Parsed:
    """The elements of a file. Raises NotRelationFile."""
    reader = _Reader()
    reader.parse(body)
    return Parsed(reader.license, reader.relations)


class _Reader:
    """Handlers of one expat parser: relations as parts, nothing else kept."""

    def __init__(self) -> None:
        self.license = ""
        self.relations: list[Part] = []
        self.path: list[str] = []
        self.open: list[Part] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype

    def parse(self, body: bytes) -> None:
        try:
            data = _decoded(body)
            for at in range(0, len(data), _CHUNK):
                self.parser.Parse(data[at : at + _CHUNK], False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as fault:
            _require_utf8(body)
            said, spot = expat.ErrorString(fault.code), Spot(fault.lineno, fault.offset + 1)
            raise _no_file(spot, said, "XML 格式错误", "send the whole file as it was exported") from None
        except UnicodeDecodeError as fault:
            raise _not_text(fault) from None
        except (LookupError, ValueError) as fault:
            said = f"an encoding that is not read here ({fault})"
            raise _no_file(Spot(1, 1), said, "编码无法识别", "send UTF-8 or GB18030") from None

    def doctype(self, *_: Any) -> NoReturn:
        raise self._refused("a DOCTYPE: no document type, no entity is read here", "不允许 DOCTYPE", "drop it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2][:80]
        around = self.path[-1] if self.path else ""
        kind = local.lower()
        if around not in _AROUND.get(kind, ()):
            if not around:
                root = f"the root element is {local}, not Document"
                raise self._refused(root, f"根元素是 {local}，不是 Document", "send a relation file (关联关系)")
            raise self._refused(f"{local} stands where it does not belong", f"元素 {local} 位置错误", "drop it")
        self.path.append(kind)
        plain = [(key.lower(), text.strip()) for key, text in attributes.items() if " " not in key]
        said = dict(plain)
        if len(said) < len(plain):
            raise self._refused(f"{local} has an attribute twice", f"元素 {local} 的属性重复", "drop one of them")
        match kind:
            case "document":
                self.license = said.get("license", "")
            case "event" if said.get("name", _CREATE).lower() != _CREATE:
                raise self._refused(
                    f"an event {said['name'][:80]}; only RelationCreate is read", "只支持 RelationCreate", "drop it"
                )
            case "relation" | "batch" | "code":
                part = Part(self._spot(), said, [])
                (self.open[-1].parts if self.open else self.relations).append(part)
                self.open.append(part)

    def end(self, _: str) -> None:
        if self.path.pop() in {"relation", "batch", "code"}:
            self.open.pop()

    def text(self, text: str) -> None:
        if text.strip():
            raise self._refused("text between the elements", "元素之间有文字", "drop it")

    def _spot(self) -> Spot:
        return Spot(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _refused(self, said: str, zh: str, mend: str) -> NotRelationFile:
        return _no_file(self._spot(), said, zh, mend)


def _encoding(body: bytes) -> str:
    found = _ENCODING(body)
    return found[1].decode("latin-1").lower() if found else "utf-8"


def _decoded(body: bytes) -> bytes | str:
    """The Chinese encodings, which expat does not read, as text; a mark is right whatever is declared beside it.

    Raises UnicodeDecodeError.
    """
    if body.startswith((codecs.BOM_UTF8, *_UTF_16)):
        return body.decode("utf-8-sig" if body.startswith(codecs.BOM_UTF8) else "utf-16")
    return body.decode("gb18030") if _encoding(body) in _CHINESE else body


def _require_utf8(body: bytes) -> None:
    """Tell XML that is broken from text in another encoding than it says. Raises NotRelationFile."""
    if _encoding(body) == "utf-8" and not body.startswith(_UTF_16):
        try:
            body.decode()
        except UnicodeDecodeError as fault:
            raise _not_text(fault) from None


def _not_text(fault: UnicodeDecodeError) -> NotRelationFile:
    before = fault.object[: fault.start].rpartition(b"\n")
    spot = Spot(fault.object.count(b"\n", 0, fault.start) + 1, len(before[2].decode(fault.encoding, "replace")) + 1)
    said = f"a byte that is not {fault.encoding.upper()}"
    mend = 'name the encoding in the first line, as <?xml version="1.0" encoding="GB18030"?>, or send UTF-8'
    return _no_file(spot, said, f"不是 {fault.encoding.upper()} 编码", mend)


def _no_file(spot: Spot, said: str, zh: str, mend: str) -> NotRelationFile:
    return NotRelationFile(
        f"{spot.words.en}: {said}",
        where=spot.words.en,
        mend=mend,
        detail_zh=f"{spot.words.zh}：{zh}",
        mend_zh="请上传平台导出的完整文件",
        line=spot.line,
        column=spot.column,
    )
