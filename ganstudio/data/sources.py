"""Where a data set's pictures come from: a folder, a ZIP, what a browser sent, the Hub, or code that draws.

Each is opened as one stream of `Found`, of which nothing has been decoded yet, so that memory does not grow with the
number of pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar

from PIL import Image

from ganstudio import images
from ganstudio.data import demo, domains, hub_source
from ganstudio.data.archive import is_picture, pictures_of_folder, pictures_of_zip, plain_name, table_of_zip
from ganstudio.data.dataset import DRAWN, LABELS, Dropped, Preparation, Source
from ganstudio.data.folders import find_pairs
from ganstudio.data.pokedex import Label, key, read_labels
from ganstudio.text import Refused

Raw = bytes | Image.Image  # an untrusted file, or a picture drawn here
TRAIN, TEST = ("trainA", "trainB"), ("testA", "testB")
DRAWN_KINDS = {"ball": ("red", "purple"), "creatures": ("water", "fire")}  # names of the two kinds
PROBED = 8  # pictures that are opened to see whether each holds two side by side

Item = TypeVar("Item")


class Found(NamedTuple):
    """A picture of the source, or a pair."""

    name: str  # as the source calls it
    stem: str  # what it is to be called
    read: Callable[[], Sequence[Raw]]  # one, or a pair: source and target; raises Refused
    folder: str  # of the set; of a pair: "target"
    labels: tuple[str, ...] = ()
    halves: bool = False  # one file that holds a pair, side by side


class Opened(NamedTuple):
    kind: str  # one of dataset.KINDS
    pictures: Iterator[Found]
    total: int | None  # pictures or pairs; None: not known beforehand
    domains: tuple[str, ...]  # names of the two kinds
    dropped: list[Dropped]  # what is left out without being looked at
    about: dict[str, Any]  # what the record says of the source besides its settings


class Layout(NamedTuple):
    """What a folder of pictures looks like from outside."""

    root: Path  # without folders around it that hold nothing else
    files: list[Path]
    pairs: bool  # source/ and target/
    halves: bool  # two pictures side by side in each file
    kinds: tuple[str, ...]  # the folders of two kinds: trainA and trainB, or the only two there are
    classes: dict[str, int]  # {label: pictures}, from a table or from the folders they lie in
    table: Mapping[str, Label] | None

    @property
    def guess(self) -> str:
        if self.pairs:
            return "paired"
        if self.kinds == TRAIN:
            return "unpaired"
        if len(self.classes) > 1:
            return "labelled"
        return "paired" if self.halves else "single"


def open_source(source: Source, wanted: Preparation, work: Path) -> Opened:
    """The source's pictures, of the kind that is wanted; `work` is a folder for what has to be unpacked.

    Raises Refused where the source is not there, has no pictures, or none of that kind.
    """
    given = [each for each in (source.folder, source.zip, source.upload, source.hub, source.drawn) if each]
    if len(given) != 1:
        raise Refused("dataset.one_source")
    if source.hub:
        return _of_hub(source, wanted)
    if source.drawn:
        return _of_code(source, wanted)
    folder = Path(source.folder or source.upload).expanduser()
    if source.zip:
        folder = work / "unpacked"
        unpack(Path(source.zip).expanduser(), folder)
    if not folder.is_dir():
        raise Refused("data.no_folder", folder=folder)
    return _of_folder(look_at(folder, source.labels), wanted, source.folder or source.zip)


def unpack(file: Path, into: Path) -> None:
    """Unpacks an untrusted ZIP in its own folders, its table as labels.csv; raises Refused (keys "zip.*", "data.*")."""
    if not file.is_file():
        raise Refused("data.no_folder", folder=file)
    into.mkdir(parents=True, exist_ok=True)
    pictures_of_zip(file, into, keep_folders=True)
    table = table_of_zip(file)
    if table is not None:
        (into / LABELS).write_bytes(table)


# --- folders ------------------------------------------------------------------------------------------------


def look_at(folder: Path, table: str = "") -> Layout:
    """What lies in `folder`; `table` is a CSV of classes, else a labels.csv in it counts, if it has the columns of one.

    Raises Refused where the folder cannot be read or has no pictures, or the table is damaged."""
    root = _inner(folder)
    files = [each.file for each in pictures_of_folder(root)]
    if not files:
        raise Refused("data.empty", folder=folder)
    below = sorted({path.relative_to(root).parts[0] for path in files if len(path.relative_to(root).parts) > 1})
    pairs = {"source", "target"} <= set(below)
    kinds = TRAIN if set(TRAIN) <= set(below) else tuple(below) if len(below) == 2 else ()
    labels = read_labels(Path(table).expanduser(), known=None) if table else _own_table(folder, root)
    if labels is None:
        named = Counter(_class_of(path) for path in files if path.parent != root)
    else:
        named = Counter(labels[key(path.stem)].types[0] for path in files if key(path.stem) in labels)
    plain = not pairs and kinds != TRAIN and len(named) < 2
    return Layout(root, files, pairs, plain and _halves(files), kinds, dict(sorted(named.items())), labels)


def _inner(folder: Path) -> Path:
    """The folder itself, or the one in it, and so on, where it holds nothing else: a packer's folder around all."""
    while True:
        try:
            inside = [each for each in folder.iterdir() if each.is_dir() or is_picture(PurePosixPath(each.name))]
        except OSError as error:
            raise Refused("dataset.unreadable", folder=folder, reason=error.strerror or error) from error
        inside = [each for each in inside if not each.name.startswith((".", "__MACOSX"))]
        if len(inside) != 1 or not inside[0].is_dir() or inside[0].is_symlink():
            return folder
        folder = inside[0]


def _own_table(folder: Path, root: Path) -> dict[str, Label] | None:
    """The labels.csv at `root` or around it up to `folder`; None where there is none, or of other columns."""
    around = [root, *(each for each in root.parents if each.is_relative_to(folder))]
    file = next((each / LABELS for each in around if (each / LABELS).is_file()), None)
    try:
        return None if file is None else read_labels(file, known=None)
    except Refused as refusal:
        if refusal.key == "labels.columns":  # a table of something else
            return None
        raise


def _class_of(path: Path) -> str:
    return plain_name(path.parent.name).lower()


def _halves(files: Sequence[Path]) -> bool:
    shapes = []
    for path in files[:PROBED]:
        try:
            picture = images.decode(path)
        except Refused:
            continue
        shapes.append(picture.width == 2 * picture.height)
    return bool(shapes) and all(shapes)


def _of_folder(layout: Layout, wanted: Preparation, shown: str) -> Opened:
    kind = layout.guess if wanted.kind == "auto" else wanted.kind
    about: dict[str, Any] = {"files": len(layout.files)}
    if kind == "paired" and layout.pairs:
        return _pairs(layout, wanted, about)
    if kind == "unpaired":
        return _two_kinds(layout, wanted, about, shown)
    if kind == "labelled":
        return _classes(layout, wanted, about, shown)
    files = thinned(layout.files, wanted.most)
    folder = "target" if kind == "paired" else "pictures"
    found = (_file(path, layout, folder, halves=kind == "paired" and layout.halves) for path in files)
    return Opened(kind, found, len(files), (), [], about)


def _file(path: Path, layout: Layout, folder: str, labels: tuple[str, ...] = (), halves: bool = False) -> Found:
    name = path.relative_to(layout.root).as_posix()
    return Found(name, path.stem, partial(_read, path), folder, labels, halves)


def _read(*paths: Path) -> list[bytes]:
    return [images.read_file(path) for path in paths]


def _pairs(layout: Layout, wanted: Preparation, about: dict[str, Any]) -> Opened:
    _, pairs = find_pairs(layout.root, "folders")
    pairs = thinned(pairs, wanted.most)
    both = ((pair, pair.target) for pair in pairs if pair.target is not None)
    found = (
        Found(target.relative_to(layout.root).as_posix(), pair.name, partial(_read, pair.source, target), "target")
        for pair, target in both
    )
    return Opened("paired", found, len(pairs), (), [], about)


def _two_kinds(layout: Layout, wanted: Preparation, about: dict[str, Any], shown: str) -> Opened:
    if not layout.kinds:
        raise Refused("dataset.no_kinds", folder=shown or "-", found=", ".join(layout.classes) or "-")
    folders: dict[str, str] = dict(zip(layout.kinds, TRAIN, strict=True))
    if layout.kinds == TRAIN:
        folders |= {name: name for name in TEST}
    lists: dict[str, list[Path]] = {each: [] for each in folders}
    for path in layout.files:
        lists.get(path.relative_to(layout.root).parts[0], []).append(path)
    lists = {name: thinned(files, wanted.most) for name, files in lists.items()}
    found = (_file(path, layout, folders[name]) for name, files in lists.items() for path in files)
    names = ("A", "B") if layout.kinds == TRAIN else tuple(plain_name(name) for name in layout.kinds)
    return Opened("unpaired", found, sum(map(len, lists.values())), names, [], about)


def _classes(layout: Layout, wanted: Preparation, about: dict[str, Any], shown: str) -> Opened:
    if len(layout.classes) < 2:
        raise Refused("dataset.no_classes", folder=shown or "-", found=", ".join(layout.classes) or "-")
    labels: dict[Path, tuple[str, ...]] = {}
    dropped = []
    for path in layout.files:
        label = None if layout.table is None else layout.table.get(key(path.stem))
        if layout.table is None and path.parent != layout.root:
            labels[path] = (_class_of(path),)
        elif label is not None:
            labels[path] = tuple(plain_name(each) for each in label.types[:2])
        else:
            name = path.relative_to(layout.root).as_posix()
            dropped.append(Dropped(name, "dataset.unlabelled", {}))
    files = thinned(list(labels), wanted.most)
    found = (_file(path, layout, "pictures", labels[path]) for path in files)
    return Opened("labelled", found, len(files), (), dropped, about)


def thinned(items: Sequence[Item], most: int) -> list[Item]:
    """At most `most` of the items, spread evenly, so that no folder of a sorted list is cut off."""
    if len(items) <= most:
        return list(items)
    return [items[k * len(items) // most] for k in range(most)]


# --- code and the Hub -----------------------------------------------------------------------------------------


def _of_code(source: Source, wanted: Preparation) -> Opened:
    if source.drawn not in DRAWN:
        raise Refused("config.choice", name="drawn", value=repr(source.drawn), choices=", ".join(DRAWN))
    kind = "paired" if source.drawn == "faces" else "unpaired"
    if wanted.kind not in ("auto", kind):
        raise Refused("dataset.drawn_kind", drawn=source.drawn, kind=kind)
    if source.drawn == "faces":
        drawn = demo.faces(source.count, wanted.size, source.seed)
        faces = (Found(f"{k:05d}", f"{k:05d}", partial(list, pair), "target") for k, pair in enumerate(drawn))
        return Opened(kind, faces, source.count, (), [], {})
    test = max(1, source.count // 10)
    scenes = domains.unpaired(source.drawn, source.count, wanted.size, source.seed, test)
    found = (Found(f"{place}/{k:05d}", f"{k:05d}", partial(_drawn, draw), place) for place, k, draw in scenes)
    return Opened(kind, found, 2 * (source.count + test), DRAWN_KINDS[source.drawn], [], {})


def _drawn(draw: Callable[[], Image.Image]) -> list[Image.Image]:
    return [draw()]


def _of_hub(source: Source, wanted: Preparation) -> Opened:
    hub = hub_source.open_hub(source)
    count = None if hub.total is None else min(wanted.most, hub.total)
    kind = wanted.kind
    if kind == "auto":
        kind = "paired" if hub.target else "labelled" if hub.label else "single"
    if kind == "unpaired" and not hub.target:
        raise Refused("dataset.no_kinds", folder=source.hub, found=hub.image)
    if kind == "labelled" and not hub.label:
        raise Refused("dataset.no_classes", folder=source.hub, found="-")
    names = (plain_name(hub.image), plain_name(hub.target)) if kind == "unpaired" else ()
    if kind == "unpaired" and count is not None:
        count *= 2
    return Opened(kind, _hub_rows(hub, kind, wanted.most), count, names, [], {"revision": hub.revision})


def _hub_rows(hub: hub_source.Hub, kind: str, most: int) -> Iterator[Found]:
    for number, row in enumerate(hub.rows):
        if number == most:
            return
        stem = f"{number:06d}"
        first, second = row[hub.image], row.get(hub.target) if hub.target else None
        if kind == "unpaired":
            yield Found(f"{hub.image} {stem}", stem, partial(hub_source.contents, first), TRAIN[0])
            yield Found(f"{hub.target} {stem}", stem, partial(hub_source.contents, second), TRAIN[1])
        elif kind == "labelled":
            labels = (plain_name(hub.class_of(row)).lower(),)
            yield Found(stem, stem, partial(hub_source.contents, first), "pictures", labels)
        elif kind == "paired":
            both = (first, second) if hub.target else (first,)
            yield Found(stem, stem, partial(hub_source.contents, *both), "target")
        else:
            yield Found(stem, stem, partial(hub_source.contents, first), "pictures")
