"""What the ledger declines."""

from zhuisu.errors import Conflict, Forbidden


class EventIdConflict(Conflict):
    """Another event already has this eventID.

    An eventID names one event for ever. Sending the same event again is fine and changes nothing; to correct it,
    capture an error declaration under its eventID and the right event under a new one (EPCIS 2.0 §7.4.1.2).
    """

    zh = "该 eventID 已用于另一个事件"


class NotYourEvent(Forbidden):
    """Only who captured an event may declare it wrong.

    An error declaration withdraws what an event said. The eventID is public; the right to withdraw is not.
    """

    zh = "只有采集者本人可以声明该事件有误"
