"""MA codes (IDcode) as on medical devices: DI and PI in parts between dots, each part of the PI led by its letter.

>>> code = read("MA.156.M0.100472.11103316.S1576130942.M190101.L20191201.E211201.C2")
>>> code.di, code.serial, code.lot, code.expiry
('MA.156.M0.100472.11103316', '1576130942', '20191201', datetime.date(2021, 12, 1))

ZIIOT's coding manual is not public; this is how readers and labelling programs in use take the codes apart. So nothing
here is refused: what looks wrong is a doubt. MA codes of other trades than devices (M0) are kept whole.
"""

import re
from datetime import date
from urllib.parse import unquote

from zhuisu.codes.dates import YEAR, expand, fault
from zhuisu.codes.keys import escape
from zhuisu.codes.model import Code, Family, Level

CHECK = "check character of the MA code"
PRODUCTION = "production date of the MA code"
EXPIRY = "expiry date of the MA code"
UNKNOWN = "unknown or repeated part of the MA code"
SMALL = "small letters"

_URN = "urn:zhuisu:ma:"
_PART = r"[!-\-/-~]+"  # visible ASCII but the dot
_MA = re.compile(rf"MA\.\d{{3}}(?:\.{_PART}){{1,20}}", re.ASCII).fullmatch
_DI = rf"MA\.\d{{3}}\.M0\.{_PART}\.{_PART}"
_DEVICE = re.compile(rf"({_DI})((?:\.{_PART})*)", re.ASCII).fullmatch
_IN_ADDRESS = re.compile(r"[/=](MA\.\d{3}\.M0\.[^/?#&=\s.]+\.[^/?#&=\s]+)(?:[?#&].*)?", re.ASCII | re.DOTALL).search
_SIX = re.compile(r"\d{6}", re.ASCII).fullmatch
# Numbers of the characters in the check: h is 45, as in the programs that print the codes.
_NUMBERS = {
    c: str(n)
    for first, row in (
        (0, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"),
        (45, "hijklmnopqrstuvwxyz-.@$,*+%/#!^~"),
    )
    for n, c in enumerate(row, first)
}
_LETTERS = frozenset(
    "SMPLDEVCY"
)  # serial, made, produced, lot, sterilised, expires, valid until, check, insurance code
_LONGEST = 128
_WHOLE = 8  # of the product code: 1 of the package, 6 of the item, the check digit; registers leave the last one off


is_di = re.compile(_DI, re.ASCII).fullmatch


def spelled(text: str) -> str:
    """The MA code that ``text`` is, in capitals when it has none; "" for anything else."""
    if text[:3] == "ma." and text.islower():
        text = text.upper()
    return text if len(text) <= _LONGEST and _MA(text) else ""


def in_address(uri: str) -> str:
    """The MA code of a device at the end of a web address, as ``?code=MA.156.M0…``; "" when there is none."""
    found = _IN_ADDRESS(uri) if "MA." in uri else None
    return spelled(unquote(found[1])) if found else ""


def read(value: str, text: str = "", mended: tuple[str, ...] = (), year: int = YEAR) -> Code:
    """Code of an MA code that ``spelled`` gave; of a unit when it has a serial, else of a lot when it has one."""
    text = text or value
    found = _DEVICE(value)
    if not found:
        uri = f"{_URN}obj:{escape(value)}"
        return Code(family=Family.ma, canonical=uri, level=Level.instance, text=text, mended=mended)
    di, pi = found.groups()
    parts, doubts = _parts(pi)
    if "C" in parts and not _fits(pi.rpartition(".C")[0], parts["C"]):
        doubts = (*doubts, CHECK)
    made = [day(parts[letter], year) for letter in "MP" if letter in parts]
    ends = [day(parts[letter], year) for letter in "EV" if letter in parts]
    return device(
        di,
        text,
        serial=parts.get("S", ""),
        lot=parts.get("L", ""),
        production=next(filter(None, made), None),
        expiry=min(filter(None, ends), default=None),  # the law forbids sale after either
        mended=mended,
        doubts=(*doubts, *[PRODUCTION] * (None in made), *[EXPIRY] * (None in ends)),
    )


def device(
    di: str,
    text: str,
    *,
    serial: str = "",
    lot: str = "",
    production: date | None = None,
    expiry: date | None = None,
    mended: tuple[str, ...] = (),
    doubts: tuple[str, ...] = (),
) -> Code:
    """Code of a device; ``di`` satisfies ``is_di``. Lot and serial are free text, and each is one part of the URN."""
    item = f"{_URN}class:{escape(di)}"
    lot_uri = f"{_URN}lot:{escape(di)}.L{escape(lot)}" if lot else ""
    if CHECK not in doubts and len(di.rpartition(".")[2]) >= _WHOLE and not _fits(di[:-1], di[-1]):
        doubts = (*doubts, CHECK)
    return Code(
        family=Family.ma,
        canonical=f"{_URN}obj:{escape(di)}.S{escape(serial)}" if serial else lot_uri or item,
        level=Level.instance if serial else Level.lot if lot else Level.item_class,
        text=text,
        item_class=item,
        lot_uri=lot_uri,
        di=di,
        serial=serial,
        lot=lot,
        expiry=expiry,
        production=production,
        mended=mended,
        doubts=doubts,
    )


def _parts(pi: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Letter → value of the parts of a PI, the first of each letter, and the doubt that there are others."""
    found: dict[str, str] = {}
    strange = False
    for part in pi.split(".")[1:]:
        letter, value = part[0], part[1:]
        if letter in _LETTERS and value and letter not in found:
            found[letter] = value
        else:
            strange = True
    return found, (UNKNOWN,) * strange


def day(yymmdd: str, year: int = YEAR) -> date | None:
    """Date of a part of a PI; None when there is no such day."""
    right = _SIX(yymmdd) and not fault(yymmdd, year, may_be_00=False)
    return expand(yymmdd, year) if right else None


def _fits(body: str, check: str) -> bool:
    """Whether ``check`` is the check digit of ``body``: Luhn over the characters' numbers.

    One public program leaves every 9 out, another counts it; labels of both are in use, so either will do.
    """
    return check in {_luhn(body), _luhn(body.replace("9", ""))}


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed("".join(_NUMBERS.get(c, "") for c in body))):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
