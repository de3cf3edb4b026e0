"""Parts of a creature: how they are painted as labels, and the curves that they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ganstudio.data.demo import smooth

Points = NDArray[np.float64]  # (K,2): x to the right and y down; a creature is made around (0,0), about 2 across
Colour = tuple[int, int, int]
Pair = tuple[float, float]
LINE, SHADE, BASE, LIGHT = range(4)  # how a label's material is lit; a label is 4 * material + one of these
MATERIALS = (
    "nothing",
    "coat",
    "accent",
    "belly",
    "mark",
    "horn",
    "iris",
    "blush",
    "white",
    "ink",
    "mouth",
    "tongue",
)
INDEX = {name: number for number, name in enumerate(MATERIALS)}
INK: Colour = (44, 30, 44)
# --- parts and how they are painted -----------------------------------------------------------------------


class Part(NamedTuple):
    """One layer of the picture."""

    points: Points
    material: str
    on: str = ""  # a patch: lies only on the last part of this name, and keeps its shading
    name: str = ""  # for the patches that follow
    line: float = 1.0  # width of the outline, in usual lines; 0: none
    shade: float = 0.42  # depth of the shade, in thicknesses of the part; 0: none
    far: bool = False  # on the far side of the body: all in shade
    stroke: bool = False  # an open line instead of a form
    level: int = -1  # a patch that changes this much light instead of the material


_LINE_WIDTH = 0.026  # a usual outline, in units of a creature fitted to the picture
_MARGIN = 0.93


def fit(parts: list[Part]) -> list[Part]:
    """The parts moved and scaled so that they fill the picture."""
    solid = np.concatenate([part.points for part in parts if not part.on])
    low, high = solid.min(axis=0), solid.max(axis=0)
    scale = 2 * (_MARGIN - _LINE_WIDTH) / float((high - low).max())
    return [part._replace(points=(part.points - (low + high) / 2) * scale) for part in parts]


def _thickness(points: Points) -> float:
    """Twice the area over the perimeter: the radius of a disc."""
    x, y = points.T
    area = abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2
    edge = float(np.linalg.norm(points - np.roll(points, -1, axis=0), axis=1).sum())
    return 2 * area / max(edge, 1e-9)


def draw_parts(parts: list[Part], side: int) -> NDArray[np.uint8]:
    """(side,side) labels."""
    labels = np.zeros((side, side), np.uint8)
    owners = np.zeros((side, side), np.uint8)
    numbers: dict[str, int] = {"": 0}
    for part in parts:
        width = max(1.0, part.line * _LINE_WIDTH * side / 2)
        pixels = (part.points + 1) * side / 2
        low = np.clip(np.floor(pixels.min(axis=0) - width - 1).astype(int), 0, side)
        high = np.clip(np.ceil(pixels.max(axis=0) + width + 2).astype(int), 0, side)
        (left, top), (right, bottom) = low.tolist(), high.tolist()
        if right <= left or bottom <= top:
            continue
        window = np.s_[top:bottom, left:right]
        extent = (right - left, bottom - top)
        here = pixels - low
        base = 4 * INDEX[part.material]
        if part.stroke:
            mask = _stroked(here, extent, width, closed=False)
            if part.on:
                mask &= owners[window] == numbers[part.on]
            labels[window][mask] = base + LINE
            continue
        mask = _filled(here, extent)
        if part.on:
            mask &= (owners[window] == numbers[part.on]) & (labels[window] % 4 != LINE)
            old = labels[window][mask]
            if part.level >= 0:
                # Light does not reach into the shade.
                labels[window][mask] = np.where(old % 4 == SHADE, old, old - old % 4 + part.level)
            else:
                labels[window][mask] = base + old % 4
            continue
        if part.line:
            outline = _stroked(here, extent, width, closed=True)
            labels[window][outline] = base + LINE
            owners[window][outline] = 0
        levels = np.full(mask.shape, base + BASE, np.uint8)
        if part.far:
            levels[:] = base + SHADE
        elif part.shade:
            depth = part.shade * _thickness(here)
            lit = _filled(here - (0.62 * depth, 0.78 * depth), extent)  # the light comes from the upper left
            levels[~lit] = base + SHADE
        if part.line:  # the line lies half inside the form
            mask &= ~outline
        labels[window][mask] = levels[mask]
        owners[window][mask] = numbers.setdefault(part.name, len(numbers)) if part.name else 0
    return labels


def _filled(points: Points, extent: tuple[int, int]) -> NDArray[np.bool_]:
    sheet = Image.new("1", extent)
    ImageDraw.Draw(sheet).polygon(points.ravel().tolist(), fill=1)
    return np.array(sheet)


def _stroked(points: Points, extent: tuple[int, int], width: float, closed: bool) -> NDArray[np.bool_]:
    """A line along the points, as quadrilaterals that share their corners: Pillow's own wide lines are notched."""
    sheet = Image.new("1", extent)
    canvas = ImageDraw.Draw(sheet)
    points = points[np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1) > 0.1]
    if len(points) < 2:
        return np.array(sheet)
    after = np.roll(points, -1, axis=0) - points
    after /= np.linalg.norm(after, axis=1, keepdims=True)
    before = np.roll(after, 1, axis=0)
    if not closed:
        before[0], after[-1] = after[0], before[-1]
    corner = np.sum(after * before, axis=1) < 0.97
    along = after + before
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    shared, own = (np.stack([-way[:, 1], way[:, 0]], axis=1) * width / 2 for way in (along, after))
    at_start = np.where(corner[:, None], own, shared)
    at_end = np.where(np.roll(corner, -1)[:, None], own, np.roll(shared, -1, axis=0))
    ends = np.roll(points, -1, axis=0)
    quads = np.concatenate([points + at_start, ends + at_end, ends - at_end, points - at_start], axis=1)
    for quad in quads.tolist() if closed else quads[:-1].tolist():
        canvas.polygon(quad, fill=1)
    if not closed:
        corner[[0, -1]] = True
    for x, y in points[corner].tolist():  # round
        canvas.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=1)
    return np.array(sheet)


# --- curves -----------------------------------------------------------------------------------------------


def oval(
    x: float, y: float, width: float, height: float, tilt: float = 0, square: float = 2, count: int = 80
) -> Points:
    """An ellipse of half axes `width` and `height`, turned by `tilt` degrees; `square` above 2 fills its corners."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    cosine, sine = np.cos(angle), np.sin(angle)
    around = np.stack(
        [
            width * np.sign(cosine) * np.abs(cosine) ** (2 / square),
            height * np.sign(sine) * np.abs(sine) ** (2 / square),
        ],
        axis=1,
    )
    return rotated(around, tilt) + np.array([x, y])


def rotated(points: Points, degrees: float, about: Pair = (0, 0)) -> Points:
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return (points - about) @ np.array([[cosine, sine], [-sine, cosine]]) + about


def bent(corners: Sequence[Pair] | Points, closed: bool = True, steps: int = 14) -> Points:
    """`smooth`, closed and fine unless told otherwise: most parts of a creature are."""
    return smooth(*corners, closed=closed, steps=steps)


def tube(path: Sequence[Pair], widths: Sequence[float]) -> Points:
    """A tube along the smooth path whose half widths run through `widths`; its ends are round, or pointed at 0."""
    middle = bent(path, closed=False, steps=12)
    place = np.linspace(0, 1, len(middle))
    half = np.interp(place, np.linspace(0, 1, len(widths)), widths)
    along = np.gradient(middle, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    caps = []
    for end, sign in ((-1, 1.0), (0, -1.0)):
        angle = np.linspace(0, np.pi, 14)[1:-1, None]
        caps.append(middle[end] + half[end] * sign * (np.cos(angle) * across[end] + np.sin(angle) * along[end]))
    left, right = middle + half[:, None] * across, middle - half[:, None] * across
    return np.concatenate([left, caps[0], right[::-1], caps[1]])


def blade(base: Pair, tip: Pair, width: float, bend: float = 0, belly: float = 0.4, blunt: bool = False) -> Points:
    """A form from `base` to `tip`, widest at the share `belly` of its length; `bend` curves it sideways.

    Its tip is pointed like a leaf's, or `blunt` like a petal's."""
    start, end = np.array(base), np.array(tip)
    along = end - start
    across = np.array([-along[1], along[0]])
    share = (1 - np.cos(np.linspace(0, np.pi, 31))) / 2  # denser at the ends
    half = np.sin(np.pi * share ** (np.log(0.5) / np.log(belly)))
    half = np.clip(half, 0, None) ** (0.55 if blunt else 0.9)
    middle = start + share[:, None] * along + (bend * 4 * share * (1 - share))[:, None] * across
    side = across / max(float(np.linalg.norm(across)), 1e-9) * width
    return np.concatenate([middle + half[:, None] * side, (middle - half[:, None] * side)[-2:0:-1]])
