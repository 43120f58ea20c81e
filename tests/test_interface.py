"""The service does what its OpenAPI says, whatever is asked: schemathesis asks, with an administrator's key and with none."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.epcis.test_client import serving

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,allow_header_conformance,unsupported_method"
)
"""No 5xx; every refusal a problem object; nothing that contradicts what the schema promises."""

SAME = "^/schema|^/exchange/events|/epcis/[a-zA-Z]+/{value}/events"
"""Paths left to `make soak`: those of the pages, and the parameters of a query said again."""


@pytest.fixture
def address(database_url: str, workspace: Path) -> Iterator[str]:
    with serving(workspace / "interface", database_url) as found:
        yield found


def asked(address: str, where: Path, *words: str) -> None:
    command = [Path(sys.executable).with_name("schemathesis"), "run", f"{address}/schema/openapi.json", *words]
    more = ["--checks", CHECKS, "--continue-on-failure", "--no-shrink", "--warnings", "off", "--seed", "1"]
    ran = subprocess.run([*command, *more], capture_output=True, text=True, timeout=1500, check=False, cwd=where)
    assert ran.returncode == 0, re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout)[-20_000:] + ran.stderr
    assert re.search("Tested: [1-9]", ran.stdout)


def test_it_answers_as_described(address: str, admin: dict[str, str], tmp_path: Path) -> None:
    key = f"Authorization: {admin['Authorization']}"
    asked(address, tmp_path, "-H", key, "--phases", "coverage", "--max-time", "25", "--exclude-path-regex", SAME)
    asked(address, tmp_path, "--phases", "coverage", "--max-time", "10", "--exclude-path-regex", SAME)


@pytest.mark.soak
@pytest.mark.parametrize("known", [True, False])
def test_it_answers_as_described_at_length(address: str, admin: dict[str, str], tmp_path: Path, known: bool) -> None:
    key = ["-H", f"Authorization: {admin['Authorization']}"] if known else []
    asked(address, tmp_path, *key, "--max-time", "600", "--exclude-path-regex", "^/schema")
