"""Whether files hold two pictures side by side, told from a few of them: by their shape, or a seam in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from ganstudio import images
from ganstudio.words import Refused

PROBED = 8  # pictures that are opened
WIDE = 1.9  # times as wide as high: seldom one photograph, if all of a folder are
SEAM = 4.0  # how much more the two columns in the middle differ than their neighbours do
AROUND = 8  # neighbours on each side


def are_double(files: Sequence[Path]) -> bool | None:
    """Whether each of these pictures is two side by side; None where they are so wide that it cannot be told.

    They are, where all are twice as wide as high, or all have a seam in the middle. What cannot be read says nothing.
    """
    step = max(1, len(files) // PROBED)
    pictures = []
    for path in files[::step][:PROBED]:
        try:
            pictures.append(images.decode(path))
        except Refused:
            continue
    if not pictures:
        return False
    if all(abs(each.width - 2 * each.height) <= max(1, each.width // 100) for each in pictures):
        return True
    if all(each.width > each.height and _seam(each) > SEAM for each in pictures):
        return True
    return None if all(each.width >= WIDE * each.height for each in pictures) else False


def _seam(picture: Image.Image) -> float:
    """How many times more the columns on both sides of the middle differ from each other than those around do."""
    middle = picture.width // 2
    if middle <= AROUND + 1:
        return 0.0
    part = picture.crop((middle - AROUND - 1, 0, middle + AROUND + 1, picture.height)).convert("L")
    steps = np.abs(np.diff(np.asarray(part, np.float32), axis=1)).mean(axis=0)  # (2 * AROUND + 1,)
    others = np.delete(steps, [AROUND - 1, AROUND, AROUND + 1])
    return float(steps[AROUND] / (np.median(others) + 1))
