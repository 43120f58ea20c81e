"""What a browser's form sends, read strictly."""

import re
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import msgspec
from litestar import Request

from zhuisu.errors import Malformed

Form: TypeAlias = dict[str, list[str]]


async def read(request: Request[Any, Any, Any]) -> Form:
    """The fields of ``application/x-www-form-urlencoded``, each with all its values. Raises Malformed."""
    try:
        return parse_qs((await request.body()).decode(), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:  # UnicodeError is one
        raise Malformed(f"the form cannot be read: {error}", mend="send it in UTF-8") from None


def one(form: Form, name: str) -> str:
    """The only value of a field, "" when it is absent."""
    return form.get(name, [""])[0].strip()


def misread(error: msgspec.ValidationError) -> Malformed:
    """A field that is missing or not what it takes, named in ``where`` as the refusals of the verbs name theirs.

    >>> misread(error).where        # error: "Expected `decimal`, got `str` - at `$.quantity`"
    'quantity'
    """
    named = re.search(r"at `\$\.(\w+)|missing required field `(\w+)`", str(error))
    return Malformed(str(error), where=(named[1] or named[2]) if named else "")
