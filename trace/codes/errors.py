"""What this room refuses, and why.

    NotACode                 the root: text that cannot be a code, or says it is one and is not
    ├── Unreadable           nothing there, too long, or control characters
    ├── SeveralCodes         more than one code where one is asked for
    ├── TooManyCodes         a paste of more codes than are read at once
    ├── PersonalNumber       a resident identity number: no code of goods, and never kept
    ├── BadCheckDigit        the last digit does not follow from the others
    ├── BadElement           an AI's value breaks its format (GS1 General Specifications 3)
    │   └── BadDate          a month 13, a 30th of February
    ├── UnknownAi            no such GS1 Application Identifier
    ├── NoKey                elements that identify nothing by themselves
    ├── BadPairing           elements that do not belong together, or one without what it needs beside it
    ├── BadLink              a GS1 Digital Link that breaks its syntax
    │   └── CompressedLink   the compressed form
    └── BadUrn               an EPC URN or one of ours that breaks its syntax
    BadUscc                  a unified social credit code that cannot be one

Positions count from 1 in the text as read (outer blanks removed, each spelling of FNC1 counted as one character).
"""

from typing import ClassVar

from zhuisu.errors import Malformed


class NotACode(Malformed):
    """The text is not a code.

    It names a kind of code and then breaks that kind's rule. Unknown shapes are never refused, they are kept.
    """

    zh: ClassVar[str] = "不是有效的编码"


class Unreadable(NotACode):
    """The scanned text is empty, too long or carries control characters.

    A code is at least one visible character. Scan again; if a scanner adds control characters, switch its prefix and
    suffix off.
    """

    zh = "扫描内容为空、过长或含控制字符"


class SeveralCodes(NotACode):
    """The text holds several codes.

    Here one is asked for. ``count`` is how many there are.
    """

    zh = "文本中有多个编码"


class TooManyCodes(NotACode):
    """There are too many codes at once.

    ``most`` is how many are read in one go. Send them in parts.
    """

    zh = "一次提交的编码过多"


class PersonalNumber(NotACode):
    """This is a resident identity number, not a code.

    Numbers of persons are never kept here (Personal Information Protection Law; GB 11643).
    """

    zh = "这是居民身份证号码，不是产品编码"


class BadCheckDigit(NotACode):
    """The check digit is wrong.

    A digit was misread or mistyped. ``expected`` is what the others lead to (GS1 General Specifications 7.9).
    """

    zh = "校验码错误"


class BadElement(NotACode):
    """An element of the code breaks the format of its Application Identifier.

    Length, characters or a contradicting repeat (GS1 General Specifications 3). ``where`` names the AI.
    """

    zh = "应用标识符的内容不符合格式"


class BadDate(BadElement):
    """The code carries a date that does not exist.

    Dates are YYMMDD; day 00 is the last of the month where the AI allows it (GS1 General Specifications 7.12).
    """

    zh = "编码中的日期不存在"


class UnknownAi(NotACode):
    """There is no such GS1 Application Identifier.

    Often an FNC1 separator is missing before this place, so that two elements run together.
    """

    zh = "未知的应用标识符"


class NoKey(NotACode):
    """The elements identify nothing by themselves.

    A lot or a date needs the product beside it. Scan the other symbol on the label too.
    """

    zh = "缺少标识主体（如 GTIN 或 SSCC）"


class BadPairing(NotACode):
    """Elements of the code do not belong together.

    One needs another beside it that is missing, or excludes one that is there (GS1 General Specifications 4.13).
    ``needs`` lists what would do, ``excludes`` names the other.
    """

    zh = "编码中的元素不能这样组合"


class BadLink(NotACode):
    """The GS1 Digital Link breaks its syntax.

    The primary key comes first, then its qualifiers in their order, all else after the question mark (GS1 Digital Link:
    URI Syntax).
    """

    zh = "GS1 Digital Link 格式错误"


class CompressedLink(BadLink):
    """Compressed GS1 Digital Links are not read.

    Compression hides the key from every reader that has no table for it. Ask for the uncompressed link.
    """

    zh = "不支持压缩形式的 GS1 Digital Link"


class BadUrn(NotACode):
    """The URN breaks the syntax of its scheme.

    ``urn:epc:`` is GS1 Tag Data Standard 6.3; ours have the form ``urn:zhuisu:<family>:<obj|lot|class|loc>:<code>``.
    """

    zh = "URN 格式错误"


class BadUscc(Malformed):
    """The unified social credit code is wrong.

    18 characters of ``0-9 A-H J-N P-R T U W X Y``, the last one a check character (GB 32100-2015).
    """

    zh = "统一社会信用代码错误"
