"""The register over HTTP: who may write what, who sees what, and what is refused."""

import asyncio
from typing import Any

import httpx

from tests.parties.conftest import CITY, FARM, SHOP, Headers, Mint, entry, uscc
from zhuisu.db import Database
from zhuisu.parties import sites_by_id, sites_by_uri
from zhuisu.parties.access import PLATFORM

GLN = "6901234000009"


async def test_an_organisation_is_registered_and_read_back(client: httpx.AsyncClient, admin: Headers) -> None:
    body = entry(7) | {"name_en": "Sample Farm", "address": "示例路1号", "phone": "0533-0000000"}
    made = await client.post("/parties", json=body, headers=admin)
    assert made.status_code == 201
    assert made.json() == (await client.get(f"/parties/{uscc(7)}", headers=admin)).json()
    assert body.items() <= made.json().items()
    assert made.json()["status"] == "active"
    assert "id" not in made.json()


async def test_a_regulator_oversees_its_own_division_unless_told(client: httpx.AsyncClient, admin: Headers) -> None:
    plain = await client.post("/parties", json=entry(7, "370300", "regulator"), headers=admin)
    told = await client.post(
        "/parties", json=entry(8, "370300", "regulator") | {"divisions": ["370302", "370303"]}, headers=admin
    )
    assert plain.json()["divisions"] == ["370300"]
    assert told.json()["divisions"] == ["370302", "370303"]


async def test_a_faulty_entry_is_refused_by_name_and_not_stored(client: httpx.AsyncClient, admin: Headers) -> None:
    faults: list[tuple[str, Any]] = [
        ("uscc", FARM[:-1] + ("0" if FARM[-1] != "0" else "1")),
        ("uscc", "91370302"),
        ("division", "3703"),
        ("division", "370302\n"),
        ("name", ""),
        ("name", "a\x00b"),
        ("kind", "palace"),
        ("colour", "red"),
        ("divisions", ["370302"]),
    ]
    for field, value in faults:
        answer = await client.post("/parties", json=entry(1) | {field: value}, headers=admin)
        assert answer.status_code == 400
        assert field in answer.json().get("where", "") + answer.json()["detail"]
    assert len((await client.get("/parties", headers=admin)).json()["parties"]) == 1


async def test_one_uscc_is_one_organisation(client: httpx.AsyncClient, admin: Headers, register: None) -> None:
    again = await client.post("/parties", json=entry(1) | {"name": "另一家"}, headers=admin)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/parties/party-exists")
    assert (await client.get(f"/parties/{FARM}", headers=admin)).json()["name"] == "示例1号"


async def test_a_farm_without_a_gln_has_numbered_sites(
    client: httpx.AsyncClient, admin: Headers, mint: Mint, db: Database
) -> None:
    farmer = await mint(FARM, "issuer")
    first = await client.post(f"/parties/{FARM}/sites", json={"name": "一号鸡舍"}, headers=farmer)
    known = await client.post(
        f"/parties/{FARM}/sites",
        json={"name": "蛋库", "gln": GLN, "kind": "wholesaler", "latitude": 36.8, "longitude": 118.0},
        headers=farmer,
    )
    second = await client.post(f"/parties/{FARM}/sites", json={"name": "二号鸡舍"}, headers=admin)
    assert first.status_code == 201
    assert first.json() == {
        "id": f"{FARM}.1",
        "uri": f"urn:zhuisu:site:loc:{FARM}.1",
        "uscc": FARM,
        "gln": "",
        "name": "一号鸡舍",
        "kind": "farm",
        "division": "370302",
        "address": "",
        "latitude": None,
        "longitude": None,
    }
    assert (known.json()["id"], known.json()["uri"]) == (GLN, f"https://id.gs1.org/414/{GLN}")
    assert second.json()["id"] == f"{FARM}.2"
    async with db.connection() as conn:
        by_uri = await sites_by_uri(conn, [f"https://id.gs1.org/414/{GLN}", f"urn:zhuisu:site:loc:{FARM}.2", "urn:x:y"])
        by_id = await sites_by_id(conn, [GLN])
    assert [site.name for site in by_uri.values()] == ["蛋库", "二号鸡舍"]
    assert by_id[GLN].uscc == FARM
    shown = (await client.get(f"/parties/{FARM}", headers=farmer)).json()
    assert {site["name"] for site in shown["sites"]} == {"一号鸡舍", "二号鸡舍", "蛋库"}


async def test_sites_added_at_once_get_numbers_of_their_own(
    client: httpx.AsyncClient, admin: Headers, register: None
) -> None:
    url = f"/parties/{FARM}/sites"
    made = await asyncio.gather(*(client.post(url, json={"name": f"{n}号"}, headers=admin) for n in range(12)))
    assert {answer.json()["id"] for answer in made} == {f"{FARM}.{n}" for n in range(1, 13)}


async def test_a_gln_names_one_site_and_is_checked(client: httpx.AsyncClient, admin: Headers, register: None) -> None:
    body = {"name": "店", "gln": GLN}
    assert (await client.post(f"/parties/{SHOP}/sites", json=body, headers=admin)).status_code == 201
    taken = await client.post(f"/parties/{FARM}/sites", json=body, headers=admin)
    wrong = await client.post(f"/parties/{FARM}/sites", json=body | {"gln": "6901234000008"}, headers=admin)
    odd = await client.post(f"/parties/{FARM}/sites", json=body | {"gln": f"{GLN}/254/1"}, headers=admin)
    halved = await client.post(f"/parties/{FARM}/sites", json={"name": "店", "latitude": 1}, headers=admin)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/parties/site-taken")
    assert (wrong.status_code, odd.status_code, halved.status_code) == (400, 400, 400)
    assert (await client.get(f"/parties/{FARM}", headers=admin)).json()["sites"] == []


async def test_only_its_own_people_add_a_site(client: httpx.AsyncClient, mint: Mint) -> None:
    shop = await mint(SHOP, "operator")
    answer = await client.post(f"/parties/{FARM}/sites", json={"name": "不是我的"}, headers=shop)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/parties/not-yours")


async def test_licences_are_recorded_once(client: httpx.AsyncClient, admin: Headers, register: None) -> None:
    licence = {
        "kind": "food-trade",
        "number": "JY13703020000000",
        "valid_from": "2024-01-01",
        "valid_until": "2028-12-31",
    }
    url = f"/parties/{SHOP}/licences"
    assert (await client.post(url, json=licence, headers=admin)).status_code == 201
    assert (await client.post(url, json=licence, headers=admin)).status_code == 409
    backwards = licence | {"number": "JY2", "valid_until": "2023-12-31"}
    assert (await client.post(url, json=backwards, headers=admin)).status_code == 400
    assert (await client.get(f"/parties/{SHOP}", headers=admin)).json()["licences"] == [licence]


async def test_a_profile_is_for_itself_its_regulator_and_the_administrator(
    client: httpx.AsyncClient, admin: Headers, mint: Mint
) -> None:
    seen = {}
    for name, headers in {
        "administrator": admin,
        "itself": await mint(FARM, "operator"),
        "its regulator": await mint(CITY, "regulator"),
        "another": await mint(SHOP, "operator"),
        "public": {},
    }.items():
        seen[name] = (await client.get(f"/parties/{FARM}", headers=headers)).json()
    outline = {"uscc": FARM, "kind": "farm", "division": "370302"}
    assert seen["public"] == seen["another"] == outline
    assert seen["administrator"] == seen["itself"]
    assert len(seen["itself"]["keys"]) == 1
    assert seen["its regulator"] == seen["itself"] | {"keys": [], "people": []}
    elsewhere = await client.get(f"/parties/{SHOP}", headers=await mint(CITY, "regulator"))
    assert "name" not in elsewhere.json()
    assert (await client.get(f"/parties/{uscc(99)}")).status_code == 404


async def test_the_overview_is_bounded_by_division_and_paged(
    client: httpx.AsyncClient, admin: Headers, mint: Mint
) -> None:
    inspector = await mint(CITY, "regulator")
    mine = (await client.get("/parties", headers=inspector)).json()
    assert [p["uscc"] for p in mine["parties"]] == sorted([CITY, FARM, PLATFORM])
    found: list[str] = []
    after = ""
    while True:
        page = (await client.get("/parties", params={"after": after, "limit": 1}, headers=admin)).json()
        found += [p["uscc"] for p in page["parties"]]
        if not (after := page["next"]):
            break
    assert len(found) == 4
    assert found == sorted(found)


async def test_a_suspended_organisation_is_let_in_no_more_until_restored(
    client: httpx.AsyncClient, admin: Headers, mint: Mint
) -> None:
    key = await mint(FARM, "operator")
    suspended = await client.patch(f"/parties/{FARM}", json={"status": "suspended"}, headers=admin)
    assert suspended.json()["status"] == "suspended"
    assert (await client.get(f"/parties/{FARM}", headers=key)).status_code == 401
    await client.patch(f"/parties/{FARM}", json={"status": "active"}, headers=admin)
    assert (await client.get(f"/parties/{FARM}", headers=key)).status_code == 200
    assert (await client.patch(f"/parties/{uscc(99)}", json={"status": "struck"}, headers=admin)).status_code == 404
