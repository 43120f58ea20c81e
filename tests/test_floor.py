"""The floor: settings, migrations, named queries, durability, one owner a data directory."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

import zhuisu
from zhuisu import db as floor
from zhuisu import embedded
from zhuisu.db import Database, SchemaMismatch, UnsafeDatabase
from zhuisu.settings import BadSetting, from_env, with_master_key

PACKAGE = Path(zhuisu.__file__).resolve().parent


class TestSettings:
    def test_variables_are_read_and_options_win(self) -> None:
        settings = from_env({"ZHUISU_PORT": "9001", "ZHUISU_POOL_SIZE": "3"}, port=9002)
        assert (settings.port, settings.pool_size, settings.base) == (9002, 3, "http://localhost:9002")

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("ZHUISU_PORT", "http"),
            ("ZHUISU_BASE", "zs.example"),
            ("ZHUISU_MASTER_KEY", "abc"),
            ("ZHUISU_BASE", "ftp://x"),
        ],
    )
    def test_a_bad_value_is_named(self, name: str, text: str) -> None:
        with pytest.raises(BadSetting) as refused:
            from_env({name: text})
        assert refused.value.where == name

    def test_the_master_key_is_made_once_and_for_the_owner_only(self, tmp_path: Path) -> None:
        settings = from_env({}, data=tmp_path / "new")
        first = with_master_key(settings).master_key
        assert len(first) == 32
        assert with_master_key(settings).master_key == first
        assert (tmp_path / "new" / "master.key").stat().st_mode & 0o777 == 0o600


class TestMigrations:
    async def test_they_apply_once(self, database_url: str) -> None:
        conn = await asyncpg.connect(database_url)
        assert await floor.migrate(conn) == []
        await conn.close()

    async def test_an_edited_step_is_refused(self, database_url: str) -> None:
        conn = await asyncpg.connect(database_url)
        await conn.execute("update public.migration set digest = 'other' where number = 1")
        with pytest.raises(SchemaMismatch, match="migration 1"):
            await floor.migrate(conn)
        await conn.close()

    async def test_a_newer_database_is_refused(self, database_url: str) -> None:
        conn = await asyncpg.connect(database_url)
        await conn.execute("insert into public.migration (number, name, digest) values (9999, 'later', '')")
        with pytest.raises(SchemaMismatch, match="9999"):
            await floor.pending_migrations(conn)
        await conn.close()


class TestDurability:
    async def test_a_session_that_would_lose_records_is_refused(self, database_url: str) -> None:
        conn = await asyncpg.connect(database_url)
        await floor.require_durability(conn)
        await conn.execute("set synchronous_commit = off")
        with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
            await floor.require_durability(conn)
        await conn.close()


def own_queries() -> list[tuple[str, str, str]]:
    return [
        (path.parent.name, name, sql)
        for path in sorted(PACKAGE.glob("*/*.sql"))
        if path.parent.name != "migrations"
        for name, sql in floor.Queries(path)
    ]


@pytest.mark.parametrize(("area", "name", "sql"), [pytest.param(*q, id=f"{q[0]}.{q[1]}") for q in own_queries()])
async def test_every_named_query_fits_the_migrated_database(db: Database, area: str, name: str, sql: str) -> None:
    async with db.connection() as conn:
        await conn.prepare(sql)


LAYERS = ["parties", "products", "ledger", "certs", "scan chain epcis exchange"]


@pytest.mark.parametrize(("area", "name", "sql"), [pytest.param(*q, id=f"{q[0]}.{q[1]}") for q in own_queries()])
def test_a_room_writes_its_own_schema_and_reads_only_lower_ones(area: str, name: str, sql: str) -> None:
    written = set(re.findall(r"(?:insert into|update|delete from) (\w+)\.", sql))
    assert written <= {area}
    level = {room: n for n, rooms in enumerate(LAYERS) for room in rooms.split()}
    mentioned = {other for other in level if re.search(rf"\b{other}\.\w", sql)}
    assert all(level[other] < level[area] for other in mentioned - {area})


HOLD = """
import sys, time
from pathlib import Path
from zhuisu import embedded
with embedded.running(Path(sys.argv[1]), "the test's other process") as url:
    print(url, flush=True)
    time.sleep(60)
"""


class TestEmbedded:
    def test_one_owner_who_is_named_and_whose_death_ends_the_database(self, workspace: Path) -> None:
        data = workspace / "owned"
        with subprocess.Popen([sys.executable, "-c", HOLD, str(data)], stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            url = other.stdout.readline().strip()
            held = embedded.owner(data)
            assert held is not None
            assert (held.pid, held.url) == (other.pid, url)
            with (
                pytest.raises(embedded.DataDirectoryHeld, match="the test's other process"),
                embedded.running(data, "me"),
            ):
                pass
            with embedded.reach(data, "me") as reached:
                assert reached == url
            postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(other.pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while Path(f"/proc/{postmaster}/stat").exists() and time.monotonic() < end:
            if Path(f"/proc/{postmaster}/stat").read_text().split()[2] == "Z":
                break
            time.sleep(0.01)
        assert embedded.owner(data) is None
        with embedded.running(data, "me") as again:
            assert again == url

    def test_stop_without_an_owner_says_so(self, workspace: Path) -> None:
        assert embedded.stop(workspace / "nobody") is None
