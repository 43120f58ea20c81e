import hashlib

import cbor2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.certs.errors import BadKey, KeyLocked
from zhuisu.certs.keys import EDDSA, ES256, PrivateKey, PublicKey

MASTER = bytes(range(32))
OWNER = "91370302MA000A012K"


@pytest.fixture(params=[ES256, EDDSA])
def key(request) -> PrivateKey:
    return PrivateKey.generate(request.param)


def test_a_signature_is_64_bytes_and_fits_only_its_message_and_key(key):
    signature = key.sign(b"eggs")
    assert len(signature) == 64
    assert key.public.verifies(b"eggs", signature)
    assert not key.public.verifies(b"Eggs", signature)
    assert not key.public.verifies(b"eggs", signature + b"\x00")
    assert not PrivateKey.generate(key.public.alg).public.verifies(b"eggs", signature)


@pytest.mark.parametrize("signature", [b"", b"\x00" * 64, b"\xff" * 64, b"\x00" * 63])
def test_a_degenerate_signature_is_false_not_an_error(key, signature):
    assert not key.public.verifies(b"eggs", signature)


def test_signatures_are_deterministic(key):
    assert key.sign(b"eggs") == key.sign(b"eggs")


def test_a_public_key_survives_its_bytes(key):
    assert PublicKey.from_bytes(key.public.cose) == key.public


def test_the_kid_is_the_head_of_the_rfc_9679_thumbprint():
    # RFC 9679 §6: the example key and its thumbprint
    cose = bytes.fromhex(
        "a40102200121582065eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
        "2258201e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"
    )
    public = PublicKey.from_bytes(cose)
    assert public.cose == cose
    assert public.thumbprint.hex() == "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
    assert public.kid == hashlib.sha256(cose).digest()[:4]


def test_a_wrapped_key_opens_only_with_master_owner_and_kid(key):
    kid = key.public.kid
    wrapped = key.wrap(MASTER, OWNER)
    assert PrivateKey.unwrap(wrapped, MASTER, OWNER, kid).public == key.public
    assert key.wrap(MASTER, OWNER) != wrapped
    for master, owner, other in (
        (bytes(32), OWNER, kid),
        (MASTER, "91370302MA000A039B", kid),
        (MASTER, OWNER, b"\x00" * 4),
    ):
        with pytest.raises(KeyLocked):
            PrivateKey.unwrap(wrapped, master, owner, other)


@given(st.integers(0, 8 * 100 - 1))
@settings(deadline=None)
def test_a_wrapped_key_with_one_flipped_bit_does_not_open(place):
    key = PrivateKey.generate()
    wrapped = bytearray(key.wrap(MASTER, OWNER))
    wrapped[place // 8] ^= 1 << place % 8
    with pytest.raises(KeyLocked):
        PrivateKey.unwrap(bytes(wrapped), MASTER, OWNER, key.public.kid)


def test_pem_with_and_without_password(key):
    assert PrivateKey.from_pem(key.pem()).public == key.public
    assert PrivateKey.from_pem(key.pem("secret"), "secret").public == key.public
    for pem, password in (
        (key.pem("secret"), ""),
        (key.pem("secret"), "wrong"),
        (key.pem(), "needless"),
        (b"eggs", ""),
    ):
        with pytest.raises(BadKey):
            PrivateKey.from_pem(pem, password)


@pytest.mark.parametrize("secret", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)])
def test_a_key_of_another_kind_is_refused(secret):
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(BadKey):
        PrivateKey.from_pem(pem)


@pytest.mark.parametrize(
    "cose",
    [
        b"",
        b"\xff",
        cbor2.dumps([]),
        cbor2.dumps({1: 2, -1: 1, -2: b"\x01" * 32, -3: b"\x01" * 32}),
        cbor2.dumps({1: 2, -1: 2, -2: b"\x01" * 32, -3: b"\x01" * 32}),
        cbor2.dumps({1: 1, -1: 6, -2: b"\x01" * 31}),
        cbor2.dumps({1: 1, -1: 6, -2: b"\x01" * 32, -4: b"secret"}),
    ],
)
def test_what_is_no_public_key_is_refused(cose):
    with pytest.raises(BadKey):
        PublicKey.from_bytes(cose)
