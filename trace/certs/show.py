"""A certificate in full, as its form has it: what ``GET /certs/{id}`` answers to anybody.

>>> shown(verdict, url, goods).quantity
'360'
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from zhuisu.certs.forms import FORMS, PRODUCTS, Form, origin_name, product_name, unit_name, uom
from zhuisu.certs.model import Certificate, Mark
from zhuisu.certs.trust import Issuer
from zhuisu.certs.verify import Rule, State, Verdict
from zhuisu.codes.text import Words


class Ticked(msgspec.Struct, frozen=True):
    """One line of 承诺依据, with its tick."""

    basis: str
    zh: str
    en: str
    ticked: bool


class Product(msgspec.Struct, frozen=True):
    """``gtin`` is set when the certificate names the product by it; ``en`` for a product of our list."""

    name: str
    en: str | None
    gtin: str | None


class Measure(msgspec.Struct, frozen=True):
    """A unit; ``uom`` is its UN/CEFACT Recommendation 20 code, empty for counted things."""

    zh: str
    en: str
    uom: str


class Origin(msgspec.Struct, frozen=True):
    """``code`` is the GB/T 2260 division when there is one."""

    code: str | None
    name: str


class Tested(msgspec.Struct, frozen=True):
    """A result; only negative ones are certified."""

    test: str
    result: str
    report: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate's words and values. What its kind does not have is absent, null or empty."""

    id: str
    url: str
    kind: str
    form: str
    settled: bool
    title: Words
    lead: Words
    commitments: tuple[Words, ...]
    bases: tuple[Ticked, ...]
    product: Product
    quantity: str
    unit: Measure
    origin: Origin | None
    issuer: Issuer
    issued: datetime
    expires: datetime | None
    lot: str
    quarantine: str
    slaughtered: date | None
    inspections: tuple[Tested, ...]
    marks: tuple[Mark, ...]
    code: str
    goods: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict in words; ``certificate`` only when its signature was proven. ``text`` is what was judged."""

    state: State
    rule: Rule
    reason: Words
    text: str
    certificate: Shown | None


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What the numbers in a certificate stand for."""

    form: str
    title: Words
    product: str
    unit: Words
    origin: str


class Told(Verdict, frozen=True, kw_only=True, omit_defaults=True):
    """A verdict and, where there is a certificate, its numbers by name."""

    names: Names | None = None


def told(verdict: Verdict) -> Told:
    """The verdict as a terminal prints it in JSON."""
    paper = verdict.certificate
    names = None
    if paper:
        form = FORMS[paper.form]
        names = Names(
            form=form.name,
            title=form.title,
            product=product_name(paper.product),
            unit=unit_name(paper.unit),
            origin=origin_name(paper.origin),
        )
    return Told(**msgspec.structs.asdict(verdict), names=names)


def answer(verdict: Verdict, text: str, url: str, goods: tuple[str, ...] = ()) -> Answer:
    """The verdict as HTTP answers it."""
    return Answer(
        state=verdict.state,
        rule=verdict.rule,
        reason=Words(verdict.reason_zh, verdict.reason),
        text=text,
        certificate=_shown(verdict.id, verdict.certificate, verdict.issuer, url, goods)
        if verdict.certificate and verdict.issuer
        else None,
    )


def in_words(verdict: Verdict) -> str:
    """A few lines for a terminal."""
    lines = [f"{verdict.state} ({verdict.rule})", verdict.reason, verdict.reason_zh]
    if verdict.certificate and verdict.issuer:
        paper = verdict.certificate
        form = FORMS[paper.form]
        facts = {
            form.title.zh: form.name,
            "product": product_name(paper.product),
            "quantity": f"{plain(paper.quantity)} {unit_name(paper.unit).zh}",
            "origin": origin_name(paper.origin),
            "issuer": f"{paper.issuer_name or verdict.issuer.name} {paper.issuer}",
            "phone": paper.phone or verdict.issuer.phone,
            "issued": paper.issued.isoformat(),
            "lot": paper.lot,
            "id": verdict.id,
        }
        lines += [f"  {name}: {value}" for name, value in facts.items() if value]
    return "\n".join(lines)


def plain(quantity: Decimal) -> str:
    """Without exponent and trailing zeros."""
    return f"{quantity.normalize():f}"


def _shown(id_: str, paper: Certificate, issuer: Issuer, url: str, goods: tuple[str, ...]) -> Shown:
    form = FORMS[paper.form]
    name, unit = product_name(paper.product), unit_name(paper.unit)
    listed = PRODUCTS.get(paper.product) if isinstance(paper.product, int) else None
    return Shown(
        id=id_,
        url=url,
        kind=form.kind,
        form=form.name,
        settled=form.settled,
        title=form.title,
        lead=form.lead,
        commitments=form.commitments,
        bases=_ticked(form, paper),
        product=Product(name, listed.en if listed else None, name if name.isdigit() and len(name) == 14 else None),
        quantity=plain(paper.quantity),
        unit=Measure(unit.zh, unit.en, uom(paper.unit)),
        origin=_origin(paper.origin),
        issuer=Issuer(paper.issuer, paper.issuer_name or issuer.name, issuer.kind, paper.phone or issuer.phone),
        issued=paper.issued,
        expires=paper.expires,
        lot=paper.lot,
        quarantine=paper.quarantine,
        slaughtered=paper.slaughtered,
        inspections=tuple(Tested(done.test.name, "negative", done.report) for done in paper.inspections),
        marks=paper.marks,
        code=f"urn:zhuisu:certificate:lot:{id_}",
        goods=goods,
    )


def _ticked(form: Form, paper: Certificate) -> tuple[Ticked, ...]:
    return tuple(Ticked(line.basis, line.zh, line.en, line.basis in paper.basis) for line in form.bases)


def _origin(origin: int | str) -> Origin | None:
    if not origin:
        return None
    return Origin(str(origin) if isinstance(origin, int) else None, origin_name(origin))
