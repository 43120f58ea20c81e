"""What the event readers decline, each with the JSON pointer, the clause and how to mend it.

    Malformed
    ├── UnreadableJson      the bytes are not one plain JSON value
    ├── UnreadableXml       the bytes are not plain, well-formed XML
    ├── BadDocument         JSON or XML, but not an EPCIS document, event or list of events
    └── BadEvent            an event breaks a rule of EPCIS 2.0 or CBV 2.0
        ├── MissingField    a field the event type needs is not there, or empty
        ├── UnknownField    a name that is neither standard nor prefixed
        ├── UnknownWord     a bare word that CBV 2.0 does not define
        ├── BadIdentifier   not an absolute URI
        └── BadTime         not a date-time with its offset, or out of range

>>> raise MissingField("eventTime is not there", where="/eventTime", rule="EPCIS 2.0 §7.4", mend="add it")
"""

from typing import Any, Self

from zhuisu.errors import Malformed


class UnreadableJson(Malformed):
    """The body is not plain JSON.

    It must be one JSON value in UTF-8 (RFC 8259) without NUL characters, without a key twice in one object (I-JSON,
    RFC 7493 §2.3), with numbers a computer can hold, and nested reasonably. Nothing was stored.
    """

    zh = "正文不是可读取的 JSON"


class UnreadableXml(Malformed):
    """The body is not plain XML.

    It must be one well-formed XML 1.0 document in UTF-8 or UTF-16, without DOCTYPE and entities of its own, nested
    reasonably, no event larger than 32 MB. ``line`` says where it went wrong. Nothing was stored.
    """

    zh = "正文不是可读取的 XML"


class BadDocument(Malformed):
    """The body is not an EPCIS 2.0 document.

    Send an EPCISDocument, an EPCISQueryDocument, one event with its ``@context``, or an array of such events, as the
    JSON schema of EPCIS 2.0 describes them.
    """

    zh = "不是 EPCIS 2.0 文档"


class BadEvent(Malformed):
    """An event breaks a rule of EPCIS 2.0.

    ``where`` points at the value (RFC 6901), ``rule`` names the clause, ``mend`` says how to put it right.
    """

    zh = "事件不符合 EPCIS 2.0 规则"

    def under(self, token: str | int) -> Self:
        """Move one level further out: ``token`` is put before the JSON pointer (RFC 6901 §3)."""
        self.where = "/" + str(token).replace("~", "~0").replace("/", "~1") + self.where
        return self


class MissingField(BadEvent):
    """An event lacks a field that its type needs.

    Which fields an event must carry depends on its type and action (EPCIS 2.0 §7.4). An empty list counts as missing.
    """

    zh = "事件缺少必填字段"


class UnknownField(BadEvent):
    """An event carries a field that EPCIS 2.0 does not know.

    Fields of your own are welcome under a prefix that ``@context`` binds, for example ``example:grade``.
    """

    zh = "事件含有未知字段"


class UnknownWord(BadEvent):
    """A bare word is not in the Core Business Vocabulary.

    Use a word of CBV 2.0, or a full URI of your own vocabulary.
    """

    zh = "词汇不在 CBV 标准词表内"


class BadIdentifier(BadEvent):
    """An identifier is not an absolute URI.

    Codes, places, parties and documents are named by URIs: a GS1 Digital Link, an EPC URN, or any URI of your own such
    as ``urn:example:item:1``.
    """

    zh = "标识不是有效的 URI"


class BadTime(BadEvent):
    """A time is not a date-time with its offset, or out of range.

    Write ``2026-05-01T08:30:00.000+08:00`` (xsd:dateTimeStamp). Events lie between the years 1970 and 9000.
    """

    zh = "时间格式错误或超出范围"


def shown(value: Any) -> str:
    """Name a JSON value for a sentence: texts in quotes and cut short, all else by its kind."""
    match value:
        case str():
            return repr(value if len(value) <= 60 else value[:60] + "…")
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return "a number"
