"""Invented creatures drawn by code, each in the colours of any of the 18 types.

A creature is a list of parts painted from back to front on a sheet of *labels*: which material lies at a point
(coat, belly, horn ...) and whether it is line, shade, base or light. Only then a palette gives the labels
colours, so the same creature in two palettes has the same shape bit for bit: its true partner.

Everything is drawn from scratch; no creature is meant to resemble one from a game or a film.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.creatures.families import compose
from ganstudio.data.creatures.parts import BASE, INDEX, INK, LIGHT, LINE, MATERIALS, SHADE, Colour, draw_parts, fit

Pixels = NDArray[np.uint8]  # (size,size,4) RGBA
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
    parts = fit(compose(np.random.default_rng([*numbers, 0])))
    table = _colours(PALETTES[palette], np.random.default_rng([*numbers, 1]))
    fine = 4 if size <= 160 else 3
    labels = draw_parts(parts, size * fine)
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
        "nothing": INK,
        "blush": _mix(varied["coat"], (250, 96, 112), 0.5),
        "white": (255, 255, 255),
        "ink": INK,
        "mouth": (128, 44, 58),
        "tongue": (240, 128, 132),
    }
    table = np.zeros((4 * len(MATERIALS), 3), np.float32)
    for number, name in enumerate(MATERIALS):
        paint = paints[name]
        # Shade is darker and cooler, light is warmer, as in the open air.
        table[4 * number + LINE] = _mix(_mix(paint, (0, 0, 0), 0.62), INK, 0.6)
        table[4 * number + SHADE] = _mix(_mix(paint, (0, 0, 0), 0.13), (88, 64, 150), 0.16)
        table[4 * number + BASE] = paint
        table[4 * number + LIGHT] = _mix(paint, (255, 252, 236), 0.42)
    table[4 * INDEX["white"] + LINE] = INK
    for name in ("nothing", "ink"):
        table[4 * INDEX[name] : 4 * INDEX[name] + 4] = INK
    return table
