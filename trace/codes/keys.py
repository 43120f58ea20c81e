"""GS1 identification keys: from elements (AI and value) to the one canonical URI of the thing they identify.

The canonical URI is the most fine-grained key alone, as the CBV event hash wants it (CBV 2.0 §8.9):

>>> identify({"01": "06901234567892", "10": "L1", "21": "A/1"}, "01").canonical
'https://id.gs1.org/01/06901234567892/21/A%2F1'
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

from msgspec import Struct

from zhuisu.codes import doubts
from zhuisu.codes.dates import YEAR, expand
from zhuisu.codes.model import Code, Family, Level

ROOT = "https://id.gs1.org/"

_PLAIN = re.compile(r"[\w.;='-]*", re.ASCII).fullmatch
_ESCAPED = [quote(bytes((byte,)), safe="';=") for byte in range(256)]
# GS1 prefixes of in-store numbers (02, 04, 20 to 29), refunds and coupons (980 to 984, 99); GTIN-8 from 0 or 2.
_RESTRICTED = re.compile(r"\d(?:00000[02]|0[24]|2|98[0-4]|99)", re.ASCII).match


class Rule(NamedTuple):
    """How a key is read: its family, where its class ends, the AI whose value makes it an instance."""

    family: Family
    alone: Level  # what the key is without a serial
    base: int = 0  # value[:base] is the class, the rest its serial; 0 when the value is one whole
    serial: str = ""  # AI beside it


# In the order in which one is chosen when a carrier has several.
KEYS: dict[str, Rule] = {
    "00": Rule(Family.sscc, Level.instance),
    "8006": Rule(Family.itip, Level.item_class, serial="21"),
    "01": Rule(Family.gtin, Level.item_class),
    "8003": Rule(Family.grai, Level.item_class, base=14),
    "8004": Rule(Family.giai, Level.instance),
    "8010": Rule(Family.cpi, Level.item_class, serial="8011"),
    "8017": Rule(Family.gsrnp, Level.instance),
    "8018": Rule(Family.gsrn, Level.instance),
    "253": Rule(Family.gdti, Level.item_class, base=13),
    "255": Rule(Family.gcn, Level.item_class, base=13),
    "402": Rule(Family.gsin, Level.instance),
    "401": Rule(Family.ginc, Level.instance),
    "414": Rule(Family.sgln, Level.instance, serial="254"),
    "417": Rule(Family.pgln, Level.instance),
    "8013": Rule(Family.gmn, Level.item_class),
    "415": Rule(Family.payment, Level.instance, serial="8020"),  # alone it names who is paid, but no slip
}


_EXPIRIES = ("17", "7003", "15")
_NET_WEIGHTS = frozenset(f"310{decimals}" for decimals in range(6))

# Members looked up once: in Python 3.11 each look-up costs as much as a slice.
_SGTIN, _LGTIN, _GTIN, _UPUI = Family.sgtin, Family.lgtin, Family.gtin, Family.upui
_INSTANCE, _LOT, _CLASS = Level.instance, Level.lot, Level.item_class


class Key(Struct, frozen=True, gc=False):
    """What the elements identify."""

    family: Family
    level: Level
    canonical: str
    item_class: str = ""
    serial: str = ""


def choose(values: Mapping[str, str]) -> str:
    """AI of the key that a carrier with these elements is about; empty when there is none."""
    for ai in KEYS:
        if ai in values and (ai != "415" or "8020" in values):
            return ai
    return ""


def escape(value: str) -> str:
    """Percent-encoded for a path segment; ``'``, ``;`` and ``=`` stay, as in the reference CBV hash."""
    return value if _PLAIN(value) else "".join(map(_ESCAPED.__getitem__, value.encode()))


def restricted(gtin14: str) -> bool:
    """Whether a GTIN, as 14 digits, is for use in one shop or region and means other goods elsewhere (GS1 1.4.3)."""
    return _RESTRICTED(gtin14) is not None


def identify(values: Mapping[str, str], ai: str) -> Key:
    """Most fine-grained key around the element ``ai`` of KEYS."""
    value = values[ai]
    if ai == "01":
        item = f"{ROOT}01/{value}"
        if serial := values.get("21"):
            return Key(_SGTIN, _INSTANCE, f"{item}/21/{escape(serial)}", item, serial)
        if tpx := values.get("235"):
            return Key(_UPUI, _INSTANCE, f"{item}/235/{escape(tpx)}", item, tpx)
        if lot := values.get("10"):
            return Key(_LGTIN, _LOT, f"{item}/10/{escape(lot)}", item)
        return Key(_GTIN, _CLASS, item, item)
    rule = KEYS[ai]
    uri = f"{ROOT}{ai}/{escape(value)}"
    if ai == "8006" and "21" not in values and (lot := values.get("10")):
        return Key(rule.family, _LOT, f"{uri}/10/{escape(lot)}", uri)
    serial = values.get(rule.serial, "") or (value[rule.base :] if rule.base else "")
    level = _INSTANCE if serial else rule.alone
    item = "" if rule.alone is _INSTANCE else f"{ROOT}{ai}/{escape(value[: rule.base or None])}"
    if rule.serial and serial:
        uri = f"{uri}/{rule.serial}/{escape(serial)}"
    return Key(rule.family, level, uri, item, serial)


def describe(
    values: Mapping[str, str],
    ai: str,
    text: str,
    mended: tuple[str, ...],
    year: int = YEAR,
    doubtful: tuple[str, ...] = (),
) -> Code:
    """Code of the key ``ai`` with what the other elements say; every value has passed its AI's checks."""
    key = identify(values, ai)
    gtin = values.get("01", "") or values.get("02", "") or values.get("8006", "")[:14]
    if _RESTRICTED(gtin):
        doubtful = (*doubtful, doubts.RESTRICTED)
    if len(values) == 1 or (len(values) == 2 and "21" in values):  # nothing besides
        return Code(
            family=key.family,
            canonical=key.canonical,
            level=key.level,
            text=text,
            item_class=key.item_class,
            gtin=gtin,
            serial=key.serial,
            mended=mended,
            doubts=doubtful,
        )
    lot = values.get("10", "")
    expiries = [expand(values[name][:6], year) for name in _EXPIRIES if name in values]
    production = values.get("11")
    count = values.get("30") or values.get("37")
    weight = "" if _NET_WEIGHTS.isdisjoint(values) else next(iter(_NET_WEIGHTS & values.keys()))
    return Code(
        family=key.family,
        canonical=key.canonical,
        level=key.level,
        text=text,
        item_class=key.item_class,
        lot_uri=f"{key.item_class}/10/{escape(lot)}" if lot and ai in {"01", "8006"} else "",
        gtin=gtin,
        serial=key.serial,
        secondary_serial=values.get("250", ""),
        lot=lot,
        expiry=min(expiries, default=None),
        production=expand(production, year) if production else None,
        weight_kg=Decimal(values[weight]).scaleb(-int(weight[3])) if weight else None,
        count=int(count) if count else None,
        mended=mended,
        doubts=doubtful,
    )
