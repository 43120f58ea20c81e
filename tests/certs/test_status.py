from datetime import timedelta
from itertools import pairwise

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.certs.errors import BadList
from zhuisu.certs.model import Standing
from zhuisu.certs.seal import sign1
from zhuisu.certs.status import BLOCK, TYPE, StatusList, encode, pack, shuffled, unpack

from .samples import KEY, NOW, ROOT

SECRET = bytes(range(32))


def status_list(packed: bytes) -> StatusList:
    return StatusList("https://zs.example/status-list", NOW, NOW + timedelta(days=1), 300, packed)


@given(st.dictionaries(st.integers(0, 5000), st.sampled_from(Standing)))
@settings(deadline=None)
def test_statuses_survive_their_token(statuses):
    found = StatusList.read(status_list(pack(5001, statuses)).seal(ROOT), ROOT.public)
    assert {index: found[index] for index in statuses} == statuses
    assert sum(1 for standing in found.values() if standing) == sum(1 for standing in statuses.values() if standing)


def test_an_index_beyond_the_end_is_not_in_the_list():
    found = status_list(pack(8, {}))
    assert len(found) == 8
    assert found.get(8) is None
    assert found.get(-1) is None


def test_an_unknown_status_counts_as_suspended():
    assert status_list(pack(4, {2: 3}))[2] is Standing.suspended


def test_an_empty_list_is_a_list():
    assert StatusList.read(status_list(b"").seal(ROOT), ROOT.public).get(0) is None


TOKEN = status_list(pack(64, {3: 1})).seal(ROOT)


@given(st.integers(0, 8 * len(TOKEN) - 1))
@settings(deadline=None)
def test_one_flipped_bit_is_refused(place):
    changed = bytearray(TOKEN)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(BadList):
        StatusList.read(bytes(changed), ROOT.public)


def test_a_list_of_another_root_is_refused():
    with pytest.raises(BadList):
        StatusList.read(TOKEN, KEY.public)


@pytest.mark.parametrize(
    "body",
    [{}, [], {"bits": 2}, {"bits": 1, "lst": b""}, {"bits": 3, "lst": encode(2, b"")}, {"bits": 2, "lst": b"raw"}],
)
def test_a_signed_list_of_another_shape_is_refused(body):
    token = sign1(cbor2.dumps({2: "x", 4: 2, 6: 1, 65533: body, 65534: 1}), ROOT, typ=TYPE)
    with pytest.raises(BadList):
        StatusList.read(token, ROOT.public)


def test_a_compressed_bomb_is_refused():
    with pytest.raises(BadList):
        unpack(encode(2, bytes(1 << 25)))


def test_indexes_are_a_permutation_of_each_block_that_hides_the_order():
    block = [shuffled(count, SECRET) for count in range(BLOCK)]
    assert sorted(block) == list(range(BLOCK))
    assert sum(abs(a - b) < BLOCK // 64 for a, b in pairwise(block)) < BLOCK // 16
    second = [shuffled(BLOCK + count, SECRET) for count in range(256)]
    assert all(BLOCK <= index < 2 * BLOCK for index in second)
    assert [index - BLOCK for index in second] != block[:256]
    assert block[:16] != [shuffled(count, bytes(32)) for count in range(16)]
