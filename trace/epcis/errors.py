"""What the EPCIS door declines.

Malformed    ├── EventAhead           an event from the future
             ├── NotOneEvent          POST /epcis/events takes one event
             ├── BadMasterData        a header with master data that is none
             ├── UnknownParameter     a query parameter that is not EPCIS's
             ├── BadParameter         a query parameter with a value it does not take
             │   ├── UnboundPrefix    a prefix of an extension field that nobody bound
             │   └── BadToken         a nextPageToken that was not given out for this query
             │       └── ExpiredToken one whose time is over
             ├── BadSubscription      a subscription that cannot be kept
             ├── BadSchedule          a schedule that says no time
             ├── BadDestination       an address to which nothing is sent
             ├── BadPosition          no place in the order of recording
             ├── BadHeader            a GS1-… header with a value it does not take
             └── MoreFaults           faults beyond those that a capture job lists
Forbidden    ├── PlaceNotYours        an event at somebody else's site
             └── NotYourQuery         a named query of somebody else
NotFound     ├── NoSuchJob            no capture of this id by this caller
             ├── NoSuchEvent          no event of this eventID that this caller may see
             ├── NoSuchResource       no such event type, step, place … among the events this caller may see
             ├── NoSuchQuery          no named query of this name
             └── NoSuchSubscription   no subscription of this id by this caller
Conflict     └── QueryNameTaken       the name is another query's
UnsupportedMedia
             └── NotEpcis             a media type that is neither EPCIS JSON nor EPCIS XML
TooLarge     ├── DocumentTooLarge     more than one capture may carry
             ├── QueryTooLarge        more events than the caller's maxEventCount
             └── QueryTooComplex      a query that cannot be answered without looking at too much
Refusal      ├── NotAcceptable        no answer that the request's headers would take
             ├── UriTooLong           an address longer than is read here
             └── UpgradeMissing       a stream asked for without a WebSocket
"""

from typing import ClassVar

from zhuisu.errors import Conflict, Forbidden, Malformed, NotFound, Refusal, TooLarge, UnsupportedMedia


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


class BadMasterData(Malformed):
    """The master data of a document breaks the rules.

    A vocabulary has a ``type``, each of its elements an ``id``, each attribute an ``id`` and a text, a number or an
    object; ids are absolute URIs (EPCIS 2.0 §9.5). ``where`` points at the value, in XML ``line`` names its line.
    Nothing of the document was stored.
    """

    zh = "文档头中的主数据不符合规则"


class UnknownParameter(Malformed):
    """There is no such query parameter.

    ``parameters`` lists those that are answered here (EPCIS 2.0 §8.2.7). A parameter that was ignored would make the
    answer larger than what was asked for, so it is refused instead.
    """

    zh = "未知的查询参数"
    epcis = "epcisException:QueryParameterException"


class BadParameter(Malformed):
    """A query parameter has a value that it does not take.

    ``where`` names the parameter, ``detail`` what it takes.
    """

    zh = "查询参数的值无效"
    epcis = "epcisException:QueryParameterException"


class UnboundPrefix(BadParameter):
    """The prefix of an extension field is bound to no namespace.

    An extension field is named ``prefix:name``, and the prefix means what the request says: in the header
    ``GS1-Extensions: prefix=namespace``, or in the ``@context`` of a query in JSON. The name may be written in full
    instead, ``{namespace}name`` or ``https://example.org/ns#name``.
    """

    zh = "扩展字段的前缀未绑定命名空间"


class BadToken(BadParameter):
    """This is no next page of this query.

    A ``nextPageToken`` leads to the next page of the query that it was given out with, until the time that
    ``GS1-Next-Page-Token-Expires`` named. Follow the ``Link`` as it is, or ask again from the first page.
    """

    zh = "翻页令牌无效"


class ExpiredToken(BadToken):
    """The time of this next page is over.

    A ``nextPageToken`` leads on until the time that ``GS1-Next-Page-Token-Expires`` named with it, a day after it was
    given out. Ask again from the first page.
    """

    zh = "翻页令牌已过期"


class QueryTooLarge(TooLarge):
    """More events match than the query allows.

    The query set ``maxEventCount``, and more events than that match. Raise it, narrow the query, or use
    ``eventCountLimit``, which answers with the first events only.
    """

    zh = "匹配的事件超过上限"
    epcis = "epcisException:QueryTooLargeException"


class QueryTooComplex(TooLarge):
    """The query would look at too many events.

    An order by an extension field, or a ``maxEventCount``, needs every event that matches. Narrow the query by time,
    by codes or by place.
    """

    zh = "查询过于复杂"
    epcis = "epcisException:QueryTooComplexException"


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


class NoSuchResource(NotFound):
    """Nothing of that name is known.

    No event that this caller may see has such a type, step, disposition, place or code. Percent-encode a URI whole.
    """

    zh = "未找到该资源"
    epcis = "epcisException:NoSuchResourceException"


class NotEpcis(UnsupportedMedia):
    """The body is not EPCIS in JSON or XML.

    Send ``Content-Type: application/ld+json``, ``application/json``, ``application/xml`` or ``text/xml``, and the bytes
    as they are, without a Content-Encoding.
    """

    zh = "此处只读取 EPCIS JSON 或 XML"


class BadHeader(Malformed):
    """A header of EPCIS has a value that it does not take.

    ``where`` names the header, ``detail`` what it takes (EPCIS 2.0 §12.8).
    """

    zh = "EPCIS 请求头的值无效"


class NotAcceptable(Refusal):
    """No answer would be acceptable.

    The request's headers (``Accept``, ``GS1-EPCIS-Min``, ``GS1-EPCIS-Max``, ``GS1-CBV-Min``, ``GS1-CBV-Max`` and the
    like) ask for a form or version that is not spoken here. OPTIONS on the same address tells what is. ``code`` is the
    first code that cannot become a URN: where its company prefix ends is known from URNs of the same event and from the
    table that GS1 publishes.
    """

    status = 406
    zh = "无法提供所要求的格式或版本"


class UriTooLong(Refusal):
    """The address is too long.

    With its query it may have 32 KiB. Keep a longer question under a name, by ``POST /epcis/queries``, and ask for
    ``/epcis/queries/{name}/events``.
    """

    status = 414
    zh = "请求地址过长"


class UpgradeMissing(Refusal):
    """A stream goes over a WebSocket.

    ``stream``, the fields of a schedule, ``reportIfEmpty`` and ``initialRecordTime`` belong to a WebSocket handshake on
    this address: ``Upgrade: websocket`` (RFC 6455). Without them the address answers with the events there are.
    """

    status = 426
    zh = "持续推送须使用 WebSocket"
    epcis = "epcisException:QueryParameterException"
    headers: ClassVar[dict[str, str]] = {"Upgrade": "websocket", "Connection": "Upgrade"}


class DocumentTooLarge(TooLarge):
    """The document is larger than one capture may be.

    OPTIONS on ``/epcis/capture`` and the answer's headers tell the limits: ``GS1-EPCIS-Capture-Limit`` in events,
    ``GS1-EPCIS-Capture-File-Size-Limit`` in bytes. One event, and what stands around the events, may have 8 MiB.
    """

    zh = "文档超出单次采集上限"


class MoreFaults(Malformed):
    """Further events were refused.

    A capture job lists its first faults only; ``refused`` says how many events were refused in all.
    """

    zh = "还有更多事件被拒绝"


class QueryNameTaken(Conflict):
    """A query of this name exists.

    Names are shared by all who use the service. The query that has the name stays as it is; choose another name, or
    delete that query if it is yours.
    """

    zh = "查询名称已被占用"
    epcis = "epcisException:ResourceAlreadyExistsException"


class NoSuchQuery(NotFound):
    """There is no query of this name.

    It was never made, or it has been deleted and its subscriptions with it.
    """

    zh = "未找到该命名查询"
    epcis = "epcisException:NoSuchNameException"


class NotYourQuery(Forbidden):
    """The query is another organisation's.

    It may be read, asked and subscribed to, as far as the caller may see its events. Only the organisation that made it
    deletes it, and nobody the standard's own, ``SimpleEventQuery``.
    """

    zh = "该命名查询属于其他组织"
    epcis = "epcisException:SecurityException"


class NoSuchSubscription(NotFound):
    """There is no such subscription.

    A subscription is shown to the organisation that made it. It ends with its query.
    """

    zh = "未找到该订阅"
    epcis = "epcisException:NoSuchResourceException"


class BadSubscription(Malformed):
    """The subscription cannot be kept.

    A subscription says either ``"stream": true`` (every event as it is recorded) or a ``schedule``. Its query sets no
    limit on the number of events, because a subscriber is owed all of them. One organisation keeps up to 100.
    """

    zh = "订阅设置无效"
    epcis = "epcisException:SubscriptionControlsException"


class BadSchedule(BadSubscription):
    """The schedule cannot be read.

    Each field is a list of numbers and ranges, as ``0,15,[30-45]`` (EPCIS 2.0 §8.2.5.3); a field left out fits every
    value. At least one field must be there, and some day must fit.
    """

    zh = "订阅时间表无效"


class BadDestination(BadSubscription):
    """Nothing is sent to that address.

    ``dest`` is an ``https`` URL whose host lies in the public Internet. Hosts of the operator's own network are called
    only when the setting ``ZHUISU_CALLBACK_HOSTS`` names them.
    """

    zh = "不允许向该地址推送"


class BadPosition(Malformed):
    """This is no position in the record.

    Send a ``position`` that a delivery or a dead letter showed, or a ``recordTime``, and not both.
    """

    zh = "记录位置无效"
    epcis = "epcisException:SubscriptionControlsException"
