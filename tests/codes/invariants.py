"""What must hold for any text at all; the properties, the corpus and the fuzzer check the same."""

from zhuisu.codes import Code, Family, canonical, parse
from zhuisu.codes.errors import TooManyCodes
from zhuisu.codes.explain import explain
from zhuisu.codes.several import read_all
from zhuisu.errors import Refusal


def outcome(text):
    """Code or refusal; anything else that is raised is a fault of ours."""
    try:
        return parse(text)
    except Refusal as refusal:
        return refusal


def check_refusal(refusal):
    assert refusal.detail, "a refusal says what is wrong"
    assert refusal.where, f"a refusal says where: {refusal.detail}"
    assert refusal.detail_zh, f"a refusal speaks Chinese: {refusal.detail}"
    assert not refusal.detail_zh.endswith("。"), f"the page ends the sentence: {refusal.detail_zh}"
    assert bool(refusal.mend) == bool(refusal.mend_zh), f"advice is given in both languages: {refusal.mend}"


def check_code(code):
    assert isinstance(code, Code)
    again = parse(code.canonical)
    assert (again.canonical, again.family, again.level) == (code.canonical, code.family, code.level)
    assert again.item_class == code.item_class
    # The event hash takes an address by its shape (CBV 2.0 §8.9): one that parse keeps as another's may be a key there.
    assert code.family is Family.url or canonical(code.canonical) == code.canonical
    parts = explain(code)
    assert "".join(part.text for part in parts) == code.text
    check_parts(parts)


def check_parts(parts):
    for part in parts:
        if part.parts:
            assert "".join(inner.text for inner in part.parts) == part.text
            check_parts(part.parts)


def check(text):
    """All of it, for one text."""
    assert isinstance(canonical(text), str)
    first = outcome(text)
    if isinstance(first, Refusal):
        check_refusal(first)
    else:
        check_code(first)
    check_all(text)


def check_all(text):
    try:
        readings = read_all(text, most=50)
    except TooManyCodes as refusal:
        check_refusal(refusal)
        return
    for index, reading in enumerate(readings):
        assert (reading.code is None) != (reading.refusal is None)
        if reading.refusal:
            check_refusal(reading.refusal)
        if reading.code and reading.joined > 1:
            check_code(reading.code)
        if reading.same_as is not None:
            assert readings[reading.same_as].code.canonical == reading.code.canonical
            assert reading.same_as < index
    lines = [reading.line for reading in readings]
    assert lines == sorted(lines)
