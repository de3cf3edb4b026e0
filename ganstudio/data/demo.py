"""A paired data set drawn by code: line drawings and the coloured cartoon faces that belong to them.

The app's built-in demo and the tests' fixture: no download, no licence, no person. Each picture is a list
of shapes painted from back to front, twice: once in colour with soft light, once in white with black
outlines, so that what lies behind is hidden in the drawing as well. Colours do not depend on the shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ganstudio.data.shapes import Colour, Points, Shape, tint

SMALLEST, LARGEST = 16, 1024

_SKINS: tuple[Colour, ...] = (
    (255, 224, 200),
    (246, 205, 174),
    (233, 184, 146),
    (207, 154, 113),
    (168, 116, 80),
    (124, 82, 56),
    (92, 60, 42),
)
_HAIRS: tuple[Colour, ...] = (
    (44, 34, 38),
    (72, 48, 36),
    (120, 74, 42),
    (176, 120, 62),
    (226, 188, 112),
    (178, 72, 44),
    (150, 150, 160),
    (86, 96, 160),
    (214, 122, 158),
    (64, 138, 130),
)
_CLOTHES: tuple[Colour, ...] = (
    (218, 84, 82),
    (74, 118, 190),
    (92, 160, 112),
    (236, 190, 92),
    (130, 98, 168),
    (240, 240, 236),
    (70, 74, 88),
)
_SKIES: tuple[Colour, ...] = (
    (176, 214, 236),
    (250, 222, 180),
    (206, 226, 190),
    (234, 204, 222),
    (204, 204, 236),
    (188, 226, 220),
)
_IRISES: tuple[Colour, ...] = ((84, 56, 36), (66, 110, 156), (84, 128, 80), (60, 50, 52), (128, 92, 50))


class Light(NamedTuple):
    """Where the head is and where light comes from."""

    centre: tuple[float, float]
    radius: float
    direction: tuple[float, float]
    cheeks: Points  # (2,2), the middles of the cheeks


def faces(count: int, size: int, seed: int, by_hand: bool = False) -> Iterator[tuple[Image.Image, Image.Image]]:
    """`count` pairs (line drawing, coloured face), both RGB of size x size pixels, 16 to 1024.

    The drawing is black on white: every outline in its place, or, `by_hand`, anything from a pencil drawing to an oval
    with two dots, as for photographs (data.sketch). Pair k depends on `seed` and k only, never on `count`; its face
    is the same either way.
    """
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"size is {size}; demo faces have {SMALLEST} to {LARGEST} pixels a side")
    for index in range(count):
        dice = np.random.default_rng([seed, index])
        shapes, light, sky = _compose(dice)
        face = _paint(shapes, light, sky, size)
        yield _drawn_by_hand(shapes, face, dice) if by_hand else _draw(shapes, size, dice.uniform(0.8, 1.5)), face


def person(index: int, size: int, seed: int) -> tuple[list[Shape], Image.Image]:
    """Person `index` of `faces` as shapes, from back to front, and the coloured face."""
    shapes, light, sky = _compose(np.random.default_rng([seed, index]))
    return shapes, _paint(shapes, light, sky, size)


def _drawn_by_hand(shapes: list[Shape], face: Image.Image, dice: np.random.Generator) -> Image.Image:
    from ganstudio.data.outlines import lines_of  # OpenCV, needed by these alone
    from ganstudio.data.sketch import random_drawing

    if dice.random() < 0.1:
        return _draw(shapes, face.width, dice.uniform(0.5, 2.0))
    return Image.fromarray(random_drawing(lines_of(shapes, face), face.width, dice)).convert("RGB")


def write_paired(folder: Path, count: int, size: int, seed: int, by_hand: bool = False) -> None:
    """Writes source/NNNN.png (drawings) and target/NNNN.png (faces) into `folder`, made if missing."""
    for name in ("source", "target"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for index, (drawing, face) in enumerate(faces(count, size, seed, by_hand)):
        drawing.save(folder / "source" / f"{index:04d}.png")
        face.save(folder / "target" / f"{index:04d}.png")


# --- curves -----------------------------------------------------------------------------------------------


def _oval(x: float, y: float, width: float, height: float, count: int = 40) -> Points:
    """An ellipse of half axes `width` and `height`."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([x + width * np.cos(angle), y + height * np.sin(angle)], axis=1)


def smooth(*corners: tuple[float, float], closed: bool = False, steps: int = 8) -> Points:
    """A Catmull-Rom curve through the corners."""
    given = np.array(corners, dtype=np.float64)
    if closed:
        given = np.concatenate([given[-1:], given, given[:2]])
    else:
        given = np.concatenate([2 * given[:1] - given[1:2], given, 2 * given[-1:] - given[-2:-1]])
    p0, p1, p2, p3 = given[:-3, None], given[1:-2, None], given[2:-1, None], given[3:, None]  # (K,1,2)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]  # (1,steps,1)
    curve = p1 + (p2 - p0) * t / 2 + (p0 - 2.5 * p1 + 2 * p2 - p3 / 2) * t**2
    curve += (1.5 * (p1 - p2) + (p3 - p0) / 2) * t**3
    points = curve.reshape(-1, 2)
    return points if closed else np.concatenate([points, given[-2:-1]])


def _mirror(points: Points) -> Points:
    return points * (-1, 1)


# --- a face -----------------------------------------------------------------------------------------------


def _compose(dice: np.random.Generator) -> tuple[list[Shape], Light, Colour]:
    """The shapes of one random portrait from back to front, its light, and the background's colour."""

    def pick(colours: tuple[Colour, ...]) -> Colour:
        varied = np.clip(colours[dice.integers(len(colours))] + dice.normal(0, 5, 3), 0, 255)
        red, green, blue = varied.round().astype(int).tolist()
        return red, green, blue

    skin, hair, cloth, sky = pick(_SKINS), pick(_HAIRS), pick(_CLOTHES), pick(_SKIES)
    scale, tilt = dice.uniform(0.95, 1.2), np.deg2rad(dice.normal(0, 5))
    shift = np.array([dice.uniform(-0.1, 0.1), dice.uniform(-0.04, 0.1)])
    turn = dice.uniform(-1, 1)  # features wander to one side, as when a head turns
    width, height = dice.uniform(0.40, 0.48), dice.uniform(0.52, 0.60)

    turned = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])

    def pose(points: Points) -> Points:
        return (points @ turned.T) * scale + shift

    head = _head(dice, width, height, turn, skin, hair, cloth)
    shapes = [_scenery(dice, sky)]
    shapes += [shape._replace(points=pose(shape.points)) for shape in head["behind"]]
    shapes += _body(dice, skin, cloth, shift, scale, height)
    shapes += [shape._replace(points=pose(shape.points)) for shape in head["front"]]
    cheeks = pose(np.array([(-0.55 * width + 0.06 * turn, 0.2), (0.55 * width + 0.06 * turn, 0.2)]))
    side = dice.choice([-1.0, 1.0])
    light = Light((float(shift[0]), float(shift[1])), 0.75 * scale, (side * dice.uniform(0.4, 0.8), -0.6), cheeks)
    return shapes, light, sky


def _scenery(dice: np.random.Generator, sky: Colour) -> Shape:
    """One large soft form behind the person; a drawing of a person leaves it out."""
    x, y, radius = dice.uniform(-0.8, 0.8), dice.uniform(-0.8, 0.2), dice.uniform(0.4, 0.9)
    return Shape(_oval(x, y, radius, radius), tint(sky, 0.55, (255, 255, 255)), None, drawn=False)


def _body(
    dice: np.random.Generator,
    skin: Colour,
    cloth: Colour,
    shift: NDArray[np.float64],
    scale: float,
    height: float,
) -> list[Shape]:
    """Neck, shoulders and neckline; they follow the head's place but not its tilt."""
    neck, shoulder, drop = dice.uniform(0.15, 0.2), dice.uniform(0.62, 0.8), dice.uniform(0.16, 0.24)
    chin = height * 0.98
    throat = np.array([(-neck, 0.2), (neck, 0.2), (neck, chin + 0.6), (-neck, chin + 0.6)])
    shadow = _oval(0, chin + 0.02, neck * 1.05, 0.1)
    slope = (shoulder * 0.7, chin + drop), (shoulder, chin + drop + 0.2)
    right = smooth((neck * 1.1, chin + 0.1), *slope, (shoulder * 1.1, 2.2))
    dip = dice.uniform(0.12, 0.28)
    collar = smooth((-neck * 1.1, chin + 0.1), (0, chin + 0.1 + dip), (neck * 1.1, chin + 0.1))
    dark, skin_line = tint(cloth, 0.55), tint(skin, 0.55, (60, 20, 20))
    body = np.concatenate([collar, right, _mirror(right)[::-1]])
    return [
        Shape(points * scale + shift, fill, line, line is not None, part=part)
        for points, fill, line, part in (
            (throat, skin, skin_line, "neck"),
            (shadow, tint(skin, 0.8, (90, 30, 40)), None, "neck"),
            (body, cloth, dark, "body"),
        )
    ]


_HAIRDOS = {
    "short": 0.17,
    "spiky": 0.07,
    "receding": 0.06,
    "bald": 0.05,
    "bob": 0.14,
    "long": 0.15,
    "wavy": 0.1,
    "curly": 0.08,
    "afro": 0.06,
    "bun": 0.07,
    "pigtails": 0.05,
}


def _head(
    dice: np.random.Generator, width: float, height: float, turn: float, skin: Colour, hair: Colour, cloth: Colour
) -> dict[str, list[Shape]]:
    """The head around (0,0), in what lies "behind" the body and what lies in "front" of it."""
    style = str(dice.choice(list(_HAIRDOS), p=list(_HAIRDOS.values())))
    skin_line = tint(skin, 0.55, (60, 20, 20))
    jaw = dice.uniform(0.6, 0.78)
    worn = dice.random()
    hat = "beanie" if worn < 0.05 else "cap" if worn < 0.1 else ""
    if hat and style in ("bun", "afro", "spiky"):
        style = "short"
    behind = _hair_behind(dice, style, width, height, turn, hair)
    front: list[Shape] = []

    for side in (-1, 1):
        ear = width * (1 - 0.06 * side * turn)
        lobe = _oval(side * ear, 0.04, 0.075, 0.12, 28)
        front.append(Shape(lobe, tint(skin, 0.93, (200, 90, 80)), skin_line, part="ear"))
    half = (
        (0, -height),
        (0.62 * width, -0.82 * height),
        (width, -0.25 * height),
        (0.97 * width, 0.2 * height),
        (jaw * width, 0.68 * height),
        (0.3 * width, 0.96 * height),
        (0, height),
    )
    face = smooth(*half, *((-x, y) for x, y in half[-2:0:-1]), closed=True)
    front.append(Shape(face, skin, skin_line, part="face"))
    front += _features(dice, width, height, jaw, turn, skin, hair)
    if style == "receding":
        front += _temples(width, height, hair)
    elif style != "bald":
        front += _fringe(dice, style, width, height, hair)
    if hat:
        front += _hat(dice, hat, width, height, cloth)
    return {"behind": behind, "front": front}


def _hair_behind(
    dice: np.random.Generator, style: str, width: float, height: float, turn: float, hair: Colour
) -> list[Shape]:
    """What of the hair lies behind the head and the shoulders."""
    line, shade = tint(hair, 0.6), tint(hair, 0.82)
    outlines: list[tuple[Points, Colour]] = []
    if style in ("bob", "long"):
        length = dice.uniform(0.45, 0.62) if style == "bob" else dice.uniform(0.85, 1.1)
        flare = dice.uniform(1.15, 1.4)
        right = (
            (0.62 * width, -height * 1.08),
            (1.17 * width, -0.5 * height),
            (1.22 * width, 0.1),
            (flare * width, length),
            (0.6 * width, length * 1.03),
        )
        outlines.append((smooth(*right, *((-x, y) for x, y in right[::-1]), closed=True), shade))
    if style == "wavy":
        length, waves = dice.uniform(0.7, 1.05), dice.uniform(0.06, 0.12) * width
        down = np.linspace(-0.5 * height, length, 8)
        edge = [(1.22 * width + waves * (-1) ** k + 0.1 * width * k / 7, float(y)) for k, y in enumerate(down)]
        edge = [(0.62 * width, -height * 1.1), *edge, (0.7 * width, length * 1.06)]
        outlines.append((smooth(*edge, *((-x, y) for x, y in edge[::-1]), closed=True), shade))
    if style == "bun":
        outlines.append((_oval(turn * 0.08, -height * 1.2, 0.2, 0.18), tint(hair, 0.9)))
    if style == "curly":
        for angle in np.linspace(-0.25, np.pi + 0.25, 13):
            x, y = 1.06 * width * np.cos(angle), -0.12 - 0.92 * height * np.sin(angle)
            outlines.append((_oval(x, y, 0.17, 0.17, 24), hair))
    if style == "afro":
        size, bumps = dice.uniform(1.3, 1.6) * width, dice.uniform(0.0, 0.04)
        angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        far = size * (1 + bumps * np.abs(np.sin(9 * angle)))
        cloud = np.stack([far * np.cos(angle), -0.32 * height + 0.95 * far * np.sin(angle)], axis=1)
        outlines.append((cloud, hair))
    if style == "pigtails":
        drop, full = dice.uniform(0.2, 0.5), dice.uniform(0.1, 0.15)
        for side in (-1, 1):
            x = side * 1.25 * width
            tail = ((x, -0.1), (x + side * full, 0.1 * drop), (x + side * full * 0.9, drop), (x, drop + 0.16))
            outlines.append((smooth(*tail, (x - side * full * 0.5, drop * 0.6), closed=True), hair))
    return [Shape(points, fill, line, part="hair") for points, fill in outlines]


def _hat(dice: np.random.Generator, kind: str, width: float, height: float, cloth: Colour) -> list[Shape]:
    """A knitted cap, or one with a peak, over the hair."""
    line, brim = tint(cloth, 0.55), -height * dice.uniform(0.42, 0.52)
    top = -height * dice.uniform(1.22, 1.36)
    dome = smooth(
        (-1.14 * width, brim),
        (-1.1 * width, 0.55 * (top + brim)),
        (-0.6 * width, 0.94 * top),
        (0, top),
        (0.6 * width, 0.94 * top),
        (1.1 * width, 0.55 * (top + brim)),
        (1.14 * width, brim),
    )
    shapes = [Shape(dome, cloth, line, part="hat")]
    if kind == "beanie":
        right = np.array([(1.17 * width, brim - 0.02), (1.15 * width, brim + 0.1)])
        band = np.concatenate([right, _mirror(right)[::-1]])
        shapes.append(Shape(band, tint(cloth, 0.85), line, part="hat"))
    else:
        side = 0.25 * width * float(dice.choice([-1, 0, 1]))
        peak = smooth(
            (-0.95 * width + side, brim),
            (side, brim - 0.03),
            (0.95 * width + side, brim),
            (0.8 * width + side, brim + 0.1),
            (side, brim + 0.14),
            (-0.8 * width + side, brim + 0.1),
            closed=True,
        )
        shapes.append(Shape(peak, tint(cloth, 0.75), line, part="hat"))
    return shapes


def _temples(width: float, height: float, hair: Colour) -> list[Shape]:
    """Hair at the sides alone."""
    half = smooth(
        (1.02 * width, 0.05),
        (1.13 * width, -0.25 * height),
        (0.98 * width, -0.62 * height),
        (0.84 * width, -0.6 * height),
        (0.9 * width, -0.3 * height),
        (0.95 * width, -0.05),
        closed=True,
    )
    return [Shape(side, hair, tint(hair, 0.6), part="hair") for side in (half, _mirror(half))]


def _features(
    dice: np.random.Generator,
    width: float,
    height: float,
    jaw: float,
    turn: float,
    skin: Colour,
    hair: Colour,
) -> list[Shape]:
    """Eyes, brows, nose, mouth, now and then glasses or a beard."""
    ink: Colour = (48, 32, 36)
    skin_line = tint(skin, 0.6, (70, 20, 20))
    middle = 0.07 * turn
    apart, eye_y = width * dice.uniform(0.42, 0.5), dice.uniform(-0.04, 0.04)
    eye_width, eye_height = dice.uniform(0.085, 0.11), dice.uniform(0.04, 0.075)
    slant, arch, lift = dice.normal(0, 0.012), dice.uniform(0.01, 0.05), dice.uniform(0.11, 0.16)
    gaze_x, gaze_y = turn * 0.02 + dice.normal(0, 0.008), dice.normal(-0.004, 0.006)
    iris = _IRISES[dice.integers(len(_IRISES))]
    mouth_y, mouth_width = height * dice.uniform(0.52, 0.6), dice.uniform(0.12, 0.19)
    smile, opened = dice.uniform(-0.045, 0.075), dice.random() < 0.4
    lips = tint(skin, 0.5, (196, 62, 74))
    shapes: list[Shape] = []

    if dice.random() < 0.14:
        inner = smooth(
            (0, mouth_y - 0.1),
            (0.3 * width, mouth_y - 0.1),
            (0.62 * width, 0.42 * height),
            (0.93 * width, -0.05),
        )
        outer = smooth(
            (0.99 * width, 0.1),
            (jaw * width, 0.69 * height),
            (0.3 * width, 0.98 * height),
            (0, 1.02 * height),
        )
        half = np.concatenate([inner, outer])
        both = np.concatenate([half, _mirror(half)[::-1]])
        shapes.append(Shape(both, tint(hair, 0.95), tint(hair, 0.6), part="beard"))

    closed = dice.random() < 0.07
    fall = float(dice.choice([-1.1, 0.8]))  # of closed lids: laughing, or asleep
    for side in (-1, 1):
        x, y = middle + side * apart * (1 - 0.06 * side * turn), eye_y
        left, right = (x - eye_width, y + side * slant), (x + eye_width, y - side * slant)
        brow = smooth(
            (x - side * eye_width * 1.1, y - lift + 0.01),
            (x + side * 0.01, y - lift - arch),
            (x + side * eye_width * 1.35, y - lift + 0.02),
        )
        shapes.append(Shape(brow, None, tint(hair, 0.7), closed=False, width=2.2, part="brow"))
        if closed:
            lid = smooth(left, (x, y + eye_height * fall), right)
            shapes.append(Shape(lid, None, ink, closed=False, width=1.5, part="lid"))
            continue
        upper = smooth(left, (x, y - eye_height * 1.15), right)
        lower = smooth(right, (x, y + eye_height * 0.8), left)
        shapes.append(Shape(np.concatenate([upper, lower]), (252, 250, 248), ink, width=0.7, part="eye"))
        at_x, at_y = x + gaze_x, y + gaze_y
        radius = min(eye_height * 0.88, 0.058)
        shapes.append(Shape(_oval(at_x, at_y, radius, radius, 24), iris, tint(iris, 0.5), width=0.7, part="iris"))
        shapes.append(Shape(_oval(at_x, at_y, radius * 0.5, radius * 0.5, 16), ink, ink, width=0.9, part="pupil"))
        glint = _oval(at_x - radius * 0.35, at_y - radius * 0.35, radius * 0.26, radius * 0.26, 12)
        shapes.append(Shape(glint, (255, 255, 255), None, drawn=False))
        shapes.append(Shape(upper, None, ink, closed=False, width=1.5, part="lid"))

    lean = 0.03 if turn > 0 else -0.03
    nose_y = height * dice.uniform(0.27, 0.32)
    tip = middle * 1.5
    root, wing = (tip + lean * 0.4, nose_y - 0.15), (tip + lean * 1.4, nose_y - 0.02)
    nose = smooth(root, wing, (tip, nose_y + 0.02), (tip - lean, nose_y))
    shapes.append(Shape(nose, None, skin_line, closed=False, part="nose"))

    x = middle * 1.1
    ends = (x - mouth_width, mouth_y - smile), (x + mouth_width, mouth_y - smile)
    line = smooth(ends[0], (x, mouth_y + smile * 0.5), ends[1])
    if opened:
        depth = dice.uniform(0.05, 0.11)
        lower = smooth(ends[1], (x, mouth_y + smile * 0.5 + depth), ends[0])
        shapes.append(Shape(np.concatenate([line, lower]), (120, 36, 44), tint(lips, 0.7), part="mouth"))
        teeth = smooth(ends[1], (x, mouth_y + smile * 0.5 + depth * 0.45), ends[0])
        teeth = np.concatenate([line, teeth]) * 0.9 + 0.1 * np.array([x, mouth_y])
        shapes.append(Shape(teeth, (250, 248, 244), None, drawn=False, part="teeth"))
    else:
        bow = (x + 0.04, mouth_y - 0.035), (x, mouth_y - 0.024), (x - 0.04, mouth_y - 0.035)
        upper = smooth(ends[1], *bow, ends[0])
        lower = smooth(ends[1], (x, mouth_y + smile * 0.5 + 0.055), ends[0])
        shapes.append(Shape(np.concatenate([line, upper]), lips, None, drawn=False))
        shapes.append(Shape(np.concatenate([line, lower]), tint(lips, 0.85, (255, 200, 190)), None, drawn=False))
        shapes.append(Shape(line, None, tint(lips, 0.55), closed=False, width=1.2, part="mouth"))
        under = smooth((x - 0.05, mouth_y + 0.085), (x, mouth_y + 0.095), (x + 0.05, mouth_y + 0.085))
        shapes.append(Shape(under, None, skin_line, closed=False, width=0.6, part="detail"))

    if dice.random() < 0.1:
        upper = smooth((0, mouth_y - 0.085), (0.6 * mouth_width, mouth_y - 0.08), (1.15 * mouth_width, mouth_y - 0.005))
        lower = smooth((1.15 * mouth_width, mouth_y - 0.005), (0.6 * mouth_width, mouth_y - 0.03), (0, mouth_y - 0.04))
        half = np.concatenate([upper, lower])
        both = np.concatenate([half, _mirror(half)[::-1]]) + np.array([x, 0.0])
        shapes.append(Shape(both, tint(hair, 0.9), tint(hair, 0.6), part="moustache"))

    if dice.random() < 0.2:
        frame, squareness = _IRISES[dice.integers(len(_IRISES))], dice.choice([2.0, 2.0, 3.5])
        for side in (-1, 1):
            x = middle + side * apart * (1 - 0.06 * side * turn)
            rim = _rim(x, eye_y + 0.01, squareness)
            shapes.append(Shape(rim, None, tint(frame, 0.8), width=1.4, part="glasses"))
        gap = apart - 0.155
        bridge = smooth((middle - gap, eye_y), (middle, eye_y - 0.02), (middle + gap, eye_y))
        shapes.append(Shape(bridge, None, tint(frame, 0.8), closed=False, width=1.4, part="bridge"))
    return shapes


def _rim(x: float, y: float, squareness: float) -> Points:
    """Of glasses: a superellipse, round at 2."""
    unit = _oval(0, 0, 1, 1)
    return np.sign(unit) * np.abs(unit) ** (2 / squareness) * (0.155, 0.135) + (x, y)


def _fringe(dice: np.random.Generator, style: str, width: float, height: float, hair: Colour) -> list[Shape]:
    """The hair in front of the forehead, with a few strands."""
    line = tint(hair, 0.6)
    part = dice.uniform(-0.6, 0.6) * width
    brow = -height * dice.uniform(0.36, 0.5)
    crown = height * (1.2 if style in ("curly", "afro") else 1.13)
    side_end = 0.0 if style in ("short", "spiky", "pigtails") else 0.16
    outer = (
        (-1.02 * width, side_end),
        (-1.12 * width, -0.42 * height),
        (-0.66 * width, -0.98 * height),
        (0, -crown),
        (0.66 * width, -0.98 * height),
        (1.12 * width, -0.42 * height),
        (1.02 * width, side_end),
    )
    crest = smooth(*outer)
    if style == "spiky":
        spikes, tall = int(dice.integers(4, 8)), dice.uniform(0.12, 0.26)
        along = np.linspace(0, 1, 2 * spikes + 1)
        base = np.stack([(2 * along - 1) * width, -height * (0.72 + 0.33 * np.sin(np.pi * along))], axis=1)
        base[1::2] += np.stack([0.3 * tall * (2 * along[1::2] - 1), np.full(spikes, -tall)], axis=1)
        crest = np.concatenate([smooth(*outer[:2]), base, smooth(*outer[-2:])])
    top = -height * dice.uniform(0.6, 0.8)
    inner = (
        (0.92 * width, -0.2 * height),
        (0.7 * width, brow),
        ((0.5 * width + part) / 2, (brow + top) / 2),
        (part, top),
        ((-0.5 * width + part) / 2, (brow + top) / 2),
        (-0.7 * width, brow),
        (-0.92 * width, -0.2 * height),
    )
    if dice.random() < 0.4:  # cut straight above the brows
        inner = (
            (0.93 * width, -0.1 * height),
            (0.86 * width, brow),
            (0.4 * width, brow + 0.03),
            (0, brow + 0.04),
            (-0.4 * width, brow + 0.03),
            (-0.86 * width, brow),
            (-0.93 * width, -0.1 * height),
        )
    shapes = [Shape(np.concatenate([crest, smooth(*inner)]), hair, line, part="hair")]
    for _ in range(int(dice.integers(2, 5))):
        foot = dice.uniform(-0.75, 0.75) * width
        start = (part * 0.6 + foot * 0.2, -crown * 0.93)
        end = (foot, (-0.98 if abs(foot) < 0.2 * width else -0.72) * height)
        bend = ((start[0] + end[0]) / 2 + 0.25 * (end[0] - start[0]), (start[1] + end[1]) / 2 - 0.02)
        light = dice.random() < 0.5
        colour = tint(hair, 0.8, (255, 240, 220)) if light else line
        shapes.append(
            Shape(smooth(start, bend, end), None, colour, drawn=not light, closed=False, width=0.8, part="strand")
        )
    return shapes


# --- paint ------------------------------------------------------------------------------------------------


def _fine(size: int) -> int:
    """How many times finer the canvas is than the picture; shrinking it smooths the edges."""
    return 3 if size <= 160 else 2


def _strokes(canvas: ImageDraw.ImageDraw, shape: Shape, scale: float, width: float, colour: Colour | int) -> None:
    points = (shape.points + 1) * scale
    if shape.closed:
        points = np.concatenate([points, points[:1]])
    canvas.line(points.ravel().tolist(), fill=colour, width=max(1, round(width * shape.width)))


def _draw(shapes: Iterable[Shape], size: int, weight: float) -> Image.Image:
    """Black outlines on white; a usual line is `weight` hundredths of the picture wide."""
    fine = _fine(size)
    sheet = Image.new("L", (size * fine, size * fine), 255)
    canvas, scale = ImageDraw.Draw(sheet), size * fine / 2
    width = max(weight / 100 * size, 0.9) * fine
    for shape in shapes:
        if not shape.drawn:
            continue
        if shape.fill is not None:
            canvas.polygon(((shape.points + 1) * scale).ravel().tolist(), fill=255)
        _strokes(canvas, shape, scale, width, 0)
    return sheet.reduce(fine).convert("RGB")


def _paint(shapes: Iterable[Shape], light: Light, sky: Colour, size: int) -> Image.Image:
    """The coloured picture, lit as if the head were a ball."""
    fine = _fine(size)
    sheet = Image.new("RGB", (size * fine, size * fine), sky)
    canvas, scale = ImageDraw.Draw(sheet), size * fine / 2
    for shape in shapes:
        if shape.fill is not None:
            canvas.polygon(((shape.points + 1) * scale).ravel().tolist(), fill=shape.fill)
        if shape.line is not None:
            _strokes(canvas, shape, scale, 0.008 * size * fine, shape.line)
    levels = np.asarray(sheet.reduce(fine), dtype=np.float32)  # (size,size,3)

    axis = ((np.arange(size, dtype=np.float32) + 0.5) / size) * 2 - 1
    x, y = axis[None, :], axis[:, None]
    u, v = (x - light.centre[0]) / light.radius, (y - light.centre[1]) / light.radius
    near = np.exp(-(u**2 + v**2) / 1.6)  # (size,size), 1 in the middle of the head
    shade = 0.86 + 0.18 * near + 0.07 * (u * light.direction[0] + v * light.direction[1])
    blush = np.zeros_like(shade)
    for cheek_x, cheek_y in light.cheeks.tolist():
        blush += np.exp(-((x - cheek_x) ** 2 + (y - cheek_y) ** 2) / 0.01)
    tint = 1 + blush[..., None] * np.array([0.02, -0.1, -0.08], np.float32)
    levels *= np.clip(shade, 0.7, 1.12)[..., None] * tint
    return Image.fromarray(np.clip(levels + 0.5, 0, 255).astype(np.uint8))
