"""Parts of a code, and forms: a pattern whose groups tile the text, with what each group is.

>>> form = Form(r"(86)(9)", Field("国家", "country"), Field("药品", "drugs"))
>>> [(part.text, part.name.en) for part in form("869")]
[('86', 'country'), ('9', 'drugs')]
"""

import re
from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from zhuisu.codes.text import Words

Udi = Literal["", "di", "pi"]
Parts = tuple["Part", ...]


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run of characters and what it is; the texts of ``parts``, where there are any, make up ``text``.

    ``udi`` says which half of a unique device identification it is, device or production identifier: with GS1 elements
    only if the goods are a medical device, which no digit tells.
    """

    text: str
    name: Words
    means: Words | None = None
    rule: str = ""
    udi: Udi = ""
    parts: tuple["Part", ...] = ()


class Field:
    """What one group of a form is. ``means`` says its value in words, ``within`` are forms of its own parts."""

    def __init__(
        self,
        zh: str,
        en: str,
        *,
        means: Callable[[str], Words | None] = lambda _: None,
        rule: str = "",
        udi: Udi = "",
        within: "Sequence[Form]" = (),
    ) -> None:
        self.name = Words(zh, en)
        self._means = means
        self._rule = rule
        self._udi: Udi = udi
        self._within = within

    def __call__(self, text: str) -> Part:
        """Part of this text."""
        parts = first(self._within, text)
        return Part(text=text, name=self.name, means=self._means(text), rule=self._rule, udi=self._udi, parts=parts)


dot = Field("分隔符", "separator")


class Form:
    """Fields left to right. Called with a text it gives its parts, none when the text is of another form."""

    def __init__(self, pattern: str, *fields: Field, rule: str = "") -> None:
        self._match = re.compile(pattern, re.ASCII | re.IGNORECASE).fullmatch
        self._fields = fields
        self._rule = rule
        assert re.compile(pattern).groups == len(fields), pattern

    def __call__(self, text: str) -> Parts:
        """Parts of this text, empty groups left out; none when it is of another form."""
        found = self._match(text)
        if found is None:
            return ()
        parts = (field(group) for field, group in zip(self._fields, found.groups(), strict=True) if group)
        return tuple(part if part.rule or part.name == dot.name else replace(part, rule=self._rule) for part in parts)


def first(forms: Sequence[Form], text: str) -> Parts:
    """Parts by the first form that fits; none when none does."""
    return next((parts for form in forms if (parts := form(text))), ())


def choice(**known: tuple[str, str]) -> Callable[[str], Words | None]:
    """Meaning by value; a leading underscore lets digits be names: ``choice(A=(zh, en), _1=(zh, en))``."""
    table = {name.removeprefix("_"): Words(*said) for name, said in known.items()}
    return table.get
