"""The train tab in a browser: from a folder of pictures to a living run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from core_fixtures import make_data
from playwright.sync_api import Page

from ganstudio import places
from ganstudio.runs import local
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.summary import ALIVE, find_runs, state_of
from ganstudio.words import say

TINY = {"size": "32", "width": "4", "critic_width": "4", "depth": "4", "patch": "16", "batch": "2", "images": "400"}


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    for run in find_runs(places.runs()):
        local.stop(run)
        end = time.monotonic() + 60
        while state_of(run) in ALIVE and time.monotonic() < end:
            time.sleep(0.05)
        local.delete(run)


def part(name: str) -> str:
    return f"#train [data-part={name}]"


def open_tab(new_page: Callable[..., Page], language: str = "en", **options: object) -> Page:
    page = new_page(f"/?lang={language}", **options)
    page.click(f"[role=tab]:text-is('{say('app.tab_train', language)}')")
    page.wait_for_selector("#train [data-recipe]")
    return page


def test_from_a_folder_to_a_run(new_page: Callable[..., Page], tmp_path: Path, clean: None) -> None:
    """Choose, change settings, see what is wrong, check, start; the page then shows the run."""
    data = make_data(tmp_path / "data", 6, 32)
    page = open_tab(new_page)
    page.click("#train [data-recipe=pix2pix]")
    page.select_option(part("set"), "?")
    page.fill(part("folder"), str(tmp_path / "absent"))
    page.press(part("folder"), "Tab")
    page.wait_for_function(f"document.querySelector('{part('problem')}').textContent.includes('absent')")
    page.fill(part("folder"), str(data))
    page.press(part("folder"), "Tab")
    page.click("#train .gs-all-fields summary")
    for name, value in TINY.items():
        page.fill(f"#train [data-name={name}] input", value) if name != "patch" else page.select_option(
            "#train [data-name=patch] select", value
        )
        page.press(f"#train [data-name={name}] :is(input, select)", "Tab")
    page.fill("#train [data-name=rate] input", "7")  # beyond its bounds
    page.press("#train [data-name=rate] input", "Tab")
    assert page.is_disabled("#train [data-do=rehearse]")
    page.fill("#train [data-name=rate] input", "0.0002")
    page.press("#train [data-name=rate] input", "Tab")
    page.fill(part("title"), "猫 first")
    page.wait_for_function(f"document.querySelector('{part('command')}').textContent.includes('--size=32')")
    page.click("#train [data-do=rehearse]")
    page.wait_for_selector("#train [data-do=start]:not([hidden])", timeout=120_000)
    assert "images/s" in page.inner_text(part("found"))
    page.fill("#train [data-name=images] input", "300")  # other settings than those that were tried
    page.press("#train [data-name=images] input", "Tab")
    page.wait_for_selector("#train [data-do=start]", state="hidden")
    page.fill("#train [data-name=images] input", "400")
    page.press("#train [data-name=images] input", "Tab")
    page.dblclick("#train [data-do=start]")
    run = RunFolder(places.runs() / "猫-first")
    end = time.monotonic() + 120
    while not (run.exists and state_of(run) == "finished") and time.monotonic() < end:
        page.wait_for_timeout(100)
    assert state_of(run) == "finished" and [each.path.name for each in find_runs(places.runs())] == ["猫-first"]


def test_on_a_phone_in_japanese(new_page: Callable[..., Page]) -> None:
    page = open_tab(new_page, "ja", locale="ja-JP", viewport={"width": 390, "height": 844})
    page.click("#train [data-recipe=ugatit]")
    assert page.inner_text(part("needs")) == say("recipe.data_unpaired", "ja")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.reload()
    page.click(f"[role=tab]:text-is('{say('app.tab_train', 'ja')}')")
    page.wait_for_selector("#train [data-recipe=ugatit][aria-checked=true]")  # nothing chosen is lost


def test_others_do_not_see_it(new_page: Callable[..., Page]) -> None:
    page = new_page("/", extra_http_headers={"x-forwarded-for": "10.0.0.9"})
    page.wait_for_selector(f"[role=tab]:text-is('{say('app.tab_colours')}')")
    assert page.is_hidden(f"[role=tab]:text-is('{say('app.tab_train')}')")
