"""What must hold for every code there is."""

import string
from contextlib import suppress

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from zhuisu.codes import Code, canonical, parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import check_digit
from zhuisu.codes.keys import KEYS, describe
from zhuisu.codes.uscc import ALPHABET, check_character
from zhuisu.errors import Refusal

SETS = {
    "N": string.digits,
    "X": "!\"%&'()*+,-./" + string.digits + ":;<=>?" + string.ascii_uppercase + "_" + string.ascii_lowercase,
    "Y": "#-/" + string.digits + string.ascii_uppercase,
    "Z": string.ascii_letters + string.digits + "-_=",
}


@st.composite
def values(draw, ai):
    """A right value of an AI."""
    spec, value = AIS[ai], ""
    for part in spec.parts:
        size = draw(st.integers(part.least or 0, part.most))
        if part.least == 0 and part.most == part.least:
            continue
        run = draw(st.text(SETS[part.kind], min_size=size, max_size=size))
        value += run
    if spec.checked:
        value = value[: spec.checked - 1] + check_digit(value[: spec.checked - 1]) + value[spec.checked :]
    for start, _ in spec.dates:
        if value[start:]:
            value = value[:start] + draw(st.dates()).strftime("%y%m%d") + value[start + 6 :]
    assume(spec.fits(value))
    return value


@st.composite
def keyed(draw):
    """Elements around one key, and the key's AI."""
    ai = draw(st.sampled_from(list(KEYS)))
    found = {ai: draw(values(ai))}
    for sequence in KEYS[ai].qualifiers[:1]:
        for name in sequence:
            if draw(st.booleans()):
                found[name] = draw(values(name))
    return ai, found


def scanned(found):
    return "]C1" + "".join(ai + value + ("" if AIS[ai].predefined else "\x1d") for ai, value in found.items())


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
    elsewhere = code.canonical.replace("https://id.gs1.org/", "http://shop.example:8080/a/b/") + "?utm=1#x"
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
    with suppress(Refusal):
        assert parse(digits[:at] + wrong + digits[at + 1 :]).family != right.family


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


PIECES = """01 00 06901234567892 21 10 17 991332 (01) (21) ( ) \\( {GS} <GS> ^ ]d2 ]C1 ]Q1 ] https:// HTTP:// a.example /
    id.gs1.org /01/ /gtin/ /c/ ? & = %2F % %ff + # urn: epc: id: class: idpat: sgtin: itip: giai: 4012345 . 011111 * 8
    zhuisu: drug: obj: opaque: site:loc: 369012340000000017 ０ Ａ （ é 鲁 ² \u0130 \u212a 8003 8006 7007 3103"""
pieces = st.sampled_from([*PIECES.split(), "\x1d", " ", "\u3000", "\ud800", "\x00", "9" * 50])


def outcome(text):
    try:
        return parse(text)
    except Refusal as refused:
        return refused


@settings(max_examples=1000)
@given(st.lists(pieces | st.text(max_size=6), max_size=10).map("".join))
@example("urn:epc:id:itip:4012345.011111")
@example("]d2(")
@example("https://")
@example("//id.gs1.org/")
def test_any_text_is_a_code_or_one_of_our_refusals(text):
    assert isinstance(canonical(text), str)
    code = outcome(text)
    if isinstance(code, Refusal):
        assert code.detail
        assert code.where
        return
    assert isinstance(code, Code)
    again = parse(code.canonical)
    assert (again.canonical, again.family, again.level) == (code.canonical, code.family, code.level)
    assert canonical(code.canonical) == code.canonical


@given(st.text())
def test_any_text_at_all(text):
    assert isinstance(canonical(text), str)
    code = outcome(text)
    assert isinstance(code, Refusal) or parse(code.canonical).canonical == code.canonical
