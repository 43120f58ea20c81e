"""Write what others rely on, from the code itself; ``--check`` writes nothing and fails where a file has drifted.

openapi.json       the HTTP interface            problems.json   every problem type, its title and status
certificate.json   the worked example            database.sql    the migrated database
"""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import asyncpg
import certificate  # beside this file

from zhuisu import db, embedded
from zhuisu.app import create_app
from zhuisu.errors import Refusal
from zhuisu.settings import Settings

HERE = Path(__file__).parent


def openapi() -> str:
    app = create_app(Settings(data=Path(), base="http://localhost:8080"))
    schema = app.openapi_schema.to_schema()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def problems() -> str:
    create_app(Settings(data=Path()))  # loads every room
    known = {
        kind.problem(): {"title": kind.title(), "title_zh": kind.zh, "status": kind.status} for kind in Refusal.family()
    }
    return json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def database() -> str:
    workspace = Path(tempfile.mkdtemp(prefix="zhuisu-schema-"))
    try:
        with embedded.running(workspace / "data", "schemas/generate.py") as url:
            asyncio.run(_migrated(url))
            command = [embedded.binary("pg_dump"), "--schema-only", "--no-owner", "--no-privileges", url]
            dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    kept = (line for line in dump.splitlines() if not re.match(r"--|SET |SELECT pg_catalog|\\(un)?restrict", line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() + "\n"


async def _migrated(url: str) -> None:
    conn = await asyncpg.connect(url)
    await db.migrate(conn)
    await conn.close()


FILES: dict[str, Callable[[], str]] = {
    "openapi.json": openapi,
    "problems.json": problems,
    "certificate.json": certificate.text,
    "database.sql": database,
}


def main() -> int:
    """Exit code 1 when ``--check`` found drift."""
    check = "--check" in sys.argv[1:]
    drifted = []
    for name, make in FILES.items():
        path, text = HERE / name, make()
        if not path.exists() or path.read_text("utf-8") != text:
            drifted.append(name)
            if not check:
                path.write_text(text, "utf-8")
    if drifted:
        print(f"{'drifted, run `python schemas/generate.py`' if check else 'written'}: {', '.join(drifted)}")
    return 1 if check and drifted else 0


if __name__ == "__main__":
    sys.exit(main())
