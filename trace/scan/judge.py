"""The judgement on a code at a door: every rule asked, the worst answer given, in words of either language.

>>> [found.rule for found in judge(item, door)], verdict(judge(item, door))
(['already-sold'], <Answer.refuse: 'refuse'>)
"""

from collections.abc import Iterable
from itertools import chain

from msgspec import UNSET

from zhuisu.codes import Family
from zhuisu.codes.text import Words
from zhuisu.scan import checks, papers
from zhuisu.scan.model import Answer, Found, Lang, Reason
from zhuisu.scan.rules import Door, Facts, Item, Rule

RULES: dict[str, Rule] = {
    known.id: known for module in (checks, papers) for known in vars(module).values() if isinstance(known, Rule)
}
"""Every rule by its id, in the order in which they are written down."""

_SEVERITY = list(Answer)
_MEDICAL = frozenset({"pharmacy", "cdc", "clinic", "hospital"})
_KINDS = {
    "farm": Words("养殖场", "a farm"),
    "collector": Words("收购站", "a collector"),
    "slaughterhouse": Words("屠宰厂", "a slaughterhouse"),
    "manufacturer": Words("生产企业", "a manufacturer"),
    "carrier": Words("承运单位", "a carrier"),
    "wholesaler": Words("批发企业", "a wholesaler"),
    "market": Words("批发市场", "a market"),
    "shop": Words("商店", "a shop"),
    "canteen": Words("食堂", "a canteen"),
    "pharmacy": Words("药店", "a pharmacy"),
    "cdc": Words("疾控中心", "a centre for disease control"),
    "clinic": Words("接种点或诊所", "a clinic"),
    "hospital": Words("医院", "a hospital"),
    "here": Words("本场所", "this site"),
    "other": Words("其他场所", "another place"),
}


def judge(item: Item, door: Door) -> tuple[Found, ...]:
    """All that the rules say of ``item`` at ``door``, the worst first."""
    asked = [r for r in RULES.values() if r.check and (not r.steps or door.step.name in r.steps)]
    found = chain.from_iterable(
        (_found(r, item, door, facts) for facts in r.check(item, door)) for r in asked if r.check
    )
    return tuple(sorted(found, key=lambda f: -_SEVERITY.index(RULES[f.rule].answer)))


def verdict(found: Iterable[Found]) -> Answer:
    """The worst answer among what was found; accept when nothing was."""
    return max((RULES[f.rule].answer for f in found), key=_SEVERITY.index, default=Answer.accept)


def worded(found: Found, lang: Lang) -> Reason:
    """What was found, in words."""
    known = RULES[found.rule]
    law = known.medicine if known.medicine and found.facts.get("goods") == "medicine" else known.law
    return Reason(
        rule=known.id,
        text=said(known.text, lang).format_map(_localised(found.facts, lang)),
        law=said(law, lang) if law else UNSET,
        next=said(known.next, lang) if known.next else UNSET,
    )


def said(words: Words, lang: Lang) -> str:
    """``words`` in ``lang``."""
    match lang:
        case Lang.zh:
            return words.zh
        case Lang.en:
            return words.en


def _found(known: Rule, item: Item, door: Door, facts: Facts) -> Found:
    return Found(known.id, facts | {"goods": "medicine"} if known.medicine and _medical(item, door) else facts)


def _medical(item: Item, door: Door) -> bool:
    return item.code.family is Family.drug or item.storage is not None or door.site.kind in _MEDICAL


def _localised(facts: Facts, lang: Lang) -> Facts:
    """The facts, kinds of places as words."""
    told = dict(facts)
    if kind := facts.get("kind"):
        told["kind"] = said(_KINDS.get(kind, _KINDS["other"]), lang)
    return told
