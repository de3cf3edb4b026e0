"""The CAM tab: where a U-GAT-IT's networks, or a classifier, looked."""

from __future__ import annotations

from ganstudio.ui.cam import cam
from ganstudio.ui.models import Models

TITLE = "app.tab_cam"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`."""
    cam(models)
