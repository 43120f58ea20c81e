"""Keys, tokens and passwords: what can be guessed is slow, what cannot be guessed is fast."""

import time
from collections.abc import Callable

import argon2
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuisu.parties import secret


def test_keys_are_256_bits_of_their_own_shape() -> None:
    keys = {secret.new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(secret.KEY.fullmatch(key.encode()) for key in keys)
    assert all(secret.TOKEN.fullmatch(secret.new_token()) for _ in range(100))


def test_a_password_matches_only_itself() -> None:
    stored = secret.hashed("correct horse")
    assert stored.startswith("$argon2id$")
    assert secret.matches(stored, "correct horse")
    assert not secret.matches(stored, "correct horsf")
    assert not secret.matches(None, "no such person")  # the text under the stand-in hash itself


def test_a_password_is_one_however_it_is_composed() -> None:
    assert secret.matches(secret.hashed("cafe\u0301 2026"), "caf\u00e9 2026")


@settings(max_examples=25, deadline=None)
@given(st.text())
def test_no_text_breaks_the_comparison(text: str) -> None:
    assert secret.blind(b"k" * 32, "login", text)
    assert not secret.matches(None, text)


def test_an_unknown_login_costs_what_a_wrong_password_costs() -> None:
    stored = secret.hashed("correct horse")
    assert argon2.extract_parameters(stored) == argon2.extract_parameters(secret._NOBODY)

    def cost(check: Callable[[], bool]) -> float:
        begun = time.process_time()
        assert not check()
        return time.process_time() - begun

    known = min(cost(lambda: secret.matches(stored, "wrong")) for _ in range(5))
    unknown = min(cost(lambda: secret.matches(None, "wrong")) for _ in range(5))
    assert 0.5 < unknown / known < 2
