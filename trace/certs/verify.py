"""Judge a certificate, anywhere and offline: text in, one of five verdicts out, never an exception.

>>> verify("https://zs.example/c/5943…", trust, now=datetime.now(UTC)).state
<State.valid: 'valid'>

The order of the checks is the order of trust: shape, key, signature, encoding, claims, life of the key, status, end.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from zhuisu.certs.errors import BadClaim, BadSeal, NotACertificate
from zhuisu.certs.forms import FORMS
from zhuisu.certs.keys import ALIASES
from zhuisu.certs.model import Certificate, Standing
from zhuisu.certs.seal import claimed_issuer, from_digits, identify, open1, peek, unseal
from zhuisu.certs.trust import Issuer, Keyring, TrustedKey

SKEW = timedelta(minutes=5)
"""How far an issuer's clock may run ahead of ours."""

_NUMBER = re.compile("[1-9][0-9]*")


class State(StrEnum):
    """有效 · 已撤销 · 已过期 · 签名无效（疑似伪造） · 非本系统码."""

    valid = "valid"
    revoked = "revoked"
    expired = "expired"
    bad_signature = "bad-signature"
    not_ours = "not-ours"


class Rule(StrEnum):
    """Why a verdict is what it is."""

    good = "good"
    good_unchecked = "good-unchecked"
    no_number = "no-number"
    shape = "shape"
    issuer_unknown = "issuer-unknown"
    key_unknown = "key-unknown"
    algorithm = "algorithm"
    signature = "signature"
    newer = "newer"
    other_issuer = "other-issuer"
    key_life = "key-life"
    future = "future"
    revoked = "revoked"
    suspended = "suspended"
    status_unknown = "status-unknown"
    expired = "expired"


STATES: dict[Rule, State] = {
    Rule.good: State.valid,
    Rule.good_unchecked: State.valid,
    Rule.no_number: State.not_ours,
    Rule.shape: State.not_ours,
    Rule.issuer_unknown: State.not_ours,
    Rule.key_unknown: State.bad_signature,
    Rule.algorithm: State.bad_signature,
    Rule.signature: State.bad_signature,
    Rule.newer: State.not_ours,
    Rule.other_issuer: State.bad_signature,
    Rule.key_life: State.bad_signature,
    Rule.future: State.bad_signature,
    Rule.revoked: State.revoked,
    Rule.suspended: State.revoked,
    Rule.status_unknown: State.bad_signature,
    Rule.expired: State.expired,
}

WORDS: dict[Rule, tuple[str, str]] = {
    Rule.good: (
        "Genuine, and not revoked. Compare the goods with what the certificate says.",
        "合格证真实有效。请核对货物与合格证内容是否一致。",
    ),
    Rule.good_unchecked: (
        "Genuine. Whether it was revoked since could not be checked offline. Compare the goods.",
        "合格证签名真实；离线状态下无法核查是否已撤销。请核对货物与合格证内容是否一致。",
    ),
    Rule.no_number: (
        "This code does not carry a certificate of this system.",
        "该码不含本系统合格证。",
    ),
    Rule.shape: (
        "The number in this code is not a certificate of this system.",
        "该码中的数字不是本系统合格证。",
    ),
    Rule.issuer_unknown: (
        "Its issuer is not in the trust list of this system.",
        "开具主体不在本系统信任列表中。",
    ),
    Rule.key_unknown: (
        "It names an issuer of this system, but no key of that issuer signed it. Treat it as forged.",
        "该码声称由本系统主体开具，但不是用其密钥签名，疑似伪造。",
    ),
    Rule.algorithm: (
        "It was signed by another method than its issuer's key allows. Treat it as forged.",
        "签名算法与开具主体的密钥不符，疑似伪造。",
    ),
    Rule.signature: (
        "The signature does not fit the content. Treat it as forged or altered.",
        "签名与内容不符，疑似伪造或被篡改。",
    ),
    Rule.newer: (
        "Genuinely signed, but it says something this version cannot read. Update and check again.",
        "签名真实，但内容超出当前版本的识别范围，请更新后再验。",
    ),
    Rule.other_issuer: (
        "It was signed with the key of another issuer than it names. Treat it as forged.",
        "签名密钥属于其他主体，与合格证上的开具主体不符，疑似伪造。",
    ),
    Rule.key_life: (
        "Its day lies outside the time in which its key was in force. Treat it as forged.",
        "开具时间不在签名密钥有效期内，疑似伪造。",
    ),
    Rule.future: (
        "It is dated in the future. Check the clock of this device; if it is right, treat the certificate as forged.",
        "开具时间晚于当前时间。请检查本机时钟；如时钟无误，该证疑似伪造。",
    ),
    Rule.revoked: (
        "Its issuer or the authority has revoked it. Do not accept the goods on it.",
        "该合格证已撤销，请勿凭此证收货。",
    ),
    Rule.suspended: (
        "It is suspended until a question is settled. Do not accept the goods on it for now.",
        "该合格证已暂停使用，请暂勿凭此证收货。",
    ),
    Rule.status_unknown: (
        "The status list does not know it: it was never registered. Treat it as forged.",
        "状态列表中没有该合格证，未经登记，疑似伪造。",
    ),
    Rule.expired: (
        "It was genuine, but its time has run out.",
        "合格证真实，但已超过有效期。",
    ),
}
"""English and Chinese, by rule."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the verifier answers. ``certificate`` and ``issuer`` are there only when the signature was proven."""

    state: State
    rule: Rule
    reason: str
    reason_zh: str
    id: str = ""
    certificate: Certificate | None = None
    issuer: Issuer | None = None


def verify(text: str, trust: Keyring, *, now: datetime, status: Mapping[int, Standing] | None = None) -> Verdict:
    """The verdict on a certificate's address, or its bare digits.

    ``status`` is a status list, or whatever maps a status index to its standing; None when offline without one.
    """
    if not (number := number_in(text)):
        return _verdict(Rule.no_number)
    try:
        token = from_digits(number)
        alg, kid = peek(token)
    except NotACertificate:
        return _verdict(Rule.shape)
    candidates = trust.keys_of(kid)
    if not candidates:
        return _verdict(Rule.issuer_unknown if trust.issuer(claimed_issuer(token)) is None else Rule.key_unknown)
    if not (fitting := [trusted for trusted in candidates if ALIASES[alg] == trusted.key.alg]):
        return _verdict(Rule.algorithm)
    for trusted in fitting:
        try:
            payload = open1(token, trusted.key, alg)
        except BadSeal:
            continue
        return _judge(token, payload, trusted, now=now, status=status)
    return _verdict(Rule.signature)


def number_in(text: str) -> str:
    """The digits at the end of an address, or alone; empty when there are none."""
    text = text.strip()
    tail = text[1 + max(text.rfind("/"), text.rfind("?"), text.rfind("#")) :]
    return tail if _NUMBER.fullmatch(tail) else ""


def _judge(
    token: bytes, payload: bytes, trusted: TrustedKey, *, now: datetime, status: Mapping[int, Standing] | None
) -> Verdict:
    try:
        certificate = unseal(payload)
    except BadSeal:
        return _verdict(Rule.signature)
    except BadClaim:
        return _verdict(Rule.newer)
    if certificate.form not in FORMS:
        return _verdict(Rule.newer)
    if certificate.issuer != trusted.issuer.uscc:
        return _verdict(Rule.other_issuer)
    rule = _standing(certificate, trusted, now=now, status=status)
    return _verdict(rule, id=identify(token), certificate=certificate, issuer=trusted.issuer)


def _standing(
    certificate: Certificate, trusted: TrustedKey, *, now: datetime, status: Mapping[int, Standing] | None
) -> Rule:
    if not trusted.signs_at(certificate.issued):
        return Rule.key_life
    if certificate.issued > now + SKEW:
        return Rule.future
    match None if status is None else status.get(certificate.status):
        case Standing.revoked:
            return Rule.revoked
        case Standing.suspended:
            return Rule.suspended
        case None if status is not None:
            return Rule.status_unknown
        case Standing.valid | None:
            pass
    if certificate.expires is not None and now >= certificate.expires:
        return Rule.expired
    return Rule.good if status is not None else Rule.good_unchecked


def _verdict(rule: Rule, **found: object) -> Verdict:
    reason, reason_zh = WORDS[rule]
    return Verdict(state=STATES[rule], rule=rule, reason=reason, reason_zh=reason_zh, **found)  # type: ignore[arg-type]
