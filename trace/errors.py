"""The vocabulary of refusal: everything zhuisu declines to do has a class here or below, and nothing else escapes.

    Refusal                     400   the root; its docstring's first line is the title a caller sees
    ├── Malformed               400   the request could not be read
    ├── Unauthenticated         401   nobody knows who is calling
    ├── Forbidden               403   known, but not allowed
    ├── NotFound                404   no such thing, or not for this caller's eyes
    ├── Conflict                409   true, but not beside what is already recorded
    ├── TooLarge                413   more than one request may carry
    ├── UnsupportedMedia        415   a form we do not read
    ├── MethodNotAllowed        405   the address is right, the method is not
    ├── TooMany                 429   later again
    ├── Fault                   500   ours, not the caller's
    └── Unavailable             503   the database or a key is away for now

Each area adds its own in ``<area>/errors.py`` and inherits the status from the class that fits.

>>> raise NotFound("certificate 00c1 is not in this register", mend="check the last characters of the code")
"""

import re
from typing import Any, ClassVar


class Refusal(Exception):
    """The request is refused.

    ``detail`` says what is wrong and where, ``mend`` how to put it right, each with its Chinese beside it where the
    caller may be a shop; ``where`` names the field (JSON pointer, AI or position). Further keywords become members of
    the RFC 9457 problem object.
    """

    status: ClassVar[int] = 400
    zh: ClassVar[str] = "请求被拒绝"

    def __init__(
        self, detail: str, *, where: str = "", mend: str = "", detail_zh: str = "", mend_zh: str = "", **facts: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.detail_zh = detail_zh
        self.where = where
        self.mend = mend
        self.mend_zh = mend_zh
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.detail} ({self.mend})" if self.mend else self.detail

    @classmethod
    def title(cls) -> str:
        """First line of the docstring, without its full stop."""
        return (cls.__doc__ or cls.__name__).strip().partition("\n")[0].rstrip(".")

    @classmethod
    def problem(cls) -> str:
        """Problem type ``/problems/<area>/<class-in-kebab-case>``: a relative URI and a page (RFC 9457 §3.1.1)."""
        area = cls.__module__.split(".")[1]
        slug = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()
        return f"/problems/{slug}" if area == "errors" else f"/problems/{area}/{slug}"

    @classmethod
    def family(cls) -> list[type["Refusal"]]:
        """This class and all below it that are loaded, parents first."""
        return [cls, *(c for sub in cls.__subclasses__() for c in sub.family())]


class Malformed(Refusal):
    """The request could not be read.

    The body or a parameter is not what this address takes: bad UTF-8, broken JSON, a missing or unknown field, a value
    out of range. Nothing was stored. ``where`` names the place.
    """

    zh = "请求无法读取"


class Unauthenticated(Refusal):
    """Sign-in or an API key is needed.

    Send ``Authorization: Bearer <API key>``, or sign in on the page. A key that is unknown or revoked is answered the
    same.
    """

    status = 401
    zh = "需要登录或 API 密钥"


class Forbidden(Refusal):
    """This caller may not do that.

    The key or session is valid, but its roles or its organisation do not reach this action or this record.
    """

    status = 403
    zh = "没有权限"


class NotFound(Refusal):
    """There is no such thing here.

    Either it was never recorded, or it is not for this caller's eyes; the answer is the same on purpose.
    """

    status = 404
    zh = "未找到"


class Conflict(Refusal):
    """It contradicts what is already recorded.

    The record already holds another content under the same identity. What was stored first stays.
    """

    status = 409
    zh = "与已有记录冲突"


class TooLarge(Refusal):
    """The request is larger than this address accepts.

    Split it. The limit is named in ``detail``.
    """

    status = 413
    zh = "请求过大"


class UriTooLong(Refusal):
    """The address is longer than this service reads.

    Ask for less at once; ``POST /epcis/queries`` takes a query in its body.
    """

    status = 414
    zh = "网址过长"


class UnsupportedMedia(Refusal):
    """This address does not read that media type.

    ``detail`` names the types it reads.
    """

    status = 415
    zh = "不支持的媒体类型"


class Unavailable(Refusal):
    """The service cannot do that just now.

    The database or a key is away. Nothing was stored; repeat the same request after ``Retry-After`` seconds.
    """

    status = 503
    zh = "服务暂不可用"


class MethodNotAllowed(Refusal):
    """This address does not take that method.

    ``Allow`` lists the methods it takes.
    """

    status = 405
    zh = "不允许的请求方法"


class TooMany(Refusal):
    """Too many requests.

    Wait the number of seconds that ``Retry-After`` gives and send the same request again.
    """

    status = 429
    zh = "请求过于频繁"


class Fault(Refusal):
    """The service has a fault.

    It is ours, not yours: nothing of the request was stored half. ``instance`` finds it in the service's log.
    """

    status = 500
    zh = "服务内部错误"
