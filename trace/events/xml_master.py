r"""Master data in XML: a VocabularyList (EPCIS 2.0 §9.5) -> the JSON tree of the same, and back, with nothing lost.

>>> tree = vocabularies(element, names, lines)
>>> tree[0]["vocabularyElementList"][0]["attributes"]
[{'id': 'urn:epcglobal:cbv:mda#name', 'attribute': 'Shop 1'}]
>>> lines["/0/vocabularyElementList/0"]
31

What XML cannot say by itself stands in the attributes of ``xml_write``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events.errors import BadDocument, BadEvent
from zhuisu.events.times import milliseconds
from zhuisu.events.xml_names import OURS, QUERY, SEPARATOR, XSI, Names
from zhuisu.events.xml_scan import Element
from zhuisu.events.xml_tree import SCHEMA, _add, extension
from zhuisu.events.xml_write import _DECLARED, _HEAD, _US, _ascii, _quoted, _text, _Unsayable, _Writer

_XSI, _OURS = XSI + SEPARATOR, OURS + SEPARATOR
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def vocabularies(element: Element, names: Names, lines: dict[str, int], where: str = "") -> list[dict[str, Any]]:
    """Tell a VocabularyList as JSON; ``lines`` gets the line of each thing by its JSON pointer, behind ``where``."""
    return [
        _vocabulary(child, names, lines, f"{where}/{n}")
        for n, child in enumerate(_called("Vocabulary", element, names))
    ]


def _vocabulary(element: Element, names: Names, lines: dict[str, int], where: str) -> dict[str, Any]:
    lines[where] = element.line
    tree = _own(element, names, "type")
    for part in element.children:
        if names.field(part.name) == "VocabularyElementList":
            tree["vocabularyElementList"] = [
                _element(child, names, lines, f"{where}/vocabularyElementList/{n}")
                for n, child in enumerate(_called("VocabularyElement", part, names))
            ]
        else:
            tree[names.member(part.name)] = anything(part, names)
    return tree


def _element(element: Element, names: Names, lines: dict[str, int], where: str) -> dict[str, Any]:
    lines[where] = element.line
    tree = _own(element, names, "id")
    for child in element.children:
        match names.field(child.name):
            case "attribute":
                told = tree.setdefault("attributes", [])
                lines[f"{where}/attributes/{len(told)}"] = child.line
                told.append(_attribute(child, names))
            case "children":
                found = _called("id", child, names)
                lines |= {f"{where}/children/{n}": one.line for n, one in enumerate(found)}
                if found:  # an empty list is as good as none, says the schema
                    tree["children"] = [one.text.strip() for one in found]
            case "extension":
                for inner in child.children:
                    _add(tree, names.member(inner.name), anything(inner, names))
            case _:
                _add(tree, names.member(child.name), anything(child, names))
    return _single(tree, element)


def _attribute(element: Element, names: Names) -> dict[str, Any]:
    """Read one attribute. What JSON says of it beside its value stands in ``more``: ``json`` is a part of the value."""
    more = [element.attributes.pop(name) for name in list(element.attributes) if name.startswith(f"{_OURS}more")]
    tree: dict[str, Any] = {}
    if "id" in element.attributes:
        tree["id"] = element.attributes.pop("id").strip()
    match anything(element, names):
        case None:
            pass
        case bool() as value:  # JSON schema knows numbers, texts and objects here
            tree["attribute"] = "true" if value else "false"
        case value:
            tree["attribute"] = value
    for text in more:
        tree |= _hidden(text, element)
    return tree


def _own(element: Element, names: Names, name: str) -> dict[str, Any]:
    """What the attributes of an element say, ``name`` first."""
    tree: dict[str, Any] = {}
    if name in element.attributes:
        tree[name] = element.attributes[name].strip()
    for other, value in element.attributes.items():
        if other.startswith(f"{_OURS}context"):
            tree["@context"] = _listed(value, element)
        elif other.startswith(f"{_OURS}json"):
            tree |= _hidden(value, element)
        elif SEPARATOR in other and not other.startswith((_XSI, _OURS)):
            tree["@" + names.member(other)] = value
    return tree


def _single(tree: dict[str, Any], element: Element) -> dict[str, Any]:
    """Make lists of the members that are lists though single."""
    for name, value in element.attributes.items():
        if name.startswith(f"{_OURS}list"):
            for member in value.split():
                if member in tree and not isinstance(tree[member], list):
                    tree[member] = [tree[member]]
    return tree


def _called(name: str, element: Element, names: Names) -> list[Element]:
    for child in element.children:
        if names.field(child.name) != name:
            raise _broken(f"{names.field(child.name)!r:.60} where {name} is wanted", child)
    return list(element.children)


def anything(element: Element, names: Names) -> Any:
    """Read an element of anybody's outside the events."""
    try:
        return extension(element, names)
    except BadEvent as refusal:
        at = refusal.facts.get("line", element.line)
        raise BadDocument(
            f"line {at}: {refusal.detail}", rule=refusal.facts["rule"], mend=refusal.mend, line=at
        ) from None


def _hidden(text: str, element: Element) -> dict[str, Any]:
    found = _json(text, element)
    if type(found) is not dict:
        raise _broken("the attribute json is no JSON object", element)
    return found


def _listed(text: str, element: Element) -> list[Any]:
    found = _json(text, element)
    if type(found) is not list:
        raise _broken("the attribute context is no JSON list", element)
    return found


def _json(text: str, element: Element) -> Any:
    try:
        return _decode(text)
    except (msgspec.MsgspecError, ArithmeticError, RecursionError, ValueError):
        raise _broken("an attribute of ours is no JSON", element) from None


def _broken(said: str, element: Element) -> BadDocument:
    return BadDocument(
        f"line {element.line}: {said}",
        where="/epcisHeader/epcisMasterData/vocabularyList",
        rule=f"{SCHEMA}, VocabularyListType",
        mend="see EPCIS 2.0 §9.5",
        line=element.line,
    )


# And back.


def vocabulary_list_xml(trees: Iterable[Mapping[str, Any]]) -> bytes:
    """Write a VocabularyList, for a document that binds xsi, xsd and our own namespace."""
    return f"<VocabularyList>{''.join(map(_vocabulary_xml, trees))}</VocabularyList>".encode()


def master_data_xml(trees: Iterable[Mapping[str, Any]]) -> bytes:
    """Write an EPCISHeader that holds master data."""
    inner = vocabulary_list_xml(trees)
    head, tail = b"<EPCISHeader><extension><EPCISMasterData>", b"</EPCISMasterData></extension></EPCISHeader>"
    return head + inner + tail


def write_vocabularies_xml(trees: Iterable[Mapping[str, Any]], created: datetime, name: str) -> bytes:
    """Write the results of a query for master data (EPCISQueryDocument); ``created`` is aware."""
    head = f'<epcisq:EPCISQueryDocument xmlns:epcisq="{QUERY}" {_HEAD}{milliseconds(created)}"><EPCISBody>'
    told = f"<epcisq:QueryResults><queryName>{_text(name)}</queryName><resultsBody>"
    tail = b"</resultsBody></epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>\n"
    return f"{_DECLARED}{head}{told}".encode() + vocabulary_list_xml(trees) + tail


def _vocabulary_xml(tree: Mapping[str, Any]) -> str:
    elements = "".join(map(_element_xml, tree["vocabularyElementList"]))
    inner = f"<VocabularyElementList>{elements}</VocabularyElementList>" if elements else ""
    return f'<Vocabulary type="{_quoted(tree["type"])}">{inner}</Vocabulary>'


def _element_xml(tree: Mapping[str, Any]) -> str:
    entries = tree.get("@context", [])
    writer = _Writer(entries)
    inner = "".join(_attribute_xml(writer, told) for told in tree.get("attributes", ()))
    if children := tree.get("children"):
        inner += f"<children>{''.join(f'<id>{_text(uri)}</id>' for uri in children)}</children>"
    rest = {name: value for name, value in tree.items() if name not in {"id", "attributes", "children", "@context"}}
    attributes, more = writer.body({}, rest)
    bound = "".join(f' xmlns:{prefix}="{_quoted(uri)}"' for prefix, uri in writer.used.items())
    context = writer.more(_encode(tree))
    told = f' {_US}:context="{_quoted(_encode(context).decode())}"' if context else ""
    return f'<VocabularyElement id="{_quoted(tree["id"])}"{bound}{told}{attributes}>{inner}{more}</VocabularyElement>'


def _attribute_xml(writer: _Writer, tree: Mapping[str, Any]) -> str:
    hidden = {name: value for name, value in tree.items() if name not in {"id", "attribute"}}
    value = tree.get("attribute")
    clash = type(value) is dict and "@id" in value  # the element has an attribute of this name already
    try:
        written = writer.extension("attribute", None if clash else value)
    except _Unsayable:
        clash, written = True, writer.extension("attribute", None)
    if clash:
        hidden["attribute"] = value
    writer.hide(hidden)
    told = f' {_US}:more="{_quoted(_ascii(hidden))}"' if hidden else ""
    return f'<attribute id="{_quoted(tree["id"])}"{told}' + written.removeprefix("<attribute")
