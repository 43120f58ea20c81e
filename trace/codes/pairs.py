"""Which elements need, and which exclude, one another (GS1 General Specifications 4.13, Syntax Dictionary).

>>> missing(("01", "250")).needs
('(01)+(21)', '(03)+(21)', '(8006)+(21)')
>>> missing(("01", "21", "250")) is None
True

The rules hold over all symbols on one item: what two symbols say is joined before they are asked.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from zhuisu.codes.ai import AIS
from zhuisu.codes.errors import BadPairing

# Length of keys without their optional serial; a digital signature (8030) is of one thing, so it asks for it.
_WITHOUT_SERIAL = {"253": 13, "255": 13, "8003": 14}


class Missing(Struct, frozen=True):
    """``ai`` stands without any of the groups it ``needs``."""

    ai: str
    needs: tuple[str, ...]


class Clash(Struct, frozen=True):
    """``ai`` excludes ``other``, which is there."""

    ai: str
    other: str


def require(values: Mapping[str, str], position: Callable[[str], int] = lambda _: 1) -> None:
    """Raise BadPairing unless the elements belong together; ``position`` tells where an AI stands in the text."""
    ais = tuple(values)
    if clash := clashing(ais):
        at = position(clash.ai)
        raise BadPairing(
            f"AI ({clash.ai}) at position {at}: it cannot stand beside ({clash.other})",
            where=clash.ai,
            mend="scan one label at a time",
            detail_zh=f"第 {at} 位的 AI ({clash.ai})：不能与 ({clash.other}) 同时出现",
            mend_zh="请一次只扫描一个标签",
            position=at,
            excludes=clash.other,
        )
    if ai := _unsigned(values):
        at = position("8030")
        raise BadPairing(
            f"AI (8030) at position {at}: the ({ai}) that it signs needs a serial",
            where="8030",
            detail_zh=f"第 {at} 位的 AI (8030)：所签名的 ({ai}) 须带系列号",
            position=at,
        )
    if lack := missing(ais):
        at = position(lack.ai)
        raise BadPairing(
            f"AI ({lack.ai}) at position {at}: it needs {' or '.join(lack.needs)} beside it",
            where=lack.ai,
            mend="scan the other symbols on the label too",
            detail_zh=f"第 {at} 位的 AI ({lack.ai})：须与 {' 或 '.join(lack.needs)} 同时出现",
            mend_zh="请同时扫描标签上的其他条码",
            position=at,
            needs=list(lack.needs),
        )


@lru_cache(maxsize=4096)
def clashing(ais: tuple[str, ...]) -> Clash | None:
    """First AI of ``ais`` that excludes another of them."""
    for ai in ais:
        for pattern in AIS[ai].excludes:
            if other := next((one for one in ais if one != ai and _matches(one, pattern)), None):
                return Clash(ai, other)
    return None


@lru_cache(maxsize=4096)
def missing(ais: tuple[str, ...]) -> Missing | None:
    """First AI of ``ais`` that lacks what it needs."""
    for ai in ais:
        for groups in AIS[ai].requires:
            if not any(all(_any(ais, pattern) for pattern in group) for group in groups):
                return Missing(ai, tuple("+".join(f"({pattern})" for pattern in group) for group in groups))
    return None


def _any(ais: Iterable[str], pattern: str) -> bool:
    return any(_matches(ai, pattern) for ai in ais)


def _matches(ai: str, pattern: str) -> bool:
    """Whether ``ai`` is one of ``31nn``."""
    return len(ai) == len(pattern) and ai.startswith(pattern.rstrip("n"))


def _unsigned(values: Mapping[str, str]) -> str:
    """Key beside a digital signature that names no single thing."""
    if "8030" not in values:
        return ""
    return next((ai for ai, length in _WITHOUT_SERIAL.items() if len(values.get(ai, "")) == length), "")
