import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.codes.checksum import check_digit, holds, require
from zhuisu.codes.errors import BadCheckDigit

numbers = st.text("0123456789", min_size=1, max_size=30)


@given(numbers)
def test_the_check_digit_follows_the_published_weights(digits):
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    assert check_digit(digits) == str(-total % 10)
    assert holds(digits + check_digit(digits))


@given(numbers, st.data())
def test_no_single_wrong_digit_passes(digits, data):
    whole = digits + check_digit(digits)
    at = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != whole[at]]))
    assert not holds(whole[:at] + wrong + whole[at + 1 :])


def test_the_refusal_names_the_digit_and_what_belongs_there():
    with pytest.raises(BadCheckDigit) as refused:
        require("6901234567893", "GTIN-13", "01")
    assert "digit 13, the check digit, is 3; the others lead to 2" in refused.value.detail
    assert refused.value.facts["expected"] == "2"
