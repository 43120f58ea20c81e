"""Faults of carriers and keyboards that are put right with certainty, and the words that tell it in ``Code.mended``.

>>> tidy(" ８３８５７９３ ")
('8385793', ('surrounding space', 'full-width characters'))
"""

from zhuisu.codes.errors import Unreadable

SPACE = "surrounding space"
WIDE = "full-width characters"
SCHEME = "scheme in capitals"
INNER_SPACE = "space between elements"
NO_FNC1 = "missing FNC1"
SHORT_NAMES = "short names of Digital Link 1.1"

GS = "\x1d"
LONGEST = 8192  # our longest code is a certificate URL with 4096 digits

_BLANKS = " \t\r\n\f\v\u00a0\u3000\ufeff\u200b"
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NARROW_ALNUM = {wide: plain for wide, plain in _NARROW.items() if chr(plain).isalnum()}


def narrow(text: str) -> str:
    """Full-width forms as ASCII (their NFKC): letters and digits always, signs only when nothing but ASCII remains."""
    if text.isascii():
        return text
    plain = text.translate(_NARROW)
    return plain if plain.isascii() else text.translate(_NARROW_ALNUM)


def tidy(text: str) -> tuple[str, tuple[str, ...]]:
    """Text without outer blanks and full-width forms, and what was mended; Unreadable when nothing readable is left.

    GS (FNC1) is the one control character that passes.
    """
    if text.isascii() and text.isprintable() and text[:1] > " " and text[-1:] > " " and len(text) <= LONGEST:
        return text, ()
    if len(text) > LONGEST:
        raise Unreadable(f"{len(text)} characters, at most {LONGEST} are read", where="text")
    clean = text.strip(_BLANKS)
    if not clean:
        raise Unreadable("there is no visible character", where="text", mend="scan again")
    mended = [] if len(clean) == len(text) else [SPACE]
    plain = narrow(clean)
    if plain != clean:
        mended.append(WIDE)
    for position, character in enumerate(plain, 1):
        if character != GS and (character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"):
            raise Unreadable(
                f"position {position}: U+{ord(character):04X} is a control character",
                where="text",
                mend="switch the scanner's prefix and suffix off",
                position=position,
            )
    return plain, tuple(mended)
