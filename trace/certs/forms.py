"""The legal forms and word lists of ``templates/``: data with its source, so that a correction is no change of code.

>>> in_force("CCC/1", date(2026, 3, 1)).lead.zh
'我承诺生产销售的食用农产品：'
"""

from datetime import date
from importlib import resources
from typing import Any

import msgspec

from zhuisu import parties
from zhuisu.certs.errors import NoForm
from zhuisu.certs.model import Basis, Kind
from zhuisu.codes.text import Words


class BasisLine(msgspec.Struct, frozen=True):
    """One line to tick under 承诺依据; the order on paper is the order of the list."""

    basis: Basis
    zh: str
    en: str


class Unit(msgspec.Struct, frozen=True):
    """A unit of quantity. ``uom`` is its UN/CEFACT Recommendation 20 code, empty when things are counted."""

    zh: str
    en: str
    uom: str


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate's template. It may be issued from ``from_`` until the day before ``until``, by ``issuers``.

    ``settled`` is False while some wording or date is not confirmed by its source; ``note`` says which.
    """

    number: int
    name: str
    kind: Kind
    species: str
    issuers: frozenset[parties.Kind]
    from_: date = msgspec.field(name="from")
    until: date | None
    title: Words
    lead: Words
    commitments: tuple[Words, ...]
    bases: tuple[BasisLine, ...]
    fields: dict[str, str]
    required: frozenset[str]
    settled: bool
    note: str
    source: str


_TEMPLATES = resources.files("zhuisu.certs") / "templates"


def _load(name: str, kind: Any) -> Any:
    return msgspec.json.decode((_TEMPLATES / name).read_bytes(), type=kind)


FORMS: dict[int, Form] = {form.number: form for form in _load("forms.json", list[Form])}
PRODUCTS: dict[int, Words] = _load("products.json", dict[int, Words])
UNITS: dict[int, Unit] = _load("units.json", dict[int, Unit])
DIVISIONS: dict[int, str] = _load("divisions.json", dict[int, str])

FIRST_GTIN = 100_000
"""Product numbers from here on are GTINs, below they are ours."""

_PRODUCT_NUMBER = {name: number for number, words in PRODUCTS.items() for name in (words.zh, words.en)}
_UNIT_NUMBER = {name: number for number, unit in UNITS.items() for name in (unit.zh, unit.en, unit.uom) if name}


def in_force(kind: Kind | str, day: date, species: str = "") -> Form:
    """The form that may be issued on ``day`` (a date in China). Raises NoForm."""
    for form in FORMS.values():
        if (
            form.kind == kind
            and form.species == species
            and form.from_ <= day
            and (form.until is None or day < form.until)
        ):
            return form
    raise NoForm(f"no form {kind} {species}".rstrip() + f" is in force on {day}", where="kind")


def product_code(name: str) -> int | str:
    """The number of a listed product, a GTIN as a number, else the text itself: whichever is shortest in the symbol."""
    return int(name) if _is_gtin(name) else _PRODUCT_NUMBER.get(name, name)


def product_name(product: int | str) -> str:
    """What to print for the product claim: its listed name, the GTIN-14, or the text."""
    match product:
        case str():
            return product
        case int() if product in PRODUCTS:
            return PRODUCTS[product].zh
        case int():
            return f"{product:014}" if product >= FIRST_GTIN else f"#{product}"


def unit_code(name: str) -> int | str:
    """The number of a listed unit (by its Chinese or English name or its Recommendation 20 code), else the text."""
    return _UNIT_NUMBER.get(name, name)


def unit_name(unit: int | str) -> Words:
    """The unit in words; an unlisted one as it was written."""
    match unit:
        case str():
            return Words(unit, unit)
        case int():
            known = UNITS.get(unit)
            return Words(known.zh, known.en) if known else Words(f"#{unit}", f"#{unit}")


def uom(unit: int | str) -> str:
    """UN/CEFACT Recommendation 20 code of the unit, empty for counted things (EPCIS 2.0 §7.3.3.3)."""
    return UNITS[unit].uom if isinstance(unit, int) and unit in UNITS else ""


def origin_code(origin: str) -> int | str:
    """A six-digit GB/T 2260 division as a number, else the text."""
    return int(origin) if len(origin) == 6 and origin.isascii() and origin.isdigit() and origin[0] != "0" else origin


def origin_name(origin: int | str) -> str:
    """The division's full name where it is listed, else its code, else the text."""
    return origin if isinstance(origin, str) else DIVISIONS.get(origin, str(origin))


def _is_gtin(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) in {8, 12, 13, 14} and int(name) >= FIRST_GTIN
