"""Administrative divisions as codes carry them: the first two of six digits are the province (GB/T 2260).

>>> "37" in PROVINCES, "38" in PROVINCES      # Shandong; nobody
(True, False)

The list of counties changes every year, and old tags stay on old animals: provinces are all that can be held against a
code.
"""

PROVINCES = frozenset(
    str(first + n)
    for first, most in ((11, 5), (21, 3), (31, 7), (41, 6), (50, 5), (61, 5), (71, 1), (81, 2))
    for n in range(most)
)
