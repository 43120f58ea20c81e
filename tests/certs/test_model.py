from decimal import Decimal

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from zhuisu.certs.errors import BadClaim
from zhuisu.certs.model import BODY, EXP, IAT, Certificate, claims, from_claims

from .samples import EGGS, MEAT_FULL, certificates


@given(certificates)
@settings(deadline=None)
def test_what_is_written_is_what_is_read(certificate: Certificate):
    assert from_claims(claims(certificate)) == certificate


def test_empty_fields_cost_nothing():
    assert set(claims(EGGS)[BODY]) == {1, 2, 3, 4, 5, 6, 9}


def test_status_index_zero_is_written():
    assert claims(replace(EGGS, status=0))[BODY][9] == 0


def test_whole_quantities_travel_as_integers_and_others_without_trailing_zeros():
    assert claims(replace(EGGS, quantity=Decimal("360.000")))[BODY][3] == 360
    assert str(claims(replace(EGGS, quantity=Decimal("18.50")))[BODY][3]) == "18.5"


def changed(number: int, value: object) -> dict:
    found = claims(MEAT_FULL)
    found[BODY] = found[BODY] | {number: value}
    return found


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (1, True),
        (1, -1),
        (2, 0),
        (2, 10**14),
        (2, ""),
        (2, "a\x00b"),
        (2, "\u202eevil"),
        (2, "x" * 201),
        (3, 0),
        (3, -1),
        (3, Decimal("0.0001")),
        (3, Decimal("1.0")),
        (3, Decimal(5)),
        (3, Decimal("NaN")),
        (3, Decimal("Infinity")),
        (3, 1.5),
        (3, 10**12),
        (6, 0),
        (6, 16),
        (6, True),
        (9, 2**32),
        (17, []),
        (17, [[3, "x"]]),
        (17, [[1]]),
        (17, [[1, ""]]),
        (18, 2**32),
        (20, 8),
        (99, 1),
        ("1", 1),
    ],
)
def test_a_value_outside_the_cddl_is_refused_by_name(number, value):
    with pytest.raises(BadClaim) as refused:
        from_claims(changed(number, value))
    assert refused.value.where in {f"body/{number}", "body"}


@pytest.mark.parametrize("number", [1, 2, 3, 4, 9])
def test_a_missing_field_is_refused(number):
    found = claims(EGGS)
    del found[BODY][number]
    with pytest.raises(BadClaim):
        from_claims(found)


@pytest.mark.parametrize(
    "change",
    [
        {IAT: None},
        {IAT: 0},
        {IAT: 2**40},
        {EXP: "soon"},
        {1: "short"},
        {7: b"short"},
        {BODY: []},
        {5: 1},
        {1: "91370302MA000A012I"},
    ],
)
def test_a_foreign_claims_set_is_refused(change):
    with pytest.raises(BadClaim):
        from_claims(claims(EGGS) | change)
