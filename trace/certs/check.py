"""Verify with what the register knows: its keys, and whether a certificate was issued here and revoked since.

>>> (await check(db, settings, "https://zs.example/c/5943…", now)).state
<State.revoked: 'revoked'>
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from zhuisu.certs import forms, store
from zhuisu.certs.errors import NotACertificate
from zhuisu.certs.model import Standing
from zhuisu.certs.seal import address, claimed_issuer, from_digits, identify, peek
from zhuisu.certs.trust import Keyring
from zhuisu.certs.verify import State, Verdict, number_in, verify
from zhuisu.codes import parse
from zhuisu.codes.text import Words
from zhuisu.db import Connection, Database
from zhuisu.settings import Settings

_LOT = re.compile("urn:zhuisu:certificate:lot:([0-9a-f]{32})")


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that an event names, and what the register says of it now. A foreign one is ``not-ours``."""

    uri: str
    id: str
    url: str
    kind: str
    product: str
    state: State
    reason: Words


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an issuer's own list. ``url`` is a path of this service."""

    url: str
    kind: str
    product: str
    lot: str
    issued: datetime
    state: State


async def check(db: Database, settings: Settings, text: str, now: datetime) -> Verdict:
    """The verdict on an address or its digits."""
    del settings  # the address may be of any host: the number is what counts
    async with db.connection() as conn:
        return (await judge(conn, [text], now))[0]


async def judge(conn: Connection, texts: Sequence[str], now: datetime) -> list[Verdict]:
    """Verdicts in the order of ``texts``, with two statements however many there are."""
    tokens = [_token(text) for text in texts]
    found = [token for token in tokens if token]
    keyring = await _keyring(conn, found)
    standings = await store.standings(conn, [identify(token) for token in found])
    verdicts = []
    for text, token in zip(texts, tokens, strict=True):
        known = standings.get(identify(token))
        status: dict[int, Standing] = {known[0]: known[1]} if known else {}
        verdicts.append(verify(text, keyring, now=now, status=status))
    return verdicts


async def cited(conn: Connection, uris: Iterable[str], now: datetime) -> list[Cited]:
    """The certificates behind the URIs of events (address, or URN of the lot a certificate stands for), each once."""
    unique = list(dict.fromkeys(uris))
    ids = {uri: lot[1] for uri in unique if (lot := _LOT.fullmatch(uri))}
    tokens = await store.tokens(conn, list(ids.values()))
    texts = [address("", tokens[ids[uri]]) if ids.get(uri) in tokens else uri for uri in unique]
    verdicts = await judge(conn, texts, now)
    return [_cited(uri, text, verdict) for uri, text, verdict in zip(unique, texts, verdicts, strict=True)]


async def latest(conn: Connection, party: int, now: datetime, *, limit: int = 10) -> list[Listed]:
    """The newest certificates of an issuer with what its customers would be told of each, newest first."""
    rows = await store.latest(conn, party, limit)
    urls = [address("", row.token) for row in rows]
    return [
        Listed(url=url, kind=row.kind, product=row.product, lot=row.lot, issued=row.issued, state=verdict.state)
        for url, row, verdict in zip(urls, rows, await judge(conn, urls, now), strict=True)
    ]


async def names(conn: Connection, verdicts: Collection[Verdict]) -> dict[str, tuple[str, ...]]:
    """Certificate id → canonical codes of what it is for: its goods, and the GTIN that it names as its product."""
    listed = await store.goods(conn, [verdict.id for verdict in verdicts if verdict.id])
    return {verdict.id: (*listed.get(verdict.id, ()), *_product(verdict)) for verdict in verdicts if verdict.id}


async def for_goods(conn: Connection, codes: Iterable[str], now: datetime) -> dict[str, list[Verdict]]:
    """Canonical code → verdicts on the certificates issued for it, oldest first; without any absent."""
    found = await store.of_goods(conn, codes)
    texts = {id_: address("", token) for some in found.values() for id_, token in some}
    verdicts = dict(zip(texts, await judge(conn, list(texts.values()), now), strict=True))
    return {code: [verdicts[id_] for id_, _ in some] for code, some in found.items()}


def _token(text: str) -> bytes:
    """Empty when there is none."""
    try:
        return from_digits(number) if (number := number_in(text)) else b""
    except NotACertificate:
        return b""


async def _keyring(conn: Connection, tokens: Iterable[bytes]) -> Keyring:
    kids, usccs = set(), set()
    for token in tokens:
        try:
            kids.add(peek(token)[1])
            usccs.add(claimed_issuer(token))
        except NotACertificate:
            continue
    return await store.keyring_for(conn, kids, usccs)


def _cited(uri: str, text: str, verdict: Verdict) -> Cited:
    certificate = verdict.certificate
    return Cited(
        uri=uri,
        id=verdict.id,
        url=text,
        kind=forms.FORMS[certificate.form].kind if certificate else "",
        product=forms.product_name(certificate.product) if certificate else "",
        state=verdict.state,
        reason=Words(verdict.reason_zh, verdict.reason),
    )


def _product(verdict: Verdict) -> tuple[str, ...]:
    product = verdict.certificate.product if verdict.certificate else ""
    if isinstance(product, int) and product >= forms.FIRST_GTIN:
        return (parse(forms.product_name(product)).canonical,)
    return ()
