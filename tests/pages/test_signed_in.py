import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from .conftest import EGGS, FARM, PASSWORD, Headers, signed_in
from .test_public import HTML, text_of


async def test_signing_in_leads_home_and_out_again(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "farm")
    home = text_of(await client.get("/?lang=zh"))
    assert "淄川示范蛋鸡养殖场" in home
    assert "开具合格证" in home
    assert (await client.post("/logout")).status_code == 303
    assert "登录" in text_of(await client.get("/"))


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/intake", "/intake"),
        ("/path/x?direction=forward", "/path/x?direction=forward"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("", "/"),
    ],
)
async def test_after_signing_in_one_stays_on_this_service(
    client: httpx.AsyncClient, district: dict[str, Headers], wanted: str, target: str
) -> None:
    answer = await client.post("/login", data={"login": "shop", "password": PASSWORD, "next": wanted})
    assert answer.headers["location"] == target


async def test_a_wrong_password_shows_the_form_again(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    answer = await client.post("/login?lang=zh", data={"login": "farm", "password": "no"}, headers=HTML)
    assert answer.status_code == 401
    assert "登录名或密码不正确" in answer.text
    assert 'value="farm"' in answer.text


async def test_a_form_from_elsewhere_is_refused(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "farm")
    answer = await client.post("/issue", data={"product": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_who_is_not_signed_in_is_taken_to_the_door_and_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake?lang=en", headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fintake%3Flang%3Den"


async def test_a_shop_cannot_issue(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "shop")
    answer = await client.get("/issue", headers=HTML)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_regulator_sees_the_organisations_of_its_divisions(
    client: httpx.AsyncClient, district: dict[str, Headers]
) -> None:
    await signed_in(client, "regulator")
    assert FARM in text_of(await client.get("/"))


EGG_FORM = {name: str(EGGS[name]) for name in ("product", "quantity", "unit", "origin", "lot")}


async def test_a_farm_issues_on_the_page(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "farm")
    assert "承诺依据" in text_of(await client.get("/issue?lang=zh"))
    answer = await client.post("/issue", data=EGG_FORM | {"basis": ["quality-control", "own-test"]})
    assert answer.status_code == 303, text_of(answer)
    page = text_of(await client.get(answer.headers["location"]))
    assert "有效" in page
    assert "☑ 自行检测合格" in page


async def test_the_desk_of_an_issuer_shows_its_last_certificates(
    client: httpx.AsyncClient, district: dict[str, Headers], eggs: dict[str, Any]
) -> None:
    later = await client.post("/certs", json=EGGS | {"lot": "L20260601-2"}, headers=district["farm"])
    await client.post(f"/certs/{later.json()['id']}/revoke", json={"reason": "检测不合格"}, headers=district["farm"])
    await signed_in(client, "farm")
    page = await client.get("/?lang=zh")
    shown = {
        link: re.sub("<[^>]+>|\\s", "", row)
        for row, link in re.findall(r'(<tr><td[^\0]*?href="(/c/[0-9]+)"[^\0]*?</tr>)', page.text)
    }
    assert shown == {
        urlsplit(issued["url"]).path: f"2026-06-0116:00承诺达标合格证鲜鸡蛋{lot}{state}"
        for issued, lot, state in ((eggs, "L20260601", "有效"), (later.json(), "L20260601-2", "已撤销"))
    }
    assert (await client.get(next(iter(shown)))).status_code == 200


async def test_a_desk_without_certificates_lists_none(
    client: httpx.AsyncClient, district: dict[str, Headers], eggs: dict[str, Any]
) -> None:
    for login in ("slaughterhouse", "shop", "regulator"):
        await signed_in(client, login)
        assert "/c/" not in (await client.get("/")).text


async def test_a_refused_order_comes_back_filled_in(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "farm")
    answer = await client.post("/issue?lang=zh", data=EGG_FORM, headers=HTML)
    assert answer.status_code == 400
    assert "缺少承诺依据" in answer.text
    assert 'value="L20260601"' in answer.text
    assert "至少勾选一项" in answer.text
    ticked = EGG_FORM | {"basis": "own-test"}
    for wrong, said in (
        ({"quantity": "a lot"}, "不是数字"),
        ({"quantity": ""}, "没有填写"),
        ({"quantity": "-1"}, "应大于 0"),
        ({"origin": ""}, "请选择产地"),
        ({"basis": "hearsay"}, "承诺依据不在"),
        ({"goods": "(01)06901234567890"}, "应为 2"),
    ):
        answer = await client.post("/issue?lang=zh", data=ticked | wrong, headers=HTML)
        assert answer.status_code == 400
        alert = answer.text.partition('role="alert"')[2].partition("<form")[0]
        assert said in alert, wrong


async def test_the_heading_of_the_form_names_its_law_in_english(
    client: httpx.AsyncClient, district: dict[str, Headers]
) -> None:
    await signed_in(client, "farm")
    assert "Order 4 of 2025" in text_of(await client.get("/issue?lang=en"))


async def test_an_issuer_prints_downloads_and_revokes_its_own(
    client: httpx.AsyncClient, district: dict[str, Headers], eggs: dict[str, Any]
) -> None:
    address = urlsplit(eggs["url"]).path
    public = await client.get(address)
    await signed_in(client, "slaughterhouse")
    for page in (public, await client.get(address)):
        assert "data-print" not in page.text
        assert "/revoke" not in page.text
    refused = await client.post(f"{address}/revoke", data={"reason": "不是我的"}, headers=HTML)
    assert refused.status_code == 403
    await signed_in(client, "farm")
    own = await client.get(f"{address}?lang=zh")
    assert "data-print" in own.text
    drawn = re.findall(r'href="([^"]+)" download', own.text)
    assert [(await client.get(file)).status_code for file in drawn] == [200, 200]
    unsaid = await client.post(f"{address}/revoke?lang=zh", data={"reason": " "}, headers=HTML)
    assert unsaid.status_code == 400
    assert "请填写撤销原因" in unsaid.text
    elsewhere = await client.post(f"{address}/revoke", data={"reason": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    answer = await client.post(f"{address}/revoke", data={"reason": "数量有误"})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    void = await client.get(address)
    assert "已撤销" in text_of(void)
    assert "/revoke" not in void.text
    again = await client.post(f"{address}/revoke?lang=zh", data={"reason": "数量有误"}, headers=HTML)
    assert again.status_code == 409
    assert "此前已经撤销" in again.text
    for nobodys, status in (("17", 404), ("nonsense", 400)):
        answer = await client.post(f"/c/{nobodys}/revoke", data={"reason": "x"}, headers=HTML)
        assert answer.status_code == status


async def test_a_slaughterhouse_issues_its_own_kind(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "slaughterhouse")
    meat = {
        "product": "猪胴体",
        "quantity": "86.4",
        "unit": "公斤",
        "origin": "370302",
        "quarantine": "3703020001",
        "slaughtered": "2026-06-01",
        "asf": "ASF-1",
        "asf_result": "negative",
        "beta_agonist": "B-1",
        "beta_agonist_result": "negative",
        "marks": "late-castrate",
    }
    answer = await client.post("/issue", data=meat)
    assert answer.status_code == 303, text_of(answer)
    page = text_of(await client.get(answer.headers["location"] + "?lang=zh"))
    for words in ("肉品品质检验合格证", "86.4 公斤", "3703020001", "2026年6月1日", "晚阉猪"):
        assert words in page, words
    refused = await client.post("/issue?lang=zh", data=meat | {"asf_result": "positive"}, headers=HTML)
    assert "检验结果不合格" in refused.text


async def test_the_scan_box_works_without_scripts(
    client: httpx.AsyncClient, district: dict[str, Headers], eggs: dict[str, Any]
) -> None:
    await signed_in(client, "shop")
    assert "张店示范超市一号" in text_of(await client.get("/intake"))
    answer = await client.post("/intake?lang=zh", data={"codes": f"{eggs['url']}\r\n\r\n(01)06901234567890"})
    assert answer.status_code == 200, answer.text
    results = answer.text.partition("data-results")[2].partition("<template")[0]
    assert results.count("<article") == 2
    assert 'data-verdict="refuse"' in results


async def test_an_empty_scan_is_said_on_the_page(client: httpx.AsyncClient, district: dict[str, Headers]) -> None:
    await signed_in(client, "shop")
    answer = await client.post("/intake", data={"codes": " "}, headers=HTML)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


async def test_a_form_that_is_not_utf8_is_refused(client: httpx.AsyncClient) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/login", content=b"login=%ff", headers=kind)).status_code == 400
    assert (await client.post("/login", content=b"login=\xff", headers=kind)).status_code == 400
