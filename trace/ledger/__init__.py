"""The EPCIS repository: events in once and for ever, read back by code, by eventID and by position."""

from zhuisu.ledger.append import Recorded, append, record
from zhuisu.ledger.commit import GroupCommit, Submission, group_commit
from zhuisu.ledger.history import Mark, history
from zhuisu.ledger.rows import Prepared, prepare

__all__ = [
    "GroupCommit",
    "Mark",
    "Prepared",
    "Recorded",
    "Submission",
    "append",
    "group_commit",
    "history",
    "prepare",
    "record",
]
