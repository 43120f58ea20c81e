"""URNs of our own, for codes whose families have none (CBV 2.0 §8.2, private URNs).

    urn:zhuisu:<family>:<obj | lot | class | loc>:<code>

>>> read("urn:zhuisu:drug:class:8021761").level
<Level.item_class: 'class'>
"""

import re
from urllib.parse import quote, unquote

from zhuisu.codes import ahm, cn_drug, drug_standard, ear_tag, ma, person, quarantine, slaughterhouse, vet_drug
from zhuisu.codes.errors import BadUrn
from zhuisu.codes.model import Code, Family, Level
from zhuisu.codes.uscc import check_uscc

OURS = "urn:zhuisu:"
LONGEST_OPAQUE = 128

_ESCAPED = [quote(bytes((byte,)), safe="") for byte in range(256)]

_HEX = re.compile(r"[0-9a-f]{32}", re.ASCII).fullmatch
_DRUG_LOT = re.compile(r"(8\d{6})\.(.+)", re.ASCII).fullmatch
_STANDARD_LOT = re.compile(r"(869\d{11})\.(.+)", re.ASCII).fullmatch
_AHM_LOT = re.compile(r"(MF\d{1,13})\.(.+)", re.ASCII).fullmatch
_DEVICE = re.compile(r"((?:[^.]+\.){4}[^.]+)(?:\.([SL])(.+))?", re.ASCII).fullmatch
_SITE = re.compile(r"(.{18})\.([1-9][0-9]{0,8})", re.ASCII).fullmatch
_LEVELS = {"obj": Level.instance, "loc": Level.instance, "lot": Level.lot, "class": Level.item_class}
_FAMILIES = {  # and what they are called
    "drug": "药品追溯码", "drug-standard": "药品本位码", "ma": "MA 码", "ahm": "AHM 码", "ear-tag": "畜禽标识",
    "vet-drug": "兽药追溯码", "slaughterhouse": "定点屠宰代码", "quarantine": "动物检疫合格证明编号",
    "certificate": "本系统合格证", "site": "场所编码", "opaque": "未知编码",
}  # fmt: skip


def certificate(identifier: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of a certificate of ours: it speaks for a lot."""
    return Code(
        family=Family.certificate,
        canonical=f"urn:zhuisu:certificate:lot:{identifier}",
        level=Level.lot,
        text=text,
        certificate=identifier,
        mended=mended,
    )


def opaque(value: str, text: str, mended: tuple[str, ...] = (), doubts: tuple[str, ...] = ()) -> Code:
    """Code of an unknown shape, kept as it is; PersonalNumber when it is or holds one."""
    person.refuse(value, text)
    uri = f"urn:zhuisu:opaque:obj:{''.join(map(_ESCAPED.__getitem__, value.encode()))}"
    return Code(family=Family.opaque, canonical=uri, level=Level.instance, text=text, mended=mended, doubts=doubts)


def other(uri: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of another's URN, kept as it is; of ours when a later version knows its family."""
    person.refuse(uri, text)
    parts = uri.split(":", 4)
    level = _LEVELS.get(parts[3], Level.instance) if len(parts) == 5 and parts[1] == "zhuisu" else Level.instance
    return Code(family=Family.urn, canonical=uri, level=level, text=text, mended=mended)


def read(uri: str, text: str = "", mended: tuple[str, ...] = ()) -> Code:
    """Code of a ``urn:zhuisu:`` URN; BadUrn when its family is known and its code is wrong."""
    text = text or uri
    family, _, rest = uri.removeprefix(OURS).partition(":")
    kind, _, value = rest.partition(":")
    position = len(uri) - len(value) + 1
    match family, kind:
        case "drug", "obj" if cn_drug.is_drug(value):
            return cn_drug.read(value, text, mended)
        case "drug", "class" if cn_drug.is_product(value):
            return cn_drug.product(value, text, mended)
        case "drug", "lot" if batch := _DRUG_LOT(value):
            return cn_drug.lot(batch[1], _decoded(batch[2], position + batch.start(2)), text, mended)
        case "drug-standard", "class" if drug_standard.is_shaped(value):
            return drug_standard.read(value, text, mended)
        case "drug-standard", "lot" if batch := _STANDARD_LOT(value):
            return drug_standard.lot(batch[1], _decoded(batch[2], position + batch.start(2)), text, mended)
        case "ma", _ if code := _device(kind, value, position, text, mended):
            return code
        case "ahm", "obj" if whole := ahm.spelled(unquote(value)):
            return ahm.read(whole, text, mended)
        case "ahm", "class" if ahm.is_di(value):
            return ahm.item_class(value, text, mended)
        case "ahm", "lot" if batch := _AHM_LOT(value):
            return ahm.lot(batch[1], _decoded(batch[2], position + batch.start(2)), text, mended)
        case "ear-tag", "obj" if ear_tag.is_tag(value):
            return ear_tag.read(value, text, mended)
        case "vet-drug", "obj" if vet_drug.is_code(value):
            return vet_drug.read(value, text, mended)
        case "slaughterhouse", "loc" if slaughterhouse.is_code(value):
            return slaughterhouse.read(value, text, mended)
        case "quarantine", "lot" if paper := _paper(value):
            return quarantine.read(*paper, text, mended)
        case "certificate", "lot" if _HEX(value):
            return certificate(value, text, mended)
        case "site", "loc" if place := _SITE(value):
            uri = f"urn:zhuisu:site:loc:{check_uscc(place[1])}.{place[2]}"
            return Code(family=Family.site, canonical=uri, level=Level.instance, text=text, mended=mended)
        case "opaque", "obj":
            return opaque(_decoded(value, position), text, mended)
        case name, _ if name in _FAMILIES:
            raise BadUrn(
                f"position {position}: no {name} code has this form",
                where=name,
                detail_zh=f"从第 {position} 位起不符合{_FAMILIES[name]}的形式",
                position=position,
            )
        case _:
            return other(uri, text, mended)


def _device(kind: str, value: str, position: int, text: str, mended: tuple[str, ...]) -> Code | None:
    """Code of an MA code: a device's by its DI and one part of its PI, another trade's whole."""
    plain = unquote(value)
    found = _DEVICE(value)
    if found and ma.is_di(di := unquote(found[1])):
        part = _decoded(found[3], position + found.start(3)) if found[3] else ""
        match kind, found[2]:
            case "class", None:
                return ma.device(di, text, mended=mended)
            case "lot", "L":
                return ma.device(di, text, lot=part, mended=mended)
            case "obj", "S":
                return ma.device(di, text, serial=part, mended=mended)
            case _:
                return None
    return ma.read(plain, text, mended) if kind == "obj" and ma.spelled(plain) == plain else None


def _paper(value: str) -> tuple[quarantine.Kind, str] | None:
    """Kind and number of a quarantine certificate."""
    kind, _, rest = value.partition(".")
    number = quarantine.spelled(unquote(rest))
    return (quarantine.Kind(kind), number) if number and kind in quarantine.KINDS else None


def _decoded(value: str, position: int) -> str:
    """Free text of a URN, which stands at ``position``."""
    try:
        plain = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise BadUrn(
            f"position {position}: the escapes are not UTF-8",
            where="text",
            detail_zh=f"从第 {position} 位起的百分号编码不是 UTF-8",
            position=position,
        ) from None
    if not 0 < len(plain) <= LONGEST_OPAQUE or any(c < " " or "\x7f" <= c <= "\x9f" for c in plain):
        raise BadUrn(
            f"position {position}: 1 to {LONGEST_OPAQUE} characters, none of them control characters",
            where="text",
            detail_zh=f"从第 {position} 位起应为 1 至 {LONGEST_OPAQUE} 个字符，且不含控制字符",
            position=position,
        )
    return plain
