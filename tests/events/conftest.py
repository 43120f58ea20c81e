"""Vectors of other people, beside the repository; tests that need them say so when they are not there."""

import pytest

from .samples import BAD, CONFORMANCE, GOOD, HASHES, HASHES_XML, XML_BAD, XML_GOOD

_VECTORS = {
    "good": GOOD,
    "bad": BAD,
    "hashed": HASHES,
    "good_xml": XML_GOOD,
    "bad_xml": XML_BAD,
    "hashed_xml": HASHES_XML,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, files in _VECTORS.items():
        if name in metafunc.fixturenames:
            missing = pytest.param(None, marks=pytest.mark.skip(f"no vectors under {CONFORMANCE}"))
            metafunc.parametrize(name, files or [missing], ids=lambda path: path and path.stem)
