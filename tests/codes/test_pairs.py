"""Which elements need and exclude one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codes.elements import keyed
from zhuisu.codes import parse
from zhuisu.codes.ai import AIS
from zhuisu.codes.errors import BadPairing, NoKey
from zhuisu.codes.pairs import clashing, missing, require

GTIN = "06901234567892"
ais = st.lists(st.sampled_from(sorted(AIS)), unique=True, max_size=6).map(tuple)


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        (
            f"(01){GTIN}(37)12",
            "AI (01) at position 1: it cannot stand beside (37)",
            "第 1 位的 AI (01)：不能与 (37) 同时出现",
        ),
        (
            f"(01){GTIN}(250)X",
            "AI (250) at position 19: it needs (01)+(21) or (03)+(21) or (8006)+(21) beside it",
            "第 19 位的 AI (250)：须与 (01)+(21) 或 (03)+(21) 或 (8006)+(21) 同时出现",
        ),
        (
            f"]d201{GTIN}3103001250" + "3105001250",
            "AI (3103) at position 20: it cannot stand beside (3105)",
            "第 20 位的 AI (3103)：不能与 (3105) 同时出现",
        ),
        (
            f"https://a.example/01/{GTIN}?427=BJ",
            "AI (427) at position 37: it needs (01)+(422) or (02)+(422) or (03)+(422) beside it",
            "第 37 位的 AI (427)：须与 (01)+(422) 或 (02)+(422) 或 (03)+(422) 同时出现",
        ),
        (
            f"(8003){GTIN}(8030)AB",
            "AI (8030) at position 21: the (8003) that it signs needs a serial",
            "第 21 位的 AI (8030)：所签名的 (8003) 须带系列号",
        ),
    ],
)
def test_refusals_name_ai_position_and_rule_in_both_languages(text, en, zh):
    with pytest.raises(BadPairing) as refused:
        parse(text)
    assert (refused.value.detail, refused.value.detail_zh) == (en, zh)
    assert refused.value.facts["position"] > 0


@pytest.mark.parametrize("text", ["(10)L1(17)270131", "(250)X", f"(02){GTIN}(37)1", "(415)6901234567892", "(8020)1"])
def test_what_has_no_key_may_find_it_in_another_symbol(text):
    with pytest.raises(NoKey):
        parse(text)


def test_what_two_symbols_say_together_is_asked_together():
    require({"00": "", "02": "", "37": ""})
    with pytest.raises(BadPairing):
        require({"02": "", "37": ""})


@given(ais, st.randoms())
def test_the_order_of_elements_does_not_matter(names, random):
    mixed = random.sample(names, len(names))
    assert bool(clashing(names)) == bool(clashing(tuple(mixed)))
    assert bool(missing(names)) == bool(missing(tuple(mixed)))


@given(ais, st.sampled_from(sorted(AIS)))
def test_more_elements_never_end_a_clash_and_never_take_what_was_needed(names, more):
    if clashing(names):
        assert clashing((*names, more))
    if more not in names and not missing(names):
        lack = missing((*names, more))
        assert lack is None or lack.ai == more


@pytest.mark.parametrize("ai", sorted(AIS))
def test_what_is_needed_can_be_had(ai):
    have = [ai]
    for _ in range(5):
        lack = missing(tuple(have))
        if lack is None:
            break
        fits = [[*have, *group] for group in (need.strip("()").replace("n", "0").split(")+(") for need in lack.needs)]
        have = next((more for more in fits if not clashing(tuple(more))), fits[0])
    assert missing(tuple(dict.fromkeys(have))) is None


@given(keyed())
def test_a_key_and_its_qualifiers_belong_together(pair):
    _, found = pair
    require(found)
