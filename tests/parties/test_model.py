"""What the register's values answer."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.parties.model import PUBLIC, Division, Licence, LicenceKind, Principal, Role, is_own, prefix, reaches, sees

divisions = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)


@pytest.mark.parametrize(
    ("overseen", "division", "reached"),
    [
        ("370300", "370302", True),
        ("370300", "370300", True),
        ("370302", "370300", False),
        ("370302", "370303", False),
        ("370000", "370302", True),
        ("370000", "380000", False),
        ("100000", "110000", False),
        ("000000", "659001", True),
        ("370300", "", False),
    ],
)
def test_trailing_pairs_of_zeros_are_wildcards(overseen: str, division: str, reached: bool) -> None:
    assert reaches((overseen,), division) is reached


def test_nobody_without_divisions_reaches_anything() -> None:
    assert not reaches((), "370302")


@given(divisions)
def test_a_division_lies_in_itself_its_city_and_its_province_alone(division: str) -> None:
    assert reaches((division,), division)
    assert reaches((division[:4] + "00",), division)
    assert reaches((division[:2] + "0000",), division)
    other = "99" if division[:2] != "99" else "98"
    assert not reaches((f"{other}0000",), division)


@given(divisions, divisions)
def test_reach_is_the_prefix(overseen: str, division: str) -> None:
    assert reaches((overseen,), division) == division.startswith(prefix(overseen))
    assert len(prefix(overseen)) % 2 == 0
    assert prefix(overseen).ljust(6, "0") == overseen


FARMER = Principal(party=1, uscc="F", roles=frozenset({Role.operator}), via="key")
INSPECTOR = Principal(party=2, uscc="R", roles=frozenset({Role.regulator}), divisions=("370300",), via="key")
ADMIN = Principal(party=3, uscc="A", roles=frozenset({Role.administrator}), via="key")
CLERK = Principal(party=2, uscc="R", roles=frozenset({Role.operator}), divisions=("370300",), via="key")


@pytest.mark.parametrize(
    ("who", "uscc", "division", "own", "seen"),
    [
        (FARMER, "F", "370302", True, True),
        (FARMER, "G", "370302", False, False),
        (INSPECTOR, "F", "370302", False, True),
        (INSPECTOR, "F", "370202", False, False),
        (CLERK, "F", "370302", False, False),
        (ADMIN, "F", "659001", True, True),
        (PUBLIC, "F", "370302", False, False),
        (PUBLIC, "", "", False, False),
    ],
)
def test_who_sees_whom(who: Principal, uscc: str, division: str, own: bool, seen: bool) -> None:
    assert is_own(who, uscc) is own
    assert sees(who, uscc, division) is seen


@pytest.mark.parametrize("text", ["37030", "3703022", "37030a", "370302\n", "３７０３０２", ""])
def test_a_division_is_six_ascii_digits(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Division)


def test_a_licence_is_valid_on_both_its_days() -> None:
    licence = Licence(
        kind=LicenceKind.food_trade, number="JY1", valid_from=date(2024, 1, 1), valid_until=date(2024, 12, 31)
    )
    endless = msgspec.structs.replace(licence, valid_until=None)
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    assert [licence.valid_on(day) for day in days] == [False, True, True, False]
    assert [endless.valid_on(day) for day in days] == [False, True, True, True]
