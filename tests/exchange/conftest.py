"""A maker of vaccine and those who buy it: relation files, bills, and calls over HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from zhuisu.exchange.relation import Batch, Head, Packed, Relation, Upload, normal

CASE, CARTON, BOX = "8100013", "8100012", "8100011"

USCC = {
    "maker": "91370302MA000A012K",
    "wholesaler": "91370303MA000A047L",
    "clinic": "12370302MB000A067F",
}


def code(product: str, n: int) -> str:
    """A clearly fictitious 20-digit code: its serial begins with 9."""
    return f"{product}9{n:08}{n * 37 % 10_000:04}"


def uri(digits: str) -> str:
    return f"urn:zhuisu:drug:obj:{digits}"


def tree(cases: int = 1, cartons: int = 2, boxes: int = 3) -> list[Packed]:
    """Cases of cartons of boxes, as a line prints them."""
    found = []
    for k in range(cases):
        case = code(CASE, k + 1)
        found.append(Packed(case, 3))
        for c in range(cartons):
            carton = code(CARTON, k * cartons + c + 1)
            found.append(Packed(carton, 2, case))
            found += (Packed(code(BOX, (k * cartons + c) * boxes + b + 1), 1, carton) for b in range(boxes))
    return found


def upload(codes: Iterable[Packed], **batch: Any) -> Upload:
    said = {
        "number": "202605A",
        "made": date(2026, 5, 4),
        "expires": date(2029, 5, 3),
        "workshop": "一号车间",
        "line": "一号生产线",
        "manager": "操作员甲",
    }
    head = Head(product="9999999", subtype="9500000001", cascade="1:2:6", spec="盒1支", comment="0")
    relation = Relation(head=head, batches=(Batch(**said | batch, codes=tuple(codes)),))
    return normal(Upload(license="1001123", relations=(relation,)))


@dataclass
class Actor:
    """One organisation with one site, calling under its own key."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    uscc: str
    site: str
    place: str

    async def uploads(self, body: bytes, status: int = 200, **query: Any) -> Any:
        answer = await self.http.post("/exchange/relations", content=body, params=query, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def relation(self, text: str, status: int = 200) -> bytes:
        answer = await self.http.get(f"/exchange/relations/{quote(text, safe='')}", headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.content

    async def books(self, rows: list[dict[str, Any]] | bytes, status: int = 200, **query: Any) -> Any:
        how: dict[str, Any] = {"json": rows} if isinstance(rows, list) else {"content": rows}
        answer = await self.http.post("/exchange/bills", params=query, headers=self.headers, **how)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def gets(self, path: str, status: int = 200, **query: Any) -> httpx.Response:
        answer = await self.http.get(path, params=query, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer

    async def path(self, text: str) -> list[tuple[str, str]]:
        found = (await self.gets(f"/chain/{quote(text, safe='')}")).json()
        return [(hop["step"], hop["site"]) for hop in found["hops"]]


def rows(number: str, kind: str, at: str, codes: Iterable[str], **more: str) -> list[dict[str, str]]:
    return [{"number": number, "type": kind, "date": at, "code": each, **more} for each in codes]


@pytest.fixture
async def hire(client, admin):
    """``await hire("maker", "manufacturer")``: an actor by name and kind; further keys by their roles."""

    async def register(name: str, kind: str, *, uscc: str = "", division: str = "370302", **more: Any) -> Actor:
        id_ = uscc or USCC[name]
        entry = {"uscc": id_, "name": f"示范 {name}", "kind": kind, "division": division, "phone": "0533-0000000"}
        roles = ["regulator"] if kind == "regulator" else ["operator"]
        answers = [
            await client.post(path, json=body, headers=admin)
            for path, body in (
                ("/parties", entry | more),
                (f"/parties/{id_}/sites", {"name": f"示范 {name} 门口"}),
                (f"/parties/{id_}/keys", {"label": "ERP", "roles": roles}),
            )
        ]
        assert [answer.status_code for answer in answers] == [201] * 3, [answer.text for answer in answers]
        site = answers[1].json()
        headers = {"Authorization": f"Bearer {answers[2].json()['key']}"}
        return Actor(client, headers, id_, site["id"], site["uri"])

    return register


@pytest.fixture
async def maker(hire):
    return await hire("maker", "manufacturer")


@pytest.fixture
async def wholesaler(hire):
    return await hire("wholesaler", "wholesaler", division="370303")


@pytest.fixture
async def clinic(hire):
    return await hire("clinic", "clinic")
