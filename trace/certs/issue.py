"""Issue: an order becomes a signed certificate and the event that commissions or inspects its goods, all or nothing.

>>> (await issue(db, settings, who, ProduceOrder(product="鲜鸡蛋", …), now)).url
'https://zs.example/c/5943…'
"""

import os
from collections.abc import Collection, Container, Mapping, Sequence
from datetime import datetime, timedelta, timezone

import msgspec
from msgspec.structs import replace

from zhuisu import parties
from zhuisu.auth import Principal
from zhuisu.certs import forms, publish, store
from zhuisu.certs.errors import GoodsNotYours, UnknownSite
from zhuisu.certs.keys import PrivateKey
from zhuisu.certs.lint import lint
from zhuisu.certs.model import Certificate
from zhuisu.certs.order import AnyOrder, draft, goods_of
from zhuisu.certs.seal import address, identify, seal
from zhuisu.certs.status import shuffled
from zhuisu.certs.trust import Issuer
from zhuisu.codes import Code, Level
from zhuisu.db import Connection, Database
from zhuisu.errors import Forbidden
from zhuisu.events import Event, EventType, Quantity, make
from zhuisu.ledger import append
from zhuisu.settings import Settings

CHINA = timezone(timedelta(hours=8))

_THROWAWAY = PrivateKey.generate()


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """What the issuer gets back. ``code`` is the lot that the certificate stands for, ``goods`` are canonical."""

    id: str
    url: str
    kind: str
    form: str
    issued: datetime
    code: str
    goods: tuple[str, ...]
    event: str
    kid: str
    custody: str


async def issue(db: Database, settings: Settings, who: Principal, order: AnyOrder, now: datetime) -> Issued:
    """One certificate. Raises what ``draft`` and ``goods_of`` raise, GoodsNotYours, UnknownSite, KeyLocked."""
    return (await issue_many(db, settings, who, [order], now))[0]


async def issue_many(
    db: Database, settings: Settings, who: Principal, orders: Sequence[AnyOrder], now: datetime
) -> list[Issued]:
    """Certificates in the order of ``orders``, all of them or none. Raises as ``issue``."""
    if who.party is None:
        raise Forbidden("a certificate is issued by an organisation")
    issued = now.replace(microsecond=0)
    day = now.astimezone(CHINA).date()
    async with db.transaction() as conn:
        issuer = await _issuer(conn, who)
        sites = await _sites(conn, who, {order.site for order in orders})
        goods = [goods_of(order) for order in orders]
        known = await _known(conn, who.party, goods)
        drafts = [draft(order, issuer, day=day, issued=issued, status=0, nonce=os.urandom(8)) for order in orders]
        held = await publish.signer(conn, settings, who.party, who.uscc, now)
        counts = await store.next_counts(conn, len(orders))
        certificates = [replace(d, status=shuffled(*count)) for d, count in zip(drafts, counts, strict=True)]
        tokens = [_sealed(certificate, held.key) for certificate in certificates]
        events = []
        for order, certificate, token, codes in zip(orders, certificates, tokens, goods, strict=True):
            site, some = sites[order.site], codes.values()
            events.append(_events(certificate, token, some, known, site, settings.base, now))
            known |= {code.canonical for code in some}
        recorded = iter(await append(conn, [event for some in events for event in some], by=who.party, now=now))
        names = [[next(recorded).event_id for _ in some] for some in events]
        rows = [
            store.Row(
                id=identify(token),
                token=token,
                status=certificate.status,
                kind=order.form_of,
                product=forms.product_name(certificate.product),
                lot=order.lot,
                event=event,
                goods=tuple(code.canonical for code in codes.values()),
            )
            for order, certificate, token, codes, (event, *_) in zip(
                orders, certificates, tokens, goods, names, strict=True
            )
        ]
        await store.add(conn, rows, party=who.party, key=held.id, issued=issued, person=who.person)
    return [
        Issued(
            id=row.id,
            url=address(settings.base, row.token),
            kind=row.kind,
            form=forms.FORMS[certificate.form].name,
            issued=issued,
            code=lot_code(row.id),
            goods=row.goods,
            event=row.event,
            kid=held.key.public.kid.hex(),
            custody="service",
        )
        for row, certificate in zip(rows, certificates, strict=True)
    ]


def lot_code(id_: str) -> str:
    """Canonical code of the lot that a certificate itself stands for."""
    return f"urn:zhuisu:certificate:lot:{id_}"


def _sealed(certificate: Certificate, key: PrivateKey) -> bytes:
    lint(certificate, _THROWAWAY)
    return seal(certificate, key)


async def _known(conn: Connection, party: int, goods: Sequence[Mapping[int, Code]]) -> set[str]:
    """Which goods the ledger knows already. Raises GoodsNotYours when it knows them from somebody else first."""
    first = await store.first_captured(conn, {code.canonical for codes in goods for code in codes.values()})
    for codes in goods:
        for place, code in codes.items():
            if first.get(code.canonical, party) != party:
                raise GoodsNotYours(
                    f"{code.canonical} was first recorded by another organisation",
                    where=f"goods/{place}",
                    mend="certify your own goods; with those of others cite the certificate that came with them",
                )
    return set(first)


def _events(
    certificate: Certificate,
    token: bytes,
    goods: Collection[Code],
    known: Container[str],
    site: str,
    base: str,
    now: datetime,
) -> list[Event]:
    """New goods begin to exist under this certificate, known ones are inspected (CBV 2.0 §7.1.2)."""
    items = [code.canonical for code in goods if code.level is Level.instance]
    classes = [code.canonical for code in goods if code.level is not Level.instance]
    if not goods:
        classes = [lot_code(identify(token))]
    # The quantity on paper is that of one lot; for several codes nobody said how it divides.
    whole = len(classes) == 1 and not items
    quantity, unit = (certificate.quantity, forms.uom(certificate.unit)) if whole else (None, "")
    events = []
    for seen, action, step, disposition in (
        (False, "ADD", "commissioning", "active"),
        (True, "OBSERVE", "inspecting", "conformant"),
    ):
        epcs = [uri for uri in items if (uri in known) is seen]
        quantities = [Quantity(uri=uri, quantity=quantity, uom=unit) for uri in classes if (uri in known) is seen]
        if epcs or quantities:
            events.append(
                make(
                    EventType.ObjectEvent,
                    time=now,
                    action=action,
                    step=step,
                    disposition=disposition,
                    read_point=site,
                    location=site,
                    epcs=epcs,
                    quantities=quantities,
                    certificates=[address(base, token)],
                    lot="" if seen else certificate.lot,  # master data of goods are told once, when they are made
                )
            )
    return events


async def _issuer(conn: Connection, who: Principal) -> Issuer:
    organisation = await parties.organisation(conn, who.uscc)
    if organisation is None:
        raise Forbidden(f"{who.uscc} is not registered")
    return Issuer(organisation.uscc, organisation.name, organisation.kind, organisation.phone)


async def _sites(conn: Connection, who: Principal, wanted: set[str]) -> dict[str, str]:
    """Site id as ordered ("" for the first) → its URI. Raises UnknownSite."""
    own = {site.id: site.uri for site in await parties.sites(conn, who.party or 0)}
    if not own:
        raise UnknownSite(f"{who.uscc} has no site yet", where="site", mend="register the place of issue first")
    for site in wanted - own.keys() - {""}:
        raise UnknownSite(f"{who.uscc} has no site {site}", where="site")
    return own | {"": next(iter(own.values()))}
