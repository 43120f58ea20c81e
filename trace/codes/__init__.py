"""What is printed on goods becomes a Code: one family, one canonical URI, and what the carrier says besides.

>>> code = parse("]d20106901234567892172701312100042")
>>> code.canonical, code.level, code.expiry
('https://id.gs1.org/01/06901234567892/21/00042', <Level.instance: 'instance'>, datetime.date(2027, 1, 31))
>>> canonical("urn:epc:id:sgtin:6901234.056789.00042")
'https://id.gs1.org/01/06901234567892/21/00042'

Each family has a module of its own beside this one; ``errors`` draws the tree of what is refused.
"""

from zhuisu.codes.model import Code, Family, Level
from zhuisu.codes.reader import canonical, parse
from zhuisu.codes.relation import canonical_certificate, class_of, label, lot_of, recorded, site_of
from zhuisu.codes.several import Reading, read_all
from zhuisu.codes.uscc import check_uscc

__all__ = [
    "Code",
    "Family",
    "Level",
    "Reading",
    "canonical",
    "canonical_certificate",
    "check_uscc",
    "class_of",
    "label",
    "lot_of",
    "parse",
    "read_all",
    "recorded",
    "site_of",
]
