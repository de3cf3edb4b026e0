"""The runs tab as the owner sees it, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from test_runs_tab import STATES, row, write_runs

from ganstudio import places
from ganstudio.runs.folder import RunFolder
from ganstudio.words import WORDS, say

Open = Callable[..., Page]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    yield tmp_path / "runs"


@pytest.fixture
def visit(new_page: Callable[..., Page], home: Path) -> Open:
    """Opens the tab; fails on any error of the page."""

    def open_tab(**options: Any) -> Page:
        page = new_page(**options)
        page.click(f"[role=tab]:text-is('{say('app.tab_runs', options.get('locale', 'en'))}')")
        page.wait_for_function(
            "!document.querySelector('#runs [data-part=none]').hidden || "
            "!document.querySelector('#runs [data-part=watch]').hidden"
        )
        return page

    return open_tab


def part(name: str) -> str:
    return f"#runs [data-part={name}]"


def does(name: str) -> str:
    return f"#runs [data-do={name}]"


def item(run: str) -> str:
    return f"{part('list')} [data-run={run}]"


def choose(page: Page, run: str) -> None:
    page.click(f"{item(run)} > button")
    page.wait_for_function(f"document.querySelector('#runs [data-looked$=\" {run}\"]') !== null")


def step_slider(page: Page, name: str, key: str) -> None:
    page.focus(part(name))
    page.keyboard.press(key)


def sheets(page: Page, before: int, after: int) -> None:
    """Waits until these are on the stage."""
    page.wait_for_selector(f"#runs [data-sheets$=' {before} {after}']")


def test_a_newcomer_is_told_what_to_do_and_the_first_run_appears(visit: Open) -> None:
    page = visit()
    assert page.inner_text(part("none")).startswith(say("app.runs_none"))
    write_runs()  # somebody starts one: no reload
    page.wait_for_selector(item("alive"))
    assert page.is_hidden(part("none")) and page.is_visible(part("one"))


def test_watch_a_run_ask_it_compare_and_delete(visit: Open, home: Path) -> None:
    write_runs()
    run = RunFolder(home / "alive")
    page = visit()
    names = page.eval_on_selector_all(f"{part('list')} li", "each => each.map((one) => one.dataset.run)")
    assert names == list(STATES)
    states = page.locator(f"{part('list')} .gs-state").all_inner_texts()
    assert states == [say(f"app.run_state.{state}") for state in STATES.values()]

    # The newest is chosen: figures, curves, samples, log.
    expect(page.locator(part("title"))).to_have_text("Faces of 東京")
    assert "1,200 of 4,000" in page.inner_text(part("figures")) and "20 images/s" in page.inner_text(part("figures"))
    assert page.get_attribute(part("progress"), "aria-valuenow") == "30"
    charts = page.locator(f"{part('charts')} figure")
    page.wait_for_selector(f"{part('pace')} figure >> nth=1")
    assert charts.count() == page.locator(f"{part('pace')} figure").count() == 2  # players; rate and speed
    assert charts.locator("h4").all_inner_texts()[:2] == [
        WORDS["en"]["app.curve.generator"],
        WORDS["en"]["app.curve.discriminator"],
    ]
    assert "running at 1200 images" in page.inner_text(part("tail"))
    sheets(page, 0, 1200)

    # What the trainer writes appears by itself.
    run.append_metrics(row(1220))
    run.log("checkpoint at 1220 images")
    Image.new("RGB", (96, 64), "red").save(run.sample_file(1220))
    run.write_status(**{**run.read_status(), "images": 1220})
    page.wait_for_function(f"document.querySelector('{part('tail')}').textContent.includes('checkpoint at 1220')")
    sheets(page, 0, 1220)
    expect(page.locator(part("figures"))).to_contain_text("1,220 of 4,000")

    # Values under pointer and keys, terms on and off, log scale, smoothing.
    page.hover(f"{part('charts')} svg >> nth=0", position={"x": 100, "y": 60})
    assert charts.locator("h4 small").first.inner_text().endswith("images")
    reading = charts.locator("output").first
    assert float(reading.inner_text()) > 0
    page.focus(f"{part('charts')} svg >> nth=1")
    page.keyboard.press("Home")
    assert charts.locator("h4 small").nth(1).inner_text() == say("app.runs_at", images="20")
    lines = charts.nth(0).locator(".gs-curve")
    before = lines.evaluate_all("each => each.map((one) => one.getAttribute('d'))")
    step_slider(page, "smooth", "Home")
    assert lines.count() == 2 and len(before) == 4  # the faint ones behind the smooth ones are gone
    page.check(part("log"))
    assert lines.evaluate_all("each => each.map((one) => one.getAttribute('d'))") != before
    charts.nth(0).locator(".gs-legend button").first.click()
    assert lines.count() == 1
    assert charts.nth(0).locator(".gs-legend button").first.get_attribute("aria-pressed") == "false"

    # The timeline.
    step_slider(page, "before", "ArrowRight")
    sheets(page, 400, 1220)
    step_slider(page, "after", "Home")
    sheets(page, 400, 0)
    page.focus(part("cut"))
    page.keyboard.press("End")
    assert page.eval_on_selector(part("stage"), "each => each.style.getPropertyValue('--cut')") == "100%"
    with page.expect_download() as film:
        page.click(does("webp"))
    assert film.value.suggested_filename == "alive.webp" and Image.open(film.value.path()).n_frames == 5

    # Wishes, and what comes of them.
    page.click(does("save"))
    page.wait_for_function(
        f"document.querySelector('{part('note')}').textContent === {json.dumps(say('app.runs_saving'))}"
    )
    assert run.asked("SAVE") and page.is_disabled(does("delete")) and page.is_hidden(does("resume"))
    page.click(does("stop"))
    expect(page.locator(part("state"))).to_have_text(say("app.run_state.stopping"))
    assert run.stop_requested and page.is_disabled(does("stop"))
    run.write_status(**{**run.read_status(), "state": "stopped"})
    expect(page.locator(part("state"))).to_have_text(say("app.run_state.stopped"))
    assert page.is_visible(does("resume")) and page.is_hidden(does("stop"))

    # Others: one that died, one that is damaged, one of an unknown recipe.
    choose(page, "dead")
    assert page.inner_text(part("message")) == say("app.runs_interrupted")
    choose(page, "broken")
    assert page.inner_text(part("message")) == say("app.runs_damaged")
    assert (
        page.is_disabled(does("duplicate")) and page.is_hidden(does("resume")) and page.is_visible(part("no-samples"))
    )
    choose(page, "odd")
    assert "dcgan3000" in page.inner_text(part("facts"))

    # Compared.
    for name in ("alive", "done"):
        page.check(f"{item(name)} > input")
    page.click(does("compare"))
    chart = page.locator(f"{part('several-charts')} figure")
    chart.wait_for()
    expect(chart.locator(".gs-legend li")).to_have_count(2)
    assert page.locator(f"{part('values')} tr").count() == 2
    page.select_option(part("term"), "discriminator/real")
    assert say("app.curve.discriminator") in chart.locator("h4").inner_text()
    page.wait_for_function(f"document.querySelectorAll('{part('newest')} img[src^=data]').length === 2")
    page.click(f"{part('several')} header [data-do=uncompare]")

    # Deleted, asked twice.
    choose(page, "dead")
    page.click(does("delete"))
    page.click(does("keep"))
    assert page.is_hidden(part("sure")) and (home / "dead").is_dir()
    page.click(does("delete"))
    page.click(does("erase"))
    assert page.inner_text(part("sure-title")) == say("app.runs_really", run="dead") and (home / "dead").is_dir()
    page.click(does("erase"))
    page.wait_for_selector(item("dead"), state="detached")
    assert not (home / "dead").exists() and places.runs().is_dir()


def test_a_page_out_of_sight_asks_for_nothing(visit: Open) -> None:
    write_runs()
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request(lambda request: "watch_runs" in (request.post_data or "")):
        pass
    page.click(f"[role=tab]:text-is('{say('app.tab_colours')}')")
    page.wait_for_selector("#colours", state="visible")
    page.wait_for_timeout(500)  # what was under way ends
    asked.clear()
    page.wait_for_timeout(2 * 2000 + 500)
    assert not [url for url in asked if "component_server" in url]


def test_a_phone_in_japanese(visit: Open) -> None:
    write_runs()
    page = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale="ja-JP")
    assert page.is_hidden(part("one")) and page.is_visible(part("list"))
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 390
    choose(page, "alive")
    sheets(page, 0, 1200)
    assert page.is_hidden(part("list")) and page.evaluate(wide) <= 390
    assert page.inner_text(part("state")) == WORDS["ja"]["app.run_state.running"]
    page.click("#runs .gs-how summary")
    cut = "[...document.querySelectorAll('#runs button')].filter((each) => each.scrollWidth > each.clientWidth + 1)"
    assert page.evaluate(wide) <= 390 and page.evaluate(f"{cut}.map((each) => each.textContent)") == []
    page.click(does("back"))
    for name in ("alive", "done"):
        page.check(f"{item(name)} > input")
    page.click(does("compare"))
    page.wait_for_selector(f"{part('several-charts')} figure")
    assert page.evaluate(wide) <= 390
