"""What Litestar's OpenAPI leaves out: who may call, raw bodies and answers, headers, and that failures are problems.

>>> describe(app)          # once, when every route is there
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from inspect import cleandoc
from typing import Any

from litestar import Litestar
from litestar.openapi.spec import PathItem
from litestar.routes import HTTPRoute

from zhuisu.auth import May
from zhuisu.epcis import headers
from zhuisu.epcis.resources import RESOURCES
from zhuisu.openapi import (
    ANSWERS,
    ASKED,
    BODIES,
    CONFLICTS,
    EVENTS_FOUND,
    HEADERS,
    KEPT,
    MASTER,
    QUERIES,
    QUERY,
    SCHEMAS,
    TOLD,
    WITH_PROBLEMS,
    at,
    content,
    schema,
)
from zhuisu.problems import PROBLEM


def describe(app: Litestar) -> None:
    """Complete the OpenAPI of ``app``: tags, security, raw bodies and answers, headers, and every status."""
    document: Any = app.openapi_schema
    parts, paths = document.components, document.paths
    parts.schemas |= SCHEMAS
    parts.parameters = (
        QUERY | MASTER | {name: {"name": name, "in": "header", "schema": it} for name, it in ASKED.items()}
    )
    parts.headers = {name: {"schema": it} for name, it in TOLD.items()}
    parts.responses = {
        "Problem": {
            "description": "Declined, and why",
            "content": {PROBLEM: {"schema": schema("Problem")}},
            "headers": {name: at("headers", name) for name in WITH_PROBLEMS},
        }
    }
    for name in RESOURCES:
        value: Any = paths[f"/epcis/{name}/{{value}}"].get
        events = replace(value, operation_id=f"{value.operation_id}Events", responses=deepcopy(value.responses))
        paths[f"/epcis/{name}/{{value}}/events"] = PathItem(get=events)
    for key, operation, handler in _operations(app):
        guards = [guard for layer in handler.ownership_layers for guard in layer.guards or ()]
        roles = frozenset(role.value for guard in guards if isinstance(guard, May) for role in guard.roles)
        told = cleandoc(handler.fn.__doc__ or "")
        operation.description = f"{told}\n\nFor {', '.join(sorted(roles))}." if roles else told
        operation.security = [{"key": []}, {"session": []}] if roles else [{}]
        _complete(key, operation, roles)


def _complete(key: str, operation: Any, roles: frozenset[str]) -> None:
    path = key.partition(" ")[2]
    operation.tags = [path.split("/")[1] or "home"]
    if body := BODIES.get(key):
        operation.request_body = {"required": True, "content": content(body)}
    asked = [*QUERIES.get(key, ()), *_headers_asked(key)]
    operation.parameters = [*(operation.parameters or ()), *(at("parameters", name) for name in asked)] or None

    fine = {code: answer for code, answer in operation.responses.items() if code < "400"}
    answer = next(iter(fine.values()))
    if key in ANSWERS:
        answer.content = content(ANSWERS[key]) or None
    for media in (answer.content or {}).values():
        if alternatives := getattr(getattr(media, "schema", None), "one_of", None):  # Litestar's; some fit several
            media.schema.one_of, media.schema.any_of = None, alternatives
    told = (*HEADERS.get(key, ()), *(headers.VERSIONS if path.startswith("/epcis") else ()))
    answer.headers = {**(answer.headers or {}), **{name: at("headers", name) for name in told}} or None
    if HEADERS.get(key) == KEPT:
        fine["304"] = {"description": "What If-None-Match names is what there is", "headers": answer.headers}
    codes = _statuses(key, bool(operation.request_body), roles)
    operation.responses = fine | dict.fromkeys((*codes, "default"), at("responses", "Problem"))
    if key == "GET /readyz":
        operation.responses["503"] = {"description": "Not ready, and why", "content": answer.content}


def _headers_asked(key: str) -> Iterator[str]:
    if " /epcis" in key:
        yield from (name for name in ASKED if name.endswith(("-Min", "-Max")))
    if ANSWERS.get(key) is EVENTS_FOUND:
        yield from ("GS1-EPC-Format", "GS1-CBV-XML-Format")
        yield from ("GS1-Extensions",) if key.endswith("vocabularies") else ("Prefer",)
    if "EQ_bizStep" in QUERIES.get(key, ()) and " /epcis" in key:
        yield "GS1-Extensions"
    if key == "POST /epcis/capture":
        yield "GS1-Capture-Error-Behaviour"


def _statuses(key: str, body: bool, roles: frozenset[str]) -> list[str]:
    """The refusals that an operation may answer with."""
    reasons = {
        "400": True,
        "401": bool(roles) or key == "POST /sessions",
        "403": bool(roles),
        "404": "{" in key,
        "406": " /epcis" in key,
        "409": key in CONFLICTS,
        "413": body or not {"maxEventCount", "maxElementCount"}.isdisjoint(QUERIES.get(key, ())),
        "414": True,
        "415": body,
        "429": key == "POST /sessions",
        "503": True,
    }
    return [code for code, may_be in reasons.items() if may_be]


def _operations(app: Litestar) -> Iterator[tuple[str, Any, Any]]:
    """Each described operation, ``"GET /epcis"``, with its handler; a value's events have that of the value."""
    paths = app.openapi_schema.paths or {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for path in (route.path_format, f"{route.path_format}/events"):
                for handler in route.route_handlers if path in paths else ():
                    for method in handler.http_methods:
                        if operation := getattr(paths[path], method.lower()):
                            yield f"{method} {path}", operation, handler
