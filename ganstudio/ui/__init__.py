"""The app in the browser, one module a tab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from ganstudio import images
from ganstudio.ui import cam_tab, colours_tab, icon_tab, page, recolour_tab, sketch_tab
from ganstudio.ui.models import Models

# Each module has TITLE, a key of its words, and tab(models).
TABS = (sketch_tab, recolour_tab, icon_tab, cam_tab, colours_tab)


def build(models: Models | None = None) -> gr.Blocks:
    """The whole app; `launch(**launch_options())` starts it.

    Its models load when the first picture is asked for; `Models.start` loads ahead of that.
    """
    models = models or Models()
    words = page.words()
    with gr.Blocks(title="ganstudio", analytics_enabled=False, delete_cache=(3600, 86400)) as app:
        page.header()
        with gr.Tabs():
            for module in TABS:
                with gr.Tab(words(module.TITLE)):
                    module.tab(models)
    app.queue(max_size=100, api_open=True)
    return app


def launch_options() -> dict[str, Any]:
    """What `Blocks.launch` needs for this app: its look, its limits, nothing that calls a network."""
    return {
        "theme": page.theme(),
        "i18n": page.words(),
        "app_kwargs": {"middleware": [Middleware(page.Layer)]},
        "max_file_size": images.MAX_BYTES,
        "strict_cors": True,
        "share": False,
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": ["api"],
        "favicon_path": str(Path(page.STATIC) / "icon.png"),
    }
