"""What an issuer asks for, and the certificate it becomes. All that the law and the form demand is checked here.

>>> draft(ProduceOrder(product="鲜鸡蛋", quantity=Decimal(360), unit="枚", origin="370302", basis=(Basis.control,)),
...       issuer, day=date(2026, 6, 1), issued=now, status=70, nonce=os.urandom(8)).form
1
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from zhuisu.certs import forms
from zhuisu.certs.errors import (
    BadClaim,
    BasisMissing,
    InspectionFailed,
    InspectionMissing,
    QuarantineMissing,
    WrongIssuer,
)
from zhuisu.certs.model import MAX_QUANTITY, Assay, Basis, Certificate, Inspection, Kind, Mark
from zhuisu.certs.trust import Issuer
from zhuisu.codes import Code, Family, parse
from zhuisu.codes.text import Line, Name
from zhuisu.errors import Refusal

CodeText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=4200)]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]


SLAUGHTERED_WITHIN = timedelta(days=7)
"""Meat is inspected and released as it is slaughtered; a week covers chilling, cutting and holidays. No law says it."""

# The first two digits are a province of GB/T 2260.
_DIVISION = re.compile("(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}")
_PHONE = re.compile(r"[0-9 +()-]*(?:[0-9][ +()-]*){5}")


class Outcome(StrEnum):
    """What a test found."""

    negative = "negative"
    positive = "positive"


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test report of the lot."""

    report: Name
    result: Outcome


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every kind takes.

    ``product`` is a name or a GTIN, ``unit`` a name or a UN/CEFACT Recommendation 20 code, ``origin`` a six-digit
    division or a text. ``goods`` are the codes on the goods; without them the certificate itself stands for the lot.
    ``phone`` may be left out when the register has it. ``self_contained`` puts name and telephone into the symbol
    instead of relying on the trust list.
    """

    form_of: ClassVar[Kind]

    product: Line
    quantity: Decimal
    unit: Name
    origin: Line = ""
    phone: Name = ""
    lot: Name = ""
    goods: Annotated[tuple[CodeText, ...], Meta(max_length=10_000)] = ()
    site: Name = ""
    expires: Moment | None = None
    self_contained: bool = False


class ProduceOrder(Order, frozen=True, kw_only=True, tag="CCC/1"):
    """承诺达标合格证 of a producer: ``basis`` says what the commitment rests on."""

    form_of: ClassVar[Kind] = Kind.ccc1

    basis: tuple[Basis, ...] = ()


class MeatOrder(Order, frozen=True, kw_only=True, tag="MQI"):
    """肉品品质检验合格证: quarantine number, day of slaughter and the results are the law's."""

    form_of: ClassVar[Kind] = Kind.mqi

    species: Literal["pig"] = "pig"
    quarantine: Name = ""
    slaughtered: date | None = None
    asf: Result | None = None
    beta_agonist: Result | None = None
    marks: tuple[Mark, ...] = ()


AnyOrder: TypeAlias = ProduceOrder | MeatOrder


def draft(order: AnyOrder, issuer: Issuer, *, day: date, issued: datetime, status: int, nonce: bytes) -> Certificate:
    """The certificate for an order on ``day`` (in China). ``issuer.phone`` is the registered telephone, or empty.

    Raises BadClaim, BasisMissing, QuarantineMissing, InspectionMissing, InspectionFailed, NoForm, naming the field;
    WrongIssuer when the form is not for issuers of this kind.
    """
    form = forms.in_force(order.form_of, day, order.species if isinstance(order, MeatOrder) else "")
    if issuer.kind not in form.issuers:
        raise WrongIssuer(
            f"{issuer.uscc} is registered as {issuer.kind}; {order.form_of} is issued by {', '.join(form.issuers)}",
            where="kind",
        )
    if "origin" in form.required and not order.origin:
        raise BadClaim("the form asks for the place of origin (产地)", where="origin")
    if order.expires is not None and order.expires <= issued:
        raise BadClaim("the certificate would expire before it is issued", where="expires")
    phone = _phone(order.phone or issuer.phone)
    certificate = Certificate(
        issuer=issuer.uscc,
        issued=issued,
        nonce=nonce,
        expires=order.expires and order.expires.astimezone(UTC).replace(microsecond=0),
        form=form.number,
        product=forms.product_code(order.product),
        quantity=_quantity(order.quantity),
        unit=forms.unit_code(order.unit),
        origin=_origin(order.origin),
        issuer_name=issuer.name if order.self_contained else "",
        phone=phone if order.self_contained or phone != issuer.phone else "",
        status=status,
        lot=order.lot,
    )
    match order:
        case ProduceOrder():
            return replace(certificate, basis=_bases(order.basis, form))
        case MeatOrder():
            return replace(
                certificate,
                quarantine=_quarantine(order.quarantine),
                slaughtered=_slaughtered(order.slaughtered, day),
                inspections=(
                    _passed(order.asf, Assay.asf, "asf", "African swine fever"),
                    _passed(order.beta_agonist, Assay.beta_agonist, "beta_agonist", "β-agonist"),
                ),
                marks=tuple(mark for mark in Mark if mark in order.marks),
            )


def goods_of(order: AnyOrder) -> dict[int, Code]:
    """Place in ``goods`` → code, each code once. Raises BadClaim when one contradicts the product, or as ``parse``."""
    product = forms.product_code(order.product)
    found: dict[str, tuple[int, Code]] = {}
    for place, text in enumerate(order.goods):
        code = _read(text, f"goods/{place}")
        if code.family is Family.certificate:
            raise BadClaim("a certificate is not goods", where=f"goods/{place}")
        if isinstance(product, int) and product >= forms.FIRST_GTIN and code.gtin and int(code.gtin) != product:
            raise BadClaim(f"this code is of GTIN {code.gtin}, the certificate of another", where=f"goods/{place}")
        found.setdefault(code.canonical, (place, code))
    return dict(found.values())


def _read(text: str, where: str) -> Code:
    try:
        return parse(text)
    except Refusal as refusal:
        refusal.where = where
        raise


def _quantity(quantity: Decimal) -> Decimal:
    if not quantity.is_finite() or not 0 < quantity < MAX_QUANTITY:
        raise BadClaim("a quantity above 0 and below 10^12 is expected", where="quantity")
    if quantity != round(quantity, 3):
        raise BadClaim("a quantity has at most three decimals", where="quantity")
    return quantity


def _origin(origin: str) -> int | str:
    if origin.strip().isdigit() and not _DIVISION.fullmatch(origin):
        raise BadClaim(
            f"{origin} is not a division of GB/T 2260",
            where="origin",
            mend="give its six digits, or the place in words",
        )
    return forms.origin_code(origin)


def _phone(phone: str) -> str:
    if not phone:
        raise BadClaim("the form asks for a contact (联系方式)", where="phone", mend="give one, or register it")
    if not _PHONE.fullmatch(phone):
        raise BadClaim(
            f"{phone} is not a telephone number",
            where="phone",
            mend="at least five digits; besides them only spaces, +, - and parentheses",
        )
    return phone


def _bases(chosen: tuple[Basis, ...], form: forms.Form) -> tuple[Basis, ...]:
    offered = [line.basis for line in form.bases]
    if not chosen:
        raise BasisMissing("no basis is ticked", where="basis", mend=f"tick one of {', '.join(offered)}")
    for place, basis in enumerate(chosen):
        if basis not in offered:
            raise BadClaim(f"{basis} is not on the form {form.name}", where=f"basis/{place}")
    return tuple(basis for basis in Basis if basis in chosen)


def _quarantine(number: str) -> str:
    if not number:
        raise QuarantineMissing("the number of the quarantine certificate is missing", where="quarantine")
    return number


def _slaughtered(on: date | None, day: date) -> date:
    if on is None:
        raise BadClaim("the day of slaughter is missing", where="slaughtered")
    if on > day:
        raise BadClaim("the day of slaughter is not a past day", where="slaughtered")
    if day - on > SLAUGHTERED_WITHIN:
        raise BadClaim(f"the day of slaughter is more than {SLAUGHTERED_WITHIN.days} days ago", where="slaughtered")
    return on


def _passed(result: Result | None, test: Assay, where: str, name: str) -> Inspection:
    if result is None:
        raise InspectionMissing(f"the report of the {name} test is missing", where=where)
    if result.result is not Outcome.negative:
        raise InspectionFailed(f"the {name} test {result.report} is positive", where=where)
    return Inspection(test, result.report)
