"""The pages behind a sign-in: the desk of each role, the scan box, and the door to both."""

import re
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from zhuisu import certs, parties
from zhuisu.auth import COOKIE, Conf, Db, Now, Principal, Role, Who, cookie, may, sign_in, sign_out
from zhuisu.db import Database
from zhuisu.errors import Refusal
from zhuisu.pages.browser import PAGE
from zhuisu.pages.form import misread, one, read
from zhuisu.pages.render import language_of, page
from zhuisu.parties import register
from zhuisu.scan.intake import intake
from zhuisu.scan.model import Intake, Lang, Result
from zhuisu.scan.steps import DEFAULT, SENDING, STEPS

AnyRequest = Request[Any, Any, Any]

DOOR = (Role.operator, Role.issuer, Role.administrator)
"""Who may scan goods in."""


class Asked(msgspec.Struct, frozen=True):
    """What the selectors of the scan box stand on."""

    step: str = DEFAULT
    site: str = ""
    to: str = ""


async def desk(request: AnyRequest, db: Database, who: Principal, now: datetime) -> Response[str]:
    """The home of whoever signed in, with what their roles need first."""
    oversees = who.roles & {Role.regulator, Role.administrator}
    issued = []
    if Role.issuer in who.roles and who.party is not None:
        async with db.connection() as conn:
            issued = await certs.latest(conn, who.party, now)
    return page(
        request,
        "desk.html",
        issued=issued,
        parties=await register.overview(db, who, "", 100) if oversees else None,
    )


@get("/login", guards=[may()], opt=PAGE, include_in_schema=False)
async def login_form(request: AnyRequest) -> Response[str]:
    """The sign-in form; ``next`` is where to go afterwards."""
    return page(request, "login.html", after=request.query_params.get("next", ""), login="", refusal=None)


@post("/login", guards=[may()], opt=PAGE, include_in_schema=False)
async def login(request: AnyRequest, db: Db, settings: Conf, now: Now) -> Response[Any]:
    """Sign in, and on to ``next``; the form again with the reason when it did not work."""
    form = await read(request)
    name, after = one(form, "login"), one(form, "next")
    address = request.client.host if request.client else ""
    try:
        session = await sign_in(db, settings, name, form.get("password", [""])[0], now, address=address)
    except Refusal as refusal:
        return page(request, "login.html", status=refusal.status, after=after, login=name, refusal=refusal)
    # An address of this service and no other: "//elsewhere" and "/\elsewhere" are other hosts to a browser.
    target = after if re.match(r"/(?![/\\])", after) else "/"
    return Redirect(target, status_code=303, cookies=[cookie(settings, session)])


@post("/logout", guards=[may()], opt=PAGE, include_in_schema=False)
async def logout(request: AnyRequest, db: Db, settings: Conf) -> Response[Any]:
    """Sign out, and to the front page."""
    if token := request.cookies.get(COOKIE):
        await sign_out(db, token)
    return Redirect("/", status_code=303, cookies=[cookie(settings, None)])


@get("/intake", guards=[may(*DOOR)], opt=PAGE, include_in_schema=False)
async def intake_box(request: AnyRequest, db: Db, who: Who, now: Now) -> Response[str]:
    """The scan box."""
    return await _box(request, db, who, now, Asked())


@post("/intake", guards=[may(*DOOR)], opt=PAGE, include_in_schema=False)
async def intake_form(request: AnyRequest, db: Db, settings: Conf, who: Who, now: Now) -> Response[str]:
    """The scan box without scripts: the same verb, the results on the page."""
    form = await read(request)
    asked = Asked(step=one(form, "step") or DEFAULT, site=one(form, "site"), to=one(form, "to"))
    codes = [line for text in one(form, "codes").splitlines() if (line := text.strip())]
    try:
        said = {name: value for name, value in msgspec.structs.asdict(asked).items() if value}
        scan = msgspec.convert({"codes": codes, **said}, Intake)
        answer = await intake(db, settings, who, scan, now, Lang(language_of(request)))
    except msgspec.ValidationError as error:
        return await _box(request, db, who, now, asked, refusal=misread(error))
    except Refusal as refusal:
        return await _box(request, db, who, now, asked, refusal=refusal)
    return await _box(request, db, who, now, asked, results=answer.results)


async def _box(
    request: AnyRequest,
    db: Database,
    who: Principal,
    now: datetime,
    asked: Asked,
    *,
    results: list[Result] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    async with db.connection() as conn:
        sites = await parties.sites(conn, who.party) if who.party is not None else []
    return page(
        request,
        "intake.html",
        status=refusal.status if refusal else 200,
        now=now,
        sites=sites,
        steps=STEPS.values(),
        asked=asked,
        sending=" ".join(SENDING),
        results=results or [],
        refusal=refusal,
    )


HANDLERS = [login_form, login, logout, intake_box, intake_form]
