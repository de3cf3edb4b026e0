"""The few colours of a flat drawing on white: how much there is of each, and where; and whether a result has kept one.

Colours are CIE Lab (D65), distances Delta E of 1976: the plain distance in Lab, in which about 2 can just be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio import images

SIDE = 128  # pixels of the longer side at which a picture is looked at
CELL = 3.0  # side in Lab of the cells in which pixels are counted
MERGED = 12.0  # Delta E within which two colours are one area's, shaded or noisy
PAPER = 6.0  # Delta E from white within which a pixel is blank; pale skin is 9 and more from it
INK = 10.0  # Delta E from black within which a pixel is an outline
LEAST = 0.02  # share of what is painted; less is rims and noise
LARGE = 0.05  # share of what is painted that hair and skin have at least
LOW = 0.85  # of the height: what has its centre below is shoulders
COVERED = 0.5  # share of an area for which a result has to have a colour; see `change`

Lab = tuple[float, float, float]
WHITE: Lab = (100.0, 0.0, 0.0)
BLACK: Lab = (0.0, 0.0, 0.0)


class Area(NamedTuple):
    """All that a picture has of one colour."""

    lab: Lab  # its mean: lightness 0 to 100, a and b about -100 to 100
    share: float  # of the painted pixels, those that are neither white nor black
    x: float  # its centre of gravity, 0 (left) to 1
    y: float  # 0 (top) to 1


def areas(picture: Image.Image, ink: float = INK) -> list[Area]:
    """The picture's dominant colours, the largest area first; none for a blank one. Transparency is laid on white.
    `ink` is the Delta E from black within which a pixel is an outline; 0 where black is a colour like others.

    Cells of Lab, the fullest first, either join the nearest colour found so far, if it is within `MERGED`, or are a
    new one.
    """
    import cv2

    small = images.to_rgb(picture)
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    lab = np.asarray(cv2.cvtColor(np.asarray(small, np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)  # (h,w,3)
    rows, columns = np.nonzero((_distance(lab, WHITE) > PAPER) & (_distance(lab, BLACK) >= ink))
    painted = lab[rows, columns]  # (P,3)
    if not len(painted):
        return []
    cells, of_cell, counts = np.unique(np.round(painted / CELL), axis=0, return_inverse=True, return_counts=True)
    centres: list[NDArray[np.float32]] = []
    colour_of = np.zeros(len(cells), np.intp)
    for cell in np.argsort(-counts, kind="stable"):
        away = [float(np.linalg.norm(cells[cell] * CELL - centre)) for centre in centres]
        if away and min(away) <= MERGED:
            colour_of[cell] = int(np.argmin(away))
        else:
            colour_of[cell] = len(centres)
            centres.append(cells[cell] * CELL)
    colours = colour_of[of_cell.reshape(-1)]  # (P,)
    found = []
    for colour in range(len(centres)):
        own = colours == colour
        light, a, b = painted[own].mean(axis=0).tolist()
        x, y = ((place[own].mean() + 0.5) / side for place, side in ((columns, lab.shape[1]), (rows, lab.shape[0])))
        found.append(Area((light, a, b), float(own.mean()), float(x), float(y)))
    return sorted((area for area in found if area.share >= LEAST), key=lambda area: -area.share)


def hair_and_skin(found: Sequence[Area]) -> tuple[Area, Area] | None:
    """A drawn face's hair and skin: of its two largest areas, shoulders apart, the one that lies higher and the other.

    None where it has no two, as where hair is of the skin's colour. No more than that is known of the picture: clothes
    or a hat larger than the face are taken for it.
    """
    face = [area for area in found if area.share >= LARGE and area.y <= LOW]
    if len(face) < 2:
        return None
    hair, skin = sorted(face[:2], key=lambda area: area.y)
    return hair, skin


def change(wanted: Area, found: Sequence[Area]) -> float:
    """How far a picture of the areas `found` is from having the wanted colour: Delta E of the nearest, by area.

    Its colours are taken, the nearest first, until they make up `COVERED` of the wanted area's share; the mean distance
    of what was taken, by share, is the answer. So a speck of the right colour does not do, and an area that is half as
    large does. What is missing then counts as white.
    """
    needed = left = COVERED * wanted.share
    total = 0.0
    for away, share in sorted((float(_distance(np.array(area.lab), wanted.lab)), area.share) for area in found):
        taken = min(left, share)
        total += taken * away
        left -= taken
    total += left * float(_distance(np.array(WHITE), wanted.lab))
    return total / needed


def kept_in_place(wanted: Area, true: Image.Image, made: Image.Image) -> float:
    """How far a colour of the picture `true` is from what a picture of the same thing has in its place: Delta E of the
    median over the pixels that are of it in `true`. Both RGB, of one size."""
    import cv2

    lab, other = (
        np.asarray(cv2.cvtColor(np.asarray(each, np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
        for each in (true, made)
    )
    there = _distance(lab, wanted.lab) < MERGED
    return float(_distance(np.asarray(np.median(other[there], axis=0), np.float32), wanted.lab)) if there.any() else 0.0


def _distance(lab: NDArray[np.floating], colour: Lab) -> NDArray[np.floating]:  # (...,3) -> (...)
    return np.linalg.norm(lab - np.asarray(colour, lab.dtype), axis=-1)
