"""One measured number beside the number that bounds it."""

from collections.abc import Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """``limit`` is what the same machine did in the same run without us; ``unit`` "/s" or "ms"."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    bound: str = ""
    more: str = ""

    def row(self) -> tuple[str, str, str, str, str]:
        ratio = (
            ""
            if not self.limit
            else f"{self.value / self.limit:.0%}"
            if self.unit == "/s"
            else f"{self.value / self.limit:.1f} ×"
        )
        return (self.name, f"{_round(self.value)} {self.unit} {self.more}", _round(self.limit), ratio, self.bound)

    @staticmethod
    def dump(figures: Sequence["Figure"]) -> bytes:
        return msgspec.json.format(msgspec.json.encode(figures), indent=1)


def _round(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie; seconds in, milliseconds out."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000
