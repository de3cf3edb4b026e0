"""Makes a data set, whole or not at all, in one pass over its source: the memory of a few pictures, however many.

A set grows in a hidden folder beside its place and is renamed at the end. Nothing of the source is changed, no set is
ever overwritten, and its dataset.json says how to make the same one again.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TextIO

import numpy as np
from PIL import Image, ImageOps

from ganstudio import __version__, images, places
from ganstudio.analysis.colour import in_order, statistics, without_paper
from ganstudio.config import fields, from_dict, to_dict
from ganstudio.data import dataset
from ganstudio.data.archive import plain_name
from ganstudio.data.dataset import Dropped, Preparation, Source
from ganstudio.data.duplicates import Twins, difference_hash
from ganstudio.data.folders import UNREADABLE_SHARE
from ganstudio.data.order import fold_of
from ganstudio.data.pokedex import key, safe
from ganstudio.data.sources import TEST, TRAIN, Found, Opened, open_source
from ganstudio.files import counted
from ganstudio.runs.folder import write_json
from ganstudio.words import Refused

LEAST = 8  # pixels: a picture whose shorter side is less shows nothing
MAX_WORKERS = 4  # each holds one decoded picture, at most some hundred megabytes
LISTED = 5  # unreadable files that a refusal names
DAY = 86_400  # seconds that what a browser sent waits for its set to be made

Step = Callable[[int, int | None], bool]  # (pictures done, of how many) -> whether to stop


class Stopped(Exception):
    """Whoever asked for the set no longer wants it."""


class Made(NamedTuple):
    """A picture of the set, or a pair, ready to be written."""

    files: tuple[bytes, ...]  # PNG; of a pair: source and target
    digest: bytes  # sha256 of the source's files; empty where they were drawn
    colour: tuple[float, float, float]  # mean R, G, B, 0 to 255
    hash: int
    enlarged: bool
    drawn: bool  # its source is a line drawing made here


def make(name: str, source: Source, wanted: Preparation, step: Step | None = None) -> Path:
    """Makes the data set that is to be called `name`; returns its folder.

    `step` is told of every picture and may end it all, which raises `Stopped`. Raises `Refused` where the name is
    taken, the source cannot be used, too many of its files are unreadable, or the disk is full; then nothing is left.
    """
    slug = places.slug(name)
    root = places.datasets()
    final, half = root / slug, root / f".making-{slug}"
    begun = time.monotonic()
    with dataset.holding(slug):
        if final.exists():
            raise Refused("dataset.taken", name=slug)
        _sweep(root)
        try:
            shutil.rmtree(half, ignore_errors=True)  # of a process that was killed: the name is ours now
            half.mkdir()
            opened = open_source(source, wanted, half)
            record = _fill(half, opened, source, replace(wanted, kind=opened.kind), step)
            shutil.rmtree(half / "unpacked", ignore_errors=True)
            if source.upload:
                shutil.copytree(source.upload, half / dataset.ORIGINAL, copy_function=_link)
            taken = {"title": name.strip(), "made": _now(), "seconds": round(time.monotonic() - begun, 2)}
            write_json(half / dataset.RECORD, {"schema": dataset.SCHEMA, **taken, "version": __version__, **record})
            if hasattr(os, "sync"):
                os.sync()  # once, instead of once for each of thousands of files
            half.rename(final)
        except OSError as error:
            shutil.rmtree(half, ignore_errors=True)
            raise Refused("dataset.unwritable", folder=final, reason=error.strerror or error) from error
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    if Path(source.upload).parent == incoming():
        shutil.rmtree(source.upload, ignore_errors=True)
    return final


def repeat(name: str, again: str = "", step: Step | None = None) -> tuple[Path, bool]:
    """Makes the set `name` once more from its source, as `again` or under its own name with a number; (its folder,
    whether it is the same bit for bit). Raises as `make`, and `Refused` where `name` cannot be read."""
    folder = dataset.named(name)
    record = dataset.read(folder)
    known = {each for each, *_ in fields(Source)}
    source = from_dict(Source, {k: v for k, v in record["source"].items() if k in known})
    if source.upload:
        source = replace(source, upload=str(folder / dataset.ORIGINAL))
    wanted = from_dict(Preparation, record["settings"])
    made = make(again or places.unused(places.datasets(), folder.name).name, source, wanted, step)
    return made, dataset.read(made)["sha256"] == record["sha256"]


def incoming() -> Path:
    """Where what browsers send waits, one folder each, until its set is made."""
    return places.datasets() / ".incoming"


def _sweep(root: Path) -> None:
    """Removes what killed processes left behind, and what nobody came back for."""
    for stale in root.glob(".deleted-*"):
        shutil.rmtree(stale, ignore_errors=True)
    for stale in root.glob(".making-*"):
        with contextlib.suppress(Refused), dataset.holding(stale.name.removeprefix(".making-")):
            shutil.rmtree(stale, ignore_errors=True)
    for stale in incoming().glob("*"):
        with contextlib.suppress(OSError):  # another process may have been faster
            if time.time() - stale.stat().st_mtime > DAY:
                shutil.rmtree(stale, ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)  # the same bytes under a second name: an upload is not stored twice
    except OSError:
        shutil.copyfile(source, target)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


# --- the pass -------------------------------------------------------------------------------------------------


def _fill(half: Path, opened: Opened, source: Source, wanted: Preparation, step: Step | None) -> dict[str, Any]:
    """Writes the pictures and both tables into `half`; what dataset.json is to say of them."""
    kind, distance = opened.kind, -1 if source.drawn else wanted.distance  # what code draws differs on purpose
    tallies: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    folds = [0] * wanted.folds
    twins: dict[str, Twins] = {}
    taken: set[str] = set()
    bad: list[str] = []
    read, written = hashlib.sha256(), hashlib.sha256()
    for folder in dataset.FOLDERS[kind][:2]:
        (half / folder).mkdir(exist_ok=True)
    with (
        (half / dataset.PICTURES).open("w", encoding="utf-8", errors="replace", newline="") as pictures,
        (half / dataset.DROPPED).open("w", encoding="utf-8", errors="replace") as dropped,
        (half / dataset.LABELS).open("w", encoding="utf-8", newline="") as labels,
    ):
        table, label_table = csv.writer(pictures, lineterminator="\n"), csv.writer(labels, lineterminator="\n")
        table.writerow(dataset.COLUMNS)
        label_table.writerow(("id", "type1", "type2"))
        for each in opened.dropped:
            tallies[each.key.removeprefix("dataset.")] += 1
            _drop(dropped, each.source, Refused(each.key, **each.details))
        for found, made in in_order(opened.pictures, partial(_prepared, wanted=wanted), _workers()):
            tallies["found"] += 1
            if step is not None and step(tallies["found"], opened.total):
                raise Stopped
            if isinstance(made, Refused):
                bad.append(f"{found.name}: {made}" if len(bad) < LISTED else "")
                _drop(dropped, found.name, made)
                _check_bad(bad, opened.total)
                continue
            read.update(made.digest)
            seen = twins.setdefault(found.folder[-1], Twins(distance))  # two kinds may well share a picture
            twin = seen.find(made.hash, made.colour)
            if twin is not None:
                tallies["duplicates"] += 1
                _drop(dropped, found.name, Refused("dataset.twin", twin=twin[0], bits=twin[1]))
                continue
            seen.add(found.name, made.hash, made.colour)
            stem = _stem(found, taken)
            folders = ("source", "target") if len(made.files) == 2 else (found.folder,)
            for folder, content in zip(folders, made.files, strict=True):
                if not counts[folder]:
                    (half / folder).mkdir(exist_ok=True)
                (half / folder / f"{stem}.png").write_bytes(content)
                written.update(f"{folder}/{stem}.png\0".encode() + content)
                counts[folder] += 1
            fold = -1 if found.folder in TEST else fold_of(stem, wanted.folds)
            if fold >= 0:
                folds[fold] += 1
            tallies.update(pictures=1, enlarged=made.enlarged, drawn=made.drawn)
            classes.update(found.labels[:1])
            first, second = (*found.labels, "", "")[:2]
            written.update(f"{first}\0{second}\0".encode())
            label_table.writerow((stem, first, second))
            colour = (f"{level:.1f}" for level in made.colour)
            row = (f"{found.folder}/{stem}.png", safe(found.name), first, second, fold, *colour, f"{made.hash:016x}")
            table.writerow(row)
    if kind != "labelled":
        (half / dataset.LABELS).unlink()
    _check_bad(bad, tallies["found"])
    _check_kind(kind, counts, classes, source)
    return {
        "kind": kind,
        "size": wanted.size,
        "source": _source_of_record(source, opened, "" if source.drawn else read.hexdigest()),
        "settings": to_dict(wanted),
        "steps": [*opened.steps, *_steps(tallies, len(bad), wanted, distance, folds, opened.dropped)],
        "pictures": tallies["pictures"],
        "counts": dict(counts),
        "classes": dict(sorted(classes.items())),
        "domains": list(opened.domains),
        "folds": folds if wanted.folds > 1 else [],
        "sha256": written.hexdigest(),
    }


def _steps(
    tallies: Counter[str], bad: int, wanted: Preparation, distance: int, folds: list[int], dropped: list[Dropped]
) -> list[dict]:
    read = {"step": "read", "found": tallies["found"], "unreadable": bad, "unlabelled": tallies["unlabelled"]}
    read |= {name: tallies[name] for name in ("ignored", "apart", "outside") if tallies[name]}
    if tallies["ignored"]:
        others = counted(PurePosixPath(each.source) for each in dropped if each.key == "dataset.ignored")
        read["ignored_names"] = others["names"]
    steps: list[dict[str, Any]] = [
        read,
        {"step": "square", "fit": wanted.fit, "size": wanted.size, "enlarged": tallies["enlarged"]},
    ]
    if distance >= 0:
        steps.append({"step": "duplicates", "distance": distance, "dropped": tallies["duplicates"]})
    if tallies["drawn"]:
        style = {"style": wanted.drawings, "seed": wanted.drawing_seed}
        steps.append({"step": "drawings", **style, "made": tallies["drawn"]})
    if wanted.folds > 1:
        steps.append({"step": "folds", "folds": wanted.folds, "counts": folds})
    return steps


def _source_of_record(source: Source, opened: Opened, digest: str) -> dict[str, Any]:
    """What the record says of the source: enough to open the very same one again."""
    defaults = to_dict(Source())
    given = {name: value for name, value in to_dict(source).items() if value != defaults[name]}
    for name in ("folder", "zip", "labels"):
        if name in given:
            given[name] = str(Path(given[name]).expanduser().resolve())
    if source.upload:
        given["upload"] = dataset.ORIGINAL
        given.pop("labels", None)  # it lies among what was sent
    if source.hub:
        given |= {"hub": source.hub.partition("@")[0], "split": source.split}
    if source.drawn:
        given |= {"count": source.count, "seed": source.seed}
    return {**given, **opened.about, **({"sha256": digest} if digest else {})}


def _check_bad(bad: list[str], count: int | None) -> None:
    """Raises Refused when the unreadable ones are too many to be skipped."""
    if count is not None and len(bad) > UNREADABLE_SHARE * count:
        raise Refused("data.unreadable", bad=len(bad), count=count, listed="; ".join(bad[:LISTED]))


def _check_kind(kind: str, counts: Counter[str], classes: Counter[str], source: Source) -> None:
    shown = source.folder or source.zip or source.hub or "-"
    if not counts.total():
        raise Refused("data.empty", folder=shown)
    if kind == "unpaired" and not all(counts[folder] for folder in TRAIN):
        raise Refused("dataset.no_kinds", folder=shown, found=", ".join(counts))
    if kind == "labelled" and len(classes) < 2:
        raise Refused("dataset.no_classes", folder=shown, found=", ".join(classes))


def _drop(lines: TextIO, name: str, refusal: Refused) -> None:
    details = {key: value if isinstance(value, int | float) else str(value) for key, value in refusal.details.items()}
    lines.write(json.dumps({"source": name, "key": refusal.key, "details": details}, ensure_ascii=False) + "\n")


def _stem(found: Found, taken: set[str]) -> str:
    """The picture's name in the set. Unique in its folder as tables of labels count: without leading zeros and case."""
    plain = plain_name(found.stem).strip("-") or "picture"
    stem, number = plain, 1
    while (place := f"{found.folder}/{key(stem)}") in taken:
        number += 1
        stem = f"{plain}-{number}"
    taken.add(place)
    return stem


def _workers() -> int:
    return min(MAX_WORKERS, os.cpu_count() or 1)


# --- one picture ----------------------------------------------------------------------------------------------


def _prepared(found: Found, wanted: Preparation) -> Made | Refused:
    """What becomes of a picture of the source; the refusal of one that cannot be used."""
    try:
        raw = found.read()
        files = [each for each in raw if isinstance(each, bytes)]
        pictures = [each if isinstance(each, Image.Image) else images.decode(each) for each in raw]
        if found.halves:
            pictures = _halves(pictures[0])
        for picture in pictures:
            if min(picture.size) < LEAST:
                raise Refused("dataset.tiny", width=picture.width, height=picture.height, least=LEAST)
        if len(pictures) == 2 and not _aligned(*pictures):
            sizes = [f"{picture.width} x {picture.height}" for picture in pictures]
            raise Refused("dataset.unaligned", source=sizes[0], target=sizes[1])
        squares = [square(picture, wanted.fit, wanted.size) for picture in pictures]
        drawn = wanted.kind == "paired" and len(squares) == 1
        if drawn:
            from ganstudio.data.sketch import sketch  # OpenCV, needed by these alone

            # Of its own for each picture: a hand that shakes alike in every drawing would be learned as well.
            seed = fold_of(f"{wanted.drawing_seed}/{plain_name(found.stem)}", 2**31)
            squares.insert(0, sketch(squares[0], wanted.drawings, seed))
    except Refused as refusal:
        return refusal
    shown = squares[-1]
    # Of a pair that was given both sides count: one picture may well be the target of several sources.
    looked_at = images.grid(squares, 2, gap=0) if len(pictures) == 2 else shown
    digest = b"".join(hashlib.sha256(file).digest() for file in files)
    enlarged = any((min if wanted.fit == "crop" else max)(picture.size) < wanted.size for picture in pictures)
    return Made(tuple(map(_png, squares)), digest, _colour(shown), difference_hash(looked_at), enlarged, drawn)


def square(picture: Image.Image, fit: str, size: int) -> Image.Image:
    """An RGB picture as size x size pixels: its middle ("crop"), or all of it on white ("letterbox")."""
    if fit == "letterbox":
        return images.letterbox(picture, size)[0]
    method = Image.Resampling.LANCZOS if min(picture.size) > size else Image.Resampling.BICUBIC
    return ImageOps.fit(picture, (size, size), method)


def _halves(picture: Image.Image) -> list[Image.Image]:
    half = picture.width // 2
    return [picture.crop((left, 0, left + half, picture.height)) for left in (0, half)]


def _aligned(source: Image.Image, target: Image.Image) -> bool:
    """Whether both show the same aspect, rounded to whole pixels; else no point of one lies on a point of the other."""
    return abs(source.width * target.height - target.width * source.height) <= max(source.size + target.size)


def _colour(picture: Image.Image) -> tuple[float, float, float]:
    try:
        return statistics(without_paper(picture)).mean
    except Refused:  # nothing but white or black
        red, green, blue = np.asarray(picture).reshape(-1, 3).mean(axis=0).tolist()
        return red, green, blue


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=2)  # a fifth of the time of the usual 6, for a seventh more bytes
    return file.getvalue()
