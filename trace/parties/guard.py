"""What every route states: who may call it, and what it needs from the application.

>>> @post("/scan/intake", guards=[may(Role.operator, Role.issuer)])
... async def intake(data: Intake, db: Db, who: Who, now: Now) -> Results: ...
>>> @get("/certs/{id:str}", guards=[may()])                 # anyone, and said so
"""

from datetime import datetime
from typing import Any, TypeAlias

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from msgspec import Struct

from zhuisu.db import Database
from zhuisu.errors import Forbidden, Unauthenticated
from zhuisu.parties.model import PUBLIC, Principal, Role
from zhuisu.settings import Settings

Db: TypeAlias = NamedDependency[Database]
Conf: TypeAlias = NamedDependency[Settings]
Now: TypeAlias = NamedDependency[datetime]
Who: TypeAlias = NamedDependency[Principal]


class May(Struct, frozen=True):
    """A Litestar guard that lets in callers with one of ``roles``; with none named, everybody."""

    roles: frozenset[Role]

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        """Raises Unauthenticated (nobody), Forbidden (somebody whose roles do not fit)."""
        if not self.roles:
            return
        who: Principal = connection.scope.get("user") or PUBLIC
        if who.via == "public":
            raise Unauthenticated("this address is not public", mend="send an API key, or sign in")
        if not self.roles & who.roles:
            raise Forbidden(f"this needs the role {' or '.join(sorted(self.roles))}", roles=sorted(who.roles))


def may(*roles: Role) -> May:
    """The guard for these roles. ``may()`` is an open door, on purpose."""
    return May(frozenset(roles))
