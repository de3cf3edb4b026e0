"""Doodles by code: childish faces, and everything that is no face, for telling the two apart.

A doodle is a list of marks around (0,0), x to the right and y down, about 2 across, painted from back to front. `draw`
puts one on a sheet as a hand would: anywhere, of any size, a little turned and shaky, by any pen.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ganstudio.data.demo import smooth

Points = NDArray[np.float64]  # (K,2)
Dice = np.random.Generator
Pair = tuple[float, float]

SIDE = 256
FINER = 2  # a sheet is drawn larger, then reduced


class Mark(NamedTuple):
    """One line of a doodle, or one area."""

    points: Points
    fill: int | None = None  # of the area inside, 0 ink to 255 paper; None: what lies behind shows
    line: bool = True


# --- lines --------------------------------------------------------------------------------------------------


def _line(*corners: Pair) -> Mark:
    return Mark(np.array(corners, np.float64))


def _shape(*corners: Pair, fill: int | None = 255) -> Mark:
    return Mark(np.array([*corners, corners[0]], np.float64), fill)


def _arc(x: float, y: float, wide: float, high: float, start: float = 0, end: float = 2 * np.pi) -> Points:
    angle = np.linspace(start, end, 36)
    return np.stack([x + wide * np.cos(angle), y + high * np.sin(angle)], 1)


def _bow(x: float, y: float, wide: float, high: float, start: float, end: float) -> Mark:
    return Mark(_arc(x, y, wide, high, start, end))


def _oval(x: float, y: float, wide: float, high: float, fill: int | None = 255) -> Mark:
    return Mark(_arc(x, y, wide, high), fill)


def _box(left: float, top: float, right: float, bottom: float, fill: int | None = 255) -> Mark:
    return _shape((left, top), (right, top), (right, bottom), (left, bottom), fill=fill)


def _curve(*corners: Pair) -> Mark:
    return Mark(smooth(*corners))


def _blob(*corners: Pair, fill: int | None = 255) -> Mark:
    points = smooth(*corners, closed=True)
    return Mark(np.concatenate([points, points[:1]]), fill)


def _polygon(x: float, y: float, radius: float, corners: int, turn: float = 0, inner: float = 1) -> Mark:
    """A regular polygon; a star where every second corner lies nearer to the middle."""
    count = corners * (2 if inner < 1 else 1)
    angle = turn + 2 * np.pi * np.arange(count + 1) / count
    away = np.where(np.arange(count + 1) % 2, inner, 1.0) if inner < 1 else np.ones(count + 1)
    return Mark(np.stack([x + radius * away * np.cos(angle), y + radius * away * np.sin(angle)], 1), 255)


# --- childish faces -----------------------------------------------------------------------------------------


def face(dice: Dice) -> list[Mark]:
    """A face as children and people in meetings draw it; one in four is only under way."""
    wide, high = dice.uniform(0.55, 0.85), dice.uniform(0.7, 0.95)
    if dice.random() < 0.3:
        high = wide  # a circle
    behind: list[Mark] = []
    groups: list[list[Mark]] = [[_outline(dice, wide, high)]]
    groups.append(_eyes(dice, wide, high))
    if dice.random() < 0.92:
        groups.append(_mouth(dice, wide, high))
    if dice.random() < 0.65:
        groups.append(_nose(dice))
    if dice.random() < 0.35:
        lift, apart = dice.uniform(0.42, 0.5) * high, 0.42 * wide
        slope = dice.normal(0, 0.06)
        groups.append(
            [_line((s * apart - 0.14, -lift + s * slope), (s * apart + 0.14, -lift - s * slope)) for s in (-1, 1)]
        )
    if dice.random() < 0.7:
        back, front = _hair(dice, wide, high)
        behind += back
        groups.append(front)
    if dice.random() < 0.4:
        size = dice.uniform(0.09, 0.2) if dice.random() < 0.75 else dice.uniform(0.2, 0.36)
        behind += [_oval(s * (wide + 0.4 * size), dice.uniform(-0.1, 0.1), size, size * 1.3) for s in (-1, 1)]
    if dice.random() < 0.15:
        groups.append(_hat(dice, wide, high))
    if dice.random() < 0.2:
        groups.append(_glasses(dice, wide, high))
    if dice.random() < 0.12:
        groups.append([_curve((-0.8 * wide, 0.3 * high), (-0.5 * wide, high * 1.1), (0, high * 1.3),
                              (0.5 * wide, high * 1.1), (0.8 * wide, 0.3 * high))])  # a beard  # fmt: skip
    if dice.random() < 0.35:
        neck, deep = dice.uniform(0.15, 0.3), dice.uniform(1.3, 1.7)
        behind += [_curve((s * neck, 0.9 * high), (s * neck, 1.15 * high), (s * wide * 1.3, deep)) for s in (-1, 1)]
    if dice.random() < 0.15:
        groups.append([_oval(s * 0.6 * wide, 0.3 * high, 0.12, 0.1, None) for s in (-1, 1)])  # cheeks
    if dice.random() < 0.25:  # under way: the outline or the eyes first, then any of the rest
        if dice.random() < 0.2:
            groups = groups[1:]
        order = [0, *(1 + dice.permutation(len(groups) - 1))]
        groups = [groups[k] for k in order[: int(dice.integers(1, len(groups) + 1))]]
        behind = behind if dice.random() < 0.5 else []
    return behind + [mark for group in groups for mark in group]


def _outline(dice: Dice, wide: float, high: float) -> Mark:
    style = dice.random()
    if style < 0.65:
        return _oval(0, 0, wide, high)
    if style < 0.85:  # a chin
        jaw = dice.uniform(0.5, 0.8) * wide
        half = ((wide * 0.7, -0.8 * high), (wide, -0.2 * high), (0.95 * wide, 0.3 * high), (jaw, 0.75 * high))
        return _blob((0, -high), *half, (0, high), *((-x, y) for x, y in half[::-1]))
    corner = dice.uniform(2.5, 5)  # rather square
    angle = np.linspace(0, 2 * np.pi, 40)
    unit = np.stack([np.cos(angle), np.sin(angle)], 1)
    return Mark(np.sign(unit) * np.abs(unit) ** (2 / corner) * [wide, high], 255)


def _eyes(dice: Dice, wide: float, high: float) -> list[Mark]:
    apart, y = dice.uniform(0.32, 0.5) * wide, dice.uniform(-0.35, -0.05) * high
    size, style = (
        dice.uniform(0.06, 0.2),
        str(dice.choice(["dot", "dot", "oval", "oval", "almond", "arc", "cross", "line"])),
    )
    look = dice.uniform(-0.4, 0.4) * size
    marks: list[Mark] = []
    for x in (-apart, apart):
        if style == "dot":
            marks.append(_oval(x, y, min(size, 0.1) * 0.8, min(size, 0.12), 0))
        elif style == "oval":
            marks += [_oval(x, y, size, size * dice.uniform(0.8, 1.3)), _oval(x + look, y, size * 0.4, size * 0.4, 0)]
        elif style == "almond":
            marks.append(_blob((x - size * 1.3, y), (x, y - size * 0.7), (x + size * 1.3, y), (x, y + size * 0.6)))
            marks.append(_oval(x + look * 0.5, y, size * 0.45, size * 0.5, int(dice.choice([0, 255]))))
            if dice.random() < 0.4:
                marks += [
                    _line((x + k * size, y - size * 0.6), (x + 1.4 * k * size, y - size * 1.2)) for k in (-0.6, 0, 0.6)
                ]
        elif style == "arc":
            marks.append(_bow(x, y, size, size, np.pi, 2 * np.pi))
        elif style == "cross":
            marks += [_line((x - size * 0.7, y - k), (x + size * 0.7, y + k)) for k in (-size * 0.7, size * 0.7)]
        else:
            marks.append(_line((x, y - size * 0.8), (x, y + size * 0.8)))
    if dice.random() < 0.06:
        marks[len(marks) // 2 :] = [_line((apart - size, y), (apart + size, y))]  # a wink
    return marks


def _mouth(dice: Dice, wide: float, high: float) -> list[Mark]:
    y, w, h = dice.uniform(0.35, 0.55) * high, dice.uniform(0.25, 0.65) * wide, dice.uniform(0.05, 0.3)
    style = str(dice.choice(["smile", "smile", "smile", "line", "sad", "open", "teeth", "lips", "round", "zigzag"]))
    if style == "smile":
        return [_bow(0, y - h * 0.5, w, h, 0.1, np.pi - 0.1)]
    if style == "line":
        return [_line((-w, y), (w, y + dice.normal(0, 0.05)))]
    if style == "sad":
        return [_bow(0, y + h * 0.6, w, h, np.pi + 0.1, 2 * np.pi - 0.1)]
    if style == "round":
        return [_oval(0, y, w * 0.4, w * 0.45, int(dice.choice([0, 255])))]
    if style == "zigzag":
        return [_line(*((x, y + 0.05 * (-1) ** k) for k, x in enumerate(np.linspace(-w, w, 9))))]
    if style == "lips":
        return [
            _curve((-w, y), (-0.3 * w, y - h * 0.5), (0, y - h * 0.3), (0.3 * w, y - h * 0.5), (w, y)),
            _curve((-w, y), (0, y + h * 0.8), (w, y)),
            _line((-w, y), (w, y)),
        ]
    half = Mark(
        np.concatenate([_arc(0, y - 0.08, w, h + 0.08, 0, np.pi), [[w, y - 0.08]]]), int(dice.choice([0, 255, 255]))
    )
    if style == "open":
        return [half]
    return [half, *(_line((x, y - 0.08), (x, y + h * 0.5)) for x in np.linspace(-0.6 * w, 0.6 * w, 5))]


def _nose(dice: Dice) -> list[Mark]:
    y, s, style = (
        dice.uniform(0.02, 0.2),
        dice.choice([-1.0, 1.0]),
        str(dice.choice(["corner", "bow", "oval", "dots", "line"])),
    )
    long = dice.uniform(0.1, 0.3)
    if style == "corner":
        return [_line((0, y - long), (0.12 * s, y + 0.05), (0, y + 0.06))]
    if style == "bow":
        return [_bow(0, y, 0.1, 0.08, 0, np.pi)]
    if style == "oval":
        return [_oval(0, y, dice.uniform(0.05, 0.13), dice.uniform(0.05, 0.1), int(dice.choice([0, 255])))]
    if style == "dots":
        return [_oval(x, y, 0.025, 0.025, 0) for x in (-0.06, 0.06)]
    return [_line((0, y - long), (0, y + 0.05))]


def _hair(dice: Dice, wide: float, high: float) -> tuple[list[Mark], list[Mark]]:
    """(behind the head, in front of it)"""
    style = str(dice.choice(["sticks", "curls", "long", "bob", "scribble", "spikes", "bun", "fringe", "tails", "few"]))
    angles = np.linspace(np.pi + 0.2, 2 * np.pi - 0.2, int(dice.integers(8, 22)))
    at = np.stack([wide * np.cos(angles), high * np.sin(angles)], 1)
    long = dice.uniform(0.12, 0.4)
    if style == "sticks":
        return [], [Mark(np.stack([p, p * (1 + long) + dice.normal(0, 0.04, 2)])) for p in at]
    if style == "few":
        return [], [
            _curve((x, -high), (x * 1.5, -high - long), (x * 2.5, -high - long * 0.8)) for x in (-0.1, 0.02, 0.12)
        ]
    if style == "curls":
        return [_oval(x * 1.08, y * 1.08, long * 0.6, long * 0.6) for x, y in at[::2]], []
    if style in ("long", "bob"):
        down = dice.uniform(0.2, 0.6) if style == "bob" else dice.uniform(0.8, 1.4)
        out = wide * dice.uniform(1.1, 1.4)
        half = ((0.6 * out, -1.1 * high), (out, -0.4 * high), (out * 1.05, 0.5 * down), (out, down))
        front = [_curve((-0.9 * wide, -0.3 * high), (-0.2 * wide, -0.75 * high), (0.9 * wide, -0.35 * high))]
        if dice.random() < 0.3:  # strand by strand
            strands = [
                _curve((0, -high), (s * wide, -0.6 * high), (s * wide * k, down))
                for s in (-1, 1)
                for k in (1, 1.15, 1.3)
            ]
            return [], strands
        fill = int(dice.choice([0, 255, 255]))
        return [_blob((0, -high * 1.15), *half, *((-x, y) for x, y in half[::-1]), fill=fill)], front[
            : int(dice.integers(2))
        ]
    if style == "scribble":
        path = at[dice.integers(len(at), size=40)] * dice.uniform(0.85, 1.25, (40, 1))
        return [], [Mark(smooth(*map(tuple, path), steps=4))]
    if style == "spikes":
        radii = np.where(np.arange(len(at)) % 2, 1 + long, 1.0)[:, None]
        return [], [Mark(at * radii)]
    if style == "bun":
        return [_oval(0, -high * 1.15, 0.25, 0.22)], [
            _curve((-wide, -0.2 * high), (0, -0.7 * high), (wide, -0.2 * high))
        ]
    if style == "tails":
        tails = [_blob((s * wide, -0.4 * high), (s * wide * 1.5, -0.3 * high), (s * wide * 1.4, 0.5)) for s in (-1, 1)]
        return tails, [_curve((-0.95 * wide, -0.3 * high), (0, -0.8 * high), (0.95 * wide, -0.3 * high))]
    low = dice.uniform(0.35, 0.6) * high
    return [], [_line(*((x, -low + 0.1 * (-1) ** k) for k, x in enumerate(np.linspace(-0.8 * wide, 0.8 * wide, 11))))]


def _hat(dice: Dice, wide: float, high: float) -> list[Mark]:
    y, style = -0.62 * high, str(dice.choice(["top", "cap", "party", "beanie"]))
    if style == "top":
        return [_box(-0.7 * wide, y - 0.7, 0.7 * wide, y), _box(-1.2 * wide, y, 1.2 * wide, y + 0.1)]
    if style == "cap":
        side = dice.choice([-1.0, 1.0])
        return [
            Mark(_arc(0, y, wide, 0.5, np.pi, 2 * np.pi), 255),
            _line((-wide, y), (wide, y), (side * wide * 1.7, y + 0.08)),
        ]
    if style == "party":
        return [_shape((-0.6 * wide, y), (0, y - 1.0), (0.6 * wide, y)), _oval(0, y - 1.0, 0.1, 0.1)]
    return [
        Mark(_arc(0, y, wide, 0.7, np.pi, 2 * np.pi), 255),
        _box(-wide, y - 0.1, wide, y + 0.1),
        _oval(0, y - 0.75, 0.15, 0.15),
    ]


def _glasses(dice: Dice, wide: float, high: float) -> list[Mark]:
    x, y, size = 0.42 * wide, -0.2 * high, dice.uniform(0.2, 0.3)
    if dice.random() < 0.5:
        rims = [_oval(s * x, y, size, size * 0.9, None) for s in (-1, 1)]
    else:
        rims = [_box(s * x - size, y - size * 0.6, s * x + size, y + size * 0.7, None) for s in (-1, 1)]
    return [
        *rims,
        _line((-x + size, y), (x - size, y)),
        *(_line((s * (x + size), y), (s * wide, y - 0.05)) for s in (-1, 1)),
    ]


# --- what is no face ----------------------------------------------------------------------------------------


def _house(dice: Dice) -> list[Mark]:
    w, h, peak = dice.uniform(0.5, 0.9), dice.uniform(0.4, 0.8), dice.uniform(0.4, 0.8)
    marks = [
        _box(-w, -h + 0.2, w, 0.8),
        _shape((-w * 1.15, -h + 0.2), (dice.normal(0, 0.1), -h + 0.2 - peak), (w * 1.15, -h + 0.2)),
    ]
    door = dice.uniform(-0.4, 0.4) * w
    if dice.random() < 0.85:
        marks.append(_box(door - 0.13, 0.3, door + 0.13, 0.8))
    size = dice.uniform(0.1, 0.2)
    for x, y in [(-0.55 * w, 0.0), (0.55 * w, 0.0), (0, -h), (-0.55 * w, 0.45)][: int(dice.integers(1, 5))]:
        marks.append(_box(x - size, y - size, x + size, y + size, int(dice.choice([255, 255, 0]))))
        if dice.random() < 0.6:
            marks += [_line((x, y - size), (x, y + size)), _line((x - size, y), (x + size, y))]
    if dice.random() < 0.5:
        marks.insert(0, _box(0.3 * w, -h - 0.4, 0.55 * w, -h + 0.2))
    if dice.random() < 0.3:
        marks.append(_line((-1.3, 0.8), (1.3, 0.8)))
    return marks


def _car(dice: Dice) -> list[Mark]:
    low, wheel = dice.uniform(0.2, 0.4), dice.uniform(0.13, 0.24)
    roof = _shape((-0.5, -low), (-0.3, -low - 0.4), (0.35, -low - 0.4), (0.6, -low))
    marks = [roof, _box(-1, -low, 1, low * 0.6), _line((0, -low - 0.4), (0, -low))]
    for x in (-0.55, 0.55):
        marks += [
            _oval(x, low * 0.6, wheel, wheel),
            _oval(x, low * 0.6, wheel * 0.4, wheel * 0.4, int(dice.choice([0, 255]))),
        ]
    if dice.random() < 0.4:
        marks += [_oval(0.92, -low * 0.4, 0.07, 0.07), _line((0.1, -low * 0.4), (0.25, -low * 0.4))]
    return marks


def _beast_head(dice: Dice, x: float, y: float, size: float, ears: str, long: float = 1.0) -> list[Mark]:
    """The head of an animal from before: ears on top or hanging, a snout, perhaps whiskers."""
    w, h = size * dice.uniform(0.85, 1.1), size * dice.uniform(0.75, 1) * long
    marks: list[Mark] = []
    for s in (-1, 1):
        if ears == "pointed":
            tall, lean = dice.uniform(1.3, 1.75), dice.uniform(0.7, 1.0)
            for k in (1.0, 0.6)[: int(dice.integers(1, 3))]:
                root = 0.65 - 0.2 * (1 - k)
                marks.append(
                    _shape(
                        (x + s * 0.15 * w * (2 - k), y - h * 0.95 * k),
                        (x + s * w * lean, y - h * tall * (0.3 + 0.7 * k)),
                        (x + s * w * (root + 0.3), y - h * 0.35),
                    )
                )
        elif ears == "hanging":
            marks.append(
                _blob(
                    (x + s * 0.6 * w, y - 0.8 * h),
                    (x + s * 1.3 * w, y - 0.5 * h),
                    (x + s * 1.25 * w, y + 0.6 * h),
                    (x + s * 0.95 * w, y + 0.2 * h),
                )
            )
        elif ears == "tall":
            marks.append(_oval(x + s * 0.4 * w, y - h * 1.6, 0.22 * w, 0.85 * h))
            marks.append(_oval(x + s * 0.4 * w, y - h * 1.6, 0.1 * w, 0.6 * h, None))
        else:
            r = dice.uniform(0.3, 0.45)
            marks += [
                _oval(x + s * 0.75 * w, y - 0.8 * h, r * w, r * w),
                _oval(x + s * 0.75 * w, y - 0.8 * h, r * w * 0.5, r * w * 0.5, None),
            ]
    marks.append(_oval(x, y, w, h))
    eye, apart = dice.uniform(0.08, 0.22) * size, dice.uniform(0.35, 0.5) * w
    tall = dice.uniform(0.8, 1.4)
    for s in (-1, 1):
        if dice.random() < 0.5:
            marks.append(_oval(x + s * apart, y - 0.2 * h, eye * 0.6, eye * 0.6 * tall, 0))
        else:
            marks += [
                _oval(x + s * apart, y - 0.2 * h, eye, eye * tall),
                _oval(x + s * apart, y - 0.2 * h, eye * 0.35, eye * 0.8 * tall, 0),
            ]
    low = y + h * dice.uniform(0.15, 0.35)
    if dice.random() < 0.4:
        marks.append(_oval(x, low + 0.15 * h, 0.45 * w, 0.35 * h))
    nose = 0.12 * size
    marks.append(
        _shape((x - nose, low), (x + nose, low), (x, low + nose), fill=int(dice.choice([0, 255])))
        if ears != "hanging"
        else _oval(x, low, nose * 1.5, nose, 0)
    )
    marks += [
        _line((x, low + nose), (x, low + nose * 2)),
        _bow(x - nose * 1.2, low + nose * 2, nose * 1.2, nose, 0, np.pi),
        _bow(x + nose * 1.2, low + nose * 2, nose * 1.2, nose, 0, np.pi),
    ]
    if ears in ("pointed", "tall") and dice.random() < 0.85:
        reach = dice.uniform(0.8, 1.5) * w
        for s in (-1, 1):
            marks += [
                _line((x + s * 0.25 * w, low + 0.05 * h), (x + s * reach, low + k * h))
                for k in (-0.12, 0.06, 0.25)[: int(dice.integers(2, 4))]
            ]
    return marks


def _beast(dice: Dice, ears: str) -> list[Mark]:
    """A whole animal or its head alone."""
    way = dice.random()
    if way < 0.45:
        return _beast_head(dice, 0, 0.1, 0.75, ears, 1.15 if ears == "hanging" else 1.0)
    if way < 0.7:  # sitting
        marks = [
            _curve((0.4, 0.8), (0.95, 0.7), (0.9, 0.1), (1.1, -0.1)),
            _blob((0, -0.2), (0.45, 0.3), (0.5, 0.95), (-0.5, 0.95), (-0.45, 0.3)),
        ]
        marks += [_line((s * 0.15, 0.5), (s * 0.15, 0.95)) for s in (-1, 1)]
        return marks + _beast_head(dice, 0, -0.4, 0.42, ears)
    side = dice.choice([-1.0, 1.0])  # standing, seen from the side
    marks = [_box(x - 0.07, 0.2, x + 0.07, 0.85) for x in (-0.6, -0.4, 0.3, 0.5)]
    marks += [_curve((-0.7 * side, -0.05), (-1 * side, -0.3), (-1.05 * side, -0.7)), _oval(0, 0.1, 0.75, 0.35)]
    return marks + _beast_head(dice, 0.75 * side, -0.35, 0.33, ears)


def _cat(dice: Dice) -> list[Mark]:
    return _beast(dice, "pointed")


def _dog(dice: Dice) -> list[Mark]:
    return _beast(dice, "hanging")


def _bear(dice: Dice) -> list[Mark]:
    return _beast(dice, "round")


def _rabbit(dice: Dice) -> list[Mark]:
    return _beast(dice, "tall")


def _flower(dice: Dice) -> list[Mark]:
    count, size = int(dice.integers(5, 10)), dice.uniform(0.16, 0.3)
    marks = [_curve((0, -0.3), (dice.normal(0, 0.1), 0.3), (0, 1))]
    if dice.random() < 0.7:
        marks += [_blob((0, 0.6), (s * 0.3, 0.3), (s * 0.5, 0.35), (s * 0.3, 0.6)) for s in (-1, 1)]
    for angle in np.linspace(0, 2 * np.pi, count, endpoint=False):
        marks.append(_oval(0.38 * np.cos(angle), -0.4 + 0.38 * np.sin(angle), size, size))
    return [*marks, _oval(0, -0.4, 0.2, 0.2, int(dice.choice([0, 255, 255])))]


def _star(dice: Dice) -> list[Mark]:
    count = int(dice.integers(1, 4))
    return [
        _polygon(
            x,
            y,
            dice.uniform(0.4, 1) / count**0.5,
            int(dice.integers(4, 9)),
            dice.uniform(0, 6),
            dice.uniform(0.3, 0.6),
        )
        for x, y in dice.uniform(-0.6, 0.6, (count, 2)) * (count > 1)
    ]


def _heart(dice: Dice) -> list[Mark]:
    t = np.linspace(0, 2 * np.pi, 50)
    unit = np.stack([np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16], 1)
    marks = [Mark(unit * dice.uniform(0.6, 1), int(dice.choice([0, 255, 255])))]
    if dice.random() < 0.4:
        marks.append(_line((-1.3, 0.5), (1.3, -0.6)))
    return marks


def _scribble(dice: Dice) -> list[Mark]:
    count = int(dice.integers(8, 60))
    path = np.cumsum(dice.normal(0, dice.uniform(0.2, 0.6), (count, 2)), 0)
    path = path - path.mean(0)
    return [Mark(smooth(*map(tuple, path / max(1e-6, np.abs(path).max())), steps=6))]


def _hatching(dice: Dice) -> list[Mark]:
    angle, marks = dice.uniform(0, np.pi), []
    for turn in [angle, angle + dice.uniform(0.6, 1.6)][: int(dice.integers(1, 3))]:
        along = np.array([np.cos(turn), np.sin(turn)])
        across = np.array([-along[1], along[0]])
        for level in np.linspace(-0.8, 0.8, int(dice.integers(5, 25))):
            reach = dice.uniform(0.5, 1)
            marks.append(Mark(np.stack([across * level - along * reach, across * level + along * reach])))
    return marks


def _strokes(dice: Dice) -> list[Mark]:
    """Lines from anywhere to anywhere, straight or bent."""
    marks = []
    for _ in range(int(dice.integers(3, 16))):
        corners = dice.uniform(-1, 1, (int(dice.integers(2, 6)), 2))
        marks.append(Mark(corners if dice.random() < 0.5 else smooth(*map(tuple, corners))))
    return marks


def _grid(dice: Dice) -> list[Mark]:
    rows, columns = (np.linspace(-1, 1, int(dice.integers(3, 9))) for _ in range(2))
    marks = [_line((-1, y), (1, y)) for y in rows] + [_line((x, -1), (x, 1)) for x in columns]
    if dice.random() < 0.4:  # a game on it
        marks += [
            _oval(x, y, 0.12, 0.12, int(dice.choice([0, 255])))
            for x, y in dice.uniform(-0.9, 0.9, (int(dice.integers(1, 8)), 2))
        ]
    return marks


def _arrow(dice: Dice) -> list[Mark]:
    marks = []
    for _ in range(int(dice.integers(1, 5))):
        start, end = dice.uniform(-1, 1, 2), dice.uniform(-1, 1, 2)
        along = (start - end) / max(0.2, float(np.hypot(*(start - end))))
        across = np.array([-along[1], along[0]])
        marks += [
            Mark(np.stack([start, end])),
            Mark(np.stack([end + 0.25 * (along + across), end, end + 0.25 * (along - across)])),
        ]
    return marks


def _stick_figure(dice: Dice) -> list[Mark]:
    marks = []
    for k in range(count := int(dice.choice([1, 1, 2, 3]))):
        x, head = (k - (count - 1) / 2) * 0.8, dice.uniform(0.12, 0.24)
        marks += [_oval(x, -0.85, head, head), _line((x, -0.85 + head), (x, 0.2))]
        for s in (-1, 1):
            marks += [
                _line((x, -0.35), (x + s * dice.uniform(0.25, 0.5), dice.uniform(-0.8, 0.1))),
                _line((x, 0.2), (x + s * dice.uniform(0.1, 0.4), 1)),
            ]
        if dice.random() < 0.4:
            marks += [_oval(x + s * 0.35 * head, -0.9, 0.02, 0.02, 0) for s in (-1, 1)]
            marks.append(_bow(x, -0.85, 0.5 * head, 0.4 * head, 0.3, np.pi - 0.3))
    return marks


def _shapes(dice: Dice) -> list[Mark]:
    marks = []
    for _ in range(int(dice.integers(1, 7))):
        (x, y), size, corners = dice.uniform(-0.7, 0.7, 2), dice.uniform(0.15, 0.7), int(dice.integers(3, 7))
        marks.append(
            _polygon(x, y, size, corners, dice.uniform(0, 6))._replace(
                fill=[None, 255, 0][int(dice.choice([0, 1, 1, 2]))]
            )
        )
    if len(marks) > 2:
        marks += [
            _oval(x, y, dice.uniform(0.1, 0.4), dice.uniform(0.1, 0.4), None)
            for x, y in dice.uniform(-0.8, 0.8, (int(dice.integers(0, 3)), 2))
        ]
    return marks


def _rings(dice: Dice) -> list[Mark]:
    """Circles in circles, chains and heaps of them."""
    count, style = int(dice.integers(3, 9)), dice.random()
    if style < 0.4:
        return [_oval(0, 0, r, r, None) for r in np.linspace(0.2, 1, count)]
    if style < 0.7:
        return [_oval(x, dice.normal(0, 0.15), 0.3, 0.3, None) for x in np.linspace(-1, 1, count)]
    return [_oval(x, y, r, r, None) for x, y, r in dice.uniform((-1, -1, 0.1), (1, 1, 0.4), (count + 4, 3))]


def _landscape(dice: Dice) -> list[Mark]:
    peaks = np.linspace(-1.2, 1.2, int(dice.integers(4, 9)))
    marks = [
        _line(*((x, 0.2 - dice.uniform(0.2, 0.9) * (k % 2)) for k, x in enumerate(peaks))),
        _line((-1.2, 0.25), (1.2, 0.25)),
    ]
    x, y = dice.uniform(-0.9, 0.9), dice.uniform(-1, -0.7)
    marks.append(_oval(x, y, 0.2, 0.2))
    marks += [
        _line((x + 0.26 * np.cos(a), y + 0.26 * np.sin(a)), (x + 0.4 * np.cos(a), y + 0.4 * np.sin(a)))
        for a in np.linspace(0, 6.28, 9)[:-1]
    ]
    marks += [
        _curve(*((x, level + 0.04 * (-1) ** k) for k, x in enumerate(np.linspace(-1.1, 1.1, 9))))
        for level in (0.5, 0.75)[: int(dice.integers(0, 3))]
    ]
    return marks


def _sun(dice: Dice) -> list[Mark]:
    size, long = dice.uniform(0.35, 0.6), dice.uniform(0.15, 0.5)
    rays = np.linspace(0, 2 * np.pi, int(dice.integers(7, 18)), endpoint=False)
    return [
        _oval(0, 0, size, size),
        *(
            _line(
                ((size + 0.08) * np.cos(a), (size + 0.08) * np.sin(a)),
                ((size + long) * np.cos(a), (size + long) * np.sin(a)),
            )
            for a in rays
        ),
    ]


def _cup(dice: Dice) -> list[Mark]:
    w, low = dice.uniform(0.4, 0.7), dice.uniform(0.5, 1) * 0.8
    marks = [
        _bow(w, 0, 0.3, 0.3, -np.pi / 2, np.pi / 2),
        _shape((-w, -0.6), (w, -0.6), (low * w, 0.7), (-low * w, 0.7)),
        _oval(0, -0.6, w, 0.13),
    ]
    marks += [
        _curve((x, -0.8), (x + 0.1, -0.95), (x - 0.1, -1.1), (x, -1.25))
        for x in (-0.2, 0.1)[: int(dice.integers(0, 3))]
    ]
    return marks


def _boat(dice: Dice) -> list[Mark]:
    deck = dice.uniform(0.3, 0.5)
    marks = [_shape((-1, deck), (1, deck), (0.6, deck + 0.4), (-0.6, deck + 0.4)), _line((0, deck), (0, -1))]
    marks += [
        _shape((0.05, -0.95), (0.05, deck - 0.1), (0.8, deck - 0.1)),
        _shape((-0.05, -0.7), (-0.05, deck - 0.1), (-0.6, deck - 0.1)),
    ]
    return [*marks, _curve(*((x, deck + 0.5 + 0.05 * (-1) ** k) for k, x in enumerate(np.linspace(-1.2, 1.2, 9))))]


def _bird(dice: Dice) -> list[Mark]:
    s = dice.choice([-1.0, 1.0])
    if dice.random() < 0.3:  # far away in the sky
        return [
            _curve((x - 0.3, y - 0.1), (x, y + 0.08), (x + 0.3, y - 0.1))
            for x, y in dice.uniform(-0.9, 0.9, (int(dice.integers(3, 8)), 2))
        ]
    marks = [
        _shape((-0.6 * s, 0.1), (-1.1 * s, -0.1), (-1.1 * s, 0.3)),
        _oval(0, 0.1, 0.65, 0.42),
        _shape((0.85 * s, -0.45), (1.2 * s, -0.35), (0.85 * s, -0.25)),
    ]
    marks += [
        _oval(0.6 * s, -0.35, 0.3, 0.3),
        _oval(0.68 * s, -0.4, 0.05, 0.05, 0),
        _curve((-0.3 * s, 0), (0, 0.4), (0.3 * s, 0)),
    ]
    return marks + [_line((x, 0.5), (x, 0.9), (x + 0.15 * s, 0.9)) for x in (-0.1, 0.15)]


def _clock(dice: Dice) -> list[Mark]:
    marks = [_oval(0, 0, 0.9, 0.9)]
    for a in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        marks.append(_line((0.75 * np.cos(a), 0.75 * np.sin(a)), (0.86 * np.cos(a), 0.86 * np.sin(a))))
    return marks + [
        _line((0, 0), (long * np.cos(a), long * np.sin(a)))
        for long, a in zip((0.4, 0.65), dice.uniform(0, 6.3, 2), strict=True)
    ]


def _furniture(dice: Dice) -> list[Mark]:
    """Furniture and machines: boxes on boxes, with legs, drawers and knobs."""
    w, h = dice.uniform(0.4, 0.9), dice.uniform(0.3, 0.8)
    marks = [_box(-w, -h, w, h)]
    marks += [_line((x, h), (x, 1.1)) for x in (-w + 0.05, w - 0.05)]
    for y in np.linspace(-h, h, int(dice.integers(2, 5)))[1:]:
        marks.append(_line((-w, y), (w, y)))
        marks.append(_oval(0 if dice.random() < 0.5 else w * 0.7, y - 0.12, 0.05, 0.05, 0))
    return marks


def _hand(dice: Dice) -> list[Mark]:
    long = dice.uniform(0.5, 0.8)
    outline = [(-0.45, 1.0), (-0.5, 0.2), (-0.95, -0.2), (-0.85, -0.35), (-0.4, 0.0)]
    for k, x in enumerate((-0.35, -0.1, 0.15, 0.4)):
        tip = -long - (0.0, 0.15, 0.1, -0.1)[k]
        outline += [(x - 0.08, -0.1), (x - 0.07, tip), (x + 0.07, tip), (x + 0.08, -0.1)]
    return [_curve(*outline, (0.5, 0.3), (0.4, 1.0))]


def _apple(dice: Dice) -> list[Mark]:
    w, low = dice.uniform(0.55, 0.9), dice.uniform(0.6, 0.95)
    half = ((0.5 * w, -0.65), (w, -0.2), (0.75 * w, low * 0.7), (0.25 * w, low))
    marks = [
        _blob((0, -0.5), *half, (0, low * 0.93), *((-x, y) for x, y in half[::-1])),
        _curve((0, -0.5), (0.05, -0.8), (0.15, -1)),
    ]
    leaf = [_blob((0.08, -0.75), (0.4, -1.0), (0.6, -0.85), (0.3, -0.7))]
    return marks + leaf[: int(dice.integers(2))]


def _mushroom(dice: Dice) -> list[Mark]:
    marks = [
        _blob((-0.25, 0), (-0.3, 0.9), (0.3, 0.9), (0.25, 0)),
        Mark(np.concatenate([_arc(0, 0, 0.9, dice.uniform(0.6, 1), np.pi, 2 * np.pi), [[-0.9, 0]]]), 255),
    ]
    return marks + [
        _oval(x, y, 0.1, 0.08, int(dice.choice([0, 255])))
        for x, y in dice.uniform((-0.6, -0.5), (0.6, -0.15), (int(dice.integers(0, 6)), 2))
    ]


def _umbrella(dice: Dice) -> list[Mark]:
    marks = [
        _line((0, -0.9), (0, 0.7)),
        _bow(0.15, 0.7, 0.15, 0.2, 0, np.pi),
        Mark(_arc(0, 0, 1, 0.85, np.pi, 2 * np.pi), 255),
    ]
    ribs = np.linspace(-1, 1, int(dice.integers(3, 6)))
    marks += [_bow((a + b) / 2, 0, (b - a) / 2, 0.12, np.pi, 2 * np.pi) for a, b in itertools.pairwise(ribs)]
    return marks + [_curve((x, 0), (x * 0.7, -0.5), (0, -0.85)) for x in ribs[1:-1]]


def _clouds(dice: Dice) -> list[Mark]:
    marks = []
    for x, y in dice.uniform(-0.8, 0.8, (count := int(dice.integers(1, 4)), 2)) * (count > 1):
        angles = np.linspace(0, 2 * np.pi, int(dice.integers(6, 11)))
        puffs = np.stack([x + 0.55 * np.cos(angles), y + 0.3 * np.sin(angles)], 1)
        pieces = [
            np.stack([np.linspace(a, b, 9)[:, k] for k in (0, 1)], 1)
            + np.sin(np.linspace(0, np.pi, 9))[:, None] * ((a + b) / 2 - [x, y]) * 0.5
            for a, b in itertools.pairwise(puffs)
        ]
        marks.append(Mark(np.concatenate(pieces), 255))
        marks += [
            _line((x + k, y + 0.55), (x + k - 0.08, y + 0.8)) for k in (-0.3, 0.0, 0.3)[: int(dice.integers(0, 4))]
        ]
    return marks


def _insect(dice: Dice) -> list[Mark]:
    """A beetle or a spider from above."""
    long, count = dice.uniform(0.5, 0.8), int(dice.integers(3, 5))
    marks = [
        _line((0, y), (s * 0.6, y - 0.2), (s * 0.9, y + 0.1)) for s in (-1, 1) for y in np.linspace(-0.3, 0.4, count)
    ]
    marks += [_curve((0, -long), (s * 0.15, -long - 0.4), (s * 0.35, -long - 0.5)) for s in (-1, 1)]
    marks += [_oval(0, -long, 0.25, 0.22, int(dice.choice([0, 255]))), _oval(0, 0.1, 0.5, long)]
    if dice.random() < 0.7:
        marks.append(_line((0, 0.1 - long), (0, 0.1 + long)))
        marks += [
            _oval(s * x, y, 0.09, 0.09, 0) for x, y in dice.uniform((0.15, -0.3), (0.35, 0.5), (2, 2)) for s in (-1, 1)
        ]
    return marks


def _bottle(dice: Dice) -> list[Mark]:
    w, neck, shoulder = dice.uniform(0.25, 0.6), dice.uniform(0.1, 0.2), dice.uniform(-0.4, 0)
    half = ((neck, -1.0), (neck, shoulder - 0.2), (w, shoulder + 0.1), (w, 0.9))
    marks = [_shape(*half, *((-x, y) for x, y in half[::-1]))]
    if dice.random() < 0.6:
        marks.append(_box(-w, shoulder + 0.3, w, 0.6))
    return marks


def _loops(dice: Dice) -> list[Mark]:
    """Lines of loops and waves, as of somebody who plays at writing."""
    marks = []
    for y in np.linspace(-0.6, 0.6, int(dice.integers(1, 5))):
        t = np.linspace(0, dice.uniform(4, 14) * 2 * np.pi, 300)
        high, lean = dice.uniform(0.08, 0.3), dice.uniform(0, 2.5)
        x = t + lean * np.sin(t)
        marks.append(
            Mark(
                np.stack([2 * x / x[-1] - 1, y + high * np.cos(t) * (1 + 0.5 * np.sin(t * dice.uniform(0.1, 0.6)))], 1)
            )
        )
    return marks


def _knot(dice: Dice) -> list[Mark]:
    """One line that crosses itself in a pattern."""
    t = np.linspace(0, 2 * np.pi, 240)
    a, b, phase = int(dice.integers(1, 6)), int(dice.integers(1, 6)), dice.uniform(0, np.pi)
    if dice.random() < 0.5:
        return [Mark(np.stack([np.sin(a * t + phase), np.sin((b + (a == b)) * t)], 1))]
    radius = 0.6 + 0.4 * np.cos((a + 2) * t)
    return [Mark(np.stack([radius * np.cos(t), radius * np.sin(t)], 1))]


def _symmetric(dice: Dice) -> list[Mark]:
    """Ornaments: anything, and its mirror image, but nothing where features would be."""
    marks = []
    for _ in range(int(dice.integers(3, 6))):
        style = dice.random()
        if style < 0.4:
            corners = [tuple(each) for each in dice.uniform((0, -1), (1, 1), (int(dice.integers(3, 7)), 2))]
            half = smooth(*corners, closed=bool(dice.random() < 0.6))
        elif style < 0.7:
            half = dice.uniform((0, -1), (1, 1), (int(dice.integers(2, 5)), 2))
        else:
            x, y, w, h = dice.uniform((0.2, -1, 0.1, 0.1), (1, 1, 0.6, 0.6))
            half = _arc(x, y, w, h)
        marks += [Mark(half), Mark(half * (-1, 1))]
    return marks


def _clutter(dice: Dice) -> list[Mark]:
    """Ovals, bows, lines and dots, strewn, perhaps inside an outline."""
    marks: list[Mark] = []
    if dice.random() < 0.35:
        marks.append(_polygon(0, 0, 1.25, int(dice.integers(3, 6)), dice.uniform(0, 6)))
    for x, y in dice.uniform(-0.9, 0.9, (int(dice.integers(7, 22)), 2)):
        w, h, turn = dice.uniform(0.04, 0.3), dice.uniform(0.04, 0.3), dice.uniform(0, 6)
        style = dice.random()
        if style < 0.35:
            marks.append(_oval(x, y, w, h, [None, 0][int(dice.integers(2))]))
        elif style < 0.65:
            marks.append(_bow(x, y, w, h, turn, turn + dice.uniform(1, 4)))
        else:
            marks.append(_line((x, y), (x + w * np.cos(turn) * 2, y + w * np.sin(turn) * 2)))
    return marks


def _symbols(dice: Dice) -> list[Mark]:
    """Crosses, notes, lightning, ticks and question marks, in a row or strewn."""
    marks: list[Mark] = []
    for k in range(count := int(dice.integers(1, 7))):
        x = 2 * k / count - 1
        y, size = dice.uniform(-0.6, 0.6) * (dice.random() < 0.5), dice.uniform(0.2, 0.5)
        shapes: dict[str, list[list[Pair]]] = {
            "cross": [[(-0.5, -0.5), (0.5, 0.5)], [(-0.5, 0.5), (0.5, -0.5)]],
            "plus": [[(0, -0.6), (0, 0.6)], [(-0.6, 0), (0.6, 0)]],
            "tick": [[(-0.5, 0), (-0.1, 0.5), (0.6, -0.7)]],
            "lightning": [[(0.2, -1), (-0.3, 0.1), (0.2, 0), (-0.2, 1)]],
            "note": [
                [(0.3, 0.7), (0.3, -0.8), (0.7, -0.5)],
                [(0.3, 0.7), (0, 0.8), (-0.1, 0.6), (0.1, 0.5), (0.3, 0.7)],
            ],
            "peace": [[(0, -0.9), (0, 0.9)], [(0, 0), (-0.6, 0.6)], [(0, 0), (0.6, 0.6)]],
            "key": [[(-0.4, 0), (1, 0), (1, 0.3)], [(0.75, 0), (0.75, 0.25)]],
        }
        name = str(dice.choice(list(shapes)))
        marks += [Mark(np.array(line) * size + [x, y]) for line in shapes[name]]
        if name in ("peace", "key"):
            marks.insert(
                0,
                _oval(
                    x - (0.65 * size if name == "key" else 0),
                    y,
                    size * (0.3 if name == "key" else 0.9),
                    size * (0.3 if name == "key" else 0.9),
                ),
            )
    return marks


# Whole kinds that nothing was trained on.


def _tree(dice: Dice) -> list[Mark]:
    trunk = _box(-0.12, 0.1, 0.12, 1)
    style = dice.random()
    if style < 0.4:
        around = [
            (0.6 * r * np.cos(a), -0.4 + 0.6 * r * np.sin(a))
            for a, r in zip(np.linspace(0, 6.28, 12)[:-1], dice.uniform(0.8, 1.2, 11), strict=True)
        ]
        return [trunk, _blob(*around)]
    if style < 0.7:
        return [trunk, *(_shape((-w, y), (0, y - 0.6), (w, y)) for y, w in ((0.4, 0.7), (0.05, 0.55), (-0.3, 0.4)))]
    marks = [_line((0, 1), (0, -0.9))]  # bare
    for y in np.linspace(0.2, -0.8, 7):
        s, long = dice.choice([-1.0, 1.0]), dice.uniform(0.3, 0.7)
        marks += [
            _line((0, y), (s * long, y - long * 0.7)),
            _line((s * long / 2, y - long * 0.35), (s * long * 0.6, y - long * 0.9)),
        ]
    return marks


def _spiral(dice: Dice) -> list[Mark]:
    t = np.linspace(0, dice.uniform(2.5, 7) * 2 * np.pi, 200)
    radius = t / t[-1]
    return [
        Mark(np.stack([radius * np.cos(t), dice.uniform(0.6, 1) * radius * np.sin(t)], 1) * dice.choice([-1, 1], 2))
    ]


def _fish(dice: Dice) -> list[Mark]:
    s, high = dice.choice([-1.0, 1.0]), dice.uniform(0.3, 0.6)
    marks = [_shape((-0.6 * s, 0), (-1.15 * s, -0.4), (-1.05 * s, 0), (-1.15 * s, 0.4)), _oval(0, 0, 0.75, high)]
    marks += [
        _oval(0.45 * s, -0.3 * high, 0.07, 0.07, int(dice.choice([0, 255]))),
        _curve((0.72 * s, 0.1), (0.6 * s, 0.16), (0.5 * s, 0.12)),
    ]
    marks += [_bow(x * s, 0, 0.12, 0.6 * high, -1.3, 1.3) for x in (-0.4, -0.15, 0.1)[: int(dice.integers(0, 4))]]
    return [*marks, _curve((-0.2 * s, -0.9 * high), (0.05 * s, -1.4 * high), (0.3 * s, -0.9 * high))]


def _butterfly(dice: Dice) -> list[Mark]:
    up, down = dice.uniform(0.6, 1), dice.uniform(0.4, 0.8)
    marks = []
    for s in (-1, 1):
        marks += [
            _blob((0, -0.1), (s * 0.5, -up), (s * 1, -up * 0.8), (s * 0.7, 0)),
            _blob((0, 0), (s * 0.7, 0.1), (s * 0.7, down), (s * 0.2, down * 0.8)),
        ]
        marks += [_oval(s * 0.6, -up * 0.55, 0.13, 0.13), _curve((0, -0.5), (s * 0.15, -0.8), (s * 0.3, -0.9))]
    return [*marks, _oval(0, 0, 0.08, 0.55)]


def _bicycle(dice: Dice) -> list[Mark]:
    r = dice.uniform(0.35, 0.45)
    marks = [_oval(x, 0.4, r, r, None) for x in (-0.6, 0.6)]
    marks += [
        _line((-0.6, 0.4), (-0.2, -0.2), (0.4, -0.2), (0, 0.4), (-0.6, 0.4)),
        _line((0, 0.4), (-0.25, -0.35)),
        _line((0.6, 0.4), (0.35, -0.45), (0.55, -0.55)),
    ]
    if dice.random() < 0.5:
        marks += [
            _line((x, 0.4), (x + r * np.cos(a), 0.4 + r * np.sin(a)))
            for x in (-0.6, 0.6)
            for a in np.linspace(0, 6.28, 9)[:-1]
        ]
    return [*marks, _line((-0.38, -0.36), (-0.12, -0.36))]


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def _word(dice: Dice) -> list[Mark]:
    """A few words, of outlines of letters."""
    font = ImageFont.load_default(60)
    lines = ["".join(dice.choice(list(LETTERS), int(dice.integers(2, 8)))) for _ in range(int(dice.integers(1, 4)))]
    sheet = Image.new("L", (420, 90 * len(lines)), 0)
    for k, text in enumerate(lines):
        ImageDraw.Draw(sheet).text((10, 10 + 85 * k), text, 255, font)
    found, _ = cv2.findContours((np.asarray(sheet) > 128).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    thick = 0 if dice.random() < 0.7 else None
    outer = [contour[:, 0].astype(np.float64) for contour in found if len(contour) > 4]
    points = np.concatenate(outer)
    middle, reach = (points.max(0) + points.min(0)) / 2, float((points.max(0) - points.min(0)).max()) / 2
    order = sorted(
        outer, key=lambda line: -float(np.ptp(line[:, 0]) * np.ptp(line[:, 1]))
    )  # holes lie in their letters
    hole = [any(_inside(line[0], other) for other in order[:k]) for k, line in enumerate(order)]
    return [Mark((line - middle) / reach, 255 if inner else thick) for line, inner in zip(order, hole, strict=True)]


def _inside(point: Points, line: Points) -> bool:
    return cv2.pointPolygonTest(line.astype(np.float32), (float(point[0]), float(point[1])), False) > 0


Maker = Callable[[Dice], list[Mark]]
KINDS: dict[str, Maker] = {
    "house": _house, "car": _car, "cat": _cat, "dog": _dog, "bear": _bear, "rabbit": _rabbit, "flower": _flower,
    "star": _star, "heart": _heart, "scribble": _scribble, "hatching": _hatching, "strokes": _strokes, "grid": _grid,
    "arrow": _arrow, "stickfigure": _stick_figure, "shapes": _shapes, "rings": _rings, "landscape": _landscape,
    "sun": _sun, "cup": _cup, "boat": _boat, "bird": _bird, "clock": _clock, "furniture": _furniture, "hand": _hand,
    "apple": _apple, "mushroom": _mushroom, "umbrella": _umbrella, "clouds": _clouds, "insect": _insect,
    "bottle": _bottle, "loops": _loops, "knot": _knot, "symmetric": _symmetric, "clutter": _clutter,
    "symbols": _symbols,
}  # fmt: skip
UNSEEN: dict[str, Maker] = {
    "tree": _tree, "spiral": _spiral, "fish": _fish, "butterfly": _butterfly, "bicycle": _bicycle, "word": _word,
}  # fmt: skip


# --- by a hand, on a sheet ----------------------------------------------------------------------------------


def draw(marks: Sequence[Mark], dice: Dice, turn: float = 12.0) -> Image.Image:
    """The doodle on a sheet as one hand draws it, dark on white: L, 256 x 256; turned by up to `turn` degrees."""
    points = np.concatenate([mark.points for mark in marks])
    low, high = points.min(0), points.max(0)
    angle = np.deg2rad(dice.uniform(-turn, turn))
    size = dice.uniform(0.4, 0.92) * SIDE / float((high - low).max())
    stretch = np.exp(dice.normal(0, 0.08, 2)) * size * (dice.choice([-1, 1]), 1)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * stretch
    room = np.maximum(0, SIDE / 2 - 0.55 * (high - low) * size)
    place = SIDE / 2 + dice.uniform(-1, 1, 2) * room - (low + high) / 2 @ turned.T
    width = float(np.clip(dice.lognormal(np.log(2.6), 0.45), 1.0, 9.0))
    ink = 0 if dice.random() < 0.7 else int(dice.integers(0, 150))
    slip = dice.normal(0, dice.uniform(0.2, 4), (5, 5, 2)).astype(np.float32)
    shake = dice.normal(0, dice.uniform(0.1, 1.2), (28, 28, 2)).astype(np.float32)
    gap, vary = dice.choice([0, 0, 0.2, 0.5]), dice.choice([0.0, 0.2, 0.4])
    sheet = np.full((SIDE * FINER, SIDE * FINER), 255, np.uint8)
    for mark in marks:
        path = _shaken(_even(mark.points @ turned.T + place), slip, shake)
        fixed = np.round(path * (FINER * 16)).astype(np.int32)
        if mark.fill is not None:
            cv2.fillPoly(sheet, [fixed], max(mark.fill, ink), cv2.LINE_AA, 4)
        if not mark.line:
            continue
        thick = max(1, round(width * FINER * (1 + vary * dice.uniform(-1, 1))))
        pieces = [fixed]
        if len(fixed) > 12 and dice.random() < gap:
            cut = int(dice.integers(4, len(fixed) - 4))
            pieces = [fixed[:cut], fixed[cut + int(dice.integers(1, 4)) :]]
        cv2.polylines(sheet, pieces, False, ink, thick, cv2.LINE_AA, 4)
    return Image.fromarray(cv2.resize(sheet, (SIDE, SIDE), interpolation=cv2.INTER_AREA))


def _even(points: Points) -> Points:
    """Points along a line at even distances of about 5 pixels: (K,2) to (M,2)."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0, along[-1], max(2, int(along[-1] / 5) + 1))
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], 1)


def _shaken(path: Points, *fields: NDArray[np.float32]) -> Points:
    for field in fields:
        at = np.clip(path, 0, SIDE).astype(np.float32) * ((len(field) - 1) / SIDE)
        path = path + cv2.remap(field, at[:, :1], at[:, 1:], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]
    return path
