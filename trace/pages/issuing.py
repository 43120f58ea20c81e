"""The page on which a farm or a slaughterhouse issues: the fields of the legal form in force, and one button."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from zhuisu import certs, parties
from zhuisu.auth import Conf, Db, Now, Principal, Role, Who, may
from zhuisu.certs import PRODUCTS, UNITS, AnyOrder, MeatOrder, ProduceOrder, in_force
from zhuisu.db import Database
from zhuisu.errors import Refusal
from zhuisu.pages.browser import PAGE
from zhuisu.pages.form import Form, misread, one, read
from zhuisu.pages.language import CHINA, DIVISIONS, TERMS
from zhuisu.pages.render import own_path, page

AnyRequest = Request[Any, Any, Any]

# Numbers of certs/templates/products.json and units.json: meat is weighed, eggs are counted.
_MEATS = range(8, 16)
_COUNTED, _WEIGHED = 1, 2

PLAIN = ("product", "quantity", "unit", "origin", "phone", "lot", "site")


@get("/issue", guards=[may(Role.issuer)], opt=PAGE, include_in_schema=False)
async def issue_form(request: AnyRequest, db: Db, who: Who, now: Now) -> Response[str]:
    """The empty form."""
    return await _shown(request, db, who, now, {})


@post("/issue", guards=[may(Role.issuer)], opt=PAGE, include_in_schema=False)
async def issue_filled(request: AnyRequest, db: Db, settings: Conf, who: Who, now: Now) -> Response[Any]:
    """Issue, and on to the certificate's own page; the form again with the reason when it was refused."""
    form = await read(request)
    try:
        order = msgspec.convert(_order(form, meat=_is_meat(who)), AnyOrder, strict=False)
        issued = await certs.issue(db, settings, who, order, now)
    except msgspec.ValidationError as error:
        return await _shown(request, db, who, now, form, misread(error))
    except Refusal as refusal:
        return await _shown(request, db, who, now, form, refusal)
    return Redirect(own_path(issued.url), status_code=303)


def _is_meat(who: Principal) -> bool:
    return who.kind == parties.Kind.slaughterhouse


def _order(form: Form, *, meat: bool) -> dict[str, Any]:
    """What the API's ``POST /certs`` takes for the same certificate."""
    order: dict[str, Any] = {name: one(form, name) for name in PLAIN if one(form, name)}
    order["goods"] = [line.strip() for line in one(form, "goods").splitlines() if line.strip()]
    if not meat:
        return order | {"kind": ProduceOrder.form_of.value, "basis": form.get("basis", [])}
    tests = {
        name: {"report": one(form, name), "result": one(form, f"{name}_result")}
        for name in ("asf", "beta_agonist")
        if one(form, name)
    }
    papers = {name: one(form, name) for name in ("quarantine", "slaughtered") if one(form, name)}
    return order | {"kind": MeatOrder.form_of.value, "marks": form.get("marks", [])} | papers | tests


async def _shown(
    request: AnyRequest, db: Database, who: Principal, now: datetime, filled: Form, refusal: Refusal | None = None
) -> Response[str]:
    meat = _is_meat(who)
    kind = (MeatOrder if meat else ProduceOrder).form_of
    today = now.astimezone(CHINA).date()
    async with db.connection() as conn:
        sites = await parties.sites(conn, who.party) if who.party is not None else []
        organisation = await parties.organisation(conn, who.uscc)
    return page(
        request,
        "issue.html",
        status=refusal.status if refusal else 200,
        kind=kind,
        form=in_force(kind, today, "pig" if meat else ""),
        products={number: words for number, words in PRODUCTS.items() if (number in _MEATS) is meat},
        units=UNITS,
        unit=UNITS[_WEIGHED if meat else _COUNTED].zh,
        divisions=DIVISIONS,
        division=organisation.division if organisation else "",
        phone=organisation.phone if organisation else "",
        marks=TERMS["mark"],
        sites=sites,
        today=today.isoformat(),
        filled=filled,
        refusal=refusal,
    )


HANDLERS = [issue_form, issue_filled]
