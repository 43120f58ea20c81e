"""Exception flags of the platform (单据异常 1–7): what is odd about a code of a bill. Pure.

>>> [found.flag for found in flags(bill.entries[0], bill, Known(activated=False))]
[1]

A flag refuses nothing but 2: goods moved whether we like their code or not, and what happened is recorded. Of 4 and 5
the platform's help says "cancelled" both times; here 4 is a code that was withdrawn or its goods destroyed, and 5 one
whose goods were sold or given.
"""

from collections.abc import Iterable

from msgspec import Struct

from zhuisu.codes.text import Words
from zhuisu.exchange.bills import Bill, Entry, Statement


class Flag(Struct, frozen=True):
    """One kind of exception: what it is called, and what became of the code nevertheless, and why."""

    words: Words
    recorded: bool
    why: Words


FLAGS = {
    1: Flag(
        Words("未激活", "not activated"),
        recorded=True,
        why=Words(
            "已照单记录：货物确已移动；激活数据补传后按时间自动衔接",
            "recorded: the goods moved; once their activation is sent, both stand in order of time",
        ),
    ),
    2: Flag(
        Words("码制错误", "bad code system"),
        recorded=False,
        why=Words(
            "未记录：不是货物的追溯码，不知道移动了什么", "not recorded: no code of goods, so nobody knows what moved"
        ),
    ),
    3: Flag(
        Words("重复", "duplicate"),
        recorded=True,
        why=Words("只记录一次：同一单据中一个码只移动一次", "recorded once: a thing moves once in a bill"),
    ),
    4: Flag(
        Words("已注销", "cancelled"),
        recorded=True,
        why=Words(
            "已照单记录：注销后仍有移动，正需留痕", "recorded: goods that move after their end are what one looks for"
        ),
    ),
    5: Flag(
        Words("已核销", "written off"),
        recorded=True,
        why=Words(
            "已照单记录：售出或使用后再次出现，正需留痕", "recorded: goods seen again after sale or use need a trace"
        ),
    ),
    6: Flag(
        Words("上下级码同在一单", "parent and child in one bill"),
        recorded=True,
        why=Words(
            "已照单记录：下级码本已随上级码移动，不重复计数", "recorded: the child moves in its parent and counts once"
        ),
    ),
    7: Flag(
        Words("批号、生产日期或有效期与码不符", "batch, production date or expiry differ from the code's"),
        recorded=True,
        why=Words(
            "已照单记录单据所写；码的批号与日期以激活数据为准",
            "recorded as the bill says; the code keeps what its activation said",
        ),
    ),
}


class Known(Struct, frozen=True, kw_only=True):
    """What the ledger knows of a code before the bill: its master data, how it ended, and what it stands in."""

    activated: bool = True
    said: Statement = Statement()
    withdrawn: bool = False
    sold: bool = False
    inside: frozenset[str] = frozenset()


class Found(Struct, frozen=True, omit_defaults=True):
    """A flag of one code; ``differing`` are the columns that contradict its activation (flag 7)."""

    flag: int
    differing: tuple[str, ...] = ()


def flags(entry: Entry, bill: Bill, known: Known, *, again: bool = False, others: Iterable[str] = ()) -> list[Found]:
    """The flags of one code: ``again`` when it stands in a row above, ``others`` are all URIs of the bill."""
    if not entry.uri:
        return [Found(2)]
    found = []
    if not known.activated:
        found.append(Found(1))
    if again:
        found.append(Found(3))
    if known.withdrawn:
        found.append(Found(4))
    if known.sold and not bill.kind.takes_back:
        found.append(Found(5))
    if not known.inside.isdisjoint(others):
        found.append(Found(6))
    if differing := _differing(entry.said, known.said):
        found.append(Found(7, differing))
    return found


def _differing(stated: Statement, known: Statement) -> tuple[str, ...]:
    pairs = zip(Statement._fields, stated, known, strict=True)
    return tuple(name for name, ours, theirs in pairs if ours and theirs and ours != theirs)
