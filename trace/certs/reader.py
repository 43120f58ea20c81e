"""Codes from a photo: what a telephone's camera took, decoded without a browser.

>>> read_codes(Path("label.jpg").read_bytes())
['https://zs.example/c/5943…']
"""

import io

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from zhuisu.certs.errors import UnreadablePicture

MAX_PIXELS = 50_000_000

_OF = zxingcpp.BarcodeFormat
# What stands on goods and checks itself: Codabar and its like were seen to be read out of the noise of a QR code.
_SYMBOLOGIES = zxingcpp.BarcodeFormats(
    [
        *(_OF.QRCode, _OF.DataMatrix, _OF.Code128, _OF.DataBar, _OF.ITF14),
        *(_OF.EAN13, _OF.EAN8, _OF.UPCA, _OF.UPCE),
    ]
)


_AGAIN = "photograph it again, whole, sharp and from nearby"


def read_codes(picture: bytes) -> list[str]:
    """Texts of all codes in a PNG or JPEG, in reading order as found. Raises UnreadablePicture when there is none."""
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadablePicture(
                    f"{image.width} × {image.height} pixels; at most {MAX_PIXELS} are read", mend=_AGAIN
                )
            grey = ImageOps.exif_transpose(image).convert("L")
    except UnidentifiedImageError as error:  # its words name an object of ours, not the picture
        raise UnreadablePicture("this is not a PNG or JPEG picture", mend=_AGAIN) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(f"this is not a whole PNG or JPEG picture: {error}", mend=_AGAIN) from error
    texts = [found.text for found in zxingcpp.read_barcodes(grey, formats=_SYMBOLOGIES) if found.text]
    if not texts:
        size = f"{grey.width} × {grey.height}"
        raise UnreadablePicture(f"no code is readable in this picture of {size} pixels", mend=_AGAIN)
    return texts
