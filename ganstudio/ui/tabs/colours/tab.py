"""The colours tab: mean colours of a Pokédex, or of the visitor's own pictures, as a cloud and as a wheel of hues."""

from __future__ import annotations

from ganstudio.ui.answers import Tab
from ganstudio.ui.tabs.colours.server import functions

TAB = Tab("colours", "app.tab_colours", functions)
