"""The SimpleMasterDataQuery as a value: its parameters (EPCIS 1.2 §8.2.7.2, which EPCIS 2.0 left without an address).

>>> ask = parse("vocabularyName=Location&WD_name=urn:epc:id:sgln:6901234.00001.0&HASATTR=cbvmda:name&perPage=50")
>>> ask.types, ask.has
(('urn:epcglobal:epcis:vtype:Location',), ('{urn:epcglobal:cbv:mda}name',))

Lists are ``a|b`` or a key given twice. ``includeAttributes`` and ``includeChildren`` are true unless they are false.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from zhuisu.epcis.errors import BadParameter, UnknownParameter
from zhuisu.epcis.filters import MOST_COUNT, MOST_VALUES, PER_PAGE, per_page
from zhuisu.epcis.master import VTYPE, Element
from zhuisu.epcis.names import KNOWN, qualified
from zhuisu.epcis.operands import boolean, code
from zhuisu.events.context import PREFIXES

LISTS = ("vocabularyName", "EQ_name", "WD_name", "HASATTR", "attributeNames")
FLAGS = ("includeAttributes", "includeChildren", "includeHistory")
_SINGLE = (*FLAGS, "maxElementCount", "perPage", "nextPageToken")
PARAMETERS = (*LISTS, "EQATTR_{attribute}", *_SINGLE)


class Ask(Struct, frozen=True, kw_only=True):
    """What is asked. None asks for nothing; attribute names are ``{namespace}name``, ids canonical.

    ``history``: every statement for itself, with who made it and when, and nothing of the registers.
    """

    types: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    within: tuple[str, ...] | None = None
    has: tuple[str, ...] | None = None
    equal: dict[str, tuple[str, ...]] = {}
    only: tuple[str, ...] | None = None
    attributes: bool = True
    children: bool = True
    history: bool = False
    most: int | None = None
    per_page: int = PER_PAGE
    token: str = ""

    @property
    def subject(self) -> bytes:
        """What makes two queries pages of one list."""
        return msgspec.json.encode([self.types, self.names, self.within, self.has, self.equal, self.history])

    def fits(self, element: Element) -> bool:
        """Whether an element has the attributes asked for (HASATTR, EQATTR_)."""
        said = element.attributes
        names = {name for name, _ in said}
        return (self.has is None or not names.isdisjoint(self.has)) and all(
            any(found == name and text in texts for found, text in said) for name, texts in self.equal.items()
        )

    def cut(self, element: Element) -> Element:
        """The element as far as it is asked for (includeAttributes, attributeNames, includeChildren)."""
        tree = dict(element.tree)
        if not self.children:
            tree.pop("children", None)
        told = tree.pop("attributes", [])
        if self.only is not None:
            told = [one for one in told if (qualified(one["id"], PREFIXES) or one["id"]) in self.only]
        if told and self.attributes:
            tree["attributes"] = told
        return Element(type=element.type, uri=element.uri, tree=tree)


def parse(query_string: str, prefixes: Mapping[str, str] = KNOWN) -> Ask:
    """The query of a URL; ``prefixes`` are those that its request bound. Raises UnknownParameter, BadParameter."""
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, errors="strict", max_num_fields=MOST_VALUES)
    except ValueError as error:  # bad UTF-8 among them
        raise BadParameter(f"the query cannot be read: {error}", where="query", mend="percent-encode UTF-8") from None
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).extend([text] if name in _SINGLE else text.split("|"))
    found: dict[str, Any] = {}
    equal: dict[str, tuple[str, ...]] = {}
    for name, texts in given.items():
        if any(not text or "\0" in text for text in (name, *texts)):
            where = name.replace("\0", "")[:80]
            raise BadParameter("no value, or a NUL character", where=where, mend="give it a value, or leave it out")
        if attribute := _attribute(name, prefixes):
            equal[attribute] = tuple(texts)
            continue
        if name in _SINGLE and len(texts) != 1:
            raise BadParameter(f"{name} takes one value, {len(texts)} are given", where=name, mend="give one")
        found |= _read(name, texts, prefixes)
    return Ask(equal=equal, **found)


def _attribute(name: str, prefixes: Mapping[str, str]) -> str:
    """The attribute that an EQATTR_ asks about, "" for other parameters; EQ_ATTR_ is its other spelling."""
    for head in ("EQATTR_", "EQ_ATTR_"):
        if name.startswith(head) and len(name) > len(head):
            written = name.removeprefix(head)
            return qualified(written, prefixes) or written
    return ""


def _read(name: str, texts: list[str], prefixes: Mapping[str, str]) -> dict[str, Any]:
    match name:
        case "vocabularyName":
            return {"types": tuple(text if ":" in text else VTYPE + text for text in texts)}
        case "EQ_name" | "WD_name":
            return {"names" if name == "EQ_name" else "within": tuple(_at(name, code, text) for text in texts)}
        case "HASATTR" | "attributeNames":
            found = tuple(qualified(text, prefixes) or text for text in texts)
            return {"has" if name == "HASATTR" else "only": found}
        case "includeAttributes" | "includeChildren" | "includeHistory":
            return {name.removeprefix("include").lower(): _at(name, boolean, texts[0]) == "true"}
        case "maxElementCount":
            return {"most": _count(name, texts[0], MOST_COUNT)}
        case "perPage":
            return {"per_page": per_page(texts[0])}
        case "nextPageToken":
            return {"token": texts[0]}
        case _:
            raise UnknownParameter(
                f"{name!r:.80} is no parameter of a query for master data",
                where=name[:80],
                mend="see parameters",
                parameters=list(PARAMETERS),
            )


def _at(name: str, read: Any, text: str) -> str:
    try:
        return str(read(text))
    except BadParameter as error:
        raise BadParameter(error.detail, where=name, mend=error.mend, **error.facts) from None


def _count(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and 1 <= int(text) <= most):
        raise BadParameter(f"{name} is a number from 1 to {most}", where=name, mend=f"give 1 to {most}")
    return int(text)
