"""Numbers of quarantine certificates, 动物检疫合格证明: a kind and a number, unique together.

>>> found = split("动物检疫合格证明（动物A） No. 3700001234")
>>> read(found.kind, found.number).canonical
'urn:zhuisu:quarantine:lot:animal-a.3700001234'

Animals travel on A between provinces and on B within one. Products have one kind since 2026-01-01; their A and B of
before are read for as long as records are kept. The form of the number is not published: capitals, digits and hyphens
with six digits at least and a digit at the end, and one blank in it, are kept as they are written, without the blank.
"""

import re
from enum import StrEnum
from typing import NamedTuple
from unicodedata import normalize

from zhuisu.codes.keys import escape
from zhuisu.codes.model import Code, Family, Level


class Kind(StrEnum):
    """What travels on the certificate, and how far."""

    animal_a = "animal-a"
    animal_b = "animal-b"
    product = "product"
    product_a = "product-a"
    product_b = "product-b"

    @property
    def zh(self) -> str:
        """As people write it: 动物A, 产品证."""
        what, _, letter = self.partition("-")
        return ("动物" if what == "animal" else "产品") + (letter.upper() or "证")


KINDS = frozenset(Kind)

_PAPER = r"(?:动物)?检疫(?:合格)?证(?:明|书)?|quarantine(?:\s+certificate)?"
# Possessive, and blanks come one at a time: what can be read in two ways is never tried in the other.
_SIGN = r"(?:编?号码?|no\.?|number|[#:.-]| )*+"
_SPOKEN = re.compile(
    rf"(?P<title>{_PAPER})?{_SIGN}[(\[【]? ?"
    r"(?P<what>动物|产品|animal|product)-? ?(?P<letter>[AB](?![A-Z]))? ?(?P<paper>证(?:明|书)?|certificate)?"
    rf" ?[)\]】]? ?(?P<after>{_PAPER})?{_SIGN}(?P<number>\w[\w -]*)",
    re.IGNORECASE,
).fullmatch
_NUMBER = re.compile(r"[A-Z0-9-]*[0-9](?: [A-Z0-9-]*[0-9])?", re.ASCII).fullmatch  # no units, no words
_LONGEST = 40
_LEAST_DIGITS = 6


class Paper(NamedTuple):
    """A certificate as people write it."""

    kind: Kind
    number: str
    named: bool  # whether it is called a certificate in words


def split(text: str) -> Paper | None:
    """Kind and number of a certificate as people write them, None for anything else.

    The kind must be told: by a letter, or by the word 证 (certificate) beside 产品.
    """
    plain = " ".join(normalize("NFKC", text).split())
    found = _SPOKEN(plain)
    if not found or not (number := spelled(found["number"])):
        return None
    what = "animal" if found["what"].lower() in {"动物", "animal"} else "product"
    named = bool(found["title"] or found["paper"] or found["after"])
    apart = not plain[found.start("number") - 1].isalnum()
    if found["letter"] and (named or apart or what == "animal"):
        return Paper(Kind(f"{what}-{found['letter'].lower()}"), number, named)
    return Paper(Kind.product, number, named) if what == "product" and named else None


def spelled(number: str) -> str:
    """The number as it is kept; "" when it cannot be one."""
    plain = " ".join(normalize("NFKC", number).upper().split())
    right = _NUMBER(plain) and len(plain) <= _LONGEST and sum(map(str.isdecimal, plain)) >= _LEAST_DIGITS
    return plain.replace(" ", "") if right else ""


def read(kind: Kind, number: str, text: str = "", mended: tuple[str, ...] = (), doubts: tuple[str, ...] = ()) -> Code:
    """Code of a certificate, which speaks for a lot; ``spelled`` gave ``number``."""
    return Code(
        family=Family.quarantine,
        canonical=f"urn:zhuisu:quarantine:lot:{kind}.{escape(number)}",
        level=Level.lot,
        text=text or f"{kind.zh} {number}",
        mended=mended,
        doubts=doubts,
    )
