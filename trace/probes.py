"""What those who run the service ask of it: is it alive, is it ready, how is it doing."""

from litestar import Response, get
from litestar.plugins.prometheus import PrometheusController
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from zhuisu.auth import Conf, Db, may
from zhuisu.db import DatabaseAway, SchemaMismatch, pending_migrations, require_durability
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
async def readyz(db: Db, settings: Conf) -> Response[Readiness]:
    """200 when database, migrations and keys are all in order, else 503 with what is not."""
    database, migrations = "ok", "unknown"
    try:
        async with db.connection() as conn:
            await require_durability(conn)
            behind = await pending_migrations(conn)
        migrations = f"{len(behind)} pending; run `zhuisu migrate`" if behind else "ok"
    except SchemaMismatch as error:
        migrations = error.detail
    except (DatabaseAway, Refusal) as error:
        database = error.detail
    ready = Readiness(database=database, migrations=migrations, keys="ok" if settings.master_key else "no master key")
    fine = all(value == "ok" for value in (ready.database, ready.migrations, ready.keys))
    return Response(ready, status_code=200 if fine else 503)


class Metrics(PrometheusController):
    """Counters for Prometheus."""

    path = "/metrics"
    guards = [may()]  # noqa: RUF012  (Litestar's own attribute)
    include_in_schema = False


HANDLERS: list[ControllerRouterHandler] = [healthz, readyz, Metrics]
