"""The checks of intake on certificates: whether one is good, and whether it belongs to these goods.

>>> relation(egg_certificate, other_eggs)
False
"""

from collections.abc import Iterator
from urllib.parse import unquote

from zhuisu.codes import Family, class_of
from zhuisu.scan.model import Answer
from zhuisu.scan.rules import Door, Facts, Item, Paper, rule
from zhuisu.scan.steps import ARRIVING

accept, warn, refuse = Answer

COMMITMENT = ("农产品质量安全法 第三十九条", "Agricultural Product Quality and Safety Law art. 39")
VOUCHERS = ("食品安全法 第五十三条、第六十五条", "Food Safety Law art. 53 and 65")


@rule(
    refuse,
    "合格证已撤销",
    "The certificate is revoked",
    then=("不得凭此证收货，联系供货方", "Do not take the goods on it; call the supplier"),
    law=COMMITMENT,
)
def certificate_revoked(item: Item, _door: Door) -> Iterator[Facts]:
    """Scanned itself, or recorded for these goods: a withdrawn certificate stops them at every door."""
    if any(paper.state == "revoked" for paper in _papers(item)):
        yield {}


@rule(
    refuse,
    "合格证已过期",
    "The certificate has expired",
    then=("向供货方索要有效的合格证", "Ask the supplier for a valid one"),
    law=COMMITMENT,
)
def certificate_expired(item: Item, _door: Door) -> Iterator[Facts]:
    """It had an end, and that is past."""
    if item.paper and item.paper.state == "expired":
        yield {}


@rule(
    refuse,
    "合格证签名无效，疑似伪造",
    "The certificate's signature is wrong: treat it as forged",
    then=("留存实物和照片，报告监管部门", "Keep it with a photo, and report it to the authority"),
    law=COMMITMENT,
)
def certificate_bad_signature(item: Item, _door: Door) -> Iterator[Facts]:
    """Forged, altered, or signed by somebody else."""
    if item.paper and item.paper.state == "bad-signature":
        yield {}


@rule(
    refuse,
    "合格证带有本系统地址，但开具主体不在信任列表中，疑似伪造",
    "The certificate bears our address, but its issuer is not in our trust list: treat it as forged",
    then=("留存实物和照片，报告监管部门", "Keep it with a photo, and report it to the authority"),
    law=COMMITMENT,
)
def certificate_not_ours(item: Item, _door: Door) -> Iterator[Facts]:
    """It says that it is ours, and is not."""
    if item.paper and item.paper.state == "not-ours" and item.paper.local:
        yield {}


@rule(
    warn,
    "该证由其他系统开具，本系统无法核验",
    "Issued by another system; it cannot be checked here",
    then=("打开其网址核验并留存截图", "Open its address, check it there and keep a picture of the answer"),
    law=VOUCHERS,
)
def foreign_certificate(item: Item, _door: Door) -> Iterator[Facts]:
    """Another system's certificate, or any other web address on a label."""
    foreign = item.paper is not None and item.paper.state == "not-ours" and not item.paper.local
    if foreign or (item.code.family is Family.url and item.paper is None):
        yield {}


@rule(
    refuse,
    "合格证与货物不符",
    "The certificate is for other goods",
    then=(
        "核对货物和合格证，向供货方索要相符的合格证",
        "Compare both, and ask the supplier for the certificate of these goods",
    ),
    law=VOUCHERS,
)
def certificate_for_other_goods(item: Item, door: Door) -> Iterator[Facts]:
    """Certificate and goods were scanned together and contradict each other, or the goods' own record does."""
    if item.paper:
        answers = [relation(item.paper, goods) for goods in door.items if not goods.paper]
        if False in answers and True not in answers:
            yield {}
        return
    if any(_fits(paper.goods, item) is False for paper in item.cited):
        yield {}
        return
    papers = [other.paper for other in door.items if other.paper]
    strays = [p for p in papers if not any(relation(p, goods) for goods in door.items if not goods.paper)]
    if not any(relation(p, item) for p in papers) and any(relation(p, item) is False for p in strays):
        yield {}


@rule(
    warn,
    "猪肉等肉品没有肉品品质检验合格证",
    "Meat without a meat inspection certificate",
    then=("索要动物检疫证明和肉品品质检验合格证", "Ask for the quarantine and the meat inspection certificate"),
    law=(
        "食用农产品市场销售质量安全监督管理办法 第八条；生猪屠宰管理条例",
        "SAMR Order 81 art. 8; Pig Slaughter Regulation",
    ),
    steps=ARRIVING,
)
def meat_without_certificate(item: Item, door: Door) -> Iterator[Facts]:
    """What comes out of a slaughterhouse travels with its certificate: recorded with it, or scanned beside it."""
    if item.origin != "slaughterhouse" or item.paper:
        return
    beside = [other.paper for other in door.items if other.paper]
    if not any(paper.meat and paper.state == "valid" for paper in (*item.cited, *beside)):
        yield {}


def relation(paper: Paper, goods: Item) -> bool | None:
    """Whether the certificate is for these goods; None when neither its words nor the record can tell.

    What it names decides, then who cites it, then whose goods these are, last the lot that both write down.
    """
    if (fits := _fits(paper.goods, goods)) is not None:
        return fits
    kin = {goods.code.canonical, goods.parent, *goods.lots, *goods.inputs, *(m.container for m in goods.marks)}
    if any(cited.uri == paper.uri for cited in goods.cited) or not kin.isdisjoint(paper.used):
        return True
    if goods.cited and paper.used:
        return False
    if paper.issuer and goods.hands and paper.issuer not in goods.hands:
        return False
    # What was cut or mixed from other goods has a lot of its own.
    return None if goods.inputs else _same_lot(paper.lot, goods)


def _same_lot(lot: str, goods: Item) -> bool | None:
    """Whether a certificate's lot is that of the goods, however it is spelt; a part of one may name the whole."""
    uris = (goods.code.canonical, goods.code.lot_uri, *goods.lots)
    told = {_bare(text) for text in (goods.code.lot, *(unquote(uri.partition("/10/")[2]) for uri in uris))} - {""}
    wanted = _bare(lot)
    if not told or not wanted:
        return None
    return any(each.endswith(wanted) or wanted.endswith(each) for each in told)


def _bare(lot: str) -> str:
    return "".join(c for c in lot.casefold() if c.isalnum())


def _fits(named: tuple[str, ...], goods: Item) -> bool | None:
    """Whether the goods are among those named: by item or lot where these are told on both sides, else by kind."""
    code = goods.code
    if {code.canonical, code.lot_uri, *goods.lots}.intersection(named):
        return True
    kinds = {class_of(uri) for uri in named} - {""}
    if not kinds or not code.item_class:
        return None
    if code.item_class not in kinds:
        return False
    finer = any(uri != code.item_class for uri in named if class_of(uri) == code.item_class)
    return not finer or (False if goods.lots or code.lot_uri else None)


def _papers(item: Item) -> tuple[Paper, ...]:
    return (item.paper, *item.cited) if item.paper else item.cited
