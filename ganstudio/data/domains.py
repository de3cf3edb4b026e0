"""Two unpaired data sets drawn by code whose true answer is known: balls, and creatures of two types.

No download and no licence. A training set's A and B show different scenes, so that it is truly unpaired; a
test set's A and B show the same ones, so that what a network makes of A can be compared with the true B.

A ball is a red-and-white catching ball (A) or its purple counterpart (B), seen in any pose and light. It is
not painted but rendered: the colour at a pixel follows from where the turned sphere's surface point lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.data.creatures import creature

Pixels = NDArray[np.uint8]  # (size,size,3) RGB
Levels = NDArray[np.floating]  # 0..255 for colours, 0..1 for shares
Seed = int | Sequence[int]

SMALLEST, LARGEST = 16, 1024
KINDS = ("ball", "creatures")
DOMAINS = ("A", "B")
CREATURE_TYPES = {"A": "water", "B": "fire"}

_RED, _WHITE, _BLACK = (222, 44, 48), (242, 242, 240), (38, 38, 44)
_PURPLE, _MAGENTA, _GREY = (112, 60, 168), (232, 70, 158), (168, 168, 174)

# On the ball: x to its right, y to its top, z through the button. The M sits above the button.
_M_HEIGHT = np.deg2rad(43)
_M_CENTRE = np.array([0, np.sin(_M_HEIGHT), np.cos(_M_HEIGHT)], np.float32)
_M_UP = np.array([0, np.cos(_M_HEIGHT), -np.sin(_M_HEIGHT)], np.float32)
_M_STROKES = np.array([(-0.19, -0.14), (-0.14, 0.14), (0, -0.05), (0.14, 0.14), (0.19, -0.14)], np.float32)
_M_WIDTH = 0.038  # half the width of a stroke, in radii of the ball
_BUMP = np.array([0.69, 0.59, 0.42], np.float32) / np.linalg.norm(
    [0.69, 0.59, 0.42]
)  # the left one is its mirror image
_BUMP_SIZE = 0.37  # radians from its middle to its edge


def ball(seed: Seed, domain: str, size: int = 128) -> Pixels:
    """(size,size,3) RGB: one ball on some background; domain "A" is red and white, "B" purple.

    The same seed in both domains gives the same picture but for the ball's colours: equal outside the sphere.
    `size` is 16 to 1024 pixels a side; the scene of a seed is the same at every size. Raises ValueError for
    another size or domain.
    """
    _check(size, domain)
    dice = np.random.default_rng(seed)
    radius = dice.uniform(0.42, 0.78)
    room = 0.97 - radius  # the ball never leaves the picture
    centre = (float(dice.uniform(-room, room)), float(np.clip(dice.normal(0.05, 0.25), -room, room)))
    light = _light(dice)
    turned = _pose(dice)
    scenery, floor = _scenery(dice, size, centre[1] + radius)
    scenery *= 1 - _shadow(dice, size, centre, radius, light)[..., None]

    # Only the square around the ball is rendered, `fine` times finer than the picture.
    fine = 3 if size <= 160 else 2
    bounds = [((c - radius + 1) / 2 * size, (c + radius + 1) / 2 * size) for c in centre]
    (left, right), (top, bottom) = ((max(0, int(low)), min(size, int(high) + 1)) for low, high in bounds)
    x = ((np.arange(left * fine, right * fine) + 0.5) / (size * fine) * 2 - 1 - centre[0]) / radius
    y = ((np.arange(top * fine, bottom * fine) + 0.5) / (size * fine) * 2 - 1 - centre[1]) / radius
    inside, colours = _sphere(x.astype(np.float32), y.astype(np.float32), turned, light, floor, domain)
    layer = np.zeros((*inside.shape, 4), np.float32)  # colour times coverage, coverage
    layer[inside, :3], layer[inside, 3] = colours, 1
    layer = layer.reshape(bottom - top, fine, right - left, fine, 4).mean(axis=(1, 3))
    part = scenery[top:bottom, left:right]
    part *= 1 - layer[..., 3:]
    part += layer[..., :3]
    return np.clip(scenery + 0.5, 0, 255).astype(np.uint8)


def creature_on_white(seed: Seed, domain: str, size: int = 128) -> Pixels:
    """(size,size,3) RGB: a creature on white, of water colours in domain "A" and of fire's in "B".

    Raises ValueError for a size outside 16 to 1024 or another domain."""
    _check(size, domain)
    drawn = creature(seed, CREATURE_TYPES[domain], size).astype(np.float32)
    share = drawn[..., 3:] / 255
    return (drawn[..., :3] * share + 255 * (1 - share) + 0.5).astype(np.uint8)


def write_unpaired(folder: Path, kind: str, count: int, size: int, seed: int, test: int | None = None) -> None:
    """Writes trainA/, trainB/ (`count` pictures each), testA/ and testB/ (`test` each) into `folder`.

    `kind` is one of `KINDS`. Test pictures of one name are true partners; all training pictures show scenes of
    their own. `test` is by default a tenth of `count`, at least 1. Picture k depends on kind, size, `seed` and k
    only. Raises ValueError for another kind or size, OSError where the folder cannot be written.
    """
    for name, index, draw in unpaired(kind, count, size, seed, test):
        (folder / name).mkdir(parents=True, exist_ok=True)
        draw().save(folder / name / f"{index:04d}.png")


def unpaired(
    kind: str, count: int, size: int, seed: int, test: int | None = None
) -> Iterator[tuple[str, int, Callable[[], Image.Image]]]:
    """(folder, number, what draws the picture) of each picture of such a set, nothing being drawn yet; see
    `write_unpaired`."""
    if kind not in KINDS:
        raise ValueError(f"kind is {kind}; choose one of {', '.join(KINDS)}")
    _check(size, "A")
    draw: Callable[[Seed, str, int], Pixels] = ball if kind == "ball" else creature_on_white

    def picture(scene: Seed, domain: str) -> Image.Image:
        return Image.fromarray(draw(scene, domain, size))

    test = max(1, count // 10) if test is None else test
    # The second number of a scene's seed: scenes of A, of B, and those that both show.
    for name, domain, scenes, many in (
        ("trainA", "A", 0, count),
        ("trainB", "B", 1, count),
        ("testA", "A", 2, test),
        ("testB", "B", 2, test),
    ):
        for index in range(many):
            yield name, index, partial(picture, (seed, scenes, index), domain)


def _check(size: int, domain: str) -> None:
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"size is {size}; pictures have {SMALLEST} to {LARGEST} pixels a side")
    if domain not in DOMAINS:
        raise ValueError(f"domain is {domain}; choose one of {', '.join(DOMAINS)}")


# --- the ball ---------------------------------------------------------------------------------------------


class _Light(NamedTuple):
    direction: Levels  # (3,) unit vector toward the light: x right, y up, z to the viewer
    tint: Levels  # (3,) around 1
    ambient: float
    gloss: float  # strength of the highlight
    sharpness: float  # exponent of the highlight (Blinn 1977)


def _light(dice: np.random.Generator) -> _Light:
    angle, height = dice.uniform(-0.42, 0.42) * np.pi, np.deg2rad(dice.uniform(25, 75))
    direction = np.array([np.sin(angle) * np.cos(height), np.sin(height), np.cos(angle) * np.cos(height)])
    warmth = dice.normal(0, 0.03)
    tint = np.array([1 + warmth, 1, 1 - warmth], np.float32)
    return _Light(
        direction.astype(np.float32),
        tint,
        dice.uniform(0.5, 0.68),
        dice.uniform(0.35, 0.9),
        float(np.exp(dice.uniform(np.log(18), np.log(120)))),
    )


def _pose(dice: np.random.Generator) -> Levels:
    """(3,3) rotation from the ball to the picture; nine in ten show the top's front, the rest any side."""

    def about(axis: int, degrees: float) -> NDArray[np.float64]:
        cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
        turned = np.eye(3)
        first, second = (axis + 1) % 3, (axis + 2) % 3
        turned[[first, second], [first, second]] = cosine
        turned[second, first], turned[first, second] = sine, -sine
        return turned

    turn, tip, lean = dice.normal(0, 28), dice.normal(20, 16), dice.normal(0, 22)
    if dice.random() < 0.1:
        turn, lean = dice.uniform(-180, 180), dice.normal(0, 60)
    return (about(2, lean) @ about(0, tip) @ about(1, turn)).astype(np.float32)


def _sphere(
    x: Levels, y: Levels, turned: Levels, light: _Light, floor: Levels, domain: str
) -> tuple[NDArray[np.bool_], Levels]:
    """(H,W) where the ball is, and (N,3) its colours there; x (W,) and y (H,) in radii from its middle, y down."""
    beyond = y[:, None] ** 2 + x[None, :] ** 2
    inside = beyond < 1
    rows, columns = np.nonzero(inside)
    normal = np.stack([x[columns], -y[rows], np.sqrt(1 - beyond[inside])], axis=1)  # (N,3)
    place = normal @ turned  # the same points on the ball before it was turned
    colour = _paint(place, domain)
    if domain == "B":  # the bumps catch the light as domes do
        for side in (-1, 1):
            middle = (_BUMP * (side, 1, 1)).astype(np.float32)
            on = place @ middle > np.cos(_BUMP_SIZE)
            raised = place[on] + 1.1 * (place[on] - middle)
            normal[on] = (raised / np.linalg.norm(raised, axis=1, keepdims=True)) @ turned.T

    facing = np.clip(normal @ light.direction, 0, None)
    up = normal[:, 1] * 0.5 + 0.5
    glow = light.ambient * (0.8 + 0.3 * up) + (1.1 - light.ambient) * facing
    levels = colour * glow[:, None] * light.tint
    levels += (1 - up)[:, None] ** 2 * 0.14 * floor  # what the ground throws back
    half = light.direction + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    shine = light.gloss * np.clip(normal @ half, 0, None) ** light.sharpness
    shine += 0.16 * (1 - np.clip(normal[:, 2], 0, 1)) ** 3 * up  # surfaces reflect more at a grazing angle
    levels += np.clip(shine, 0, 1)[:, None] * (250 - levels)
    return inside, levels


def _paint(place: Levels, domain: str) -> Levels:
    """(N,3) the paint, in 0..255, at points (N,3) of the unit sphere."""
    x, y, z = place.T
    top = _RED if domain == "A" else _PURPLE
    colour = np.where((y > 0)[:, None], np.array(top, np.float32), np.array(_WHITE, np.float32))
    if domain == "B":
        for side in (-1, 1):
            near = place @ (_BUMP * (side, 1, 1)).astype(np.float32)
            colour[near > np.cos(_BUMP_SIZE)] = _MAGENTA
            colour[np.abs(near - np.cos(_BUMP_SIZE)) < 0.012] = (150, 44, 130)
        at = np.nonzero(place @ _M_CENTRE > 0.94)[0]
        flat = np.stack([x[at], place[at] @ _M_UP], axis=1)  # (K,2)
        for start, end in pairwise(_M_STROKES):
            along = end - start
            share = np.clip((flat - start) @ along / (along @ along), 0, 1)
            away = np.linalg.norm(flat - start - share[:, None] * along, axis=1)
            colour[at[away < _M_WIDTH]] = _WHITE
    colour[np.abs(y) < 0.075] = _BLACK
    ring = np.where(z > 0, np.hypot(x, y), 2)
    for reach, paint in ((0.29, _BLACK), (0.195, _WHITE), (0.135, _GREY), (0.115, (252, 252, 250))):
        colour[ring < reach] = paint
    return colour


# --- around the ball --------------------------------------------------------------------------------------


def _grid(size: int) -> tuple[Levels, Levels]:
    axis = ((np.arange(size, dtype=np.float32) + 0.5) / size) * 2 - 1
    return axis[None, :], axis[:, None]


def _shadow(dice: np.random.Generator, size: int, centre: tuple[float, float], radius: float, light: _Light) -> Levels:
    """(size,size) share of light that is lost on the ground: dark at the contact, soft and long away from the light."""
    x, y = _grid(size)
    foot = centre[1] + 0.93 * radius
    slant = -light.direction[0] * dice.uniform(0.3, 0.7)
    u, v = (x - centre[0] - slant * radius) / (radius * 1.02), (y - foot) / (radius * dice.uniform(0.2, 0.32))
    soft = np.exp(-((u**2 + v**2) ** 1.3))
    u, v = (x - centre[0] - slant * radius * 0.25) / (radius * 0.6), (y - foot - 0.02) / (radius * 0.1)
    contact = np.exp(-(u**2 + v**2))
    return np.clip(dice.uniform(0.25, 0.45) * soft + 0.35 * contact, 0, 0.8).astype(np.float32)


def _colour(dice: np.random.Generator, saturation: tuple[float, float], value: tuple[float, float]) -> Levels:
    """(3,) a random colour of the given ranges (0..1) of HSV."""
    hue = dice.random() * 6
    wave = np.clip(np.abs((hue + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    return (255 * dice.uniform(*value) * (1 - dice.uniform(*saturation) * (1 - wave))).astype(np.float32)


def _scenery(dice: np.random.Generator, size: int, foot: float) -> tuple[Levels, Levels]:
    """(size,size,3) a background in 0..255, and (3,) the colour of the ground; the ball touches it at y = `foot`."""
    x, y = _grid(size)
    style = dice.choice(["plain", "gradient", "table", "bokeh"], p=[0.2, 0.25, 0.3, 0.25])
    first, second = _colour(dice, (0.02, 0.5), (0.55, 0.98)), _colour(dice, (0.02, 0.5), (0.45, 0.95))
    if style == "plain":
        level = 1 - 0.1 * np.clip(x**2 + y**2 - 0.6, 0, 1)
        return first * level[..., None], first
    angle = dice.uniform(0, 2 * np.pi)
    share = np.clip(0.5 + 0.5 * (x * float(np.cos(angle)) + y * float(np.sin(angle))), 0, 1)[..., None]
    if style == "gradient":
        return first * share + second * (1 - share), (first + second) / 2
    if style == "bokeh":
        behind = (first * share + second * (1 - share)) * dice.uniform(0.5, 0.95)
        for _ in range(int(dice.integers(10, 24))):
            (at_x, at_y), reach = dice.uniform(-1.1, 1.1, 2).tolist(), dice.uniform(0.06, 0.3)
            away = np.hypot(x - at_x, y - at_y)
            disc = np.clip((reach - away) / 0.05 + 0.5, 0, 1) * dice.uniform(0.12, 0.45)
            behind += disc[..., None] * (_colour(dice, (0.1, 0.6), (0.8, 1.0)) - behind)
        ground = behind.mean(axis=(0, 1))
        return behind, ground
    # A table: its far edge is above the ball's foot, the wall behind it is out of focus.
    edge = foot - dice.uniform(0.25, 0.75)
    wall = first * (1 - 0.12 * np.clip(y + 1, 0, 2))[..., None] * (1 + 0.06 * x[..., None])
    depth = np.clip((y - edge) / (1.05 - min(edge, 0.95)), 0, 1)
    top = second * (0.86 + 0.18 * depth)[..., None] * np.ones_like(x)[..., None]
    if dice.random() < 0.5:  # boards
        grain = np.sin(x / (0.35 + depth) * dice.uniform(8, 16) + dice.uniform(0, 6)) ** 8
        top = top * (1 - 0.16 * grain[..., None])
    share = np.clip((y - edge) / dice.uniform(0.02, 0.1) + 0.5, 0, 1)[..., None]
    return wall * (1 - share) + top * share, second
