"""Which digits of a code mean what: its text cut into parts, each with its name in both languages.

>>> [(part.text, part.name.en) for part in explain(parse("80217619000000001003"))]
[('8021761', 'product id'), ('900000000', 'serial of the package'), ('1003', "platform's check digits")]
"""

from zhuisu.codes.explain import china, keys
from zhuisu.codes.explain.elements import elements, symbology
from zhuisu.codes.explain.links import link, token
from zhuisu.codes.explain.names import FAMILIES, LEVELS
from zhuisu.codes.explain.part import Part, Parts
from zhuisu.codes.explain.urns import urn
from zhuisu.codes.model import Code, Family

__all__ = ["FAMILIES", "LEVELS", "Part", "explain"]


def explain(code: Code) -> tuple[Part, ...]:
    """Parts of a code from left to right; never raises.

    Their texts make up ``code.text``, and those of the parts of a part make up its own. What cannot be taken apart is
    one part, named for the family.
    """
    text = code.text
    lead = symbology(text)
    body = text[3:] if lead else text
    parts = link(code) or urn(text) or (*lead, *(_body(code, body) or _whole(code, body)))
    return parts if "".join(part.text for part in parts) == text else _whole(code, text)


def _whole(code: Code, text: str) -> Parts:
    return (Part(text=text, name=FAMILIES[code.family]),) if text else ()


def _body(code: Code, text: str) -> Parts:
    """Parts of what follows a symbology identifier; none when its form is not known."""
    match code.family:
        case Family.opaque | Family.url | Family.urn:
            return ()
        case Family.certificate:
            return (token(text, code.certificate),) if text.isdecimal() else ()
        case Family.quarantine:
            return china.quarantine(text, code.canonical)
        case Family.gtin if len(text) <= 14 and text.isdecimal():
            return keys.value("01", text)
        case Family.sscc if len(text) == 18:
            return keys.value("00", text)
        case _:
            return china.bare(code.family, text) or elements(text)
