"""A district small enough to tell certificates by: a farm, a slaughterhouse, a shop, the city's regulator."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from zhuisu.db import Database
from zhuisu.parties import Principal, Role, first_key, organisation

from .samples import FARM, PLANT

SHOP, CITY, FAR_CITY = "91370303MA000A047L", "12370302MB000A067F", "92370302MA000A071K"

Headers = dict[str, str]
Post = Callable[..., Awaitable[httpx.Response]]


def bearer(key: str) -> Headers:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
async def keys(client: httpx.AsyncClient, db: Database, now: datetime) -> dict[str, Headers]:
    """Headers by who calls; farm and slaughterhouse have a site each, the farm two."""
    headers = {"admin": bearer((await first_key(db, now)).key)}
    parties: list[tuple[str, str, dict[str, Any], list[str]]] = [
        ("farm", FARM.uscc, {"name": FARM.name, "kind": "farm", "phone": FARM.phone}, ["issuer", "operator"]),
        ("plant", PLANT.uscc, {"name": PLANT.name, "kind": "slaughterhouse"}, ["issuer", "operator"]),
        ("shop", SHOP, {"name": "张店示范超市", "kind": "shop"}, ["issuer", "operator"]),
        ("city", CITY, {"name": "淄博监管", "kind": "regulator", "division": "370300"}, ["regulator"]),
        ("far city", FAR_CITY, {"name": "青岛监管", "kind": "regulator", "division": "370200"}, ["regulator"]),
    ]
    for name, uscc, entry, roles in parties:
        made = await client.post(
            "/parties", json={"uscc": uscc, "division": "370302"} | entry, headers=headers["admin"]
        )
        assert made.status_code == 201, made.text
        key = {"label": "test", "roles": roles}
        made = await client.post(f"/parties/{uscc}/keys", json=key, headers=headers["admin"])
        assert made.status_code == 201, made.text
        headers[name] = bearer(made.json()["key"])
    for uscc, site in ((FARM.uscc, "一号鸡舍"), (FARM.uscc, "二号鸡舍"), (PLANT.uscc, "屠宰车间")):
        made = await client.post(f"/parties/{uscc}/sites", json={"name": site}, headers=headers["admin"])
        assert made.status_code == 201, made.text
    return headers


@pytest.fixture
async def farm(keys: dict[str, Headers], db: Database) -> Principal:
    """The farm as verbs see it."""
    async with db.connection() as conn:
        found = await organisation(conn, FARM.uscc)
    assert found is not None
    return Principal(
        party=found.id, uscc=found.uscc, name=found.name, kind="farm", roles=frozenset({Role.issuer}), via="key"
    )


@pytest.fixture
def order() -> dict[str, Any]:
    return {
        "kind": "CCC/1",
        "product": "鲜鸡蛋",
        "quantity": 360,
        "unit": "枚",
        "origin": "370302",
        "basis": ["quality-control"],
    }


@pytest.fixture
def meat() -> dict[str, Any]:
    return {
        "kind": "MQI",
        "product": "猪二分体",
        "quantity": "86.4",
        "unit": "kg",
        "phone": "0533-5180001",
        "lot": "260601-03",
        "quarantine": "3703020000123456",
        "slaughtered": "2026-06-01",
        "asf": {"report": "26060103", "result": "negative"},
        "beta_agonist": {"report": "26060104", "result": "negative"},
    }


@pytest.fixture
def post(client: httpx.AsyncClient, keys: dict[str, Headers]) -> Post:
    """``await post(body, by="farm")`` sends an order."""

    async def send(body: Any, by: str = "farm") -> httpx.Response:
        return await client.post("/certs", json=body, headers=keys[by])

    return send
