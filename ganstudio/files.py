"""Which files of a folder are pictures, and what else lies there: the one place that decides, for folders and ZIPs.

Every reader of pictures goes through `listed` or `walked`, so that what one of them passes over, or tells, all do.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, NamedTuple, TypeVar

from ganstudio.words import Refused

# What pictures are called that images.decode opens: Windows and browsers save JPEG as .jfif, cameras HEIF as .hif.
SUFFIXES = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".mpo", ".webp", ".gif"),
    *(".bmp", ".dib", ".tif", ".tiff", ".avif", ".heic", ".heif", ".hif"),
)
# What systems leave beside a person's files: macOS's shadows of each (._a.png, .DS_Store, in ZIPs __MACOSX), and
# thumbnails and bins of Windows and of network disks.
_HIDDEN = (".", "__MACOSX", "@eaDir", "#recycle", "#snapshot", "$RECYCLE.BIN", "System Volume", "lost+found")
_LEFT = {"thumbs.db", "ehthumbs.db", "desktop.ini"}
NAMED = 5  # kinds of other files that a sentence names

Item = TypeVar("Item")


class Listing(NamedTuple):
    """What lies in a folder, by name; hidden files are not in it."""

    pictures: list[Path]
    others: list[Path]  # of other suffixes, and folders that may not be read

    def counted(self, besides: Iterable[Path] = ()) -> dict[str, Any]:
        """{count, names} of the other files but for those `besides`, by suffix: "3 .txt, 1 .svg"; {} without any."""
        known = set(besides)
        return counted([path for path in self.others if path not in known])


def counted(others: Iterable[PurePath]) -> dict[str, Any]:
    """{count, names} of files that are not used, by suffix; {} where there are none."""
    kinds = Counter(path.suffix.lower()[:20] or path.name[:20] for path in others)
    if not kinds:
        return {}
    names = [f"{count} {kind}" for kind, count in kinds.most_common(NAMED)]
    return {"count": kinds.total(), "names": ", ".join(names) + (", ..." if len(kinds) > NAMED else "")}


def is_hidden(name: PurePath) -> bool:
    """Whether a relative name is none that a person gave: hidden, or left there by a system."""
    return name.name.lower() in _LEFT or any(part.startswith(_HIDDEN) for part in name.parts)


def is_picture(name: PurePath) -> bool:
    """Whether a relative name is called as a picture and not hidden."""
    return name.suffix.lower() in SUFFIXES and not is_hidden(name)


def folders(folder: Path) -> list[Path]:
    """The folders in `folder`, hidden ones aside, by name; links to folders count. Raises `Refused`."""
    return [path for path in _inside(folder) if path.is_dir()]


def listed(folder: Path) -> Listing:
    """What lies in `folder` itself; raises `Refused` where it cannot be read."""
    # A link to nowhere counts: that it cannot be read is to be told, as of any other picture.
    files = [path for path in _inside(folder) if not path.is_dir()]
    pictures = [path for path in files if is_picture(PurePath(path.name))]
    return Listing(pictures, [path for path in files if path not in set(pictures)])


def walked(folder: Path) -> Listing:
    """What lies in `folder` and below, by path. Links to folders are followed, but never into one that they lie in.

    Raises `Refused` where `folder` itself cannot be read.
    """
    pictures: list[Path] = []
    others: list[Path] = []
    waiting: list[tuple[Path, tuple[str, ...]]] = [(folder, ())]
    while waiting:
        place, around = waiting.pop()
        real = os.path.realpath(place)
        if real in around:
            continue
        try:
            inside = _inside(place)
        except Refused:
            if place == folder:
                raise
            others.append(place)
            continue
        for path in inside:
            if path.is_dir():
                waiting.append((path, (*around, real)))
            else:
                (pictures if is_picture(PurePath(path.name)) else others).append(path)
    return Listing(sorted(pictures), sorted(others))


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not is_hidden(PurePath(path.name)))
    except OSError as error:
        raise Refused("dataset.unreadable", folder=folder, reason=error.strerror or error) from error


# --- names --------------------------------------------------------------------------------------------------


def composed(name: str) -> str:
    """A name as it is compared: composed (NFC). macOS and some archives write the same letters decomposed."""
    return unicodedata.normalize("NFC", name)


def stem_below(path: Path, folder: Path) -> str:
    """The name of a picture below `folder` without its suffix, composed: "001", or "cats/001" in a folder there."""
    return composed(path.relative_to(folder).with_suffix("").as_posix())


def matched(left: Mapping[str, Item], right: Mapping[str, Item]) -> tuple[list[tuple[str, Item, Item]], list[str]]:
    """Pairs of two folders' files, by relative name with suffix, as (name without suffix, left, right); and the names
    that have no partner.

    Equal names come first, then those that differ in their suffix, and last those that differ in capitals. A name that
    could have two partners has none: which one is meant, only a person knows.
    """
    pairs: list[tuple[str, Item, Item]] = []
    for way in (composed, _stem, lambda name: _stem(name).casefold()):
        taken = {id(item) for _, *both in pairs for item in both}
        sides = [
            _unique((way(name), name, item) for name, item in each.items() if id(item) not in taken)
            for each in (left, right)
        ]
        pairs += [(_stem(sides[0][key][0]), sides[0][key][1], sides[1][key][1]) for key in sides[0] if key in sides[1]]
    taken = {id(item) for _, *both in pairs for item in both}
    alone = [name for each in (left, right) for name, item in each.items() if id(item) not in taken]
    return sorted(pairs, key=lambda pair: pair[0]), sorted(alone)


def _stem(name: str) -> str:
    return composed(str(PurePath(name).with_suffix("").as_posix()))


def _unique(named: Iterable[tuple[str, str, Item]]) -> dict[str, tuple[str, Item]]:
    found: dict[str, list[tuple[str, Item]]] = {}
    for key, name, item in named:
        found.setdefault(key, []).append((name, item))
    return {key: items[0] for key, items in found.items() if len(items) == 1}


# --- folders that say what they are for -----------------------------------------------------------------------

PARTS: tuple[str, ...] = ("train", "val", "test")
_PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}
# Sides of pairs, by the names that projects give them, the source first.
_SIDES = (("source", "target"), ("a", "b"), ("input", "target"), ("input", "output"))


class Sides(NamedTuple):
    """Two kinds of pictures in folders that say so."""

    names: tuple[str, str]  # as the folders are called: ("A", "B"), or ("trainA", "trainB")
    # By part of the data: train, val, test; "train" where no part is named. Of testA and testB one may be absent.
    parts: dict[str, tuple[Path, Path]]
    likely: str  # what they are for: "paired" (source and target), "unpaired" (trainA and trainB), or "either"


def part_of(name: str) -> str:
    """train, val or test, where a folder is called so in any of the usual ways; or ""."""
    return _PARTS.get(_plain(name), "")


def sides_of(folder: Path) -> Sides | None:
    """The two sides that the folders of `folder` make, in any of the usual ways; None where they do not.

    source/ and target/, or A/ and B/; with train/, val/ and test/ in each; or the other way about, train/A and train/B;
    or trainA/ and trainB/ (or A_train/ and B_train/), with testA/ and testB/.
    """
    here = {_plain(path.name): path for path in reversed(folders(folder))}
    for pair in _SIDES:
        if all(side in here for side in pair):
            first, second = (here[side] for side in pair)
            below = [{part_of(path.name): path for path in folders(side)} for side in (first, second)]
            both = [part for part in PARTS if part in below[0] and part in below[1]]
            parts = {part: (below[0][part], below[1][part]) for part in both}
            return Sides((first.name, second.name), parts or {"train": (first, second)}, _likely(pair))
    for pair in _SIDES:
        inner = {part_of(path.name): {_plain(each.name): each for each in folders(path)} for path in here.values()}
        parts = {
            part: (inner[part][pair[0]], inner[part][pair[1]])
            for part in PARTS
            if all(side in inner.get(part, {}) for side in pair)
        }
        if parts:
            first, second = next(iter(parts.values()))
            return Sides((first.name, second.name), parts, _likely(pair))
    named = {(part_of(name[:-1]), name[-1]): path for name, path in here.items() if name[-1:] in ("a", "b")}
    named |= {(part_of(name[1:]), name[0]): path for name, path in here.items() if name[:1] in ("a", "b")}
    if not {("train", "a"), ("train", "b")} <= named.keys():
        return None
    parts = {
        part: (named.get((part, "a"), folder / f"{part}A"), named.get((part, "b"), folder / f"{part}B"))
        for part in PARTS
        if {(part, "a"), (part, "b")} & named.keys()
    }
    return Sides((parts["train"][0].name, parts["train"][1].name), parts, "unpaired")


def _likely(pair: tuple[str, str]) -> str:
    return "either" if pair == ("a", "b") else "paired"


def parts_in(folder: Path) -> dict[str, Path]:
    """{train, val, test: folder}, where `folder` holds such folders and no others; else {}."""
    below = folders(folder)
    found = {part_of(path.name): path for path in reversed(below)}
    return {} if "" in found or "train" not in found else found


def classes_of(files: Sequence[Path], root: Path) -> dict[Path, str]:
    """For each file the name of the innermost folder that it lies in below `root`; "" where there is none.

    Folders called train, val and test are no classes, where they lie beside none but such.
    """
    below = {folder for path in files for folder in path.relative_to(root).parents if folder.name}
    beside: dict[PurePath, set[str]] = {}
    for folder in below:
        beside.setdefault(folder.parent, set()).add(part_of(folder.name))
    parts = {folder for folder in below if "train" in (names := beside[folder.parent]) and "" not in names}
    found = {}
    for path in files:
        around = [folder for folder in path.relative_to(root).parents if folder.name and folder not in parts]
        found[path] = composed(around[0].name) if around else ""
    return found


def no_pictures(folder: Path, others: Iterable[PurePath]) -> Refused:
    """The refusal of a folder or ZIP without pictures, naming the `others` that it holds instead."""
    instead = counted(others)
    return Refused("data.others_only", folder=folder, **instead) if instead else Refused("data.empty", folder=folder)


def _plain(name: str) -> str:
    """A folder's name as it is compared: in any capitals, full or half width, with or without a space, "-" or "_"."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c not in " -_")
