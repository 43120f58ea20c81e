"""API keys and people: shown once, stored as hashes, withdrawn for good."""

import base64
from datetime import datetime

import httpx

from tests.parties.conftest import CITY, FARM, PASSWORD, SHOP, Headers, bearer, uscc
from zhuisu.db import Database
from zhuisu.parties import first_key


async def dump(db: Database) -> str:
    """Every row of every table of ours, as text."""
    async with db.connection() as conn:
        tables = await conn.fetch(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        )
        rows = [await conn.fetch(f"select t::text as row from {table['name']} t") for table in tables]
    return "\n".join(row["row"] for table in rows for row in table)


async def test_only_a_hash_of_each_secret_is_stored(
    client: httpx.AsyncClient, admin: Headers, person: Headers, db: Database
) -> None:
    signed_in = await client.post("/sessions", json=person)
    stored = await dump(db)
    assert FARM in stored  # the dump does hold the register
    for text in (admin["Authorization"].removeprefix("Bearer zs_"), signed_in.cookies["zhuisu_session"]):
        raw = base64.urlsafe_b64decode(text + "=")
        for form in (text, text[::-1], raw.hex(), base64.b64encode(raw).decode(), text.encode().hex()):
            assert form not in stored
    for form in (PASSWORD, PASSWORD[::-1], PASSWORD.encode().hex(), base64.b64encode(PASSWORD.encode()).decode()):
        assert form not in stored


async def test_a_key_is_shown_once(client: httpx.AsyncClient, admin: Headers, register: None) -> None:
    made = await client.post(f"/parties/{FARM}/keys", json={"label": "蛋库", "roles": ["operator"]}, headers=admin)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    listed = (await client.get(f"/parties/{FARM}", headers=admin)).json()["keys"]
    assert [key | {"key": made.json()["key"]} for key in listed] == [made.json()]


async def test_a_revoked_key_opens_nothing_and_keeps_its_day(
    client: httpx.AsyncClient, admin: Headers, register: None
) -> None:
    url = f"/parties/{FARM}/keys"
    made = (await client.post(url, json={"label": "丢了", "roles": ["operator"]}, headers=admin)).json()
    for _ in range(2):
        assert (await client.delete(f"{url}/{made['id']}", headers=admin)).status_code == 204
    refused = await client.get(f"/parties/{FARM}", headers=bearer(made["key"]))
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/unauthenticated")
    assert (await client.get(f"/parties/{FARM}", headers=admin)).json()["keys"][0]["revoked"] is not None
    assert (await client.delete(f"/parties/{SHOP}/keys/{made['id']}", headers=admin)).status_code == 404
    for odd in ("0", "-1", "9" * 30, "9" * 5000, "x"):
        assert (await client.delete(f"{url}/{odd}", headers=admin)).status_code in {400, 404}


async def test_the_regulator_role_is_for_regulators(client: httpx.AsyncClient, admin: Headers, register: None) -> None:
    for path, body in {
        "keys": {"label": "x", "roles": ["regulator"]},
        "people": {"login": "li", "name": "李某", "password": PASSWORD, "roles": ["regulator"]},
    }.items():
        unfit = await client.post(f"/parties/{FARM}/{path}", json=body, headers=admin)
        fit = await client.post(f"/parties/{CITY}/{path}", json=body, headers=admin)
        unknown = await client.post(f"/parties/{uscc(99)}/{path}", json=body, headers=admin)
        assert (unfit.status_code, unfit.json()["type"]) == (400, "/problems/parties/role-unfit")
        assert (fit.status_code, unknown.status_code) == (201, 404)


async def test_a_faulty_person_is_refused(client: httpx.AsyncClient, admin: Headers, register: None) -> None:
    good = {"login": "zhao", "name": "赵某", "password": PASSWORD, "roles": ["operator"]}
    for change in (
        {"password": "short"},
        {"login": "Wang"},
        {"login": "王"},
        {"login": "zhao\n"},
        {"roles": []},
        {"roles": ["king"]},
        {"x": 1},
    ):
        answer = await client.post(f"/parties/{FARM}/people", json=good | change, headers=admin)
        assert (answer.status_code, change.popitem()[0] in answer.text) == (400, True)
    assert (await client.get(f"/parties/{FARM}", headers=admin)).json()["people"] == []


async def test_a_login_is_one_person(client: httpx.AsyncClient, admin: Headers, person: Headers) -> None:
    body = {"login": "wang", "name": "别人", "password": PASSWORD, "roles": ["operator"]}
    answer = await client.post(f"/parties/{SHOP}/people", json=body, headers=admin)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/parties/login-taken")


async def test_a_closed_account_is_out_at_once(client: httpx.AsyncClient, admin: Headers, person: Headers) -> None:
    cookie = (await client.post("/sessions", json=person)).cookies["zhuisu_session"]
    client.cookies.clear()
    assert (await client.delete(f"/parties/{SHOP}/people/wang", headers=admin)).status_code == 404
    assert (await client.delete(f"/parties/{FARM}/people/wang", headers=admin)).status_code == 204
    inside = await client.get(f"/parties/{FARM}", headers={"Cookie": f"zhuisu_session={cookie}"})
    assert "name" not in inside.json()
    assert (await client.post("/sessions", json=person)).status_code == 401


async def test_the_first_key_makes_the_platform_once(client: httpx.AsyncClient, db: Database, now: datetime) -> None:
    first = await first_key(db, now, uscc=uscc(50), name="示例平台")
    second = await first_key(db, now, uscc=uscc(50), name="示例平台")
    assert first.key != second.key
    for made in (first, second):
        listed = (await client.get("/parties", headers=bearer(made.key))).json()["parties"]
        assert [(p["uscc"], p["name"], p["kind"]) for p in listed] == [(uscc(50), "示例平台", "other")]
