"""What the district's goods are called: registered over HTTP by whoever makes them. Every name is made up.

>>> [product["name"] for product in CATALOGUE["farm"]][:2]
['示范清泉鲜鸡蛋', '示范清泉鲜鸡蛋']
"""

from itertools import pairwise
from typing import Any

from zhuisu.demo import drugs, eggs, pork, vaccine
from zhuisu.demo.district import District

Goods = dict[str, Any]


def _packed(
    levels: tuple[str, ...], specifications: tuple[str, ...], amounts: tuple[int, ...], **common: Any
) -> list[Goods]:
    """One entry for each level of packaging; a level after the first holds so many of the one before."""
    entries = [
        common | {"code": code, "level": n, "specification": specification}
        for n, (code, specification) in enumerate(zip(levels, specifications, strict=True), 1)
    ]
    for (inner, outer), amount in zip(pairwise(entries), amounts, strict=True):
        outer |= {"contains": amount, "below": inner["code"]}
    return entries


CATALOGUE: dict[str, list[Goods]] = {
    "maker": _packed(
        (vaccine.BOX, vaccine.CARTON, vaccine.CASE),
        ("0.5 ml × 1 支/盒", "10 盒/中盒", "100 盒/箱"),
        (10, 10),
        name="示范甲型肝炎灭活疫苗",
        name_en="Hepatitis A vaccine, inactivated (demo)",
        form="注射剂",
        maker="示范稷下生物制品有限公司",
        approval="国药准字S00000001",
        category="vaccine",
        unit="盒",
    ),
    "drugmaker": _packed(
        (drugs.BOX, drugs.MIDDLE, drugs.CASE),
        ("12 g × 10 袋/盒", "10 盒/中包", "100 盒/箱"),
        (10, 10),
        name="示范感冒清热颗粒",
        name_en="Ganmao Qingre granules (demo)",
        form="颗粒剂",
        maker="示范渔洋制药有限公司",
        approval="国药准字Z00000002",
        category="drug",
        unit="盒",
    ),
    "farm": _packed(
        (eggs.EGG, eggs.CASE),
        ("单枚", "360 枚/箱"),
        (360,),
        name="示范清泉鲜鸡蛋",
        name_en="Qingquan fresh eggs (demo)",
        category="egg",
    ),
    "coop": [
        {
            "code": eggs.LOOSE,
            "name": "示范岭上散养鸡蛋",
            "name_en": "Lingshang free-range eggs (demo)",
            "specification": "散装",
            "category": "egg",
            "unit": "公斤",
        }
    ],
    "slaughterhouse": [
        {"code": pork.HALF, "name": "示范猪二分体", "name_en": "Pork half (demo)", "category": "meat", "unit": "片"},
        {"code": pork.CUTS, "name": "示范分割猪肉", "name_en": "Pork cuts (demo)", "category": "meat", "unit": "公斤"},
    ],
}


def play(district: District) -> None:
    """Each maker imports its catalogue."""
    for slug, products in CATALOGUE.items():
        district.catalogue(slug, products)
