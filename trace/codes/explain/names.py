"""What people call the families of codes and the levels they tell apart."""

from zhuisu.codes.model import Family, Level
from zhuisu.codes.text import Words

FAMILIES = {
    Family.sgtin: Words("单品（SGTIN）", "serialised trade item (SGTIN)"),
    Family.lgtin: Words("商品批次（LGTIN）", "lot of a trade item (LGTIN)"),
    Family.gtin: Words("商品条码（GTIN）", "trade item (GTIN)"),
    Family.upui: Words("烟草等的单品标识（UPUI）", "unit pack as of tobacco (UPUI)"),
    Family.itip: Words("贸易项目组件（ITIP）", "piece of a trade item (ITIP)"),
    Family.sscc: Words("物流单元（SSCC）", "logistic unit (SSCC)"),
    Family.sgln: Words("位置（SGLN）", "location (SGLN)"),
    Family.pgln: Words("参与方（PGLN）", "party (PGLN)"),
    Family.grai: Words("可回收资产（GRAI）", "returnable asset (GRAI)"),
    Family.giai: Words("单个资产（GIAI）", "individual asset (GIAI)"),
    Family.gsrn: Words("服务接受方（GSRN）", "service recipient (GSRN)"),
    Family.gsrnp: Words("服务提供方（GSRNP）", "service provider (GSRNP)"),
    Family.gdti: Words("文件（GDTI）", "document (GDTI)"),
    Family.gcn: Words("优惠券（GCN）", "coupon (GCN)"),
    Family.cpi: Words("组件或部件（CPI）", "component or part (CPI)"),
    Family.ginc: Words("货物托运（GINC）", "consignment (GINC)"),
    Family.gsin: Words("货物装运（GSIN）", "shipment (GSIN)"),
    Family.gmn: Words("型号（GMN）", "model (GMN)"),
    Family.payment: Words("付款单", "payment slip"),
    Family.drug: Words("药品追溯码", "drug traceability code"),
    Family.drug_standard: Words("药品本位码", "national drug code"),
    Family.ma: Words("MA 码（IDcode）", "MA code (IDcode)"),
    Family.ahm: Words("阿里健康医疗器械码（AHM）", "AliHealth device code (AHM)"),
    Family.ear_tag: Words("畜禽标识（耳标）", "ear tag of livestock"),
    Family.vet_drug: Words("兽药追溯码", "veterinary drug code"),
    Family.slaughterhouse: Words("定点屠宰代码", "slaughterhouse code"),
    Family.quarantine: Words("动物检疫合格证明", "animal quarantine certificate"),
    Family.certificate: Words("本系统的合格证", "certificate of this system"),
    Family.site: Words("场所", "site"),
    Family.url: Words("其他网址", "another's web address"),
    Family.urn: Words("其他 URN", "another's URN"),
    Family.opaque: Words("未知编码，原样保留", "unknown, kept as it is"),
}
LEVELS = {
    Level.instance: Words("一物一码", "one code, one thing"),
    Level.lot: Words("一批一码", "one code for a lot"),
    Level.item_class: Words("一类一码", "one code for a kind of goods"),
}
