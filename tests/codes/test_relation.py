"""What a canonical URI belongs to."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codes.elements import keyed
from zhuisu.codes import class_of, lot_of
from zhuisu.codes.keys import describe, escape

ROOT = "https://id.gs1.org"


@given(keyed())
def test_a_uri_and_its_code_name_one_class(pair):
    ai, found = pair
    code = describe(found, ai, "", ())
    assert class_of(code.canonical) == code.item_class
    if code.item_class:
        assert class_of(code.item_class) == code.item_class
    if code.lot_uri:
        assert lot_of(code.item_class, code.lot) == code.lot_uri
        assert class_of(code.lot_uri) == code.item_class


@pytest.mark.parametrize(
    ("path", "item_class"),
    [
        ("/8003/06901234567892X1", "/8003/06901234567892"),
        ("/253/6901234567892D%2F1", "/253/6901234567892"),
        ("/8010/6901234A%2FB/8011/7", "/8010/6901234A%2FB"),
        ("/8006/069012345678920102/21/7", "/8006/069012345678920102"),
    ],
)
def test_the_class_ends_where_the_serial_begins(path, item_class):
    assert class_of(ROOT + path) == ROOT + item_class


@pytest.mark.parametrize("uri", [f"{ROOT}/00/369012340000000017", f"{ROOT}/8004/6901234A", ROOT, f"{ROOT}/", "urn:x:1"])
def test_what_is_one_thing_alone_has_no_class(uri):
    assert class_of(uri) == ""


def test_a_returnable_asset_has_no_lots():
    assert lot_of(f"{ROOT}/8003/06901234567892", "L1") == ""


@given(st.text(st.characters(codec="utf-8")))
def test_values_are_escaped_as_the_event_hash_wants_them(value):
    assert escape(value) == quote(value, safe="';=")
