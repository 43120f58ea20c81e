"""A real server and a real browser. Without a Chromium on the machine these tests are skipped, and say so."""

import shutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright

from zhuisu import server
from zhuisu.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORD = "鸡蛋-2026-long"
FARM, SHOP = "91370302MA000A012K", "91370303MA000A047L"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        await chromium.close()


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    """Address of the real service on this test's database."""
    with server.listening(settings.with_(host="127.0.0.1", port=0), "a browser test") as address:
        yield address


@pytest.fixture
def eggs(site: str, admin: dict[str, str]) -> dict[str, Any]:
    """A farm's egg certificate, for a shop that can sign in as ``shop``."""
    with httpx.Client(base_url=site) as http:

        def made(path: str, body: dict[str, Any], headers: dict[str, str] = admin) -> dict[str, Any]:
            answer = http.post(path, json=body, headers=headers)
            assert answer.status_code == 201, answer.text
            said: dict[str, Any] = answer.json()
            return said

        for uscc, kind, name in ((FARM, "farm", "淄川示范蛋鸡养殖场"), (SHOP, "shop", "张店示范超市")):
            made("/parties", {"uscc": uscc, "name": name, "kind": kind, "division": "370302", "phone": "0533-0000000"})
            made(f"/parties/{uscc}/sites", {"name": f"{name}一号"})
        person = {"login": "shop", "name": "示例", "password": PASSWORD, "roles": ["operator"]}
        made(f"/parties/{SHOP}/people", person)
        made(f"/parties/{FARM}/people", person | {"login": "farm", "roles": ["issuer"]})
        key = made(f"/parties/{FARM}/keys", {"label": "test", "roles": ["issuer"]})["key"]
        order = {"kind": "CCC/1", "product": "鲜鸡蛋", "quantity": 360, "unit": "枚", "origin": "370302"}
        bearer = {"Authorization": f"Bearer {key}"}
        return made("/certs", order | {"basis": ["quality-control"]}, bearer)


@pytest.fixture
async def shop(browser: Browser, site: str, eggs: dict[str, Any]) -> AsyncIterator[Page]:
    """A page of a browser in which the shop has signed in."""
    page = await browser.new_page(locale="zh-CN")
    await sign_in(page, site, "shop")
    yield page
    await page.close()


async def sign_in(page: Page, site: str, login: str) -> None:
    """From here on ``page`` carries the session of ``login``."""
    await page.goto(f"{site}/login")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main form button")
    await page.wait_for_url(f"{site}/")
