"""A farm that issues, a shop that scans, a regulator that looks; each with somebody who signs in on the pages."""

from typing import Any

import httpx
import pytest

FARM, SHOP, PLANT, CITY = "91370302MA000A012K", "91370303MA000A047L", "91370302MA000A039B", "12370302MB000A067F"
PASSWORD = "鸡蛋-2026-long"

Headers = dict[str, str]

PEOPLE: list[tuple[str, str, str, list[str]]] = [
    ("farm", FARM, "淄川示范蛋鸡养殖场", ["issuer", "operator"]),
    ("shop", SHOP, "张店示范超市", ["operator"]),
    ("slaughterhouse", PLANT, "淄川示范屠宰厂", ["issuer"]),
    ("regulator", CITY, "淄川示范监管所", ["regulator"]),
]


@pytest.fixture
async def district(client: httpx.AsyncClient, admin: Headers) -> dict[str, Headers]:
    """Headers of an API key by kind of organisation; the login of its person is the kind."""
    headers = {}
    for kind, uscc, name, roles in PEOPLE:
        entry = {"uscc": uscc, "name": name, "kind": kind, "division": "370302", "phone": "0533-0000000"}
        steps: list[tuple[str, dict[str, Any]]] = [
            ("", entry),
            (f"/{uscc}/sites", {"name": f"{name}一号"}),
            (f"/{uscc}/people", {"login": kind, "name": "示例", "password": PASSWORD, "roles": roles}),
            (f"/{uscc}/keys", {"label": "test", "roles": roles}),
        ]
        for path, body in steps:
            made = await client.post(f"/parties{path}", json=body, headers=admin)
            assert made.status_code == 201, made.text
        headers[kind] = {"Authorization": f"Bearer {made.json()['key']}"}
    return headers


async def signed_in(client: httpx.AsyncClient, login: str) -> None:
    """From here on ``client`` carries the session of ``login``."""
    client.headers["Sec-Fetch-Site"] = "same-origin"  # what a browser says of a form on one of our pages
    answer = await client.post("/login", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text


EGGS = {
    "kind": "CCC/1",
    "product": "鲜鸡蛋",
    "quantity": 360,
    "unit": "枚",
    "origin": "370302",
    "basis": ["quality-control"],
    "lot": "L20260601",
}


@pytest.fixture
async def eggs(client: httpx.AsyncClient, district: dict[str, Headers]) -> dict[str, Any]:
    """An egg certificate as ``POST /certs`` answers it."""
    made = await client.post("/certs", json=EGGS, headers=district["farm"])
    assert made.status_code == 201, made.text
    issued: dict[str, Any] = made.json()
    return issued
