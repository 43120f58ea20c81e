"""The package as others get it: whole, importable from anywhere, documented truthfully."""

import os
import re
import subprocess
import sys
import tomllib
import venv
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of files to compare with")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_the_list_of_packages_is_whole() -> None:
    folders = {str(Path(name).parent) for name in tracked() if name.startswith("trace/") and name.endswith(".py")}
    named = {"zhuisu" + folder.removeprefix("trace").replace("/", ".") for folder in folders}
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == named


def test_locks_carry_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        pinned = re.findall(r"(?m)^[a-z0-9][\w.\[\]-]*==\S+.*?(?=^\S|\Z)", text, re.DOTALL)
        assert len(pinned) > 20
        assert all("--hash=sha256:" in block for block in pinned)
        assert "://" not in text
        assert "--index" not in text


def test_every_module_says_what_it_is_for() -> None:
    for name in tracked():
        if name.startswith("trace/") and name.endswith(".py") and (ROOT / name).stat().st_size:
            assert (ROOT / name).read_text("utf-8").startswith(('"""', 'r"""')), name


@pytest.mark.xdist_group("wheel")
def test_the_wheel_works_in_an_empty_environment_from_another_directory(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in tracked():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    run = partial(subprocess.run, check=True, capture_output=True, text=True, cwd=tmp_path)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)])
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "empty", with_pip=False)
    python = tmp_path / "empty" / "bin" / "python"
    site = run([python, "-c", "import site; print(site.getsitepackages()[0])"]).stdout.strip()
    run([sys.executable, "-m", "pip", "-q", "--python", python, "install", "--no-deps", "--no-index", wheel])
    # Its dependencies are those of the lock, already here: the wheel must bring all that is its own.
    (Path(site) / "dependencies.pth").write_text(str(Path(pytest.__file__).parents[1]) + "\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ZHUISU"))}
    told = run([python, "-c", PROBE], env=env).stdout.split()
    assert told == [str(Path(site) / "zhuisu"), "10", "queries", "static", "sgtin"]
    parsed = run([tmp_path / "empty" / "bin" / "zhuisu", "parse", "--json", "(01)06901234567892(21)7"], env=env)
    assert '"https://id.gs1.org/01/06901234567892/21/7"' in parsed.stdout


PROBE = """
from pathlib import Path
import zhuisu, zhuisu.db, zhuisu.ledger.store, zhuisu.codes
here = Path(zhuisu.__file__).parent
print(here, len(zhuisu.db.migrations()))
print("queries" if zhuisu.ledger.store.SQL.events else "")
print("static" if (here / "pages" / "static" / "zhuisu.css").exists() else "no pages")
print(zhuisu.codes.parse("(01)06901234567892(21)7").family)
"""


class TestReadme:
    text = (ROOT / "README.md").read_text("utf-8")

    def test_every_command_it_shows_exists(self) -> None:
        targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
        assert set(re.findall(r"`make ([a-z]+)", self.text)) <= targets
        from zhuisu.cli import cli

        assert set(re.findall(r"zhuisu (?=[a-z])(\w+)", " ".join(re.findall(r"(?m)^\$ (.*)$", self.text)))) <= set(
            cli.commands
        )

    def test_every_setting_is_in_its_table(self) -> None:
        from zhuisu.settings import Settings

        for name in Settings.__struct_fields__:
            variable = "DATABASE_URL" if name == "database_url" else f"ZHUISU_{name.upper()}"
            assert f"`{variable}`" in self.text
