"""Which certificates are void: a Token Status List (draft-ietf-oauth-status-list §4, §5.2) signed as a CWT.

One certificate is two bits at the index its token carries. Indexes are handed out through a keyed permutation, so that
neither the list nor an index tells who issued how many, or when.

>>> statuses = StatusList.read(token, trust.root)
>>> statuses[70]
<Standing.valid: 0>
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import cbor2

from zhuisu.certs.errors import BadList, BadSeal
from zhuisu.certs.keys import PublicKey, Signer
from zhuisu.certs.model import EXP, IAT, Standing
from zhuisu.certs.seal import decode, open1, sign1

TYPE = "application/statuslist+cwt"
SUB, STATUS_LIST, TTL = 2, 65533, 65534
BITS = 2
BLOCK = 1 << 16
MAX_BYTES = 1 << 24


class StatusList(Mapping[int, Standing]):
    """The statuses at one moment. An index beyond the end is not in it (§8.3: the certificate is then not valid)."""

    def __init__(self, uri: str, made: datetime, expires: datetime, ttl: int, packed: bytes) -> None:
        self.uri, self.made, self.expires, self.ttl, self.packed = uri, made, expires, ttl, packed

    def __getitem__(self, index: int) -> Standing:
        if not 0 <= index < len(self):
            raise KeyError(index)
        try:
            return Standing(self.packed[index // 4] >> 2 * (index % 4) & 3)
        except ValueError:  # an application-specific value of a later version: surely not valid
            return Standing.suspended

    def __len__(self) -> int:
        return len(self.packed) * 8 // BITS

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def seal(self, root: Signer) -> bytes:
        """The list as a Status List Token in CWT form (§5.2)."""
        body = cbor2.loads(encode(BITS, self.packed))
        times = {EXP: int(self.expires.timestamp()), IAT: int(self.made.timestamp())}
        return sign1(cbor2.dumps({SUB: self.uri} | times | {STATUS_LIST: body, TTL: self.ttl}), root, typ=TYPE)

    @classmethod
    def read(cls, token: bytes, root: PublicKey) -> "StatusList":
        """The list in a token signed by ``root``. Raises BadList."""
        try:
            found = decode(open1(token, root, root.alg, typ=TYPE))
            packed = _decode(found[STATUS_LIST], frozenset({BITS}))[1]
            made, expires = (datetime.fromtimestamp(found[claim], UTC) for claim in (IAT, EXP))
            return cls(str(found[SUB]), made, expires, int(found[TTL]), packed)
        except BadSeal as error:
            raise BadList(error.detail) from error
        except (ArithmeticError, LookupError, OSError, TypeError, ValueError) as error:
            raise BadList(f"this is not a status list token: {error}") from error


def pack(size: int, statuses: Mapping[int, int] | Iterable[tuple[int, int]], bits: int = BITS) -> bytes:
    """Statuses as a byte array of at least ``size`` entries, index 0 in the lowest bits of the first byte (§4.1)."""
    packed = bytearray(-(-size * bits // 8))
    for index, status in statuses.items() if isinstance(statuses, Mapping) else statuses:
        place = index * bits
        packed[place // 8] |= status << place % 8
    return bytes(packed)


def encode(bits: int, packed: bytes) -> bytes:
    """The StatusList map in CBOR (§4.3)."""
    return cbor2.dumps({"bits": bits, "lst": zlib.compress(packed, 9)})


def unpack(encoded: bytes) -> tuple[int, bytes]:
    """Bits a status, and the byte array, of a StatusList map in CBOR. Raises BadList."""
    try:
        return _decode(cbor2.loads(encoded, max_depth=16))
    except cbor2.CBORError as error:
        raise BadList(f"not CBOR: {error}") from error


def shuffled(count: int, secret: bytes) -> int:
    """The ``count``-th index: blocks of 65 536 in order, inside a block a permutation that only ``secret`` tells.

    A four-round Feistel network over two bytes (Luby and Rackoff): a bijection, so no index is handed out twice.
    """
    block, place = divmod(count, BLOCK)
    left, right = divmod(place, 256)
    for turn in range(4):
        tweak = b"%d.%d.%d" % (block, turn, right)
        left, right = right, left ^ hashlib.blake2s(tweak, key=secret, digest_size=1).digest()[0]
    return block * BLOCK + left * 256 + right


def _decode(body: Any, sizes: frozenset[int] = frozenset({1, 2, 4, 8})) -> tuple[int, bytes]:
    try:
        stream = zlib.decompressobj()
        bits, packed = body["bits"], stream.decompress(body["lst"], MAX_BYTES)
    except (LookupError, TypeError, zlib.error) as error:
        raise BadList(f"not a status list: {error}") from error
    if bits not in sizes:
        raise BadList(f"statuses of {bits!r} bits are not read here")
    if not stream.eof or stream.unused_data:
        raise BadList(f"the list is cut off, or longer than {MAX_BYTES} bytes")
    return bits, packed
