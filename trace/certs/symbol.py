"""The modules of a QR symbol (ISO/IEC 18004) by linear algebra over GF(2), sixty times faster than module by module.

For a fixed version and level everything after the data bits is linear: Reed-Solomon coding, interleaving, placement
and masking only ever XOR. So a symbol is one integer, bit ``row * (size + 1) + column``, with one spare column so that
shifted rows never touch, and

    modules = patterns and mask  ^  table[0][first nibble]  ^  table[1][second nibble]  ^  …

Only two tables are taken from ``qrcode``: the block structure and the alignment positions.
"""

import functools
import operator
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import qrcode.base
import qrcode.util

# ISO/IEC 18004 table 12: the two bits that name the level in the format information.
LEVELS = {"L": 1, "M": 0, "Q": 3, "H": 2}

_EXP = [1]
for _ in range(509):
    _EXP.append(_EXP[-1] << 1 ^ (0x11D if _EXP[-1] & 0x80 else 0))
_LOG = {value: power for power, value in enumerate(_EXP[:255])}

# ISO/IEC 18004 table 10, the condition under which a data module is inverted.
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, _: r % 2 == 0,
    lambda _, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)

_NIBBLE = bytes.maketrans(b"0123456789abcdef", bytes(range(16)))

Place = tuple[int, int]


@functools.cache
def capacity(version: int, level: str) -> int:
    """Data bits a symbol holds."""
    blocks: list[Any] = qrcode.base.rs_blocks(version, LEVELS[level])
    return 8 * sum(int(block.data_count) for block in blocks)


class Template:
    """Everything about symbols of one version and level that does not depend on the data."""

    def __init__(self, version: int, level: str) -> None:
        self.size = 17 + 4 * version
        self._stride = self.size + 1
        function = dict(_function_patterns(version, self.size))
        formats = [dict(_format(LEVELS[level], mask, self.size)) for mask in range(8)]
        free = [place for place in _zigzag(self.size) if place not in function and place not in formats[0]]
        self._masked = [
            self._bits(
                place
                for place in [*(p for p, dark in (function | formats[mask]).items() if dark), *filter_mask(mask, free)]
            )
            for mask in range(8)
        ]
        self._tables = list(self._nibble_tables(version, level, [self._bit(place) for place in free]))
        n = self.size
        self._all = self._bits(product(range(n), range(n)))
        self._pairs = self._bits(product(range(n), range(n - 1))), self._bits(product(range(n - 1), range(n)))
        self._spans = self._bits(product(range(n), range(n - 10))), self._bits(product(range(n - 10), range(n)))

    def modules(self, codewords: str, mask: int | None = None) -> tuple[int, int]:
        """Modules and mask for data codewords in hexadecimal; without a mask, the one with the lowest penalty."""
        nibbles = codewords.encode().translate(_NIBBLE)
        data = functools.reduce(operator.xor, map(operator.getitem, self._tables, nibbles))
        if mask is None:
            mask = min(range(8), key=lambda each: self.penalty(data ^ self._masked[each]))
        return data ^ self._masked[mask], mask

    def rows(self, modules: int) -> tuple[int, ...]:
        """One integer a row, bit 0 leftmost, 1 is dark."""
        full = (1 << self.size) - 1
        return tuple(modules >> row * self._stride & full for row in range(self.size))

    def penalty(self, dark: int) -> int:
        """Score of ISO/IEC 18004 §7.8.3.1: runs, blocks, finder-like patterns, imbalance."""
        light = self._all ^ dark
        across, down = (
            pairs & ~(dark ^ dark >> step) for pairs, step in zip(self._pairs, (1, self._stride), strict=True)
        )
        score = 3 * (across & across >> self._stride & down).bit_count()
        for equal, step, span in ((across, 1, self._spans[0]), (down, self._stride, self._spans[1])):
            four = equal & equal >> step
            four &= four >> 2 * step  # five modules of one colour begin here
            score += four.bit_count() + 2 * (four & ~(four << step)).bit_count()
            quiet = light & light >> step
            quiet &= quiet >> 2 * step  # four light modules begin here
            finder = dark & dark >> 2 * step & dark >> 3 * step & dark >> 4 * step & dark >> 6 * step
            finder &= light >> step & light >> 5 * step
            before, after = quiet & finder >> 4 * step, finder & quiet >> 7 * step
            score += 40 * ((before & span).bit_count() + (after & span).bit_count())
        return score + 10 * int(abs(dark.bit_count() * 100 / self.size**2 - 50) // 5)

    def _nibble_tables(self, version: int, level: str, order: list[int]) -> Iterator[list[int]]:
        """For each nibble of the data codewords, first to last, what each of its 16 values sets in the symbol."""
        blocks = qrcode.base.rs_blocks(version, LEVELS[level])
        sizes = [block.data_count for block in blocks]
        checks = blocks[0].total_count - blocks[0].data_count
        places = [(b, j) for j in range(max(sizes)) for b, size in enumerate(sizes) if j < size]
        places += [(b, size + j) for j in range(checks) for b, size in enumerate(sizes)]
        position = {place: number for number, place in enumerate(places)}

        def set_by(place: Place, value: int) -> int:
            start = position[place] * 8
            return functools.reduce(operator.xor, (order[start + bit] for bit in range(8) if value >> 7 - bit & 1), 0)

        weights = _remainders(checks, max(sizes))
        for b, size in enumerate(sizes):
            checking = [[set_by((b, size + k), 1 << bit) for bit in range(8)] for k in range(checks)]
            for j in range(size):
                units = []
                for bit in range(8):
                    unit = set_by((b, j), 1 << bit)
                    for k, weight in enumerate(weights[size - 1 - j]):
                        check = _times(1 << bit, weight)
                        unit ^= functools.reduce(
                            operator.xor, (u for n, u in enumerate(checking[k]) if check >> n & 1), 0
                        )
                    units.append(unit)
                for half in (units[4:], units[:4]):
                    table = [0]
                    for unit in half:
                        table += [unit ^ entry for entry in table]
                    yield table

    def _bit(self, place: Place) -> int:
        return 1 << place[0] * self._stride + place[1]

    def _bits(self, places: "Iterator[Place] | product[Place]") -> int:
        return sum(map(self._bit, places))


@functools.cache
def template(version: int, level: str) -> Template:
    """The template, made once (20 to 200 ms) and kept."""
    return Template(version, level)


def filter_mask(mask: int, places: list[Place]) -> list[Place]:
    """Those places that the mask inverts."""
    return [place for place in places if _MASKS[mask](*place)]


def _remainders(checks: int, count: int) -> list[list[int]]:
    """For a codeword 1 that stands 0, 1, 2 … places before the end of an otherwise zero block: its check codewords."""
    generator = _generator(checks)[1:]
    found = [generator]
    while len(found) < count:
        first, *rest = found[-1]
        found.append([a ^ _times(first, g) for a, g in zip([*rest, 0], generator, strict=True)])
    return found


@functools.cache
def _generator(checks: int) -> list[int]:
    """Coefficients of (x - 1)(x - 2)(x - 4) … (x - 2^(checks - 1)), highest first."""
    found = [1]
    for power in range(checks):
        found = [a ^ _times(b, _EXP[power]) for a, b in zip([*found, 0], [0, *found], strict=True)]
    return found


def _times(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def _function_patterns(version: int, size: int) -> Iterator[tuple[Place, bool]]:
    """Timing, finder, alignment and version patterns (§6.3, §7.10); where two meet, the later one stands."""
    for i in range(8, size - 8):
        yield (6, i), i % 2 == 0
        yield (i, 6), i % 2 == 0
    centres = qrcode.util.pattern_position(version)
    edges = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row, column in set(product(centres, centres)) - edges:
        for i, j in product(range(-2, 3), range(-2, 3)):
            yield (row + i, column + j), max(abs(i), abs(j)) != 1
    for row, column in edges:
        centre = row - 3 if row == 6 else row + 3, column - 3 if column == 6 else column + 3
        for i, j in product(range(-4, 5), range(-4, 5)):
            if 0 <= centre[0] + i < size and 0 <= centre[1] + j < size:
                yield (centre[0] + i, centre[1] + j), max(abs(i), abs(j)) in {0, 1, 3}
    if version >= 7:
        bits = qrcode.util.BCH_type_number(version)
        for i in range(18):
            dark = bool(bits >> i & 1)
            yield (i // 3, i % 3 + size - 11), dark
            yield (i % 3 + size - 11, i // 3), dark


def _format(level: int, mask: int, size: int) -> Iterator[tuple[Place, bool]]:
    """Format information, twice, and the module that is always dark (§7.9)."""
    bits = qrcode.util.BCH_type_info(level << 3 | mask)
    for i in range(15):
        dark = bool(bits >> i & 1)
        yield (i if i < 6 else i + 1 if i < 8 else size - 15 + i, 8), dark
        yield (8, size - 1 - i if i < 8 else 7 if i == 8 else 14 - i), dark
    yield (size - 8, 8), True


def _zigzag(size: int) -> Iterator[Place]:
    """Places in the order of codeword placement (§7.7.3): column pairs from the right, up and down in turn."""
    upward = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for row in range(size - 1, -1, -1) if upward else range(size):
            yield row, right
            yield row, right - 1
        upward = not upward
