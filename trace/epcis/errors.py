"""What the EPCIS door declines.

Malformed    ├── EventAhead           an event from the future
             ├── NotOneEvent          POST /epcis/events takes one event
             ├── UnknownParameter     a query parameter that is not EPCIS's, or not answered yet
             └── BadParameter         a query parameter with a value it does not take
Forbidden    └── PlaceNotYours        an event at somebody else's site
NotFound     ├── NoSuchJob            no capture of this id by this caller
             └── NoSuchEvent          no event of this eventID that this caller may see
UnsupportedMedia
             └── NotEpcisJson         another media type than EPCIS JSON
"""

from zhuisu.errors import Forbidden, Malformed, NotFound, UnsupportedMedia


class EventAhead(Malformed):
    """The event lies in the future.

    Its ``eventTime`` is more than five minutes ahead of the service's clock, which ``now`` gives. An event is what
    happened, not what is planned. Nothing of the document was stored.
    """

    zh = "事件时间晚于服务器时间"


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
