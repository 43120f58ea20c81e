"""Templates into answers: one Jinja environment a language, one shape for every page.

>>> page(request, "problem.html", problem=NotFound)
"""

import hashlib
import re
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType

from zhuisu.auth import PUBLIC, Role
from zhuisu.pages import language, picture, story
from zhuisu.pages.language import CHINA, Lang

YEAR = 365 * 86400

# Resolved, because an editable install sees the modules through links that know nothing of files added later.
HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"


@cache
def static(name: str) -> str:
    """Address of a static file; it changes with the content, so that the answer may be kept for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]}"


def own_path(url: str) -> str:
    """A certificate's address as a path of this service, under whatever name it is reached; a foreign one unchanged."""
    path = urlsplit(url).path
    return path if re.fullmatch("/c/[1-9][0-9]*", path) else url


def _environment(lang: Lang) -> Environment:
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: language.sentence(lang, text),
        lambda one, many, count: language.sentence(lang, one if count == 1 else many),
        newstyle=True,
    )
    env.filters |= {
        "term": lambda word, vocabulary: language.term(lang, vocabulary, word),
        "division": lambda code: language.division(lang, code),
        "quantity": lambda value, uom: language.quantity(lang, value, uom),
        "said": lambda value: language.name(lang, value),
        "number": language.number,
        "day": lambda on: language.day(lang, on),
        "called": lambda goods: language.called(lang, goods),
        "capital": lambda text: text[:1].upper() + text[1:],
        "visible": picture.visible,
        "typed": picture.typed,
        "short": language.short,
        "own_path": own_path,
        "china_day": lambda time: language.day(lang, time.astimezone(CHINA)),
        "china": lambda time: time.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"),
        "when": story.when,
        "escaped_path": lambda text: quote(text, safe=""),
    }
    env.globals |= {
        "lang": lang,
        "static": static,
        "Role": Role,
        "chart": story.chart,
        "fault": picture.fault,
        "quotable": picture.quotable,
        "explained": partial(language.explained, lang),
        "told": partial(language.told, lang),
    }
    return env


ENVIRONMENTS = {lang: _environment(lang) for lang in Lang}


def language_of(request: Request[Any, Any, Any]) -> Lang:
    """The language in which ``request`` is answered."""
    return language.choose(
        request.query_params.get("lang", ""),
        request.cookies.get(language.COOKIE, ""),
        request.headers.get("accept-language", ""),
    )


def html(request: Request[Any, Any, Any], template: str, **values: Any) -> str:
    """The page as text."""
    lang = language_of(request)
    return (
        ENVIRONMENTS[lang]
        .get_template(template)
        .render(who=request.scope.get("user") or PUBLIC, elsewhere=_in_language(request, _other(lang)), **values)
    )


def page(request: Request[Any, Any, Any], template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """The page as an answer. It depends on who asks and in which language, so nobody but the asker keeps it."""
    cookies = []
    if (asked := request.query_params.get("lang", "")) in Lang.__members__:
        cookies.append(Cookie(language.COOKIE, value=asked, max_age=YEAR, samesite="lax", httponly=True))
    return Response(
        html(request, template, **values),
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Cookie"},
        cookies=cookies,
    )


def _other(lang: Lang) -> Lang:
    return Lang.en if lang is Lang.zh else Lang.zh


def _in_language(request: Request[Any, Any, Any], lang: Lang) -> str:
    """This address in ``lang``; for the answer to a form, the page that shows the form."""
    kept = [(name, value) for name, value in request.query_params.items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", lang)])
