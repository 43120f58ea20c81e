import re
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from zhuisu.errors import Refusal
from zhuisu.pages import language
from zhuisu.pages.browser import SAFETY
from zhuisu.pages.language import Lang

from .conftest import Headers

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
MAX_PAGE = 60_000
UNSEEN = "https://id.gs1.org/01/06901234567892/21/never"


def text_of(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def digits(certificate: dict[str, Any]) -> str:
    return str(certificate["url"]).rpartition("/")[2]


@pytest.mark.parametrize("address", ["/", "/login", "/problems", "/schema", "/c/17", f"/path/{quote(UNSEEN, safe='')}"])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_public_page_is_small_safe_and_in_its_language(
    client: httpx.AsyncClient, address: str, lang: str
) -> None:
    page = await client.get(address, params={"lang": lang}, headers=HTML)
    assert page.headers["content-type"].startswith("text/html")
    assert len(page.content) <= MAX_PAGE
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page.text
    assert {name: page.headers[name] for name in SAFETY} == SAFETY
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)


async def test_the_chosen_language_is_kept(client: httpx.AsyncClient) -> None:
    await client.get("/?lang=en")
    assert "Where does it come from?" in (await client.get("/")).text


async def test_a_pasted_code_leads_to_its_path(client: httpx.AsyncClient) -> None:
    answer = await client.get("/look", params={"code": " (01)06901234567892(21)A/7 "})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/path/" + quote("(01)06901234567892(21)A/7", safe="")


async def test_a_pasted_certificate_leads_to_its_page(client: httpx.AsyncClient, eggs: dict[str, Any]) -> None:
    answer = await client.get("/look", params={"code": eggs["url"]})
    assert answer.headers["location"] == f"/c/{digits(eggs)}"


async def test_what_is_no_code_is_said_on_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/look", params={"code": "(01)06901234567890"}, headers=HTML)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(("code", "said"), [("", "没有"), ("(01)06901234567890", "应为 2")])
async def test_a_chinese_reader_is_told_in_chinese_alone(client: httpx.AsyncClient, code: str, said: str) -> None:
    answer = await client.get("/look", params={"code": code, "lang": "zh"}, headers=HTML)
    alert = answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert said in alert
    assert 'lang="en"' not in alert


async def test_a_refused_look_up_marks_the_fault(client: httpx.AsyncClient) -> None:
    answer = await client.get("/look", params={"code": "(01)06901234567890"}, headers=HTML)
    assert "<mark>(01)06901234567890</mark>" in answer.text


async def test_an_unknown_code_is_explained(client: httpx.AsyncClient) -> None:
    page = await client.get(f"/path/{quote(UNSEEN, safe='')}?lang=zh")
    assert page.status_code == 404
    assert "该码没有任何记录" in page.text


async def test_the_path_of_eggs_names_the_farm_to_the_public(client: httpx.AsyncClient, eggs: dict[str, Any]) -> None:
    page = await client.get(f"/path/{quote(eggs['code'], safe='')}", params={"lang": "zh"})
    assert page.status_code == 200, page.text
    text = text_of(page)
    assert "淄川示范蛋鸡养殖场" in text
    assert "山东省淄博市淄川区" in text
    assert f'href="/c/{digits(eggs)}"' in page.text
    assert len(page.content) <= MAX_PAGE


async def test_a_valid_certificate(client: httpx.AsyncClient, eggs: dict[str, Any]) -> None:
    page = await client.get(f"/c/{digits(eggs)}", params={"lang": "zh"})
    text = text_of(page)
    assert page.status_code == 200
    for words in (
        "有效",
        "承诺达标合格证",
        "我承诺生产销售的食用农产品：",
        "鲜鸡蛋",
        "360 枚",
        "☑ 质量安全控制符合要求",
        "☐ 自行检测合格",
    ):
        assert words in text, words
    assert "2026年6月1日" in text
    drawn = re.search(r'class="qr" src="([^"]+)"', page.text)
    assert drawn
    assert (await client.get(drawn[1])).headers["content-type"].startswith("image/svg+xml")


async def test_an_english_page_dates_a_certificate_in_english_too(
    client: httpx.AsyncClient, eggs: dict[str, Any]
) -> None:
    text = text_of(await client.get(f"/c/{digits(eggs)}", params={"lang": "en"}))
    assert "2026年6月1日 · 1 June 2026" in text
    assert "Order 4 of 2025" in text


async def test_a_quantity_nobody_told_is_not_none(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    lot = "https://id.gs1.org/01/06901234567892/10/untold"
    taken = await client.post("/scan/intake", json={"codes": [lot]}, headers=district["shop"])
    assert taken.status_code == 200, taken.text
    page = await client.get(f"/path/{quote(lot, safe='')}", params={"direction": "forward", "lang": "zh"})
    assert "数量未记录" in text_of(page)


async def test_a_revoked_certificate(
    client: httpx.AsyncClient, eggs: dict[str, Any], district: dict[str, Headers]
) -> None:
    await client.post(f"/certs/{eggs['id']}/revoke", json={"reason": "检测不合格"}, headers=district["farm"])
    text = text_of(await client.get(f"/c/{digits(eggs)}?lang=zh"))
    assert "已撤销" in text


async def test_a_forged_certificate_shows_nothing_it_claims(client: httpx.AsyncClient, eggs: dict[str, Any]) -> None:
    page = await client.get(f"/c/{int(digits(eggs)) ^ 1}?lang=zh")
    text = text_of(page)
    assert "签名无效（疑似伪造）" in text
    assert "鲜鸡蛋" not in text
    assert "淄川示范蛋鸡养殖场" not in text


async def test_a_number_of_nobody(client: httpx.AsyncClient) -> None:
    assert "非本系统码" in text_of(await client.get("/c/123456789?lang=zh"))
    assert "Not a code of this system" in text_of(await client.get("/c/nonsense?lang=en"))


async def test_every_problem_type_has_its_page(client: httpx.AsyncClient) -> None:
    kinds: list[type[Refusal]] = [kind for kind in Refusal.family() if kind.__module__.startswith("zhuisu.")]
    for kind in kinds:
        page = await client.get(kind.problem(), params={"lang": "zh"})
        assert page.status_code == 200, kind
        assert kind.zh in unescape(page.text)
        assert kind.title() in unescape(page.text)
        assert language.term(Lang.zh, "http_help", str(kind.status)) in page.text


async def test_a_browser_gets_a_page_and_a_program_a_problem(client: httpx.AsyncClient) -> None:
    for address in ("/problems/no-such-thing", "/nowhere"):
        page = await client.get(address, headers=HTML)
        assert page.status_code == 404
        assert page.headers["content-type"].startswith("text/html")
        problem = await client.get(address)
        assert problem.headers["content-type"] == "application/problem+json"


async def test_an_api_address_answers_problems_even_to_a_browser(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/certs/{'0' * 32}", headers=HTML)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_static_files_are_kept_for_a_year(client: httpx.AsyncClient) -> None:
    home = await client.get("/")
    sheet = re.search(r'<link rel="stylesheet" href="([^"]+)"', home.text)
    assert sheet
    answer = await client.get(sheet[1])
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["cache-control"]


@pytest.mark.parametrize("address", ["/static/../render.py", "/static/%2e%2e/render.py", "/static/..%2frender.py"])
async def test_static_files_do_not_lead_outside(client: httpx.AsyncClient, address: str) -> None:
    assert (await client.get(address)).status_code == 404


async def test_bad_utf8_in_a_path_is_the_callers_fault(client: httpx.AsyncClient) -> None:
    assert (await client.get("/path/%ff%fe")).status_code == 400


async def test_text_from_outside_is_escaped(client: httpx.AsyncClient) -> None:
    page = await client.get("/path/" + quote("<script>alert(1)</script>", safe=""), headers=HTML)
    assert "<script>alert" not in page.text
    page = await client.get("/login", params={"next": '"><script>alert(1)</script>'}, headers=HTML)
    assert "<script>alert" not in page.text


async def test_the_schema_page_stays_here(client: httpx.AsyncClient) -> None:
    schema = await client.get("/schema/openapi.json")
    assert schema.json()["openapi"].startswith("3.")
    assert not {path for path in schema.json()["paths"] if path.startswith(("/c/", "/login", "/path", "/static"))}
