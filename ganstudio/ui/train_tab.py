"""The train tab: choose a recipe, pictures and settings, see what the training will take, and start it."""

from __future__ import annotations

import gradio as gr

from ganstudio.ui.canvas import STATIC
from ganstudio.ui.models import Models
from ganstudio.ui.train import functions

TITLE = "app.tab_train"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`; models take part by their names alone."""
    gr.HTML(
        value=(STATIC / "train.html").read_text(encoding="utf-8"),
        css_template=(STATIC / "train.css").read_text(encoding="utf-8"),
        js_on_load=(STATIC / "train.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        server_functions=functions(),
        elem_id="train",
    )
