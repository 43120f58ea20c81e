"""The EPCIS repository: events in once and for ever, read back by code, by eventID and by position."""

from zhuisu.ledger.append import Recorded, append
from zhuisu.ledger.history import Mark, history

__all__ = ["Mark", "Recorded", "append", "history"]
