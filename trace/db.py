"""PostgreSQL, thinly: one pool, transactions, named queries from ``.sql`` files, forward-only migrations.

>>> SQL = queries(__file__)                      # reads queries.sql beside the module
>>> async with db.transaction() as conn:         # BEGIN … COMMIT, or nothing
...     await conn.fetchrow(SQL.by_id, 7)
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from zhuisu.errors import Refusal, Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
"""What asyncpg raises when the server is not to be had; each is answered 503, never 500."""

SERVICE = "zhuisu_service"
"""The role that the service works as: it owns nothing, and may add to the ledger but not change it."""
READER = "zhuisu_reader"
"""The role that reads for a caller, who sees his own (zhuisu.ledger.rights)."""

MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class DatabaseAway(Unavailable):
    """The database does not answer.

    Nothing was stored. Repeat the same request after ``Retry-After`` seconds; it is recorded once, however often it is
    sent.
    """

    zh = "数据库暂时无法访问"


class UnsafeDatabase(Refusal):
    """The database would lose acknowledged records.

    ``fsync``, ``full_page_writes`` and ``synchronous_commit`` must be on: with any of them off, a record that was
    acknowledged can be gone after a power cut, and this service promises that it is not.
    """

    status = 503
    zh = "数据库设置不安全"


class RolesMissing(Refusal):
    """The login may not work in the roles of this service.

    The service works as ``zhuisu_service`` and reads for its callers as ``zhuisu_reader``, so that the database itself
    keeps the ledger append-only and one organisation's events from the eyes of another. `zhuisu migrate` makes both
    where the login of DATABASE_URL has CREATEROLE; elsewhere an administrator of the database makes them once.
    """

    status = 503
    zh = "数据库缺少所需角色"


class SchemaMismatch(Refusal):
    """The database and this version do not fit.

    A migration that was applied has been edited, or the database is ahead of this version. Install the version that
    wrote it; migrations only go forward.
    """

    status = 503
    zh = "数据库版本不符"


class Migration(NamedTuple):
    """One step of the schema: ``0002_ledger.sql`` has number 2 and name ``ledger``."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of its text: an applied step may not be edited."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


class Database:
    """The pool, and how one asks it for work."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", acquire_timeout: float) -> None:
        self.pool = pool
        self._acquire_timeout = acquire_timeout

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside any transaction. Raises DatabaseAway after the acquire timeout."""
        try:
            conn = await self.pool.acquire(timeout=self._acquire_timeout)
        except (TimeoutError, asyncpg.InterfaceError, *AWAY) as error:
            raise DatabaseAway(f"no database connection within {self._acquire_timeout:g} s") from error
        try:
            yield conn
        finally:
            await self.pool.release(conn)

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[Connection]:
        """A transaction: committed when the block ends, rolled back when it raises.

        A read-only one is repeatable read: all its statements see one state.
        """
        isolation: Any = "repeatable_read" if read_only else "read_committed"
        async with self.connection() as conn, conn.transaction(isolation=isolation, readonly=read_only):
            yield conn


@asynccontextmanager
async def connect(
    url: str, *, size: int = 8, acquire_timeout: float = 2.0, statement_timeout: float = 30.0, role: str = SERVICE
) -> AsyncIterator[Database]:
    """The pool for ``url``, closed at the end; ``role`` "none" is the login itself, which owns the tables.

    Raises DatabaseAway, RolesMissing, UnsafeDatabase.
    """
    settings = {
        "application_name": "zhuisu",
        # Outside transaction() too: interning looks again for what others have committed meanwhile.
        "default_transaction_isolation": "read committed",
        "plan_cache_mode": "force_generic_plan",
        "jit": "off",
        "statement_timeout": f"{int(statement_timeout * 1000)}",
        "idle_in_transaction_session_timeout": "60000",
        "role": role,
    }
    try:
        pool = await asyncpg.create_pool(
            url, min_size=min(2, size), max_size=size, timeout=10, server_settings=settings, init=_warm, reset=_reset
        )
    except AWAY as error:
        raise DatabaseAway(f"cannot connect: {error}", mend="see `zhuisu db status` or DATABASE_URL") from error
    except (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError) as error:
        login = await asyncpg.connect(url)
        try:
            raise await _roles_missing(login, error) from error
        finally:
            await login.close()
    try:
        async with pool.acquire() as conn:
            await require_durability(conn)
        yield Database(pool, acquire_timeout)
    finally:
        try:
            await asyncio.wait_for(pool.close(), timeout=5)
        except TimeoutError:
            pool.terminate()


async def _roles_missing(conn: Connection, error: Exception) -> RolesMissing:
    login = await conn.fetchval("select quote_ident(session_user)")
    here = {r["rolname"] for r in await conn.fetch("select rolname from pg_roles")}
    wanted = [f"grant {r} to {login}" if r in here else f"create role {r} role {login}" for r in (SERVICE, READER)]
    return RolesMissing(str(error), mend=f"let an administrator of the database run: {'; '.join(wanted)}")


async def require_durability(conn: Connection) -> None:
    """Raises UnsafeDatabase, naming each setting that would let an acknowledged record be lost."""
    off = [name for name in MUST_BE_ON if await conn.fetchval(f"show {name}") == "off"]
    if off:
        raise UnsafeDatabase(f"{', '.join(off)} is off", mend="set it to on in postgresql.conf and reload")


async def _warm(conn: Connection) -> None:
    # asyncpg asks the catalogue for each array type at its first use, 14 ms on a fresh connection: pay it here.
    await conn.fetchval("select $1::uuid[], $2::text[], $3::bigint[]", [], [], [])


async def _reset(conn: Connection) -> None:
    # asyncpg would send RESET ALL after each use, a round trip; nothing here leaves anything in a session.
    if conn.is_in_transaction():
        await conn.reset()


class Queries:
    """The named statements of one ``.sql`` file, as attributes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sql = dict(_named(path))

    def __getattr__(self, name: str) -> str:
        try:
            return self._sql[name]
        except KeyError:
            raise AttributeError(f"{self.path} has no query named {name}") from None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._sql.items())


async def rows_for(conn: Connection, sql: str, keys: Iterable[Any], *rest: Any) -> list[asyncpg.Record]:
    """The rows of a statement that takes a list of keys first; for no keys none, without a round trip."""
    asked = list(keys)
    return await conn.fetch(sql, asked, *rest) if asked else []


def queries(module: str, name: str = "queries.sql") -> Queries:
    """The named queries beside ``module`` (its ``__file__``)."""
    return Queries(Path(module).with_name(name))


def _named(path: Path) -> Iterator[tuple[str, str]]:
    seen = set()
    for block in re.split(r"(?m)^-- name: ", path.read_text("utf-8"))[1:]:
        name, _, rest = block.partition("\n")
        if name in seen:
            raise ValueError(f"{path} names {name} twice")
        seen.add(name)
        yield name, re.sub(r"(?m)^--.*\n", "", rest).strip().removesuffix(";")


def migrations() -> list[Migration]:
    """All steps this version knows, in order."""
    return sorted(
        Migration(int(named[1]), named[2], file.read_text("utf-8"))
        for file in resources.files("zhuisu.migrations").iterdir()
        if (named := re.fullmatch(r"(\d{4})_(\w+)\.sql", file.name))
    )


async def migrate(conn: Connection) -> list[Migration]:
    """Apply what is missing, each step in its own transaction, one process at a time. Returns the steps applied.

    ``conn`` is the login itself, which will own what is made. Raises SchemaMismatch when an applied step was edited or
    the database knows a step that this version does not, RolesMissing.
    """
    await conn.execute("select pg_advisory_lock(hashtext('zhuisu migrations'))")
    try:
        await _make_roles(conn)
        await conn.execute(
            "create table if not exists public.migration"
            " (number int primary key, name text not null, digest text not null,"
            " applied timestamptz not null default now())"
        )
        pending = await pending_migrations(conn)
        for step in pending:
            async with conn.transaction():
                await conn.execute(step.sql)
                await conn.execute(
                    "insert into public.migration (number, name, digest) values ($1, $2, $3)",
                    step.number,
                    step.name,
                    step.digest,
                )
        return pending
    finally:
        await conn.execute("select pg_advisory_unlock(hashtext('zhuisu migrations'))")


async def _make_roles(conn: Connection) -> None:
    try:
        async with conn.transaction():
            await conn.execute(resources.files("zhuisu.migrations").joinpath("roles.sql").read_text("utf-8"))
    except asyncpg.InsufficientPrivilegeError as error:
        raise await _roles_missing(conn, error) from error


async def pending_migrations(conn: Connection) -> list[Migration]:
    """The steps not yet applied. Raises SchemaMismatch."""
    if await conn.fetchval("select to_regclass('public.migration')") is None:
        return migrations()
    applied = {r["number"]: r["digest"] for r in await conn.fetch("select number, digest from public.migration")}
    known = {step.number: step for step in migrations()}
    if ahead := sorted(applied.keys() - known.keys()):
        raise SchemaMismatch(f"the database has migration {ahead[-1]}, this version ends at {max(known, default=0)}")
    for number, digest in applied.items():
        if known[number].digest != digest:
            raise SchemaMismatch(f"migration {number} ({known[number].name}) was edited after it was applied")
    return [step for number, step in known.items() if number not in applied]
