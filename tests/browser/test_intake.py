from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page, expect

pytestmark = pytest.mark.browser

FINGER = 40  # ms between two keys of a fast typist


async def open_intake(page: Page, site: str) -> None:
    await page.goto(f"{site}/intake")
    await expect(page.locator("textarea[name=codes]")).to_be_focused()


async def test_a_scan_gun_is_answered_with_a_card(shop: Page, site: str, eggs: dict[str, Any]) -> None:
    await open_intake(shop, site)
    await shop.keyboard.type(f"{eggs['url']}\n")
    await expect(shop.locator(".results > article")).to_have_count(1)
    await expect(shop.locator(".results a")).to_have_attribute("href", f"/path/{quote(eggs['url'], safe='')}")
    await expect(shop.locator("[data-count=sent]")).to_have_text("1")
    await expect(shop.locator("textarea[name=codes]")).to_have_value("")
    await expect(shop.locator("textarea[name=codes]")).to_be_focused()


async def test_a_gun_is_heard_wherever_the_focus_is(shop: Page, site: str) -> None:
    await open_intake(shop, site)
    await shop.locator("h1").click()
    await shop.evaluate("document.activeElement.blur()")
    await shop.keyboard.type("80217619000000001003\n")
    await expect(shop.locator(".results > article")).to_have_count(1)


async def test_keys_that_the_input_method_swallowed_still_count(shop: Page, site: str) -> None:
    """With a Chinese input method on, ``key`` is "Process" and no character arrives; ``code`` says which key it was."""
    await open_intake(shop, site)
    await shop.evaluate(
        """() => {
          const keys = [["KeyH"], ["KeyT"], ["KeyT"], ["KeyP"], ["Semicolon", true], ["Slash"], ["Slash"], ["KeyA", true],
            ["Period"], ["KeyC"], ["KeyN"], ["Slash"], ["Digit7"], ["Minus", true], ["Digit9", true], ["Numpad0"], ["Enter"]];
          for (const [code, shiftKey = false] of keys)
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
              { key: "Process", code, shiftKey, keyCode: 229, bubbles: true, cancelable: true }));
        }"""
    )
    await expect(shop.locator(".results a")).to_have_attribute("href", f"/path/{quote('http://A.cn/7_(0', safe='(')}")


async def test_a_person_may_type_and_correct(shop: Page, site: str) -> None:
    await open_intake(shop, site)
    await shop.keyboard.type("8021761900000000100", delay=FINGER)
    await shop.keyboard.press("Backspace")
    await shop.wait_for_timeout(FINGER)
    await shop.keyboard.type("03", delay=FINGER)
    await shop.wait_for_timeout(FINGER)
    await shop.keyboard.press("Enter")
    await expect(shop.locator(".results [data-code]")).to_have_text("80217619000000001003")


async def test_many_lines_are_pasted_at_once_newest_on_top(shop: Page, site: str, eggs: dict[str, Any]) -> None:
    await open_intake(shop, site)
    await shop.evaluate(
        """(text) => {
          const box = document.querySelector("[name=codes]");
          box.value = text;
          box.dispatchEvent(new ClipboardEvent("paste", { bubbles: true }));
        }""",
        f"{eggs['url']}\n(01)06901234567890\n",
    )
    await expect(shop.locator(".results > article")).to_have_count(2)
    await expect(shop.locator(".results > article").first).to_have_attribute("data-verdict", "refuse")
    await expect(shop.locator("[data-count=refused]")).to_have_text("1")


async def test_a_scan_carries_the_time_of_the_place(browser: Browser, shop: Page, site: str) -> None:
    context = await browser.new_context(timezone_id="Asia/Shanghai", storage_state=await shop.context.storage_state())
    page = await context.new_page()
    await open_intake(page, site)
    async with page.expect_request("**/scan/intake") as sent:
        await page.keyboard.type("80217619000000001003\n")
    at = datetime.fromisoformat((await sent.value).post_data_json["at"])
    assert at.utcoffset() == timedelta(hours=8)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    await context.close()


async def test_scans_without_a_connection_wait_and_are_sent_later(shop: Page, site: str) -> None:
    await open_intake(shop, site)
    await shop.context.set_offline(True)
    await shop.keyboard.type("80217619000000001003\n")
    await expect(shop.locator("[data-count=waiting]")).to_have_text("1")
    await expect(shop.locator("[data-away]")).to_be_visible()
    await shop.context.set_offline(False)
    await expect(shop.locator(".results > article")).to_have_count(1, timeout=10_000)
    await expect(shop.locator("[data-count=waiting]")).to_have_text("0")
    await expect(shop.locator("[data-away]")).to_be_hidden()


async def test_scans_outlive_the_page(shop: Page, site: str) -> None:
    await open_intake(shop, site)
    await shop.route("**/scan/intake", lambda route: route.abort())
    await shop.keyboard.type("80217619000000001003\n")
    await expect(shop.locator("[data-away]")).to_be_visible()
    await shop.unroute("**/scan/intake")
    await shop.reload()
    await expect(shop.locator(".results > article")).to_have_count(1)


async def test_a_session_that_ended_keeps_the_scans(shop: Page, site: str) -> None:
    await open_intake(shop, site)
    await shop.context.clear_cookies()
    await shop.keyboard.type("80217619000000001003\n")
    await expect(shop.locator("[data-signin]")).to_be_visible()
    await expect(shop.locator("[data-count=waiting]")).to_have_text("1")


async def test_the_destination_is_asked_only_when_goods_go_out(shop: Page, site: str) -> None:
    await open_intake(shop, site)
    await expect(shop.locator("[name=to]")).to_be_hidden()
    await shop.select_option("[name=step]", "shipping")
    await expect(shop.locator("[name=to]")).to_be_visible()
