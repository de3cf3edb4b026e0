"""The icon tab as a visitor sees it, in a real browser."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page
from test_flat import head
from test_icon_tab import publish_icons

from ganstudio.images import read_settings
from ganstudio.words import WORDS, say

Open = Callable[..., Page]
SHOWN = "document.querySelector('#icon [data-shown]').dataset.shown"


@pytest.fixture(scope="module")
def icons(published: Path) -> Iterator[None]:
    publish_icons(published)
    yield
    shutil.rmtree(published / "face2icon")


@pytest.fixture
def visit(new_page: Callable[..., Page], icons: None) -> Open:
    """Opens the tab for a new visitor and waits for the first result; fails on any error of the page."""

    def open_tab(path: str = "/", **options: Any) -> Page:
        page = new_page(path, **options)
        page.click(f"[role=tab]:text-is('{say('app.tab_icon', options.get('locale', 'en-US')[:2])}')")
        page.wait_for_selector(f"{part('result')}:not([hidden])")
        return page

    return open_tab


@pytest.fixture
def file(tmp_path: Path) -> Path:
    head(96).save(tmp_path / "mine.png")
    return tmp_path / "mine.png"


def part(name: str) -> str:
    return f"#icon [data-part={name}]"


def box(page: Page) -> list[float]:
    return page.evaluate("JSON.parse(sessionStorage.getItem('ganstudio.icon')).box")


def after(page: Page, step: Callable[[], None]) -> str:
    """Does something and waits for the result that follows; returns it."""
    before = page.evaluate(SHOWN)
    step()
    page.wait_for_function(f"{SHOWN} !== {json.dumps(before)}")
    return page.get_attribute(part("result"), "src") or ""


def open_file(page: Page, file: Path) -> None:
    after(page, lambda: page.set_input_files(part("file"), file))


def test_a_visitor_sees_an_example_at_once_with_its_makers(visit: Open) -> None:
    page = visit()
    assert page.locator(f"{part('examples')} button").count() == 8
    credits = page.inner_text("#icon .gs-credits")
    assert all(word in credits for word in ("The Visual Team", "CC BY 4.0", "CC0"))
    assert page.inner_text(part("found")) == say("app.icon_found_one")
    assert page.inner_text(part("tag-result")) == say("app.domain.icon")


def test_an_example_icon_goes_the_other_way(visit: Open) -> None:
    page = visit()
    after(page, lambda: page.click(f"{part('examples')} button >> nth=7"))
    assert page.inner_text(part("tag-result")) == say("app.domain.character")
    assert not page.is_checked(part("flat"))
    after(page, lambda: page.click(f"{part('directions')} [data-target=icon]"))
    assert page.inner_text(part("tag-result")) == say("app.domain.icon") and page.is_checked(part("flat"))


def test_the_square_is_moved_by_mouse_and_keys(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    after(page, lambda: page.click("#icon [data-do=whole]"))
    assert box(page) == [0, 0, 96, 96]
    corner = page.locator("#icon [data-corner='1 1']").bounding_box()
    assert corner and corner["width"] >= 40 and corner["height"] >= 40
    at = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] - 80, at[1] - 80, steps=3)
    page.mouse.up()
    small = box(page)
    assert small[2] - small[0] < 80 and sum(small) / 4 == pytest.approx(48, abs=1)
    page.focus(part("square"))
    after(page, lambda: page.keyboard.press("Shift+ArrowRight"))
    assert box(page)[0] > small[0] and box(page)[1] == pytest.approx(small[1])
    after(page, lambda: page.keyboard.press("Shift+-"))
    assert box(page)[2] - box(page)[0] < small[2] - small[0]
    assert page.inner_text(part("found")) == say("app.icon_own_square")


def test_without_a_face_it_says_what_it_did(visit: Open, tmp_path: Path) -> None:
    page = visit(locale="ja-JP")
    file = tmp_path / "grey.png"
    Image.new("RGB", (96, 96), (90, 90, 90)).save(file)
    open_file(page, file)
    after(page, lambda: page.click("#icon [data-do=face]"))
    assert page.inner_text(part("found")) == WORDS["ja"]["icon.no_face"]
    assert page.get_attribute(part("found"), "data-warns") == "true"


def test_background_flat_and_tilt_change_the_result(visit: Open) -> None:
    page = visit()
    first = page.get_attribute(part("result"), "src")
    assert page.is_hidden(part("colour-row"))
    disc = after(page, lambda: page.click("#icon [data-background=disc]"))
    assert disc != first and page.is_visible(part("colour-row"))
    assert page.get_attribute(part("stage"), "data-transparent") == "true"
    assert after(page, lambda: page.uncheck(part("flat"))) != disc
    assert page.inner_text(part("flat-text")) == say("app.icon_flat_off", size=32)
    page.focus(part("tilt"))
    after(page, lambda: page.keyboard.press("End"))
    assert page.inner_text(part("tilt-shown")) == "45°"


def test_a_download_has_the_chosen_size(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    page.select_option(part("size"), "64")
    with page.expect_download() as download:
        page.click("#icon [data-do=download]")
    assert download.value.suggested_filename == "mine-icon-64.png"
    saved = Path(download.value.path())
    assert Image.open(saved).size == (64, 64) and (read_settings(saved.read_bytes()) or {})["model"] == "face2icon"


def test_there_and_back(visit: Open) -> None:
    page = visit()
    page.click("#icon [data-do=back]")
    page.wait_for_selector(f"{part('trip')}:not([hidden])")
    assert page.inner_text(part("home-text")) == say("app.icon_home", target=say("app.domain.character"))
    after(page, lambda: page.click("#icon [data-background=transparent]"))
    assert page.is_hidden(part("trip"))


def test_a_bad_file_gets_a_sentence_and_loses_nothing(visit: Open, tmp_path: Path) -> None:
    page = visit()
    before = page.get_attribute(part("result"), "src")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    page.set_input_files(part("file"), tmp_path / "bad.png")
    page.wait_for_function(
        f"document.querySelector('{part('note')}').textContent === {json.dumps(say('image.unknown'))}"
    )
    assert page.get_attribute(part("result"), "src") == before


def test_a_whole_zip(visit: Open, tmp_path: Path) -> None:
    page = visit()
    page.set_input_files(part("zip-file"), {"name": "torn.zip", "mimeType": "application/zip", "buffer": b"PK no more"})
    page.wait_for_selector(f"{part('outcome')}:not([hidden])")
    assert page.inner_text(part("outcome-text")) == say("zip.damaged") and page.is_hidden(part("zip-link"))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        picture = io.BytesIO()
        head(64).save(picture, "PNG")
        target.writestr("one.png", picture.getvalue())
        target.writestr("bad.png", b"no picture")
    page.set_input_files(
        part("zip-file"), {"name": "heads.zip", "mimeType": "application/zip", "buffer": data.getvalue()}
    )
    page.wait_for_selector(f"{part('zip-link')}:not([hidden])")
    assert "bad.png" in page.inner_text(part("refused"))
    with page.expect_download() as download:
        page.click(part("zip-link"))
    assert download.value.suggested_filename == "heads-icon.zip"
    with zipfile.ZipFile(download.value.path()) as results:
        assert results.namelist() == ["one.png"]


def test_it_survives_a_reload(visit: Open, file: Path) -> None:
    page = visit()
    open_file(page, file)
    after(page, lambda: page.click("#icon [data-background=disc]"))
    page.focus(part("square"))
    after(page, lambda: page.keyboard.press("Shift+ArrowDown"))
    kept = box(page)
    page.reload()
    page.click(f"[role=tab]:text-is('{say('app.tab_icon')}')")
    page.wait_for_selector(f"{part('result')}:not([hidden])")
    assert box(page) == kept and page.get_attribute("#icon [data-background=disc]", "aria-pressed") == "true"


@pytest.mark.parametrize("locale", ["en-US", "ja-JP"])
def test_it_fits_a_phone_with_targets_for_fingers(visit: Open, locale: str) -> None:
    page = visit(locale=locale, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.evaluate(
        """[...document.querySelectorAll('#icon :is(button, select, summary, input[type=range], input[type=color])')]
          .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 40)
          .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert small == []
