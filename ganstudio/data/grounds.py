"""People before grounds of all kinds, and where they are: what the networks `figure` and `head` are trained on.

    FOLDER/train/source/NAME.png, FOLDER/train/target/NAME.png        RGB; white where the person is, black elsewhere
    FOLDER/train/kinds/{head,other}/NAME.png                          the same people, and pictures without a head
    FOLDER/test/...                                                   one in eight, held back

People are photographs of one face each, whose outline MediaPipe's network finds (see data.likeness), people drawn by
code, and drawings on white, whose outline is known. Grounds are their own, crops of other pictures, or plain.

    python -m ganstudio.data.grounds FOLDER --photos PORTRAITS --drawings AVATARS --grounds PICTURES \
        --others PICTURES MORE
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio import images
from ganstudio.analysis.flat import outside
from ganstudio.data.demo import person
from ganstudio.data.icons import Looks, filled
from ganstudio.data.order import fold_of
from ganstudio.data.room import random_room, widened
from ganstudio.files import walked

SIDE = 256
KEPT = 144  # pixels a side that are written
OWN, BUSY, PLAIN = 0.35, 0.8, 0.92  # dice below which a ground is a photograph's own, a picture, one colour; else white
_PAPER = 250  # level from which a drawing's ground is paper

Pixels = NDArray[np.uint8]  # (SIDE,SIDE,3)
Share = NDArray[np.float32]  # (SIDE,SIDE), 0..1


def of_photographs(files: Sequence[Path], looker: Looks, dice: np.random.Generator) -> Iterator[tuple[Pixels, Share]]:
    for file in files:
        pixels = _square(file)
        if dice.random() < 0.5:
            wide, _ = widened(pixels, random_room(0.4, dice))
            pixels = np.asarray(cv2.resize(wide, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
        yield pixels, looker.mask(pixels)


def of_drawings(files: Sequence[Path]) -> Iterator[tuple[Pixels, Share]]:
    """Drawings on white paper: what is not joined to the border by white."""
    for file in files:
        pixels = _square(file)
        yield pixels, not_paper(pixels)


def of_code(count: int, seed: int) -> Iterator[tuple[Pixels, Share]]:
    for index in range(count):
        shapes, portrait = person(index, SIDE, seed)
        outlines = [(shape.points + 1) * (SIDE / 2) for shape in shapes if shape.fill is not None and shape.part]
        yield np.asarray(portrait), filled(*outlines).astype(np.float32)


def not_paper(pixels: Pixels) -> Share:
    """1 where a drawing on white is, with the white that it encloses."""
    return (~outside(pixels.min(axis=2) >= _PAPER)).astype(np.float32)


def before(
    pixels: Pixels, share: Share, grounds: Sequence[Pixels], dice: np.random.Generator, own: float = OWN
) -> tuple[Pixels, Share]:
    """The person, moved and made smaller or larger, before a ground: its own, one of `grounds`, plain or white."""
    which = dice.random()
    if which < own:
        return pixels, share
    scale, dx = dice.uniform(0.55, 1.1), dice.uniform(-0.15, 0.15) * SIDE
    down = SIDE * (1 - scale) if dice.random() < 0.8 else SIDE * (1 - scale) * dice.random()  # mostly from below
    move = np.array([[scale, 0, (1 - scale) / 2 * SIDE + dx], [0, scale, down]], np.float32)
    size = (SIDE, SIDE)
    placed = cv2.warpAffine(pixels, move, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    where = cv2.warpAffine(share, move, size, flags=cv2.INTER_AREA, borderValue=0)
    behind: NDArray[Any]
    if which < BUSY and grounds:
        ground = grounds[int(dice.integers(len(grounds)))]
        side = int(dice.integers(SIDE // 2, SIDE + 1))
        left, top = (int(dice.integers(SIDE - side + 1)) for _ in range(2))
        crop = ground[top : top + side, left : left + side]
        behind = cv2.resize(crop[:, :: dice.choice([-1, 1])], size).astype(np.float32) * dice.uniform(0.6, 1.1)
        behind = cv2.GaussianBlur(behind, (0, 0), dice.uniform(0.1, 4))
    elif which < PLAIN:
        ends = dice.uniform(40, 255, (2, 1, 1, 3))
        behind = np.broadcast_to(ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, SIDE)[:, None, None], pixels.shape)
    else:
        behind = np.full(pixels.shape, 255, np.float32)
    mixed = placed * where[..., None] + behind * (1 - where[..., None])
    return mixed.clip(0, 255).astype(np.uint8), np.asarray(where, np.float32)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ganstudio.data.grounds", allow_abbrev=False)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=Path, nargs="*", default=[], help="folders of aligned portraits")
    parser.add_argument("--heads", type=Path, nargs="*", default=[], help="folders of heads whose outline is not asked")
    parser.add_argument("--drawings", type=Path, nargs="*", default=[], help="folders of heads drawn on white")
    parser.add_argument("--grounds", type=Path, nargs="*", default=[], help="folders of pictures without a face")
    parser.add_argument("--others", type=Path, nargs="*", default=[], help="folders of pictures that are no heads")
    parser.add_argument("--drawn", type=int, default=1500, help="people drawn by code (default: 1500)")
    parser.add_argument("--most", type=int, default=3000, help="pictures of each folder, at most (default: 3000)")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)

    from ganstudio.data.likeness import Looker

    dice = np.random.default_rng(asked.seed)
    grounds = []
    for folder in asked.grounds:
        for file in _some(folder, asked.most // 2):
            picture = images.to_rgb(images.decode(file))
            side = min(picture.size)
            left, top = (picture.width - side) // 2, (picture.height - side) // 2
            square = picture.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            grounds.append(np.asarray(square))
    sources = {"code": of_code(asked.drawn, asked.seed)}
    sources |= {folder.name: of_drawings(_some(folder, asked.most)) for folder in asked.drawings}
    photographs = {f"photo-{folder.name}" for folder in asked.photos}
    sources |= {
        f"photo-{folder.name}": of_photographs(_some(folder, asked.most), Looker(), dice) for folder in asked.photos
    }
    for kind, people in sources.items():
        for number, (pixels, share) in enumerate(people):
            name = f"{kind}-{number:05d}"
            shown, where = before(pixels, share, grounds, dice, OWN if kind == "code" or kind in photographs else 0.0)
            shown = lit(shown, dice) if kind in photographs else shown
            place = asked.folder / part_of(name)
            _write(place / "source", name, shown)
            _write(place / "target", name, np.repeat(where[..., None] * 255, 3, axis=2))
            _write(place / "kinds" / "head", name, shown)
            if kind in photographs and number % 3 == 0:
                _write(place / "kinds" / "head", f"{kind}.near-{number:05d}", _nearer(pixels, dice))
            if kind in photographs and number % 4 == 0:
                name = f"corner-{number:05d}"
                _write(asked.folder / part_of(name) / "kinds" / "other", name, _corner(pixels, dice))
    for folder in asked.heads:
        for number, file in enumerate(_some(folder, asked.most)):
            name = f"{folder.name}-{number:05d}"
            _write(asked.folder / part_of(name) / "kinds" / "head", name, _square(file))
    others = {folder.name: [*_some(folder, asked.most)] for folder in asked.others}
    for kind, files in others.items():
        for number, file in enumerate(files):
            name = f"{kind}-{number:05d}"
            _write(asked.folder / part_of(name) / "kinds" / "other", name, _square(file))


def part_of(name: str) -> str:
    """One in eight is held back, by its name."""
    return "test" if fold_of(name, 8) == 0 else "train"


def lit(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """In other light: darker or lighter, warmer or colder."""
    levels = (pixels / 255.0) ** np.exp(dice.normal(0, 0.35)) * np.exp(dice.normal(0, 0.06, 3))
    return (levels * 255).clip(0, 255).astype(np.uint8)


def _nearer(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """The middle of a portrait, in other light: a face that fills its picture."""
    side = int(dice.integers(SIDE * 6 // 10, SIDE * 9 // 10))
    left, top = (SIDE - side) // 2, int((SIDE - side) * dice.uniform(0.4, 0.7))
    return lit(np.asarray(cv2.resize(pixels[top : top + side, left : left + side], (SIDE, SIDE)), np.uint8), dice)


def _square(file: Path) -> Pixels:
    return np.asarray(images.letterbox(images.to_rgb(images.decode(file)), SIDE)[0])


def _corner(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """A piece from a portrait's border, in which no whole face is."""
    side = int(dice.integers(SIDE // 4, SIDE * 2 // 5))
    left = int(dice.integers(0, SIDE // 12)) if dice.random() < 0.5 else SIDE - side - int(dice.integers(0, SIDE // 12))
    top = int(dice.integers(0, SIDE - side))
    return np.asarray(cv2.resize(pixels[top : top + side, left : left + side], (SIDE, SIDE)), np.uint8)


def _write(place: Path, name: str, levels: NDArray[Any]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    small = cv2.resize(levels.astype(np.uint8), (KEPT, KEPT), interpolation=cv2.INTER_AREA)
    Image.fromarray(small).save(place / f"{name}.png", compress_level=3)


def _some(folder: Path, most: int) -> list[Path]:
    """Of a folder's pictures, up to `most`, spread evenly."""
    found = walked(folder).pictures
    return found[:: max(1, -(-len(found) // most))]


if __name__ == "__main__":
    main()
