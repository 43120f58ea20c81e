from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.codes import check_uscc
from zhuisu.codes.errors import BadUscc
from zhuisu.codes.uscc import ALPHABET, check_character

FARM = "91370302MA000A012K"


@pytest.mark.parametrize("spelled", [FARM, f" {FARM.lower()} ", "９１３７０３０２ＭＡ０００Ａ０１２Ｋ"])
def test_spellings_meet(spelled):
    assert check_uscc(spelled) == FARM


@given(st.text(ALPHABET, min_size=17, max_size=17), st.data())
def test_no_single_wrong_character_passes(first17, data):
    code = first17 + check_character(first17)
    assert check_uscc(code) == code
    at = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != code[at]]))
    with pytest.raises(BadUscc):
        check_uscc(code[:at] + wrong + code[at + 1 :])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 characters"),
        (FARM[:-1], "17 characters"),
        ("91370302MA000A012X", "position 18: the check character is X, the others lead to K"),
        ("9137O302MA000A012K", "position 5: 'O' is not used"),
        ("91370302MA000A01２\x00", "position 18"),
    ],
)
def test_refusals_name_the_position(text, words):
    with pytest.raises(BadUscc) as refused:
        check_uscc(text)
    assert words in refused.value.detail


@given(st.text())
def test_any_text_is_a_code_or_refused(text):
    with suppress(BadUscc):
        assert len(check_uscc(text)) == 18
