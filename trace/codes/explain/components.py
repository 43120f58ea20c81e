"""Values of several components, as date and time or country and number, each by the rule that checks it.

>>> [(part.text, part.means.en) for part in value(AIS["7003"], "2701311530")]
[('270131', '31 January 2027'), ('1530', '15:30')]
"""

from collections.abc import Iterator
from datetime import date

from zhuisu.codes.ai import Ai, Component
from zhuisu.codes.explain import words
from zhuisu.codes.explain.part import Field, Form, Part, Parts, choice
from zhuisu.codes.explain.prefixes import country
from zhuisu.codes.text import Words

_CURRENCIES = {
    "156": Words("人民币", "Chinese yuan"),
    "344": Words("港元", "Hong Kong dollar"),
    "392": Words("日元", "Japanese yen"),
    "410": Words("韩元", "South Korean won"),
    "643": Words("俄罗斯卢布", "Russian rouble"),
    "826": Words("英镑", "pound sterling"),
    "840": Words("美元", "US dollar"),
    "978": Words("欧元", "euro"),
}


def _same(text: str) -> Words:
    return Words(text, text)


def _clock(text: str) -> Words:
    return _same(":".join(text[n : n + 2] for n in range(0, len(text), 2)))


def _full_date(text: str) -> Words | None:
    try:
        return words.day(date.fromisoformat(text))
    except ValueError:
        return None


def _processor(text: str) -> Words | None:
    return Words("不止一个国家", "several countries") if text == "999" else country(text)


def _latitude(text: str) -> Words:
    """Ten digits, ten millionths of a degree from the South Pole (GS1 General Specifications 3.7)."""
    return _same(f"{int(text) / 10**7 - 90:.5f}°")


def _longitude(text: str) -> Words:
    """Ten digits, ten millionths of a degree eastward, past 180 in the west (GS1 General Specifications 3.7)."""
    return _same(f"{(int(text) / 10**7 + 180) % 360 - 180:.5f}°")


_MONTH, _DAY = Field("月", "month", means=words.month), Field("日", "day", means=words.day_of_month)
_YYMMDD = Form(r"(\d\d)(\d\d)(\d\d)", Field("年", "year", means=words.year), _MONTH, _DAY)
_YYYYMMDD = Form(r"(\d{4})(\d\d)(\d\d)", Field("年", "year"), _MONTH, _DAY)

# By the linter that checks a component.
_FIELDS = {
    "yymmdd": Field("日期", "date", means=words.yymmdd, rule="GS1 General Specifications 7.12", within=(_YYMMDD,)),
    "yymmd0": Field("日期", "date", means=words.yymmdd, rule="GS1 General Specifications 7.12", within=(_YYMMDD,)),
    "yyyymmdd": Field("日期", "date", means=_full_date, within=(_YYYYMMDD,)),
    "hhmi": Field("时间", "time", means=_clock),
    "hh": Field("小时", "hour"),
    "mi": Field("分", "minute"),
    "ss": Field("秒", "second"),
    "iso3166": Field("国家（地区）", "country", means=country, rule="ISO 3166-1"),
    "iso3166999": Field("国家（地区）", "country", means=_processor, rule="ISO 3166-1"),
    "iso3166alpha2": Field("国家（地区）", "country", means=country, rule="ISO 3166-1"),
    "iso4217": Field("货币", "currency", means=_CURRENCIES.get, rule="ISO 4217"),
    "yesno": Field("是或否", "yes or no", means=choice(_0=("否", "no"), _1=("是", "yes"))),
    "hyphen": Field("负号", "minus", means=lambda _: Words("零下", "below zero")),
    "iso5218": Field(
        "性别", "sex", means=choice(_0=("未知", "unknown"), _1=("男", "male"), _2=("女", "female")), rule="ISO/IEC 5218"
    ),
    "latitude": Field("纬度", "latitude", means=_latitude),
    "longitude": Field("经度", "longitude", means=_longitude),
    "iban": Field("银行账号", "bank account", rule="ISO 13616"),
}
_DIGITS = Field("数字", "digits")
_TEXT = Field("内容", "value")
_COUNTS = frozenset({"30", "37", "8111"})
_DEGREES = {"4330": "℉", "4331": "℃", "4332": "℉", "4333": "℃"}


def value(spec: Ai, text: str) -> Parts:
    """Parts of a value: its components, or what its only one is made of; none when it does not fit."""
    parts = tuple(_walk(spec, text)) if spec.fits(text) else ()
    return parts[0].parts if len(parts) == 1 else parts


def means(spec: Ai, text: str) -> Words | None:
    """What the components of a value say, one after the other; None when they say nothing or the value does not fit."""
    if not spec.fits(text):
        return None
    if spec.ai in _COUNTS:
        return _same(str(int(text)))
    if unit := _DEGREES.get(spec.ai):
        sign = "-" if text.endswith("-") else ""
        return _same(f"{sign}{int(text[:6]) / 100:.2f} {unit}")
    said = [part.means for part in _walk(spec, text) if part.means]
    return Words("，".join(one.zh for one in said), ", ".join(one.en for one in said)) if said else None


def _walk(spec: Ai, text: str) -> Iterator[Part]:
    """Each component that there is."""
    at = 0
    for component in spec.parts:
        run = text[at : at + component.most]
        if run:
            yield _field(component)(run)
        at += component.most


def _field(component: Component) -> Field:
    known = (_FIELDS[linter] for linter in component.linters if linter in _FIELDS)
    return next(known, _DIGITS if component.kind == "N" else _TEXT)
