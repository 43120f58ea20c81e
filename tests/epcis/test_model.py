"""The query door against the standard's table: random events, random combinations of parameters, over the real database.

What should come back is worked out below from the documents alone, in the plainest Python, without a line of the service:
``passes`` reads like the table of EPCIS 2.0 §8.2.7.1. Master data is told, and told anew, in the headers of the documents.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

NS = "https://example.org/ns"
CONTEXT = ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"ex": f"{NS}/"}]
START = datetime.fromisoformat("2026-05-01T00:00:00+00:00")

# Each thing in the two spellings that are one (Tag Data Standard), GS1 keys of two companies and two classes each.
EPCS = {
    f"urn:epc:id:sgtin:{company}.{item}.{serial}": f"https://id.gs1.org/01/{gtin}/21/{serial}"
    for company, item, gtin in (
        ("4012345", "011111", "04012345111118"),
        ("4012345", "022222", "04012345222227"),
        ("6901234", "056789", "06901234567892"),
    )
    for serial in ("1", "2", "3")
} | {
    "urn:epc:id:sscc:4012345.0000000001": "https://id.gs1.org/00/040123450000000016",
    "urn:x:thing:1": "urn:x:thing:1",
}
CLASSES = {
    "urn:epc:class:lgtin:4012345.011111.L1": "https://id.gs1.org/01/04012345111118/10/L1",
    "urn:epc:idpat:sgtin:4012345.022222.*": "https://id.gs1.org/01/04012345222227",
    "urn:x:class:1": "urn:x:class:1",
}
PLACES = {
    "urn:epc:id:sgln:4012345.00005.0": "https://id.gs1.org/414/4012345000054",
    "urn:epc:id:sgln:4012345.00005.7": "https://id.gs1.org/414/4012345000054/254/7",
    "urn:epc:id:sgln:4012345.00005.77": "https://id.gs1.org/414/4012345000054/254/77",
    "urn:x:place": "urn:x:place",
}
SITES = ["urn:x:site:1", "urn:x:site:2", "urn:x:site:3"]
PARENT_CLASS = "urn:epc:idpat:sgtin:4012345.011111.*"  # of the lot in CLASSES
PATTERNS: dict[str, Callable[[str], bool]] = {
    "urn:epc:idpat:sgtin:4012345.011111.*": lambda uri: uri.startswith("https://id.gs1.org/01/04012345111118/21/"),
    "urn:epc:idpat:sgtin:4012345.*.*": lambda uri: uri.startswith("https://id.gs1.org/01/04012345") and "/21/" in uri,
    "urn:epc:idpat:sgtin:*.*.*": lambda uri: uri.startswith("https://id.gs1.org/01/") and "/21/" in uri,
    "urn:epc:idpat:sscc:4012345.*": lambda uri: uri.startswith("https://id.gs1.org/00/0401234500"),
}
ONE = {**EPCS, **CLASSES, **PLACES}
VTYPE = "urn:epcglobal:epcis:vtype:"
ATTRIBUTES = {"ex:grade": f"{NS}/grade", "ex:size": f"{NS}#size", "cbvmda:name": "urn:epcglobal:cbv:mda#name"}
ABOUT = ("readPoint", "bizLocation", "epcClass", "source", "destination", "ex:ref")
Told = dict[str, dict[str, Any]]  # canonical id -> the children and the attributes that hold
STEPS = ["shipping", "receiving", "packing", "urn:x:step"]
DISPOSITIONS = ["active", "in_transit", "urn:x:disposition"]
CBV = "https://ref.gs1.org/cbv/"
TEXTS = ["red", "blue", "007", "7"]
UNITS = ["KGM", "CEL"]
QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def one(uri: str) -> str:
    return ONE.get(uri, uri)


def moment(rng: random.Random) -> str:
    return (START + timedelta(minutes=rng.randrange(0, 600))).isoformat().replace("+00:00", "Z")


def some(rng: random.Random, pool: Any, most: int = 2) -> list[Any]:
    pool = list(pool)
    return rng.sample(pool, rng.randint(1, min(most, len(pool))))


def maybe(rng: random.Random, chance: float = 0.5) -> bool:
    return rng.random() < chance


def value(rng: random.Random) -> Any:
    return rng.choice([*TEXTS, 1, 2, 2.5, True, moment(rng), ["red", 3]])


def extensions(rng: random.Random, depth: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = {f"ex:{name}": value(rng) for name in ("a", "b") if maybe(rng, 0.4)}
    if depth and maybe(rng, 0.4):
        found["ex:box"] = extensions(rng, depth - 1) | {"ex:a": value(rng)}
    return found


def quantities(rng: random.Random) -> list[dict[str, Any]]:
    return [
        {"epcClass": uri}
        | ({"quantity": rng.choice([1, 2, 2.5])} if maybe(rng, 0.8) else {})
        | ({"uom": rng.choice(UNITS)} if maybe(rng) else {})
        for uri in some(rng, CLASSES)
    ]


def sensors(rng: random.Random) -> list[dict[str, Any]]:
    report: dict[str, Any] = {"type": rng.choice(["Temperature", "RelativeHumidity"]), **extensions(rng)}
    for name in ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue", "percRank"):
        if maybe(rng):
            report[name] = rng.choice([1, 2.5, 4])
    if maybe(rng, 0.8):
        report["uom"] = rng.choice(UNITS)
    for name, pool in {
        "stringValue": TEXTS, "booleanValue": [True, False], "hexBinaryValue": ["0a", "FF"], "uriValue": ["urn:x:u"],
        "microorganism": ["urn:x:m"], "chemicalSubstance": ["urn:x:c"], "deviceID": ["urn:x:d1", "urn:x:d2"],
        "time": [moment(rng)],
    }.items():  # fmt: skip
        if maybe(rng, 0.3):
            report[name] = rng.choice(pool)
    metadata = {"startTime": moment(rng), "deviceID": "urn:x:d1", "bizRules": "urn:x:r", **extensions(rng)}
    return [{"sensorReport": [report], **({"sensorMetadata": metadata} if maybe(rng) else {}), **extensions(rng)}]


def event(rng: random.Random, number: int) -> dict[str, Any]:
    kind = rng.choice(
        ["ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent", "ex:Own"]
    )
    tree: dict[str, Any] = {
        "type": kind,
        "eventID": f"urn:t:{number}",
        "eventTime": moment(rng),
        "eventTimeZoneOffset": "+08:00",
        **extensions(rng, 2),
        **({"ex:ref": rng.choice([*SITES, "urn:x:place"])} if maybe(rng, 0.3) else {}),
    }
    if kind != "TransformationEvent":
        tree["action"] = rng.choice(["ADD", "OBSERVE", "DELETE"])
    match kind:
        case "ObjectEvent":
            tree["epcList"] = some(rng, EPCS)
            if maybe(rng):
                tree["quantityList"] = quantities(rng)
            if tree["action"] == "ADD" and maybe(rng):
                tree["ilmd"] = extensions(rng, 2) | {"cbvmda:lotNumber": rng.choice(TEXTS)}
        case "AggregationEvent" | "AssociationEvent":
            tree |= {"parentID": rng.choice([*EPCS]), "childEPCs": some(rng, EPCS)}
            if maybe(rng):
                tree["childQuantityList"] = quantities(rng)
        case "TransactionEvent":
            tree |= {"epcList": some(rng, EPCS), "bizTransactionList": []}
            if maybe(rng):
                tree["parentID"] = rng.choice([*EPCS])
            for uri in some(rng, ["urn:x:p1", "urn:x:p2"]):
                tree["bizTransactionList"].append({"type": rng.choice(["po", "desadv"]), "bizTransaction": uri})
        case "ex:Own":
            fields = {
                "parentID": rng.choice([*EPCS]),
                "transformationID": "urn:x:t1",
                "own": 1,
                "quantityList": quantities(rng),
            }
            fields |= dict.fromkeys(("epcList", "childEPCs", "inputEPCList"), some(rng, EPCS))
            tree |= {name: value for name, value in fields.items() if maybe(rng)}
        case _:
            tree |= {"inputEPCList": some(rng, EPCS), "outputEPCList": some(rng, EPCS)}
            tree |= {"inputQuantityList": quantities(rng)} if maybe(rng) else {}
            tree |= {"outputQuantityList": quantities(rng)} if maybe(rng) else {}
            tree |= {"transformationID": rng.choice(["urn:x:t1", "urn:x:t2"])} if maybe(rng) else {}
    if maybe(rng, 0.8):
        tree["bizStep"] = rng.choice([*STEPS, f"{CBV}BizStep-shipping", f"{CBV}BizStep-packing"])
    if maybe(rng):
        tree["disposition"] = rng.choice([*DISPOSITIONS, f"{CBV}Disp-active"])
    if maybe(rng, 0.3):
        tree["persistentDisposition"] = {rng.choice(["set", "unset"]): some(rng, DISPOSITIONS)}
    for name in ("readPoint", "bizLocation"):
        if maybe(rng):
            tree[name] = {"id": rng.choice([*PLACES, *SITES]), **extensions(rng)}
    for name, field in (("sourceList", "source"), ("destinationList", "destination")):
        if maybe(rng, 0.3):
            kind_of = rng.choice(["owning_party", "location"])
            tree[name] = [{"type": kind_of, field: rng.choice([*PLACES])}]
    if maybe(rng, 0.3):
        tree["sensorElementList"] = sensors(rng)
    if maybe(rng, 0.2):
        tree["errorDeclaration"] = {"declarationTime": moment(rng), **extensions(rng)}
        tree["errorDeclaration"] |= {"reason": rng.choice(["did_not_occur", "incorrect_data"])} if maybe(rng) else {}
        tree["errorDeclaration"] |= {"correctiveEventIDs": ["urn:t:0"]} if maybe(rng) else {}
    return tree


def header(rng: random.Random) -> list[dict[str, Any]]:
    """Master data of some things, in any of their spellings: what lies in them, and attributes."""
    subjects = {"Location": [*PLACES, *PLACES.values(), *SITES], "EPCClass": [*CLASSES, PARENT_CLASS]}
    found = []
    for kind, pool in subjects.items():
        elements: dict[str, dict[str, Any]] = {}
        for uri in some(rng, pool, 3):
            children = some(rng, [*PLACES, *SITES]) if kind == "Location" and maybe(rng) else []
            told = [
                {"id": full, "attribute": rng.choice([*TEXTS, 7, 2.5])} for full in ATTRIBUTES.values() if maybe(rng)
            ]
            element = {"id": uri, **({"children": children} if children else {})}
            elements[class_or_place(uri)] = element | ({"attributes": told} if told else {})
        found.append({"type": VTYPE + kind, "vocabularyElementList": [*elements.values()]})
    return found


def class_or_place(uri: str) -> str:
    return "https://id.gs1.org/01/04012345111118" if uri == PARENT_CLASS else one(uri)


def learn(told: Told, vocabularies: list[dict[str, Any]]) -> None:
    """The last word on each thing holds."""
    short = {full: name for name, full in ATTRIBUTES.items()}
    for element in (element for vocabulary in vocabularies for element in vocabulary["vocabularyElementList"]):
        told[class_or_place(element["id"])] = {
            "children": [one(child) for child in element.get("children", [])],
            "attributes": {short[x["id"]]: str(x["attribute"]) for x in element.get("attributes", [])},
        }


# What should come back.


def bare(word: str) -> str:
    for head in (f"{CBV}BizStep-", f"{CBV}Disp-", "urn:epcglobal:cbv:bizstep:", "urn:epcglobal:cbv:disp:"):
        word = word.removeprefix(head)
    return word


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text[:4].isdecimal() and "T" in text else None


def holds(op: str, found: Any, asked: str) -> bool:
    """A field's value beside a parameter's."""
    if isinstance(found, list):
        return any(holds(op, item, asked) for item in found)
    if isinstance(found, dict):
        return False
    if isinstance(found, bool):
        return op == "EQ" and asked == str(found).lower()
    pair: tuple[Any, Any] | None
    if isinstance(found, str):
        if op == "EQ" and found == asked:
            return True
        if instant(asked):
            pair = (instant(found), instant(asked)) if instant(found) else None
        elif op == "EQ" or number(found) is None or number(asked) is None:
            pair = None
        else:
            pair = number(found), number(asked)
    else:
        pair = (float(found), number(asked)) if number(asked) is not None else None
    if pair is None:
        return False
    left, right = pair
    return {"EQ": left == right, "GT": left > right, "GE": left >= right, "LT": left < right, "LE": left <= right}[op]


def top(holder: dict[str, Any], name: str) -> list[Any]:
    return [holder[name]] if name in holder else []


def below(holder: Any, name: str) -> Iterator[Any]:
    if isinstance(holder, list):
        for item in holder:
            yield from below(item, name)
    if isinstance(holder, dict):
        for key, inside in holder.items():
            if key == name:
                yield inside
            yield from below(inside, name)


def reports(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [report for element in tree.get("sensorElementList", []) for report in element["sensorReport"]]


def metadata(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [e["sensorMetadata"] for e in tree.get("sensorElementList", []) if "sensorMetadata" in e]


HOLDERS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "": lambda tree: [tree],
    "ILMD_": lambda tree: top(tree, "ilmd"),
    "ERROR_DECLARATION_": lambda tree: top(tree, "errorDeclaration"),
    "SENSORELEMENT_": lambda tree: tree.get("sensorElementList", []),
    "SENSORMETADATA_": metadata,
    "SENSORREPORT_": reports,
    "readPoint_": lambda tree: top(tree, "readPoint"),
    "bizLocation_": lambda tree: top(tree, "bizLocation"),
}


def listed(tree: dict[str, Any], *names: str) -> list[str]:
    return [
        one(uri)
        for name in names
        for uri in ([tree[name]] if name == "parentID" and name in tree else tree.get(name, []))
    ]


def within(place: str, sites: list[str]) -> bool:
    return any(place == one(site) or place.startswith(one(site) + "/254/") for site in sites)


def lying_in(sites: list[str], told: Told) -> list[str]:
    """The sites and all that is said to lie in them, or in parts of them, however deep."""
    found, left = set[str](), [one(site) for site in sites]
    while left:
        site = left.pop()
        if site not in found:
            found.add(site)
            left += [child for uri, said in told.items() if within(uri, [site]) for child in said["children"]]
    return [*found]


def about(tree: dict[str, Any], field: str) -> list[str]:
    """What a field names."""
    match field:
        case "readPoint" | "bizLocation":
            return [one(tree[field]["id"])] if field in tree else []
        case "epcClass":
            return [one(q["epcClass"]) for n in QUANTITIES for q in tree.get(n, [])]
        case "source" | "destination":
            return [one(x[field]) for x in tree.get(f"{field}List", [])]
        case _:
            return top(tree, field)


def attributes(uri: str, told: Told) -> dict[str, str]:
    """Of a part what is said of the whole, of a lot what is said of its class, unless it has a word of its own."""
    found: dict[str, str] = {}
    for source in (uri, uri.partition("/254/")[0], uri.partition("/10/")[0]):
        found = {**told.get(source, {}).get("attributes", {}), **found}
    return found


def is_said(tree: dict[str, Any], name: str, asked: list[str], told: Told) -> bool:
    """HASATTR_ and EQ_ATTR_."""
    if name.startswith("HASATTR_"):
        named = about(tree, name.removeprefix("HASATTR_"))
        return any(attribute in asked for uri in named for attribute in attributes(uri, told))
    field, _, wanted = name.removeprefix("EQ_ATTR_").rpartition("_")
    return any(attributes(uri, told).get(wanted) in asked for uri in about(tree, field))


def matched(found: list[str], asked: list[str]) -> bool:
    return any(PATTERNS[text](uri) if text in PATTERNS else uri == one(text) for text in asked for uri in found)


def passes(tree: dict[str, Any], name: str, asked: list[str], told: Told) -> bool:
    """One parameter of the table."""
    op, _, field = name.partition("_")
    if "ATTR_" in name:
        return is_said(tree, name, asked, told)
    if "ex:" in field or "cbvmda:" in field:
        inner = field.startswith("INNER_")
        field = field.removeprefix("INNER_")
        part = next(part for part in sorted(HOLDERS, reverse=True) if field.startswith(part))
        field = field.removeprefix(part)
        found: list[Any] = []
        for holder in HOLDERS[part](tree):
            if inner:
                found += [x for key, inside in holder.items() if ":" in key for x in below(inside, field)]
            else:
                found += top(holder, field)
        return bool(found) if op == "EXISTS" else any(holds(op, x, text) for x in found for text in asked)
    if field.rpartition("_")[0] in {"quantity", "value", "minValue", "maxValue", "meanValue", "sDev", "percValue"}:
        field, _, uom = field.rpartition("_")
        if field == "quantity":
            found = [q[field] for n in QUANTITIES for q in tree.get(n, []) if "quantity" in q and q.get("uom") == uom]
        else:
            found = [report[field] for report in reports(tree) if field in report and report.get("uom") == uom]
        return any(holds(op, x, text) for x in found for text in asked)
    declaration = tree.get("errorDeclaration")
    match name:
        case "eventType":
            return tree["type"].replace("ex:", f"{NS}/") in asked
        case "GE_eventTime" | "LT_eventTime":
            return holds(op, tree["eventTime"], asked[0])
        case "EQ_action":
            return tree.get("action") in asked
        case "EQ_bizStep" | "EQ_disposition":
            return field in tree and bare(tree[field]) in map(bare, asked)
        case "EQ_persistentDisposition_set" | "EQ_persistentDisposition_unset":
            return any(x in asked for x in tree.get("persistentDisposition", {}).get(field.rpartition("_")[2], []))
        case "EQ_readPoint" | "EQ_bizLocation":
            return field in tree and one(tree[field]["id"]) in map(one, asked)
        case "WD_readPoint" | "WD_bizLocation":
            return field in tree and within(one(tree[field]["id"]), lying_in(asked, told))
        case "EQ_transformationID":
            return tree.get("transformationID") in asked
        case "MATCH_epc":
            return matched(listed(tree, "epcList", "childEPCs"), asked)
        case "MATCH_parentID":
            return matched(listed(tree, "parentID"), asked)
        case "MATCH_inputEPC":
            return matched(listed(tree, "inputEPCList"), asked)
        case "MATCH_outputEPC":
            return matched(listed(tree, "outputEPCList"), asked)
        case "MATCH_anyEPC":
            return matched(listed(tree, "parentID", "epcList", "childEPCs", "inputEPCList", "outputEPCList"), asked)
        case "MATCH_epcClass" | "MATCH_inputEPCClass" | "MATCH_outputEPCClass" | "MATCH_anyEPCClass":
            lists = {"epcClass": QUANTITIES[:2], "inputEPCClass": QUANTITIES[2:3], "outputEPCClass": QUANTITIES[3:]}
            found = [one(q["epcClass"]) for n in lists.get(field, QUANTITIES) for q in tree.get(n, [])]
            return any(uri in map(one, asked) for uri in found)
        case "EQ_eventID":
            return tree["eventID"] in asked
        case "EXISTS_errorDeclaration":
            return declaration is not None
        case "GE_errorDeclarationTime" | "LT_errorDeclarationTime":
            return declaration is not None and holds(op, declaration["declarationTime"], asked[0])
        case "EQ_errorReason":
            return declaration is not None and declaration.get("reason") in asked
        case "EQ_correctiveEventID":
            return declaration is not None and any(x in asked for x in declaration.get("correctiveEventIDs", []))
        case "EXISTS_sensorElementList":
            return "sensorElementList" in tree
        case "EQ_hexBinaryValue":
            return any(report.get(field, "").upper() in [x.upper() for x in asked] for report in reports(tree))
        case _ if field.partition("_")[0] in {"bizTransaction", "source", "destination"}:
            field, _, kind = field.partition("_")
            return any(x.get("type") == kind and one(x[field]) in map(one, asked) for x in tree.get(f"{field}List", []))
        case _ if field == "quantity":
            found = [q[field] for n in QUANTITIES for q in tree.get(n, []) if field in q]
            return any(holds(op, x, text) for x in found for text in asked)
        case _:  # a field of sensorMetadata or sensorReport by its own name
            found = [holder[field] for holder in metadata(tree) + reports(tree) if field in holder]
            return any(holds(op, x, text) for x in found for text in asked)


# What is asked.


def parameter(rng: random.Random, size: int) -> tuple[str, list[str]]:
    fixed: dict[str, Any] = {
        "eventType": ["ObjectEvent", "AggregationEvent", "TransformationEvent", f"{NS}/Own"],
        "EQ_action": ["ADD", "OBSERVE", "DELETE"],
        "EQ_bizStep": [*STEPS, f"{CBV}BizStep-shipping"],
        "EQ_disposition": DISPOSITIONS,
        "EQ_persistentDisposition_set": DISPOSITIONS,
        "EQ_persistentDisposition_unset": DISPOSITIONS,
        **{f"EQ_{field}": ONE_OF_PLACES for field in ("readPoint", "bizLocation")},
        "EQ_transformationID": ["urn:x:t1", "urn:x:t2"],
        **{f"MATCH_{x}": ONE_OF_EPCS for x in ("epc", "parentID", "inputEPC", "outputEPC", "anyEPC")},
        **{f"MATCH_{x}": ONE_OF_CLASSES for x in ("epcClass", "inputEPCClass", "outputEPCClass", "anyEPCClass")},
        "EQ_eventID": [f"urn:t:{n}" for n in range(size)],
        "EQ_errorReason": ["did_not_occur", "incorrect_data"],
        "EQ_correctiveEventID": ["urn:t:0", "urn:t:1"],
        "EQ_bizTransaction_po": ["urn:x:p1", "urn:x:p2"],
        "EQ_source_owning_party": ONE_OF_PLACES,
        "EQ_destination_location": ONE_OF_PLACES,
        "EQ_quantity": ["1", "2.50"],
        "EQ_quantity_KGM": ["1", "2"],
        "EQ_value_CEL": ["1", "2.5"],
        "EQ_type": ["Temperature"],
        "EQ_deviceID": ["urn:x:d1", "urn:x:d2"],
        "EQ_bizRules": ["urn:x:r"],
        "EQ_stringValue": TEXTS,
        "EQ_hexBinaryValue": ["0A", "ff"],
        "EQ_uriValue": ["urn:x:u"],
        "EQ_microorganism": ["urn:x:m"],
        "EQ_chemicalSubstance": ["urn:x:c"],
    }  # fmt: skip
    match rng.randrange(13):
        case 10:
            return f"HASATTR_{rng.choice(ABOUT)}", some(rng, ATTRIBUTES)
        case 11:
            return f"EQ_ATTR_{rng.choice(ABOUT)}_{rng.choice([*ATTRIBUTES])}", some(rng, [*TEXTS, "2.5", "5"])
        case 12:
            return f"WD_{rng.choice(['readPoint', 'bizLocation'])}", some(rng, [*ONE_OF_PLACES, *SITES])
        case 0:
            return rng.choice(["EXISTS_errorDeclaration", "EXISTS_sensorElementList"]), [""]
        case 1:
            bound = rng.choice(["GE", "LT"])
            field = rng.choice(["eventTime", "eventTime", "errorDeclarationTime", "time", "startTime"])
            return f"{bound}_{field}", [moment(rng)]
        case 2:
            field = rng.choice(["quantity", "quantity_KGM", *(f"{x}_{u}" for x in MEASURES for u in UNITS), "percRank"])
            return f"{rng.choice(ORDER)}_{field}", [rng.choice(["1", "2", "2.5", "4"])]
        case 3 | 4 | 5:
            op = rng.choice(["EQ", "EQ", "EXISTS", *ORDER])
            inner, part = rng.choice(["", "INNER_"]), rng.choice([*HOLDERS, "", "ILMD_"])
            name = f"{op}_{inner}{part}{rng.choice(['ex:a', 'ex:b', 'ex:box'])}"
            if op == "EQ":
                return name, [
                    str(x).lower() if isinstance(x, bool) else str(x) for x in [*some(rng, [*TEXTS, 1, 2.5, True])]
                ]
            return name, [""] if op == "EXISTS" else [rng.choice(["1", "2", "7", moment(rng)])]
        case 6:
            return "EQ_booleanValue", [rng.choice(["true", "false"])]
        case _:
            name = rng.choice([*fixed])
            return name, [str(x) for x in some(rng, fixed[name], 3)]


ORDER = ["GT", "GE", "LT", "LE"]
MEASURES = ["value", "minValue", "maxValue", "meanValue", "sDev", "percValue"]
ONE_OF_PLACES = [*PLACES, *PLACES.values()]
ONE_OF_EPCS = [*EPCS, *EPCS.values(), *PATTERNS]
ONE_OF_CLASSES = [*CLASSES, *CLASSES.values()]


class Door:
    """The service over HTTP, asked by one who may see everything."""

    def __init__(self, http: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.http, self.headers = http, headers | {"GS1-Extensions": f"ex={NS}"}

    async def capture(self, events: list[dict[str, Any]], vocabularies: list[dict[str, Any]]) -> None:
        body: dict[str, Any] = {"@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0"}
        body |= {"epcisHeader": {"epcisMasterData": {"vocabularyList": vocabularies}}} if vocabularies else {}
        body |= {"creationDate": "2026-05-01T00:00:00Z", "epcisBody": {"eventList": events}}
        answer = await self.http.post("/epcis/capture", json=body, headers=self.headers)
        assert answer.status_code == 202, answer.text
        job = (await self.http.get(answer.headers["Location"], headers=self.headers)).json()
        assert (job["running"], job["success"]) == (False, True), job

    async def ask(self, query: str) -> list[dict[str, Any]]:
        """All events of all pages."""
        found: list[dict[str, Any]] = []
        url = f"/epcis/events?{query}"
        while url:
            answer = await self.http.get(url, headers=self.headers)
            assert answer.status_code == 200, (query, answer.text)
            found += answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
            url = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
        return found


async def explore(door: Door, seed: int, *, worlds: int, questions: int) -> None:
    """Worlds grow into one another; each is asked some questions, the answer read in pages of random size."""
    rng = random.Random(seed)
    known: list[dict[str, Any]] = []
    told: Told = {}
    answered = 0
    for _ in range(worlds):
        added = [event(rng, len(known) + n) for n in range(rng.randint(1, 6))]
        said = header(rng) if maybe(rng) else []
        await door.capture(added, said)
        known += added
        learn(told, said)
        for _ in range(questions):
            asked = dict(parameter(rng, len(known)) for _ in range(rng.choice([1, 1, 1, 2, 2, 3])))
            order = rng.choice(["", "eventTime", "recordTime", "ex:a"])
            pairs = [(name, "|".join(values)) for name, values in asked.items()]
            pairs += [("perPage", str(rng.choice([1, 3, 30])))] + ([("orderBy", order)] if order else [])
            pairs += [("orderDirection", rng.choice(["ASC", "DESC"]))]
            expected = {e["eventID"] for e in known if all(passes(e, *pair, told) for pair in asked.items())}
            found = await door.ask(urlencode(pairs, quote_via=quote))
            names = [e["eventID"] for e in found]
            assert len(names) == len(set(names)), pairs
            assert set(names) == expected, (
                pairs,
                json.dumps([e for e in known if e["eventID"] in expected ^ set(names)]),
                told,
            )
            down = pairs[-1][1] == "DESC"
            if order in {"eventTime", "recordTime"}:
                times = [datetime.fromisoformat(e[order]) for e in found]
                assert times == sorted(times, reverse=down), pairs
            answered += len(expected) > 0
    assert answered > worlds * questions / 5


async def test_random_worlds(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    await explore(Door(client, admin), 20260501, worlds=60, questions=6)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12))
async def test_many_more(client: httpx.AsyncClient, admin: dict[str, str], seed: int) -> None:
    await explore(Door(client, admin), seed, worlds=60, questions=20)
