"""The data tab: a data set made from a person's own pictures, looked through, and kept to train on."""

from __future__ import annotations

import gradio as gr

from ganstudio.ui.canvas import STATIC
from ganstudio.ui.colours_tab import plotly_script
from ganstudio.ui.data import functions
from ganstudio.ui.models import Models

TITLE = "app.tab_data"
SCRIPTS = ("colours_figures.js", "data.js")  # run as one, in this order


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`; no model takes part."""
    gr.set_static_paths([plotly_script()])
    gr.HTML(
        value=(STATIC / "data.html").read_text(encoding="utf-8"),
        css_template=(STATIC / "data.css").read_text(encoding="utf-8"),
        js_on_load="\n".join((STATIC / file).read_text(encoding="utf-8") for file in SCRIPTS),
        apply_default_css=False,
        server_functions=functions(),
        elem_id="data",
    )
