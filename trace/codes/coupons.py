"""Coupon codes of North America, fields behind fields of told length (North American Coupon Application Guideline).

>>> couponcode("012345612345611110123") is None
True
>>> couponcode("8")[1].en
"GS1 Company Prefix at place 1: '8' should be one of 0123456"
"""

from collections.abc import Iterable
from typing import NamedTuple

from zhuisu.codes import dates
from zhuisu.codes.text import Words

_DIGITS = "0123456789"


class _Field(NamedTuple):
    """A first digit out of ``first``, then ``more`` digits; or, when ``counts``, as many more as it tells."""

    en: str
    zh: str
    first: str = _DIGITS
    more: int = 0
    counts: bool = False  # 9 counts none where 7 and 8 are not allowed either
    date: bool = False


class _Broken(NamedTuple):
    at: int
    why: Words


_PREFIX = _Field("GS1 Company Prefix", "厂商识别代码", "0123456", 6, counts=True)
_OTHER_PREFIX = _PREFIX._replace(first="01234569")
_OFFER = _Field("offer code", "优惠代码", more=5)
_SERIAL = _Field("serial number", "系列号", more=6, counts=True)
_FAMILY = _Field("family code", "产品族代码", more=2)
_REQUIREMENT = _Field("purchase requirement", "购买要求", "12345", counts=True)
_REQUIREMENT_CODE = _Field("purchase requirement code", "购买要求代码", "012349")
_EXPIRY = _Field("expiration date", "失效日期", more=5, date=True)
_START = _Field("start date", "生效日期", more=5, date=True)

_COUPON = (
    _PREFIX,
    _OFFER,
    _Field("save value", "优惠金额", "12345", counts=True),
    _REQUIREMENT,
    _REQUIREMENT_CODE,
    _FAMILY,
)
# Optional fields: each begins with its own digit and stands once, in this order.
_OPTIONAL: dict[str, tuple[_Field, ...]] = {
    "1": (
        _Field("additional purchase rules code", "附加购买规则代码", "0123"),
        _REQUIREMENT,
        _REQUIREMENT_CODE,
        _FAMILY,
        _OTHER_PREFIX,
    ),
    "2": (_REQUIREMENT, _REQUIREMENT_CODE, _FAMILY, _OTHER_PREFIX),
    "3": (_EXPIRY,),
    "4": (_START,),
    "5": (_SERIAL,),
    "6": (_Field("retailer", "零售商", "1234567", 6, counts=True),),
    "9": (
        _Field("save value code", "优惠方式代码", "01256"),
        _Field("item that the save value applies to", "优惠适用项目", "012"),
        _Field("store coupon flag", "门店券标志"),
        _Field("flag against multiplying", "不可加倍标志", "01"),
    ),
}
_OFFER_FILE = (_Field("format code", "格式代码", "01"), _PREFIX._replace(en="funder", zh="出资方"), _OFFER, _SERIAL)


def couponcode(digits: str) -> tuple[int, Words] | None:
    """First fault of a coupon code (AI 8110): where, from 0, and what."""
    at = _run(digits, 0, _COUPON)
    found: dict[str, str] = {}
    for lead, fields in _OPTIONAL.items():
        if isinstance(at, int) and digits[at : at + 1] == lead:
            begin, at = at + 1, _run(digits, at + 1, fields)
            found[lead] = digits[begin : begin + 6]
    if isinstance(at, int) and found.get("4", "") > found.get("3", "9"):
        return _Broken(at - 6, Words("失效日期早于生效日期", "the coupon expires before it starts"))
    return _ended(digits, at)


def couponposoffer(digits: str) -> tuple[int, Words] | None:
    """First fault of a positive offer file coupon (AI 8112): where, from 0, and what."""
    return _ended(digits, _run(digits, 0, _OFFER_FILE))


def _run(digits: str, at: int, fields: Iterable[_Field]) -> int | _Broken:
    """Where the fields end that begin at ``at``."""
    for field in fields:
        first = digits[at : at + 1]
        place = Words(f"第 {at + 1} 位的{field.zh}", f"{field.en} at place {at + 1}")
        if not first:
            return _Broken(at, Words(f"{place.zh}缺失", f"{place.en} is missing"))
        if first not in field.first:
            told = f"{place.en}: {first!r} should be one of {field.first}"
            return _Broken(at, Words(f"{place.zh}：“{first}”应为 {field.first} 之一", told))
        none = field.counts and first == "9" and "7" not in field.first
        more = 0 if none else field.more + int(first) * field.counts
        if len(digits) < at + 1 + more:
            return _Broken(at + 1, Words(f"{place.zh}不完整", f"{place.en} is cut short"))
        if field.date and (why := dates.fault(digits[at : at + 6], may_be_00=False)):
            return _Broken(at, Words(f"{place.zh}：{why.zh}", f"{place.en}: {why.en}"))
        at += 1 + more
    return at


def _ended(digits: str, at: int | _Broken) -> _Broken | None:
    if not isinstance(at, int):
        return at
    if at == len(digits):
        return None
    rest = digits[at:]
    return _Broken(at, Words(f"第 {at + 1} 位起的“{rest}”多余", f"{rest!r} at place {at + 1} is too much"))
