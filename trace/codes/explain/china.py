"""Numbers of China's regulators and their agencies, digit by digit.

>>> [part.name.zh for part in bare(Family.drug, "80217619000000001003")]
['药品标识码', '单品序列号', '平台校验位']
"""

import re
from datetime import date
from unicodedata import normalize
from urllib.parse import unquote

from msgspec.structs import replace

from zhuisu.codes import ma
from zhuisu.codes.explain.part import Field, Form, Part, Parts, choice, dot, first
from zhuisu.codes.explain.words import day
from zhuisu.codes.model import Family
from zhuisu.codes.text import Words

_QUARANTINE_RULE = "动物检疫管理办法"
_MA_RULE = "MA (IDcode) coding manual"

_county = Field("县级行政区划", "county", rule="GB/T 2260")


def _yymmdd(text: str) -> Words | None:
    found = ma.day(text)
    return day(found) if found else None


def _date(text: str) -> Words | None:
    """Words for eight digits that are a day; None for those that are none."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return None


def _product(digits: str) -> Words:
    if digits.startswith("89"):
        return Words("一种药品的一个包装层级；89 开头为特殊药品", "one drug at one package level; 89: a special drug")
    return Words("一种药品的一个包装层级", "one drug at one package level")


_drug_product = Field("药品标识码", "product id", means=_product)
_DRUG = (
    Form(
        r"(8\d{6})(\d{9})(\d{4})",
        _drug_product,
        Field("单品序列号", "serial of the package"),
        Field(
            "平台校验位",
            "platform's check digits",
            means=lambda _: Words("只有平台能核对", "only the platform can check them"),
        ),
        rule="NMPAB/T 1002-2019",
    ),
    Form(r"(8\d{6})", _drug_product, rule="NMPAB/T 1002-2019"),
    Form(r"(8\d{6})(\.)(.+)", _drug_product, dot, Field("批号", "lot"), rule="NMPAB/T 1002-2019"),
)

_DRUG_STANDARD = (
    Form(
        r"(86)(9)(\d{5})(\d{5})(\d)",
        Field("国家码", "country", means=lambda _: Words("中国", "China")),
        Field("类别码", "category", means=lambda _: Words("药品", "drugs")),
        Field("企业标识", "company"),
        Field("产品标识", "product", means=lambda _: Words("名称、剂型、规格", "name, form and strength")),
        Field(
            "校验码",
            "check digit",
            means=lambda _: Words("由前面各位算出", "computed from the others"),
            rule="GB 18937",
        ),
        rule="国家药品编码本位码编制规则",
    ),
)

_agency = Field(
    "发码机构",
    "issuing agency",
    means=lambda _: Words("中关村工信二维码技术研究院", "ZIIOT, Zhongguancun Industry & Information 2D Code Institute"),
)
_MA_DI = (
    Form(
        r"(MA)(\.)(\d+)(\.)(\w+)(\.)(\w+)(\.)(\w)(\w*?)(\w)",
        _agency,
        dot,
        Field("国家代码", "country", means=choice(_156=("中国", "China")), rule="ISO 3166-1"),
        dot,
        Field("行业代码", "industry", means=choice(M0=("医疗器械", "medical devices"))),
        dot,
        Field("注册人代码", "registrant"),
        dot,
        Field("包装指示符", "package level"),
        Field("产品代码", "product"),
        Field("校验码", "check character"),
        rule=_MA_RULE,
    ),
)
_device = Field("产品标识", "device identifier", udi="di", rule=_MA_RULE, within=_MA_DI)
_letter = Field("数据标识符", "data identifier")
_MA_PI = {
    "S": Field("序列号", "serial number", udi="pi"),
    "L": Field("批号", "lot", udi="pi"),
    "M": Field("生产日期", "production date", means=_yymmdd, udi="pi"),
    "P": Field("生产日期", "production date", means=_yymmdd, udi="pi"),
    "D": Field("灭菌批号", "sterilisation lot", udi="pi"),
    "Y": Field("医保编码", "insurance code", udi="pi"),
    "E": Field("失效日期", "expiry", means=_yymmdd, udi="pi"),
    "V": Field("有效期", "valid until", means=_yymmdd, udi="pi"),
    "C": Field("校验码", "check character", udi="pi"),
}

_EAR_TAG = (
    Form(
        r"(\d)(\d{6})(\d{8})",
        Field(
            "畜禽种类",
            "species",
            means=choice(
                _1=("猪", "pig"), _2=("牛", "cattle"), _3=("羊", "sheep or goat"), _7=("能繁母猪", "breeding sow")
            ),
        ),
        _county,
        Field("标识顺序号", "serial in the county"),
        rule="畜禽标识和养殖档案管理办法",
    ),
)
_VET_DRUG = (
    Form(
        r"(\d{8})(\d{5})(\d{11})",
        Field("申请日期", "date of application", means=_date),
        Field("企业标识", "enterprise"),
        Field("随机位", "random digits", means=lambda _: Words("防止猜号", "against guessing")),
        rule="农业农村部公告第 174 号",
    ),
)
_SLAUGHTERHOUSE = (
    Form(
        r"([A-Z])(\d{6})(\d+)",
        Field(
            "类别", "class", means=choice(A=("定点屠宰厂", "slaughterhouse"), B=("小型屠宰点", "small slaughter point"))
        ),
        _county,
        Field("顺序号", "number in the county"),
        rule="生猪屠宰管理条例",
    ),
)
_PAPERS = {
    "animal-a": Words("动物检疫合格证明（动物 A），跨省", "animals, form A: between provinces"),
    "animal-b": Words("动物检疫合格证明（动物 B），省内", "animals, form B: within one province"),
    "product": Words("动物检疫合格证明（产品）", "animal products"),
    "product-a": Words(
        "动物检疫合格证明（产品 A），跨省，2025 年底前", "animal products, form A of before 2026: between provinces"
    ),
    "product-b": Words(
        "动物检疫合格证明（产品 B），省内，2025 年底前", "animal products, form B of before 2026: within one province"
    ),
}
_kind = Field("证明种类", "kind of certificate", means=_PAPERS.get)
_paper_number = Field("证明编号", "number")
_QUARANTINE = (Form(r"([a-z-]+)(\.)(.+)", _kind, dot, _paper_number, rule=_QUARANTINE_RULE),)

USCC = Form(
    r"([0-9A-Z])([0-9A-Z])(\d{6})([0-9A-Z]{9})([0-9A-Z])",
    Field(
        "登记管理部门",
        "registering authority",
        means=choice(
            _1=("机构编制", "state offices"), _5=("民政", "civil affairs"), _9=("市场监管", "market regulation")
        ),
    ),
    Field("机构类别", "kind of organisation"),
    Field("登记机关行政区划", "division of registration", rule="GB/T 2260"),
    Field("主体标识码", "organisation", rule="GB 11714"),
    Field("校验码", "check character", means=lambda _: Words("由前面各位算出", "computed from the others")),
    rule="GB 32100-2015",
)
_MF = Form(
    r"(MF)(\d+)",
    Field("发码机构", "issuing agency", means=lambda _: Words("阿里健康", "AliHealth")),
    Field("厂商与产品", "company and product"),
)
_AHM = (
    Form(
        r"(MF\d+)(.*)",
        Field("产品标识", "device identifier", udi="di", within=(_MF,)),
        Field("生产标识：批号、序列号、日期", "production identifier: lot, serial, dates", udi="pi"),
        rule="阿里健康医疗器械唯一标识编码规范",
    ),
)
_SITE = (Form(r"(.{18})(\.)(\d+)", Field("经营主体", "organisation", within=(USCC,)), dot, Field("场所序号", "site")),)

_FORMS: dict[Family, tuple[Form, ...]] = {
    Family.ahm: _AHM,
    Family.drug: _DRUG,
    Family.drug_standard: _DRUG_STANDARD,
    Family.ear_tag: _EAR_TAG,
    Family.vet_drug: _VET_DRUG,
    Family.slaughterhouse: _SLAUGHTERHOUSE,
    Family.quarantine: _QUARANTINE,
    Family.site: _SITE,
}


def bare(family: Family, text: str) -> Parts:
    """Parts of a number of these families as it is printed; none when it is not of the family's form."""
    return _ma(text) if family is Family.ma else first(_FORMS.get(family, ()), text)


def quarantine(text: str, canonical: str) -> Parts:
    """Kind and number as people write them: the number is what the canonical URI ends in, blanks aside."""
    kind, _, number = unquote(canonical.rpartition(":")[2]).partition(".")
    for at in range(len(text) - 1, max(len(text) - 2 * len(number) - 2, 0), -1):
        if "".join(normalize("NFKC", text[at:]).upper().split()) == number and not text[at].isspace():
            written = Field("证明种类", "kind of certificate", means=lambda _: _PAPERS.get(kind), rule=_QUARANTINE_RULE)
            return (written(text[:at]), replace(_paper_number(text[at:]), rule=_QUARANTINE_RULE))
    return ()


def _ma(text: str) -> Parts:
    """A device identifier, then production identifiers, each a dot, a letter and its value."""
    head = re.match(r"(?:[^.]*\.){4}[^.]*", text)
    if not head or not first(_MA_DI, head[0]):
        return ()
    return (_device(head[0]), *(_production(unit) for unit in re.findall(r"\.[^.]*", text[head.end() :])))


def _production(unit: str) -> Part:
    """``.S0001``: a dot, the letter that says what follows, and that."""
    known = _MA_PI.get(unit[1:2].upper()) if len(unit) > 2 else None
    if known is None:
        return Part(text=unit, name=Words("其他数据", "other data"), rule=_MA_RULE)
    value = known(unit[2:])
    return replace(value, text=unit, rule=_MA_RULE, parts=(_letter(unit[:2]), replace(value, udi="", means=None)))
