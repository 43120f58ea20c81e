"""What of an event's codes are goods: the short way for common codes says what the full reading says."""

import pytest

from zhuisu.codes import Level, recorded
from zhuisu.ledger.goods import goods
from zhuisu.ledger.model import Hold, Links, Op, Role, Touch

GTIN = "https://id.gs1.org/01/06901234567892"


@pytest.mark.parametrize(
    "uri",
    [
        *(
            f"{GTIN}/21/7",
            f"{GTIN}/21/",
            f"{GTIN}/21/7/10/L",
            f"{GTIN}/10/L1",
            f"{GTIN}/10/21",
            f"{GTIN}/10/21/21/8",
            GTIN,
        ),
        *("https://id.gs1.org/01/06901234567890/21/7", "https://id.gs1.org/00/369012340000000017"),
        *("https://id.gs1.org/00/1", "https://id.gs1.org/8003/04012345111118", "https://id.gs1.org/414/4012345000054"),
        *("urn:zhuisu:drug:obj:80217619000000001003", "urn:zhuisu:drug:obj:1", "urn:zhuisu:drug:class:8021761"),
        *("urn:epc:idpat:sgtin:4012345.*.*", "urn:x:own", "https://example.org/01/06901234567892/10/L1"),
    ],
)
def test_each_at_its_level(uri: str) -> None:
    found = goods(Links((Touch(uri, Role.observed),), ()))
    level = Level.instance if found.items else Level.lot if found.lots else Level.item_class
    assert level is recorded(uri).level


def test_papers_are_none_and_containers_are() -> None:
    touches = (
        Touch("urn:x:paper", Role.cited),
        Touch("urn:x:whole", Role.transformation),
        Touch("urn:x:a", Role.input),
    )
    found = goods(
        Links(touches, (Hold("urn:x:a", f"{GTIN}/10/L1", Op.member), Hold("urn:x:a", "urn:x:box", Op.packed)))
    )
    assert found == (["urn:x:a", "urn:x:box"], [f"{GTIN}/10/L1"])
