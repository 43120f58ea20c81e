import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.certs.errors import BadSeal, NotACertificate
from zhuisu.certs.keys import EDDSA, ES256, PrivateKey
from zhuisu.certs.model import Certificate
from zhuisu.certs.qr import symbol
from zhuisu.certs.seal import (
    _P256_ORDER,
    address,
    claimed_issuer,
    decode,
    digits,
    from_digits,
    identify,
    open_,
    peek,
    seal,
    sign1,
)

from .samples import BASE, EGGS, EGGS_FULL, KEY, MEAT_FULL, PLANT_KEY, certificates


@given(certificates, st.sampled_from([KEY, PLANT_KEY]))
@settings(deadline=None)
def test_what_is_sealed_is_what_is_opened(certificate: Certificate, key: PrivateKey):
    token = seal(certificate, key)
    assert open_(token, key.public) == certificate
    assert from_digits(digits(token)) == token
    assert claimed_issuer(token) == certificate.issuer


@pytest.mark.parametrize("key", [KEY, PLANT_KEY], ids=["ES256", "EdDSA"])
def test_the_layout_is_that_of_the_design(key):
    token = seal(EGGS, key)
    payload = token[15:-66]
    alg = {ES256: b"\x26", EDDSA: b"\x27"}[key.public.alg]
    assert token[:13] == b"\xd2\x84\x49\xa2\x01" + alg + b"\x04\x44" + key.public.kid + b"\xa0"
    assert token[13:15] == bytes([0x58, len(payload)])
    assert token[-66:-64] == b"\x58\x40"
    assert peek(token) == (key.public.alg, key.public.kid)


@pytest.mark.parametrize(
    ("certificate", "most", "medium", "quartile"),
    [(EGGS, 149, 9, 12), (EGGS_FULL, 222, 12, 14), (MEAT_FULL, 251, 12, 15)],
    ids=["egg", "egg full", "meat full"],
)
def test_sizes_hold(certificate, most, medium, quartile):
    token = seal(certificate, KEY)
    text = address(BASE, token)
    assert len(text) - len(digits(token)) == 27
    assert len(token) <= most
    assert symbol(text).version <= medium
    assert symbol(text, level="Q").version <= quartile


def test_the_id_is_half_the_hash_of_the_token():
    assert identify(b"\x01\x00") == "47dc540c94ceb704a23875c11273e16b"


def test_of_the_two_ecdsa_signatures_only_the_low_one_is_accepted():
    token = seal(EGGS, KEY)
    s = int.from_bytes(token[-32:])
    assert 2 * s <= _P256_ORDER
    twin = token[:-32] + (_P256_ORDER - s).to_bytes(32)
    with pytest.raises(BadSeal):
        open_(twin, KEY.public)


@pytest.mark.parametrize("text", ["", "0", "012", "1 2", "-5", "1_000", "12a", "１２３", "9" * 4097])
def test_what_is_no_number_of_ours_is_refused(text):
    with pytest.raises(NotACertificate):
        from_digits(text)


@given(st.integers(1, 256**1600))
@settings(deadline=None)
def test_every_number_stands_for_one_byte_string(number):
    assert digits(from_digits(str(number))) == str(number)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xa0\xa0",
        b"\xa1\x01",
        b"\x01",
        b"\xbf\x01\x02\xff",
        b"\xa1\x18\x01\x02",
        b"\xa1\x01\x18\x02",
        b"\xa2\x01\x01\x01\x01",
        b"\xa1\x01\x5f\x41\x61\x41\x62\xff",
        b"\xa1\x01\x61\xff",
        b"\xa1\x01" + b"\x81" * 100 + b"\x00",
        b"\xa1\x01\xc2\x41\x05",
        b"\xa1\x01\xfa\x3f\xc0\x00\x00",
    ],
)
def test_only_the_shortest_cbor_is_read(payload):
    with pytest.raises(BadSeal):
        decode(payload)


def test_a_document_of_another_type_is_not_a_certificate():
    with pytest.raises(NotACertificate):
        peek(sign1(b"\xa0", KEY, typ="application/other+cwt"))
