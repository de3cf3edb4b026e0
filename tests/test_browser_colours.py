"""The colours tab as a visitor sees it, in a browser that draws in three dimensions by software."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ganstudio.data.pokedex import rows
from ganstudio.words import LANGUAGES, WORDS, say

Open = Callable[..., Page]
WITHOUT_WEBGL = """
  const real = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return String(kind).startsWith("webgl") ? null : real.call(this, kind, ...rest);
  };
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    flags.append("--disable-background-networking")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # chromium does not start as root without it
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or None  # None: the one that playwright installed
        running = playwright.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser, app_url: str) -> Iterator[Open]:
    """Opens the tab for a new visitor; fails on any error of the page and on any call of another server."""
    contexts, errors = [], []

    def open_page(script: str = "", **options: Any) -> Page:
        usual = {"locale": "en-US", "viewport": {"width": 800, "height": 600}}  # small: software draws the cloud
        context = browser.new_context(**{**usual, **options})
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: foreign(request.url))
        page.goto(app_url)
        index = int(options.get("locale") == "ja-JP")
        page.get_by_role("tab", name=WORDS[list(LANGUAGES)[index]]["app.tab_colours"], exact=True).click()
        page.wait_for_selector("#colours [data-stamp]", state="attached")
        settle(page)
        return page

    def foreign(url: str) -> None:
        if not url.startswith((app_url, "data:", "blob:")):
            errors.append(f"the page asked for {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def settle(page: Page) -> None:
    """Waits until both figures show what is chosen now."""
    page.wait_for_function(
        "(() => { const tab = document.querySelector('#colours [data-stamp]');"
        " return tab.dataset.stamp === tab.dataset.shown })()"
    )


def press(page: Page, selector: str) -> None:
    page.click(f"#colours {selector}")
    settle(page)


def cloud(page: Page, what: str) -> Any:
    """An expression of the figure, `plot`, as the page holds it."""
    return page.evaluate(f"(() => {{ const plot = document.querySelector('#colours [data-part=cloud]'); {what} }})()")


def points(page: Page) -> int:
    return cloud(page, "return plot.data[0].x.length;")


def marks(page: Page) -> list[Any]:
    return cloud(
        page, "return plot.data.filter((each) => each.name === 'mark').map((each) => [each.x, each.y, each.z]);"
    )


def title(page: Page) -> str:
    return page.inner_text("#colours [data-part=title]")


def of_type(name: str, primary: bool = False) -> int:
    return sum(name in (entry.types[:1] if primary else entry.types) for entry in rows())


def test_filters_change_the_points_and_keep_the_camera(visit: Open) -> None:
    page = visit()
    assert points(page) == len(rows())
    turned = "return Plotly.relayout(plot, {'scene.camera': {eye: {x: 0.3, y: -2, z: 0.5}}});"
    cloud(page, turned)
    press(page, "[data-do=none]")
    assert points(page) == 0 and page.is_disabled("#colours [data-do=csv]")
    page.focus("#colours [data-type=fire]")
    page.keyboard.press("Space")
    settle(page)
    assert page.get_attribute("#colours [data-type=fire]", "aria-pressed") == "true"
    assert page.get_attribute("#colours [data-type=water]", "aria-pressed") == "false"
    assert points(page) == of_type("fire") and title(page) == "Fire"
    press(page, "[data-do=primary]")
    assert points(page) == of_type("fire", primary=True) < of_type("fire")
    eye = {"x": 0.3, "y": -2, "z": 0.5}
    drawn = cloud(page, "return plot._fullLayout.scene._scene.getCamera().eye;")  # what is seen, not what was asked
    assert {axis: round(value, 3) for axis, value in drawn.items()} == eye
    press(page, "[data-do=all]")
    page.focus("#colours [data-part=cloud]")
    page.keyboard.press("ArrowRight")
    turned = "document.querySelector('#colours [data-part=cloud]').layout.scene.camera.eye.x"
    page.wait_for_function(f"Math.abs({turned} - 0.3) > 0.01")


def test_a_point_tells_its_numbers(visit: Open, tmp_path: Path) -> None:
    page = visit(locale="ja-JP")
    assert page.inner_text("#colours [data-part=limits]") == say(
        "app.colours_limits_short", "ja", pictures="20,000", each=32, zip=256
    )
    entry = rows()[24]
    cloud(page, "plot.emit('plotly_click', {points: [{curveNumber: 0, pointNumber: 24}]});")  # as a finger does
    settle(page)
    assert title(page) == entry.names[1]
    numbers = page.inner_text("#colours [data-part=numbers]")
    assert ", ".join(str(round(level)) for level in entry.statistics.mean) in numbers and "#" in numbers
    assert say(f"app.type.{entry.types[0]}", "ja") in page.inner_text("#colours [data-part=tags]")
    press(page, "[data-do=back]")
    assert title(page) == WORDS["ja"]["app.colours_pokedex"]
    page.fill("#colours [data-part=search]", "ぴかちゅ")
    page.keyboard.press("Enter")
    settle(page)
    assert title(page) == "ピカチュウ"
    with page.expect_download() as saved:
        page.click("#colours [data-do=csv]")
    assert len(saved.value.path().read_text(encoding="utf-8-sig").splitlines()) == len(rows()) + 1
    with page.expect_download() as saved:
        page.click("#colours [data-do=wheel-png]")
    with Image.open(saved.value.path()) as picture:
        assert picture.size == (1400, 1600) and len(picture.convert("RGB").getcolors(10**7) or []) > 36


def test_a_quick_click_takes_what_the_mouse_is_on_and_a_drag_does_not(visit: Open) -> None:
    page = visit()
    shown = title(page)
    page.locator("#colours [data-part=cloud]").scroll_into_view_if_needed()
    box = page.locator("#colours [data-part=cloud]").bounding_box()
    assert box is not None
    x, y = box["x"] + 20, box["y"] + 60  # a corner: nothing is drawn there
    page.mouse.move(x, y)
    cloud(page, "plot.emit('plotly_hover', {points: [{curveNumber: 0, pointNumber: 24}]});")
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    page.mouse.up()
    assert title(page) == shown
    drawn = "const { eye } = plot._fullLayout.scene._scene.getCamera(); return [eye.x, eye.y, eye.z];"
    page.wait_for_function("new Promise((done) => setTimeout(() => done(true), 400))")  # it comes to rest
    turned = cloud(page, drawn)
    press(page, "[data-type=water]")
    assert cloud(page, drawn) == pytest.approx(turned, abs=0.01)
    press(page, "[data-type=water]")
    page.mouse.move(x, y)
    name = rows()[24].names[0]
    hovered = "plot.emit('plotly_hover', {points: [{curveNumber: 0, pointNumber: 24}]})"
    cloud(page, f"plot.addEventListener('click', () => {hovered});")  # drawn after the click began
    page.mouse.click(x, y)
    page.wait_for_function(f"document.querySelector('#colours [data-part=title]').textContent === {name!r}")


def test_pictures_are_marked_before_and_after(visit: Open, tmp_path: Path) -> None:
    Image.new("RGB", (9, 9), (200, 40, 40)).save(tmp_path / "mine.png")
    page = visit()
    page.set_input_files("#colours [data-part=mark-file]", tmp_path / "mine.png")
    page.wait_for_function("document.querySelector('#colours [data-part=title]').textContent === 'mine.png'")
    settle(page)
    assert marks(page) == [[[200], [40], [40]]]
    hues = "beforeHues: Array(36).fill(1 / 36), afterHues: Array(36).fill(1 / 36)"
    mark = f"{{name: 'x', before: [10, 20, 30], after: [200, 210, 220], {hues}}}"
    page.evaluate(f"window.ganstudio.module('page/pictures.js').then(({{ markPicture }}) => markPicture({mark}))")
    settle(page)
    assert marks(page)[1] == [[10, 200], [20, 210], [30, 220]] and title(page) == "x"
    press(page, "[data-do=clear-marks]")
    assert marks(page) == [] and title(page) == WORDS["en"]["app.colours_pokedex"]


def test_own_pictures_come_with_their_labels(visit: Open, tmp_path: Path) -> None:
    Image.new("RGB", (9, 9), (200, 40, 40)).save(tmp_path / "001.png")
    Image.new("RGB", (9, 9), (40, 40, 200)).save(tmp_path / "other.png")
    (tmp_path / "bad.png").write_text("<svg/>")
    (tmp_path / "labels.csv").write_text("id,name_en,type1\n1,Embers,fire\n")
    page = visit(script=WITHOUT_WEBGL)
    assert WORDS["en"]["app.colours_no_webgl"] in page.inner_text("#colours")  # said in words; all else goes on
    page.set_input_files("#colours [data-part=files]", sorted(tmp_path.iterdir()))
    page.wait_for_selector("#colours [data-part=sources]:not([hidden])")
    settle(page)
    assert page.inner_text("#colours [data-part=count]") == say("app.colours_count_own", shown=2, count=2)
    assert "bad.png" in page.inner_text("#colours [data-part=note]")
    assert page.is_visible("#colours [data-type='']") and page.is_hidden("#colours [data-type=water]")
    press(page, "[data-type='']")
    assert page.inner_text("#colours [data-part=title]") == "Fire"
    assert page.locator("#colours [data-part=wheel] .barlayer path").count() > 36
    press(page, "[data-do=show-pokedex]")
    assert str(len(rows())) in page.inner_text("#colours [data-part=count]")


def test_a_phone_never_scrolls_sideways(visit: Open) -> None:
    phone = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}
    page = visit(script=WITHOUT_WEBGL, **phone)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && innerWidth === 390")
    assert page.is_visible("#colours [data-part=limits]")  # a finger sees no tooltips
