"""A language that nobody speaks: every word that a person sees comes from the files of words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import served

from ganstudio.recipes import RECIPES
from ganstudio.words import FIRST, HELP, LANGUAGES, WORDS

pytest.importorskip("playwright.sync_api", reason="install playwright to run the tests that use a browser")
from playwright.sync_api import Page, expect

MADE_UP = "ko"  # one that the framework knows: the titles of the tabs are its
# Names and units are shown as they are, and so is the foot of the page, which is the framework's.
NAMES = {"ganstudio", "tiny", "pix", "water", "grass", "odd", "one", "MB", "Marked"}
NAMES |= set(RECIPES) | set(LANGUAGES.values())
SHOWN = """(element) => {
    const found = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        const apart = parent.closest("script, style, math, code, pre, footer");
        if (!apart && parent.checkVisibility()) found.push(walker.currentNode.textContent);
    }
    for (const name of ["title", "aria-label", "alt", "placeholder"])
        for (const each of element.querySelectorAll(`[${name}]`))
            if (!each.closest("footer") && each.checkVisibility()) found.push(each.getAttribute(name));
    return found;
}"""


@pytest.fixture(scope="module")
def app_url(tiny_model: Path, published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, knowing a language of which every sentence is the first language's, between brackets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSTUDIO_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        patch.setitem(LANGUAGES, MADE_UP, "Marked")
        patch.setitem(WORDS, MADE_UP, {key: f"⟦{text}⟧" for key, text in WORDS[FIRST].items()})
        patch.setitem(HELP, MADE_UP, {sentence: f"⟦{sentence}⟧" for sentence in HELP["ja"]})
        with served(tiny_model, published) as address:
            yield address


def unmarked(text: str) -> str:
    """What of a text is no word of a file; sentences may hold others."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = less
    return text


def test_every_word_is_of_the_visitors_language(new_page: Callable[..., Page]) -> None:
    page = new_page(f"/?lang={MADE_UP}")
    expect(page.get_by_role("tab").first).to_be_visible(timeout=60_000)
    foreign = set()
    for tab in page.get_by_role("tab").all():
        if tab.is_visible():
            tab.click()
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(300)
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            shown = page.locator("body").evaluate(SHOWN)
            assert any("⟦" in text for text in shown)
            left = {text.strip() for text in shown if set(re.findall(r"[^\W\d_]{2,}", unmarked(text))) - NAMES}
            foreign |= {(tab.inner_text(), text) for text in left}
    assert foreign == set()
