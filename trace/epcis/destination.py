"""Where deliveries may go: hosts of the public Internet over TLS, and those of the operator's own that a setting names.

>>> dest = read("https://erp.example/epcis", allowed=frozenset())
>>> await addresses(dest, frozenset())                   # asked anew before each connection, which goes to one of these
['203.0.113.7']

Whoever may subscribe could otherwise make this service call what only it can reach: the database's host, a cloud's
metadata address, a printer. The address is checked after the name is resolved, and the connection is made to the
address that was checked, so a name that changes its mind in between gains nothing.
"""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from msgspec import Struct

from zhuisu.epcis.errors import BadDestination

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_MEND = "give an https URL of a host that the public Internet can reach"


class Destination(Struct, frozen=True):
    """A URL, split once; ``path`` holds the query too."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    def at(self, address: str) -> str:
        """The same URL, with an address in the place of the name."""
        host = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        """What the Host header says (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def hosts(setting: str) -> frozenset[str]:
    """The names in ``ZHUISU_CALLBACK_HOSTS``, lower case."""
    return frozenset(name.strip().lower() for name in setting.split(",") if name.strip())


def read(url: str, allowed: frozenset[str]) -> Destination:
    """The destination that a URL names. ``http`` is for this machine alone. Raises BadDestination."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadDestination("this is not a URL", where="/dest", mend=_MEND) from None
    if parts.scheme not in {"https", "http"} or not host or not url.isascii() or any(c <= " " for c in url):
        raise BadDestination("this is not an https URL", where="/dest", mend=_MEND)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadDestination("the URL carries a password or a fragment", where="/dest", mend="leave them out")
    if parts.scheme == "http" and not (host in allowed and _loopback(host)):
        raise BadDestination("http sends what it says in the open", where="/dest", mend=_MEND)
    if _literal(host) and host not in allowed and not public(host):
        raise BadDestination(f"{host} is not an address of the public Internet", where="/dest", mend=_MEND)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(url, parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


async def addresses(dest: Destination, allowed: frozenset[str]) -> list[str]:
    """The addresses of the host. Raises BadDestination when there is none, or one of them may not be called."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(dest.host, dest.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadDestination(f"{dest.host} has no address: {error}", where="/dest", mend=_MEND) from None
    known = list(dict.fromkeys(str(place[4][0]) for place in found))
    if dest.host not in allowed:
        for address in known:
            if not public(address):
                raise BadDestination(
                    f"{dest.host} is at {address}, not in the public Internet", where="/dest", mend=_MEND
                )
    return known


def public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, also behind IPv6 forms that hold an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _loopback(host: str) -> bool:
    return host == "localhost" or (_literal(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback)
