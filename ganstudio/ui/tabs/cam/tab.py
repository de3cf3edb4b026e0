"""The CAM tab: where a U-GAT-IT's networks, or a classifier, looked."""

from __future__ import annotations

from ganstudio.ui.answers import Tab
from ganstudio.ui.tabs.cam.server import functions

TAB = Tab("cam", "app.tab_cam", functions)
