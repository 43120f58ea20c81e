"""Whoever reports an event was there: both its places are the reporter's own, or nobody's in the register.

>>> await strangers(conn, [(sender(who), 0, entry)], owners={})
[(0, PlaceNotYours('the event happened at https://id.gs1.org/414/…, a site of another organisation'))]
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from zhuisu import parties
from zhuisu.codes import site_of
from zhuisu.db import Connection
from zhuisu.epcis.errors import PlaceNotYours
from zhuisu.ledger import Prepared, Submission
from zhuisu.parties import Principal, Role

SITES = 100_000
"""Registered sites that are kept in mind."""


class Sender(NamedTuple):
    """Who sent a document, as far as it decides what may be in it; ``anywhere``: an administrator."""

    party: int
    uscc: str
    anywhere: bool


def sender(who: Principal) -> Sender:
    """``who`` as the sender of documents."""
    assert who.party is not None, "a route without a guard"
    return Sender(who.party, who.uscc, Role.administrator in who.roles)


class Guard:
    """What a shared commit asks before it records: raises PlaceNotYours.

    It asks once whose a registered site is, and keeps it in mind: a site stays its organisation's.
    """

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    async def __call__(self, conn: Connection, asked: Sequence[Submission]) -> None:
        """Ask for all that share a transaction."""
        if len(self._owners) > SITES:
            self._owners.clear()
        named = [(sender(one.who), n, entry) for one in asked for n, entry in enumerate(one.entries)]
        for _, refusal in await strangers(conn, named, self._owners):
            raise refusal


async def strangers(
    conn: Connection, named: Iterable[tuple[Sender, int, Prepared]], owners: dict[str, str]
) -> list[tuple[int, PlaceNotYours]]:
    """The events, by their numbers, that happened at others' sites; ``owners`` (site: USCC) learns those it lacks."""
    places = [
        (by.uscc, n, member, site_of(place))
        for by, n, entry in named
        if not by.anywhere
        for member, place in (("bizLocation", entry.event.location), ("readPoint", entry.event.read_point))
        if place
    ]
    if unknown := {place for *_, place in places} - owners.keys():
        owners |= {uri: site.uscc for uri, site in (await parties.sites_by_uri(conn, list(unknown))).items()}
    return [
        (
            n,
            PlaceNotYours(
                f"the event happened at {place}, a site of another organisation",
                where=f"/{member}/id",
                mend="report what happened at your own sites; name the other's as destination",
            ),
        )
        for uscc, n, member, place in places
        if owners.get(place, uscc) != uscc
    ]
