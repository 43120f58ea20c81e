import re
from html import unescape
from urllib.parse import quote

import httpx
import pytest

from zhuisu import sheets
from zhuisu.products.sheet import COLUMNS

from .conftest import Headers, signed_in
from .test_public import HTML, text_of

VACCINE = {
    "code": "06909900011014",
    "name": "甲型肝炎灭活疫苗",
    "name_en": "Hepatitis A vaccine",
    "specification": "0.5 ml",
    "category": "vaccine",
}
URI = "https://id.gs1.org/01/06909900011014"
SHEET = "商品编码,通用名,规格,类别\n6901234567892,鲜鸡蛋,30 枚/盒,禽蛋\n6901234567890,白菜,,果蔬\n"


@pytest.fixture
async def vaccine(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    saved = await client.post("/products", json=VACCINE, headers=district["farm"])
    assert saved.status_code == 200, saved.text


async def uploaded(client: httpx.AsyncClient, text: str, lang: str = "zh") -> httpx.Response:
    files = {"upload": ("商品.csv", text.encode("gb18030"), "text/csv")}
    return await client.post(f"/goods/import?lang={lang}", files=files, headers=HTML)


async def pressed(client: httpx.AsyncClient, shown: httpx.Response, action: str) -> httpx.Response:
    """The answer to a button of the page that an upload led to."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text)
    fields = {name: (None, unescape(value)) for name, value in hidden}
    return await client.post("/goods/import?lang=zh", files=fields | {"action": (None, action)}, headers=HTML)


async def test_anybody_finds_a_product_and_reads_about_it(client: httpx.AsyncClient, vaccine: None) -> None:
    found = await client.get("/goods", params={"q": "甲型", "lang": "zh"}, headers=HTML)
    assert f'href="/goods/{quote(URI, safe="")}"' in found.text
    assert "/goods/import" not in found.text
    assert "没有符合条件的商品" in (await client.get("/goods", params={"q": "乙型", "lang": "zh"})).text
    page = text_of(await client.get(f"/goods/{quote(URI + '/21/7', safe='')}?lang=en", headers=HTML))
    assert "Hepatitis A vaccine 0.5 ml" in page
    assert "91370302MA000A012K" in page
    assert "Entered by 淄川示范蛋鸡养殖场 (farm)" in page
    assert (await client.get("/goods/6901234567892", headers=HTML)).status_code == 404


async def test_pages_of_codes_say_what_the_goods_are_called(client: httpx.AsyncClient, vaccine: None) -> None:
    code = "(01)06909900011014(10)202605A(17)270131(21)00042"
    explained = text_of(await client.get("/code", params={"text": code, "lang": "zh"}))
    assert "甲型肝炎灭活疫苗 0.5 ml，批号 202605A，序列号 00042，有效期至 2027年1月31日" in explained
    unseen = await client.get(f"/path/{quote(URI + '/21/00042', safe='')}?lang=zh")
    assert "<h1>甲型肝炎灭活疫苗 0.5 ml</h1>" in unseen.text
    listed = await client.post("/code", data={"text": f"{code}\nx\n"})
    assert listed.status_code == 303
    assert "Hepatitis A vaccine 0.5 ml" in text_of(await client.get(listed.headers["location"] + "&lang=en"))


async def test_who_named_the_goods_is_said(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await client.post("/products", json=VACCINE, headers=district["shop"])
    for address in ("/goods", f"/goods/{VACCINE['code']}", f"/code?text={VACCINE['code']}"):
        page = await client.get(
            address, params={"lang": "zh"} if "?" not in address else {"text": VACCINE["code"], "lang": "zh"}
        )
        assert "据张店示范超市（商店，非生产者）登记" in text_of(page)


async def test_one_product_is_entered_by_hand(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "farm")
    assert 'action="/goods/new"' in (await client.get("/goods/new", headers=HTML)).text
    bad = VACCINE | {"code": "06909900011013", "level": "9", "name": ""}
    refused = await client.post("/goods/new?lang=zh", data=bad, headers=HTML)
    assert refused.status_code == 400
    assert refused.text.count('aria-invalid="true"') == 3
    assert 'value="06909900011013"' in refused.text
    saved = await client.post("/goods/new?lang=zh", data=VACCINE | {"level": "1"}, headers=HTML)
    assert (saved.status_code, "已保存" in saved.text) == (200, True)
    assert "甲型肝炎灭活疫苗 0.5 ml" in text_of(await client.get("/goods/06909900011014?lang=zh", headers=HTML))
    await signed_in(client, "shop")
    assert (await client.post("/goods/new?lang=zh", data=VACCINE | {"unit": "支"}, headers=HTML)).status_code == 409
    await signed_in(client, "regulator")
    assert (await client.get("/goods/new", headers=HTML)).status_code == 403


async def test_the_path_and_the_door_name_the_goods_first(client: httpx.AsyncClient, vaccine: None) -> None:
    await signed_in(client, "shop")
    scanned = await client.post("/intake?lang=zh", data={"codes": f"{URI}/10/202605A"})
    results = scanned.text.partition("data-results")[2].partition("<template")[0]
    assert "<b>甲型肝炎灭活疫苗 0.5 ml，批号 202605A</b>" in results
    path = await client.get(f"/path/{quote(f'{URI}/10/202605A', safe='')}?lang=zh")
    assert "<h1>甲型肝炎灭活疫苗 0.5 ml</h1>" in path.text
    assert "<title>甲型肝炎灭活疫苗 0.5 ml" in path.text


async def test_who_makes_no_goods_cannot_import(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "regulator")
    assert (await client.get("/goods/import", headers=HTML)).status_code == 403


@pytest.mark.parametrize(("lang", "said"), [("zh", "第 13 位"), ("en", "digit 13")])
async def test_a_sheet_is_tried_before_anything_is_stored(
    client: httpx.AsyncClient, district: dict[str, Headers], lang: str, said: str
) -> None:
    await signed_in(client, "farm")
    tried = await uploaded(client, SHEET, lang)
    assert tried.status_code == 200, text_of(tried)
    [row] = re.findall(r"<tr><td[^\0]*?</tr>", tried.text.partition("<tbody>")[2].partition("</tbody>")[0])
    words = re.sub("<[^>]+>", " ", row).split()
    assert words[0] == "3"
    assert "6901234567890" in words
    assert said in unescape(row)
    assert (await client.get("/goods/6901234567892", headers=HTML)).status_code == 404


async def test_the_good_rows_are_imported_and_the_bad_ones_handed_back(
    client: httpx.AsyncClient, district: dict[str, Headers]
) -> None:
    await signed_in(client, "farm")
    tried = await uploaded(client, SHEET)
    bad = await pressed(client, tried, "faults")
    assert [row.cells["code"] for row in sheets.read(bad.content, columns=COLUMNS).rows] == ["6901234567890"]
    done = await pressed(client, tried, "partial")
    assert "已导入 1 个商品" in text_of(done)
    assert "鲜鸡蛋 30 枚/盒" in text_of(await client.get("/goods/6901234567892", headers=HTML))


async def test_a_sheet_without_faults_is_imported_whole(
    client: httpx.AsyncClient, district: dict[str, Headers]
) -> None:
    await signed_in(client, "farm")
    tried = await uploaded(client, SHEET.rpartition("6901234567890")[0])
    assert "没有错误" in text_of(tried)
    assert "已导入 1 个商品" in text_of(await pressed(client, tried, "all"))
    assert "无变化 1" in text_of(await uploaded(client, SHEET))


@pytest.mark.parametrize(
    ("upload", "said"),
    [(("x.csv", b"", "text/csv"), "没有选择文件"), (("x.pdf", b"%PDF-1.7", "application/pdf"), "PDF")],
)
async def test_what_is_no_sheet_is_refused_on_the_page(
    client: httpx.AsyncClient, district: dict[str, Headers], upload: tuple[str, bytes, str], said: str
) -> None:
    await signed_in(client, "farm")
    answer = await client.post("/goods/import?lang=zh", files={"upload": upload}, headers=HTML)
    assert answer.status_code in {400, 415}
    assert said in unescape(answer.text.partition('role="alert"')[2].partition("</div>")[0])


async def test_a_spoilt_copy_in_the_page_is_refused(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "farm")
    fields = {"kept": (None, "not base64!"), "name": (None, "x.csv"), "action": (None, "all")}
    assert (await client.post("/goods/import", files=fields, headers=HTML)).status_code == 400


async def test_the_templates_are_there(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "farm")
    page = await client.get("/goods/import?lang=en", headers=HTML)
    links = re.findall(r'href="(/products/template[^"]+)"', page.text)
    assert len(links) == 3
    assert [(await client.get(link)).status_code for link in links] == [200, 200, 200]
