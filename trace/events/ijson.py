"""Bytes of JSON -> values, strictly: I-JSON (RFC 7493), numbers exact, every fault named with its place.

>>> load(b'{"a": 0.10}')
{'a': Decimal('0.10')}
>>> load(b'{"a": 1, "a": 2}')
Traceback (most recent call last):
zhuisu.events.errors.UnreadableJson: the key 'a' stands twice in one object (keep one of them)
"""

import json
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events.errors import UnreadableJson, shown

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def load(body: bytes) -> Any:
    """Read the one JSON value of ``body``, numbers exact (int or Decimal). UnreadableJson unless it is plain I-JSON."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        tree = _decode(body)
        again = _encode(tree)
        # A key that stands twice vanishes with its quotes on decoding; only escaped quotes could make up for them.
        if rb"\u00" in body or body.count(b'"') != again.count(b'"'):
            _pointed(json.loads(body, object_pairs_hook=_unique, parse_int=len, parse_float=len))
    except RecursionError:
        raise UnreadableJson("nested too deeply", mend="flatten it") from None
    except (UnicodeDecodeError, UnicodeEncodeError) as fault:
        at = _not_utf8(body)
        raise UnreadableJson(f"not UTF-8: {fault.reason}", where=at, mend="send UTF-8") from None
    except ArithmeticError:
        raise UnreadableJson("a number beyond reason", mend="round it") from None
    except msgspec.ValidationError:  # of what JSON has, only a number can be more than it holds
        _pointed(json.loads(body, parse_int=_countable, parse_float=len))
        raise UnreadableJson("a number out of range", mend="round it") from None
    except (msgspec.MsgspecError, ValueError) as fault:
        said, _, at = str(fault).partition(" (")
        end = f"byte {len(body)}" if "truncated" in said else ""
        raise UnreadableJson(said, where=at.rstrip(")") or end, mend="check it with a JSON validator") from None
    if rb"\u0000" in body and rb"\u0000" in body.replace(rb"\\", b""):
        raise UnreadableJson("a text holds a NUL character", rule="a NUL cannot be stored as text", mend="drop \\u0000")
    return tree


def _not_utf8(body: bytes) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as fault:
        return f"byte {fault.start}"
    return ""  # half a character, as \\u…


def _unique(members: list[tuple[str, Any]]) -> Any:
    """Make an object of members, or what is wrong with them: who it is within is known later."""
    whole = dict(members)
    if len(whole) == len(members):
        return whole
    names = [name for name, _ in members]
    again = next(name for name in names if names.count(name) > 1)
    return UnreadableJson(
        f"the key {shown(again)} stands twice in one object",
        where="/" + again[:200].replace("~", "~0").replace("/", "~1"),
        rule="RFC 7493 §2.3",
        mend="keep one of them",
    )


def _countable(digits: str) -> Any:
    return None if len(digits) < 4000 else UnreadableJson("a number out of range", mend="round it")


def _pointed(tree: Any) -> None:
    """Raise the refusal that stands in a tree, with the JSON pointer of where it does."""
    todo: list[tuple[str, Any]] = [("", tree)]
    while todo:
        where, value = todo.pop()
        match value:
            case UnreadableJson():
                value.where = where + value.where
                raise value
            case dict():
                todo += [(f"{where}/{k[:200].replace('~', '~0').replace('/', '~1')}", v) for k, v in value.items()]
            case list():
                todo += [(f"{where}/{n}", v) for n, v in enumerate(value)]
            case _:
                pass
