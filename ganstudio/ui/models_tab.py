"""The models tab: what is here and in the Hub's cache, out of runs, onto the Hub and back, and into the other tabs."""

from __future__ import annotations

import gradio as gr

from ganstudio.ui.canvas import STATIC
from ganstudio.ui.models import Models
from ganstudio.ui.shelf import functions

TITLE = "app.tab_models"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`."""
    gr.HTML(
        value=(STATIC / "models.html").read_text(encoding="utf-8"),
        css_template=(STATIC / "models.css").read_text(encoding="utf-8"),
        js_on_load=(STATIC / "models.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        server_functions=functions(models),
        elem_id="models",
    )
