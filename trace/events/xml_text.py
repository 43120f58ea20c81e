"""JSON values -> text of XML, escaped; what no XML can hold is told by ``Unsayable``.

>>> text_of("a < b"), quoted('"'), typed(True)
('a &lt; b', '&quot;', ('boolean', 'true'))
"""

import re
from decimal import Decimal
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(decimal_format="number").encode
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search


class Unsayable(Exception):
    """XML has no way to say this by itself."""


def legal(text: str) -> str:
    """Pass a text that XML can hold."""
    if ILLEGAL(text):
        raise Unsayable
    return text


def text_of(text: str) -> str:
    """Escape the text of an element."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def quoted(text: str) -> str:
    """Escape the value of an attribute."""
    return text_of(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def plain(value: Any) -> str:
    """Write any value of JSON that is no object and no list."""
    match value:
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def typed(value: bool | int | Decimal) -> tuple[str, str]:
    """Name the type of XML schema, and write the value."""
    text = plain(value)
    if len(text) > 400:
        raise Unsayable
    match value:
        case bool():
            return "boolean", text
        case int():
            return "integer", text
        case _:
            return ("double" if "E" in text else "decimal"), text


def ascii_json(value: Any) -> str:
    """Write JSON without any character that XML does not allow."""
    return re.sub(
        "[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", lambda m: f"\\u{ord(m[0]):04x}", _encode(value).decode()
    )
