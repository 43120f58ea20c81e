"""Codes read a second beside one compiled regular expression over the same text: what Python can do at most.

The texts differ from call to call, as those of a scanner do, so that no cache answers for them.
"""

import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from random import Random

from rich.console import Console

from bench.figure import Figure
from zhuisu.codes import parse
from zhuisu.codes.checksum import check_digit
from zhuisu.codes.several import read_all

_LINK = r"https://(?P<host>[^/]+)/01/(?P<gtin>\d{14})"
_QUERY = r"\?17=(?P<expiry>\d{6})&11=(?P<made>\d{6})"
KINDS = {
    "parse GTIN and serial": (
        lambda gtin, n: f"]d201{gtin}21A{n:07d}",
        r"\]d201(?P<gtin>\d{14})21(?P<serial>[!-z]{1,20})",
    ),
    "parse GTIN, expiry, lot, serial": (
        lambda gtin, n: f"]d201{gtin}1727013110L{n % 97}\x1d21A{n:07d}",
        r"\]d201(?P<gtin>\d{14})17(?P<expiry>\d{6})10(?P<lot>[!-z]{1,20})\x1d21(?P<serial>[!-z]{1,20})",
    ),
    "parse 20-digit drug code": (
        lambda _, n: f"8021761900{n:010d}",
        r"(?P<product>8\d{6})(?P<serial>\d{13})",
    ),
    "parse Digital Link": (
        lambda gtin, n: f"https://id.gs1.org/01/{gtin}/21/A{n:07d}",
        rf"{_LINK}/21/(?P<serial>[^/?#]+)",
    ),
    "parse Digital Link, lot, serial, two dates": (
        lambda gtin, n: f"https://shop.example/01/{gtin}/10/L{n % 97}/21/A{n:07d}?17=270131&11=260501",
        rf"{_LINK}/10/(?P<lot>[^/?#]+)/21/(?P<serial>[^/?#]+){_QUERY}",
    ),
}


def texts(make: Callable[[str, int], str], count: int = 20_000, products: int = 500) -> list[str]:
    """Codes of ``count`` units, their products in turn, as a shop has them."""
    gtins = [digits + check_digit(digits) for digits in (f"0690123{n:06d}" for n in range(products))]
    return [make(gtin, n) for gtin, n in zip(cycle(gtins), range(count), strict=False)]


def rate(work: Callable[[str], object], given: Sequence[str], rounds: int = 7) -> float:
    """Calls a second in the best round: the others had neighbours."""
    best = min(_seconds(lambda: [work(text) for text in given]) for _ in range(rounds))
    return len(given) / best


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()  # of this core: what others do meanwhile is no fault of ours
    work()
    return time.process_time() - begin


def paste(lines: int = 500) -> str:
    """A paste of all the kinds in turn."""
    kinds = [texts(make, lines) for make, _ in KINDS.values()]
    return "\n".join(kinds[n % len(kinds)][n] for n in range(lines))


def noises(size: int = 1_000_000) -> dict[str, str]:
    """``size`` characters each of several kinds that are no codes, in lines that a reader has to look at."""
    random = Random(1)
    alphabets = {
        "digits": "0123456789",
        "digits in groups": "0123456789 -",
        "ASCII": "".join(map(chr, range(32, 127))),
        "the signs of codes": "0123456789()[]{}<>^|~]C1d2,;.GS\x1d",
        "French digits": "&é\"'(-è_çà",
    }
    return {
        f"{name}, lines of {width}": "\n".join(
            "".join(random.choices(alphabet, k=width - 1)) for _ in range(size // width)
        )
        for name, alphabet in alphabets.items()
        for width in (128, 8000)
    }


def measure(console: Console) -> list[Figure]:
    """Figures of this room; no database takes part."""
    console.print("codes …")
    figures = []
    for name, (make, pattern) in KINDS.items():
        given, bare = texts(make), re.compile(pattern, re.ASCII).fullmatch
        assert all(bare(text) for text in given)
        limit = rate(lambda text: bare(text).groupdict(), given)  # noqa: B023 - called before the next turn
        figures.append(Figure(name=name, value=rate(parse, given), unit="/s", limit=limit, bound="one bare regex"))
    page = paste()
    raw = re.compile("|".join(re.sub(r"\?P<\w+>", "", pattern) for _, pattern in KINDS.values()), re.ASCII).fullmatch
    figures.append(
        Figure(
            name="500 pasted codes",
            value=1000 * min(_seconds(lambda: read_all(page)) for _ in range(7)),
            unit="ms",
            limit=1000 * min(_seconds(lambda: [raw(line) for line in page.split("\n")]) for _ in range(7)),
            bound="one bare regex",
        )
    )
    worst, kind, text = max((_seconds(partial(read_all, text)), kind, text) for kind, text in noises().items())
    raw = re.compile(r"[\x20-\x7e]+", re.ASCII).findall
    figures.append(
        Figure(
            name="1 MB of noise, the worst kind",
            value=1000 * worst,
            unit="ms",
            limit=1000 * _seconds(lambda: raw(text)),
            bound="one bare regex",
            more=f"({kind})",
        )
    )
    return figures
