"""Training data by the kind that a recipe asks for: "paired", "unpaired" or "labelled"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from ganstudio.data.folders import find_pairs, open_pairs, unknown_names
from ganstudio.data.unpaired import find_labelled, find_unpaired, open_labelled, open_unpaired
from ganstudio.files import walked

Opened = tuple[Dataset, Dataset, list[tuple[Path, str]], str]


def _noted(opener: Callable[[Any], Opened]) -> Callable[[Any], Opened]:
    """Adds to the line which files of the folders are no pictures: nothing is passed over without a word."""

    def opened(c: Any) -> Opened:
        train, probe, bad, line = opener(c)
        tables = [Path(c.labels).resolve()] if getattr(c, "labels", "") else []
        second = getattr(c, "data_b", "")
        for folder in (Path(each).resolve() for each in (c.data, second) if each):
            if others := walked(folder).told(tables):
                line += f", {others['count']} other files in {folder.name} not used: {others['names']}"
        if c.hold_out and (absent := unknown_names(c.hold_out, [Path(each) for each in (c.data, second) if each])):
            line += f", {len(absent)} names in {Path(c.hold_out).name} match no picture: {', '.join(absent[:5])}"
        return train, probe, bad, line

    return opened


# kind -> (finds the pictures, or refuses with the reason; opens them for a run: the set to train on, the one that
# sample sheets show, unreadable files with reasons, a line that says what there is). Each takes the settings.
KINDS: dict[str, tuple[Callable[[Any], object], Callable[[Any], Opened]]] = {
    "paired": (lambda c: find_pairs(Path(c.data), c.form), _noted(open_pairs)),
    "unpaired": (find_unpaired, _noted(open_unpaired)),
    "labelled": (lambda c: find_labelled(Path(c.data), c.labels), _noted(open_labelled)),
}
