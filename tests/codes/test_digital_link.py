import string
from base64 import urlsafe_b64encode
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.codes import Family, Level, canonical, doubts, parse
from zhuisu.codes.checksum import check_digit
from zhuisu.codes.digital_link import _is_compressed
from zhuisu.codes.errors import BadCheckDigit, BadElement, BadLink, CompressedLink

ITEM = "https://id.gs1.org/01/06901234567892"


@pytest.mark.parametrize(
    "uri",
    [
        f"{ITEM}/21/A%2F1",
        "http://id.gs1.org/01/06901234567892/21/A%2f1",
        "https://shop.example:8443/some/stem/01/06901234567892/22/V/10/L1/21/A%2F1?17=270131&utm_source=x#top",
        "https://shop.example/01/6901234567892/21/A%2F1",
        "HTTPS://SHOP.EXAMPLE/01/06901234567892/21/A%2F1",
        "https://shop.example/gtin/06901234567892/ser/A%2F1",
        "]Q1https://shop.example/01/06901234567892/21/A%2F1",
        "https://shop.example/01/06901234567892/21/A%2F1/",
    ],
)
def test_one_item_in_every_spelling(uri):
    code = parse(uri)
    assert (code.family, code.level, code.canonical) == (Family.sgtin, Level.instance, f"{ITEM}/21/A%2F1")
    assert code.serial == "A/1"
    assert canonical(uri.removeprefix("]Q1")) == code.canonical


def test_attributes_come_from_path_and_query():
    code = parse("https://shop.example/01/06901234567892/10/L1?17=270100&3103=001250&99=a%2Bb&name=x")
    assert (code.lot, code.expiry, str(code.weight_kg)) == ("L1", date(2027, 1, 31), "1.250")
    assert (code.level, code.lot_uri) == (Level.lot, f"{ITEM}/10/L1")


@pytest.mark.parametrize(("short", "gtin"), [("96385074", "00000096385074"), ("614141000036", "00614141000036")])
def test_short_gtins_are_padded(short, gtin):
    assert parse(f"https://a.example/01/{short}").gtin == gtin
    assert canonical(f"https://a.example/01/{short}") == f"https://id.gs1.org/01/{gtin}"


def test_a_slash_at_the_end_changes_nothing():
    for uri in ("https://a.example/01/06901234567892/", "https://id.gs1.org/01/06901234567892/?17=270131"):
        assert parse(uri).canonical == canonical(uri) == ITEM


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("https://a.example/01/96385074", (doubts.FAMILY,)),
        ("https://a.example/8004/6901234ABC", (doubts.SHAPE,)),
        ("https://a.example/8004/6901234ABC?99=1", ()),
        ("https://a.example/01/96385074/21/7", ()),
        ("https://a.example/b/01/06901234567892", ()),
        ("https://id.gs1.org/b/01/96385074", ()),
        ("https://id.gs1.org/b/8004/4000", ()),
    ],
)
def test_what_goes_by_its_shape_is_doubted_elsewhere_than_on_gs1(uri, found):
    code = parse(uri)
    assert (code.family is Family.url, code.doubts) == (False, found)


def test_short_names_and_capitals_are_told():
    assert parse("https://a.example/gtin/06901234567892").mended == ("short names of Digital Link 1.1",)
    assert parse("HTTPS://a.example/01/06901234567892").mended == ("scheme in capitals",)


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/01/7",
        "https://blog.example/01/06901234567892/reviews",
        "https://shop.example/party/123",
        "https://shop.example/error/401/page",
        "https://shop.example/01/0690123456789%zz",
        "https://shop.example/00/%ff%ff",
        "https://shop.example/?gtin=06901234567892",
        "https://shop.example",
        "https://shop.example/415/6901234567892",
        "https://shop.example/8013/2024-spring-news",
        "https://blog.example/2024/01/20240101",
        "https://blog.example/2024/01/20240115123000",
        "https://blog.example/2024/01/12345670",
        "https://blog.example/01/20240101/10/5",
        "https://blog.example/2024/00/123456789012345678",
        "https://shop.example/error/401/6901",
        "https://shop.example/giai/4000",
        "https://shop.example/user/8004/12345678",
        "https://shop.example/01/06901234567893",
        "https://shop.example/ARFKk4XB1L2S",
        "https://shop.example/about-our-company",
        "https://shop.example/aaaaaaaaaaaa",
        "http://溯源.example/码?号=1",
    ],
)
def test_other_addresses_are_kept(url):
    code = parse(url)
    assert (code.family, code.canonical) == (Family.url, url)


def test_only_scheme_and_host_lose_their_capitals():
    code = parse("HTTP://Trace.Example.CN/Q?Code=AbC")
    assert code.canonical == "http://trace.example.cn/Q?Code=AbC"


@pytest.mark.parametrize(
    ("uri", "kind", "words"),
    [
        ("https://a.example/01/06901234567893/21/1", BadCheckDigit, "AI (01) at position 19: GTIN 06901234567893"),
        ("https://a.example/01/06901234567893?17=270131", BadCheckDigit, "AI (01) at position 19"),
        ("]Q1https://id.gs1.org/01/06901234567893", BadCheckDigit, "AI (01) at position 23"),
        ("https://a.example/01/06901234567892/21/a/10/b", BadLink, "position 19: (01) (21) (10)"),
        ("https://a.example/01/06901234567892/lot/a%09", BadElement, "AI (10) at position 37"),
        ("https://a.example/01/06901234567892/235/a/21/b", BadLink, "(01) (235) (21)"),
        ("https://a.example/01/06901234567892?10=A", BadLink, "AI (10) at position 37: belongs in the path"),
        ("https://a.example/01/06901234567892?01=06901234567892", BadLink, "AI (01) at position 37: stands twice"),
        ("https://a.example/01/06901234567892?99=a&99=a", BadLink, "AI (99) at position 42: stands twice"),
        ("https://a.example/01/06901234567892?89=a", BadLink, "AI (89) at position 37: no Application Identifier"),
        ("https://a.example/01/06901234567892?17=271301", BadElement, "AI (17) at position 37: 271301 has no month 13"),
        ("https://a.example/01/06901234567892?98=a+b", BadElement, "AI (98) at position 37"),
        ("https://a.example/01/06901234567892?98=%ff", BadElement, "AI (98) at position 37: '%ff' is not UTF-8"),
        ("https://a.example/01/06901234567892/10/", BadElement, "0 characters"),
        (f"https://a.example/01/06901234567892/10/{'x' * 21}", BadElement, "21 characters"),
        ("https://id.gs1.org/01/123", BadLink, "position 19: /01/123 names no GS1 key"),
        ("]Q1https://id.gs1.org/ARFKk4XB1L2S", CompressedLink, "position 23: ARFKk4XB1L2S is the compressed"),
        ("https://shop.example/stem/AQyNo0UVqA?x=1", CompressedLink, "position 27: AQyNo0UVqA is the compressed form"),
        ("https://id.gs1.org/01/06901234567892/EqBkQ3xxAb-1", CompressedLink, "compressed"),
    ],
)
def test_what_is_a_link_and_breaks_a_rule_is_refused(uri, kind, words):
    with pytest.raises(kind) as refused:
        parse(uri)
    assert words in refused.value.detail
    assert f"position {refused.value.facts['position']}: " in refused.value.detail
    assert f"第 {refused.value.facts['position']} 位" in refused.value.detail_zh
    assert kind is not BadLink or (refused.value.mend and refused.value.mend_zh)


def test_canonical_goes_by_shape_alone():
    assert canonical("https://a.example/01/06901234567893/21/x") == "https://id.gs1.org/01/06901234567893/21/x"
    assert canonical("https://a.example/01/06901234567892/21/a/10/b") == "https://a.example/01/06901234567892/21/a/10/b"


@given(st.text("0123456789", min_size=13, max_size=13), st.sampled_from(["", "21", "10", "17"]))
def test_a_compressed_gtin_is_refused_on_any_host(body, after):
    gtin = body + check_digit(body)
    bits = f"{0x01:08b}{int(gtin):047b}" + (f"{int(after, 16):08b}{1 << 20:040b}" if after else "")
    bits += "0" * (-len(bits) % 24)
    segment = urlsafe_b64encode(int(bits, 2).to_bytes(len(bits) // 8)).decode()
    with pytest.raises(CompressedLink):
        parse(f"https://shop.example/{segment}")


def test_other_short_links_are_hardly_ever_taken_for_compressed_ones():
    alphabet = string.ascii_letters + string.digits + "-_"
    random = Random(1)
    slugs = ("".join(random.choices(alphabet, k=random.randint(10, 24))) for _ in range(20_000))
    assert sum(_is_compressed(slug) for slug in slugs) <= 10
