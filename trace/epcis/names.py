"""Names of extension fields: which namespace a prefix of a query stands for, and when two spellings are one name.

>>> qualified("example:colour", {"example": "https://example.org/ns/"})
'{https://example.org/ns}colour'
>>> qualified("https://example.org/ns#colour", {})
'{https://example.org/ns}colour'

JSON-LD binds ``https://example.org/ns/`` where XML binds ``https://example.org/ns``: what joins namespace and name is
left out of both.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from zhuisu.epcis.errors import BadParameter, UnboundPrefix
from zhuisu.events import BadEvent
from zhuisu.events.context import PREFIXES, context

OURS = "urn:zhuisu:ns:"
KNOWN: Mapping[str, str] = {**PREFIXES, "zhuisu": OURS}
"""Prefixes that a query need not bind: those of the standard, and ours, which every answer tells in GS1-Extensions."""

_CLARK = re.compile(r"\{([^{}]*)\}([^{}]+)").fullmatch
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*").fullmatch
_FULL = re.compile(r"(?:https?://|urn:).*[#/:]", re.DOTALL).match


def qualified(name: str, prefixes: Mapping[str, str]) -> str:
    """``{namespace}name`` of a field written ``prefix:name``, ``{namespace}name`` or as one URI. Raises UnboundPrefix.

    "" for a name that has no namespace.
    """
    if found := _CLARK(name):
        return _clark(found[1], found[2])
    if _FULL(name):
        return split(name)
    prefix, colon, local = name.partition(":")
    if not colon or not local:
        return ""
    if prefix not in prefixes:
        raise UnboundPrefix(
            f"the prefix {prefix!r:.60} of {name:.100} is bound to no namespace",
            where=name[:100],
            mend=f"send the header GS1-Extensions: {prefix:.60}=<namespace>, or write {{namespace}}name",
        )
    return split(prefixes[prefix] + ("" if prefixes[prefix][-1:] in _JOINTS else "#") + local)


_JOINTS = ("#", "/", ":")


@lru_cache(maxsize=1 << 12)
def split(uri: str) -> str:
    """``{namespace}name`` of a full name: the name begins behind the last ``#``, else ``/``, else ``:``."""
    for joint in _JOINTS:
        namespace, found, local = uri.rpartition(joint)
        if found and local:
            return _clark(namespace, local)
    return _clark("", uri)


def _clark(namespace: str, local: str) -> str:
    return f"{{{namespace.rstrip('#/:')}}}{local}"


def member(name: str, prefixes: Mapping[str, str]) -> str:
    """``{namespace}name`` of a member of an event; a prefix that nobody bound stands for itself."""
    return _member(name, prefixes.get(name.partition(":")[0]))


@lru_cache(maxsize=1 << 14)
def _member(name: str, namespace: str | None) -> str:
    prefix, colon, local = name.partition(":")
    if not colon:
        return name
    if local.startswith("//") or (namespace is None and prefix == "urn"):
        return split(name)
    return _clark(prefix if namespace is None else namespace, local)


def bindings(header: str) -> dict[str, str]:
    """Prefixes that ``GS1-Extensions: example=https://example.org/ns, …`` binds (EPCIS 2.0 §12.8). BadParameter."""
    found = dict(KNOWN)
    for part in filter(None, (part.strip() for part in header.split(","))):
        prefix, equals, namespace = part.partition("=")
        if not (equals and _PREFIX(prefix) and ":" in namespace):
            raise BadParameter(
                f"{part!r:.100} binds no prefix",
                where="GS1-Extensions",
                mend="write example=https://example.org/ns; a comma parts several",
            )
        found[prefix] = namespace
    return found


def bindings_of(value: Any) -> dict[str, str]:
    """Prefixes that the ``@context`` of a query binds. BadParameter."""
    try:
        return dict(context(value).prefixes)
    except BadEvent as error:
        raise BadParameter(error.detail, where="@context", mend=error.mend) from None
