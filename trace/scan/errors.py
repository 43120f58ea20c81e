"""What the scan and the EPCIS door decline as a whole; what they say of a single code is a verdict, not a refusal.

Malformed    ├── UnknownStep          a step that intake does not know
             ├── ClockAhead           a scan or an event from the future
             ├── TooLongAgo           a scan before there was anything to scan
             ├── NoSite               the caller has no site, or there is none of this id
             ├── NoDestination        ``to`` is nobody, or the step sends nothing
             ├── NotOneEvent          POST /epcis/events takes one event
             ├── UnknownParameter     a query parameter that is not EPCIS's, or not answered yet
             └── BadParameter         a query parameter with a value it does not take
Forbidden    ├── SiteNotYours         a scan at somebody else's site
             └── PlaceNotYours        an event at somebody else's site
NotFound     ├── NoSuchJob            no capture of this id by this caller
             └── NoSuchEvent          no event of this eventID that this caller may see
UnsupportedMedia
             ├── NotEpcisJson         another media type than EPCIS JSON
             └── NotJson              another media type than JSON
"""

from zhuisu.errors import Forbidden, Malformed, NotFound, UnsupportedMedia


class UnknownStep(Malformed):
    """There is no such step.

    ``step`` is what is being done at the door, in words of the Core Business Vocabulary; ``steps`` lists those that
    intake takes. Left out, it is ``receiving``.
    """

    zh = "没有这个操作步骤"


class ClockAhead(Malformed):
    """The scan or the event lies in the future.

    ``at``, or an event's ``eventTime``, is more than five minutes ahead of the service's clock, which ``now`` gives.
    Set the device's clock and send it again; nothing was recorded.
    """

    zh = "扫码或事件时间晚于服务器时间"


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


class PlaceNotYours(Forbidden):
    """An event happened at a site of another organisation.

    Each organisation reports what happened at its own sites; an event may name places of others as source or
    destination. Nothing of the document was stored.
    """

    zh = "事件发生地属于其他组织"


class NotOneEvent(Malformed):
    """The body is not exactly one event.

    Send several in an EPCISDocument to ``/epcis/capture``.
    """

    zh = "此处只接收一个事件"


class UnknownParameter(Malformed):
    """There is no such query parameter.

    ``parameters`` lists those that are answered here (EPCIS 2.0 §8.2.7). A parameter that was ignored would make the
    answer larger than what was asked for, so it is refused instead.
    """

    zh = "未知的查询参数"


class BadParameter(Malformed):
    """A query parameter has a value that it does not take.

    ``where`` names the parameter, ``detail`` what it takes.
    """

    zh = "查询参数的值无效"


class NoSuchJob(NotFound):
    """There is no such capture.

    A capture is shown to the organisation that sent it.
    """

    zh = "未找到该采集任务"


class NoSuchEvent(NotFound):
    """There is no such event.

    It was never captured, or it is not for this caller's eyes. Percent-encode the eventID whole.
    """

    zh = "未找到该事件"


class NotEpcisJson(UnsupportedMedia):
    """The body is not EPCIS in JSON.

    Send ``Content-Type: application/json`` or ``application/ld+json``.
    """

    zh = "此处只读取 EPCIS JSON"


class NotJson(UnsupportedMedia):
    """The body is not JSON.

    Send ``Content-Type: application/json``.
    """

    zh = "此处只读取 JSON"
