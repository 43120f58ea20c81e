"""GS1 check digits: mod 10, weights 3 and 1 from the right; check character pairs (GS1 General Specifications 7.9).

>>> check_digit("690123456789"), check_pair("1987654Ad4X4bL5ttr2310c")
('2', '2K')
"""

from functools import lru_cache

from zhuisu.codes.errors import BadCheckDigit
from zhuisu.codes.text import Words

_SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = [p for p in range(2, 510) if all(p % q for q in range(2, int(p**0.5) + 1))]  # one for each of 97 characters


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


def upc_e(digits: str) -> str:
    """GTIN, as 14 digits, that the 8 digits under a UPC-E symbol stand for; "" when the check digit does not hold.

    >>> upc_e("04252614")
    '00042100005264'
    """
    if len(digits) != 8 or digits[0] != "0" or not digits.isdecimal() or not digits.isascii():
        return ""
    head, last = digits[1:6], digits[6]  # the last of the six tells where zeros were left out (GS1 7.10)
    if last in "012":
        body = f"{head[:2]}{last}0000{head[2:]}"
    elif last in "34":
        body = f"{head[: int(last)]}00000{head[int(last) :]}"
    else:
        body = f"{head}0000{last}"
    gtin = f"000{body}{digits[7]}"
    return gtin if holds(gtin) else ""


def check_pair(body: str) -> str:
    """Pair that completes ``body``, at most 97 characters of set 82 (7.9.5)."""
    weights = reversed(_PRIMES[: len(body)])
    total = sum(_SET_82.index(c) * weight for c, weight in zip(body, weights, strict=True)) % 1021
    return _SET_32[total >> 5] + _SET_32[total & 31]


def fault(digits: str) -> Words:
    """What is wrong with ``digits``, whose last does not hold."""
    n, last, expected = len(digits), digits[-1], check_digit(digits[:-1])
    return Words(
        f"校验码（第 {n} 位数字）为 {last}，按其余数字应为 {expected}",
        f"digit {n}, the check digit, is {last}; the others lead to {expected}",
    )


def require(digits: str, what: str, where: str, position: int = 1) -> None:
    """Raise BadCheckDigit, in words, unless the last of ``digits`` holds; they stand at ``position`` in the text."""
    if not holds(digits):
        why = fault(digits)
        raise refusal(digits, Words(f"{what} {digits}：{why.zh}", f"{what} {digits}: {why.en}"), where, position)


def refusal(digits: str, told: Words, where: str, position: int) -> BadCheckDigit:
    """Refusal of ``digits``, whose last does not hold."""
    return BadCheckDigit(
        told.en,
        where=where,
        mend="compare digit by digit with the label, or scan again",
        detail_zh=told.zh,
        mend_zh="请与标签逐位核对，或重新扫描",
        position=position,
        expected=check_digit(digits[:-1]),
    )
