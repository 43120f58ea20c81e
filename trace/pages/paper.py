"""A certificate's claims as its legal form prints them. The Chinese is the law's; English stands beside it.

>>> shown(certificate, issuer, Lang.zh).quantity
'360 枚'
"""

from datetime import date, datetime

import msgspec

from zhuisu.certs import PRODUCTS, Certificate, Issuer, origin_name, product_name, unit_name
from zhuisu.pages.language import CHINA, Lang, day, division, number


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that need words; "" for what the certificate does not say."""

    product: str
    quantity: str
    origin: str
    issuer: str
    phone: str
    issued: str
    expires: str
    slaughtered: str


def shown(certificate: Certificate, issuer: Issuer, lang: Lang) -> Shown:
    """``certificate`` in words; name and phone come from the trust list where the certificate leaves them out."""
    unit = unit_name(certificate.unit)
    product = PRODUCTS.get(certificate.product) if isinstance(certificate.product, int) else None
    origin = str(certificate.origin)
    return Shown(
        product=_both(product_name(certificate.product), product.en if product else "", lang),
        quantity=_both(f"{number(certificate.quantity)} {unit.zh}", unit.en if unit.en != unit.zh else "", lang),
        origin=_both(
            origin_name(certificate.origin),
            division(lang, origin) if isinstance(certificate.origin, int) else "",
            lang,
        ),
        issuer=certificate.issuer_name or issuer.name,
        phone=certificate.phone or issuer.phone,
        issued=_day(certificate.issued.astimezone(CHINA).date(), lang),
        expires=_moment(certificate.expires.astimezone(CHINA), lang) if certificate.expires else "",
        slaughtered=_day(certificate.slaughtered, lang) if certificate.slaughtered else "",
    )


def _both(zh: str, en: str, lang: Lang) -> str:
    return f"{zh} · {en}" if lang is Lang.en and en else zh


def _day(on: date, lang: Lang) -> str:
    return _both(day(Lang.zh, on), day(Lang.en, on), lang)


def _moment(at: datetime, lang: Lang) -> str:
    return f"{day(lang, at.date())} {at:%H:%M}"
