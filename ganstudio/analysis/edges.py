"""Whether outlines are where they were: luminance edges of two pictures compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio import images

LOW, HIGH = 50, 150  # Canny's thresholds, in levels of 255 of the Sobel gradient


def edges(image: Image.Image) -> NDArray[np.bool_]:  # (H,W)
    """Luminance edges one pixel wide (Canny 1986); transparency is laid on white."""
    import cv2

    return cv2.Canny(np.asarray(images.to_rgb(image).convert("L")), LOW, HIGH) > 0


def edge_f1(before: Image.Image, after: Image.Image) -> float:
    """F1 of the edges of `after` against those of `before`, 0 to 1; one pixel of displacement is allowed.

    Precision is the share of `after`'s edges that have one of `before`'s within a pixel, recall the reverse (Martin
    et al. 2004, section 3). Two pictures without any edge agree: 1.
    """
    import cv2

    a, b = edges(before), edges(after)
    if not a.any() and not b.any():
        return 1.0
    around = np.ones((3, 3), np.uint8)
    near_a, near_b = (cv2.dilate(each.astype(np.uint8), around) > 0 for each in (a, b))
    precision = (b & near_a).sum() / max(1, b.sum())
    recall = (a & near_b).sum() / max(1, a.sum())
    return float(2 * precision * recall / max(1e-9, precision + recall))
