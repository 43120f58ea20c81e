"""One cell: what a file holds as the text that a person sees, and what stands against it.

An apostrophe in front of a cell says "text, exactly this", as in Excel itself. Writing adds one before what a
spreadsheet would run as a formula or what reading would take for a wreck; reading takes it away again.

>>> guard("=1+1", EVERYWHERE), unguard("'=1+1")
("'=1+1", '=1+1')
>>> seen(12.0), judge("2026年6月1日", Column("made", kind=Kind.date), exact=False)
('12', ('2026-06-01', None))
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from zhuisu.codes.text import Words
from zhuisu.sheets.model import Column, Kind, Language

LONGEST = 32_767  # characters; what a cell of Excel can hold
DIGITS = 15  # that a spreadsheet keeps of a number

_FORMULA = r"[=+\-@\t\r＝＋－＠]"  # the full-width ones too: Excel of East Asian locales narrows them
_WRECK = (
    r"(?:#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|GETTING_DATA)|[+-]?\d(?:\.\d+)?E\+\d{2,3})\Z"
)
_GUARDED = re.compile(rf"'+(?:{_FORMULA}|{_WRECK})")
_WRECKED = re.compile(_WRECK)
EVERYWHERE = re.compile(rf"'*(?:{_FORMULA}|{_WRECK})")
"""What CSV guards: any program may open it."""
IN_EXCEL = re.compile(rf"'+{_FORMULA}|'*{_WRECK}")
"""What xlsx guards: a cell of text is no formula there (it carries Excel's own, invisible apostrophe)."""
RUN = re.compile(rf"'*{_FORMULA}")
"""What is guarded in a cell that is handed back as faulty: a wreck stays a wreck."""

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?")
_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})|年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})日"
    r"|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))(?:[ T]00?:00(?::00)?)?"
)
_BLANKS = " \t\r\n\f\v\u0085\u00a0\u2028\u2029\u3000\ufeff\u200b"
_FLAGS = dict.fromkeys(("true", "yes", "y", "1", "是", "√", "✓"), "true")
_FLAGS |= dict.fromkeys(("false", "no", "n", "0", "否", "×", "✗"), "false")
_SHOWN = {"zh": {"true": "是", "false": "否"}, "en": {"true": "yes", "false": "no"}}

DESTROYED = Words(
    "原来的编码：Excel 只保留 15 位数字，已经把它改坏，请先把该列设为“文本”格式，再重新录入",
    "the code itself: Excel keeps 15 digits of a number and destroyed the rest; format the column as text, enter again",
)
FAILED = Words("一个值：这里是 Excel 公式的错误提示", "a value: a formula of Excel failed here")
FILLED = Words("必填", "must not be empty")
_SINGLE = Words("单个文本、数字或是否值", "one text, number, true or false")
_VISIBLE = Words("不含控制字符的文字", "text without control characters")
_SHORTER = Words(f"最多 {LONGEST} 个字符", f"at most {LONGEST} characters")
_NUMERIC = Words("数字，如 12 或 0.5", "a number, as 12 or 0.5")
_DAY = Words("存在的日期，如 2026-06-01", "a date that exists, as 2026-06-01")
_FLAG = Words("是或否", "yes or no")


def narrow(text: str) -> str:
    """Compatibility forms (full-width digits among them) as plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def seen(value: object) -> str:
    """The text of a cell as a person sees it, outer blanks removed: dates ISO, numbers without float noise."""
    match value:
        case None:
            return ""
        case str():
            return value.strip(_BLANKS).replace("\r\n", "\n").replace("\r", "\n")
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():  # a spreadsheet shows 15 digits, the last places of a double are noise
            return format(Decimal(f"{value:.15g}"), "f")
        case datetime():
            return value.isoformat(" ").removesuffix(" 00:00:00")
        case _:
            return str(value)


def legible(text: str, most: int = 80) -> str:
    """The beginning of any text, fit for a message."""
    return _UNFIT.sub("\ufffd", text[:most]) + "…" * (len(text) > most)


def unguard(text: str) -> str:
    """Text without the apostrophe that says it is text."""
    return text[1:] if _GUARDED.match(text) else text


def guard(text: str, what: re.Pattern[str]) -> str:
    """Text with an apostrophe in front where ``what`` asks for one; ``unguard`` is the inverse."""
    return f"'{text}" if what.match(text) else text


def judge(value: object, column: Column, *, exact: bool) -> tuple[str, Words | None]:
    """The cell's text in the column's own form, and what was expected where it cannot be taken.

    ``exact``: the file has no spreadsheet's habits (JSON), so that nothing in it is a wreck and nothing is guarded.
    """
    if isinstance(value, list | dict):
        return "…", _SINGLE
    text = seen(value)
    if not text:
        return "", FILLED if column.required else None
    if not exact:
        if isinstance(value, float) and abs(value) >= 10**DIGITS:
            return text, DESTROYED
        if _WRECKED.match(text):
            return text, FAILED if text.startswith("#") else DESTROYED
        text = unguard(text)
    if _UNFIT.search(text):
        return _UNFIT.sub("\ufffd", text), _VISIBLE
    if len(text) > LONGEST:
        return text, _SHORTER
    found = _chosen(text, column) if column.choices else _in_kind(text, column.kind)
    match found:
        case str():
            return found, None
        case Words():
            return text, found


def shown(text: str, column: Column, language: Language) -> str:
    """The text of a cell for the reader of a table: choices and flags in words."""
    if text in column.choices:
        return getattr(column.choices[text], language) or text
    return _SHOWN[language].get(text, text) if column.kind is Kind.flag else text


def number(text: str) -> str:
    """A decimal number without needless zeros and signs; empty if it is none."""
    if not (found := _NUMBER.fullmatch(text)):
        return ""
    sign, whole, part = found.groups("")
    plain = (whole.lstrip("0") or "0") + ("." + part.rstrip("0") if part.strip("0") else "")
    return "-" + plain if sign == "-" and plain != "0" else plain


def _in_kind(text: str, kind: Kind) -> str | Words:
    match kind:
        case Kind.text:
            return text
        case Kind.number:
            return number(narrow(text)) or _NUMERIC
        case Kind.date:
            return _day(narrow(text)) or _DAY
        case Kind.flag:
            return _FLAGS.get(narrow(text).casefold(), _FLAG)


def _day(text: str) -> str:
    if not (found := _DATE.fullmatch(text)):
        return ""
    named = found.groupdict()
    month, day = named["m"] or named["m2"] or named["m3"], named["d"] or named["d2"] or named["d3"]
    try:
        return date(int(named["y"]), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def _chosen(text: str, column: Column) -> str | Words:
    if text in column.choices:
        return text
    wanted = narrow(text).casefold()
    for value, words in column.choices.items():
        if wanted in {narrow(each).casefold() for each in (value, words.zh, words.en)}:
            return value
    return Words(
        "其中之一：" + "、".join(words.zh or value for value, words in column.choices.items()),
        "one of: " + ", ".join(words.en or value for value, words in column.choices.items()),
    )
