"""Invented creatures drawn by code, each in the colours of any of the 18 types.

A creature is a list of parts painted from back to front on a sheet of *labels*: which material lies at a point
(coat, belly, horn ...) and whether it is line, shade, base or light. Only then a palette gives the labels
colours, so the same creature in two palettes has the same shape bit for bit: its true partner.

Everything is drawn from scratch; no creature is meant to resemble one from a game or a film.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ganstudio.data.demo import smooth

Pixels = NDArray[np.uint8]  # (size,size,4) RGBA
Points = NDArray[np.float64]  # (K,2): x to the right and y down; a creature is made around (0,0), about 2 across
Colour = tuple[int, int, int]
Pair = tuple[float, float]

SMALLEST, LARGEST = 16, 1024

# Good ones to show, as (seed, type).
EXAMPLES: tuple[tuple[int, str], ...] = (
    (211, "fire"),
    (313, "water"),
    (309, "grass"),
    (304, "electric"),
    (317, "ice"),
    (329, "fairy"),
    (303, "dark"),
    (307, "poison"),
)


class Palette(NamedTuple):
    """The usual colours of a type's creatures."""

    coat: Colour  # most of the body
    accent: Colour  # fins, wings, hair, the inside of ears
    belly: Colour
    mark: Colour  # stripes and spots
    horn: Colour  # beaks, claws and horns
    iris: Colour


PALETTES: dict[str, Palette] = {
    "normal": Palette((204, 172, 136), (150, 108, 82), (246, 232, 208), (126, 88, 68), (232, 206, 170), (104, 70, 50)),
    "fire": Palette((242, 124, 52), (250, 196, 70), (254, 232, 190), (176, 42, 36), (255, 240, 214), (120, 52, 34)),
    "water": Palette((86, 154, 226), (52, 96, 186), (214, 238, 250), (36, 70, 150), (248, 226, 168), (30, 74, 150)),
    "grass": Palette((132, 194, 94), (70, 146, 82), (240, 244, 192), (48, 112, 70), (250, 214, 130), (120, 84, 40)),
    "electric": Palette((250, 214, 84), (88, 112, 200), (255, 248, 220), (72, 78, 156), (250, 164, 72), (56, 62, 140)),
    "ice": Palette((164, 220, 236), (106, 168, 218), (246, 252, 255), (90, 136, 204), (220, 226, 250), (52, 96, 170)),
    "fighting": Palette((206, 104, 84), (118, 66, 62), (246, 214, 180), (96, 44, 44), (250, 236, 214), (104, 62, 44)),
    "poison": Palette((168, 106, 196), (112, 62, 148), (236, 204, 240), (84, 40, 116), (190, 226, 110), (110, 50, 150)),
    "ground": Palette((206, 160, 96), (142, 98, 60), (246, 226, 174), (108, 70, 44), (240, 230, 206), (96, 60, 34)),
    "flying": Palette((152, 176, 232), (244, 246, 255), (250, 240, 224), (88, 106, 186), (250, 190, 92), (60, 70, 140)),
    "psychic": Palette(
        (244, 138, 172), (176, 98, 188), (255, 226, 230), (150, 56, 130), (250, 224, 140), (130, 40, 130)
    ),
    "bug": Palette((174, 196, 62), (226, 110, 70), (242, 240, 170), (92, 110, 40), (250, 216, 110), (60, 104, 60)),
    "rock": Palette((180, 164, 132), (124, 112, 100), (222, 212, 186), (94, 82, 72), (206, 222, 226), (96, 66, 40)),
    "ghost": Palette((126, 108, 176), (78, 66, 128), (206, 196, 236), (54, 44, 98), (178, 236, 230), (150, 60, 170)),
    "dragon": Palette((98, 108, 210), (240, 120, 92), (250, 218, 166), (58, 58, 146), (250, 236, 196), (60, 120, 130)),
    "dark": Palette((92, 84, 100), (206, 70, 80), (190, 180, 188), (48, 42, 58), (232, 218, 190), (176, 96, 56)),
    "steel": Palette((164, 178, 196), (94, 112, 142), (228, 234, 240), (72, 86, 114), (250, 206, 110), (40, 100, 140)),
    "fairy": Palette(
        (250, 176, 204), (250, 226, 150), (255, 242, 242), (226, 104, 154), (186, 214, 250), (150, 50, 110)
    ),
}

_LINE, _SHADE, _BASE, _LIGHT = range(4)  # how a label's material is lit; a label is 4 * material + one of these
_MATERIALS = (
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
_INDEX = {name: number for number, name in enumerate(_MATERIALS)}
_INK: Colour = (44, 30, 44)


def creature(seed: int | Sequence[int], palette: str, size: int) -> Pixels:
    """(size,size,4) RGBA: a creature on transparent ground, in the colours of the type `palette`.

    The same seed gives the same creature and the same alpha in every palette. Pixels of alpha 0 are (0,0,0).
    `size` is 16 to 1024 pixels a side. Raises ValueError for another size or type.
    """
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"size is {size}; creatures have {SMALLEST} to {LARGEST} pixels a side")
    if palette not in PALETTES:
        raise ValueError(f"palette is {palette}; choose one of {', '.join(PALETTES)}")
    # Colours have dice of their own: what a creature looks like must not hang on how many they were thrown.
    numbers = [seed] if isinstance(seed, int) else list(seed)
    parts = _fit(_compose(np.random.default_rng([*numbers, 0])))
    table = _colours(PALETTES[palette], np.random.default_rng([*numbers, 1]))
    fine = 4 if size <= 160 else 3
    labels = _draw(parts, size * fine)
    covered = labels > 0
    levels = table[labels]  # (size*fine,size*fine,3); what is not covered has the colour of lines, for clean edges
    axis = np.linspace(1.05, 0.93, size, dtype=np.float32)[:, None, None]  # the ground takes light away
    colours = levels.reshape(size, fine, size, fine, 3).mean(axis=(1, 3)) * axis
    alpha = covered.reshape(size, fine, size, fine).mean(axis=(1, 3)) * 255
    picture = np.concatenate([np.clip(colours, 0, 255), alpha[..., None]], axis=2)
    picture = (picture + 0.5).astype(np.uint8)
    picture[picture[..., 3] == 0] = 0
    return picture


# --- colours ----------------------------------------------------------------------------------------------


def _mix(colour: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour, the rest of the first."""
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _colours(palette: Palette, dice: np.random.Generator) -> NDArray[np.float32]:
    """(labels,3) in 0..255: the palette, a little varied, in line, shade, base and light."""
    varied = {}
    whole = dice.normal(0, 4, 3)
    for name, colour in palette._asdict().items():
        red, green, blue = np.clip(np.array(colour) + whole + dice.normal(0, 4, 3), 0, 255).round().astype(int).tolist()
        varied[name] = (red, green, blue)
    paints: dict[str, Colour] = {
        **varied,
        "nothing": _INK,
        "blush": _mix(varied["coat"], (250, 96, 112), 0.5),
        "white": (255, 255, 255),
        "ink": _INK,
        "mouth": (128, 44, 58),
        "tongue": (240, 128, 132),
    }
    table = np.zeros((4 * len(_MATERIALS), 3), np.float32)
    for number, name in enumerate(_MATERIALS):
        paint = paints[name]
        # Shade is darker and cooler, light is warmer, as in the open air.
        table[4 * number + _LINE] = _mix(_mix(paint, (0, 0, 0), 0.62), _INK, 0.6)
        table[4 * number + _SHADE] = _mix(_mix(paint, (0, 0, 0), 0.13), (88, 64, 150), 0.16)
        table[4 * number + _BASE] = paint
        table[4 * number + _LIGHT] = _mix(paint, (255, 252, 236), 0.42)
    table[4 * _INDEX["white"] + _LINE] = _INK
    for name in ("nothing", "ink"):
        table[4 * _INDEX[name] : 4 * _INDEX[name] + 4] = _INK
    return table


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


def _fit(parts: list[Part]) -> list[Part]:
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


def _draw(parts: list[Part], side: int) -> NDArray[np.uint8]:
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
        base = 4 * _INDEX[part.material]
        if part.stroke:
            mask = _stroked(here, extent, width, closed=False)
            if part.on:
                mask &= owners[window] == numbers[part.on]
            labels[window][mask] = base + _LINE
            continue
        mask = _filled(here, extent)
        if part.on:
            mask &= (owners[window] == numbers[part.on]) & (labels[window] % 4 != _LINE)
            old = labels[window][mask]
            if part.level >= 0:
                # Light does not reach into the shade.
                labels[window][mask] = np.where(old % 4 == _SHADE, old, old - old % 4 + part.level)
            else:
                labels[window][mask] = base + old % 4
            continue
        if part.line:
            outline = _stroked(here, extent, width, closed=True)
            labels[window][outline] = base + _LINE
            owners[window][outline] = 0
        levels = np.full(mask.shape, base + _BASE, np.uint8)
        if part.far:
            levels[:] = base + _SHADE
        elif part.shade:
            depth = part.shade * _thickness(here)
            lit = _filled(here - (0.62 * depth, 0.78 * depth), extent)  # the light comes from the upper left
            levels[~lit] = base + _SHADE
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


def _oval(
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
    return _turn(around, tilt) + np.array([x, y])


def _turn(points: Points, degrees: float, about: Pair = (0, 0)) -> Points:
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return (points - about) @ np.array([[cosine, sine], [-sine, cosine]]) + about


def _smooth(corners: Sequence[Pair] | Points, closed: bool = True, steps: int = 14) -> Points:
    """`smooth`, closed and fine unless told otherwise: most parts of a creature are."""
    return smooth(*corners, closed=closed, steps=steps)


def _limb(path: Sequence[Pair], widths: Sequence[float]) -> Points:
    """A tube along the smooth path whose half widths run through `widths`; its ends are round, or pointed at 0."""
    middle = _smooth(path, closed=False, steps=12)
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


def _leaf(base: Pair, tip: Pair, width: float, bend: float = 0, belly: float = 0.4, blunt: bool = False) -> Points:
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


# --- faces ------------------------------------------------------------------------------------------------


def _eyes(dice: np.random.Generator, x: float, y: float, apart: float, size: float, turn: float) -> list[Part]:
    """Two eyes; `turn` from -1 (looks left) to 1 makes the far one narrower."""
    style = str(dice.choice(["dark", "iris", "wide", "happy"], p=[0.38, 0.36, 0.2, 0.06]))
    parts: list[Part] = []
    height = size * dice.uniform(1.15, 1.35)
    for side in (-1, 1):
        narrow = 1 - 0.22 * max(0.0, side * turn)
        at = x + side * apart * narrow
        width = size * narrow * 0.86
        glance = turn * 0.12 * width
        eye = f"eye{side}"
        if style == "happy":
            arch = [(at - width, y + 0.3 * height), (at, y - 0.42 * height), (at + width, y + 0.3 * height)]
            parts.append(Part(_smooth(arch, closed=False), "ink", line=1.3, stroke=True))
            continue
        if style == "dark":
            parts.append(Part(_oval(at, y, width, height), "ink", name=eye, line=0))
            parts.append(Part(_oval(at, y + 0.55 * height, width * 0.72, height * 0.36), "iris", on=eye))
        elif style == "iris":
            parts.append(Part(_oval(at, y, width * 1.05, height), "ink", name=eye, line=0.4))
            inner = _oval(at + glance * 0.4, y + 0.1 * height, width * 0.84, height * 0.82)
            parts.append(Part(inner, "iris", on=eye))
            parts.append(Part(_oval(at + glance, y + 0.02 * height, width * 0.46, height * 0.52), "ink", on=eye))
        else:
            parts.append(Part(_oval(at, y, width * 1.15, height * 1.02), "white", name=eye, line=0.75, shade=0))
            parts.append(Part(_oval(at + glance * 1.6, y + 0.1 * height, width * 0.78, height * 0.76), "iris", on=eye))
            parts.append(Part(_oval(at + glance * 1.8, y + 0.1 * height, width * 0.5, height * 0.52), "ink", on=eye))
        glint = _oval(at - 0.3 * width + glance, y - 0.42 * height, width * 0.36, height * 0.3)
        parts.append(Part(glint, "white", on=eye))
        parts.append(
            Part(_oval(at + 0.34 * width + glance, y + 0.42 * height, width * 0.17, height * 0.14), "white", on=eye)
        )
    return parts


def _mouth(dice: np.random.Generator, x: float, y: float, size: float, style: str = "") -> list[Part]:
    style = style or str(dice.choice(["smile", "cat", "open", "fang", "tiny"], p=[0.3, 0.2, 0.26, 0.14, 0.1]))
    ends = (x - size, y - 0.22 * size), (x + size, y - 0.22 * size)
    line = _smooth([ends[0], (x, y + 0.25 * size), ends[1]], closed=False)
    if style == "smile":
        return [Part(line, "ink", line=0.9, stroke=True)]
    if style == "tiny":
        small = _smooth([(x - 0.4 * size, y), (x, y + 0.18 * size), (x + 0.4 * size, y)], closed=False)
        return [Part(small, "ink", line=0.9, stroke=True)]
    if style == "cat":
        corners = [
            ends[0],
            (x - 0.5 * size, y + 0.2 * size),
            (x, y - 0.16 * size),
            (x + 0.5 * size, y + 0.2 * size),
            ends[1],
        ]
        return [Part(_smooth(corners, closed=False), "ink", line=0.9, stroke=True)]
    if style == "fang":
        tooth = np.array([(x + 0.18 * size, y + 0.12 * size), (x + 0.74 * size, y), (x + 0.5 * size, y + 0.66 * size)])
        return [Part(tooth, "white", line=0.5, shade=0), Part(line, "ink", line=0.9, stroke=True)]
    lower = _smooth(
        [
            ends[1],
            (x + 0.62 * size, y + 0.55 * size),
            (x, y + 0.85 * size),
            (x - 0.62 * size, y + 0.55 * size),
            ends[0],
        ],
        closed=False,
    )
    hole = np.concatenate([line, lower])
    return [
        Part(hole, "mouth", name="mouth", line=0.8, shade=0),
        Part(_oval(x, y + 0.8 * size, 0.55 * size, 0.36 * size), "tongue", on="mouth"),
    ]


def _face(
    dice: np.random.Generator,
    on: str,
    x: float,
    y: float,
    reach: float,
    turn: float = 0,
    mouth: bool = True,
) -> list[Part]:
    """Eyes, cheeks and mouth around (x, y) on the part named `on`; `reach` is half the width of the face."""
    x += 0.2 * turn * reach
    apart = reach * dice.uniform(0.42, 0.52)
    size = reach * dice.uniform(0.19, 0.25)
    parts: list[Part] = []
    if dice.random() < 0.75:
        for side in (-1, 1):
            at = x + side * (apart + 1.25 * size) * (1 - 0.2 * max(0.0, side * turn))
            parts.append(Part(_oval(at, y + 1.35 * size, size * 0.78, size * 0.5), "blush", on=on))
    parts += _eyes(dice, x, y, apart, size, turn)
    if mouth:
        parts += _mouth(
            dice, x + 0.05 * turn * reach, y + size * dice.uniform(1.15, 1.5), size * dice.uniform(0.62, 0.85)
        )
    return parts


def _gloss(x: float, y: float, width: float, height: float, on: str, tilt: float = -28) -> Part:
    """The light on a round form's upper left."""
    return Part(
        _oval(x - 0.42 * width, y - 0.55 * height, 0.24 * width, 0.14 * height, tilt), "coat", on=on, level=_LIGHT
    )


# --- things on heads, backs and behind --------------------------------------------------------------------


def _ears(
    dice: np.random.Generator, x: float, y: float, width: float, height: float, turn: float, kind: str
) -> list[Part]:
    """A pair of ears, horns, feelers ... on a head of that middle and those half axes; to be drawn before the head."""
    parts: list[Part] = []
    spread, size = dice.uniform(0.5, 0.68), dice.uniform(0.85, 1.15)
    for side in (-1, 1):
        narrow = 1 - 0.15 * max(0.0, side * turn)
        root_x = x + side * spread * width * narrow - 0.06 * turn * width
        root_y = y - height * np.sqrt(max(0.0, 1 - spread**2)) * 0.86
        if kind == "round":
            ear = _oval(root_x + side * 0.08 * width, root_y - 0.1 * height, 0.34 * width * size, 0.34 * width * size)
            inner = _oval(
                root_x + side * 0.08 * width, root_y - 0.08 * height, 0.19 * width * size, 0.19 * width * size
            )
        elif kind == "pointed":
            tip = (root_x + side * 0.32 * width * size, root_y - 0.75 * height * size)
            ear = _leaf((root_x - side * 0.02 * width, root_y + 0.3 * height), tip, 0.3 * width * size, side * 0.06)
            tip = (root_x + side * 0.27 * width * size, root_y - 0.55 * height * size)
            inner = _leaf((root_x, root_y + 0.22 * height), tip, 0.15 * width * size, side * 0.06)
        elif kind == "long":
            tip = (root_x + side * 0.3 * width * size, root_y - 1.25 * height * size)
            ear = _leaf((root_x - side * 0.1 * width, root_y + 0.3 * height), tip, 0.25 * width, side * 0.1, 0.58)
            tip = (root_x + side * 0.28 * width * size, root_y - 1.05 * height * size)
            inner = _leaf((root_x - side * 0.06 * width, root_y + 0.1 * height), tip, 0.13 * width, side * 0.1, 0.58)
        elif kind == "floppy":
            path = [
                (root_x - side * 0.1 * width, root_y + 0.1 * height),
                (root_x + side * 0.42 * width, root_y + 0.1 * height),
                (root_x + side * 0.66 * width, root_y + 0.75 * height * size),
            ]
            parts.append(Part(_limb(path, (0.13 * width, 0.22 * width, 0.24 * width)), "accent"))
            continue
        elif kind == "horns":
            path = [
                (root_x, root_y + 0.2 * height),
                (root_x + side * 0.2 * width, root_y - 0.22 * height * size),
                (root_x + side * 0.08 * width, root_y - 0.62 * height * size),
            ]
            horn = _limb(path, (0.17 * width, 0.12 * width, 0.0))
            name = f"horn{side}"
            parts.append(Part(horn, "horn", name=name))
            continue
        elif kind == "feelers":
            end = (root_x + side * 0.3 * width, root_y - 0.72 * height * size)
            path = [(root_x - side * 0.15 * width, root_y + 0.2 * height), (root_x, root_y - 0.4 * height * size), end]
            parts.append(Part(_limb(path, (0.05 * width, 0.04 * width, 0.035 * width)), "coat", shade=0))
            parts.append(Part(_oval(*end, 0.13 * width, 0.13 * width), "accent"))
            continue
        else:  # fins
            for angle, length in ((-38, 0.62), (-8, 0.7), (22, 0.5)):
                root = (x + side * 0.85 * width * narrow, y - 0.1 * height)
                tip = _turn(
                    np.array([(root[0] + side * length * width * size, root[1] - 0.1 * height)]), side * angle, root
                )[0]
                parts.append(Part(_leaf(root, (tip[0], tip[1]), 0.13 * width, 0, 0.5), "accent"))
            continue
        name = f"ear{side}"
        parts += [Part(ear, "coat", name=name), Part(inner, "accent", on=name)]
    return parts


EARS = ("round", "pointed", "long", "floppy", "horns", "feelers", "fins")


def _crest(dice: np.random.Generator, x: float, y: float, size: float, kind: str) -> list[Part]:
    """Something on top of the head, whose top is (x, y); to be drawn before the head."""
    lean = dice.uniform(-0.35, 0.35)
    if kind == "sprout":
        top = (x + 0.1 * lean * size, y - 0.5 * size)
        stem = _limb(
            [(x, y + 0.2 * size), (x + 0.05 * size, y - 0.2 * size), top], (0.07 * size, 0.06 * size, 0.05 * size)
        )
        right = _leaf(top, (top[0] + 0.75 * size, top[1] - 0.3 * size), 0.2 * size, 0.12, 0.5)
        left = _leaf(top, (top[0] - 0.62 * size, top[1] - 0.38 * size), 0.18 * size, -0.12, 0.5)
        return [Part(stem, "accent", shade=0), Part(right, "accent"), Part(left, "accent")]
    if kind == "tuft":
        parts = []
        for angle, length in ((-44, 0.6), (40, 0.66), (-4, 0.9)):
            tip = _turn(np.array([(x, y - length * size)]), angle + 20 * lean, (x, y))[0]
            parts.append(
                Part(_leaf((x, y + 0.25 * size), (tip[0], tip[1]), 0.2 * size, 0.12 * np.sign(angle), 0.45), "accent")
            )
        return parts
    if kind == "horn":
        horn = _limb(
            [(x, y + 0.2 * size), (x + 0.1 * lean * size, y - 0.4 * size), (x + 0.4 * lean * size, y - 0.95 * size)],
            (0.24 * size, 0.17 * size, 0.0),
        )
        return [Part(horn, "horn", name="crest")]
    if kind == "gem":
        gem = np.array(
            [
                (x, y - 0.6 * size),
                (x + 0.3 * size, y - 0.15 * size),
                (x, y + 0.4 * size),
                (x - 0.3 * size, y - 0.15 * size),
            ]
        )
        return [Part(gem, "horn", name="crest")]
    # A curl of hair.
    path = []
    for turned in np.linspace(0, 4.2, 9).tolist():
        reach = size * (0.36 - 0.05 * turned)
        path.append((x + reach * float(np.sin(turned)), y - 0.45 * size + reach * float(np.cos(turned))))
    return [Part(_limb([(x, y + 0.2 * size), *path], (0.12 * size, 0.11 * size, 0.1 * size, 0.06 * size)), "accent")]


CRESTS = ("sprout", "tuft", "horn", "gem", "curl")


def _tail(dice: np.random.Generator, x: float, y: float, size: float, side: float, kind: str) -> list[Part]:
    """A tail that starts at (x, y) and leaves to `side` (-1, 1); to be drawn before the body."""
    if kind == "stub":
        return [Part(_oval(x + side * 0.12 * size, y - 0.08 * size, 0.26 * size, 0.24 * size), "accent")]
    end = (x + side * 0.78 * size, y - dice.uniform(0.55, 0.85) * size)
    path = [(x - side * 0.1 * size, y + 0.05 * size), (x + side * 0.5 * size, y + 0.06 * size), end]
    if kind == "bushy":
        body = _limb(path, (0.1 * size, 0.26 * size, 0.3 * size, 0.2 * size, 0.0))
        tip = _oval(*end, 0.45 * size, 0.42 * size)
        return [Part(body, "coat", name="tail"), Part(tip, "belly", on="tail")]
    body = _limb(path, (0.16 * size, 0.12 * size, 0.07 * size))
    if kind == "leaf":
        leaf = _leaf(end, (end[0] + side * 0.42 * size, end[1] - 0.5 * size), 0.2 * size, side * 0.1, 0.5)
        return [Part(body, "coat"), Part(leaf, "accent")]
    if kind == "spade":
        return [Part(body, "coat"), Part(_spade(end, 0.42 * size, side * 28), "accent")]
    if kind == "ball":
        return [Part(body, "coat"), Part(_oval(*end, 0.2 * size, 0.2 * size), "accent")]
    rings = []
    for share in (0.1, 0.45, 0.8):
        ring_x, ring_y = ((1 - share) * a + share * b for a, b in zip(path[1], end, strict=True))
        rings.append(Part(_oval(ring_x, ring_y, 0.3 * size, 0.05 * size, -side * 55), "mark", on="tail"))
    return [Part(body, "coat", name="tail"), *rings]


def _spade(foot: Pair, size: float, tilt: float) -> Points:
    """The arrow at a dragon's tail, upward from `foot`, turned by `tilt` degrees."""
    right = [(0.0, 0.1), (0.34, 0.12), (0.62, -0.06), (0.36, -0.5), (0.1, -0.95)]
    corners = np.array([*right, (0, -1.1), *((-x, y) for x, y in right[:0:-1])]) * size
    return _turn(_smooth(corners), tilt) + foot


TAILS = ("stub", "bushy", "leaf", "spade", "ball", "ringed")


def _marks(
    dice: np.random.Generator, on: str, x: float, y: float, width: float, height: float, kind: str
) -> list[Part]:
    """Spots, stripes ... on the named part, an oval of that middle and those half axes."""
    if kind == "spots":
        return [
            Part(
                _oval(x + a * width, y + b * height, s * width, s * width * 0.85, dice.uniform(-30, 30)), "mark", on=on
            )
            for a, b, s in (
                (-0.62, -0.42, 0.13),
                (0.66, -0.3, 0.16),
                (0.42, -0.72, 0.1),
                (-0.78, 0.1, 0.09),
                (0.8, 0.22, 0.1),
            )
        ]
    if kind == "stripes":
        parts = []
        for side in (-1, 1):
            for level, length in ((-0.25, 0.34), (0.06, 0.42), (0.37, 0.34)):
                edge = (x + side * 1.06 * width, y + level * height)
                tip = (x + side * (1.0 - length) * width, y + (level + 0.06) * height)
                parts.append(Part(_leaf(edge, tip, 0.075 * height, 0, 0.3), "mark", on=on))
        return parts
    if kind == "mask":
        return [Part(_oval(x, y - 1.02 * height, 0.66 * width, 0.72 * height), "mark", on=on)]
    if kind == "blaze":
        return [Part(_leaf((x, y - 1.1 * height), (x, y - 0.12 * height), 0.2 * width, 0, 0.3), "belly", on=on)]
    return []


MARKS = ("spots", "stripes", "mask", "blaze", "none")


def _pick(dice: np.random.Generator, kinds: Sequence[str], *without: str) -> str:
    left = [kind for kind in kinds if kind not in without]
    return left[dice.integers(len(left))]


# --- the families -----------------------------------------------------------------------------------------


def _compose(dice: np.random.Generator) -> list[Part]:
    """The parts of one creature of a random family, from back to front; some look to the other side."""
    family = _FAMILIES[dice.integers(len(_FAMILIES))]
    parts = family(dice)
    if dice.random() < 0.5:
        return parts
    turned, middles = [], {}
    for part in parts:
        if part.name:
            middles[part.name] = float(part.points[:, 0].min() + part.points[:, 0].max()) / 2
        if part.level >= 0 or (part.material == "white" and part.on.startswith("eye")):
            # The light still comes from the left: what it makes moves with its form, and is not mirrored on it.
            turned.append(part._replace(points=part.points - (2 * middles[part.on], 0)))
        else:
            turned.append(part._replace(points=part.points * (-1, 1)))
    return turned


def _blob(dice: np.random.Generator) -> list[Part]:
    """A soft dome, flat to tall, with stubby arms."""
    width, height = dice.uniform(0.55, 0.85), dice.uniform(0.58, 0.76)
    turn = dice.uniform(-0.7, 0.1)
    shoulder = dice.uniform(0.52, 0.86)
    half = [
        (0, -height),
        (0.62 * shoulder * width, -0.86 * height),
        (shoulder * width, -0.3 * height),
        (1.0 * width, 0.36 * height),
        (0.86 * width, 0.8 * height),
        (0.5 * width, 0.78 * height),
        (0.22 * width, 0.88 * height),
    ]
    body = _smooth([*half, *((-x, y) for x, y in half[:0:-1])])
    parts = []
    if dice.random() < 0.55:
        parts += _crest(dice, 0, -0.94 * height, 0.42, _pick(dice, CRESTS, "sprout"))
    if not parts or dice.random() < 0.3:
        kind = _pick(dice, ("round", "pointed", "horns", "feelers", "fins"))
        parts += _ears(dice, 0, -0.1 * height, 0.9 * shoulder * width, 0.9 * height, turn, kind)
    if dice.random() < 0.4:
        parts += _tail(dice, 0.6 * width, 0.5 * height, 0.55, 1, _pick(dice, TAILS))
    parts.append(Part(body, "coat", name="body"))
    parts.append(Part(_oval(0.12 * turn, 0.78 * height, 0.58 * width, 0.55 * height), "belly", on="body"))
    parts += _marks(dice, "body", 0, 0, width * 0.95, height * 0.9, _pick(dice, MARKS, "mask"))
    parts.append(_gloss(0, 0, 0.5 * (1 + shoulder) * width, height, "body"))
    for side in (-1, 1):
        arm = _oval(side * 0.86 * width, 0.3 * height, 0.17, 0.11, side * dice.uniform(-40, 50))
        parts.append(Part(arm, "coat"))
    return parts + _face(dice, "body", 0, -0.02 * height, 0.78 * max(shoulder, 0.7) * width, turn)


def _beast(dice: np.random.Generator) -> list[Part]:
    """Four short legs and a big head, seen from the front left."""
    turn = -0.75
    long, deep = dice.uniform(0.42, 0.56), dice.uniform(0.27, 0.36)
    leg, thick = dice.uniform(0.2, 0.32), dice.uniform(0.12, 0.16)
    middle = 0.2
    floor = middle + deep + leg - 0.06
    head_x, head_y = -0.34, -0.32
    head_width, head_height = dice.uniform(0.44, 0.52), dice.uniform(0.38, 0.46)
    parts = _tail(dice, long - 0.08 + 0.06, middle - 0.08, dice.uniform(0.5, 0.7), 1, _pick(dice, TAILS))

    def foot(x: float, bottom: float, far: bool) -> list[Part]:
        shape = _limb(
            [(x + 0.02, middle + 0.05), (x - 0.02, bottom - thick * 0.9)],
            (thick * 1.15, thick * 0.95, thick * 1.05),
        )
        name = f"foot{x:.2f}"
        sock = _oval(x - 0.03, bottom, thick * 1.7, thick * 0.8)
        return [Part(shape, "coat", name=name, far=far), Part(sock, socks, on=name)]

    socks = _pick(dice, ("accent", "belly", "coat", "mark"))
    for x in (-0.16, long - 0.06):
        parts += foot(x, floor - 0.07, True)
    for x in (-0.26, long - 0.2):
        parts += foot(x, floor, False)
    if dice.random() < 0.45:  # a row of spines or tufts
        kind = _pick(dice, ("horn", "accent"))
        for x in np.linspace(0.06, long + 0.12, 4).tolist():
            y = middle - deep * np.sqrt(max(0.05, 1 - ((x - 0.12) / (long + 0.06)) ** 2))
            parts.append(Part(_leaf((x, y + 0.12), (x + 0.12, y - 0.2), 0.11, -0.05, 0.3), kind))
    body = _oval(0.12, middle, long + 0.06, deep, square=2.2)
    parts.append(Part(body, "coat", name="body"))
    parts += _marks(dice, "body", 0.16, middle, long, deep, _pick(dice, MARKS, "mask", "blaze"))
    parts.append(Part(_oval(0.06, middle + 1.05 * deep, long * 0.95, 0.55 * deep), "belly", on="body"))
    crest = dice.random()
    if crest < 0.4:  # a ruff around the neck
        for angle in np.linspace(20, 160, 7).tolist():
            tip = _turn(np.array([(head_x + 0.62, head_y + 0.16)]), angle, (head_x + 0.06, head_y + 0.16))[0]
            parts.append(Part(_leaf((head_x + 0.06, head_y + 0.14), (tip[0], tip[1]), 0.2, 0, 0.6), "accent", line=1))
    parts += _ears(dice, head_x, head_y, head_width, head_height, turn, _pick(dice, EARS, "fins", "feelers"))
    if crest > 0.75:
        parts += _crest(dice, head_x - 0.03, head_y - 0.92 * head_height, 0.34, _pick(dice, CRESTS))
    head = _smooth(
        [
            (head_x, head_y - head_height),
            (head_x + 0.7 * head_width, head_y - 0.72 * head_height),
            (head_x + head_width, head_y + 0.05 * head_height),
            (head_x + 0.72 * head_width, head_y + 0.74 * head_height),
            (head_x - 0.05 * head_width, head_y + 0.98 * head_height),
            (head_x - 0.8 * head_width, head_y + 0.74 * head_height),
            (head_x - 1.02 * head_width, head_y + 0.1 * head_height),
            (head_x - 0.72 * head_width, head_y - 0.7 * head_height),
        ]
    )
    parts.append(Part(head, "coat", name="head"))
    muzzle_x, muzzle_y = head_x - 0.18 * head_width, head_y + 0.52 * head_height
    parts += _marks(dice, "head", head_x - 0.08, head_y, head_width, head_height, _pick(dice, MARKS, "spots"))
    parts.append(Part(_oval(muzzle_x, muzzle_y + 0.12, 0.52 * head_width, 0.42 * head_height), "belly", on="head"))
    parts.append(_gloss(head_x, head_y, head_width, head_height, "head"))
    parts += _face(dice, "head", head_x - 0.03, head_y + 0.06, head_width * 0.9, turn, mouth=False)
    parts.append(Part(_oval(muzzle_x, muzzle_y - 0.07, 0.052, 0.036), "ink", line=0))
    return parts + _mouth(dice, muzzle_x, muzzle_y + 0.055, 0.095, _pick(dice, ("smile", "cat", "open", "fang")))


def _bird(dice: np.random.Generator) -> list[Part]:
    """A round bird."""
    width, height = dice.uniform(0.56, 0.66), dice.uniform(0.6, 0.7)
    turn = dice.uniform(-0.8, -0.2)
    parts: list[Part] = []
    for angle in (-24, 0, 24):  # the tail behind
        tip = _turn(np.array([(0.98 * width + 0.36, 0.2)]), angle - 8, (0.4, 0.3))[0]
        parts.append(Part(_leaf((0.25, 0.3), (tip[0], tip[1]), 0.14, 0, 0.65), "accent" if angle else "mark"))
    for side in (-1, 1):
        x = side * 0.24 * width
        for toe in (-0.1, 0.0, 0.1):
            parts.append(
                Part(
                    _limb(
                        [(x, height - 0.03), (x + toe * 0.5, height + 0.06), (x + toe, height + 0.12)],
                        (0.05, 0.05, 0.042),
                    ),
                    "horn",
                    shade=0,
                    line=0.8,
                )
            )
    parts += _crest(dice, 0.02, -0.95 * height, 0.4, _pick(dice, ("tuft", "curl", "tuft")))
    half = [
        (0, -height),
        (0.62 * width, -0.8 * height),
        (0.92 * width, -0.1 * height),
        (0.98 * width, 0.42 * height),
        (0.6 * width, 0.92 * height),
    ]
    body = _smooth([*half, (0, 1.02 * height), *((-x, y) for x, y in half[:0:-1])])
    for angle in (-20, 0):
        tip = _turn(np.array([(-1.3 * width, 0.24)]), angle, (-0.7 * width, -0.02))[0]
        far = _leaf((-0.7 * width, -0.02), (tip[0], tip[1]), 0.1, 0, 0.62, blunt=True)
        parts.append(Part(far, "accent", far=True))
    parts.append(Part(body, "coat", name="body"))
    kind = _pick(dice, ("mask", "bib", "spots", "none"))
    if kind == "bib":
        parts.append(Part(_oval(0.16 * turn, 0.5 * height, 0.62 * width, 0.6 * height), "belly", on="body"))
    else:
        parts += _marks(dice, "body", 0, 0, width, height, kind)
        parts.append(Part(_oval(0.16 * turn, 0.66 * height, 0.7 * width, 0.62 * height), "belly", on="body"))
        for level in (0.42, 0.62):  # chest feathers
            for x in (-0.22, 0.0, 0.22):
                at = x + 0.16 * turn + (0.1 if level > 0.5 else 0)
                curve = _smooth(
                    [(at - 0.06, level * height), (at, level * height + 0.045), (at + 0.06, level * height)],
                    closed=False,
                )
                parts.append(Part(curve, "coat", on="body", line=0.55, stroke=True))
    parts.append(_gloss(0, 0, width, height, "body"))
    # The near wing hangs or greets: three feathers under a shoulder.
    lift = dice.uniform(-50, 40)
    root = (0.7 * width, 0.02)
    for angle, length in ((26, 0.34), (13, 0.42), (0, 0.46)):
        tip = _turn(np.array([(root[0] + length, root[1] + 0.14)]), lift + angle, root)[0]
        parts.append(Part(_leaf(root, (tip[0], tip[1]), 0.1, 0.05, 0.62, blunt=True), "accent"))
    tip = _turn(np.array([(root[0] + 0.3, root[1] + 0.1)]), lift + 8, root)[0]
    parts.append(Part(_leaf((root[0] - 0.08, root[1] - 0.04), (tip[0], tip[1]), 0.13, 0, 0.5, blunt=True), "coat"))
    x = 0.14 * turn
    eyes = _face(dice, "body", 0, -0.26 * height, 0.66 * width, turn, mouth=False)
    x += 0.12 * turn * width
    top = -0.2 * height
    lower = _smooth([(x - 0.1, top + 0.1), (x, top + 0.22), (x + 0.1, top + 0.1)])
    upper = _smooth(
        [(x - 0.14, top + 0.09), (x, top), (x + 0.14, top + 0.09), (x + 0.03, top + 0.16), (x - 0.02, top + 0.17)]
    )
    return [*parts, *eyes, Part(lower, "tongue", line=0.8, shade=0), Part(upper, "horn", line=0.9)]


def _fish(dice: np.random.Generator) -> list[Part]:
    """A round fish that swims to the left."""
    width, height = dice.uniform(0.58, 0.68), dice.uniform(0.46, 0.58)
    turn = -0.8
    parts: list[Part] = []
    spread = dice.uniform(0.34, 0.5)
    if dice.random() < 0.5:
        for sign in (-1, 1):
            tail = _leaf((0.78 * width, 0), (width + 0.46, sign * spread), 0.17, -sign * 0.14, 0.6)
            parts.append(Part(tail, "accent", name=f"tail{sign}"))
            parts.append(
                Part(
                    _leaf((0.8 * width, 0), (width + 0.3, sign * spread * 0.65), 0.05, -sign * 0.14, 0.6),
                    "belly",
                    on=f"tail{sign}",
                )
            )
    else:
        fan = _smooth(
            [
                (0.82 * width, 0),
                (width + 0.18, -spread),
                (width + 0.42, -spread * 0.9),
                (width + 0.33, -0.02),
                (width + 0.42, spread * 0.9),
                (width + 0.18, spread),
            ]
        )
        parts.append(Part(fan, "accent", name="tail"))
        for slant in (-0.6, 0.0, 0.6):
            parts.append(
                Part(_leaf((0.85 * width, 0), (width + 0.34, slant * spread), 0.03, 0, 0.6), "belly", on="tail")
            )
    if dice.random() < 0.5:  # spines on the back
        for x in np.linspace(-0.2, 0.42, 4).tolist():
            y = -height * np.sqrt(1 - (x / width) ** 2)
            parts.append(Part(_leaf((x, y + 0.14), (x + 0.17, y - 0.24), 0.12, -0.06, 0.35), "accent"))
    else:
        sail = _smooth(
            [
                (-0.3, -0.6 * height),
                (-0.12, -height - 0.2),
                (0.12, -height - 0.12),
                (0.3, -height - 0.16),
                (0.46, -0.85 * height),
                (0.4, -0.3 * height),
            ]
        )
        parts.append(Part(sail, "accent", name="sail"))
        for x in (-0.06, 0.14, 0.32):
            parts.append(
                Part(_leaf((x + 0.04, -0.6 * height), (x + 0.02, -height - 0.17), 0.025, 0, 0.5), "belly", on="sail")
            )
    if dice.random() < 0.4:  # a lantern
        end = (-0.72 * width, -height - 0.26)
        parts.append(
            Part(
                _limb([(-0.3 * width, -0.8 * height), (-0.42 * width, -height - 0.24), end], (0.04, 0.032, 0.028)),
                "coat",
                shade=0,
            )
        )
        parts.append(Part(_oval(*end, 0.1, 0.1), "horn", name="lantern"))
        parts.append(_gloss(*end, 0.1, 0.1, "lantern"))
    parts.append(Part(_leaf((0.1, 0.8 * height), (0.34, height + 0.24), 0.12, 0.1, 0.45), "accent", far=True))
    half_up = [
        (-width, 0.06),
        (-0.78 * width, -0.68 * height),
        (-0.2 * width, -height),
        (0.45 * width, -0.8 * height),
        (0.95 * width, -0.16 * height),
    ]
    half_down = [
        (0.95 * width, 0.16 * height),
        (0.45 * width, 0.82 * height),
        (-0.2 * width, height),
        (-0.78 * width, 0.76 * height),
    ]
    parts.append(Part(_smooth(half_up + half_down), "coat", name="body"))
    parts.append(Part(_oval(-0.22 * width, 0.86 * height, 0.86 * width, 0.62 * height, 4), "belly", on="body"))
    kind = _pick(dice, ("bands", "scales", "spots", "none"))
    if kind == "bands":
        for x in (0.18, 0.5, 0.8):
            parts.append(Part(_oval(x * width, -0.72 * height, 0.06, 0.6 * height, -6), "mark", on="body"))
    elif kind == "scales":
        for row, y in enumerate((-0.5, -0.24, 0.02)):
            for x in (0.2, 0.42, 0.64):
                at_x, at_y = (x + 0.11 * (row % 2)) * width, y * height
                arc = _smooth(
                    [(at_x - 0.02, at_y - 0.07), (at_x + 0.055, at_y), (at_x - 0.02, at_y + 0.07)], closed=False
                )
                parts.append(Part(arc, "mark", on="body", line=0.7, stroke=True))
    else:
        parts += _marks(dice, "body", 0.5 * width, 0, 0.62 * width, 0.85 * height, kind)
    parts.append(_gloss(-0.12, 0, width, height, "body"))
    fin = _leaf(
        (0.06, 0.22 * height), (0.42, 0.36 * height + dice.uniform(-0.1, 0.16)), 0.15, dice.uniform(-0.1, 0.1), 0.6
    )
    parts.append(Part(fin, "accent"))
    return parts + _face(dice, "body", -0.36 * width, -0.06 * height, 0.6 * width, turn * 0.6)


def _mushroom(dice: np.random.Generator) -> list[Part]:
    """A cap on a plump stem with feet and arms."""
    width, high = dice.uniform(0.72, 0.84), dice.uniform(0.5, 0.7)
    stem, bottom = dice.uniform(0.38, 0.46), 0.62
    turn = dice.uniform(-0.6, 0.2)
    rim = -0.08
    parts: list[Part] = []
    for side in (-1, 1):
        parts.append(Part(_oval(side * 0.2, bottom + 0.06, 0.17, 0.1), "accent"))
    for side in (-1, 1):
        lift = dice.uniform(-0.14, 0.12)
        path = [(side * stem * 0.85, 0.29), (side * (stem + 0.1), 0.33), (side * (stem + 0.24), 0.33 + lift)]
        parts.append(Part(_limb(path, (0.07, 0.075, 0.08)), "belly"))
    half = [(0.3, -0.3), (stem * 0.9, 0.05), (stem, 0.36), (stem * 0.7, bottom + 0.02)]
    parts.append(Part(_smooth([*half, (0, bottom + 0.07), *((-x, y) for x, y in half[::-1])]), "belly", name="stem"))
    parts += _face(dice, "stem", 0, 0.24, stem * 1.02, turn)
    point = dice.uniform(0.0, 0.25)  # from round to pointed
    edge = [(width, rim + 0.02), (0.88 * width, rim + 0.13)]
    arch = [(0.9 * width, rim - 0.42 * high), (0.5 * width, rim - (0.9 - point) * high)]
    top = (dice.uniform(-0.12, 0.12), rim - (1 + point) * high)
    lower = [(0.5 * width, rim + 0.07), (0, rim + 0.03), (-0.5 * width, rim + 0.07)]
    cap = _smooth([top, *arch[::-1], *edge, *lower, *((-x, y) for x, y in edge[::-1]), *((-x, y) for x, y in arch)])
    parts.append(Part(cap, "coat", name="cap", shade=0.5))
    kind = _pick(dice, ("spots", "spots", "rings", "freckles"))
    if kind == "spots":
        for x, y, size in (
            (-0.55, 0.3, 0.15),
            (0.05, 0.55, 0.2),
            (0.6, 0.25, 0.16),
            (-0.2, 0.1, 0.1),
            (0.32, 0.05, 0.09),
            (-0.35, 0.8, 0.1),
        ):
            size *= dice.uniform(0.8, 1.15)
            parts.append(Part(_oval(x * width, rim - y * high, size, size * 0.8, -20 * x), "accent", on="cap"))
    elif kind == "rings":
        for level, material in ((1.3, "accent"), (0.9, "coat"), (0.62, "accent"), (0.34, "coat")):
            parts.append(Part(_oval(top[0], top[1], width * level * 0.8, high * level * 0.8), material, on="cap"))
    else:
        for x, y in dice.uniform((-0.8, 0.05), (0.8, 0.8), (12, 2)).tolist():
            parts.append(Part(_oval(x * width, rim - y * high, 0.045, 0.04), "mark", on="cap"))
    return [*parts, _gloss(0, rim - 0.4 * high, width, 0.7 * high, "cap")]


def _dragon(dice: np.random.Generator) -> list[Part]:
    """A little dragon that stands, with wings."""
    turn = -0.5
    hip, chest = dice.uniform(0.36, 0.43), dice.uniform(0.24, 0.29)
    head_width, head_height = dice.uniform(0.42, 0.48), dice.uniform(0.34, 0.4)
    head_x, head_y = -0.04, -0.36
    parts: list[Part] = []
    for side in (-1, 1):  # wings of two fingers
        reach, lift = dice.uniform(0.5, 0.62), dice.uniform(0.3, 0.5)
        root = (side * 0.14, 0.14)
        tip = (side * (0.2 + reach), root[1] - lift)
        wing = np.concatenate(
            [
                _smooth([root, (side * (0.18 + 0.5 * reach), root[1] - lift * 0.95), tip], closed=False),
                _smooth(
                    [
                        tip,
                        (side * (0.13 + 0.86 * reach), root[1] - 0.3 * lift),
                        (side * (0.2 + 0.88 * reach), root[1] + 0.08),
                    ],
                    closed=False,
                )[1:],
                _smooth(
                    [
                        (side * (0.2 + 0.88 * reach), root[1] + 0.08),
                        (side * (0.14 + 0.55 * reach), root[1] + 0.04),
                        (side * (0.16 + 0.4 * reach), root[1] + 0.24),
                    ],
                    closed=False,
                )[1:],
            ]
        )
        parts.append(Part(wing, "accent", name=f"wing{side}", far=side < 0))
        finger = _smooth(
            [root, (side * (0.18 + 0.45 * reach), root[1] - 0.4 * lift), (side * (0.2 + 0.88 * reach), root[1] + 0.06)],
            closed=False,
        )
        parts.append(Part(finger, "accent", on=f"wing{side}", line=0.7, stroke=True))
    tail = [(0.1, 0.55), (0.55, 0.66), (0.82, 0.36)]
    parts.append(Part(_limb(tail, (0.2, 0.13, 0.05)), "coat", name="tail"))
    if dice.random() < 0.6:
        parts.append(Part(_spade(tail[-1], 0.27, 14), _pick(dice, ("accent", "mark"))))
    else:
        parts.append(Part(_oval(*tail[-1], 0.11, 0.11), "horn"))
    for side in (-1, 1):
        parts.append(Part(_oval(side * hip * 0.62 - 0.03, 0.79, 0.2, 0.11), "coat", name=f"foot{side}"))
        for toe in (-0.1, 0.0, 0.1):
            parts.append(Part(_oval(side * hip * 0.62 - 0.05 + toe, 0.85, 0.035, 0.04), "horn", line=0.5, shade=0))
    half = [(chest, -0.02), (hip, 0.38), (hip * 0.82, 0.74)]
    parts.append(Part(_smooth([(0, -0.2), *half, (0, 0.82), *((-x, y) for x, y in half[::-1])]), "coat", name="body"))
    parts.append(Part(_oval(-0.07, 0.48, hip * 0.68, 0.42), "belly", on="body"))
    for level in (0.36, 0.5, 0.64):
        line = _smooth([(-0.07 - hip * 0.54, level), (-0.07, level + 0.04), (-0.07 + hip * 0.54, level)], closed=False)
        parts.append(Part(line, "belly", on="body", line=0.5, stroke=True))
    for side in (-1, 1):
        lift = dice.uniform(0.02, 0.2)
        path = [(side * chest, 0.2), (side * (chest + 0.07) - 0.01, 0.32), (side * (chest + 0.03) - 0.01, 0.4 + lift)]
        parts.append(Part(_limb(path, (0.085, 0.085, 0.08)), "coat"))
    parts += _ears(
        dice, head_x, head_y, head_width, head_height, turn, _pick(dice, ("horns", "fins", "feelers", "horns"))
    )
    if dice.random() < 0.5:
        parts += _crest(dice, head_x, head_y - 0.92 * head_height, 0.3, _pick(dice, ("tuft", "horn", "gem")))
    half = [
        (0, -head_height),
        (0.68 * head_width, -0.74 * head_height),
        (head_width, 0.1 * head_height),
        (0.78 * head_width, 0.72 * head_height),
    ]
    outline = [*half, (0, 0.96 * head_height), *((-x, y) for x, y in half[:0:-1])]
    parts.append(Part(_smooth([(x + head_x, y + head_y) for x, y in outline]), "coat", name="head"))
    parts += _marks(
        dice, "head", head_x, head_y, head_width, head_height, _pick(dice, ("spots", "blaze", "none", "stripes"))
    )
    parts.append(_gloss(head_x, head_y, head_width, head_height, "head"))
    parts += _face(dice, "head", head_x, head_y - 0.02, head_width * 0.95, turn, mouth=False)
    snout_x, snout_y = head_x + 0.24 * turn * head_width - 0.02, head_y + 0.55 * head_height
    parts.append(Part(_oval(snout_x, snout_y + 0.02, 0.27, 0.17, square=2.3), "belly", name="snout", line=0.7))
    for side in (-1, 1):
        parts.append(Part(_oval(snout_x + side * 0.075, snout_y - 0.06, 0.02, 0.016), "ink", line=0))
    return parts + _mouth(dice, snout_x, snout_y + 0.05, 0.12, _pick(dice, ("smile", "open", "fang", "cat")))


def _critter(dice: np.random.Generator) -> list[Part]:
    """A big-headed animal that sits or stands upright."""
    turn = dice.uniform(-0.6, 0.15)
    head_width, head_height = dice.uniform(0.5, 0.58), dice.uniform(0.42, 0.5)
    head_y, hip = -0.3, dice.uniform(0.3, 0.4)
    parts = _tail(dice, 0.16, 0.6, dice.uniform(0.6, 0.8), 1, _pick(dice, TAILS))
    for side in (-1, 1):
        foot = _oval(side * hip * 0.66, 0.78, 0.2, 0.12, side * -6)
        parts.append(Part(foot, "coat", name=f"foot{side}"))
        parts.append(Part(_oval(side * hip * 0.66, 0.82, 0.13, 0.07), "accent", on=f"foot{side}"))
    half = [(hip * 0.72, 0.05), (hip, 0.48), (hip * 0.78, 0.76)]
    parts.append(Part(_smooth([(0, -0.1), *half, (0, 0.8), *((-x, y) for x, y in half[::-1])]), "coat", name="body"))
    parts.append(Part(_oval(0.04 * turn, 0.52, hip * 0.66, 0.34), "belly", on="body"))
    arms = _pick(dice, ("down", "up", "belly"))
    for side in (-1, 1):
        up = arms == "up" and side > 0
        end = (
            (side * (hip + 0.2), 0.0)
            if up
            else (side * hip * 0.42, 0.48)
            if arms == "belly"
            else (side * (hip + 0.12), 0.44)
        )
        elbow = (side * hip * 0.86, 0.36) if arms == "belly" else (side * (hip * 0.9 + 0.06), 0.24 if up else 0.32)
        path = [(side * hip * 0.72, 0.2), elbow, end]
        parts.append(Part(_limb(path, (0.085, 0.09, 0.095)), "coat"))
    if dice.random() < 0.3:
        scarf = _smooth([(-0.36, 0.06), (0, 0.16), (0.36, 0.06), (0.37, 0.18), (0, 0.29), (-0.37, 0.18)])
        parts.append(Part(_limb([(0.22, 0.2), (0.28, 0.34), (0.26, 0.46)], (0.07, 0.08, 0.09)), "accent"))
        parts.append(Part(scarf, "accent"))
    parts += _ears(dice, 0, head_y, head_width, head_height, turn, _pick(dice, EARS, "fins"))
    if dice.random() < 0.35:
        parts += _crest(dice, 0.0, head_y - 0.92 * head_height, 0.32, _pick(dice, CRESTS))
    cheek = dice.uniform(0.5, 0.85)
    half = [
        (0, -head_height),
        (0.66 * head_width, -0.78 * head_height),
        (head_width, 0.05 * head_height),
        (cheek * head_width, 0.76 * head_height),
    ]
    outline = [*half, (0, 0.95 * head_height), *((-x, y) for x, y in half[:0:-1])]
    parts.append(Part(_smooth([(x, y + head_y) for x, y in outline]), "coat", name="head"))
    parts += _marks(dice, "head", 0.08 * turn, head_y, head_width, head_height, _pick(dice, MARKS))
    muzzle_x, muzzle_y = 0.16 * turn * head_width, head_y + 0.46 * head_height
    parts.append(Part(_oval(muzzle_x, muzzle_y + 0.06, 0.42 * head_width, 0.36 * head_height), "belly", on="head"))
    parts.append(_gloss(0, head_y, head_width, head_height, "head"))
    parts += _face(dice, "head", 0, head_y + 0.04, head_width * 0.92, turn, mouth=False)
    parts.append(Part(_oval(muzzle_x, muzzle_y - 0.08, 0.05, 0.034), "ink", line=0))
    return parts + _mouth(dice, muzzle_x, muzzle_y + 0.04, 0.09, _pick(dice, ("smile", "cat", "open", "fang")))


def _jelly(dice: np.random.Generator) -> list[Part]:
    """A floating bell with arms below."""
    width, height = dice.uniform(0.6, 0.72), dice.uniform(0.56, 0.68)
    turn = dice.uniform(-0.6, 0.2)
    count = int(dice.integers(4, 7))
    parts: list[Part] = []
    for index, x in enumerate(np.linspace(-0.66, 0.66, count).tolist()):
        sway, length = dice.uniform(-0.14, 0.14), dice.uniform(0.4, 0.66)
        path = [(x * width, 0.1), (x * width + sway, 0.2 + 0.5 * length), (x * width * 1.1 - sway, 0.22 + length)]
        kind = ("accent", "coat")[index % 2]
        parts.append(Part(_limb(path, (0.11, 0.085, 0.045)), kind))
    if dice.random() < 0.6:
        parts += _ears(
            dice, 0, -0.2, 0.85 * width, height * 0.95, turn, _pick(dice, ("feelers", "fins", "round", "horns"))
        )
    waves = int(dice.integers(4, 6))
    hem = [(width * (1 - 2 * k / (2 * waves)), 0.3 if k % 2 else 0.18) for k in range(2 * waves + 1)]
    dome = [
        (-0.98 * width, -0.14),
        (-0.74 * width, -0.68 * height - 0.1),
        (0, -height - 0.16),
        (0.74 * width, -0.68 * height - 0.1),
        (0.98 * width, -0.14),
    ]
    parts.append(Part(_smooth([*dome, *hem]), "coat", name="body", shade=0))
    parts.append(
        Part(_smooth([*((x, y - 0.05) for x, y in hem), (-1.2 * width, 0.6), (1.2 * width, 0.6)]), "belly", on="body")
    )
    parts += _marks(dice, "body", 0, -0.2, width * 0.95, height, _pick(dice, ("spots", "mask", "none")))
    edge = [(0.8 * x - 0.13 * width, 0.86 * y - 0.08) for x, y in dome[2:]]
    lit = _smooth([*edge, (0.56 * width, 0.1), (0.4 * width, 0.3)], closed=False)
    shade = np.array([*lit.tolist(), (lit[-1, 0], 0.6), (1.3 * width, 0.6), (1.3 * width, -1.4), (0, -1.4)])
    parts.append(Part(shade, "coat", on="body", level=_SHADE))
    parts.append(_gloss(0, -0.18, width, height, "body"))
    return parts + _face(dice, "body", 0, -0.14, 0.76 * width, turn)


def _shelled(dice: np.random.Generator) -> list[Part]:
    """A snail or a turtle on its way to the left."""
    size = dice.uniform(0.44, 0.52)
    shell_x, shell_y = 0.2, 0.02
    snail = dice.random() < 0.5
    turn = -0.7
    head_x, head_y = -0.5, -0.08 if snail else 0.06
    head_width = dice.uniform(0.32, 0.37)
    parts: list[Part] = []
    if snail:
        foot = _smooth(
            [(-0.62, 0.28), (-0.66, 0.52), (-0.3, 0.6), (0.4, 0.6), (0.96, 0.58), (0.7, 0.42), (0.2, 0.3), (-0.3, 0.1)]
        )
        parts.append(Part(foot, "coat", name="foot"))
        parts.append(Part(_oval(-0.1, 0.64, 0.9, 0.12), "belly", on="foot"))
    else:
        parts.append(Part(_leaf((0.55, 0.36), (0.98, 0.5), 0.12, -0.1, 0.4), "coat"))
        for x, far in ((-0.06, True), (0.56, True), (-0.2, False), (0.44, False)):
            limb = _limb([(x, 0.3), (x - 0.03, 0.44), (x - 0.06, 0.54 if far else 0.6)], (0.14, 0.13, 0.14))
            parts.append(Part(limb, "coat", far=far))
        parts.append(Part(_limb([(0.0, 0.3), (-0.26, 0.26), (head_x + 0.05, head_y + 0.1)], (0.2, 0.18, 0.16)), "coat"))
    if snail:
        shell = _oval(shell_x, shell_y, size * 1.05, size)
        parts.append(Part(shell, "accent", name="shell"))
        angle = np.linspace(0.3, 4.3 * np.pi, 120)
        reach = size * 0.86 * angle / angle[-1]
        spiral = np.stack([shell_x + reach * np.cos(angle + 0.9), shell_y + reach * np.sin(angle + 0.9)], axis=1)
        parts.append(Part(spiral, "accent", on="shell", line=1.1, stroke=True))
    else:
        shell = _smooth(
            [
                (shell_x - 1.12 * size, 0.36),
                (shell_x - 0.98 * size, -0.1),
                (shell_x - 0.45 * size, -size),
                (shell_x + 0.45 * size, -size),
                (shell_x + 0.98 * size, -0.1),
                (shell_x + 1.14 * size, 0.36),
                (shell_x, 0.44),
            ]
        )
        knobs = dice.random() < 0.5
        if knobs:
            for x, y in ((-0.55, -0.8), (0.0, -1.02), (0.55, -0.8), (0.95, -0.35)):
                base = (shell_x + x * size * 0.85, y * size * 0.85)
                parts.append(Part(_leaf(base, (shell_x + x * size * 1.25, y * size * 1.32), 0.12, 0, 0.25), "horn"))
        parts.append(Part(shell, "accent", name="shell"))
        for x, y, share in ((0, -0.42, 0.34), (-0.68, -0.12, 0.25), (0.68, -0.12, 0.25)):
            corners = _oval(shell_x + x * size, y * size, share * size, share * size * 0.95, 30, 2, 6)
            parts.append(Part(corners, "mark", on="shell"))
        parts.append(Part(_oval(shell_x, 0.46, size * 1.4, 0.17), "belly", on="shell"))
    parts.append(_gloss(shell_x, shell_y, size, size, "shell"))
    if snail:
        for x, lift in ((-0.16, 0.34), (0.14, 0.4)):
            end = (head_x + x * 1.7, head_y - head_width - lift * 0.5)
            parts.append(
                Part(
                    _limb([(head_x + x, head_y), (head_x + x * 1.2, head_y - 0.3), end], (0.05, 0.045, 0.04)),
                    "coat",
                    shade=0,
                )
            )
            parts.append(Part(_oval(*end, 0.075, 0.075), "horn"))
    elif dice.random() < 0.6:
        parts += _crest(dice, head_x, head_y - 0.9 * head_width, 0.26, _pick(dice, CRESTS))
    parts.append(Part(_oval(head_x, head_y, head_width, head_width * 0.94, square=2.15), "coat", name="head"))
    if snail:  # the neck runs into the foot
        neck = _oval(head_x + 0.06, head_y + 0.36, 0.19, 0.24)
        parts.insert(-1, Part(neck, "coat", line=0))
    parts += _marks(dice, "head", head_x, head_y, head_width, head_width, _pick(dice, ("spots", "blaze", "none")))
    parts.append(_gloss(head_x, head_y, head_width, head_width, "head"))
    return parts + _face(dice, "head", head_x, head_y + 0.02, head_width * 0.95, turn)


def _bug(dice: np.random.Generator) -> list[Part]:
    """A round flying insect with a striped body."""
    turn = -0.55
    parts: list[Part] = []
    head_x, head_y, head_size = -0.32, -0.14, dice.uniform(0.36, 0.42)
    body_x, body_y, long, deep = 0.26, 0.22, dice.uniform(0.46, 0.54), dice.uniform(0.36, 0.42)
    lift = dice.uniform(0.72, 0.92)
    for shift, far in ((0.22, True), (0.0, False)):
        for tip, wide, bend in (
            ((0.62 + shift, -lift + 0.06), 0.24, 0.05),
            ((0.9 + shift * 0.5, -lift + 0.42), 0.17, 0.04),
        ):
            name = f"wing{tip[0]:.2f}"
            parts.append(
                Part(_leaf((0.12 + shift * 0.4, 0.02), tip, wide, bend, 0.6, blunt=True), "belly", name=name, far=far)
            )
            parts.append(Part(_leaf((0.12 + shift * 0.4, 0.02), tip, wide * 0.45, bend, 0.55), "white", on=name))
    tilt = dice.uniform(8, 26)
    parts.append(
        Part(
            _turn(
                _leaf((body_x + long - 0.1, body_y), (body_x + long + 0.24, body_y), 0.09, 0, 0.2),
                tilt,
                (body_x, body_y),
            ),
            "horn",
        )
    )
    parts.append(Part(_oval(body_x, body_y, long, deep, tilt), "coat", name="body"))
    for x in (0.05, 0.42, 0.78):
        band = _turn(_oval(body_x + x * long, body_y, 0.075, deep * 1.1), tilt, (body_x, body_y))
        parts.append(Part(band, "mark", on="body"))
    parts.append(_gloss(body_x, body_y, long, deep, "body"))
    for x in (-0.04, 0.18, 0.38):
        path = [(x, body_y + deep * 0.85), (x - 0.06, body_y + deep + 0.1), (x - 0.1, body_y + deep + 0.15)]
        parts.append(Part(_limb(path, (0.06, 0.052, 0.055)), "accent", shade=0))
    ruff = int(dice.integers(0, 2))
    if ruff:
        for angle in np.linspace(-10, 130, 7).tolist():
            tip = _turn(np.array([(head_x + head_size + 0.17, head_y + 0.1)]), angle, (head_x, head_y + 0.1))[0]
            parts.append(Part(_leaf((head_x, head_y + 0.1), (tip[0], tip[1]), 0.15, 0, 0.7), "belly"))
    parts += _ears(dice, head_x, head_y, head_size, head_size, turn, "feelers")
    parts.append(Part(_oval(head_x, head_y, head_size, head_size * 0.94, square=2.15), "coat", name="head"))
    parts += _marks(dice, "head", head_x, head_y, head_size, head_size, _pick(dice, ("mask", "blaze", "none")))
    parts.append(_gloss(head_x, head_y, head_size, head_size, "head"))
    return parts + _face(dice, "head", head_x, head_y + 0.05, head_size * 0.95, turn)


_FAMILIES: tuple[Callable[[np.random.Generator], list[Part]], ...] = (
    _blob,
    _beast,
    _bird,
    _fish,
    _mushroom,
    _dragon,
    _critter,
    _jelly,
    _shelled,
    _bug,
)
