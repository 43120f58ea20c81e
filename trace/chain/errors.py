"""What the chain declines."""

from zhuisu.errors import Malformed, NotFound


class NeverSeen(NotFound):
    """Nothing is recorded of this code.

    It may have been misread, belong to a system that does not report here, or be made up. Compare it with what is
    printed on the goods, character by character.
    """

    zh = "此码没有任何记录"


class BadMoment(Malformed):
    """The moment cannot be asked for.

    ``at`` takes a time with zone, as 2026-06-01T08:00:00+08:00, not before 1970.
    """

    zh = "时间参数无效"
