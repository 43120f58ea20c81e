"""What the register of products declines.

Malformed   NoProduct  BadStandardCode  ContentsUnfit  NothingInIt  RowsRefused
NotFound    ProductNotFound
Conflict    OwnedByAnother
"""

from zhuisu.errors import Conflict, Malformed, NotFound


class NoProduct(Malformed):
    """The code names no product.

    A product has the code of its kind: a GTIN, the seven digits of a drug code, the device identifier of a UDI. The
    code of a box serves too, its kind is taken from it; that of a pallet, a place or a certificate does not.
    """

    zh = "该编码不是商品编码"


class BadStandardCode(Malformed):
    """The drug standard code is wrong.

    药品本位码 has 14 digits: 86, 9, five of the company, five of the product, and a check digit.
    """

    zh = "药品本位码错误"


class ContentsUnfit(Malformed):
    """What the package contains does not fit together.

    ``contains`` says how many, ``below`` of which product; a package does not contain itself, and ``below`` alone says
    nothing.
    """

    zh = "包装数量与内装商品不符"


class NothingInIt(Malformed):
    """The sheet has no products.

    There are headings and nothing below them. One product a row; the template shows how.
    """

    zh = "表格中没有商品"


class ProductNotFound(NotFound):
    """No product is registered under this code.

    Whoever makes or trades the goods registers them, by hand or from a spreadsheet. Goods without an entry are traced
    all the same; only their name is not shown.
    """

    zh = "该商品未登记"


class OwnedByAnother(Conflict):
    """Another organisation holds this product.

    Who registers a code first holds its entry; only that organisation and an administrator change it. ``owner`` names
    the holder. Nothing was changed.
    """

    zh = "该商品由其他组织登记"


class RowsRefused(Malformed):
    """Some rows cannot be imported, so none was.

    ``faults`` lists every fault by row, column and value with what is expected there. Mend the rows and send the file
    again, or send it with ``partial=true`` to store the good rows.
    """

    zh = "部分行有误，未导入任何行"
