"""What is wrong with a path: each rule a pure function from a path to findings, with its law and its evidence.

>>> [f.rule for f in findings(path).findings]
['sold-twice']
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import msgspec

from zhuisu.chain.model import Finding, Hop, Path, Severity, Via
from zhuisu.codes import Level
from zhuisu.codes.text import Words

Rule = Callable[[Path], Iterator[Finding]]

SALES = frozenset({"retail_sold", "dispensed"})
ARRIVALS = frozenset({"receiving", "arriving"})
DEPARTURES = frozenset({"shipping", "departing"})


def findings(path: Path) -> Path:
    """``path`` with what every rule found in it, the most serious first."""
    order = [Severity.serious, Severity.warning, Severity.info]
    found = sorted((f for rule in RULES for f in rule(path)), key=lambda f: order.index(f.severity))
    return msgspec.structs.replace(path, findings=tuple(found))


def own(path: Path) -> list[Hop]:
    """The hops of the traced code itself, alone or in a container."""
    return [hop for hop in path.hops if hop.via in {Via.item, Via.container}]


def cold_chain(path: Path) -> Iterator[Finding]:
    """疫苗管理法 39: goods with storage bounds were measured outside them."""
    bounds = next((hop.storage for hop in path.hops if hop.storage), None)
    if bounds is None:
        return
    for hop in own(path):
        if hop.temperature and not bounds.holds(hop.temperature):
            measured = f"{hop.temperature.min:g}–{hop.temperature.max:g} °C"
            allowed = f"{bounds.min:g}–{bounds.max:g} °C"
            yield Finding(
                rule="cold-chain-excursion",
                severity=Severity.serious,
                text=Words(
                    zh=f"冷链超温：测得 {measured}，规定 {allowed}",
                    en=f"Cold chain broken: {measured} measured, {allowed} required",
                ),
                law=Words("疫苗管理法 第三十九条", "Vaccine Administration Law art. 39"),
                events=(hop.event,),
            )


def sold_twice(path: Path) -> Iterator[Finding]:
    """One box is sold once: a second sale means a counterfeit, returned or swapped box."""
    sales = [hop for hop in own(path) if hop.disposition in SALES]
    if path.code.level is Level.instance and len(sales) > 1:
        yield Finding(
            rule="sold-twice",
            severity=Severity.serious,
            text=Words(
                zh=f"同一追溯码销售 {len(sales)} 次：可能为假冒、回流或串换",
                en=f"Sold {len(sales)} times under one code: counterfeit, returned or swapped goods",
            ),
            law=Words("药品管理法 第十二条", "Drug Administration Law art. 12"),
            events=tuple(hop.event for hop in sales),
        )


def received_without_dispatch(path: Path) -> Iterator[Finding]:
    """An item arrived at somebody else's site and nobody had sent it.

    Of a lot, parts travel at once and only quantities could tell: that is a mass balance, not this rule.
    """
    if path.code.level is not Level.instance:
        return
    moves = [hop for hop in own(path) if hop.step in ARRIVALS | DEPARTURES | {"commissioning"}]
    for before, after in pairwise(moves):
        if after.step in ARRIVALS and before.step not in DEPARTURES and before.party != after.party:
            yield Finding(
                rule="received-without-dispatch",
                severity=Severity.warning,
                text=Words(zh="有收货而无上游发货记录", en="Received, but nobody upstream recorded sending it"),
                law=Words(
                    zh="食品安全法 第五十三条；药品管理法 第五十七条",
                    en="Food Safety Law art. 53; Drug Administration Law art. 57",
                ),
                events=(before.event, after.event),
            )


def certificate_withdrawn(path: Path) -> Iterator[Finding]:
    """A certificate of these goods is no longer valid."""
    for certificate in path.certificates:
        if certificate.state != "valid":
            yield Finding(
                rule="certificate-not-valid",
                severity=Severity.serious,
                text=Words(zh=f"附随的合格证：{certificate.reason.zh}", en=f"Its certificate: {certificate.reason.en}"),
                law=Words("农产品质量安全法 第三十九条", "Agricultural Product Quality and Safety Law art. 39"),
                events=tuple(hop.event for hop in path.hops if certificate.uri in hop.certificates),
            )


RULES: tuple[Rule, ...] = (cold_chain, sold_twice, certificate_withdrawn, received_without_dispatch)
