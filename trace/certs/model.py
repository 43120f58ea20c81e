"""What a certificate says, and its claims on the wire (``schemas/certificate.cddl``).

A certificate is a CWT (RFC 8392): issuer, day and nonce under the registered numbers, the form's own fields in one
private claim. The numbers below are frozen: a field may be added, never renumbered.

>>> eggs = Certificate(issuer="91370302MA000A012K", issued=noon, nonce=b"8 random", form=1, product=1,
...                    quantity=Decimal(360), unit=1, origin=370302, basis=(Basis.control,), status=70)
>>> from_claims(claims(eggs)) == eggs
True
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

import msgspec

from zhuisu.certs.errors import BadClaim

ISS, EXP, IAT, CTI, BODY = 1, 4, 6, 7, -65537
MAX_QUANTITY = Decimal(10**12)
EPOCH = date(1970, 1, 1)

# C0 and C1 controls, line and paragraph separators, and the marks that reorder what is read (Unicode TR 9).
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_USCC = re.compile("[0-9A-HJ-NPQRTUWXY]{18}")


class Kind(StrEnum):
    """承诺达标合格证 of a producer, of a collector; 肉品品质检验合格证."""

    ccc1 = "CCC/1"
    ccc2 = "CCC/2"
    mqi = "MQI"


class Basis(StrEnum):
    """What a commitment rests on (承诺依据). The order is the order of the bits in claim 6."""

    control = "quality-control"
    own_test = "own-test"
    commissioned_test = "commissioned-test"
    own_word = "own-commitment"


class Mark(StrEnum):
    """Meat to be marked on carcass and certificate (MARA notice 10 of 2018); their order is that of claim 20's bits."""

    breeding = "breeding-pig"
    late_castrate = "late-castrate"
    dairy_bull_calf = "dairy-bull-calf"


class Assay(IntEnum):
    """What was looked for in the lot."""

    asf = 1
    beta_agonist = 2


class Standing(IntEnum):
    """Status values of a certificate (Token Status List §7.1)."""

    valid = 0
    revoked = 1
    suspended = 2


class Inspection(msgspec.Struct, frozen=True):
    """One result: what was looked for, under which report number. Only a negative result can be certified."""

    test: Assay
    report: str


class Certificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The claims. Times are UTC to the second; ``product``, ``unit``, ``origin`` are a number of our lists or text."""

    issuer: str
    issued: datetime
    nonce: bytes
    expires: datetime | None = None
    form: int
    product: int | str
    quantity: Decimal
    unit: int | str
    origin: int | str = ""
    basis: tuple[Basis, ...] = ()
    issuer_name: str = ""
    phone: str = ""
    status: int
    quarantine: str = ""
    inspections: tuple[Inspection, ...] = ()
    slaughtered: date | None = None
    lot: str = ""
    marks: tuple[Mark, ...] = ()


class _Wire(NamedTuple):
    """How one field of the body travels. Readers raise ValueError for what the CDDL does not allow."""

    field: str
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**32:
        raise ValueError("an unsigned 32-bit number is expected")
    return value


def _text(value: Any) -> str:
    if type(value) is not str or not 1 <= len(value) <= 200 or UNPRINTABLE.search(value):
        raise ValueError("1 to 200 printable characters are expected")
    return value


def _number_or_text(value: Any) -> int | str:
    if type(value) is int and 0 < value < 10**14:
        return value
    return _text(value)


def _write_quantity(quantity: Decimal) -> int | Decimal:
    whole = quantity.to_integral_value()
    return int(whole) if whole == quantity else quantity.normalize()


def _read_quantity(value: Any) -> Decimal:
    if type(value) is int and 0 < value < MAX_QUANTITY:
        return Decimal(value)
    # A decimal fraction (RFC 8949 §3.4.4) only where a whole number will not do, and without trailing zeros.
    if type(value) is Decimal and value.is_finite() and 0 < value < MAX_QUANTITY:
        _, digits, exponent = value.as_tuple()
        if exponent in {-1, -2, -3} and digits[-1]:
            return value
    raise ValueError("a positive quantity of at most three decimals is expected")


def _flags(kind: type[Basis] | type[Mark]) -> tuple[Callable[[Any], int], Callable[[Any], tuple[Any, ...]]]:
    members = list(kind)

    def write(chosen: tuple[Any, ...]) -> int:
        return sum(1 << members.index(member) for member in set(chosen))

    decoded = {
        bits: tuple(m for place, m in enumerate(members) if bits >> place & 1) for bits in range(1, 1 << len(members))
    }

    def read(bits: Any) -> tuple[Any, ...]:
        if type(bits) is not int or bits not in decoded:
            raise ValueError("an unknown tick is set, or none")
        return decoded[bits]

    return write, read


def _write_inspections(inspections: tuple[Inspection, ...]) -> list[list[Any]]:
    return [[int(done.test), done.report] for done in inspections]


def _read_inspections(value: Any) -> tuple[Inspection, ...]:
    if type(value) is not list or not 1 <= len(value) <= 16:
        raise ValueError("a list of results is expected")
    found = []
    for item in value:
        if type(item) is not list or len(item) != 2 or type(item[0]) is not int:
            raise ValueError("a result is a test and a report")
        found.append(Inspection(Assay(item[0]), _text(item[1])))
    return tuple(found)


def _write_day(day: date) -> int:
    return (day - EPOCH).days


def _read_day(value: Any) -> date:
    return EPOCH + timedelta(days=_number(value))  # days since the epoch, as in RFC 8943


_WIRE: dict[int, _Wire] = {
    1: _Wire("form", _same, _number),
    2: _Wire("product", _same, _number_or_text),
    3: _Wire("quantity", _write_quantity, _read_quantity),
    4: _Wire("unit", _same, _number_or_text),
    5: _Wire("origin", _same, _number_or_text),
    6: _Wire("basis", *_flags(Basis)),
    7: _Wire("issuer_name", _same, _text),
    8: _Wire("phone", _same, _text),
    9: _Wire("status", _same, _number),
    # 10-15: a collector's parent certificates and what else issue of produce will need
    16: _Wire("quarantine", _same, _text),
    17: _Wire("inspections", _write_inspections, _read_inspections),
    18: _Wire("slaughtered", _write_day, _read_day),
    19: _Wire("lot", _same, _text),
    20: _Wire("marks", *_flags(Mark)),
}
_ALWAYS = frozenset({1, 2, 3, 4, 9})
_READ = {number: (wire.field, wire.read) for number, wire in _WIRE.items()}
_SHAPE = "issuer, time, eight random bytes, a body and perhaps an end are expected"


def claims(certificate: Certificate) -> dict[int, Any]:
    """The CWT claims set, keys in the order of deterministic CBOR (RFC 8949 §4.2.1); empty fields are left out."""
    body = {}
    for number, wire in _WIRE.items():
        value = getattr(certificate, wire.field)
        if number in _ALWAYS or (value is not None and value not in ("", ())):
            body[number] = wire.write(value)
    dated = {} if certificate.expires is None else {EXP: int(certificate.expires.timestamp())}
    return (
        {ISS: certificate.issuer}
        | dated
        | {IAT: int(certificate.issued.timestamp()), CTI: certificate.nonce, BODY: body}
    )


def from_claims(found: Mapping[Any, Any]) -> Certificate:
    """The certificate in a claims set. Raises BadClaim for anything ``certificate.cddl`` does not allow."""
    values: dict[str, Any] = {}
    where = "claims"
    try:
        issuer, nonce, body = found[ISS], found[CTI], found[BODY]
        if len(found) != 4 + (EXP in found) or type(nonce) is not bytes or len(nonce) != 8 or type(body) is not dict:
            raise ValueError(_SHAPE)  # noqa: TRY301  in the hot path of verification
        if type(issuer) is not str or not _USCC.fullmatch(issuer):
            raise ValueError(_SHAPE)  # noqa: TRY301
        values["issued"] = _time(found[IAT])
        if EXP in found:
            values["expires"] = _time(found[EXP])
        for number, value in body.items():
            where = f"body/{number}"
            field, read = _READ[number]
            values[field] = read(value)
        where = "body"
        return Certificate(issuer=issuer, nonce=nonce, **values)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BadClaim(f"{where}: {error}", where=where) from error


def _time(value: Any) -> datetime:
    if type(value) is not int or not 0 < value < 2**32:
        raise ValueError("seconds since 1970 are expected")
    return datetime.fromtimestamp(value, UTC)
