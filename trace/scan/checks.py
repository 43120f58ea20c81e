"""The checks of intake (进货查验) on goods: pure, each a few lines, each with its words, law and next step.

>>> [found.rule for found in judge(item, door)]
['already-sold']

False alarms cost more than features: a rule speaks once for one cause, and refuses only where law or record are plain.
"""

from collections.abc import Iterator

from zhuisu.codes import Family, Level
from zhuisu.ledger import Mark
from zhuisu.scan.model import Answer
from zhuisu.scan.past import astray, dispatch, ended, held_by, made_here, recorded, sold, was_here
from zhuisu.scan.rules import Door, Facts, Item, rule
from zhuisu.scan.steps import ARRIVALS, ARRIVING, DISPATCHES, ENDING, FINAL, KEEPING, LEAVING, TRADING

accept, warn, refuse = Answer

PAPERS = frozenset({Family.certificate, Family.quarantine})
NOT_GOODS = frozenset({Family.sgln, Family.pgln, Family.site, Family.gsrn, Family.gsrnp, Family.slaughterhouse})

DRUG_TRACE = ("药品管理法 第十二条", "Drug Administration Law art. 12")
FOOD_TRACE = ("食品安全法 第四十二条", "Food Safety Law art. 42")
FOOD_CHECK = ("食品安全法 第五十三条", "Food Safety Law art. 53")
DRUG_CHECK = ("药品管理法 第五十六条", "Drug Administration Law art. 56")
COLD_CHAIN = ("疫苗管理法 第三十九条", "Vaccine Administration Law art. 39")

UNREADABLE = rule(
    refuse,
    "{zh}",
    "{en}",
    then=("请重新扫码，或核对印刷的编码后手工输入", "Scan again, or type the code as it is printed"),
    id_="unreadable",
)(None)
DUPLICATE = rule(accept, "本次已扫过该码", "Scanned twice in this request; counted once", id_="duplicate")(None)
RECORDED = rule(
    accept,
    "{when} 已在本场所记录",
    "Already recorded at this site at {when}; nothing was added",
    id_="already-recorded",
)(None)


@rule(
    refuse,
    "这是场所或人员的编码，不是货物",
    "This code names a place or a person, not goods",
    then=("请扫货物上的码", "Scan the code on the goods"),
)
def not_goods(item: Item, _door: Door) -> Iterator[Facts]:
    """A GLN or GSRN hangs at many doors and is scanned by mistake."""
    if item.code.family in NOT_GOODS:
        yield {}


@rule(
    refuse,
    "该码已于 {when} 在{kind}售出或使用",
    "Already sold or dispensed at {when}, at {kind}",
    then=(
        "不得再次入库或销售，单独存放；若是同一次销售重复扫码，以首次记录为准",
        "Do not take it in or sell it again, set it apart; if this is one sale scanned twice, the first record counts",
    ),
    law=FOOD_TRACE,
    medicine=DRUG_TRACE,
    steps=TRADING | {"storing", "inspecting", "cycle_counting"},
)
def already_sold(item: Item, door: Door) -> Iterator[Facts]:
    """One box is sold once; what the customer brought back is taken in by the step ``returning``."""
    # A sale is final whatever its time: of two, the one recorded first stands, even when its clock says later.
    marks = item.marks if door.step.name in FINAL else door.before(item.marks)
    if item.single and (sale := sold(marks)):
        kind = "here" if door.here(sale.place) else door.kinds.get(sale.place, "other")
        yield {"when": door.local(sale.time), "kind": kind}


@rule(
    refuse,
    "该码已于 {when} 注销或销毁",
    "Decommissioned or destroyed at {when}",
    then=("单独存放并报告", "Set it apart and report it"),
    law=("食品安全法 第六十三条", "Food Safety Law art. 63"),
    medicine=DRUG_TRACE,
)
def destroyed(item: Item, door: Door) -> Iterator[Facts]:
    """What was destroyed cannot come through a door again."""
    if item.single and (end := ended(door.before(item.marks))) and not recorded(item, door):
        yield {"when": door.local(end.time)}


@rule(
    refuse,
    "已被召回（{when}）",
    "Recalled at {when}",
    then=(
        "停止销售，单独存放并联系供货方；用“召回入库”或“退货出库”处理",
        "Stop selling, set it apart and call the supplier; use the step recalling or sending_back",
    ),
    law=("食品安全法 第六十三条", "Food Safety Law art. 63"),
    medicine=("药品管理法 第八十二条", "Drug Administration Law art. 82"),
    steps=TRADING,
)
def recalled(item: Item, door: Door) -> Iterator[Facts]:
    """A recall of the item, of what it travels in, or of its whole lot."""
    marks = door.before((*item.marks, *item.lot_marks))
    if recall := next((m for m in marks if m.disposition == "recalled"), None):
        yield {"when": door.local(recall.time)}


@rule(
    refuse,
    "已过有效期（{expiry}）",
    "Expired: good until {expiry}",
    then=("停止销售，下架并按规定处理", "Take it off sale and dispose of it by the rules"),
    law=("食品安全法 第三十四条第十项", "Food Safety Law art. 34 (10)"),
    medicine=("药品管理法 第九十八条", "Drug Administration Law art. 98"),
    steps=TRADING,
)
def expired(item: Item, door: Door) -> Iterator[Facts]:
    """The day of expiry itself is still good; the carrier and the record both count."""
    days = [day for day in (item.code.expiry, item.expiry) if day]
    if days and door.day > min(days):
        yield {"expiry": min(days).isoformat()}


@rule(
    warn,
    "码上的有效期 {printed} 与记录 {known} 不一致",
    "The label says good until {printed}, the record {known}",
    then=("核对包装，并向供货方确认", "Compare the pack and ask the supplier"),
    law=FOOD_CHECK,
    medicine=DRUG_CHECK,
    steps=ARRIVING,
)
def expiry_differs(item: Item, _door: Door) -> Iterator[Facts]:
    """A new label on old goods, or goods of another lot under this code."""
    printed, known = item.code.expiry, item.expiry
    if printed and known and printed != known:
        yield {"printed": printed.isoformat(), "known": known.isoformat()}


@rule(
    refuse,
    "运输途中温度 {min}–{max} °C，超出规定的 {low}–{high} °C",
    "Measured {min} to {max} °C on its way; {low} to {high} °C is required",
    then=(
        "不得接收，立即向药品监督管理部门和卫生健康主管部门报告",
        "Do not receive it; report at once to the drug and health authorities",
    ),
    law=COLD_CHAIN,
    steps=ARRIVING,
)
def temperature_out_of_range(item: Item, door: Door) -> Iterator[Facts]:
    """A vaccine that was too warm or too cold is not received."""
    if item.storage is None:
        return
    for mark in door.before(item.marks):
        if mark.temperature and not item.storage.holds(mark.temperature):
            yield {
                "min": f"{mark.temperature.min:g}",
                "max": f"{mark.temperature.max:g}",
                "low": f"{item.storage.min:g}",
                "high": f"{item.storage.max:g}",
            }
            return


@rule(
    refuse,
    "没有本次运输的温度记录",
    "There is no temperature record of this transport",
    then=(
        "不得接收，向配送单位索要温度记录；不能提供的立即报告",
        "Do not receive it; ask the carrier for the record, and report at once if there is none",
    ),
    law=COLD_CHAIN,
    steps=ARRIVING,
)
def temperature_missing(item: Item, door: Door) -> Iterator[Facts]:
    """A vaccine without a temperature record since it was sent on is not received; what was made here was not sent."""
    if item.storage is None or not item.known or made_here(item, door) or recorded(item, door):
        return
    sent = dispatch(item, door)
    way = [mark for mark in door.before(item.marks) if sent and mark.time >= sent.time]
    if not any(mark.temperature for mark in way):
        yield {}


@rule(
    warn,
    "该码在上游没有任何记录",
    "Nothing upstream is recorded of this code",
    then=(
        "核对编码，留存供货方票据和合格证明",
        "Compare the code, and keep the supplier's voucher and proof of conformity",
    ),
    law=FOOD_CHECK,
    medicine=DRUG_CHECK,
)
def unknown_code(item: Item, _door: Door) -> Iterator[Facts]:
    """It may come from a system that does not report here: a reason to look, not to refuse."""
    traceable = item.code.family not in {*NOT_GOODS, *PAPERS, Family.url}
    if traceable and item.code.level is not Level.item_class and not item.known:
        yield {}


@rule(
    warn,
    "该码只标识商品种类，不含批号或序列号",
    "This code names the kind of goods only, neither lot nor item",
    then=("如有追溯码请改扫追溯码，并登记批号", "Scan the code with lot or serial if there is one, and note the lot"),
    law=FOOD_TRACE,
    medicine=DRUG_TRACE,
)
def class_only(item: Item, _door: Door) -> Iterator[Facts]:
    """The bar code of the till cannot tell one lot from the next."""
    if item.code.level is Level.item_class:
        yield {}


@rule(
    warn,
    "仍在箱码 {parent} 内，该箱最后记录在另一场所",
    "Recorded inside {parent}, which was last seen at another place",
    then=(
        "核对是否为该箱货物，请上游补录拆箱",
        "Make sure that it came out of that case, and ask upstream to record the unpacking",
    ),
    law=FOOD_TRACE,
    medicine=DRUG_TRACE,
)
def still_packed(item: Item, door: Door) -> Iterator[Facts]:
    """Unpacked before its case moved on: the record says that the case, with this item in it, stands elsewhere."""
    if astray(item, door):
        yield {"parent": item.parent}


@rule(
    warn,
    "记录中仍在箱码 {parent} 内，未拆箱",
    "By the record still inside {parent}, which nobody unpacked",
    then=("请补录拆箱", "Record that the case was unpacked"),
    law=FOOD_TRACE,
    medicine=DRUG_TRACE,
    steps=FINAL,
)
def not_unpacked(item: Item, door: Door) -> Iterator[Facts]:
    """Sold out of a case at this site that nobody recorded as opened: else it moves on with the case, in the record."""
    last = door.last(item)
    if item.parent and last and door.here(last.place):
        yield {"parent": item.parent}


@rule(
    warn,
    "没有上游发货记录",
    "Nobody upstream recorded sending it",
    then=("请供货方补录发货，留存随货单据", "Ask the supplier to record the dispatch, and keep the delivery note"),
    law=FOOD_CHECK,
    medicine=("药品管理法 第五十七条", "Drug Administration Law art. 57"),
    steps=ARRIVING,
)
def no_dispatch(item: Item, door: Door) -> Iterator[Facts]:
    """Received, and the last that is known is not that it was sent on."""
    if not item.known or item.paper or astray(item, door) or made_here(item, door):
        return
    if not (item.single and item.marks):
        if not any(m.step in DISPATCHES for m in door.before((*item.marks, *item.lot_marks))):
            yield {}
        return
    moves = [m for m in door.before(item.marks) if m.step in DISPATCHES | ARRIVALS]
    if not moves or (moves[-1].step in ARRIVALS and not door.here(moves[-1].place)):
        yield {}


@rule(
    warn,
    "没有在本场所收货的记录",
    "There is no record that it was received here",
    then=("先补录收货，核对来源", "Record the receipt first, and make sure where it came from"),
    law=FOOD_CHECK,
    medicine=DRUG_CHECK,
    steps=LEAVING | KEEPING | ENDING,
)
def not_received_here(item: Item, door: Door) -> Iterator[Facts]:
    """Sent on or sold from a place where, by the record, it never was: perhaps its twin is elsewhere."""
    if item.code.level is Level.item_class or not item.known or item.paper or was_here(item, door):
        return
    said = astray(item, door) or _of_others(item, door) or _elsewhere(item, door)
    # Storing may be the first that is recorded of goods on arrival: it speaks where another still has them.
    if not said and (door.step.name not in KEEPING or held_by(item, door)):
        yield {}


@rule(
    warn,
    "记录显示 {when} 已由{kind}收货，此后没有发出",
    "By the record received at {when} by {kind}, and not sent on since",
    then=("核对来源，请对方补录发货", "Make sure where it came from, and ask them to record the dispatch"),
    law=FOOD_CHECK,
    steps=LEAVING,
)
def last_seen_elsewhere(item: Item, door: Door) -> Iterator[Facts]:
    """It was here once and went away; that it came back nobody recorded."""
    if was_here(item, door) and not astray(item, door) and not _is_medicine(item) and (last := held_by(item, door)):
        yield _holding(last, door)


@rule(
    refuse,
    "记录显示 {when} 已由{kind}收货，此后没有发出",
    "By the record received at {when} by {kind}, and not sent on since",
    then=(
        "不得销售或使用，核对来源；确系本单位药品的，请对方补录发货，本单位补录收货",
        "Do not sell or use it and find out where it came from; if it is yours, have its dispatch and receipt recorded",
    ),
    law=DRUG_TRACE,
    steps=FINAL,
)
def held_elsewhere(item: Item, door: Door) -> Iterator[Facts]:
    """A medicine is sold by whoever holds it: what another holds is a twin, or came by a way that nobody recorded."""
    if last := _elsewhere(item, door):
        yield _holding(last, door)


@rule(
    refuse,
    "没有在本单位存放过的记录，不能由本单位销毁",
    "By the record your organisation never had it, so it is not yours to destroy",
    then=("核对编码；确在本单位的，先补录收货", "Compare the code; if you do have it, record its receipt first"),
    law=FOOD_TRACE,
    medicine=DRUG_TRACE,
    steps=frozenset({"destroying"}),
)
def not_yours(item: Item, door: Door) -> Iterator[Facts]:
    """A code that is destroyed never comes back: nobody ends that of goods which another has."""
    if _of_others(item, door):
        yield {}


def _of_others(item: Item, door: Door) -> bool:
    """About to be destroyed by somebody who never had it; of a lot nobody knows who has which part."""
    marks = (*item.marks, *item.lot_marks)
    alone = door.step.name == "destroying" and item.single and bool(item.marks)
    return alone and not any(door.own(m.place) for m in door.before(marks))


def _elsewhere(item: Item, door: Door) -> Mark | None:
    """Where a medicine is that is about to be sold here; one that was sold is nowhere."""
    if door.step.name not in FINAL or not _is_medicine(item) or sold(item.marks):
        return None
    return held_by(item, door)


def _is_medicine(item: Item) -> bool:
    return item.code.family is Family.drug or item.storage is not None


def _holding(last: Mark, door: Door) -> Facts:
    return {"when": door.local(last.time), "kind": door.kinds.get(last.place, "other")}
