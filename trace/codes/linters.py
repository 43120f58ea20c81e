"""The linters of the GS1 Barcode Syntax Dictionary: what one component of an element must satisfy beyond its set.

>>> iso3166("156"), hh("24").en
(None, "'24' is no hour, 00 to 23")

Each is named as the dictionary names it, takes the characters of a component and answers its first fault. What needs a
table of the GS1 Company Prefixes in use is left out: ``gcppos1`` and ``gcppos2`` see that one can stand there.
"""

import re
from collections.abc import Callable, Container
from typing import NamedTuple

from zhuisu.codes import checksum, dates
from zhuisu.codes.coupons import couponcode as _couponcode
from zhuisu.codes.coupons import couponposoffer as _couponposoffer
from zhuisu.codes.lists import COUNTRIES, COUNTRIES_ALPHA2, CURRENCIES, PACKAGE_TYPES
from zhuisu.codes.text import Words


class Fault(NamedTuple):
    """What is wrong with a component, in both languages, and where in it (from 0) the wrong characters begin."""

    at: int
    en: str
    zh: str


Linter = Callable[[str], Fault | None]

# The characters of the sets, for a regular expression, and what one of them is called.
SETS: dict[str, tuple[str, Words]] = {
    "N": ("[0-9]", Words("数字", "a digit")),
    "X": ('[!"%-?A-Z_a-z]', Words("字符集 82 中的字符", "a character of GS1 set 82")),
    "Y": ("[#/0-9A-Z-]", Words("数字、大写字母、#、- 或 /", "a digit, a capital, #, - or /")),
    "Z": ("[0-9A-Z_a-z=-]", Words("字符集 64（base64url）中的字符", "a base64url character")),
}
_RUNS = {kind: re.compile(f"{characters}*").match for kind, (characters, _) in SETS.items()}

_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})").search
_POSITION = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)").fullmatch
_PADDED = re.compile(r"[^=]*(={0,2})").fullmatch


def cset(kind: str, value: str) -> Fault | None:
    """First character outside a set, named by its letter in the dictionary."""
    run = _RUNS[kind](value)
    end = run.end() if run else 0
    if end == len(value):
        return None
    name, wrong = SETS[kind][1], value[end]
    return Fault(
        end,
        f"{wrong!r} at place {end + 1} of {value!r} should be {name.en}",
        f"“{value}”第 {end + 1} 个字符“{wrong}”应为{name.zh}",
    )


def csetnumeric(value: str) -> Fault | None:
    """Digits."""
    return cset("N", value)


def cset82(value: str) -> Fault | None:
    """GS1 AI encodable character set 82."""
    return cset("X", value)


def cset39(value: str) -> Fault | None:
    """GS1 AI encodable character set 39."""
    return cset("Y", value)


def cset64(value: str) -> Fault | None:
    """File-safe base64 (RFC 4648 §5), padded to a multiple of three or not at all."""
    if fault := cset("Z", value):
        return fault
    padded = _PADDED(value)
    if padded and not (padded[1] and len(value) % 3):
        return None
    return Fault(value.index("="), f"{value!r} has = where no padding belongs", f"“{value}”中的填充符“=”位置不对")


def csum(value: str) -> Fault | None:
    """Mod 10 check digit at the end."""
    if not value or checksum.holds(value):
        return csetnumeric(value)
    if fault := csetnumeric(value):
        return fault
    why = checksum.fault(value)
    return Fault(len(value) - 1, why.en, why.zh)


def csumalpha(value: str) -> Fault | None:
    """Check character pair at the end."""
    body, pair = value[:-2], value[-2:]
    if not 2 <= len(value) <= 99:
        told = Words("带校验字符对的内容应为 2 至 99 个字符", "what a check character pair ends has 2 to 99 characters")
        return Fault(0, told.en, told.zh)
    if fault := cset82(body):
        return fault
    expected = checksum.check_pair(body)
    if pair == expected:
        return None
    return Fault(
        len(body),
        f"the check character pair of {value!r} is {pair}; the others lead to {expected}",
        f"“{value}”的校验字符对为 {pair}，按其余字符应为 {expected}",
    )


def gcppos1(value: str) -> Fault | None:
    """A GS1 Company Prefix, four digits at least, begins the component."""
    if re.match(r"[0-9]{4}", value):
        return None
    run = _RUNS["N"](value[:4])
    at = run.end() if run else 0
    if at == len(value):
        return Fault(0, f"{value!r} is too short for a GS1 Company Prefix", f"“{value}”太短，容不下厂商识别代码")
    return Fault(
        at,
        f"{value[at]!r} at place {at + 1} of {value!r} should be a digit of a GS1 Company Prefix",
        f"“{value}”第 {at + 1} 个字符“{value[at]}”应为厂商识别代码的数字",
    )


def gcppos2(value: str) -> Fault | None:
    """A GS1 Company Prefix begins at the second character."""
    fault = gcppos1(value[1:])
    return fault and fault._replace(at=fault.at + 1)


def hasnondigit(value: str) -> Fault | None:
    """Not digits alone."""
    if cset("N", value):
        return None
    return Fault(0, f"{value!r} should have a character that is no digit", f"“{value}”应至少含一个非数字字符")


def yymmdd(value: str) -> Fault | None:
    """Date of six digits that names its day."""
    return _date(value, 6, may_be_00=False)


def yymmd0(value: str) -> Fault | None:
    """Date of six digits; day 00 is the last of the month."""
    return _date(value, 6, may_be_00=True)


def yyyymmdd(value: str) -> Fault | None:
    """Date of eight digits that names its day."""
    return _date(value, 8, may_be_00=False)


def yyyymmd0(value: str) -> Fault | None:
    """Date of eight digits; day 00 is the last of the month."""
    return _date(value, 8, may_be_00=True)


def _date(value: str, length: int, *, may_be_00: bool) -> Fault | None:
    if fault := _digits(value, length):
        return fault
    if value[:4] == "0000":
        return Fault(0, f"{value} has no year 0000", f"{value} 没有 0000 年") if length == 8 else None
    why = dates.fault(value, may_be_00=may_be_00)
    return Fault(length - 4 if "month" in why.en else length - 2, why.en, why.zh) if why else None


def _digits(value: str, length: int) -> Fault | None:
    if fault := csetnumeric(value):
        return fault
    if len(value) == length:
        return None
    return Fault(0, f"{value!r} should have {length} digits", f"“{value}”应为 {length} 位数字")


def _below(value: str, limit: int, name: Words) -> Fault | None:
    if fault := _digits(value, 2):
        return fault
    if int(value) < limit:
        return None
    return Fault(0, f"{value!r} is no {name.en}, 00 to {limit - 1}", f"“{value}”不是{name.zh}，应为 00 至 {limit - 1}")


def hh(value: str) -> Fault | None:
    """Hour."""
    return _below(value, 24, Words("小时", "hour"))


def mi(value: str) -> Fault | None:
    """Minute."""
    return _below(value, 60, Words("分钟", "minute"))


def ss(value: str) -> Fault | None:
    """Second."""
    return _below(value, 60, Words("秒", "second"))


def hhmi(value: str) -> Fault | None:
    """Hour and minute."""
    if fault := _digits(value, 4) or hh(value[:2]):
        return fault
    fault = mi(value[2:])
    return fault and fault._replace(at=2)


def _listed(value: str, known: Container[str], name: Words) -> Fault | None:
    return None if value in known else Fault(0, f"{value!r} is no {name.en}", f"“{value}”不是{name.zh}")


def iso3166(value: str) -> Fault | None:
    """Country, three digits."""
    return _listed(value, COUNTRIES, Words("国家（地区）数字代码（ISO 3166）", "numeric country code of ISO 3166"))


def iso3166999(value: str) -> Fault | None:
    """Country, three digits, or 999."""
    return None if value == "999" else iso3166(value)


def iso3166alpha2(value: str) -> Fault | None:
    """Country, two letters."""
    return _listed(
        value, COUNTRIES_ALPHA2, Words("国家（地区）两字母代码（ISO 3166）", "alpha-2 country code of ISO 3166")
    )


def iso4217(value: str) -> Fault | None:
    """Currency, three digits."""
    return _listed(value, CURRENCIES, Words("货币数字代码（ISO 4217）", "numeric currency code of ISO 4217"))


def iso5218(value: str) -> Fault | None:
    """Biological sex."""
    name = Words("性别代码（ISO 5218：0、1、2 或 9）", "code of a sex of ISO 5218: 0, 1, 2 or 9")
    return _listed(value, {"0", "1", "2", "9"}, name)


def packagetype(value: str) -> Fault | None:
    """Kind of package."""
    return _listed(
        value, PACKAGE_TYPES, Words("包装类型代码（UN/ECE 第 21 号建议书）", "package type of UN/ECE Recommendation 21")
    )


def mediatype(value: str) -> Fault | None:
    """Kind of data carrier on blood, tissue and cells: 01 to 10, 80 to 99."""
    known = re.fullmatch(r"0[1-9]|10|[89][0-9]", value)
    return _listed(
        value, {value} if known else (), Words("载体类型代码（01–10 或 80–99）", "AIDC media type: 01 to 10, 80 to 99")
    )


def importeridx(value: str) -> Fault | None:
    """Importer index of EU 2018/574."""
    known = re.fullmatch(r"[-0-9A-Z_a-z]", value)
    return _listed(
        value,
        {value} if known else (),
        Words("进口商索引（一个字母、数字、- 或 _）", "importer index: one letter, digit, - or _"),
    )


def winding(value: str) -> Fault | None:
    """Winding direction of a roll."""
    return _listed(value, {"0", "1", "9"}, Words("缠绕方向（0、1 或 9）", "winding direction: 0, 1 or 9"))


def yesno(value: str) -> Fault | None:
    """Flag."""
    return _listed(value, {"0", "1"}, Words("标志值（0 或 1）", "flag: 0 or 1"))


def hyphen(value: str) -> Fault | None:
    """Minus sign."""
    return _listed(value, {"-"}, Words("连字符（-）", "hyphen"))


def zero(value: str) -> Fault | None:
    """Nothing but 0."""
    return Fault(0, f"{value!r} should be 0", f"“{value}”应为 0") if value.strip("0") else None


def nonzero(value: str) -> Fault | None:
    """A number above 0."""
    if fault := csetnumeric(value):
        return fault
    return None if value.strip("0") else Fault(0, f"{value!r} should not be 0", f"“{value}”不应为 0")


def nozeroprefix(value: str) -> Fault | None:
    """A number without a leading 0."""
    if fault := csetnumeric(value):
        return fault
    return Fault(0, f"{value!r} should not begin with 0", f"“{value}”不应以 0 开头") if value[:1] == "0" else None


def latitude(value: str) -> Fault | None:
    """Degrees from the south pole, seven decimals (GS1 General Specifications 3.6)."""
    return _degrees(value, 180, Words("纬度", "latitude"))


def longitude(value: str) -> Fault | None:
    """Degrees east of the 180th meridian's opposite, seven decimals."""
    return _degrees(value, 360, Words("经度", "longitude"))


def _degrees(value: str, most: int, name: Words) -> Fault | None:
    if fault := _digits(value, 10):
        return fault
    if int(value) <= most * 10**7:
        return None
    return Fault(0, f"{value} is no {name.en}, at most {most}0000000", f"{value} 不是{name.zh}，最大为 {most}0000000")


def pieceoftotal(value: str) -> Fault | None:
    """Number of a piece and of all pieces, both of the same length."""
    if fault := csetnumeric(value):
        return fault
    half = len(value) // 2
    if not half or len(value) % 2:
        return Fault(0, f"{value!r} should be two numbers of one length", f"“{value}”应为两个等长的数")
    piece, total = int(value[:half]), int(value[half:])
    if 0 < piece <= total:
        return None
    at = half if piece and not total else 0
    return Fault(at, f"{value!r} is no piece {piece} of {total}", f"“{value}”不成立：共 {total} 件中的第 {piece} 件")


def posinseqslash(value: str) -> Fault | None:
    """Position in a sequence, as 2/3."""
    found = _POSITION(value)
    if found and int(found[1]) <= int(found[2]):
        return None
    return Fault(0, f"{value!r} is no position in a sequence such as 2/3", f"“{value}”不是次序（如 2/3）")


def pcenc(value: str) -> Fault | None:
    """Text whose % begins an escape."""
    found = _PERCENT(value)
    if not found:
        return None
    at = found.start()
    return Fault(
        at, f"% at place {at + 1} of {value!r} begins no %hh", f"“{value}”第 {at + 1} 个字符 % 后应有两位十六进制数"
    )


def iban(value: str) -> Fault | None:
    """International bank account number (ISO 13616), its check digits right."""
    if not 5 <= len(value) <= 34:
        return Fault(0, f"{value!r} should have 5 to 34 characters", f"“{value}”应为 5 至 34 个字符")
    if fault := iso3166alpha2(value[:2]):
        return fault
    for at, character in enumerate(value):
        if not re.fullmatch(r"[0-9A-Z]", character):
            return Fault(
                at,
                f"{character!r} at place {at + 1} is no character of an IBAN",
                f"第 {at + 1} 个字符“{character}”不属于 IBAN",
            )
    if int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1:
        return None
    return Fault(
        2, f"the check digits {value[2:4]} of the IBAN {value} are wrong", f"IBAN {value} 的校验码 {value[2:4]} 错误"
    )


def couponcode(value: str) -> Fault | None:
    """Coupon of North America (GS1 AI (8110))."""
    return csetnumeric(value) or _coupon(_couponcode(value))


def couponposoffer(value: str) -> Fault | None:
    """Positive offer file coupon of North America (GS1 AI (8112))."""
    return csetnumeric(value) or _coupon(_couponposoffer(value))


def _coupon(found: tuple[int, Words] | None) -> Fault | None:
    return found and Fault(found[0], found[1].en, found[1].zh)


LINTERS: dict[str, Linter] = {
    linter.__name__: linter
    for linter in (
        couponcode, couponposoffer, cset39, cset64, cset82, csetnumeric, csum, csumalpha, gcppos1, gcppos2,
        hasnondigit, hh, hhmi, hyphen, iban, importeridx, iso3166, iso3166999, iso3166alpha2, iso4217, iso5218,
        latitude, longitude, mediatype, mi, nonzero, nozeroprefix, packagetype, pcenc, pieceoftotal, posinseqslash,
        ss, winding, yesno, yymmd0, yymmdd, yyyymmd0, yyyymmdd, zero,
    )
}  # fmt: skip
