from datetime import timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from zhuisu.certs.errors import BadList
from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.seal import seal, sign1
from zhuisu.certs.trust import TYPE, TrustedKey, TrustList

from .samples import EGGS, FARM, KEY, NOW, PLANT, PLANT_KEY, ROOT, TRUST, trust_list

TOKEN = TRUST.seal(ROOT)


def test_a_list_survives_its_token():
    assert TrustList.read(TOKEN) == TRUST
    assert TrustList.read(TOKEN, root=ROOT.public.thumbprint.hex().upper()) == TRUST


def test_a_key_costs_about_150_bytes():
    assert len(TOKEN) - len(trust_list(TRUST.keys[0]).seal(ROOT)) < 180


def test_another_root_is_refused():
    with pytest.raises(BadList) as refused:
        TrustList.read(TOKEN, root="00" * 32)
    assert refused.value.where == "root"


def test_a_list_signed_by_another_than_its_root_is_refused():
    with pytest.raises(BadList):
        TrustList.read(TRUST.seal(KEY))


@given(st.integers(0, 8 * len(TOKEN) - 1))
@settings(deadline=None)
def test_one_flipped_bit_is_refused(place):
    changed = bytearray(TOKEN)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(BadList):
        TrustList.read(bytes(changed), root=ROOT.public.thumbprint.hex())


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_anything_else_is_refused(token):
    with pytest.raises(BadList):
        TrustList.read(token)


def test_a_certificate_is_no_trust_list():
    with pytest.raises(BadList):
        TrustList.read(seal(EGGS, ROOT))


@pytest.mark.parametrize("body", [{}, {1: {}, 2: "", 3: []}, {1: cbor2.loads(ROOT.public.cose), 2: "", 3: [[1]]}, 7])
def test_a_signed_list_of_another_shape_is_refused(body):
    token = sign1(cbor2.dumps({1: "x", 4: 2, 6: 1, -65538: body}), ROOT, typ=TYPE)
    with pytest.raises(BadList):
        TrustList.read(token)


def test_keys_are_found_by_id_and_issuers_by_uscc():
    assert [trusted.issuer for trusted in TRUST.keys_of(PLANT_KEY.public.kid)] == [PLANT]
    assert TRUST.keys_of(b"none") == ()
    assert TRUST.issuer(FARM.uscc) == FARM
    assert TRUST.issuer("91370303MA000A047L") is None


def test_keys_that_share_an_id_are_all_found(monkeypatch):
    twin = PrivateKey.generate()
    twin.public.kid = KEY.public.kid
    trust = trust_list(TrustedKey(FARM, KEY.public, NOW), TrustedKey(PLANT, twin.public, NOW))
    assert [trusted.issuer for trusted in trust.keys_of(KEY.public.kid)] == [FARM, PLANT]


def test_a_key_signs_from_its_first_second_to_before_its_last():
    trusted = replace(TRUST.keys[0], since=NOW, until=NOW + timedelta(days=1))
    assert not trusted.signs_at(NOW - timedelta(seconds=1))
    assert trusted.signs_at(NOW)
    assert not trusted.signs_at(NOW + timedelta(days=1))
