"""The GS1 Application Identifiers and the format of their values (GS1 General Specifications 3, Syntax Dictionary).

>>> AIS["10"].fits("L1") is not None, AIS["01"].length
(True, 14)
"""

import re
from collections.abc import Callable, Iterator
from itertools import product

from msgspec import Struct

from zhuisu.codes.errors import BadElement

# Format, then the AIs that have it. ``*``: predefined length, no FNC1 after it (7.8.5). N digits, X character set 82,
# Y set 39, Z base64url; ``[…]`` optional; ``c``: the part ends in a mod 10 check digit; ``d``: it is a YYMMDD, ``e``:
# one whose day may be 00. A GS1 Company Prefix of free length shows as the four digits it has at least.
_FORMATS = """
*N18c            00
*N14c            01 02 03
*N6e             11 12 13 15 16 17
*N2              20
*N6              31[0-6][0-5] 32[0-9][0-5] 33[0-7][0-5] 34[0-9][0-5] 35[0-7][0-5] 36[0-9][0-5]
*N13c            41[0-7]
X..20            10 21 22 243 254 420 4318 7020 7021 7022 71[0-7] 7240 8002 8012
X..28            235
X..30            240 241 250 251 400 403 4308 4319 7002 90
N..6             242
N13c_[X..17]     253
N13c_[N..12]     255
N..8             30 37
N..15            390[0-9] 392[0-9]
N3_N..15         391[0-9] 393[0-9]
N4               394[0-3] 8111
N6               395[0-5] 8005
N4_[X..26]       401 7023 8004
N17c             402
N3_X..9          421
N3               422 424 426
N3_[N3]_[N3]_[N3]_[N3] 423 425
X..3             427 7008
X..35            430[01] 431[01] 4320
X..70            430[2-6] 431[2-6] 7257 8110 8112 8200
X2               4307 4317
N10_N10          4309
N1               432[1-3] 7252
N6e_N4           4324 4325
N6d              4326 7006
N6_[X1]          433[0-3]
N13              7001
N6d_N4           7003
N..4             7004
X..12            7005
N6d_[N6d]        7007
X..10            7009 7255
X..2             7010
N6d_[N4]         7011
N3_X..27         703[0-9]
N1_X1_X1_X1      7040
X..4             7041
X2_X..28         723[0-9]
N2               7241
X..25            7242 8013 8014 8020
N8               7250
N8_N4            7251
X..40            7253 7254 7259
X..90            7256 9[1-9]
X3               7258
N14              8001
N14c_[X..16]     8003
N14c_N4          8006 8026
X..34            8007
N6d_N2_[N2]_[N2] 8008
X..50            8009
N4_[Y..26]       8010
N..12            8011
N18c             8017 8018
N..10            8019
Z..90            8030
N15              8040 8041
N32              8042
N18_[N..2]       8043
"""

_SETS = {
    "N": ("[0-9]", "a digit"),
    "X": ('[!"%-?A-Z_a-z]', "a character of GS1 set 82"),
    "Y": ("[#/0-9A-Z-]", "a digit, a capital, #, - or /"),
    "Z": ("[0-9A-Z_a-z=-]", "a base64url character"),
}
_PART = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)([cde]?)\]?")


class Part(Struct, frozen=True):
    """A run of characters of one set: ``least`` to ``most`` of them."""

    kind: str
    least: int
    most: int


class Ai(Struct, frozen=True, kw_only=True):
    """One Application Identifier. ``fits`` matches a whole value that has the right length and characters."""

    ai: str
    predefined: bool  # no FNC1 follows
    length: int  # of every value; 0 when it varies
    checked: int  # value[:checked] ends in a mod 10 check digit; 0 when there is none
    dates: tuple[tuple[int, bool], ...]  # where a YYMMDD begins, and whether its day may be 00
    parts: tuple[Part, ...]
    fits: Callable[[str], re.Match[str] | None]

    def fault(self, value: str, position: int) -> BadElement:
        """Why ``value`` does not fit; ``position`` is that of its AI in the text."""
        at = 0
        for part in self.parts:
            pattern, name = _SETS[part.kind]
            for character in value[at : at + part.most]:
                if not re.fullmatch(pattern, character):
                    return self._fault(f"{character!r} at place {at + 1} of {value!r} should be {name}", position)
                at += 1
        least, most = sum(p.least for p in self.parts), sum(p.most for p in self.parts)
        wanted = f"{most}" if least == most else f"{least} to {most}"
        return self._fault(f"{value!r} has {len(value)} characters, wanted {wanted}", position)

    def _fault(self, why: str, position: int) -> BadElement:
        return BadElement(f"AI ({self.ai}) at position {position}: {why}", where=self.ai, position=position)


def _expand(pattern: str) -> Iterator[str]:
    """AIs that ``31[0-6][0-5]`` stands for."""
    sets = []
    for chars, lone in re.findall(r"\[([^]]+)\]|(\d)", pattern):
        first, dash, last = chars.partition("-")
        sets.append([str(n) for n in range(int(first), int(last) + 1)] if dash else list(chars or lone))
    return ("".join(digits) for digits in product(*sets))


def _compile(form: str) -> Callable[[str], Ai]:
    """Make the maker of an Ai of this format from its number."""
    pattern, parts, dates, checked, at = "", [], [], 0, 0
    for optional, kind, up_to, number, rule in _PART.findall(form):
        most, least = int(number), 1 if up_to else int(number)
        run = f"{_SETS[kind][0]}{{{least},{most}}}"
        pattern += f"(?:{run})?" if optional else run
        parts.append(Part(kind, 0 if optional else least, most))
        if rule in {"d", "e"}:
            dates.append((at, rule == "e"))
        at += most
        checked = at if rule == "c" else checked
    fixed = all(part.least == part.most for part in parts)
    return lambda ai: Ai(
        ai=ai,
        predefined=form.startswith("*"),
        length=at if fixed else 0,
        checked=checked,
        dates=tuple(dates),
        parts=tuple(parts),
        fits=re.compile(pattern).fullmatch,
    )


def _read() -> Iterator[Ai]:
    for line in _FORMATS.strip().splitlines():
        form, *patterns = line.split()
        make = _compile(form)
        yield from (make(ai) for pattern in patterns for ai in _expand(pattern))


AIS = {spec.ai: spec for spec in _read()}
WIDTH = {ai[:2]: len(ai) for ai in AIS}  # the first two digits tell how many an AI has
