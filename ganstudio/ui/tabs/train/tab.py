"""The train tab: choose a recipe, pictures and settings, see what the training will take, and start it."""

from __future__ import annotations

from ganstudio.ui.answers import Tab
from ganstudio.ui.tabs.train.server import functions

TAB = Tab("train", "app.tab_train", functions)
