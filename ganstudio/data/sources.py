"""Where a data set's pictures come from: a folder, a ZIP, what a browser sent, the Hub, or code that draws.

Each is opened as one stream of `Found`, of which nothing has been decoded yet, so that memory does not grow with the
number of pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar

from PIL import Image

from ganstudio import images
from ganstudio.data import demo, domains, hub_source
from ganstudio.data.archive import names_of_zip, others_of_zip, pictures_of_zip, plain_name, table_of_zip
from ganstudio.data.beside import are_double
from ganstudio.data.dataset import DRAWN, LABELS, Dropped, Preparation, Source
from ganstudio.data.folders import match
from ganstudio.data.pokedex import Labels, read_labels
from ganstudio.files import (
    PARTS,
    Sides,
    classes_of,
    is_hidden,
    is_picture,
    matched,
    no_pictures,
    parts_in,
    sides_of,
    walked,
)
from ganstudio.words import Refused

Raw = bytes | Image.Image  # an untrusted file, or a picture drawn here
TRAIN, TEST = ("trainA", "trainB"), ("testA", "testB")
DRAWN_KINDS = {"ball": ("red", "purple"), "creatures": ("water", "fire")}  # names of the two kinds

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
    steps: tuple[dict[str, Any], ...] = ()  # of the record, before all others: what the source was taken for


class Layout(NamedTuple):
    """What a folder of pictures looks like from outside."""

    root: Path  # without folders around it that hold nothing else
    files: list[Path]
    others: list[Path]  # no pictures, and not the table
    sides: Sides | None  # folders that say that they hold two kinds, or pairs
    pairs: bool  # those are pairs: source/ and target/, or A/ and B/ with the same names
    double: bool | None  # two pictures side by side in each file; None: they are so wide that it cannot be told
    kinds: tuple[str, ...]  # the folders of two kinds: trainA and trainB, or the only two there are
    parts: dict[str, Path]  # train, val and test, where the pictures lie in such
    classes: dict[str, int]  # {label: pictures}, from a table or from the folders they lie in
    folders: dict[Path, str]  # {picture: the class that its folder names, or ""}
    table: Labels | None

    @property
    def halves(self) -> bool:
        return self.double is True

    @property
    def guess(self) -> str:
        if self.pairs:
            return "paired"
        if self.sides is not None:
            bare = next(iter(self.sides.parts.values()))[0].parent == self.root
            if self.sides.likely == "unpaired" or not bare:  # else two folders that happen to be called a and b
                return "unpaired"
        if len(self.classes) > 1:
            return "labelled"
        return "paired" if self.double else "single"


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
        unpack(Path(source.zip).expanduser(), folder, source.names)
    if not folder.is_dir():
        raise Refused("data.no_folder", folder=folder)
    try:
        opened = _of_folder(look_at(folder, source.labels), wanted, source.folder or source.zip)
    except Refused as refusal:
        if source.zip and refusal.key in ("data.empty", "data.others_only"):
            raise no_pictures(Path(source.zip), others_of_zip(Path(source.zip).expanduser())) from None
        raise
    if not source.zip:
        return opened
    zipped = Path(source.zip).expanduser()
    others = [Dropped(str(name), "dataset.ignored", {}) for name in others_of_zip(zipped, source.names)]
    page = names_of_zip(zipped, source.names)
    guessed = ({"step": "names", "page": page},) if page not in ("", "utf-8") else ()
    return opened._replace(dropped=opened.dropped + others, steps=(*guessed, *opened.steps))


def unpack(file: Path, into: Path, names: str = "") -> None:
    """Unpacks an untrusted ZIP in its own folders, its table as labels.csv; raises Refused (keys "zip.*", "data.*").

    `names` is as `pictures_of_zip` takes it."""
    if not file.is_file():
        raise Refused("data.no_folder", folder=file)
    into.mkdir(parents=True, exist_ok=True)
    pictures_of_zip(file, into, keep_folders=True, names=names)
    table = table_of_zip(file, names)
    if table is not None:
        (into / LABELS).write_bytes(table)


# --- folders ------------------------------------------------------------------------------------------------


def look_at(folder: Path, table: str = "") -> Layout:
    """What lies in `folder`; `table` is a CSV of classes, else a labels.csv in it counts, if it has the columns of one.

    Raises Refused where the folder cannot be read or has no pictures, or the table is damaged or names none of them."""
    root = _inner(folder)
    listing = walked(root)
    files = listing.pictures
    if not files:
        raise no_pictures(folder, listing.others)
    below = sorted({path.relative_to(root).parts[0] for path in files if len(path.relative_to(root).parts) > 1})
    sides = sides_of(root)
    pairs = sides is not None and (sides.likely == "paired" or (sides.likely == "either" and _alike(sides)))
    parts = parts_in(root) if sides is None else {}
    kinds = sides.names if sides is not None else tuple(below) if len(below) == 2 and not parts else ()
    labels = read_labels(Path(table).expanduser(), known=None) if table else _own_table(folder, root)
    folders = classes_of(files, root)
    if labels is None:
        named = Counter(name.lower() for name in map(plain_name, filter(None, folders.values())))
    else:
        named = Counter(label.types[0] for path in files if (label := labels.of(path.stem)) is not None)
        if not named and table:
            raise Refused("data.labels_match_none", folder=folder, file=table)
    plain = sides is None and len(named) < 2
    used = {each.resolve() for each in (Path(table).expanduser(), root / LABELS) if each.name}
    others = [path for path in listing.others if path.resolve() not in used]
    counted = dict(sorted(named.items()))
    double = are_double(files) if plain else False
    return Layout(root, files, others, sides, pairs, double, kinds, parts, counted, folders, labels)


def _alike(sides: Sides) -> bool:
    """Whether every picture of one side has one of its name on the other."""
    for part in sides.parts.values():
        named = [{path.relative_to(side).as_posix(): path for path in walked(side).pictures} for side in part]
        pairs, alone = matched(*named)
        if alone or not pairs:
            return False
    return True


def _inner(folder: Path) -> Path:
    """The folder itself, or the one in it, and so on, where it holds nothing else: a packer's folder around all."""
    while True:
        try:
            inside = [each for each in folder.iterdir() if each.is_dir() or is_picture(PurePosixPath(each.name))]
        except OSError as error:
            raise Refused("dataset.unreadable", folder=folder, reason=error.strerror or error) from error
        inside = [each for each in inside if not is_hidden(PurePosixPath(each.name))]
        if len(inside) != 1 or not inside[0].is_dir() or inside[0].is_symlink():
            return folder
        folder = inside[0]


def _own_table(folder: Path, root: Path) -> Labels | None:
    """The labels.csv at `root` or around it up to `folder`; None where there is none, or of other columns."""
    around = [root, *(each for each in root.parents if each.is_relative_to(folder))]
    file = next((each / LABELS for each in around if (each / LABELS).is_file()), None)
    try:
        return None if file is None else read_labels(file, known=None)
    except Refused as refusal:
        if refusal.key == "labels.columns":  # a table of something else
            return None
        raise


def _of_folder(layout: Layout, wanted: Preparation, shown: str) -> Opened:
    kind = layout.guess if wanted.kind == "auto" else wanted.kind
    if wanted.kind == "auto" and wanted.form != "auto":
        kind = "paired"
    about: dict[str, Any] = {"files": len(layout.files)}
    if kind == "paired":
        opened = _paired(layout, wanted, about, shown)
    elif kind == "unpaired":
        opened = _two_kinds(layout, wanted, about, shown)
    elif kind == "labelled":
        opened = _classes(layout, wanted, about, shown)
    else:
        here, apart = _of_training(layout)
        files = thinned(here, wanted.most)
        found = (_file(path, layout, "pictures") for path in files)
        opened = Opened(kind, found, len(files), (), apart, about)
    others = [Dropped(path.relative_to(layout.root).as_posix(), "dataset.ignored", {}) for path in layout.others]
    return opened._replace(dropped=opened.dropped + others)


def _of_training(layout: Layout) -> tuple[list[Path], list[Dropped]]:
    """The pictures to train on, and those of val/ and test/, where there are such folders: they stay apart."""
    here, apart = [], []
    for path in layout.files:
        part = next((name for name, folder in layout.parts.items() if path.is_relative_to(folder)), "train")
        if part == "train":
            here.append(path)
        else:
            apart.append(Dropped(path.relative_to(layout.root).as_posix(), "dataset.apart", {"part": part}))
    return here, apart


def _file(path: Path, layout: Layout, folder: str, labels: tuple[str, ...] = (), halves: bool = False) -> Found:
    name = path.relative_to(layout.root).as_posix()
    return Found(name, path.stem, partial(_read, path), folder, labels, halves)


def _read(*paths: Path) -> list[bytes]:
    return [images.read_file(path) for path in paths]


def _paired(layout: Layout, wanted: Preparation, about: dict[str, Any], shown: str) -> Opened:
    """Pairs of two folders, of the halves of each file, or of a picture and its drawing, as `wanted.form` says."""
    sides = layout.sides
    if sides is None and len(layout.kinds) == 2 and wanted.form in ("auto", "folders"):
        first, second = (layout.root / name for name in layout.kinds)
        alike = Sides((first.name, second.name), {"train": (first, second)}, "either")
        sides = alike if wanted.form == "folders" or _alike(alike) else None
    if sides is not None and wanted.form in ("auto", "folders"):
        return _pairs(layout, sides, wanted, about)
    if wanted.form == "folders":
        raise Refused("dataset.no_kinds", folder=shown or "-", found=", ".join(layout.classes) or "-")
    form = wanted.form
    if form == "auto":
        if layout.double is None:
            raise Refused("data.form_unsure", folder=shown or layout.root)
        form = "beside" if layout.double else "photos"
    here, apart = _of_training(layout)
    files = thinned(here, wanted.most)
    found = (_file(path, layout, "target", halves=form == "beside") for path in files)
    return Opened("paired", found, len(files), (), apart, about, ({"step": f"form_{form}"},))


def _pairs(layout: Layout, sides: Sides, wanted: Preparation, about: dict[str, Any]) -> Opened:
    used, *later = [part for part in PARTS if part in sides.parts]
    pairs = thinned(match(*sides.parts[used]), wanted.most)
    both = ((pair, pair.target) for pair in pairs if pair.target is not None)
    found = (
        Found(
            target.relative_to(layout.root).as_posix(),
            pair.name.rpartition("/")[2],
            partial(_read, pair.source, target),
            "target",
        )
        for pair, target in both
    )
    taken = [folder for part in sides.parts.values() for folder in part]
    apart = [
        Dropped(path.relative_to(layout.root).as_posix(), "dataset.apart", {"part": part})
        for part in later
        if sides.parts[part][1].is_dir()
        for path in walked(sides.parts[part][1]).pictures
    ]
    for path in layout.files:
        if not any(path.is_relative_to(folder) for folder in taken):
            apart.append(Dropped(path.relative_to(layout.root).as_posix(), "dataset.outside", {}))
    step = {"step": "form_folders", "source": sides.names[0], "target": sides.names[1]}
    return Opened("paired", found, len(pairs), (), apart, about, (step,))


def _two_kinds(layout: Layout, wanted: Preparation, about: dict[str, Any], shown: str) -> Opened:
    if not layout.kinds:
        raise Refused("dataset.no_kinds", folder=shown or "-", found=", ".join(layout.classes) or "-")
    if layout.sides is not None:
        parts = layout.sides.parts
        held = [each for part in ("val", "test") for each in [parts.get(part)] if each]
        places = [(parts["train"] if "train" in parts else held.pop(0), TRAIN), *((each, TEST) for each in held)]
        folders = {place: folder for both, names in places for place, folder in zip(both, names, strict=True)}
    else:
        folders = dict(zip((layout.root / name for name in layout.kinds), TRAIN, strict=True))
    lists: dict[Path, list[Path]] = {each: [] for each in folders}
    outside = []
    for path in layout.files:
        place = next((each for each in folders if path.is_relative_to(each)), None)
        if place is None:
            outside.append(Dropped(path.relative_to(layout.root).as_posix(), "dataset.outside", {}))
        else:
            lists[place].append(path)
    lists = {place: thinned(files, wanted.most) for place, files in lists.items()}
    found = (_file(path, layout, folders[place]) for place, files in lists.items() for path in files)
    names = ("A", "B") if layout.sides is not None else tuple(plain_name(name) for name in layout.kinds)
    return Opened("unpaired", found, sum(map(len, lists.values())), names, outside, about)


def _classes(layout: Layout, wanted: Preparation, about: dict[str, Any], shown: str) -> Opened:
    if len(layout.classes) < 2:
        raise Refused("dataset.no_classes", folder=shown or "-", found=", ".join(layout.classes) or "-")
    labels: dict[Path, tuple[str, ...]] = {}
    here, dropped = _of_training(layout)
    for path in here:
        label = None if layout.table is None else layout.table.of(path.stem)
        if layout.table is None and layout.folders[path]:
            labels[path] = (plain_name(layout.folders[path]).lower(),)
        elif label is not None:
            labels[path] = tuple(plain_name(each) for each in label.types[:2])
        else:
            name = path.relative_to(layout.root).as_posix()
            dropped.append(Dropped(name, "dataset.unlabelled", {}))
    steps: tuple[dict[str, Any], ...] = ()
    if layout.table is not None:
        unused, twice = layout.table.unused(path.stem for path in layout.files), layout.table.twice
        told = {name: count for name, count in (("unused", unused), ("twice", twice)) if count}
        steps = ({"step": "table", "rows": len(layout.table), **told},)
    files = thinned(list(labels), wanted.most)
    found = (_file(path, layout, "pictures", labels[path]) for path in files)
    return Opened("labelled", found, len(files), (), dropped, about, steps)


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
    return Opened(kind, _hub_rows(hub, kind, wanted), count, names, [], {"revision": hub.revision})


def _hub_rows(hub: hub_source.Hub, kind: str, wanted: Preparation) -> Iterator[Found]:
    for number, row in enumerate(hub.rows):
        if number == wanted.most:
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
            beside = wanted.form == "beside" and len(both) == 1
            yield Found(stem, stem, partial(hub_source.contents, *both), "target", halves=beside)
        else:
            yield Found(stem, stem, partial(hub_source.contents, first), "pictures")
