"""Master data: what is said of places, parties and kinds of goods, as elements of vocabularies (EPCIS 2.0 §6.5, §9.5).

>>> told = {"id": "urn:epc:id:sgln:6901234.00001.0", "attributes": [{"id": f"{MDA}name", "attribute": "Shop 1"}]}
>>> (shop,) = read([{"type": LOCATION, "vocabularyElementList": [told]}], "/epcisHeader/epcisMasterData/vocabularyList")
>>> shop.uri, shop.attributes
('https://id.gs1.org/414/6901234000016', [('{urn:epcglobal:cbv:mda}name', 'Shop 1')])

Pure. An element has a type, which is a vocabulary, and an id; several organisations may say something of one id, and
one may say something new: ``merged`` makes one element of what is known, the best source first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct

from zhuisu.codes import canonical, class_of, site_of
from zhuisu.epcis import company
from zhuisu.epcis.errors import BadMasterData
from zhuisu.epcis.names import split
from zhuisu.epcis.view import leaves, text
from zhuisu.events import BadEvent, EpcFormat, Event, Spelling, translated
from zhuisu.events.context import PLAIN, Context, context
from zhuisu.events.errors import shown
from zhuisu.events.values import uri as absolute

VTYPE = "urn:epcglobal:epcis:vtype:"
LOCATION, PARTY, EPC_CLASS = f"{VTYPE}Location", f"{VTYPE}Party", f"{VTYPE}EPCClass"
PLACES = (LOCATION, f"{VTYPE}BusinessLocation", f"{VTYPE}ReadPoint")
"""Types of places: a Location is what may be read point or business location (EPCIS 2.0 §7.2)."""

MDA = "urn:epcglobal:cbv:mda#"
RULE = "EPCIS 2.0 JSON schema, vocabularyList"

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


class Element(Struct, frozen=True, kw_only=True):
    """What is said of one id: ``tree`` as it was written, attribute names in full, with the ``@context`` it needs."""

    type: str
    uri: str
    tree: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.type, self.uri

    @property
    def doc(self) -> bytes:
        """The tree as JSON."""
        return _encode(self.tree)

    @property
    def attributes(self) -> list[tuple[str, str]]:
        """``{namespace}name`` and text of each value; "" for a value that is a whole object."""
        return [
            (split(told["id"]), value)
            for told in self.tree.get("attributes", ())
            for value in [text(leaf) for leaf in leaves(told.get("attribute", ""))] or [""]
        ]

    @property
    def children(self) -> list[str]:
        """Canonical ids of what lies in it."""
        return [canonical(child) for child in self.tree.get("children", ())]


def stored(type_: str, uri: str, doc: str) -> Element:
    """An element of a stored document."""
    return Element(type=type_, uri=uri, tree=_decode(doc))


def made(type_: str, uri: str, attributes: Mapping[str, Any]) -> Element:
    """An element of our own; attributes that say nothing are left out."""
    told = [{"id": name, "attribute": value} for name, value in attributes.items() if value not in (None, "")]
    return Element(type=type_, uri=uri, tree={"id": uri, **({"attributes": told} if told else {})})


def read(tree: Any, where: str, scope: Context = PLAIN, lines: Mapping[str, int] | None = None) -> list[Element]:
    """The elements of a vocabularyList, each once. Raises BadMasterData.

    ``where`` is the JSON pointer of the list, ``scope`` what the prefixes of its document mean, ``lines`` the lines of
    JSON pointers in an XML document.
    """
    reader = _Reader(scope, lines or {})
    found: dict[tuple[str, str], Element] = {}
    for element in reader.vocabularies(tree, where):
        found[element.key] = merged([found[element.key], element]) if element.key in found else element
    return list(found.values())


class _Reader:
    """One reading: what prefixes mean, and where things stand."""

    def __init__(self, scope: Context, lines: Mapping[str, int]) -> None:
        self.scope, self.lines = scope, lines

    def vocabularies(self, tree: Any, where: str) -> Iterator[Element]:
        for n, vocabulary in enumerate(self.listed(tree, where)):
            at = f"{where}/{n}"
            type_ = self.uri(self.mapped(vocabulary, at), "type", at)
            elements = f"{at}/vocabularyElementList"
            for m, element in enumerate(self.listed(vocabulary.get("vocabularyElementList", []), elements)):
                yield self.element(type_, element, f"{elements}/{m}")

    def element(self, type_: str, given: Any, where: str) -> Element:
        tree = dict(self.mapped(given, where))
        scope = self.own(tree.pop("@context", None), where)
        uri = canonical(scope.expand(self.uri(tree, "id", where)))
        for name in ("attributes", "children"):
            if not self.listed(tree.get(name, []), f"{where}/{name}"):
                tree.pop(name, None)
        for n, child in enumerate(tree.get("children", ())):
            self.uri({"id": child}, "id", f"{where}/children/{n}", leaf=False)
        if "attributes" in tree:
            attributes = enumerate(tree["attributes"])
            tree["attributes"] = [self.attribute(x, scope, f"{where}/attributes/{n}") for n, x in attributes]
        used = scope.used(_encode(tree))
        return Element(type=type_, uri=uri, tree={**({"@context": used} if used else {}), **tree})

    def attribute(self, given: Any, scope: Context, where: str) -> dict[str, Any]:
        told = self.mapped(given, where)
        name = scope.expand(self.uri(told, "id", where))
        match told.get("attribute", ""):
            case bool() | None | list() as value:
                raise self.refused(
                    f"the value is {shown(value)}", f"{where}/attribute", "give a text, number or object"
                )
            case _:
                return {**told, "id": name}

    def own(self, value: Any, where: str) -> Context:
        if value is None:
            return self.scope
        listed = value if isinstance(value, list) else [value]
        try:
            return context([*self.scope.entries, *(entry for entry in listed if entry not in self.scope.entries)])
        except BadEvent as refusal:
            raise self.refused(refusal.detail, f"{where}/@context", refusal.mend) from None

    def uri(self, tree: Mapping[str, Any], name: str, where: str, *, leaf: bool = True) -> str:
        at = f"{where}/{name}" if leaf else where
        if name not in tree:
            raise self.refused(f"{name} is missing", at, f"add {name}")
        try:
            return absolute(tree[name], PLAIN)
        except BadEvent as refusal:
            raise self.refused(refusal.detail, at, refusal.mend) from None

    def listed(self, value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise self.refused(f"a list is wanted, {shown(value)} found", where, "give a list")
        return value

    def mapped(self, value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refused(f"an object is wanted, {shown(value)} found", where, "give an object")
        return value

    def refused(self, said: str, where: str, mend: str) -> BadMasterData:
        at, line = where, 0
        while at and not line:
            line, at = self.lines.get(at, 0), at.rpartition("/")[0]
        refusal = BadMasterData(f"line {line}: {said}" if line else said, where=where, mend=mend, rule=RULE)
        if line:
            refusal.facts["line"] = line
        return refusal


def merged(said: Sequence[Element]) -> Element:
    """One element of all that is said of an id: of each attribute, and of the children, what the first says that knows.

    Where two bind one prefix differently, what the later says under a prefix is left out.
    """
    tree: dict[str, Any] = {}
    entries: list[Any] = []
    bound: dict[str, str] = {}
    for element in said:
        scope = context(element.tree.get("@context", []))
        own = {prefix: uri for prefix, uri in scope.prefixes.items() if PLAIN.prefixes.get(prefix) != uri}
        clash = any(bound.get(prefix, uri) != uri for prefix, uri in own.items())
        if not clash:
            bound |= own
            entries += [entry for entry in scope.entries if entry not in entries]
        known = {split(told["id"]) for told in tree.get("attributes", ())}
        more = [
            told
            for told in element.tree.get("attributes", ())
            if split(told["id"]) not in known
            and not (clash and set(told) - {"id"} and _is_whole(told.get("attribute")))
        ]
        rest = {name: value for name, value in element.tree.items() if name not in {"@context", "attributes"}}
        if clash:
            rest = {name: value for name, value in rest.items() if name in {"id", "children"}}
        attributes = [*tree.get("attributes", []), *more]
        tree = {**rest, **tree, **({"attributes": attributes} if attributes else {})}
    return Element(type=said[0].type, uri=said[0].uri, tree={**({"@context": entries} if entries else {}), **tree})


def _is_whole(value: Any) -> bool:
    return isinstance(value, dict)


def vocabulary_list(elements: Iterable[Element], epc: EpcFormat = EpcFormat.Never_Translates) -> list[dict[str, Any]]:
    """The elements as a vocabularyList, ids and children spelled as asked."""
    ordered = sorted(elements, key=lambda element: element.key)
    return [
        {"type": type_, "vocabularyElementList": [_spelled(element, epc) for element in some]}
        for type_, some in groupby(ordered, key=lambda element: element.type)
    ]


def _spelled(element: Element, epc: EpcFormat) -> dict[str, Any]:
    tree = dict(element.tree)
    length = partial(company.length, known=company.spoken(element.doc))
    spelling = Spelling(epc=epc, prefix_length=length)
    names = translated({"epcList": [tree["id"], *tree.get("children", ())]}, spelling)["epcList"]
    tree["id"] = names[0]
    return tree | ({"children": names[1:]} if len(names) > 1 else {})


def named(event: Event) -> set[str]:
    """The ids in an event that master data may be about: places and their sites, parties, goods and their classes."""
    places = {event.read_point, event.location, *(x.uri for x in (*event.sources, *event.destinations))}
    lists = (event.quantities, event.child_quantities, event.input_quantities, event.output_quantities)
    goods = {event.parent, *event.epcs, *event.children, *event.inputs, *event.outputs}
    goods |= {quantity.uri for found in lists for quantity in found}
    return ({*places, *map(site_of, places), *goods, *map(class_of, goods)}) - {""}
