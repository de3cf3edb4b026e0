"""The app in the browser, one folder a tab (see tabs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from ganstudio import images
from ganstudio.ui import access, answers, limits, page
from ganstudio.ui.doors import Doors
from ganstudio.ui.models import Models
from ganstudio.ui.serving import Server, serve
from ganstudio.ui.tabs import TABS, TOOLS


def build(models: Models | None = None) -> gr.Blocks:
    """The whole app; `start` starts it.

    Its models load when the first picture is asked for; `Models.start` loads ahead of that.
    """
    models = models or Models()
    limits.install()
    words = page.words()
    with gr.Blocks(title="ganstudio", analytics_enabled=False, delete_cache=(3600, 86400)) as app:
        page.header()
        if access.by_sign_in():
            gr.LoginButton(words("app.sign_in"), size="sm")  # type: ignore[arg-type]  # the Space's owner's
        with gr.Tabs(overflow_behavior="wrap"):  # all in sight: nobody opens a menu behind three dots
            for tab in TABS:
                with gr.Tab(words(tab.title), elem_id=page.TAB + tab.name):
                    answers.build(tab, models, owner=False)
            for tab in TOOLS if access.tools_offered() else ():
                with gr.Tab(words(tab.title), elem_id=page.TOOL + tab.name):
                    answers.build(tab, models, owner=True)
    app.queue(max_size=100, api_open=True)
    return app


def start(
    app: gr.Blocks,
    place: Doors,
    *,
    forwarded: Callable[[], None] | None = None,
    misled: Callable[[str], None] | None = None,
) -> Server:
    """Starts what `build` made, and returns once it answers; see `serving.serve`."""
    return serve(app, place, options(), forwarded=forwarded, misled=misled)


def options() -> dict[str, Any]:
    """What the framework needs for this app: its look, its limits, nothing that calls a network."""
    return {
        "theme": page.theme(),
        "i18n": page.words(),
        "app_kwargs": {"middleware": [Middleware(page.Layer), Middleware(limits.Limits)], "lifespan": limits.lifespan},
        "max_file_size": images.MAX_BYTES,
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": ["api"],
        "favicon_path": str(page.HERE / "icon.png"),
    }
