"""No invalid certificate is ever signed: before the real key does, a throwaway key seals and the verifier reads.

>>> lint(certificate, PrivateKey.generate())
"""

from zhuisu.certs.errors import BadClaim
from zhuisu.certs.forms import FORMS
from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.model import Certificate, Standing
from zhuisu.certs.seal import MAX_TOKEN, digits, seal
from zhuisu.certs.trust import Issuer, Keyring, TrustedKey
from zhuisu.certs.verify import Rule, verify

_FIELD = {"asf": "inspections", "beta_agonist": "inspections"}


def lint(certificate: Certificate, throwaway: PrivateKey) -> None:
    """Raises BadClaim when the verifier would not read exactly this certificate, or its form lacks a required field."""
    form = FORMS.get(certificate.form)
    missing = [name for name in form.required if not getattr(certificate, _FIELD.get(name, name))] if form else ["form"]
    if missing:
        raise BadClaim(f"the form demands {', '.join(sorted(missing))}", where=min(missing))
    token = seal(certificate, throwaway)
    if len(token) > MAX_TOKEN:
        raise BadClaim(f"the certificate has {len(token)} bytes, a symbol takes {MAX_TOKEN}", where="certificate")
    issuer = Issuer(certificate.issuer, "", "")
    trusted = Keyring(keys=(TrustedKey(issuer, throwaway.public, certificate.issued),))
    verdict = verify(digits(token), trusted, now=certificate.issued, status={certificate.status: Standing.valid})
    if verdict.rule is not Rule.good or verdict.certificate != certificate:
        raise BadClaim(f"the verifier would not read it back: {verdict.reason}", where="certificate")
