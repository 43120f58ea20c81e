"""Events in the spelling a client asked for: EPCs as URN or GS1 Digital Link, CBV words bare, as URN or web URI.

From tree to tree; what has no such spelling stays as it is.

>>> translated({"type": "ObjectEvent", "bizStep": "shipping", …}, Spelling(cbv=CbvFormat.Always_URN))["bizStep"]
'urn:epcglobal:cbv:bizstep:shipping'
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from zhuisu.codes import canonical
from zhuisu.codes.epc_urn import to_urn
from zhuisu.codes.errors import NotACode
from zhuisu.events import cbv
from zhuisu.events.cbv import GS1, Vocabulary


class EpcFormat(StrEnum):
    """Values of the header GS1-EPC-Format (EPCIS 2.0 §12.8)."""

    No_Preference = "No_Preference"
    Always_GS1_Digital_Link = "Always_GS1_Digital_Link"
    Always_EPC_URN = "Always_EPC_URN"
    Never_Translates = "Never_Translates"


class CbvFormat(StrEnum):
    """Values of the header GS1-CBV-XML-Format (EPCIS 2.0 §12.8), and ``Bare``, the words alone, as JSON has them."""

    No_Preference = "No_Preference"
    Always_Web_URI = "Always_Web_URI"
    Always_URN = "Always_URN"
    Never_Translates = "Never_Translates"
    Bare = "Bare"


def no_prefix(_: str) -> int:
    """Know no company prefix: Digital Links stay."""
    return 0


class Spelling(Struct, frozen=True, kw_only=True):
    """How to write. ``prefix_length`` gives the digits of the company prefix in a canonical Digital Link, 0: unknown.

    A Digital Link does not say where its company prefix ends, so that only those of known prefixes become URNs.
    """

    epc: EpcFormat = EpcFormat.Never_Translates
    cbv: CbvFormat = CbvFormat.Never_Translates
    prefix_length: Callable[[str], int] = no_prefix


def translated(tree: dict[str, Any], spelling: Spelling) -> dict[str, Any]:
    """Write one event's tree anew; extensions and ilmd stay untouched."""
    codes, words = _codes(spelling), _words(spelling.cbv)
    if codes is None and words is None:
        return tree
    return {
        name: _rewrite(value, _EVENT[name], codes or _same, words or _kept) if name in _EVENT else value
        for name, value in tree.items()
    }


def _codes(spelling: Spelling) -> Callable[[str], str] | None:
    match spelling.epc:
        case EpcFormat.Always_GS1_Digital_Link:
            return lambda uri: canonical(uri) if uri.startswith("urn:epc:") else uri
        case EpcFormat.Always_EPC_URN:
            return lambda uri: _urn(uri, spelling.prefix_length)
        case EpcFormat.No_Preference | EpcFormat.Never_Translates:
            return None


def _urn(uri: str, prefix_length: Callable[[str], int]) -> str:
    link = canonical(uri)
    if not link.startswith("https://id.gs1.org/") or uri.startswith("urn:"):
        return uri
    length = prefix_length(link)
    try:
        return to_urn(link, length) if length else uri
    except NotACode:
        return uri


def _words(form: CbvFormat) -> Callable[[str, Vocabulary], str] | None:
    match form:
        case CbvFormat.Always_Web_URI:
            return lambda text, words: (
                words.web + bare if (bare := words.spellings.get(text)) else words.later.get(text, text)
            )
        case CbvFormat.Always_URN:
            return lambda text, words: _URNS[words.name] + bare if (bare := words.spellings.get(text)) else text
        case CbvFormat.Bare:
            return _bare
        case CbvFormat.No_Preference | CbvFormat.Never_Translates:
            return None


def _bare(text: str, words: Vocabulary) -> str:
    """Write a word as the JSON schema has it: bare, or with a prefix of the standard context where it knows it not.

    What has such a prefix already is the spelling of JSON alone, and stays.
    """
    word = words.spellings.get(text)
    if word is not None and word not in cbv.DRAFTS:
        return text if text.startswith(("cbv:", "gs1:")) else word
    if text.startswith(words.not_in_json):
        text = words.later.get(text, words.web + word if word else text)
        return "gs1:" + text.partition("/voc/")[2] if "/voc/" in text else text
    return text


# Measurements never were URNs.
_URNS: Mapping[str, str] = {
    cbv.BIZ_STEP.name: "urn:epcglobal:cbv:bizstep:",
    cbv.DISPOSITION.name: "urn:epcglobal:cbv:disp:",
    cbv.TRANSACTION_TYPE.name: "urn:epcglobal:cbv:btt:",
    cbv.PARTY_TYPE.name: "urn:epcglobal:cbv:sdt:",
    cbv.ERROR_REASON.name: "urn:epcglobal:cbv:er:",
    cbv.COMPONENT.name: "urn:epcglobal:cbv:comp:",
    cbv.MEASUREMENT.name: GS1,
    cbv.SENSOR_ALERT.name: GS1,
}


def _same(uri: str) -> str:
    return uri


def _kept(text: str, _: Vocabulary) -> str:
    return text


class _Code:
    """Mark of a field that holds a code."""


_CODE = _Code()
_PLACE = {"id": _CODE}
_QUANTITY = {"epcClass": _CODE}
_DEVICE = {"deviceID": _CODE}
_EVENT: Mapping[str, Any] = {
    **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList", "parentID", "transformationID"), _CODE),
    **dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), _QUANTITY),
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "bizStep": cbv.BIZ_STEP,
    "disposition": cbv.DISPOSITION,
    "persistentDisposition": {"set": cbv.DISPOSITION, "unset": cbv.DISPOSITION},
    "bizTransactionList": {"type": cbv.TRANSACTION_TYPE, "bizTransaction": _CODE},
    "sourceList": {"type": cbv.PARTY_TYPE, "source": _CODE},
    "destinationList": {"type": cbv.PARTY_TYPE, "destination": _CODE},
    "errorDeclaration": {"reason": cbv.ERROR_REASON},
    "sensorElementList": {
        "sensorMetadata": _DEVICE,
        "sensorReport": {
            **_DEVICE,
            "type": cbv.MEASUREMENT,
            "exception": cbv.SENSOR_ALERT,
            "component": cbv.COMPONENT,
        },
    },
}


def _rewrite(value: Any, plan: Any, codes: Callable[[str], str], words: Callable[[str, Vocabulary], str]) -> Any:
    match value, plan:
        case list(), _:
            return [_rewrite(item, plan, codes, words) for item in value]
        case str(), _Code():
            return codes(value)
        case str(), Vocabulary():
            return words(value, plan)
        case dict(), dict():
            return {k: _rewrite(v, plan[k], codes, words) if k in plan else v for k, v in value.items()}
        case _:
            return value
