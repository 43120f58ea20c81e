"""The numbers of GS1, digit by digit (GS1 General Specifications 2, 3.3 and 7.9).

>>> [part.text for part in first(KEYS["01"], "16901234567899")]
['1', '690', '123456789', '9']
"""

from functools import partial

from zhuisu.codes.explain.part import Field, Form, Parts, first
from zhuisu.codes.explain.prefixes import issuer
from zhuisu.codes.text import Words

_NUMBERS = "GS1 General Specifications 2"

_form = partial(Form, rule=_NUMBERS)

_check = Field(
    "校验码",
    "check digit",
    means=lambda _: Words("由前面各位算出", "computed from the others"),
    rule="GS1 General Specifications 7.9",
)
_pair = Field(
    "校验字符对",
    "check character pair",
    means=lambda _: Words("由前面各位算出", "computed from the others"),
    rule="GS1 General Specifications 7.9.5",
)
_prefix = Field("GS1 前缀", "GS1 prefix", means=issuer, rule="GS1 General Specifications 1.4")
_prefix_8 = Field(
    "GS1-8 前缀",
    "GS1-8 prefix",
    means=lambda text: issuer("000" if text[0] == "0" else text),
    rule="GS1 General Specifications 1.4",
)
_upc = Field(
    "U.P.C. 前缀", "U.P.C. prefix", means=lambda text: issuer("0" + text), rule="GS1 General Specifications 1.4"
)


def _level(digit: str) -> Words:
    """Meaning of the indicator of a GTIN-14 (GS1 General Specifications 2.1.6)."""
    match digit:
        case "0":
            return Words("填充位：编码本身为 13 位", "filler: the number itself has 13 digits")
        case "9":
            return Words("变量贸易项目（如按重量销售）", "variable measure, as sold by weight")
        case _:
            return Words(f"包装层级 {digit}", f"package level {digit}")


def _filler(length: int) -> Field:
    zh, en = f"填充位：编码本身为 {length} 位", f"filler: the number itself has {length} digits"
    return Field("填充位", "filler", means=lambda _: Words(zh, en))


def _company_and(zh: str, en: str) -> Field:
    """Company prefix and reference: one field, because the code does not tell where the first ends."""
    return Field(
        f"厂商代码与{zh}",
        f"company and {en}",
        means=lambda _: Words("两者的分界不在编码中", "where one ends and the other begins is not in the code"),
    )


_item = _company_and("商品项目代码", "item reference")
_GTIN_12 = _form(r"(\d\d)(\d{9})(\d)", _upc, _item, _check)
_GTIN_13 = _form(r"(\d{3})(\d{9})(\d)", _prefix, _item, _check)
_GTIN_8 = _form(r"(\d{3})(\d{4})(\d)", _prefix_8, Field("商品项目代码", "item reference"), _check)
_GTIN_14 = (
    _form(
        r"(000000)(\d{3})(\d{4})(\d)",
        _filler(8),
        _prefix_8,
        Field("商品项目代码", "item reference"),
        _check,
    ),
    _form(r"(00)(\d\d)(\d{9})(\d)", _filler(12), _upc, _item, _check),
    _form(
        r"(\d)(\d{3})(\d{9})(\d)",
        Field("包装指示符", "indicator", means=_level),
        _prefix,
        _item,
        _check,
    ),
)
GTIN = (*_GTIN_14, _GTIN_13, _GTIN_12, _GTIN_8)

_LOCATION = (_form(r"(\d{3})(\d{9})(\d)", _prefix, _company_and("位置参考代码", "location reference"), _check),)
_SERVICE = (_form(r"(\d{3})(\d{14})(\d)", _prefix, _company_and("服务参考代码", "service reference"), _check),)
_piece = Field("件序", "piece", means=lambda text: Words(f"第 {int(text)} 件", f"piece {int(text)}"))
_total = Field("总件数", "total", means=lambda text: Words(f"共 {int(text)} 件", f"of {int(text)}"))
_PIECES = (_form(r"(\d{14})(\d\d)(\d\d)", Field("贸易项目", "trade item", within=_GTIN_14), _piece, _total),)

# By AI: the forms that a value may have, first fit.
KEYS: dict[str, tuple[Form, ...]] = {
    "00": (
        _form(
            r"(\d)(\d{3})(\d{13})(\d)",
            Field(
                "扩展位", "extension digit", means=lambda _: Words("由企业自定，扩大容量", "free choice of the company")
            ),
            _prefix,
            _company_and("箱序列号", "serial reference"),
            _check,
        ),
    ),
    "01": GTIN,
    "02": GTIN,
    "03": GTIN,
    "253": (
        _form(
            r"(\d{3})(\d{9})(\d)(.*)",
            _prefix,
            _company_and("文件类型代码", "document type"),
            _check,
            Field("文件序列号", "serial of the document"),
        ),
    ),
    "255": (
        _form(
            r"(\d{3})(\d{9})(\d)(\d*)",
            _prefix,
            _company_and("优惠券参考代码", "coupon reference"),
            _check,
            Field("优惠券序列号", "serial of the coupon"),
        ),
    ),
    "401": (_form(r"(\d{3})(.+)", _prefix, _company_and("托运参考代码", "consignment reference")),),
    "402": (_form(r"(\d{3})(\d{13})(\d)", _prefix, _company_and("装运参考代码", "shipper reference"), _check),),
    **{f"41{n}": _LOCATION for n in range(8)},
    "7023": (_form(r"(\d{3})(.+)", _prefix, _company_and("资产代码", "asset reference")),),
    "8003": (
        _form(
            r"(0)(\d{3})(\d{9})(\d)(.*)",
            Field("填充位", "filler"),
            _prefix,
            _company_and("资产类型代码", "asset type"),
            _check,
            Field("资产序列号", "serial of the asset"),
        ),
    ),
    "8004": (_form(r"(\d{3})(.+)", _prefix, _company_and("资产代码", "asset reference")),),
    "8006": _PIECES,
    "8010": (_form(r"(\d{3})(.+)", _prefix, _company_and("部件代码", "component reference")),),
    "8013": (_form(r"(\d{3})(.+)(..)", _prefix, _company_and("型号代码", "model reference"), _pair),),
    "8014": (_form(r"(\d{3})(.+)(..)", _prefix, _company_and("器械标识", "device identifier"), _pair),),
    "8017": _SERVICE,
    "8018": _SERVICE,
    "8026": _PIECES,
}


def value(ai: str, text: str) -> Parts:
    """Parts of a key's value; none for other AIs and for values of another length."""
    return first(KEYS.get(ai, ()), text)
