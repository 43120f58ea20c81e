"""HTTP of the register: ``/parties`` and ``/sessions``."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from zhuisu.errors import Malformed, UnsupportedMedia
from zhuisu.parties import access, register, signin
from zhuisu.parties.guard import Conf, Db, Now, Who, may
from zhuisu.parties.model import (
    Entry,
    Licence,
    MintedKey,
    NewKey,
    NewPerson,
    NewSite,
    Outline,
    Person,
    Profile,
    Role,
    Session,
    Site,
    Status,
)
from zhuisu.settings import Settings

COOKIE = "zhuisu_session"

KeyId = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]

NEVER_KEPT = {"Cache-Control": "no-store"}


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the overview."""

    uscc: str
    name: str
    kind: str
    division: str
    status: Status


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """A page of organisations; ``next`` is what to give as ``after`` for the following one, "" at the end."""

    parties: list[Listed]
    next: str


class Standing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of an organisation's standing."""

    status: Status


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one signs in with."""

    login: Annotated[str, msgspec.Meta(max_length=200)]
    password: Annotated[str, msgspec.Meta(max_length=200)]


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed in, for whom, and until when. The session itself is in the cookie."""

    login: str
    uscc: str
    name: str
    roles: list[Role]
    expires: datetime


@post("/parties", guards=[may(Role.administrator)])
async def register_party(data: JSONBody[Entry], db: Db, who: Who, now: Now) -> Profile | Outline:
    """Register an organisation."""
    organisation = await register.register(db, data, now)
    return await register.profile(db, who, organisation.uscc)


@get("/parties", guards=[may(Role.administrator, Role.regulator)])
async def list_parties(
    db: Db,
    who: Who,
    after: Annotated[str, QueryParameter(max_length=18)] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> Overview:
    """The organisations that the caller oversees, in USCC order."""
    found = await register.overview(db, who, after, limit)
    return Overview(
        parties=[Listed(uscc=o.uscc, name=o.name, kind=o.kind, division=o.division, status=o.status) for o in found],
        next=found[-1].uscc if len(found) == limit else "",
    )


@get("/parties/{uscc:str}", guards=[may()])
async def show_party(uscc: FromPath[str], db: Db, who: Who) -> Profile | Outline:
    """All of an organisation for itself, its regulator and an administrator; kind and division for everybody else."""
    return await register.profile(db, who, uscc)


@patch("/parties/{uscc:str}", guards=[may(Role.administrator)])
async def change_standing(uscc: FromPath[str], data: JSONBody[Standing], db: Db, who: Who) -> Profile | Outline:
    """Suspend, strike or restore an organisation."""
    await register.set_status(db, uscc, data.status)
    return await register.profile(db, who, uscc)


@post("/parties/{uscc:str}/sites", guards=[may(Role.operator, Role.issuer, Role.administrator)])
async def add_site(uscc: FromPath[str], data: JSONBody[NewSite], db: Db, who: Who) -> Site:
    """Add a site; without a GLN it gets a number of its own."""
    return await register.add_site(db, who, uscc, data)


@post("/parties/{uscc:str}/licences", guards=[may(Role.administrator)])
async def add_licence(uscc: FromPath[str], data: JSONBody[Licence], db: Db) -> Licence:
    """Record a licence."""
    return await register.add_licence(db, uscc, data)


@post("/parties/{uscc:str}/keys", guards=[may(Role.administrator)], response_headers=NEVER_KEPT)
async def mint_key(uscc: FromPath[str], data: JSONBody[NewKey], db: Db, who: Who, now: Now) -> MintedKey:
    """Make an API key. Its text is in this answer and nowhere else."""
    return await access.mint_key(db, who, uscc, data, now)


@delete("/parties/{uscc:str}/keys/{key:int}", guards=[may(Role.administrator)])
async def revoke_key(uscc: FromPath[str], key: KeyId, db: Db, now: Now) -> None:
    """Revoke an API key."""
    await access.revoke_key(db, uscc, key, now)


@post("/parties/{uscc:str}/people", guards=[may(Role.administrator)])
async def add_person(uscc: FromPath[str], data: JSONBody[NewPerson], db: Db, now: Now) -> Person:
    """Add somebody who may sign in."""
    return await access.add_person(db, uscc, data, now)


@delete("/parties/{uscc:str}/people/{login:str}", guards=[may(Role.administrator)])
async def disable_person(uscc: FromPath[str], login: FromPath[str], db: Db, now: Now) -> None:
    """Close somebody's account and end their sessions."""
    await access.disable_person(db, uscc, login, now)


@post("/sessions", guards=[may()])
async def sign_in(request: Request[Any, Any, Any], db: Db, settings: Conf, now: Now) -> Response[SignedIn]:
    """Sign in with ``login`` and ``password``, as JSON or as a form; the answer sets the session cookie."""
    given = await _credentials(request)
    address = request.client.host if request.client else ""
    session = await signin.sign_in(db, settings, given.login, given.password, now, address=address)
    who = session.who
    answer = SignedIn(login=who.person, uscc=who.uscc, name=who.name, roles=sorted(who.roles), expires=session.expires)
    return Response(answer, cookies=[cookie(settings, session)], headers=NEVER_KEPT)


@delete("/sessions", guards=[may()], status_code=204)
async def sign_out(request: Request[Any, Any, Any], db: Db, settings: Conf) -> Response[None]:
    """Sign out; without a session it does nothing."""
    if token := request.cookies.get(COOKIE):
        await signin.sign_out(db, token)
    return Response(None, status_code=204, cookies=[cookie(settings, None)])


def cookie(settings: Settings, session: Session | None) -> Cookie:
    """The cookie that carries a session, or the one that removes it."""
    return Cookie(
        key=COOKIE,
        value=session.token if session else "",
        max_age=int(signin.SESSION_LIFE.total_seconds()) if session else 0,
        httponly=True,
        samesite="lax",
        secure=settings.base.startswith("https:"),
    )


async def _credentials(request: Request[Any, Any, Any]) -> Credentials:
    kind, _ = request.content_type
    body = await request.body()
    try:
        match kind:
            case "application/json":
                return msgspec.json.decode(body, type=Credentials)
            case "application/x-www-form-urlencoded":
                form = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=10)
                return msgspec.convert(dict(form), Credentials)
            case _:
                raise UnsupportedMedia(f"{kind or 'no media type'} is not read here", mend="send JSON or a form")
    except ValueError as error:  # msgspec's errors and UnicodeError are ValueErrors
        raise Malformed(f"not a login and a password: {error}", where="login, password") from None


HANDLERS = [
    register_party,
    list_parties,
    show_party,
    change_standing,
    add_site,
    add_licence,
    mint_key,
    revoke_key,
    add_person,
    disable_person,
    sign_in,
    sign_out,
]
