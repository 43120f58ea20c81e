"""The chain over HTTP."""

from datetime import datetime
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from zhuisu.auth import Db, Now, Who, may
from zhuisu.chain.model import Direction, Path
from zhuisu.chain.trace import trace
from zhuisu.web import only


@get("/chain/{code:path}", guards=[may()], summary="The path of a code")
async def path(
    request: Request[Any, Any, Any],
    rest: NamedDependency[str],
    db: Db,
    who: Who,
    now: Now,
    direction: FromQuery[Direction] = Direction.back,
    at: FromQuery[datetime | None] = None,
) -> Path:
    """The path of ``code`` (percent-encoded whole): its hops in time order, and what is wrong with them.

    ``direction=forward`` asks who holds it, or what was in it or made from it, now. ``at`` asks as of an event time.
    Open to everybody; who neither held the goods nor oversees a place on the path sees it redacted.
    """
    only(request, "direction", "at")
    return await trace(db, who, rest, direction=direction, at=at, now=now)


HANDLERS = [path]
