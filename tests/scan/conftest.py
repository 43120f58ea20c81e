"""A small district at work: each party has one site and a key, and calls over HTTP."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import NOW, cloned, served
from zhuisu import db
from zhuisu.events import Event, EventType, make, query_document
from zhuisu.parties import first_key
from zhuisu.settings import Settings

CHINA = timezone(timedelta(hours=8))
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

GTIN = "06901234567892"
ITEM = f"https://id.gs1.org/01/{GTIN}"
LOT = f"{ITEM}/10/L1"
CASE = "https://id.gs1.org/00/369012340000000017"
DRUG = "80217619000000001003"

PARTIES = {
    "farm": ("farm", "370302"),
    "plant": ("slaughterhouse", "370302"),
    "maker": ("manufacturer", "370302"),
    "shop": ("shop", "370303"),
    "market": ("market", "370303"),
    "pharmacy": ("pharmacy", "370303"),
    "clinic": ("clinic", "370203"),
    "city": ("regulator", "370300"),
    "county": ("regulator", "370203"),
}


def uscc(n: int, division: str) -> str:
    """The n-th made-up organisation of a division, with its check character (GB 32100-2015 §5)."""
    body = f"91{division}MA{n:07d}"
    return body + LETTERS[-sum(LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body)) % 31]


def box(n: int) -> str:
    return f"{ITEM}/21/{n}"


@dataclass
class Actor:
    """One organisation, calling under its own key, at its one site."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    uscc: str
    site: str
    place: str

    async def intake(self, *codes: str, status: int = 200, lang: str = "en", **more: Any) -> Any:
        headers = self.headers | {"Accept-Language": lang}
        answer = await self.http.post("/scan/intake", json={"codes": list(codes), **more}, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def scan(self, *codes: str, **more: Any) -> list[tuple[str, list[str], str]]:
        """Verdict, rules and event of each code."""
        results = (await self.intake(*codes, **more))["results"]
        return [(r["verdict"], [x["rule"] for x in r["reasons"]], r.get("event", "")) for r in results]

    async def capture(self, *events: Event, status: int = 202) -> httpx.Response:
        body = query_document((event.doc for event in events), datetime(2026, 6, 1, tzinfo=CHINA))
        headers = self.headers | {"Content-Type": "application/ld+json"}
        answer = await self.http.post("/epcis/capture", content=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer

    async def query(self, text: str = "", status: int = 200) -> Any:
        answer = await self.http.get(f"/epcis/events?{text}", headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def events(self, text: str = "") -> list[dict[str, Any]]:
        return (await self.query(text))["epcisBody"]["queryResults"]["resultsBody"]["eventList"]

    async def steps(self, text: str = "") -> list[str]:
        return [event["bizStep"] for event in await self.events(text)]


class District(dict[str, Actor]):
    """The actors by name; ``ago`` is local time so many hours before the service's clock."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now.astimezone(CHINA)

    def __getattr__(self, name: str) -> Actor:
        return self[name]

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def seen(self, hours: float, where: str, step: str, epcs: Sequence[str] = (), **more: Any) -> Event:
        more.setdefault("action", "ADD" if step == "commissioning" else "OBSERVE")
        more.setdefault("location", self[where].place)
        return make(EventType.ObjectEvent, time=self.ago(hours), step=step, epcs=epcs, **more)

    def pack(self, hours: float, where: str, parent: str, *children: str, action: str = "ADD") -> Event:
        step = "packing" if action == "ADD" else "unpacking"
        place = self[where].place
        return make(
            EventType.AggregationEvent,
            time=self.ago(hours),
            location=place,
            action=action,
            parent=parent,
            children=children,
            step=step,
        )

    async def made_and_sent(self, *codes: str, by: str = "maker", **made: Any) -> None:
        """Commissioned two days ago, sent on yesterday."""
        await self[by].capture(
            self.seen(48, by, "commissioning", codes, **made),
            self.seen(24, by, "shipping", codes, disposition="in_transit"),
        )


@pytest.fixture(scope="session")
async def registered(server_url: str, template: str, workspace: Path) -> AsyncIterator[tuple[str, District]]:
    """A database in which the district is registered, from which each test's is cloned; and its actors."""
    async with cloned(server_url, template) as url:
        settings = Settings(data=workspace, database_url=url, master_key=bytes(range(32)), base="http://zs.example")
        async with db.connect(url, size=1) as database:
            admin = {"Authorization": f"Bearer {(await first_key(database, NOW)).key}"}
        async with served(settings, NOW) as http:
            found = await _register(http, admin)
        yield urlsplit(url).path.removeprefix("/"), found


@pytest.fixture
async def database_url(server_url: str, registered: tuple[str, District]) -> AsyncIterator[str]:
    """URL of this test's own database, in which the district is registered."""
    async with cloned(server_url, registered[0]) as url:
        yield url


@pytest.fixture
def district(client: httpx.AsyncClient, admin: dict[str, str], registered: tuple[str, District]) -> District:
    """The actors, calling this test's own service."""
    found = District(NOW)
    found |= {name: replace(actor, http=client) for name, actor in registered[1].items()}
    found["admin"] = Actor(client, admin, "", "", "")
    return found


async def _register(http: httpx.AsyncClient, admin: dict[str, str]) -> District:
    found = District(NOW)
    for n, (name, (kind, division)) in enumerate(PARTIES.items(), 1):
        id_ = uscc(n, division)
        entry = {"uscc": id_, "name": f"示范{name}", "kind": kind, "division": division, "phone": "0533-0000000"}
        more = {"divisions": [division]} if kind == "regulator" else {}
        roles = ["regulator"] if kind == "regulator" else ["issuer", "operator"]
        answers = [
            await http.post(path, json=body, headers=admin)
            for path, body in (
                ("/parties", entry | more),
                (f"/parties/{id_}/sites", {"name": f"{name} 1"}),
                (f"/parties/{id_}/keys", {"label": "test", "roles": roles}),
            )
        ]
        assert [a.status_code for a in answers] == [201] * 3, [a.text for a in answers]
        site, key = answers[1].json(), answers[2].json()["key"]
        found[name] = Actor(http, {"Authorization": f"Bearer {key}"}, id_, site["id"], site["uri"])
    return found
