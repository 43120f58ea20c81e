from datetime import timedelta
from decimal import Decimal

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.model import BODY, Certificate, Standing, claims
from zhuisu.certs.seal import _bstr, _low_s, _protected, _to_be_signed, address, digits, identify, seal, sign1
from zhuisu.certs.status import StatusList, pack
from zhuisu.certs.trust import TrustedKey
from zhuisu.certs.verify import STATES, WORDS, Rule, State, Verdict, verify

from .samples import BASE, EGGS, EGGS_FULL, FARM, KEY, MEAT_FULL, NOW, PLANT, PLANT_KEY, TRUST, certificates, trust_list

TOKEN = seal(EGGS, KEY)


def judged(certificate: Certificate = EGGS, key: PrivateKey = KEY, trust=TRUST, **options) -> Verdict:
    return verify(digits(seal(certificate, key)), trust, **({"now": NOW} | options))


def signed(payload: bytes, key: PrivateKey = KEY) -> str:
    return digits(sign1(payload, key))


def test_every_rule_has_a_state_and_words_in_both_languages():
    assert set(STATES) == set(WORDS) == set(Rule)
    assert all(en.isascii() and not zh.isascii() for en, zh in WORDS.values())


def test_a_genuine_certificate_is_valid_and_shown():
    verdict = verify(address(BASE, TOKEN), TRUST, now=NOW, status={EGGS.status: Standing.valid})
    assert (verdict.state, verdict.rule) == (State.valid, Rule.good)
    assert verdict.certificate == EGGS
    assert verdict.issuer == FARM
    assert verdict.id == identify(TOKEN)


def test_eddsa_is_as_good():
    assert judged(MEAT_FULL, PLANT_KEY).issuer == PLANT


def test_offline_without_a_status_list_is_said():
    assert judged().rule is Rule.good_unchecked


@pytest.mark.parametrize(
    "text",
    [
        digits(TOKEN),
        f"  {digits(TOKEN)}\n",
        f"http://other.example/deep/c/{digits(TOKEN)}",
        f"https://x/?{digits(TOKEN)}",
        f"#{digits(TOKEN)}",
    ],
)
def test_the_number_counts_wherever_the_address_leads(text):
    assert verify(text, TRUST, now=NOW).state is State.valid


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "eggs",
        "https://zs.example/c/",
        "https://zs.example/certs/12ab",
        "https://u.tool.zibo/q?id=12-3",
        "0" + digits(TOKEN),
        digits(TOKEN) + "/",
        digits(TOKEN)[:-1] + "٣",
    ],
)
def test_a_foreign_text_is_not_ours(text):
    assert verify(text, TRUST, now=NOW).rule is Rule.no_number


@pytest.mark.parametrize("number", ["1", "8", digits(TOKEN)[:-1], digits(TOKEN) + "0", "9" * 4097, "9" * 4096])
def test_a_foreign_number_is_not_ours(number):
    verdict = verify(f"https://zs.example/c/{number}", TRUST, now=NOW)
    assert verdict.state in {State.not_ours, State.bad_signature}
    assert verdict.certificate is None


def test_an_unknown_issuer_is_not_ours():
    assert judged(replace(EGGS, issuer="91370303MA000A047L"), PrivateKey.generate()).rule is Rule.issuer_unknown


def test_a_known_issuer_with_an_unknown_key_is_forged():
    verdict = judged(EGGS, PrivateKey.generate())
    assert (verdict.state, verdict.rule) == (State.bad_signature, Rule.key_unknown)


def test_a_key_signs_for_its_own_issuer_only():
    assert judged(replace(EGGS, issuer=PLANT.uscc), KEY).rule is Rule.other_issuer


def test_the_algorithm_must_be_that_of_the_key():
    changed = TOKEN.replace(b"\xa2\x01\x26\x04", b"\xa2\x01\x27\x04", 1)
    assert verify(digits(changed), TRUST, now=NOW).rule is Rule.algorithm


def test_the_alias_of_the_algorithm_is_signed_too():
    changed = TOKEN.replace(b"\xa2\x01\x26\x04", b"\xa2\x01\x28\x04", 1)
    assert verify(digits(changed), TRUST, now=NOW).rule is Rule.signature


@pytest.mark.parametrize(("alg", "key", "certificate"), [(-9, KEY, EGGS), (-19, PLANT_KEY, MEAT_FULL)])
def test_the_aliases_of_rfc_9864_are_accepted(alg, key, certificate):
    protected, payload = _protected(alg, key.public.kid, ""), cbor2.dumps(claims(certificate))
    signature = key.sign(_to_be_signed(protected, payload))
    signature = _low_s(signature) if alg == -9 else signature
    token = b"\xd2\x84" + _bstr(protected) + b"\xa0" + _bstr(payload) + b"\x58\x40" + signature
    assert verify(digits(token), TRUST, now=NOW).state is State.valid


def test_of_two_keys_with_one_id_the_right_one_is_found():
    other = PrivateKey.generate()
    other.public.kid = KEY.public.kid
    trust = trust_list(TrustedKey(PLANT, other.public, NOW), TrustedKey(FARM, KEY.public, NOW))
    assert judged(trust=trust).state is State.valid


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xa0\xa0",
        b"\xff",
        cbor2.dumps(dict(reversed(claims(EGGS).items()))),
        cbor2.dumps(claims(EGGS)) + b"\x00",
        cbor2.dumps(claims(EGGS) | {BODY: dict(reversed(claims(EGGS)[BODY].items()))}),
        cbor2.dumps(claims(EGGS)).replace(b"\x19\x01\x68", b"\x1a\x00\x00\x01\x68"),
        cbor2.dumps(claims(EGGS), indefinite_containers=True),
    ],
)
def test_a_signed_token_in_another_encoding_is_refused(payload):
    assert verify(signed(payload), TRUST, now=NOW).rule is Rule.signature


@pytest.mark.parametrize(
    "change",
    [{21: 1}, {1: 4_000_000_000}, {3: Decimal("0.0001")}, {17: [[9, "report"]]}],
    ids=["field", "form", "quantity", "test"],
)
def test_what_a_later_version_says_is_not_guessed(change):
    found = claims(EGGS)
    body = dict(sorted((found[BODY] | change).items()))
    verdict = verify(signed(cbor2.dumps(found | {BODY: body})), TRUST, now=NOW)
    assert verdict.rule is Rule.newer
    assert verdict.certificate is None


@pytest.mark.parametrize("outer", ["length", "tag", "unprotected", "header", "signature"])
def test_another_spelling_of_the_message_is_refused(outer):
    payload = TOKEN[15:-66]
    spelled = {
        "length": TOKEN[:13] + b"\x59\x00" + TOKEN[14:],
        "tag": b"\xd8\x12" + TOKEN[1:],
        "unprotected": TOKEN[:12] + b"\xa1\x18\x63\x01" + TOKEN[13:],
        "header": TOKEN[:2] + b"\x58\x09" + TOKEN[3:],
        "signature": TOKEN[:13] + _bstr(payload) + b"\x59\x00\x40" + TOKEN[-64:],
    }[outer]
    assert cbor2.loads(spelled).value[2] == payload
    assert verify(digits(spelled), TRUST, now=NOW).state in {State.not_ours, State.bad_signature}


def test_a_day_outside_the_life_of_the_key_is_refused():
    early = trust_list(TrustedKey(FARM, KEY.public, NOW - timedelta(days=9), NOW))
    late = trust_list(TrustedKey(FARM, KEY.public, NOW + timedelta(seconds=1)))
    assert judged(trust=early).rule is Rule.key_life
    assert judged(trust=late).rule is Rule.key_life


def test_a_future_day_is_refused_but_for_five_minutes():
    assert judged(replace(EGGS, issued=NOW + timedelta(minutes=5))).state is State.valid
    assert judged(replace(EGGS, issued=NOW + timedelta(minutes=5, seconds=1))).rule is Rule.future


def test_expiry_begins_at_its_second():
    assert judged(replace(EGGS, expires=NOW + timedelta(seconds=1))).state is State.valid
    assert judged(replace(EGGS, expires=NOW)).state is State.expired


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        ({EGGS.status: Standing.valid}, Rule.good),
        ({EGGS.status: Standing.revoked}, Rule.revoked),
        ({EGGS.status: Standing.suspended}, Rule.suspended),
        ({}, Rule.status_unknown),
        (StatusList("", NOW, NOW, 0, pack(60_000, {EGGS.status: 1})), Rule.revoked),
        (StatusList("", NOW, NOW, 0, pack(60_000, {EGGS.status + 1: 1})), Rule.good),
        (StatusList("", NOW, NOW, 0, pack(100, {})), Rule.status_unknown),
    ],
)
def test_the_status_decides(status, rule):
    assert judged(status=status).rule is rule


def test_revoked_is_said_before_expired():
    gone = replace(EGGS, expires=NOW)
    assert judged(gone, status={EGGS.status: Standing.revoked}).state is State.revoked


@pytest.mark.parametrize("number", range(10))
def test_every_flipped_bit_is_refused(number):
    certificate, key = [(EGGS, KEY), (EGGS_FULL, KEY), (MEAT_FULL, PLANT_KEY)][number % 3]
    token = seal(replace(certificate, nonce=bytes([number] * 8)), key)
    assert verify(digits(token), TRUST, now=NOW).state is State.valid
    for place in range(8 * len(token)):
        changed = int.from_bytes(token) ^ 1 << place
        assert verify(str(changed), TRUST, now=NOW).state in {State.bad_signature, State.not_ours}


@given(certificates)
@settings(deadline=None)
def test_whatever_is_signed_gets_a_verdict(certificate):
    assert judged(replace(certificate, issuer=FARM.uscc)).state in State


@given(st.text() | st.from_regex(r"(https?://[a-z]+/c/)?[0-9]{1,400}"))
@example("https://[::1")
@example("\ud800")
def test_any_text_gets_a_verdict(text):
    assert verify(text, TRUST, now=NOW).state is State.not_ours


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_signed_payload_gets_a_verdict(payload):
    assert verify(signed(payload), TRUST, now=NOW).certificate is None


@given(st.binary(max_size=200), st.integers(13, 200), st.integers(0, 60))
@settings(deadline=None)
def test_any_splice_of_a_token_is_refused(noise, start, length):
    spliced = TOKEN[:start] + noise + TOKEN[start + length :]
    if spliced != TOKEN:
        assert verify(str(int.from_bytes(spliced)), TRUST, now=NOW).certificate is None
