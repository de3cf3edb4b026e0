"""Sheets with a face on them and sheets without, as a labelled folder: what the classifier `drawn-face` is trained on.

    FOLDER/train/{face,other}/KIND-NNNNN.png      to train on
    FOLDER/validate/..., FOLDER/test/...          other people, other hands, other pictures and other doodles; in `test`
                                                  also the kinds of doodles.UNSEEN, which the others lack

A picture is what `drawing.close_up` makes of a sheet. Those with too little or too much ink to be judged in the app are
left out. Doodles are made by code; photographs and real hands are added by naming folders of them.

    python -m ganstudio.data.sheets FOLDER --photos FACES --hands HANDS --others PICTURES --hold-out held_out.txt
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio import images
from ganstudio.data import demo, doodles
from ganstudio.data.drawing import INK, INK_TONE, SIDE, close_up
from ganstudio.data.folders import Pair, split
from ganstudio.data.order import fold_of
from ganstudio.data.sketch import random_drawing, sketch
from ganstudio.data.trace import trace
from ganstudio.files import walked

PARTS = ("train", "validate", "test")
KEPT = 60  # pixels a side: what a classifier of 48 takes with room for crops
SHARES = {"train": 1.0, "validate": 0.15, "test": 0.3}  # of the doodles of a kind, besides those of UNSEEN

Sheet = Image.Image
Plane = NDArray[np.uint8]  # (H,W)


class Folder:
    """Where sheets are written, numbered within their kinds."""

    def __init__(self, folder: Path, dice: np.random.Generator) -> None:
        self.folder, self.dice = folder, dice
        self.counts: dict[str, int] = {}

    def add(self, part: str, label: str, kind: str, sheet: Sheet) -> None:
        """Keeps a sheet, unless it has too little or too much ink for the app to judge."""
        grey = np.asarray(sheet.convert("L"))
        if not INK[0] <= float((grey < INK_TONE).mean()) <= INK[1]:
            return
        place = self.folder / part / label
        place.mkdir(parents=True, exist_ok=True)
        number = self.counts[f"{part} {kind}"] = self.counts.get(f"{part} {kind}", 0) + 1
        Image.fromarray(close_up(sheet, KEPT)).save(place / f"{kind}-{number:05d}.png")


def part_of(name: str, held: set[str]) -> str:
    """The part that a picture belongs to by its name: those held back are halved, of others one in twelve is a test."""
    if name in held:
        return ("validate", "test")[fold_of(name, 2)]
    return {0: "validate", 1: "test"}.get(fold_of(name, 12), "train")


def held_back(folders: list[Path], hold_out: str) -> set[str]:
    """The names in the list that pictures of the folders have; raises `Refused`."""
    pairs = [Pair(path.stem, path) for folder in folders for path in walked(folder).pictures]
    return {pair.name for pair in split(pairs, 1, 0, hold_out)[1]} if hold_out and pairs else set()


def chosen(folder: Path, most: int, held: set[str]) -> Iterator[tuple[str, Path]]:
    """(part, picture) of up to `most` pictures of a folder, those of each part spread evenly: 1/6 to validate, 1/6 to
    test, if it has so many."""
    parts: dict[str, list[Path]] = {part: [] for part in PARTS}
    for path in walked(folder).pictures:
        parts[part_of(path.stem, held)].append(path)
    for part, found in reversed(parts.items()):
        wanted = most * 4 // 6 if part == "train" else most // 6
        yield from ((part, path) for path in found[:: max(1, len(found) // max(1, wanted))][:wanted])


# --- with a face --------------------------------------------------------------------------------------------


def add_photos(into: Folder, folder: Path, most: int, each: int, held: set[str]) -> None:
    """Random training drawings of photographs of faces; and, without one: their pieces shuffled, and their corners."""
    for part, path in chosen(folder, most, held):
        lines = trace(images.decode(path))
        for number in range(each):
            drawn = random_drawing(lines, SIDE, into.dice)
            into.add(part, "face", "photo", _moved(drawn, into.dice))
            if number % 3 == 0:
                into.add(part, "other", "shuffled", _shuffled(drawn, into.dice))
            if number % 3 == 1:
                into.add(part, "other", "corner", _corner(drawn, into.dice))


def _moved(grey: Plane, dice: np.random.Generator) -> Sheet:
    """A drawing (H,W), turned a little, perhaps smaller and elsewhere, perhaps by a grey pencil: (SIDE,SIDE)."""
    scale = dice.uniform(0.5, 1.0) if dice.random() < 0.5 else 1.0
    turned = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), dice.uniform(-12, 12), scale * SIDE / max(grey.shape))
    shift = SIDE / 2 - np.array(grey.shape[::-1]) / 2 + dice.uniform(-0.5, 0.5, 2) * (1 - scale) * SIDE
    placed = np.column_stack([turned[:, :2], turned[:, 2] + shift])
    moved = cv2.warpAffine(grey, placed, (SIDE, SIDE), flags=cv2.INTER_AREA, borderValue=255)
    if dice.random() < 0.2:
        moved = (255 - (255 - moved.astype(np.float32)) * dice.uniform(0.4, 1)).astype(np.uint8)
    return Image.fromarray(moved)


def _shuffled(grey: Plane, dice: np.random.Generator) -> Sheet:
    """The pieces of a drawing, 3 x 3 to 5 x 5, in another order."""
    count = int(dice.integers(3, 6))
    side = SIDE // count
    pieces = [
        grey[y : y + side, x : x + side] for y in range(0, side * count, side) for x in range(0, side * count, side)
    ]
    order = dice.permutation(len(pieces))
    rows = [np.hstack([pieces[k] for k in order[row * count : (row + 1) * count]]) for row in range(count)]
    return _moved(np.vstack(rows), dice)


def _corner(grey: Plane, dice: np.random.Generator) -> Sheet:
    """What lies below the chin, or beside it: no feature of the face is in it."""
    wide, high = int(dice.uniform(0.25, 0.4) * SIDE), int(dice.uniform(0.18, 0.3) * SIDE)
    piece = (grey[-high:], grey[-2 * high :, :wide], grey[-2 * high :, -wide:])[int(dice.integers(3))]
    return _moved(np.pad(piece, 8, constant_values=255), dice)


def add_hands(into: Folder, folder: Path, most: int, held: set[str]) -> None:
    """Faces drawn by real hands."""
    for part, path in chosen(folder, most, held):
        square = images.letterbox(images.decode(path), SIDE)[0]
        into.add(part, "face", "artist", square)
        into.add(part, "face", "artist", _moved(np.asarray(square.convert("L")), into.dice))


def add_faces(into: Folder, count: int) -> None:
    """Childish faces by code, and the line drawings of `demo`, `count` of the first and a sixth of it of the second."""
    for seed, (part, share) in enumerate(SHARES.items()):
        for _ in range(round(count * share)):
            into.add(part, "face", "childish", doodles.draw(doodles.face(into.dice), into.dice))
        for drawn, _ in demo.faces(round(count * share / 6), SIDE, 70 + seed):
            into.add(part, "face", "demo", _moved(np.asarray(drawn.convert("L")), into.dice))


# --- without one --------------------------------------------------------------------------------------------


def add_doodles(into: Folder, count: int) -> None:
    """Things by code, `count` of each kind."""
    kinds = [(part, share, name, make) for part, share in SHARES.items() for name, make in doodles.KINDS.items()]
    kinds += [("test", SHARES["test"], name, make) for name, make in doodles.UNSEEN.items()]
    for part, share, name, make in kinds:
        for _ in range(round(count * share)):
            into.add(part, "other", name, doodles.draw(make(into.dice), into.dice))


def add_others(into: Folder, folder: Path, most: int) -> None:
    """Edges of pictures of other things, in the raster styles and now and then in strokes."""
    for part, path in chosen(folder, most, set()):
        square = images.letterbox(images.decode(path), SIDE)[0]
        style = str(into.dice.choice(["canny", "xdog", "pencil", "strokes"], p=[0.5, 0.25, 0.2, 0.05]))
        drawn = sketch(square, style, int(into.dice.integers(2**31)))
        into.add(part, "other", folder.name, _moved(np.asarray(drawn.convert("L")), into.dice))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ganstudio.data.sheets", allow_abbrev=False)
    parser.description = "Make sheets with and without a face, to train and measure the classifier drawn-face with."
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=Path, nargs="*", default=[], help="folders of aligned photographs of faces")
    parser.add_argument("--hands", type=Path, nargs="*", default=[], help="folders of faces drawn by hand")
    parser.add_argument("--others", type=Path, nargs="*", default=[], help="folders of pictures of other things")
    parser.add_argument("--hold-out", default="", help="list of photographs and drawings not to train on")
    parser.add_argument("--most", type=int, default=600, help="pictures of each folder (default: 600)")
    parser.add_argument("--each", type=int, default=9, help="drawings of a photograph (default: 9)")
    parser.add_argument("--faces", type=int, default=2400, help="childish faces to train on (default: 2400)")
    parser.add_argument("--doodles", type=int, default=200, help="doodles of a kind to train on (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    into = Folder(asked.folder, np.random.default_rng(asked.seed))
    held = held_back([*asked.photos, *asked.hands], asked.hold_out)
    add_faces(into, asked.faces)
    add_doodles(into, asked.doodles)
    for folder in asked.hands:
        add_hands(into, folder, asked.most, held)
    for folder in asked.others:
        add_others(into, folder, asked.most)
    for folder in asked.photos:
        add_photos(into, folder, asked.most, asked.each, held)
    for name, count in into.counts.items():
        print(f"{name}: {count}")


if __name__ == "__main__":
    main()
