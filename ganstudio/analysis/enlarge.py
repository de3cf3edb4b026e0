"""A picture at two or four times its size, for a network whose pictures are small.

Nothing is invented, and no network of its own is needed. Which way is best was measured, by `evaluation.enlarge`, which
compares all `WAYS`: back-projection is nearer to true pictures than bicubic and Lanczos by every measure, whether they
are crisp or as soft as the models' own. An unsharp mask after it is nearer still for soft ones, and farther for crisp
ones. The generators themselves cannot be run at a larger size: they paint small faces into the large one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

MAX_SIDE = 1024  # pixels of a result's longer side: four times what the models paint
MIN_SIDE = 16
ROUNDS = 6  # of back-projection
# Of the unsharp mask: pixels at twice the size (it grows with the enlargement), and per cent.
RADIUS, AMOUNT = 1.0, 60

Floats = NDArray[np.float32]  # (H,W,3), 0 to 255
Way = Callable[[Image.Image, tuple[int, int]], Image.Image]


def enlarged(picture: Image.Image, width: int, height: int) -> Image.Image:
    """An RGB picture at width x height pixels, which are not fewer than it has, by the best of `WAYS`."""
    return picture if picture.size == (width, height) else WAYS[BEST](picture, (width, height))


def _bicubic(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.resize(size, Image.Resampling.BICUBIC)


def _lanczos(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.resize(size, Image.Resampling.LANCZOS)


def _sharpened(way: Way) -> Way:
    """That way, and an unsharp mask after it."""

    def sharpened(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
        radius = RADIUS * size[0] / picture.width / 2
        return way(picture, size).filter(ImageFilter.UnsharpMask(radius, AMOUNT, threshold=0))

    return sharpened


def _back_projected(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Lanczos, then changed until it is the picture again where it is made small (Irani and Peleg 1991, "Improving
    Resolution by Image Registration", section 3, for one picture)."""
    small = np.asarray(picture, np.float32)
    large = np.asarray(_lanczos(picture, size), np.float32)
    for _ in range(ROUNDS):
        missing = small - _resized(large, picture.size, Image.Resampling.BOX)
        large = large + _resized(missing, size, Image.Resampling.BICUBIC)
    return Image.fromarray(large.clip(0, 255).round().astype(np.uint8))


def _resized(pixels: Floats, size: tuple[int, int], method: Image.Resampling) -> Floats:
    planes = [Image.fromarray(np.ascontiguousarray(pixels[:, :, k])) for k in range(3)]  # of floats
    return np.stack([np.asarray(plane.resize(size, method)) for plane in planes], axis=2)


WAYS: dict[str, Way] = {
    "bicubic": _bicubic,
    "lanczos": _lanczos,
    "lanczos, sharpened": _sharpened(_lanczos),
    "back-projected": _back_projected,
    "back-projected, sharpened": _sharpened(_back_projected),
}
BEST = "back-projected"
