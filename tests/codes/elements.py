"""Right values of every Application Identifier, drawn by the rules of its components."""

import string

from hypothesis import assume
from hypothesis import strategies as st

from zhuisu.codes import linters, pairs
from zhuisu.codes.ai import AIS
from zhuisu.codes.checksum import check_digit, check_pair
from zhuisu.codes.keys import KEYS
from zhuisu.codes.lists import COUNTRIES, COUNTRIES_ALPHA2, CURRENCIES, PACKAGE_TYPES

SETS = {
    "N": string.digits,
    "X": "!\"%&'()*+,-./" + string.digits + ":;<=>?" + string.ascii_uppercase + "_" + string.ascii_lowercase,
    "Y": "#-/" + string.digits + string.ascii_uppercase,
    "Z": string.ascii_letters + string.digits + "-_",
}


def numbers(most, width):
    return st.integers(0, most).map(lambda n: f"{n:0{width}}")


def pieces(draw):
    total = draw(st.integers(1, 99))
    return f"{draw(st.integers(1, total)):02}{total:02}"


def offer(draw):
    return "00123456" + draw(st.text(SETS["N"], min_size=6, max_size=6)) + "0123456"


# Of linters that a value drawn at random would seldom satisfy.
DRAWN = {
    "iso3166": st.sampled_from(sorted(COUNTRIES)),
    "iso3166999": st.sampled_from([*sorted(COUNTRIES), "999"]),
    "iso3166alpha2": st.sampled_from(sorted(COUNTRIES_ALPHA2)),
    "iso4217": st.sampled_from(sorted(CURRENCIES)),
    "iso5218": st.sampled_from("0129"),
    "packagetype": st.sampled_from(sorted(PACKAGE_TYPES)),
    "mediatype": st.sampled_from(["01", "10", "80", "99"]),
    "winding": st.sampled_from("019"),
    "yesno": st.sampled_from("01"),
    "hyphen": st.just("-"),
    "zero": st.just("0"),
    "yymmdd": st.dates().map(lambda day: f"{day:%y%m%d}"),
    "yymmd0": st.dates().map(lambda day: f"{day:%y%m%d}"),
    "yyyymmdd": st.dates().map(lambda day: f"{day.year:04}{day:%m%d}"),
    "hh": numbers(23, 2),
    "mi": numbers(59, 2),
    "ss": numbers(59, 2),
    "hhmi": st.times().map(lambda time: f"{time:%H%M}"),
    "latitude": numbers(180 * 10**7, 10),
    "longitude": numbers(360 * 10**7, 10),
    "pieceoftotal": st.composite(pieces)(),
    "posinseqslash": st.sampled_from(["1/1", "2/3"]),
    "iban": st.sampled_from(["FR7630006000011234567890189", "GB98MIDL07009312345678"]),
    "importeridx": st.sampled_from(SETS["Z"]),
    "couponcode": st.just("012345612345611110123"),
    "couponposoffer": st.composite(offer)(),
}


@st.composite
def component(draw, part):
    for linter in part.linters:
        if linter in DRAWN:
            return draw(DRAWN[linter])
    least = max(part.least, 6 if "gcppos1" in part.linters else 0)
    run = draw(st.text(SETS[part.kind], min_size=least, max_size=part.most))
    if part.kind in "XY" and "gcppos1" in part.linters:
        run = draw(st.text(SETS["N"], min_size=4, max_size=4)) + run[4:]
    if "csum" in part.linters:
        run = run[:-1] + check_digit(run[:-1])
    if "csumalpha" in part.linters:
        run = run[:-2] + check_pair(run[:-2])
    return run


@st.composite
def values(draw, ai):
    """A right value of an AI."""
    value = ""
    for part in AIS[ai].parts:
        if part.optional and draw(st.booleans()):
            break
        run = draw(component(part))
        assume(not any(linters.LINTERS[linter](run) for linter in part.linters))
        value += run
    return value


@st.composite
def keyed(draw):
    """Elements around one key that belong together, the key first, and the key's AI."""
    ai = draw(st.sampled_from(list(KEYS)))
    found = {ai: draw(values(ai))}
    for name in draw(st.sampled_from(AIS[ai].qualifiers or ((),))):
        apart = pairs.clashing((*found, name)) or pairs.missing((ai, name))  # (22) may follow (8006), but needs (01)
        if not apart and (ai == "415" or draw(st.booleans())):
            found[name] = draw(values(name))
    return ai, found


def scanned(found):
    """The elements as a scanner sends them."""
    return "]C1" + "".join(ai + value + ("" if AIS[ai].predefined else "\x1d") for ai, value in found.items())


def bracketed(found):
    """The elements as a label prints them."""
    return "".join(f"({ai}){value.replace('(', chr(92) + '(')}" for ai, value in found.items())
