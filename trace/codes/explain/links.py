"""Web addresses: GS1 Digital Links, certificates of ours, MA codes in addresses, and all others.

>>> [part.text for part in link(parse("https://a.example/x/01/6901234567892/21/7?17=270131&u=1"))]
['https://', 'a.example', '/x', '/01/6901234567892', '/21/7', '?17=270131', '&u=1']
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from msgspec.structs import replace

from zhuisu.codes.ai import AIS
from zhuisu.codes.digital_link import NAMES
from zhuisu.codes.explain import china
from zhuisu.codes.explain.elements import UDI, element
from zhuisu.codes.explain.part import Part, Parts, Udi
from zhuisu.codes.keys import KEYS
from zhuisu.codes.model import Code, Family
from zhuisu.codes.text import Words

_SPLIT = re.compile(r"(https?://)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL).fullmatch
_TOKEN = re.compile(r"(.*/c/)([1-9][0-9]*)", re.ASCII | re.DOTALL).fullmatch
_MA = re.compile(r"(.*?[/=])(MA\.[^?#&]*)(.*)", re.IGNORECASE | re.DOTALL).fullmatch

_SCHEME = Words("协议", "scheme")
_HOST = Words("网站", "host")
_RESOLVER = Words("GS1 的解析服务", "GS1's own resolver")
_PATH = Words("路径", "path")
_QUERY = Words("其他参数", "other parameter")
_FRAGMENT = Words("片段", "fragment")
_IGNORED = Words("不属于编码", "not part of the code")
_RULE = "GS1 Digital Link: URI Syntax"


def link(code: Code) -> Parts:
    """Parts of a code whose text is a web address; none when it is none."""
    found = _SPLIT(code.text)
    if found is None:
        return ()
    scheme, host, path, query, fragment = (group or "" for group in found.groups())
    resolver = _RESOLVER if host.lower() == "id.gs1.org" else None
    match code.family:
        case Family.certificate:
            rest = (*_certificate(path, code.certificate), *_whole(query, _QUERY))
        case Family.ma:
            rest = _ma(path + query)
        case Family.url:
            rest = (*_whole(path, _PATH, None), *_whole(query, _QUERY, None))
        case _:
            rest = _digital(path, query)
    address = (*_whole(scheme, _SCHEME, None), *_whole(host, _HOST, resolver))
    return (*address, *rest, *_whole(fragment, _FRAGMENT))


def token(digits: str, certificate: str) -> Part:
    """The digits of a certificate of ours: the signed token as one number."""
    means = Words(f"整张带签名的合格证，编号 {certificate}", f"the whole signed certificate, its id is {certificate}")
    return Part(text=digits, name=Words("签名凭证", "signed token"), means=means, rule="RFC 9052")


def _whole(text: str, name: Words, means: Words | None = _IGNORED) -> Parts:
    return (Part(text=text, name=name, means=means),) if text else ()


def _certificate(path: str, certificate: str) -> Parts:
    found = _TOKEN(path)
    return (*_whole(found[1], _PATH, None), token(found[2], certificate)) if found else _whole(path, _PATH, None)


def _ma(text: str) -> Parts:
    """Path and query with an MA code at the end."""
    found = _MA(text)
    if found and (parts := china.bare(Family.ma, found[2])):
        return (*_whole(found[1], _PATH, None), *parts, *_whole(found[3], _QUERY))
    return _whole(text, _PATH, None)


def _digital(path: str, query: str) -> Parts:
    """Stem, key, qualifiers and the attributes in the query."""
    segments = path.split("/")
    pairs: list[tuple[str, str, str]] = []  # AI, its name as written, value as written
    for at in range(len(segments) - 2, 0, -2):
        written = segments[at]
        ai = NAMES.get(written, written)
        if ai not in AIS:
            break
        pairs.insert(0, (ai, written, segments[at + 1]))
        if ai in KEYS:
            break
    if not pairs or pairs[0][0] not in KEYS:
        return (*_whole(path, _PATH, None), *_whole(query, _QUERY))
    udi = pairs[0][0] == "01"
    parts = [_element(ai, raw, f"/{written}/{raw}", udi=udi) for ai, written, raw in pairs]
    stem = path[: len(path) - sum(len(part.text) for part in parts)]
    return (*_whole(stem, _PATH), *parts, *_attributes(query, udi=udi))


def _attributes(query: str, *, udi: bool) -> Iterator[Part]:
    for piece in re.findall(r"[?&][^&]*", query):
        ai, equals, raw = piece[1:].partition("=")
        if ai in AIS and equals:
            yield _element(ai, raw, piece, udi=udi)
        else:
            yield Part(text=piece, name=_QUERY, means=_IGNORED)


def _element(ai: str, raw: str, text: str, *, udi: bool) -> Part:
    """One element; where its value is percent-encoded, ``means`` has it decoded."""
    kind: Udi = UDI.get(ai, "") if udi else ""
    part = replace(element(ai, raw, text, udi=kind), rule=_RULE)
    plain = unquote_plus(raw) if "%" in raw else raw
    return part if plain == raw else replace(part, means=Words(plain, plain))
