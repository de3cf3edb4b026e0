"""The models tab: what is here and in the Hub's cache, out of runs, onto the Hub and back, and into the other tabs."""

from __future__ import annotations

from ganstudio.ui.answers import Tab
from ganstudio.ui.tabs.models.server import functions

TAB = Tab("models", "app.tab_models", functions)
