"""A small register to tell stories in: a platform, two farms in different cities, and a city's regulator."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import pytest

from zhuisu.db import Database
from zhuisu.parties import first_key

Headers = dict[str, str]
Mint = Callable[..., Awaitable[Headers]]

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(n: int, division: str = "370302") -> str:
    """The n-th made-up organisation of a division, with its check character (GB 32100-2015 §5)."""
    body = f"91{division}MA{n:07d}"
    total = sum(_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _LETTERS[-total % 31]


def entry(n: int, division: str = "370302", kind: str = "farm") -> dict[str, str]:
    return {"uscc": uscc(n, division), "name": f"示例{n}号", "kind": kind, "division": division}


FARM = uscc(1)
SHOP = uscc(2, "370202")
CITY = uscc(3, "370300")

PASSWORD = "鸡蛋-2026-long"


def bearer(key: str) -> Headers:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
async def admin(db: Database, now: datetime) -> Headers:
    return bearer((await first_key(db, now)).key)


@pytest.fixture
async def register(client: httpx.AsyncClient, admin: Headers) -> None:
    """A farm in 370302, a shop in another city, and the regulator of 370300."""
    for body in (entry(1), entry(2, "370202", "shop"), entry(3, "370300", "regulator")):
        assert (await client.post("/parties", json=body, headers=admin)).status_code == 201


@pytest.fixture
def mint(client: httpx.AsyncClient, admin: Headers, register: None) -> Mint:
    """Headers with a new key of an organisation for the given roles."""

    async def mint(party: str, *roles: str) -> Headers:
        made = await client.post(f"/parties/{party}/keys", json={"label": "test", "roles": roles}, headers=admin)
        assert made.status_code == 201, made.text
        return bearer(made.json()["key"])

    return mint


@pytest.fixture
async def person(client: httpx.AsyncClient, admin: Headers, register: None) -> Headers:
    """Credentials of somebody at the farm."""
    body = {"login": "wang", "name": "王某", "password": PASSWORD, "roles": ["issuer", "operator"]}
    assert (await client.post(f"/parties/{FARM}/people", json=body, headers=admin)).status_code == 201
    return {"login": "wang", "password": PASSWORD}
