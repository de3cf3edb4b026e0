"""Measures the colours of pictures that visitors send, one by one or as a ZIP; keeps none of them.

Uploads are deleted when they have been read, whatever came of it. Entries go to the page as a JSON text, not as
objects: the web framework walks through every number of an object, seconds for a large collection.
"""

from __future__ import annotations

import itertools
import json
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from ganstudio import images
from ganstudio.typenames import TYPES
from ganstudio.ui.answers import Answer
from ganstudio.ui.pieces import forget, join
from ganstudio.ui.upload import uploaded
from ganstudio.ui.work import Job
from ganstudio.words import Refused

if TYPE_CHECKING:
    from ganstudio.analysis.colour import ColourStatistics
    from ganstudio.data.pokedex import Entry, Label

MAX_PICTURES = 20_000  # the cloud of the page stays usable with so many
MAX_BATCH = 64  # pictures of one request
MAX_NAME = 120  # letters
MAX_WORKERS = 4  # each holds one decoded picture, at most some hundred megabytes


class Picture(NamedTuple):
    """An upload and what the page knows of it."""

    file: Path
    name: str
    label: Label | None


# --- what a request may say -------------------------------------------------------------------------------


def checked_batch(sent: object) -> list[Picture]:
    """[{path: of an upload, name, label: {names, types} or null}], at most MAX_BATCH; raises Refused."""
    if not isinstance(sent, list) or not 1 <= len(sent) <= MAX_BATCH:
        raise Refused("app.reload")
    batch = []
    for each in sent:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise Refused("app.reload")
        label = each.get("label")
        batch.append(Picture(uploaded(each.get("path")), each["name"], None if label is None else _label(label)))
    return batch


def checked_labels(sent: object) -> dict[str, Label]:
    """Labels as `labels` gave them to the page; raises Refused."""
    if sent is None:
        return {}
    if not isinstance(sent, dict) or len(sent) > 10 * MAX_PICTURES:
        raise Refused("app.reload")
    return {key: _label(value) for key, value in sent.items()}


def _label(sent: object) -> Label:
    from ganstudio.data.pokedex import Label

    if not isinstance(sent, dict):
        raise Refused("app.reload")
    return Label(_names(sent.get("names")), _types(sent.get("types")))


def _names(sent: object) -> tuple[str, str]:
    if not isinstance(sent, list) or len(sent) != 2 or not all(isinstance(each, str) for each in sent):
        raise Refused("app.reload")
    return sent[0][:MAX_NAME], sent[1][:MAX_NAME]


def _types(sent: object) -> tuple[str, ...]:
    if not isinstance(sent, list) or len(sent) > 2 or not all(isinstance(each, str) for each in sent):
        raise Refused("app.reload")
    if not set(sent) <= set(TYPES):
        raise Refused("app.reload")
    return tuple(sent)


# --- entries, to the page and back ------------------------------------------------------------------------


def to_json(entries: Iterable[Entry]) -> str:
    """Mean and spread in levels 0..255 to a tenth, histograms in per mille; as page/figures.js says."""
    return json.dumps([_plain(entry) for entry in entries], ensure_ascii=False, separators=(",", ":"))


def _plain(entry: Entry) -> Answer:
    found = entry.statistics
    histograms = {"hue": found.hue, "saturation": found.saturation, "value": found.value}
    return {
        "id": entry.id,
        "names": entry.names,
        "types": entry.types,
        "pixels": found.pixels,
        "mean": [round(level, 1) for level in found.mean],
        "spread": [round(level, 1) for level in found.spread],
        **{name: [round(1000 * share) for share in shares] for name, shares in histograms.items()},
    }


def from_json(sent: object) -> list[Entry]:
    """Entries that a page sends back; raises Refused for anything that `to_json` does not make."""
    from ganstudio.analysis.colour import ColourStatistics
    from ganstudio.data.pokedex import Entry

    if not isinstance(sent, list) or len(sent) > MAX_PICTURES:
        raise Refused("app.reload")
    entries = []
    for each in sent:
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            raise Refused("app.reload")
        (pixels,) = _numbers([each.get("pixels")], 1, images.MAX_PIXELS)
        (r, g, b), (sr, sg, sb) = (_numbers(each.get(name), 3, 255) for name in ("mean", "spread"))
        hue, saturation, value = (
            tuple(share / 1000 for share in _numbers(each.get(name), bins, 1000))
            for name, bins in (("hue", 36), ("saturation", 16), ("value", 16))
        )
        statistics = ColourStatistics(int(pixels), (r, g, b), (sr, sg, sb), hue, saturation, value)
        entries.append(Entry(each["id"][:MAX_NAME], _names(each.get("names")), _types(each.get("types")), statistics))
    return entries


def _numbers(sent: object, count: int, most: float) -> tuple[float, ...]:
    """That many finite numbers from 0 to `most`; raises Refused."""
    if not isinstance(sent, list) or len(sent) != count:
        raise Refused("app.reload")
    if not all(type(each) in (int, float) and 0 <= each <= most for each in sent):  # no bool; NaN compares false
        raise Refused("app.reload")
    return tuple(map(float, sent))


# --- measuring --------------------------------------------------------------------------------------------


def own_picture(upload: Path) -> Answer:
    """{entry} of one picture; raises Refused."""
    from ganstudio.analysis.colour import of_picture
    from ganstudio.data.pokedex import Entry

    try:
        measured = of_picture(upload)
    finally:
        forget([upload])
    return {"entry": _plain(Entry("", ("", ""), (), measured))}


def labels(upload: Path) -> Answer:
    """{labels: {id: {names, types}}} of a CSV like pokedex.csv; raises Refused."""
    from ganstudio.data.pokedex import MAX_TABLE, read_labels

    try:
        with upload.open("rb") as file:
            found = read_labels(file.read(MAX_TABLE + 1))  # bytes: no sentence names a path of the server
    finally:
        forget([upload])
    return {"labels": {key: label._asdict() for key, label in {**found.aliases, **found}.items()}}


def batch(pictures: list[Picture], visitor: str) -> Answer:
    """{entries: JSON, refused: [{name, reason}]} of a few pictures."""
    try:
        return _measured(pictures, visitor, Job())
    finally:
        forget(picture.file for picture in pictures)


def archive(pieces: list[Path], known: Mapping[str, Label], job: Job, visitor: str) -> Answer:
    """{entries: JSON, refused, left: pictures that were not measured} of a ZIP in pieces; raises Refused.

    A table of labels inside it names the pictures where the page sent no labels.
    """
    from ganstudio.data.archive import labels_of_zip, pictures_of_zip
    from ganstudio.data.pokedex import Label, Labels, key

    with tempfile.TemporaryDirectory(prefix="colours-") as folder:
        file = Path(folder) / "pictures.zip"
        join(pieces, file)
        unpacked = pictures_of_zip(file, Path(folder) / "pictures")
        inside = Labels() if known else labels_of_zip(file)
        file.unlink()
        pictures = []
        for path, type_ in unpacked:
            label = known.get(key(path.stem)) or inside.of(path.stem)
            if label is None and type_:
                label = Label(("", ""), (type_,))
            pictures.append(Picture(path, path.name, label))
        job.begun = time.monotonic()
        return _measured(pictures, visitor, job)


def _measured(pictures: list[Picture], visitor: str, job: Job) -> Answer:
    from ganstudio.analysis.colour import of_files

    job.count = len(pictures)
    entries, refused = [], []
    files = (picture.file for picture in itertools.takewhile(lambda _: not job.over(), pictures))
    for picture, (_, measured) in zip(pictures, of_files(files, MAX_WORKERS), strict=False):
        if isinstance(measured, Refused):
            refused.append({"name": picture.name[:MAX_NAME], "reason": measured.say(visitor)})
        else:
            entries.append(_entry(picture, measured))
        job.done += 1
    return {"entries": to_json(entries), "refused": refused, "left": job.count - job.done}


def _entry(picture: Picture, statistics: ColourStatistics) -> Entry:
    from ganstudio.data.pokedex import Entry

    path = PurePosixPath(picture.name.replace("\\", "/"))
    if picture.label is not None:
        names, types = picture.label.names, picture.label.types
    else:
        names, types = ("", ""), tuple(part.lower() for part in path.parts[:-1] if part.lower() in TYPES)[:1]
    shown = path.stem[:MAX_NAME]
    return Entry(shown, (names[0] or shown, names[1] or names[0] or shown), types, statistics)
