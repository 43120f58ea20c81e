"""Environments of their own for programs that judge ours: nothing of them stands beside our libraries.

>>> python_with(Path("tests/events/oracles/requirements.txt"), Path(".pytest_cache"))
PosixPath('.pytest_cache/environment-320c30b5aae2/bin/python')
"""

import fcntl
import hashlib
import subprocess
import sys
import venv
from pathlib import Path


class NotToBeHad(Exception):
    """The pinned libraries cannot be installed here; the text says why."""


def python_with(pins: Path, cache: Path) -> Path:
    """Python of an environment that holds nothing but the pins; kept while they stand. Raises NotToBeHad."""
    of = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = cache.absolute() / f"environment-{of}"
    place.mkdir(parents=True, exist_ok=True)
    python = place / "bin" / "python"
    with (place.with_suffix(".lock")).open("w") as lock:  # several test workers want it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "ready").exists():
            venv.create(place, clear=True, with_pip=True)
            options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
            install = [python, "-m", "pip", "install", *options, "-r", pins]
            done = subprocess.run(install, capture_output=True, text=True, timeout=120, check=False)
            if done.returncode:
                raise NotToBeHad(done.stderr.strip()[-200:])
            (place / "ready").touch()
    return python
