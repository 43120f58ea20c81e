"""The service as a running thing: database up, schema current, socket open, and all of it down again in order.

>>> with listening(from_env(os.environ)) as base:      # first answer is ready
...     httpx.get(f"{base}/healthz")
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

import asyncpg
import msgspec
import uvicorn
from litestar import Litestar
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from zhuisu import db, embedded
from zhuisu.app import create_app
from zhuisu.errors import Conflict, Unavailable
from zhuisu.settings import Settings, with_master_key

_HERE = {"127.0.0.1", "0.0.0.0", "::", "::1"}  # noqa: S104  (compared, not bound)
_HANDED_DOWN = "ZHUISU_WORKER_SETTINGS"

HTTP: dict[str, Any] = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
    "ws": "websockets-sansio",
}
"""How uvicorn serves."""


class PortTaken(Conflict):
    """The port is in use.

    Another program listens on this address. Choose another with ``--port``, or stop that program.
    """

    zh = "端口已被占用"


class NotStarted(Unavailable):
    """The service did not start.

    The reason stands in the log above.
    """

    zh = "服务未能启动"


@contextlib.contextmanager
def database(settings: Settings, purpose: str) -> Iterator[Settings]:
    """``settings`` with the URL of a migrated database, started here unless DATABASE_URL names one."""
    with contextlib.ExitStack() as stack:
        if not settings.database_url:
            settings = settings.with_(database_url=stack.enter_context(embedded.running(settings.data, purpose)))
        migrate(settings)
        yield settings


def migrate(settings: Settings) -> list[db.Migration]:
    """Bring the schema of ``settings.database_url`` up to date; the steps applied."""

    async def run() -> list[db.Migration]:
        async with (
            db.connect(settings.database_url, size=1, statement_timeout=0, role="none") as database,
            database.connection() as conn,
        ):
            return await db.migrate(conn)

    try:
        return asyncio.run(run())
    except (
        asyncpg.InterfaceError,  # an address that is none
        asyncpg.InvalidCatalogNameError,
        asyncpg.InvalidAuthorizationSpecificationError,
    ) as error:
        raise db.DatabaseAway(f"cannot connect: {error}", mend="see DATABASE_URL") from error


@contextlib.contextmanager
def listening(settings: Settings, purpose: str = "zhuisu serve") -> Iterator[str]:
    """Serve from a thread while the block runs; yields the address. Call from the main thread (see embedded)."""
    with contextlib.closing(_bind(settings)) as listener, database(with_master_key(settings), purpose) as ready:
        server = uvicorn.Server(_config(create_app(ready)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="http")
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise NotStarted("the application did not come up")
                thread.join(0.01)
            yield _address(listener)
        finally:
            server.should_exit = True
            thread.join()


def serve_workers(settings: Settings, tell: Callable[[str], None], purpose: str = "zhuisu serve") -> None:
    """Serve from ``settings.workers`` processes until told to end; the parent owns database and socket.

    ``tell`` gets the address: a connection made from then on waits until a worker is up. Raises NotStarted.
    """
    with contextlib.closing(_bind(settings)) as listener, database(with_master_key(settings), purpose) as ready:
        # Each worker counts into files here, and any of them answers /metrics for all.
        counters = ready.data / "metrics"
        shutil.rmtree(counters, ignore_errors=True)
        counters.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counters)
        os.environ[_HANDED_DOWN] = msgspec.json.encode(ready, enc_hook=str).decode()
        config = _config("zhuisu.server:worker", factory=True, workers=ready.workers)
        supervisor = Multiprocess(config, sockets=[listener])
        tell(_address(listener))
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise NotStarted("a worker did not come up")


def worker() -> Litestar:
    """The application of one worker process, with the settings its parent handed down."""
    # Nobody else ends the workers of a killed parent: they would hold its port, without a database.
    embedded.die_with_parent(signal.SIGTERM)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return create_app(msgspec.json.decode(os.environ.pop(_HANDED_DOWN), type=Settings, dec_hook=lambda t, v: t(v)))


def until_told() -> None:
    """Wait for SIGINT or SIGTERM."""
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


def end_on_sigterm() -> None:
    """Let SIGTERM unwind the stack, so that everything opened is closed in order."""

    def ending(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, ending)


def _bind(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise PortTaken(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    name = "localhost" if host in _HERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _config(app: Litestar | str, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(app, **HTTP, **more)
