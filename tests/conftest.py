"""Fixtures that several test files share: a tiny published model, and the app that serves it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published pix2pix of random weights, 256 pixels, 4 channels."""
    import torch

    from ganstudio import hub
    from ganstudio.recipes import RECIPES

    recipe = RECIPES["pix2pix"]
    config = recipe.config(width=4, critic_width=4)
    torch.manual_seed(0)
    networks = recipe.build(config)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    hub.publish(folder, "pix2pix", config, {name: networks[name] for name in recipe.exports}, images=0)
    return folder


@pytest.fixture(scope="session")
def app_url(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as app.py starts it, with the tiny model and an upload folder of its own."""
    os.environ["GRADIO_TEMP_DIR"] = str(tmp_path_factory.mktemp("uploads"))
    from ganstudio import ui
    from ganstudio.ui.models import Models

    models = Models(tiny_model)
    app = ui.build(models)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app.launch(server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, **ui.launch_options())
    models.start()
    yield f"http://127.0.0.1:{port}"
    app.close()
