"""GS1 prefixes: who gives the numbers (GS1 General Specifications 1.4.2); names of countries (ISO 3166-1).

>>> issuer("690").en
'given by GS1 China; it does not say where the goods come from'
>>> country("156").zh
'中国'
"""

from typing import NamedTuple

from zhuisu.codes.text import Words

# GS1 prefixes of its member organisation ("-" where it has none of its own), ISO 3166-1 codes, name.
_COUNTRIES = """
001-019,030-039,060-139 840 US 美国|United States
300-379 250 FR 法国|France
380 100 BG 保加利亚|Bulgaria
381 - XK 科索沃|Kosovo
383 705 SI 斯洛文尼亚|Slovenia
385 191 HR 克罗地亚|Croatia
387 070 BA 波斯尼亚和黑塞哥维那|Bosnia and Herzegovina
389 499 ME 黑山|Montenegro
400-440 276 DE 德国|Germany
450-459,490-499 392 JP 日本|Japan
460-469 643 RU 俄罗斯|Russia
470 417 KG 吉尔吉斯斯坦|Kyrgyzstan
471 158 TW 中国台湾|Chinese Taipei
474 233 EE 爱沙尼亚|Estonia
475 428 LV 拉脱维亚|Latvia
476 031 AZ 阿塞拜疆|Azerbaijan
477 440 LT 立陶宛|Lithuania
478 860 UZ 乌兹别克斯坦|Uzbekistan
479 144 LK 斯里兰卡|Sri Lanka
480 608 PH 菲律宾|Philippines
481 112 BY 白俄罗斯|Belarus
482 804 UA 乌克兰|Ukraine
483 795 TM 土库曼斯坦|Turkmenistan
484 498 MD 摩尔多瓦|Moldova
485 051 AM 亚美尼亚|Armenia
486 268 GE 格鲁吉亚|Georgia
487 398 KZ 哈萨克斯坦|Kazakhstan
488 762 TJ 塔吉克斯坦|Tajikistan
489 344 HK 中国香港|Hong Kong, China
500-509,960-962 826 GB 英国|United Kingdom
520-521 300 GR 希腊|Greece
528 422 LB 黎巴嫩|Lebanon
529 196 CY 塞浦路斯|Cyprus
530 008 AL 阿尔巴尼亚|Albania
531 807 MK 北马其顿|North Macedonia
535 470 MT 马耳他|Malta
539 372 IE 爱尔兰|Ireland
540-549 056 BE 比利时和卢森堡|Belgium and Luxembourg
560 620 PT 葡萄牙|Portugal
569 352 IS 冰岛|Iceland
570-579 208 DK 丹麦|Denmark
590 616 PL 波兰|Poland
594 642 RO 罗马尼亚|Romania
599 348 HU 匈牙利|Hungary
600-601 710 ZA 南非|South Africa
603 288 GH 加纳|Ghana
604 686 SN 塞内加尔|Senegal
605 800 UG 乌干达|Uganda
606 024 AO 安哥拉|Angola
607 512 OM 阿曼|Oman
608 048 BH 巴林|Bahrain
609 480 MU 毛里求斯|Mauritius
611 504 MA 摩洛哥|Morocco
613 012 DZ 阿尔及利亚|Algeria
615 566 NG 尼日利亚|Nigeria
616 404 KE 肯尼亚|Kenya
617 120 CM 喀麦隆|Cameroon
618 384 CI 科特迪瓦|Côte d'Ivoire
619 788 TN 突尼斯|Tunisia
620 834 TZ 坦桑尼亚|Tanzania
621 760 SY 叙利亚|Syria
622 818 EG 埃及|Egypt
624 434 LY 利比亚|Libya
625 400 JO 约旦|Jordan
626 364 IR 伊朗|Iran
627 414 KW 科威特|Kuwait
628 682 SA 沙特阿拉伯|Saudi Arabia
629 784 AE 阿拉伯联合酋长国|United Arab Emirates
630 634 QA 卡塔尔|Qatar
631 516 NA 纳米比亚|Namibia
632 646 RW 卢旺达|Rwanda
640-649 246 FI 芬兰|Finland
680-681,690-699 156 CN 中国|China
700-709 578 NO 挪威|Norway
729 376 IL 以色列|Israel
730-739 752 SE 瑞典|Sweden
740 320 GT 危地马拉|Guatemala
741 222 SV 萨尔瓦多|El Salvador
742 340 HN 洪都拉斯|Honduras
743 558 NI 尼加拉瓜|Nicaragua
744 188 CR 哥斯达黎加|Costa Rica
745 591 PA 巴拿马|Panama
746 214 DO 多米尼加|Dominican Republic
750 484 MX 墨西哥|Mexico
754-755 124 CA 加拿大|Canada
759 862 VE 委内瑞拉|Venezuela
760-769 756 CH 瑞士|Switzerland
770-771 170 CO 哥伦比亚|Colombia
773 858 UY 乌拉圭|Uruguay
775 604 PE 秘鲁|Peru
777 068 BO 玻利维亚|Bolivia
778-779 032 AR 阿根廷|Argentina
780 152 CL 智利|Chile
784 600 PY 巴拉圭|Paraguay
786 218 EC 厄瓜多尔|Ecuador
789-790 076 BR 巴西|Brazil
800-839 380 IT 意大利|Italy
840-849 724 ES 西班牙|Spain
850 192 CU 古巴|Cuba
858 703 SK 斯洛伐克|Slovakia
859 203 CZ 捷克|Czechia
860 688 RS 塞尔维亚|Serbia
865 496 MN 蒙古|Mongolia
867 408 KP 朝鲜|North Korea
868-869 792 TR 土耳其|Türkiye
870-879 528 NL 荷兰|Netherlands
880-881 410 KR 韩国|South Korea
883 104 MM 缅甸|Myanmar
884 116 KH 柬埔寨|Cambodia
885 764 TH 泰国|Thailand
887 418 LA 老挝|Laos
888 702 SG 新加坡|Singapore
890 356 IN 印度|India
893 704 VN 越南|Vietnam
896 586 PK 巴基斯坦|Pakistan
899 360 ID 印度尼西亚|Indonesia
900-919 040 AT 奥地利|Austria
930-939 036 AU 澳大利亚|Australia
940-949 554 NZ 新西兰|New Zealand
955 458 MY 马来西亚|Malaysia
958 446 MO 中国澳门|Macao, China
- 442 LU 卢森堡|Luxembourg
- 050 BD 孟加拉国|Bangladesh
- 231 ET 埃塞俄比亚|Ethiopia
- 242 FJ 斐济|Fiji
- 304 GL 格陵兰|Greenland
- 524 NP 尼泊尔|Nepal
- 598 PG 巴布亚新几内亚|Papua New Guinea
- 004 AF 阿富汗|Afghanistan
- 234 FO 法罗群岛|Faroe Islands
- 450 MG 马达加斯加|Madagascar
- 729 SD 苏丹|Sudan
"""

_OTHERS = {
    "000,040-049": Words(
        "店内码：企业内部使用，出了店门不唯一", "a number for use inside one company, not unique outside"
    ),
    "020-029,200-299": Words(
        "店内码（如称重商品）：只在一个国家或企业内使用，不唯一",
        "a restricted number, as for weighed goods: used inside one country or company, not unique outside",
    ),
    "050-059": Words("由 GS1 美国保留", "reserved by GS1 US"),
    "950": Words("由 GS1 总部分配", "given by the GS1 Global Office"),
    "951": Words("EPC 通用标识（GID）的管理者号", "General Manager Number of an EPC General Identifier"),
    "952": Words("GS1 示例用号", "for examples of the GS1 system"),
    "963-969": Words("由 GS1 总部分配的 GTIN-8", "a GTIN-8 given by the GS1 Global Office"),
    "977": Words("期刊：后面是 ISSN", "a serial publication: an ISSN follows"),
    "978-979": Words("图书：后面是 ISBN（979-0 是乐谱 ISMN）", "a book: an ISBN follows (979-0: printed music, ISMN)"),
    "980": Words("退款凭证", "a refund receipt"),
    "981-983,990-999": Words("优惠券", "a coupon"),
}


class _Country(NamedTuple):
    prefixes: str
    numeric: str
    alpha2: str
    name: Words


def _expand(ranges: str) -> list[str]:
    """Prefixes that ``001-019,030`` stands for."""
    ends = [span.partition("-") for span in ranges.split(",") if span != "-"]
    return [f"{n:03d}" for first, _, last in ends for n in range(int(first), int(last or first) + 1)]


def _read() -> list[_Country]:
    rows = (line.split(" ", 3) for line in _COUNTRIES.strip().splitlines())
    return [_Country(prefixes, numeric, alpha2, Words(*name.split("|"))) for prefixes, numeric, alpha2, name in rows]


def _given(country: _Country) -> Words:
    issuer = "中国物品编码中心" if country.alpha2 == "CN" else f" GS1 {country.name.zh}"
    return Words(
        f"由{issuer}分配；不表示产地", f"given by GS1 {country.name.en}; it does not say where the goods come from"
    )


_READ = _read()
_NAMES = {code: country.name for country in _READ for code in (country.numeric, country.alpha2)}
_NAMES["056"] = _NAMES["BE"] = Words("比利时", "Belgium")  # shares its prefixes with Luxembourg, not its code
_ISSUERS = {prefix: _given(country) for country in _READ for prefix in _expand(country.prefixes)}
_ISSUERS |= {prefix: said for ranges, said in _OTHERS.items() for prefix in _expand(ranges)}


def issuer(prefix: str) -> Words | None:
    """Who gives numbers under a GS1 prefix of three digits, or what they are for; None where it is not allotted."""
    return _ISSUERS.get(prefix)


def country(code: str) -> Words | None:
    """Name of an ISO 3166-1 code of three digits or two capitals; None when it is not in the table."""
    return _NAMES.get(code)
