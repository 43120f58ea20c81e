r"""Master data in XML: a VocabularyList (EPCIS 2.0 §9.5) -> the JSON tree of the same, and back, with nothing lost.

>>> tree = vocabularies(element, names, lines)
>>> tree[0]["vocabularyElementList"][0]["attributes"]
[{'id': 'urn:epcglobal:cbv:mda#name', 'attribute': 'Shop 1'}]
>>> lines["/0/vocabularyElementList/0"]
31

What XML cannot say by itself stands in the attributes of ``xml_event``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from zhuisu.events.errors import BadDocument, BadEvent, shown
from zhuisu.events.times import milliseconds
from zhuisu.events.xml_event import Writer
from zhuisu.events.xml_extension import SCHEMA, add, extension
from zhuisu.events.xml_names import OURS, QUERY, SEPARATOR, US, XSI, Names
from zhuisu.events.xml_scan import Element
from zhuisu.events.xml_text import Unsayable, ascii_json, quoted, text_of
from zhuisu.events.xml_write import DECLARED, HEAD

_XSI, _OURS = XSI + SEPARATOR, OURS + SEPARATOR
LIST = "/epcisHeader/epcisMasterData/vocabularyList"
"""Where master data stands in the JSON of a document."""
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
    bare(element, where)
    tree = _own(element, names, "type")
    for part in element.children:
        name = names.field(part.name)
        if name == "VocabularyElementList":
            _once("vocabularyElementList", tree, part)
            tree["vocabularyElementList"] = [
                _element(child, names, lines, f"{where}/vocabularyElementList/{n}")
                for n, child in enumerate(_called("VocabularyElement", part, names))
            ]
        elif ":" in name or name == "extension":
            add(tree, names.member(part.name), anything(part, names))
        else:
            raise _broken(f"{shown(name)} is not known here", part)
    return tree


def _element(element: Element, names: Names, lines: dict[str, int], where: str) -> dict[str, Any]:
    lines[where] = element.line
    bare(element, where)
    tree = _own(element, names, "id")
    for child in element.children:
        match names.field(child.name):
            case "attribute":
                told = tree.setdefault("attributes", [])
                lines[f"{where}/attributes/{len(told)}"] = child.line
                told.append(_attribute(child, names))
            case "children":
                _once("children", tree, child)
                found = _called("id", child, names)
                lines |= {f"{where}/children/{n}": one.line for n, one in enumerate(found)}
                if found:  # an empty list is as good as none, says the schema
                    tree["children"] = [one.text.strip() for one in found]
            case "extension":
                for inner in child.children:
                    add(tree, names.member(inner.name), anything(inner, names))
            case _:
                add(tree, names.member(child.name), anything(child, names))
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


def bare(element: Element, where: str) -> None:
    """Check that no text stands in an element that holds elements alone."""
    if not element.blank():
        said = f"text {shown(element.text.strip())} where only elements stand"
        raise _broken(said, element, where, "drop it, or give it an element of its own")


def _once(name: str, tree: Mapping[str, Any], element: Element) -> None:
    if name in tree:
        local = element.name.split(SEPARATOR)[-1]
        raise _broken(f"a second {local}", element, mend=f"keep one {local}, with all that both say")


def _called(name: str, element: Element, names: Names) -> list[Element]:
    bare(element, LIST)
    for child in element.children:
        if names.field(child.name) != name:
            raise _broken(f"{shown(names.field(child.name))} where {name} is wanted", child)
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


def _broken(said: str, element: Element, where: str = LIST, mend: str = "see EPCIS 2.0 §9.5") -> BadDocument:
    return BadDocument(
        f"line {element.line}: {said}",
        where=where,
        rule=f"{SCHEMA}, VocabularyListType",
        mend=mend,
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
    head = f'<epcisq:EPCISQueryDocument xmlns:epcisq="{QUERY}" {HEAD}{milliseconds(created)}"><EPCISBody>'
    told = f"<epcisq:QueryResults><queryName>{text_of(name)}</queryName><resultsBody>"
    tail = b"</resultsBody></epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>\n"
    return f"{DECLARED}{head}{told}".encode() + vocabulary_list_xml(trees) + tail


def _vocabulary_xml(tree: Mapping[str, Any]) -> str:
    elements = "".join(map(_element_xml, tree["vocabularyElementList"]))
    inner = f"<VocabularyElementList>{elements}</VocabularyElementList>" if elements else ""
    return f'<Vocabulary type="{quoted(tree["type"])}">{inner}</Vocabulary>'


def _element_xml(tree: Mapping[str, Any]) -> str:
    entries = tree.get("@context", [])
    writer = Writer(entries)
    inner = "".join(_attribute_xml(writer, told) for told in tree.get("attributes", ()))
    if children := tree.get("children"):
        inner += f"<children>{''.join(f'<id>{text_of(uri)}</id>' for uri in children)}</children>"
    rest = {name: value for name, value in tree.items() if name not in {"id", "attributes", "children", "@context"}}
    attributes, more = writer.body({}, rest)
    told = f'id="{quoted(tree["id"])}"{writer.bound(_encode(tree))}{attributes}'
    return f"<VocabularyElement {told}>{inner}{more}</VocabularyElement>"


def _attribute_xml(writer: Writer, tree: Mapping[str, Any]) -> str:
    hidden = {name: value for name, value in tree.items() if name not in {"id", "attribute"}}
    value = tree.get("attribute")
    clash = type(value) is dict and "@id" in value  # the element has an attribute of this name already
    try:
        written = writer.extension("attribute", None if clash else value)
    except Unsayable:
        clash, written = True, writer.extension("attribute", None)
    if clash:
        hidden["attribute"] = value
    writer.hide(hidden)
    told = f' {US}:more="{quoted(ascii_json(hidden))}"' if hidden else ""
    return f'<attribute id="{quoted(tree["id"])}"{told}' + written.removeprefix("<attribute")
