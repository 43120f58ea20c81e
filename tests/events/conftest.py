"""Vectors of other people, beside the repository; tests that need them say so when they are not there."""

import pytest

from .samples import BAD, CONFORMANCE, GOOD, HASHES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, files in (("good", GOOD), ("bad", BAD), ("hashed", HASHES)):
        if name in metafunc.fixturenames:
            missing = pytest.param(None, marks=pytest.mark.skip(f"no vectors under {CONFORMANCE}"))
            metafunc.parametrize(name, files or [missing], ids=lambda path: path and path.stem)
