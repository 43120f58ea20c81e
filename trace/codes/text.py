"""Words of people: what they type, as types checked where a request is decoded, and what they are told.

Control characters (NUL, which PostgreSQL refuses, among them) and the invisible marks that reorder what a reader sees
never come in. The patterns are lookaheads, so that they mean the same in Python and in a JSON Schema.
"""

from typing import Annotated

from msgspec import Meta, Struct

_REORDERING = "\u202a-\u202e\u2066-\u2069"
_ONE_LINE = rf"^(?=[\s\S]*\S)(?![\s\S]*[\u0000-\u001f\u007f-\u009f\u2028\u2029{_REORDERING}])"
_LINES = rf"^(?![\s\S]*[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f{_REORDERING}])"

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=_ONE_LINE)]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=_ONE_LINE)]
Note = Annotated[str, Meta(max_length=2000, pattern=_LINES)]  # may hold line ends and tabs, and may be empty


class Words(Struct, frozen=True):
    """One thing said in both languages."""

    zh: str
    en: str
