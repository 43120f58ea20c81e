"""Verifies the worked example with two COSE libraries that know nothing of zhuisu, and prints what they found as JSON.

    python oracle.py ../../../schemas/certificate.json

Runs in an environment of its own (requirements.txt): python-cwt needs an older cbor2 than the service uses.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import cbor2
import cwt
from pycose.keys import CoseKey
from pycose.messages import Sign1Message


def by_cwt(token: bytes, key: bytes) -> dict:
    """Claims by python-cwt; the signature is checked, the clock is not: the example is of one day."""
    named = cbor2.loads(key) | {2: hashlib.sha256(key).digest()[:4]}  # it looks keys up by kid
    return cwt.decode(token, cwt.COSEKey.new(named), no_verify=True)


def by_pycose(token: bytes, key: bytes) -> dict:
    """Claims by pycose."""
    message = Sign1Message.decode(token)
    message.key = CoseKey.decode(key)
    if not message.verify_signature():
        raise ValueError("wrong signature")
    return cbor2.loads(message.payload)


def refuses(read: Callable[[bytes, bytes], dict], token: bytes, key: bytes) -> bool:
    """Whether the token is refused once one bit of its payload is flipped."""
    changed = bytearray(token)
    changed[len(token) // 3] ^= 1
    try:
        read(bytes(changed), key)
    except Exception:  # noqa: BLE001  each library has its own
        return True
    return False


def shown(value):
    """JSON of what a library decoded, as the example writes it."""
    match value:
        case dict():
            return {str(key): shown(inner) for key, inner in value.items()}
        case list() | tuple():
            return [shown(inner) for inner in value]
        case bytes():
            return value.hex()
        case int() | str() | None:
            return value
        case _:
            return str(value)


def main(path: str) -> None:
    example = json.loads(Path(path).read_text("utf-8"))
    keys = {name: bytes.fromhex(key["cose_key"]) for name, key in example["keys"].items()}
    tokens = {name: (sealed["token"], sealed["key"]) for name, sealed in example["certificates"].items()}
    tokens |= {name: (example[name], "root") for name in ("trust_list", "status_list")}
    found = {}
    for name, (token, key) in tokens.items():
        for library, read in (("python-cwt", by_cwt), ("pycose", by_pycose)):
            claims = read(bytes.fromhex(token), keys[key])
            refused = refuses(read, bytes.fromhex(token), keys[key])
            found[f"{name} by {library}"] = {"claims": shown(claims), "refuses a flipped bit": refused}
    json.dump(found, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
