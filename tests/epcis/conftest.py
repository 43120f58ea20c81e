"""The EPCIS door is tried by the same parties as the scan."""

from tests.scan.conftest import district

__all__ = ["district"]
