"""One measured number beside the number that bounds it."""

from collections.abc import Iterator, Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """``limit`` is what the same machine did in the same run without us; ``unit`` "/s", "ms", "B" or "MB"."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    bound: str = ""
    more: str = ""

    def row(self) -> tuple[str, str, str, str, str]:
        return (self.name, f"{self.told} {self.more}", _round(self.limit), self.ratio, self.bound)

    @property
    def told(self) -> str:
        """The value with its unit."""
        return f"{_round(self.value)} {self.unit}".rstrip()

    @property
    def ratio(self) -> str:
        """The value by its limit: a share of what could be done, or how many times as long or large."""
        if not self.limit:
            return ""
        return f"{self.value / self.limit:.0%}" if self.unit == "/s" else f"{self.value / self.limit:.1f} ×"

    @staticmethod
    def dump(figures: Sequence["Figure"]) -> bytes:
        return msgspec.json.format(msgspec.json.encode(figures), indent=1)


def growth(sizes: Sequence[int], found: Sequence[Sequence[Figure]]) -> Iterator[list[str]]:
    """Rows of a table: a figure at each size with its limit, and the last by the first."""
    named = [{figure.name: figure for figure in figures} for figures in found]
    for name, first in named[0].items():
        cells = [
            f"{figure.told}" + (f"\n(limit {_round(figure.limit)}, {figure.ratio})" if figure.limit else "")
            for figures in named
            if (figure := figures.get(name))
        ]
        if len(cells) == len(sizes) > 1:
            yield [name, *cells, f"{named[-1][name].value / first.value:.2f} ×" if first.value else ""]


def _round(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie; seconds in, milliseconds out."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000
