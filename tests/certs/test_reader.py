import io

import pytest
from PIL import Image, ImageFilter

from zhuisu.certs.errors import UnreadablePicture
from zhuisu.certs.qr import png, symbol
from zhuisu.certs.reader import read_codes
from zhuisu.certs.seal import address, seal

from .samples import BASE, EGGS, KEY

TEXT = address(BASE, seal(EGGS, KEY))


def photo(*texts: str, turned: float = 0, blurred: float = 0) -> bytes:
    """A grey JPEG with symbols side by side, as a telephone might take it."""
    drawn = [Image.open(io.BytesIO(png(symbol(text, level="Q"), scale=6))).convert("L") for text in texts]
    paper = Image.new("L", (200 + sum(image.width + 100 for image in drawn), 800), 190)
    left = 100
    for image in drawn:
        paper.paste(image, (left, 150))
        left += image.width + 100
    paper = paper.rotate(turned, fillcolor=190, expand=True).filter(ImageFilter.GaussianBlur(blurred))
    taken = io.BytesIO()
    paper.save(taken, "JPEG", quality=70)
    return taken.getvalue()


def test_a_turned_and_blurred_photo_is_read():
    assert read_codes(photo(TEXT, turned=17, blurred=1.2)) == [TEXT]


def test_all_codes_of_a_photo_are_read():
    assert sorted(read_codes(photo("A1", "B2", TEXT))) == sorted(["A1", "B2", TEXT])


def test_a_photo_without_a_code_is_refused():
    with pytest.raises(UnreadablePicture, match="no code"):
        read_codes(photo())


@pytest.mark.parametrize("picture", [b"", b"eggs", png(symbol("eggs"))[:200], b"GIF89a" + bytes(40)])
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(UnreadablePicture) as refused:
        read_codes(picture)
    assert "BytesIO" not in str(refused.value)


def test_a_picture_beyond_the_limit_is_refused_before_it_is_decoded():
    vast = io.BytesIO()
    Image.new("1", (8000, 8000)).save(vast, "PNG")
    with pytest.raises(UnreadablePicture, match="at most"):
        read_codes(vast.getvalue())
