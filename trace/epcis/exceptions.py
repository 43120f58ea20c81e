"""The problem types that EPCIS 2.0 gives to refusals (§12.8); our own, which say more, stand beside them.

>>> name(NoSuchJob("no capture 7"))
'epcisException:NoSuchResourceException'

A class says its name as ``epcis``; all others have that of their status. Who would rather have XML gets
application/problem+xml (RFC 7807 appendix A).
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from litestar import Request, Response

from zhuisu import problems
from zhuisu.epcis.headers import prefers_xml
from zhuisu.errors import Malformed, Refusal

MALFORMED = "malformed"
"""A handler's ``opt``: the name of a refusal of its body."""

Handler: TypeAlias = Callable[[Request[Any, Any, Any], Exception], Response[Any]]

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
    """The problem object with the standard's name as its ``type``, ours as its ``reason``."""
    members = problems.of(refusal, instance)
    return members | {"type": name(refusal), "reason": members["type"]}


def handler(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's exception handler of the door's routes."""
    answer = problems.handler(request, error)
    known = problems.refusal(error)
    malformed = getattr(request.scope.get("route_handler"), "opt", {}).get(MALFORMED)
    named = malformed if malformed and type(known) is Malformed else name(known)
    answer.content |= {"type": named, "reason": answer.content["type"]}
    if known is not error and request.method == "POST" and known.where:  # of a body, as Litestar names it: query.a
        answer.content["where"] = ", ".join("/" + at.replace(".", "/") for at in known.where.split(", "))
    if allowed := answer.headers.get("allow"):  # Litestar lists a stream as a method, and does not know of HEAD
        methods = {*allowed.split(", ")} - {"websocket"}
        answer.headers["allow"] = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    if prefers_xml(request.headers):
        answer.content, answer.media_type = problems.xml(answer.content), problems.PROBLEM_XML
    return answer


def within(everywhere: Handler) -> Handler:
    """The handler of the whole service: this one where an address under /epcis leads nowhere, else ``everywhere``."""

    def choose(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        path = request.scope["path"]
        return (handler if path == "/epcis" or path.startswith("/epcis/") else everywhere)(request, error)

    return choose
