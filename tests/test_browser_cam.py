"""The CAM tab as a visitor sees it, in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page
from test_cam_tab import noise, publish_observed

from ganstudio.analysis import cam
from ganstudio.models import hub
from ganstudio.typenames import TYPES
from ganstudio.words import WORDS, say

Open = Callable[..., Page]
SHOWN = "document.querySelector('#cam [data-shown]').dataset.shown"
NOTE = "document.querySelector('#cam [data-part=note]').textContent"


@pytest.fixture(scope="module")
def observed(published: Path) -> Iterator[None]:
    publish_observed(published)
    yield
    for name in ("icons", "alone", "kinds"):
        shutil.rmtree(published / name)


@pytest.fixture
def visit(new_page: Callable[..., Page], observed: None) -> Open:
    """Opens the tab for a new visitor, with a model, and waits for its maps; fails on any error of the page."""

    def open_tab(model: str = "icons", **options: Any) -> Page:
        page = new_page(**options)
        page.click(f"[role=tab]:text-is('{say('app.tab_cam')}')")
        page.wait_for_selector("#cam [data-shown]")
        if page.input_value(part("model")) != model:
            choose_model(page, model)
        return page

    return open_tab


@pytest.fixture
def file(tmp_path: Path) -> Path:
    noise().save(tmp_path / "mine.png")
    return tmp_path / "mine.png"


def part(name: str) -> str:
    return f"#cam [data-part={name}]"


def choice(group: str, name: object) -> str:
    return f"{part(group)} [data-name='{name}']"


def change(page: Page, act: Callable[[], object], shown: str = "") -> None:
    """Does something that changes the maps, and waits until they are there."""
    before = page.evaluate(SHOWN)
    act()
    page.wait_for_function(f"{SHOWN} !== {json.dumps(before)} && {SHOWN}.includes({json.dumps(shown)})")


def choose_model(page: Page, name: str) -> None:
    change(page, lambda: page.select_option(part("model"), name))


def painted(page: Page, place: str) -> np.ndarray:  # (H,W,4)
    """What the map's canvas shows, before its opacity."""
    found = page.evaluate(
        f"""() => {{
          const canvas = document.querySelector('#cam [data-place={place}] canvas');
          const {{ data }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return [canvas.height, canvas.width, [...data]];
        }}"""
    )
    return np.array(found[2], np.uint8).reshape(found[0], found[1], 4)


def test_the_page_paints_what_the_analysis_does(visit: Open, file: Path, published: Path) -> None:
    page = visit()
    change(page, lambda: page.set_input_files(part("file"), file))
    networks, settings, _ = hub.load_networks(published / "icons")
    found = cam.look(cam.Observed("icons", settings, networks), noise())
    for role in cam.ROLES:
        if role != "generator":
            change(page, lambda role=role: page.click(choice("role", role)), role)  # type: ignore[misc]
        for name in cam.PARTS:
            if page.get_attribute(choice("part", name), "aria-pressed") != "true":
                change(page, lambda name=name: page.click(choice("part", name)), name)  # type: ignore[misc]
            parts = {place: sight.parts[name] for place, sight in found.sights[role].items()}
            span = cam.limits(parts["input"].neutral, *(each.map for each in parts.values()))
            for place, each in parts.items():
                shown = painted(page, place)
                expected = cam.colour(cam.upsample(each.map, found.frame), cam.scheme_of(each), span)
                assert shown.shape[:2] == (40, 60) and (shown[..., 3] == 255).all()
                assert np.abs(shown[..., :3].astype(int) - expected).max() <= 4, (role, name, place)


def test_opacity_is_instant_and_needs_no_server(visit: Open) -> None:
    page = visit()
    page.context.set_offline(True)
    opacity = "getComputedStyle(document.querySelector('#cam [data-place=input] canvas')).opacity"
    assert page.evaluate(opacity) == "0.6"
    page.focus(part("opacity"))
    page.keyboard.press("Home")
    assert page.evaluate(opacity) == "0" and page.inner_text(part("opacity-shown")) == "0 %"
    change(page, lambda: page.click(choice("part", "average")), "average")  # another map of what has been looked at


@pytest.mark.parametrize("touch", [False, True])
def test_the_value_under_pointer_finger_and_keys(visit: Open, touch: bool) -> None:
    page = visit(has_touch=touch)
    assert page.inner_text(part("reading")) == WORDS["en"]["app.cam_point"]
    stage = page.locator("#cam [data-place=input]")
    box = stage.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.01, box["y"] + box["height"] * 0.99
    if touch:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.move(x, y)
    page.wait_for_function(f"document.querySelector('{part('reading')}').textContent.startsWith('Row 8, column 1:')")
    if not touch:
        page.mouse.move(0, 0)
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    reading = page.inner_text(part("reading"))
    assert reading.startswith("Row 6, column 2: ") and "Original" in reading and "Result" in reading
    for _ in range(20):
        page.keyboard.press("ArrowLeft")  # not beyond the edge
    assert page.inner_text(part("reading")).startswith("Row 6, column 1: ")
    for place in ("input", "output"):
        assert page.is_visible(f"#cam [data-place={place}] > i") and page.is_visible(f"#cam [data-mark={place}]")


def test_networks_directions_and_scores(visit: Open) -> None:
    page = visit()
    assert "%" in page.inner_text(part("scores")) and "icon" in page.inner_text(part("role-text"))
    change(page, lambda: page.click(choice("role", "local")), "local")
    assert "%" not in page.inner_text(part("scores")) and "1 of real" in page.inner_text(part("scores-text"))
    change(page, lambda: page.click(choice("way", "face")))
    assert "face" in page.inner_text(part("role-text"))
    change(page, lambda: page.click(choice("part", "maximum")), "maximum")
    assert page.locator(f"{part('scores')} [data-chosen=true] th").inner_text() == WORDS["en"]["app.cam_part.maximum"]


def test_a_model_without_critics_says_so(visit: Open) -> None:
    page = visit("alone")
    assert page.is_visible(part("no-critics")) and page.is_hidden(part("role-row"))
    assert page.is_hidden("#cam [data-do=time]") and "--milestones" in page.inner_text(part("time-hint"))


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_the_formula_step_by_step(visit: Open) -> None:
    page = visit()
    change(page, lambda: page.click(choice("part", "average")), "average")
    page.click("#cam [data-do=steps]")
    page.wait_for_selector(f"{part('sum')}[data-of]")
    assert page.is_disabled("#cam [data-do=back]")
    bars = page.locator(f"{part('sum')} em > span")
    assert bars.count() == cam.CHANNELS + 2 and not bars.first.is_visible()
    for step in (2, 3, 4, 5):
        page.click("#cam [data-do=next]")
        assert page.get_attribute(part("sum"), "data-step") == str(step)
    assert page.is_disabled("#cam [data-do=next]") and bars.first.is_visible()
    *summands, total = [number(text) for text in bars.all_inner_texts()]
    assert sum(summands) == pytest.approx(total, abs=5e-4)  # each is rounded to four digits
    text = page.inner_text(part("step-text"))
    mean = page.inner_text(f"{part('sum')} .gs-total em > span").lstrip("+")
    assert text.count(mean) == 2  # the map's mean, and the network's score
    before = page.get_attribute(part("sum"), "data-of")
    page.click(choice("place", "output"))
    page.wait_for_function(f"document.querySelector('{part('sum')}').dataset.of !== {json.dumps(before)}")
    change(page, lambda: page.click(choice("part", "maximum")), "maximum")
    page.wait_for_function(f"document.querySelector('{part('sum')}').dataset.of.endsWith('maximum')")
    assert "strongest" in page.inner_text(part("step-text"))


def test_the_training_side_by_side(visit: Open) -> None:
    page = visit()
    page.click("#cam [data-do=time]")
    cards = page.locator(f"{part('time')} figure")
    cards.nth(1).wait_for()
    assert cards.locator("b").all_inner_texts() == [say("app.cam_at", percent=each) for each in (10, 100)]
    change(page, lambda: page.click(choice("part", "average")), "average")
    page.wait_for_function(f"document.querySelector('{part('time')}').textContent.includes('score')")


def test_a_classifiers_classes(visit: Open) -> None:
    page = visit("kinds")
    assert page.is_hidden("#cam [data-place=output]") and page.is_hidden(part("part-row"))
    names = page.eval_on_selector_all(f"{part('classes')} button", "each => each.map((one) => one.dataset.name)")
    assert sorted(names) == sorted(TYPES)
    assert page.get_attribute(choice("classes", names[0]), "aria-pressed") == "true"  # the best one at first
    before = painted(page, "input")
    change(page, lambda: page.click(choice("classes", names[-1])), names[-1])
    assert page.get_attribute(choice("classes", names[-1]), "aria-pressed") == "true"
    assert not np.array_equal(before, painted(page, "input"))
    page.click("#cam [data-do=steps]")
    page.wait_for_selector(f"{part('sum')}[data-of]")
    page.click(choice("step", 5))
    *summands, total = [number(text) for text in page.locator(f"{part('sum')} em > span").all_inner_texts()]
    assert len(summands) == cam.CHANNELS + 2 and sum(summands) == pytest.approx(total, abs=5e-4)


def test_a_bad_file_is_explained_and_the_maps_stay(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "evil.png").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    page = visit(locale="ja-JP")
    before = painted(page, "input")
    page.set_input_files(part("file"), tmp_path / "evil.png")
    page.wait_for_function(f"{NOTE} === {json.dumps(say('image.document', 'ja', kind='SVG'))}")
    assert np.array_equal(before, painted(page, "input"))


def test_without_a_connection_the_page_says_so_and_recovers(visit: Open) -> None:
    page = visit()
    page.context.set_offline(True)
    page.click(choice("role", "global"))
    page.wait_for_function(f"{NOTE} === {json.dumps(WORDS['en']['app.no_answer'])}")
    change(page, lambda: page.context.set_offline(False), "global")
    page.wait_for_function(f"{NOTE} === ''")


def test_another_language_keeps_picture_model_and_choice(visit: Open, file: Path) -> None:
    page = visit()
    change(page, lambda: page.set_input_files(part("file"), file))
    change(page, lambda: page.click(choice("role", "local")), "local")
    change(page, lambda: page.click(choice("part", "maximum")), "maximum")
    before = painted(page, "output")
    page.click("nav [lang=ja]")
    page.wait_for_selector("#cam [data-shown$='local maximum']")
    assert np.array_equal(before, painted(page, "output"))
    assert page.inner_text(choice("role", "local")) == WORDS["ja"]["app.cam_role.local"]


@pytest.mark.parametrize("locale", ["en-US", "ja-JP"])
def test_nothing_is_wider_than_a_phone(visit: Open, locale: str) -> None:
    page = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale=locale)
    page.click("#cam [data-do=steps]")
    page.wait_for_selector(f"{part('sum')}[data-of]")
    page.click(choice("step", 5))
    page.click("#cam .gs-how summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = "[...document.querySelectorAll('#cam button')].filter((each) => each.scrollWidth > each.clientWidth + 1)"
    assert page.evaluate(f"{cut}.length") == 0
    choose_model(page, "kinds")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
