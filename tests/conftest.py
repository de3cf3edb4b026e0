"""Fixtures that several test files share: tiny published models, and the app that serves them."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
if "PYTEST_XDIST_WORKER" in os.environ:  # one of several processes: a core each, before torch takes them all
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published pix2pix of random weights, 256 pixels, 4 channels."""
    import torch

    from ganstudio.models import hub
    from ganstudio.recipes import RECIPES

    recipe = RECIPES["pix2pix"]
    config = recipe.config(width=4, critic_width=4)
    torch.manual_seed(0)
    networks = recipe.build(config)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    hub.publish(folder, "pix2pix", config, {name: networks[name] for name in recipe.exports}, images=0)
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of published models, as checkpoints/ is: two of random weights that recolour, one with its losses."""
    from core_fixtures import publish_tiny

    folder = tmp_path_factory.mktemp("published")
    publish_tiny(folder / "recolour", recipe="recolour", size=32, output="picture")
    publish_tiny(folder / "water-grass", recipe="cyclegan", size=32, domain_a="water", domain_b="grass")
    rows = ["images,generator/cycle,critics/odd one", "0,2,1", "100,1.5,nan", "200,1,-0.5"]
    (folder / "recolour" / "losses.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture(scope="session")
def app_url(tiny_model: Path, published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as app.py starts it, with tiny models and an upload folder of its own."""
    os.environ["GRADIO_TEMP_DIR"] = str(tmp_path_factory.mktemp("uploads"))
    os.environ["GANSTUDIO_HOME"] = str(tmp_path_factory.mktemp("home"))
    with served(tiny_model, published) as address:
        yield address


@contextmanager
def served(tiny_model: Path, published: Path) -> Iterator[str]:
    """The app at a free port of this machine; its address."""
    from ganstudio import ui
    from ganstudio.ui.doors import Doors
    from ganstudio.ui.models import Models

    models = Models(tiny_model, published)
    app = ui.build(models)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ui.start(app, Doors(port=port))
    models.start()
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. For one module at a time: while it runs, asyncio.run cannot."""
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", "--disable-background-networking"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # chromium does not start as root without it
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or None  # None: the one that playwright installed
        running = playwright.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()


@pytest.fixture
def new_page(browser: Browser, app_url: str) -> Iterator[Callable[..., Page]]:
    """Opens the app at a path for a new visitor; the test fails on any error of a page or request to elsewhere."""
    contexts, errors = [], []

    def open_page(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1200, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: foreign(request.url))
        page.goto(app_url + path)
        return page

    def foreign(url: str) -> None:
        if not url.startswith((app_url, "data:", "blob:")):
            errors.append(f"the page asked for {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
