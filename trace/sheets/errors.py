"""What this room refuses, and why. What is wrong in a cell is a ``Fault`` and refuses nothing.

NotATable                415  a picture, a text document, a program: no table we read
├── OldExcel             415  Excel 97-2003 or binary Excel
└── Locked               415  the workbook is encrypted
Damaged                  400  it says it is a table and cannot be read as one
NoHeadings               400  no row near the top has headings that we know
├── MissingColumns       400  some that must be there are not
└── RepeatedColumn       400  two headings mean the same column
TooLargeTable            413  bytes, rows, columns, or a file that unpacks to far more than it is
"""

from zhuisu.errors import Malformed, TooLarge, UnsupportedMedia

MOST_COLUMNS = 256


class NotATable(UnsupportedMedia):
    """The file is not a table we read.

    Excel workbooks (.xlsx), CSV and JSON are read. Save the table in one of these; renaming the file is not enough.
    """

    zh = "不是可读取的表格文件"


class OldExcel(NotATable):
    """The workbook is in an old or binary Excel format.

    Open it and save it as "Excel workbook (.xlsx)".
    """

    zh = "不支持旧版或二进制 Excel 格式"


class Locked(NotATable):
    """The workbook is protected by a password.

    Take the password away (File, Info, Protect Workbook) and save it again.
    """

    zh = "工作簿已加密"


class Damaged(Malformed):
    """The table file is damaged.

    It begins as a table and does not go on as one: cut off, changed on the way, or written by a faulty program.
    """

    zh = "表格文件已损坏"


class NoHeadings(Malformed):
    """The headings of the table were not found.

    One of the first ten rows holds the headings; the template has them.
    """

    zh = "未找到表头"


class MissingColumns(NoHeadings):
    """Columns are missing.

    ``missing`` names them as the template does.
    """

    zh = "缺少必需的列"


class RepeatedColumn(NoHeadings):
    """Two headings mean the same column.

    Which of them is right cannot be told. Delete or rename one.
    """

    zh = "列名重复"


class TooLargeTable(TooLarge):
    """The table is too large.

    ``detail`` names the limit. Split the table, or delete empty rows, columns and pictures.
    """

    zh = "表格过大"


def too_many_rows(most: int) -> TooLargeTable:
    """More filled rows than one table may have."""
    return TooLargeTable(
        f"more than {most} rows in one table",
        mend="send it in parts",
        detail_zh=f"一个表格最多 {most} 行",
        mend_zh="请分批导入",
        most=most,
    )


def too_wide() -> TooLargeTable:
    """More columns, or emptier ones, than are read."""
    return TooLargeTable(
        f"more than {MOST_COLUMNS} columns, or cells scattered far apart",
        mend="delete the columns and rows that hold nothing",
        detail_zh=f"超过 {MOST_COLUMNS} 列，或单元格相距过远",
        mend_zh="请删除空白的行和列",
        most=MOST_COLUMNS,
    )
