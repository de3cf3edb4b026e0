"""Paired pictures from a folder, in any of three forms, cropped and flipped alike on both sides.

- folders: `source/` and `target/`, or `A/` and `B/` (see `files.sides_of`); files of one name are a pair,
  whatever their suffixes;
- beside: each file holds two pictures of one size side by side (pytorch-CycleGAN-and-pix2pix's form), in the
  folder itself or in its `train/`;
- photos: plain photographs, whose line drawings are made on the fly.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from ganstudio import images
from ganstudio.data.beside import are_double
from ganstudio.data.order import fold_of, index_at, rng_at
from ganstudio.files import (
    SUFFIXES,
    composed,
    folders,
    listed,
    matched,
    no_pictures,
    parts_in,
    sides_of,
    stem_below,
    walked,
)
from ganstudio.words import Refused

UNREADABLE_SHARE = 0.2  # above this share of unreadable pictures, the folder is refused
TRACES_KEPT = 8192  # traced photos a worker keeps: some tens of KB each
MOST_REPEATS = 100
ROOMY = 0.6  # share of the portraits that get room around them
UNLIKE = 50  # levels of 255 by which a pixel at the edge is no backdrop
PROBE_SEED = 12345  # drawings on sample sheets and in evaluation: the same ones every time

Pixels = NDArray[np.uint8]  # (H,W,3) RGB


class PairSettings(Protocol):
    """The settings of a paired recipe that concern its data; see the recipe for units and bounds."""

    data: str
    form: str
    direction: str
    size: int
    seed: int
    enlarge: float
    shrink: float
    turn: float
    flip: bool
    repeat: str
    hands: str
    hands_share: float
    folds: int
    fold: int
    hold_out: str


@dataclass(frozen=True)
class Pair:
    """Where one pair lies: one file (beside, photos) or two (folders)."""

    name: str  # the file's without suffix, composed; in a folder below, with that
    source: Path
    target: Path | None = None


def find_pairs(folder: Path, form: str = "auto") -> tuple[str, list[Pair]]:
    """The form of the data in `folder` and its pairs by name, those to train on alone where parts are named.

    Raises `Refused` where there are none, or the form cannot be told.
    """
    if not folder.is_dir():
        raise Refused("data.no_folder", folder=folder)
    sides = sides_of(folder)
    if form == "folders" and sides is None:
        raise Refused("data.no_folder", folder=folder / "source")
    here = listed(folder).pictures
    if sides is not None and (form == "folders" or (form == "auto" and (sides.likely == "paired" or not here))):
        source, target = sides.parts.get("train") or next(iter(sides.parts.values()))
        return "folders", match(source, target)
    place = folder
    if not here and (parts := parts_in(folder)):
        place = parts["train"]
        here = walked(place).pictures
    if not here:
        found = ", ".join(f"{each.name}/" for each in folders(folder)[:10])
        raise (
            Refused("data.empty_here", folder=folder, found=found)
            if found
            else no_pictures(folder, listed(folder).others)
        )
    if form == "auto":
        double = are_double(here)
        if double is None:
            raise Refused("data.form_unsure", folder=folder)
        form = "beside" if double else "photos"
    return form, [Pair(stem_below(path, place), path) for path in here]


def match(source: Path, target: Path) -> list[Pair]:
    """The pairs of two folders and of those below; raises `Refused` naming the files without a partner."""
    sides = [{path.relative_to(side).as_posix(): path for path in walked(side).pictures} for side in (source, target)]
    pairs, alone = matched(*sides)
    if alone:
        names = {"source": f"{source.parent.name}/{source.name}", "target": f"{target.parent.name}/{target.name}"}
        raise Refused("data.unmatched", count=len(alone), names=", ".join(alone[:5]), **names)
    if not pairs:
        raise Refused("data.empty", folder=source)
    return [Pair(*pair) for pair in pairs]


def check(pairs: Sequence[Pair]) -> tuple[list[Pair], list[tuple[Path, str]]]:
    """The pairs that can be read, and (file, reason) for the rest; raises `Refused` when too few can be.

    Two files that make a pair must show the same aspect, or they cannot be aligned.
    """

    def reason(pair: Pair) -> tuple[Path, str] | None:
        try:
            first = images.decode(pair.source)
        except Refused as refusal:
            return pair.source, str(refusal)
        if pair.target is None:
            return None
        try:
            second = images.decode(pair.target)
        except Refused as refusal:
            return pair.target, str(refusal)
        if abs(first.width * second.height - second.width * first.height) > max(first.size + second.size):
            sizes = f"{second.width}x{second.height} does not align with {first.width}x{first.height}"
            return pair.target, sizes
        return None

    with ThreadPoolExecutor(4) as pool:
        reasons = list(pool.map(reason, pairs))
    bad = [r for r in reasons if r]
    good = [pair for pair, r in zip(pairs, reasons, strict=True) if r is None]
    if not good or len(bad) > UNREADABLE_SHARE * len(pairs):
        listed = "; ".join(f"{path.name}: {why}" for path, why in bad[:5])
        raise Refused("data.unreadable", bad=len(bad), count=len(pairs), listed=listed)
    return good, bad


def split(pairs: Sequence[Pair], folds: int, fold: int, hold_out: str) -> tuple[list[Pair], list[Pair]]:
    """(to train on, held back): the named pictures, and with several folds one of them, are held back."""
    if fold >= folds:
        raise Refused("data.fold", fold=fold, folds=folds)
    named = set(_listed(hold_out)) if hold_out else set()
    known = {p.name for p in pairs}
    # A list may name pictures by their paths elsewhere: then the last part counts.
    named |= {name.rpartition("/")[2] for name in named - known}
    held = [p for p in pairs if p.name in named or (folds > 1 and fold_of(p.name, folds) == fold)]
    not_to_train_on = set(held)
    kept = [p for p in pairs if p not in not_to_train_on]
    if not kept:
        raise Refused("data.all_held", count=len(pairs))
    return kept, held


def unknown_names(hold_out: str, folders: Sequence[Path]) -> list[str]:
    """The names in a list of pictures to hold back that no picture in or below `folders` has; raises `Refused`."""
    known = {composed(path.stem) for folder in folders for path in walked(folder).pictures}
    return [name for name in _listed(hold_out) if name.rpartition("/")[2] not in known]


def _listed(file: str) -> list[str]:
    """The names in a list of pictures, a line each, without suffixes."""
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()  # Windows writes a mark first
    except (OSError, ValueError) as error:
        raise Refused("data.hold_out", file=file, reason=error) from error
    return [_name(line.strip()) for line in lines if line.strip()]


def _name(file: str) -> str:
    """A pair's name from a file's, with or without suffix: names may have dots of their own."""
    path = PurePosixPath(composed(file.replace("\\", "/")))
    return str(path.with_suffix("") if path.suffix.lower() in SUFFIXES else path)


@lru_cache(maxsize=TRACES_KEPT)
def _traced(path: Path) -> object:
    from ganstudio.data.sketch import trace  # OpenCV, needed by this form alone

    return trace(_middle(images.decode(path)))


def _is_portrait(photo: Path) -> bool:
    """Whether one face fills it as those of aligned portraits do."""
    from ganstudio.data.sketch import Lines

    lines = _traced(photo)
    return isinstance(lines, Lines) and "face" in lines.parts and lines.place == (1.0, 0.0, 0.0)


class Pairs(Dataset[tuple[Tensor, Tensor]]):
    """Training pairs by position: uint8 (3,size,size) source and target, changed at random but alike.

    What is drawn for a position depends on (seed, position) alone. `hands` are pairs drawn by real hands: a share of
    the positions, by the settings, are theirs.
    """

    def __init__(self, pairs: Sequence[Pair], form: str, settings: PairSettings, hands: Sequence[Pair] = ()) -> None:
        self.pairs, self.form, self.settings, self.hands = list(pairs), form, settings, list(hands)

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, position: int) -> tuple[Tensor, Tensor]:
        s = self.settings
        pair, form = self.pairs[index_at(s.seed, position, len(self.pairs))], self.form
        rng = rng_at(s.seed, position)
        if self.hands and rng.random() < s.hands_share:
            pair, form = self.hands[int(rng.integers(len(self.hands)))], "folders"
        portrait = self.form == "photos" and (form != self.form or _is_portrait(pair.source))
        roomy = portrait and s.shrink > 0 and rng.random() < ROOMY
        source, target = read_pair(pair, form, s.direction, s.size, rng, s.shrink if roomy else 0.0)
        if form != self.form:
            source = _on_other_paper(source, rng)
            if roomy:
                source, target = _roomy(source, target, s.size, s.shrink, rng)
        if s.flip and rng.random() < 0.5:
            source, target = source[:, ::-1], target[:, ::-1]
        # A photo's drawing is on white paper; other sources continue their own border.
        white = self.form == "photos"
        # A portrait has had its room by now.
        enlarge, shrink = (0.0 if roomy else s.enlarge), (0.0 if portrait else s.shrink)
        x, y = crop_alike(source, target, s.size, enlarge, shrink, white, rng)
        if s.turn:
            x, y = turned_alike(x, y, rng.uniform(-s.turn, s.turn), white)
        return channels_first(x), channels_first(y)

    def probe(self, index: int) -> tuple[Tensor, Tensor]:
        """Pair `index` as sample sheets and evaluation show it: whole, unflipped, the same every time."""
        s = self.settings
        rng = np.random.default_rng([PROBE_SEED, index])
        source, target = read_pair(self.pairs[index], self.form, s.direction, s.size, rng)
        x, y = crop_alike(source, target, s.size, 0.0, 0.0, True, rng)
        return channels_first(x), channels_first(y)


def read_pair(
    pair: Pair, form: str, direction: str, size: int, rng: np.random.Generator, shrink: float = 0.0
) -> tuple[Pixels, Pixels]:
    """(source, target), square. A pair keeps its resolution, and is put on white as the engine puts a visitor's
    picture; of a photo the middle is cut out, `size` x `size`, and drawn. With `shrink` a photo that is a portrait gets
    room around it, so that its face is up to so much smaller."""
    if form == "folders":
        assert pair.target is not None
        x, y = images.decode(pair.source), images.decode(pair.target)
        if x.size != y.size:
            y = y.resize(x.size, Image.Resampling.BICUBIC)
        return _on_white(np.asarray(x)), _on_white(np.asarray(y))
    if form == "beside":
        both = np.asarray(images.decode(pair.source))
        half = both.shape[1] // 2
        left, right = _on_white(both[:, :half]), _on_white(both[:, half : 2 * half])
        return (left, right) if direction == "AtoB" else (right, left)
    from ganstudio.data.room import SIDE, random_room, with_room
    from ganstudio.data.sketch import Lines, random_drawing

    square = _middle(images.decode(pair.source))
    lines = _traced(pair.source)
    assert isinstance(lines, Lines)
    if shrink:
        portrait = np.asarray(square.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        photo, lines = with_room(portrait, lines, size, random_room(shrink, rng))
    else:
        photo = np.asarray(square.resize((size, size), Image.Resampling.BICUBIC))
    drawing = random_drawing(lines, size, rng)  # (size,size)
    return np.repeat(drawing[:, :, None], 3, axis=2), photo


def _on_white(pixels: Pixels) -> Pixels:  # (H,W,3) -> (max(H,W),max(H,W),3)
    height, width = pixels.shape[:2]
    rows, columns = max(0, width - height), max(0, height - width)
    border = ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0))
    return np.pad(pixels, border, mode="constant", constant_values=255)


def _middle(image: Image.Image) -> Image.Image:
    """The largest square in the middle of a photo: a face there fills more of it than of the whole."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def crop_alike(
    source: Pixels,
    target: Pixels,
    size: int,
    enlarge: float,
    shrink: float,
    white: bool,
    rng: np.random.Generator,
) -> tuple[Pixels, Pixels]:
    """The same random square of both pictures, `size` x `size`.

    Enlarged: a crop of at least 1 / (1 + enlarge) of the side. Made smaller (half of the pictures, if `shrink` is
    not 0; portraits get their room elsewhere, see data.room): the border is continued at the left and right from its
    edge pixels, and at the top from its corners (a `white` source: by white); the lower edge stays at the bottom.
    """
    height, width = source.shape[:2]
    if shrink and rng.random() < 0.5:
        extra = 1 / (1 - rng.uniform(0, shrink)) - 1
        sides, top = round(width * extra), round(height * extra)
        left = int(rng.integers(0, sides + 1))
        target = _continued(target, top, left, sides - left)
        if white:
            border = ((top, 0), (left, sides - left), (0, 0))
            source = np.pad(source, border, mode="constant", constant_values=255)
        else:
            source = _continued(source, top, left, sides - left)
        height, width = source.shape[:2]
        box = (0.0, 0.0, float(width), float(height))
    else:
        share = 1 / (1 + rng.uniform(0, enlarge)) if enlarge else 1.0
        w, h = width * share, height * share
        left, top = rng.uniform(0, width - w), rng.uniform(0, height - h)
        box = (left, top, left + w, top + h)

    def cut(pixels: Pixels) -> Pixels:
        if box == (0, 0, size, size) and pixels.shape[:2] == (size, size):
            return pixels
        picture = Image.fromarray(np.ascontiguousarray(pixels))
        return np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC, box=box))

    return cut(source), cut(target)


def turned_alike(source: Pixels, target: Pixels, degrees: float, white: bool) -> tuple[Pixels, Pixels]:
    """Both pictures turned about their middle by `degrees`; the border is continued (a `white` source: by white)."""
    import cv2

    height, width = source.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)

    def turned(pixels: Pixels, border: int) -> Pixels:
        size, white_paper = (width, height), (255, 255, 255)
        return np.asarray(
            cv2.warpAffine(pixels, turn, size, flags=cv2.INTER_LINEAR, borderMode=border, borderValue=white_paper),
            np.uint8,
        )

    continued = cv2.BORDER_REPLICATE
    return turned(source, cv2.BORDER_CONSTANT if white else continued), turned(target, continued)


def _roomy(drawing: Pixels, photo: Pixels, size: int, shrink: float, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """A portrait and the drawing of it by hand, with room around both."""
    from ganstudio.data.room import SIDE, random_room, with_room_drawn

    drawn, square = (
        np.asarray(Image.fromarray(side).resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for side in (drawing, photo)
    )
    return with_room_drawn(drawn, square, size, random_room(shrink, rng))


def _on_other_paper(drawing: Pixels, rng: np.random.Generator) -> Pixels:
    """A scanned drawing with its paper made white, mostly, and its ink darker or lighter: other pens, other light."""
    values = drawing.astype(np.float32) / 255
    if rng.random() < 0.8:
        values = values / max(float(np.percentile(values, 60)), 0.5)
    return (255 * np.clip(values, 0, 1) ** rng.uniform(0.8, 2.5)).astype(np.uint8)


def _continued(pixels: Pixels, top: int, left: int, right: int) -> Pixels:
    """A larger picture: the sides from the edge pixels, then the top as a blend of the two upper corners.

    In the upper part of the sides, hair or an ear that the edge cuts gives way to the corner's colour.
    """
    upper = pixels.shape[0] * 7 // 10
    corners = [np.median(corner, axis=(0, 1)) for corner in (pixels[:8, :8], pixels[:8, -8:])]  # (3,) each
    sides = []
    for edge, colour, count in zip((pixels[:, 0], pixels[:, -1]), corners, (left, right), strict=True):
        column = edge.copy()  # (H,3)
        unlike = np.abs(column[:upper] - colour).max(axis=1) > UNLIKE
        column[:upper][unlike] = colour
        sides.append(np.repeat(column[:, None], count, axis=1))
    wide = np.concatenate([sides[0], pixels, sides[1]], axis=1)
    blend = np.linspace(0, 1, wide.shape[1])[:, None]
    row = ((1 - blend) * corners[0] + blend * corners[1]).round().astype(np.uint8)  # (W,3)
    return np.concatenate([np.repeat(row[None], top, axis=0), wide])


def channels_first(pixels: Pixels) -> Tensor:  # (H,W,3) -> (3,H,W), uint8
    return torch.from_numpy(np.array(pixels.transpose(2, 0, 1), order="C"))


class Opened(NamedTuple):
    """A run's pictures."""

    train: Dataset[Any]
    probe: Dataset[Any]  # of sample sheets
    unreadable: list[tuple[Path, str]]  # with reasons
    line: str  # what there is


def open_pairs(c: PairSettings) -> Opened:
    """The pairs to train on; sample sheets show those that are held back, if any are."""
    form, pairs = find_pairs(Path(c.data), c.form)
    good, bad = check(pairs)
    kept, held = split(good, c.folds, c.fold, c.hold_out)
    line = f"{len(kept)} pictures to train on, {len(held)} held back, {len(bad)} unreadable, form {form}"
    hands: list[Pair] = []
    if c.hands:
        drawn, unreadable = check(find_pairs(Path(c.hands), "folders")[1])
        hands, hands_held = split(drawn, 1, 0, c.hold_out)
        bad += unreadable
        line += f"; by hand {len(hands)} to train on, {len(hands_held)} held back, {len(unreadable)} unreadable"
    kept = repeated(kept, c.repeat) if c.repeat else kept
    # A sample sheet is most honest on pictures that are never trained on.
    return Opened(Pairs(kept, form, c, hands), Pairs(held or kept, form, c), bad, line)


def repeated(pairs: Sequence[Pair], file: str) -> list[Pair]:
    """Each pair as often as the first pattern in `file` that matches its name says, once where none does.

    A line of the file is a pattern (`*` and `?` as in a shell) and a whole number from 0 to 100. Raises `Refused`.
    """
    rules = []
    try:
        for line in Path(file).read_text(encoding="utf-8-sig").splitlines():
            if line.strip():
                pattern, times = line.rsplit(maxsplit=1)
                rules.append((pattern.strip(), int(times)))
    except (OSError, ValueError) as error:
        raise Refused("data.repeat", file=file, reason=error) from error
    if not all(0 <= times <= MOST_REPEATS for _, times in rules):
        raise Refused("data.repeat", file=file, reason=f"0..{MOST_REPEATS}")

    def repeats(pair: Pair) -> int:
        return next((count for pattern, count in rules if fnmatchcase(pair.name, pattern)), 1)

    kept = [pair for pair in pairs for _ in range(repeats(pair))]
    if not kept:
        raise Refused("data.all_held", count=len(pairs))
    return kept
