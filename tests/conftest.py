"""The floor of every test: one real PostgreSQL a session, one migrated template, one clone of it a test."""

import asyncio
import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from litestar import Litestar

from tests.environment import NotToBeHad, python_with
from zhuisu import db as floor
from zhuisu import embedded
from zhuisu.settings import Settings

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
CONFORMANCE = Path(__file__).parents[1].parent / "shared" / "conformance"


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Folder of the published vectors."""
    if not CONFORMANCE.is_dir():
        pytest.skip("the published vectors are not beside this checkout (../shared/conformance)")
    return CONFORMANCE


@pytest.fixture(scope="session")
def environment(request: pytest.FixtureRequest) -> Callable[[Path], Path]:
    """Gives the Python of an environment with pinned libraries, kept between runs; skips where they are not to be had."""

    def found(pins: Path) -> Path:
        try:
            return python_with(pins, Path(request.config.cache.mkdir("environments")))
        except NotToBeHad as error:
            pytest.skip(f"{pins.parent.parent.name}'s judges cannot be had here: {error}")

    return found


@pytest.fixture(scope="session")
def workspace() -> Iterator[Path]:
    """A directory that the database's account may enter too (pytest's own is closed to it)."""
    path = Path(tempfile.mkdtemp(prefix="zhuisu-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url(workspace: Path) -> Iterator[str]:
    """A PostgreSQL: the one TEST_DATABASE_URL names, else an embedded one of this session."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with embedded.running(workspace / "session", "the test session") as url:
        yield url


@pytest.fixture(scope="session")
async def template(server_url: str) -> AsyncIterator[str]:
    """Name of a migrated database from which each test's is cloned."""
    name = f"zhuisu_template_{os.getpid()}"
    admin = await asyncpg.connect(server_url)
    await admin.execute(f"create database {name}")
    conn = await asyncpg.connect(server_url, database=name)
    await floor.migrate(conn)
    await conn.close()
    yield name
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


_numbers = itertools.count()


@contextlib.asynccontextmanager
async def cloned(server_url: str, template: str) -> AsyncIterator[str]:
    admin = await asyncpg.connect(server_url)
    name = f"zhuisu_{os.getpid()}_{next(_numbers)}"
    try:
        await admin.execute(f"create database {name} template {template}")
        yield _on(server_url, name)
    finally:
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.close()


def _on(server_url: str, database: str) -> str:
    head, _, query = server_url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")


@pytest.fixture
async def database_url(server_url: str, template: str) -> AsyncIterator[str]:
    """URL of this test's own migrated, empty database."""
    async with cloned(server_url, template) as url:
        yield url


@pytest.fixture
def settings(database_url: str, workspace: Path) -> Settings:
    return Settings(data=workspace, database_url=database_url, master_key=bytes(range(32)), base="http://zs.example")


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[floor.Database]:
    async with floor.connect(settings.database_url, size=4) as database:
        yield database


@pytest.fixture
def now() -> datetime:
    return NOW


@contextlib.asynccontextmanager
async def served(settings: Settings, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the real application; its clock stands at ``now``."""
    app = _idle.pop() if _idle else _built()
    app.state.settings, app.state.clock = settings, lambda: now
    up, done = asyncio.Event(), asyncio.Event()

    async def live() -> None:  # the lifespan must begin and end in one task, a fixture's halves run in two
        async with app.lifespan():
            up.set()
            await done.wait()

    life = asyncio.create_task(live())
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait({life, waiting}, return_when=asyncio.FIRST_COMPLETED)
    try:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=settings.base) as http:
            yield http
    finally:
        done.set()
        await life
        _idle.append(app)


_idle: list[Litestar] = []  # building one takes as long as a test, and starting one reads all that differs


def _built() -> Litestar:
    from zhuisu.app import create_app

    return create_app(Settings(data=Path()))


@pytest.fixture
async def client(settings: Settings, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the real application on this test's database; its clock stands at ``now``."""
    async with served(settings, now) as http:
        yield http


@pytest.fixture
async def admin(db: floor.Database, now: datetime) -> dict[str, str]:
    """Headers of an administrator's API key."""
    from zhuisu.parties import first_key

    return {"Authorization": f"Bearer {(await first_key(db, now)).key}"}
