"""What drawn people are made of: shapes, painted from back to front."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (K,2): x to the right and y down, in units of half a picture, (0,0) its centre
Colour = tuple[int, int, int]


class Shape(NamedTuple):
    """One layer, of the coloured picture and of the drawing."""

    points: Points
    fill: Colour | None  # None: nothing is filled
    line: Colour | None  # outline in the coloured picture; None: none
    drawn: bool = True  # has an outline in the drawing
    closed: bool = True
    width: float = 1.0  # of the outline, in units of the picture's usual line
    part: str = ""  # of the person: what a drawing by hand must know


def tint(colour: Colour, factor: float, toward: Colour = (0, 0, 0)) -> Colour:
    """`factor` of the colour, the rest of `toward`."""
    red, green, blue = (round(a * factor + b * (1 - factor)) for a, b in zip(colour, toward, strict=True))
    return red, green, blue
