"""The project's own icon style, drawn by code: a person as flat areas and a few strokes.

What a person looks like is a `Likeness`, whether it was measured on a photograph (data.likeness) or is known of a
person drawn by code (data.demo). The icon keeps where everything stands, the colours of hair, skin and cloth, the
hair's outline, and the expression, and leaves out the rest.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ganstudio import images
from ganstudio.data.demo import person, smooth
from ganstudio.data.room import random_room, widened
from ganstudio.data.shapes import Colour, Shape, tint

SIDE = 256  # the square in which a likeness is measured
WHITE: Colour = (255, 255, 255)
INK: Colour = (46, 34, 42)
TEETH: Colour = (253, 250, 246)

Points = NDArray[np.float64]  # (K,2): x, y in pixels of the square
Mask = NDArray[np.bool_]  # (SIDE,SIDE)

_FINE = 4  # times finer than the square is the canvas
_ROUND = 2.6  # pixels of the square within which an outline is smoothed
_FACE = 140.0  # pixels from forehead to chin of a face whose strokes have their usual width


class Looks(Protocol):
    """Whoever can tell what a photographed person looks like: data.likeness.Looker."""

    def likeness(self, picture: Image.Image) -> Likeness | None: ...

    def mask(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]: ...


class Eye(NamedTuple):
    corners: Points  # (2,2), the left one first
    openness: float  # its height over its width; below 0.13 it is closed
    lids: float = 1.0  # of a closed eye: 1 bends down, as asleep, -1 up, as laughing


class Mouth(NamedTuple):
    line: Points  # (3,2): left corner, middle, right corner
    upper: Points | None  # (5,2), of an open mouth: the upper edge of what is open, from left to right
    lower: Points | None  # (5,2), likewise
    teeth: bool


class Likeness(NamedTuple):
    """What an icon shows of a person, in a square of SIDE x SIDE pixels."""

    face: Mask  # with the forehead, as far as hair leaves it free
    chin: tuple[float, float]
    height: float  # of the face from forehead to chin, in pixels: strokes are as wide as this says
    width: float  # of the face
    ears: tuple[tuple[float, float], ...]  # those that are seen
    hair: Mask
    body: Mask  # cloth
    hat: Mask | None
    brows: tuple[Points, ...]
    eyes: tuple[Eye, ...]
    nose: Points  # (3,2): wing, tip, wing
    mouth: Mouth
    beard: Mask | None
    moustache: Mask | None
    glasses: tuple[Points, ...]  # rims, each (K,2), and the bridge last; empty: none
    cheeks: Points  # (2,2)
    skin_colour: Colour
    hair_colour: Colour
    cloth_colour: Colour
    beard_colour: Colour
    hat_colour: Colour


def draw(who: Likeness, size: int, style: str = "flat") -> Image.Image:
    """The icon, RGB of size x size pixels, on white. Styles are those of STYLES."""
    return STYLES[style](who, size)


def _flat(who: Likeness, size: int) -> Image.Image:
    """Areas without outlines, small eyes: who it is, in as few strokes as that takes."""
    pen = _Pen(size, WHITE)
    unit = who.height / _FACE
    skin, hair = who.skin_colour, who.hair_colour
    rows = np.arange(SIDE)[:, None]
    x, chin = who.chin
    low = np.broadcast_to(rows > chin - 0.3 * who.height, (SIDE, SIDE))

    pen.area(who.hair, hair)
    if who.body.any():
        pen.area(who.body, who.cloth_colour)
    neck, top, end = 0.29 * who.width, chin - 0.25 * who.height, chin + 0.2 * who.height
    throat = [(x - neck, top), (x + neck, top), (x + neck * 1.05, end)]
    throat += [(x + neck * 0.5, end + 0.1 * who.height), (x - neck * 0.5, end + 0.1 * who.height)]
    pen.polygon([*throat, (x - neck * 1.05, end)], tint(skin, 0.84, (130, 60, 60)))
    pen.area(who.hair & low & ~_disc(x, chin + 0.25 * who.height, 0.3 * who.width), hair)
    for ear in who.ears:
        pen.oval(ear, 7 * unit, 12 * unit, tint(skin, 0.9, (190, 80, 70)))
    pen.area(who.face, skin, 2.0)
    for cheek in _seen_cheeks(who, 9 * unit):
        pen.oval(cheek, 9 * unit, 6 * unit, tint(skin, 0.86, (236, 90, 96)))
    for mask in (who.beard, who.moustache):
        if mask is not None:
            pen.area(mask, who.beard_colour, 1.6)
    pen.area(who.hair & ~low, hair)

    dark = sum(skin) < 360  # ink would not be seen on it
    _mouth(pen, who.mouth, unit, dark)
    wing, tip, other = who.nose
    shade = tint(skin, 0.74, (110, 40, 30))
    pen.line(smooth(tuple(wing), tuple(moved(tip, 0, 2 * unit)), tuple(other)), shade, 3.0 * unit)
    brown = tint(hair if sum(hair) < 480 else tint(hair, 0.7), 0.75, (40, 24, 20))
    for brow in who.brows:
        pen.line(brow, brown, 4.2 * unit)
    for eye in who.eyes:
        _eye(pen, eye, unit, dark)
    for rim in who.glasses[:-1]:
        pen.line(np.concatenate([rim, rim[:1]]), INK, 2.4 * unit)
    if who.glasses:
        pen.line(who.glasses[-1], INK, 2.4 * unit)
    if who.hat is not None:
        pen.area(who.hat, who.hat_colour, 2.0)
    return pen.done()


def _comic(who: Likeness, size: int) -> Image.Image:
    """Bold outlines and large eyes."""
    pen = _Pen(size, WHITE)
    unit = who.height / _FACE
    edge = 3.2 * unit
    skin, hair = who.skin_colour, who.hair_colour
    shade = tint(skin, 0.82, (150, 60, 60))
    x, chin = who.chin
    below = np.arange(SIDE)[:, None] > chin - 0.3 * who.height
    low = np.broadcast_to(below, (SIDE, SIDE))

    pen.area(who.hair, hair, edge=edge)
    if who.body.any():
        pen.area(who.body, who.cloth_colour, edge=edge)
    neck = 0.25 * who.width
    corners = [(x - neck, chin - 0.25 * who.height), (x + neck, chin - 0.25 * who.height)]
    corners += [(x + neck, chin + 0.16 * who.height), (x, chin + 0.27 * who.height)]
    throat = np.array([*corners, (x - neck, chin + 0.16 * who.height)])
    pen.area(filled(throat), shade, edge=edge)
    pen.area(who.hair & low & ~_disc(x, chin + 0.25 * who.height, 0.3 * who.width), hair, edge=edge, part_of=who.hair)
    for ear in who.ears:
        pen.oval(ear, 8 * unit + edge, 12 * unit + edge, INK)
        pen.oval(ear, 8 * unit, 12 * unit, skin)
    pen.area(who.face, skin, 2.4, edge)
    for cheek in _seen_cheeks(who, 10 * unit):
        pen.oval(moved(cheek, 0, 4 * unit), 10 * unit, 6 * unit, tint(skin, 0.8, (244, 96, 110)))
    for mask in (who.beard, who.moustache):
        if mask is not None:
            pen.area(mask, who.beard_colour, 1.6)
    pen.area(who.hair & ~low, hair, edge=edge, part_of=who.hair)

    _comic_mouth(pen, who.mouth, unit)
    _, tip, _ = who.nose
    pen.line(
        smooth(tuple(moved(tip, -4 * unit, 0)), tuple(moved(tip, 0, 3 * unit)), tuple(moved(tip, 4 * unit, 0))),
        INK,
        edge * 0.8,
    )
    for brow in who.brows:
        pen.line(moved(brow, 0, -4 * unit), INK if sum(hair) < 300 else tint(hair, 0.6, INK), 5.6 * unit)
    for eye in who.eyes:
        _comic_eye(pen, eye, unit)
    for rim in who.glasses[:-1]:
        pen.line(np.concatenate([rim, rim[:1]]), INK, 4 * unit)
    if who.glasses:
        pen.line(who.glasses[-1], INK, 4 * unit)
    if who.hat is not None:
        pen.area(who.hat, who.hat_colour, 2.0, edge)
    return pen.done()


STYLES: dict[str, Callable[[Likeness, int], Image.Image]] = {"flat": _flat, "comic": _comic}


def rims(eyes: Sequence[Eye], roundness: float = 2.6) -> tuple[Points, ...]:
    """Glasses before two eyes: both rims, (24,2) each, and the bridge, (3,2), last."""
    left, right = (eye.corners.mean(axis=0) for eye in eyes)
    apart = float(np.hypot(*(right - left)))
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    round_x, round_y = (np.sign(f(angle)) * np.abs(f(angle)) ** (2 / roundness) for f in (np.cos, np.sin))
    along, down = (right - left) / apart, np.array([left[1] - right[1], right[0] - left[0]]) / apart
    found = []
    for centre in (left, right):
        middle = centre + down * 0.05 * apart
        found.append(middle + apart * (0.39 * round_x[:, None] * along + 0.3 * round_y[:, None] * down))
    ends = [left + along * 0.39 * apart, right - along * 0.39 * apart]
    between = (left + right) / 2 - down * 0.04 * apart
    return (*found, curve(np.stack([ends[0], between, ends[1]])))


def moved(point: Points, across: float, down: float) -> Points:  # (2,) or (K,2) -> the same
    return point + np.array([across, down])


def _seen_cheeks(who: Likeness, radius: float) -> list[Points]:
    """Those that lie on the face: of a head that is turned, one does not."""
    return [
        cheek
        for cheek in who.cheeks
        if all(who.face[_cell(cheek[1]), _cell(cheek[0] + side * radius)] for side in (-1, 1))
    ]


def _mouth(pen: _Pen, mouth: Mouth, unit: float, dark: bool) -> None:
    if mouth.upper is None or mouth.lower is None:
        left, middle, right = mouth.line
        bend = middle - (left + right) / 2
        between = [(end + middle) / 2 + bend * 0.25 for end in (left, right)]
        lips = smooth(*(tuple(p) for p in (left, between[0], middle, between[1], right)))
        pen.line(lips, (196, 92, 92) if dark else (152, 54, 60), 3.4 * unit)
        return
    outline = np.concatenate([curve(mouth.upper), curve(mouth.lower)[::-1]])
    centre = outline.mean(axis=0)
    pen.polygon((outline - centre) * (1.06, 1.25) + centre, (112, 30, 42))
    if mouth.teeth:
        share = 0.45
        edge = mouth.upper * (1 - share) + mouth.lower * share
        band = np.concatenate([curve(mouth.upper), curve(edge)[::-1]])
        middle = band.mean(axis=0)
        pen.polygon((band - middle) * (0.96, 1.1) + middle, TEETH)


def _comic_mouth(pen: _Pen, mouth: Mouth, unit: float) -> None:
    if mouth.upper is None or mouth.lower is None:
        left, middle, right = mouth.line
        bend = middle - (left + right) / 2
        between = [(end + middle) / 2 + bend * 0.25 for end in (left, right)]
        pen.line(smooth(*(tuple(p) for p in (left, between[0], middle, between[1], right))), INK, 4.2 * unit)
        return
    outline = np.concatenate([curve(mouth.upper), curve(mouth.lower)[::-1]])
    centre = outline.mean(axis=0)
    outline = (outline - centre) * (1.08, 1.5) + centre
    pen.polygon(outline, (140, 34, 48))
    if mouth.teeth:
        share = 0.5
        band = np.concatenate([curve(mouth.upper), curve(mouth.upper * (1 - share) + mouth.lower * share)[::-1]])
        pen.polygon((band - centre) * (1.0, 1.45) + centre, TEETH)
    pen.line(np.concatenate([outline, outline[:1]]), INK, 3.2 * unit)


def _comic_eye(pen: _Pen, eye: Eye, unit: float) -> None:
    centre = eye.corners.mean(axis=0)
    if eye.openness < 0.13:
        bent = moved(centre, 0, 6 * unit * eye.lids)
        ends = (eye.corners - centre) * 1.1 + centre
        pen.line(smooth(tuple(ends[0]), tuple(bent), tuple(ends[1])), INK, 4.6 * unit)
        return
    tall = float(np.clip(eye.openness / 0.28, 0.7, 1.15))
    across, high = 11.5 * unit, 11.5 * unit * tall
    angle = np.linspace(1.06 * np.pi, 1.94 * np.pi, 15)
    lid = centre + np.stack([across * np.cos(angle), high * np.sin(angle)], axis=1)
    pen.oval(centre, across, high, (250, 250, 250))
    pen.oval(centre, 8 * unit, high * 0.98, INK)
    pen.line(lid, INK, 3.6 * unit)
    pen.oval(moved(centre, -2.4 * unit, -3.4 * unit * tall), 3.2 * unit, 3.2 * unit, (252, 252, 252))
    pen.oval(moved(centre, 2.4 * unit, 4 * unit * tall), 1.7 * unit, 1.7 * unit, (252, 252, 252))


def _eye(pen: _Pen, eye: Eye, unit: float, dark: bool) -> None:
    centre = eye.corners.mean(axis=0)
    if eye.openness < 0.13:
        bent = moved(centre, 0, 4 * unit * eye.lids)
        pen.line(smooth(tuple(eye.corners[0]), tuple(bent), tuple(eye.corners[1])), INK, 3.2 * unit)
        return
    if dark:
        pen.oval(centre, 8 * unit, 6.6 * unit, (250, 248, 246))
    pen.oval(centre, 4.6 * unit, 5.8 * unit * float(np.clip(eye.openness / 0.28, 0.75, 1.15)), INK)
    pen.oval(moved(centre, -1.4 * unit, -2 * unit), 1.5 * unit, 1.5 * unit, (252, 252, 252))


def curve(points: Points) -> Points:
    return smooth(*(tuple(point) for point in points))


def filled(*outlines: Points) -> Mask:
    """The pixels of the square inside of any of the outlines, (K,2) each."""
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    for outline in outlines:
        cv2.fillPoly(sheet, [np.round(outline * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return sheet.astype(bool)


def _disc(x: float, y: float, radius: float) -> Mask:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 < radius**2)


class _Pen:
    """Paints in the square's pixels on a canvas some times finer than the picture."""

    def __init__(self, size: int, ground: Colour) -> None:
        self.size = size
        side = size * max(2, -(-_FINE * SIDE // (2 * size)))
        self.scale = side / SIDE
        self.sheet = np.full((side, side, 3), ground, np.uint8)

    def _at(self, points: ArrayLike) -> NDArray[np.int32]:
        return np.round(np.asarray(points, np.float64) * self.scale * 16).astype(np.int32)

    def polygon(self, points: ArrayLike, colour: Colour) -> None:
        cv2.fillPoly(self.sheet, [self._at(points)], colour, cv2.LINE_AA, 4)

    def line(self, points: ArrayLike, colour: Colour, width: float) -> None:
        wide = max(1, round(width * self.scale))
        at = self._at(points)
        cv2.polylines(self.sheet, [at], False, colour, wide, cv2.LINE_AA, 4)
        for end in (at[0], at[-1]):
            cv2.circle(self.sheet, (int(end[0]), int(end[1])), wide * 8, colour, -1, cv2.LINE_AA, 4)

    def oval(self, centre: ArrayLike, across: float, down: float, colour: Colour) -> None:
        x, y = self._at(centre).tolist()
        axes = (max(16, round(across * self.scale * 16)), max(16, round(down * self.scale * 16)))
        cv2.ellipse(self.sheet, (x, y), axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 4)

    def area(
        self, mask: Mask, colour: Colour, rounded: float = _ROUND, edge: float = 0.0, part_of: Mask | None = None
    ) -> None:
        """A region with a smooth outline, which is drawn `edge` wide in ink; not where it is `part_of` a larger one."""
        if not mask.any():
            return
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), rounded, borderType=cv2.BORDER_REPLICATE)
        if edge:
            inside = (soft > 0.5).astype(np.uint8)
            grown = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5) < edge
            self.area(grown if part_of is None else grown & ~(part_of & ~mask), INK, 1.2)
        large = cv2.resize(soft, self.sheet.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        share = np.clip((large - 0.5) * (rounded * self.scale * 1.2) + 0.5, 0, 1)[..., None]
        left, top, width, height = cv2.boundingRect((share > 0).astype(np.uint8))
        here = np.s_[top : top + height, left : left + width]
        self.sheet[here] = np.round(self.sheet[here] * (1 - share[here]) + np.array(colour, np.float32) * share[here])

    def done(self) -> Image.Image:
        small = cv2.resize(self.sheet, (self.size, self.size), interpolation=cv2.INTER_AREA)
        return Image.fromarray(small.astype(np.uint8))


# --- people drawn by code -----------------------------------------------------------------------------------


def of_shapes(shapes: Sequence[Shape]) -> Likeness:
    """The likeness of a person of data.demo, whose `shapes` are given from back to front."""

    def placed(shape: Shape) -> Points:
        return (shape.points + 1) * (SIDE / 2)

    def parts(*names: str) -> list[Shape]:
        return [shape for shape in shapes if shape.part in names]

    def area(those: Sequence[Shape]) -> Mask:
        return filled(*(placed(shape) for shape in those if shape.fill is not None))

    (face,) = parts("face")
    outline = placed(face)
    top, bottom = outline[outline[:, 1].argmin()], outline[outline[:, 1].argmax()]
    across = float(np.ptp(outline[:, 0]))
    hair, hat, mask = area(parts("hair")), area(parts("hat")), area(parts("face"))
    hairs, hats, bodies = parts("hair"), parts("hat"), parts("body")
    beards = parts("beard", "moustache")
    skin: Colour = face.fill or (230, 190, 160)
    # Hair that lies behind the face is not before it: only the fringe, which is drawn after the face, hides skin.
    after = next(k for k, shape in enumerate(shapes) if shape is face)
    before = area([shape for shape in shapes[after:] if shape.part == "hair"])
    hair = (hair & ~mask) | before
    lids, eyes = parts("lid"), parts("eye")
    mouths, teeth = parts("mouth"), parts("teeth")
    middle = outline.mean(axis=0)
    rims = [placed(each) for each in parts("glasses")]
    bridge = [placed(each) for each in parts("bridge")]
    seen_ears = [placed(each).mean(axis=0) for each in parts("ear")]
    return Likeness(
        face=mask & ~before,
        chin=(float(bottom[0]), float(bottom[1])),
        height=float(bottom[1] - top[1]) * 0.86,
        width=across,
        ears=tuple((float(x), float(y)) for x, y in seen_ears if not hair[_cell(y), _cell(x)]),
        hair=hair,
        body=area(parts("body")),
        hat=hat if hat.any() else None,
        brows=tuple(placed(each) for each in parts("brow")),
        eyes=tuple(_eye_of(placed(lid), [placed(each) for each in eyes]) for lid in lids),
        nose=_nose_of(placed(parts("nose")[0])),
        mouth=_mouth_of(placed(mouths[0]), bool(teeth), mouths[0].fill is not None),
        beard=area(parts("beard")) if parts("beard") else None,
        moustache=area(parts("moustache")) if parts("moustache") else None,
        glasses=(*rims, *bridge) if rims and bridge else (),
        cheeks=np.stack([moved(middle, side * 0.27 * across, 0.18 * across) for side in (-1, 1)]),
        skin_colour=skin,
        hair_colour=next((each.fill for each in reversed(hairs) if each.fill), tint(skin, 0.5)),
        cloth_colour=next((each.fill for each in bodies if each.fill), (110, 120, 150)),
        beard_colour=tint(next((each.fill for each in beards if each.fill), INK), 0.92),
        hat_colour=next((each.fill for each in hats if each.fill), INK),
    )


def _cell(value: float) -> int:
    return int(np.clip(value, 0, SIDE - 1))


def _eye_of(lid: Points, eyes: Sequence[Points]) -> Eye:
    corners = np.stack([lid[lid[:, 0].argmin()], lid[lid[:, 0].argmax()]])
    width = float(np.hypot(*(corners[1] - corners[0])))
    centre = corners.mean(axis=0)
    mine = [eye for eye in eyes if np.hypot(*(eye.mean(axis=0) - centre)) < width]
    if not mine:  # closed
        return Eye(corners, 0.0, 1.0 if lid[len(lid) // 2, 1] > centre[1] else -1.0)
    return Eye(corners, float(np.ptp(mine[0][:, 1])) / width)


def _nose_of(line: Points) -> Points:
    """From a nose's line, which ends at its tip, the stroke below it."""
    tip = line[line[:, 1].argmax()]
    return np.stack([moved(tip, -6, -2), tip, moved(tip, 6, -2)])


def _mouth_of(line: Points, teeth: bool, opened: bool) -> Mouth:
    left, right = line[line[:, 0].argmin()], line[line[:, 0].argmax()]
    if not opened:
        return Mouth(np.stack([left, line[len(line) // 2], right]), None, None, False)
    at = np.linspace(left[0], right[0], 5)
    half = len(line) // 2
    sides = []
    for part in (line[:half], line[half:]):
        part = part[np.argsort(part[:, 0])]
        sides.append(np.stack([at, np.interp(at, part[:, 0], part[:, 1])], axis=1))
    upper, lower = sorted(sides, key=lambda side: float(side[2, 1]))
    return Mouth(np.stack([left, (upper[2] + lower[2]) / 2, right]), upper, lower, teeth)


# --- pairs to train on ----------------------------------------------------------------------------------------

_ROOM = 0.4  # share by which a face may become smaller
_WIDENED, _CUT_OUT, _GIVEN_GLASSES = 0.5, 0.5, 0.12  # shares of the photographs
_FRAMES: tuple[Colour, ...] = ((34, 30, 34), (60, 40, 30), (116, 74, 44), (120, 122, 128), (170, 140, 84))


def write_drawn(folder: Path, count: int, size: int, seed: int, style: str = "flat") -> None:
    """`count` people drawn by code, as a portrait and as an icon: trainA/NAME.png and trainB/NAME.png in `folder`, and
    a tenth as many in testA and testB. Person k depends on `seed` and k alone."""
    tests = max(1, count // 10)
    for index in range(count + tests):
        part = "train" if index < count else "test"
        shapes, portrait = person(index, size, seed)
        _write(folder, part, f"drawn-{index:05d}", portrait, draw(of_shapes(shapes), size, style))


def write_of_photographs(
    folder: Path,
    photographs: Sequence[Path],
    size: int,
    looker: Looks,
    progress: Callable[[Sequence[Path]], Iterable[Path]],
    style: str = "flat",
) -> list[Path]:
    """Likewise of aligned photographs of one face each, under their own names; those in which no face was seen are
    returned. A part of them gets room around the face, white paper for a ground, or glasses: which, their names say."""
    faceless = []
    for file in progress(photographs):
        rng = np.random.default_rng(zlib.crc32(file.stem.encode()))
        widen, cut, wear = (rng.random() < part for part in (_WIDENED, _CUT_OUT, _GIVEN_GLASSES))
        pixels = np.asarray(images.letterbox(images.to_rgb(images.decode(file)), SIDE)[0])
        if widen:
            wide, _ = widened(pixels, random_room(_ROOM, rng))
            pixels = cv2.resize(wide, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        found = looker.likeness(Image.fromarray(pixels))
        if found is None:
            faceless.append(file)
            continue
        if cut:
            person_there = looker.mask(pixels)[..., None]
            pixels = np.round(pixels * person_there + 255 * (1 - person_there)).astype(np.uint8)
        if wear and not found.glasses:
            found = found._replace(glasses=rims(found.eyes, float(rng.uniform(2, 3.4))))
            pixels = with_glasses(pixels, found.glasses, rng)
        portrait = Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS)
        _write(folder, "train", file.stem, portrait, draw(found, size, style))
    return faceless


def with_glasses(pixels: NDArray[np.uint8], glasses: Sequence[Points], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A photograph (SIDE,SIDE,3) whose person wears these, in a frame drawn by `rng`."""
    colour, wide = _FRAMES[rng.integers(len(_FRAMES))], float(rng.uniform(1.2, 3.4))
    share = np.zeros((SIDE * _FINE, SIDE * _FINE), np.uint8)
    for k, line in enumerate(glasses):
        at = np.round(line * _FINE * 16).astype(np.int32)
        cv2.polylines(share, [at], k < len(glasses) - 1, 255, max(1, round(wide * _FINE)), cv2.LINE_AA, 4)
    outer = np.stack([glasses[0][glasses[0][:, 0].argmin()], glasses[1][glasses[1][:, 0].argmax()]])
    for end, side in zip(outer, (-1, 1), strict=True):  # the arms, as far as an eye sees them
        arm = np.stack([end, end + np.array([side * 0.2 * np.ptp(glasses[0][:, 0]), -1])])
        cv2.polylines(share, [np.round(arm * _FINE * 16).astype(np.int32)], False, 255, max(1, round(wide * 3)), 16, 4)
    part = cv2.resize(share, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[..., None] / 255 * float(rng.uniform(0.85, 1))
    return np.asarray(np.round(pixels * (1 - part) + np.array(colour) * part), np.uint8)


def _write(folder: Path, part: str, name: str, portrait: Image.Image, icon: Image.Image) -> None:
    for side, picture in (("A", portrait), ("B", icon)):
        place = folder / f"{part}{side}"
        place.mkdir(parents=True, exist_ok=True)
        picture.save(place / f"{name}.png", compress_level=4)
