"""The GS1 Application Identifiers: names, format of their values, what they require beside them (``ai.txt``).

>>> AIS["10"].fits("L1") is not None, AIS["01"].length, AIS["3103"].unit
(True, 14, 'kg')
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache, partial
from pathlib import Path

from msgspec import Struct

from zhuisu.codes.linters import LINTERS, SETS, Linter, cset, gcppos1
from zhuisu.codes.text import Words

# Linters that ``fits``, ``checked`` and ``dates`` speak for: most elements have no other.
_ELSEWHERE = {"csum", "gcppos1", "gcppos2", "yymmd0", "yymmdd"}
_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)").fullmatch


class Component(Struct, frozen=True):
    """A run of ``least`` to ``most`` characters of one set (N digits, X set 82, Y set 39, Z base64url)."""

    kind: str
    least: int
    most: int
    linters: tuple[str, ...] = ()
    optional: bool = False  # the value may end before it


class Ai(Struct, frozen=True, kw_only=True, dict=True):
    """One Application Identifier."""

    ai: str
    title: Words
    predefined: bool  # no FNC1 follows (GS1 General Specifications 7.8.5)
    attribute: bool  # may stand in the query of a Digital Link
    length: int  # of every value; 0 when it varies
    checked: int  # value[:checked] ends in a mod 10 check digit; 0 when there is none
    dates: tuple[tuple[int, bool], ...]  # where a YYMMDD begins, and whether its day may be 00
    parts: tuple[Component, ...]
    rules: tuple[tuple[int, int, Linter], ...] = ()  # value[start:stop], when there, satisfies a linter
    requires: tuple[tuple[tuple[str, ...], ...], ...] = ()  # of each: one of these groups, whole, stands beside it
    excludes: tuple[str, ...] = ()  # patterns, n for any digit
    qualifiers: tuple[tuple[str, ...], ...] | None = None  # in a Digital Link, after this key; None: it is no key
    unit: str = ""  # of a measure, the decimal point put in
    decimals: bool = False  # the last digit of the AI counts the decimals

    @cached_property
    def fits(self) -> Callable[[str], re.Match[str] | None]:
        """Match a whole value that has the right length and characters."""
        return _fits(self.parts)  # made when first asked for: most AIs are never met

    def fault(self, value: str) -> Words:
        """Why ``value`` does not fit."""
        at = 0
        for part in self.parts:
            run = value[at : at + part.most]
            if found := cset(part.kind, run) or (gcppos1(run) if run and "gcppos1" in part.linters else None):
                return Words(found.zh, found.en)
            at += part.most
        least, most = sum(p.least for p in self.parts if not p.optional), sum(p.most for p in self.parts)
        zh, en = (f"{most}",) * 2 if least == most else (f"{least} 至 {most}", f"{least} to {most}")
        return Words(
            f"“{value}”有 {len(value)} 个字符，应为 {zh} 个",
            f"{value!r} has {len(value)} character{'' if len(value) == 1 else 's'}, wanted {en}",
        )


@lru_cache
def _component(written: str) -> Component:
    """Component of ``[X..17],pcenc``."""
    found = _COMPONENT(written)
    assert found, written
    optional, kind, up_to, most, linters = found.groups()
    return Component(kind, 1 if up_to else int(most), int(most), tuple(linters.split(",")[1:]), bool(optional))


@lru_cache
def _fits(parts: tuple[Component, ...]) -> Callable[[str], re.Match[str] | None]:
    """Matcher of a whole value; one that begins with a GS1 Company Prefix begins with the four digits it has."""
    pattern = "(?=[0-9]{4})" if parts[0].kind in "XY" and "gcppos1" in parts[0].linters else ""
    for part in parts:
        run = f"{SETS[part.kind][0]}{{{part.least},{part.most}}}"
        pattern += f"(?:{run})?" if part.optional else run
    return re.compile(pattern).fullmatch


def _rules(parts: tuple[Component, ...]) -> Iterator[tuple[int, int, str]]:
    """Where each linter applies: ``value[start:stop]``."""
    start = 0
    for part in parts:
        stop = start + part.most
        yield from ((start, stop, linter) for linter in part.linters)
        if part.kind == "Z":
            yield start, stop, "cset64"  # its padding, which ``fits`` does not see
        start = stop


def _make(ais: Iterator[str], flags: str, rules: list[str], title: Words) -> Iterator[Ai]:
    """All AIs of one line of the table."""
    formats = [rule for rule in rules if _COMPONENT(rule)]
    named: dict[str, list[str]] = {}
    for name, _, told in (rule.partition("=") for rule in rules[len(formats) :]):
        named.setdefault(name, []).append(told)
    parts = tuple(map(_component, formats))
    linted = tuple(_rules(parts))
    fixed = all(part.least == part.most and not part.optional for part in parts)
    make = partial(
        Ai,
        title=title,
        predefined="*" in flags,
        attribute="?" in flags,
        length=sum(part.most for part in parts) if fixed else 0,
        checked=max((stop for _, stop, linter in linted if linter == "csum"), default=0),
        dates=tuple((start, linter == "yymmd0") for start, _, linter in linted if linter in {"yymmd0", "yymmdd"}),
        parts=parts,
        rules=tuple((start, stop, LINTERS[name]) for start, stop, name in linted if name not in _ELSEWHERE),
        requires=tuple(tuple(tuple(g.split("+")) for g in told.split(",")) for told in named.get("req", ())),
        excludes=tuple(pattern for told in named.get("ex", ()) for pattern in told.split(",")),
        qualifiers=next((tuple(_sequences(told)) for told in named.get("dlpkey", ())), None),
        unit=named.get("unit", [""])[0].replace("_", " "),
        decimals="decimals" in named,
    )
    return (make(ai=ai) for ai in ais)


def _sequences(told: str) -> Iterator[tuple[str, ...]]:
    """Sequences of ``22,10,21|235``."""
    return (tuple(sequence.split(",")) for sequence in told.split("|") if sequence)


def _read() -> Iterator[Ai]:
    for line in (Path(__file__).parent / "ai.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        rules, en, zh = line.split(" | ")
        numbers, flags, *rest = rules.split()
        first, _, last = numbers.partition("-")
        ais = (f"{number:0{len(first)}}" for number in range(int(first), int(last or first) + 1))
        yield from _make(ais, flags, rest, Words(zh, en))


AIS = {spec.ai: spec for spec in _read()}
WIDTH = {ai[:2]: len(ai) for ai in AIS}  # the first two digits tell how many an AI has
