"""The names EPCIS 2.0 gives to refusals (§12.8), beside our own problem types.

>>> name(NoSuchJob("no capture 7"))
'epcisException:NoSuchResourceException'

A class says its name as ``epcis``; all others have that of their status.
"""

from typing import Any

from litestar import Request, Response

from zhuisu import problems
from zhuisu.errors import Refusal

_BY_STATUS = {
    400: "ValidationException",
    401: "SecurityException",
    403: "SecurityException",
    404: "NoSuchResourceException",
    406: "NotAcceptableException",
    409: "ResourceAlreadyExistsException",
    413: "CaptureLimitExceededException",
    414: "URITooLongException",
    415: "UnsupportedMediaTypeException",
}


def name(refusal: Refusal) -> str:
    """The standard's name for a refusal; ImplementationException for what it does not know."""
    named: str = getattr(type(refusal), "epcis", "")
    return named or f"epcisException:{_BY_STATUS.get(refusal.status, 'ImplementationException')}"


def problem(refusal: Refusal, instance: str) -> dict[str, Any]:
    """The problem object with the standard's name as ``epcisException``."""
    return {**problems.of(refusal, instance), "epcisException": name(refusal)}


def handler(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's exception handler of the door's routes."""
    answer = problems.handler(request, error)
    answer.content["epcisException"] = name(problems.refusal(error))
    return answer
