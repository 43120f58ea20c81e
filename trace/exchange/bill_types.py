"""Types of in and out bills of the national platform (码上放心), and the words of CBV 2.0 that their events carry.

>>> TYPES["201"].step, TYPES["201"].disposition, TYPES["201"].inward
('shipping', 'in_transit', False)

Names are the platform's. The mapping is ours: where CBV has no word for a kind of bill, the nearest one that does not
say too much is used, and the type itself travels in the event.
"""

from msgspec import Struct

from zhuisu.codes.text import Words
from zhuisu.events import Action


class BillType(Struct, frozen=True):
    """One type: step and disposition (CBV 2.0 §7.1, §7.2), the kind of paper (§7.3), and what it does to the code."""

    id: str
    words: Words
    step: str
    disposition: str
    paper: str
    action: Action = Action.OBSERVE
    ends: bool = False  # the goods leave trade: nobody they go to is named, for it is a person or nobody
    takes_back: bool = False  # goods that had left trade may come in

    @property
    def inward(self) -> bool:
        """Whether the goods come in."""
        return self.id.startswith("1")


TYPES: dict[str, BillType] = {
    kind.id: kind
    for kind in (
        BillType("101", Words("生产入库", "in from production"), "storing", "sellable_not_accessible", "prodorder"),
        BillType("102", Words("采购入库", "in from purchase"), "receiving", "in_progress", "recadv"),
        BillType("103", Words("退货入库", "in from return"), "receiving", "returned", "rma", takes_back=True),
        BillType("104", Words("调拨入库", "in from transfer"), "receiving", "in_progress", "recadv"),
        BillType("106", Words("零头入库", "in of part case"), "storing", "sellable_not_accessible", "recadv"),
        BillType("107", Words("供应入库", "in from supply"), "receiving", "in_progress", "recadv"),
        BillType("108", Words("召回入库", "in from recall"), "receiving", "recalled", "rma", takes_back=True),
        BillType("110", Words("赠品入库", "in as gift"), "receiving", "in_progress", "recadv"),
        BillType("111", Words("盘盈入库", "in by count"), "cycle_counting", "sellable_not_accessible", "recadv"),
        BillType("112", Words("报废入库", "in as scrap"), "receiving", "non_sellable_other", "recadv", takes_back=True),
        BillType("113", Words("其他入库", "in otherwise"), "receiving", "in_progress", "recadv", takes_back=True),
        BillType("116", Words("消费者退货入库", "in from consumer"), "receiving", "returned", "rma", takes_back=True),
        BillType("201", Words("销售出库", "out by sale"), "shipping", "in_transit", "desadv"),
        BillType("202", Words("退货出库", "out by return"), "shipping", "returned", "rma"),
        BillType("203", Words("调拨出库", "out by transfer"), "shipping", "in_transit", "desadv"),
        BillType("204", Words("返工出库", "out to rework"), "repackaging", "in_progress", "prodorder", ends=True),
        BillType(
            "205", Words("销毁出库", "out to destruction"), "destroying", "destroyed", "", Action.DELETE, ends=True
        ),
        BillType("206", Words("抽检出库", "out as sample"), "sampling", "non_sellable_other", "testprd"),
        BillType("207", Words("直调出库", "out by drop shipment"), "shipping", "in_transit", "desadv"),
        BillType("208", Words("生产出库", "out from production"), "shipping", "in_transit", "desadv"),
        BillType("209", Words("供应出库", "out by supply"), "shipping", "in_transit", "desadv"),
        BillType("210", Words("零头出库", "out of part case"), "unpacking", "sellable_not_accessible", "desadv"),
        BillType("211", Words("召回出库", "out by recall"), "shipping", "recalled", "rma"),
        BillType("212", Words("赠品出库", "out as gift"), "shipping", "in_transit", "desadv"),
        BillType("214", Words("盘亏出库", "out by count"), "cycle_counting", "unavailable", "", ends=True),
        BillType("215", Words("损坏出库", "out as damaged"), "holding", "damaged", "", ends=True),
        BillType("216", Words("报废出库", "out as scrap"), "holding", "disposed", "", ends=True),
        BillType("217", Words("其他出库", "out otherwise"), "shipping", "in_transit", "desadv"),
        BillType("237", Words("直调退货", "return of drop shipment"), "shipping", "returned", "rma"),
        BillType("321", Words("零售出库", "retail sale"), "retail_selling", "retail_sold", "inv", ends=True),
        BillType("322", Words("疫苗接种", "vaccination"), "dispensing", "dispensed", "", ends=True),
        BillType(
            "323", Words("零售出库(另一接口)", "retail sale, dispensing"), "dispensing", "dispensed", "inv", ends=True
        ),
    )
}

PLATFORM_CODES = 3_500
"""Codes that the platform takes in one bill (2 000 from B2C shops). Not our limit."""


def of(step: str, disposition: str) -> BillType | None:
    """The first type whose event says so: the bill of an event that came through another door."""
    return next((kind for kind in TYPES.values() if (kind.step, kind.disposition) == (step, disposition)), None)
