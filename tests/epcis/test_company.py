"""Where company prefixes end, against the table that GS1 publishes (in biip)."""

import json
import lzma
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from zhuisu.codes.checksum import check_digit
from zhuisu.codes.epc_urn import to_link, to_urn
from zhuisu.epcis.company import length, required, spoken
from zhuisu.epcis.errors import NotAcceptable

NOBODY: frozenset[str] = frozenset()


def published(node: Any, beginning: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(node, int):
        yield beginning, node
        return
    for digit, below in node.items():
        yield from published(below, beginning + digit)


def gln(beginning: str) -> str:
    digits = beginning.ljust(12, "5")
    return f"https://id.gs1.org/414/{digits}{check_digit(digits)}"


def test_china_is_cut_as_gs1_publishes() -> None:
    biip = pytest.importorskip("biip")
    packed = resources.files(biip).joinpath("gs1_prefixes/_company_prefix_trie.json.lzma").read_bytes()
    china = {p: n for p, n in published(json.loads(lzma.decompress(packed))) if p.startswith("69")}
    assert len(china) > 300
    # A length of 12 stands for numbers that were given out one by one: there is no company to name.
    told = {beginning: length(gln(beginning), NOBODY) for beginning in china}
    assert told == {beginning: 0 if n == 12 else n for beginning, n in china.items()}


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


def test_what_nobody_says() -> None:
    german = "https://id.gs1.org/01/04012345123456/21/7"
    assert length(german, NOBODY) == length(german, frozenset({"4012346"})) == 0
    for link in (german, "https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K"):
        with pytest.raises(NotAcceptable) as refused:
            required(link, NOBODY)
        assert refused.value.facts["code"] == link
