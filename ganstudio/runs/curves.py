"""A run's loss curves, thinned to what a screen can show, however long the run.

The trainer writes curves.json as it goes: at most ROWS rows, each the mean of as many lines of metrics.jsonl as it
takes, and how far into that file they reach. A reader takes these and the few lines behind them, so that a run of a
million lines opens as fast as a short one. Where curves.json is absent or does not fit, it is made anew from all lines.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ganstudio.runs.folder import RunFolder, read_table, write_json

ROWS = 1024  # a power of two: two neighbours become one where there would be more
FORMAT = 1
NO_TERMS = ("images", "time", "nonfinite")

Row = dict[str, list[float]]  # term -> [sum of its finite values, how many], "images" -> [greatest, lines]


class Curves:
    """The thinned lines of a run's metrics; `update` takes in what has been written since."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.file = -1  # which file metrics.jsonl was, as the system numbers them
        self.offset = 0  # bytes of metrics.jsonl that are in the rows
        self.every = 1  # lines that a row is made of, but for the last
        self.rows: list[Row] = []

    def update(self) -> bool:
        """Takes in new lines of metrics.jsonl; whether there were any."""
        try:
            found = self.run.metrics_file.stat()
        except OSError:
            return False
        if found.st_ino != self.file or found.st_size < self.offset:  # written anew by a resumed run
            self.file, self.offset, self.every, self.rows = found.st_ino, 0, 1, []
            self._read_kept()
        if found.st_size <= self.offset:
            return False
        with self.run.metrics_file.open("rb") as file:
            file.seek(self.offset)
            for line in file:
                if not line.endswith(b"\n"):  # being written
                    break
                self.offset += len(line)
                self._add(line)
        return True

    def save(self) -> None:
        """Writes curves.json, for readers to start from."""
        write_json(
            self.run.curves_file,
            {"format": FORMAT, "offset": self.offset, "every": self.every, "rows": self.rows},
            indent=None,
        )

    def table(self, most: int = 400) -> dict[str, list[float | None]]:
        """{"images": [...], term: [...]}, all of one length, at most `most`: means, None where no value was finite."""
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        group = max(1, -(-len(self.rows) // most))
        found: dict[str, list[float | None]] = {name: [] for name in names}
        for start in range(0, len(self.rows), group):
            merged = _merged(self.rows[start : start + group])
            for name in names:
                total, count = merged.get(name, (0.0, 0))
                mean = (total if name == "images" else total / count) if count else None
                found[name].append(mean)
        return found

    def csv(self, most: int = 300) -> str:
        """The losses alone, as a published model's losses.csv: images, then a column a term by name; "" without any."""
        table = self.table(most)
        names = sorted(name for name in table if "/" in name)
        if not names:
            return ""
        lines = [",".join(["images", *names])]
        for k, images in enumerate(table["images"]):
            values = [table[name][k] for name in names]
            lines.append(",".join([str(images), *("" if value is None else f"{value:.5g}" for value in values)]))
        return "\n".join(lines) + "\n"

    def _read_kept(self) -> None:
        kept = read_table(self.run.curves_file)
        rows, offset, every = kept.get("rows"), kept.get("offset"), kept.get("every")
        if kept.get("format") != FORMAT or not isinstance(rows, list) or not isinstance(offset, int):
            return
        try:
            whole = offset <= self.run.metrics_file.stat().st_size
        except OSError:
            return
        if whole and isinstance(every, int) and every >= 1 and all(isinstance(row, dict) for row in rows):
            self.offset, self.every, self.rows = offset, every, rows

    def _add(self, line: bytes) -> None:
        try:
            values = json.loads(line)
            images = values["images"]
        except (ValueError, TypeError, KeyError):  # torn by a crash or a full disk
            return
        if not isinstance(images, int):
            return
        row = _row(images, values)
        if self.rows and self.rows[-1]["images"][1] < self.every:
            self.rows[-1] = _merged([self.rows[-1], row])
            return
        if len(self.rows) == ROWS:
            self.rows = [_merged(self.rows[k : k + 2]) for k in range(0, ROWS, 2)]
            self.every *= 2
        self.rows.append(row)


def curves(run: RunFolder, most: int = 400) -> dict[str, list[float | None]]:
    """The run's curves as of now, as `Curves.table` gives them."""
    found = Curves(run)
    found.update()
    return found.table(most)


def _row(images: int, values: Mapping[str, Any]) -> Row:
    row: Row = {"images": [images, 1]}
    for name, value in values.items():
        if name not in NO_TERMS:
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            row[name] = [float(value), 1] if number else [0.0, 0]
    return row


def _merged(rows: list[Row]) -> Row:
    made: Row = {}
    for row in rows:
        for name, (total, count) in row.items():
            before = made.get(name, [0.0, 0])
            made[name] = [max(before[0], total) if name == "images" else before[0] + total, before[1] + count]
    return made
