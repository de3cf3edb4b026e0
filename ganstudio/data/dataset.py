"""A data set's folder: the one module that knows the names of its files, and what a set is made from and by.

    dataset.json     kind, source, settings, and every step with its counts: all that making it again needs
    pictures.csv     a row for each picture: its file, what its source called it, labels, fold, mean colour, hash
    dropped.jsonl    a line for each file of the source that was left out, and why
    original/        what a browser sent, as it came; every other source stays where it is
    pictures/        of the kinds single and labelled; the latter's labels.csv beside it
    source/ target/  of the kind paired: two pictures of one name are a pair
    trainA/ trainB/  of the kind unpaired, and testA/ testB/ where the source has such

The trainer reads these folders as they are (data.folders, data.unpaired); `settings` says how. Neither torch nor a
picture library: the app and the command line list sets without loading any.
"""

from __future__ import annotations

import csv
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol

from filelock import FileLock, Timeout

from ganstudio import places
from ganstudio.config import fields, knob
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.summary import ALIVE, find_runs, state_of
from ganstudio.words import Refused, say

SCHEMA = 1
RECORD, PICTURES, DROPPED, ORIGINAL, LABELS = "dataset.json", "pictures.csv", "dropped.jsonl", "original", "labels.csv"
KINDS = ("paired", "unpaired", "labelled", "single")
FOLDERS = {
    "paired": ("source", "target"),
    "unpaired": ("trainA", "trainB", "testA", "testB"),
    "labelled": ("pictures",),
    "single": ("pictures",),
}
STYLES = ("strokes", "naive", "canny", "xdog", "pencil")  # those of data.sketch, which is heavy to import
DRAWN = ("faces", "ball", "creatures")
COLUMNS = ("file", "source", "label", "label2", "fold", "red", "green", "blue", "hash")
# Counts of a step that its sentence is followed by, where they are not 0.
BESIDES = ("unreadable", "unlabelled", "ignored", "apart", "outside", "enlarged", "unused", "twice")
MAX_RECORD = 4 * 2**20  # bytes of a dataset.json that is read


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the pictures come from: exactly one of the first five is given."""

    folder: str = knob("", "folder of pictures on this machine, and those below it; it is only read")
    zip: str = knob("", "ZIP of pictures on this machine")
    upload: str = knob("", "folder of what a browser sent")
    hub: str = knob("", "data set on the Hub: its id, or id@revision; needs the library datasets")
    drawn: str = knob("", "drawn by code: faces (pairs of drawing and face), ball or creatures (two kinds each)")
    labels: str = knob("", "CSV of classes (columns id or file, type1, type2) for pictures of a folder or ZIP")
    names: str = knob("", "code page of a ZIP's file names, such as cp949; empty = guessed where the ZIP does not say")
    revision: str = knob("", "of the Hub data set: branch, tag or commit; empty = the newest")
    subset: str = knob("", "of the Hub data set, which calls it a config")
    split: str = knob("train", "of the Hub data set")
    image: str = knob("", "column of its pictures; of pairs: that of the sources; empty = the first that holds any")
    target: str = knob("", "column of a pair's targets; empty = the second that holds pictures, if there is one")
    label: str = knob("", "column of its classes; empty = the first that is one")
    count: int = knob(200, "pictures to draw, of each kind", 2, 100_000)
    seed: int = knob(0, "of what is drawn", 0, 2**31 - 1)


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What becomes of the pictures."""

    kind: str = knob(
        "auto",
        "paired, unpaired (two kinds of pictures), labelled (in classes) or single; auto = what the source looks like",
        choices=("auto", *KINDS),
    )
    form: str = knob(
        "auto",
        "where pairs are: in folders (source and target, A and B), beside each other in every file, or photos, whose "
        "sources are drawn; auto = what the source looks like",
        choices=("auto", "folders", "beside", "photos"),
    )
    size: int = knob(256, "side of the pictures, in pixels", 16, 1024)
    fit: str = knob(
        "crop",
        "how a picture becomes square: crop takes its middle, letterbox all of it, on white",
        choices=("crop", "letterbox"),
    )
    distance: int = knob(2, "bits of 64 in which near-duplicates may differ (difference hash); -1 = keep all", -1, 16)
    drawings: str = knob("strokes", "style of the line drawings that make pairs of plain pictures", choices=STYLES)
    drawing_seed: int = knob(0, "of the drawings' wobble", 0, 2**31 - 1)
    folds: int = knob(1, "parts to split the pictures into, one of which a training holds back; 1 = none", 1, 20)
    most: int = knob(100_000, "pictures to take at most, spread over the source; of the Hub: the first", 2, 1_000_000)


class Trains(Protocol):
    """What `settings` needs to know of a recipe (see recipes.recipe, which this part may not import)."""

    @property
    def name(self) -> str: ...
    @property
    def data(self) -> str: ...
    @property
    def config(self) -> type: ...


class Row(NamedTuple):
    """A picture of a set."""

    file: str  # below the set's folder: "pictures/cat.png"; of a pair the target
    source: str  # what its source called it
    labels: tuple[str, ...]
    fold: int
    colour: tuple[float, float, float]  # mean R, G, B, 0 to 255
    hash: str

    @property
    def group(self) -> str:
        """What it is counted under: its first label, or which of the two kinds it is of; "" for the others."""
        if self.labels:
            return self.labels[0]
        folder = self.file.split("/")[0]
        return folder if folder in FOLDERS["unpaired"] else ""


class Dropped(NamedTuple):
    """A file of the source that is not in the set, and why, as a key of the words."""

    source: str
    key: str
    details: dict[str, Any]

    def say(self, language: str) -> str:
        """Why, as a sentence; the bare key where the file was written by hand or by another version."""
        try:
            return say(self.key, language, **self.details)
        except (LookupError, ValueError, TypeError):
            return self.key


# --- reading ------------------------------------------------------------------------------------------------


def named(name: str) -> Path:
    """The folder of the set that is called so; raises `Refused` where there is none."""
    folder = places.datasets() / places.slug(name)
    if not (folder / RECORD).is_file():
        raise Refused("dataset.absent", name=name, known=", ".join(each.name for each in found()) or "-")
    return folder


def found() -> list[Path]:
    """The folders of all sets, the newest first, damaged ones last."""
    root = places.datasets()
    if not root.is_dir():
        return []
    folders = [each for each in root.iterdir() if not each.name.startswith(".") and (each / RECORD).is_file()]
    return sorted(sorted(folders), key=_made, reverse=True)


def _made(folder: Path) -> str:
    try:
        return str(read(folder)["made"])
    except Refused:
        return ""


def read(folder: Path) -> dict[str, Any]:
    """dataset.json, checked for what its readers rely on; raises `Refused` for anything else.

    Keys: schema, title (what a person called it), made (ISO 8601, UTC), version (of this studio), seconds, kind, size
    (pixels), source (as `Source`, with its revision, sha256 and number of files where known), settings (as
    `Preparation`), steps ([{step, its settings and counts}]), pictures (rows of pictures.csv), counts (files in each
    folder), classes ({label: pictures}), domains (names of the two kinds), folds (pictures in each), sha256 (of all
    pictures).
    """
    file = folder / RECORD
    try:
        with file.open("rb") as opened:
            record = json.loads(opened.read(MAX_RECORD))
        if record["schema"] != SCHEMA:
            raise Refused("dataset.other_schema", name=folder.name, found=record["schema"], known=SCHEMA)
        tables = all(isinstance(record[key], dict) for key in ("source", "settings", "counts", "classes"))
        lists = all(isinstance(record[key], list) for key in ("steps", "domains", "folds"))
        texts = all(isinstance(record[key], str) for key in ("title", "made", "sha256"))
        numbers = all(isinstance(record[key], int) for key in ("size", "pictures"))
        enough = record["kind"] != "labelled" or len(record["classes"]) > 1
        if not (tables and lists and texts and numbers and enough and record["kind"] in list(KINDS)):
            raise ValueError("its keys are not those of a data set")
    except Refused:  # is a ValueError
        raise
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("dataset.damaged", name=folder.name, reason=str(error)[:200]) from error
    return record


def rows(folder: Path) -> Iterator[Row]:
    """Every picture, in the order of the source; raises `Refused` where pictures.csv cannot be read."""
    try:
        with (folder / PICTURES).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                path = PurePosixPath(row["file"])
                if len(path.parts) != 2 or path.parts[0] not in {each for names in FOLDERS.values() for each in names}:
                    raise ValueError(f"{row['file']} is no picture of a data set")
                labels = tuple(label for label in (row["label"], row["label2"]) if label)
                colour = (float(row["red"]), float(row["green"]), float(row["blue"]))
                yield Row(str(path), row["source"], labels, int(row["fold"]), colour, row["hash"])
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise Refused("dataset.damaged", name=folder.name, reason=str(error)[:200]) from error


def partner(file: str) -> str:
    """The source of the pair whose target is `file`."""
    return "source/" + file.split("/")[1]


def dropped(folder: Path, most: int) -> list[Dropped]:
    """The first `most` files that were left out; a line that cannot be read is passed over."""
    lines: list[Dropped] = []
    try:
        with (folder / DROPPED).open(encoding="utf-8") as file:
            for line in file:
                if len(lines) == most:
                    break
                try:
                    row = json.loads(line)
                    lines.append(Dropped(str(row["source"]), str(row["key"]), dict(row["details"])))
                except (ValueError, KeyError, TypeError):
                    continue
    except (OSError, ValueError):
        return lines
    return lines


def history(record: dict[str, Any], language: str) -> list[str]:
    """Where the pictures of a set came from and every step since, in a few words each; `record` as `read` gives it."""
    source = record["source"]
    kind = next((each for each in ("folder", "zip", "hub", "drawn") if source.get(each)), "upload")
    sentences = [_sentence(f"from_{kind}", {"files": 0, "seed": 0, **source}, language)]
    for step in (each for each in record["steps"] if isinstance(each, dict)):
        besides = [each for each in BESIDES if step.get(each)]
        sentences.append(" ".join(_sentence(f"step_{each}", step, language) for each in (step.get("step"), *besides)))
    return sentences


def _sentence(key: str, details: dict[str, Any], language: str) -> str:
    """A sentence; its bare key where the record was written by hand or by another version."""
    values = {name: ", ".join(map(str, each)) if isinstance(each, list) else each for name, each in details.items()}
    try:
        return say(f"dataset.{key}", language, **values)
    except (LookupError, ValueError, TypeError):
        return key


def settings(folder: Path, recipe: Trains) -> dict[str, Any]:
    """The settings of `recipe` by which it trains on the set: data and, as it has them, data_b, labels, form, domain_a,
    domain_b, domains, folds, fold.

    Paths are absolute. A recipe of pairs takes plain pictures, too, and draws them anew each time; one of two kinds
    takes the two largest classes, or a pair's two sides. Raises `Refused` where the two do not go together.
    """
    record = read(folder)
    folder = folder.resolve()
    pictures, table, classes = str(folder / "pictures"), str(folder / LABELS), record["classes"]
    kind, wanted = record["kind"], recipe.data
    found: dict[str, Any]
    if (wanted, kind) == ("paired", "paired"):
        found = {"data": str(folder), "form": "folders"}
    elif wanted == "paired" and kind in ("single", "labelled"):
        found = {"data": pictures, "form": "photos"}
    elif (wanted, kind) == ("unpaired", "unpaired"):
        found = {"data": str(folder), "data_b": "", "labels": ""}
        found |= dict(zip(("domain_a", "domain_b"), record["domains"], strict=False))
    elif (wanted, kind) == ("unpaired", "paired"):
        found = {"data": str(folder / "source"), "data_b": str(folder / "target"), "labels": ""}
        found |= {"domain_a": "source", "domain_b": "target"}
    elif (wanted, kind) == ("unpaired", "labelled"):
        first, second = sorted(classes, key=lambda each: (-classes[each], each))[:2]
        found = {"data": pictures, "data_b": "", "labels": table, "domain_a": first, "domain_b": second}
    elif (wanted, kind) == ("labelled", "labelled"):
        found = {"data": pictures, "labels": table, "domains": ",".join(classes)}
    elif wanted == "single" and kind != "unpaired":
        found = {"data": str(folder / "target") if kind == "paired" else pictures}
    else:
        raise Refused("dataset.unfit", name=record["title"], recipe=recipe.name)
    found |= {"folds": max(1, len(record["folds"])), "fold": 0}
    known = {name for name, *_ in fields(recipe.config)}
    return {name: value for name, value in found.items() if name in known}


# --- changing -----------------------------------------------------------------------------------------------


@contextmanager
def holding(name: str) -> Iterator[None]:
    """Holds the name `name`, a slug, against every other process; raises `Refused` where one makes or deletes it."""
    place = places.datasets() / ".locks"
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place / name)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise Refused("dataset.busy", name=name) from error
    except OSError as error:
        raise Refused("dataset.unwritable", folder=places.datasets(), reason=error.strerror or error) from error
    try:
        yield
    finally:
        lock.release()


def delete(name: str) -> None:
    """Deletes a set, whole or damaged; raises `Refused` where there is none or a living run trains on it."""
    folder = named(name)
    users = [run.path.name for run in find_runs(places.runs()) if _uses(run, folder)]
    if users:
        raise Refused("dataset.in_use", name=folder.name, runs=", ".join(users[:5]))
    with holding(folder.name):
        gone = folder.with_name(f".deleted-{uuid.uuid4().hex[:8]}")
        try:
            folder.rename(gone)  # at once, so that nobody sees half a set
        except OSError as error:
            raise Refused("dataset.unwritable", folder=folder, reason=error.strerror) from error
        shutil.rmtree(gone, ignore_errors=True)


def _uses(run: RunFolder, folder: Path) -> bool:
    try:
        _, config = run.read_config()
    except Refused:
        return False
    paths = [Path(str(config.get(key))) for key in ("data", "data_b") if config.get(key)]
    inside = any(path.is_relative_to(each) for path in paths for each in (folder, folder.resolve()))
    return inside and state_of(run) in ALIVE
