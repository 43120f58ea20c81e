"""What stands in an EPCISHeader -> its JSON tree, master data as ``epcisMasterData``, all else by its names.

>>> header(element, names, lines)
{'sbdh:StandardBusinessDocumentHeader': {…}, 'epcisMasterData': {'vocabularyList': […]}}

Nothing in it is dropped: what has no place in the schema is refused with its line.
"""

from typing import Any

from zhuisu.events.errors import BadDocument, shown
from zhuisu.events.xml_extension import SCHEMA, add
from zhuisu.events.xml_master import LIST, anything, bare, vocabularies
from zhuisu.events.xml_names import Names
from zhuisu.events.xml_scan import Element

HEADER = "/epcisHeader"
_MASTER = f"{HEADER}/epcisMasterData"
_ONCE = frozenset({"extension", "EPCISMasterData"})


def header(element: Element, names: Names, lines: dict[str, int]) -> dict[str, Any]:
    """Tell an EPCISHeader as JSON. BadDocument with its line."""
    tree: dict[str, Any] = {}
    _fill(element, tree, names, lines)
    return tree


def _fill(element: Element, tree: dict[str, Any], names: Names, lines: dict[str, int]) -> None:
    bare(element, HEADER)
    seen: set[str] = set()
    for child in element.children:
        name = names.field(child.name)
        local = name.rpartition(":")[2]
        if (name in _ONCE or local == "StandardBusinessDocumentHeader") and name in seen:
            raise _broken(f"a second {local}", child, HEADER, f"keep one {local}")
        seen.add(name)
        if name == "extension":
            _fill(child, tree, names, lines)
        elif name == "EPCISMasterData" and "epcisMasterData" in tree:
            raise _broken(f"a second {name}", child, _MASTER, f"keep one {name}")
        elif name == "EPCISMasterData":
            tree["epcisMasterData"] = _master(child, names, lines)
        else:
            add(tree, names.member(child.name), anything(child, names))


def _master(element: Element, names: Names, lines: dict[str, int]) -> dict[str, Any]:
    """Read EPCISMasterData: one VocabularyList, and an extension for elements without a namespace."""
    bare(element, _MASTER)
    tree: dict[str, Any] = {}
    for child in element.children:
        name = names.field(child.name)
        if name not in ("VocabularyList", "extension"):
            raise _broken(f"{shown(name)} is not known here", child, _MASTER, "put it into extension, or drop it")
        if name in tree or (name == "VocabularyList" and "vocabularyList" in tree):
            raise _broken(f"a second {name}", child, _MASTER, f"keep one {name}, with all that both say")
        if name == "extension":
            tree[name] = anything(child, names)
        else:
            tree["vocabularyList"] = vocabularies(child, names, lines, LIST)
    return {"vocabularyList": [], **tree}


def _broken(said: str, element: Element, where: str, mend: str) -> BadDocument:
    return BadDocument(
        f"line {element.line}: {said}", where=where, rule=f"{SCHEMA}, EPCISHeaderType", mend=mend, line=element.line
    )
