"""The runs tab: every training, live, and what can be asked of it."""

from __future__ import annotations

from ganstudio.ui.answers import Tab
from ganstudio.ui.tabs.runs.server import functions

TAB = Tab("runs", "app.tab_runs", functions)
