"""The runs tab: every training, live, and what can be asked of it."""

from __future__ import annotations

from ganstudio.ui.models import Models
from ganstudio.ui.runs import runs

TITLE = "app.tab_runs"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`; no model takes part."""
    runs()
