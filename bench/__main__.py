"""``make bench [SCALE=1e5]``: one database that grows to SCALE events; at each decade from 1e5 on it is measured.

>>> python -m bench --scale 1e6 --only bulk                # one part, at 1e5 and at 1e6 events
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import uvloop
from msgspec import structs
from rich.console import Console
from rich.table import Table

from bench import (
    bulk,
    capture,
    codes,
    commits,
    crate,
    crypto,
    dictionary,
    documents,
    door,
    fill,
    hashes,
    http,
    paths,
    queries,
    wal,
    world,
)
from bench.figure import Figure, growth
from zhuisu import embedded, server
from zhuisu.settings import Settings

Part: TypeAlias = Callable[[Settings, int, Console], Coroutine[Any, Any, list[Figure]]]
Parts: TypeAlias = dict[str, Part]

ROOM = {"codes": codes.measure, "hashes": hashes.measure}
"""Parts that need no database."""
ONCE: Parts = {
    "crypto": crypto.measure,
    "documents": documents.measure,
    "dictionary": dictionary.measure,
}
"""Measured at the first decade …"""
EACH: Parts = {
    "bulk": bulk.measure,
    "door": door.measure,
    "wal": wal.measure,
    "crate": crate.measure,
    "paths": paths.measure,
    "queries": queries.measure,
    "commits": commits.measure,
}
"""… at each …"""
LAST: Parts = {"http": http.measure, "capture": capture.measure}
"""… and at the last."""

EVENT = 2_600
"""Bytes of disk that an event takes while it is written, its share of the log included."""
AROUND = 6 << 30


def main() -> None:
    words = argparse.ArgumentParser(prog="bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("--scale", type=float, default=1e5, help="events in the ledger at the last measurement")
    words.add_argument("--json", type=Path, help="write the figures here too")
    words.add_argument("--only", choices=[*ROOM, *ONCE, *EACH, *LAST], help="one part")
    given = words.parse_args()
    scale, console = int(given.scale), Console(width=None if sys.stdout.isatty() else 180)
    asked = {given.only} if given.only else {*ROOM, *ONCE, *EACH, *LAST}
    figures = [figure for name, measure in ROOM.items() if name in asked for figure in measure(console)]
    if figures:
        _print(console, "without a database", figures)
    if asked - ROOM.keys():
        _require_room(scale, words)
        figures += _with_database(_decades(scale), asked, console)
    if given.json:
        given.json.write_bytes(Figure.dump(figures))


def _decades(scale: int) -> list[int]:
    return [*(size for size in (10**n for n in range(5, 10)) if size < scale), scale]


def _require_room(scale: int, words: argparse.ArgumentParser) -> None:
    free, needed = shutil.disk_usage(tempfile.gettempdir()).free, scale * EVENT + AROUND
    if free < needed:
        words.error(f"{scale:,} events take about {needed >> 30} GB in {tempfile.gettempdir()}; {free >> 30} are free")


def _with_database(sizes: Sequence[int], asked: set[str], console: Console) -> list[Figure]:
    server.end_on_sigterm()  # whoever stops it gets the disk back
    workspace = Path(tempfile.mkdtemp(prefix="zhuisu-bench-"))
    try:
        settings = Settings(data=workspace / "data", master_key=bytes(32), base="http://localhost:8080")
        with embedded.running(settings.data, "make bench") as url:
            settings = settings.with_(database_url=url)
            server.migrate(settings)
            found: list[list[Figure]] = []
            lots = 0
            for size in sizes:
                uvloop.run(fill.fill(url, range(lots, world.lots(size)), datetime.now(UTC), console))
                lots = world.lots(size)
                figures: list[Figure] = []
                parts = {**(ONCE if size == sizes[0] else {}), **EACH, **(LAST if size == sizes[-1] else {})}
                for name, part in parts.items():
                    if name in asked:
                        figures += uvloop.run(part(settings, size, console))
                _print(console, f"{size:,} events", figures)
                found.append(figures)
            if len(sizes) > 1:
                table = Table("figure", *(f"{size:,}" for size in sizes), "growth", title="growth")
                for row in growth(sizes, found):
                    table.add_row(*row)
                console.print(table)
            return [
                structs.replace(figure, name=f"{figure.name} at {size:,} events")
                for size, figures in zip(sizes, found, strict=True)
                for figure in figures
            ]
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def _print(console: Console, title: str, figures: Sequence[Figure]) -> None:
    table = Table("figure", "measured", "limit", "of the limit", "limit is", title=title)
    for figure in figures:
        table.add_row(*figure.row())
    console.print(table)


if __name__ == "__main__":
    main()
