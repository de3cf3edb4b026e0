"""The families of creatures, from blobs to bugs: each throws dice for one, and lists its parts from back to front."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ganstudio.data.creatures.features import (
    CRESTS,
    EARS,
    MARKS,
    TAILS,
    a_spade,
    make_crest,
    make_ears,
    make_face,
    make_gloss,
    make_marks,
    make_mouth,
    make_tail,
    pick,
)
from ganstudio.data.creatures.parts import SHADE, Part, bent, blade, oval, rotated, tube


def compose(dice: np.random.Generator) -> list[Part]:
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
    body = bent([*half, *((-x, y) for x, y in half[:0:-1])])
    parts = []
    if dice.random() < 0.55:
        parts += make_crest(dice, 0, -0.94 * height, 0.42, pick(dice, CRESTS, "sprout"))
    if not parts or dice.random() < 0.3:
        kind = pick(dice, ("round", "pointed", "horns", "feelers", "fins"))
        parts += make_ears(dice, 0, -0.1 * height, 0.9 * shoulder * width, 0.9 * height, turn, kind)
    if dice.random() < 0.4:
        parts += make_tail(dice, 0.6 * width, 0.5 * height, 0.55, 1, pick(dice, TAILS))
    parts.append(Part(body, "coat", name="body"))
    parts.append(Part(oval(0.12 * turn, 0.78 * height, 0.58 * width, 0.55 * height), "belly", on="body"))
    parts += make_marks(dice, "body", 0, 0, width * 0.95, height * 0.9, pick(dice, MARKS, "mask"))
    parts.append(make_gloss(0, 0, 0.5 * (1 + shoulder) * width, height, "body"))
    for side in (-1, 1):
        arm = oval(side * 0.86 * width, 0.3 * height, 0.17, 0.11, side * dice.uniform(-40, 50))
        parts.append(Part(arm, "coat"))
    return parts + make_face(dice, "body", 0, -0.02 * height, 0.78 * max(shoulder, 0.7) * width, turn)


def _beast(dice: np.random.Generator) -> list[Part]:
    """Four short legs and a big head, seen from the front left."""
    turn = -0.75
    long, deep = dice.uniform(0.42, 0.56), dice.uniform(0.27, 0.36)
    leg, thick = dice.uniform(0.2, 0.32), dice.uniform(0.12, 0.16)
    middle = 0.2
    floor = middle + deep + leg - 0.06
    head_x, head_y = -0.34, -0.32
    head_width, head_height = dice.uniform(0.44, 0.52), dice.uniform(0.38, 0.46)
    parts = make_tail(dice, long - 0.08 + 0.06, middle - 0.08, dice.uniform(0.5, 0.7), 1, pick(dice, TAILS))

    def foot(x: float, bottom: float, far: bool) -> list[Part]:
        shape = tube(
            [(x + 0.02, middle + 0.05), (x - 0.02, bottom - thick * 0.9)],
            (thick * 1.15, thick * 0.95, thick * 1.05),
        )
        name = f"foot{x:.2f}"
        sock = oval(x - 0.03, bottom, thick * 1.7, thick * 0.8)
        return [Part(shape, "coat", name=name, far=far), Part(sock, socks, on=name)]

    socks = pick(dice, ("accent", "belly", "coat", "mark"))
    for x in (-0.16, long - 0.06):
        parts += foot(x, floor - 0.07, True)
    for x in (-0.26, long - 0.2):
        parts += foot(x, floor, False)
    if dice.random() < 0.45:  # a row of spines or tufts
        kind = pick(dice, ("horn", "accent"))
        for x in np.linspace(0.06, long + 0.12, 4).tolist():
            y = middle - deep * np.sqrt(max(0.05, 1 - ((x - 0.12) / (long + 0.06)) ** 2))
            parts.append(Part(blade((x, y + 0.12), (x + 0.12, y - 0.2), 0.11, -0.05, 0.3), kind))
    body = oval(0.12, middle, long + 0.06, deep, square=2.2)
    parts.append(Part(body, "coat", name="body"))
    parts += make_marks(dice, "body", 0.16, middle, long, deep, pick(dice, MARKS, "mask", "blaze"))
    parts.append(Part(oval(0.06, middle + 1.05 * deep, long * 0.95, 0.55 * deep), "belly", on="body"))
    crest = dice.random()
    if crest < 0.4:  # a ruff around the neck
        for angle in np.linspace(20, 160, 7).tolist():
            tip = rotated(np.array([(head_x + 0.62, head_y + 0.16)]), angle, (head_x + 0.06, head_y + 0.16))[0]
            parts.append(Part(blade((head_x + 0.06, head_y + 0.14), (tip[0], tip[1]), 0.2, 0, 0.6), "accent", line=1))
    parts += make_ears(dice, head_x, head_y, head_width, head_height, turn, pick(dice, EARS, "fins", "feelers"))
    if crest > 0.75:
        parts += make_crest(dice, head_x - 0.03, head_y - 0.92 * head_height, 0.34, pick(dice, CRESTS))
    head = bent(
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
    parts += make_marks(dice, "head", head_x - 0.08, head_y, head_width, head_height, pick(dice, MARKS, "spots"))
    parts.append(Part(oval(muzzle_x, muzzle_y + 0.12, 0.52 * head_width, 0.42 * head_height), "belly", on="head"))
    parts.append(make_gloss(head_x, head_y, head_width, head_height, "head"))
    parts += make_face(dice, "head", head_x - 0.03, head_y + 0.06, head_width * 0.9, turn, mouth=False)
    parts.append(Part(oval(muzzle_x, muzzle_y - 0.07, 0.052, 0.036), "ink", line=0))
    return parts + make_mouth(dice, muzzle_x, muzzle_y + 0.055, 0.095, pick(dice, ("smile", "cat", "open", "fang")))


def _bird(dice: np.random.Generator) -> list[Part]:
    """A round bird."""
    width, height = dice.uniform(0.56, 0.66), dice.uniform(0.6, 0.7)
    turn = dice.uniform(-0.8, -0.2)
    parts: list[Part] = []
    for angle in (-24, 0, 24):  # the tail behind
        tip = rotated(np.array([(0.98 * width + 0.36, 0.2)]), angle - 8, (0.4, 0.3))[0]
        parts.append(Part(blade((0.25, 0.3), (tip[0], tip[1]), 0.14, 0, 0.65), "accent" if angle else "mark"))
    for side in (-1, 1):
        x = side * 0.24 * width
        for toe in (-0.1, 0.0, 0.1):
            parts.append(
                Part(
                    tube(
                        [(x, height - 0.03), (x + toe * 0.5, height + 0.06), (x + toe, height + 0.12)],
                        (0.05, 0.05, 0.042),
                    ),
                    "horn",
                    shade=0,
                    line=0.8,
                )
            )
    parts += make_crest(dice, 0.02, -0.95 * height, 0.4, pick(dice, ("tuft", "curl", "tuft")))
    half = [
        (0, -height),
        (0.62 * width, -0.8 * height),
        (0.92 * width, -0.1 * height),
        (0.98 * width, 0.42 * height),
        (0.6 * width, 0.92 * height),
    ]
    body = bent([*half, (0, 1.02 * height), *((-x, y) for x, y in half[:0:-1])])
    for angle in (-20, 0):
        tip = rotated(np.array([(-1.3 * width, 0.24)]), angle, (-0.7 * width, -0.02))[0]
        far = blade((-0.7 * width, -0.02), (tip[0], tip[1]), 0.1, 0, 0.62, blunt=True)
        parts.append(Part(far, "accent", far=True))
    parts.append(Part(body, "coat", name="body"))
    kind = pick(dice, ("mask", "bib", "spots", "none"))
    if kind == "bib":
        parts.append(Part(oval(0.16 * turn, 0.5 * height, 0.62 * width, 0.6 * height), "belly", on="body"))
    else:
        parts += make_marks(dice, "body", 0, 0, width, height, kind)
        parts.append(Part(oval(0.16 * turn, 0.66 * height, 0.7 * width, 0.62 * height), "belly", on="body"))
        for level in (0.42, 0.62):  # chest feathers
            for x in (-0.22, 0.0, 0.22):
                at = x + 0.16 * turn + (0.1 if level > 0.5 else 0)
                curve = bent(
                    [(at - 0.06, level * height), (at, level * height + 0.045), (at + 0.06, level * height)],
                    closed=False,
                )
                parts.append(Part(curve, "coat", on="body", line=0.55, stroke=True))
    parts.append(make_gloss(0, 0, width, height, "body"))
    # The near wing hangs or greets: three feathers under a shoulder.
    lift = dice.uniform(-50, 40)
    root = (0.7 * width, 0.02)
    for angle, length in ((26, 0.34), (13, 0.42), (0, 0.46)):
        tip = rotated(np.array([(root[0] + length, root[1] + 0.14)]), lift + angle, root)[0]
        parts.append(Part(blade(root, (tip[0], tip[1]), 0.1, 0.05, 0.62, blunt=True), "accent"))
    tip = rotated(np.array([(root[0] + 0.3, root[1] + 0.1)]), lift + 8, root)[0]
    parts.append(Part(blade((root[0] - 0.08, root[1] - 0.04), (tip[0], tip[1]), 0.13, 0, 0.5, blunt=True), "coat"))
    x = 0.14 * turn
    eyes = make_face(dice, "body", 0, -0.26 * height, 0.66 * width, turn, mouth=False)
    x += 0.12 * turn * width
    top = -0.2 * height
    lower = bent([(x - 0.1, top + 0.1), (x, top + 0.22), (x + 0.1, top + 0.1)])
    upper = bent(
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
            tail = blade((0.78 * width, 0), (width + 0.46, sign * spread), 0.17, -sign * 0.14, 0.6)
            parts.append(Part(tail, "accent", name=f"tail{sign}"))
            parts.append(
                Part(
                    blade((0.8 * width, 0), (width + 0.3, sign * spread * 0.65), 0.05, -sign * 0.14, 0.6),
                    "belly",
                    on=f"tail{sign}",
                )
            )
    else:
        fan = bent(
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
                Part(blade((0.85 * width, 0), (width + 0.34, slant * spread), 0.03, 0, 0.6), "belly", on="tail")
            )
    if dice.random() < 0.5:  # spines on the back
        for x in np.linspace(-0.2, 0.42, 4).tolist():
            y = -height * np.sqrt(1 - (x / width) ** 2)
            parts.append(Part(blade((x, y + 0.14), (x + 0.17, y - 0.24), 0.12, -0.06, 0.35), "accent"))
    else:
        sail = bent(
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
                Part(blade((x + 0.04, -0.6 * height), (x + 0.02, -height - 0.17), 0.025, 0, 0.5), "belly", on="sail")
            )
    if dice.random() < 0.4:  # a lantern
        end = (-0.72 * width, -height - 0.26)
        parts.append(
            Part(
                tube([(-0.3 * width, -0.8 * height), (-0.42 * width, -height - 0.24), end], (0.04, 0.032, 0.028)),
                "coat",
                shade=0,
            )
        )
        parts.append(Part(oval(*end, 0.1, 0.1), "horn", name="lantern"))
        parts.append(make_gloss(*end, 0.1, 0.1, "lantern"))
    parts.append(Part(blade((0.1, 0.8 * height), (0.34, height + 0.24), 0.12, 0.1, 0.45), "accent", far=True))
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
    parts.append(Part(bent(half_up + half_down), "coat", name="body"))
    parts.append(Part(oval(-0.22 * width, 0.86 * height, 0.86 * width, 0.62 * height, 4), "belly", on="body"))
    kind = pick(dice, ("bands", "scales", "spots", "none"))
    if kind == "bands":
        for x in (0.18, 0.5, 0.8):
            parts.append(Part(oval(x * width, -0.72 * height, 0.06, 0.6 * height, -6), "mark", on="body"))
    elif kind == "scales":
        for row, y in enumerate((-0.5, -0.24, 0.02)):
            for x in (0.2, 0.42, 0.64):
                at_x, at_y = (x + 0.11 * (row % 2)) * width, y * height
                arc = bent([(at_x - 0.02, at_y - 0.07), (at_x + 0.055, at_y), (at_x - 0.02, at_y + 0.07)], closed=False)
                parts.append(Part(arc, "mark", on="body", line=0.7, stroke=True))
    else:
        parts += make_marks(dice, "body", 0.5 * width, 0, 0.62 * width, 0.85 * height, kind)
    parts.append(make_gloss(-0.12, 0, width, height, "body"))
    fin = blade(
        (0.06, 0.22 * height), (0.42, 0.36 * height + dice.uniform(-0.1, 0.16)), 0.15, dice.uniform(-0.1, 0.1), 0.6
    )
    parts.append(Part(fin, "accent"))
    return parts + make_face(dice, "body", -0.36 * width, -0.06 * height, 0.6 * width, turn * 0.6)


def _mushroom(dice: np.random.Generator) -> list[Part]:
    """A cap on a plump stem with feet and arms."""
    width, high = dice.uniform(0.72, 0.84), dice.uniform(0.5, 0.7)
    stem, bottom = dice.uniform(0.38, 0.46), 0.62
    turn = dice.uniform(-0.6, 0.2)
    rim = -0.08
    parts: list[Part] = []
    for side in (-1, 1):
        parts.append(Part(oval(side * 0.2, bottom + 0.06, 0.17, 0.1), "accent"))
    for side in (-1, 1):
        lift = dice.uniform(-0.14, 0.12)
        path = [(side * stem * 0.85, 0.29), (side * (stem + 0.1), 0.33), (side * (stem + 0.24), 0.33 + lift)]
        parts.append(Part(tube(path, (0.07, 0.075, 0.08)), "belly"))
    half = [(0.3, -0.3), (stem * 0.9, 0.05), (stem, 0.36), (stem * 0.7, bottom + 0.02)]
    parts.append(Part(bent([*half, (0, bottom + 0.07), *((-x, y) for x, y in half[::-1])]), "belly", name="stem"))
    parts += make_face(dice, "stem", 0, 0.24, stem * 1.02, turn)
    point = dice.uniform(0.0, 0.25)  # from round to pointed
    edge = [(width, rim + 0.02), (0.88 * width, rim + 0.13)]
    arch = [(0.9 * width, rim - 0.42 * high), (0.5 * width, rim - (0.9 - point) * high)]
    top = (dice.uniform(-0.12, 0.12), rim - (1 + point) * high)
    lower = [(0.5 * width, rim + 0.07), (0, rim + 0.03), (-0.5 * width, rim + 0.07)]
    cap = bent([top, *arch[::-1], *edge, *lower, *((-x, y) for x, y in edge[::-1]), *((-x, y) for x, y in arch)])
    parts.append(Part(cap, "coat", name="cap", shade=0.5))
    kind = pick(dice, ("spots", "spots", "rings", "freckles"))
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
            parts.append(Part(oval(x * width, rim - y * high, size, size * 0.8, -20 * x), "accent", on="cap"))
    elif kind == "rings":
        for level, material in ((1.3, "accent"), (0.9, "coat"), (0.62, "accent"), (0.34, "coat")):
            parts.append(Part(oval(top[0], top[1], width * level * 0.8, high * level * 0.8), material, on="cap"))
    else:
        for x, y in dice.uniform((-0.8, 0.05), (0.8, 0.8), (12, 2)).tolist():
            parts.append(Part(oval(x * width, rim - y * high, 0.045, 0.04), "mark", on="cap"))
    return [*parts, make_gloss(0, rim - 0.4 * high, width, 0.7 * high, "cap")]


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
                bent([root, (side * (0.18 + 0.5 * reach), root[1] - lift * 0.95), tip], closed=False),
                bent(
                    [
                        tip,
                        (side * (0.13 + 0.86 * reach), root[1] - 0.3 * lift),
                        (side * (0.2 + 0.88 * reach), root[1] + 0.08),
                    ],
                    closed=False,
                )[1:],
                bent(
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
        finger = bent(
            [root, (side * (0.18 + 0.45 * reach), root[1] - 0.4 * lift), (side * (0.2 + 0.88 * reach), root[1] + 0.06)],
            closed=False,
        )
        parts.append(Part(finger, "accent", on=f"wing{side}", line=0.7, stroke=True))
    tail = [(0.1, 0.55), (0.55, 0.66), (0.82, 0.36)]
    parts.append(Part(tube(tail, (0.2, 0.13, 0.05)), "coat", name="tail"))
    if dice.random() < 0.6:
        parts.append(Part(a_spade(tail[-1], 0.27, 14), pick(dice, ("accent", "mark"))))
    else:
        parts.append(Part(oval(*tail[-1], 0.11, 0.11), "horn"))
    for side in (-1, 1):
        parts.append(Part(oval(side * hip * 0.62 - 0.03, 0.79, 0.2, 0.11), "coat", name=f"foot{side}"))
        for toe in (-0.1, 0.0, 0.1):
            parts.append(Part(oval(side * hip * 0.62 - 0.05 + toe, 0.85, 0.035, 0.04), "horn", line=0.5, shade=0))
    half = [(chest, -0.02), (hip, 0.38), (hip * 0.82, 0.74)]
    parts.append(Part(bent([(0, -0.2), *half, (0, 0.82), *((-x, y) for x, y in half[::-1])]), "coat", name="body"))
    parts.append(Part(oval(-0.07, 0.48, hip * 0.68, 0.42), "belly", on="body"))
    for level in (0.36, 0.5, 0.64):
        line = bent([(-0.07 - hip * 0.54, level), (-0.07, level + 0.04), (-0.07 + hip * 0.54, level)], closed=False)
        parts.append(Part(line, "belly", on="body", line=0.5, stroke=True))
    for side in (-1, 1):
        lift = dice.uniform(0.02, 0.2)
        path = [(side * chest, 0.2), (side * (chest + 0.07) - 0.01, 0.32), (side * (chest + 0.03) - 0.01, 0.4 + lift)]
        parts.append(Part(tube(path, (0.085, 0.085, 0.08)), "coat"))
    parts += make_ears(
        dice, head_x, head_y, head_width, head_height, turn, pick(dice, ("horns", "fins", "feelers", "horns"))
    )
    if dice.random() < 0.5:
        parts += make_crest(dice, head_x, head_y - 0.92 * head_height, 0.3, pick(dice, ("tuft", "horn", "gem")))
    half = [
        (0, -head_height),
        (0.68 * head_width, -0.74 * head_height),
        (head_width, 0.1 * head_height),
        (0.78 * head_width, 0.72 * head_height),
    ]
    outline = [*half, (0, 0.96 * head_height), *((-x, y) for x, y in half[:0:-1])]
    parts.append(Part(bent([(x + head_x, y + head_y) for x, y in outline]), "coat", name="head"))
    parts += make_marks(
        dice, "head", head_x, head_y, head_width, head_height, pick(dice, ("spots", "blaze", "none", "stripes"))
    )
    parts.append(make_gloss(head_x, head_y, head_width, head_height, "head"))
    parts += make_face(dice, "head", head_x, head_y - 0.02, head_width * 0.95, turn, mouth=False)
    snout_x, snout_y = head_x + 0.24 * turn * head_width - 0.02, head_y + 0.55 * head_height
    parts.append(Part(oval(snout_x, snout_y + 0.02, 0.27, 0.17, square=2.3), "belly", name="snout", line=0.7))
    for side in (-1, 1):
        parts.append(Part(oval(snout_x + side * 0.075, snout_y - 0.06, 0.02, 0.016), "ink", line=0))
    return parts + make_mouth(dice, snout_x, snout_y + 0.05, 0.12, pick(dice, ("smile", "open", "fang", "cat")))


def _critter(dice: np.random.Generator) -> list[Part]:
    """A big-headed animal that sits or stands upright."""
    turn = dice.uniform(-0.6, 0.15)
    head_width, head_height = dice.uniform(0.5, 0.58), dice.uniform(0.42, 0.5)
    head_y, hip = -0.3, dice.uniform(0.3, 0.4)
    parts = make_tail(dice, 0.16, 0.6, dice.uniform(0.6, 0.8), 1, pick(dice, TAILS))
    for side in (-1, 1):
        foot = oval(side * hip * 0.66, 0.78, 0.2, 0.12, side * -6)
        parts.append(Part(foot, "coat", name=f"foot{side}"))
        parts.append(Part(oval(side * hip * 0.66, 0.82, 0.13, 0.07), "accent", on=f"foot{side}"))
    half = [(hip * 0.72, 0.05), (hip, 0.48), (hip * 0.78, 0.76)]
    parts.append(Part(bent([(0, -0.1), *half, (0, 0.8), *((-x, y) for x, y in half[::-1])]), "coat", name="body"))
    parts.append(Part(oval(0.04 * turn, 0.52, hip * 0.66, 0.34), "belly", on="body"))
    arms = pick(dice, ("down", "up", "belly"))
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
        parts.append(Part(tube(path, (0.085, 0.09, 0.095)), "coat"))
    if dice.random() < 0.3:
        scarf = bent([(-0.36, 0.06), (0, 0.16), (0.36, 0.06), (0.37, 0.18), (0, 0.29), (-0.37, 0.18)])
        parts.append(Part(tube([(0.22, 0.2), (0.28, 0.34), (0.26, 0.46)], (0.07, 0.08, 0.09)), "accent"))
        parts.append(Part(scarf, "accent"))
    parts += make_ears(dice, 0, head_y, head_width, head_height, turn, pick(dice, EARS, "fins"))
    if dice.random() < 0.35:
        parts += make_crest(dice, 0.0, head_y - 0.92 * head_height, 0.32, pick(dice, CRESTS))
    cheek = dice.uniform(0.5, 0.85)
    half = [
        (0, -head_height),
        (0.66 * head_width, -0.78 * head_height),
        (head_width, 0.05 * head_height),
        (cheek * head_width, 0.76 * head_height),
    ]
    outline = [*half, (0, 0.95 * head_height), *((-x, y) for x, y in half[:0:-1])]
    parts.append(Part(bent([(x, y + head_y) for x, y in outline]), "coat", name="head"))
    parts += make_marks(dice, "head", 0.08 * turn, head_y, head_width, head_height, pick(dice, MARKS))
    muzzle_x, muzzle_y = 0.16 * turn * head_width, head_y + 0.46 * head_height
    parts.append(Part(oval(muzzle_x, muzzle_y + 0.06, 0.42 * head_width, 0.36 * head_height), "belly", on="head"))
    parts.append(make_gloss(0, head_y, head_width, head_height, "head"))
    parts += make_face(dice, "head", 0, head_y + 0.04, head_width * 0.92, turn, mouth=False)
    parts.append(Part(oval(muzzle_x, muzzle_y - 0.08, 0.05, 0.034), "ink", line=0))
    return parts + make_mouth(dice, muzzle_x, muzzle_y + 0.04, 0.09, pick(dice, ("smile", "cat", "open", "fang")))


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
        parts.append(Part(tube(path, (0.11, 0.085, 0.045)), kind))
    if dice.random() < 0.6:
        parts += make_ears(
            dice, 0, -0.2, 0.85 * width, height * 0.95, turn, pick(dice, ("feelers", "fins", "round", "horns"))
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
    parts.append(Part(bent([*dome, *hem]), "coat", name="body", shade=0))
    parts.append(
        Part(bent([*((x, y - 0.05) for x, y in hem), (-1.2 * width, 0.6), (1.2 * width, 0.6)]), "belly", on="body")
    )
    parts += make_marks(dice, "body", 0, -0.2, width * 0.95, height, pick(dice, ("spots", "mask", "none")))
    edge = [(0.8 * x - 0.13 * width, 0.86 * y - 0.08) for x, y in dome[2:]]
    lit = bent([*edge, (0.56 * width, 0.1), (0.4 * width, 0.3)], closed=False)
    shade = np.array([*lit.tolist(), (lit[-1, 0], 0.6), (1.3 * width, 0.6), (1.3 * width, -1.4), (0, -1.4)])
    parts.append(Part(shade, "coat", on="body", level=SHADE))
    parts.append(make_gloss(0, -0.18, width, height, "body"))
    return parts + make_face(dice, "body", 0, -0.14, 0.76 * width, turn)


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
        foot = bent(
            [(-0.62, 0.28), (-0.66, 0.52), (-0.3, 0.6), (0.4, 0.6), (0.96, 0.58), (0.7, 0.42), (0.2, 0.3), (-0.3, 0.1)]
        )
        parts.append(Part(foot, "coat", name="foot"))
        parts.append(Part(oval(-0.1, 0.64, 0.9, 0.12), "belly", on="foot"))
    else:
        parts.append(Part(blade((0.55, 0.36), (0.98, 0.5), 0.12, -0.1, 0.4), "coat"))
        for x, far in ((-0.06, True), (0.56, True), (-0.2, False), (0.44, False)):
            limb = tube([(x, 0.3), (x - 0.03, 0.44), (x - 0.06, 0.54 if far else 0.6)], (0.14, 0.13, 0.14))
            parts.append(Part(limb, "coat", far=far))
        parts.append(Part(tube([(0.0, 0.3), (-0.26, 0.26), (head_x + 0.05, head_y + 0.1)], (0.2, 0.18, 0.16)), "coat"))
    if snail:
        shell = oval(shell_x, shell_y, size * 1.05, size)
        parts.append(Part(shell, "accent", name="shell"))
        angle = np.linspace(0.3, 4.3 * np.pi, 120)
        reach = size * 0.86 * angle / angle[-1]
        spiral = np.stack([shell_x + reach * np.cos(angle + 0.9), shell_y + reach * np.sin(angle + 0.9)], axis=1)
        parts.append(Part(spiral, "accent", on="shell", line=1.1, stroke=True))
    else:
        shell = bent(
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
                parts.append(Part(blade(base, (shell_x + x * size * 1.25, y * size * 1.32), 0.12, 0, 0.25), "horn"))
        parts.append(Part(shell, "accent", name="shell"))
        for x, y, share in ((0, -0.42, 0.34), (-0.68, -0.12, 0.25), (0.68, -0.12, 0.25)):
            corners = oval(shell_x + x * size, y * size, share * size, share * size * 0.95, 30, 2, 6)
            parts.append(Part(corners, "mark", on="shell"))
        parts.append(Part(oval(shell_x, 0.46, size * 1.4, 0.17), "belly", on="shell"))
    parts.append(make_gloss(shell_x, shell_y, size, size, "shell"))
    if snail:
        for x, lift in ((-0.16, 0.34), (0.14, 0.4)):
            end = (head_x + x * 1.7, head_y - head_width - lift * 0.5)
            parts.append(
                Part(
                    tube([(head_x + x, head_y), (head_x + x * 1.2, head_y - 0.3), end], (0.05, 0.045, 0.04)),
                    "coat",
                    shade=0,
                )
            )
            parts.append(Part(oval(*end, 0.075, 0.075), "horn"))
    elif dice.random() < 0.6:
        parts += make_crest(dice, head_x, head_y - 0.9 * head_width, 0.26, pick(dice, CRESTS))
    parts.append(Part(oval(head_x, head_y, head_width, head_width * 0.94, square=2.15), "coat", name="head"))
    if snail:  # the neck runs into the foot
        neck = oval(head_x + 0.06, head_y + 0.36, 0.19, 0.24)
        parts.insert(-1, Part(neck, "coat", line=0))
    parts += make_marks(dice, "head", head_x, head_y, head_width, head_width, pick(dice, ("spots", "blaze", "none")))
    parts.append(make_gloss(head_x, head_y, head_width, head_width, "head"))
    return parts + make_face(dice, "head", head_x, head_y + 0.02, head_width * 0.95, turn)


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
                Part(blade((0.12 + shift * 0.4, 0.02), tip, wide, bend, 0.6, blunt=True), "belly", name=name, far=far)
            )
            parts.append(Part(blade((0.12 + shift * 0.4, 0.02), tip, wide * 0.45, bend, 0.55), "white", on=name))
    tilt = dice.uniform(8, 26)
    parts.append(
        Part(
            rotated(
                blade((body_x + long - 0.1, body_y), (body_x + long + 0.24, body_y), 0.09, 0, 0.2),
                tilt,
                (body_x, body_y),
            ),
            "horn",
        )
    )
    parts.append(Part(oval(body_x, body_y, long, deep, tilt), "coat", name="body"))
    for x in (0.05, 0.42, 0.78):
        band = rotated(oval(body_x + x * long, body_y, 0.075, deep * 1.1), tilt, (body_x, body_y))
        parts.append(Part(band, "mark", on="body"))
    parts.append(make_gloss(body_x, body_y, long, deep, "body"))
    for x in (-0.04, 0.18, 0.38):
        path = [(x, body_y + deep * 0.85), (x - 0.06, body_y + deep + 0.1), (x - 0.1, body_y + deep + 0.15)]
        parts.append(Part(tube(path, (0.06, 0.052, 0.055)), "accent", shade=0))
    ruff = int(dice.integers(0, 2))
    if ruff:
        for angle in np.linspace(-10, 130, 7).tolist():
            tip = rotated(np.array([(head_x + head_size + 0.17, head_y + 0.1)]), angle, (head_x, head_y + 0.1))[0]
            parts.append(Part(blade((head_x, head_y + 0.1), (tip[0], tip[1]), 0.15, 0, 0.7), "belly"))
    parts += make_ears(dice, head_x, head_y, head_size, head_size, turn, "feelers")
    parts.append(Part(oval(head_x, head_y, head_size, head_size * 0.94, square=2.15), "coat", name="head"))
    parts += make_marks(dice, "head", head_x, head_y, head_size, head_size, pick(dice, ("mask", "blaze", "none")))
    parts.append(make_gloss(head_x, head_y, head_size, head_size, "head"))
    return parts + make_face(dice, "head", head_x, head_y + 0.05, head_size * 0.95, turn)


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
