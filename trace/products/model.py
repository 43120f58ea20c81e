"""A product: one kind of goods at one level of packaging, and what its label says. Plain values.

>>> vaccine = checked(Product(code="(01)06909900011014(21)A1", name="甲型肝炎灭活疫苗", specification="0.5 ml"))
>>> vaccine.code, described(vaccine, lot="202605A").zh
('https://id.gs1.org/01/06909900011014', '甲型肝炎灭活疫苗 0.5 ml，批号 202605A')
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from zhuisu.codes import Code, Level, cn_drug, label, parse, recorded
from zhuisu.codes.checksum import check_digit, holds
from zhuisu.codes.explain import FAMILIES
from zhuisu.codes.keys import ROOT, restricted
from zhuisu.codes.text import Line, Name, Words
from zhuisu.parties import Kind
from zhuisu.products.errors import BadStandardCode, ContentsUnfit, NoProduct


class Category(StrEnum):
    """What sort of goods it is."""

    vaccine = "vaccine"
    drug = "drug"
    device = "device"
    egg = "egg"
    meat = "meat"
    produce = "produce"
    aquatic = "aquatic"
    food = "food"
    other = "other"


CATEGORIES = {
    Category.vaccine: Words("疫苗", "vaccine"),
    Category.drug: Words("药品", "drug"),
    Category.device: Words("医疗器械", "medical device"),
    Category.egg: Words("禽蛋", "eggs"),
    Category.meat: Words("肉类", "meat"),
    Category.produce: Words("果蔬", "fruit and vegetables"),
    Category.aquatic: Words("水产品", "aquatic product"),
    Category.food: Words("食品", "food"),
    Category.other: Words("其他", "other"),
}

_GTIN = f"{ROOT}01/"

AnyCode = Annotated[str, Meta(min_length=1, max_length=2048, description="any code of the goods; its class is taken")]
PackLevel = Annotated[int, Meta(ge=1, le=3, description="1 the smallest unit sold, 2 the middle package, 3 the case")]
Amount = Annotated[int, Meta(ge=1, le=1_000_000)]


class Product(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is said of a product; once ``checked``, ``code`` and ``below`` are canonical class URIs."""

    code: AnyCode
    name: Name
    name_en: Name = ""
    specification: Line = ""  # 规格
    form: Name = ""  # 剂型
    maker: Name = ""
    approval: Name = ""  # 批准文号
    standard_code: Name = ""  # 药品本位码
    level: PackLevel | None = None
    contains: Amount | None = None  # pieces of ``below``
    below: AnyCode = ""
    category: Category = Category.other
    unit: Name = ""


class Change(Struct, frozen=True, kw_only=True):
    """One change of an entry: who made it, when, for whom, and what was said of the product from then on."""

    at: datetime
    by: str  # USCC
    person: str
    owner: str  # USCC
    said: Product


class Entry(Struct, frozen=True, kw_only=True):
    """A product as registered: who says so and since when; its history for the holder only.

    Whoever comes first names a product: a reader must see whether that was its maker or a shop.
    """

    product: Product
    owner: str  # USCC
    owner_name: str
    owner_name_en: str
    owner_kind: Kind
    changed: datetime
    history: list[Change] | UnsetType = UNSET


class Remark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something to look at that refuses nothing; ``row`` of the sheet, from 1, when there is one."""

    column: str
    value: str
    text: Words
    row: int = 0


def checked(given: Product) -> Product:
    """``given`` in canonical form.

    Raises codes.errors.NotACode, NoProduct, BadStandardCode, ContentsUnfit.
    """
    product = structs.replace(
        given,
        code=class_uri(given.code, "code"),
        below=class_uri(given.below, "below") if given.below else "",
        standard_code=standard_code(given.standard_code) if given.standard_code else "",
    )
    require_contents(product)
    return product


def class_uri(text: str, where: str) -> str:
    """Canonical URI of the product that a code names or belongs to; seven digits are a drug product id.

    Raises codes.errors.NotACode, NoProduct.
    """
    code = _read(text)
    kind = FAMILIES[code.family]
    if not code.item_class:
        raise NoProduct(
            f"{code.text[:80]}: {kind.en}; it names no kind of goods",
            where=where,
            mend="give the GTIN, the drug product id or the device identifier",
            detail_zh=f"{code.text[:80]}：{kind.zh}，不表示商品种类",
            mend_zh="请填写商品条码（GTIN）、药品标识码或器械 DI",
        )
    if _in_store(code.item_class):
        raise NoProduct(
            f"{code.text[:80]}: a restricted number, which each shop gives as it likes; elsewhere it is on other goods",
            where=where,
            mend="give the number that the maker printed",
            detail_zh=f"{code.text[:80]}：店内码等限域编码，由各店自行编制，在别处表示别的商品",
            mend_zh="请填写生产者印制的商品编码",
        )
    return code.item_class


def classes(code: Code) -> tuple[str, ...]:
    """URIs under which the goods of a code may be registered: its own class, then those of its other readings."""
    found = (code.item_class, *(recorded(uri).item_class for uri in code.also))
    return tuple(uri for uri in dict.fromkeys(found) if uri and not _in_store(uri))


def classes_of(text: str) -> tuple[str, ...]:
    """``classes`` of a code as printed; at least one. Raises codes.errors.NotACode, NoProduct."""
    return classes(_read(text)) or (class_uri(text, "code"),)


def _in_store(uri: str) -> bool:
    return uri.startswith(_GTIN) and restricted(uri.removeprefix(_GTIN))


def _read(text: str) -> Code:
    digits = text.strip()  # nothing else that names goods is so short; by itself it could be any number
    return cn_drug.product(digits) if cn_drug.is_product(digits) else parse(text)


def standard_code(text: str) -> str:
    """药品本位码 as 14 digits (86, 9, five of the company, five of the product, mod 10). Raises BadStandardCode."""
    digits = text.replace(" ", "")
    if not re.fullmatch(r"869\d{11}", digits, re.ASCII):
        raise BadStandardCode(
            "not 14 digits that begin with 869",  # what else was typed here may be the number of a person
            where="standard_code",
            detail_zh="不是以 869 开头的 14 位数字",
        )
    if not holds(digits):
        expected = check_digit(digits[:-1])
        raise BadStandardCode(
            f"{digits}: digit 14, the check digit, is {digits[-1]}; the others lead to {expected}",
            where="standard_code",
            detail_zh=f"{digits}：第 14 位校验码为 {digits[-1]}，应为 {expected}",
            position=14,
            expected=expected,
        )
    return digits


def require_contents(product: Product) -> None:
    """Raises ContentsUnfit."""
    if product.below and product.contains is None:
        raise ContentsUnfit(
            "below is given without contains",
            where="contains",
            mend="say how many of it one package holds",
            detail_zh="填写了内装商品而没有填写包装数量",
            mend_zh="请填写一个包装内含几个",
        )
    require_descent(product.code, {product.code: product.below})


DEEPEST = 10
"""Packages inside each other; a real pallet has four or five."""


def require_descent(code: str, below: Mapping[str, str]) -> None:
    """``below`` says what each package holds: that the way down from ``code`` ends. Raises ContentsUnfit."""
    way = [code]
    while inner := below.get(way[-1], ""):
        way.append(inner)
        if inner == code or len(way) > DEEPEST:
            break
    else:
        return
    steps = " > ".join(map(label, way))
    circle = way[-1] == code
    raise ContentsUnfit(
        f"{steps}: {'a package that contains itself' if circle else f'more than {DEEPEST} packages in each other'}",
        where="below",
        mend="give the code of the package inside",
        detail_zh=f"{steps}：{'包装最终装入了自身' if circle else f'包装超过 {DEEPEST} 层'}",
        mend_zh="请填写内层包装的商品编码",
    )


APPROVAL = re.compile(r"国药准字[HZSJTFB]([A-Z]\d{8}|\d{8})|[国省].械[注备准].*|.*注册证.*", re.ASCII)
"""Usual shapes of 批准文号 of drugs and devices; older ones differ, so that it is only a hint."""


def remarks(given: Product, product: Product, row: int = 0) -> tuple[Remark, ...]:
    """What a person should look at before relying on the entry."""
    found = []
    for column in ("code", "below"):
        text, uri = getattr(given, column), getattr(product, column)
        if text and _read(text).level is not Level.item_class:
            said = Words(
                f"这是单件或批次的编码，已取其商品编码 {uri}", f"a code of one item or lot; its product {uri} was taken"
            )
            found.append(Remark(column=column, value=text, text=said, row=row))
    medicine = product.category in {Category.vaccine, Category.drug}
    if medicine and product.approval and not APPROVAL.fullmatch(product.approval):
        said = Words(
            "批准文号通常为“国药准字”加字母和 8 位数字", "an approval number is usually 国药准字, a letter and 8 digits"
        )
        found.append(Remark(column="approval", value=product.approval, text=said, row=row))
    return tuple(found)


def described(product: Product, lot: str = "") -> Words:
    """The goods as people call them: name, specification, lot."""
    names = (product.name, product.name_en or product.name)
    zh, en = (f"{name} {product.specification}".rstrip() for name in names)
    return Words(f"{zh}，批号 {lot}", f"{en}, lot {lot}") if lot else Words(zh, en)
