"""A document as it arrives: small ones in memory, long ones in a file without a name, so that no length fills memory.

>>> async with received(request.stream(), folder) as document:
...     document.small or document.pieces()
"""

import contextlib
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

from litestar.exceptions import HTTPException

from zhuisu.epcis.capture import SMALL
from zhuisu.epcis.errors import DocumentTooLarge
from zhuisu.epcis.headers import MOST_BYTES
from zhuisu.errors import Malformed

PIECE = 1 << 20


class Document:
    """The bytes of a document: ``small`` when they are few; ``pieces`` gives them as often as asked."""

    def __init__(self, folder: Path) -> None:
        self.digest = hashlib.sha256()
        self.size = 0
        self._folder = folder
        self._held = bytearray()
        self._file: IO[bytes] | None = None

    @property
    def small(self) -> bytes | None:
        """All of it, unless it is long."""
        return bytes(self._held) if self._file is None else None

    def add(self, chunk: bytes) -> None:
        """Take what comes next. Raises DocumentTooLarge."""
        self.size += len(chunk)
        if self.size > MOST_BYTES:
            raise DocumentTooLarge(f"more than {MOST_BYTES} bytes", mend="send it in parts")
        self.digest.update(chunk)
        if self._file is not None:
            self._file.write(chunk)
            return
        self._held += chunk
        if self.size > SMALL:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  (close is ours)
            self._file.write(self._held)
            self._held.clear()

    def pieces(self) -> Iterator[bytes]:
        """All of it from the beginning; one reader at a time."""
        if self._file is None:
            yield bytes(self._held)
            return
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()


@contextlib.asynccontextmanager
async def received(chunks: AsyncIterator[bytes], folder: Path, announced: int | None = None) -> AsyncIterator[Document]:
    """Take in a document. Raises DocumentTooLarge, at once when ``announced`` (Content-Length) says so."""
    if announced is not None and announced > MOST_BYTES:
        raise DocumentTooLarge(f"{announced} bytes; {MOST_BYTES} are the limit", mend="send it in parts")
    with contextlib.closing(Document(folder)) as document:
        try:
            async for chunk in chunks:
                document.add(chunk)
        except HTTPException as error:  # the sender hung up
            raise Malformed(f"the body did not come whole: {error.detail}", mend="send it again") from error
        yield document
