"""Pages (EPCIS 2.0 §12.9): perPage, nextPageToken, ``Link: …; rel="next"``.

A token is a position, bound to the list that it belongs to, and behind a full stop the second until which it leads on.
It opens nothing that the caller could not ask for anyway, and nothing is kept here for it: no signature, no deleting.

>>> resume(token(Position("019b…", 7), b"EQ_action=ADD"), b"EQ_action=ADD")
Position(after='019b…', left=7)
>>> fresh(lasting(text, expires), expires - timedelta(seconds=1)) == text
True
"""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from zhuisu.epcis.errors import BadToken, ExpiredToken
from zhuisu.events.times import milliseconds

LIFE = timedelta(days=1)
"""How long a token leads on."""

_BINDING = 8
_LONGEST = 4096
_SECOND = re.compile("[0-9a-f]{1,10}").fullmatch


class Position(Struct, frozen=True, array_like=True):
    """Where a list goes on: behind what, and how many more it may give (None: all)."""

    after: str
    left: int | None = None


_decode = msgspec.json.Decoder(Position).decode


def token(position: Position, subject: bytes) -> str:
    """The token of a position in the list that ``subject`` asks for."""
    sealed = _binding(subject) + msgspec.json.encode(position)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def resume(text: str, subject: bytes) -> Position | None:
    """The position of a token, None for none. Raises BadToken when it is not of this list."""
    if not text:
        return None
    try:
        sealed = base64.b64decode(text[:_LONGEST] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        position = _decode(sealed[_BINDING:]) if sealed[:_BINDING] == _binding(subject) else None
    except ValueError:  # msgspec's and binascii's are such
        position = None
    if position is None:
        raise BadToken(
            "this token was not given out for this query", where="nextPageToken", mend="follow the Link as it is"
        )
    return position


def lasting(following: str, expires: datetime) -> str:
    """A token that leads on until a time, to the second."""
    return f"{following}.{int(expires.timestamp()):x}"


def fresh(text: str, now: datetime) -> str:
    """The token without its time, "" for none. Raises ExpiredToken, BadToken when it has no time."""
    following, _, expires = text.rpartition(".")
    if not text:
        return ""
    if not (following and _SECOND(expires)):
        raise BadToken("this token was not given out here", where="nextPageToken", mend="follow the Link as it is")
    if now.timestamp() >= int(expires, 16):
        ended = milliseconds(datetime.fromtimestamp(int(expires, 16), UTC))
        raise ExpiredToken(
            f"this token led on until {ended}", where="nextPageToken", mend="ask again from the first page"
        )
    return following


def link(path: str, query_string: str, per_page: int, following: str, now: datetime) -> dict[str, str]:
    """Headers that lead to the next page of what ``path`` answers to ``query_string``; none for the last page."""
    if not following:
        return {}
    expires = (now + LIFE).replace(microsecond=0)
    kept = [part for part in query_string.split("&") if part and unquote(part.partition("=")[0]) not in _PAGE]
    again = "&".join([*kept, f"perPage={per_page}", f"nextPageToken={lasting(following, expires)}"])
    return {"Link": f'<{path}?{again}>; rel="next"', "GS1-Next-Page-Token-Expires": milliseconds(expires)}


_PAGE = frozenset({"perPage", "nextPageToken"})


def _binding(subject: bytes) -> bytes:
    return hashlib.sha256(subject).digest()[:_BINDING]
