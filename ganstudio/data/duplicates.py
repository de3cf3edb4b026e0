"""Near-duplicates among many pictures: by a difference hash of 64 bits, and by their mean colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BITS = 64
STEP = 0.5  # levels of 255 between the means of two fields: lossy compression leaves as much in an even area
COLOUR = 24.0  # levels in any channel: one outline in other colours is another picture, in a studio that recolours


def difference_hash(picture: Image.Image) -> int:
    """64 bits, row by row: whether each of 8 x 8 fields of the grey picture is darker than the one at its right.

    Scaling, compression and even changes of brightness hardly touch it (Krawetz, "Kind of like that", 2013).
    """
    # In floats: rounded to whole levels, the steps of a soft gradient would come and go with the scale.
    grey = np.asarray(picture.convert("L").convert("F").resize((9, 8), Image.Resampling.BOX))  # (8,9)
    darker = grey[:, 1:] - grey[:, :-1] > STEP  # (8,8)
    return int.from_bytes(np.packbits(darker).tobytes(), "big")


class Twins:
    """The pictures seen so far, and which of them a new one repeats."""

    def __init__(self, distance: int) -> None:
        """`distance`: bits, 0 to 64, in which two hashes may differ; -1: no two pictures are twins."""
        self._distance = distance
        self._names: list[str] = []
        self._hashes: NDArray[np.uint64] = np.zeros(256, np.uint64)
        self._colours: NDArray[np.float32] = np.zeros((256, 3), np.float32)

    def find(self, hash: int, colour: tuple[float, float, float]) -> tuple[str, int] | None:
        """(name, bits that differ) of the nearest one, the first of equals; None where none is near.

        `colour`: mean R, G, B, 0 to 255.
        """
        count = len(self._names)
        if self._distance < 0 or not count:
            return None
        bits = np.bitwise_count(self._hashes[:count] ^ np.uint64(hash)).astype(np.int16)  # (count,)
        other = np.abs(self._colours[:count] - np.array(colour, np.float32)).max(axis=1) > COLOUR
        bits[other] = BITS + 1
        nearest = int(bits.argmin())
        return (self._names[nearest], int(bits[nearest])) if bits[nearest] <= self._distance else None

    def add(self, name: str, hash: int, colour: tuple[float, float, float]) -> None:
        count = len(self._names)
        if count == len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.zeros_like(self._hashes)])
            self._colours = np.concatenate([self._colours, np.zeros_like(self._colours)])
        self._hashes[count], self._colours[count] = hash, colour
        self._names.append(name)
