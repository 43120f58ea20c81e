"""Every linter against the published vectors of the GS1 Syntax Dictionary, and what their refusals tell."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codes.elements import bracketed, scanned, values
from zhuisu.codes import parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import check_pair
from zhuisu.codes.errors import BadCheckDigit, BadDate, BadElement
from zhuisu.codes.gs1 import elements
from zhuisu.codes.linters import LINTERS, csumalpha
from zhuisu.errors import Refusal

VECTORS = Path(__file__).parents[2] / ".." / "shared/conformance/gs1-syntax-dictionary/linter-vectors.json"

# The reference is tested with a table of company prefixes that knows none of these, or that is away; we have no table.
TABLE = {("gcppos1", "1234567"), ("gcppos2", "I1234567")}
AWAY = "GCP_DATASOURCE_OFFLINE"


@pytest.mark.parametrize("name", LINTERS)
def test_every_vector(name, tally):
    if not VECTORS.exists():
        pytest.skip("the linter vectors are not beside the repository")
    vectors = json.loads(VECTORS.read_text())
    assert set(vectors) == set(LINTERS)
    for vector in vectors[name]:
        data, found = vector["data"], LINTERS[name](vector["data"])
        differs = (name, data) in TABLE or vector.get("error") == AWAY
        assert (found is None) == (vector["ok"] or differs), (data, found)
        tally("linters", passed=found is None, differs=differs)
        if found:
            assert found.at <= len(data)
            assert found.en
            assert any("\u4e00" <= c <= "\u9fff" for c in found.zh)


@pytest.mark.parametrize(
    "ai", ["01", "8013", "8014", "8007", "4309", "8008", "7040", "8110", "8112", "423", "4331", "7258"]
)
def test_right_values_pass(ai):
    @given(values(ai))
    def run(value):
        assert elements(bracketed({ai: value})) == {ai: value}
        assert elements(scanned({ai: value})[3:]) == {ai: value}

    run()


@given(st.sampled_from(sorted(AIS)).flatmap(lambda ai: st.tuples(st.just(ai), values(ai))))
def test_right_values_of_every_ai_pass(pair):
    ai, value = pair
    assert elements(bracketed({ai: value})) == {ai: value}


CHECKED = [
    ai for ai, spec in AIS.items() if any({"csum", "csumalpha", "iban"} & {*part.linters} for part in spec.parts)
]


@given(st.sampled_from(CHECKED).flatmap(lambda ai: st.tuples(st.just(ai), values(ai))), st.data())
def test_no_single_wrong_digit_of_a_checked_value_passes(pair, data):
    ai, value = pair
    reach = AIS[ai].checked or len(value)
    at = data.draw(st.sampled_from([at for at in range(reach) if value[at].isdecimal()]))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != value[at]]))
    with pytest.raises(Refusal):
        elements(bracketed({ai: value[:at] + wrong + value[at + 1 :]}))


@given(st.text("AZaz09_!", min_size=4, max_size=23))
def test_a_check_pair_completes_its_body(body):
    assert csumalpha(body + check_pair(body)) is None


@pytest.mark.parametrize(
    ("text", "kind", "en", "zh"),
    [
        (
            "(01)06901234567892(422)999",
            BadElement,
            "AI (422) at position 19: '999' is no numeric country code of ISO 3166",
            "第 19 位的 AI (422)：“999”不是国家（地区）数字代码（ISO 3166）",
        ),
        (
            "(01)06901234567892(17)991332",
            BadDate,
            "AI (17) at position 19: 991332 has no month 13",
            "第 19 位的 AI (17)：991332 没有 13 月",
        ),
        (
            "]d201069012345678921021" + "\x1d10鲁",
            BadElement,
            "AI (10) at position 25: '鲁' at place 1 of '鲁' should be a character of GS1 set 82",
            "第 25 位的 AI (10)：“鲁”第 1 个字符“鲁”应为字符集 82 中的字符",
        ),
        (
            "(8006)069012345678920302",
            BadElement,
            "AI (8006) at position 1: '0302' is no piece 3 of 2",
            "第 1 位的 AI (8006)：“0302”不成立：共 2 件中的第 3 件",
        ),
        (
            "(8013)1987654Ad4X4bL5ttr2310c2L",
            BadCheckDigit,
            "AI (8013) at position 1: the check character pair of '1987654Ad4X4bL5ttr2310c2L' is 2L; the others lead to 2K",
            "第 1 位的 AI (8013)：“1987654Ad4X4bL5ttr2310c2L”的校验字符对为 2L，按其余字符应为 2K",
        ),
        (
            "(8018)369012340000000017(7250)20210229",
            BadDate,
            "AI (7250) at position 25: 20210229 has no day 29, 2021-02 has 28",
            "第 25 位的 AI (7250)：20210229 没有 29 日，2021 年 2 月只有 28 天",
        ),
        (
            "(01)06901234567893",
            BadCheckDigit,
            "AI (01) at position 1: GTIN 06901234567893: digit 14, the check digit, is 3; the others lead to 2",
            "第 1 位的 AI (01)：GTIN 06901234567893：校验码（第 14 位数字）为 3，按其余数字应为 2",
        ),
        (
            "(8004)69",
            BadElement,
            "AI (8004) at position 1: '69' is too short for a GS1 Company Prefix",
            "第 1 位的 AI (8004)：“69”太短，容不下厂商识别代码",
        ),
    ],
)
def test_refusals_name_ai_position_and_rule_in_both_languages(text, kind, en, zh):
    with pytest.raises(kind) as refused:
        parse(text)
    assert (refused.value.detail, refused.value.detail_zh) == (en, zh)
    assert refused.value.facts["position"] > 0
