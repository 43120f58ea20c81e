"""The service as who runs it meets it: started, watched, killed, copied. Real processes, one data directory."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg
import httpx
import msgspec
import pytest
from click.testing import CliRunner, Result

from zhuisu import embedded
from zhuisu.cli import cli
from zhuisu.codes import parse
from zhuisu.pages.render import STATIC

pytestmark = pytest.mark.xdist_group("server")

SHOP = "91370303MA000A047L"
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("ZHUISU_", "DATABASE_URL"))}


def zhuisu(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zhuisu", *words]
    return subprocess.run(command, env=CLEAN | env, capture_output=True, text=True, timeout=30, check=False)


def here(*words: str | Path) -> Result:
    """A command that ends by itself, without the second a process takes."""
    return CliRunner(env=dict.fromkeys(os.environ.keys() - CLEAN.keys())).invoke(cli, list(map(str, words)))


class Service:
    """A running ``zhuisu serve``."""

    def __init__(self, process: "subprocess.Popen[str]", address: str, data: Path) -> None:
        self.process, self.address, self.data = process, address, data
        self.postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=10)


@contextmanager
def serving(data: Path, *words: str, **env: str) -> Iterator[Service]:
    """Serve on a free port while the block runs; what still lives at its end is killed."""
    command = [sys.executable, "-m", "zhuisu", "serve", "--data", data, "--port", "0", *words]
    with subprocess.Popen(command, env=CLEAN | env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = next(filter(None, (re.search(r"http://localhost:\d+", line) for line in process.stdout)), None)
            assert told, "it ended before it served"
            yield Service(process, told[0], data)
        finally:
            process.kill()


def until(true: Callable[[], bool], within: float = 10.0) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, f"not within {within} s"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """No such process any more, or only its exit code waits to be fetched."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def ended(service: Service, within: float = 5.0) -> int:
    """The exit code, when the process and its database have gone in time."""
    end = time.monotonic() + within
    code = service.process.wait(within)
    until(lambda: gone(service.postmaster), end - time.monotonic())
    return code


@pytest.fixture(scope="module")
def data(workspace: Path) -> Path:
    return workspace / "served"


@pytest.fixture(scope="class")
def service(data: Path) -> Iterator[Service]:
    with serving(data) as service:
        yield service


class TestServing:
    def test_it_is_alive_and_ready(self, service: Service) -> None:
        assert service.get("/healthz").text == "ok"
        ready = service.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"database": "ok", "migrations": "ok", "keys": "ok"})

    def test_it_counts_what_it_answers(self, service: Service) -> None:
        service.get("/certs/" + "0" * 32)
        assert re.search(
            r'zhuisu_requests_total\{[^}]*path="/certs/\{name\}",status_code="404"\} [1-9]',
            service.get("/metrics").text,
        )

    def test_its_description_calls_nobody_else(self, service: Service) -> None:
        page = service.get("/schema")
        assert page.headers["content-type"].startswith("text/html")
        assert not re.search(r"(?:https?:)?//(?!www\.w3\.org/)", re.sub(r"<!--.*?-->", "", page.text))
        scripts = re.findall(r'<script[^>]*src="([^"]+)"', page.text)
        if (STATIC / "vendor" / "swagger-ui" / "swagger-ui-bundle.js").is_file():
            assert any("swagger-ui-bundle.js" in script for script in scripts)
        else:
            assert "交互页面" in page.text
        for script in scripts:
            served = service.get(script)
            assert (served.status_code, "javascript" in served.headers["content-type"]) == (200, True), script

    def test_its_description_is_whole(self, service: Service) -> None:
        schema = service.get("/schema/openapi.json").json()
        assert schema["openapi"].startswith("3.")
        assert {"/scan/intake", "/certs", "/epcis/capture", "/chain/{code}"} <= schema["paths"].keys()

    def test_a_second_one_says_who_holds_the_directory(self, service: Service) -> None:
        second = zhuisu("serve", "--data", service.data, "--port", "0")
        assert second.returncode == 1
        assert f"held by zhuisu serve, process {service.process.pid}" in second.stderr
        assert "Traceback" not in second.stderr

    def test_status_names_the_holder(self, service: Service) -> None:
        words = here("db", "status", "--data", service.data)
        held = f"{service.data}: held by zhuisu serve, process {service.process.pid}\n"
        assert (words.exit_code, words.stdout) == (0, held)
        told = msgspec.json.decode(here("db", "status", "--data", service.data, "--json").stdout)
        assert told["owner"]["pid"] == service.process.pid

    def test_a_backup_taken_while_it_serves_can_be_served(self, service: Service, workspace: Path) -> None:
        target = workspace / "copy"
        who = {"Authorization": f"Bearer {here('keygen', '--data', service.data).stdout.strip()}"}
        party = {"uscc": SHOP, "name": "张店示范超市", "kind": "shop", "division": "370303"}
        assert httpx.post(f"{service.address}/parties", json=party, headers=who).status_code == 201
        copied = here("db", "backup", target, "--data", service.data)
        assert (copied.exit_code, copied.stdout.startswith(f"copied to {target}")) == (0, True), copied.output
        assert not (target / "master.key").exists()
        again = here("db", "backup", target, "--data", service.data)
        assert (again.exit_code, "exists" in again.output) == (2, True)

        restored = workspace / "restored"
        shutil.copytree(target, restored / "postgres")
        shutil.copy(service.data / "master.key", restored)
        with serving(restored) as other:
            assert other.get("/readyz").status_code == 200
            told = httpx.get(f"{other.address}/parties/{SHOP}", headers=who)
            assert told.json()["name"] == "张店示范超市"


def test_sigterm_ends_it_in_order(data: Path) -> None:
    with serving(data) as service, httpx.Client(base_url=service.address) as idle:
        idle.get("/healthz")  # a connection kept open does not hold it up
        service.process.terminate()
        assert ended(service) == 0
    assert embedded.owner(data) is None
    assert here("db", "status", "--data", data).exit_code == 1


def test_stop_ends_it_from_elsewhere(data: Path) -> None:
    with serving(data, "--json") as service:
        stopped = zhuisu("db", "stop", "--data", data)
        assert (stopped.returncode, stopped.stdout) == (0, f"stopped zhuisu serve, process {service.process.pid}\n")
        assert ended(service) == 0
    assert here("db", "stop", "--data", data).stdout == "nothing was running\n"


class Writer(threading.Thread):
    """Scans one new code after another, and remembers what was acknowledged."""

    def __init__(self, address: str, key: str, number: int) -> None:
        super().__init__()
        self.address, self.key, self.number = address, key, number
        self.acknowledged: dict[str, str] = {}

    def run(self) -> None:
        with httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {self.key}"}) as http:
            for serial in range(10_000):
                code = f"(01)06901234567892(21){self.number}-{serial}"
                try:
                    answer = http.post("/scan/intake", json={"codes": [code]})
                except httpx.TransportError:
                    return
                if answer.is_error:  # the database went first
                    return
                self.acknowledged[answer.json()["results"][0]["event"]] = parse(code).canonical


def test_nothing_acknowledged_is_lost_when_it_is_killed(data: Path) -> None:
    admin = {"Authorization": f"Bearer {here('keygen', '--data', data).stdout.strip()}"}
    with serving(data) as service:
        with httpx.Client(base_url=service.address, headers=admin) as http:
            party = {"uscc": SHOP, "name": "张店示范超市", "kind": "shop", "division": "370303"}
            assert http.post("/parties", json=party).status_code in {201, 409}
            assert http.post(f"/parties/{SHOP}/sites", json={"name": "门口"}).status_code == 201
            made = http.post(f"/parties/{SHOP}/keys", json={"label": "scanner", "roles": ["operator"]})
        writers = [Writer(service.address, made.json()["key"], number) for number in range(3)]
        for writer in writers:
            writer.start()
        until(lambda: sum(len(writer.acknowledged) for writer in writers) >= 48)
        service.process.kill()
        for writer in writers:
            writer.join()
        assert ended(service) == -signal.SIGKILL
    acknowledged = {event: code for writer in writers for event, code in writer.acknowledged.items()}
    with serving(data) as again, httpx.Client(base_url=again.address, headers=admin) as http:
        for event, code in acknowledged.items():
            told = http.get(f"/epcis/events/{quote(event, safe='')}")
            assert told.status_code == 200, event
            (kept,) = told.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
            assert (kept["eventID"], kept["epcList"]) == (event, [code])


class TestWorkers:
    def test_several_serve_and_end_together(self, data: Path) -> None:
        with serving(data, "--workers", "2") as service:
            assert service.get("/readyz").status_code == 200
            workers = children(service.process.pid)
            service.process.terminate()
            assert ended(service) == 0
            until(lambda: all(map(gone, workers)))

    def test_they_do_not_outlive_a_killed_parent(self, data: Path) -> None:
        with serving(data, "--workers", "2") as service:
            assert service.get("/healthz").status_code == 200
            workers = children(service.process.pid)
            assert len(workers) >= 2
            service.process.kill()
            ended(service)
            until(lambda: all(map(gone, workers)))

    @pytest.mark.soak  # uvicorn asks a dead worker for five seconds whether it is alive
    def test_one_that_cannot_come_up_ends_them_all(self, data: Path) -> None:
        failed = zhuisu("serve", "--data", data, "--port", "0", "--workers", "2", ZHUISU_STATEMENT_TIMEOUT="1e12")
        assert failed.returncode == 1
        assert "The service did not start" in failed.stderr


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class TestRefusals:
    def test_a_taken_port(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            refused = zhuisu("serve", "--data", data, "--port", str(port))
        assert refused.returncode == 1
        assert f"The port is in use: cannot listen on 127.0.0.1:{port}" in refused.stderr
        assert embedded.owner(data) is None

    def test_a_socket_directory_that_somebody_else_laid_out(self, workspace: Path, tmp_path: Path) -> None:
        data = workspace / "laid"
        trap = embedded._socket_directory(data)
        trap.symlink_to(tmp_path)
        try:
            with pytest.raises(embedded.DatabaseStartFailed, match=str(trap)), embedded.running(data, "a test"):
                pass
        finally:
            trap.unlink()

    async def test_a_database_that_would_lose_records(self, database_url: str, workspace: Path) -> None:
        conn = await asyncpg.connect(database_url)
        name = await conn.fetchval("select current_database()")
        await conn.execute(f"alter database {name} set synchronous_commit = off")
        await conn.close()
        refused = zhuisu("serve", "--data", workspace / "elsewhere", "--port", "0", DATABASE_URL=database_url)
        assert refused.returncode == 1
        assert "synchronous_commit is off" in refused.stderr
        assert "set it to on" in refused.stderr

    @pytest.mark.parametrize("url", ["nonsense", "postgresql://nobody@127.0.0.1:9/none"])
    def test_a_database_that_is_not_there(self, workspace: Path, url: str) -> None:
        refused = zhuisu("serve", "--data", workspace / "elsewhere", "--port", "0", DATABASE_URL=url)
        assert refused.returncode == 1
        assert "cannot connect" in refused.stderr
        assert "Traceback" not in refused.stderr


async def test_not_ready_while_a_migration_is_missing(client: httpx.AsyncClient, database_url: str) -> None:
    assert (await client.get("/readyz")).status_code == 200
    conn = await asyncpg.connect(database_url)
    await conn.execute("delete from public.migration where number = (select max(number) from public.migration)")
    await conn.close()
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "1 pending; run `zhuisu migrate`"
