"""What the registers know, in the words of CBV 2.0 §10: sites, organisations and products as master data.

    site          name        urn:epcglobal:cbv:mda#name               organisation   the same, as vtype:Party
                  address     …#streetAddressOne, written whole: the register keeps it in one line
                  latitude, longitude  …#latitude, …#longitude (WGS 84)
                  division    urn:zhuisu:ns:division (GB/T 2260), and …#countryCode CN
                  kind        urn:zhuisu:ns:kind
                  organisation  urn:zhuisu:ns:party, its URI
    product       name        …#descriptionShort; of drugs, vaccines and devices …#regulatedProductName too
                  specification 规格   …#netContentDescription
                  form 剂型             …#dosageFormType
                  maker                …#manufacturerOfTradeItemPartyName
                  approval 批准文号     urn:zhuisu:ns:approvalNumber
                  standard code 本位码  urn:zhuisu:ns:standardCode
                  category, unit, level, contains, below, English name   urn:zhuisu:ns:…

What CBV has no attribute for stands under our own namespace. Telephone numbers stay in the register.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zhuisu import parties, products
from zhuisu.codes import class_of, recorded, site_of
from zhuisu.db import Connection
from zhuisu.epcis.master import EPC_CLASS, LOCATION, MDA, PARTY, Element, made
from zhuisu.epcis.names import OURS, split
from zhuisu.products import Category, Entry

PARTY_URI = "urn:zhuisu:party:obj:"
"""How events name an organisation: this and its USCC."""

REGULATED = frozenset({Category.drug, Category.vaccine, Category.device})


_SITE: Mapping[str, Callable[[parties.Site], Any]] = {
    f"{MDA}name": lambda site: site.name,
    f"{MDA}streetAddressOne": lambda site: site.address,
    f"{MDA}countryCode": lambda _: "CN",
    f"{MDA}latitude": lambda site: _text(site.latitude),
    f"{MDA}longitude": lambda site: _text(site.longitude),
    f"{OURS}division": lambda site: site.division,
    f"{OURS}kind": lambda site: site.kind.value,
    f"{OURS}party": lambda site: PARTY_URI + site.uscc,
}
_ORGANISATION: Mapping[str, Callable[[parties.Organisation], Any]] = {
    f"{MDA}name": lambda party: party.name,
    f"{MDA}streetAddressOne": lambda party: party.address,
    f"{MDA}countryCode": lambda _: "CN",
    f"{OURS}nameEnglish": lambda party: party.name_en,
    f"{OURS}division": lambda party: party.division,
    f"{OURS}kind": lambda party: party.kind.value,
    f"{OURS}uscc": lambda party: party.uscc,
}
_PRODUCT: Mapping[str, Callable[[products.Product], Any]] = {
    f"{MDA}descriptionShort": lambda product: product.name,
    f"{MDA}regulatedProductName": lambda product: product.name if product.category in REGULATED else "",
    f"{MDA}netContentDescription": lambda product: product.specification,
    f"{MDA}dosageFormType": lambda product: product.form,
    f"{MDA}manufacturerOfTradeItemPartyName": lambda product: product.maker,
    f"{OURS}nameEnglish": lambda product: product.name_en,
    f"{OURS}approvalNumber": lambda product: product.approval,
    f"{OURS}standardCode": lambda product: product.standard_code,
    f"{OURS}category": lambda product: product.category.value,
    f"{OURS}unit": lambda product: product.unit,
    f"{OURS}packageLevel": lambda product: _text(product.level),
    f"{OURS}contains": lambda product: _text(product.contains),
    f"{OURS}below": lambda product: product.below,
}

SAID_OF_PLACES, SAID_OF_GOODS = frozenset(map(split, {*_SITE, *_ORGANISATION})), frozenset(map(split, _PRODUCT))
"""``{namespace}name`` of all that the registers say of sites and organisations, and of products."""


def site(found: parties.Site, type_: str = LOCATION) -> Element:
    """A site; ``type_`` is one of the types of places."""
    return made(type_, found.uri, {name: told(found) for name, told in _SITE.items()})


def organisation(found: parties.Organisation) -> Element:
    """An organisation."""
    return made(PARTY, PARTY_URI + found.uscc, {name: told(found) for name, told in _ORGANISATION.items()})


def product(entry: Entry) -> Element:
    """A product."""
    return made(EPC_CLASS, entry.product.code, {name: told(entry.product) for name, told in _PRODUCT.items()})


async def registered(conn: Connection, uris: Iterable[str], place_type: str = LOCATION) -> dict[str, Element]:
    """What the registers say of canonical ids: of a part of a site what they say of it. Unknown ids are absent."""
    asked = set(uris)
    sites = await parties.sites_by_uri(conn, list({site_of(uri) for uri in asked}))
    usccs = {uri.removeprefix(PARTY_URI) for uri in asked if uri.startswith(PARTY_URI)}
    organisations = await parties.organisations_by_uscc(conn, list(usccs)) if usccs else {}
    goods = {uri: recorded(class_of(uri)) for uri in asked if class_of(uri)}
    known = await products.names(conn, goods.values())
    return {
        **{uri: site(sites[site_of(uri)], place_type) for uri in asked if site_of(uri) in sites},
        **{PARTY_URI + uscc: organisation(found) for uscc, found in organisations.items()},
        **{uri: product(known[code.canonical]) for uri, code in goods.items() if code.canonical in known},
    }


def _text(value: float | None) -> str:
    """A number as text: XML and JSON then say the same."""
    return "" if value is None else str(value)
