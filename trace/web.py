"""What HTTP gives that Litestar does not: the rest of a path as it was sent, no unknown parameters, no idle ceremony.

Litestar folds ``//`` in paths, which breaks a URI in a URL. A route ``/chain/{code:path}`` takes the dependency
``rest`` instead of ``code``:

>>> GET /chain/https%3A%2F%2Fid.gs1.org%2F01%2F06901234567892   ->   rest == "https://id.gs1.org/01/06901234567892"
"""

from typing import Any
from urllib.parse import unquote_to_bytes

from litestar import Litestar, Request
from litestar.routes import HTTPRoute

from zhuisu.errors import Malformed


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
