"""Training data by the kind that a recipe asks for: "paired", "unpaired" or "labelled"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from ganstudio.data.folders import find_pairs, open_pairs
from ganstudio.data.unpaired import find_labelled, find_unpaired, open_labelled, open_unpaired

Opened = tuple[Dataset, Dataset, list[tuple[Path, str]], str]

# kind -> (finds the pictures, or refuses with the reason; opens them for a run: the set to train on, the one that
# sample sheets show, unreadable files with reasons, a line that says what there is). Each takes the settings.
KINDS: dict[str, tuple[Callable[[Any], object], Callable[[Any], Opened]]] = {
    "paired": (lambda c: find_pairs(Path(c.data), c.form), open_pairs),
    "unpaired": (find_unpaired, open_unpaired),
    "labelled": (lambda c: find_labelled(Path(c.data), c.labels), open_labelled),
}
