"""What a canonical URI belongs to, and how people write it.

>>> class_of("https://id.gs1.org/01/06901234567892/21/7")
'https://id.gs1.org/01/06901234567892'
>>> lot_of("https://id.gs1.org/01/06901234567892", "L1")
'https://id.gs1.org/01/06901234567892/10/L1'
>>> label("https://id.gs1.org/01/06901234567892/21/7")
'(01)06901234567892(21)7'
"""

import re
from urllib.parse import unquote

from zhuisu.codes import certificate
from zhuisu.codes.keys import KEYS, ROOT, escape
from zhuisu.codes.model import Code, Family, Level
from zhuisu.codes.private import OURS
from zhuisu.codes.quarantine import KINDS, Kind
from zhuisu.codes.reader import parse
from zhuisu.errors import Refusal

_TRADE_ITEM = len(ROOT) + len("01/") + 14
_AHM_DI = re.compile(r"MF\d{1,13}", re.ASCII).match
_CLASSES = {ai: rule.base or None for ai, rule in KEYS.items() if rule.alone is not Level.instance}
_WITH_LOTS = (f"{ROOT}01/", f"{ROOT}8006/")
_DRUG = f"{OURS}drug:"
_QUARANTINE = f"{OURS}quarantine:lot:"


def class_of(uri: str) -> str:
    """Class (GTIN, GRAI, product of a drug code, DI) of an instance or lot; a class itself; "" where there is none."""
    if uri.startswith(ROOT + "01/"):
        return uri[:_TRADE_ITEM]
    if uri.startswith(_DRUG):
        return f"{_DRUG}class:{uri.partition(':obj:')[2][:7] or re.split('[:.]', uri)[4]}"
    if uri.startswith(OURS):
        family, _, rest = uri.removeprefix(OURS).partition(":")
        return _class_of(family, rest)
    if uri.startswith(ROOT):
        ai, _, rest = uri[len(ROOT) :].partition("/")
        return f"{ROOT}{ai}/{rest.partition('/')[0][: _CLASSES[ai]]}" if ai in _CLASSES else ""
    return ""


def _class_of(family: str, rest: str) -> str:
    value = rest.partition(":")[2]
    match family:
        case "drug-standard":
            item = value[:14]
        case "ma" if value[7:9] == "M0":
            item = ".".join(value.split(".")[:5])
        case "ahm" if found := _AHM_DI(value):
            item = found[0]
        case _:
            return ""
    return f"{OURS}{family}:class:{item}"


def lot_of(item_class: str, lot: str) -> str:
    """Canonical URI of the lot of a class that ``class_of`` gave; "" when its things have no lots (GRAI, GDTI …)."""
    if item_class.startswith(OURS):
        family, _, value = item_class.removeprefix(OURS).partition(":class:")
        return f"{OURS}{family}:lot:{value}.{'L' if family == 'ma' else ''}{escape(lot)}"
    return f"{item_class}/10/{escape(lot)}" if item_class.startswith(_WITH_LOTS) else ""


def canonical_certificate(uri: str) -> str:
    """The canonical URI of a certificate of ours, whatever host its URL names; any other URI unchanged."""
    number = certificate.digits(uri)
    return f"urn:zhuisu:certificate:lot:{certificate.identifier(number)}" if number else uri


def recorded(uri: str) -> Code:
    """Code of a URI that an event recorded; never raises: what ``parse`` would refuse was recorded all the same."""
    try:
        return parse(uri)
    except Refusal:
        family = Family.urn if uri.startswith("urn:") else Family.url
        return Code(family=family, canonical=uri, level=Level.instance, text=uri)


def site_of(place: str) -> str:
    """The site that a canonical location is or is a part of: AI (254) extends a GLN."""
    return place.partition("/254/")[0]


def label(uri: str) -> str:
    """Human readable interpretation (GS1 General Specifications 4.14), ``(01)…(21)…``; other URIs their last part."""
    if uri.startswith(ROOT):
        parts = uri.removeprefix(ROOT).split("/")
        return "".join(f"({ai}){unquote(value)}" for ai, value in zip(parts[::2], parts[1::2], strict=False))
    if not uri.startswith(OURS):
        return uri
    value = unquote(uri.split(":", 4)[-1])
    kind, _, number = value.partition(".")
    if uri.startswith(_QUARANTINE) and kind in KINDS:
        return f"{Kind(kind).zh} {number}"
    return value
