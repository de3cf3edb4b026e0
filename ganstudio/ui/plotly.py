"""plotly's script as the installed Python package brings it: a page that draws with it needs no network."""

from __future__ import annotations

import functools
from pathlib import Path

import gradio as gr


@functools.cache
def script() -> str:
    """Its address for pages: relative, as the app may lie below a path."""
    import plotly.offline  # its parent alone does not say where the script lies

    file = Path(plotly.offline.__file__).parents[1] / "package_data" / "plotly.min.js"
    gr.set_static_paths([file])
    return f"gradio_api/file={file.as_posix()}"
