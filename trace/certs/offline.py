"""Certificates without the service: what ``zhuisu keygen`` and ``zhuisu verify`` do.

>>> examine("https://zs.example/c/5943…", trust=Path("trust.cwt").read_bytes(), now=utc_now()).state
<State.valid: 'valid'>
"""

from datetime import datetime
from pathlib import Path

import httpx

from zhuisu.certs.errors import NoLists, UnreadablePicture
from zhuisu.certs.keys import ES256, PrivateKey
from zhuisu.certs.reader import read_codes
from zhuisu.certs.show import Told, told
from zhuisu.certs.status import StatusList
from zhuisu.certs.trust import TrustList
from zhuisu.certs.verify import State, Verdict, verify

EXIT = {State.valid: 0, State.revoked: 3, State.expired: 4, State.bad_signature: 5, State.not_ours: 6}
"""Exit codes of ``zhuisu verify``; 1 and 2 are left to failures and to wrong usage."""


def keygen(alg: int = ES256, password: str = "") -> tuple[bytes, PrivateKey]:
    """A new key: its PKCS#8 PEM, encrypted when a password is given, and the key itself."""
    key = PrivateKey.generate(alg)
    return key.pem(password), key


def examine(code: str | bytes, *, trust: bytes, now: datetime, root: str = "", status: bytes | None = None) -> Verdict:
    """The verdict on an address, its digits, or a picture (bytes), by files alone.

    Of several codes in a picture the first certificate of ours counts: a label may carry other codes too.
    Raises BadList, UnreadablePicture.
    """
    trusted = TrustList.read(trust, root=root)
    statuses = None if status is None else StatusList.read(status, trusted.root)
    texts = [code] if isinstance(code, str) else read_codes(code)
    verdicts = [verify(text, trusted, now=now, status=statuses) for text in texts]
    ours = [verdict for verdict in verdicts if verdict.state is not State.not_ours]
    return (ours or verdicts)[0]


def verify_offline(what: str, trust: Path | None, status: Path | None, *, base: str, now: datetime) -> Told:
    """``examine`` for a terminal: ``what`` is an address, its digits, or a picture's path; lists are files.

    Without a trust-list file both lists are asked of the service at ``base``. Raises BadList, UnreadablePicture,
    NoLists.
    """
    code = _picture(what) or what
    if trust is None:
        lists = [_fetched(f"{base}/{name}") for name in ("trust-list", "status-list")]
        return told(examine(code, trust=lists[0], status=lists[1], now=now))
    return told(examine(code, trust=trust.read_bytes(), status=status.read_bytes() if status else None, now=now))


def _picture(what: str) -> bytes:
    """The file of that name; empty when there is none and the text does not look like a picture's name either."""
    try:
        return Path(what).read_bytes()
    except (OSError, ValueError) as error:
        if "://" not in what and what.lower().endswith((".png", ".jpg", ".jpeg")):
            reason = getattr(error, "strerror", None) or "not a file name"
            raise UnreadablePicture(
                f"{what}: {reason}", mend="name a PNG or JPEG file, or give the code's text"
            ) from error
        return b""


def _fetched(url: str) -> bytes:
    try:
        return httpx.get(url, timeout=10).raise_for_status().content
    except httpx.HTTPError as error:
        raise NoLists(f"{url}: {error}", mend="give --trust, a file saved from /trust-list") from error
