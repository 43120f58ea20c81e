"""Words before a code that say what it is, and the families that they leave open.

>>> found = at("GLN 6901234567892")
>>> found.end, sorted(found.families)
(4, ['sgln'])

A label is believed: what follows it is never taken for a code of another kind. Words that say nothing of the kind, as
编号 or "code", are no labels.
"""

import re
from typing import NamedTuple

from zhuisu.codes.model import Family

# Families with a check digit, or of a shape that nothing else has: a mending that ends there is certain.
PROVEN = frozenset(Family) - {
    Family.opaque, Family.url, Family.urn, Family.site, Family.giai, Family.ginc, Family.cpi, Family.payment,
    Family.ahm, Family.ear_tag, Family.slaughterhouse, Family.quarantine,
}  # fmt: skip
DRUG = frozenset({Family.drug, Family.sgtin})

_TRADE = frozenset({Family.gtin, Family.sgtin, Family.lgtin, Family.upui, Family.itip})
_NUMBER = "(?:码|编码|代码|编号|号码|号)"
# A serial number may be thirteen digits by itself, and one in ten would pass for a GTIN.
_SERIAL = r"(?:S/?N|serial(?:\s?(?:no|number)\.?)?|序列号)\s*[:：=\#]\s*+(?=\D|\d{16})"
_LABELS = {
    "item": (rf"(?:GS1\s?)?(?:GTIN|EAN|UPC)(?:-?(?:8|12|13|14)(?!\d))?|(?:商品|产品|农产品)条形?{_NUMBER}", _TRADE),
    "device": (
        r"(?:GS1\s?)?UDI(?:-?[DP]I)?|[DP]I(?=[\s:：(])|(?:医疗器械)?唯一标识码?",
        _TRADE | {Family.ma, Family.ahm},
    ),
    "drug": (rf"(?:药品(?:电子)?|电子)(?:追溯|溯源|监管){_NUMBER}|drug\s?code", DRUG),
    "traced": (
        rf"(?:商品|产品|农产品)?(?:追溯|溯源|监管){_NUMBER}|trace\s?code",
        DRUG | {Family.lgtin, Family.upui, Family.vet_drug, Family.certificate},
    ),
    "vet": (rf"兽药(?:产品)?(?:追溯|溯源|二维)?{_NUMBER}", {Family.vet_drug}),
    "standard": (rf"(?:国家)?(?:药品)?本位{_NUMBER}|国家药品[代编]码", {Family.drug_standard}),
    "logistic": (rf"(?:GS1\s?)?SSCC(?:-?18(?!\d))?|(?:物流(?:单元)?|箱|包装|托盘){_NUMBER}", {Family.sscc}),
    "place": (r"(?:GS1\s?)?GLN(?:-?13(?!\d))?|(?:全球)?位置码", {Family.sgln}),
    "animal": (rf"(?:畜禽标识|耳标){_NUMBER}?|ear\s?tag(?:\s?(?:no|number)\.?)?", {Family.ear_tag}),
    "house": (rf"(?:生猪)?(?:定点)?屠宰[厂场点]?{_NUMBER}", {Family.slaughterhouse}),
    "paper": (rf"合格证{_NUMBER}?", {Family.certificate}),
    "serial": (_SERIAL, DRUG | {Family.upui}),
    "link": (r"(?:链接|网址|URL|link)(?=[\s:：]*https?:)", PROVEN),
    "carrier": (r"(?:条形?|一维|二维)码(?:编号|号码|号)?|(?:bar|QR)\s?code", PROVEN),
}
_LABEL = re.compile(
    "(?:" + "|".join(f"(?P<{name}>{words})" for name, (words, _) in _LABELS.items()) + r")[\s:：=\#]*", re.IGNORECASE
).match
_FAMILIES = {name: frozenset(families) for name, (_, families) in _LABELS.items()}
_WRITTEN = ((Family.gtin, "01", 14), (Family.sscc, "00", 18), (Family.sgln, "414", 13))


class Label(NamedTuple):
    """A label at the beginning of a text."""

    end: int  # where the code begins
    families: frozenset[Family]


def at(text: str) -> Label | None:
    """The label that ``text`` begins with, None when it begins with none."""
    found = _LABEL(text)
    return Label(found.end(), _FAMILIES[found.lastgroup or ""]) if found else None


def written(digits: str, families: frozenset[Family]) -> str:
    """``digits`` with the AI that their label stands for, as ``(00)…`` for SSCC; unchanged when it stands for none."""
    if families != PROVEN and digits.isdecimal():
        for family, ai, length in _WRITTEN:
            if family in families and len(digits) == length:
                return f"({ai}){digits}"
    return digits
