"""The recolouring tab as a visitor sees it, in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page
from test_recolour_tab import publish_one_way, see_through

from ganstudio.data.creatures import EXAMPLES
from ganstudio.images import read_settings
from ganstudio.typenames import TYPES
from ganstudio.words import WORDS, say

Open = Callable[..., Page]
FIRST = "fire" if EXAMPLES[0][1] == "water" else "water"  # what a new visitor's picture becomes
OTHER = "water" if FIRST == "fire" else "fire"
SHOWN = "document.querySelector('#recolour [data-shown]').dataset.shown"
NOTE = "document.querySelector('#recolour [data-part=note]').textContent"


@pytest.fixture
def visit(new_page: Callable[..., Page]) -> Open:
    """Opens the tab for a new visitor and waits for the first result; fails on any error of the page."""

    def open_tab(path: str = "/", **options: Any) -> Page:
        page = new_page(path, **options)
        page.click(f"[role=tab]:has-text('{say('app.tab_recolour', options.get('locale', 'en-US'))}')")
        page.wait_for_selector("#recolour [data-part=result]:not([hidden])")
        return page

    return open_tab


@pytest.fixture
def file(tmp_path: Path) -> Path:
    see_through().save(tmp_path / "mine.png")
    return tmp_path / "mine.png"


def part(name: str) -> str:
    return f"#recolour [data-part={name}]"


def result(page: Page) -> str:
    return page.get_attribute(part("result"), "src") or ""


def open_file(page: Page, file: Path) -> None:
    """Uploads a picture and waits for what becomes of it."""
    before = page.evaluate(SHOWN)
    page.set_input_files(part("file"), file)
    page.wait_for_function(f"{SHOWN} !== {json.dumps(before)}")


def choose(page: Page, type_: str) -> None:
    page.click(f"{part('types')} [data-type={type_}]")
    page.wait_for_function(f"{SHOWN}.split(' ')[1] === '{type_}'")


def slide(page: Page, value: int) -> None:
    page.evaluate(
        """([name, value]) => {
          const slider = document.querySelector(name);
          slider.value = value;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          slider.dispatchEvent(new Event('change', { bubbles: true }));
        }""",
        [part("strength"), value],
    )
    page.wait_for_function(f"{SHOWN}.endsWith(' {value}')")


def pressed(page: Page, group: str) -> list[str]:
    return page.evaluate(
        f"[...document.querySelectorAll('{part(group)} [aria-pressed=true]')].map((each) => each.dataset.type)"
    )


def test_a_visitor_sees_a_creature_recoloured_at_once(visit: Open) -> None:
    page = visit()
    assert page.locator(f"{part('creatures')} button").count() == len(EXAMPLES)
    assert page.locator(f"{part('types')} button").count() == 18 and pressed(page, "types") == [FIRST]
    assert page.get_attribute(part("stage"), "data-transparent") == "true"
    assert page.inner_text(part("tag-result")) == FIRST.title()


def test_a_picture_becomes_the_chosen_type(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    assert "90 × 60" in page.inner_text(part("facts"))
    first = result(page)
    choose(page, "grass")
    assert result(page) != first and pressed(page, "types") == ["grass"]
    page.focus(f"{part('types')} [data-type={FIRST}]")
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelector('{part('result')}').src === {json.dumps(first)}")
    page.select_option(part("second"), "flying")
    page.wait_for_function(f"{SHOWN}.includes('{FIRST}+flying')")
    assert result(page) != first and page.inner_text(part("tag-result")) == f"{FIRST.title()} + Flying"


def test_a_picture_may_be_dropped_or_pasted(visit: Open) -> None:
    page = visit()
    send = """async ([name, kind]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: kind === 'drop' ? 40 : 50, height: 30 });
      const blob = await new Promise((done) => canvas.toBlob(done));
      const data = new DataTransfer();
      data.items.add(new File([blob], 'x.png', { type: 'image/png' }));
      const event = kind === 'drop' ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
        : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      document.querySelector(name).dispatchEvent(event);
    }"""
    for kind, width in (("drop", 40), ("paste", 50)):
        page.evaluate(send, [part("stage"), kind])
        facts = f"document.querySelector('{part('facts')}').textContent"
        page.wait_for_function(f"{facts} === {json.dumps(say('app.own_size', width=width, height=30))}")


def test_before_and_after_by_pointer_and_keyboard(visit: Open) -> None:
    page = visit()
    cut = f"document.querySelector('{part('stage')}').style.getPropertyValue('--cut')"
    assert page.evaluate(cut) == "50%"
    box = page.locator(part("stage")).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    assert 75 <= float(page.evaluate(cut).rstrip("%")) <= 85
    page.keyboard.press("Home")
    assert page.evaluate(cut) == "0%"


def test_the_strength_slider(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    whole, original = result(page), page.get_attribute(part("original"), "src")
    slide(page, 0)
    page.wait_for_function(f"document.querySelector('{part('result')}').src === {json.dumps(original)}")
    assert page.inner_text(part("tag-result")) == f"{FIRST.title()} 0 %"
    assert page.inner_text(part("strength-shown")) == "0 %"
    slide(page, 200)
    assert result(page) not in (whole, original)
    slide(page, 100)
    page.wait_for_function(f"document.querySelector('{part('result')}').src === {json.dumps(whole)}")


def test_the_slider_answers_without_the_server(visit: Open) -> None:
    page = visit()
    whole = result(page)
    page.context.set_offline(True)
    slide(page, 50)
    assert result(page) != whole


def test_the_gallery_fills_and_a_click_chooses(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    page.click("#recolour [data-do=all]")
    filled = f"document.querySelectorAll('{part('gallery')} img:not([hidden])').length"
    page.wait_for_function(f"{filled} === 18")
    sources = page.evaluate(f"[...document.querySelectorAll('{part('gallery')} img')].map((each) => each.src)")
    assert len(set(sources)) == 18 and pressed(page, "gallery") == [FIRST]
    page.click(f"{part('gallery')} [data-type=ice]")
    page.wait_for_function(f"{SHOWN}.split(' ')[1] === 'ice'")
    assert pressed(page, "gallery") == pressed(page, "types") == ["ice"]
    page.click(f"{part('creatures')} button")  # another picture: these are not its types
    page.wait_for_function(f"!document.querySelector('{part('gallery')}').hasChildNodes()")


def test_there_and_back(visit: Open, file: Path) -> None:
    page = visit()
    assert page.input_value(part("own")) == EXAMPLES[0][1]  # a creature's own type is known
    open_file(page, file)
    page.click("#recolour [data-do=back]")
    assert page.inner_text(part("trip-text")) == WORDS["en"]["app.choose_own"] and page.is_hidden(part("trip"))
    page.select_option(part("own"), "water")
    page.click("#recolour [data-do=back]")
    page.wait_for_selector(f"{part('trip')}:not([hidden])")
    assert page.inner_text(part("there-text")) == f"There: {FIRST.title()}"
    assert "255" in page.inner_text(part("trip-text"))


def test_a_model_of_two_domains_limits_the_choice(visit: Open) -> None:
    page = visit()
    page.click("#recolour .gs-advanced summary")
    page.select_option(part("model"), "water-grass")
    page.wait_for_function(f"document.querySelectorAll('{part('types')} button').length === 2")
    page.wait_for_function(f"{SHOWN}.split(' ')[1] === 'water'")
    assert page.is_hidden(part("second-row")) and page.input_value(part("own")) == "grass"


def test_a_model_that_goes_one_way(visit: Open, published: Path, file: Path) -> None:
    publish_one_way(published / "zebra")
    try:
        page = visit()
        page.select_option(part("own"), "ice")
        page.click("#recolour .gs-advanced summary")
        page.select_option(part("model"), "zebra")
        page.wait_for_function(f"{SHOWN}.split(' ')[1] === 'zebra'")
        assert page.locator(f"{part('types')} button").all_inner_texts() == ["zebra"]
        assert pressed(page, "types") == ["zebra"] and "zebra" in page.inner_text(part("model-text"))
        for name in ("second-row", "way-back", "all-types"):
            assert page.is_hidden(part(name)), name
        with page.expect_download() as download:
            page.click("#recolour [data-do=download]")
        assert download.value.suggested_filename == "creature-zebra.png"
        page.select_option(part("model"), "recolour")
        page.wait_for_function(f"document.querySelectorAll('{part('types')} button').length === 18")
        for name in ("second-row", "way-back", "all-types"):
            assert page.is_visible(part(name)), name
        assert page.input_value(part("own")) == "ice"  # what the picture is has not changed
    finally:
        shutil.rmtree(published / "zebra")


def test_the_download_has_the_pictures_size_and_the_settings(visit: Open, file: Path, tmp_path: Path) -> None:
    page = visit()
    open_file(page, file)
    choose(page, "bug")
    slide(page, 150)
    with page.expect_download() as download:
        page.click("#recolour [data-do=download]")
    assert download.value.suggested_filename == "mine-bug.png"
    download.value.save_as(tmp_path / "saved.png")
    saved = Image.open(tmp_path / "saved.png")
    assert saved.size == (90, 60) and saved.getchannel("A").tobytes() == see_through().getchannel("A").tobytes()
    settings = read_settings((tmp_path / "saved.png").read_bytes()) or {}
    assert (settings["to"], settings["strength"]) == ("bug", 1.5)


def test_its_colours_are_shown_among_the_others(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    page.click("#recolour [data-do=mark]")
    page.wait_for_selector("#recolour", state="hidden")
    name, mark = page.evaluate("window.ganstudio.module('page/pictures.js').then(({ marks }) => [...marks][0])")
    assert name == f"mine.png → {FIRST.title()}" and len(mark["before"]) == 3 and len(mark["afterHues"]) == 36
    assert page.inner_text("[role=tab][aria-selected=true]") == WORDS["en"]["app.tab_colours"]


def test_a_bad_file_is_explained_and_the_result_stays(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "evil.png").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    page = visit(locale="ja-JP")
    before = result(page)
    page.set_input_files(part("file"), tmp_path / "evil.png")
    page.wait_for_function(f"{NOTE} === {json.dumps(say('image.document', 'ja', kind='SVG'))}")
    assert result(page) == before
    choose(page, "ice")
    assert page.inner_text(part("note")) == "" and result(page) != before


def test_without_a_connection_the_page_says_so_and_recovers(visit: Open) -> None:
    page = visit()
    before = result(page)
    page.context.set_offline(True)
    page.click(f"{part('types')} [data-type={OTHER}]")
    page.wait_for_function(f"{NOTE} === {json.dumps(WORDS['en']['app.no_answer'])}")
    assert result(page) == before
    page.context.set_offline(False)
    page.wait_for_function(f"{SHOWN}.split(' ')[1] === '{OTHER}'")
    page.wait_for_function(f"{NOTE} === ''")


def test_another_language_keeps_tab_picture_and_choice(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    choose(page, "dragon")
    before = result(page)
    page.click("nav [lang=ja]")
    page.wait_for_selector(f"{part('result')}:not([hidden])")
    page.wait_for_function(f"document.querySelector('{part('result')}').src === {json.dumps(before)}")
    assert page.inner_text(part("tag-result")) == WORDS["ja"]["app.type.dragon"]
    assert pressed(page, "types") == ["dragon"]
    names = page.locator(f"{part('types')} button").all_inner_texts()
    assert names == [WORDS["ja"][f"app.type.{each}"] for each in TYPES]


def test_the_explanation_draws_the_curves_of_the_training(visit: Open) -> None:
    page = visit()
    page.click("#recolour .gs-how summary")
    page.wait_for_selector(f"{part('charts')} svg")
    charts = page.locator(f"{part('charts')} figure")
    assert charts.locator("h4").all_inner_texts() == [
        WORDS["en"]["app.curve.generator"],
        WORDS["en"]["app.curve.critics"],
    ]
    # A name that nobody has translated is shown as it is.
    assert charts.locator("li").all_inner_texts() == [WORDS["en"]["app.curve.cycle"], "odd one"]
    assert page.get_attribute(f"{part('charts')} .gs-curve", "d") is not None


def test_nothing_is_wider_than_a_phone(visit: Open) -> None:
    page = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page.click("#recolour .gs-how summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    buttons = f"[...document.querySelectorAll('{part('types')} button')]"
    assert page.evaluate(f"{buttons}.filter((each) => each.scrollWidth > each.clientWidth).length") == 0
