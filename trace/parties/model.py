"""Organisations, their sites and licences, and who is calling: plain values and the two questions asked of them.

>>> reaches(("370300",), "370302")          # a city's regulator reaches its districts
True
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from zhuisu.codes.text import Line, Name


class Role(StrEnum):
    """What a key or a person may do for its organisation."""

    issuer = "issuer"
    operator = "operator"
    regulator = "regulator"
    administrator = "administrator"


class Kind(StrEnum):
    """What an organisation, or one of its sites, is in the chain."""

    farm = "farm"
    collector = "collector"
    slaughterhouse = "slaughterhouse"
    manufacturer = "manufacturer"
    carrier = "carrier"
    wholesaler = "wholesaler"
    market = "market"
    shop = "shop"
    canteen = "canteen"
    pharmacy = "pharmacy"
    cdc = "cdc"
    clinic = "clinic"
    hospital = "hospital"
    regulator = "regulator"
    other = "other"


class Status(StrEnum):
    """Whether an organisation may act; only an active one's keys and people are let in."""

    active = "active"
    suspended = "suspended"
    struck = "struck"


class LicenceKind(StrEnum):
    """The permits that the laws of this field ask for."""

    business = "business"  # 营业执照
    food_production = "food-production"  # 食品生产许可证
    food_trade = "food-trade"  # 食品经营许可证
    animal_epidemic_prevention = "animal-epidemic-prevention"  # 动物防疫条件合格证
    pig_slaughter = "pig-slaughter"  # 生猪定点屠宰证
    drug_production = "drug-production"  # 药品生产许可证
    drug_trade = "drug-trade"  # 药品经营许可证
    device_production = "device-production"  # 医疗器械生产许可证
    device_trade = "device-trade"  # 医疗器械经营许可证
    medical_institution = "medical-institution"  # 医疗机构执业许可证
    vaccination = "vaccination"  # 预防接种单位
    other = "other"


_END = r"(?![\s\S])"  # where the text ends: in Python `$` also stands before a last line break

Division = Annotated[str, Meta(pattern=f"^[0-9]{{6}}{_END}", description="GB/T 2260, e.g. 370302")]
Gln = Annotated[str, Meta(pattern=f"^[0-9]{{13}}{_END}", description="GS1 Global Location Number")]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="WGS 84")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="WGS 84")]
Roles = Annotated[frozenset[Role], Meta(min_length=1)]
Login = Annotated[str, Meta(pattern=f"^[a-z0-9][a-z0-9._@-]{{1,63}}{_END}")]
Password = Annotated[str, Meta(min_length=8, max_length=128)]  # OWASP ASVS 5.0 §6.2.1, 6.2.9


class Principal(Struct, frozen=True, kw_only=True):
    """Who is calling, for which organisation, and how that is known."""

    party: int | None = None
    uscc: str = ""
    name: str = ""
    kind: str = ""
    roles: frozenset[Role] = frozenset()
    divisions: tuple[str, ...] = ()
    via: Literal["public", "key", "session"] = "public"
    person: str = ""


PUBLIC = Principal()


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an organisation when it is registered."""

    uscc: Line
    name: Name
    kind: Kind
    division: Division
    divisions: tuple[Division, ...] = ()
    name_en: Name = ""
    address: Line = ""
    phone: Line = ""


class Organisation(Struct, frozen=True, kw_only=True):
    """A registered organisation; ``id`` is the database's and never leaves the service."""

    id: int
    uscc: str
    name: str
    name_en: str
    kind: Kind
    division: str
    divisions: tuple[str, ...]
    address: str
    phone: str
    status: Status
    created: datetime


class NewSite(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place to be added. What is left out is as for the organisation."""

    name: Name
    gln: Gln = ""
    kind: Kind | UnsetType = UNSET
    division: Division | UnsetType = UNSET
    address: Line | UnsetType = UNSET
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together")


class Site(Struct, frozen=True, kw_only=True):
    """A place where goods are: ``id`` is its GLN or ``<uscc>.<n>``, ``uri`` is what events name it by."""

    id: str
    uri: str
    uscc: str
    gln: str
    name: str
    kind: Kind
    division: str
    address: str
    latitude: float | None
    longitude: float | None


class Licence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A permit, valid on both its days; without ``valid_until`` it has no stated end (长期)."""

    kind: LicenceKind
    number: Name
    valid_from: date
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")

    def valid_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API key to be made."""

    label: Name
    roles: Roles


class Key(Struct, frozen=True, kw_only=True):
    """An API key as the register knows it: all but the key."""

    id: int
    label: str
    roles: tuple[Role, ...]
    created: datetime
    revoked: datetime | None


class MintedKey(Key, frozen=True, kw_only=True):
    """A key just made: the only time its text is seen."""

    key: str


class NewPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who will sign in on the pages."""

    login: Login
    name: Name
    password: Password
    roles: Roles


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in on the pages."""

    login: str
    name: str
    roles: tuple[Role, ...]
    created: datetime
    disabled: datetime | None


class Session(Struct, frozen=True, kw_only=True):
    """A sign-in that succeeded; ``token`` goes into the cookie and nowhere else."""

    token: str
    expires: datetime
    who: Principal


class Outline(Struct, frozen=True, kw_only=True):
    """What anybody may know of a registered organisation."""

    uscc: str
    kind: Kind
    division: str


class Profile(Outline, frozen=True, kw_only=True):
    """What an organisation, its regulator and an administrator see; keys and people are hidden from the regulator."""

    name: str
    name_en: str
    divisions: tuple[str, ...]
    address: str
    phone: str
    status: Status
    created: datetime
    sites: list[Site]
    licences: list[Licence]
    keys: list[Key]
    people: list[Person]


def prefix(division: str) -> str:
    """The digits that all divisions within this one share: trailing pairs of zeros are wildcards (GB/T 2260).

    >>> [prefix(d) for d in ("370302", "370300", "370000", "100000")]
    ['370302', '3703', '37', '10']
    """
    while division.endswith("00"):
        division = division[:-2]
    return division


def reaches(divisions: Sequence[str], division: str) -> bool:
    """Whether ``division`` lies in one of ``divisions``. An unknown one, "", lies only in the whole country."""
    return any(division.startswith(prefix(d)) for d in divisions)


def is_own(who: Principal, uscc: str) -> bool:
    """Whether the caller acts for this organisation, or for all as administrator."""
    return Role.administrator in who.roles or (who.party is not None and who.uscc == uscc)


def sees(who: Principal, uscc: str, division: str) -> bool:
    """Whether the caller may see what belongs to this organisation in this division: its own, its regulator's, all."""
    return is_own(who, uscc) or (Role.regulator in who.roles and reaches(who.divisions, division))
