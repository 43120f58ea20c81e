from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from .conftest import sign_in

pytestmark = pytest.mark.browser


LABEL = "(01)06901234567892(17)270131(10)202605A(21)00042"
DEVICE = "MA.156.M0.100472.1110331.M220101.LA1.SB2.C"


def addresses(eggs: dict[str, Any]) -> list[str]:
    way = f"/path/{quote(eggs['code'], safe='')}"
    return [
        "/",
        "/login",
        urlsplit(eggs["url"]).path,
        way,
        f"{way}?direction=forward",
        "/path/x",
        "/code",
        f"/code?text={quote(LABEL)}",
        f"/code?text={quote(DEVICE)}",
        f"/code?text={quote(LABEL + chr(10) + DEVICE)}",
        f"/code?text={quote(eggs['url'])}",
        "/goods",
        "/problems",
        "/schema",
    ]


async def test_the_certificate_page_needs_no_scripts(browser: Browser, site: str, eggs: dict[str, Any]) -> None:
    async with await browser.new_context(java_script_enabled=False, locale="zh-CN") as context:
        page = await context.new_page()
        await page.goto(site + urlsplit(eggs["url"]).path)
        await expect(page.get_by_role("heading", name="有效")).to_be_visible()
        await expect(page.get_by_text("我承诺生产销售的食用农产品：")).to_be_visible()
        await expect(page.get_by_alt_text("本证二维码")).to_be_visible()
        await page.get_by_role("link", name="查看货物流向").click()
        await expect(page.get_by_role("heading", name="流转过程")).to_be_visible()


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_no_page_is_wider_than_a_small_phone(
    browser: Browser, site: str, eggs: dict[str, Any], locale: str
) -> None:
    async with await browser.new_context(viewport={"width": 360, "height": 720}, locale=locale) as context:
        page = await context.new_page()
        for address in addresses(eggs):
            await page.goto(site + address)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, address


async def test_a_farm_prints_and_revokes_its_certificate(browser: Browser, site: str, eggs: dict[str, Any]) -> None:
    async with await browser.new_context(viewport={"width": 360, "height": 720}, locale="zh-CN") as context:
        page = await context.new_page()
        await page.add_init_script("window.print = () => { window.printed = true; }")
        await sign_in(page, site, "farm")
        await page.goto(site + urlsplit(eggs["url"]).path)
        await page.get_by_role("button", name="打印合格证").click()
        assert await page.evaluate("window.printed")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.locator("summary").click()
        await page.get_by_label("原因").fill("数量有误")
        await page.get_by_role("button", name="撤销本证").click()
        await expect(page.get_by_role("heading", name="已撤销")).to_be_visible()
        await expect(page.locator("[data-print]")).to_have_count(0)


async def test_no_request_leaves_the_service_and_nothing_is_complained_of(
    browser: Browser, site: str, eggs: dict[str, Any]
) -> None:
    asked: list[str] = []
    said: list[str] = []
    async with await browser.new_context() as context:
        page = await context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for address in addresses(eggs):
            await page.goto(site + address, wait_until="networkidle")
    assert [url for url in asked if not url.startswith((f"{site}/", "data:"))] == []
    assert [text for text in said if "404" not in text] == []  # /path/x is answered 404, which Chromium notes


async def test_what_a_finger_must_hit_is_44_pixels_high(shop: Page, site: str) -> None:
    for address in ("/", "/intake", "/login", "/code"):
        await shop.set_viewport_size({"width": 360, "height": 720})
        await shop.goto(site + address)
        low = await shop.evaluate(
            """[...document.querySelectorAll("a:not(.skip), button, input, select")]
               .filter((e) => e.offsetHeight && e.offsetHeight < 44).map((e) => e.outerHTML)"""
        )
        assert low == [], address
