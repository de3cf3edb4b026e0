"""Pictures without partners: two domains of them (CycleGAN), or many under labels.

Two domains come as `trainA` and `trainB` in one folder (pytorch-CycleGAN-and-pix2pix's form), as two folders, or as two
labels of one. Many come as one folder with a CSV of labels, or as a folder for each label. Transparency is laid on
white, and pictures are put on a white square, as the engine puts a visitor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from ganstudio import images
from ganstudio.analysis.colour import without_paper
from ganstudio.data.folders import Opened, Pair, channels_first, check, split
from ganstudio.data.order import index_at, rng_at
from ganstudio.data.pokedex import read_labels
from ganstudio.files import classes_of, no_pictures, sides_of, stem_below, walked
from ganstudio.networks.palette import RECOLOURS
from ganstudio.words import Refused

KEPT = 2**29  # bytes of decoded pictures that a process keeps: 6,990 for a size of 128, 109 for one of 1024
ROOM = 1.25  # they are kept a little larger than the training size, for enlarged crops


class VarySettings(Protocol):
    """The settings that say how a training picture may be changed; see the recipes for units and bounds."""

    size: int
    seed: int
    enlarge: float
    shrink: float
    flip: bool
    output: str


class UnpairedSettings(VarySettings, Protocol):
    data: str
    data_b: str
    labels: str
    domain_a: str
    domain_b: str
    folds: int
    fold: int
    hold_out: str


class SingleSettings(VarySettings, Protocol):
    data: str
    folds: int
    fold: int
    hold_out: str


class LabelledSettings(SingleSettings, Protocol):
    labels: str
    domains: str
    secondary: float


# --- which pictures ---------------------------------------------------------------------------------------


def find_labelled(folder: Path, labels: str) -> dict[Path, tuple[str, ...]]:
    """Every labelled picture of `folder` and its labels, the first one first, by name; raises `Refused`.

    Without a file of labels, each folder in `folder` is a label, and so is one below it, for what lies in that.
    """
    if not folder.is_dir():
        raise Refused("data.no_folder", folder=folder)
    listing = walked(folder)
    if not labels:
        named = {path: name for path, name in classes_of(listing.pictures, folder).items() if name}
        if not named:
            raise Refused("data.no_labels", folder=folder)
        return {path: (name,) for path, name in named.items()}
    table = read_labels(Path(labels), known=None)  # a person's own classes train as types do
    if not listing.pictures:
        raise no_pictures(folder, listing.others)
    found = {path: label.types for path in listing.pictures if (label := table.of(path.stem)) is not None}
    if not found:
        raise Refused("data.labels_match_none", folder=folder, file=labels)
    return found


def left_over(folder: Path, labels: str) -> str:
    """What of a folder and its table is not used, in a few words for the log; "" where all of it is."""
    listing = walked(folder)
    if labels:
        table = read_labels(Path(labels), known=None)
        without = sum(table.of(path.stem) is None for path in listing.pictures)
        said = [f"{count} rows match no picture" for count in [table.unused(p.stem for p in listing.pictures)] if count]
        said += [f"{table.twice} rows name a picture again"] if table.twice else []
    else:
        without, said = sum(not name for name in classes_of(listing.pictures, folder).values()), []
    said += [f"{without} without a label"] if without else []
    return "".join(f", {each}" for each in said)


def find_unpaired(c: UnpairedSettings) -> tuple[list[Pair], list[Pair], list[Pair], list[Pair]]:
    """(training pictures of A, of B, held-back ones of A, of B); raises `Refused` where a domain is empty.

    Held back are `testA` and `testB` where there are such, the named pictures, and with several folds one of them.
    """
    folder = Path(c.data)
    tests: list[tuple[Path, list[Path]]]
    if c.labels:
        labelled = find_labelled(folder, c.labels)
        # The first label decides: a picture of both domains would belong to neither.
        wanted = [name.strip().lower() for name in (c.domain_a, c.domain_b)]
        domains = [(folder, [p for p, types in labelled.items() if types[0] == domain]) for domain in wanted]
        for domain, (_, found) in zip((c.domain_a, c.domain_b), domains, strict=True):
            if not found:
                known = ", ".join(sorted({types[0] for types in labelled.values()}))
                raise Refused("data.no_such_label", label=domain, file=c.labels, known=known)
        tests = [(folder, []), (folder, [])]
    else:
        parts: dict[str, tuple[Path, Path]]
        if c.data_b:
            parts = {"train": (folder, Path(c.data_b))}
        else:
            sides = sides_of(folder) if folder.is_dir() else None
            if sides is None or "train" not in sides.parts:
                raise Refused("data.no_domains", folder=folder)
            parts = sides.parts
        for each in parts["train"]:
            if not each.is_dir():
                raise Refused("data.no_folder", folder=each)
        domains = [(each, walked(each).pictures) for each in parts["train"]]
        for each, found in domains:
            if not found:
                raise no_pictures(each, walked(each).others)
        apart = parts.get("test", (folder / "testA", folder / "testB"))
        tests = [(each, walked(each).pictures if each.is_dir() else []) for each in apart]
    kept, held = [], []
    for (place, found), (test_place, test) in zip(domains, tests, strict=True):
        inside, outside = split([Pair(stem_below(p, place), p) for p in found], c.folds, c.fold, c.hold_out)
        kept.append(inside)
        held.append(outside + [Pair(stem_below(p, test_place), p) for p in test])
    return kept[0], kept[1], held[0], held[1]


def find_single(folder: Path) -> list[Pair]:
    """Every picture of a folder, by name; raises `Refused` where there is none."""
    if not folder.is_dir():
        raise Refused("data.no_folder", folder=folder)
    listing = walked(folder)
    if not listing.pictures:
        raise no_pictures(folder, listing.others)
    return [Pair(stem_below(path, folder), path) for path in listing.pictures]


# --- as training pictures ---------------------------------------------------------------------------------


_kept: dict[tuple[Path, int, bool], NDArray[np.uint8]] = {}


def _square(path: Path, side: int, colours: bool) -> NDArray[np.uint8]:  # -> (side,side,3)
    place = (path, side, colours)
    if (found := _kept.get(place)) is not None:
        return found
    picture = images.decode(path, alpha="keep")
    if colours:  # what is nearly white around a drawing would count as its colours
        picture = without_paper(picture)
    square = np.asarray(images.letterbox(images.to_rgb(picture), side)[0])
    # Those that come first stay: of a set too large, pass after pass, the least recently used is the next one wanted.
    if len(_kept) < KEPT // square.nbytes:
        _kept[place] = square
    return square


def vary(path: Path, s: VarySettings, rng: np.random.Generator) -> Tensor:
    """A random change of one picture: uint8 (3,size,size). Mirrored, enlarged and cropped, or on more white."""
    picture = Image.fromarray(_square(path, round(s.size * ROOM), s.output in RECOLOURS))
    side = picture.width
    if s.flip and rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if s.shrink and rng.random() < 0.5:
        inner = max(1, round(s.size * (1 - rng.uniform(0, s.shrink))))
        x, y = (int(rng.integers(0, s.size - inner + 1)) for _ in range(2))
        sheet = Image.new("RGB", (s.size, s.size), (255, 255, 255))
        sheet.paste(picture.resize((inner, inner), Image.Resampling.LANCZOS), (x, y))
    else:
        crop = side / (1 + rng.uniform(0, s.enlarge))
        left, top = rng.uniform(0, side - crop), rng.uniform(0, side - crop)
        box = (left, top, left + crop, top + crop)
        sheet = picture.resize((s.size, s.size), Image.Resampling.BICUBIC, box=box)
    return channels_first(np.asarray(sheet))


def plain(path: Path, s: VarySettings) -> Tensor:
    """A picture as sample sheets show it: whole, uint8 (3,size,size)."""
    return channels_first(_square(path, s.size, s.output in RECOLOURS))


class Unpaired(Dataset[tuple[Tensor, Tensor]]):
    """Pictures of two domains by position: uint8 (3,size,size) each, drawn and changed independently, or where partners
    are known, at every second position two of one name, changed alike.

    What is drawn for a position depends on (seed, position) alone.
    """

    def __init__(self, a: Sequence[Pair], b: Sequence[Pair], settings: VarySettings) -> None:
        self.a, self.b, self.settings = list(a), list(b), settings
        # Pictures of one name show one thing: with a `pair_weight` every second position draws such a pair.
        named = {pair.name: pair for pair in self.b} if getattr(settings, "pair_weight", 0.0) else {}
        self.partners = [(pair, named[pair.name]) for pair in self.a if pair.name in named]

    def __len__(self) -> int:
        return min(len(self.a), len(self.b))

    def __getitem__(self, position: int) -> tuple[Tensor, Tensor]:
        s = self.settings
        rng = rng_at(s.seed, position)
        if self.partners and position % 2 == 0:
            pair = self.partners[index_at(s.seed + 2, position // 2, len(self.partners))]
            one, other = (vary(each.source, s, rng_at(s.seed, position)) for each in pair)  # changed alike
            return one, other
        a = self.a[index_at(s.seed, position, len(self.a))]
        b = self.b[index_at(s.seed + 1, position, len(self.b))]  # an order of its own: nothing pairs the two
        return vary(a.source, s, rng), vary(b.source, s, rng)

    def probe(self, index: int) -> tuple[Tensor, Tensor]:
        return plain(self.a[index].source, self.settings), plain(self.b[index].source, self.settings)


class Labelled(Dataset[tuple[Tensor, int]]):
    """Pictures with the number of their label by position: uint8 (3,size,size), and an index into `domains`.

    Labels are balanced: of any run of len(domains) positions that begins at a multiple of it, each label has one. A
    picture of two labels is drawn under either, under its second `secondary` times as often as under its first.
    """

    def __init__(self, labelled: dict[Path, tuple[str, ...]], settings: LabelledSettings) -> None:
        self.settings = settings
        self.domains = settings.domains.split(",")
        self.first: list[list[Path]] = [[p for p, t in labelled.items() if t[0] == d] for d in self.domains]
        self.second: list[list[Path]] = [[p for p, t in labelled.items() if d in t[1:]] for d in self.domains]
        self.filled = [
            k for k in range(len(self.domains)) if self.first[k] or (self.second[k] and settings.secondary > 0)
        ]
        if len(self.filled) < 2:
            raise Refused("data.one_label", known=", ".join(sorted({t for types in labelled.values() for t in types})))
        # A picture that is of a domain by its second label alone may be the only one of it.
        known = {path: [t for t in types if t in self.domains] for path, types in labelled.items()}
        self.all = sorted((path, self.domains.index(types[0])) for path, types in known.items() if types)

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, position: int) -> tuple[Tensor, int]:
        s = self.settings
        rng = rng_at(s.seed, position)
        label = self.filled[index_at(s.seed, position, len(self.filled))]
        first, second = self.first[label], self.second[label]
        share = len(first) / (len(first) + s.secondary * len(second))
        chosen = first if rng.random() < share else second
        return vary(chosen[int(rng.integers(len(chosen)))], s, rng), label

    def probe(self, index: int) -> tuple[Tensor, int]:
        path, label = self.all[index]
        return plain(path, self.settings), label


class Single(Dataset[tuple[Tensor, int]]):
    """Pictures of one kind by position: uint8 (3,size,size), and 0, the number of the only kind."""

    def __init__(self, pictures: Sequence[Pair], settings: VarySettings) -> None:
        self.pictures, self.settings = list(pictures), settings

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, position: int) -> tuple[Tensor, int]:
        s = self.settings
        pair = self.pictures[index_at(s.seed, position, len(self.pictures))]
        return vary(pair.source, s, rng_at(s.seed, position)), 0

    def probe(self, index: int) -> tuple[Tensor, int]:
        return plain(self.pictures[index].source, self.settings), 0


# --- opened for a run -------------------------------------------------------------------------------------


def open_unpaired(c: UnpairedSettings) -> Opened:
    """The pictures of both domains; sample sheets show those that are held back, if any are of each."""
    a, b, held_a, held_b = find_unpaired(c)
    (a, bad_a), (b, bad_b) = check(a), check(b)
    held = held_a and held_b
    probe = Unpaired(check(held_a)[0], check(held_b)[0], c) if held else Unpaired(a, b, c)
    line = f"{len(a)} + {len(b)} pictures to train on, {len(held_a)} + {len(held_b)} held back, "
    line += f"{len(bad_a + bad_b)} unreadable" + (left_over(Path(c.data), c.labels) if c.labels else "")
    return Opened(Unpaired(a, b, c), probe, bad_a + bad_b, line)


def open_single(c: SingleSettings) -> Opened:
    """As `open_unpaired`, for pictures of one kind."""
    kept, held = split(find_single(Path(c.data)), c.folds, c.fold, c.hold_out)
    good, bad = check(kept)
    shown = check(held)[0] if held else []
    line = f"{len(good)} pictures to train on, {len(held)} held back, {len(bad)} unreadable"
    return Opened(Single(good, c), Single(shown or good, c), bad, line)


def open_labelled(c: LabelledSettings) -> Opened:
    """As `open_unpaired`, for pictures under labels."""
    found = find_labelled(Path(c.data), c.labels)
    by_name = {str(path): path for path in found}
    kept, held = split([Pair(path.stem, path) for path in by_name.values()], c.folds, c.fold, c.hold_out)
    good, bad = check(kept)
    train = Labelled({pair.source: found[pair.source] for pair in good}, c)
    # Read now: one that cannot be shown must not end the run at its first sample sheet.
    shown = {pair.source: found[pair.source] for pair in (check(held)[0] if held else ())}
    probe = Labelled(shown, c) if len({types[0] for types in shown.values()} & set(train.domains)) > 1 else train
    line = f"{len(good)} pictures to train on, {len(held)} held back, {len(bad)} unreadable"
    # The network gets a label for each all the same, and nothing is learned of it: perhaps a mistyped --domains.
    absent = [domain for k, domain in enumerate(train.domains) if k not in train.filled]
    # Labels of the table that are none of the domains: their pictures are not trained on.
    others = {path for path, types in found.items() if not set(types) & set(train.domains)}
    line += f", {len(others)} of other labels" if others else ""
    line += f", none of {', '.join(absent)}" if absent else ""
    return Opened(train, probe, bad, line + left_over(Path(c.data), c.labels))
