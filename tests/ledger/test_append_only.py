"""Who may do what in the database: the ledger is added to and never changed, and the reader reaches events only."""

import asyncpg
import pytest

from zhuisu import db as floor
from zhuisu.db import READER, SERVICE, Database, RolesMissing

DENIED = asyncpg.InsufficientPrivilegeError
SYSTEM = ("pg_catalog", "information_schema")
ADDED_TO = {"ledger", "scan"}
ADDED_TO_TOO = {
    *("certs.certificate", "certs.goods", "certs.revocation", "products.change"),
    *("epcis.subject", "epcis.statement", "epcis.naming"),
}
SET_UP_ONCE = {"ledger.salt", "public.migration"}
READ_FOR_CALLERS = {
    *("ledger.event", "parties.site", "parties.organisation", "products.product"),
    *("epcis.subject", "epcis.statement", "epcis.naming"),
}


async def tables(conn: asyncpg.Connection) -> list[str]:
    rows = await conn.fetch("select schemaname || '.' || tablename from pg_tables where schemaname <> all($1)", SYSTEM)
    return [r[0] for r in rows]


async def test_each_table_is_granted_as_its_kind_demands(database_url: str) -> None:
    conn = await asyncpg.connect(database_url)
    await conn.execute("create table ledger.later (id int); create table epcis.later (id int)")
    for table in await tables(conn):
        held = {
            (role, kind)
            for role in (SERVICE, READER)
            for kind in ("select", "insert", "update", "delete", "truncate", "references", "trigger")
            if await conn.fetchval("select has_table_privilege($1, $2, $3)", role, table, kind)
        }
        wanted = {(SERVICE, "select")}
        wanted |= set() if table in SET_UP_ONCE else {(SERVICE, "insert")}
        changed = table.partition(".")[0] not in ADDED_TO and table not in ADDED_TO_TOO | SET_UP_ONCE
        wanted |= {(SERVICE, "update"), (SERVICE, "delete")} if changed else set()
        wanted |= {(READER, "select")} if table in READ_FOR_CALLERS else set()
        assert held == wanted, table
    for role in (SERVICE, READER):
        owned = "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = $1"
        assert await conn.fetchval(owned, role) == 0
    await conn.close()


async def test_nothing_in_the_ledger_is_changed_even_by_its_owner(db: Database, database_url: str) -> None:
    owner = await asyncpg.connect(database_url)
    found = [table for table in await tables(owner) if table.startswith("ledger.")]
    assert {"ledger.event", "ledger.touch", "ledger.about", "ledger.salt"} <= set(found)
    async with db.connection() as service:
        assert await service.fetchval("select current_user") == SERVICE
        for table in found:
            column = await owner.fetchval(
                "select attname from pg_attribute where attrelid = $1::text::regclass order by attnum desc limit 1",
                table,
            )
            for change in (f"update {table} set {column} = {column}", f"delete from {table}", f"truncate {table}"):
                with pytest.raises(DENIED, match=f"permission denied for table {table.partition('.')[2]}"):
                    await service.execute(change)
                with pytest.raises(DENIED, match=f"{table} is append-only"):
                    await owner.execute(change)
        for also in ("alter table ledger.event disable row level security", "drop trigger append_only on ledger.event"):
            with pytest.raises(DENIED, match="must be owner"):
                await service.execute(also)
    await owner.close()


async def test_a_login_without_the_roles_is_told_what_to_run(database_url: str) -> None:
    owner = await asyncpg.connect(database_url)
    login = "zhuisu test login"
    await owner.execute(f'drop role if exists "{login}"; create role "{login}" login')
    try:
        await owner.execute(f'set session authorization "{login}"')
        with pytest.raises(RolesMissing) as refused:
            await floor.migrate(owner)
        await owner.execute("reset session authorization")
        assert refused.value.mend.endswith(f'run: grant {SERVICE} to "{login}"; grant {READER} to "{login}"')
        await owner.execute(refused.value.mend.partition("run: ")[2])
        await owner.execute(f'grant select on public.migration to "{login}"; set session authorization "{login}"')
        assert await floor.pending_migrations(owner) == []
        await owner.execute(f"set role {SERVICE}")
        assert await owner.fetchval("select count(*) from ledger.event") == 0
    finally:
        await owner.execute(f'reset session authorization; drop owned by "{login}"; drop role "{login}"')
        await owner.close()
