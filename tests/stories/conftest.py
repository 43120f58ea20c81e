"""A handful of people who know only the public API: each story gives them parts."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from zhuisu.demo.journal import document

CHINA = timezone(timedelta(hours=8))

USCC = {
    "farm": "91370302MA000A012K",
    "slaughterhouse": "91370302MA000A039B",
    "shop": "91370303MA000A047L",
    "cdc": "12370302MB000A067F",
    "corner": "92370302MA000A071K",
    "maker": "91370305MA000A100D",
    "carrier": "91370303MA000A1353",
    "clinic": "12370302MB000A171K",
}


@dataclass
class Actor:
    """One organisation with one site, calling under its own key."""

    http: httpx.AsyncClient
    key: str
    site: str
    place: str

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": "zh-CN"}
        return await self.http.post(path, json=body, headers=headers)

    async def does(self, *events: dict[str, Any]) -> None:
        """Capture what happened here, as the organisation's own system sends it."""
        answer = await self.post("/epcis/capture", document(events, datetime.now(CHINA)))
        assert answer.status_code == 202, answer.text

    async def scans(self, *codes: str, at: datetime, step: str = "receiving") -> list[dict[str, Any]]:
        """Scan codes at the door; the results in their order."""
        answer = await self.post("/scan/intake", {"codes": list(codes), "step": step, "at": at.isoformat()})
        assert answer.status_code == 200, answer.text
        return answer.json()["results"]

    async def certifies(self, **order: Any) -> dict[str, Any]:
        answer = await self.post("/certs", order)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def traces(self, code: str, direction: str = "back", at: datetime | None = None) -> dict[str, Any]:
        """The path as this organisation sees it, as of ``at`` or now."""
        headers = {"Authorization": f"Bearer {self.key}"}
        url = f"/chain/{quote(code, safe='')}"
        params = {"direction": direction} | ({"at": at.isoformat()} if at else {})
        answer = await self.http.get(url, params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def hire(client, admin):
    """``await hire("farm", "farm")``: an actor by name and kind."""

    async def register(name: str, kind: str) -> Actor:
        uscc = USCC[name]
        entry = {"uscc": uscc, "name": f"示范 {name}", "kind": kind, "division": "370302", "phone": "0533-0000000"}
        roles = ["issuer", "operator"]
        answers = [
            await client.post(path, json=body, headers=admin)
            for path, body in (
                ("/parties", entry),
                (f"/parties/{uscc}/sites", {"name": f"示范 {name} 门口"}),
                (f"/parties/{uscc}/keys", {"label": "ERP", "roles": roles}),
            )
        ]
        assert [a.status_code for a in answers] == [201] * 3, [a.text for a in answers]
        site = answers[1].json()
        return Actor(client, answers[2].json()["key"], site["id"], site["uri"])

    return register


@pytest.fixture
def read(client):
    """``await read(url)``: a page in Chinese as text, as a phone would show it to anybody."""

    async def page(url: str) -> str:
        answer = await client.get(url, headers={"Accept": "text/html", "Accept-Language": "zh-CN"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/html")
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    return page


@pytest.fixture
def clock(now):
    """Local time so many hours before the service's clock."""

    def ago(hours: float) -> datetime:
        return now.astimezone(CHINA) - timedelta(hours=hours)

    return ago
