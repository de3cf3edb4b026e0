"""What is going wrong with a training, and what to try: the ways in which GANs fail, seen in a run's own figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ganstudio.runs.curves import curves
from ganstudio.runs.folder import RunFolder

TAIL = 64 * 1024  # bytes of metrics.jsonl that are looked at for what is no number
LATELY = 0.15  # share of the curve's points that must agree before a critic counts as winning
LEAST = 12  # and so many points
BEATEN = 0.02  # a critic's loss, real and fake together, under which it is never wrong
FLAT = 0.03  # standard deviation over a picture's pixels, of 2 from black to white
ALIKE = 0.12  # the results' difference from each other, as a share of that of their sources
INVERTED = -0.4  # correlation of a result's brightness with what it should show


@dataclass(frozen=True)
class Alert:
    """A key of the words, "alert.*", and what to fill in."""

    key: str
    details: dict[str, Any] = field(default_factory=dict)


def alerts(run: RunFolder, table: dict[str, list[float | None]] | None = None) -> list[Alert]:
    """What a person ought to know of the run now, the gravest first; `table` is `curves(run)`, where it is at hand."""
    table = curves(run) if table is None else table
    return [*_not_finite(run), *_beaten(table), *_samples(run)]


def _not_finite(run: RunFolder) -> Iterator[Alert]:
    """The last report was of a value that is no number: the trainer has stopped there, with what it last saved."""
    try:
        with run.metrics_file.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - TAIL))
            lines = file.read().splitlines()
    except OSError:
        return
    for line in reversed(lines):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("nonfinite"), list):
            names = ", ".join(str(name) for name in row["nonfinite"][:3])
            yield Alert("alert.not_finite", {"images": row.get("images", "-"), "terms": names})
        return


def _beaten(table: dict[str, list[float | None]]) -> Iterator[Alert]:
    """Critics whose loss has been near 0 for long: they are never wrong, and a generator learns nothing from them."""
    points = len(table.get("images", []))
    lately = max(LEAST, round(LATELY * points))
    if points < lately:
        return
    critics = []
    for name in table:
        if not name.endswith("real") or (fake := name.removesuffix("real") + "fake") not in table:
            continue
        pairs = list(zip(table[name][-lately:], table[fake][-lately:], strict=True))
        if all(
            real is not None and of_fake is not None and abs(real) + abs(of_fake) < BEATEN for real, of_fake in pairs
        ):
            critics.append(name.removesuffix("real").rstrip("_/"))
    if critics:
        images = table["images"]
        since = images[-lately]
        yield Alert("alert.critic_wins", {"critics": ", ".join(critics), "since": round(since or 0)})


def _samples(run: RunFolder) -> Iterator[Alert]:
    """The newest two sheets agree that something is wrong with what is made: one alone may be a passing state."""
    sheets = [looks for images, _ in run.list_samples()[-2:] if (looks := run.read_looks(images))]
    if len(sheets) < 2:
        return
    for key, name, bound in (
        ("alert.flat", "contrast", FLAT),
        ("alert.alike", "variety", ALIKE),
        ("alert.inverted", "likeness", INVERTED),
    ):
        wrong = [column for column in sheets[-1] if all(_below(sheet, column, name, bound) for sheet in sheets)]
        if wrong:
            yield Alert(key, {"columns": ", ".join(wrong)})
            return  # a flat column is alike as well, and means no more by it


def _below(sheet: dict[str, Any], column: str, name: str, bound: float) -> bool:
    value = sheet.get(column, {}).get(name) if isinstance(sheet.get(column), dict) else None
    return isinstance(value, int | float) and value < bound
