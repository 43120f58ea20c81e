"""The EPCIS door is tried by the same parties as the scan."""

from tests.scan.conftest import database_url, district, registered

__all__ = ["database_url", "district", "registered"]
