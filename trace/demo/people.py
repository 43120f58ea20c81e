"""Who lives in the district. Nobody here exists: every name says 示范 (demo), every address 示例 (sample).

The USCCs have valid check characters (GB 32100) and are not known to be anybody's.
"""

from datetime import date

from msgspec import Struct

from zhuisu.parties import Kind, LicenceKind, Role

OPERATOR = (Role.operator,)
ISSUER = (Role.issuer, Role.operator)


class Place(Struct, frozen=True, kw_only=True):
    """A site. ``gln`` counts the GLNs of the made-up prefix; 0: it has none, as farms and lorries."""

    name: str
    latitude: float
    longitude: float
    gln: int = 0


class Permit(Struct, frozen=True):
    """A licence."""

    kind: LicenceKind
    number: str
    valid_until: date | None = date(2031, 12, 31)


class Member(Struct, frozen=True, kw_only=True):
    """An organisation of the district; ``slug`` is how the stories, ``demo.json`` and the logins call it."""

    slug: str
    uscc: str
    name: str
    name_en: str
    kind: Kind
    division: str
    address: str
    phone: str
    person: str
    places: tuple[Place, ...]
    permits: tuple[Permit, ...] = ()
    roles: tuple[Role, ...] = OPERATOR


MEMBERS = (
    Member(
        slug="farm",
        uscc="91370302MA000A012K",
        name="示范清泉蛋鸡养殖有限公司",
        name_en="Qingquan Layer Farm (demo)",
        kind=Kind.farm,
        division="370302",
        address="淄博市淄川区示例镇清泉村 1 号",
        phone="0533-0000101",
        person="示范场长",
        places=(Place(name="示范清泉蛋鸡场", latitude=36.61, longitude=118.02),),
        permits=(Permit(LicenceKind.animal_epidemic_prevention, "示范动防合字第 370302001 号"),),
        roles=ISSUER,
    ),
    Member(
        slug="coop",
        uscc="93370302MA000A0208",
        name="示范岭上散养蛋鸡专业合作社",
        name_en="Lingshang Free-Range Egg Co-operative (demo)",
        kind=Kind.farm,
        division="370302",
        address="淄博市淄川区示例镇岭上村 8 号",
        phone="0533-0000102",
        person="示范理事长",
        places=(Place(name="示范岭上散养基地", latitude=36.55, longitude=118.09),),
        permits=(Permit(LicenceKind.animal_epidemic_prevention, "示范动防合字第 370302002 号"),),
        roles=ISSUER,
    ),
    Member(
        slug="slaughterhouse",
        uscc="91370302MA000A039B",
        name="示范般阳生猪定点屠宰厂",
        name_en="Banyang Pig Slaughterhouse (demo)",
        kind=Kind.slaughterhouse,
        division="370302",
        address="淄博市淄川区示例工业园 3 号",
        phone="0533-0000103",
        person="示范检验员",
        places=(Place(name="示范般阳屠宰车间", latitude=36.66, longitude=117.93, gln=103),),
        permits=(
            Permit(LicenceKind.pig_slaughter, "示范 A37030299"),
            Permit(LicenceKind.animal_epidemic_prevention, "示范动防合字第 370302003 号"),
        ),
        roles=ISSUER,
    ),
    Member(
        slug="carrier",
        uscc="91370303MA000A1353",
        name="示范孝妇河冷链运输有限公司",
        name_en="Xiaofu River Cold-Chain Transport (demo)",
        kind=Kind.carrier,
        division="370303",
        address="淄博市张店区示例物流园 13 号",
        phone="0533-0000113",
        person="示范调度员",
        places=(
            Place(name="示范冷藏车 1 号（鲁C·示范01）", latitude=36.80, longitude=118.05),
            Place(name="示范冷藏车 2 号（鲁C·示范02）", latitude=36.80, longitude=118.05),
        ),
    ),
    Member(
        slug="market",
        uscc="91370303MA000A143X",
        name="示范张店农产品批发市场",
        name_en="Zhangdian Wholesale Market (demo)",
        kind=Kind.market,
        division="370303",
        address="淄博市张店区示例路 14 号",
        phone="0533-0000114",
        person="示范市场管理员",
        places=(Place(name="示范张店批发市场交易大厅", latitude=36.83, longitude=118.03, gln=114),),
        permits=(Permit(LicenceKind.food_trade, "示范 JY13703030000114"),),
    ),
    Member(
        slug="shop",
        uscc="91370303MA000A047L",
        name="示范齐盛超市有限公司",
        name_en="Qisheng Supermarket (demo)",
        kind=Kind.shop,
        division="370303",
        address="淄博市张店区示例大街 4 号",
        phone="0533-0000104",
        person="示范收货员",
        places=(Place(name="示范齐盛超市张店店", latitude=36.81, longitude=118.06, gln=104),),
        permits=(Permit(LicenceKind.food_trade, "示范 JY13703030000104"),),
    ),
    Member(
        slug="corner",
        uscc="92370302MA000A071K",
        name="示范老李便民商店",
        name_en="Lao Li's Corner Shop (demo)",
        kind=Kind.shop,
        division="370302",
        address="淄博市淄川区示例巷 7 号",
        phone="0533-0000107",
        person="示范老李",
        places=(Place(name="示范老李便民商店", latitude=36.64, longitude=117.97, gln=107),),
        permits=(Permit(LicenceKind.food_trade, "示范 JY13703020000107"),),
    ),
    Member(
        slug="village",
        uscc="92370303MA000A08XR",
        name="示范柳泉生鲜店",
        name_en="Liuquan Fresh Food (demo)",
        kind=Kind.shop,
        division="370303",
        address="淄博市张店区示例村 8 号",
        phone="0533-0000108",
        person="示范店员",
        places=(Place(name="示范柳泉生鲜店", latitude=36.78, longitude=118.01, gln=108),),
        permits=(Permit(LicenceKind.food_trade, "示范 JY13703030000108"),),
    ),
    Member(
        slug="drugmaker",
        uscc="91370321MA000A119F",
        name="示范渔洋制药有限公司",
        name_en="Yuyang Pharmaceuticals (demo)",
        kind=Kind.manufacturer,
        division="370321",
        address="淄博市桓台县示例药谷 11 号",
        phone="0533-0000111",
        person="示范质量受权人",
        places=(Place(name="示范渔洋制药成品库", latitude=36.96, longitude=118.10, gln=111),),
        permits=(Permit(LicenceKind.drug_production, "示范鲁20260111"),),
    ),
    Member(
        slug="wholesaler",
        uscc="91370303MA000A1278",
        name="示范齐通医药批发有限公司",
        name_en="Qitong Drug Wholesale (demo)",
        kind=Kind.wholesaler,
        division="370303",
        address="淄博市张店区示例医药城 12 号",
        phone="0533-0000112",
        person="示范仓储主管",
        places=(Place(name="示范齐通医药中心库", latitude=36.82, longitude=118.08, gln=112),),
        permits=(Permit(LicenceKind.drug_trade, "示范鲁AA5330112"),),
    ),
    Member(
        slug="pharmacy",
        uscc="91370302MA000A0551",
        name="示范康宁大药房",
        name_en="Kangning Pharmacy (demo)",
        kind=Kind.pharmacy,
        division="370302",
        address="淄博市淄川区示例路 5 号",
        phone="0533-0000105",
        person="示范药师",
        places=(Place(name="示范康宁大药房淄川店", latitude=36.65, longitude=117.96, gln=105),),
        permits=(Permit(LicenceKind.drug_trade, "示范鲁CB5330105"),),
    ),
    Member(
        slug="pharmacy2",
        uscc="91370303MA000A098W",
        name="示范齐都大药房",
        name_en="Qidu Pharmacy (demo)",
        kind=Kind.pharmacy,
        division="370303",
        address="淄博市张店区示例路 9 号",
        phone="0533-0000109",
        person="示范药师",
        places=(Place(name="示范齐都大药房张店店", latitude=36.80, longitude=118.04, gln=109),),
        permits=(Permit(LicenceKind.drug_trade, "示范鲁CB5330109"),),
    ),
    Member(
        slug="maker",
        uscc="91370305MA000A100D",
        name="示范稷下生物制品有限公司",
        name_en="Jixia Biologicals (demo)",
        kind=Kind.manufacturer,
        division="370305",
        address="淄博市临淄区示例生物园 10 号",
        phone="0533-0000110",
        person="示范质量受权人",
        places=(Place(name="示范稷下生物制品成品冷库", latitude=36.82, longitude=118.30, gln=110),),
        permits=(Permit(LicenceKind.drug_production, "示范鲁20260110"),),
    ),
    Member(
        slug="cdc-province",
        uscc="12370000MB000A155H",
        name="示范山东省疾病预防控制中心",
        name_en="Shandong CDC (demo)",
        kind=Kind.cdc,
        division="370000",
        address="山东省示例市示例路 15 号",
        phone="0531-0000115",
        person="示范冷链管理员",
        places=(Place(name="示范省疾控疫苗冷库", latitude=36.66, longitude=117.05, gln=115),),
    ),
    Member(
        slug="cdc-city",
        uscc="12370300MB000A163U",
        name="示范淄博市疾病预防控制中心",
        name_en="Zibo CDC (demo)",
        kind=Kind.cdc,
        division="370300",
        address="淄博市张店区示例路 16 号",
        phone="0533-0000116",
        person="示范冷链管理员",
        places=(Place(name="示范市疾控疫苗冷库", latitude=36.81, longitude=118.02, gln=116),),
    ),
    Member(
        slug="cdc",
        uscc="12370302MB000A067F",
        name="示范淄川区疾病预防控制中心",
        name_en="Zichuan CDC (demo)",
        kind=Kind.cdc,
        division="370302",
        address="淄博市淄川区示例路 6 号",
        phone="0533-0000106",
        person="示范冷链管理员",
        places=(Place(name="示范区疾控疫苗冷库", latitude=36.64, longitude=117.95, gln=106),),
    ),
    Member(
        slug="clinic",
        uscc="12370302MB000A171K",
        name="示范洪山镇卫生院预防接种门诊",
        name_en="Hongshan Vaccination Clinic (demo)",
        kind=Kind.clinic,
        division="370302",
        address="淄博市淄川区示例镇 17 号",
        phone="0533-0000117",
        person="示范接种护士",
        places=(Place(name="示范洪山接种门诊", latitude=36.62, longitude=118.00, gln=117),),
        permits=(Permit(LicenceKind.vaccination, "示范接种 37030217"),),
    ),
    Member(
        slug="clinic2",
        uscc="12370302MB000A18XB",
        name="示范昆仑镇卫生院预防接种门诊",
        name_en="Kunlun Vaccination Clinic (demo)",
        kind=Kind.clinic,
        division="370302",
        address="淄博市淄川区示例镇 18 号",
        phone="0533-0000118",
        person="示范接种护士",
        places=(Place(name="示范昆仑接种门诊", latitude=36.57, longitude=117.91, gln=118),),
        permits=(Permit(LicenceKind.vaccination, "示范接种 37030218"),),
    ),
    Member(
        slug="regulator",
        uscc="11370300MB000A198H",
        name="示范淄博市市场监督管理局",
        name_en="Zibo Market Regulator (demo)",
        kind=Kind.regulator,
        division="370300",
        address="淄博市张店区示例路 19 号",
        phone="0533-0000119",
        person="示范监管员",
        places=(),
        roles=(Role.regulator,),
    ),
)
