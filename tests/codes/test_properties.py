"""What must hold for every code there is."""

import string
from contextlib import suppress

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.codes import invariants, seeds
from tests.codes.elements import SETS, keyed, scanned
from zhuisu.codes import Family, canonical, parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import check_digit
from zhuisu.codes.keys import describe
from zhuisu.codes.mend import UPC_E
from zhuisu.codes.uscc import ALPHABET, check_character
from zhuisu.errors import Refusal


@given(keyed())
def test_all_carriers_of_a_key_meet_in_one_canonical_uri(pair):
    ai, found = pair
    code = describe(found, ai, "", ())
    assert parse(scanned(found)).canonical == code.canonical
    again = parse(code.canonical)
    assert (again.canonical, again.family, again.level) == (code.canonical, code.family, code.level)
    assert again.item_class == code.item_class
    assert again.serial == code.serial
    assert canonical(code.canonical) == code.canonical
    elsewhere = code.canonical.replace("https://id.gs1.org/", "http://shop.example:8080/a/b/") + "?utm=1&99=1#x"
    assert parse(elsewhere).canonical == code.canonical
    assert canonical(elsewhere) == code.canonical


@given(keyed(), st.data())
def test_no_single_wrong_digit_is_taken_for_the_same_kind_of_key(pair, data):
    ai, found = pair
    spec = AIS[ai]
    assume(spec.checked)
    at = data.draw(st.integers(0, spec.checked - 1))
    wrong = data.draw(st.sampled_from([d for d in string.digits if d != found[ai][at]]))
    with pytest.raises(Refusal):
        parse(scanned({**found, ai: found[ai][:at] + wrong + found[ai][at + 1 :]}))


@given(st.sampled_from([7, 11, 12, 13, 17]), st.data())
def test_no_single_wrong_digit_of_plain_digits_is_the_same_family(n, data):
    body = data.draw(st.text(string.digits, min_size=n, max_size=n))
    digits = body + check_digit(body)
    right = parse(digits)
    at = data.draw(st.integers(0, n))
    wrong = data.draw(st.sampled_from([d for d in string.digits if d != digits[at]]))
    spoilt = invariants.outcome(digits[:at] + wrong + digits[at + 1 :])
    assert isinstance(spoilt, Refusal) or spoilt.doubts or spoilt.mended == (UPC_E,)
    assert isinstance(spoilt, Refusal) or spoilt.canonical != right.canonical


WRITTEN = {
    13: ["{}", "GTIN {}", "条码：{}", "https://a.example/01/{}", "a.example/01/{}", "]E0{}", "1. {}", '"{}"'],
    14: ["(01){}", "GTIN {}", "]I1{}", "01{}", "https://a.example/01/{}/21/A", "urn:zhuisu:drug-standard:class:{}", "本位码 {}"],
    18: ["(00){}", "SSCC {}", "{}", "00{}", "]C100{}", "箱码 {}", "https://a.example/00/{}"],
}  # fmt: skip


@given(st.sampled_from(list(WRITTEN)), st.data())
def test_no_single_wrong_digit_of_a_checked_code_is_certain(n, data):
    """However the code is written."""
    start = "869" if n == 14 else "690"
    body = start + data.draw(st.text(string.digits, min_size=n - 4, max_size=n - 4))
    digits = body + check_digit(body)
    form = data.draw(st.sampled_from(WRITTEN[n]))
    at = data.draw(st.integers(0, n - 1))
    wrong = data.draw(st.sampled_from([d for d in string.digits if d != digits[at]]))
    spoilt = invariants.outcome(form.format(digits[:at] + wrong + digits[at + 1 :]))
    assert isinstance(spoilt, Refusal) or spoilt.doubts


@st.composite
def epc_urns(draw):
    """EPC URNs of all schemes, right by construction."""
    company = draw(st.text(string.digits, min_size=6, max_size=12))
    name, total, serial = draw(
        st.sampled_from(
            [
                ("id:sgtin", 13, 20),
                ("class:lgtin", 13, 20),
                ("id:upui", 13, 28),
                ("id:sscc", 17, 0),
                ("id:sgln", 12, 20),
                ("id:pgln", 12, 0),
                ("id:grai", 12, 16),
                ("id:gdti", 12, 17),
                ("id:gsrn", 17, 0),
                ("id:gsrnp", 17, 0),
                ("id:gsin", 16, 0),
                ("idpat:sgtin", 13, -1),
                ("idpat:grai", 12, -1),
                ("idpat:gdti", 12, -1),
            ]
        )
    )
    rest = total - len(company)
    reference = draw(st.text(string.digits, min_size=rest, max_size=rest))
    raw = draw(st.text(SETS["X"], min_size=1, max_size=serial)) if serial > 0 else ""
    escaped = "".join(f"%{ord(c):02X}" if c in '"%&/<>?' else c for c in raw)
    tail = ".*" if serial < 0 else f".{escaped}" if serial else ""
    return f"urn:epc:{name}:{company}.{reference}{tail}"


@given(epc_urns())
def test_epc_urns_and_their_links_meet(urn):
    link = canonical(urn)
    assert link.startswith("https://id.gs1.org/")
    assert canonical(link) == link
    assert parse(urn).canonical == parse(link).canonical == link


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(1, 999_999_999))
def test_sites_round_trip(first17, n):
    uri = f"urn:zhuisu:site:loc:{first17}{check_character(first17)}.{n}"
    assert parse(uri).canonical == uri


@given(st.from_regex(r"8[0-9]{19}", fullmatch=True))
def test_drug_codes_round_trip(digits):
    code = parse(digits)
    assert parse(code.canonical).canonical == code.canonical == f"urn:zhuisu:drug:obj:{digits}"
    assert parse(code.item_class).canonical == code.item_class


CHECKED = {Family.sgtin, Family.lgtin, Family.gtin, Family.sscc, Family.sgln, Family.grai, Family.gdti, Family.gsrn}

PIECES = """01 00 06901234567892 21 10 17 991332 (01) (21) ( ) \\( {GS} <GS> ^ ]d2 ]C1 ]Q1 ] https:// HTTP:// a.example /
    id.gs1.org /01/ /gtin/ /c/ ? & = %2F % %ff + # urn: epc: id: class: idpat: sgtin: itip: giai: 4012345 . 011111 * 8
    zhuisu: drug: obj: opaque: site:loc: 369012340000000017 ０ Ａ （ é 鲁 ² \u0130 \u212a 8003 8006 7007 3103"""
pieces = st.sampled_from([*PIECES.split(), "\x1d", " ", "\u3000", "\ud800", "\x00", "9" * 50])


@settings(max_examples=1000)
@given(st.lists(pieces | st.text(max_size=6), max_size=10).map("".join))
@example("urn:epc:id:itip:4012345.011111")
@example("]d2(")
@example("https://")
@example("//id.gs1.org/")
def test_any_text_is_a_code_or_one_of_our_refusals(text):
    invariants.check(text)


@given(st.text())
def test_any_text_at_all(text):
    invariants.check(text)


SPOILT = [
    "{}",
    " {} ",
    "{}\n",
    '"{}"',
    "*{}*",
    "【{}】",
    "追溯码：{}",
    "{}。",
    "\x02{}\x03",
    "]d2{}",
    "{}{}",
    "{},{}",
    "x{}",
]


@settings(max_examples=300)
@given(st.sampled_from(seeds.corpus()), st.sampled_from(SPOILT), st.sampled_from(seeds.corpus()))
def test_codes_spoilt_or_side_by_side(text, frame, other):
    invariants.check(frame.replace("{}", text, 1).replace("{}", other))


@settings(max_examples=300)
@given(st.sampled_from(seeds.corpus()), st.data())
def test_codes_with_one_character_changed(text, data):
    at = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.sampled_from([*string.printable, "\x1d", "", "。", "０", "\ud800"]))
    invariants.check(text[:at] + new + text[at + 1 :])


@given(keyed(), st.sampled_from(['"{}"', " {} ", "\x02{}\x03", "【{}】", "条码：{}"]))
def test_a_mended_code_is_the_code(pair, frame):
    """What stands around a code goes, or the text is kept as it is; never is it taken for another's."""
    text = scanned(pair[1])
    with suppress(Refusal):
        code = parse(text)
        spoilt = invariants.outcome(frame.format(text))
        if not isinstance(spoilt, Refusal) and spoilt.family is not Family.opaque:
            assert spoilt.canonical == code.canonical
            assert spoilt.mended


@given(keyed(), st.sampled_from(["{GS}", "[GS]", "␝", "{FNC1}", "^]", "\\x1d"]))
def test_all_spellings_of_fnc1_are_one(pair, spelling):
    text = scanned(pair[1])
    with suppress(Refusal):
        code = parse(text)
        spelled = invariants.outcome(text.replace("\x1d", spelling))
        if code.family in CHECKED:
            assert spelled.canonical == code.canonical
