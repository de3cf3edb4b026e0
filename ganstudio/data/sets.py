"""Training data by the kind that a recipe asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganstudio.data.folders import Opened, find_pairs, open_pairs, unknown_names
from ganstudio.data.unpaired import (
    find_labelled,
    find_single,
    find_unpaired,
    open_labelled,
    open_single,
    open_unpaired,
)
from ganstudio.files import walked


@dataclass(frozen=True)
class DataKind:
    """How a kind of data is found and opened; both take a training's settings, and raise `Refused`."""

    find: Callable[[Any], object]  # refuses with the reason where the pictures are not there
    opener: Callable[[Any], Opened]

    def open(self, c: Any) -> Opened:
        """For a run. What the folders hold besides pictures is told in its line: nothing is passed over silently."""
        opened = self.opener(c)
        line = opened.line
        tables = [Path(c.labels).resolve()] if getattr(c, "labels", "") else []
        folders = [Path(each) for each in (c.data, getattr(c, "data_b", "")) if each]
        for folder in (each.resolve() for each in folders):
            if others := walked(folder).counted(tables):
                line += f", {others['count']} other files in {folder.name} not used: {others['names']}"
        if c.hold_out and (absent := unknown_names(c.hold_out, folders)):
            line += f", {len(absent)} names in {Path(c.hold_out).name} match no picture: {', '.join(absent[:5])}"
        return opened._replace(line=line)


KINDS = {
    "paired": DataKind(lambda c: find_pairs(Path(c.data), c.form), open_pairs),
    "unpaired": DataKind(find_unpaired, open_unpaired),
    "labelled": DataKind(lambda c: find_labelled(Path(c.data), c.labels), open_labelled),
    "single": DataKind(lambda c: find_single(Path(c.data)), open_single),
}
