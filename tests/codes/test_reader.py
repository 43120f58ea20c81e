from hashlib import sha256

import pytest

from zhuisu.codes import Family, Level, doubts, parse
from zhuisu.codes.errors import BadCheckDigit, BadUrn, BadUscc, Unreadable
from zhuisu.codes.mend import UPC_E

FARM = "91370302MA000A012K"


def digits_of(token: bytes) -> str:
    return str(int.from_bytes(token, "big"))


@pytest.mark.parametrize(
    ("digits", "family", "uri"),
    [
        ("96385074", Family.gtin, "https://id.gs1.org/01/00000096385074"),
        ("614141000036", Family.gtin, "https://id.gs1.org/01/00614141000036"),
        ("6901234567892", Family.gtin, "https://id.gs1.org/01/06901234567892"),
        ("16901234567899", Family.gtin, "https://id.gs1.org/01/16901234567899"),
        ("]E06901234567892", Family.gtin, "https://id.gs1.org/01/06901234567892"),
        ("369012340000000017", Family.sscc, "https://id.gs1.org/00/369012340000000017"),
        ("00369012340000000017", Family.sscc, "https://id.gs1.org/00/369012340000000017"),
        ("0106901234567892", Family.gtin, "https://id.gs1.org/01/06901234567892"),
        ("80217619000000001003", Family.drug, "urn:zhuisu:drug:obj:80217619000000001003"),
    ],
)
def test_plain_digits(digits, family, uri):
    code = parse(digits)
    assert (code.family, code.canonical) == (family, uri)


@pytest.mark.parametrize("digits", ["6901234567892", "96385074", "16901234567890"])
def test_code_128_without_fnc1_carries_other_numbers_too(digits):
    code = parse(f"]C0{digits}")
    assert (code.family, code.doubts) == (Family.opaque, (doubts.FAMILY,))


@pytest.mark.parametrize("digits", ["16901234567899", "369012340000000017", "80217619000000001003"])
def test_code_128_without_fnc1_is_believed_at_length(digits):
    assert parse(f"]C0{digits}").canonical == parse(digits).canonical


def test_upc_e_is_expanded_and_told():
    code = parse("04252614")
    assert (code.canonical, code.mended) == ("https://id.gs1.org/01/00042100005264", (UPC_E,))


def test_eight_digits_of_two_kinds_are_doubted():
    code = parse("01234565")
    assert (code.gtin, code.doubts) == ("00000001234565", (doubts.FAMILY,))
    assert code.also == ("https://id.gs1.org/01/00012345000065",)
    assert parse("]E401234565").also == ()


def test_a_drug_code_names_its_product():
    code = parse("80217619000000001003")
    assert (code.level, code.item_class) == (Level.instance, "urn:zhuisu:drug:class:8021761")
    assert code.serial == "9000000001003"


@pytest.mark.parametrize("digits", ["6901234567893", "96385075", "614141000037", "16901234567890"])
def test_gtins_are_checked(digits):
    with pytest.raises(BadCheckDigit, match="the others lead to"):
        parse(digits)


@pytest.mark.parametrize(
    "text",
    [
        "369012340000000018",  # 18 digits, no SSCC
        "00369012340000000018",
        "90217619000000001003",  # 20 digits that begin with 9
        "437030200000001",  # 15 digits of no animal
        "138030200000001",  # of no province
        "012026050100000000001234",  # digits that begin like a GTIN and are none
        "鲁A12345",
        "A-1",
        "(abc)",
        "()12345",
        "(12345)12345",
        "1(12345",
        "^TESTING",
        "<GS>x",
        "]XX",
        "http://",
        "urn:",
        "05" * 64,
        "²³",
        "٦٩٠١٢٣٤٥٦٧٨٩٢",
    ],
)
def test_unknown_shapes_are_kept(text):
    code = parse(text)
    assert (code.family, code.level, code.text) == (Family.opaque, Level.instance, text)
    assert parse(code.canonical).canonical == code.canonical


@pytest.mark.parametrize(
    "text", ["", " \t\n", "\u3000", "\ufeff", "\x00", "a\x00b", "a\nb", "a\x1db", "\x1d", "\ud800"]
)
def test_nothing_and_control_characters_are_refused(text):
    with pytest.raises(Unreadable):
        parse(text)


@pytest.mark.parametrize(
    "text", ["x" * 129, "05" * 65, "https://a.example/" + "x" * 2048, "]Q1", "]d2", "x" * 1_000_000]
)
def test_too_long_or_empty_is_refused_in_words(text):
    with pytest.raises(Unreadable) as refused:
        parse(text)
    assert len(refused.value.detail) < 100


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (" 6901234567892\r\n", ("surrounding space",)),
        ("６９０１２３４５６７８９２", ("full-width characters",)),
        ("\u3000（０１）０６９０１２３４５６７８９２", ("surrounding space", "full-width characters")),
        ("6901234567892", ()),
    ],
)
def test_mending_is_told(text, mended):
    code = parse(text)
    assert (code.gtin, code.mended) == ("06901234567892", mended)


def test_full_width_signs_stay_beside_chinese():
    assert parse("证号：Ａ１").text == "证号：A1"


@pytest.mark.parametrize("base", ["https://zhuisu.example", "http://10.0.0.7:8080", "HTTPS://Z.EXAMPLE/sub"])
def test_certificate_urls_on_any_host(base):
    token = b"\xd2\x84" + bytes(range(120))
    expected = sha256(token).hexdigest()[:32]
    for text in (f"{base}/c/{digits_of(token)}", f"{base}/c/{digits_of(token)}?lang=zh", digits_of(token)):
        code = parse(text)
        assert (code.family, code.level, code.certificate) == (Family.certificate, Level.lot, expected)
        assert code.canonical == f"urn:zhuisu:certificate:lot:{expected}"
        assert parse(code.canonical).certificate == expected


def test_certificates_have_an_end():
    assert parse("https://a.example/c/" + "1" * 4096).family is Family.certificate
    with pytest.raises(Unreadable, match="4097 digits"):
        parse("https://a.example/c/" + "1" * 4097)


@pytest.mark.parametrize("path", ["c/0123", "c/12a", "c/", "cc/12", "c/12/x", "x?c/12"])
def test_other_paths_are_no_certificates(path):
    assert parse(f"https://a.example/{path}").family is Family.url


@pytest.mark.parametrize(
    ("uri", "family", "level"),
    [
        ("urn:zhuisu:drug:obj:80217619000000001003", Family.drug, Level.instance),
        ("urn:zhuisu:drug:class:8021761", Family.drug, Level.item_class),
        ("urn:zhuisu:drug:lot:8021761.L%2F1", Family.drug, Level.lot),
        (f"urn:zhuisu:site:loc:{FARM}.1", Family.site, Level.instance),
        ("urn:zhuisu:certificate:lot:" + "0a" * 16, Family.certificate, Level.lot),
        ("urn:zhuisu:opaque:obj:%E9%B2%81A%201", Family.opaque, Level.instance),
        ("urn:zhuisu:later:class:x", Family.urn, Level.item_class),
    ],
)
def test_our_urns_are_read_back(uri, family, level):
    code = parse(uri)
    assert (code.canonical, code.family, code.level) == (uri, family, level)


@pytest.mark.parametrize(
    "uri",
    [
        "urn:zhuisu:drug:obj:123",
        "urn:zhuisu:drug:class:80217619",
        "urn:zhuisu:site:loc:abc.1",
        f"urn:zhuisu:site:loc:{FARM}.0",
        "urn:zhuisu:certificate:lot:xyz",
        "urn:zhuisu:opaque:obj:",
        "urn:zhuisu:opaque:obj:%ff",
        "urn:zhuisu:opaque:obj:%00",
        "urn:zhuisu:opaque:obj:" + "x" * 129,
    ],
)
def test_our_urns_are_checked(uri):
    with pytest.raises(BadUrn):
        parse(uri)


def test_the_owner_of_a_site_is_checked():
    with pytest.raises(BadUscc, match="lead to K"):
        parse("urn:zhuisu:site:loc:91370302MA000A012X.1")
