"""Each tab has an address: links, back, reload and a change of language lead there. And a module that is missing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, Route, expect

from ganstudio.words import LANGUAGES, WORDS

Open = Callable[..., Page]
CHOSEN = "[role=tab][aria-selected=true]"


def title(name: str, language: int = 0) -> str:
    return WORDS[list(LANGUAGES)[language]][f"app.tab_{name}"]


def test_back_forward_and_reload(new_page: Open) -> None:
    page = new_page()
    chosen = page.locator(CHOSEN)
    expect(chosen).to_have_text(title("sketch"))
    for name in ("icon", "colours"):
        page.get_by_role("tab", name=title(name)).click()
        expect(page.locator(f"#{name}")).to_be_visible()
        assert page.evaluate("location.hash") == f"#{name}" and page.evaluate("scrollY") == 0
    page.go_back()
    expect(chosen).to_have_text(title("icon"))
    page.reload()
    expect(chosen).to_have_text(title("icon"))
    page.go_back()
    expect(chosen).to_have_text(title("sketch"))
    assert page.evaluate("location.hash") == ""
    page.go_forward()
    expect(chosen).to_have_text(title("icon"))


def test_a_link_leads_to_a_tab_and_the_language_changes_there(new_page: Open) -> None:
    page = new_page("/#runs")
    expect(page.locator(CHOSEN)).to_have_text(title("runs"))
    page.click("[hreflang=ja]")
    expect(page.locator(CHOSEN)).to_have_text(title("runs", 1))
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(new_page("/#nothing").locator(CHOSEN)).to_have_text(title("sketch"))


def test_an_address_typed_on_the_page_does_not_scroll_past_the_tabs(new_page: Open) -> None:
    page = new_page("/#recolour", viewport={"width": 390, "height": 844})
    expect(page.locator(CHOSEN)).to_have_text(title("recolour"))
    page.goto(page.url.partition("#")[0] + "#icon")  # as typed in the address bar
    expect(page.locator(CHOSEN)).to_have_text(title("icon"))
    page.wait_for_function("scrollY === 0")


def test_a_stranger_gets_to_no_tool_by_its_address(new_page: Open) -> None:
    page = new_page("/#runs", extra_http_headers={"x-forwarded-for": "203.0.113.9"})
    page.wait_for_selector("#sketch [data-part=examples] button")
    page.wait_for_timeout(500)  # longer than a tab takes that is opened by its address
    expect(page.locator(CHOSEN)).to_have_text(title("sketch"))


def test_a_module_that_does_not_come_is_seen(browser: Browser, app_url: str) -> None:
    def fail(route: Route) -> None:
        route.abort()

    errors: list[str] = []
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/tabs/sketch/page.js", fail)
    page.goto(app_url)
    expect(page.locator("#sketch")).to_contain_text(WORDS["ja"]["app.reload"])
    page.wait_for_function("true")
    assert len(errors) == 1 and "tabs/sketch/page.js" in errors[0]
    context.close()
