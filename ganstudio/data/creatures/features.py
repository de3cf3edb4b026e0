"""What creatures have: faces, ears, crests, tails, marks. Each is a list of parts, from back to front."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ganstudio.data.creatures.parts import LIGHT, Pair, Part, Points, bent, blade, oval, rotated, tube

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
            parts.append(Part(bent(arch, closed=False), "ink", line=1.3, stroke=True))
            continue
        if style == "dark":
            parts.append(Part(oval(at, y, width, height), "ink", name=eye, line=0))
            parts.append(Part(oval(at, y + 0.55 * height, width * 0.72, height * 0.36), "iris", on=eye))
        elif style == "iris":
            parts.append(Part(oval(at, y, width * 1.05, height), "ink", name=eye, line=0.4))
            inner = oval(at + glance * 0.4, y + 0.1 * height, width * 0.84, height * 0.82)
            parts.append(Part(inner, "iris", on=eye))
            parts.append(Part(oval(at + glance, y + 0.02 * height, width * 0.46, height * 0.52), "ink", on=eye))
        else:
            parts.append(Part(oval(at, y, width * 1.15, height * 1.02), "white", name=eye, line=0.75, shade=0))
            parts.append(Part(oval(at + glance * 1.6, y + 0.1 * height, width * 0.78, height * 0.76), "iris", on=eye))
            parts.append(Part(oval(at + glance * 1.8, y + 0.1 * height, width * 0.5, height * 0.52), "ink", on=eye))
        glint = oval(at - 0.3 * width + glance, y - 0.42 * height, width * 0.36, height * 0.3)
        parts.append(Part(glint, "white", on=eye))
        parts.append(
            Part(oval(at + 0.34 * width + glance, y + 0.42 * height, width * 0.17, height * 0.14), "white", on=eye)
        )
    return parts


def make_mouth(dice: np.random.Generator, x: float, y: float, size: float, style: str = "") -> list[Part]:
    style = style or str(dice.choice(["smile", "cat", "open", "fang", "tiny"], p=[0.3, 0.2, 0.26, 0.14, 0.1]))
    ends = (x - size, y - 0.22 * size), (x + size, y - 0.22 * size)
    line = bent([ends[0], (x, y + 0.25 * size), ends[1]], closed=False)
    if style == "smile":
        return [Part(line, "ink", line=0.9, stroke=True)]
    if style == "tiny":
        small = bent([(x - 0.4 * size, y), (x, y + 0.18 * size), (x + 0.4 * size, y)], closed=False)
        return [Part(small, "ink", line=0.9, stroke=True)]
    if style == "cat":
        corners = [
            ends[0],
            (x - 0.5 * size, y + 0.2 * size),
            (x, y - 0.16 * size),
            (x + 0.5 * size, y + 0.2 * size),
            ends[1],
        ]
        return [Part(bent(corners, closed=False), "ink", line=0.9, stroke=True)]
    if style == "fang":
        tooth = np.array([(x + 0.18 * size, y + 0.12 * size), (x + 0.74 * size, y), (x + 0.5 * size, y + 0.66 * size)])
        return [Part(tooth, "white", line=0.5, shade=0), Part(line, "ink", line=0.9, stroke=True)]
    lower = bent(
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
        Part(oval(x, y + 0.8 * size, 0.55 * size, 0.36 * size), "tongue", on="mouth"),
    ]


def make_face(
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
            parts.append(Part(oval(at, y + 1.35 * size, size * 0.78, size * 0.5), "blush", on=on))
    parts += _eyes(dice, x, y, apart, size, turn)
    if mouth:
        parts += make_mouth(
            dice, x + 0.05 * turn * reach, y + size * dice.uniform(1.15, 1.5), size * dice.uniform(0.62, 0.85)
        )
    return parts


def make_gloss(x: float, y: float, width: float, height: float, on: str, tilt: float = -28) -> Part:
    """The light on a round form's upper left."""
    return Part(
        oval(x - 0.42 * width, y - 0.55 * height, 0.24 * width, 0.14 * height, tilt), "coat", on=on, level=LIGHT
    )


# --- things on heads, backs and behind --------------------------------------------------------------------


def make_ears(
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
            ear = oval(root_x + side * 0.08 * width, root_y - 0.1 * height, 0.34 * width * size, 0.34 * width * size)
            inner = oval(root_x + side * 0.08 * width, root_y - 0.08 * height, 0.19 * width * size, 0.19 * width * size)
        elif kind == "pointed":
            tip = (root_x + side * 0.32 * width * size, root_y - 0.75 * height * size)
            ear = blade((root_x - side * 0.02 * width, root_y + 0.3 * height), tip, 0.3 * width * size, side * 0.06)
            tip = (root_x + side * 0.27 * width * size, root_y - 0.55 * height * size)
            inner = blade((root_x, root_y + 0.22 * height), tip, 0.15 * width * size, side * 0.06)
        elif kind == "long":
            tip = (root_x + side * 0.3 * width * size, root_y - 1.25 * height * size)
            ear = blade((root_x - side * 0.1 * width, root_y + 0.3 * height), tip, 0.25 * width, side * 0.1, 0.58)
            tip = (root_x + side * 0.28 * width * size, root_y - 1.05 * height * size)
            inner = blade((root_x - side * 0.06 * width, root_y + 0.1 * height), tip, 0.13 * width, side * 0.1, 0.58)
        elif kind == "floppy":
            path = [
                (root_x - side * 0.1 * width, root_y + 0.1 * height),
                (root_x + side * 0.42 * width, root_y + 0.1 * height),
                (root_x + side * 0.66 * width, root_y + 0.75 * height * size),
            ]
            parts.append(Part(tube(path, (0.13 * width, 0.22 * width, 0.24 * width)), "accent"))
            continue
        elif kind == "horns":
            path = [
                (root_x, root_y + 0.2 * height),
                (root_x + side * 0.2 * width, root_y - 0.22 * height * size),
                (root_x + side * 0.08 * width, root_y - 0.62 * height * size),
            ]
            horn = tube(path, (0.17 * width, 0.12 * width, 0.0))
            name = f"horn{side}"
            parts.append(Part(horn, "horn", name=name))
            continue
        elif kind == "feelers":
            end = (root_x + side * 0.3 * width, root_y - 0.72 * height * size)
            path = [(root_x - side * 0.15 * width, root_y + 0.2 * height), (root_x, root_y - 0.4 * height * size), end]
            parts.append(Part(tube(path, (0.05 * width, 0.04 * width, 0.035 * width)), "coat", shade=0))
            parts.append(Part(oval(*end, 0.13 * width, 0.13 * width), "accent"))
            continue
        else:  # fins
            for angle, length in ((-38, 0.62), (-8, 0.7), (22, 0.5)):
                root = (x + side * 0.85 * width * narrow, y - 0.1 * height)
                tip = rotated(
                    np.array([(root[0] + side * length * width * size, root[1] - 0.1 * height)]), side * angle, root
                )[0]
                parts.append(Part(blade(root, (tip[0], tip[1]), 0.13 * width, 0, 0.5), "accent"))
            continue
        name = f"ear{side}"
        parts += [Part(ear, "coat", name=name), Part(inner, "accent", on=name)]
    return parts


EARS = ("round", "pointed", "long", "floppy", "horns", "feelers", "fins")


def make_crest(dice: np.random.Generator, x: float, y: float, size: float, kind: str) -> list[Part]:
    """Something on top of the head, whose top is (x, y); to be drawn before the head."""
    lean = dice.uniform(-0.35, 0.35)
    if kind == "sprout":
        top = (x + 0.1 * lean * size, y - 0.5 * size)
        stem = tube(
            [(x, y + 0.2 * size), (x + 0.05 * size, y - 0.2 * size), top], (0.07 * size, 0.06 * size, 0.05 * size)
        )
        right = blade(top, (top[0] + 0.75 * size, top[1] - 0.3 * size), 0.2 * size, 0.12, 0.5)
        left = blade(top, (top[0] - 0.62 * size, top[1] - 0.38 * size), 0.18 * size, -0.12, 0.5)
        return [Part(stem, "accent", shade=0), Part(right, "accent"), Part(left, "accent")]
    if kind == "tuft":
        parts = []
        for angle, length in ((-44, 0.6), (40, 0.66), (-4, 0.9)):
            tip = rotated(np.array([(x, y - length * size)]), angle + 20 * lean, (x, y))[0]
            parts.append(
                Part(blade((x, y + 0.25 * size), (tip[0], tip[1]), 0.2 * size, 0.12 * np.sign(angle), 0.45), "accent")
            )
        return parts
    if kind == "horn":
        horn = tube(
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
    return [Part(tube([(x, y + 0.2 * size), *path], (0.12 * size, 0.11 * size, 0.1 * size, 0.06 * size)), "accent")]


CRESTS = ("sprout", "tuft", "horn", "gem", "curl")


def make_tail(dice: np.random.Generator, x: float, y: float, size: float, side: float, kind: str) -> list[Part]:
    """A tail that starts at (x, y) and leaves to `side` (-1, 1); to be drawn before the body."""
    if kind == "stub":
        return [Part(oval(x + side * 0.12 * size, y - 0.08 * size, 0.26 * size, 0.24 * size), "accent")]
    end = (x + side * 0.78 * size, y - dice.uniform(0.55, 0.85) * size)
    path = [(x - side * 0.1 * size, y + 0.05 * size), (x + side * 0.5 * size, y + 0.06 * size), end]
    if kind == "bushy":
        body = tube(path, (0.1 * size, 0.26 * size, 0.3 * size, 0.2 * size, 0.0))
        tip = oval(*end, 0.45 * size, 0.42 * size)
        return [Part(body, "coat", name="tail"), Part(tip, "belly", on="tail")]
    body = tube(path, (0.16 * size, 0.12 * size, 0.07 * size))
    if kind == "leaf":
        leaf = blade(end, (end[0] + side * 0.42 * size, end[1] - 0.5 * size), 0.2 * size, side * 0.1, 0.5)
        return [Part(body, "coat"), Part(leaf, "accent")]
    if kind == "spade":
        return [Part(body, "coat"), Part(a_spade(end, 0.42 * size, side * 28), "accent")]
    if kind == "ball":
        return [Part(body, "coat"), Part(oval(*end, 0.2 * size, 0.2 * size), "accent")]
    rings = []
    for share in (0.1, 0.45, 0.8):
        ring_x, ring_y = ((1 - share) * a + share * b for a, b in zip(path[1], end, strict=True))
        rings.append(Part(oval(ring_x, ring_y, 0.3 * size, 0.05 * size, -side * 55), "mark", on="tail"))
    return [Part(body, "coat", name="tail"), *rings]


def a_spade(foot: Pair, size: float, tilt: float) -> Points:
    """The arrow at a dragon's tail, upward from `foot`, turned by `tilt` degrees."""
    right = [(0.0, 0.1), (0.34, 0.12), (0.62, -0.06), (0.36, -0.5), (0.1, -0.95)]
    corners = np.array([*right, (0, -1.1), *((-x, y) for x, y in right[:0:-1])]) * size
    return rotated(bent(corners), tilt) + foot


TAILS = ("stub", "bushy", "leaf", "spade", "ball", "ringed")


def make_marks(
    dice: np.random.Generator, on: str, x: float, y: float, width: float, height: float, kind: str
) -> list[Part]:
    """Spots, stripes ... on the named part, an oval of that middle and those half axes."""
    if kind == "spots":
        return [
            Part(oval(x + a * width, y + b * height, s * width, s * width * 0.85, dice.uniform(-30, 30)), "mark", on=on)
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
                parts.append(Part(blade(edge, tip, 0.075 * height, 0, 0.3), "mark", on=on))
        return parts
    if kind == "mask":
        return [Part(oval(x, y - 1.02 * height, 0.66 * width, 0.72 * height), "mark", on=on)]
    if kind == "blaze":
        return [Part(blade((x, y - 1.1 * height), (x, y - 0.12 * height), 0.2 * width, 0, 0.3), "belly", on=on)]
    return []


MARKS = ("spots", "stripes", "mask", "blaze", "none")


def pick(dice: np.random.Generator, kinds: Sequence[str], *without: str) -> str:
    left = [kind for kind in kinds if kind not in without]
    return left[dice.integers(len(left))]
