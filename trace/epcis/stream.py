"""JSON documents of any length, event by event: where the items of the event list begin and end in a stream of bytes.

Only boundaries are found here. What stands around the list (the envelope) and each slice of the list go through
``zhuisu.events.each``, so a document is read by the same rules whether it comes whole or in pieces.

>>> envelope = survey(chunks)                              # once through: the envelope is in order, the items counted
>>> for n, item in each(envelope, items(chunks)): ...      # again: number and Event or BadEvent
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct

from zhuisu import events
from zhuisu.epcis.errors import DocumentTooLarge
from zhuisu.events import BadEvent, Event, UnreadableJson

LARGEST = 8 << 20
"""Bytes of one event, and of all that stands around the events."""

SLICE = 500
"""Events read at once."""

Item: TypeAlias = tuple[int, Event | BadEvent]

_BOM = b"\xef\xbb\xbf"
_LISTS: dict[tuple[bytes | None, ...], str] = {
    (b"epcisBody", b"eventList"): "/epcisBody/eventList",
    (b"epcisBody", b"queryResults", b"resultsBody", b"eventList"): "/epcisBody/queryResults/resultsBody/eventList",
}
_SPACE = re.compile(rb"[ \t\r\n]*+").match
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL).match
_SCALAR = re.compile(rb'[^ \t\r\n{}\[\],:"]++').match
_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+[{}\[\]]', re.DOTALL).match
_OPENS, _CLOSES = frozenset(b"{["), frozenset(b"}]")
_decode = msgspec.json.decode


class Envelope(Struct, frozen=True):
    """A document without its events: ``head`` + events + ``tail`` is one of the same kind with the same context.

    ``where`` is the JSON pointer of the list, ``count`` how many stand in it, ``around`` all that stands around it.
    """

    head: bytes
    tail: bytes
    where: str
    count: int
    around: bytes = b""


def survey(chunks: Iterable[bytes], most: int) -> Envelope:
    """Go through a document once. Raises UnreadableJson, BadDocument, DocumentTooLarge (over ``most``)."""
    scanner, count = Scanner(), 0
    for count, _ in enumerate(_scan(scanner, chunks), 1):
        if count > most:
            raise DocumentTooLarge(f"more than {most} events", mend="send it in parts")
    around = bytes(scanner.envelope)
    if scanner.where == "" and count:
        _outside(around.replace(b"[", b"[0", 1))  # what follows the array
        return _slim(around, "", count)
    if any(True for _ in _outside(around)):
        return Envelope(b"", b"", "", 1)  # a bare event is its only item
    return _slim(around, scanner.where, count)


def _outside(around: bytes) -> Iterator[Event | BadEvent]:
    """Read what stands around the events; its own bytes are not those of the document."""
    try:
        return events.each(around)
    except UnreadableJson as fault:
        if fault.where.startswith("byte "):
            fault.where, fault.detail = "", f"{fault.detail}, before or after the events"
        raise


def items(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut out the items of the event list; of a bare event that one. Raises UnreadableJson, DocumentTooLarge."""
    scanner = Scanner()
    yield from _scan(scanner, chunks)
    if scanner.where is None:
        yield bytes(scanner.envelope)


def each(envelope: Envelope, found: Iterable[bytes], *, start: int = 0) -> Iterator[Item]:
    """Read the items from number ``start`` on. Raises UnreadableJson for one that is not plain JSON."""
    rest = itertools.islice(found, start, None)
    while some := list(itertools.islice(rest, SLICE)):
        yield from _read(envelope, some, start)
        start += len(some)


def _read(envelope: Envelope, some: list[bytes], start: int) -> Iterator[Item]:
    try:
        read = list(events.each(b"".join((envelope.head, b",".join(some), envelope.tail))))
    except UnreadableJson as fault:
        if len(some) == 1:
            inside = fault.where.removeprefix(envelope.where + "/0") if fault.where.startswith("/") else ""
            fault.where = f"{envelope.where}/{start}{inside}"
            raise
        middle = len(some) // 2
        yield from _read(envelope, some[:middle], start)
        yield from _read(envelope, some[middle:], start + middle)
        return
    before = len(envelope.where) + 1
    for n, item in enumerate(read):
        if isinstance(item, BadEvent) and envelope.head:
            item.where = f"{envelope.where}/{start + n}{item.where[before + len(str(n)) :]}"
        yield start + n, item


def _slim(around: bytes, where: str | None, count: int) -> Envelope:
    """Leave of an envelope what its events are read by: a header of megabytes is not read with every slice."""
    if not where:
        return Envelope(b"[", b"]", "", count)
    members = _decode(around.removeprefix(_BOM), type=dict[str, Raw])
    kept = {name: members[name] for name in ("@context", "type", "schemaVersion", "creationDate") if name in members}
    body = b'{"eventList":['
    if "queryResults" in where:
        body = b'{"queryResults":{"queryName":"q","resultsBody":' + body
    head = msgspec.json.encode(kept)[:-1] + b',"epcisBody":' + body
    return Envelope(head, b"]" + b"}" * head.count(b"{", len(head) - len(body)) + b"}", where, count, around)


def _scan(scanner: "Scanner", chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from scanner.feed(chunk)
    scanner.finish()


class Scanner:
    """The state of one pass. ``envelope`` gathers what is not an item, ``where`` is the list's pointer once it is met.

    JSON's grammar is checked between the items, where nobody else looks; inside them and around the list, whoever
    reads them checks it.
    """

    def __init__(self) -> None:
        self.envelope = bytearray()
        self.where: str | None = None
        self._text = b""
        self._at = 0  # read up to here
        self._start = -1  # where the item under way begins
        self._depth = 0  # brackets open in it
        self._inside = False  # between the brackets of the event list
        self._wanted = ""  # there: "first", "comma" or "item"
        self._keys: list[bytes | None] = []  # around: the last key of each open object, None for an array
        self._word = b""  # the last string

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes; give the items that are whole now. Raises UnreadableJson, DocumentTooLarge."""
        self._text += chunk
        found: list[bytes] = []
        while self._item(found) if self._inside else self._token():
            pass
        keep = self._at if self._start < 0 else self._start
        self._text, self._at = self._text[keep:], self._at - keep
        self._start = min(self._start, 0)
        if len(self._text) > LARGEST:
            raise DocumentTooLarge(f"one event or value of more than {LARGEST} bytes", mend="send less in one event")
        return found

    def finish(self) -> None:
        """Nothing follows. Raises UnreadableJson where something must."""
        self.envelope += self._text
        if self._inside or self._keys:
            raise UnreadableJson("the document ends too early", mend="send all of it")

    def _token(self) -> bool:
        """Go over one token of the envelope; False when it may not be whole yet."""
        text, at = self._text, _SPACE(self._text, self._at).end()  # type: ignore[union-attr]  # it matches nothing too
        self._at = at
        if at == len(text):
            return False
        first = text[at]
        if first == 0x22:
            if (found := _STRING(text, at)) is None:
                return False
            self._word = found[0]
        elif first in b"{}[],:":
            if first == 0x5B and self._list():
                self.envelope += b"["
                self._at, self._inside, self._wanted = at + 1, True, "first"
                return True
            self._step(first)
            self._take(at + 1)
            return True
        elif (found := _SCALAR(text, at)) is None or found.end() == len(text):
            return False
        self._take(found.end())
        return True

    def _take(self, end: int) -> None:
        self.envelope += self._text[self._at : end]
        self.envelope += b" "  # what was apart stays apart
        self._at = end
        if len(self.envelope) > LARGEST:
            raise DocumentTooLarge(f"more than {LARGEST} bytes around the events", mend="send the header by itself")

    def _step(self, sign: int) -> None:
        if sign in _OPENS:
            if len(self._keys) > 1000:
                raise UnreadableJson("nested too deeply", mend="flatten it")
            self._keys.append(b"" if sign == 0x7B else None)
        elif sign in _CLOSES:
            if self._keys:
                self._keys.pop()
        elif sign == 0x3A and self._keys and self._keys[-1] is not None:
            self._keys[-1] = _key(self._word)

    def _list(self) -> bool:
        """Whether the bracket here opens the event list."""
        if self.where is None:
            begins = self.envelope.removeprefix(_BOM).isspace() or not self.envelope
            self.where = "" if begins else _LISTS.get(tuple(self._keys))
            return self.where is not None
        return False

    def _item(self, found: list[bytes]) -> bool:
        """Go over an item or a sign between items; False when it may not be whole yet."""
        text = self._text
        if self._depth:
            return self._close(found)
        at = self._at = _SPACE(text, self._at).end()  # type: ignore[union-attr]
        if at == len(text):
            return False
        first = text[at]
        if first == 0x5D and self._wanted != "item":
            self.envelope += b"]"
            self._at, self._inside = at + 1, False
        elif first == 0x2C and self._wanted == "comma":
            self._at, self._wanted = at + 1, "item"
        elif self._wanted == "comma" or first in b"]},:":
            raise UnreadableJson(
                f"{chr(first)!a} stands between the events of {self.where or 'the list'}",
                mend="check it with a JSON validator",
            )
        elif first in _OPENS:
            self._start, self._at, self._depth = at, at + 1, 1
        else:
            whole = (_STRING if first == 0x22 else _SCALAR)(text, at)
            if whole is None or whole.end() == len(text):
                return False
            found.append(whole[0])
            self._at, self._wanted = whole.end(), "comma"
        return True

    def _close(self, found: list[bytes]) -> bool:
        text, at, depth = self._text, self._at, self._depth
        while depth:
            sign = _BRACKET(text, at)
            if sign is None:
                self._at, self._depth = at, depth
                return False
            at = sign.end()
            depth += 1 if text[at - 1] in _OPENS else -1
        found.append(text[self._start : at])
        self._at, self._depth, self._start, self._wanted = at, 0, -1, "comma"
        return True


def _key(word: bytes) -> bytes:
    if b"\\" not in word:
        return word[1:-1]
    try:
        return _decode(word, type=str).encode()
    except (msgspec.DecodeError, UnicodeError):
        return b""
