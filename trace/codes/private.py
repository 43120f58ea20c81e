"""URNs of our own, for codes whose families have none (CBV 2.0 §8.2, private URNs).

    urn:zhuisu:<family>:<obj | lot | class | loc>:<code>

>>> read("urn:zhuisu:drug:class:8021761").level
<Level.item_class: 'class'>
"""

import re
from urllib.parse import quote, unquote

from zhuisu.codes import cn_drug
from zhuisu.codes.errors import BadUrn
from zhuisu.codes.model import Code, Family, Level
from zhuisu.codes.uscc import check_uscc

LONGEST_OPAQUE = 128

_HEX = re.compile(r"[0-9a-f]{32}", re.ASCII).fullmatch
_DRUG_LOT = re.compile(r"(8\d{6})\.(.{1,200})", re.ASCII).fullmatch
_SITE = re.compile(r"(.{18})\.([1-9][0-9]{0,8})", re.ASCII).fullmatch
_LEVELS = {"obj": Level.instance, "loc": Level.instance, "lot": Level.lot, "class": Level.item_class}


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


def opaque(value: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of an unknown shape, kept as it is."""
    uri = f"urn:zhuisu:opaque:obj:{quote(value, safe='')}"
    return Code(family=Family.opaque, canonical=uri, level=Level.instance, text=text, mended=mended)


def other(uri: str, text: str, mended: tuple[str, ...] = ()) -> Code:
    """Code of another's URN, kept as it is; of ours when a later version knows its family."""
    parts = uri.split(":", 4)
    level = _LEVELS.get(parts[3], Level.instance) if len(parts) == 5 and parts[1] == "zhuisu" else Level.instance
    return Code(family=Family.urn, canonical=uri, level=level, text=text, mended=mended)


def read(uri: str, text: str = "", mended: tuple[str, ...] = ()) -> Code:
    """Code of a ``urn:zhuisu:`` URN; BadUrn when its family is known and its code is wrong."""
    text = text or uri
    family, _, rest = uri.removeprefix("urn:zhuisu:").partition(":")
    kind, _, value = rest.partition(":")
    match family, kind:
        case "drug", "obj" if cn_drug.is_drug(value):
            return cn_drug.read(value, text, mended)
        case "drug", "class" if cn_drug.is_product(value):
            return cn_drug.product(value, text, mended)
        case "drug", "lot" if batch := _DRUG_LOT(value):
            return cn_drug.lot(batch[1], _decoded(batch[2], uri), text, mended)
        case "certificate", "lot" if _HEX(value):
            return certificate(value, text, mended)
        case "site", "loc" if place := _SITE(value):
            uri = f"urn:zhuisu:site:loc:{check_uscc(place[1])}.{place[2]}"
            return Code(family=Family.site, canonical=uri, level=Level.instance, text=text, mended=mended)
        case "opaque", "obj":
            return opaque(_decoded(value, uri), text, mended)
        case (("drug" | "certificate" | "site" | "opaque"), _):
            raise BadUrn(f"{uri}: no {family} code of this form", where=family)
        case _:
            return other(uri, text, mended)


def _decoded(value: str, uri: str) -> str:
    try:
        plain = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise BadUrn(f"{uri}: the escapes are not UTF-8", where="opaque") from None
    if not 0 < len(plain) <= LONGEST_OPAQUE or any(c < " " or "\x7f" <= c <= "\x9f" for c in plain):
        raise BadUrn(f"{uri}: 1 to {LONGEST_OPAQUE} characters, none of them control characters", where="opaque")
    return plain
