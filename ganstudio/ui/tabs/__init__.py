"""The tabs, a folder each: tab.py, server.py, page.html, page.css, page.js. A new one is a folder and a line here."""

from ganstudio.ui.tabs.cam import tab as cam
from ganstudio.ui.tabs.colours import tab as colours
from ganstudio.ui.tabs.data import tab as data
from ganstudio.ui.tabs.icon import tab as icon
from ganstudio.ui.tabs.models import tab as models
from ganstudio.ui.tabs.recolour import tab as recolour
from ganstudio.ui.tabs.runs import tab as runs
from ganstudio.ui.tabs.sketch import tab as sketch
from ganstudio.ui.tabs.train import tab as train

TABS = (sketch.TAB, recolour.TAB, icon.TAB, cam.TAB, colours.TAB)
TOOLS = (data.TAB, train.TAB, runs.TAB, models.TAB)  # for the owner alone: see answers.build
