"""What the demo world declines.

Conflict          NotEmpty
Refusal           Unexpected
"""

from zhuisu.errors import Conflict, Refusal


class NotEmpty(Conflict):
    """The data directory holds something else.

    The demo world fills only an empty directory. A fill that was broken off cannot be continued: remove the directory,
    or name another.
    """

    zh = "数据目录非空"


class Unexpected(Refusal):
    """The service did not answer as the demo world expects.

    The world is told through the public API like anybody's; here a request of it was refused, or a door gave another
    verdict. It is a fault of the service or of the demo, not of yours.
    """

    zh = "演示数据未能写入"
