"""Signatures of deliveries, waits after failures, tokens at rest."""

import hashlib
import hmac
import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zhuisu.epcis.sign import LONGEST_WAIT, MOST_FAILURES, TOLERANCE, opened, sealed, signature, verifies, wait

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
KEY = bytes(range(32))


class TestSignature:
    def test_as_it_is_documented(self) -> None:
        expected = hmac.new(b"secret", b"1780300800." + b"{}", hashlib.sha256).hexdigest()
        assert signature("secret", b"{}", NOW) == f"t=1780300800,v1={expected}"

    @given(st.text(max_size=40), st.binary(max_size=80))
    def test_signed_and_verified(self, token: str, body: bytes) -> None:
        header = signature(token, body, NOW)
        assert verifies(header, token, body, NOW + TOLERANCE)
        assert not verifies(header, token + "x", body, NOW)
        assert not verifies(header, token, body + b" ", NOW)
        assert not verifies(header.replace("t=1780300800", "t=1780300801"), token, body, NOW)
        assert not verifies(header, token, body, NOW + TOLERANCE + timedelta(seconds=1))
        assert not verifies(header, token, body, NOW - TOLERANCE - timedelta(seconds=1))

    @given(st.text(max_size=80))
    def test_other_headers(self, header: str) -> None:
        assert not verifies(header, "secret", b"{}", NOW)


class TestWait:
    @given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True))
    def test_between_half_and_whole_and_never_too_long(self, failures: int, chance: float) -> None:
        longest = wait(failures, 1)
        assert longest / 2 <= wait(failures, chance) <= longest <= timedelta(seconds=LONGEST_WAIT)
        assert wait(failures, chance) <= wait(failures + 1, chance)

    def test_doubling(self) -> None:
        waits = [wait(n, 1) for n in range(1, 10)]
        assert waits[0] == timedelta(seconds=1)
        assert all(later == 2 * earlier for earlier, later in itertools.pairwise(waits))

    def test_when_a_delivery_is_laid_aside(self) -> None:
        whole = sum((wait(n, 1) for n in range(1, MOST_FAILURES)), timedelta())
        assert timedelta(minutes=45) < whole / 2 < whole < timedelta(minutes=95)


class TestSealed:
    @given(st.text(max_size=40))
    def test_opened_for_the_same_subscription_alone(self, token: str) -> None:
        stored = sealed(KEY, b"one", token)
        assert opened(KEY, b"one", stored) == token
        assert opened(KEY, b"two", stored) is None
        assert opened(bytes(32), b"one", stored) is None
        assert sealed(KEY, b"one", token) != stored
