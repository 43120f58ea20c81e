"""Sheets of products over HTTP: all or nothing, told by row and column, and once however often they are sent."""

import json

import pytest

from tests.products.conftest import MAKER, RIVAL, VACCINE, gtin, uri
from zhuisu import sheets
from zhuisu.products.sheet import COLUMNS
from zhuisu.sheets import Form

COUNTS = ("stored", "new", "changed", "same", "refused")


def counts(answer):
    assert answer.status_code == 200, answer.text
    return {name: answer.json()[name] for name in COUNTS}


def told(**said):
    return dict.fromkeys(COUNTS, 0) | {"stored": True} | said


def eggs(*numbers, **said):
    return [{"code": gtin(n), "name": f"鸡蛋 {n}", "category": "egg"} | said for n in numbers]


async def entries(client):
    return {e["product"]["code"]: e for e in (await client.get("/products")).json()["products"]}


async def test_a_sheet_is_imported_once_however_often_it_is_sent(client, send):
    assert counts(await send(eggs(1, 2, 3))) == told(new=3)
    assert counts(await send(eggs(1, 2, 3))) == told(same=3)
    assert counts(await send([*eggs(1, 4), *eggs(2, unit="枚")])) == told(new=1, changed=1, same=1)
    assert len(await entries(client)) == 4


async def test_a_spreadsheet_as_people_save_it(client, send):
    text = f"产品目录\r\n商品条码；,通用名,规格,类别,备注\r\n{gtin(1)},甲型肝炎灭活疫苗,0.5 ml,疫苗,x\r\n".replace(
        "；", ""
    )
    answer = await send(text.encode("gb18030"), name="产品.csv")
    assert counts(answer) == told(new=1)
    assert answer.json()["unknown"] == ["备注"]
    assert (await entries(client))[uri(1)]["product"]["category"] == "vaccine"


async def test_one_bad_row_and_nothing_is_stored_unless_asked(client, send):
    sheet = [*eggs(1), {"code": gtin(2)[:-1] + "x", "name": "", "level": 7}, *eggs(3)]
    refused = await send(sheet)
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/products/rows-refused")
    assert {(f["row"], f["column"]) for f in refused.json()["faults"]} == {(2, "code"), (2, "name"), (2, "level")}
    assert all(f["expected"]["zh"] and f["expected"]["en"] for f in refused.json()["faults"])
    assert "第 2 行" in refused.json()["zh"]["detail"]
    assert await entries(client) == {}
    assert counts(await send(sheet, partial=True)) == told(new=2, refused=1)
    assert list(await entries(client)) == [uri(1), uri(3)]


async def test_a_refusal_says_the_number_of_a_person_nowhere(send):
    number = "11010519491231002X"
    refused = await send([{"code": number, "name": "蛋", "standard_code": number}])
    assert refused.status_code == 400
    assert number not in refused.text


def packs(*pairs):
    """Each package holds two of the next."""
    return [{"code": gtin(a), "name": "箱", **({"contains": 2, "below": gtin(b)} if b else {})} for a, b in pairs]


async def test_packages_do_not_contain_themselves(client, send, save):
    assert (await save(packs((1, 2))[0])).status_code == 200
    circle = await save(packs((2, 1))[0])
    assert (circle.status_code, circle.json()["type"]) == (400, "/problems/products/contents-unfit")
    assert circle.json()["where"] == "below"
    refused = await send(packs((2, 3), (3, 4), (4, 1), (9, 1)))
    assert refused.json()["refused"] == 1
    assert {(f["row"], f["column"]) for f in refused.json()["faults"]} == {(3, "below")}
    assert counts(await send(packs((2, 3), (3, 4), (4, 1), (9, 1)), partial=True)) == told(new=3, refused=1)
    assert (await entries(client)).keys() == {uri(n) for n in (1, 2, 3, 9)}


async def test_packages_may_trade_places_in_one_sheet(send):
    assert counts(await send(packs((1, 2), (2, 0)))) == told(new=2)
    assert counts(await send(packs((2, 1), (1, 0)))) == told(changed=2)


async def test_packages_end_somewhere(send):
    assert counts(await send(packs(*((n, n + 1) for n in range(1, 10))))) == told(new=9)
    assert (await send(packs((0, 1), (20, 0)))).json()["refused"] == 1


async def test_a_dry_run_says_what_would_happen(client, send):
    sheet = [*eggs(1, 2), {"code": "x", "name": "y"}]
    assert counts(await send(sheet, dry_run=True)) == told(stored=False, new=2, refused=1)
    assert await entries(client) == {}
    await send(eggs(1))
    assert counts(await send(sheet, dry_run=True)) == told(stored=False, new=1, same=1, refused=1)


async def test_rows_of_another_organisation_are_faults_that_name_it(client, send):
    await send(eggs(2))
    refused = await send(eggs(1, 2, unit="箱"), "rival")
    (fault,) = refused.json()["faults"]
    assert (fault["row"], fault["column"], fault["value"]) == (2, "code", gtin(2))
    assert fault["expected"] == {"zh": "本组织的商品", "en": "a product of your own"}
    assert "示范 maker" in fault["reason"]["zh"]
    assert "row 2, Code: 示范 maker holds this one" in refused.json()["detail"]
    assert "第 2 行“商品编码”：该商品由示范 maker登记" in refused.json()["zh"]["detail"]
    assert counts(await send(eggs(1, 2, unit="箱"), "rival", partial=True)) == told(new=1, refused=1)
    assert {code: e["owner"] for code, e in (await entries(client)).items()} == {uri(1): RIVAL, uri(2): MAKER}


async def test_an_administrator_imports_for_another(client, send):
    assert counts(await send(eggs(1, 2), "admin", owner=MAKER)) == told(new=2)
    assert counts(await send(eggs(1, 2), "maker")) == told(same=2)
    assert (await send(eggs(3), "rival", owner=MAKER)).status_code == 403
    assert counts(await send(eggs(1), "admin", owner=RIVAL)) == told(changed=1)
    assert counts(await send(eggs(1, 2, unit="枚"), "admin")) == told(changed=2)
    assert [e["owner"] for e in (await entries(client)).values()] == [RIVAL, MAKER]


@pytest.mark.parametrize("form", Form)
async def test_what_is_exported_can_be_imported_and_changes_nothing(client, send, form):
    case = {"code": gtin(9), "name": "=SUM(A1)", "contains": 10, "below": gtin(1), "level": 2}
    drug = {"code": "8021761", "name": "示范颗粒", "standard_code": "86904879000126", "category": "drug"}
    await send([VACCINE | {"level": 1}, case, drug])
    exported = await client.get("/products/export", params={"form": form.value})
    assert exported.headers["content-type"] == form.media_type
    assert f'"products.{form}"' in exported.headers["content-disposition"]
    assert counts(await send(exported.content, dry_run=True)) == told(stored=False, same=3)
    other = await client.get("/products/export", params={"form": form.value, "owner": RIVAL})
    assert (await send(other.content)).json()["type"] == "/problems/products/nothing-in-it"


async def test_only_the_bad_rows_to_take_home_and_mend(client, send):
    sheet = [*eggs(1), {"code": gtin(2), "name": "蛋", "level": 7}]
    answer = await send(sheet, faults="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = sheets.read(answer.content, columns=COLUMNS).rows
    assert row.cells == {"code": gtin(2), "name": "蛋", "level": "7"}
    assert await entries(client) == {}
    mended = answer.content.replace(b",7,", b",1,")
    assert counts(await send(mended, name="x.csv")) == told(new=1)


async def test_the_template_has_every_column(client):
    answer = await client.get("/products/template")
    assert answer.content.startswith(b"PK")
    text = (await client.get("/products/template", params={"form": "csv"})).text
    assert len(text.strip().split(",")) == len(COLUMNS)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b"\x89PNG\r\n", 415), (b"PK\x03\x04", 400), (b"a,b\n1,2\n", 400), (b"{}", 400)],
)
async def test_what_is_no_sheet_is_refused(send, body, status):
    answer = await send(body)
    assert answer.status_code == status, answer.text
    assert answer.json()["zh"]["detail"]


async def test_remarks_refuse_nothing(send):
    answer = await send([VACCINE | {"code": f"(01){gtin(1)}(21)A1", "approval": "示范 1 号"}])
    assert counts(answer) == told(new=1)
    assert [(r["row"], r["column"]) for r in answer.json()["remarks"]] == [(1, "code"), (1, "approval")]


async def test_ten_thousand_rows_in_one_go(client, send, db):
    sheet = json.dumps(eggs(*range(10_000), maker="示范", specification="30 枚/盒")).encode()
    assert counts(await send(sheet)) == told(new=10_000)
    assert counts(await send(sheet)) == told(same=10_000)
    async with db.connection() as conn:
        assert await conn.fetchval("select count(*) from products.change") == 10_000
