import msgspec
import pytest

from zhuisu.codes.text import Line, Name, Note


@pytest.mark.parametrize("text", ["鸡蛋", "a", "Öl 5 l", "𠮷野家", "x" * 100])
def test_words_pass(text):
    for kind in (Line, Name, Note):
        assert msgspec.convert(text, kind) == text


@pytest.mark.parametrize("kind", [Line, Name])
@pytest.mark.parametrize(
    "text",
    ["", " ", "\u3000", "a\x00", "\x00", "a\n", "a\nb", "\ta", "a\x7f", "a\x85b", "a\u2028b", "a\u202eb", "x" * 201],
)
def test_one_line_refuses(kind, text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, kind)


def test_a_name_is_shorter_than_a_line():
    assert msgspec.convert("x" * 200, Line)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("x" * 101, Name)


@pytest.mark.parametrize("text", ["", "two\nlines", "tab\tand\r\n", "x" * 2000])
def test_notes_may_have_lines_or_nothing(text):
    assert msgspec.convert(text, Note) == text


@pytest.mark.parametrize("text", ["\x00", "a\x00", "a\nb\x1b[0m", "a\u202eb", "x" * 2001])
def test_notes_refuse(text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Note)


def test_json_cannot_bring_half_a_character():
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(b'"\\ud800"', type=Name)
