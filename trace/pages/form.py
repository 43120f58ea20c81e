"""What a browser's form sends, read strictly."""

from typing import Any, TypeAlias
from urllib.parse import parse_qs

from litestar import Request

from zhuisu.errors import Malformed

Form: TypeAlias = dict[str, list[str]]


async def read(request: Request[Any, Any, Any]) -> Form:
    """The fields of ``application/x-www-form-urlencoded``, each with all its values. Raises Malformed."""
    try:
        return parse_qs((await request.body()).decode(), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:  # UnicodeError is one
        raise Malformed(f"the form cannot be read: {error}") from None


def one(form: Form, name: str) -> str:
    """The only value of a field, "" when it is absent."""
    return form.get(name, [""])[0].strip()
