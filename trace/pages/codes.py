"""The page "what is this code?": one code drawn part by part, or a paste of many line by line."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from zhuisu import products
from zhuisu.auth import Db, may
from zhuisu.codes.explain import explain
from zhuisu.codes.several import Reading, read_all
from zhuisu.db import Database
from zhuisu.errors import Refusal
from zhuisu.pages.browser import PAGE
from zhuisu.pages.form import one, read
from zhuisu.pages.picture import draw, quotable
from zhuisu.pages.render import page
from zhuisu.products.reading import AT_ONCE

MOST = 1000
"""Codes on one page."""

LONGEST_LINK = 2000
"""Characters of a text that an address carries: longer ones are answered without."""


class Tally(msgspec.Struct, frozen=True):
    """How many codes were read, how many of them a second time, and the places of those that were not."""

    read: int
    again: int
    refused: tuple[int, ...]


@get("/code", guards=[may()], opt=PAGE, include_in_schema=False)
async def code(request: Request[Any, Any, Any], db: Db, text: FromQuery[str] = "") -> Response[str]:
    """What ``text`` is; the empty form without it."""
    return await _shown(request, db, text)


@post("/code", guards=[may()], opt=PAGE, include_in_schema=False)
async def code_form(request: Request[Any, Any, Any], db: Db) -> Response[Any]:
    """A code that reads has an address of its own, to be kept and sent on; everything else is answered in place."""
    text = one(await read(request), "text")
    if len(text) <= LONGEST_LINK and not any(reading.refusal for reading in _read(text)[0]):
        return Redirect("/code?" + urlencode({"text": text}), status_code=303)
    return await _shown(request, db, text)


async def _shown(request: Request[Any, Any, Any], db: Database, text: str) -> Response[str]:
    readings, refusal = _read(text) if len(text) <= AT_ONCE else await asyncio.to_thread(_read, text)
    refusals = [reading.refusal for reading in readings if reading.refusal]
    alone = readings[0].code if len(readings) == 1 else None
    async with db.connection() as conn:
        named = await products.names(conn, (reading.code for reading in readings if reading.code))
    failed = refusal or (refusals[0] if refusals and len(readings) == 1 else None)
    return page(
        request,
        "code.html",
        status=failed.status if failed else 200,
        text=text if all(quotable(text, refused) for refused in refusals) else "",
        readings=readings,
        boxes=draw(explain(alone)) if alone else (),
        entries=named,
        tally=_tally(readings),
        refusal=refusal,
    )


def _read(text: str) -> tuple[tuple[Reading, ...], Refusal | None]:
    if not text.strip():
        return (), None
    try:
        return read_all(text, most=MOST), None
    except Refusal as refusal:
        return (), refusal


def _tally(readings: tuple[Reading, ...]) -> Tally:
    return Tally(
        read=sum(1 for reading in readings if reading.code),
        again=sum(1 for reading in readings if reading.same_as is not None),
        refused=tuple(place for place, reading in enumerate(readings) if reading.refusal),
    )


HANDLERS = [code, code_form]
