"""Certificates: issued as signed QR codes, verified anywhere, revoked in the open.

>>> issued = await issue(db, settings, who, ProduceOrder(product="鲜鸡蛋", …), now)
>>> verify(issued.url, trust, now=now).state
<State.valid: 'valid'>
"""

from zhuisu.certs.check import Cited, Listed, check, cited, for_goods, judge, latest, names
from zhuisu.certs.forms import FORMS, PRODUCTS, UNITS, in_force, origin_name, product_name, unit_name
from zhuisu.certs.issue import Issued, issue, issue_many, lot_code
from zhuisu.certs.model import Certificate, Standing
from zhuisu.certs.offline import EXIT, examine, keygen, verify_offline
from zhuisu.certs.order import AnyOrder, MeatOrder, ProduceOrder
from zhuisu.certs.publish import root
from zhuisu.certs.qr import Symbol, png, svg, symbol
from zhuisu.certs.reader import read_codes
from zhuisu.certs.revoke import revoke
from zhuisu.certs.routes import HANDLERS
from zhuisu.certs.seal import digits, from_digits, identify, open_, seal
from zhuisu.certs.show import in_words
from zhuisu.certs.status import StatusList
from zhuisu.certs.trust import Issuer, Keyring, TrustedKey, TrustList
from zhuisu.certs.verify import Rule, State, Verdict, verify

__all__ = [
    "EXIT",
    "FORMS",
    "HANDLERS",
    "PRODUCTS",
    "UNITS",
    "AnyOrder",
    "Certificate",
    "Cited",
    "Issued",
    "Issuer",
    "Keyring",
    "Listed",
    "MeatOrder",
    "ProduceOrder",
    "Rule",
    "Standing",
    "State",
    "StatusList",
    "Symbol",
    "TrustList",
    "TrustedKey",
    "Verdict",
    "check",
    "cited",
    "digits",
    "examine",
    "for_goods",
    "from_digits",
    "identify",
    "in_force",
    "in_words",
    "issue",
    "issue_many",
    "judge",
    "keygen",
    "latest",
    "lot_code",
    "names",
    "open_",
    "origin_name",
    "png",
    "product_name",
    "read_codes",
    "revoke",
    "root",
    "seal",
    "svg",
    "symbol",
    "unit_name",
    "verify",
    "verify_offline",
]
