"""URNs: EPCs, those of our own, and all others.

>>> [part.text for part in urn("urn:epc:id:sgtin:6901234.056789.7")]
['urn:epc:', 'id:', 'sgtin:', '6901234', '.', '056789', '.', '7']
"""

import re

from zhuisu.codes.explain import china
from zhuisu.codes.explain.names import FAMILIES
from zhuisu.codes.explain.part import Field, Form, Part, Parts, choice, dot
from zhuisu.codes.explain.prefixes import issuer
from zhuisu.codes.model import Family
from zhuisu.codes.text import Words

_URN = re.compile(r"(urn:)([^:]*:)(.*)", re.IGNORECASE | re.DOTALL).fullmatch
_EPC = re.compile(r"(urn:epc:)([^:]+:)([^:]+:)(.+)", re.IGNORECASE | re.DOTALL).fullmatch
_OURS = re.compile(r"(urn:zhuisu:)([^:]+:)([^:]+:)(.+)", re.IGNORECASE | re.DOTALL).fullmatch

_RULE = "GS1 Tag Data Standard 6.3"
_namespace = Field("命名空间", "namespace")
_kind = Field(
    "标识方式",
    "kind",
    means=choice(
        **{
            "id:": ("单个实体", "one thing"),
            "class:": ("一类或一批", "a class or lot"),
            "idpat:": ("一类的全部", "all of a class"),
        }
    ),
    rule=_RULE,
)
_company = Field(
    "厂商识别代码",
    "company prefix",
    within=(Form(r"(\d{3})(\d+)", Field("GS1 前缀", "GS1 prefix", means=issuer), Field("厂商", "company")),),
    rule="GS1 General Specifications 1.4",
)


def _reference(zh: str, en: str, lead_zh: str = "", lead_en: str = "") -> Field:
    """Reference of a key; with a lead its first digit is of its own."""
    within = (Form(r"(\d)(\d*)", Field(lead_zh, lead_en), Field(zh, en)),) if lead_en else ()
    return Field(zh, en, within=within, rule=_RULE)


def _serial(zh: str, en: str) -> Field:
    return Field(zh, en, means=choice(**{"*": ("全部", "all of them")}), rule=_RULE)


_item = _reference("商品项目代码", "item reference", "包装指示符", "indicator")
_number = _serial("系列号", "serial number")
_count = Field("件序与总件数", "piece or total", rule=_RULE)

_SCHEMES: dict[str, tuple[Field, ...]] = {
    "sgtin": (_company, _item, _number),
    "lgtin": (_company, _item, _serial("批号", "lot")),
    "upui": (_company, _item, _serial("第三方系列号", "third-party serial")),
    "itip": (_company, _item, _count, _count, _number),
    "sscc": (_company, _reference("箱序列号", "serial reference", "扩展位", "extension digit")),
    "sgln": (_company, _reference("位置参考代码", "location reference"), _serial("扩展部分", "extension")),
    "pgln": (_company, _reference("参与方参考代码", "party reference")),
    "grai": (_company, _reference("资产类型代码", "asset type"), _number),
    "giai": (_company, _reference("资产代码", "asset reference")),
    "gsrn": (_company, _reference("服务参考代码", "service reference")),
    "gsrnp": (_company, _reference("服务参考代码", "service reference")),
    "gdti": (_company, _reference("文件类型代码", "document type"), _number),
    "sgcn": (_company, _reference("优惠券参考代码", "coupon reference"), _number),
    "cpi": (_company, _reference("部件代码", "component reference"), _number),
    "ginc": (_company, _reference("托运参考代码", "consignment reference")),
    "gsin": (_company, _reference("装运参考代码", "shipper reference")),
}
_SCHEME_FAMILIES = {"sgcn": Family.gcn}

_LEVELS = {
    "obj:": Words("单件", "one thing"),
    "lot:": Words("一批", "a lot"),
    "class:": Words("一类", "a class"),
    "loc:": Words("一个地点", "a place"),
}


def urn(text: str) -> Parts:
    """Parts of a URN; none when it is none."""
    if found := _EPC(text):
        return _epc(*found.groups())
    if found := _OURS(text):
        return _ours(*found.groups())
    if found := _URN(text):
        named = Field("其他编码", "another's number")
        return tuple(f(g) for f, g in zip((_namespace, _namespace, named), found.groups(), strict=True) if g)
    return ()


def _epc(root: str, kind: str, scheme: str, body: str) -> Parts:
    name = scheme[:-1].lower()
    known = _SCHEMES.get(name)
    family = _SCHEME_FAMILIES.get(name) or (Family(name) if known else None)
    said = Part(text=scheme, name=Words("编码方案", "scheme"), means=FAMILIES[family] if family else None, rule=_RULE)
    head = (_namespace(root), _kind(kind), said)
    if known is None:
        return (*head, Field("其他编码", "another's number")(body))
    fields = [
        part
        for value, field in zip(body.split(".", len(known) - 1), known, strict=False)
        for part in (dot("."), field(value))
    ]
    return (*head, *(part for part in fields[1:] if part.text))


def _ours(root: str, name: str, level: str, value: str) -> Parts:
    family = next((family for family in Family if family == name[:-1].lower()), Family.urn)
    head = (
        Part(text=root, name=_namespace.name, means=Words("本系统", "this system")),
        Part(text=name, name=Words("编码种类", "family"), means=FAMILIES[family] if family is not Family.urn else None),
        Part(text=level, name=Words("层级", "level"), means=_LEVELS.get(level.lower())),
    )
    return (*head, *(china.bare(family, value) or (Part(text=value, name=FAMILIES[family]),)))
