"""The district as its members' systems see it: a few calls of the public API, each under the caller's own key.

>>> district.note("farm", made(at, district.place("farm"), amounts=[(eggs, 2160)]))
>>> district.scan("shop", [certificate, eggs], at=at)                       # sends what was noted first
['accept', 'accept']
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
import msgspec

from zhuisu.demo.errors import NotEmpty, Unexpected
from zhuisu.demo.journal import Event, document
from zhuisu.demo.numbers import gln
from zhuisu.demo.people import Member
from zhuisu.parties import Role

ACCEPT, REFUSE = "accept", "refuse"


class District:
    """Who is there, under which key, and what they noted but did not send yet. ``now`` is local, to the minute."""

    def __init__(self, http: httpx.Client, administrator: str, now: datetime) -> None:
        self.now = now
        self.keys = {"admin": administrator}
        self._http = http
        self._places: dict[str, list[tuple[str, str]]] = {}
        self._noted: dict[str, list[Event]] = defaultdict(list)

    def day(self, offset: int, clock: str) -> datetime:
        """The time of day ``clock`` (``06:30``), ``offset`` days from today."""
        hour, minute = map(int, clock.split(":"))
        return datetime.combine(self.date(offset), time(hour, minute), self.now.tzinfo)

    def date(self, offset: int) -> date:
        """The day ``offset`` days from today."""
        return (self.now + timedelta(days=offset)).date()

    def ago(self, hours: float) -> datetime:
        """So many hours before now, to the minute."""
        return self.now - timedelta(minutes=round(hours * 60))

    def place(self, slug: str, number: int = 0) -> str:
        """URI of a member's site."""
        return self._places[slug][number][1]

    def document(self, slug: str, number: str) -> str:
        """URI of a member's document (CBV 2.0 §8.5.3); a member without a GLN has a URN of its own."""
        place = self.place(slug).rpartition("/414/")[2]
        known = place if place.isdecimal() else gln(0)
        return f"urn:epcglobal:cbv:bt:{known}:{number}"

    def register(self, member: Member, password: str) -> None:
        """Enter a member with its sites, licences, key and the person who may sign in under its slug."""
        of = f"/parties/{member.uscc}"
        self._post(
            "admin",
            "/parties",
            uscc=member.uscc,
            name=member.name,
            name_en=member.name_en,
            kind=member.kind,
            division=member.division,
            address=member.address,
            phone=member.phone,
        )
        sites = [
            self._post(
                "admin",
                f"{of}/sites",
                name=place.name,
                latitude=place.latitude,
                longitude=place.longitude,
                **({"gln": gln(place.gln)} if place.gln else {}),
            )
            for place in member.places
        ]
        self._places[member.slug] = [(site["id"], site["uri"]) for site in sites]
        for permit in member.permits:
            self._post(
                "admin",
                f"{of}/licences",
                kind=permit.kind,
                number=permit.number,
                valid_from=date(2025, 1, 1),
                valid_until=permit.valid_until,
            )
        self.keys[member.slug] = self._post("admin", f"{of}/keys", label="ERP", roles=member.roles)["key"]
        self.welcome(member.uscc, member.slug, member.person, password, member.roles)

    def welcome(self, uscc: str, login: str, name: str, password: str, roles: Sequence[Role]) -> None:
        """Let somebody sign in."""
        self._post("admin", f"/parties/{uscc}/people", login=login, name=name, password=password, roles=roles)

    def catalogue(self, slug: str, products: Sequence[dict[str, Any]]) -> None:
        """Import what a member's goods are called."""
        self._send(slug, "/products/import", list(products))

    def note(self, slug: str, *events: Event) -> None:
        """Write events into a member's journal, to be sent with the next document."""
        self._noted[slug] += events

    def send(self) -> None:
        """Capture what was noted, a document for each member."""
        for slug, events in self._noted.items():
            if events:
                self._post(slug, "/epcis/capture", **document(events, self.now))
        self._noted.clear()

    def scan(
        self, slug: str, codes: Sequence[str], *, at: datetime, step: str = "receiving", expect: str = ACCEPT
    ) -> list[dict[str, Any]]:
        """Send what was noted, then scan at a member's first site. Raises Unexpected for another verdict."""
        self.send()
        results: list[dict[str, Any]] = self._post(
            slug, "/scan/intake", codes=list(codes), step=step, at=at, site=self._places[slug][0][0]
        )["results"]
        for result in results:
            if result["verdict"] != expect:
                why = "; ".join(reason["text"] for reason in result["reasons"])
                raise Unexpected(f"{slug} scans {result['code']} ({step}): {result['verdict']}, not {expect}: {why}")
        return results

    def certify(self, slug: str, **order: Any) -> dict[str, Any]:
        """Issue a certificate; its id and URL."""
        issued: dict[str, Any] = self._post(slug, "/certs", **order)
        return issued

    def revoke(self, slug: str, certificate: dict[str, Any], reason: str) -> None:
        """Void a certificate."""
        self._post(slug, f"/certs/{certificate['id']}/revoke", reason=reason)

    def _post(self, slug: str, path: str, **body: Any) -> Any:
        return self._send(slug, path, body)

    def _send(self, slug: str, path: str, body: Any) -> Any:
        answer = self._http.post(
            path,
            content=msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {self.keys[slug]}", "Content-Type": "application/json"},
        )
        if answer.status_code == httpx.codes.CONFLICT:
            raise NotEmpty(f"POST {path}: {answer.json()['detail']}", mend="give an empty directory with --data")
        if answer.is_error:
            raise Unexpected(f"POST {path} as {slug}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None
