"""Two organisations that make goods, and calls under their keys."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from zhuisu.codes.checksum import check_digit
from zhuisu.db import Database
from zhuisu.parties import first_key

MAKER, RIVAL = "91370302MA000A012K", "91370303MA000A047L"

Headers = dict[str, str]
Send = Callable[..., Awaitable[httpx.Response]]


def gtin(number: int) -> str:
    """The ``number``-th GTIN-14 of a made-up prefix."""
    body = f"06909911{number:05}"
    return body + check_digit(body)


def uri(number: int) -> str:
    return f"https://id.gs1.org/01/{gtin(number)}"


VACCINE: dict[str, Any] = {
    "code": gtin(1),
    "name": "甲型肝炎灭活疫苗",
    "name_en": "Hepatitis A vaccine",
    "specification": "0.5 ml",
    "category": "vaccine",
}


@pytest.fixture
async def keys(client: httpx.AsyncClient, db: Database, now: datetime) -> dict[str, Headers]:
    """Headers of a maker, of a rival, and of the administrator."""
    headers = {"admin": {"Authorization": f"Bearer {(await first_key(db, now)).key}"}}
    for name, uscc in (("maker", MAKER), ("rival", RIVAL)):
        entry = {"uscc": uscc, "name": f"示范 {name}", "kind": "manufacturer", "division": "370302"}
        key = {"label": "ERP", "roles": ["operator"]}
        answers = [
            await client.post("/parties", json=entry, headers=headers["admin"]),
            await client.post(f"/parties/{uscc}/keys", json=key, headers=headers["admin"]),
        ]
        assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
        headers[name] = {"Authorization": f"Bearer {answers[1].json()['key']}"}
    return headers


@pytest.fixture
def save(client: httpx.AsyncClient, keys: dict[str, Headers]) -> Send:
    """``await save(product, who)``."""

    async def post(product: dict[str, Any], who: str = "maker", **query: str) -> httpx.Response:
        return await client.post("/products", json=product, headers=keys[who], params=query)

    return post


@pytest.fixture
def send(client: httpx.AsyncClient, keys: dict[str, Headers]) -> Send:
    """``await send(body, who, dry_run=True)``: an import; a list is sent as JSON."""

    async def post(body: bytes | list[dict[str, Any]], who: str = "maker", **query: Any) -> httpx.Response:
        how = {"json": body} if isinstance(body, list) else {"content": body}
        return await client.post("/products/import", headers=keys[who], params=query, **how)

    return post
