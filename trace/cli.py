"""The command line: parse the words, call one verb, print the answer.

Exit codes: 0 done, 1 refused (the reason on stderr), 2 wrong words or not there yet; `verify` has one a verdict.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import httpx
import msgspec
import rich_click as click
from rich.cells import set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

import zhuisu
from zhuisu import certs, db, embedded, events, parties, problems, server
from zhuisu.app import utc_now
from zhuisu.codes import Code
from zhuisu.codes.explain import FAMILIES, LEVELS, Part, explain
from zhuisu.codes.several import Reading, read_all
from zhuisu.codes.text import Words
from zhuisu.demo import world
from zhuisu.errors import Refusal
from zhuisu.pages.language import Lang, name, term
from zhuisu.products.reading import Read
from zhuisu.settings import Settings, from_env, with_master_key

out = Console()
err = Console(stderr=True)
_WIDE = 100  # columns; a narrower terminal has no room for clauses
_COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "red")

data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Data directory; ZHUISU_DATA, else the user's own."
)
base_option = click.option(
    "--base", envvar="ZHUISU_BASE", default="http://localhost:8080", show_default=True, help="Address of the service."
)
key_option = click.option("--key", envvar="ZHUISU_KEY", help="API key; or ZHUISU_KEY.", default="")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def main() -> None:
    """Entry point of the console script."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except Refusal as error:
        _fail(error.title(), error.detail, error.mend)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        _fail("No answer", str(error), "start the service with `zhuisu serve`, or name it with --base")
    except OSError as error:
        _fail(error.strerror or str(error), str(error.filename or ""))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(zhuisu.__version__)
def cli() -> None:
    """Zhuisu 追溯: issue a certificate as a signed QR code, scan goods in and out, trace a code to its origin."""


def serving_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--data --host --port --base``, as settings."""

    @data_option
    @click.option("--host", help="Address to listen on; 127.0.0.1 by default.")
    @click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 8080 by default.")
    @click.option("--base", help="Public address that stands in QR codes; http://localhost:PORT by default.")
    @wraps(function)
    def with_settings(data: Path | None, host: str | None, port: int | None, base: str | None, **rest: Any) -> Any:
        settings = from_env(os.environ, data=data, host=host, port=port, base=base)
        logging.getLogger("zhuisu").setLevel(settings.log_level.upper())
        return function(settings, **rest)

    return with_settings


@cli.command()
@serving_options
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer; 1 by default.")
@json_option
def serve(settings: Settings, workers: int | None, *, as_json: bool) -> None:
    """Start the database, bring its schema up to date, and serve until told to end."""

    def tell(address: str) -> None:
        words = f"zhuisu {zhuisu.__version__} serves at {address}  (data in {settings.data})"
        _print({"base": address, "data": settings.data} if as_json else words, as_json=as_json)
        sys.stdout.flush()

    server.end_on_sigterm()
    settings = settings.with_(workers=workers or settings.workers)
    if settings.workers > 1:
        server.serve_workers(settings, tell)
        return
    with server.listening(settings) as address:
        tell(address)
        server.until_told()


@cli.command()
@serving_options
@click.option("--once", is_flag=True, help="Fill the directory, print what there is, and end.")
def demo(settings: Settings, *, once: bool) -> None:
    """Fill an empty data directory with a small fictitious district, then serve it."""
    server.end_on_sigterm()
    with server.listening(settings, "zhuisu demo") as address:
        world.show(world.fill(settings, address), out)
        if not once:
            server.until_told()


@cli.command()
@data_option
@json_option
def migrate(data: Path | None, *, as_json: bool) -> None:
    """Bring the database's schema up to date."""
    with _reached(data, "zhuisu migrate") as settings:
        steps = [f"{step.number:04d} {step.name}" for step in server.migrate(settings)]
    _print(steps if as_json else "\n".join(steps) or "nothing to do", as_json=as_json)


@cli.command()
@data_option
@click.option("--signing", type=click.Path(path_type=Path), help="Make a signing key instead, and write its PEM here.")
@click.option("--uscc", default=parties.PLATFORM, show_default=True, help="USCC of the platform's own organisation.")
@click.option("--name", default="zhuisu", show_default=True, help="Its name.")
@json_option
def keygen(data: Path | None, signing: Path | None, uscc: str, name: str, *, as_json: bool) -> None:
    """Make an administrator's API key, shown once; further keys are made over HTTP with it."""

    async def administrator(settings: Settings) -> parties.MintedKey:
        async with db.connect(settings.database_url, size=1) as database:
            return await parties.first_key(database, utc_now(), uscc=uscc, name=name)

    if signing:
        pem, key = certs.keygen()
        with os.fdopen(os.open(signing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        made = {"kid": key.public.kid.hex(), "cose_key": key.public.cose.hex(), "file": str(signing)}
        _print(made if as_json else f"{signing}: key {made['kid']}", as_json=as_json)
        return
    with _reached(data, "zhuisu keygen") as settings:
        server.migrate(settings)
        minted = asyncio.run(administrator(settings))
    _print(minted if as_json else minted.key, as_json=as_json)


@cli.command()
@click.argument("file", type=click.File("rb"))
@click.option("--svg", type=click.Path(path_type=Path), help="Write the QR symbol here.")
@base_option
@key_option
@json_option
def issue(file: Any, svg: Path | None, base: str, key: str, *, as_json: bool) -> None:
    """Issue the certificate that FILE (JSON, - for standard input) orders; prints its URL."""
    with _http(base, key) as http:
        issued = _answer(http.post("/certs", content=file.read(), headers={"Content-Type": "application/json"}))
        if svg:
            svg.write_bytes(_granted(http.get(f"/certs/{issued['id']}.svg")).content)
    _print(issued if as_json else issued["url"], as_json=as_json)


@cli.command()
@click.argument("what")
@click.option("--trust", type=click.Path(exists=True, path_type=Path), help="Trust-list file; without it, ask --base.")
@click.option("--status", type=click.Path(exists=True, path_type=Path), help="Status-list file.")
@base_option
@json_option
def verify(what: str, trust: Path | None, status: Path | None, base: str, *, as_json: bool) -> None:
    """Check a certificate: its URL, its digits, or a photo of its QR code; offline with --trust."""
    verdict = certs.verify_offline(what, trust, status, base=base, now=utc_now())
    _print(verdict if as_json else certs.in_words(verdict), as_json=as_json)
    sys.exit(certs.EXIT[verdict.state])


@cli.command()
@click.argument("texts", nargs=-1, required=True)
@click.option("--lang", type=click.Choice(list(Lang)), help="Language of the words; that of the terminal by default.")
@json_option
def parse(texts: tuple[str, ...], lang: str | None, *, as_json: bool) -> None:
    """Show what codes are, part by part: TEXTS, or the lines of standard input (-).

    The JSON is that of POST /codes/parse. Exit code 1 when any was refused.
    """
    piped = sys.stdin.buffer.read().decode(errors="replace") if "-" in texts else ""
    found = read_all("\n".join(piped if text == "-" else text for text in texts))
    if as_json:
        _print({"readings": [_reading(one) for one in found]}, as_json=True)
    else:
        said = Lang(lang) if lang else _terminal_language()
        for number, one in enumerate(found):
            if number:
                out.print()
            _show_reading(said, one, alone=len(found) == 1)
    sys.exit(1 if any(one.refusal for one in found) else 0)


@cli.command("hash")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def hash_(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Print the CBV 2.0 hash id of each event in FILES, JSON or XML."""
    ids = [name for file in files for name in _hash_ids(file.read_bytes())]
    _print(ids if as_json else "\n".join(ids), as_json=as_json)


def _hash_ids(body: bytes) -> Iterator[str]:
    if not events.is_xml(body):
        ignore = events.ignored(body)
        yield from (events.hash_id(event, ignore) for event in events.read(body))
        return
    about, found = events.open_xml(body)
    for event in found:
        if isinstance(event, events.BadEvent):
            raise event
        yield events.hash_id(event, about.ignored)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@base_option
@key_option
@json_option
def capture(files: tuple[Path, ...], base: str, key: str, *, as_json: bool) -> None:
    """Send EPCIS documents to a service, each whole or not at all."""
    jobs: list[dict[str, Any]] = []
    refused = 0
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
        console=err,
    )
    with _http(base, key) as http, bar:
        task = bar.add_task("capture", total=len(files))
        for file in files:
            answer = http.post(
                "/epcis/capture", content=file.read_bytes(), headers={"Content-Type": "application/json"}
            )
            if answer.is_success:
                jobs.append({"file": str(file), "job": answer.headers["Location"]})
            else:
                refused += 1
                problem = _problem(answer)
                jobs.append({"file": str(file), "problem": problem})
                words = escape(f"{file}: {problem['title']}: {problem['detail']}")
                bar.console.print(f"[red]{words}[/]", highlight=False, soft_wrap=True)
            bar.advance(task)
    _print(jobs if as_json else f"{len(files) - refused} captured, {refused} refused", as_json=as_json)
    sys.exit(1 if refused else 0)


@cli.command()
@click.argument("code")
@click.option("--forward", is_flag=True, help="Who holds it now, instead of where it came from.")
@click.option("--at", help="As of this time, as 2026-06-01T08:00:00+08:00.")
@base_option
@key_option
@json_option
def trace(code: str, at: str | None, base: str, key: str, *, forward: bool, as_json: bool) -> None:
    """Show the path of CODE."""
    query = {"direction": "forward" if forward else "back"} | ({"at": at} if at else {})
    with _http(base, key) as http:
        path = _answer(http.get(f"/chain/{quote(code, safe='')}", params=query))
    if as_json:
        _print(path, as_json=True)
        return
    _show_path(path)


@cli.command()
@click.argument("code")
@click.option("--drill", is_flag=True, help="Touch nobody.")
@json_option
def recall(code: str, *, drill: bool, as_json: bool) -> NoReturn:
    """Recall everything a code reached. NOT THERE YET: `zhuisu trace CODE --forward` lists the holders meanwhile."""
    del code, drill, as_json
    raise click.UsageError("recall is not there yet; `zhuisu trace CODE --forward` lists who holds it now")


@cli.group("products")
def products_() -> None:
    """What goods are called: in from a sheet, out as one."""


@products_.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, store nothing.")
@click.option("--partial", is_flag=True, help="Store the good rows even when others have faults.")
@click.option("--as", "owner", default="", metavar="USCC", help="Who shall hold the products; for administrators.")
@base_option
@key_option
@json_option
def import_(file: Path, owner: str, base: str, key: str, *, dry_run: bool, partial: bool, as_json: bool) -> None:
    """Register the products in FILE (xlsx, csv, json); exit code 1 when rows have faults."""
    query: dict[str, str | bool] = {"name": file.name, "owner": owner, "dry_run": dry_run, "partial": partial}
    with _http(base, key) as http:
        answer = http.post("/products/import", params=query, content=file.read_bytes())
    report = answer.json() if answer.is_success else _problem(answer)
    if "faults" not in report:
        _granted(answer)
    if as_json:
        _print(report, as_json=True)
    else:
        _show_import(report, dry_run=dry_run)
    sys.exit(1 if report["faults"] else 0)


@products_.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--owner", default="", metavar="USCC", help="Only the products of this organisation.")
@base_option
@key_option
@json_option
def export(file: Path, owner: str, base: str, key: str, *, as_json: bool) -> None:
    """Write the registered products to FILE; its suffix (.xlsx, .csv, .json) says in which form."""
    with _http(base, key) as http:
        query = {"form": file.suffix.removeprefix(".").lower() or "xlsx", "owner": owner}
        file.write_bytes(_granted(http.get("/products/export", params=query)).content)
    _print({"file": file} if as_json else f"{file}", as_json=as_json)


@cli.group("db")
def db_() -> None:
    """The bundled database: who holds it, stop it, copy it."""


@db_.command()
@data_option
@json_option
def status(data: Path | None, *, as_json: bool) -> None:
    """Say who holds the data directory. Exit code 1 when nobody does."""
    settings = from_env(os.environ, data=data)
    held = embedded.owner(settings.data)
    words = f"held by {held.purpose}, process {held.pid}" if held else "not running"
    _print({"data": settings.data, "owner": held} if as_json else f"{settings.data}: {words}", as_json=as_json)
    sys.exit(0 if held else 1)


@db_.command()
@data_option
@json_option
def stop(data: Path | None, *, as_json: bool) -> None:
    """End the service that holds the data directory, and its database with it."""
    settings = from_env(os.environ, data=data)
    held = embedded.stop(settings.data)
    words = f"stopped {held.purpose}, process {held.pid}" if held else "nothing was running"
    _print({"data": settings.data, "stopped": held} if as_json else words, as_json=as_json)


@db_.command()
@click.argument("target", type=click.Path(path_type=Path))
@data_option
@json_option
def backup(target: Path, data: Path | None, *, as_json: bool) -> None:
    """Copy the running or resting database to TARGET (a new directory), consistent, without stopping it."""
    if target.exists():
        raise click.UsageError(f"{target} exists; name a directory that does not")
    with _reached(data, "zhuisu db backup") as settings:
        work = target.with_name(f".{target.name}.part")
        command: list[str | Path] = [
            embedded.binary("pg_basebackup"),
            "-d",
            settings.database_url,
            "-D",
            work,
            "-X",
            "stream",
            "-c",
            "fast",
        ]
        done = subprocess.run(command, check=False)
        if done.returncode:
            shutil.rmtree(work, ignore_errors=True)
            raise embedded.DatabaseStartFailed(f"pg_basebackup ended with {done.returncode}")
        work.rename(target)
    key = settings.data / "master.key"
    words = f"copied to {target}; the master key is not in it: keep {key} apart"
    _print({"backup": target, "master_key": key} if as_json else words, as_json=as_json)


@contextlib.contextmanager
def _reached(data: Path | None, purpose: str) -> Iterator[Settings]:
    settings = from_env(os.environ, data=data)
    if settings.database_url:
        yield with_master_key(settings)
        return
    with embedded.reach(settings.data, purpose) as url:
        yield with_master_key(settings.with_(database_url=url))


def _http(base: str, key: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=base, headers=headers, timeout=60)


def _answer(response: httpx.Response) -> Any:
    """What a service answers in JSON. Raises Refusal with what it says when it declines."""
    return _granted(response).json()


def _granted(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    problem = _problem(response)
    raise Refusal(f"{problem['title']}: {problem['detail']}", mend=problem.get("mend", ""))


def _problem(response: httpx.Response) -> dict[str, Any]:
    """The problem object (RFC 9457 §3.1); made up where whoever answers is not the service, as a proxy."""
    made_up = {"title": f"{response.status_code} {response.reason_phrase}", "detail": f"from {response.url}"}
    try:
        return made_up | msgspec.json.decode(response.content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError):
        return made_up


def _fail(title: str, detail: str, mend: str = "") -> NoReturn:
    _complain(title, detail, mend)
    sys.exit(1)


def _complain(title: str, detail: str, mend: str) -> None:
    err.print(f"[bold red]{escape(title)}[/]: {escape(detail)}", highlight=False, soft_wrap=True)
    if mend:
        err.print(f"  → {mend}", highlight=False, markup=False, soft_wrap=True)


def _print(value: Any, *, as_json: bool) -> None:
    if as_json:
        encoded = msgspec.json.encode(value, enc_hook=str)
        sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")
    else:
        out.print(value, highlight=False, markup=False, soft_wrap=True)


def _terminal_language() -> Lang:
    """Chinese where the terminal is Chinese (POSIX locale variables, the first that is set), else English."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return Lang.zh if locale.lower().startswith("zh") else Lang.en


def _reading(one: Reading) -> Read:
    return Read(
        text=one.text,
        line=one.line,
        joined=one.joined,
        same_as=msgspec.UNSET if one.same_as is None else one.same_as,
        code=one.code or msgspec.UNSET,
        parts=explain(one.code) if one.code else msgspec.UNSET,
        problem=problems.of(one.refusal, "/codes/parse") if one.refusal else msgspec.UNSET,
    )


def _show_reading(lang: Lang, one: Reading, *, alone: bool) -> None:
    if one.refusal:
        if not alone:
            err.print(f"{one.line}: {_visible(one.text)}", style="bold", highlight=False, markup=False, soft_wrap=True)
        _show_refusal(lang, one.refusal)
    if one.code:
        _show_code(lang, one.code)
    if one.same_as is not None:
        words = {Lang.zh: f"与第 {one.same_as + 1} 个相同", Lang.en: f"the same as number {one.same_as + 1}"}
        out.print(words[lang], style="yellow")


def _show_refusal(lang: Lang, refusal: Refusal) -> None:
    if lang is Lang.zh and refusal.detail_zh:
        _complain(refusal.zh, refusal.detail_zh, refusal.mend_zh)
    else:
        _complain(refusal.title(), refusal.detail, refusal.mend)


def _show_code(lang: Lang, code: Code) -> None:
    """The code in colours, beneath it what each colour is, then what all of it says."""
    picture = Text()
    rows = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    rows.add_column(overflow="fold")
    for number, part in enumerate(explain(code)):
        colour = _COLOURS[number % len(_COLOURS)]
        picture.append(_visible(part.text), style=f"bold {colour}")
        _add_part(lang, rows, part, colour)
    out.print(picture, soft_wrap=True)
    out.print(rows)
    for fact, value in _facts(lang, code):
        out.print(Text.assemble((set_cell_size(name(lang, fact), 11), "dim"), _visible(value)), soft_wrap=True)


def _add_part(lang: Lang, rows: Table, part: Part, colour: str, depth: int = 0) -> None:
    text = Text("  " * depth + _visible(part.text), style=colour)
    called = Text.assemble(name(lang, part.name), (f" {part.udi.upper()}", "dim") if part.udi else "")
    means = Text(name(lang, part.means) if part.means else "")
    rows.add_row(text, called, means, Text(part.rule if out.width >= _WIDE else "", style="dim"))
    for inner in part.parts:
        _add_part(lang, rows, inner, colour, depth + 1)


def _facts(lang: Lang, code: Code) -> Iterator[tuple[Words, str]]:
    """What the code is and says besides, as far as it does."""
    said = {
        Words("规范形式", "canonical"): code.canonical,
        Words("种类", "family"): name(lang, FAMILIES[code.family]),
        Words("层级", "level"): name(lang, LEVELS[code.level]),
        Words("批号", "lot"): code.lot,
        Words("序列号", "serial"): code.serial,
        Words("生产日期", "produced"): code.production,
        Words("有效期至", "expires"): code.expiry,
        Words("净重 kg", "net kg"): code.weight_kg,
        Words("数量", "count"): code.count,
        Words("已修正", "mended"): "；".join(term(lang, "mended", fault) for fault in code.mended),
        Words("存疑", "doubtful"): "；".join(term(lang, "doubt", doubt) for doubt in code.doubts),
        Words("也可能是", "or else"): "  ".join(code.also),
    }
    return ((fact, str(value)) for fact, value in said.items() if value not in {None, ""})


def _visible(text: str) -> str:
    """Text without what would move a terminal's cursor or turn its words round."""
    return "".join(c if c.isprintable() else "␝" if c == "\x1d" else "�" for c in text)


def _local(time: str, offset: str) -> str:
    """An event's time on its own clock, to the minute."""
    shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    local = datetime.fromisoformat(time) + (-shift if offset.startswith("-") else shift)
    return f"{local:%Y-%m-%d %H:%M}"


def _place(path: dict[str, Any], uri: str | None) -> str:
    """A place by name; a redacted one by what it is and the division it lies in."""
    site = path["sites"].get(uri) or {}
    return site.get("name") or " ".join(filter(None, (site.get("kind"), site.get("division")))) or uri or ""


def _show_import(report: dict[str, Any], *, dry_run: bool) -> None:
    for fault in report["faults"]:
        column, value, expected = fault["column"] or "the row", fault["value"], fault["expected"]
        words = f"row {fault['row']}, {column}: {value!r}: expected {expected['en']}  {expected['zh']}"
        err.print(f"[red]{escape(words)}[/]", highlight=False, soft_wrap=True)
    if report["more_faults"]:
        err.print(f"and {report['more_faults']} more faults", highlight=False)
    counts = ", ".join(f"{report[name]} {name}" for name in ("new", "changed", "same", "refused"))
    outcome = "stored" if report["stored"] else "dry run" if dry_run else "nothing stored"
    _print(f"{outcome}: {counts}", as_json=False)


def _goods(node: dict[str, Any]) -> str:
    """What the goods of a code are called, "" where nobody registered it."""
    lot = f", lot {node['lot']}" if node["lot"] else ""
    return f"{node['name']} {node['specification']}".rstrip() + lot if node["name"] else ""


def _show_path(path: dict[str, Any]) -> None:
    line = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    inside: list[str] = []
    for hop in path["hops"]:
        degrees = hop["temperature"]
        measured = f"  {degrees['min']:g}…{degrees['max']:g} °C" if degrees else ""
        place = escape(_place(path, hop["site"]))
        line.add_row(_local(hop["time"], hop["offset"]), escape(hop["step"]), place + measured)
        if hop["via"] in {"item", "container"} and inside != (inside := hop["containers"]) and inside:
            boxes = " › ".join(path["codes"][uri]["label"] or uri for uri in inside)
            line.add_row("", "", "in " + escape(boxes), style="dim")
    out.print(path["code"]["text"], style="bold", highlight=False, markup=False, soft_wrap=True)
    if goods := _goods(path["codes"][path["code"]["canonical"]]):
        _print(goods, as_json=False)
    out.print(line)
    for held in path["holders"]:
        amount = held["items"] or f"{held['quantity'] or '?'} {held['uom'] or ''}".strip()
        _print(f"{held['state']}: {amount} · {_place(path, held['site'])}", as_json=False)
    for finding in path["findings"]:
        said = escape(f"{finding['text']['zh']}  {finding['text']['en']}")
        out.print(f"[bold]{finding['severity']}[/] {said}", highlight=False, soft_wrap=True)
