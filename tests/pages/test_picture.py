import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuisu.codes.errors import PersonalNumber, Unreadable
from zhuisu.codes.explain import Part, explain
from zhuisu.codes.reader import parse
from zhuisu.codes.text import Words
from zhuisu.errors import Refusal
from zhuisu.pages.picture import AROUND, draw, fault, quotable, typed, visible

NAME = Words("甲", "A")


def part(text: str = "", *parts: Part) -> Part:
    return Part(text=text or "".join(one.text for one in parts), name=NAME, parts=parts)


def test_a_part_of_parts_has_letters_and_a_plain_one_has_none() -> None:
    first, second = draw((part("", part("(01)"), part("", part("0690"), part("2"))), part("x")))
    assert (first.number, second.number) == (1, 2)
    assert [(leaf.mark, leaf.text) for leaf in first.leaves] == [("a", "(01)"), ("b", "0690"), ("c", "2")]
    assert [(row.mark, row.part.text) for row in first.rows] == [
        ("a", "(01)"),
        ("b–c", "06902"),
        ("b", "0690"),
        ("c", "2"),
    ]
    assert (second.leaves, second.rows) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "(01)06901234567892(17)270131(10)202605A(21)00042",
        "80217619000000001003",
        "https://id.gs1.org/01/06901234567892",
    ],
)
def test_the_boxes_hold_all_that_was_read_in_its_order(text: str) -> None:
    boxes = draw(explain(parse(text)))
    assert "".join(box.part.text for box in boxes) == text
    for box in boxes:
        assert not box.leaves or "".join(leaf.text for leaf in box.leaves) == box.part.text


def test_what_only_separates_has_no_letter_and_no_row() -> None:
    [box] = draw((part("", part("MA"), part("."), part("156")),))
    assert [(leaf.mark, leaf.text) for leaf in box.leaves] == [("a", "MA"), ("", "."), ("b", "156")]
    assert [row.mark for row in box.rows] == ["a", "b"]


def test_every_letter_of_a_box_has_its_row() -> None:
    [box] = draw((part("", *(part("x") for _ in range(60))),))
    assert len({leaf.mark for leaf in box.leaves}) == 60
    assert [leaf.mark for leaf in box.leaves] == [row.mark for row in box.rows]


def test_the_fault_is_the_character_that_the_refusal_names() -> None:
    found = fault(" 0690é234 ", Refusal("x", position=5))
    assert found is not None
    assert (found.before, found.at, found.after) == ("0690", "é", "234")


@pytest.mark.parametrize(
    ("text", "position", "marked"),
    [
        ("6901234567890", 1, "6901234567890"),
        ("2012345000004", 1, "2012345000004"),
        ("https://id.gs1.org/01/06901234567890?17=270131", 20, "01/06901234567890"),
        ("https://id.gs1.org/01/06901234567892?17=271331", 38, "17=271331"),
    ],
)
def test_the_fault_of_a_number_or_a_link_is_its_element(text: str, position: int, marked: str) -> None:
    found = fault(text, Refusal("x", position=position))
    assert found is not None
    assert found.at == marked


def test_the_fault_of_an_element_is_marked_whole() -> None:
    found = fault("(01)06901234567892(17)991332(10)L1", Refusal("x", position=19))
    assert found is not None
    assert (found.before, found.at, found.after) == ("(01)06901234567892", "(17)991332", "(10)L1")


def test_a_spelled_fnc1_counts_as_one_character() -> None:
    found = fault("010690123456789210L1{GS}99x", Refusal("x", position=24))
    assert found is not None
    assert (found.before[-2:], found.at) == ("99", "x")


@pytest.mark.parametrize(
    "text",
    [
        "]d20106901234567892{GS}10L1{GS}17271331",
        "]d2\x1d0106901234567892<GS>10L1<GS>17271331",
        "\u200b0106901234567892^10L1^17271331",
        "\ufeff \u3000]C10106901234567892{gs}10L1\x1d17271331\r\n",
        "０１０６９０１２３４５６７８９２10L1{GS}17271331",
        "(01)06901234567892 (17)271331",
    ],
)
def test_the_mark_is_on_what_the_sentence_speaks_of(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(text)
    found = fault(text, refused.value)
    assert found is not None
    assert found.at in {"17271331", "(17)271331"}


@pytest.mark.parametrize(("text", "shown"), [("a\x00b", "a␀b"), ("a\r\nb\x1dc", "a\nb<GS>c")])
def test_a_field_gives_back_what_can_be_seen(text: str, shown: str) -> None:
    assert typed(text) == shown


@given(st.text(max_size=300), st.integers(-3, 400))
def test_a_fault_shows_a_piece_of_the_text_or_nothing(text: str, position: int) -> None:
    found = fault(text, Refusal("x", position=position))
    if found:
        assert 1 <= len(found.at) <= AROUND + 1
        assert len(found.before) <= AROUND + 1
        assert len(found.after) <= AROUND + 1


def test_a_refusal_without_a_position_marks_nothing() -> None:
    assert fault("abc", Unreadable("x")) is None


def test_the_number_of_a_person_is_not_said_back() -> None:
    refusal = PersonalNumber("x", position=1)
    assert quotable("11010519491231002X", refusal) == ""
    assert fault("11010519491231002X", refusal) is None


def test_control_characters_are_seen_and_turn_nothing_around() -> None:
    assert visible("10L1\x1d21\u202e7") == "10L1<GS>21\ufffd7"
    assert visible("鸡蛋 7") == "鸡蛋 7"
