"""QR symbols from text: the leading part as bytes, trailing digits in numeric mode, as SVG or PNG.

>>> symbol("https://zs.example/c/5943").version
2
>>> svg(symbol("https://zs.example/c/5943"))[:30]
'<svg xmlns="http://www.w3.org/'
"""

import functools
import re
import struct
import zlib
from typing import Literal

import msgspec

from zhuisu.certs.errors import TooMuchForASymbol
from zhuisu.certs.symbol import capacity, template

Level = Literal["L", "M", "Q", "H"]
QUIET = 4
"""Modules of white on each side (ISO/IEC 18004 §6.3.8)."""

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{corner} {corner} {side} {side}" shape-rendering="crispEdges">'
    '<path fill="#fff" d="M{corner} {corner}h{side}v{side}h-{side}z"/><path stroke="#000" d="{strokes}"/></svg>'
)
_RUNS = re.compile("(1+)(0*)")
_PARTS = re.compile("(.*?)([0-9]*)", re.DOTALL)
_NUMERIC = {
    f"{value:0{size}}": f"{value:0{bits}b}" for size, bits in ((1, 4), (2, 7), (3, 10)) for value in range(10**size)
}


class Symbol(msgspec.Struct, frozen=True):
    """A drawn symbol: ``rows`` has one integer a row, bit 0 leftmost, 1 is dark; no quiet zone."""

    version: int
    level: str
    mask: int
    rows: tuple[int, ...]

    @property
    def size(self) -> int:
        """Modules a side."""
        return len(self.rows)


def symbol(text: str, *, level: Level = "M", mask: int | None = None) -> Symbol:
    """The smallest symbol for ``text``. Level M for clean labels, Q for cartons. Raises TooMuchForASymbol."""
    found = _PARTS.fullmatch(text)
    prefix, digits = (found[1].encode("utf-8", "replace"), found[2]) if found else (b"", "")
    for version in range(1, 41):
        if (room := capacity(version, level) - _length(prefix, digits, version)) >= 0:
            break
    else:
        raise TooMuchForASymbol(f"{len(text)} characters do not fit a symbol of level {level}")
    bits = _segments(prefix, digits, version)
    bits += "0" * min(4, room)
    bits += "0" * (-len(bits) % 8)
    pads = (capacity(version, level) - len(bits)) // 8
    bits += ("1110110000010001" * (pads // 2 + 1))[: pads * 8]
    drawn = template(version, level)
    modules, mask = drawn.modules(f"{int(bits, 2):0{len(bits) // 4}x}", mask)
    return Symbol(version, level, mask, drawn.rows(modules))


def svg(drawn: Symbol) -> bytes:
    """A square SVG, one unit a module, quiet zone included."""
    side = drawn.size + 2 * QUIET
    strokes = "".join(_stroked(y, row) for y, row in enumerate(drawn.rows))
    return _SVG.format(corner=-QUIET, side=side, strokes=strokes).encode()


def png(drawn: Symbol, *, scale: int = 8) -> bytes:
    """A square one-bit PNG, ``scale`` pixels a module, quiet zone included."""
    side = drawn.size + 2 * QUIET
    width, row_bytes = side * scale, (side * scale + 7) // 8
    pixels = _pixels(scale)
    # Filter 0 gives a line as it is, filter 2 as its difference to the line above: here none (PNG §9.2).
    again = (b"\x02" + bytes(row_bytes)) * (scale - 1)
    blank = b"\x00" + b"\xff" * row_bytes + (b"\x02" + bytes(row_bytes)) * (QUIET * scale - 1)
    lines = [blank]
    for row in drawn.rows:
        modules = (row << QUIET).to_bytes((side + 7) // 8, "little")
        lines += [b"\x00", b"".join([pixels[byte] for byte in modules])[:row_bytes], again]
    lines.append(blank)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(b"".join(lines), 1))
        + _chunk(b"IEND", b"")
    )


def _counts(version: int) -> tuple[int, int]:
    """Bits of the character count of numeric and of byte segments (table 3)."""
    return (10, 8) if version < 10 else (12, 16) if version < 27 else (14, 16)


def _length(prefix: bytes, digits: str, version: int) -> int:
    """Bits of ``_segments``."""
    numeric, binary = _counts(version)
    size = 4 + binary + 8 * len(prefix) if prefix or not digits else 0
    return size + (4 + numeric + 10 * (len(digits) // 3) + (0, 4, 7)[len(digits) % 3] if digits else 0)


def _segments(prefix: bytes, digits: str, version: int) -> str:
    """A byte segment and a numeric segment, each only where there is something in it (§7.4)."""
    numeric, binary = _counts(version)
    bits = ""
    if prefix or not digits:
        bits = f"0100{len(prefix):0{binary}b}" + "".join(f"{byte:08b}" for byte in prefix)
    if digits:
        bits += f"0001{len(digits):0{numeric}b}" + "".join(
            [_NUMERIC[digits[i : i + 3]] for i in range(0, len(digits), 3)]
        )
    return bits


class _Strokes(dict[tuple[str, str], str]):
    """SVG path commands for a dark run and the light run after it, made at first use."""

    def __missing__(self, run: tuple[str, str]) -> str:
        dark, light = map(len, run)
        self[run] = f"h{dark}m{light} 0" if light else f"h{dark}"
        return self[run]


_STROKES = _Strokes()


def _stroked(y: int, row: int) -> str:
    """Horizontal strokes over the dark runs of a row."""
    start = (row & -row).bit_length() - 1
    return f"M{start} {y}.5" + "".join([_STROKES[run] for run in _RUNS.findall(f"{row >> start:b}"[::-1])])


@functools.cache
def _pixels(scale: int) -> list[bytes]:
    """For eight modules (bit 0 leftmost, 1 is dark): their pixels, one bit each, 0 is black."""
    wide = (("".join("01"[not byte >> x & 1] * scale for x in range(8))) for byte in range(256))
    return [int(bits, 2).to_bytes(scale) for bits in wide]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
