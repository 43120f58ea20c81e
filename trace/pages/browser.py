"""What a browser needs and a program does not: errors as pages, and the headers that keep a page safe."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Redirect
from litestar.types import Message, Scope

from zhuisu import problems
from zhuisu.errors import Unauthenticated
from zhuisu.pages.render import page

PAGE = {"page": True}
"""Marks a route whose errors a browser sees as pages."""

CONTENT = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Scripts, styles and pictures are files of this origin, nothing inline, nothing framed (CSP Level 3 §6).

``data:`` pictures are the icons inside Swagger UI's style sheet.
"""

SAFETY = {
    "Content-Security-Policy": CONTENT,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_RAW = [(name.lower().encode(), value.encode()) for name, value in SAFETY.items()]


async def secure(message: Message, _scope: Scope) -> None:
    """Litestar's ``before_send`` hook: ``SAFETY`` on every answer that does not set such a header itself.

    It runs on every answer: asynchronous, because Litestar sends a plain function to a thread, and on raw headers.
    """
    if message["type"] == "http.response.start":
        headers = list(message["headers"])
        said = {name for name, _ in headers}
        message["headers"] = headers + [pair for pair in _RAW if pair[0] not in said]


def problem(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's exception handler: a page for a browser on a page's address, a problem object for everything else.

    Who must sign in to see a page is taken to the sign-in page and back.
    """
    answer = problems.handler(request, error)
    if not _wants_page(request):
        return answer
    refusal = problems.refusal(error)
    if isinstance(refusal, Unauthenticated) and request.method == "GET":
        return Redirect(f"/login?next={quote(_here(request), safe='')}", status_code=303)
    shown = page(request, "error.html", status=refusal.status, refusal=refusal)
    shown.headers |= {name: answer.headers[name] for name in ("Retry-After", "Allow") if name in answer.headers}
    return shown


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    # An address that no route takes has no handler: a lost browser gets a page there too.
    handler = request.scope.get("route_handler")
    return "text/html" in request.headers.get("accept", "") and "page" in getattr(handler, "opt", PAGE)


def _here(request: Request[Any, Any, Any]) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")
