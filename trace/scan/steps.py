"""What one does at a door: each step with the words of CBV 2.0 §7.1 and §7.2 that its event will carry.

>>> named("dispensing").disposition
'dispensed'
"""

from msgspec import Struct

from zhuisu.codes.text import Words
from zhuisu.events import Action
from zhuisu.scan.errors import UnknownStep


class Step(Struct, frozen=True):
    """A step by the name that callers use, and the event it leaves."""

    name: str
    biz_step: str
    disposition: str
    words: Words
    action: Action = Action.OBSERVE


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("receiving", "receiving", "in_progress", Words("收货", "receiving")),
        Step("accepting", "accepting", "in_progress", Words("验收", "accepting")),
        Step("inspecting", "inspecting", "in_progress", Words("检查", "inspecting")),
        Step("storing", "storing", "sellable_not_accessible", Words("入库储存", "storing")),
        Step("stocking", "stocking", "sellable_accessible", Words("上架", "stocking")),
        Step("cycle_counting", "cycle_counting", "", Words("盘点", "cycle counting")),
        Step("holding", "holding", "non_sellable_other", Words("待查停售", "holding")),
        Step("sampling", "sampling", "", Words("抽检", "sampling")),
        Step("shipping", "shipping", "in_transit", Words("发货", "shipping")),
        Step("retail_selling", "retail_selling", "retail_sold", Words("销售", "retail selling")),
        Step("dispensing", "dispensing", "dispensed", Words("发药或接种", "dispensing")),
        Step("returning", "receiving", "returned", Words("退货入库", "taking back")),
        Step("recalling", "receiving", "recalled", Words("召回入库", "taking back on recall")),
        Step("sending_back", "shipping", "returned", Words("退货出库", "sending back")),
        Step("decommissioning", "decommissioning", "inactive", Words("注销", "decommissioning"), Action.DELETE),
        Step("destroying", "destroying", "destroyed", Words("销毁", "destroying"), Action.DELETE),
    )
}

DEFAULT = "receiving"
ARRIVING = frozenset({"receiving", "accepting"})
SENDING = frozenset({"shipping", "sending_back"})
FINAL = frozenset({"retail_selling", "dispensing"})
TRADING = ARRIVING | FINAL | {"shipping", "stocking"}
"""Steps after which the goods are in trade, or sold."""

LEAVING = FINAL | SENDING | {"stocking"}
"""Steps that take for granted that the goods are here."""

KEEPING = frozenset({"storing"})
"""Steps by which goods may be recorded here first."""

ENDING = frozenset({"decommissioning", "destroying"})
"""Steps after which the code is no more."""

REPEATABLE = frozenset({"inspecting", "cycle_counting", "sampling"})
"""Steps that mean something new each time, though the goods did not move."""

# Words of events, ours and others', by which goods move from one place to another.
DISPATCHES = frozenset({"shipping", "departing", "consigning"})
ARRIVALS = frozenset({"receiving", "accepting", "arriving"})
SALES = frozenset({"retail_sold", "dispensed"})


def named(name: str) -> Step:
    """The step of this name. Raises UnknownStep."""
    if step := STEPS.get(name):
        return step
    known = ", ".join(STEPS)
    raise UnknownStep(f"{name!r:.60} is no step", where="/step", mend=f"use one of: {known}", steps=list(STEPS))
