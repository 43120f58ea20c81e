"""Which prefixes the XML of one event binds: those of its names and words by xmlns, the rest by an attribute of ours.

>>> names = Bindings([{"x": "https://x.example/"}, {"y": "https://y.example/"}])
>>> names.element("x:grade"), names.bound(b'{"x:grade":"y:A"}')
('x:grade', ' xmlns:x="https://x.example/" zhuisu-xml:context="[{&quot;y&quot;:&quot;https://y.example/&quot;}]"')
"""

import re
from contextlib import suppress
from typing import Any

import msgspec

from zhuisu.events.context import PREFIXES, Context, context, is_mark, mark
from zhuisu.events.xml_names import OURS, STANDARD, TYPE, UNBOUND, US, XML, XSI
from zhuisu.events.xml_text import Unsayable, legal, quoted

_encode = msgspec.json.Encoder(decimal_format="number").encode
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*", re.ASCII).fullmatch
_NAMESPACE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?:(?!//)|//(?:(?:[\w.~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)"
    r"(?::\d{0,5})?(?=[/?#]|\Z))"
    r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
).fullmatch
"""RFC 3986: some readers of XML refuse the document around any other."""
_LAST = re.compile(r"(.*[#/:])([A-Za-z_][A-Za-z0-9._-]*)", re.ASCII | re.DOTALL).fullmatch
_TAKEN = frozenset({"xml", "xmlns", "xsi", "xsd", US, TYPE})


class Bindings:
    """The prefixes of one event, as its @context binds them and as its XML does."""

    def __init__(self, entries: list[Any], spelled: frozenset[str] = frozenset()) -> None:
        """Begin an event with the entries of its @context; prefixes ``spelled`` came from XML."""
        self.entries = entries
        self.spelled = spelled
        self.scope: Context = context(entries)
        self.used: dict[str, str] = {}
        self.words: list[str] = []
        self.hidden: set[str] = set()

    def bound(self, doc: bytes) -> str:
        """Write the attributes that bind prefixes; ``doc`` is the event's JSON."""
        for word in self.words:  # after the names, which need their prefixes more
            self.speak(word)
        xmlns = "".join(f' xmlns:{prefix}="{quoted(uri)}"' for prefix, uri in self.used.items())
        more = self.more(doc)
        return xmlns + (f' {US}:context="{quoted(_encode(more).decode())}"' if more else "")

    def more(self, doc: bytes) -> list[Any]:
        """Entries of the @context that bind what no xmlns of ours does."""
        found: list[Any] = []
        for entry in self.entries:
            if isinstance(entry, str):
                found.append(entry)
                continue
            terms = {
                term: value
                for term, value in entry.items()
                if not isinstance(value, str) or term.startswith("@") or self.needs(term, doc)
            }
            found += [terms] if terms else []
        kept = {prefix for entry in found if isinstance(entry, dict) for prefix in entry} & self.spelled
        return [*found, mark(kept)] if kept or (found and is_mark(found[-1])) else found

    def needs(self, prefix: str, doc: bytes) -> bool:
        """Whether the JSON uses a term that no xmlns binds, or as XML does not."""
        namespace = self.scope.prefixes.get(prefix)
        start = _encode(prefix)[:-1] + b":"
        if PREFIXES.get(prefix) == namespace:
            return False
        if prefix in self.spelled and self.used.get(prefix) == namespace:  # an xmlns says what its values mean
            return prefix in self.hidden
        if prefix in self.hidden or _encode(prefix) + b":" in doc:
            return True
        return start in doc and re.search(re.escape(start) + rb'(?:[^"\\]|\\.)*"(?!:)', doc) is not None

    def hide(self, value: Any) -> None:
        """Remember the prefixes of names that only JSON tells: no xmlns binds them."""
        match value:
            case dict():
                for name, item in value.items():
                    self.hidden.add(name.removeprefix("@").partition(":")[0])
                    self.hide(item)
            case list():
                for item in value:
                    self.hide(item)

    def element(self, name: str) -> str:
        """Write the name of an extension's element."""
        prefix, colon, local = name.partition(":")
        if not colon:
            if not _NAME(name):
                raise Unsayable
            return name
        namespace = self.scope.prefixes.get(prefix) or UNBOUND + prefix
        if not _NAME(prefix) or not _NAME(local) or prefix in _TAKEN or namespace in {*STANDARD, XML, XSI, OURS}:
            raise Unsayable
        if self.used.get(prefix) is None:
            if (
                namespace in self.used.values()
                or not _NAMESPACE(namespace)
                or namespace.startswith("http://www.w3.org/2000/xmlns")
            ):
                raise Unsayable
            if namespace.startswith(UNBOUND) and namespace != UNBOUND + prefix:
                raise Unsayable
            self.used[prefix] = namespace
        return name

    def attribute(self, name: str, value: str) -> str:
        """Write an extension's attribute, ``@name`` in JSON."""
        bare = name.removeprefix("@")
        if bare == "xmlns":
            raise Unsayable
        if bare != "xml:lang":
            self.element(bare)
        return f' {bare}="{quoted(legal(value))}"'

    def speak(self, word: str) -> bool:
        """Bind the prefix of a value for those who read names in values. Where no xmlns can, @context does alone."""
        prefix = word.partition(":")[0]
        if self.scope.expand(word) != word:
            with suppress(Unsayable):
                self.element(f"{prefix}:_")
        return self.used.get(prefix, "") == self.scope.prefixes.get(prefix)

    def named(self, kind: str) -> str:
        """Name an element after the URI of a type; ours stands for one that ends in no name."""
        meant = self.scope.prefixes.get(kind, kind)
        self.hidden |= {kind.partition(":")[0], meant.partition(":")[0]}
        uri = self.scope.expand(meant)
        last = _LAST(uri)
        if last is None:
            return f"{US}:event"
        namespace, local = last.groups()
        for prefix in [prefix for prefix, bound in self.scope.prefixes.items() if bound == namespace]:
            try:
                return self.element(f"{prefix}:{local}")
            except Unsayable:
                continue
        if _NAMESPACE(namespace) and not namespace.startswith("http://www.w3.org/2000/xmlns"):
            self.used[TYPE] = namespace
            return f"{TYPE}:{local}"
        return f"{US}:event"
