"""What a code is once it is read: its family, its one canonical URI, and what the carrier says besides."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How finely a code tells things apart."""

    instance = "instance"
    lot = "lot"
    item_class = "class"


class Family(StrEnum):
    """Whose numbering a code belongs to."""

    sgtin = "sgtin"
    lgtin = "lgtin"
    gtin = "gtin"
    upui = "upui"
    itip = "itip"
    sscc = "sscc"
    sgln = "sgln"
    pgln = "pgln"
    grai = "grai"
    giai = "giai"
    gsrn = "gsrn"
    gsrnp = "gsrnp"
    gdti = "gdti"
    gcn = "gcn"
    cpi = "cpi"
    ginc = "ginc"
    gsin = "gsin"
    gmn = "gmn"
    payment = "payment"  # (415) and (8020), a payment slip
    drug = "drug"
    drug_standard = "drug-standard"  # 药品本位码
    ma = "ma"  # ZIIOT's MA code (IDcode), as on devices
    ahm = "ahm"  # AliHealth's device identifier
    ear_tag = "ear-tag"  # 畜禽标识
    vet_drug = "vet-drug"  # 兽药追溯码
    slaughterhouse = "slaughterhouse"  # 定点屠宰代码
    quarantine = "quarantine"  # 动物检疫合格证明
    certificate = "certificate"
    site = "site"
    url = "url"  # another's URL, kept
    urn = "urn"  # another's URN, kept
    opaque = "opaque"  # any other text, kept


class Code(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One code, read. Two spellings of one thing have equal ``canonical``; no value is the empty string, 0 or None.

    ``item_class`` names the product, also when the code is the product; ``lot_uri`` needs class and lot on the carrier.
    A logistic unit (SSCC) that tells its contents by (02), (37), (10) has them in ``gtin``, ``count``, ``lot``.
    """

    family: Family
    canonical: str
    level: Level
    text: str  # as read, outer blanks removed
    item_class: str = ""
    lot_uri: str = ""
    gtin: str = ""  # 14 digits
    di: str = ""  # device identifier of MA and AHM; a GS1 one is ``gtin``
    serial: str = ""
    secondary_serial: str = ""  # (250)
    lot: str = ""
    expiry: date | None = None  # earliest of (17), (7003) and best before (15): the law forbids sale after any
    production: date | None = None  # (11)
    weight_kg: Decimal | None = None  # net, (310n)
    count: int | None = None  # (30) or (37)
    certificate: str = ""  # 32 hex characters, family certificate only
    host: str = ""  # of another's URL
    mended: tuple[str, ...] = ()  # faults of the carrier put right with certainty
    doubts: tuple[str, ...] = ()  # what looks wrong and cannot be proved to be
    also: tuple[str, ...] = ()  # canonical URIs of other families that the same characters may belong to
