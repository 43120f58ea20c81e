"""The stored document as text and as jsonb: inserted, and read back."""

import time

from rich.console import Console

from bench.figure import Figure
from zhuisu import db
from zhuisu.settings import Settings

MOST = 20_000


async def measure(settings: Settings, _scale: int, console: Console) -> list[Figure]:
    console.print("documents …")
    found: dict[str, tuple[float, float, float]] = {}
    async with (
        db.connect(settings.database_url, size=1, statement_timeout=0, role="none") as owner,
        owner.connection() as conn,
    ):
        docs = [r["doc"] for r in await conn.fetch("select doc from ledger.event limit $1", MOST)]
        for kind in ("jsonb", "text"):
            await conn.execute(f"create table public.bench_doc (id serial primary key, doc {kind})")
            begin = time.perf_counter()
            await conn.execute(f"insert into public.bench_doc (doc) select unnest($1::text[])::{kind}", docs)
            spent = time.perf_counter() - begin
            size = await conn.fetchval("select pg_total_relation_size('public.bench_doc')")
            begin = time.perf_counter()
            await conn.fetch("select doc::text from public.bench_doc")
            found[kind] = len(docs) / spent, size / len(docs), len(docs) / (time.perf_counter() - begin)
            await conn.execute("drop table public.bench_doc")
    (rate, size, read), (limit, jsonb_size, jsonb_read) = found["text"], found["jsonb"]
    return [
        Figure(
            name="documents inserted as text",
            value=rate,
            unit="/s",
            limit=limit,
            bound="as jsonb",
            more=f"(n = {len(docs):,} in one statement; {size:,.0f} B each, as jsonb {jsonb_size:,.0f})",
        ),
        Figure(name="documents read back as text", value=read, unit="/s", limit=jsonb_read, bound="as jsonb"),
    ]
