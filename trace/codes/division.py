"""Administrative divisions as codes carry them: the first two of six digits are the province (GB/T 2260).

>>> "37" in PROVINCES, "38" in PROVINCES      # Shandong; nobody
(True, False)

The list of counties changes every year, and old tags stay on old animals: only provinces, and that prefectures have
01 to 53 or 90, can be held against a code.
"""

import re

PROVINCES = frozenset(
    str(first + n)
    for first, most in ((11, 5), (21, 3), (31, 7), (41, 6), (50, 5), (61, 5), (71, 1), (81, 2))
    for n in range(most)
)
_COUNTY = re.compile(r"(\d\d)(?:0[1-9]|[1-4]\d|5[0-3]|90)\d\d", re.ASCII).fullmatch


def is_county(six: str) -> bool:
    """Whether a county can have, or have had, these six digits."""
    found = _COUNTY(six)
    return found is not None and found[1] in PROVINCES
