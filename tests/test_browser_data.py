"""The data tab as its owner sees it, in a real browser. Pages are slow: each test takes one as far as it goes."""

from __future__ import annotations

import io
import json
import os
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route

from ganstudio import places
from ganstudio.data import dataset, domains
from ganstudio.words import WORDS, say

Open = Callable[..., Page]
ROOT = "#data"


@pytest.fixture(scope="module", autouse=True)
def home(app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = os.environ.get("GANSTUDIO_HOME")
    folder = tmp_path_factory.mktemp("home")
    os.environ["GANSTUDIO_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["GANSTUDIO_HOME"]
    else:
        os.environ["GANSTUDIO_HOME"] = before


@pytest.fixture
def visit(new_page: Callable[..., Page]) -> Open:
    """Opens the tab and waits until it knows what there is; fails on any error of the page."""

    def open_tab(path: str = "/", **options: Any) -> Page:
        page = new_page(path, **options)
        see(page, options.get("locale", "en-US")[:2])
        return page

    return open_tab


def see(page: Page, language: str = "en") -> None:
    page.click(f"[role=tab]:text-is('{say('app.tab_data', language)}')")
    page.wait_for_selector(f"{ROOT} [data-part=sets] button", state="attached")
    page.wait_for_selector(f"{part('drawn')} img:not([hidden])", state="attached")


def part(name: str) -> str:
    return f"{ROOT} [data-part={name}]"


def do(name: str) -> str:
    return f"{ROOT} [data-do={name}]"


def knob(name: str) -> str:
    return f"{ROOT} [data-knob={name}]"


def png(seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(domains.ball((8, seed), "A", 40)).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> dict[str, Any]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return {"name": "pets.zip", "mimeType": "application/zip", "buffer": file.getvalue()}


def shows(page: Page, selector: str, text: str) -> None:
    page.wait_for_function(
        f"document.querySelector({json.dumps(selector)}).textContent.includes({json.dumps(text)})", timeout=60_000
    )


def test_a_newcomer_tries_a_drawn_set_then_brings_a_zip_and_deletes_it(visit: Open) -> None:
    page = visit()
    assert page.is_visible(part("maker")) and page.is_hidden(part("viewer")) and page.is_hidden(part("use"))
    assert page.inner_text(part("maker-title")) == say("app.data_intro")
    assert page.input_value(knob("name")) == say("app.data_drawn.faces")
    page.fill(knob("count"), "30")
    page.select_option(knob("size"), "64")
    page.fill(knob("folds"), "3")
    page.click(do("make"))
    page.wait_for_selector(f"{part('sheet')} img")
    assert page.inner_text(part("title")) == "Faces" and page.locator(f"{part('sheet')} img").count() == 24
    assert page.locator(f"{part('folds')} span").count() == 3 and page.locator(f"{part('history')} li").count() == 4
    page.click(do("next"))
    shows(page, part("page"), say("app.data_page", page=2, pages=2))
    assert page.locator(f"{part('sheet')} img").count() == 6 and page.is_disabled(do("next"))

    page.click(f"{ROOT} [data-view=new]")
    assert page.input_value(knob("name")) == "Faces 2", "a name that is taken is not offered"
    page.click(f"{part('from')} [data-from=upload]")
    page.click(do("make"))
    assert page.inner_text(part("refused")) == say("app.data_no_source")
    page.set_input_files(part("files"), {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"})
    assert page.inner_text(part("problem")) == say("app.colours_no_pictures")
    page.set_input_files(part("files"), {"name": "t.zip", "mimeType": "application/zip", "buffer": b"PK torn"})
    shows(page, part("problem"), say("zip.damaged"))
    files = {f"cats/{k}.png": png(k) for k in range(6)} | {f"dogs/{k}.png": png(40 + k) for k in range(5)}
    page.set_input_files(part("files"), zipped({**files, "dogs/twin.png": png(41), "dogs/bad.png": b"x"}))
    shows(page, part("seen"), "cats 6, dogs 7")
    assert page.input_value(knob("name")) == "pets" and page.inner_text(part("problem")) == ""
    assert page.get_attribute(f"{part('kinds')} [data-kind=labelled]", "aria-pressed") == "true"
    page.click(do("make"))
    shows(page, part("title"), "pets")
    page.wait_for_selector(f"{part('sheet')} img")
    assert page.inner_text(part("dropped-count")) == say("app.data_left_out", count=2)
    page.click(part("dropped-count"))
    assert "twin.png" in page.inner_text(part("dropped")) and say("image.unknown") in page.inner_text(part("dropped"))
    page.click(f"{part('groups')} [data-group=dogs]")
    page.wait_for_selector(f"{ROOT}[data-sheet='pets dogs 0'], {ROOT} [data-sheet='pets dogs 0']", state="attached")
    assert page.locator(f"{part('sheet')} figure").count() == 5

    page.reload()
    see(page)
    shows(page, part("title"), "pets")
    page.click(do("delete"))
    assert page.is_visible(do("sure")) and page.inner_text(do("sure")) == say("app.data_delete_sure", pictures=11)
    page.click(do("keep"))
    assert page.is_hidden(do("sure")) and (places.datasets() / "pets").is_dir()
    page.focus(do("delete"))
    page.keyboard.press("Enter")
    page.click(do("sure"))
    page.wait_for_selector(f"{part('maker')}:not([hidden])")
    assert not (places.datasets() / "pets").exists() and page.locator(f"{ROOT} [data-view='set pets']").count() == 0


def test_a_long_one_goes_on_through_a_reload_and_is_cancelled(visit: Open) -> None:
    page = visit()
    page.fill(knob("count"), "9000")
    page.fill(knob("name"), "Long one")
    page.click(do("make"))
    page.wait_for_selector(f"{part('job')}:not([hidden])")
    shows(page, part("job-text"), "9,000")
    page.reload()
    see(page)
    shows(page, part("job-text"), "Long one")
    page.click(do("stop"))
    shows(page, part("job-text"), say("app.data_stopped", name="Long one"))
    page.click(do("forget"))
    page.wait_for_selector(f"{part('maker')}:not([hidden])")
    assert not (places.datasets() / "Long-one").exists()


def test_errors_stand_where_they_arise(visit: Open, tmp_path: Path) -> None:
    page = visit(locale="ja-JP")
    page.click(f"{part('from')} [data-from=folder]")
    page.fill(knob("folder"), str(tmp_path / "absent"))
    page.keyboard.press("Enter")
    shows(page, part("problem"), WORDS["ja"]["data.no_folder"].format(folder=tmp_path / "absent"))
    (tmp_path / "photos").mkdir()
    for k in range(3):
        (tmp_path / "photos" / f"{k}.png").write_bytes(png(k))
    page.fill(knob("folder"), str(tmp_path / "photos"))
    page.click(do("look-folder"))
    shows(page, part("seen"), say("app.data_found", "ja", count=3))
    page.click(f"{part('kinds')} [data-kind=unpaired]")
    assert page.is_hidden(part("style-row"))
    page.click(do("make"))
    shows(page, part("job-error"), "trainA")
    page.click(do("forget"))
    page.click(f"{part('kinds')} [data-kind=paired]")
    assert page.is_visible(part("style-row")) and page.input_value(knob("folder")) == str(tmp_path / "photos")
    page.select_option(knob("size"), "64")
    page.click(do("make"))
    shows(page, part("title"), "photos")
    page.wait_for_selector(f"{part('sheet')} img")
    assert dataset.read(places.datasets() / "photos")["counts"] == {"source": 3, "target": 3}


def test_a_set_that_is_whole_before_anybody_asked_is_shown(visit: Open, tmp_path: Path) -> None:
    def late(route: Route) -> None:
        if "data_jobs" in (route.request.post_data or ""):
            time.sleep(4)  # longer than making it takes
        route.continue_()

    page = visit()
    page.route(re.compile("component_server"), late)
    (tmp_path / "quick").mkdir()
    (tmp_path / "quick" / "0.png").write_bytes(png(0))
    page.click(f"{part('from')} [data-from=folder]")
    page.fill(knob("folder"), str(tmp_path / "quick"))
    page.click(do("look-folder"))
    shows(page, part("seen"), say("app.data_found", "en", count=1))
    page.click(f"{part('kinds')} [data-kind=single]")
    page.select_option(knob("size"), "64")
    page.click(do("make"))
    shows(page, part("title"), "quick")


@pytest.mark.parametrize("locale", ["en-US", "ja-JP"])
def test_it_fits_a_phone_with_targets_for_fingers(visit: Open, locale: str) -> None:
    page = visit(locale=locale, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for from_ in ("drawn", "upload", "folder", "hub"):
        page.click(f"{part('from')} [data-from={from_}]")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), from_
        small = page.evaluate(
            """[...document.querySelectorAll('#data :is(button, select, summary, input:not([type=checkbox]))')]
              .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 40)
              .map((each) => each.outerHTML.slice(0, 80))"""
        )
        assert small == [], from_
    sets = page.locator(f"{ROOT} [data-view^='set ']")
    if sets.count():
        sets.first.click()
        page.wait_for_selector(f"{part('sheet')} img")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
