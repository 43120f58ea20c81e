"""What those who run the service ask of it: is it alive, is it ready, how is it doing."""

from litestar import Response, get
from litestar.plugins.prometheus import PrometheusController
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from zhuisu import certs
from zhuisu.auth import Conf, Db, Now, may
from zhuisu.db import pending_migrations, require_durability
from zhuisu.errors import Refusal


class Readiness(Struct, frozen=True, kw_only=True):
    """Each need of the service: "ok", or what is wrong with it."""

    database: str
    migrations: str
    keys: str


@get("/healthz", guards=[may()], summary="Alive", media_type="text/plain", sync_to_thread=False)
def healthz() -> str:
    """The process answers."""
    return "ok"


@get("/readyz", guards=[may()], summary="Ready to serve")
async def readyz(db: Db, settings: Conf, now: Now) -> Response[Readiness]:
    """200 when database, migrations and keys are all in order, else 503 with what is not."""
    state = {"database": "unknown", "migrations": "unknown", "keys": "unknown"}
    asked = "database"
    try:
        async with db.transaction() as conn:
            await require_durability(conn)
            state[asked], asked = "ok", "migrations"
            behind = await pending_migrations(conn)
            state[asked] = f"{len(behind)} pending; run `zhuisu migrate`" if behind else "ok"
            if not behind:
                asked = "keys"
                await certs.root(conn, settings, now)
                state[asked] = "ok"
    except Refusal as error:
        state[asked] = error.detail
    fine = set(state.values()) == {"ok"}
    return Response(Readiness(**state), status_code=200 if fine else 503)


class Metrics(PrometheusController):
    """The counters of ``zhuisu.web`` for Prometheus."""

    path = "/metrics"
    guards = [may()]  # noqa: RUF012  (Litestar's own attribute)
    include_in_schema = False


HANDLERS: list[ControllerRouterHandler] = [healthz, readyz, Metrics]
