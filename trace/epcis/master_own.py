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

from collections.abc import Iterable

from zhuisu import parties, products
from zhuisu.codes import class_of, recorded, site_of
from zhuisu.db import Connection
from zhuisu.epcis.master import EPC_CLASS, LOCATION, MDA, PARTY, Element, made
from zhuisu.products import Category, Entry

OURS = "urn:zhuisu:ns:"
PARTY_URI = "urn:zhuisu:party:obj:"
"""How events name an organisation: this and its USCC."""

REGULATED = frozenset({Category.drug, Category.vaccine, Category.device})


def site(found: parties.Site, type_: str = LOCATION) -> Element:
    """A site; ``type_`` is one of the types of places."""
    return made(
        type_,
        found.uri,
        {
            f"{MDA}name": found.name,
            f"{MDA}streetAddressOne": found.address,
            f"{MDA}countryCode": "CN",
            f"{MDA}latitude": _text(found.latitude),
            f"{MDA}longitude": _text(found.longitude),
            f"{OURS}division": found.division,
            f"{OURS}kind": found.kind.value,
            f"{OURS}party": PARTY_URI + found.uscc,
        },
    )


def organisation(found: parties.Organisation) -> Element:
    """An organisation."""
    return made(
        PARTY,
        PARTY_URI + found.uscc,
        {
            f"{MDA}name": found.name,
            f"{MDA}streetAddressOne": found.address,
            f"{MDA}countryCode": "CN",
            f"{OURS}nameEnglish": found.name_en,
            f"{OURS}division": found.division,
            f"{OURS}kind": found.kind.value,
            f"{OURS}uscc": found.uscc,
        },
    )


def product(entry: Entry) -> Element:
    """A product."""
    found = entry.product
    return made(
        EPC_CLASS,
        found.code,
        {
            f"{MDA}descriptionShort": found.name,
            f"{MDA}regulatedProductName": found.name if found.category in REGULATED else "",
            f"{MDA}netContentDescription": found.specification,
            f"{MDA}dosageFormType": found.form,
            f"{MDA}manufacturerOfTradeItemPartyName": found.maker,
            f"{OURS}nameEnglish": found.name_en,
            f"{OURS}approvalNumber": found.approval,
            f"{OURS}standardCode": found.standard_code,
            f"{OURS}category": found.category.value,
            f"{OURS}unit": found.unit,
            f"{OURS}packageLevel": _text(found.level),
            f"{OURS}contains": _text(found.contains),
            f"{OURS}below": found.below,
        },
    )


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
