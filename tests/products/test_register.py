"""The register of products over HTTP: who may write what, what is kept, and what is found."""

import asyncio
from urllib.parse import quote

import pytest

from tests.products.conftest import MAKER, RIVAL, VACCINE, gtin, uri


async def shown(client, code, headers=None):
    return await client.get(f"/products/{quote(code, safe='')}", headers=headers or {})


async def test_a_product_is_registered_and_read_by_anybody_under_any_of_its_codes(client, save):
    saved = await save(VACCINE)
    assert (saved.status_code, saved.json()["outcome"]) == (200, "new")
    for code in (gtin(1), f"(01){gtin(1)}(21)A1", uri(1), f"https://example.com/01/{gtin(1)}/10/L"):
        answer = await shown(client, code)
        assert answer.status_code == 200, answer.text
        assert answer.json()["product"] == VACCINE | {"code": uri(1)}
        assert answer.json()["owner"] == MAKER
        assert (answer.json()["owner_name"], answer.json()["owner_kind"]) == ("示范 maker", "manufacturer")
        assert "history" not in answer.json()


@pytest.mark.parametrize("code", ["2012345000001", "0212345000007", "(01)02012345000001(21)A"])
async def test_a_number_of_one_shop_names_nothing(client, save, code):
    refused = await save(VACCINE | {"code": code})
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/products/no-product")
    assert "店内码" in refused.json()["zh"]["detail"]


async def test_a_number_of_two_readings_is_found_under_either(client, save):
    digits = "86904879000126"
    await save(VACCINE | {"code": f"(01){digits}"})
    assert (await shown(client, digits)).json()["product"]["code"] == f"https://id.gs1.org/01/{digits}"
    (one,) = (await client.post("/codes/parse", json={"text": digits})).json()["readings"]
    assert one["code"]["family"] == "drug-standard"
    assert one["product"]["name"] == VACCINE["name"]


async def test_what_was_said_before_is_kept_for_the_holder(client, keys, save):
    await save(VACCINE)
    assert (await save(VACCINE)).json()["outcome"] == "same"
    assert (await save(VACCINE | {"specification": "1 ml"})).json()["outcome"] == "changed"
    own = (await shown(client, gtin(1), keys["maker"])).json()
    assert [(said["by"], said["said"].get("specification")) for said in own["history"]] == [
        (MAKER, "0.5 ml"),
        (MAKER, "1 ml"),
    ]
    assert own["product"] == own["history"][-1]["said"]
    other = (await shown(client, gtin(1), keys["rival"])).json()
    assert (other["owner_name"], "history" in other) == ("示范 maker", False)


async def test_who_comes_first_holds_the_product(client, save):
    await save(VACCINE)
    refused = await save(VACCINE | {"name": "假疫苗"}, "rival")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/products/owned-by-another")
    assert "示范 maker" in refused.json()["detail"]
    assert "示范 maker" in refused.json()["zh"]["detail"]
    assert refused.json()["owner"] == MAKER
    assert (await shown(client, gtin(1))).json()["product"]["name"] == VACCINE["name"]


async def test_an_administrator_mends_an_entry_and_hands_it_over(client, keys, save):
    await save(VACCINE)
    await save(VACCINE | {"unit": "支"}, "admin")
    assert (await shown(client, gtin(1))).json()["owner"] == MAKER
    moved = await save(VACCINE | {"unit": "支"}, "admin", owner=RIVAL)
    assert moved.json()["outcome"] == "changed"
    assert (await save(VACCINE, "maker")).status_code == 409
    assert (await save(VACCINE, "rival")).json()["outcome"] == "changed"
    history = (await shown(client, gtin(1), keys["rival"])).json()["history"]
    assert [said["owner"] for said in history] == [MAKER, MAKER, RIVAL, RIVAL]


async def test_nobody_else_names_a_holder(save):
    assert (await save(VACCINE, "maker", owner=RIVAL)).status_code == 403
    assert (await save(VACCINE, "maker", owner=MAKER)).status_code == 200
    assert (await save(VACCINE, "admin", owner="91370302MA000A0208")).status_code == 404


async def test_of_two_at_once_one_holds_the_product(client, save):
    answers = await asyncio.gather(
        *(save(VACCINE | {"name": f"疫苗 {who}"}, who) for _ in range(4) for who in ("maker", "rival"))
    )
    holder = (await shown(client, gtin(1))).json()["owner"]
    codes = [answer.status_code for answer in answers]
    won, lost = (codes[0::2], codes[1::2]) if holder == MAKER else (codes[1::2], codes[0::2])
    assert (set(won), set(lost)) == ({200}, {409})


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"code": "(00)369012340000000017"}, "code"),
        ({"name": "a\x00b"}, "name"),
        ({"level": 4}, "level"),
        ({"contains": 0}, "contains"),
        ({"category": "toys"}, "category"),
        ({"standard_code": "86904879000125"}, "standard_code"),
        ({"below": gtin(2)}, "contains"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_faulty_entry_is_refused_by_its_field(client, save, said, where):
    answer = await save(VACCINE | said)
    assert answer.status_code == 400
    assert where in answer.json().get("where", "") + answer.json()["detail"]
    assert (await shown(client, gtin(1))).status_code == 404


async def test_what_is_not_registered_is_said_so_in_both_languages(client):
    answer = await shown(client, gtin(7))
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/products/product-not-found")
    assert answer.json()["zh"]["mend"]


async def test_products_are_found_by_words_holder_and_category_page_by_page(client, save):
    for n in range(1, 8):
        egg = {"code": gtin(n), "name": f"鸡蛋 100%_{n}", "category": "egg"}
        await save(egg if n % 2 else VACCINE | {"code": gtin(n)}, "maker" if n < 6 else "rival")

    async def found(**query):
        answer = await client.get("/products", params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        return [int(entry["product"]["code"][-5:-1]) for entry in page["products"]], page["next"]

    assert await found() == ([1, 2, 3, 4, 5, 6, 7], "")
    assert await found(q="hepatitis") == ([2, 4, 6], "")
    assert await found(q="%") == ([1, 3, 5, 7], "")
    assert await found(q="0%_3") == ([3], "")
    assert await found(q="100_") == ([], "")
    assert await found(q=gtin(5)) == ([5], "")
    assert await found(owner=RIVAL) == ([6, 7], "")
    assert await found(category="egg", owner=MAKER) == ([1, 3, 5], "")
    first, after = await found(limit=4)
    assert (first, after) == ([1, 2, 3, 4], uri(4))
    assert await found(limit=4, after=after) == ([5, 6, 7], "")
    assert (await client.get("/products", params={"colour": "red"})).status_code == 400
