"""A scan at a door, and its answer: one verdict for each code, in the order of the scan."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from zhuisu.codes.text import Name
from zhuisu.scan.steps import DEFAULT

# A group separator is part of what scanners send; a NUL is not, and PostgreSQL would refuse it.
Text = Annotated[str, Meta(min_length=1, max_length=8192, pattern="^[^\u0000]*$", description="as the scanner gave it")]
Moment = Annotated[datetime, Meta(tz=True, description="with offset, as 2026-06-01T08:00:00+08:00")]


class Answer(StrEnum):
    """What the person at the door is told; the worst reason decides."""

    accept = "accept"
    warn = "warn"
    refuse = "refuse"


class Lang(StrEnum):
    """The languages of the reasons."""

    zh = "zh"
    en = "en"


class Intake(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was scanned. Without ``site`` it is the caller's first one, without ``at`` it is now."""

    codes: Annotated[list[Text], Meta(min_length=1, max_length=1000)]
    site: Name | None = None
    step: Name = DEFAULT
    at: Moment | None = None
    to: Name | None = None


class Reason(Struct, frozen=True, kw_only=True):
    """Why: the rule that spoke, in words, under which law, and what to do next."""

    rule: str
    text: str
    law: str | UnsetType = UNSET
    next: str | UnsetType = UNSET


class Result(Struct, frozen=True, kw_only=True):
    """The answer on one code. ``event`` is the eventID under which it is recorded; absent when it was refused.

    ``goods`` is what people call it, ``鲜鸡蛋 30 枚/盒，批号 1``; absent when nobody registered the product.
    """

    code: str
    verdict: Answer
    reasons: list[Reason]
    event: str | UnsetType = UNSET
    canonical: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    goods: str | UnsetType = UNSET


class IntakeAnswer(Struct, frozen=True, kw_only=True):
    """The answer on a scan: a result for each text of the request, in its order."""

    results: list[Result]
    site: str
    step: str
    at: datetime


class Found(Struct, frozen=True):
    """A rule that spoke, with the facts its words take. This is what the log keeps: words may change, facts do not."""

    rule: str
    facts: dict[str, str] = {}


class Line(Struct, frozen=True, kw_only=True):
    """What is logged of one code, and from which its result is worded in either language."""

    text: str
    canonical: str = ""
    verdict: Answer
    found: tuple[Found, ...] = ()
    event: str = ""
