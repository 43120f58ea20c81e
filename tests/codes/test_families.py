"""Families other than GS1's: what is told apart by shape, what each carries, and that one thing has one canonical URI."""

import json
import string
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhuisu.codes import Family, Level, canonical, check_uscc, class_of, doubts, ear_tag, label, lot_of, parse
from zhuisu.codes.certificate import LEAST_DIGITS
from zhuisu.codes.checksum import check_digit
from zhuisu.codes.cn_drug import is_special
from zhuisu.codes.division import PROVINCES
from zhuisu.codes.errors import BadCheckDigit, BadUrn, PersonalNumber, Unreadable
from zhuisu.codes.explain import explain
from zhuisu.codes.ma import CHECK, EXPIRY, PRODUCTION, SMALL, UNKNOWN
from zhuisu.codes.person import is_number
from zhuisu.codes.quarantine import Kind
from zhuisu.errors import Refusal

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "conformance" / "china" / "vectors.json"
DI = "MA.156.M0.100472.11103316"
PERSON = "11010519491231002X"  # the example of GB 11643


@pytest.mark.parametrize(
    ("text", "family", "level", "uri"),
    [
        ("80217619000000001003", Family.drug, Level.instance, "drug:obj:80217619000000001003"),
        ("药品标识码：8385793 序列号：0000879766660", Family.drug, Level.instance, "drug:obj:83857930000879766660"),
        ("药品标识码：8385793\n序列号：0000879766660", Family.drug, Level.instance, "drug:obj:83857930000879766660"),
        ("86904879000126", Family.drug_standard, Level.item_class, "drug-standard:class:86904879000126"),
        (DI, Family.ma, Level.item_class, f"ma:class:{DI}"),
        (f"{DI}.L2026A", Family.ma, Level.lot, f"ma:lot:{DI}.L2026A"),
        (f"{DI}.SA/1.L2026A", Family.ma, Level.instance, f"ma:obj:{DI}.SA%2F1"),
        (f"https://udi.example/q?code={DI}.S7", Family.ma, Level.instance, f"ma:obj:{DI}.S7"),
        (f"https://udi.example/{DI}", Family.ma, Level.item_class, f"ma:class:{DI}"),
        ("MA.156.1000.1.55", Family.ma, Level.instance, "ma:obj:MA.156.1000.1.55"),
        ("MF6912345678901", Family.ahm, Level.item_class, "ahm:class:MF6912345678901"),
        ("MF69123BAL1*SN7", Family.ahm, Level.instance, "ahm:obj:MF69123BAL1%2ASN7"),
        ("137030200000001", Family.ear_tag, Level.instance, "ear-tag:obj:137030200000001"),
        ("737030200000001", Family.ear_tag, Level.instance, "ear-tag:obj:737030200000001"),
        ("202605010370212345678901", Family.vet_drug, Level.instance, "vet-drug:obj:202605010370212345678901"),
        ("A37030201", Family.slaughterhouse, Level.instance, "slaughterhouse:loc:A37030201"),
        ("动物A 3700001234", Family.quarantine, Level.lot, "quarantine:lot:animal-a.3700001234"),
    ],
)
def test_each_family_has_its_urn(text, family, level, uri):
    code = parse(text)
    assert (code.family, code.level, code.canonical) == (family, level, f"urn:zhuisu:{uri}")


def test_the_vectors_of_china():
    if not VECTORS.exists():
        pytest.skip("the conformance vectors china/vectors.json are not beside the repository")
    vectors = json.loads(VECTORS.read_text())
    kinds = {
        "uscc": lambda code: check_uscc(code) == code,
        "gtin13": lambda code: parse(code).gtin == f"0{code}",
        "gtin14": lambda code: parse(code).gtin == code,
        "sscc": lambda code: parse(code).family is Family.sscc,
        "drug_benwei_ma": lambda code: parse(code).family is Family.drug_standard,
        "resident_id": is_number,
        "trace20": lambda code: parse(code).family is Family.drug,
    }
    codes = {
        "uscc": [*vectors["uscc"]["valid_real"], *vectors["uscc"]["valid_fictitious"].values()],
        **vectors["gs1_mod10"],
        "drug_benwei_ma": vectors["drug_benwei_ma"]["valid"],
        "resident_id": vectors["resident_id"]["valid"],
        "trace20": vectors["trace20_fictitious"],
    }
    passed = {kind: sum(kinds[kind](code) for code in codes[kind]) for kind in kinds}
    assert passed == {
        "uscc": 10,
        "gtin13": 2,
        "gtin14": 2,
        "sscc": 1,
        "drug_benwei_ma": 3,
        "resident_id": 1,
        "trace20": 1,
    }
    for code in vectors["uscc"]["invalid"]:
        with pytest.raises(Refusal, match="position"):
            check_uscc(code)


class TestDrugs:
    def test_special_drugs_are_told(self):
        assert is_special("89017619000000001003")
        assert is_special("8901761")
        assert not is_special("80217619000000001003")

    def test_seven_digits_alone_name_nothing(self):
        assert parse("8385793").family is Family.opaque


class TestStandardCodes:
    def test_the_other_reading_is_kept(self):
        code = parse("86904879000126")
        assert (code.also, code.doubts) == (("https://id.gs1.org/01/86904879000126",), (doubts.FAMILY,))

    @pytest.mark.parametrize(
        "text",
        ["(01)86904879000126", "]d20186904879000126", "]I186904879000126", "https://a.example/01/86904879000126"],
    )
    def test_where_the_carrier_says_gs1_it_is_a_gtin(self, text):
        assert parse(text).canonical == "https://id.gs1.org/01/86904879000126"

    def test_a_wrong_check_digit_names_both_readings(self):
        with pytest.raises(
            BadCheckDigit, match=r"本位码 or a GTIN-14.*digit 14.*is 7; the others lead to 6"
        ) as refused:
            parse("86904879000127")
        assert refused.value.facts == {"position": 14, "expected": "6"}


class TestDevices:
    def test_di_and_pi_apart(self):
        code = parse(f"{DI}.S1576130942.M190101.L20191201.D9.E211201.V211130.Y1.C8")
        assert (code.di, code.item_class) == (DI, f"urn:zhuisu:ma:class:{DI}")
        assert (code.serial, code.lot, code.lot_uri) == ("1576130942", "20191201", f"urn:zhuisu:ma:lot:{DI}.L20191201")
        assert (code.production, code.expiry) == (date(2019, 1, 1), date(2021, 11, 30))

    @pytest.mark.parametrize(
        "text",
        [
            "MA.156.M0.100204.13351764",
            "MA.156.M0.100011.2cscp023.Ste002.M200206.L343432.D555555.E200228.V200307.C9",
            "MA.156.M0.100350.01004YA10017.SLMSAGAAAC.M210628.LAY21062803.E220628.V220627.C3",
            "MA.156.M0.100472.1110331",  # as registers write it, without its check digit
        ],
    )
    def test_codes_in_use_raise_no_doubt(self, text):
        assert parse(text).doubts == ()

    @pytest.mark.parametrize(
        ("pi", "doubts"),
        [
            (".M261301", (PRODUCTION,)),
            (".P26", (PRODUCTION,)),
            (".E260200.V260230", (EXPIRY,)),
            (".S1.C6", (CHECK,)),
            (".S1.Q2", (UNKNOWN,)),
            (".S1.S2", (UNKNOWN,)),
        ],
    )
    def test_what_looks_wrong_is_a_doubt(self, pi, doubts):
        code = parse(DI + pi)
        assert (code.family, code.doubts) == (Family.ma, doubts)

    def test_its_years_are_explained_as_they_are_read(self):
        code = parse(f"{DI}.M991201")
        assert code.production == date(1999, 12, 1)
        assert any("1999" in part.means.en for part in explain(code) if part.means)

    def test_a_wrong_digit_of_the_di_is_a_doubt(self):
        assert parse(f"{DI[:-1]}5").doubts == (CHECK,)

    def test_small_letters_are_mended_and_those_meant_so_are_kept(self):
        assert (parse(DI.lower()).di, parse(DI.lower()).mended) == (DI, (SMALL,))
        assert parse("mf6912345678901").di == "MF6912345678901"
        assert parse(f"{DI}.Ste002").serial == "te002"

    @pytest.mark.parametrize("text", ["MA", "MA.156", "MA.15.M0.1.1", f"{DI}..S1", "MF1", "MFG1", "MF12SN"])
    def test_others_are_opaque(self, text):
        assert parse(text).family is Family.opaque

    @pytest.mark.parametrize("address", ["https://a.example/MA.156.1000.1", "https://a.example/?q=MA.156"])
    def test_other_addresses_stay_addresses(self, address):
        assert parse(address).family is Family.url


class TestShapes:
    @pytest.mark.parametrize(
        "text",
        [
            "437030200000001",  # no such species
            "138030200000001",  # no such province
            "201412310370212345678901",  # before there were any
            "202613010370212345678901",
            "202602300370212345678901",
            "C37030201",
            "A38030201",
            "A3703020",
            "353918058901234",  # no such county; telephones
            "351756051523999",
        ],
    )
    def test_implausible_ones_are_opaque(self, text):
        assert parse(text).family is Family.opaque

    @pytest.mark.parametrize("text", ["137030200000001", "202605010370212345678901", "A37030201", "动物A 3700001234"])
    def test_shapes_alone_are_doubted_and_our_urns_are_not(self, text):
        assert parse(text).doubts == (doubts.SHAPE,)
        assert parse(parse(text).canonical).doubts == ()

    def test_a_telephone_is_no_sheep_unless_it_wears_a_tag(self):
        code = parse("353012812345678")
        assert (code.family, code.doubts) == (Family.ear_tag, (doubts.SHAPE,))
        code = parse("353012800000000")
        assert (code.family, code.doubts) == (Family.opaque, (doubts.FAMILY,))
        assert parse("耳标 353012800000000").family is Family.ear_tag
        assert parse("urn:zhuisu:ear-tag:obj:353012800000000").family is Family.ear_tag

    def test_a_slaughterhouse_in_small_letters(self):
        assert parse("b37030201").canonical == "urn:zhuisu:slaughterhouse:loc:B37030201"
        assert parse("b37030201").mended == (SMALL,)


class TestQuarantine:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("动物检疫合格证明（动物A） No. 3700001234", "animal-a"),
            ("动物检疫合格证明(动物B)№3700001234", "animal-b"),
            ("动物检疫合格证明 动物A 编号：3700001234", "animal-a"),
            ("动物A3700001234", "animal-a"),
            ("动物Ａ：３７００００１２３４", "animal-a"),
            ("动物b 3700001234", "animal-b"),
            ("产品证:3700001234", "product"),
            ("产品检疫证明 3700001234", "product"),
            ("检疫证号（产品）3700001234", "product"),
            ("检疫证号【产品A】：3700001234", "product-a"),
            ("产品B 3700001234", "product-b"),
            ("animal-a 3700001234", "animal-a"),
            ("Animal B No. 3700001234", "animal-b"),
            ("quarantine certificate (product) no. 3700001234", "product"),
            ("动物A 3700 001234", "animal-a"),
        ],
    )
    def test_spellings_meet(self, text, kind):
        assert parse(text).canonical == f"urn:zhuisu:quarantine:lot:{kind}.3700001234"

    def test_the_number_is_kept_as_written_but_for_capitals(self):
        code = parse("产品证 lu-370000123")
        assert (code.canonical, code.doubts) == ("urn:zhuisu:quarantine:lot:product.LU-370000123", ())

    @pytest.mark.parametrize(
        "text",
        [
            "Product A 500 g 12345",
            "Product A 500g 123456",
            "animal B 123456 trucks",
            "动物A 3700 001 234",
            "动物A 鲁370000123",
            "产品 3700001234",
            "product 3700001234",
            "产品A1",
            "动物 3700001234",
            "检疫证号：3700001234",
            "动物A 鲁",
        ],
    )
    def test_without_kind_or_number_it_is_no_certificate(self, text):
        assert parse(text).family is not Family.quarantine

    def test_number_signs_in_a_row_are_read_once(self):
        assert parse("quarantine" + " no." * 25).family is Family.opaque  # 2**25 ways, were each tried

    def test_kinds_are_kept_apart(self):
        assert len({parse(f"{kind.zh} 3700001234").canonical for kind in Kind}) == len(Kind)


class TestPersons:
    @pytest.mark.parametrize(
        "text",
        [
            PERSON,
            PERSON.lower(),
            f" {PERSON}\n",
            f"]Q1{PERSON}",
            f"张三 {PERSON}",
            f"身份证号：{PERSON}",
            f"urn:zhuisu:opaque:obj:{PERSON}",
            f"urn:zhuisu:opaque:obj:%31{PERSON[1:]}",
            "１１０１０５１９４９１２３１００２Ｘ",
            "932682198501010017",  # a foreigner's, made up
            "370302199001010053",  # an SSCC too
            "]Q1370302199001010053",
            "SSCC 370302199001010053",
            "370302 19900101 0053",
            "110105194912310 02X",
            "11010519491231002X 6901234567892",
            f"https://x.example/?id={PERSON}",
            f"https://x.example/u/{PERSON}",
            f"https://x.example/u/%31{PERSON[1:]}",
            f"https://x.example/01/06901234567892/21/A?id={PERSON}",
            f"https://id.gs1.org/u/{PERSON}",
            f"urn:x:{PERSON}",
            "动物A 370302199001010053",
            "(01)370302199001010053",
        ],
    )
    def test_refused_without_repeating_it(self, text):
        with pytest.raises(PersonalNumber) as refused:
            parse(text)
        told = f"{refused.value} {refused.value.detail_zh} {refused.value.mend_zh} {refused.value.facts}"
        assert PERSON[:-1] not in told
        assert "19491231" not in told
        assert "370302" not in told
        assert refused.value.facts["position"] >= 1

    @pytest.mark.parametrize(
        "text",
        [
            "110105194912310021",  # check character
            "380105194912310020",  # no province
            "11010519491331002X",  # no date
            f"A{PERSON}",  # part of a longer word
            "110105491231002",  # of 15 digits, told from no others
        ],
    )
    def test_others_are_kept(self, text):
        assert parse(text).family is Family.opaque

    @given(st.integers(0, 36500), st.integers(0, 999))
    def test_an_sscc_is_an_sscc_when_it_says_so(self, days, order):
        born = date.fromordinal(date(1920, 1, 1).toordinal() + days)
        body = f"370302{born:%Y%m%d}{order:03}"
        number = body + check_digit(body)
        assert parse(f"(00){number}").canonical == parse(f"]C100{number}").canonical
        if is_number(number):
            with pytest.raises(PersonalNumber, match=r"\(00\)"):
                parse(number)
        else:
            assert parse(number).family is Family.sscc

    @pytest.mark.parametrize(
        "text",
        [
            "(01)06901234567892(21)370302199001010053",
            "https://a.example/01/06901234567892/21/370302199001010053",
            "https://a.example/00/370302199001010053",
        ],
    )
    def test_what_an_ai_says_it_is_is_no_person(self, text):
        assert parse(parse(text).canonical).canonical == parse(text).canonical

    @given(st.sampled_from(sorted(PROVINCES)), st.data())
    def test_no_single_wrong_digit_is_a_number(self, province, data):
        body = f"{province}0105194912310{data.draw(st.integers(0, 99)):02}"
        numbers = [body + c for c in "0123456789X" if is_number(body + c)]
        assert len(numbers) == 1
        at = data.draw(st.integers(0, 16))
        wrong = data.draw(st.sampled_from([d for d in string.digits if d != body[at]]))
        assert not is_number(numbers[0][:at] + wrong + numbers[0][at + 1 :])


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "host"),
        [
            ("https://shop.example/c/123", "shop.example"),
            ("HTTPS://Trace.Gov.example:8443/q?id=7", "trace.gov.example"),
            ("http://user:pw@shop.example/x", "shop.example"),
            ("http://[2001:DB8::1]:80/x", "[2001:db8::1]"),
        ],
    )
    def test_anothers_address_keeps_its_host(self, address, host):
        code = parse(address)
        assert (code.family, code.host) == (Family.url, host)

    def test_what_is_too_short_for_a_token_is_no_certificate(self):
        assert len(str(int.from_bytes(b"\xd2\x84\x40\xa0\x40\x58\x40" + bytes(64)))) == LEAST_DIGITS
        for prefix in ("", "https://a.example/c/"):
            assert parse(prefix + "7" * LEAST_DIGITS).family is Family.certificate
        assert parse("https://a.example/c/" + "7" * (LEAST_DIGITS - 1)).family is Family.url
        with pytest.raises(Unreadable):
            parse("7" * (LEAST_DIGITS - 1))


@pytest.mark.parametrize(
    "urn",
    [
        "drug:obj:90217619000000001003",
        "drug-standard:class:86904879",
        "drug-standard:obj:86904879000126",
        "ma:class:MA.156",
        f"ma:obj:{DI}",
        f"ma:class:{DI}.S1",
        f"ma:lot:{DI}.S1",
        f"ma:lot:{DI}.L",
        "ahm:obj:X",
        "ahm:class:MF",
        "ear-tag:obj:1",
        "ear-tag:class:137030200000001",
        "vet-drug:obj:1",
        "slaughterhouse:obj:A37030201",
        "quarantine:lot:animal.3700001234",
        "quarantine:lot:animal-a.",
        "opaque:obj:%ff",
        "opaque:lot:x",
    ],
)
def test_wrong_urns_are_refused_in_both_languages(urn):
    with pytest.raises(BadUrn, match=r"position \d+") as refused:
        parse(f"urn:zhuisu:{urn}")
    assert f"第 {refused.value.facts['position']} 位" in refused.value.detail_zh
    assert urn.partition(":")[0] not in refused.value.detail_zh


ASCII = "".join(chr(c) for c in range(33, 127))
visible = st.text(ASCII.replace(".", ""), min_size=1, max_size=12)
digits = st.text(string.digits, min_size=11, max_size=11)
days = st.dates(date(2015, 1, 1), date(2099, 12, 31)).map("{:%Y%m%d}".format)


def of_province(form):
    return st.builds(form.format, province=st.sampled_from(sorted(PROVINCES)), rest=digits)


standard = digits.map(lambda d: "869" + d[:10] + check_digit("869" + d[:10]))
devices = st.builds("MA.156.M0.{}.{}".format, visible, visible)
parts = st.lists(st.builds("".join, st.tuples(st.sampled_from("SLMPEVDCYQ"), visible)), max_size=5)
FAMILIES = {
    Family.drug: digits.map("8021761{:0>13}".format),
    Family.drug_standard: standard,
    Family.ma: st.builds(lambda di, pi: ".".join([di, *pi]), devices, parts),
    Family.ahm: st.builds("MF{}{}{}".format, st.integers(1, 10**13 - 1), st.sampled_from(["SN", "*BA", "ED"]), visible),
    Family.ear_tag: of_province("1{province}01{rest:.10}").filter(ear_tag.is_tag),
    Family.vet_drug: st.builds("{}{}03703".format, days, digits),
    Family.slaughterhouse: of_province("A{province}{rest:.6}"),
    Family.quarantine: st.builds(
        lambda kind, number: f"{kind.zh} {number}",
        st.sampled_from(Kind),
        st.text(string.ascii_letters + string.digits + "-", max_size=10).map("123456{}7".format),
    ),
}
printed = st.sampled_from(sorted(FAMILIES)).flatmap(lambda family: st.tuples(st.just(family), FAMILIES[family]))


@given(printed)
def test_canonical_is_a_fixed_point_and_so_is_the_label(pair):
    family, text = pair
    code = parse(text)
    assert code.family is family
    again = parse(code.canonical)
    assert (again.family, again.level, again.canonical) == (code.family, code.level, code.canonical)
    assert (again.item_class, again.di) == (code.item_class, code.di)
    assert canonical(code.canonical) == code.canonical
    assert class_of(code.canonical) == code.item_class
    assert parse(label(code.canonical)).canonical == code.canonical


@given(printed, st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20))
def test_lots_of_a_class_are_read_back(pair, number):
    item_class = parse(pair[1]).item_class
    assume(item_class)
    uri = lot_of(item_class, number)
    code = parse(uri)
    assert (code.canonical, code.lot_uri, code.level, code.lot) == (uri, uri, Level.lot, number)
    assert class_of(uri) == code.item_class == item_class


@given(standard, st.data())
def test_no_single_wrong_digit_passes_for_the_same_kind(code, data):
    at = data.draw(st.integers(0, 13))
    wrong = data.draw(st.sampled_from([d for d in string.digits if d != code[at]]))
    with pytest.raises(BadCheckDigit):
        parse(code[:at] + wrong + code[at + 1 :])


@given(printed, st.data())
def test_another_digit_is_another_code(pair, data):
    family, text = pair
    at = data.draw(st.integers(0, len(text) - 1))
    assume(text[at] in string.digits)
    wrong = data.draw(st.sampled_from([d for d in string.digits if d != text[at]]))
    before = parse(text)
    with suppress(Refusal):
        after = parse(text[:at] + wrong + text[at + 1 :])
        assert after.canonical != before.canonical or family is Family.ma  # whose dates are beside its name


@pytest.mark.parametrize(
    "text", ["", "]Q1", "a\x1db", "x" * 129, "https://a/" + "x" * 2048, "https://a/\x1dx", "1" * 4097]
)
def test_every_refusal_of_the_reader_is_told_in_chinese(text):
    with pytest.raises(Refusal) as refused:
        parse(text)
    assert refused.value.detail_zh
    assert bool(refused.value.mend_zh) == bool(refused.value.mend)
