"""Who takes part: organisations, licences, sites, and the keys and people by which they are known."""

from zhuisu.parties.access import PLATFORM, first_key
from zhuisu.parties.model import (
    PUBLIC,
    Kind,
    Licence,
    LicenceKind,
    MintedKey,
    Organisation,
    Principal,
    Role,
    Session,
    Site,
    Status,
    is_own,
    reaches,
    sees,
)
from zhuisu.parties.routes import COOKIE, HANDLERS, cookie
from zhuisu.parties.signin import sign_in, sign_out
from zhuisu.parties.store import (
    licences,
    organisation,
    organisations,
    organisations_by_uscc,
    sites,
    sites_by_id,
    sites_by_uri,
)

__all__ = [
    "COOKIE",
    "HANDLERS",
    "PLATFORM",
    "PUBLIC",
    "Kind",
    "Licence",
    "LicenceKind",
    "MintedKey",
    "Organisation",
    "Principal",
    "Role",
    "Session",
    "Site",
    "Status",
    "cookie",
    "first_key",
    "is_own",
    "licences",
    "organisation",
    "organisations",
    "organisations_by_uscc",
    "reaches",
    "sees",
    "sign_in",
    "sign_out",
    "sites",
    "sites_by_id",
    "sites_by_uri",
]
