import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.codes.checksum import check_digit, holds, require, upc_e
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


@pytest.mark.parametrize(
    ("digits", "gtin"),
    [
        ("04252614", "00042100005264"),  # GS1 US
        ("01234531", "00012300000451"),
        ("01234543", "00012340000053"),
        ("01234558", "00012345000058"),
        ("01234505", "00012000003455"),
        ("04252615", ""),
        ("14252614", ""),
        ("0425261", ""),
        ("0425261A", ""),
        ("\u0660" * 8, ""),
    ],
)
def test_a_upc_e_stands_for_a_gtin(digits, gtin):
    assert upc_e(digits) == gtin


@given(st.text("0123456789", min_size=6, max_size=6))
def test_every_upc_e_has_one_check_digit(body):
    found = [gtin for last in "0123456789" if (gtin := upc_e(f"0{body}{last}"))]
    assert len(found) == 1
    assert holds(found[0])
    assert found[0].startswith("000")
