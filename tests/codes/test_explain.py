"""Which digits mean what: the parts make up the text, of every code there is, and say the right thing in both languages."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhuisu.codes import Code, Family, Level, parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import check_digit
from zhuisu.codes.explain import FAMILIES, LEVELS, Part, explain
from zhuisu.codes.explain.prefixes import country, issuer
from zhuisu.codes.explain.words import amount, yymmdd
from zhuisu.errors import Refusal

GTIN = "06901234567892"
URN = "urn:zhuisu:"


def leaves(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield from leaves(part.parts) if part.parts else [part]


def whole(parts: tuple[Part, ...]) -> str:
    """Text of the parts, each made up of its own."""
    for part in parts:
        assert part.text
        assert not part.parts or whole(part.parts) == part.text
        assert part.name.zh
        assert part.name.en
    return "".join(part.text for part in parts)


def strings(tree: Any) -> Iterator[str]:
    """All strings of a JSON tree."""
    match tree:
        case str():
            yield tree
        case dict() | list():
            for branch in tree.values() if isinstance(tree, dict) else tree:
                yield from strings(branch)
        case _:
            pass


def told(text: str) -> dict[str, Part]:
    """Parts of a text by their text, all depths, the outer one where two are equal."""
    code = parse(text)
    parts = explain(code)
    assert whole(parts) == code.text
    found: dict[str, Part] = {}

    def gather(parts: tuple[Part, ...]) -> None:
        for part in parts:
            found.setdefault(part.text, part)
            gather(part.parts)

    gather(parts)
    return found


def check(body: str) -> str:
    return body + check_digit(body)


digits = st.text("0123456789", min_size=1)
text82 = st.text("abcXYZ019!\"%&'()*+,-./_:;<=>?", min_size=1, max_size=20)
numbers = {
    "gtin-8": st.from_regex(r"[0-9]{7}", fullmatch=True).map(check),
    "gtin-12": st.from_regex(r"[0-9]{11}", fullmatch=True).map(check),
    "gtin-13": st.from_regex(r"[0-9]{12}", fullmatch=True).map(check),
    "gtin-14": st.from_regex(r"[0-9]{13}", fullmatch=True).map(check),
    "sscc": st.from_regex(r"[0-9]{17}", fullmatch=True).map(check),
    "drug": st.from_regex(r"8[0-9]{19}", fullmatch=True),
    "drug-standard": st.from_regex(r"869[0-9]{10}", fullmatch=True).map(check),
    "ear-tag": st.from_regex(r"[1237]370302[0-9]{8}", fullmatch=True),
    "vet-drug": st.from_regex(r"2026(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{16}", fullmatch=True),
    "slaughterhouse": st.from_regex(r"[AB]370302[0-9]{2}", fullmatch=True),
    "ma": st.from_regex(r"MA\.156\.M0\.[0-9]{6}\.[0-9]{8}(\.S[0-9A-Z]{1,9})?(\.L[0-9]{1,9})?", fullmatch=True),
    "ahm": st.from_regex(r"MF[0-9]{13}(SN[0-9]{1,9})?", fullmatch=True),
    "quarantine": st.from_regex(r"动物检疫合格证明（(动物|产品)[AB]）No\. ?37[0-9]{8}", fullmatch=True),
    "certificate": st.builds("https://a.example/c/{}".format, st.integers(10**180, 10**200)),
    "site": st.just(URN + "site:loc:91370302MA000A012K.1"),
    "sgtin": st.builds("]d201{}21{}".format, st.just(GTIN), text82),
    "brackets": st.builds("(01){} (17)270131 (21){}".format, st.just(GTIN), st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True)),
    "fnc1": st.builds("^01{}10{}{{GS}}17270200".format, st.just(GTIN), st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True)),
    "epc": st.builds("urn:epc:id:sgtin:6901234.056789.{}".format, st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True)),
    "link": st.builds(
        "https://{}.example/x/01/{}/10/{}?17=270131&{}=1#a".format,
        st.from_regex(r"[a-z]{1,9}", fullmatch=True),
        st.just(GTIN),
        st.from_regex(r"([A-Z0-9]|%2F){1,6}", fullmatch=True),
        st.from_regex(r"[a-z]{1,9}", fullmatch=True),
    ),
    "url": st.builds("https://a.example/{}".format, st.text("abc/?&=#%", max_size=20)),
    "urn": st.builds("urn:isbn:{}".format, digits),
}  # fmt: skip


class TestWhole:
    """Nothing of a text is lost, moved or invented."""

    @pytest.mark.parametrize("kind", numbers)
    def test_every_family(self, kind: str) -> None:
        @given(numbers[kind])
        def holds(text: str) -> None:
            code = parse(text)
            parts = explain(code)
            assert whole(parts) == code.text
            assert code.family in {Family.opaque, Family.certificate} or len(list(leaves(parts))) > 1, (code, parts)

        holds()

    @pytest.mark.parametrize("kind", numbers)
    def test_the_canonical_uri(self, kind: str) -> None:
        @given(numbers[kind])
        def holds(text: str) -> None:
            code = parse(parse(text).canonical)
            assert whole(explain(code)) == code.text

        holds()

    @given(st.text())
    @example("]d2")
    @example("urn:")
    @example("https://")
    @example("(01)")
    def test_any_text(self, text: str) -> None:
        try:
            code = parse(text)
        except Refusal:
            return
        assert whole(explain(code)) == code.text

    @given(
        st.sampled_from(Family),
        st.one_of(
            st.text(),
            *numbers.values(),
            *(
                st.text(signs)
                for signs in ("01\x1d", "(01)2", "MA.156S", "urn:zhsepcid.", "http:/?&=#01%", "]d2^{GS}017")
            ),
        ),
        st.text("urnzhis:.%0"),
    )
    @example(Family.gtin, "²" * 14, "")
    @example(Family.sgtin, "(3103)²²²²²²", "")
    @example(Family.certificate, "https:///c/1", "")
    def test_codes_that_parse_never_made(self, family: Family, text: str, canonical: str) -> None:
        code = Code(family=family, canonical=canonical, level=Level.instance, text=text)
        assert whole(explain(code)) == text

    @pytest.mark.parametrize(
        "file",
        [
            "gs1-digitallink/dl-vectors.json",
            "gs1-digitallink/engine-ai-scan-vectors.json",
            "gs1-syntax-dictionary/linter-vectors.json",
            "china/vectors.json",
        ],
    )
    def test_every_published_vector_that_is_a_code(self, conformance: Path, file: str) -> None:
        read = 0
        for text in sorted(set(strings(json.loads((conformance / file).read_text("utf-8"))))):
            try:
                code = parse(text)
            except Refusal:
                continue
            parts = explain(code)
            assert whole(parts) == code.text
            assert code.family is Family.opaque or len(list(leaves(parts))) > 1, code
            read += 1
        assert read > 5

    def test_every_ai(self) -> None:
        """Each AI alone, with a value of its shape, is an element with its title."""
        for ai, spec in AIS.items():
            value = "".join(("1" if part.kind == "N" else "A") * (part.least or part.most) for part in spec.parts)
            text = f"({ai}){value}"
            code = Code(family=Family.sgtin, canonical="", level=Level.instance, text=text)
            [element] = explain(code)
            assert (whole((element,)), element.name) == (text, spec.title)
            assert element.rule.startswith("GS1 General Specifications 3.")

    def test_every_family_and_level_has_a_name(self) -> None:
        assert FAMILIES.keys() == set(Family)
        assert LEVELS.keys() == set(Level)


class TestGs1:
    def test_an_element_string(self) -> None:
        parts = told(f"]d201{GTIN}17270131\x1d21A7")
        assert parts["]d2"].means is not None
        assert parts["]d2"].means.en == "the symbol is GS1 DataMatrix"
        gtin, expiry, serial = parts[f"01{GTIN}"], parts["17270131"], parts["21A7"]
        assert [part.text for part in gtin.parts] == ["01", "0", "690", "123456789", "2"]
        assert (gtin.name, gtin.udi) == (AIS["01"].title, "di")
        assert expiry.means is not None
        assert (expiry.means.zh, expiry.means.en, expiry.udi) == ("2027年1月31日", "31 January 2027", "pi")
        assert (serial.name.en, serial.udi) == ("Serial number", "pi")
        assert parts["\x1d"].name.en == "FNC1 separator"

    def test_brackets_and_blanks(self) -> None:
        parts = told(f"(01){GTIN} (3103)001250 (10)A\\(1")
        assert parts["(3103)001250"].means is not None
        assert parts["(3103)001250"].means.en == "1.250 kg"
        assert parts["(3103)001250"].name.zh == "净重"
        assert parts["(10)A\\(1"].parts == ()

    @pytest.mark.parametrize(
        ("text", "part", "zh", "en"),
        [
            ("6901234567892", "690", "由中国物品编码中心分配；不表示产地", "given by GS1 China; it does not say where the goods come from"),
            ("6801234567895", "680", "由中国物品编码中心分配；不表示产地", "given by GS1 China; it does not say where the goods come from"),
            ("4012345678901", "401", "由 GS1 德国分配；不表示产地", "given by GS1 Germany; it does not say where the goods come from"),
            (check("978711100000"), "978", "图书：后面是 ISBN（979-0 是乐谱 ISMN）", "a book: an ISBN follows (979-0: printed music, ISMN)"),
            (check("977167412300"), "977", "期刊：后面是 ISSN", "a serial publication: an ISSN follows"),
            (check("210001201500"), "210", "店内码（如称重商品）：只在一个国家或企业内使用，不唯一", "a restricted number, as for weighed goods: used inside one country or company, not unique outside"),
            ("6901234567892", "2", "由前面各位算出", "computed from the others"),
            ("16901234567899", "1", "包装层级 1", "package level 1"),
            (check("9690123456789"), "9", "变量贸易项目（如按重量销售）", "variable measure, as sold by weight"),
            ("06901234567892", "0", "填充位：编码本身为 13 位", "filler: the number itself has 13 digits"),
            ("369012340000000017", "3", "由企业自定，扩大容量", "free choice of the company"),
            (f"(01){GTIN}(17)270200", "(17)270200", "2027年2月底（日为 00）", "end of February 2027 (day 00)"),
            (f"(01){GTIN}(7003)2701311530", "(7003)2701311530", "2027年1月31日，15:30", "31 January 2027, 15:30"),
            (f"(01){GTIN}(422)156", "(422)156", "中国", "China"),
            (f"(00)369012340000000017(02){GTIN}(37)12", "(37)12", "12", "12"),
            ("(00)369012340000000017(4331)000850-", "(4331)000850-", "-8.50 ℃", "-8.50 ℃"),
            ("(00)369012340000000017(4309)1284736330|".replace("1284736330|", "12847363302980000000"), "1284736330", "38.47363°", "38.47363°"),
            ("(8006)069012345678920102(21)7", "01", "第 1 件", "piece 1"),
        ],
    )  # fmt: skip
    def test_what_a_part_says(self, text: str, part: str, zh: str, en: str) -> None:
        means = told(text)[part].means
        assert means is not None
        assert (means.zh, means.en) == (zh, en)

    def test_a_short_gtin_in_fourteen_digits(self) -> None:
        assert [part.text for part in explain(parse("00012345678905"))] == ["00", "01", "234567890", "5"]
        assert [part.text for part in explain(parse("00000096385074"))] == ["000000", "963", "8507", "4"]
        assert [part.text for part in explain(parse("96385074"))] == ["963", "8507", "4"]

    def test_an_in_store_gtin_8(self) -> None:
        means = told(check("0212345"))["021"].means
        assert means is not None
        assert "店内码" in means.zh


class TestLinks:
    def test_a_digital_link(self) -> None:
        text = f"https://shop.example/x/01/{GTIN}/10/A%2F1?17=270131&utm=1#z"
        assert [part.text for part in explain(parse(text))] == [
            "https://", "shop.example", "/x", f"/01/{GTIN}", "/10/A%2F1", "?17=270131", "&utm=1", "#z",
        ]  # fmt: skip
        parts = told(text)
        assert (parts[f"/01/{GTIN}"].udi, parts["/10/A%2F1"].udi, parts["?17=270131"].udi) == ("di", "pi", "pi")
        lot, utm, expiry = parts["/10/A%2F1"].means, parts["&utm=1"].means, parts["?17=270131"].means
        assert lot is not None
        assert utm is not None
        assert expiry is not None
        assert (lot.en, utm.zh, expiry.zh) == ("A/1", "不属于编码", "2027年1月31日")

    def test_withdrawn_names(self) -> None:
        assert told(f"https://a.example/gtin/{GTIN}/lot/L1")["/lot/L1"].name == AIS["10"].title

    def test_a_certificate_of_ours(self) -> None:
        number = "7" * 200
        parts = told(f"https://a.example/c/{number}")
        means = parts[number].means
        assert means is not None
        assert parse(number).certificate in means.zh
        assert told(number)[number].name.en == "signed token"

    def test_an_ma_code_in_an_address(self) -> None:
        parts = told("https://u.example/a?code=MA.156.M0.100472.11103316.S15&x=1")
        assert (parts["MA.156.M0.100472.11103316"].udi, parts[".S15"].udi) == ("di", "pi")

    def test_others(self) -> None:
        names = [part.name.en for part in explain(parse("https://a.example/b?c#d"))]
        assert names == ["scheme", "host", "path", "other parameter", "fragment"]


class TestUrns:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("urn:epc:id:sgtin:6901234.056789.7", ["company prefix", "item reference", "serial number"]),
            ("urn:epc:class:lgtin:6901234.056789.L", ["company prefix", "item reference", "lot"]),
            ("urn:epc:id:sscc:6901234.3000000001", ["company prefix", "serial reference"]),
            ("urn:epc:id:sgln:6901234.56789.0", ["company prefix", "location reference", "extension"]),
            ("urn:epc:id:giai:6901234.a.b", ["company prefix", "asset reference"]),
            ("urn:epc:id:gid:95100000.12345.400", ["another's number"]),
        ],
    )
    def test_epcs(self, text: str, names: list[str]) -> None:
        parts = explain(parse(text))
        assert whole(parts) == text
        assert [part.name.en for part in parts[3:] if part.text != "."] == names

    def test_ours(self) -> None:
        parts = told(URN + "drug:obj:80217619000000001003")
        assert parts["8021761"].name.zh == "药品标识码"
        assert parts["drug:"].means == FAMILIES[Family.drug]
        assert told(URN + "site:loc:91370302MA000A012K.1")["370302"].rule == "GB/T 2260"


class TestChina:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("80217619000000001003", {"药品标识码": "8021761", "单品序列号": "900000000", "平台校验位": "1003"}),
            (
                "86904879000126",
                {"国家码": "86", "类别码": "9", "企业标识": "04879", "产品标识": "00012", "校验码": "6"},
            ),
            ("137030200000001", {"畜禽种类": "1", "县级行政区划": "370302", "标识顺序号": "00000001"}),
            ("202605010370212345678901", {"申请日期": "20260501", "企业标识": "03702", "随机位": "12345678901"}),
            ("A37030201", {"类别": "A", "县级行政区划": "370302", "顺序号": "01"}),
            ("MF6912345678901SN0001", {"发码机构": "MF", "厂商与产品": "6912345678901"}),
            ("动物检疫合格证明（动物A） No. 3700001234", {"证明编号": "3700001234"}),
        ],
    )
    def test_which_digits(self, text: str, parts: dict[str, str]) -> None:
        named = {part.name.zh: part.text for part in leaves(explain(parse(text)))}
        assert parts.items() <= named.items()

    @pytest.mark.parametrize(
        ("text", "part", "zh", "en"),
        [
            ("80217619000000001003", "8021761", "一种药品的一个包装层级", "one drug at one package level"),
            ("89217619000000001003", "8921761", "一种药品的一个包装层级；89 开头为特殊药品", "one drug at one package level; 89: a special drug"),
            ("86904879000126", "86", "中国", "China"),
            ("137030200000001", "1", "猪", "pig"),
            ("202605010370212345678901", "20260501", "2026年5月1日", "1 May 2026"),
            ("A37030201", "A", "定点屠宰厂", "slaughterhouse"),
            ("MA.156.M0.100472.11103316.M190101", "M0", "医疗器械", "medical devices"),
            ("MA.156.M0.100472.11103316.M190101", ".M190101", "2019年1月1日", "1 January 2019"),
            ("动物检疫合格证明（产品A）No.3700001234", "动物检疫合格证明（产品A）No.", "动物检疫合格证明（产品 A），跨省，2025 年底前", "animal products, form A of before 2026: between provinces"),
            (URN + "quarantine:lot:animal-b.3700001234", "animal-b", "动物检疫合格证明（动物 B），省内", "animals, form B: within one province"),
        ],
    )  # fmt: skip
    def test_what_a_part_says(self, text: str, part: str, zh: str, en: str) -> None:
        means = told(text)[part].means
        assert means is not None
        assert (means.zh, means.en) == (zh, en)

    def test_device_and_production_identifiers_are_told_apart(self) -> None:
        parts = explain(parse("MA.156.M0.100472.11103316.S1576130942.L20191201"))
        assert [(part.text, part.udi) for part in parts] == [
            ("MA.156.M0.100472.11103316", "di"),
            (".S1576130942", "pi"),
            (".L20191201", "pi"),
        ]

    def test_what_nobody_knows_is_one_part(self) -> None:
        assert explain(parse("鸡蛋 2026/第7批")) == (Part(text="鸡蛋 2026/第7批", name=FAMILIES[Family.opaque]),)


class TestWords:
    def test_prefixes_are_those_of_biip(self) -> None:
        prefixes = pytest.importorskip("biip.gs1_prefixes")
        for number in range(1, 1000):
            known = prefixes.GS1Prefix.extract(f"{number:03d}0000001000")
            allotted = known is not None and "future MO" not in known.usage
            assert (issuer(f"{number:03d}") is not None) is allotted, number

    def test_countries(self) -> None:
        china = country("156")
        assert china is not None
        assert (china.zh, country("CN"), country("000")) == ("中国", china, None)

    @given(st.dates(date(2000, 1, 1), date(2049, 12, 31)))
    def test_a_date_is_said_in_full(self, when: date) -> None:
        said = yymmdd(when.strftime("%y%m%d"))
        assert said is not None
        assert said.zh == f"{when.year}年{when.month}月{when.day}日"
        assert said.en == f"{when.day} {when:%B %Y}"

    def test_what_is_no_date_or_number(self) -> None:
        assert yymmdd("271301") is None
        assert yymmdd("") is None
        assert amount("²", 0, "kg") is None
