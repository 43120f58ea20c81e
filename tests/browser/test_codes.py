from urllib.parse import unquote

import pytest
from playwright.async_api import Browser, expect

pytestmark = pytest.mark.browser

CODE = "(01)06901234567892(17)270131(10)202605A(21)00042"
WRONG = "(01)06901234567892(17)991332"


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_newcomer_types_a_code_and_sees_its_parts(browser: Browser, site: str, scripts: bool) -> None:
    async with await browser.new_context(
        viewport={"width": 360, "height": 720}, locale="zh-CN", java_script_enabled=scripts
    ) as context:
        page = await context.new_page()
        await page.goto(site)
        await page.get_by_role("link", name="这是什么码？").click()
        await expect(page.get_by_label("编码，每行一个")).to_be_focused()
        await page.get_by_label("编码，每行一个").fill(CODE)
        await page.get_by_role("button", name="识别").click()
        await expect(page.locator(".part")).to_have_count(4)
        await expect(page.locator(".part").nth(1)).to_contain_text("2027年1月31日")
        await expect(page.locator("figcaption")).to_contain_text("校验码")
        assert CODE in unquote(page.url.replace("+", " "))
        boxes = [await part.bounding_box() for part in await page.locator(".part").all()]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
        await page.get_by_role("link", name="查看货物流向").click()
        await expect(page.get_by_role("heading", name="该码没有任何记录")).to_be_visible()


async def test_the_keyboard_is_enough_and_the_fault_is_marked(browser: Browser, site: str) -> None:
    async with await browser.new_context(viewport={"width": 360, "height": 720}, locale="en-GB") as context:
        page = await context.new_page()
        await page.goto(f"{site}/code")
        await page.keyboard.type(WRONG)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("position 19")
        await expect(page.locator("mark")).to_have_text("(17)991332")
        await expect(page.locator("textarea")).to_have_value(WRONG)
