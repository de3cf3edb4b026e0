"""A run's curves and samples for other programs: CSV, TensorBoard, Trackio. The latter two are extras.

pip install tensorboard        RUN/tensorboard/, an event file of everything
pip install trackio            a run in the project "ganstudio" of Trackio on this machine
"""

from __future__ import annotations

import csv as tables
import io
import itertools
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ganstudio.runs.curves import NO_TERMS, curves
from ganstudio.runs.folder import RunFolder
from ganstudio.words import Refused

POINTS = 1000  # rows of a CSV
PROJECT = "ganstudio"  # in Trackio
CHUNK = 10_000  # lines that Trackio gets at once


@dataclass(frozen=True)
class Told:
    """Where an export lies and how to look at it: a key of the words, and what to fill in."""

    key: str
    details: dict[str, Any] = field(default_factory=dict)


def csv(run: RunFolder, most: int = POINTS) -> str:
    """The curves as CSV: images, then a column a term; at most `most` rows, each a mean. Raises `Refused` for none."""
    table = curves(run, most)
    if not table.get("images"):
        raise Refused("export.empty", run=run.path.name)
    file = io.StringIO(newline="")
    writer = tables.writer(file, lineterminator="\n")
    writer.writerow(table)
    for row in zip(*table.values(), strict=True):
        writer.writerow(["" if value is None else f"{value:.7g}" for value in row])
    return file.getvalue()


def tensorboard(run: RunFolder) -> Told:
    """Writes the metrics and the sample sheets as an event file into the run's folder, in place of an earlier one.

    Raises `Refused` where TensorBoard is not installed, there is nothing to write, or the folder cannot be written.
    """
    try:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    except ImportError as error:
        raise Refused("export.absent", program="TensorBoard", package="tensorboard") from error
    _check(run)
    folder = run.path / "tensorboard"
    half = run.path / f".tensorboard.{uuid.uuid4().hex[:8]}"
    try:
        half.mkdir()
        writer = EventFileWriter(str(half))
        for images, moment, terms in _rows(run):
            values = [Summary.Value(tag=name, simple_value=value) for name, value in terms.items()]
            writer.add_event(Event(step=images, wall_time=moment, summary=Summary(value=values)))
        for images, sheet in run.list_samples():
            data = sheet.read_bytes()
            width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))  # of the PNG's head
            picture = Summary.Image(encoded_image_string=data, width=width, height=height, colorspace=3)
            shown = Summary(value=[Summary.Value(tag="samples", image=picture)])
            writer.add_event(Event(step=images, wall_time=sheet.stat().st_mtime, summary=shown))
        writer.close()
        shutil.rmtree(folder, ignore_errors=True)
        half.rename(folder)
    except OSError as error:
        raise Refused("run.unwritable", folder=run.path, reason=error.strerror or error) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return Told("export.tensorboard", {"folder": folder})


def trackio(run: RunFolder) -> Told:
    """Puts the metrics into Trackio's project "ganstudio" as a run of this one's name, in place of an earlier one.

    Raises `Refused` where Trackio is not installed, there is nothing to write, or its data base cannot be written.
    """
    try:
        # Its own import of CSV cuts the terms' names; logging line by line would give all of them the time of now.
        from trackio.sqlite_storage import SQLiteStorage
    except ImportError as error:
        raise Refused("export.absent", program="Trackio", package="trackio") from error
    _check(run)
    recipe, settings = run.read_config()
    name, rows = run.path.name, (row for row in _rows(run) if row[2])
    try:
        SQLiteStorage.delete_run(PROJECT, name)
        while chunk := list(itertools.islice(rows, CHUNK)):
            SQLiteStorage.bulk_log(
                project=PROJECT,
                run=name,
                metrics_list=[terms for _, _, terms in chunk],
                steps=[images for images, _, _ in chunk],
                timestamps=[datetime.fromtimestamp(moment, UTC).isoformat() for _, moment, _ in chunk],
                config={"recipe": recipe, **settings},
            )
    except (OSError, sqlite3.Error) as error:
        raise Refused("export.failed", program="Trackio", reason=error) from error
    return Told("export.trackio", {"project": PROJECT, "run": name})


EXPORTERS: dict[str, Callable[[RunFolder], Told]] = {"tensorboard": tensorboard, "trackio": trackio}


def _check(run: RunFolder) -> None:
    if next(_rows(run), None) is None:
        raise Refused("export.empty", run=run.path.name)


def _rows(run: RunFolder) -> Iterator[tuple[int, float, dict[str, float]]]:
    """(images seen, seconds since the epoch, finite values by term) of every line of the metrics."""
    for row in run.read_metrics():
        images, moment = row.get("images"), row.get("time")
        if isinstance(images, int):
            terms = {
                name: float(value)
                for name, value in row.items()
                if name not in NO_TERMS and isinstance(value, int | float) and not isinstance(value, bool)
            }
            yield images, float(moment) if isinstance(moment, int | float) else time.time(), terms
