"""The models tab as its owner sees it, in a real browser, with a stand-in for the Hub."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import make_data, make_run, publish_tiny
from fake_hub import FakeHub, connected
from playwright.sync_api import Page

from ganstudio.training.loop import train
from ganstudio.ui.tabs.models import server as shelf
from ganstudio.words import say

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run that has been trained."""
    home = tmp_path_factory.mktemp("studio")
    train(make_run(home / "runs" / "faces", make_data(home / "data")), quiet=True)
    return home


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, studio: Path, published: Path) -> Iterator[FakeHub]:
    monkeypatch.setenv("GANSTUDIO_HOME", str(studio))
    shelf._people.clear()
    before = set(published.iterdir())
    with connected(monkeypatch, tmp_path / "hf") as found:
        yield found
    for each in set(published.iterdir()) - before:
        shutil.rmtree(each)


@pytest.fixture
def visit(new_page: Open, fake: FakeHub) -> Open:
    def open_tab(path: str = "/", **options: Any) -> Page:
        page = new_page(path, **options)
        language = options.get("locale", "en-US")[:2]
        page.click(f"[role=tab]:text-is('{say('app.tab_models', language)}')")
        page.wait_for_selector("#models [data-key]")
        page.wait_for_function(
            f"!{text_of('person')}.includes({json.dumps(say('app.models_person_asking', language))})"
        )
        return page

    return open_tab


def part(name: str) -> str:
    return f"#models [data-part={name}]"


def text_of(name: str) -> str:
    return f"document.querySelector({json.dumps(part(name))}).textContent"


def press(page: Page, name: str) -> None:
    page.click(f"#models [data-do={name}]")


def wait_for(page: Page, name: str, text: str) -> None:
    page.wait_for_function(f"{text_of(name)}.includes({json.dumps(text)})")


def promote(page: Page, name: str) -> None:
    press(page, "show-promote")
    page.wait_for_selector(f"{part('checkpoint')} option", state="attached")
    page.fill(part("promote-name"), name)
    press(page, "promote")


def test_a_run_becomes_a_model_is_pushed_and_used(visit: Open, fake: FakeHub, published: Path) -> None:
    page = visit()
    assert page.inner_text(part("person")) == say("app.models_person", name="tester")
    promote(page, "My faces")
    wait_for(page, "done", say("app.models_kept", name="My-faces"))
    assert (published / "My-faces" / "config.json").is_file()
    assert page.inner_text(part("title")) == "My-faces" and "pix2pix" in page.inner_text(part("facts"))
    page.wait_for_selector(f"{part('samples')}:visible")
    assert page.locator(f"{part('card')} table").count() >= 1
    press(page, "show-push")
    assert page.input_value(part("repository")) == "tester/My-faces" and page.is_checked(part("private"))
    press(page, "push")
    wait_for(page, "done", say("app.models_pushed"))
    assert page.inner_text(f"{part('done')} a") == "tester/My-faces" and fake.model("tester/My-faces").private
    press(page, "open")
    page.wait_for_function("document.querySelector('#sketch [data-part=model]')?.value === 'My-faces'")
    assert page.is_visible("#sketch")


def test_a_taken_name_is_asked_about(visit: Open, fake: FakeHub, published: Path) -> None:
    page = visit()
    publish_tiny(published / "taken", seed=3)
    before = (published / "taken" / "generator.safetensors").read_bytes()
    asked: list[str] = []

    def answer(accept: bool) -> None:
        page.once(
            "dialog", lambda dialog: asked.append(dialog.message) or (dialog.accept() if accept else dialog.dismiss())
        )

    answer(False)
    promote(page, "taken")
    page.wait_for_function(f"document.activeElement === document.querySelector({json.dumps(part('promote-name'))})")
    assert (published / "taken" / "generator.safetensors").read_bytes() == before
    answer(True)
    press(page, "promote")
    wait_for(page, "done", say("app.models_kept", name="taken"))
    assert asked == [say("app.models_replace", name="taken")] * 2
    assert (published / "taken" / "generator.safetensors").read_bytes() != before


def test_a_model_of_the_hub_is_fetched_and_used(visit: Open, fake: FakeHub, published: Path, tmp_path: Path) -> None:
    from ganstudio.models import sharing

    publish_tiny(tmp_path / "made", recipe="recolour", size=32, output="picture")
    sharing.push(tmp_path / "made", "tester/colours")
    page = visit()
    press(page, "show-pull")
    page.fill(part("source"), "tester/nothing")
    press(page, "pull")
    wait_for(page, "note", say("model.hub_absent", source="tester/nothing"))
    page.fill(part("source"), "tester/colours")
    page.keyboard.press("Enter")
    wait_for(page, "done", say("app.models_pulled", name="tester/colours"))
    assert page.inner_text(part("title")) == "tester/colours"
    press(page, "open")
    page.fill(part("keep-name"), "colours")
    press(page, "keep")
    wait_for(page, "done", say("app.models_kept", name="colours"))
    press(page, "open")
    page.wait_for_function("document.querySelector('#recolour [data-part=model]')?.value === 'colours'")


def test_without_a_token_it_tells_how_to_sign_in(visit: Open, monkeypatch: pytest.MonkeyPatch, fake: FakeHub) -> None:
    monkeypatch.delenv("HF_TOKEN")
    page = visit(locale="ja-JP")
    assert "hf auth login" in page.inner_text(part("person"))


def test_another_tab_hands_a_run_over(visit: Open, new_page: Open, fake: FakeHub) -> None:
    page = new_page("/")
    page.wait_for_selector("[role=tab]")
    page.evaluate(
        "window.ganstudio.module('page/tab.js').then(({ handOver }) => handOver('models', 'promote', { run: 'faces' }))"
    )
    page.wait_for_selector(f"{part('checkpoint')} option", state="attached")
    assert page.input_value(part("run")) == "faces" and page.input_value(part("promote-name")) == "faces"


@pytest.mark.parametrize("locale", ["en-US", "ja-JP"])
def test_it_fits_a_phone_with_targets_for_fingers(visit: Open, locale: str) -> None:
    page = visit(locale=locale, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for step in ("list", "promote", "detail", "push"):
        if step == "promote":
            press(page, "show-promote")
        if step == "detail":
            page.click("#models [data-key]")
            page.wait_for_selector(f"{part('detail')}:visible")
        if step == "push":
            press(page, "show-push")
        panel = {"promote": "promote-panel", "push": "push-panel"}.get(step)
        if panel:  # at once in sight, not below everything
            box, window = page.locator(part(panel)).bounding_box(), page.evaluate("scrollY")
            assert box and box["y"] + window < 844, step
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), step
        small = page.evaluate(
            """[...document.querySelectorAll('#models :is(button, select, input[type=text])')]
              .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 38)
              .map((each) => each.outerHTML.slice(0, 80))"""
        )
        assert small == []
    press(page, "back")
    assert page.is_visible("#models [data-key]")
