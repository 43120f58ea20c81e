"""Expectations partly from the reference event hash generator's own tests (RalphTro/epcis-event-hash-generator)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codes.elements import keyed
from zhuisu.codes import Family, Level, canonical, parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import check_digit
from zhuisu.codes.epc_urn import to_link, to_urn
from zhuisu.codes.errors import BadCheckDigit, BadUrn, NotACode
from zhuisu.codes.keys import identify

ROOT = "https://id.gs1.org"


@pytest.mark.parametrize(
    ("urn", "path", "family", "level"),
    [
        ("id:sgtin:4012345.011111.98%22", "/01/04012345111118/21/98%22", Family.sgtin, Level.instance),
        ("id:sgtin:415056789012.0.987654", "/01/04150567890128/21/987654", Family.sgtin, Level.instance),
        (
            "id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()",
            "/01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29",
            Family.sgtin,
            Level.instance,
        ),
        ("id:sgtin:4012345.011111.a.b-c_d'e;f=g", "/01/04012345111118/21/a.b-c_d'e;f=g", Family.sgtin, Level.instance),
        ("id:sscc:4012345.0111111111", "/00/040123451111111110", Family.sscc, Level.instance),
        ("id:sgln:4012345.00005.122", "/414/4012345000054/254/122", Family.sgln, Level.instance),
        ("id:sgln:4012345.00005.0", "/414/4012345000054", Family.sgln, Level.instance),
        ("id:sgln:401234567890..0", "/414/4012345678901", Family.sgln, Level.instance),
        ("id:pgln:4000001.00000", "/417/4000001000005", Family.pgln, Level.instance),
        ("id:pgln:999999999999.", "/417/9999999999994", Family.pgln, Level.instance),
        ("id:grai:4012345.00022.334455", "/8003/04012345000221334455", Family.grai, Level.instance),
        ("id:giai:4012345.ABC345", "/8004/4012345ABC345", Family.giai, Level.instance),
        ("id:giai:4012345.a.b", "/8004/4012345a.b", Family.giai, Level.instance),
        ("id:gsrn:4012345.0000006765", "/8018/401234500000067657", Family.gsrn, Level.instance),
        ("id:gsrnp:4012345.0000000007", "/8017/401234500000000074", Family.gsrnp, Level.instance),
        ("id:gdti:4012345.00009.PO-4711", "/253/4012345000092PO-4711", Family.gdti, Level.instance),
        ("id:gdti:987659999999..9", "/253/98765999999929", Family.gdti, Level.instance),
        (
            "id:cpi:0614141.11111111111111-A%23%2F.1234",
            "/8010/061414111111111111111-A%23%2F/8011/1234",
            Family.cpi,
            Level.instance,
        ),
        ("id:sgcn:4012345.99999.44", "/255/401234599999044", Family.gcn, Level.instance),
        ("id:ginc:0614141.xyz47%2F11", "/401/0614141xyz47%2F11", Family.ginc, Level.instance),
        ("id:gsin:4012345.222333444", "/402/40123452223334442", Family.gsin, Level.instance),
        ("id:itip:4012345.011111.01.02.987", "/8006/040123451111180102/21/987", Family.itip, Level.instance),
        (
            "id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7SDB",
            "/01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7SDB",
            Family.upui,
            Level.instance,
        ),
        ("class:lgtin:4012345.012345.Lot987", "/01/04012345123456/10/Lot987", Family.lgtin, Level.lot),
        ("idpat:sgtin:4012345.012345.*", "/01/04012345123456", Family.gtin, Level.item_class),
        ("idpat:upui:4012345.012345.*", "/01/04012345123456", Family.gtin, Level.item_class),
        ("idpat:grai:4012345.99999.*", "/8003/04012345999990", Family.grai, Level.item_class),
        ("idpat:gdti:4012345.11111.*", "/253/4012345111118", Family.gdti, Level.item_class),
        ("idpat:sgcn:4012345.22222.*", "/255/4012345222227", Family.gcn, Level.item_class),
        ("idpat:cpi:4012345.AB12.*", "/8010/4012345AB12", Family.cpi, Level.item_class),
        ("idpat:itip:4012345.012345.01.02.*", "/8006/040123451234560102", Family.itip, Level.item_class),
    ],
)
def test_every_scheme(urn, path, family, level):
    uri = f"urn:epc:{urn}"
    assert canonical(uri) == ROOT + path
    assert canonical(ROOT + path) == ROOT + path
    code = parse(uri)
    assert (code.family, code.level, code.canonical, code.text) == (family, level, ROOT + path, uri)


@pytest.mark.parametrize(
    ("urn", "words"),
    [
        ("urn:epc:id:sgtin:40123.01111111.9", "position 18: company prefix '40123' must have 6 to 12 digits"),
        ("urn:epc:id:sgtin:4012345.01111.9", "12 characters together, wanted 13"),
        ("urn:epc:id:sgtin:4012345.011111", "is empty"),
        ("urn:epc:id:sgtin:4012345.011111.", "is empty"),
        (
            "urn:epc:id:sgtin:4012345.011111.a/b",
            "position 33: 'a/b' is empty or has characters that a URN writes as %hh",
        ),
        ("urn:epc:id:sgtin:4012345.011111.a%zz", "a URN writes as %hh"),
        ("urn:epc:id:sgtin:4012345.011111.a%ff", "characters of GS1 set 82"),
        ("urn:epc:id:sgtin:4012345.011111." + "1" * 21, "1 to 20 characters"),
        ("urn:epc:id:sgcn:4012345.99999.x", "1 to 12 digits"),
        ("urn:epc:id:sscc:4012345.0111111111.1", "position 36: nothing follows"),
        ("urn:epc:id:itip:4012345.011111.1.2.9", "position 32: piece and total are two digits each"),
        ("urn:epc:id:lgtin:4012345.011111.9", "urn:epc:id:lgtin is no scheme"),
        ("urn:epc:idpat:sgtin:4012345.*.*", "wanted 13 digits"),
        ("urn:epc:idpat:sgtin:4012345.011111.9", "ends in .*"),
        ("urn:epc:id:giai:4012345." + "x" * 24, "no value of AI (8004)"),
    ],
)
def test_broken_ones_are_refused_when_scanned_and_kept_in_events(urn, words):
    assert canonical(urn) == urn
    with pytest.raises(BadUrn) as refused:
        parse(urn)
    assert words in refused.value.detail
    assert refused.value.detail.startswith(f"position {refused.value.facts['position']}: ")
    assert refused.value.detail_zh.startswith(f"第 {refused.value.facts['position']} 位：")


def test_capitals_of_a_scheme_mean_nothing():
    code = parse("URN:EPC:ID:SGTIN:4012345.011111.Ab")
    assert (code.canonical, code.mended) == (f"{ROOT}/01/04012345111118/21/Ab", ("scheme in capitals",))


@pytest.mark.parametrize(
    "uri",
    [
        "urn:epc:id:gid:95100000.12345.400",
        "urn:epc:id:adi:35962.PQ7VZ4.M37GXB92",
        "urn:epc:tag:sgtin-96:3.4012345.011111.9",
        "urn:epc:",
        "urn:epc:x:id:sgtin:4012345.011111.9",
        "urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8",
        "urn:epcglobal:cbv:bt:4012345000009:ASN1099",
        "urn:zhuisu:eggs:lot:7",
    ],
)
def test_other_urns_are_kept(uri):
    assert canonical(uri) == uri
    if uri != "urn:epc:":
        assert (parse(uri).family, parse(uri).canonical) == (Family.urn, uri)


def company_prefix_length(urn):
    return len(urn.split(":")[4].partition(".")[0])


def test_every_scheme_is_written_as_it_was_read():
    for mark in test_every_scheme.pytestmark:
        for urn, path, *_ in mark.args[1]:
            plain = "id:sgtin" if urn.startswith("idpat:upui") else urn.partition(":")[0]
            written = to_urn(ROOT + path, company_prefix_length(f"urn:epc:{urn}"))
            assert to_link(written) == ROOT + path
            assert written == f"urn:epc:{urn}" or plain == "id:sgtin", written  # upui and sgtin share their classes


@given(keyed(), st.integers(6, 12))
def test_a_link_written_as_urn_leads_back(pair, length):
    ai, found = pair
    link = identify(found, ai).canonical
    try:
        urn = to_urn(link, length)
    except NotACode:
        assert ai in {"8013", "415"} or AIS[ai].parts[0].kind in "XY" or "/254/0" in link or "/10/" in link
        return
    assert urn.startswith("urn:epc:")
    assert to_link(urn) == canonical(urn) == parse(urn).canonical == link


@given(st.text("0123456789", min_size=13, max_size=13), st.text("AZaz09-", min_size=1, max_size=20), st.integers(6, 12))
def test_no_item_is_without_its_urn(body, serial, length):
    gtin = body + check_digit(body)
    for tail in ("", f"/21/{serial}", f"/10/{serial}", f"/235/{serial}"):
        link = f"{ROOT}/01/{gtin}{tail}"
        assert to_link(to_urn(link, length)) == link


@pytest.mark.parametrize(
    ("path", "length", "kind", "words"),
    [
        ("/01/04012345111118/21/1", 5, BadUrn, "6 to 12 digits, not 5"),
        ("/01/04012345111118/21/1", 13, BadUrn, "6 to 12 digits, not 13"),
        ("/01/04012345111119/21/1", 7, BadCheckDigit, "AI (01) 04012345111119: digit 14"),
        ("/01/04012345111118/22/1", 7, BadUrn, "has no EPC URN"),
        ("/8006/040123451111180102/10/1", 7, BadUrn, "has no EPC URN"),
        ("/414/4012345000054/254/0", 7, BadUrn, "has no EPC URN"),
        ("/8013/1987654Ad4X4bL5ttr2310c2K", 7, BadUrn, "has no EPC URN"),
        ("/8004/4012ABC", 7, BadUrn, "company prefix '4012ABC'"),
        ("/8004/4012345", 7, BadUrn, "is empty"),
        ("", 7, BadUrn, "has no EPC URN"),
    ],
)
def test_links_without_a_urn_are_refused(path, length, kind, words):
    with pytest.raises(kind) as refused:
        to_urn(ROOT + path, length)
    assert words in refused.value.detail
    assert refused.value.detail_zh
