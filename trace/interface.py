"""What Litestar's OpenAPI leaves out: who may call each operation, and that every failure is a problem object.

>>> describe(app)          # once, when every route is there
"""

from collections.abc import Iterator

from litestar import Litestar
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Reference, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.routes import HTTPRoute

from zhuisu.auth import May
from zhuisu.problems import PROBLEM

PROBLEM_SCHEMA = Schema(
    title="Problem",
    description="RFC 9457. `type` is constant for the reason and also a page; further members are facts of the case.",
    type=OpenAPIType.OBJECT,
    required=["type", "title", "status", "detail", "instance"],
    properties={
        "type": Schema(type=OpenAPIType.STRING, description="URI reference, as /problems/not-found"),
        "title": Schema(type=OpenAPIType.STRING, description="constant for the type"),
        "status": Schema(type=OpenAPIType.INTEGER),
        "detail": Schema(type=OpenAPIType.STRING, description="what is wrong, and where"),
        "instance": Schema(type=OpenAPIType.STRING, description="the path that was asked"),
        "where": Schema(type=OpenAPIType.STRING, description="field, parameter or position"),
        "mend": Schema(type=OpenAPIType.STRING, description="how to put it right"),
    },
)


def describe(app: Litestar) -> None:
    """Complete the OpenAPI of ``app``: tags, security and the problem object of every operation."""
    schema = app.openapi_schema
    components = schema.components
    components.schemas["Problem"] = PROBLEM_SCHEMA
    problem = OpenAPIResponse(
        description="Declined; the reason is a problem object.",
        content={PROBLEM: OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"))},
    )
    for path, operation, roles in _operations(app):
        operation.tags = [path.split("/")[1] or "home"]
        operation.security = [{"key": []}, {"session": []}] if roles else [{}]
        if roles:
            operation.description = f"{operation.description or ''}\n\nFor {', '.join(sorted(roles))}.".strip()
        answers = {code: said for code, said in (operation.responses or {}).items() if code < "400"}
        operation.responses = answers | {"default": problem}


def _operations(app: Litestar) -> Iterator[tuple[str, Operation, frozenset[str]]]:
    paths = app.openapi_schema.paths or {}
    for route in app.routes:
        if isinstance(route, HTTPRoute) and (item := paths.get(route.path_format)):
            for handler in route.route_handlers:
                guards = [guard for layer in handler.ownership_layers for guard in layer.guards or []]
                roles = frozenset(role.value for guard in guards if isinstance(guard, May) for role in guard.roles)
                for method in handler.http_methods:
                    if operation := getattr(item, method.lower()):
                        yield route.path_format, operation, roles
