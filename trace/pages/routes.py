"""The pages anybody may open: look-up, certificate, path, problem types. ``desk`` has those behind a sign-in."""

from collections.abc import Sequence
from datetime import datetime
from inspect import cleandoc
from itertools import groupby
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from zhuisu import certs, products
from zhuisu.auth import Conf, Db, Now, Principal, Role, Who, may
from zhuisu.chain.errors import NeverSeen
from zhuisu.chain.model import Direction
from zhuisu.chain.trace import trace
from zhuisu.codes import Family, parse
from zhuisu.codes.text import Line
from zhuisu.db import Database
from zhuisu.errors import NotFound, Refusal
from zhuisu.pages import codes, desk, goods, issuing, story
from zhuisu.pages.browser import PAGE
from zhuisu.pages.form import misread, one, read
from zhuisu.pages.language import CHINA
from zhuisu.pages.paper import shown
from zhuisu.pages.render import STATIC, YEAR, language_of, page
from zhuisu.settings import Settings

AnyRequest = Request[Any, Any, Any]


class Reason(msgspec.Struct, frozen=True):
    """What the form sends that voids a certificate."""

    reason: Line


@get("/", guards=[may()], opt=PAGE, include_in_schema=False)
async def home(request: AnyRequest, db: Db, who: Who, now: Now) -> Response[str]:
    """The public front page, or the desk of whoever signed in."""
    if who.via == "session":
        return await desk.desk(request, db, who, now)
    return page(request, "home.html", value="", refusal=None)


@get("/look", guards=[may()], opt=PAGE, include_in_schema=False)
async def look(request: AnyRequest, code: FromQuery[str] = "") -> Response[Any]:
    """To the page of whatever was typed or pasted: a certificate to its own, everything else to its path."""
    try:
        known = parse(code)
    except Refusal as refusal:
        return page(request, "home.html", status=refusal.status, value=code, refusal=refusal)
    if known.family is Family.certificate and (number := known.text.rpartition("/")[2]).isdecimal():
        return Redirect(f"/c/{number}", status_code=303)
    return Redirect(f"/path/{quote(known.text, safe='')}", status_code=303)


@get("/path/{code:path}", guards=[may()], opt=PAGE, include_in_schema=False)
async def path(
    request: AnyRequest,
    rest: NamedDependency[str],
    db: Db,
    who: Who,
    now: Now,
    direction: FromQuery[Direction] = Direction.back,
    at: FromQuery[datetime | None] = None,
) -> Response[str]:
    """The path of a code (percent-encoded whole), in words."""
    code = parse(rest)
    try:
        found = await trace(db, who, rest, direction=direction, at=at, now=now)
    except NeverSeen:
        async with db.connection() as conn:
            known = await products.names(conn, [code])
        return page(request, "unseen.html", status=NeverSeen.status, code=code, entry=known.get(code.canonical))
    return page(request, "path.html", path=found, story=story.tell(found), goods=found.codes[found.code.canonical])


@get("/c/{digits:str}", guards=[may()], opt=PAGE, include_in_schema=False)
async def certificate(
    request: AnyRequest, digits: FromPath[str], db: Db, settings: Conf, who: Who, now: Now
) -> Response[str]:
    """What a QR code opens: this service's own check of the certificate, and its legal text."""
    return await _certificate(request, digits, db, settings, who, now)


@post("/c/{digits:str}/revoke", guards=[may(Role.issuer)], opt=PAGE, include_in_schema=False)
async def revoke(
    request: AnyRequest, digits: FromPath[str], db: Db, settings: Conf, who: Who, now: Now
) -> Response[Any]:
    """Void one's own certificate, and back to its page, which says so from then on."""
    form = await read(request)
    try:
        reason = msgspec.convert({"reason": one(form, "reason")}, Reason).reason
        await certs.revoke(db, who, certs.identify(certs.from_digits(digits)), reason, now)
    except msgspec.ValidationError as error:
        return await _certificate(request, digits, db, settings, who, now, misread(error))
    except Refusal as refusal:
        return await _certificate(request, digits, db, settings, who, now, refusal)
    return Redirect(f"/c/{digits}", status_code=303)


async def _certificate(
    request: AnyRequest,
    digits: str,
    db: Database,
    settings: Settings,
    who: Principal,
    now: datetime,
    refusal: Refusal | None = None,
) -> Response[str]:
    verdict = await certs.check(db, settings, digits, now)
    found, issuer = verdict.certificate, verdict.issuer
    proven = found is not None and issuer is not None and verdict.state is not certs.State.bad_signature
    return page(
        request,
        "certificate.html",
        status=refusal.status if refusal else 200,
        digits=digits,
        verdict=verdict,
        own=proven and issuer is not None and issuer.uscc == who.uscc and Role.issuer in who.roles,
        refusal=refusal,
        certificate=found if proven else None,
        form=certs.FORMS[found.form] if proven and found else None,
        shown=shown(found, issuer, language_of(request)) if proven and found and issuer else None,
        checked=now.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
    )


@get("/problems", guards=[may()], opt=PAGE, include_in_schema=False)
async def problems(request: AnyRequest) -> Response[str]:
    """Everything the service declines, by area."""
    kinds = sorted(_kinds().values(), key=lambda kind: (kind.problem().count("/"), kind.problem()))
    areas = [(area, list(some)) for area, some in groupby(kinds, key=lambda kind: kind.problem().rpartition("/")[0])]
    return page(request, "problems.html", areas=areas)


@get(["/problems/{slug:str}", "/problems/{area:str}/{slug:str}"], guards=[may()], opt=PAGE, include_in_schema=False)
async def problem_type(request: AnyRequest, slug: FromPath[str], area: FromPath[str] = "") -> Response[str]:
    """The page of one problem type: its class's own docstring."""
    kind = _kinds().get("/".join(filter(None, ("/problems", area, slug))))
    if kind is None:
        raise NotFound(f"there is no problem type {slug!r:.80}", mend="/problems lists them all")
    _, _, explanation = cleandoc(kind.__doc__ or "").partition("\n")
    paragraphs = explanation.strip().replace("``", "").split("\n\n")
    return page(request, "problem.html", kind=kind, explanation=paragraphs)


def _kinds() -> dict[str, type[Refusal]]:
    family: Sequence[type[Refusal]] = Refusal.family()
    return {kind.problem(): kind for kind in family}


FILES = create_static_files_router(
    "/static",
    [STATIC],
    guards=[may()],
    include_in_schema=False,
    # Addresses carry the content's hash: see render.static.
    cache_control=CacheControlHeader(max_age=YEAR, public=True),
)

HANDLERS: list[ControllerRouterHandler] = [
    home,
    look,
    path,
    certificate,
    revoke,
    problems,
    problem_type,
    FILES,
    *codes.HANDLERS,
    *goods.HANDLERS,
    *desk.HANDLERS,
    *issuing.HANDLERS,
]
