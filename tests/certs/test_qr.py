import io
import random
import xml.etree.ElementTree as ET

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import MODE_8BIT_BYTE, MODE_NUMBER, QRData

from zhuisu.certs.errors import TooMuchForASymbol
from zhuisu.certs.qr import QUIET, png, svg, symbol
from zhuisu.certs.reader import read_codes
from zhuisu.certs.seal import address, seal

from .samples import BASE, EGGS, EGGS_FULL, KEY, MEAT_FULL

CORRECTION = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
PREFIX = f"{BASE}/c/"


def drawn_by_qrcode(prefix: str, digits: str, level: str, mask: int) -> list[int]:
    drawing = qrcode.QRCode(error_correction=CORRECTION[level], mask_pattern=mask, border=0)
    if prefix:
        drawing.add_data(QRData(prefix.encode(), MODE_8BIT_BYTE))
    if digits:
        drawing.add_data(QRData(digits.encode(), MODE_NUMBER))
    drawing.make(fit=True)
    return [sum(1 << x for x, dark in enumerate(row) if dark) for row in drawing.get_matrix()]


@pytest.mark.parametrize("level", "LMQH")
@pytest.mark.parametrize("length", [1, 17, 60, 200, 359, 536, 606])
def test_the_matrix_is_that_of_qrcode_for_every_mask(length, level):
    digits = str(10 ** (length - 1) + random.Random(length).randrange(10 ** (length - 1)))
    for mask in range(8):
        assert list(symbol(PREFIX + digits, level=level, mask=mask).rows) == drawn_by_qrcode(
            PREFIX, digits, level, mask
        )


@pytest.mark.parametrize(
    ("prefix", "digits"),
    [("", "7"), ("", "12345678"), ("eggs", ""), ("追溯 ", "90"), ("x" * 300, ""), ("y" * 900, "1234")],
)
def test_a_part_that_is_empty_or_long_is_drawn_like_qrcode(prefix, digits):
    assert list(symbol(prefix + digits, mask=3).rows) == drawn_by_qrcode(prefix, digits, "M", 3)


@pytest.mark.parametrize("certificate", [EGGS, EGGS_FULL, MEAT_FULL], ids=["egg", "egg full", "meat full"])
@pytest.mark.parametrize("level", ["M", "Q"])
def test_a_scanner_reads_the_rendered_symbol(certificate, level):
    text = address(BASE, seal(certificate, KEY))
    assert read_codes(png(symbol(text, level=level), scale=3)) == [text]


@given(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=80), st.sampled_from("LMQH"))
@settings(deadline=None, max_examples=40)
def test_any_text_comes_back(text, level):
    if text:
        assert read_codes(png(symbol(text, level=level), scale=4)) == [text]


def modules_of(drawing: bytes) -> list[int]:
    """Rows of an SVG of ours, read stroke by stroke."""
    root = ET.fromstring(drawing)
    corner, _, side, _ = (int(number) for number in root.attrib["viewBox"].split())
    rows = [0] * (side + 2 * corner)
    for line in root[1].attrib["d"].split("M")[1:]:
        start, _, rest = line.partition(" ")
        y, _, runs = rest.partition(".5h")
        x = int(start)
        for run in runs.split("h"):
            dark, _, light = run.partition("m")
            rows[int(y)] |= ((1 << int(dark)) - 1) << x
            x += int(dark) + int(light.partition(" ")[0] or 0)
    return rows


def test_svg_and_png_show_the_modules_within_four_of_white():
    drawn = symbol(address(BASE, seal(EGGS, KEY)))
    assert modules_of(svg(drawn)) == list(drawn.rows)
    image = Image.open(io.BytesIO(png(drawn, scale=5)))
    side = drawn.size + 2 * QUIET
    assert image.size == (side * 5, side * 5)
    small = image.resize((side, side), Image.Resampling.NEAREST).convert("L")
    for y in range(side):
        for x in range(side):
            inside = QUIET <= x < side - QUIET and QUIET <= y < side - QUIET
            dark = inside and bool(drawn.rows[y - QUIET] >> (x - QUIET) & 1)
            assert (small.getpixel((x, y)) == 0) == dark


def test_too_much_text_is_refused():
    for text, level in (("7" * 7090, "L"), ("7" * 3994, "Q"), ("eggs" * 666, "Q")):
        with pytest.raises(TooMuchForASymbol):
            symbol(text, level=level)
