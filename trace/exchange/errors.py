"""What the exchange declines; what it thinks of a single code of a bill is an exception flag, not a refusal.

Malformed    ├── NotRelationFile      no relation file, or XML that is broken or dangerous
             ├── RelationUnfit        a relation file that contradicts itself; ``faults`` lists lines
             ├── NoBills              a table without rows
             ├── BillsUnfit           rows of which no bill can be made; ``faults`` lists them
             ├── NoSite               the caller has no site to book at
             ├── NoMoment             nobody says when the batch was packed, or it lies ahead
             ├── BadPeriod            a period that ends before it begins
             └── NoPages              a table is asked for by the page
Forbidden    └── SiteNotYours         a file that speaks for somebody else's site
NotFound     └── NoRelation           nothing was packed under this code or lot
TooLarge     └── TooManyRows          more than one answer holds
UnsupportedMedia
             └── NotTheFile           a body that says it is something else than the file
"""

from zhuisu.errors import Forbidden, Malformed, NotFound, TooLarge, UnsupportedMedia


class NotRelationFile(Malformed):
    """This is no relation file.

    A relation file (关联关系) is XML: ``Document``, in it ``Relation``, ``Batch`` and ``Code``. It has no DOCTYPE, and
    its text is UTF-8 or a Chinese encoding that its first line names. ``line`` is where reading stopped.
    """

    zh = "不是关联关系文件"


class RelationUnfit(Malformed):
    """The relation file contradicts itself.

    ``faults`` lists what is wrong by line: a code that is not 20 digits, stands twice or on a wrong level, a parent
    that is missing, more children than the cascade allows, a batch without dates. Nothing was recorded.
    """

    zh = "关联关系文件内容有误"


class NoBills(Malformed):
    """The table has no bills.

    There are headings and nothing below them: one code a row, with the number and type of its bill.
    """

    zh = "表格中没有单据"


class BillsUnfit(Malformed):
    """Some rows cannot be booked, so none was.

    ``faults`` lists every fault by row, column and value with what is expected there. Codes are not among them: what is
    odd about a code is answered by an exception flag and refuses nothing.
    """

    zh = "部分行有误，未登记任何单据"


class NoSite(Malformed):
    """There is no such site to book at.

    What a file reports happened at a site of the caller's organisation. Register one, or name one that exists.
    """

    zh = "没有可用的场所"


class NoMoment(Malformed):
    """The time does not fit.

    ``at`` is when the goods were packed; left out, it is the beginning of the day of production. It has a zone and does
    not lie ahead.
    """

    zh = "时间不可用"


class BadPeriod(Malformed):
    """The period does not fit.

    ``from`` and ``to`` are days, the first and the last one that are asked for.
    """

    zh = "起止日期不可用"


class NoPages(Malformed):
    """A table has no pages.

    It holds all rows that the other parameters ask for. ``eventCountLimit`` with ``orderBy`` shortens it.
    """

    zh = "表格不分页"


class SiteNotYours(Forbidden):
    """The site belongs to another organisation.

    A file reports what its sender did at a site of its own; the other party is the one it came from or went to.
    """

    zh = "该场所不属于您的组织"


class NoRelation(NotFound):
    """There is nothing to export under this code or lot.

    Only what the caller itself activated is exported, and only goods with 20-digit drug codes have relations.
    """

    zh = "没有可导出的关联关系"


class TooManyRows(TooLarge):
    """The table would be longer than one file holds.

    Ask for a shorter period or fewer goods; CSV of events has no such limit.
    """

    zh = "导出内容过多"


class NotTheFile(UnsupportedMedia):
    """The body is not the file itself.

    Relation files are XML, bills are Excel, CSV or JSON, sent as they are: in no form (``multipart/form-data``) and
    without a Content-Encoding.
    """

    zh = "请求正文不是文件本身"
