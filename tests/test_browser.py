"""The app as a visitor sees it: a real browser draws on the canvas with the mouse."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from ganstudio.images import read_settings
from ganstudio.words import LANGUAGES, WORDS, say

Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, app_url: str) -> Iterator[Open]:
    """Opens the app for a new visitor and waits until it can be drawn on; fails on any error of the page."""
    contexts, errors = [], []

    def open_page(path: str = "/", **options: Any) -> Page:
        usual = {"locale": "en-US", "viewport": {"width": 1200, "height": 900}}
        context = browser.new_context(**{**usual, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: foreign(request.url))
        page.goto(app_url + path)
        page.wait_for_selector("[data-part=examples] button:nth-child(9)")
        page.wait_for_function("document.querySelector('[data-part=note]').textContent === ''")
        return page

    def foreign(url: str) -> None:
        if not url.startswith((app_url, "data:", "blob:")):
            errors.append(f"the page asked for {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def stroke(page: Page, points: list[tuple[float, float]]) -> None:
    """Draws through points of the 256 space and waits for the face that belongs to the finished stroke."""
    box = page.locator("[data-part=canvas]").bounding_box()
    assert box is not None
    at = [(box["x"] + x * box["width"] / 256, box["y"] + y * box["height"] / 256) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y)
    page.mouse.up()
    settle(page)


def settle(page: Page) -> None:
    """Waits until the page shows the face of the drawing as it is now."""
    page.wait_for_function(
        "(() => { const tab = document.querySelector('#sketch [data-stamp]');"
        " return tab.dataset.stamp === tab.dataset.shown })()"
    )


def oval(x: float, y: float, wide: float, high: float) -> list[tuple[float, float]]:
    turns = [2 * math.pi * k / 24 for k in range(25)]
    return [(x + wide * math.cos(turn), y + high * math.sin(turn)) for turn in turns]


def face(page: Page) -> str | None:
    """The data URL of the face on the page, None where there is none."""
    shown = page.query_selector("[data-part=face]:not([hidden])")
    return None if shown is None else shown.get_attribute("src")


def ink(page: Page) -> str:
    """Every pixel of the canvas."""
    return page.evaluate("document.querySelector('[data-part=canvas]').toDataURL()")


def strokes(page: Page) -> list[Any]:
    return page.evaluate("JSON.parse(localStorage.getItem('ganstudio.sketch')).strokes")


def colours(page: Page) -> int:
    """How many colours the face on the page has."""
    return page.evaluate(
        """() => {
          const face = document.querySelector('[data-part=face]');
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [face.naturalWidth, face.naturalHeight];
          const pen = canvas.getContext('2d');
          pen.drawImage(face, 0, 0);
          const pixels = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return face.naturalWidth === 256 ? new Set(pixels).size : 0;
        }"""
    )


def press(page: Page, name: str) -> None:
    page.click(f"[data-do={name}]")
    settle(page)


def test_the_face_follows_the_strokes(visit: Open) -> None:
    page = visit()
    assert face(page) is None
    stroke(page, oval(128, 130, 60, 80))
    first = face(page)
    assert first is not None and colours(page) > 50
    stroke(page, oval(105, 115, 8, 5))
    assert face(page) not in (None, first)
    assert " ms" in page.inner_text("[data-part=meter]")


def test_the_face_follows_while_the_pen_is_down(visit: Open) -> None:
    page = visit()
    page.mouse.move(300, 500)
    page.mouse.down()
    page.mouse.move(400, 600, steps=5)
    settle(page)
    first = face(page)
    page.mouse.move(500, 500, steps=5)
    settle(page)
    assert face(page) not in (None, first)
    page.mouse.up()


def test_undo_and_redo_are_exact(visit: Open) -> None:
    page = visit()
    blank = ink(page)
    stroke(page, oval(128, 130, 60, 80))
    one, face_of_one = ink(page), face(page)
    page.keyboard.press("m")  # mirror: two strokes, one step
    stroke(page, oval(105, 115, 8, 5))
    two = ink(page)
    assert len(strokes(page)) == 3
    page.keyboard.press("e")
    stroke(page, [(20, 60), (240, 200)])
    erased = ink(page)
    press(page, "clear")
    assert ink(page) == blank and face(page) is None
    for expected in (erased, two, one):
        page.keyboard.press("Control+z")
        settle(page)
        assert ink(page) == expected
    assert face(page) == face_of_one
    press(page, "undo")
    assert ink(page) == blank and page.is_disabled("[data-do=undo]")
    for expected in (one, two, erased, blank):
        page.keyboard.press("Control+Shift+z")
        settle(page)
        assert ink(page) == expected


def test_a_reload_loses_nothing(visit: Open) -> None:
    page = visit()
    stroke(page, oval(128, 130, 60, 80))
    before = ink(page), face(page)
    page.reload()
    page.wait_for_selector("[data-part=face]:not([hidden])")
    settle(page)
    assert (ink(page), face(page)) == before


@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
def test_the_page_speaks_the_browsers_language(visit: Open, locale: str) -> None:
    page = visit(locale=locale)
    index = int(locale == "ja-JP")
    assert page.evaluate("document.documentElement.lang") == locale[:2]
    shown = page.inner_text("body")
    for key in ("app.tagline", "app.tab_sketch", "app.open", "app.live", "app.download", "app.variations"):
        assert WORDS[list(LANGUAGES)[index]][key] in shown, key
    assert page.get_attribute("[data-do=undo]", "title") == WORDS[list(LANGUAGES)[index]]["app.undo"]
    assert page.inner_text("[data-part=findings]") == ""
    page.click(f".gs-header a[lang={'en' if index else 'ja'}]")  # the other one, on the visitor's wish
    page.wait_for_selector("[data-part=examples] button:nth-child(9)")
    assert WORDS[list(LANGUAGES)[1 - index]]["app.open"] in page.inner_text("body")
    assert WORDS[list(LANGUAGES)[1 - index]]["app.tab_sketch"] in page.inner_text("body")


def test_a_phone_draws_by_touch_and_never_scrolls_sideways(visit: Open) -> None:
    phone = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = visit(viewport={"width": 390, "height": 844}, **phone)
    page.click(".gs-how summary")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && innerWidth === 390")
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("[data-part=canvas]").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + 60, box["y"] + 60
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 9):
        moved = [{"x": x + 20 * k, "y": y + 15 * k}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)
    assert face(page) is not None and page.evaluate("scrollY") == 0
    assert len(strokes(page)) == 1 and len(strokes(page)[0]["points"]) >= 8


def test_a_pen_draws_with_its_pressure(visit: Open) -> None:
    page = visit()
    box = page.locator("[data-part=canvas]").bounding_box()
    assert box is not None
    pen = page.context.new_cdp_session(page)
    usual = {"button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen"}
    for k, (kind, force) in enumerate([("mousePressed", 0.2), ("mouseMoved", 0.4), ("mouseMoved", 0.9)]):
        at = {"x": box["x"] + 100 + 60 * k, "y": box["y"] + 100}
        pen.send("Input.dispatchMouseEvent", {"type": kind, "force": force, **at, **usual})
    pen.send("Input.dispatchMouseEvent", {"type": "mouseReleased", "force": 0, **at, **usual, "buttons": 0})
    settle(page)
    assert [round(point[2], 1) for point in strokes(page)[0]["points"][:3]] == [0.2, 0.4, 0.9]


def test_examples_variations_and_seeds(visit: Open) -> None:
    page = visit()
    page.click("[data-part=examples] button:nth-child(3)")
    settle(page)
    steady = face(page)
    page.select_option("[data-part=count]", "4")
    page.click("[data-do=variations]")
    page.wait_for_function("document.querySelectorAll('[data-part=gallery] button').length === 4")
    shown = page.evaluate("[...document.querySelectorAll('[data-part=gallery] img')].map((each) => each.src)")
    assert len(set(shown)) == 4 and steady not in shown
    page.click("[data-part=gallery] button:nth-child(3)")
    page.wait_for_function(f"document.querySelector('[data-part=face]').src === {json.dumps(shown[2])}")
    assert page.input_value("[data-part=seed]") == "2" and not page.is_checked("[data-part=steady]")


def test_a_photo_becomes_strokes_that_follow_the_slider(visit: Open, tmp_path: Path) -> None:
    photo = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    photo.paste((190, 120, 90), (90, 30, 230, 210))
    photo.paste((60, 30, 30), (120, 80, 150, 100))
    photo.paste((60, 30, 30), (170, 80, 200, 100))
    photo.save(tmp_path / "photo.jpg")
    page = visit()
    page.set_input_files("[data-part=file]", tmp_path / "photo.jpg")
    page.wait_for_selector("[data-part=import]:not([hidden])")
    settle(page)
    assert strokes(page) and face(page) is not None
    assert page.is_checked("[value=photo]")
    page.check("[value=drawing]")
    page.wait_for_function("JSON.parse(localStorage.getItem('ganstudio.sketch')).backdrop !== null")
    page.keyboard.press("Control+z")
    settle(page)
    assert strokes(page) == [] and face(page) is None


def test_an_import_never_takes_away_what_was_drawn(visit: Open, tmp_path: Path) -> None:
    photo = Image.radial_gradient("L").resize((320, 240)).convert("RGB")
    photo.paste((190, 120, 90), (90, 30, 230, 210))
    photo.save(tmp_path / "photo.jpg")
    (tmp_path / "evil.png").write_text("<svg/>")
    page = visit()
    detail = "document.querySelector('[data-part=detail]')"
    slide = f"{detail}.value = %s, {detail}.dispatchEvent(new Event('input'))"
    imported = "JSON.parse(sessionStorage.getItem('ganstudio.sketch')).backdrop"
    page.set_input_files("[data-part=file]", tmp_path / "photo.jpg")
    page.wait_for_selector("[data-part=import]:not([hidden])")
    settle(page)
    page.set_input_files("[data-part=file]", tmp_path / "evil.png")  # the panel stays that of the photo
    page.wait_for_function("document.querySelector('[data-part=note]').textContent.includes('SVG')")
    page.check("[value=drawing]")
    page.wait_for_function(f"{imported} !== null")
    assert page.inner_text("[data-part=note]") == ""
    stroke(page, oval(128, 130, 60, 80))
    drawn = ink(page)
    page.check("[value=photo]")
    page.wait_for_function(f"{imported} === null")
    page.evaluate(slide % 1)  # replaces the photo's lines, without a step of its own
    page.wait_for_timeout(300)
    settle(page)
    press(page, "undo")
    assert ink(page) == drawn
    press(page, "undo")
    press(page, "undo")
    assert strokes(page) == [] and page.is_hidden("[data-part=import]")
    page.set_input_files("[data-part=file]", tmp_path / "photo.jpg")
    page.wait_for_selector("[data-part=import]:not([hidden])")
    assert page.input_value("[data-part=detail]") == "0.5"
    press(page, "clear")
    assert page.is_hidden("[data-part=import]")


def test_browser_tabs_keep_their_own_drawings(visit: Open) -> None:
    page = visit()
    stroke(page, oval(128, 130, 60, 80))
    first = ink(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("[data-part=face]:not([hidden])")
    assert ink(other) == first  # a new tab goes on with the last drawing
    stroke(other, oval(105, 115, 8, 5))
    page.reload()
    page.wait_for_selector("[data-part=face]:not([hidden])")
    assert ink(page) == first != ink(other)


def test_clear_leaves_nothing_of_the_face(visit: Open) -> None:
    page = visit()
    assert page.is_disabled("[data-do=save-drawing]")
    stroke(page, oval(128, 130, 60, 80))
    page.click("[data-do=compare]")
    assert page.is_visible("[data-part=before]") and page.is_enabled("[data-do=save-drawing]")
    press(page, "clear")
    assert face(page) is None and page.is_hidden("[data-part=before]") and page.is_hidden("[data-do=normalise]")
    assert page.inner_text("[data-part=meter]") == "" and page.inner_text("[data-part=findings]") == ""
    assert page.get_attribute("[data-do=compare]", "aria-pressed") == "false"


def test_the_seed_field_shows_what_is_used(visit: Open) -> None:
    page = visit()
    stroke(page, oval(128, 130, 60, 80))
    page.uncheck("[data-part=steady]")
    for typed, used in (("-5", "0"), ("1.7", "2"), ("", "0"), ("4294967295", "2147483647")):
        page.fill("[data-part=seed]", typed)
        page.keyboard.press("Tab")
        assert page.input_value("[data-part=seed]") == used
    page.fill("[data-part=seed]", "2147483645")
    page.dblclick("[data-do=variations]")
    page.wait_for_function("!document.querySelector('[data-do=variations]').disabled")
    shown = page.evaluate("[...document.querySelectorAll('[data-part=gallery] button')].map((each) => each.ariaLabel)")
    assert shown == [say("app.take_seed", seed=2**31 - 3 + k) for k in range(3)]
    assert page.inner_text("[data-part=note]") == ""


def test_without_a_connection_the_page_says_so_and_recovers(visit: Open) -> None:
    page = visit()
    stroke(page, oval(128, 130, 60, 80))
    before = face(page)
    page.context.set_offline(True)
    page.click("[data-do=download]")
    note = "document.querySelector('[data-part=note]').textContent"
    page.wait_for_function(f"{note} === {json.dumps(WORDS['en']['app.no_answer'])}")
    page.keyboard.press("]")  # an error goes away with the next action
    assert page.inner_text("[data-part=note]") == "" and page.input_value("[data-part=size]") == "3.5"
    box = page.locator("[data-part=canvas]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + 150)
    page.wait_for_function(f"{note} === {json.dumps(WORDS['en']['app.no_answer'])}")
    page.context.set_offline(False)
    page.wait_for_function(f"document.querySelector('[data-part=face]').src !== {json.dumps(before)}")
    page.wait_for_function(f"{note} === ''")


def test_a_downloaded_png_restores_the_drawing(visit: Open, tmp_path: Path) -> None:
    page = visit()
    stroke(page, oval(128, 130, 60, 80))
    page.uncheck("[data-part=steady]")
    page.fill("[data-part=seed]", "41")
    page.keyboard.press("Tab")
    drawn = strokes(page)
    with page.expect_download() as download:
        page.click("[data-do=download]")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    settings = read_settings(file.read_bytes())
    assert settings is not None and settings["seed"] == 41 and Image.open(file).format == "PNG"
    other = visit()
    other.set_input_files("[data-part=file]", file)
    other.wait_for_selector("[data-part=face]:not([hidden])")
    settle(other)
    assert strokes(other) == drawn and other.input_value("[data-part=seed]") == "41"
    assert not other.is_checked("[data-part=steady]")


@pytest.mark.parametrize("width", [390, 1200])
def test_a_larger_download_is_chosen_once(visit: Open, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844})
    stroke(page, oval(128, 130, 60, 80))
    assert page.inner_text("[data-part=download-size]").split("\n") == ["256 px", "512 px", "1024 px"]
    page.select_option("[data-part=download-size]", "512")
    with page.expect_download() as download:
        page.click("[data-do=download]")
    assert download.value.suggested_filename == "face-steady-512.png"
    saved = Path(download.value.path())
    assert Image.open(saved).size == (512, 512)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    page.wait_for_selector("[data-part=face]:not([hidden])")
    assert page.input_value("[data-part=download-size]") == "512"
    page.select_option("[data-part=download-size]", "256")
    page.set_input_files("[data-part=file]", saved)
    page.wait_for_function("document.querySelector('[data-part=download-size]').value === '512'")


def test_a_saved_drawing_opens_again(visit: Open, tmp_path: Path) -> None:
    page = visit()
    stroke(page, oval(128, 130, 60, 80))
    before = ink(page)
    with page.expect_download() as download:
        page.click("[data-do=save-drawing]")
    download.value.save_as(tmp_path / "drawing.json")
    press(page, "clear")
    page.set_input_files("[data-part=file]", tmp_path / "drawing.json")
    page.wait_for_selector("[data-part=face]:not([hidden])")
    assert ink(page) == before


def test_a_bad_file_is_explained_and_nothing_is_lost(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "evil.png").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    page = visit(locale="ja-JP")
    stroke(page, oval(128, 130, 60, 80))
    before = ink(page)
    page.set_input_files("[data-part=file]", tmp_path / "evil.png")
    expected = say("image.document", "ja", kind="SVG")
    note = "document.querySelector('[data-part=note]').textContent"
    page.wait_for_function(f"{note} === {json.dumps(expected)}")
    assert ink(page) == before
    stroke(page, oval(105, 115, 8, 5))
    assert face(page) is not None and page.inner_text("[data-part=note]") == ""


def test_the_helper_finds_and_normalises(visit: Open) -> None:
    page = visit()
    stroke(page, oval(128, 130, 60, 80))
    assert page.inner_text("[data-part=findings]") == WORDS["en"]["app.drawing_fine"]
    press(page, "clear")
    stroke(page, oval(40, 40, 15, 20))
    page.wait_for_selector("[data-do=normalise]:not([hidden])")
    small = ink(page)
    page.click("[data-do=normalise]")
    findings = "document.querySelector('[data-part=findings]').textContent"
    page.wait_for_function(f"{findings} === {json.dumps(WORDS['en']['app.drawing_fine'])}")
    press(page, "undo")
    assert ink(page) == small


def test_without_live_a_button_makes_the_face(visit: Open) -> None:
    page = visit()
    page.uncheck("[data-part=live]")
    box = page.locator("[data-part=canvas]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 300, steps=5)
    page.mouse.up()
    assert face(page) is None
    page.click("[data-do=make]")
    page.wait_for_selector("[data-part=face]:not([hidden])")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    page.wait_for_selector("[data-part=face]", state="hidden")


def test_the_patch_of_the_critic_is_drawn_to_scale(visit: Open) -> None:
    page = visit()
    page.click("[data-part=examples] button:nth-child(2)")
    page.click(".gs-how summary")
    share = page.evaluate(
        "document.querySelector('[data-part=patch]').offsetWidth"
        " / document.querySelector('[data-part=patch-sheet]').clientWidth"
    )
    assert abs(share - 70 / 256) < 0.01
    assert "70 × 70" in page.inner_text("[data-part=patch-caption]")


# --- styles ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def styled_url(app_url: str, published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a model that has styles and a slider; `app_url` has set the folders that it works in."""
    from core_fixtures import publish_tiny

    from ganstudio import ui
    from ganstudio.ui.doors import Doors
    from ganstudio.ui.models import Models

    folder = tmp_path_factory.mktemp("models") / "styled"
    publish_tiny(folder, recipe="bicyclegan", size=256, depth=3)
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"directions": [{"name": "skin", "vector": [3, 0, 0]}]}))
    models = Models(folder, published)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ui.start(ui.build(models), Doors(port=port))
    models.start()
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture
def visit_styled(browser: Browser, styled_url: str) -> Iterator[Open]:
    errors: list[str] = []
    context = browser.new_context(locale="en-US", viewport={"width": 1200, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=styled_url)

    def open_page(path: str = "/") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(styled_url + path if path.startswith("/") else path)
        page.wait_for_selector("[data-part=examples] button:nth-child(9)")
        page.wait_for_function("document.querySelector('[data-part=note]').textContent === ''")
        return page

    yield open_page
    context.close()
    assert errors == []


def test_a_die_a_slider_a_film_and_a_link_to_the_style(visit_styled: Open) -> None:
    page = visit_styled()
    stroke(page, oval(128, 130, 60, 80))
    plain = face(page)
    page.click("[data-do=die]")
    page.wait_for_function(f"document.querySelector('[data-part=face]').src !== {json.dumps(plain)}")
    other, seed = face(page), page.input_value("[data-part=seed]")
    page.evaluate(
        "(() => { const slider = document.querySelector('[data-part=sliders] input');"
        " slider.value = 1; slider.dispatchEvent(new Event('input')); })()"
    )
    page.wait_for_function(f"document.querySelector('[data-part=face]').src !== {json.dumps(other)}")
    moved = face(page)
    page.click("[data-do=walk]")
    page.wait_for_selector("[data-part=film]:not([hidden])", timeout=120_000)
    page.click("[data-do=link]")
    page.wait_for_function("document.querySelector('[data-part=note]').textContent !== ''")
    link = page.evaluate("navigator.clipboard.readText()")
    assert f"seed={seed}" in link and "skin" in link
    again = visit_styled(link)  # the drawing comes from this browser's store, the style from the link
    settle(again)
    again.wait_for_function(f"document.querySelector('[data-part=face]').src === {json.dumps(moved)}")
    again.click("[data-do=plain]")
    again.wait_for_function(f"document.querySelector('[data-part=face]').src === {json.dumps(plain)}")
