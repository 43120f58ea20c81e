"""``make bench [SCALE=1e5]``: fill a ledger with SCALE events, then measure against the raw limits beside them."""

import argparse
import shutil
import tempfile
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from bench import codes, crypto, http, ledger, tables
from bench.figure import Figure
from zhuisu import embedded, server
from zhuisu.settings import Settings


def main() -> None:
    words = argparse.ArgumentParser(prog="bench", description=__doc__)
    words.add_argument("--scale", type=float, default=1e5, help="events in the ledger before paths are measured")
    words.add_argument("--json", type=Path, help="write the figures here too")
    words.add_argument("--only", choices=["codes"], help="the part that needs no database")
    given = words.parse_args()
    console = Console()
    figures = codes.measure(console)
    if given.only != "codes":
        figures += _with_database(int(given.scale), console)
    table = Table("figure", "measured", "limit", "of the limit", "limit is", title=f"{int(given.scale):,} events")
    for figure in figures:
        table.add_row(*figure.row())
    console.print(table)
    if given.json:
        given.json.write_bytes(Figure.dump(figures))


def _with_database(scale: int, console: Console) -> list[Figure]:
    workspace = Path(tempfile.mkdtemp(prefix="zhuisu-bench-"))
    try:
        settings = Settings(data=workspace / "data", master_key=bytes(32), base="http://localhost:8080")
        with embedded.running(settings.data, "make bench") as url:
            settings = settings.with_(database_url=url)
            server.migrate(settings)
            figures: list[Figure] = []
            for part in (crypto.measure, ledger.measure, tables.measure, http.measure):
                figures += uvloop.run(part(settings, scale, console))
            return figures
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


if __name__ == "__main__":
    main()
