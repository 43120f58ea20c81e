"""One long document through the EPCIS door: how fast, and how much memory the service takes.

>>> python -m bench --only capture --scale 1e6             # 200 MB, sent to a service of its own
"""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from rich.console import Console

from bench.figure import Figure
from bench.hashes import HEAD
from zhuisu.settings import Settings

MOST = 200
"""MB; for 1e5 events 20."""

EVENT = (
    '{{"type": "ObjectEvent", "eventTime": "2026-05-01T08:{:02}:{:02}.000+08:00", "eventTimeZoneOffset": "+08:00",'
    ' "epcList": ["https://id.gs1.org/01/06901234567892/21/{}"], "action": "OBSERVE", "bizStep": "storing",'
    ' "disposition": "in_progress", "readPoint": {{"id": "https://id.gs1.org/414/6901234567892"}}}}'
)


class Sizes:
    """What was sent."""

    events = 0
    bytes = 0


def document(size: int, sizes: Sizes) -> Iterator[bytes]:
    """A document of about ``size`` bytes, in pieces."""
    yield HEAD
    while sizes.bytes < size:
        some = [EVENT.format(n // 60 % 60, n % 60, n) for n in range(sizes.events, sizes.events + 1000)]
        piece = (("," if sizes.events else "") + ",".join(some)).encode()
        sizes.events += len(some)
        sizes.bytes += len(piece)
        yield piece
    yield b"]}}"


def memory(pid: int) -> int:
    """The most that a process has held at once, in MB."""
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) // 1024


async def measure(_: Settings, scale: int, console: Console) -> list[Figure]:
    console.print("a long document …")
    return await asyncio.to_thread(_measure, min(MOST, max(1, scale * MOST // 10**6)))


def _measure(megabytes: int) -> list[Figure]:
    sizes = Sizes()
    data = Path(tempfile.mkdtemp(prefix="zhuisu-bench-"))
    data.chmod(0o711)
    zhuisu = [sys.executable, "-m", "zhuisu"]
    serve = [*zhuisu, "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            address = next(filter(None, (re.search(r"http://localhost:\d+", line) for line in service.stdout)))[0]
            key = subprocess.check_output([*zhuisu, "keygen", "--data", str(data)], text=True).strip()
            with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=600) as http:
                http.get("/epcis/capture")
                before, start = memory(service.pid), time.monotonic()
                more = {"Content-Type": "application/ld+json"}
                answer = http.post("/epcis/capture", content=document(megabytes * 10**6, sizes), headers=more)
                assert answer.status_code == 202, answer.text
                sent = time.monotonic() - start
                while (job := http.get(answer.headers["Location"]).json())["running"]:
                    time.sleep(0.2)
                done = time.monotonic() - start
            assert job["success"], job
            peak = memory(service.pid)
        finally:
            service.terminate()
            service.wait()
            shutil.rmtree(data, ignore_errors=True)
    told = f"(n = {sizes.events:,} in one document of {sizes.bytes // 10**6} MB, sent in {sent:.1f} s)"
    return [
        Figure(name="events of a long document over HTTP", value=sizes.events / (done - sent), unit="/s", more=told),
        Figure(
            name="memory of the service for it",
            value=peak,
            unit="MB",
            limit=300,
            bound="what it may take",
            more=f"(before it {before})",
        ),
    ]
