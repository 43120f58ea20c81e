"""The API's description for people: Swagger UI, served from here; it calls nobody but this service."""

from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

from zhuisu.pages.render import STATIC, html


class SchemaPage(OpenAPIRenderPlugin):
    """``GET /schema``. Litestar adds ``/schema/openapi.json`` beside it."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """The page, which fetches the schema itself; without Swagger UI (not yet installed) it only links to it."""
        installed = (STATIC / "vendor" / "swagger-ui" / "swagger-ui-bundle.js").is_file()
        return html(request, "schema.html", installed=installed).encode()
