"""The relation file of the platform (关联关系): which packages there are and what stands in what, as a value. Pure.

>>> upload = read(b'<Document License="1"><Relation productCode="9999999" cascade="1:5:2500"><Batch batchNo="L1" …')
>>> upload.relations[0].batches[0].codes[0]
Packed(code='80217619000000001003', layer=3, parent='', flag='0')
>>> read(write(upload)) == upload
True

Seen in the field: ``Events`` and ``Event`` around the relations or not, ``Version`` and ``version``, a ``parentCode``
that is empty or left out, dates with and without hyphens, UTF-8 and GBK. The order of codes that a value keeps is that
of the file within one level and product; larger packages come first.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from xml.sax.saxutils import quoteattr

from msgspec import Struct, structs

from zhuisu.codes import cn_drug

LAYERS = range(1, 10)
"""packLayer: 1 the smallest sold unit, each further one around it."""


class Packed(Struct, frozen=True, gc=False):
    """One package: its 20 digits, its level, the code of what it stands in or "", the platform's flag."""

    code: str
    layer: int
    parent: str = ""
    flag: str = "0"

    @property
    def product(self) -> str:
        """The seven digits of the product at its level of packaging."""
        return self.code[:7]


class Batch(Struct, frozen=True, kw_only=True):
    """What one line made of one lot."""

    number: str
    made: date
    expires: date
    workshop: str = ""
    line: str = ""
    manager: str = ""
    codes: tuple[Packed, ...] = ()


class Head(Struct, frozen=True, kw_only=True, order=True):
    """What a relation says of its product."""

    product: str
    subtype: str = ""
    cascade: str = ""
    spec: str = ""
    comment: str = ""
    linked: str = ""
    corporation: str = ""


class Relation(Struct, frozen=True, kw_only=True):
    """The batches of one product."""

    head: Head
    batches: tuple[Batch, ...]


class Upload(Struct, frozen=True, kw_only=True):
    """A whole file."""

    license: str = ""
    relations: tuple[Relation, ...]

    def batches(self) -> Iterator[tuple[Head, Batch]]:
        """Every batch with what is said of its product."""
        return ((relation.head, batch) for relation in self.relations for batch in relation.batches)


HEAD = {
    "productCode": "product",
    "subTypeNo": "subtype",
    "cascade": "cascade",
    "packageSpec": "spec",
    "comment": "comment",
    "linkProductCode": "linked",
    "assCorpCode": "corporation",
}
BATCH = {
    "batchNo": "number",
    "madeDate": "made",
    "validateDate": "expires",
    "workshop": "workshop",
    "lineName": "line",
    "lineManager": "manager",
}
CODE = {"curCode": "code", "packLayer": "layer", "parentCode": "parent", "flag": "flag"}
_SELDOM = ("linkProductCode", "assCorpCode")

is_code = cn_drug.is_drug
_CASCADE = re.compile(r"1(?::[1-9]\d{0,6}){0,8}", re.ASCII).fullmatch


def cascade(text: str) -> tuple[int, ...] | None:
    """``1:5:2500`` as numbers from the largest package down; None when it is none."""
    terms = tuple(map(int, text.split(":"))) if _CASCADE(text) else None
    return terms if terms and all(a <= b for a, b in pairwise(terms)) else None


def room(terms: tuple[int, ...], layer: int) -> int:
    """How many packages of a level one package may hold at most.

    The platform's ratio counts from the case down (1:5:2500 is 500 a can), and field software fills 2 500 into a can
    all the same: the wider reading is the limit.
    """
    return terms[len(terms) - layer]


def full(terms: tuple[int, ...], layer: int) -> int:
    """How many packages of a level a full package of the next level holds, by the narrower reading."""
    return terms[len(terms) - layer] // terms[len(terms) - layer - 1]


def normal(upload: Upload) -> Upload:
    """The order in which equal files are equal: relations by head, batches by number, codes by level and product."""
    batches: dict[Head, list[Batch]] = {}
    for head, batch in upload.batches():
        codes = sorted(batch.codes, key=lambda packed: (-packed.layer, packed.product, packed.flag))
        batches.setdefault(head, []).append(structs.replace(batch, codes=tuple(codes)))
    relations = (
        Relation(head=head, batches=tuple(sorted(batches[head], key=lambda batch: batch.number)))
        for head in sorted(batches)
    )
    return structs.replace(upload, relations=tuple(relations))


def write(upload: Upload) -> bytes:
    """The file as the platform's own programs write it: version 3.0, one code a line, attributes in their order."""
    return "".join(_lines(upload)).encode()


def _lines(upload: Upload) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:noNamespaceSchemaLocation="关联关系XML Schema-3.0.xsd"'
        f" License={_quoted(upload.license)}>\n"
        '<Events Version="3.0">\n<Event Name="RelationCreate">\n'
    )
    for relation in upload.relations:
        yield f"<Relation{_attributes(relation.head, HEAD)}>\n"
        for batch in relation.batches:
            yield f"<Batch{_attributes(batch, BATCH)}>\n"
            for packed in batch.codes:
                yield f"<Code{_attributes(packed, CODE)}/>\n"
            yield "</Batch>\n"
        yield "</Relation>\n"
    yield "</Event>\n</Events>\n</Document>\n"


def _attributes(value: Struct, names: dict[str, str]) -> str:
    said = ((name, str(getattr(value, field))) for name, field in names.items())
    return "".join(f" {name}={_quoted(text)}" for name, text in said if text or name not in (*_SELDOM, "parentCode"))


def _quoted(text: str) -> str:
    return quoteattr(text, {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
