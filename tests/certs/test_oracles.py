"""The worked example is what the script writes, fits the CDDL, and is understood by libraries that know nothing of us."""

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest

SCHEMAS = Path(__file__).parents[2] / "schemas"
ORACLES = Path(__file__).with_name("oracles")


@pytest.fixture(scope="module")
def example() -> dict:
    return json.loads((SCHEMAS / "certificate.json").read_text("utf-8"))


def test_the_committed_example_is_what_the_script_writes():
    spec = importlib.util.spec_from_file_location("worked_example", SCHEMAS / "certificate.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (SCHEMAS / "certificate.json").read_text("utf-8") == script.text()


def test_every_number_on_the_wire_stands_in_the_cddl(example):
    cddl = (SCHEMAS / "certificate.cddl").read_text("utf-8")
    for sealed in example["certificates"].values():
        for number in sealed["claims"]["-65537"]:
            assert f"  {number} => " in cddl or f"  ? {number} => " in cddl


@pytest.fixture(scope="module")
def oracle(environment) -> Path:
    return environment(ORACLES / "requirements.txt")


def test_python_cwt_and_pycose_verify_the_example(oracle, example):
    command = [oracle, ORACLES / "oracle.py", SCHEMAS / "certificate.json"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)
    assert len(found) == 8
    assert all(said["refuses a flipped bit"] for said in found.values())
    for name, sealed in example["certificates"].items():
        for library in ("python-cwt", "pycose"):
            assert found[f"{name} by {library}"]["claims"] == sealed["claims"]
    listed = found["trust_list by pycose"]["claims"]["-65538"]["3"]
    assert [row[0] for row in listed] == ["91370302MA000A012K", "91370302MA000A039B"]
    assert found["status_list by pycose"]["claims"]["65533"]["bits"] == 2
