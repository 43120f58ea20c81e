"""GS1 check digits: mod 10, weights 3 and 1 from the right (GS1 General Specifications 7.9.1).

>>> check_digit("690123456789")
'2'
"""

from functools import lru_cache

from zhuisu.codes.errors import BadCheckDigit


def check_digit(digits: str) -> str:
    """Digit that completes ``digits`` (ASCII digits only, check digit not among them)."""
    raw = digits.encode()
    n = len(raw)
    # Each byte is 48 more than its digit; the surplus is taken off at once.
    return str(-(3 * sum(raw[-1::-2]) + sum(raw[-2::-2]) - 48 * (2 * n + n % 2)) % 10)


@lru_cache(maxsize=1 << 16)  # products repeat
def holds(digits: str) -> bool:
    """Whether the last of ``digits`` is the check digit of those before it."""
    raw = digits.encode()
    n = len(raw)
    return (sum(raw[-1::-2]) + 3 * sum(raw[-2::-2]) - 48 * (2 * n - n % 2)) % 10 == 0


def require(digits: str, what: str, where: str, position: int = 1) -> None:
    """Raise BadCheckDigit, in words, unless the last of ``digits`` holds; they stand at ``position`` in the text."""
    if not holds(digits):
        expected = check_digit(digits[:-1])
        raise BadCheckDigit(
            f"{what} {digits}: digit {len(digits)}, the check digit, is {digits[-1]}; the others lead to {expected}",
            where=where,
            mend="compare digit by digit with the label, or scan again",
            position=position,
            expected=expected,
        )
