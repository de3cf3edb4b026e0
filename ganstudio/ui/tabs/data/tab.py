"""The data tab: a data set made from a person's own pictures, looked through, and kept to train on."""

from __future__ import annotations

from ganstudio.ui.answers import Tab
from ganstudio.ui.tabs.data.server import functions

TAB = Tab("data", "app.tab_data", functions)
