from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from zhuisu.events import hash_id, read
from zhuisu.events.translate import CbvFormat, EpcFormat, Spelling, translated
from zhuisu.events.xml_read import read_xml
from zhuisu.events.xml_write import write_xml

from .samples import document, event

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LINK, URN = "https://id.gs1.org/01/04012345111118/21/9876", "urn:epc:id:sgtin:4012345.011111.9876"
PLACE_LINK, PLACE_URN = "https://id.gs1.org/414/4012345000054", "urn:epc:id:sgln:4012345.00005.0"
BARE = event(
    persistentDisposition={"set": ["recalled"]},
    bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:1"}, {"bizTransaction": "urn:x:2"}],
    sourceList=[{"type": "location", "source": PLACE_URN}],
    errorDeclaration={"declarationTime": "2026-05-02T00:00:00Z", "reason": "did_not_occur"},
    sensorElementList=[{"sensorReport": [{"type": "Temperature", "exception": "ALARM_CONDITION", "component": "x"}]}],
    quantityList=[{"epcClass": "urn:epc:class:lgtin:4012345.011111.L1", "quantity": 5}],
    **{"x:bizStep": "shipping", "x:epc": URN},
)


def seven(_: str) -> int:
    return 7


def spelled(tree: dict[str, Any], **how: Any) -> dict[str, Any]:
    return translated(tree, Spelling(**how))


def test_epcs_both_ways() -> None:
    links = spelled(BARE, epc=EpcFormat.Always_GS1_Digital_Link)
    assert (links["epcList"], links["readPoint"]) == ([LINK], {"id": PLACE_LINK})
    assert links["sourceList"] == [{"type": "location", "source": PLACE_LINK}]
    assert links["quantityList"][0]["epcClass"] == "https://id.gs1.org/01/04012345111118/10/L1"
    assert links["x:epc"] == URN
    assert spelled(links, epc=EpcFormat.Always_EPC_URN, prefix_length=seven) == BARE


def test_an_unknown_company_prefix_leaves_the_link() -> None:
    links = spelled(BARE, epc=EpcFormat.Always_GS1_Digital_Link)
    assert spelled(links, epc=EpcFormat.Always_EPC_URN) == links


@pytest.mark.parametrize("uri", ["urn:x:1", "https://shop.example/a", "https://id.gs1.org/01/04012345111118?17=1"])
def test_what_has_no_other_spelling_stays(uri: str) -> None:
    for form in EpcFormat:
        tree = spelled(event(epcList=[uri]), epc=form, prefix_length=lambda _: 99)
        assert tree["epcList"] == [uri]


def test_words_in_every_spelling() -> None:
    urn = spelled(BARE, cbv=CbvFormat.Always_URN)
    web = spelled(urn, cbv=CbvFormat.Always_Web_URI)
    assert urn["bizStep"] == "urn:epcglobal:cbv:bizstep:shipping"
    assert web["persistentDisposition"] == {"set": ["https://ref.gs1.org/cbv/Disp-recalled"]}
    assert web["bizTransactionList"] == [
        {"type": "https://ref.gs1.org/cbv/BTT-po", "bizTransaction": "urn:x:1"},
        {"bizTransaction": "urn:x:2"},
    ]
    assert web["sensorElementList"][0]["sensorReport"][0]["type"] == "https://gs1.org/voc/Temperature"
    assert web["x:bizStep"] == "shipping"
    assert spelled(web, cbv=CbvFormat.Bare) == spelled(urn, cbv=CbvFormat.Bare) == BARE


def test_nothing_wanted_nothing_done() -> None:
    assert spelled(BARE) is BARE
    assert spelled(BARE, epc=EpcFormat.No_Preference, cbv=CbvFormat.No_Preference) is BARE


@pytest.mark.parametrize("epc", EpcFormat)
@pytest.mark.parametrize("cbv", [form for form in CbvFormat if form is not CbvFormat.Bare])
def test_whatever_the_spelling_it_is_the_same_event(epc: EpcFormat, cbv: CbvFormat) -> None:
    (one,) = read(document(BARE))
    spelling = Spelling(epc=epc, cbv=cbv, prefix_length=seven)
    (again,) = read_xml(write_xml([one.doc], NOW, spelling=spelling))
    assert msgspec.structs.replace(again, doc=b"") == msgspec.structs.replace(one, doc=b"")
    assert hash_id(again) == hash_id(one)


def test_xml_writes_the_words_of_cbv_as_uris() -> None:
    (one,) = read(document(event()))
    assert b"<bizStep>https://ref.gs1.org/cbv/BizStep-shipping</bizStep>" in b"".join(write_xml([one.doc], NOW))
