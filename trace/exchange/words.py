"""Steps and dispositions of CBV 2.0 as people say them, for columns of a table; pages say the same.

>>> step("shipping").zh
'发货'
"""

from zhuisu.codes.text import Words

_STEPS = """
accepting 验收 Accepted
arriving 到达 Arrived
assembling 组装 Assembled
collecting 收集 Collected
commissioning 赋码 Code assigned
consigning 托运 Consigned
creating_class_instance 建立批次 Lot created
cycle_counting 盘点 Counted
decommissioning 注销编码 Code withdrawn
departing 出发 Departed
destroying 销毁 Destroyed
disassembling 拆解 Taken apart
dispensing 发药／接种 Dispensed
encoding 写码 Code written
entering_exiting 进出 Entered or left
holding 暂扣 Held back
inspecting 检验 Inspected
installing 安装 Installed
killing 标签失效 Tag disabled
loading 装车 Loaded
other 其他 Other
packing 装箱 Packed
picking 拣货 Picked
receiving 收货 Received
removing 取出 Removed
repackaging 重新包装 Repackaged
repairing 维修 Repaired
replacing 更换 Replaced
reserving 预留 Reserved
retail_selling 零售 Sold
sampling 抽检 Sampled
sensor_reporting 温度记录 Readings
shipping 发货 Shipped
staging_outbound 备货待发 Staged to go out
stock_taking 全面盘点 Stock taken
stocking 上架 Put on the shelf
storing 入库储存 Stored
transporting 运输 Transported
unloading 卸货 Unloaded
unpacking 拆箱 Unpacked
void_shipping 撤销发货 Shipment voided
"""

_DISPOSITIONS = """
active 已启用 active
available 可用 available
completeness_inferred 推定齐全 taken as complete
completeness_verified 核对齐全 verified complete
conformant 合格 conformant
container_closed 容器已封 container closed
container_open 容器已开 container open
damaged 损坏 damaged
destroyed 已销毁 destroyed
dispensed 已使用 dispensed
disposed 已处置 disposed of
encoded 已写码 encoded
expired 已过期 expired
in_progress 处理中 in progress
in_transit 在途 in transit
inactive 未启用 inactive
mismatch_class 品种不符 other kind than stated
mismatch_instance 单品不符 other item than stated
mismatch_quantity 数量不符 other quantity than stated
needs_replacement 待更换 needs replacement
no_pedigree_match 来源不符 origin does not match
non_conformant 不合格 not conformant
non_sellable_other 不可销售 not for sale
partially_dispensed 部分使用 partly dispensed
recalled 已召回 recalled
reserved 已预留 reserved
retail_sold 已售出 sold
returned 已退回 returned
sellable_accessible 在售 on sale
sellable_not_accessible 在库可售 in stock
stolen 被盗 stolen
unavailable 不可用 unavailable
unknown 不明 unknown
"""


def _table(text: str) -> dict[str, Words]:
    lines = (line.split(" ", 2) for line in text.strip().splitlines())
    return {word: Words(zh, en) for word, zh, en in lines}


STEPS = _table(_STEPS)
DISPOSITIONS = _table(_DISPOSITIONS)


def step(word: str) -> Words:
    """A bizStep in words; one of another vocabulary as it is."""
    return STEPS.get(word) or Words(word, word)


def disposition(word: str) -> Words:
    """A disposition in words; one of another vocabulary as it is."""
    return DISPOSITIONS.get(word) or Words(word, word)
