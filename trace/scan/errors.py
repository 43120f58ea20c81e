"""What the scan declines as a whole; what it says of a single code is a verdict, not a refusal.

Malformed    ├── UnknownStep          a step that intake does not know
             ├── ClockAhead           a scan from the future
             ├── TooLongAgo           a scan before there was anything to scan
             ├── NoSite               the caller has no site, or there is none of this id
             └── NoDestination        ``to`` is nobody, or the step sends nothing
Forbidden    └── SiteNotYours         a scan at somebody else's site
UnsupportedMedia
             └── NotJson              another media type than JSON
"""

from zhuisu.errors import Forbidden, Malformed, UnsupportedMedia


class UnknownStep(Malformed):
    """There is no such step.

    ``step`` is what is being done at the door, in words of the Core Business Vocabulary; ``steps`` lists those that
    intake takes. Left out, it is ``receiving``.
    """

    zh = "没有这个操作步骤"


class ClockAhead(Malformed):
    """The scan lies in the future.

    ``at`` is more than five minutes ahead of the service's clock, which ``now`` gives.
    Set the device's clock and send it again; nothing was recorded.
    """

    zh = "扫码时间晚于服务器时间"


class TooLongAgo(Malformed):
    """The scan lies too far back.

    ``at`` is before the year 2000. Set the device's clock and send the scan again; nothing was recorded.
    """

    zh = "扫码时间过早"


class NoSite(Malformed):
    """There is no such site to scan at.

    A scan happens at a site of the caller's organisation. Register the site first, or name one that exists.
    """

    zh = "没有可用的场所"


class NoDestination(Malformed):
    """The destination does not fit.

    ``to`` is the id of a registered site or the USCC of a registered organisation, and goes with a step that sends
    goods on: ``shipping`` or ``sending_back``.
    """

    zh = "收货方无效"


class SiteNotYours(Forbidden):
    """That site belongs to another organisation.

    One scans at one's own sites. An administrator may name any.
    """

    zh = "该场所不属于您的组织"


class NotJson(UnsupportedMedia):
    """The body is not JSON.

    Send ``Content-Type: application/json``.
    """

    zh = "此处只读取 JSON"
