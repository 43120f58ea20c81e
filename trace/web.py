"""What HTTP needs that Litestar does not give: the rest of a path as it was sent, no unknown parameters, counters.

Litestar folds ``//`` in paths, which breaks a URI in a URL. A route ``/chain/{code:path}`` takes the dependency
``rest`` instead of ``code``:

>>> GET /chain/https%3A%2F%2Fid.gs1.org%2F01%2F06901234567892   ->   rest == "https://id.gs1.org/01/06901234567892"
"""

import time
from functools import cache
from typing import Any, NamedTuple, Self
from urllib.parse import unquote_to_bytes

from litestar import HttpMethod, Litestar, Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Gauge, Histogram

from zhuisu.errors import Malformed, UriTooLong

LONGEST_URI = 60_000
"""Bytes of a path with its query (RFC 9110 §4.1 asks for 8000); uvicorn's parser ends at 65 535, in its own words."""

_LABELS = ("method", "path", "status_code", "app_name")
_REQUESTS = Counter("zhuisu_requests_total", "Total requests", _LABELS)
_ERRORS = Counter("zhuisu_requests_error_total", "Total errors in requests", _LABELS)
_SECONDS = Histogram("zhuisu_request_duration_seconds", "Request duration, in seconds", _LABELS)
_WAITING = Gauge(
    "zhuisu_requests_in_progress", "Total requests currently in progress", _LABELS, multiprocess_mode="livesum"
)


def only(request: Request[Any, Any, Any], *known: str) -> None:
    """Raises Malformed for a query parameter that is none of ``known``: ignoring one would answer another question."""
    for name in request.query_params:
        if name not in known:
            raise Malformed(f"{name} is no parameter here", where=name, mend=f"there are {', '.join(known)}")


def rest(request: Request[Any, Any, Any]) -> str:
    """The undecoded path from the route's first parameter on, percent-decoded once. Raises Malformed on bad UTF-8."""
    before = request.scope["path_template"].partition("{")[0].count("/")
    raw = request.scope["raw_path"].partition(b"?")[0].split(b"/", before)
    try:
        return unquote_to_bytes(raw[before] if len(raw) > before else b"").decode()
    except UnicodeDecodeError as error:
        raise Malformed("the address is not UTF-8", where="path", mend="percent-encode the code as UTF-8") from error


def resolve_in_turn(app: Litestar) -> None:
    """Let every handler of ``app`` await its dependencies one after another.

    Litestar opens a task group for those that do not wait for each other. Ours take microseconds, the group a fifth of
    a request (py-spy, Litestar 2.25).
    """
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for _, model in route.route_handler_map.values():
                model.dependency_batches = [{one} for batch in model.dependency_batches for one in batch]


def tell_methods(app: Litestar) -> None:
    """Let OPTIONS of a path name all its methods: Litestar 2.25 names those of the handler that it was given first."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            handler, _ = route.route_handler_map["OPTIONS"]
            if handler.fn.__name__ == "options_handler":
                for cell in handler.fn.__closure__ or ():
                    cell.cell_contents.methods = route.methods | ({"HEAD"} if "GET" in route.methods else set())


def with_heads(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET without the content (RFC 9110 §9.3.2)."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return

        async def bare(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        # The server keeps the scope, to know that it must not send the content: ours is another.
        await app({**scope, "method": HttpMethod.GET}, receive, bare)

    return asked


class _Counters(NamedTuple):
    requests: Counter
    errors: Counter
    seconds: Histogram


@cache
def _waiting(method: str, path: str) -> Gauge:
    return _WAITING.labels(method, path, 200, "zhuisu")


@cache
def _counters(method: str, path: str, status: int) -> _Counters:
    labels = (method, path, status, "zhuisu")
    return _Counters(_REQUESTS.labels(*labels), _ERRORS.labels(*labels), _SECONDS.labels(*labels))


class counted:  # noqa: N801  (read as a word: with counted(…))
    """Count one request to a route, by the ``status`` that the block sets; without one nothing is counted.

    ``path`` is the route's (``/certs/{name}``): codes stay out of the labels. Any status of 500 and more is an error.
    """

    __slots__ = ("_begun", "_route", "_waiting", "status")

    def __init__(self, method: str, path: str) -> None:
        self.status = 0
        self._route = method, path
        self._waiting = _waiting(method, path)

    def __enter__(self) -> Self:
        self._begun = time.perf_counter()
        self._waiting.inc()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.dec()
        if self.status:
            counters = _counters(*self._route, self.status)
            counters.requests.inc()
            counters.seconds.observe(time.perf_counter() - self._begun)
            if self.status >= 500:
                counters.errors.inc()


class Counting(ASGIMiddleware):
    """Requests by route, method and status, with their durations. Litestar's own does it for five times the price."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Count whatever is not asked by those who run the service."""
        path = scope["path_template"]
        if path in _UNCOUNTED or path.startswith("/static"):
            await next_app(scope, receive, send)
            return
        method = scope["method"] if scope["type"] == ScopeType.HTTP else scope["type"]
        with counted(method, path) as answer:
            if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_URI:
                answer.status = UriTooLong.status
                said = f"the address is longer than {LONGEST_URI} bytes"
                raise UriTooLong(said, where="path, query", mend="ask for less at once")
            answer.status = 200

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    answer.status = message["status"]
                await send(message)

            await next_app(scope, receive, told)


_UNCOUNTED = {"/healthz", "/metrics"}
