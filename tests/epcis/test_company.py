"""Where company prefixes end."""

import subprocess
import sys

import pytest

from zhuisu.codes.epc_urn import to_link, to_urn
from zhuisu.epcis.answer import spelled
from zhuisu.epcis.company import length, required, spoken
from zhuisu.epcis.errors import NotAcceptable
from zhuisu.events import EpcFormat

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sgtin:6901234.056789.1",
        "urn:epc:id:sscc:69212345.100000001",
        "urn:epc:id:sgln:697123456.001.A%2F1",
        "urn:epc:id:grai:6971234567.12.77",
        "urn:epc:id:giai:6901234.A.1",
        "urn:epc:class:lgtin:6901234.056789.L1",
        "urn:epc:idpat:sgtin:4012345.012345.*",
        "urn:epc:id:gdti:4012345.00001.9",
        "urn:epc:id:itip:4012345.012345.01.02.9",
        "urn:epc:id:cpi:0614141.123ABC.123456789",
    ],
)
def test_a_urn_of_the_event_is_believed(urn: str) -> None:
    link = to_link(urn)
    assert to_urn(link, required(link, spoken(urn.encode()))) == urn


@pytest.mark.parametrize(
    ("key", "urn"),
    [
        ("01/00614141777778/10/987", "urn:epc:class:lgtin:0614141.077777.987"),
        ("01/04012345987652", "urn:epc:idpat:sgtin:4012345.098765.*"),
        ("00/169012345678901235", "urn:epc:id:sscc:6901234.1567890123"),
        ("8004/0614141A", "urn:epc:id:giai:0614141.A"),
        ("01/06903100123454/21/1", "urn:epc:id:sgtin:690310012345.0.1"),  # a number that was given out alone
    ],
)
def test_the_table_of_gs1_is_believed_next(key: str, urn: str) -> None:
    link = f"https://id.gs1.org/{key}"
    assert to_urn(link, required(link, NOBODY)) == urn


def test_what_nobody_says() -> None:
    bookland = "https://id.gs1.org/01/09791234567896/21/7"
    assert length(bookland, NOBODY) == length(bookland, frozenset({"9781234"})) == 0
    with pytest.raises(NotAcceptable) as refused:
        required(bookland, NOBODY)
    assert refused.value.facts["code"] == bookland


def test_what_has_no_urn_stays_as_it_is() -> None:
    """No key of its kind has one, or not this: (8013), an asset number that is all company prefix."""
    for key in ("8013/1987654Ad4X4bL5ttr2310c2K", "8004/0614141", "8004/A1"):
        doc = b'{"type":"ObjectEvent","epcList":["https://id.gs1.org/%s"]}' % key.encode()
        assert list(spelled([doc], EpcFormat.Always_EPC_URN)) == [doc]


def test_the_table_is_read_when_it_is_needed() -> None:
    program = "import sys, zhuisu.app; sys.exit('biip' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
