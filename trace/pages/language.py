"""What is said, in Chinese and in English: sentences, the closed vocabularies, quantities, places and times.

>>> choose("", "", "fr, en-GB;q=0.8, zh;q=0.5")
<Lang.en: 'en'>
>>> term(Lang.zh, "step", "shipping"), division(Lang.en, "370302")
('发货', 'Zichuan, Zibo, Shandong')
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import msgspec

from zhuisu.codes.explain.names import FAMILIES, LEVELS
from zhuisu.errors import Refusal
from zhuisu.products.model import CATEGORIES

COOKIE = "zhuisu_lang"

CHINA = timezone(timedelta(hours=8))
"""What the pages show times in that belong to no place of their own."""


class Lang(StrEnum):
    """The two languages of the pages."""

    zh = "zh"
    en = "en"


Both: TypeAlias = dict[Lang, str]


def _load(name: str, kind: Any) -> Any:
    return msgspec.json.decode((Path(__file__).resolve().parent / "words" / name).read_bytes(), type=kind)


SENTENCES: dict[str, str] = _load("zh.json", dict[str, str])
TERMS: dict[str, dict[str, Both]] = _load("terms.json", dict[str, dict[str, Both]])
TERMS |= {
    vocabulary: {str(word): {Lang.zh: said.zh, Lang.en: said.en} for word, said in words.items()}
    for vocabulary, words in (("family", FAMILIES), ("level", LEVELS), ("category", CATEGORIES))
}
DIVISIONS: dict[str, Both] = _load("divisions.json", dict[str, Both])
REFUSALS: dict[str, dict[str, str]] = _load("refusals.json", dict[str, dict[str, str]])
"""Problem type → field → what it means in Chinese; the field "" stands for every other."""


def choose(asked: str, kept: str, accepted: str) -> Lang:
    """The language of a page: what the address asks for, else the cookie, else Accept-Language, else Chinese."""
    for name in (asked, kept, *_preferred(accepted)):
        if name in Lang.__members__:
            return Lang(name)
    return Lang.zh


def _preferred(accepted: str) -> list[str]:
    """The primary subtags of Accept-Language, best first (RFC 9110 §12.5.4)."""
    found = re.findall(
        r"([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*(?:,|$)", accepted[:200]
    )
    weighed = [(float(weight or 1), tag.lower()) for tag, weight in found]
    return [tag for weight, tag in sorted(weighed, key=lambda one: -one[0]) if weight > 0]


def sentence(lang: Lang, english: str) -> str:
    """A sentence of a template, which is keyed by its English."""
    return SENTENCES[english] if lang is Lang.zh and english else english


def term(lang: Lang, vocabulary: str, word: str) -> str:
    """The word for one value of a closed vocabulary; a value of somebody else's vocabulary stands for itself."""
    known = TERMS[vocabulary].get(word)
    return known[lang] if known else word


def division(lang: Lang, code: str) -> str:
    """A GB/T 2260 division with those it lies in; its code where it is not in our list."""
    chain = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    names = [DIVISIONS[one][lang] for one in chain if one in DIVISIONS]
    if code not in DIVISIONS:
        names.append(code)
    return "".join(names) if lang is Lang.zh else ", ".join(reversed(names))


def name(lang: Lang, said: Any) -> str:
    """What one of the service's own two-language values (``.zh``, ``.en``) says."""
    return str(getattr(said, lang))


def explained(lang: Lang, refusal: Refusal | type[Refusal], where: str = "") -> str:
    """A refusal in Chinese: its own words, else by its type and the field it names, ``goods/3`` as ``goods``, else "".

    In English a refusal speaks for itself.
    """
    if lang is Lang.zh and isinstance(refusal, Refusal) and refusal.detail_zh:
        return f"{refusal.detail_zh}。{refusal.mend_zh}。" if refusal.mend_zh else f"{refusal.detail_zh}。"
    known = REFUSALS.get(refusal.problem(), {}) if lang is Lang.zh else {}
    return known.get(where.partition("/")[0], known.get("", ""))


def called(lang: Lang, goods: Any) -> str:
    """What people call a product: its name in the language, where it has one, and its specification."""
    own = goods.name if lang is Lang.zh else goods.name_en or goods.name
    return f"{own} {goods.specification}".rstrip()


def told(lang: Lang, refusal: Refusal) -> str:
    """A refusal in one line: what is wrong and how to mend it."""
    return explained(lang, refusal, refusal.where) or str(refusal)


def day(lang: Lang, on: date) -> str:
    """A calendar day as people write it: 2026年6月1日, 1 June 2026."""
    return f"{on.year}年{on.month}月{on.day}日" if lang is Lang.zh else f"{on.day} {on:%B %Y}"


def number(value: Decimal | float) -> str:
    """Without trailing zeros, thousands parted by a thin space: 12 000, 3.5."""
    text = f"{value:,f}".replace(",", "\u202f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(lang: Lang, value: Decimal, uom: str | None) -> str:
    """A quantity with its unit (UN/CEFACT Recommendation 20)."""
    return f"{number(value)} {term(lang, 'unit', uom or '')}"


def local(time: datetime, offset: str) -> datetime:
    """``time`` as clocks stood at the place: the event's own eventTimeZoneOffset, ``+08:00`` (EPCIS 2.0 §7.4.1)."""
    sign, hours, minutes = offset[0], offset[1:3], offset[4:6]
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return time.astimezone(UTC) + (-shift if sign == "-" else shift)


def short(uri: str) -> str:
    """A code as people read it: bracketed AIs for a GS1 Digital Link, the bare code for a private URN.

    >>> short("https://id.gs1.org/01/06901234567892/21/A7"), short("urn:zhuisu:drug:obj:80217619000000001003")
    ('(01) 06901234567892 (21) A7', '80217619000000001003')
    """
    if uri.startswith("https://id.gs1.org/"):
        parts = [unquote(part) for part in uri.removeprefix("https://id.gs1.org/").split("/")]
        return " ".join(f"({ai}) {value}" for ai, value in zip(parts[::2], parts[1::2], strict=False))
    if uri.startswith(("urn:zhuisu:", "urn:epcglobal:cbv:bt:")):  # CBV 2.0 §8.5.3: …:bt:<GLN>:<number>
        return unquote(uri.split(":", 4 if uri.startswith("urn:zhuisu:") else 5)[-1])
    return uri
