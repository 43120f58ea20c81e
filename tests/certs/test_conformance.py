"""Published vectors: COSE_Sign1 of the COSE working group, Token Status List of the OAuth working group."""

import base64
import json
import re
from pathlib import Path

import cbor2
import pytest

from zhuisu.certs.errors import NotACertificate
from zhuisu.certs.keys import PublicKey
from zhuisu.certs.seal import _to_be_signed, peek
from zhuisu.certs.status import encode, pack, unpack


def by_name(*names: str):
    return pytest.mark.parametrize("name", names, ids=[name.rpartition("/")[2] for name in names])


def vector(conformance: Path, name: str) -> dict:
    path = conformance / "cose" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{name} is not among the published vectors here")
    return json.loads(path.read_text())


def public_key(key: dict) -> PublicKey:
    def coordinate(name: str) -> bytes:
        if f"{name}_hex" in key:
            return bytes.fromhex(key[f"{name}_hex"])
        return base64.urlsafe_b64decode(key[name] + "==")

    if key["kty"] == "OKP":
        return PublicKey.from_cose({1: 1, -1: 6, -2: coordinate("x")})
    return PublicKey.from_cose({1: 2, -1: 1, -2: coordinate("x"), -3: coordinate("y")})


@by_name(
    "ecdsa-examples/ecdsa-sig-01",
    "eddsa-examples/eddsa-sig-01",
    "sign1-tests/sign-pass-01",
    "sign1-tests/sign-pass-03",
)
def test_a_good_signature_verifies(conformance, name):
    case = vector(conformance, name)
    message = cbor2.loads(bytes.fromhex(case["output"]["cbor"]))
    protected, _, payload, signature = getattr(message, "value", message)
    signed = _to_be_signed(protected, payload)
    if name.endswith("pass-01"):  # without protected header: RFC 9052 §4.4 puts an empty string, the file an empty map
        signed = bytes.fromhex(case["intermediates"]["ToBeSign_hex"])
    assert signed == bytes.fromhex(case["intermediates"]["ToBeSign_hex"])
    assert public_key(case["input"]["sign0"]["key"]).verifies(signed, signature)


@by_name("sign1-tests/sign-fail-02", "sign1-tests/sign-fail-06")
def test_a_changed_message_does_not_verify(conformance, name):
    case = vector(conformance, name)
    protected, _, payload, signature = cbor2.loads(bytes.fromhex(case["output"]["cbor"])).value
    assert not public_key(case["input"]["sign0"]["key"]).verifies(_to_be_signed(protected, payload), signature)


def test_foreign_messages_are_not_certificates_of_ours(conformance):
    files = sorted((conformance / "cose").glob("*/*.json"))
    assert files
    for file in files:
        with pytest.raises(NotACertificate):
            peek(bytes.fromhex(json.loads(file.read_text())["output"]["cbor"]))


def example(conformance: Path, name: str) -> str:
    path = conformance / "token-status-list" / "examples" / name
    if not path.exists():
        pytest.skip(f"{name} is not among the published vectors here")
    return re.sub(r"\\\s*\n\s*", "", path.read_text())


@pytest.mark.parametrize(("bits", "name"), [(1, "encoding"), (2, "encoding2")])
def test_a_status_list_encodes_as_published(conformance, bits, name):
    array, _, encoded = example(conformance, f"status_list_{name}_cbor.md").partition("encoded:")
    packed = bytes(int(byte, 16) for byte in re.findall("0x([0-9a-f]{2})", array))
    wanted = bytes.fromhex(re.sub(r"\s", "", encoded))
    assert unpack(wanted) == (bits, packed)
    assert encode(bits, packed) == wanted


LONG = {
    0: 1,
    1993: 2,
    25460: 1,
    159495: 3,
    495669: 1,
    554353: 1,
    645645: 2,
    723232: 1,
    854545: 1,
    934534: 2,
    1000345: 3,
}


def test_a_long_status_list_reads_as_published(conformance):
    encoded = bytes.fromhex(re.sub(r"\s", "", example(conformance, "status_list_encoding2_long_cbor.md")))
    bits, packed = unpack(encoded)
    assert (bits, packed) == (2, pack(1 << 20, LONG))
