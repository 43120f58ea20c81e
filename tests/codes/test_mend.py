"""Faults of printers, scanners and keyboards: mended where only one code can have been meant, and told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.codes import Family, doubts, keyboard, labels, mend, parse
from zhuisu.codes.errors import BadCheckDigit, BadDate, SeveralCodes, Unreadable
from zhuisu.errors import Refusal

GTIN = "https://id.gs1.org/01/06901234567892"
LOT = f"{GTIN}/10/L1"
DRUG = "urn:zhuisu:drug:obj:80217619000000001003"
SSCC = "https://id.gs1.org/00/369012340000000017"


def typed(text, layout):
    """What a computer set to ``layout`` shows when a scanner types ``text`` on US keys."""
    back = {us: own for own, us in layout.items()}
    return text.translate(back)


@pytest.mark.parametrize(
    ("text", "canonical", "told"),
    [
        ("690 1234 5678 92", GTIN, mend.GROUPED),
        ("6 901234 567892", GTIN, mend.GROUPED),
        ("6\u00a0901234\u00a0567892", GTIN, mend.GROUPED),
        ("9638 5074", "https://id.gs1.org/01/00000096385074", mend.GROUPED),
        ("978-7-111-54742-6", "https://id.gs1.org/01/09787111547426", mend.GROUPED),
        ("8021761 9000000001003", DRUG, mend.GROUPED),
        ("8021-7619-0000-0000-1003", DRUG, mend.GROUPED),
        ("3 6901234 000000001 7", SSCC, mend.GROUPED),
        ("(00) 3 6901234 000000001 7", SSCC, mend.GROUPED),
        ("01 06901234567892", GTIN, mend.GROUPED),
        ("010690123456789210L1[GS]17270131", LOT, mend.FNC1),
        ("010690123456789210L1␝17270131", LOT, mend.FNC1),
        ("010690123456789210L1\\x1d17270131", LOT, mend.FNC1),
        ("010690123456789210L1{FNC1}17270131", LOT, mend.FNC1),
        ("<FNC1>010690123456789210L1<fnc1>17270131", LOT, mend.FNC1),
        ("010690123456789210L1^]17270131", LOT, mend.FNC1),
        ("~1010690123456789210L1~117270131", LOT, mend.FNC1),
        ("]C1010690123456789210L1|17270131", LOT, mend.FNC1),
        ("]c10106901234567892", GTIN, mend.SYMBOLOGY),
        ("]D20106901234567892", GTIN, mend.SYMBOLOGY),
        ("]q30106901234567892", GTIN, mend.SYMBOLOGY),
        ("\x026901234567892\x03", GTIN, mend.CONTROLS),
        ("6901234567892\x1e\x04", GTIN, mend.CONTROLS),
        ("[)>\x1e05\x1d010690123456789210L1\x1d17270131\x1e\x04", LOT, mend.ENVELOPE),
        ("[)>␞05␝010690123456789210L1␝17270131␞␄", LOT, mend.ENVELOPE),
        ("[)>{RS}05{GS}010690123456789210L1{GS}17270131{RS}{EOT}", LOT, mend.ENVELOPE),
        ("*6901234567892*", GTIN, mend.ASTERISKS),
        ('"6901234567892"', GTIN, mend.QUOTES),
        ("【6901234567892】", GTIN, mend.QUOTES),
        ("[(01)06901234567892]", GTIN, mend.QUOTES),
        ("6901234567892。", GTIN, mend.STOP),
        ("6901234567892,", GTIN, mend.STOP),
        ("https://id.gs1.org/01/06901234567892。", GTIN, mend.STOP),
        ("追溯码：80217619000000001003", DRUG, mend.LABEL),
        ("药品追溯码 80217619000000001003", DRUG, mend.LABEL),
        ("商品条码:6901234567892", GTIN, mend.LABEL),
        ("GTIN: 6901234567892", GTIN, mend.LABEL),
        ("UDI-DI：(01)06901234567892", GTIN, mend.LABEL),
        ("SN:80217619000000001003", DRUG, mend.LABEL),
        ("药品标识码：8021761 序列号：9000000001003", DRUG, mend.LABEL),
        ("GLN 6901234567892", "https://id.gs1.org/414/6901234567892", mend.LABEL),
        ("物流编号：369012340000000017", SSCC, mend.LABEL),
        ("1. 6901234567892", GTIN, mend.LISTED),
        ("12、6901234567892", GTIN, mend.LISTED),
        ("- 6901234567892", GTIN, mend.LISTED),
        ("①6901234567892", GTIN, mend.LISTED),
        ("'6901234567892", GTIN, mend.EXCEL),
        ('="6901234567892"', GTIN, mend.EXCEL),
        ("6901234567892.0", GTIN, mend.EXCEL),
        ("example.com/01/06901234567892", GTIN, mend.NO_SCHEME),
        ("id.gs1.org/01/06901234567892/10/L1", LOT, mend.NO_SCHEME),
        ("HTTPS://ID.GS1.ORG/GTIN/06901234567892", GTIN, mend.CAPITALS),
        ("https：／／id。gs1。org、01、06901234567892", GTIN, mend.CHINESE),
        ("】d20106901234567892", GTIN, mend.CHINESE),
        ("-çà&é\"'(-è_çé", GTIN, mend.FRENCH),
        ("httpsÖ--id.gs1.org-01-06901234567892-10-L1_17´270131", LOT, mend.GERMAN),
        ("+d2010690123456789210L1", LOT, mend.GERMAN),
    ],
)
def test_what_is_certain_is_mended_and_told(text, canonical, told):
    code = parse(text)
    assert code.canonical == canonical
    assert told in code.mended
    assert parse(code.text).canonical == canonical


def test_faults_on_top_of_each_other_are_all_told():
    assert parse(" 追溯码：“８０２１７６１ ９００００００００１００３”。").mended == (
        mend.SPACE,
        mend.WIDE,
        mend.STOP,
        mend.LABEL,
        mend.QUOTES,
        mend.GROUPED,
    )


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23",  # a date whose digits pass for a GTIN-8 one time in ten
        "2025-0909",
        "0533-5550-1013",  # a telephone number
        "86 138 0533 1230",
        "SN: 6901234567892",
        "SN:6901234567892",  # a serial number of thirteen digits
        "Zz-6901234567892",
        "6901234567892kg",
        "A 6901234567892",
        "(12345)12345",
        "*A37030201*",  # no check digit: any word in asterisks
        "[GS]8004AB",
        "]D2010690123456789221aB",  # in capitals by Caps Lock or by hand? two serials can be meant
        "https://a.example/c/",
        "鲁A12345。",
        "编号 12345670",  # says nothing of the kind
        "code: 6901234567892",
        "快递 78123456789013",
        "example.com/01/7",
        "6901234567892.5",
        "1.6901234567892",
    ],
)
def test_what_is_uncertain_stays_as_it_is(text):
    code = parse(text)
    assert (code.mended, code.text) == ((), text)
    assert code.family in {Family.opaque, Family.url}


@pytest.mark.parametrize("text", ["6901234567893", "(01)06901234567893(21)A", "]C101069012345678921713010A"])
def test_the_first_refusal_stands_when_nothing_helps(text):
    with pytest.raises(Refusal) as refused:
        parse(text)
    assert refused.value.where != "text"


def test_other_envelopes_are_refused_by_name():
    with pytest.raises(Unreadable, match="ISO 15434 format 06"):
        parse("[)>\x1e06\x1d1P12345\x1dSAB\x1e\x04")


@pytest.mark.parametrize(
    "text",
    [
        "6901234567892,6924561884074",
        "6901234567892 6924561884074",
        "6901234567892 6924561884074。",
        "6901234567892 6901234567893",
        "6901234567893 6901234567892",
        "83857930000879766660,6901234567893",
        "6901234567892/6924561884074",
        "6901234567892|6924561884074",
        "6901234567892 / 6924561884074",
        "6901234567892 369012340000000018",
        "]C10106901234567892]C10106924561884074",
        "6901234567892\n6924561884074",
        "https://id.gs1.org/01/06901234567892 https://id.gs1.org/01/06924561884074",
    ],
)
def test_several_codes_are_refused_where_one_is_asked_for(text):
    with pytest.raises(SeveralCodes) as refused:
        parse(text)
    assert refused.value.facts["count"] == 2


@pytest.mark.parametrize("text", ["6901234567893/6901234567892", "6901234567892/24", "6901234567892 A1/B2"])
def test_slashes_part_nothing_but_right_codes(text):
    assert parse(text).family is Family.opaque


def test_what_could_be_one_code_or_two_is_neither():
    """Twenty digits that begin with 8; and a GTIN-8 beside a GTIN-12."""
    assert parse("80217619 036000291452").family is Family.opaque


CODES = {
    Family.gtin: "6901234567892",
    Family.sgtin: "(01)06901234567892(21)A",
    Family.sscc: "369012340000000017",
    Family.drug: "80217619000000001003",
    Family.drug_standard: "86904879000126",
    Family.vet_drug: "202605010370212345678901",
    Family.ear_tag: "137030200000002",
    Family.slaughterhouse: "A37030201",
    Family.ma: "MA.156.M0.100472.11103316",
}
LABELS = {
    "GTIN": {Family.gtin, Family.sgtin},
    "商品条码：": {Family.gtin, Family.sgtin},
    "UDI": {Family.gtin, Family.sgtin, Family.ma},
    "药品追溯码": {Family.drug, Family.sgtin},
    "监管码": {Family.drug, Family.sgtin, Family.vet_drug},
    "兽药追溯码：": {Family.vet_drug},
    "本位码": {Family.drug_standard},
    "SSCC": {Family.sscc},
    "物流号": {Family.sscc},
    "箱号：": {Family.sscc},
    "包装码": {Family.sscc},
    "耳标号": {Family.ear_tag},
    "畜禽标识": {Family.ear_tag},
    "定点屠宰代码": {Family.slaughterhouse},
    "二维码": set(CODES) - {Family.ear_tag, Family.slaughterhouse},
    "编号": set(),
    "快递": set(),
}


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("family", CODES)
def test_a_label_leads_to_its_own_families_alone(label, family):
    """GLN aside, which is a GTIN-13 without its label; and 14 digits of a GTIN label are a GTIN whatever their looks."""
    if family is Family.drug_standard and label in {"GTIN", "商品条码：", "UDI"}:
        assert parse(f"{label} {CODES[family]}").canonical == f"https://id.gs1.org/01/{CODES[family]}"
        return
    code = parse(f"{label} {CODES[family]}")
    assert code.family == (family if family in LABELS[label] else Family.opaque)
    assert (mend.LABEL in code.mended) == (family in LABELS[label])


@pytest.mark.parametrize("text", ["箱号 350123456789012", "编号 350123456789012", "物流号 78123456789013"])
def test_digits_that_a_label_does_not_name_are_left(text):
    assert parse(text).family is Family.opaque


@pytest.mark.parametrize(
    "text", ["耳标 137030200000002", "兽药追溯码 202605010370212345678901", "本位码 86904879000126"]
)
def test_a_label_settles_what_digits_leave_open(text):
    assert (parse(text).doubts, parse(text).also) == ((), ())
    assert parse(text[text.index(" ") :]).doubts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GTIN 06901234567893", BadCheckDigit),
        ("条码 6901234567893", BadCheckDigit),
        ("SSCC 369012340000000018", BadCheckDigit),
        ("GLN 6901234567893", BadCheckDigit),
        ("本位码86904879000127", BadCheckDigit),
        ("690 1234 5678 93", BadCheckDigit),
        ("UDI-DI (01)06901234567892(17)991332", BadDate),
    ],
)
def test_what_a_label_or_groups_announce_is_held_to_it(text, kind):
    with pytest.raises(kind) as refused:
        parse(text)
    assert refused.value.detail_zh


@pytest.mark.parametrize(
    "text", ["369012340000000018", "3 6901234 000000001 8", "00369012340000000018", "0106901234567893"]
)
def test_digits_that_would_be_a_key_but_for_their_check_are_doubted(text):
    code = parse(text)
    assert (code.family, code.doubts) == (Family.opaque, (doubts.CHECK,))


def test_all_labels_are_read_with_their_families():
    assert labels.at("货号 1") is None
    for label, families in LABELS.items():
        found = labels.at(label)
        assert (found is not None) == bool(families)
        assert not found or families <= found.families


@pytest.mark.parametrize("text", ["6.90123E+12", '"6.90123e+12"', " 8.02176E+19\n"])
def test_what_a_spreadsheet_destroyed_is_refused_by_name(text):
    with pytest.raises(Unreadable, match="Excel") as refused:
        parse(text)
    assert "Excel" in refused.value.detail_zh


def test_a_row_of_several_columns_is_refused_with_the_place_of_the_tab():
    with pytest.raises(Unreadable, match="several columns were pasted") as refused:
        parse(" 6901234567892\t鸡蛋")
    assert refused.value.facts["position"] == 14
    assert "第 14 位" in refused.value.detail_zh


KNOWN = ["(01)06901234567892(10)L1", "]d2010690123456789210l1", "https://id.gs1.org/01/06901234567892", "96385074"]


@pytest.mark.parametrize("text", KNOWN)
def test_what_is_known_is_never_guessed_at(text, monkeypatch):
    monkeypatch.setattr(mend, "guesses", lambda _: pytest.fail("guessed"))
    assert parse(text).mended == ()


def test_layouts_are_one_to_one_on_their_keys():
    for layout in (keyboard.FRENCH, keyboard.GERMAN):
        assert len(layout) == len(set(layout.values())) == 94


@given(
    st.sampled_from([keyboard.FRENCH, keyboard.GERMAN]),
    st.text("0123456789ABCXYZabcxyz-_.", min_size=1, max_size=20),
)
def test_a_link_typed_on_another_layout_is_read_as_it_was_scanned(layout, serial):
    link = f"https://id.gs1.org/01/06901234567892/21/{serial}"
    assert parse(typed(link, layout)).canonical == parse(link).canonical


@given(st.text(max_size=60) | st.text("[]{}<>()*\"'^|~1 0569]C1d2:;,.。GS\x1d\x1e\x04", max_size=60))
def test_guesses_are_few_and_no_longer_than_the_text(text):
    found = list(mend.guesses(text))
    assert len(found) <= 25
    assert all(len(guess.text) <= len(text) + len("https://") and guess.told for guess in found)
