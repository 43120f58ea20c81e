"""Unified social credit codes of organisations, 统一社会信用代码 (GB 32100-2015).

>>> check_uscc("91350100M000100Y43")
'91350100M000100Y43'
"""

from zhuisu.codes.errors import BadUscc
from zhuisu.codes.mend import narrow

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def check_character(first17: str) -> str:
    """Check character C18 of 17 characters of the alphabet."""
    return ALPHABET[-sum(_VALUE[c] * w for c, w in zip(first17, _WEIGHTS, strict=True)) % 31]


def check_uscc(text: str) -> str:
    """Give the code in capitals without outer blanks; BadUscc names the position and what belongs there."""
    code = narrow(text.strip()).upper()
    if len(code) != 18:
        raise BadUscc(
            f"{len(code)} characters, a unified social credit code has 18",
            where="uscc",
            detail_zh=f"共 {len(code)} 个字符，统一社会信用代码应为 18 位",
        )
    for position, character in enumerate(code, 1):
        if character not in _VALUE:
            raise BadUscc(
                f"position {position}: {character!r} is not used, only 0-9 and capitals without I, O, S, V, Z",
                where="uscc",
                mend="I is 1, O is 0, S is 5, Z is 2 in most misreadings" if character in "IOSZ" else "",
                detail_zh=f"第 {position} 位：不使用字符 {character!r}，只能是数字和除 I、O、S、V、Z 以外的大写字母",
                mend_zh="多为误认：I 应为 1，O 应为 0，S 应为 5，Z 应为 2" if character in "IOSZ" else "",
                position=position,
            )
    expected = check_character(code[:17])
    if code[17] != expected:
        raise BadUscc(
            f"position 18: the check character is {code[17]}, the others lead to {expected}",
            where="uscc",
            mend="compare with the business licence",
            detail_zh=f"第 18 位：校验码是 {code[17]}，按前 17 位应为 {expected}",
            mend_zh="请与营业执照核对",
            position=18,
            expected=expected,
        )
    return code
